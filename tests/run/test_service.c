/* Which scripts will do for a program that serves a port and that nobody steers. What the program may do meanwhile is the model's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/run/service.h"
#include "lib/script/ladder.h"

#define HEAD "# A title\nid: x/y\nlevel: MUST\nref: RFC 9293 3.10\nplays: B\n"
#define COLUMNS "\n     TCP A                                                TCP B\n\n"

/* Why the script is refused; NULL: it is not. */
static const char *refusal_of(const char *octets, enum service service)
{
	struct error e = {""};
	struct ladder *l = ladder_read("x.ladder", octets, &e);
	struct script *s = l ? ladder_compile(l, 'b', &e) : NULL;
	if (!s)
		fail_msg("%s", e.text);
	const char *why = service_refuses(s, service);
	script_free(s);
	ladder_free(l);
	return why;
}

#define IN_STATE(state, lines) \
	HEAD COLUMNS " 1.                                                       " state "\n" lines

static void played(void **state)
{
	static const char *const yes[] = {
	    IN_STATE("ESTABLISHED", " 2.                --> <SEQ=100><CTL=SYN>                 -->\n                   <-- <SEQ=300><ACK=100><CTL=ACK>        <--\n"),
	    IN_STATE("ESTABLISHED", " 2.                --> <SEQ=100><ACK=300><CTL=ACK><DATA=4>    --> (by the model)\n"),
	    IN_STATE("ESTABLISHED", " 2.                --> <SEQ=100><ACK=300><CTL=FIN,ACK>    --> (by the model)\n"),
	    IN_STATE("LAST-ACK", " 2.                --> <SEQ=101><CTL=SYN>                 --> (by the model)\n"),
	    IN_STATE("LISTEN", " 2.                --> <SEQ=101><ACK=5><CTL=ACK>          -->\n                   <-- <SEQ=5><CTL=RST>                   <--\n"),
	    IN_STATE("CLOSED", " 2.                --> <SEQ=101><ACK=5><CTL=ACK><DATA=4>  -->\n                   <-- <SEQ=5><CTL=RST>                   <--\n"),
	};
	(void)state;
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		for (enum service s = SERVICE_ECHO; s < SERVICES; s++) {
			const char *why = refusal_of(yes[i], s);
			if (why)
				fail_msg("%s is refused: %s", yes[i], why);
		}
}

static void not_played(void **state)
{
	static const struct {
		const char *script, *why;
	} no[] = {
	    {IN_STATE("CLOSE-WAIT", " 2.                --> <SEQ=101><CTL=SYN>                 --> (by the model)\n"), "this state does not stay"},
	    {IN_STATE("FIN-WAIT-1", " 2.                --> <SEQ=101><CTL=SYN>                 --> (by the model)\n"), "this call is not its program's to make"},
	    {IN_STATE("SYN-SENT", " 2.                --> <SEQ=101><CTL=SYN>                 --> (by the model)\n"), "this call is not its program's to make"},
	    {IN_STATE("ESTABLISHED", " 2.                                                       (Send 4)\n                   <-- <SEQ=300><ACK=100><CTL=ACK><DATA=4> <--\n"), "no call can be made"},
	    {IN_STATE("ESTABLISHED", " 2.                --> <SEQ=100><ACK=300><CTL=ACK><DATA=4>    -->\n                   <-- <SEQ=300><ACK=104><CTL=ACK>        <-- (within 500 ms)\n"), "acts on text and FIN by itself"},
	    {IN_STATE("ESTABLISHED", " 2.                --> <SEQ=100><ACK=300><CTL=FIN,ACK>    -->\n                   <-- <SEQ=300><ACK=101><CTL=ACK>        <-- (within 500 ms)\n"), "acts on text and FIN by itself"},
	    {IN_STATE("ESTABLISHED", " 2.                --> <SEQ=100><CTL=RST>                 --> CLOSED\n"), "only the state would show it"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
		const char *why = refusal_of(no[i].script, SERVICE_ECHO);
		if (!why || !strstr(why, no[i].why))
			fail_msg("%s: %s, but %s was expected", no[i].script, why ? why : "played", no[i].why);
	}
}

/* Urgent text is no part of what some sockets receive, and so of what an echo sends back. */
static void urgent_text(void **state)
{
	static const char script[] = IN_STATE("ESTABLISHED", " 2.                --> <SEQ=100><ACK=300><CTL=URG,ACK><UP=1><DATA=4> --> (by the model)\n");
	(void)state;
	assert_non_null(refusal_of(script, SERVICE_ECHO));
	assert_null(refusal_of(script, SERVICE_DISCARD));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(played),
	    cmocka_unit_test(not_played),
	    cmocka_unit_test(urgent_text),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("run/service", tests, NULL, NULL);
}
