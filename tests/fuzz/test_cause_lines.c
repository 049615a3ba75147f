/* What the judge saw of a failure, and which line of known deviations by cause means it (fuzz/causes.h), of a judge that is made up. */
#include "tests/fuzz/made_up_judge.h"

#include <stdlib.h>

#include "lib/base/memory.h"

enum { LONG = 2000 }; /* segments of a reaction */

/* ---- the reaction ---- */

static void assert_reaction(const char *class, const char *clause, const char *actual, const char *wanted)
{
	char reaction[200];
	connection();
	snprintf(c.j.cause_class, sizeof c.j.cause_class, "%s", class);
	c.j.clause = clause;
	text_put(&c.j.actual, actual);
	cause_reaction(&c.j, reaction, sizeof reaction);
	assert_string_equal(reaction, wanted);
}

static void a_reaction_has_two_words_for_states(void **state)
{
	(void)state;
	assert_reaction("no reply", "RFC 9293", "=> ESTABLISHED", "no reply: => kept");
	assert_reaction("next state", "RFC 9293", "=> CLOSED", "next state: => gone");
	assert_reaction("next state", "RFC 9293", "=> LISTEN (told nothing)", "next state: => gone (told nothing)");
	assert_reaction("next state", "RFC 9293", "<SEQ=SND.NXT><CTL=RST> => FIN-WAIT-1 late <SEQ=1>", "next state: <SEQ=SND.NXT><CTL=RST> => FIN-WAIT-1 late <SEQ=1>");
	assert_reaction("next state", "RFC 9293", "=> CLOSE-WAIT", "next state: => CLOSE-WAIT");
	assert_reaction("late reply", "RFC 9293", "=> ESTABLISHED late <SEQ=1>", "late reply: => kept late <SEQ=1>");
	assert_reaction("no reply", "RFC 9293", "", "no reply: ");
}

/* What is wrong with a segment is many faults: a line that means one is not to mean another. */
static void a_malformed_segment_tells_its_clause(void **state)
{
	(void)state;
	assert_reaction("malformed segment", "RFC 7323 4.3: TSecr must be TS.Recent", "! <SEQ=1> => ESTABLISHED", "malformed segment: RFC 7323 4.3: TSecr must be TS.Recent: ! <SEQ=1> => kept");
	assert_reaction("malformed segment", NULL, "! <SEQ=1> => ESTABLISHED", "malformed segment: ! <SEQ=1> => kept");
}

/* Beside a signal that is missing stands what the user was told now, not what he had been told of this connection or of the one before it. */
static void what_was_told_before_is_left_out(void **state)
{
	static const struct {
		const char *class, *actual;
		unsigned signals, may_signal;
		const char *wanted;
	} cases[] = {
	    {"no signal", "(told eof) => ESTABLISHED", 0, 0, "no signal: (told eof) => kept"},
	    {"no signal", "(told eof) => ESTABLISHED", 0, SIGNAL_EOF, "no signal: (told nothing) => kept"},
	    {"no signal", "<SEQ=1> (told timeout, eof) => ESTABLISHED", SIGNAL_EOF, SIGNAL_RESET, "no signal: <SEQ=1> (told timeout) => kept"},
	    {"no signal", "(told timeout, eof) => CLOSED", SIGNAL_EOF, SIGNAL_TIMEOUT, "no signal: (told nothing) => gone"},
	    {"no signal", "(told nothing) => ESTABLISHED", SIGNAL_EOF, 0, "no signal: (told nothing) => kept"},
	    {"no signal", "=> ESTABLISHED", SIGNAL_EOF, 0, "no signal: => kept"},
	    {"wrong signal", "(told timeout, eof) => ESTABLISHED", SIGNAL_EOF, 0, "wrong signal: (told timeout, eof) => kept"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char reaction[200];
		struct tcb *t = connection();
		t->signals = cases[i].signals;
		t->may_signal = cases[i].may_signal;
		snprintf(c.j.cause_class, sizeof c.j.cause_class, "%s", cases[i].class);
		text_put(&c.j.actual, cases[i].actual);
		cause_reaction(&c.j, reaction, sizeof reaction);
		assert_string_equal(reaction, cases[i].wanted);
	}
}

/* ---- lines ---- */

static struct causes *lines_of(const char *text)
{
	struct error e = {""};
	struct causes *lines = causes_new("fuzz.tsv", text, &e);
	if (!lines)
		fail_msg("%s", e.text);
	return lines;
}

/* No reply to an ACK. */
static void stays_silent(void)
{
	plain();
	arrives(CTL_ACK, RCV, NXT, 0);
	snprintf(c.j.cause_class, sizeof c.j.cause_class, "no reply");
	text_put(&c.j.actual, "=> ESTABLISHED");
}

static void the_first_line_that_means_both_counts(void **state)
{
	struct causes *lines = lines_of("# a comment\n"
	                                "fuzz/established/ack/*\tnext state: *\tRFC\tanother reaction\t1\n"
	                                "fuzz/closed/ack/*\tno reply: *\tRFC\tanother state\t1\n"
	                                "fuzz/@(listen|established)/*ack*/exact/*\tno reply: => @(kept|gone)\tRFC\tthis one\t1\n"
	                                "fuzz/*\t*\tRFC\ttoo late\t1\n");
	char said[200] = "";
	FILE *to = fmemopen(said, sizeof said, "w");
	(void)state;
	stays_silent();
	assert_int_equal(causes_met(lines), 0);
	assert_string_equal(causes_match(lines, &c.j), "fuzz.tsv:4");
	assert_string_equal(causes_match(lines, &c.j), "fuzz.tsv:4");
	arrives(CTL_SYN, RCV, 0, 0);
	assert_string_equal(causes_match(lines, &c.j), "fuzz.tsv:5");
	assert_int_equal(causes_met(lines), 3);
	causes_print(lines, to);
	fclose(to);
	assert_string_equal(said, "known: fuzz.tsv:4: 2: this one\nknown: fuzz.tsv:5: 1: too late\n");
	causes_free(lines);
}

/* One number for each reason, of all lines that give it, in the order of the list. */
static void reasons_are_counted_in_json(void **state)
{
	struct causes *lines = lines_of("rule/CLOSED/*\t*\tRFC\tof \"quotes\" and \\\t1\n"
	                                "rule/LISTEN/*\t*\tRFC\tnever met\t1\n"
	                                "rule/SYN-SENT/*\t*\tRFC\tanother\t1\n"
	                                "rule/TIME-WAIT/*\t*\tRFC\tof \"quotes\" and \\\t1\n");
	(void)state;
	causes_match_rule(lines, "r", "TIME-WAIT", "");
	causes_match_rule(lines, "r", "SYN-SENT", "");
	causes_match_rule(lines, "r", "CLOSED", "");
	causes_match_rule(lines, "r", "TIME-WAIT", "");
	json_t *counts = causes_json(lines);
	char *said = json_dumps(counts, JSON_COMPACT);
	assert_string_equal(said, "{\"of \\\"quotes\\\" and \\\\\":3,\"another\":1}");
	free(said);
	json_decref(counts);
	causes_free(lines);
}

static void what_no_line_means_is_not_known(void **state)
{
	struct causes *lines = lines_of("fuzz/established/ack/exact/nxt/0/+unread*/v4\tno reply: => kept\tRFC\twith text unread\t1\n"
	                                "fuzz/established/ack/exact/nxt/0/-/v6\tno reply: => kept\tRFC\tover IPv6\t1\n");
	(void)state;
	stays_silent();
	assert_null(causes_match(lines, &c.j));
	assert_int_equal(causes_met(lines), 0);
	causes_free(lines);
}

/* Where the judge has followed as many hypotheses as it can, lines of each class may mean it. */
static void what_has_no_class_is_of_any(void **state)
{
	struct causes *lines = lines_of("fuzz/established/ack/*\tnext state: => gone\tRFC\tanother reaction\t1\n"
	                                "fuzz/established/ack/*\tnext state: => kept\tRFC\tthis one\t1\n");
	(void)state;
	stays_silent();
	snprintf(c.j.cause_class, sizeof c.j.cause_class, "too many hypotheses");
	assert_string_equal(causes_match(lines, &c.j), "fuzz.tsv:2");
	causes_free(lines);
}

/* More segments than there is room for, of which one near the end is this one. */
static void assert_long_matches(const char *line, const char *one)
{
	struct causes *lines = lines_of(line);
	stays_silent();
	text_clear(&c.j.actual);
	for (unsigned i = 0; i < LONG; i++)
		text_add(&c.j.actual, "%s ", i == LONG - 9 ? one : "<SEQ=1>");
	text_add(&c.j.actual, "=> ESTABLISHED");
	assert_string_equal(causes_match(lines, &c.j), "fuzz.tsv:1");
	causes_free(lines);
}

static void a_long_reaction_has_its_end_and_its_mark(void **state)
{
	(void)state;
	assert_long_matches("fuzz/established/ack/*\tno reply: <SEQ=* => kept\tRFC\tthis one\t1\n", "<SEQ=1>");
	assert_long_matches("fuzz/established/ack/*\tno reply: <SEQ=*! <SEQ=2> => kept\tRFC\tthis one\t1\n", "! <SEQ=2>");
}

/* What the judge is not asked about. */
static void rules_have_lines_too(void **state)
{
	struct causes *lines = lines_of("rule/*/stack_disorder\t@(one|two)*\tRFC\tan assertion\t1\n"
	                                "rule/FIN-WAIT-1/never_gives_up\t*\tRFC\tno end\t1\n");
	(void)state;
	assert_string_equal(causes_match_rule(lines, "stack_disorder", "ESTABLISHED", "two, tcp.c:7"), "fuzz.tsv:1");
	assert_null(causes_match_rule(lines, "stack_disorder", "ESTABLISHED", "three, tcp.c:7"));
	assert_string_equal(causes_match_rule(lines, "never_gives_up", "FIN-WAIT-1", ""), "fuzz.tsv:2");
	assert_null(causes_match_rule(lines, "never_gives_up", "LAST-ACK", ""));
	assert_int_equal(causes_met(lines), 2);
	causes_free(lines);
}

static void a_list_that_cannot_be_read_is_none(void **state)
{
	struct error e = {""};
	(void)state;
	assert_null(causes_new("fuzz.tsv", "fuzz/*\tno reply: *\tRFC\n", &e));
	assert_non_null(strstr(e.text, "fuzz.tsv:1"));
}

/* Else a harness that carries it would not open, which is seen only where that is built. */
static void those_of_the_targets_can_be_read(void **state)
{
	static const char *const lists[] = {"targets/lwip/fuzz.tsv", "targets/linux/fuzz.tsv"};
	(void)state;
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		size_t octets;
		struct error e = {""};
		char *text = memory_file(lists[i], &octets, &e);
		struct causes *lines = text ? causes_new(lists[i], text, &e) : NULL;
		if (!lines)
			fail_msg("%s", e.text);
		causes_free(lines);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_reaction_has_two_words_for_states),
	    cmocka_unit_test(a_malformed_segment_tells_its_clause),
	    cmocka_unit_test(what_was_told_before_is_left_out),
	    cmocka_unit_test(the_first_line_that_means_both_counts),
	    cmocka_unit_test(reasons_are_counted_in_json),
	    cmocka_unit_test(what_no_line_means_is_not_known),
	    cmocka_unit_test(what_has_no_class_is_of_any),
	    cmocka_unit_test(a_long_reaction_has_its_end_and_its_mark),
	    cmocka_unit_test(rules_have_lines_too),
	    cmocka_unit_test(a_list_that_cannot_be_read_is_none),
	    cmocka_unit_test(those_of_the_targets_can_be_read),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("fuzz: lines of causes", tests, NULL, judge_unmade);
}
