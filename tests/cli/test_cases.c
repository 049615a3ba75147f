/* `run --suite`: somebody else's cases over made-up results. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/cli/cli_room.h"

#define HEAD "suite\tTheir list\t4.8\t\tno certificate\n"

/* made/first fails or passes as the room says (it is the first that is played), made/second passes; made/slow is not played without --all. */
static int cases_open(void **state)
{
	if (room_open(state) != 0)
		return -1;
	room_put("suite/tc8.tsv", "# ids are theirs\n" HEAD "TCP_BASICS_01\tThe first\tRFC 9293 3.1\tmade/first/b\tthey want more\nTCP_BASICS_02\tBoth\tRFC 9293 3.2\tmade/first/b made/second/*\t\n"
	                          "TCP_CLOSING_01\tThe second\tRFC 9293 3.3\tmade/second/b matrix/closed/rst/any/-/0\t\nTCP_CLOSING_02\tThe slow one\tRFC 9293 3.4\tmade/slow/b made/second/b\t\nTCP_NAGLE_01\tNothing\tRFC 9293 3.5\t\tnobody can\n");
	return 0;
}

static void cases_are_reported_by_their_ids(void **state)
{
	char *xml;
	char file[128];
	(void)state;
	snprintf(file, sizeof file, "%s/junit.xml", room.path);
	room.fake.verdict = FAIL;
	cli("run", "--suite", "tc8", "--junit", file);
	assert_code(1);
	assert_holds(room.out, "1..5\n");
	assert_holds(room.out, ", profile tc8, ");
	assert_holds(room.out, "# suite: Their list: no certificate\n");
	assert_holds(room.out, "not ok 1 - TCP_BASICS_01\n");
	assert_holds(room.out, "cause: \"made/first/b/v4\"");
	assert_holds(room.out, "remark: \"they want more\"");
	assert_holds(room.out, "--suite tc8 'TCP_BASICS_01'");
	assert_holds(room.out, "not ok 2 - TCP_BASICS_02\n");
	assert_holds(room.out, "ok 3 - TCP_CLOSING_01\n");
	assert_holds(room.out, "ok 4 - TCP_CLOSING_02 # SKIP a test was not played, --all may: made/slow/b\n");
	assert_holds(room.out, "ok 5 - TCP_NAGLE_01 # SKIP not covered: nobody can\n");
	assert_holds(room.out, "# 5 cases: 1 passed, 2 FAIL (no reply 2), 0 known, 2 UNIMPLEMENTED, 0 INCONCLUSIVE of 5\n");
	assert_holds(room.out, "# where these cases and RFC 9293 disagree:\n#   TCP_BASICS_01 (FAIL): they want more\n# Their list: no certificate\n");
	assert_null(strstr(room.out, "v6"));
	xml = room_read("junit.xml");
	assert_holds(xml, "<testsuite name=\"TCP_BASICS\" tests=\"2\" failures=\"2\"");
	assert_holds(xml, "<testcase name=\"TCP_CLOSING_01\" classname=\"TCP_CLOSING\">");
	assert_holds(xml, "<property name=\"suite\" value=\"Their list: no certificate\"/>");
	free(xml);
}

static void some_cases_are_chosen(void **state)
{
	(void)state;
	room.fake.verdict = PASS;
	cli("run", "--suite", "tc8", "--all", "TCP_CLOSING_*");
	assert_code(0);
	assert_holds(room.out, "1..2\n");
	assert_holds(room.out, "ok 2 - TCP_CLOSING_02\n");
	cli("run", "--suite", "tc8", "--profile", "rfc9293", "TCP_BASICS_02");
	assert_code(0);
	assert_holds(room.out, ", profile rfc9293, ");
	cli("run", "--suite", "tc8", "TCP_CLOSING_9*");
	assert_code(2);
	assert_holds(room.error, "no case of --suite tc8 matches \"TCP_CLOSING_9*\"");
	cli("run", "--suite", "tc9");
	assert_code(2);
	assert_holds(room.error, "there is no list of cases \"tc9\"");
	cli("run", "--suite", "tc8", "--shard", "1/2");
	assert_code(2);
	assert_holds(room.error, "no --shard may part");
}

static void a_target_that_ends_early_passes_no_case(void **state)
{
	(void)state;
	room.fake.verdict = PASS;
	room.fake.die_after = 1;
	cli("run", "--suite", "tc8");
	assert_code(3);
	assert_holds(room.out, "ok 1 - TCP_BASICS_01\n");
	assert_holds(room.out, "ok 2 - TCP_BASICS_02 # SKIP a test was not played");
	room.fake.die_after = 0;
	room.fake.refuse = true;
	cli("run", "--suite", "tc8");
	assert_code(3);
	room.fake.refuse = false;
}

static void lint_holds_the_list_against_the_suite(void **state)
{
	char file[128];
	(void)state;
	room_put("suite/requirements.tsv", "id\trfc\tsection\tlevel\tstates\tstimulus\texpected\tobservable\ttiming\tnote\n");
	snprintf(file, sizeof file, "%s/suite/tc8.tsv", room.path);
	cli("lint", file);
	assert_code(0);
	room_put("suite/tc8.tsv", HEAD "TCP_A_01\tA\tB\tmade/none/b matrix/closed/nothing/*\t\nTCP_A_01\tA\tB\t\t\n");
	cli("lint", file);
	assert_code(1);
	assert_holds(room.out, "tc8.tsv:2: \"made/none/b\" of TCP_A_01 means no test\n");
	assert_holds(room.out, "tc8.tsv:2: \"matrix/closed/nothing/*\" of TCP_A_01 means no test\n");
	assert_holds(room.out, "tc8.tsv:3: TCP_A_01 stands there twice");
	assert_holds(room.out, "tc8.tsv:3: TCP_A_01 has neither tests nor a reason");
	room_put("suite/tc8.tsv", "TCP_A_01\tA\tB\tmade/first/b\t\n");
	cli("lint", file);
	assert_code(2);
	assert_holds(room.error, "its first row is not of the list itself");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cases_are_reported_by_their_ids),
	    cmocka_unit_test(some_cases_are_chosen),
	    cmocka_unit_test(a_target_that_ends_early_passes_no_case),
	    cmocka_unit_test(lint_holds_the_list_against_the_suite),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("cli: cases", tests, cases_open, room_close);
}
