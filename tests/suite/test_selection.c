/* Which ids a glob means, and which ids are told when it means none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/memory.h"
#include "suite/cells.h"
#include "suite/suite.h"

static void without_family_or_side_all_are_meant(void **state)
{
	(void)state;
	assert_true(suite_matches("close/figure-12", "close/figure-12/a/v4"));
	assert_true(suite_matches("close/figure-12", "close/figure-12/b/v6"));
	assert_true(suite_matches("close/figure-12/a", "close/figure-12/a/v6"));
	assert_true(suite_matches("close/figure-12/v6", "close/figure-12/b/v6"));
	assert_true(suite_matches("matrix/established/rst/exact/-/0", "matrix/established/rst/exact/-/0/v4"));
	assert_true(suite_matches("matrix/established/rst/exact/-/0", "matrix/established/rst/exact/-/0/v4,wnd=zero") == false);
	assert_true(suite_matches("matrix/established/rst/exact/-/0,wnd=zero", "matrix/established/rst/exact/-/0/v4,wnd=zero"));
}

static void what_is_named_is_respected(void **state)
{
	(void)state;
	assert_false(suite_matches("close/figure-12/a", "close/figure-12/b/v4"));
	assert_false(suite_matches("close/figure-12/a/v4", "close/figure-12/a/v6"));
	assert_false(suite_matches("close/figure-12/v4", "close/figure-12/a/v6"));
	assert_false(suite_matches("close/figure-1", "close/figure-12/a/v4"));
	assert_false(suite_matches("close", "close/figure-12/a/v4"));
	assert_false(suite_matches("", "close/figure-12/a/v4"));
}

static void a_star_crosses_slashes(void **state)
{
	(void)state;
	assert_true(suite_matches("*", "close/figure-12/a/v4"));
	assert_true(suite_matches("close/*", "close/figure-12/a/v4"));
	assert_true(suite_matches("*/v6", "close/figure-12/a/v6"));
	assert_false(suite_matches("*/v6", "close/figure-12/a/v4"));
	assert_true(suite_matches("matrix/*/rst/*", "matrix/established/rst/exact/-/0/v4"));
	assert_true(suite_matches("*figure-1[23]", "close/figure-13/b/v4"));
	assert_true(suite_matches("@(close|icmp)/figure-!(12)/*", "close/figure-13/b/v4"));
	assert_false(suite_matches("@(close|icmp)/figure-!(12|13)/b/v4", "close/figure-13/b/v4"));
	assert_true(suite_matches("close/figure-+([0-9])", "close/figure-13/b/v4"));
}

static void a_cell_has_no_side(void **state)
{
	(void)state;
	/* Were the last coordinate of a cell taken for a side, this glob would mean it. */
	assert_false(suite_matches("matrix/established/rst/exact/-", "matrix/established/rst/exact/-/a/v4"));
}

/* The quick ways say what fnmatch() says: of the id, and of the id without its family. */
static void a_glob_means_what_fnmatch_says(void **state)
{
	static const char *const globs[] = {
	    "*",
	    "matrix/*",
	    "matrix/*/*/*/*/*/*",
	    "matrix/*/*/*/*/*/v4",
	    "matrix/*/*/*/*/*",
	    "matrix/*/*/*/*/*/*/*",
	    "matrix/!(closed|listen|syn-*)/rst@(|-ack)/exact/*/0/v*",
	    "matrix/*rst*",
	    "matrix/*/*rst*/*/*/*/v*",
	    "matrix/closed*/any/-/0",
	    "matrix/*,isn=wrap-*",
	    "matrix/*/v6,isn=wrap-31",
	    "matrix/@(closed/syn|listen/ack)/*",
	    "matrix/[c/]losed/*",
	    "matrix/+([a-z])/syn/*/*/*/*",
	    "matrix/?*/!(*syn*)/*/*/*/v*=*",
	    "*/v?",
	    "m*x/*/\\rst/*/*/*/*",
	};
	(void)state;
	for (unsigned set = 0; set < 2; set++) {
		struct error e;
		struct cells *c = cells_new(set ? "pairwise" : "full", &e);
		assert_non_null(c);
		for (size_t i = 0; i < cells_count(c); i += 11) {
			char id[ID_MAX], bare[ID_MAX];
			cells_id(c, i, id);
			snprintf(bare, sizeof bare, "%s", id);
			char *family = strrchr(bare, '/');
			memmove(family, family + 3, strlen(family + 3) + 1);
			for (size_t g = 0; g < sizeof globs / sizeof globs[0]; g++) {
				const bool said = fnmatch(globs[g], id, FNM_EXTMATCH) == 0 || fnmatch(globs[g], bare, FNM_EXTMATCH) == 0;
				if (suite_matches(globs[g], id) != said)
					fail_msg("%s of %s: fnmatch says %d", globs[g], id, said);
			}
		}
		cells_free(c);
	}
}

static struct script *script_named(const char *id)
{
	struct script *s = memory_zeroed(1, sizeof(*s));
	snprintf(s->id, sizeof(s->id), "%s", id);
	return s;
}

static const char *const ids[] = {"close/figure-12/a", "close/figure-12/b", "close/figure-13/a", "handshake/figure-6/a", "handshake/refused/b", "half-open/hard-in-established/a", "matrix/established/rst/exact/-/0", "matrix/established/syn/exact/-/0"};
enum { IDS = sizeof(ids) / sizeof(ids[0]) };

static void assert_nearest(const char *typed, const char *first)
{
	struct suite s = {0};
	for (size_t i = 0; i < IDS; i++)
		suite_add(&s, script_named(ids[i]));
	const char *nearest[3];
	assert_int_equal(suite_nearest(&s, typed, nearest, 3), 3);
	assert_string_equal(nearest[0], first);
	suite_free(&s);
}

static void a_slip_of_the_finger_finds_its_id(void **state)
{
	(void)state;
	assert_nearest("close/figur-12", "close/figure-12/a");
	assert_nearest("close/figure12/b", "close/figure-12/b");
	assert_nearest("close/figure-13/a/v4", "close/figure-13/a");
	assert_nearest("figure-6", "handshake/figure-6/a");
	assert_nearest("refussed", "handshake/refused/b");
	assert_nearest("matrix/etsablished/rst/exact/-/0", "matrix/established/rst/exact/-/0");
	assert_nearest("handshake/refusal*", "handshake/refused/b");
	assert_nearest("matrix/establishd/*", "matrix/established/rst/exact/-/0");
}

static void a_ladder_is_told_once(void **state)
{
	(void)state;
	struct suite s = {0};
	for (size_t i = 0; i < IDS; i++)
		suite_add(&s, script_named(ids[i]));
	const char *nearest[IDS];
	assert_int_equal(suite_nearest(&s, "close/figure-12", nearest, IDS), IDS - 1);
	assert_int_equal(suite_nearest(&s, "close/figure-12", nearest, 1), 1);
	assert_int_equal(suite_nearest(&s, "close/figure-12", nearest, 0), 0);
	suite_free(&s);
}

static void an_empty_suite_has_nothing_near(void **state)
{
	(void)state;
	struct suite s = {0};
	const char *nearest[3];
	assert_int_equal(suite_nearest(&s, "anything", nearest, 3), 0);
	suite_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(without_family_or_side_all_are_meant),
	    cmocka_unit_test(what_is_named_is_respected),
	    cmocka_unit_test(a_star_crosses_slashes),
	    cmocka_unit_test(a_cell_has_no_side),
	    cmocka_unit_test(a_glob_means_what_fnmatch_says),
	    cmocka_unit_test(a_slip_of_the_finger_finds_its_id),
	    cmocka_unit_test(a_ladder_is_told_once),
	    cmocka_unit_test(an_empty_suite_has_nothing_near),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("suite: selection", tests, NULL, NULL);
}
