/* A known deviation excuses exactly its reaction: another one FAILs, a pass makes the line stale, another cell is untouched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/run/known.h"

/* A file with this text; the caller unlinks. */
static void known_file(char path[32], const char *text)
{
	snprintf(path, 32, "/tmp/known-XXXXXX");
	const int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (int)strlen(text));
	close(fd);
}

static enum verdict applied(const char *id, enum verdict v, const char *actual, char cause[200])
{
	char path[32];
	struct known k = {0};
	struct error e;
	struct result r = {.verdict = v};
	known_file(path, "# a comment\nmatrix/listen/syn-fin/*\t=> LISTEN\tRFC 9293 3.10.7.2\tdropped\t6.18\n");
	assert_true(known_read(&k, path, &e));
	assert_int_equal(k.count, 1);
	snprintf(r.id, sizeof r.id, "%s", id);
	snprintf(r.cause, sizeof r.cause, "no reply");
	text_add(&r.actual, "%s", actual);
	known_apply(&k, &r);
	memcpy(cause, r.cause, sizeof r.cause);
	result_free(&r);
	known_free(&k);
	unlink(path);
	return r.verdict;
}

static void the_pinned_reaction_is_excused(void **state)
{
	(void)state;
	char cause[200];
	assert_int_equal(applied("matrix/listen/syn-fin/any/-/0/v4", FAIL, "=> LISTEN", cause), KNOWN);
}

static void another_reaction_is_a_fail(void **state)
{
	(void)state;
	char cause[200];
	assert_int_equal(applied("matrix/listen/syn-fin/any/-/0/v4", FAIL, "<SEQ=0><CTL=RST> => LISTEN", cause), FAIL);
	assert_string_equal(cause, "known, but changed: no reply");
}

static void a_pass_is_a_stale_line(void **state)
{
	(void)state;
	char cause[200];
	assert_int_equal(applied("matrix/listen/syn-fin/any/-/0/v6", PASS, "=> SYN-RECEIVED", cause), XPASS);
	assert_int_equal(applied("matrix/listen/syn-fin/any/-/0/v6", NON_STRICT, "=> SYN-RECEIVED", cause), XPASS);
}

/* A run that forgets a cell at the fence has not seen what comes late. A line of it is stale for one that waits. */
static void a_late_reply_that_nobody_awaited_makes_no_line_stale(void **state)
{
	(void)state;
	char path[32];
	struct known k = {0};
	struct error e;
	known_file(path, "matrix/established/none/*\t=> (kept) late <SEQ=SND.NXT><ACK=RCV.NXT+1><CTL=ACK>\tRFC 9293 3.10.7.4\ttaken\t2\n");
	assert_true(known_read(&k, path, &e));
	for (int hasty = 0; hasty < 2; hasty++) {
		struct result r = {.verdict = PASS, .id = "matrix/established/none/exact/-/1/v4"};
		k.hasty = hasty;
		known_apply(&k, &r);
		assert_int_equal(r.verdict, hasty ? PASS : XPASS);
		result_free(&r);
	}
	known_free(&k);
	unlink(path);
}

/* And where its timer falls between stimulus and fence, the same segment comes before; another one, or in another state, is excused by no line. */
static void a_late_reply_may_meet_the_fence(void **state)
{
	(void)state;
	static const char ack[] = "<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>", late[] = "<SEQ=SND.NXT><ACK=RCV.NXT+1><CTL=ACK>";
	const struct {
		bool hasty;
		const char *first, *second, *after;
		enum verdict verdict;
	} cases[] = {{true, ack, late, "ESTABLISHED", KNOWN}, {false, ack, late, "ESTABLISHED", FAIL}, {true, late, ack, "ESTABLISHED", FAIL}, {true, ack, ack, "ESTABLISHED", FAIL}, {true, ack, late, "CLOSED", FAIL}};
	char path[32], line[300];
	struct known k = {0};
	struct error e;
	snprintf(line, sizeof line, "matrix/established/ack/*\t%s => (kept) late %s\tRFC 9293 3.10.7.4\ttaken\t2\n", ack, late);
	known_file(path, line);
	assert_true(known_read(&k, path, &e));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct result r = {.verdict = FAIL, .id = "matrix/established/ack/exact/far/1/v4", .state_before = "ESTABLISHED"};
		text_add(&r.actual, "%s %s => %s", cases[i].first, cases[i].second, cases[i].after);
		k.hasty = cases[i].hasty;
		known_apply(&k, &r);
		assert_int_equal(r.verdict, cases[i].verdict);
		result_free(&r);
	}
	known_free(&k);
	unlink(path);
}

static void other_cells_and_doubt_are_untouched(void **state)
{
	(void)state;
	char cause[200];
	assert_int_equal(applied("matrix/listen/syn/any/-/0/v4", FAIL, "=> LISTEN", cause), FAIL);
	assert_string_equal(cause, "no reply");
	assert_int_equal(applied("matrix/listen/syn-fin/any/-/0/v4", INCONCLUSIVE, "=> LISTEN", cause), INCONCLUSIVE);
}

/* MUST and SHOULD differ between RFC 793 and RFC 9293: what deviates from one may well follow the other. */
static void lines_are_of_the_default_profile(void **state)
{
	(void)state;
	struct declaration d = {.name = "made-up"};
	struct error e = {""};
	known_file(d.known, "matrix/listen/*\t=> LISTEN\tclause\treason\t1\n");
	known_file(d.known_as_shipped, "matrix/closed/*\t=> CLOSED\tclause\treason\t1\n");
	for (unsigned shipped = 0; shipped < 2; shipped++) {
		struct known ours = {0}, other = {0};
		assert_true(known_of_target(&ours, &d, PROFILE_RFC9293, shipped, &e));
		assert_true(known_of_target(&other, &d, PROFILE_RFC793, shipped, &e));
		assert_int_equal(ours.count, 1 + shipped);
		assert_int_equal(other.count, 0);
		known_free(&ours);
		known_free(&other);
	}
	unlink(d.known);
	unlink(d.known_as_shipped);
}

static void errors_name_file_line_and_column(void **state)
{
	(void)state;
	char path[32], want[200];
	struct known k = {0};
	struct error e;
	known_file(path, "# fine\nmatrix/*\t=> LISTEN\tclause\n");
	assert_false(known_read(&k, path, &e));
	snprintf(want, sizeof want, "%s:2: expected reason in column 4 of 5, separated by tabs", path);
	assert_string_equal(e.text, want);
	known_free(&k);
	unlink(path);
}

/* Every id that a test of globs asks about. */
static const char *const ids[] = {"matrix/syn-received/syn/exact/-/0/v4", "matrix/syn-received-simultaneous/syn-fin/exact/-/0/v6",
                                  "matrix/syn-received/syn-rst/exact/-/0/v4", "matrix/syn-received/syn-fin-rst-ack/far/una/1/v6",
                                  "matrix/established/syn/exact/-/0/v4,isn=wrap", "matrix/syn-received/fin/exact/-/0/v4",
                                  "handshake/fin-on-syn/b/v4", "close/abort/deep/er/path/of/a/long/id/b/v6"};
enum { IDS = sizeof ids / sizeof *ids };

/* The index is faster than asking fnmatch() of every line, and says the same. */
static void the_index_agrees_with_fnmatch(void **state)
{
	(void)state;
	static const char *const globs[] = {"*", "matrix/*", "matrix/syn-received*/syn!(*rst*)/*", "matrix/syn-received*/syn!(*rst*)/*/*/*/*", "matrix/syn-received/@(syn|fin)/*/-/0/*", "matrix/syn-received/syn/exact/-/0/v4",
	                                    "matrix/*/*/*/*/*/v4*", "matrix/*/v6", "*/v4", "handshake/*/b/v4", "handshake/fin-on-syn/b/v[46]", "close/*", "matrix/+(syn|-|received)/?(syn)*/*/*/*/v?", "matrix/!(established)/*/*/*/*/*",
	                                    "matrix/syn-received/@(syn/exact|fin/exact)/-/0/v4", "matrix/syn-received/syn/exact/-/0/v4x", "!(matrix*)", "matrix/*syn*/v4", "matrix/*syn*/exact*/v4", "*/*fin*/v?"};
	enum { GLOBS = sizeof globs / sizeof *globs };
	struct text file = {0};
	char path[32];
	for (size_t g = 0; g < GLOBS; g++)
		text_add(&file, "%s\t=> CLOSED\tclause\treason\t1\n", globs[g]);
	known_file(path, text_string(&file));
	for (size_t i = 0; i < IDS; i++) {
		struct known k = {0};
		struct error e;
		struct result r = {.verdict = KNOWN, .known_at = "none"};
		assert_true(known_read(&k, path, &e));
		snprintf(r.id, sizeof r.id, "%s", ids[i]);
		for (unsigned again = 1; again <= 2; again++) {
			known_count(&k, &r);
			for (size_t g = 0; g < GLOBS; g++)
				if ((k.at[g].met == again) != (fnmatch(globs[g], ids[i], FNM_EXTMATCH) == 0))
					fail_msg("%s against %s", globs[g], ids[i]);
		}
		known_free(&k);
	}
	text_free(&file);
	unlink(path);
}

/* The same lines, asked of all ids one after the other: what a line remembers of a coordinate does not show. */
static void neighbours_do_not_disturb_each_other(void **state)
{
	(void)state;
	char path[32];
	struct known k = {0};
	struct error e;
	unsigned want = 0;
	known_file(path, "matrix/syn-received*/syn!(*rst*)/*/*/*/*\t=> CLOSED\tclause\treason\t1\n");
	assert_true(known_read(&k, path, &e));
	for (unsigned again = 0; again < 3; again++)
		for (size_t i = 0; i < IDS; i++) {
			struct result r = {.verdict = KNOWN, .known_at = "none"};
			snprintf(r.id, sizeof r.id, "%s", ids[i]);
			known_count(&k, &r);
			want += fnmatch(k.at[0].glob, ids[i], FNM_EXTMATCH) == 0;
			assert_int_equal(k.at[0].met, want);
		}
	assert_int_equal(want, 6);
	known_free(&k);
	unlink(path);
}

static struct run_counts counted_in(const char *lines, const char *id, enum verdict v, const char *actual, const char *before)
{
	char path[32];
	struct known k = {0};
	struct error e;
	struct result r = {.verdict = v};
	struct run_counts c = {0};
	known_file(path, lines);
	assert_true(known_read(&k, path, &e));
	snprintf(r.id, sizeof r.id, "%s", id);
	text_add(&r.actual, "%s", actual);
	snprintf(r.state_before, sizeof r.state_before, "%s", before);
	known_apply(&k, &r);
	known_count(&k, &r);
	known_uses(&k, &c);
	c.total = c.by_verdict[r.verdict] = 1;
	c.complete = true;
	result_free(&r);
	known_free(&k);
	unlink(path);
	return c;
}

static struct run_counts counted(const char *lines, const char *id, enum verdict v, const char *actual)
{
	return counted_in(lines, id, v, actual, "");
}

/* The second line is never needed: what it would excuse, the first one does, or it never happens. */
static void a_line_that_excuses_nothing_is_xpass(void **state)
{
	(void)state;
	static const char lines[] = "matrix/a/*\t=> LISTEN\tclause\tfirst\t1\nmatrix/a/b/*\t=> CLOSED\tclause\tsecond\t1\nmatrix/c/*\t=> CLOSED\tclause\tthird\t1\n";
	struct run_counts c = counted(lines, "matrix/a/b/v4", FAIL, "=> LISTEN");
	assert_int_equal(c.known_count, 2); /* the third was not met: that is no sin */
	assert_int_equal(c.by_verdict[KNOWN], 1);
	assert_false(known_use_is_stale(&c.known[0]));
	assert_true(known_use_is_stale(&c.known[1]));
	assert_int_equal(run_exit_code(&c, false, false), 1);
	run_counts_free(&c);
	/* Where a verdict names the line, it is not told again. */
	c = counted("matrix/a/*\t=> LISTEN\tclause\tfirst\t1\n", "matrix/a/b/v4", FAIL, "=> CLOSED");
	assert_int_equal(c.by_verdict[FAIL], 1);
	assert_int_equal(c.known[0].told, 1);
	assert_false(known_use_is_stale(&c.known[0]));
	run_counts_free(&c);
	c = counted("matrix/a/*\t=> LISTEN\tclause\tfirst\t1\n", "matrix/a/b/v4", PASS, "=> CLOSED");
	assert_int_equal(c.by_verdict[XPASS], 1);
	assert_int_equal(c.known[0].told, 1);
	run_counts_free(&c);
	/* What could not be judged says nothing of a line; what is never judged makes it stale. */
	c = counted("matrix/a/*\t=> LISTEN\tclause\tfirst\t1\n", "matrix/a/b/v4", UNIMPLEMENTED, "");
	assert_int_equal(c.known_count, 0);
	run_counts_free(&c);
	c = counted("matrix/a/*\t=> LISTEN\tclause\tfirst\t1\n", "matrix/a/b/v4", INFORMATIONAL, "=> LISTEN");
	assert_true(known_use_is_stale(&c.known[0]));
	run_counts_free(&c);
}

/* A probe a second later may be seen or not: two lines for the one deviation, and the one that was not needed is not stale. */
static void a_line_with_a_late_reply_stands_beside_the_one_without(void **state)
{
	(void)state;
	static const char lines[] = "matrix/a/*\t=> (kept)\tclause\tfirst\t1\nmatrix/a/*\t=> (kept) late <CTL=ACK>\tclause\tfirst\t1\nmatrix/a/*\t=> (kept) later\tclause\tfirst\t1\n";
	for (int late = 0; late < 2; late++) {
		struct run_counts c = counted_in(lines, "matrix/a/b/v4", FAIL, late ? "=> LISTEN late <CTL=ACK>" : "=> LISTEN", "LISTEN");
		assert_int_equal(c.by_verdict[KNOWN], 1);
		assert_int_equal(c.known_count, 2);
		assert_int_equal(c.known[0].excused, 1);
		assert_true(known_use_is_stale(&c.known[1]));
		run_counts_free(&c);
	}
}

static bool is_reaction(const char *pinned, const char *actual, const char *before)
{
	char path[32], line[400];
	struct known k = {0};
	struct error e;
	snprintf(line, sizeof line, "matrix/*\t%s\tclause\treason\t1\n", pinned);
	known_file(path, line);
	assert_true(known_read(&k, path, &e));
	const bool is = known_reaction_is(&k.at[0], actual, before);
	known_free(&k);
	unlink(path);
	return is;
}

/* "(kept)" is the state before the stimulus, "(gone)" CLOSED or LISTEN; all else is compared letter by letter. */
static void two_words_stand_for_states(void **state)
{
	(void)state;
	static const char ack[] = "<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> => (kept)";
	assert_true(is_reaction("=> (kept)", "=> CLOSE-WAIT", "CLOSE-WAIT"));
	assert_false(is_reaction("=> (kept)", "=> CLOSED", "CLOSE-WAIT"));
	assert_false(is_reaction("=> (kept)", "=> CLOSE", "CLOSE-WAIT"));
	assert_false(is_reaction("=> (kept)", "=> CLOSE-WAIT", "CLOSE"));
	assert_false(is_reaction("=> (kept)", "=> ", ""));
	assert_false(is_reaction("=> (kept)", "<SEQ=SEG.ACK><CTL=RST> => CLOSE-WAIT", "CLOSE-WAIT"));
	assert_false(is_reaction("=> (kept)", "=> CLOSE-WAIT (probed: no state)", "CLOSE-WAIT"));
	assert_true(is_reaction("=> (kept) (probed: no state)", "=> CLOSE-WAIT (probed: no state)", "CLOSE-WAIT"));
	assert_true(is_reaction(ack, "<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> => ESTABLISHED", "ESTABLISHED"));
	assert_false(is_reaction(ack, "=> ESTABLISHED", "ESTABLISHED"));
	assert_true(is_reaction("(told reset) => (gone)", "(told reset) => LISTEN", "CLOSING"));
	assert_true(is_reaction("(told reset) => (gone)", "(told reset) => CLOSED", "CLOSING"));
	assert_false(is_reaction("(told reset) => (gone)", "(told reset) => CLOSING", "CLOSING"));
	assert_false(is_reaction("(told reset) => (gone)", "=> CLOSED", "CLOSING"));
	assert_false(is_reaction("=> (gone)", "=> CLOSED-", "CLOSING"));
	assert_false(is_reaction("=> CLOSED", "=> LISTEN", "CLOSING"));
}

/* Of states between which the probes cannot tell, one is the line's. */
static void a_probed_class_holds_the_state(void **state)
{
	(void)state;
	assert_true(is_reaction("=> LISTEN", "=> CLOSED or LISTEN", "LISTEN"));
	assert_true(is_reaction("=> CLOSED", "=> CLOSED or LISTEN", "LISTEN"));
	assert_false(is_reaction("=> SYN-RECEIVED", "=> CLOSED or LISTEN", "LISTEN"));
	assert_true(is_reaction("<CTL=RST> => TIME-WAIT late <CTL=ACK>", "<CTL=RST> => CLOSING or LAST-ACK or TIME-WAIT late <CTL=ACK>", "TIME-WAIT"));
	assert_false(is_reaction("<CTL=RST> => TIME-WAIT", "<CTL=RST> => CLOSING or LAST-ACK or TIME-WAIT late <CTL=ACK>", "TIME-WAIT"));
	assert_false(is_reaction("<CTL=RST> => TIME-WAIT", "=> CLOSING or LAST-ACK or TIME-WAIT", "TIME-WAIT"));
	assert_true(is_reaction("=> (kept)", "=> CLOSING or LAST-ACK", "LAST-ACK"));
	assert_false(is_reaction("=> (kept)", "=> CLOSING or LAST-ACK", "TIME-WAIT"));
	assert_true(is_reaction("=> (gone)", "=> CLOSED or LISTEN or SYN-SENT", "ESTABLISHED"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_pinned_reaction_is_excused),
	    cmocka_unit_test(another_reaction_is_a_fail),
	    cmocka_unit_test(a_pass_is_a_stale_line),
	    cmocka_unit_test(a_late_reply_that_nobody_awaited_makes_no_line_stale),
	    cmocka_unit_test(a_late_reply_may_meet_the_fence),
	    cmocka_unit_test(two_words_stand_for_states),
	    cmocka_unit_test(a_probed_class_holds_the_state),
	    cmocka_unit_test(other_cells_and_doubt_are_untouched),
	    cmocka_unit_test(lines_are_of_the_default_profile),
	    cmocka_unit_test(errors_name_file_line_and_column),
	    cmocka_unit_test(the_index_agrees_with_fnmatch),
	    cmocka_unit_test(neighbours_do_not_disturb_each_other),
	    cmocka_unit_test(a_line_that_excuses_nothing_is_xpass),
	    cmocka_unit_test(a_line_with_a_late_reply_stands_beside_the_one_without),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("known deviations", tests, NULL, NULL);
}
