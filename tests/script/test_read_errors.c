/* Malformed ladders: each is refused at the exact line and column, marked by '@' in its text. Not about what the model thinks of a well-formed one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/script/ladder.h"

#define HEAD "id: a/b\nlevel: MUST\nplays: A B\n\n"
#define NAMES "     TCP A                         TCP B\n" /* columns 6 and 36: the middle is 21 */
#define BOTH HEAD NAMES
#define CLOSED_LISTEN BOTH " 1.  CLOSED                        LISTEN\n"
#define ESTABLISHED_BOTH BOTH " 1.  ESTABLISHED                   ESTABLISHED\n"
#define SYN_DEPARTS " 2.  (Open active)\n     SYN-SENT --> <SEQ=100><CTL=SYN> -->\n"

static const struct {
	const char *text, *expected;
} cases[] = {
    /* headers */
    {"@", "headers"},
    {"# only a comment\n@", "headers"},
    {"@ide: a/b\n", "a header"},
    {"id:@\n", "a value after 'id:'"},
    {"id: a/@/b\n", "a path"},
    {"id: a/b/@\n", "a name after the last /"},
    {"id: a@ b\n", "a path"},
    {"id: a/b\n@id: a/c\n", "each header once"},
    {"level: @must\n", "MUST, SHOULD or MAY"},
    {"level: MUST @x\n", "the line's end"},
    {"plays: @C\n", "A, B or both"},
    {"plays: A @A\n", "A, B or both"},
    {"given: @sideways\n", "a way"},
    {"options: @XYZ:1\n", "an option"},
    {"options: MSS:1460,@\n", "an option"},
    {"options: @none\n", "options that can be sent"},
    {"isn: @ISS\n", "a sequence number"},
    {"isn: @4294967296\n", "a sequence number of at most 4294967295"},
    {"listener: @open\n", "closed"},
    {"profile: @rfc1\n", "a profile"},
    {"needs: close @teleport\n", "operations or capabilities"},
    {"needs: close @close\n", "each once"},
    {"with: @mls=1 s\n", "the name of a choice or a constant"},
    {"with: @msl=1\n", "a time is a whole number"},
    {"with: @nagle=on\n", "`yes` or `no`"},
    {"with: @nagle=yes, msl\n", "a list of `name=value`"},
    {"id: a/b\nlevel: MUST\n\n@     TCP A    TCP B\n", "the header 'plays:'"},
    {"id: a/b\n@\tlevel: MUST\n", "no tab"},
    {"id: a/b@\r\n", "no carriage return"},
    {HEAD "@", "the line '     TCP A"},
    /* names */
    {HEAD "     @TCP B    TCP A\n", "the line '     TCP A"},
    {HEAD "@TCP A    TCP B\n", "the line '     TCP A"},
    {HEAD "     TCP A    @TCP C\n", "'TCP B'"},
    {HEAD "     TCP A    TCP B @x\n", "the line's end"},
    {BOTH "@", "a line"},
    /* line numbers and the first line */
    {BOTH "     @CLOSED                        LISTEN\n", "a line number"},
    {BOTH " 1@ CLOSED\n", "'.'"},
    {CLOSED_LISTEN " 3.  (Open active)\n @2.  (Abort)\n", "a line number of at least 3"},
    {CLOSED_LISTEN " 2.@\n", "a state, an action or an arrow"},
    {BOTH "@ 1.  CLOSED\n", "the state of TCP B"},
    {BOTH " 1.  @CLOSED|LISTEN                LISTEN\n", "one state to begin in"},
    {BOTH " 1.  (@Close) CLOSED               LISTEN\n", "nothing but the states"},
    {BOTH "@ 1.  CLOSED --> <SEQ=1><CTL=SYN> --> LISTEN\n", "nothing but the states"},
    {"id: a/b\nlevel: MUST\nplays: B\ngiven: simultaneous\n\n" NAMES " 1.                                @TIME-WAIT\n", "a state that 'given: simultaneous' leads to"},
    {"id: a/b\nlevel: MUST\nplays: B\nisn: 5\n\n" NAMES " 1.                                @SYN-SENT\n", "a prelude that reads (in SYN-SENT the tester has no ISN yet"},
    {"id: a/b\nlevel: MUST\nplays: B\nisn: 5\n\n" NAMES " 1.                                @CLOSED\n", "the tester has no ISN yet"},
    {"id: a/b\nlevel: MUST\nplays: B\ngiven: shut\n\n" NAMES " 1.                                @CLOSE-WAIT\n", "a state that 'given: shut' leads to"},
    /* margins */
    {CLOSED_LISTEN " 2.  @LISTENING\n", "a state"},
    {CLOSED_LISTEN " 2.  CLOSED|@CLOSED\n", "each state once"},
    {CLOSED_LISTEN " 2.  CLOSED @LISTEN\n", "no second state"},
    {CLOSED_LISTEN " 2.  (Abort@!!)\n", "')'"},
    {CLOSED_LISTEN " 2.  (@?\?)\n", "a call, a time or a mark"},
    {CLOSED_LISTEN " 2.  (@return to LISTEN!)\n", "a call, a time or a mark"},
    {CLOSED_LISTEN " 2.  (Close@\n", "')'"},
    {CLOSED_LISTEN " 2.  (Send@)\n", "a number of octets"},
    {CLOSED_LISTEN " 2.  (Send @0)\n", "at least one octet"},
    {CLOSED_LISTEN " 2.  (Send 10 @pull)\n", "')'"},
    {CLOSED_LISTEN " 2.  (Open active @x)\n", "a number of octets"},
    {CLOSED_LISTEN " 2.  (Open active @0)\n", "at least one octet"},
    {CLOSED_LISTEN " 2.  (Open passive@ 9)\n", "')'"},
    {CLOSED_LISTEN " 2.  (Receive @x)\n", "a number of octets"},
    {CLOSED_LISTEN " 2.  (2@)\n", "a space and a unit"},
    {CLOSED_LISTEN " 2.  (2 @hours)\n", "a unit"},
    {CLOSED_LISTEN " 2.  (@0 ms)\n", "a time longer than nothing"},
    {CLOSED_LISTEN " 2.  (0.@1234567 s)\n", "of at most"},
    {CLOSED_LISTEN " 2.  (silence @ever)\n", "a time"},
    {CLOSED_LISTEN " 2.  (signal @pain)\n", "a signal"},
    {CLOSED_LISTEN " 2.  (Set @mood 1)\n", "a setting"},
    {CLOSED_LISTEN " 2.  (Set nagle@)\n", "a value for nagle"},
    {CLOSED_LISTEN " 2.  (Set nagle @1)\n", "yes or no"},
    {CLOSED_LISTEN " 2.  (Set ttl @no)\n", "a number"},
    {CLOSED_LISTEN " 2.  (Set user_timeout @2 MSL)\n", "a time in us"},
    {CLOSED_LISTEN " 2.  (MUST) (@MAY)\n", "one level"},
    {CLOSED_LISTEN " 2.  @ESTABLISHED|SYN-RECEIVED\n", "left of column 21"},
    {CLOSED_LISTEN " 2.  (@may)\n", "only where a segment departs"},
    {CLOSED_LISTEN " 2.  (@duplicate)\n", "only where a segment arrives"},
    {CLOSED_LISTEN SYN_DEPARTS "     <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <--\n     --> <SEQ=101><CTL=ACK> --> (@again)\n", "departs from TCP B"},
    {CLOSED_LISTEN SYN_DEPARTS " 3. @# no comment\n", "a state or '('"},
    /* arrows */
    {CLOSED_LISTEN " 2.  --> <SEQ=1><CTL=SYN> @<--\n", "'-->' or '...'"},
    {CLOSED_LISTEN " 2.  <-- <SEQ=1><CTL=SYN> @-->\n", "'<--' or '...'"},
    {CLOSED_LISTEN " 2.  ... <SEQ=1><CTL=SYN> @...\n", "'-->' or '<--'"},
    {CLOSED_LISTEN " 2.  --> <SEQ=1><CTL=SYN>@\n", "a field or an arrow"},
    {CLOSED_LISTEN " 2.  --> @-->\n", "a segment"},
    {CLOSED_LISTEN " 2.  ... @<SEQ=90><CTL=SYN> -->\n", "an earlier line in which this segment departs"},
    {CLOSED_LISTEN SYN_DEPARTS "     ... @<SEQ=100><CTL=SYN> -->\n", "an earlier line in which this segment departs"},
    /* segments */
    {CLOSED_LISTEN " 2.  --> <SEQ=1> @-->\n", "<CTL=...>"},
    {CLOSED_LISTEN " 2.  --> <@SYN> -->\n", "a field"},
    {CLOSED_LISTEN " 2.  --> <SEQ=1><CTL=SYN>@<SEQ=2> -->\n", "each field once"},
    {CLOSED_LISTEN " 2.  --> <SEQ@><CTL=SYN> -->\n", "'=' and a value"},
    {CLOSED_LISTEN " 2.  --> <SEQ=@><CTL=SYN> -->\n", "a sequence number"},
    {CLOSED_LISTEN " 2.  --> <SEQ=1@.5><CTL=SYN> -->\n", "'>'"},
    {CLOSED_LISTEN " 2.  --> <SEQ=@4294967296><CTL=SYN> -->\n", "of at most 4294967295"},
    {CLOSED_LISTEN " 2.  --> <SEQ=1+@><CTL=SYN> -->\n", "a number"},
    {CLOSED_LISTEN " 2.  --> <SEQ=#@Z><CTL=SYN> -->\n", "a number"},
    {CLOSED_LISTEN " 2.  --> <SEQ=@SND.NXT><CTL=SYN> -->\n", "one side in plays:"},
    {CLOSED_LISTEN " 2.  --> <SEQ=@ABCDEFGHIJKLMNOP><CTL=SYN> -->\n", "a name of at most 15"},
    {CLOSED_LISTEN " 2.  --> <SEQ=1><CTL=@syn> -->\n", "a control bit"},
    {CLOSED_LISTEN " 2.  --> <SEQ=1><CTL=SYN,@SYN> -->\n", "each control bit once"},
    {CLOSED_LISTEN " 2.  --> <SEQ=1><CTL=SYN,@> -->\n", "a control bit"},
    {CLOSED_LISTEN " 2.  --> <SEQ=1><CTL=SYN><WND=@65536> -->\n", "a window of at most 65535"},
    {CLOSED_LISTEN " 2.  --> <SEQ=1><CTL=SYN><DATA@> -->\n", "'=' and a value"},
    {CLOSED_LISTEN " 2.  --> <SEQ=1><CTL=SYN><DATA=@all> -->\n", "a number of octets"},
    {CLOSED_LISTEN " 2.  --> <SEQ=1><CTL=SYN><DATA=@RCV.END> -->\n", "a number of octets, or RCV.WND"},
    {CLOSED_LISTEN " 2.  --> @<SEQ=1><CTL=SYN><DATA=RCV.WND> -->\n", "<DATA=RCV.WND> only where it arrives"},
    {CLOSED_LISTEN " 2.  --> <SEQ=1><CTL=SYN><OPT=@FOO> -->\n", "an option"},
    {CLOSED_LISTEN " 2.  --> <SEQ=1><CTL=SYN><OPT=K@256> -->\n", "an option kind of at most 255"},
    {CLOSED_LISTEN " 2.  --> @<SEQ=1><CTL=SYN><OPT=MSS> -->\n", "options that can be sent"},
    {CLOSED_LISTEN " 2.  --> <SEQ=1><CTL=SYN><OFF=@16> -->\n", "a data offset of at most 15"},
    {CLOSED_LISTEN " 2.  --> <SEQ=1><CTL=SYN><RSV=@8> -->\n", "reserved bits of at most 7"},
    {CLOSED_LISTEN " 2.  --> <SEQ=1><CTL=SYN><CHK=0x@G> -->\n", "hexadecimal digits"},
    {CLOSED_LISTEN " 2.  --> <RAW=abc@> -->\n", "pairs of hexadecimal digits"},
    {CLOSED_LISTEN " 2.  --> <SEQ=1>@<ICMP=3/1> -->\n", "ICMP before the fields"},
    {CLOSED_LISTEN " 2.  --> <ICMP=3@> -->\n", "'/' and an ICMP code"},
    {CLOSED_LISTEN " 2.  --> @<ICMP=3/1><SEQ=100> -->\n", "<ICMP>, <RAW> and <CHK=^...> only where they arrive"},
    {CLOSED_LISTEN " 2.  --> <CTL=SYN><MTU=576> @-->\n", "<ICMP=...> with <MTU=...>"},
    /* the IP header */
    {CLOSED_LISTEN " 2.  --> <CTL=SYN><TTL=@0> -->\n", "a time to live of 1 at least"},
    {CLOSED_LISTEN " 2.  --> <CTL=SYN><TTL=@256> -->\n", "a time to live of at most 255"},
    {CLOSED_LISTEN " 2.  --> <CTL=SYN><DSCP=@64> -->\n", "a DSCP of at most 63"},
    {CLOSED_LISTEN " 2.  --> <CTL=SYN><ECN=@ECT> -->\n", "none, ECT0, ECT1 or CE"},
    {CLOSED_LISTEN " 2.  --> <CTL=SYN><IPOPT=01@1> -->\n", "pairs of hexadecimal digits"},
    {CLOSED_LISTEN " 2.  --> <CTL=SYN><IPOPT=@TTTTTTTTTTT> -->\n", "1 to 40 octets"},
    {CLOSED_LISTEN " 2.  --> <CTL=SYN><EXT=@FRAG> -->\n", "an extension header"},
    {CLOSED_LISTEN " 2.  --> <CTL=SYN><EXT=HOP:@0104> -->\n", "its content"},
    {CLOSED_LISTEN " 2.  --> <CTL=SYN><TO=@me> -->\n", "whose address"},
    {CLOSED_LISTEN " 2.  (Open active)\n     --> @<CTL=SYN><FROM=zero> -->\n", "<EXT> and <FROM> only where they arrive"},
    {CLOSED_LISTEN " 2.  --> <SEQ=1><CTL=SYN> -->\n     --> <SEQ=@Z><CTL=SYN> -->\n", "a number, as above"},
    {CLOSED_LISTEN " 2.  --> <SEQ=Z><CTL=SYN> -->\n     <-- <SEQ=1><ACK=@1><CTL=ACK> <--\n", "a name, as above"},
    /* groups */
    {CLOSED_LISTEN " 2.  (Open active)\n     SYN-SENT\n     @CLOSED\n", "one state of TCP A between two stimuli"},
    {ESTABLISHED_BOTH " 2.  @FIN-WAIT-1\n", "one state of TCP A between two stimuli"},
    {ESTABLISHED_BOTH " 2.  (Close)\n     --> <SEQ=100><ACK=300><CTL=FIN,ACK> -->\n     (@silence)\n", "(silence) only in a group"},
    {ESTABLISHED_BOTH " 2.  (Send 1)\n     (silence)\n     --> @<SEQ=100><ACK=300><CTL=ACK><DATA=1> -->\n", "after (silence)"},
    {ESTABLISHED_BOTH " 2.  (Send 1)\n     (by the model)\n     --> @<SEQ=100><ACK=300><CTL=ACK><DATA=1> -->\n", "after (by the model)"},
    {ESTABLISHED_BOTH " 2.  (Send 1)\n     (silence)\n     (@by the model)\n", "(by the model) once"},
    {ESTABLISHED_BOTH " 2.  (silence) (@Close) --> <SEQ=100><ACK=300><CTL=FIN,ACK> -->\n", "calls and times before"},
    {ESTABLISHED_BOTH "@ 2.                --> <SEQ=100><CTL=RST><SRC=1..10000> -->\n", "at most 9000 steps"},
};

/* Takes the marks out; the first one's place is where the error must be. */
static char *case_text(const char *marked, unsigned *line, unsigned *col)
{
	char *text = calloc(strlen(marked) + 1, 1);
	size_t n = 0;
	unsigned l = 1, c = 1;
	*line = *col = 0;
	for (const char *p = marked; *p; p++) {
		if (*p == '@') {
			*line = l;
			*col = c;
			continue;
		}
		text[n++] = *p;
		c++;
		if (*p == '\n') {
			l++;
			c = 1;
		}
	}
	return text;
}

static void malformed_ladders_are_refused_where_they_are_wrong(void **state)
{
	(void)state;
	unsigned wrong = 0;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		unsigned line, col;
		char *text = case_text(cases[i].text, &line, &col), place[64];
		struct error e = {""};
		struct ladder *l = ladder_read("f.ladder", text, &e);
		snprintf(place, sizeof place, "f.ladder:%u:%u: expected ", line, col);
		if (l || strncmp(e.text, place, strlen(place)) != 0 || !strstr(e.text, cases[i].expected))
			print_message("# %u: case %zu: wanted '%s%s', got '%s' for %s\n", ++wrong, i, place, cases[i].expected, l ? "a ladder" : e.text, cases[i].text);
		ladder_free(l);
		free(text);
	}
	assert_int_equal(wrong, 0);
}

static void there_are_at_least_forty_cases(void **state)
{
	(void)state;
	assert_true(sizeof cases / sizeof *cases >= 40);
}

static void an_error_needs_no_place_to_go(void **state)
{
	(void)state;
	assert_null(ladder_read("f", "nonsense\n", NULL));
}

static void a_side_that_is_not_played_does_not_compile(void **state)
{
	(void)state;
	struct error e;
	struct ladder *l = ladder_read("f", "id: a\nlevel: MAY\nplays: B\n\n" NAMES " 1.                                LISTEN\n", &e);
	assert_non_null(l);
	assert_false(ladder_plays(l, 'a'));
	assert_null(ladder_compile(l, 'a', &e));
	assert_non_null(strstr(e.text, "f:1:1: expected 'plays:' to name A"));
	ladder_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(malformed_ladders_are_refused_where_they_are_wrong),
	    cmocka_unit_test(there_are_at_least_forty_cases),
	    cmocka_unit_test(an_error_needs_no_place_to_go),
	    cmocka_unit_test(a_side_that_is_not_played_does_not_compile),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("ladder errors", tests, NULL, NULL);
}
