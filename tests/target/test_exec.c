/* The target behind a program: each call's line, each answer's meaning, and answers that mean nothing. The programs are shell scripts that expect exactly the lines they are told; no link is there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/text.h"
#include "lib/script/script.h"
#include "lib/target/exec.h"

#define ALL "ok listen find release abort unlisten version quit can connect send receive close forget told state set"

/* What the program is to be asked, and answers, in turns; NULL at the end. Asked something else it dies, and says so. */
struct dialogue {
	struct target target;
	struct declaration declaration;
	struct link link;
	struct connection *connection;
};

static void dialogue_start(struct dialogue *d, const char *const *lines)
{
	struct text command = {0};
	struct error e = {.text = ""};
	const struct declaration blank = {.kind = "exec", .fence = "link", .file = "./target.ini", .model = model_default(PROFILE_RFC9293)};
	d->declaration = blank;
	link_describe(&d->link);
	text_add(&command, "expect() { read -r line; [ \"$line\" = \"$1\" ] || { echo \"asked '$line', not '$1'\" >&2; exit 9; }; printf '%%s\\n' \"$2\"; }; echo ready 1 fake stack; ");
	for (; *lines; lines += 2)
		text_add(&command, "expect '%s' '%s'; ", lines[0], lines[1]);
	text_add(&command, "read -r line");
	if (!target_exec_start(&d->target, &d->link, &d->declaration, text_string(&command), 1, &e))
		fail_msg("%s", e.text);
	text_free(&command);
}

static void dialogue_open(struct dialogue *d)
{
	struct error e = {.text = ""};
	const struct endpoint at = {.family = IPV4, .target = d->link.target[0], .tester = d->link.tester[0], .target_port = 80, .tester_port = 4000};
	d->connection = d->target.operations->open(d->target.self, &at, &e);
	assert_non_null(d->connection);
}

static struct call_answer called(struct dialogue *d, enum call call, uint32_t n)
{
	struct error e = {.text = ""};
	struct call_answer a;
	if (!d->target.operations->call(d->target.self, d->connection, call, n, false, &a, &e))
		fail_msg("%s", e.text);
	return a;
}

static struct state_answer state_asked(struct dialogue *d)
{
	struct error e = {.text = ""};
	struct state_answer a;
	if (!d->target.operations->state(d->target.self, d->connection, &a, &e))
		fail_msg("%s", e.text);
	return a;
}

static void dialogue_end(struct dialogue *d)
{
	if (d->connection)
		d->target.operations->close(d->target.self, d->connection);
	d->connection = NULL;
	target_stop(&d->target);
}

static void a_passive_open(void **state)
{
	static const char *const lines[] = {
	    "can", ALL,
	    "listen 192.0.2.2 80", "ok 3",
	    "state 192.0.2.2 80 192.0.2.1 4000", "ok LISTEN",
	    "state 192.0.2.2 80 192.0.2.1 4000", "ok SYN-RECEIVED",
	    "find 192.0.2.2 80 192.0.2.1 4000", "ok 9", /* taken up as soon as it is seen */
	    "find 192.0.2.2 80 192.0.2.1 4000", "ok 9",
	    "told 9", "ok reset eof",
	    "find 192.0.2.2 80 192.0.2.1 4000", "ok 9",
	    "release 3", "ok",
	    "forget 9", "ok",
	    NULL};
	struct dialogue d = {.connection = NULL};
	struct error e = {.text = ""};
	unsigned signals = 0;
	(void)state;
	dialogue_start(&d, lines);
	assert_string_equal(d.target.version, "fake stack");
	dialogue_open(&d);
	assert_int_equal(called(&d, CALL_OPEN_PASSIVE, 0).result, CALL_OK);
	struct state_answer a = state_asked(&d);
	assert_false(a.has_tcb);
	assert_true(a.has_listener);
	a = state_asked(&d);
	assert_true(a.has_tcb);
	assert_int_equal(a.state, SYN_RECEIVED);
	assert_true(d.target.operations->signals(d.target.self, d.connection, &signals, &e));
	assert_int_equal(signals, SIGNAL_RESET | SIGNAL_EOF);
	dialogue_end(&d);
}

static void an_active_open_and_octets(void **state)
{
	static const char *const lines[] = {
	    "can", ALL,
	    "connect 192.0.2.2 80 192.0.2.1 4000 512", "ok 7",
	    "set 7 nagle 0", "unsupported",
	    "send 7 078a", "ok 2",
	    "send 7 12", "again nothing now",
	    "told 7", "ok",
	    "receive 7 4", "ok 078a",
	    "receive 7 2", "end",
	    "receive 7 1", "again",
	    "told 7", "ok eof",
	    "close 7", "ok",
	    "told 7", "ok eof",
	    "abort 7", "ok",
	    NULL};
	struct dialogue d = {.connection = NULL};
	(void)state;
	dialogue_start(&d, lines);
	dialogue_open(&d);
	d.declaration.model.choices.nagle = false;
	assert_int_equal(called(&d, CALL_OPEN_ACTIVE, 512).result, CALL_OK);
	struct call_answer a = called(&d, CALL_SEND, 2); /* (0*131+7) mod 251, (1*131+7) mod 251 */
	assert_int_equal(a.result, CALL_OK);
	assert_int_equal(a.octets, 2);
	a = called(&d, CALL_SEND, 1);
	assert_int_equal(a.result, CALL_FAILED);
	assert_string_equal(a.text, "TCPSPEC_AGAIN");
	a = called(&d, CALL_RECEIVE, 4);
	assert_int_equal(a.octets, 2);
	assert_true(a.content_ok);
	a = called(&d, CALL_RECEIVE, 1);
	assert_int_equal(a.result, CALL_PENDING);
	assert_int_equal(called(&d, CALL_CLOSE, 0).result, CALL_OK);
	assert_int_equal(called(&d, CALL_ABORT, 0).result, CALL_OK);
	target_stop(&d.target);
}

/* A port that is shared is listened on once, and nobody's OPEN asks again. */
static void shared_listeners(void **state)
{
	static const char *const lines[] = {
	    "can", ALL,
	    "listen 192.0.2.2 80", "ok 1",
	    "listen 2001:db8::2 80", "ok 2",
	    "state 192.0.2.2 80 192.0.2.1 4000", "ok CLOSED",
	    "find 192.0.2.2 80 192.0.2.1 4000", "none",
	    NULL};
	struct dialogue d = {.connection = NULL};
	struct error e = {.text = ""};
	(void)state;
	dialogue_start(&d, lines);
	assert_true(d.target.operations->share(d.target.self, &d.link.target[0], 80, &e));
	assert_true(d.target.operations->share(d.target.self, &d.link.target[1], 80, &e));
	dialogue_open(&d);
	assert_int_equal(called(&d, CALL_OPEN_PASSIVE, 0).result, CALL_OK);
	assert_false(state_asked(&d).has_tcb);
	dialogue_end(&d);
}

/* A program that cannot find is asked what it has accepted. */
static void accepting_instead_of_finding(void **state)
{
	static const char *const lines[] = {
	    "can", "ok listen accept release abort close told",
	    "listen 192.0.2.2 80", "ok 1",
	    "accept 1", "ok 5 192.0.2.2 80 192.0.2.1 3999",
	    "accept 1", "ok 6 192.0.2.2 80 192.0.2.1 4000",
	    "accept 1", "again",
	    "close 6", "ok",
	    "told 6", "ok",
	    "release 6", "ok",
	    NULL};
	struct dialogue d = {.connection = NULL};
	(void)state;
	dialogue_start(&d, lines);
	assert_null(d.target.operations->state);
	assert_int_equal(d.target.needs_met & (NEED_SEND | NEED_RECEIVE | NEED_OPEN_ACTIVE | NEED_FORGET), 0);
	assert_int_equal(d.target.needs_met & (NEED_OPEN_PASSIVE | NEED_CLOSE), NEED_OPEN_PASSIVE | NEED_CLOSE);
	dialogue_open(&d);
	called(&d, CALL_OPEN_PASSIVE, 0);
	assert_int_equal(called(&d, CALL_CLOSE, 0).result, CALL_OK);
	target_stop(&d.target);
}

/* An answer that means nothing ends it, with the question, the answer and what was expected. */
static void answers_that_mean_nothing(void **state)
{
	static const struct {
		const char *answer, *said;
	} cases[] = {
	    {"ok SYN_SENT", "answered `SYN_SENT` to `state 192.0.2.2 80 192.0.2.1 4000`: expected ok and a state by its name in RFC 9293"},
	    {"ok", "answered `` to `state"},
	    {"ESTABLISHED", "answered `ESTABLISHED` to `state 192.0.2.2 80 192.0.2.1 4000`: expected a line that begins with ok"},
	    {"again", "expected ok and a state by its name"},
	    {"error what is that?", "answered `error what is that?`"},
	    {"okay CLOSED", "answered `okay CLOSED`"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *const lines[] = {"can", ALL, "state 192.0.2.2 80 192.0.2.1 4000", cases[i].answer, NULL};
		struct dialogue d = {.connection = NULL};
		struct error e = {.text = ""};
		struct state_answer a;
		struct call_answer call;
		dialogue_start(&d, lines);
		dialogue_open(&d);
		assert_false(d.target.operations->state(d.target.self, d.connection, &a, &e));
		if (!strstr(e.text, cases[i].said))
			fail_msg("`%s` is not in: %s", cases[i].said, e.text);
		/* Nothing is asked any more. */
		assert_false(d.target.operations->call(d.target.self, d.connection, CALL_OPEN_PASSIVE, 0, false, &call, &e));
		dialogue_end(&d);
	}
}

static void octets_that_mean_nothing(void **state)
{
	static const char *const answers[] = {"ok 0", "ok 0x", "ok 0708090a", "ok", "ok zz"};
	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		const char *const lines[] = {"can", ALL, "connect 192.0.2.2 80 192.0.2.1 4000", "ok 7", "receive 7 2", answers[i], NULL};
		struct dialogue d = {.connection = NULL};
		struct error e = {.text = ""};
		struct call_answer a;
		dialogue_start(&d, lines);
		dialogue_open(&d);
		called(&d, CALL_OPEN_ACTIVE, 0);
		assert_false(d.target.operations->call(d.target.self, d.connection, CALL_RECEIVE, 2, false, &a, &e));
		assert_non_null(strstr(e.text, "to `receive 7 2`: expected ok HEX"));
		dialogue_end(&d);
	}
}

static void beginnings_that_are_none(void **state)
{
	static const struct {
		const char *command, *said;
	} cases[] = {
	    {"echo hello; read -r line", "began with `hello`: expected `ready 1 NAME`"},
	    {"echo ready; read -r line", "began with `ready`"},
	    {"echo ready 2 x; read -r line", "speaks version 2 of the lines, this program version 1"},
	    {"echo ready 1 x; read -r line; echo again; read -r line", "refused `can`"},
	    {"echo ready 1 x; read -r line; echo ok listen release; read -r line", "can `listen release`: at least listen, release, abort and one of find and accept are needed"},
	    {"echo ready 1 x; read -r line; echo ok listening release abort find; read -r line", "at least listen"},
	    {"exit 3", "ended with code 3 before it was ready"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct dialogue d = {.declaration = {.kind = "exec", .file = "target.ini"}};
		struct error e = {.text = ""};
		link_describe(&d.link);
		assert_false(target_exec_start(&d.target, &d.link, &d.declaration, cases[i].command, 1, &e));
		if (!strstr(e.text, cases[i].said))
			fail_msg("`%s` is not in: %s", cases[i].said, e.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_passive_open),
	    cmocka_unit_test(an_active_open_and_octets),
	    cmocka_unit_test(shared_listeners),
	    cmocka_unit_test(accepting_instead_of_finding),
	    cmocka_unit_test(answers_that_mean_nothing),
	    cmocka_unit_test(octets_that_mean_nothing),
	    cmocka_unit_test(beginnings_that_are_none),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("target/exec", tests, NULL, NULL);
}
