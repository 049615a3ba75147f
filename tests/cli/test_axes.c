/* Sets of cells on the command line: what --axes chooses, what a glob means in a set, cells by their ids, slices as tables. The results are made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/cli/cli_room.h"

static void a_set_is_chosen(void **state)
{
	(void)state;
	cli("run", "--axes", "full", "matrix/established/rst/*", "-x", "*/v6");
	assert_code(0);
	assert_int_equal(strncmp(room.out, "TAP version 13\n1..16\n", 21), 0);
	assert_holds(room.out, "\nok 1 - matrix/established/rst/exact/-/0/v4\nok 2 - matrix/established/rst/exact/-/1/v4\n");
	assert_holds(room.out, "\nok 16 - matrix/established/rst/far/-/1/v4\n");
	assert_null(strstr(room.out, "/v6\n"));
	/* Without one it is the base set, ladders before cells. */
	cli("run");
	assert_holds(room.out, "\nok 4 - made/second/b/v6\nok 5 - matrix/closed/syn/any/-/0/v4\n");
	assert_holds(room.out, "\nok 196 - matrix/time-wait/rst-ack/exact/una/0/v6\n");
}

static void excluded_cells_stay_out(void **state)
{
	(void)state;
	cli("run", "--axes", "full", "matrix/established/rst/*", "-x", "matrix/*/inside/*", "-x", "matrix/established/rst/exact/-/0");
	assert_code(0);
	assert_int_equal(strncmp(room.out, "TAP version 13\n1..26\n", 21), 0);
	cli("run", "--axes", "full", "matrix/established/rst/*", "-x", "matrix/*");
	assert_code(2);
	assert_holds(room.error, "nothing is left to run");
}

static void what_is_in_no_set_is_2(void **state)
{
	(void)state;
	cli("run", "--axes", "most");
	assert_code(2);
	assert_holds(room.error, "--axes most: there is no such set");
	cli("list", "--axes", "most");
	assert_code(2);
	assert_holds(room.error, "--axes most: there is no such set");
	cli("run", "matrix/established-gap/*");
	assert_code(2);
	assert_holds(room.error, "no test matches \"matrix/established-gap/*\"");
	assert_holds(room.error, "of the set pairwise do: add --axes pairwise");
	cli("run", "matrix/*/rst-urg/*");
	assert_code(2);
	assert_holds(room.error, "add --axes");
	cli("run", "--axes", "exhaustive", "matrix/established-gpa/*");
	assert_code(2);
	assert_holds(room.error, "the nearest: matrix/");
}

static void a_whole_id_is_found_in_any_set(void **state)
{
	(void)state;
	cli("run", "matrix/established-gap/rst/inside/-/0/v4,isn=wrap-32", "matrix/closed/rst-urg/any/-/1", "made/first");
	assert_code(0);
	assert_holds(room.out, "\nok 1 - made/first/b/v4\nok 2 - made/first/b/v6\nok 3 - matrix/established-gap/rst/inside/-/0/v4,isn=wrap-32\n"
	                       "ok 4 - matrix/closed/rst-urg/any/-/1/v4\nok 5 - matrix/closed/rst-urg/any/-/1/v6\n");
	cli("run", "matrix/closed/rst-urg/any/-/1", "-x", "*/v4");
	assert_code(0);
	assert_int_equal(strncmp(room.out, "TAP version 13\n1..1\n", 20), 0);
}

static void a_fault_may_be_of_a_cell(void **state)
{
	(void)state;
	cli("run", "--axes", "full", "--fault", "drop@matrix/established/rst/last/-/right/v6", "matrix/established/*");
	assert_code(0);
	cli("run", "--fault", "drop@matrix/established/rst/last/-/right/v6", "matrix/established/*");
	assert_code(2);
	assert_holds(room.error, "no selected test has such an id");
	cli("run", "--fault", "drop@matrix/established/rst/*", "--fault", "extra-rst@matrix/*/v6", "matrix/established/*");
	assert_code(2);
	assert_holds(room.error, "both act on matrix/established/rst/exact/-/0/v6");
}

static void the_rerun_names_the_set(void **state)
{
	(void)state;
	room.fake.verdict = FAIL;
	cli("run", "--axes", "full", "matrix/established/rst/last/*/v4");
	assert_code(1);
	assert_holds(room.out, "--axes full 'matrix/established/rst/last/-/0/v4'");
}

static void cells_are_listed_shown_and_explained(void **state)
{
	(void)state;
	cli("list", "--axes", "exhaustive", "matrix/established/rst-urg/last/*");
	assert_code(0);
	assert_string_equal(room.out, "matrix/established/rst-urg/last/-/0/v4\tESTABLISHED answers RST,URG (SEQ the window's last) as section 3.10.7 says\n"
	                              "matrix/established/rst-urg/last/-/0/v6\tESTABLISHED answers RST,URG (SEQ the window's last) as section 3.10.7 says\n"
	                              "matrix/established/rst-urg/last/-/1/v4\tESTABLISHED answers RST,URG (SEQ the window's last, one octet) as section 3.10.7 says\n"
	                              "matrix/established/rst-urg/last/-/1/v6\tESTABLISHED answers RST,URG (SEQ the window's last, one octet) as section 3.10.7 says\n"
	                              "matrix/established/rst-urg/last/-/right/v4\tESTABLISHED answers RST,URG (SEQ the window's last, text over its right edge) as section 3.10.7 says\n"
	                              "matrix/established/rst-urg/last/-/right/v6\tESTABLISHED answers RST,URG (SEQ the window's last, text over its right edge) as section 3.10.7 says\n");
	cli("list", "matrix/established-shut/fin/before/-/left,ts=old");
	assert_code(0);
	assert_int_equal(strncmp(room.out, "matrix/established-shut/fin/before/-/left/v4,ts=old\t", 52), 0);
	cli("show", "matrix/fin-wait-1-gap/syn-ack/before/nxt/left,isn=wrap-31,ts=old");
	assert_code(0);
	assert_holds(room.out, "given:  gap\n");
	assert_holds(room.out, "isn:    2147483647\n");
	assert_holds(room.out, "<SEQ=RCV.NXT-1><ACK=SND.NXT><CTL=SYN,ACK><DATA=2><OPT=NOP,NOP,TS:1/0> --> (by the model)\n");
	/* Once, though it is there in two families. */
	assert_null(strstr(strstr(room.out, "id: ") + 1, "id: "));
	cli("explain", "matrix/established/rst/far/-/0/v6");
	assert_code(0);
	assert_holds(room.out, "(silence) => ESTABLISHED");
	cli("show", "matrix/established/rst/fra/-/0");
	assert_code(2);
}

static void a_slice_is_a_table(void **state)
{
	(void)state;
	cli("matrix", "--axes", "full", "matrix/established/*");
	assert_code(0);
	assert_holds(room.out, "**established**\n\n| SEQ / ACK / text | syn | syn-ack | syn-fin | ack | fin | fin-ack | rst | rst-ack |\n");
	assert_holds(room.out, "\n| exact / - / 0 | ✓ |  | ✓ |  | ✓ |  | ✓ |  |\n");
	cli("matrix", "--axes", "full");
	assert_code(0);
	assert_holds(room.out, "\n| established-gap | 768 ✓ |\n");
	assert_holds(room.out, "\n| established-gap | 32 ✓ | 160 ✓ | 32 ✓ | 160 ✓ | 32 ✓ | 160 ✓ | 32 ✓ | 160 ✓ |\n");
}

/* All shards together are the whole, and none has what another has. */
static void shards_split_cells(void **state)
{
	(void)state;
	unsigned total = 0;
	static char *const shard[] = {(char *)"1/3", (char *)"2/3", (char *)"3/3"};
	for (unsigned i = 0; i < 3; i++) {
		unsigned planned = 0;
		cli("run", "--axes", "full", "--shard", shard[i], "matrix/established/*");
		assert_code(0);
		assert_int_equal(sscanf(room.out, "TAP version 13\n1..%u\n", &planned), 1);
		assert_true(planned > 0 && planned < 768);
		total += planned;
	}
	assert_int_equal(total, 768);
}

#define test(f) cmocka_unit_test_setup_teardown(f, room_open, room_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    test(a_set_is_chosen),
	    test(excluded_cells_stay_out),
	    test(what_is_in_no_set_is_2),
	    test(a_whole_id_is_found_in_any_set),
	    test(a_fault_may_be_of_a_cell),
	    test(the_rerun_names_the_set),
	    test(cells_are_listed_shown_and_explained),
	    test(a_slice_is_a_table),
	    test(shards_split_cells),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("cli: axes", tests, NULL, NULL);
}
