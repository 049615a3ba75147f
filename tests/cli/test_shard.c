/* Results that travel: shards are disjoint and together everything, whatever else is selected; `merge` joins them and hides nothing. The results are made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/cli/cli_room.h"

/* The room's path of a file. */
static char *at(const char *name)
{
	static char paths[8][96];
	static unsigned next;
	char *path = paths[next++ % 8];
	snprintf(path, sizeof(paths[0]), "%s/%s", room.path, name);
	return path;
}

static size_t results_in(const char *text, const char *what)
{
	size_t n = 0;
	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

static void an_id_has_one_shard_for_good(void **state)
{
	(void)state;
	/* Records of another machine, or of last year, are cut at the same places: the hash never changes. */
	assert_true(id_hash("close/figure-12/a/v4") == UINT64_C(0xd38c8ee1215e161f));
	for (unsigned shards = 1; shards <= 7; shards++) {
		unsigned holders = 0;
		for (unsigned i = 1; i <= shards; i++)
			holders += shard_holds(i, shards, "matrix/established/rst/exact/-/0/v4");
		assert_int_equal(holders, 1);
	}
}

static void shards_are_of_like_size(void **state)
{
	(void)state;
	unsigned count[8] = {0};
	char id[64];
	for (unsigned i = 0; i < 80000; i++) {
		snprintf(id, sizeof id, "matrix/established/c%u/s%u/a/0/v%u", i / 200, i % 200 / 2, 4 + i % 2 * 2);
		for (unsigned k = 0; k < 8; k++)
			count[k] += shard_holds(k + 1, 8, id);
	}
	for (unsigned k = 0; k < 8; k++)
		assert_in_range(count[k], 9600, 10400); /* four standard deviations of 10000 */
}

static void what_is_no_shard_is_2(void **state)
{
	(void)state;
	const char *const wrong[] = {"0/4", "5/4", "1", "1/", "/4", "-1/4", "1/4x", "a/b", "1/0", "", " 1/4", "1/ 4"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		cli("run", "--shard", (char *)wrong[i], "made/*");
		assert_code(2);
		assert_holds(room.error, "expected I/N");
	}
}

/* Each id of the selection in exactly one shard, also when the order of the words and the seed are others. */
static void shards_are_everything_once(void **state)
{
	(void)state;
	struct text all = {0};
	for (unsigned i = 1; i <= 5; i++) {
		char shard[8];
		snprintf(shard, sizeof shard, "%u/5", i);
		if (i % 2)
			cli("run", "--shard", shard, "--seed", "3", "matrix/listen/*", "made/*");
		else
			cli("run", "made/*", "matrix/listen/*", "--shard", shard);
		assert_code(0);
		text_add(&all, "%s", room.out);
	}
	cli("run", "matrix/listen/*", "made/*");
	size_t n = 0;
	for (const char *line = strstr(room.out, "\nok "); line; line = strstr(line + 1, "\nok ")) {
		char id[ID_MAX + 8];
		const char *dash = strstr(line, " - ");
		snprintf(id, sizeof id, "%.*s\n", (int)strcspn(dash, "\n"), dash);
		assert_int_equal(results_in(text_string(&all), id), 1);
		n++;
	}
	assert_int_equal(results_in(text_string(&all), "\nok "), n);
	text_free(&all);
}

static void an_empty_shard_is_lawful(void **state)
{
	(void)state;
	unsigned empty = 0;
	for (unsigned i = 1; i <= 4; i++) {
		char shard[8];
		snprintf(shard, sizeof shard, "%u/4", i);
		cli("run", "--shard", shard, "made/first/b/v4");
		assert_code(0);
		empty += strstr(room.out, "\n1..0 # SKIP no test of the selection falls into this shard\n") != NULL;
	}
	assert_int_equal(empty, 3);
	/* A selection that means nothing is as wrong as ever. */
	cli("run", "--shard", "1/4", "made/nothing");
	assert_code(2);
}

static void shards_play(unsigned shards)
{
	for (unsigned i = 1; i <= shards; i++) {
		char shard[16], file[16];
		snprintf(shard, sizeof shard, "%u/%u", i, shards);
		snprintf(file, sizeof file, "s%u", i);
		cli("run", "--shard", shard, "--json", at(file), "made/*", "matrix/listen/*");
	}
}

static void merge_is_as_one_run(void **state)
{
	(void)state;
	shards_play(3);
	cli("merge", at("s3"), at("s1"), at("s2"), "--json", at("joined"));
	assert_code(0);
	assert_holds(room.out, "1..20\n");
	assert_int_equal(results_in(room.out, "\nok "), 20);
	assert_holds(room.out, "# 16 cells and 4 ladders: 20 passed, 0 FAIL");
	assert_holds(room.out, "# merged: shard 2/3: seed ");
	char *joined = room_read("joined");
	assert_int_equal(results_in(joined, "\"type\":\"result\""), 20);
	assert_holds(joined, "\"type\":\"end\",\"total\":20,");
	/* What was joined is a record: it can be merged again (alone), resumed (nothing to do) and rendered. */
	cli("merge", at("joined"));
	assert_code(0);
	assert_string_equal(room.out, joined);
	cli("run", "--resume", at("joined"), "made/*", "matrix/listen/*");
	assert_code(0);
	assert_holds(room.error, "the record is complete, nothing was played");
	assert_holds(room.out, "1..20\n");
	cli("matrix", "--from", at("joined"));
	assert_code(0);
	free(joined);
}

static void merge_has_the_code_of_the_whole(void **state)
{
	(void)state;
	const struct {
		enum verdict v;
		int code;
	} cases[] = {{FAIL, 1}, {XPASS, 1}, {INCONCLUSIVE, 3}, {KNOWN, 0}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		room.fake.verdict = PASS;
		shards_play(2);
		room.fake.verdict = cases[i].v;
		cli("run", "--shard", "1/2", "--json", at("s1"), "made/*", "matrix/listen/*");
		cli("merge", at("s1"), at("s2"), "--json", at("joined"));
		assert_code(cases[i].code);
	}
	cli("merge", at("s1"), at("s2"), "--json", "/dev/full");
	assert_code(3);
}

static void refused(const char *sentence)
{
	assert_code(3);
	assert_string_equal(room.out, "");
	assert_holds(room.error, sentence);
}

static void merge_hides_nothing(void **state)
{
	(void)state;
	shards_play(3);
	cli("merge", at("s1"), at("s3"));
	refused("shard 2 of 3 is missing");
	cli("merge", at("s2"));
	refused("shards 1, 3 of 3 are missing");
	cli("merge", at("s1"), at("s2"), at("s3"), at("s2"));
	refused("/s2: is named twice");
	cli("run", "--shard", "2/3", "--json", at("again"), "made/*", "matrix/listen/*");
	cli("merge", at("s1"), at("s2"), at("s3"), at("again"));
	refused("are both shard 2/3");
	cli("run", "--shard", "2/4", "--json", at("fourth"), "made/*", "matrix/listen/*");
	cli("merge", at("s1"), at("fourth"), at("s3"));
	refused("the first is one of 3 shards, the second one of 4");
	cli("merge", at("s1"), at("nowhere"), at("s3"));
	refused("/nowhere: No such file");
	cli("merge");
	assert_code(2);
}

static void merge_takes_no_half_record(void **state)
{
	(void)state;
	shards_play(2);
	char *whole = room_read("s2");
	char *end = strstr(whole, "{\"type\":\"end\"");
	*end = '\0';
	room_put("cut", whole);
	cli("merge", at("s1"), at("cut"));
	refused("/cut: is unfinished: it has no end line, so the run died; go on with --resume");
	end[-20] = '\0';
	room_put("cut", whole);
	cli("merge", at("s1"), at("cut"));
	refused("its last line is torn");
	room.fake.die_after = 2;
	cli("run", "--shard", "2/2", "--json", at("died"), "made/*", "matrix/listen/*");
	assert_code(3);
	cli("merge", at("s1"), at("died"));
	refused("/died: is unfinished: its run ended early, after 2 of ");
	free(whole);
}

/* Lines are taken out of a record, or written into it. */
static void merge_counts_again(void **state)
{
	(void)state;
	shards_play(2);
	char *whole = room_read("s2");
	char *second = strchr(whole, '\n') + 1, *third = strchr(second, '\n') + 1;
	struct text edited = {0};
	text_add(&edited, "%.*s%s", (int)(second - whole), whole, third);
	room_put("short", text_string(&edited));
	cli("merge", at("s1"), at("short"));
	refused("lines are missing");
	text_clear(&edited);
	text_add(&edited, "%.*s%.*s%s", (int)(second - whole), whole, (int)(third - second), second, second);
	room_put("long", text_string(&edited));
	cli("merge", at("s1"), at("long"));
	refused("has a verdict already");
	char *pass = strstr(third, "\"PASS\"");
	memcpy(pass, "\"FAIL\"", 6);
	room_put("other", whole);
	cli("merge", at("s1"), at("other"));
	refused("its results have other verdicts than its end line tells of");
	memcpy(pass, "\"PASS\"", 6);
	char *shard = strstr(whole, "\"shard\":\"2/2\"");
	shard[9] = '1';
	room_put("foreign", whole);
	cli("merge", at("foreign"));
	refused("does not belong to shard 1/2");
	text_free(&edited);
	free(whole);
}

static void merge_takes_one_run_only(void **state)
{
	(void)state;
	shards_play(2);
	cli("run", "--shard", "2/2", "--json", at("other"), "made/*");
	cli("merge", at("s1"), at("other"));
	refused("the selection is \"'made/*' 'matrix/listen/*'\" in the first and \"'made/*'\" in the second");
	cli("run", "--shard", "2/2", "--json", at("other"), "--profile", "rfc793", "made/*", "matrix/listen/*");
	cli("merge", at("s1"), at("other"));
	refused("the profile is \"rfc9293\" in the first and \"rfc793\"");
	cli("run", "--shard", "2/2", "--json", at("other"), "--strict", "made/*", "matrix/listen/*");
	cli("merge", at("s1"), at("other"));
	refused("the line of options is \"\" in the first and \"--strict\" in the second");
	cli("run", "--shard", "2/2", "--json", at("other"), "--as-shipped", "made/*", "matrix/listen/*");
	cli("merge", at("s1"), at("other"));
	refused("are not of one run");
	room.fake.kernel = "another";
	cli("run", "--shard", "2/2", "--json", at("other"), "made/*", "matrix/listen/*");
	cli("merge", at("s1"), at("other"));
	refused("the kernel is \"made-up\" in the first and \"another\" in the second");
	room.fake.kernel = NULL;
	room_put("targets/linux/known.tsv", "made/none/*\t=> CLOSED\tclause\treason\t1\n");
	cli("run", "--shard", "2/2", "--json", at("other"), "made/*", "matrix/listen/*");
	cli("merge", at("s1"), at("other"));
	refused("the list of known deviations is \"0 lines, ");
	room_put("targets/linux/known.tsv", "# none\n");
	room_put("suite/c.ladder", LADDER("made/third", ""));
	cli("run", "--shard", "2/2", "--json", at("other"), "made/*", "matrix/listen/*");
	cli("merge", at("s1"), at("other"));
	refused("the suite behind the selection is \"20 ids, ");
}

#define test(f) cmocka_unit_test_setup_teardown(f, room_open, room_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_id_has_one_shard_for_good),
	    cmocka_unit_test(shards_are_of_like_size),
	    test(what_is_no_shard_is_2),
	    test(shards_are_everything_once),
	    test(an_empty_shard_is_lawful),
	    test(merge_is_as_one_run),
	    test(merge_has_the_code_of_the_whole),
	    test(merge_hides_nothing),
	    test(merge_takes_no_half_record),
	    test(merge_counts_again),
	    test(merge_takes_one_run_only),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("cli: shards and merge", tests, NULL, NULL);
}
