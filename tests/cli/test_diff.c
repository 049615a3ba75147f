/* `tcpspec diff` as a user meets it: exit codes, torn records, usage. What it prints is tests/reports/test_diff's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/cli/cli_room.h"

static char *at(const char *name)
{
	static char paths[4][96];
	static unsigned next;
	char *path = paths[next++ % 4];
	snprintf(path, sizeof(paths[0]), "%s/%s", room.path, name);
	return path;
}

static void two_runs(void)
{
	cli("run", "--json", at("a"), "made/*", "matrix/listen/*");
	room.fake.verdict = FAIL;
	room.fake.kernel = "another";
	cli("run", "--json", at("b"), "made/*", "matrix/listen/*");
}

static void no_difference_is_0_and_one_is_1(void **state)
{
	(void)state;
	two_runs();
	cli("diff", at("a"), at("a"));
	assert_code(0);
	assert_holds(room.out, "0 changed, 20 the same.\n");
	cli("diff", at("a"), at("b"));
	assert_code(1);
	assert_holds(room.out, "kernel          made-up -> another\n");
	assert_holds(room.out, "\n1 ladder, PASS -> FAIL: nothing observed\n");
	assert_holds(room.out, "made/first/b/v4\n");
	cli("diff", "--markdown", at("a"), at("b"));
	assert_code(1);
	assert_holds(room.out, "| kernel | made-up | another |\n");
}

/* Another kernel that does the same is no difference; one more result is. */
static void only_results_decide_the_code(void **state)
{
	(void)state;
	two_runs();
	room.fake.verdict = PASS;
	cli("run", "--json", at("b"), "made/*", "matrix/listen/*");
	cli("diff", at("a"), at("b"));
	assert_code(0);
	assert_holds(room.out, "made-up -> another");
	cli("run", "--json", at("b"), "made/*");
	cli("diff", at("a"), at("b"));
	assert_code(1);
	assert_holds(room.out, "0 changed, 4 the same, 16 only before.\n");
}

static void half_a_record_is_used_and_said_to_be_one(void **state)
{
	(void)state;
	two_runs();
	char *text = room_read("b");
	char *end = strstr(text, "{\"type\":\"end\"");
	*end = '\0';
	room_put("b", text);
	cli("diff", at("a"), at("b"));
	assert_code(1);
	assert_holds(room.out, "/b: there is no end line, so its run died; what it has is compared\n");
	assert_holds(room.out, "1 changed, 19 the same.\n");
	end[-10] = '\0';
	room_put("b", text);
	cli("diff", at("a"), at("b"));
	assert_code(1);
	assert_holds(room.out, "/b: line 21 is torn, what stands before it is compared\n");
	assert_holds(room.out, "1 changed, 18 the same, 1 only before.\n");
	free(text);
}

static void what_cannot_be_compared_is_2(void **state)
{
	(void)state;
	two_runs();
	cli("diff");
	assert_code(2);
	cli("diff", at("a"));
	assert_code(2);
	cli("diff", "--nonsense", at("a"), at("b"));
	assert_code(2);
	cli("diff", at("a"), at("nowhere"));
	assert_code(2);
	assert_holds(room.error, "/nowhere: No such file");
	room_put("c", "no record\nat all\n");
	cli("diff", at("c"), at("a"));
	assert_code(2);
	assert_holds(room.error, "/c:1: ");
	char *text = room_read("a"), *second = strchr(text, '\n') + 1;
	struct text twice = {0};
	text_add(&twice, "%.*s%.*s%s", (int)(second - text), text, (int)strcspn(second, "\n") + 1, second, second);
	room_put("c", text_string(&twice));
	cli("diff", at("a"), at("c"));
	assert_code(2);
	assert_holds(room.error, "/c:3: made/first/b/v4 has a verdict already");
	text_free(&twice);
	free(text);
}

#define test(f) cmocka_unit_test_setup_teardown(f, room_open, room_close)

static void records_stand_beside_each_other(void **state)
{
	(void)state;
	two_runs();
	cli("compare", at("a"), at("b"), at("b"));
	assert_code(0);
	assert_holds(room.out, "| test | linux (");
	assert_holds(room.out, "\n| made/first/b/v4 | ✓ pass | ✗ no reply | ✗ no reply |\n| all results |");
	cli("compare", "--all", "-g", "made/*", "-x", "made/first/*", at("a"), at("b"));
	assert_code(0);
	assert_holds(room.out, "1 rows of 2 results");
	cli("compare", "--causes", at("a"), at("b"));
	assert_code(0);
	assert_holds(room.out, "\n| no reply | · | ✗ 1 |\n");
}

static void what_is_no_record_stands_beside_nothing(void **state)
{
	(void)state;
	two_runs();
	room_put("word", "hello\n");
	cli("compare");
	assert_code(2);
	assert_holds(room.error, "expected records");
	cli("compare", at("a"), at("nothing"));
	assert_code(2);
	assert_holds(room.error, "/nothing: No such file");
	cli("compare", at("a"), at("word"));
	assert_code(2);
	assert_holds(room.error, "/word: its first line is not of a run");
	cli("compare", "-g", "nowhere/*", at("a"));
	assert_code(2);
	assert_holds(room.error, "no result of these records is meant");
	cli("compare", "--sideways", at("a"));
	assert_code(2);
	assert_holds(room.error, "usage: tcpspec compare RESULT...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    test(no_difference_is_0_and_one_is_1),
	    test(only_results_decide_the_code),
	    test(half_a_record_is_used_and_said_to_be_one),
	    test(what_cannot_be_compared_is_2),
	    test(records_stand_beside_each_other),
	    test(what_is_no_record_stands_beside_nothing),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("cli: diff", tests, NULL, NULL);
}
