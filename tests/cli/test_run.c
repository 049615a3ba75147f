/* `tcpspec run` as a user meets it: exit codes, what is run and what is not, the record. The results are made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/cli/cli_room.h"

static void all_as_expected_is_0(void **state)
{
	(void)state;
	cli("run", "made/*");
	assert_code(0);
	assert_int_equal(strncmp(room.out, "TAP version 13\n1..4\n", 20), 0);
	assert_holds(room.out, "\nok 1 - made/first/b/v4\nok 2 - made/first/b/v6\nok 3 - made/second/b/v4\nok 4 - made/second/b/v6\n");
}

static void by_verdict(enum verdict v, int code, char *option)
{
	room.fake.verdict = v;
	cli("run", option, "made/first");
	assert_code(code);
}

static void each_verdict_has_its_code(void **state)
{
	(void)state;
	by_verdict(PASS, 0, (char *)"--quiet");
	by_verdict(NON_STRICT, 0, (char *)"--quiet");
	by_verdict(NON_STRICT, 1, (char *)"--strict");
	by_verdict(FAIL, 1, (char *)"--quiet");
	by_verdict(XPASS, 1, (char *)"--quiet");
	by_verdict(KNOWN, 0, (char *)"--quiet");
	by_verdict(UNIMPLEMENTED, 0, (char *)"--quiet");
	by_verdict(INFORMATIONAL, 0, (char *)"--quiet");
	by_verdict(INCONCLUSIVE, 3, (char *)"--quiet");
	by_verdict(INCONCLUSIVE, 125, (char *)"--bisect");
	by_verdict(FAIL, 1, (char *)"--bisect");
}

static void a_malformed_ladder_is_2_and_the_rest_runs(void **state)
{
	(void)state;
	room_put("suite/bad.ladder", "id:     made/bad\nplays\n");
	cli("run", "made/*");
	assert_code(2);
	assert_holds(room.error, "/suite/bad.ladder:2:");
	assert_holds(room.error, "expected");
	assert_holds(room.out, "\nok 4 - made/second/b/v6\n");
	/* 2 stands before 1. */
	room.fake.verdict = FAIL;
	cli("run", "made/*");
	assert_code(2);
	assert_holds(room.out, "\nnot ok 1 - made/first/b/v4\n");
}

static void what_matches_nothing_is_2_and_nothing_is_run(void **state)
{
	(void)state;
	cli("run", "made/first", "made/secnod");
	assert_code(2);
	assert_string_equal(room.out, "");
	assert_holds(room.error, "\"made/secnod\"");
	assert_holds(room.error, "made/second/b");
	cli("run", "-x", "nonsense*");
	assert_code(2);
	assert_string_equal(room.out, "");
	cli("run", "made/first", "-x", "made/*");
	assert_code(2);
	assert_string_equal(room.out, "");
}

static void wrong_usage_is_2(void **state)
{
	(void)state;
	cli("run", "--nonsense");
	assert_code(2);
	cli("run", "--seed", "seven");
	assert_code(2);
	assert_holds(room.error, "--seed seven: expected a number");
	cli("run", "--profile", "rfc1");
	assert_code(2);
	assert_holds(room.error, "rfc9293");
	cli("run", "--fault", "nonsense@made/*");
	assert_code(2);
	cli("run", "-t", "nonsense");
	assert_code(2);
	assert_holds(room.error, "targets");
	cli("nonsense");
	assert_code(2);
}

static void a_fault_that_cannot_act_is_2(void **state)
{
	(void)state;
	cli("run", "--fault", "rps@made/*", "made/*");
	assert_code(2);
	assert_holds(room.error, "--fault rps@made/*: rps acts on the whole run, leave out @made/*");
	cli("run", "--fault", "busy@*", "made/*");
	assert_code(2);
	cli("run", "--fault", "mute@*", "made/*");
	assert_code(2);
	cli("run", "--fault", "drop@made/secnod/b/*", "made/*");
	assert_code(2);
	assert_string_equal(room.out, "");
	assert_holds(room.error, "--fault drop@made/secnod/b/*");
	assert_holds(room.error, "made/second/b/*");
	/* Not selected is as good as not there. */
	cli("run", "--fault", "drop@made/second/b/*", "made/first");
	assert_code(2);
	cli("run", "--fault", "drop@made/second/b/*", "made/*");
	assert_code(0);
}

static void two_faults_need_different_plays(void **state)
{
	(void)state;
	cli("run", "--fault", "drop@made/*", "--fault", "wrong-seq@*/v6", "made/*");
	assert_code(2);
	assert_string_equal(room.out, "");
	assert_holds(room.error, "--fault drop and --fault wrong-seq both act on made/first/b/v6");
	cli("run", "--fault", "drop@*/v4", "--fault", "wrong-seq@*/v6", "--fault", "rps", "--fault", "busy", "made/*");
	assert_code(0);
}

static void scripts_that_wait_are_left_out_and_counted(void **state)
{
	(void)state;
	cli("run", "made/*");
	assert_holds(room.out, "# left out: 2 that wait longer than 5 s");
	assert_null(strstr(room.out, "made/slow"));
	cli("run", "--all", "made/*");
	assert_code(0);
	assert_holds(room.out, "1..6\n");
	assert_holds(room.out, "made/slow/b/v4");
	assert_null(strstr(room.out, "# left out"));
	cli("run", "made/slow");
	assert_code(2);
	assert_holds(room.error, "--all");
}

static void exclusions_and_families_are_respected(void **state)
{
	(void)state;
	cli("run", "made/*", "-x", "made/first");
	assert_holds(room.out, "1..2\n");
	assert_null(strstr(room.out, "made/first/"));
	cli("run", "*/v6", "-x", "matrix/*", "-x", "control/*");
	assert_holds(room.out, "1..2\n");
	assert_null(strstr(room.out, "/v4"));
	cli("run", "made/first/b/v4");
	assert_holds(room.out, "1..1\n");
}

static void an_unusable_environment_is_3(void **state)
{
	(void)state;
	room.fake.refuse = true;
	cli("run", "made/first");
	assert_code(3);
	assert_holds(room.error, "no namespaces here");
	assert_holds(room.out, "Bail out! no namespaces here\n");
	cli("run", "--bisect", "made/first");
	assert_code(125);
	setenv("TCPSPEC_DATA", "/nowhere", 1);
	cli("run");
	assert_code(3);
	assert_holds(room.error, "TCPSPEC_DATA");
}

static void a_rerun_command_holds_the_options_in_force(void **state)
{
	(void)state;
	room.fake.verdict = FAIL;
	cli("run", "--seed", "0x10", "--strict", "--fault", "drop@made/*", "--profile", "rfc793", "made/first/b/v4");
	assert_code(1);
	assert_holds(room.out, "rerun: \"tcpspec run --seed 16 --strict --fault 'drop@made/*' --profile rfc793 'made/first/b/v4'\"\n");
}

/* The record's lines as JSON objects. */
static json_t *record_lines(const char *name)
{
	char *text = room_read(name), *rest = text, *line;
	json_t *lines = json_array();
	while ((line = strsep(&rest, "\n"))) {
		json_error_t why;
		if (!*line)
			continue;
		json_t *o = json_loads(line, 0, &why);
		if (!o)
			fail_msg("%s: %s", line, why.text);
		json_array_append_new(lines, o);
	}
	free(text);
	return lines;
}

static const char *line_type(const json_t *lines, size_t i)
{
	return json_string_value(json_object_get(json_array_get(lines, i), "type"));
}

static void the_record_is_json_lines(void **state)
{
	(void)state;
	char file[96];
	snprintf(file, sizeof(file), "%s/record", room.path);
	room.fake.verdict = FAIL;
	cli("run", "--json", file, "made/*");
	assert_code(1);
	json_t *lines = record_lines("record");
	assert_int_equal(json_array_size(lines), 6);
	assert_string_equal(line_type(lines, 0), "run");
	assert_string_equal(json_string_value(json_object_get(json_array_get(lines, 1), "id")), "made/first/b/v4");
	assert_string_equal(json_string_value(json_object_get(json_array_get(lines, 1), "verdict")), "FAIL");
	const json_t *end = json_array_get(lines, 5);
	assert_string_equal(line_type(lines, 5), "end");
	assert_int_equal(json_integer_value(json_object_get(end, "total")), 4);
	assert_int_equal(json_integer_value(json_object_get(end, "left_out")), 2);
	json_decref(lines);
}

static void a_run_that_dies_keeps_what_it_had(void **state)
{
	(void)state;
	char file[96];
	snprintf(file, sizeof(file), "%s/record", room.path);
	room.fake.die_after = 3;
	cli("run", "--json", file, "made/*");
	assert_code(3);
	json_t *lines = record_lines("record");
	assert_int_equal(json_array_size(lines), 1 + 3 + 1);
	assert_false(json_boolean_value(json_object_get(json_array_get(lines, 4), "complete")));
	json_decref(lines);
	assert_holds(room.out, "\nok 3 - made/second/b/v4\nBail out! the target no longer answers\n");
}

static void a_record_that_cannot_be_written_is_3(void **state)
{
	(void)state;
	cli("run", "--json", "/nowhere/record", "made/*");
	assert_code(3);
	assert_string_equal(room.out, "");
	assert_holds(room.error, "/nowhere/record");
	cli("run", "--json", "/dev/full", "made/*");
	assert_code(3);
	assert_holds(room.error, "/dev/full: No space left");
	assert_holds(room.out, "\nok 4 - made/second/b/v6\n");
}

static void a_full_stdout_is_3_and_the_record_goes_on(void **state)
{
	(void)state;
	char file[96];
	snprintf(file, sizeof(file), "%s/record", room.path);
	cli_to("/dev/full", (char *[]){(char *)"tcpspec", (char *)"run", (char *)"--json", file, (char *)"made/*", NULL});
	assert_code(3);
	assert_holds(room.error, "standard output: No space left");
	json_t *lines = record_lines("record");
	assert_int_equal(json_array_size(lines), 6);
	json_decref(lines);
}

#define test(f) cmocka_unit_test_setup_teardown(f, room_open, room_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    test(all_as_expected_is_0),
	    test(each_verdict_has_its_code),
	    test(a_malformed_ladder_is_2_and_the_rest_runs),
	    test(what_matches_nothing_is_2_and_nothing_is_run),
	    test(wrong_usage_is_2),
	    test(a_fault_that_cannot_act_is_2),
	    test(two_faults_need_different_plays),
	    test(scripts_that_wait_are_left_out_and_counted),
	    test(exclusions_and_families_are_respected),
	    test(an_unusable_environment_is_3),
	    test(a_rerun_command_holds_the_options_in_force),
	    test(the_record_is_json_lines),
	    test(a_run_that_dies_keeps_what_it_had),
	    test(a_record_that_cannot_be_written_is_3),
	    test(a_full_stdout_is_3_and_the_record_goes_on),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("cli: run", tests, NULL, NULL);
}
