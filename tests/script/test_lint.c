/* The lint: the suite is clean, and ladders that demand what the standard does not permit are found, at their line. Not the reader's errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <glob.h>

#include <cmocka.h>

#include "lib/base/memory.h"
#include "lib/script/family.h"
#include "lib/script/ladder.h"
#include "lib/script/prelude.h"

#define HEAD "id: t\nlevel: MUST\nplays: B\n\n     TCP A                                                TCP B\n\n"
#define GIVEN(s) HEAD " 1.                                                       " s "\n"

/* Lints every side that the ladder plays; findings are printed. */
static size_t ladder_lint(const struct ladder *l, struct text *out)
{
	size_t findings = 0;
	struct error e;
	for (char side = 'a'; side <= 'b'; side++) {
		if (!ladder_plays(l, side))
			continue;
		struct script *s = ladder_compile(l, side, &e);
		findings += script_lint(s, out);
		script_free(s);
	}
	return findings;
}

/* Every ladder of a file, which may hold a family. */
static void file_lint(const char *path, struct text *out)
{
	struct error e = {""};
	struct text one = {0};
	size_t n;
	char *text = memory_file(path, &n, &e);
	const size_t count = text ? family_count(path, text, &e) : 0;
	for (size_t k = 0; k < count; k++) {
		text_clear(&one);
		struct ladder *l = family_ladder(path, text, k, &one, &e) ? ladder_read(path, text_string(&one), &e) : NULL;
		if (l)
			ladder_lint(l, out);
		else
			text_add(out, "%s\n", e.text);
		ladder_free(l);
	}
	if (count == 0)
		text_add(out, "%s\n", e.text);
	text_free(&one);
	free(text);
}

static void every_ladder_of_the_suite_is_clean(void **state)
{
	(void)state;
	glob_t g;
	struct text out = {0};
	assert_int_equal(glob("suite/*/*.ladder", 0, NULL, &g), 0);
	for (size_t i = 0; i < g.gl_pathc; i++)
		file_lint(g.gl_pathv[i], &out);
	globfree(&g);
	if (out.length)
		print_message("%s", text_string(&out));
	assert_int_equal(out.length, 0);
}

/* A block of doc/ladder.md: a whole file, or the lines of one. */
static void example_lint(const char *from, size_t n, struct text *out)
{
	struct text text = {0};
	struct error e = {""};
	if (from[0] == ' ') {
		bool both = from[strlen(" 1.  ")] != ' ';
		text_add(&text, "id: doc\nlevel: MUST\nplays: %s\n\n     TCP A                                                TCP B\n\n", both ? "A B" : "B");
	}
	text_add_octets(&text, from, n);
	struct ladder *l = ladder_read("doc/ladder.md", text_string(&text), &e);
	if (l)
		ladder_lint(l, out);
	else
		text_add(out, "%s\n", e.text);
	ladder_free(l);
	text_free(&text);
}

static void every_example_of_the_reference_is_clean(void **state)
{
	(void)state;
	struct error e = {""};
	struct text out = {0};
	unsigned examples = 0;
	size_t n;
	char *doc = memory_file("doc/ladder.md", &n, &e);
	assert_non_null(doc);
	for (const char *at = strstr(doc, "\n```\n"), *to; at; at = strstr(to + 5, "\n```\n")) {
		at += strlen("\n```\n");
		to = strstr(at, "\n```\n");
		if (!to || strncmp(at, "file ", 5) == 0) /* the grammar is the last block */
			break;
		example_lint(at, (size_t)(to + 1 - at), &out);
		examples++;
	}
	free(doc);
	if (out.length)
		print_message("%s", text_string(&out));
	assert_int_equal(out.length, 0);
	assert_true(examples >= 5);
	text_free(&out);
}

static void every_way_into_a_state_is_clean(void **state)
{
	(void)state;
	size_t count;
	const struct prelude *p = preludes(&count);
	struct text out = {0};
	for (size_t i = 0; i < count; i++) {
		struct error e;
		struct ladder *l = ladder_read("prelude", p[i].text, &e);
		assert_non_null(l);
		ladder_lint(l, &out);
		ladder_free(l);
	}
	if (out.length)
		print_message("%s", text_string(&out));
	assert_int_equal(out.length, 0);
	text_free(&out);
}

/* What is wrong, where, and with which words. Lines are counted in the text: the given state is on line 7. */
static const struct {
	const char *why, *text, *finding;
} wrong[] = {
    {"a SYN in the window of ESTABLISHED draws no SYN,ACK (3.10.7.4, fourth check)", GIVEN("ESTABLISHED") " 2.  --> <SEQ=100><CTL=SYN> -->\n     <-- <CTL=SYN,ACK> <--\n", "t:9: "},
    {"an old segment is acknowledged, not reset (3.10.7.4, first check)", GIVEN("ESTABLISHED") " 2.  --> <SEQ=100-1000><ACK=300><CTL=ACK> -->\n     <-- <SEQ=300><CTL=RST> <--\n", "t:9: "},
    {"silence where an acknowledgment must come", GIVEN("ESTABLISHED") " 2.  --> <SEQ=100-2000000000><ACK=300><CTL=ACK><DATA=1> -->\n     (silence)\n                                                          ESTABLISHED\n", "t:10: "},
    {"an ACK to CLOSED draws a reset (3.10.7.1)", HEAD " 1.                                                       CLOSED\n 2.  --> <SEQ=100><ACK=300><CTL=ACK> --> (silence)\n", "t:8: "},
    {"the reset of CLOSED takes its SEQ from SEG.ACK", HEAD " 1.                                                       CLOSED\n 2.  --> <SEQ=100><ACK=300><CTL=ACK> -->\n     <-- <SEQ=#1><CTL=RST> <--\n", "t:9: "},
    {"an exact RST leaves no connection", GIVEN("ESTABLISHED") " 2.  --> <SEQ=100><CTL=RST> --> ESTABLISHED\n", "t:8: "},
    {"RECEIVE ends no connection", GIVEN("ESTABLISHED") " 2.                                                       (Receive 10) CLOSED\n", "t:8: "},
    {"the FIN of CLOSE acknowledges what came, no more", GIVEN("ESTABLISHED") " 2.  --> <SEQ=100><ACK=300><CTL=ACK> -->\n"
                                                                              " 3.                                                       (Close)\n"
                                                                              "     <-- <SEQ=300><ACK=101><CTL=FIN,ACK> <--\n",
     "t:10: "},
    {"nobody is told of a reset that did not come", GIVEN("ESTABLISHED") " 2.                                                       (Close)\n     <-- <CTL=FIN,ACK> <-- (signal reset)\n", "t:9: "},
    {"nothing is retransmitted that was acknowledged", GIVEN("FIN-WAIT-2") " 2.                                                       (1 RTO)\n     <-- <CTL=FIN,ACK> <-- (again)\n", "t:9: "},
    {"a SYN is not sent again before its RTO", GIVEN("SYN-SENT") " 2.                                                       (10 ms)\n     <-- <CTL=SYN> <-- (again)\n", "t:9: "},
    {"TIME-WAIT lasts two MSL", GIVEN("TIME-WAIT") " 2.                                                       (1 MSL)\n                                                          CLOSED\n", "t:9: "},
    {"a script that only sends", GIVEN("ESTABLISHED") " 2.  --> <SEQ=100><ACK=300><CTL=ACK> -->\n", "asserts nothing"},
    {"a script that only allows", GIVEN("SYN-SENT") " 2.  --> <SEQ=50><ACK=SND.NXT><CTL=SYN,ACK> -->\n     <-- <CTL=ACK> <-- (may)\n", "asserts nothing"},
};

static void what_the_standard_does_not_permit_is_found(void **state)
{
	(void)state;
	unsigned missed = 0;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct error e = {""};
		struct text out = {0};
		struct ladder *l = ladder_read("t", wrong[i].text, &e);
		if (!l)
			fail_msg("%s: %s", wrong[i].why, e.text);
		size_t findings = ladder_lint(l, &out);
		if (findings != 1 || !strstr(text_string(&out), wrong[i].finding)) {
			print_message("# %s: wanted one finding with '%s', got %zu: %s\n", wrong[i].why, wrong[i].finding, findings, text_string(&out));
			missed++;
		}
		ladder_free(l);
		text_free(&out);
	}
	assert_int_equal(missed, 0);
}

/* Lawful, though not what most stacks do: a script may rest on a declared choice. */
static const char *const lawful[] = {
    /* an inexact RST ends the connection where RFC 5961 is not done (3.10.7.4, second check) */
    GIVEN("ESTABLISHED") " 2.  --> <SEQ=100+10><CTL=RST> --> CLOSED\n",
    /* and draws a challenge ACK where it is */
    GIVEN("ESTABLISHED") " 2.  --> <SEQ=100+10><CTL=RST> -->\n     <-- <SEQ=300><ACK=100><CTL=ACK> <-- ESTABLISHED\n",
    /* a new SYN reopens TIME-WAIT (MAY-2) */
    GIVEN("TIME-WAIT") " 2.  --> <SEQ=SND.UNA+0><CTL=SYN> --> (by the model)\n",
    /* text to a closed port, by the model */
    HEAD " 1.                                                       CLOSED\n 2.  --> <SEQ=100><CTL=FIN><DATA=5> --> (by the model) CLOSED\n",
    /* the acknowledgment of text may be late, and need not be written */
    GIVEN("ESTABLISHED") " 2.  --> <SEQ=100><ACK=300><CTL=ACK><DATA=5> --> ESTABLISHED\n 3.                                                       (1 s) ESTABLISHED\n",
    /* a damaged segment is none */
    GIVEN("ESTABLISHED") " 2.  --> <SEQ=100><CTL=RST><CHK=1> --> (silence) ESTABLISHED\n",
};

static void a_script_may_rest_on_a_lawful_choice(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof lawful / sizeof *lawful; i++) {
		struct error e = {""};
		struct text out = {0};
		struct ladder *l = ladder_read("t", lawful[i], &e);
		if (!l)
			fail_msg("case %zu: %s", i, e.text);
		if (ladder_lint(l, &out) != 0)
			fail_msg("case %zu: %s", i, text_string(&out));
		ladder_free(l);
		text_free(&out);
	}
}

/* Every expectation of the figures matters: with the next number, or with RST toggled, it is found. */
static bool step_spoil(struct step *st, unsigned how)
{
	if (st->kind != STEP_EXPECT || st->may)
		return false;
	if (how == 0 && !st->binds)
		st->segment.seq.offset++;
	else if (how == 1 && st->segment.said & SAY_ACK)
		st->segment.ack.offset++;
	else if (how == 2)
		st->segment.ctl ^= CTL_RST;
	else
		return false;
	return true;
}

static void spoiled_figures_are_found(void **state)
{
	(void)state;
	glob_t g;
	unsigned spoiled = 0;
	assert_int_equal(glob("suite/*/figure-*.ladder", 0, NULL, &g), 0);
	for (size_t i = 0; i < g.gl_pathc * 2; i++) {
		struct error e = {""};
		struct text out = {0};
		size_t n;
		char *text = memory_file(g.gl_pathv[i / 2], &n, &e);
		struct ladder *l = ladder_read(g.gl_pathv[i / 2], text, &e);
		struct script *s = ladder_compile(l, i % 2 ? 'b' : 'a', &e);
		for (size_t k = s->prelude; k < s->count; k++)
			for (unsigned how = 0; how < 3; how++) {
				struct step kept = s->step[k];
				if (step_spoil(&s->step[k], how)) {
					spoiled++;
					if (script_lint(s, &out) == 0)
						fail_msg("%s: line %u, spoiled in way %u, lints clean", s->id, kept.line, how);
				}
				s->step[k] = kept;
			}
		script_free(s);
		ladder_free(l);
		free(text);
		text_free(&out);
	}
	globfree(&g);
	assert_true(spoiled >= 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_ladder_of_the_suite_is_clean),
	    cmocka_unit_test(every_example_of_the_reference_is_clean),
	    cmocka_unit_test(every_way_into_a_state_is_clean),
	    cmocka_unit_test(what_the_standard_does_not_permit_is_found),
	    cmocka_unit_test(a_script_may_rest_on_a_lawful_choice),
	    cmocka_unit_test(spoiled_figures_are_found),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("lint", tests, NULL, NULL);
}
