/* The commands that play nothing, and `matrix` over made-up results. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/cli/cli_room.h"

static void list_has_each_result_id(void **state)
{
	(void)state;
	cli("list", "made/first");
	assert_code(0);
	assert_string_equal(room.out, "made/first/b/v4\tA segment to nowhere is answered\nmade/first/b/v6\tA segment to nowhere is answered\n");
	cli("list", "made/fist");
	assert_code(2);
	assert_holds(room.error, "made/first/b");
}

static void show_is_a_ladder_that_reads_back(void **state)
{
	(void)state;
	cli("show", "made/second");
	assert_code(0);
	struct error e = {.text = ""};
	struct ladder *l = ladder_read("shown", room.out, &e);
	if (!l)
		fail_msg("%s:\n%s", e.text, room.out);
	assert_string_equal(ladder_id(l), "made/second");
	ladder_free(l);
	cli("show");
	assert_code(2);
	cli("show", "nonsense");
	assert_code(2);
}

static void explain_names_rule_and_clause(void **state)
{
	(void)state;
	cli("explain", "made/first");
	assert_code(0);
	assert_holds(room.out, "A segment to nowhere is answered");
	assert_holds(room.out, "RFC 9293 3.10.7.1");
	assert_holds(room.out, "MUST");
	cli("explain", "matrix/listen/syn/*");
	assert_code(0);
	assert_holds(room.out, "SYN-RECEIVED");
	cli("explain");
	assert_code(2);
}

static void lint_tells_where(void **state)
{
	(void)state;
	char file[128];
	snprintf(file, sizeof(file), "%s/bad.ladder", room.path);
	room_put("bad.ladder", "id:     made/bad\nplays\n");
	cli("lint", file);
	assert_code(2);
	assert_holds(room.error, "/bad.ladder:2:");
	cli("lint", "/nowhere/x.ladder");
	assert_code(2);
	assert_holds(room.error, "/nowhere/x.ladder");
	cli("lint");
	assert_code(2);
}

static void lint_passes_what_is_right(void **state)
{
	(void)state;
	char file[128];
	snprintf(file, sizeof(file), "%s/suite/a.ladder", room.path);
	cli("lint", file);
	assert_code(0);
	assert_string_equal(room.out, "");
	assert_string_equal(room.error, "");
}

static void lint_finds_what_the_model_forbids(void **state)
{
	(void)state;
	char file[128];
	snprintf(file, sizeof(file), "%s/wrong.ladder", room.path);
	/* RFC 9293 3.10.7.1: an incoming segment containing a RST is discarded, so nothing answers it. */
	room_put("wrong.ladder", LADDER("made/wrong", "                    <-- <SEQ=#0><CTL=RST>     <--\n"));
	cli("lint", file);
	assert_code(1);
	assert_holds(room.out, "wrong.ladder:");
}

static void lint_finds_known_lines_that_match_nothing(void **state)
{
	(void)state;
	char file[128];
	snprintf(file, sizeof(file), "%s/known.tsv", room.path);
	room_put("known.tsv", "made/first/b/*\t=> CLOSED\tclause\treason\t1\nmatrix/listen/syn/any/-/0/v6\t=> LISTEN\tclause\treason\t1\n");
	cli("lint", file);
	assert_code(0);
	assert_string_equal(room.out, "");
	/* A known line excuses whole result ids: without a family it means none. */
	room_put("known.tsv", "# renamed\nmade/fist/b/*\t=> CLOSED\tclause\treason\t1\nmade/first/b\t=> CLOSED\tclause\treason\t1\n");
	cli("lint", file);
	assert_code(1);
	assert_holds(room.out, "/known.tsv:2: made/fist/b/* matches no test");
	assert_holds(room.out, "made/first/b");
	assert_holds(room.out, "/known.tsv:3: made/first/b matches no test");
	room_put("known.tsv", "made/first/b/*\n");
	cli("lint", file);
	assert_code(2);
	assert_holds(room.error, "/known.tsv:1: expected reaction");
}

/* A '*' on an axis on which the reaction depends reaches cells in which it is lawful. */
static void lint_finds_known_lines_that_reach_too_far(void **state)
{
	(void)state;
	char file[128];
	snprintf(file, sizeof(file), "%s/known.tsv", room.path);
	/* What the user is told wrongly is lawful nowhere; timestamps are asked for by name. */
	room_put("known.tsv", "matrix/established/rst/@(old|far)/-/*/*\t<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> => (kept)\tclause\treason\t1\n"
	                      "matrix/closing/rst/exact/-/0/*\t(told eof) => (gone)\tclause\treason\t1\n"
	                      "matrix/established/ack/old/una/0/*ts=old*\t=> (kept)\tclause\treason\t1\n");
	cli("lint", file);
	assert_code(0);
	room_put("known.tsv", "matrix/established/rst/@(old|inside)/-/*/*\t<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> => (kept)\tclause\treason\t1\n"
	                      "matrix/established/rst/old/-/0/*ts=old*\t=> (kept)\tclause\treason\t1\n");
	cli("lint", file);
	assert_code(1);
	assert_holds(room.out, "/known.tsv:1: matrix/established/rst/@(old|inside)/-/*/*: the reaction is lawful in a cell that it means");
	assert_holds(room.out, "matrix/established/rst/inside/-/0/v4");
	assert_holds(room.out, "/known.tsv:2: matrix/established/rst/old/-/0/*ts=old*");
}

static void matrix_is_the_table_of_a_run_or_a_record(void **state)
{
	(void)state;
	char file[128];
	snprintf(file, sizeof(file), "%s/record", room.path);
	cli("matrix", "--json", file);
	assert_code(0);
	assert_holds(room.out, "| TIME-WAIT |");
	assert_null(strstr(room.out, "TAP"));
	char *played = memory_string(room.out);
	cli("matrix", "--from", file);
	assert_code(0);
	assert_string_equal(room.out, played);
	free(played);
	cli("run", "--from", file);
	assert_code(2);
}

static void matrix_from_what_is_no_record(void **state)
{
	(void)state;
	char file[128];
	snprintf(file, sizeof(file), "%s/not-json", room.path);
	room_put("not-json", "{\"type\":\"run\"}\nnonsense\n{\"type\":\"end\"}\n");
	cli("matrix", "--from", file);
	assert_code(2);
	assert_holds(room.error, "/not-json:2: ");
	cli("matrix", "--from", "/nowhere");
	assert_code(2);
	room_put("not-json", "");
	cli("matrix", "--from", file);
	assert_code(2);
	assert_holds(room.error, "the file is empty");
	room_put("not-json", "{\"type\":\"run\"}\n");
	cli("matrix", "--from", file);
	assert_code(0);
	assert_holds(room.error, "no closing line");
}

static void model_prints_the_diagram(void **state)
{
	(void)state;
	cli("model", "--edges");
	assert_code(0);
	/* RFC 9293 3.3.2, Figure 5 */
	assert_holds(room.out, "ESTABLISHED\tCLOSE-WAIT\trcv FIN\tsnd ACK\n");
	cli("model");
	assert_code(2);
}

static void slack_wants_an_argument_for_every_plurality(void **state)
{
	(void)state;
	char path[128];
	/* RFC 9293 3.10.7.4: a second FIN in CLOSE-WAIT may be ignored, or counted again: whoever permits both must say so. */
	snprintf(path, sizeof(path), "%s/lib", room.path);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/lib/model", room.path);
	assert_int_equal(mkdir(path, 0700), 0);
	room_put("lib/model/ambiguous.tsv", "*\tboth\teither\tbecause\n");
	cli("model", "--slack");
	assert_code(0);
	assert_holds(room.out, "reactions are permitted in 96 cells");
	room_put("lib/model/ambiguous.tsv", "nowhere/*\tboth\teither\tbecause\n");
	cli("model", "--slack");
	assert_code(1);
	assert_holds(room.error, "matrix/close-wait/fin-ack/exact/una/0: ");
	room_put("lib/model/ambiguous.tsv", "nowhere\n");
	cli("model", "--slack");
	assert_code(3);
	assert_holds(room.error, "ambiguous.tsv");
}

/* Of a larger set only the total is told, unless asked. (Exhaustive: slack.t.) */
static void slack_of_other_sets(void **state)
{
	(void)state;
	char path[128];
	snprintf(path, sizeof(path), "%s/lib", room.path);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/lib/model", room.path);
	assert_int_equal(mkdir(path, 0700), 0);
	room_put("lib/model/ambiguous.tsv", "*\tboth\teither\tbecause\n");
	cli("model", "--slack", "--axes", "pairwise");
	assert_code(0);
	assert_holds(room.out, " reactions are permitted in ");
	assert_null(strstr(room.out, "close-wait/fin-ack/exact/una/0"));
	cli("model", "--slack", "--axes", "full", "--verbose");
	assert_code(0);
	assert_holds(room.out, "3\tclose-wait/fin-ack/exact/una/0\n");
	cli("model", "--slack", "--axes", "nonsense");
	assert_code(2);
	cli("model", "--axes", "full");
	assert_code(2);
}

static void help_and_version(void **state)
{
	(void)state;
	cli("help");
	assert_code(0);
	assert_holds(room.out, "tcpspec run");
	cli("--version");
	assert_code(0);
	assert_string_equal(room.out, "tcpspec " TCPSPEC_VERSION "\n");
	cli_to(NULL, (char *[]){(char *)"tcpspec", NULL});
	assert_code(2);
}

#define test(f) cmocka_unit_test_setup_teardown(f, room_open, room_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    test(list_has_each_result_id),
	    test(show_is_a_ladder_that_reads_back),
	    test(explain_names_rule_and_clause),
	    test(lint_tells_where),
	    test(lint_passes_what_is_right),
	    test(lint_finds_what_the_model_forbids),
	    test(lint_finds_known_lines_that_match_nothing),
	    test(lint_finds_known_lines_that_reach_too_far),
	    test(matrix_is_the_table_of_a_run_or_a_record),
	    test(matrix_from_what_is_no_record),
	    test(model_prints_the_diagram),
	    test(slack_wants_an_argument_for_every_plurality),
	    test(slack_of_other_sets),
	    test(help_and_version),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("cli: other commands", tests, NULL, NULL);
}
