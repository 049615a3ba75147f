/* A known deviation excuses exactly its reaction: another one FAILs, a pass makes the line stale, another cell is untouched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_pinned_reaction_is_excused),
	    cmocka_unit_test(another_reaction_is_a_fail),
	    cmocka_unit_test(a_pass_is_a_stale_line),
	    cmocka_unit_test(other_cells_and_doubt_are_untouched),
	    cmocka_unit_test(lines_are_of_the_default_profile),
	    cmocka_unit_test(errors_name_file_line_and_column),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("known deviations", tests, NULL, NULL);
}
