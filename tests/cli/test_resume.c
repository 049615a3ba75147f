/* `run --resume`: a run that was killed goes on where it was, and ends as if nothing had happened; a record of something else is refused. The results are made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/cli/cli_room.h"

static char *record(void)
{
	static char path[96];
	snprintf(path, sizeof path, "%s/record", room.path);
	return path;
}

static size_t times(const char *text, const char *what)
{
	size_t n = 0;
	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

/* Killed while it waits behind its n-th result, then resumed. */
static void kill_and_resume(size_t n)
{
	room.fake.kill_after = n;
	cli("run", "--seed", "77", "--json", record(), "made/*", "matrix/listen/*");
	assert_int_equal(room.code, -1);
	char *died = room_read("record");
	assert_int_equal(times(died, "\"type\":\"result\""), n);
	assert_null(strstr(died, "\"type\":\"end\""));
	free(died);
	room.fake.kill_after = 0;
	cli("run", "--resume", record(), "made/*", "matrix/listen/*");
}

static void a_killed_run_goes_on(void **state)
{
	(void)state;
	for (size_t n = 1; n < 20; n += 6) {
		kill_and_resume(n);
		assert_code(0);
		assert_holds(room.out, "TAP version 13\n1..20\n");
		assert_holds(room.out, ", seed 77\n"); /* of the record: nobody said another one */
		assert_holds(room.out, "\nok 20 - ");
		assert_holds(room.out, "20 passed, 0 FAIL");
		char *whole = room_read("record");
		assert_int_equal(times(whole, "\"type\":\"result\""), 20);
		assert_int_equal(times(whole, "\"type\":\"run\""), 1);
		assert_int_equal(times(whole, "\"type\":\"resumed\",\"at\":"), 1);
		assert_holds(whole, "\"type\":\"end\",\"total\":20,\"verdicts\":{\"PASS\":20,");
		assert_int_equal(times(whole, "\"id\":\"made/second/b/v6\""), 1);
		free(whole);
		cli("merge", record());
		assert_code(0);
	}
}

static void the_code_is_of_the_whole(void **state)
{
	(void)state;
	room.fake.verdict = FAIL; /* of the first one, before it is killed */
	room.fake.kill_after = 3;
	cli("run", "--json", record(), "made/*");
	room.fake.kill_after = 0;
	room.fake.verdict = PASS;
	cli("run", "--resume", record(), "made/*");
	assert_code(1);
	assert_holds(room.out, "\nnot ok 1 - made/first/b/v4\n");
	assert_holds(room.out, "1 FAIL (no reply 1)");
	cli("run", "--resume", record(), "made/*");
	assert_code(1);
	assert_holds(room.error, "the record is complete, nothing was played");
	assert_holds(room.out, "1 FAIL (no reply 1)");
}

static void a_torn_last_line_is_played_again(void **state)
{
	(void)state;
	room.fake.kill_after = 3;
	cli("run", "--json", record(), "made/*");
	room.fake.kill_after = 0;
	char *died = room_read("record");
	/* Wherever the last line is torn, and if only its newline is missing. */
	const size_t n = strlen(died);
	char *last = died + n - 1;
	while (last[-1] != '\n')
		last--;
	for (char *cut = died + n - 1; cut > last; cut -= 7) {
		char kept = *cut;
		*cut = '\0';
		room_put("record", died);
		*cut = kept;
		cli("run", "--resume", record(), "made/*");
		assert_code(0);
		char *whole = room_read("record");
		assert_int_equal(times(whole, "\"type\":\"result\""), 4);
		assert_holds(whole, "\"type\":\"resumed\",\"at\":2,");
		cli("merge", record());
		assert_code(0);
		free(whole);
	}
	free(died);
}

static void a_run_that_ended_early_goes_on(void **state)
{
	(void)state;
	room.fake.die_after = 2;
	cli("run", "--json", record(), "made/*");
	assert_code(3);
	room.fake.die_after = 0;
	cli("run", "--resume", record(), "made/*");
	assert_code(0);
	char *whole = room_read("record");
	assert_int_equal(times(whole, "\"type\":\"end\""), 1);
	assert_int_equal(times(whole, "\"type\":\"result\""), 4);
	free(whole);
}

static void a_run_may_die_twice_and_be_a_shard(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		room.fake.kill_after = i < 2 ? 2 : 0;
		cli("run", "--shard", "1/2", i ? "--resume" : "--json", record(), "made/*", "matrix/listen/*");
	}
	assert_code(0);
	char *whole = room_read("record");
	assert_int_equal(times(whole, "\"type\":\"resumed\""), 2);
	free(whole);
	cli("run", "--shard", "2/2", "--resume", record(), "made/*", "matrix/listen/*");
	assert_code(3);
	assert_holds(room.error, "the shard is \"1/2\" in the first and \"2/2\" in the second");
}

static void refused(const char *sentence, const char *before)
{
	assert_code(3);
	assert_holds(room.error, sentence);
	char *after = room_read("record");
	assert_string_equal(after, before); /* nothing was written */
	free(after);
}

static void what_is_of_another_run_is_refused(void **state)
{
	(void)state;
	room.fake.kill_after = 2;
	cli("run", "--json", record(), "made/*");
	room.fake.kill_after = 0;
	char *died = room_read("record");
	cli("run", "--resume", record(), "made/first");
	refused("the selection is \"'made/*'\" in the first and \"made/first\" in the second; nothing was played", died);
	cli("run", "--resume", record(), "--profile", "rfc793", "made/*");
	refused("the profile is \"rfc9293\" in the first and \"rfc793\" in the second", died);
	cli("run", "--resume", record(), "--all", "made/*");
	refused("the line of options is", died);
	room_put("suite/c.ladder", LADDER("made/third", ""));
	cli("run", "--resume", record(), "made/*");
	refused("the suite behind the selection is \"4 ids, ", died);
	room_put("suite/c.ladder", LADDER("other/third", ""));
	room_put("targets/linux/known.tsv", "made/none/*\t=> CLOSED\tclause\treason\t1\n");
	cli("run", "--resume", record(), "made/*");
	refused("the list of known deviations is", died);
	room_put("targets/linux/known.tsv", "# none\n");
	room.fake.kernel = "another";
	cli("run", "--resume", record(), "made/*");
	refused("the kernel is \"made-up\" in the first and \"another\" in the second", died);
	room.fake.kernel = NULL;
	cli("run", "--resume", record(), "made/*");
	assert_code(0);
	free(died);
}

static void what_is_no_record_is_refused(void **state)
{
	(void)state;
	cli("run", "--resume", "/nowhere/record", "made/*");
	assert_code(3);
	assert_holds(room.error, "/nowhere/record: No such file");
	room_put("record", "");
	cli("run", "--resume", record(), "made/*");
	refused("its first line is not of a run (the file is empty)", "");
	room_put("record", "{\"type\":\"run\"");
	cli("run", "--resume", record(), "made/*");
	refused("its first line is not of a run (it is half a line)", "{\"type\":\"run\"");
	room_put("record", "# notes\nof mine\n");
	cli("run", "--resume", record(), "made/*");
	refused("/record:1: ", "# notes\nof mine\n");
	cli("run", "--resume", record(), "--json", record(), "made/*");
	assert_code(2);
	/* The packets of the run that died are not written over. */
	room.fake.kill_after = 2;
	cli("run", "--json", record(), "made/*");
	room.fake.kill_after = 0;
	char *died = room_read("record"), pcap[96];
	snprintf(pcap, sizeof pcap, "%s/packets", room.path);
	room_put("packets", "of the run that died");
	cli("run", "--resume", record(), "--pcap", pcap, "made/*");
	assert_code(2);
	assert_holds(room.error, "/packets: is there already");
	char *packets = room_read("packets"), *after = room_read("record");
	assert_string_equal(packets, "of the run that died");
	assert_string_equal(after, died);
	free(packets);
	free(after);
	free(died);
}

#define test(f) cmocka_unit_test_setup_teardown(f, room_open, room_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    test(a_killed_run_goes_on),
	    test(the_code_is_of_the_whole),
	    test(a_torn_last_line_is_played_again),
	    test(a_run_that_ended_early_goes_on),
	    test(a_run_may_die_twice_and_be_a_shard),
	    test(what_is_of_another_run_is_refused),
	    test(what_is_no_record_is_refused),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("cli: run --resume", tests, NULL, NULL);
}
