/* Result records survive the way through JSON, whatever their texts hold; and the counts mean the exit codes of the design's table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/run/result.h"

/* Quotes, backslash, tab, control character, UTF-8 of two to four octets, and what looks like a format. */
#define NASTY "\"quoted\" back\\slash\ttab \x01 \xc3\xa9 \xe2\x87\x92 \xf0\x9f\x90\xa7 %s </script>"

static struct result filled(enum verdict v, enum level level)
{
	struct result r = {.verdict = v, .level = level, .attempts = 3, .edges = UINT64_C(0x7ffffffffffff)};
	snprintf(r.id, sizeof r.id, "matrix/established/rst-ack/exact/una/0/v6");
	snprintf(r.title, sizeof r.title, "%s", "title " NASTY);
	snprintf(r.ref, sizeof r.ref, "%s", "ref " NASTY);
	snprintf(r.clause, sizeof r.clause, "%s", "clause " NASTY);
	snprintf(r.cause, sizeof r.cause, "%s", "cause\nof two lines " NASTY);
	snprintf(r.cause_class, sizeof r.cause_class, "no reply");
	snprintf(r.state_before, sizeof r.state_before, "ESTABLISHED");
	snprintf(r.state_after, sizeof r.state_after, "CLOSED");
	snprintf(r.state_by, sizeof r.state_by, "reported");
	snprintf(r.endpoint, sizeof r.endpoint, "2001:db8::2.80 <- 2001:db8::1.40000");
	text_add(&r.permitted, "%s", "first " NASTY "\nsecond\n");
	text_add(&r.actual, "%s", "<SEQ=SND.NXT><CTL=ACK>\n" NASTY);
	text_add(&r.ladder, "%s", " 1.  --> " NASTY " -->\n     <--  # <== no reply\n");
	text_add(&r.known, "%s", "known " NASTY);
	snprintf(r.known_at, sizeof r.known_at, "known.tsv:12");
	return r;
}

static void same_result(const struct result *a, const struct result *b)
{
	assert_string_equal(a->id, b->id);
	assert_int_equal(a->verdict, b->verdict);
	assert_int_equal(a->level, b->level);
	const bool pass = a->verdict == PASS; /* its words are left out: `explain` has them */
	assert_string_equal(pass ? "" : a->title, b->title);
	assert_string_equal(pass ? "" : a->ref, b->ref);
	assert_string_equal(a->clause, b->clause);
	assert_string_equal(pass ? "" : a->cause, b->cause);
	assert_string_equal(pass ? "" : a->cause_class, b->cause_class);
	assert_string_equal(a->known_at, b->known_at);
	assert_string_equal(text_string(&a->permitted), text_string(&b->permitted));
	assert_string_equal(text_string(&a->actual), text_string(&b->actual));
	assert_string_equal(text_string(&a->ladder), text_string(&b->ladder));
	assert_string_equal(text_string(&a->known), text_string(&b->known));
	assert_string_equal(a->state_before, b->state_before);
	assert_string_equal(a->state_after, b->state_after);
	assert_string_equal(a->state_by, b->state_by);
	assert_string_equal(a->endpoint, b->endpoint);
	assert_int_equal(a->attempts, b->attempts);
	assert_true(a->edges == b->edges);
}

static void a_result_comes_back_as_it_went(void **state)
{
	(void)state;
	for (unsigned v = 0; v < VERDICTS; v++)
		for (unsigned level = LEVEL_MUST; level <= LEVEL_MAY; level++) {
			struct result r = filled((enum verdict)v, (enum level)level), back;
			struct error e;
			char *line = result_json(&r, NULL);
			assert_non_null(line);
			assert_null(strchr(line, '\n'));
			if (!result_read(line, &back, &e))
				fail_msg("%s", e.text);
			same_result(&r, &back);
			assert_string_equal(back.family, "v6");
			free(line);
			result_free(&r);
			result_free(&back);
		}
}

static void an_empty_result_comes_back_empty(void **state)
{
	(void)state;
	struct result r = {.verdict = PASS}, back;
	char *line;
	snprintf(r.id, sizeof r.id, "close/figure-12/b/v4");
	line = result_json(&r, NULL);
	assert_non_null(line);
	assert_true(result_read(line, &back, NULL));
	same_result(&r, &back);
	free(line);
	result_free(&back);
}

/* Octets that are no UTF-8 can stand in a target's own words: the record must not get lost. */
static void a_text_that_is_no_utf_8_loses_no_record(void **state)
{
	(void)state;
	struct result r = {.verdict = FAIL}, back;
	char *line;
	snprintf(r.id, sizeof r.id, "close/figure-12/b/v4");
	snprintf(r.cause, sizeof r.cause, "call failed: \xff\xfe");
	text_add(&r.actual, "%s", "=> \xc3");
	line = result_json(&r, NULL);
	assert_non_null(line);
	assert_true(result_read(line, &back, NULL));
	assert_int_equal(back.verdict, FAIL);
	free(line);
	result_free(&r);
	result_free(&back);
}

/* Every octet in every place: the line is JSON, and comes back as it was where it is UTF-8. */
static void any_octet_is_escaped(void **state)
{
	(void)state;
	for (unsigned octet = 1; octet < 256; octet++)
		for (unsigned at = 0; at < 20; at++) {
			struct result r = {.verdict = FAIL, .attempts = 1}, back;
			struct error e = {""};
			memset(r.cause, 'x', 20);
			r.cause[at] = (char)octet;
			snprintf(r.id, sizeof r.id, "close/figure-12/b/v4");
			char *line = result_json(&r, NULL);
			if (!result_read(line, &back, &e))
				fail_msg("%02x at %u: %s in %s", octet, at, e.text, line);
			if (octet < 0x80)
				assert_string_equal(back.cause, r.cause);
			else
				assert_memory_equal(back.cause + at, "\xef\xbf\xbd", 3);
			free(line);
			result_free(&back);
		}
}

static void further_axes_are_coordinates_too(void **state)
{
	(void)state;
	const struct script cell = {.side = 0};
	struct result r = {.verdict = PASS, .attempts = 1};
	snprintf(r.id, sizeof r.id, "matrix/established/syn/inside/una/0/v6,isn=wrap-32,ts=old");
	char *line = result_json(&r, &cell);
	json_t *o = json_loads(line, 0, NULL), *k = json_object_get(o, "cell");
	assert_string_equal(json_string_value(json_object_get(k, "family")), "v6");
	assert_string_equal(json_string_value(json_object_get(k, "isn")), "wrap-32");
	assert_string_equal(json_string_value(json_object_get(k, "ts")), "old");
	assert_int_equal(json_object_size(k), 8);
	json_decref(o);
	free(line);
}

/* There may be tens of thousands of them: a line has what a reader needs to find the rest. */
static void passes_and_known_cells_are_short(void **state)
{
	(void)state;
	const struct script cell = {.side = 0}, ladder = {.side = 'b'};
	for (unsigned v = 0; v < VERDICTS; v++)
		for (unsigned side = 0; side < 2; side++) {
			struct result r = filled((enum verdict)v, LEVEL_MUST);
			char *line = result_json(&r, side ? &ladder : &cell);
			assert_int_equal(strstr(line, "\"title\":") != NULL, v != PASS && (v != KNOWN || side));
			assert_int_equal(strstr(line, "\"ladder\":") != NULL, v != KNOWN || side);
			assert_non_null(strstr(line, "\"actual\":"));
			assert_non_null(strstr(line, "\"clause\":"));
			free(line);
			result_free(&r);
		}
}

static void a_header_and_an_end_come_back(void **state)
{
	(void)state;
	struct run_header h = {.seed = UINT64_C(0x123456789), .round_trip_ns = 5, .strict = true, .scope = {.shard = 3, .shards = 7, .planned = 11, .whole = 99, .ids = UINT64_C(0xfedcba9876543210)}}, back;
	struct run_counts c = {.total = 5, .left_out = 2, .wait_limit_us = 5000000, .edges = 9, .elapsed_us = 7, .complete = true}, end;
	struct error e;
	c.by_verdict[KNOWN] = 4;
	c.by_verdict[PASS] = 1;
	c.fenced[FENCE_LINK] = 6;
	c.known = calloc(1, sizeof *c.known);
	c.known_count = 1;
	*c.known = (struct known_use){"known.tsv:12", "matrix/*", "reason " NASTY, 5, 4, 1};
	snprintf(h.scope.axes, sizeof h.scope.axes, "full");
	snprintf(h.scope.known, sizeof h.scope.known, "1 line, 0123");
	text_add(&h.scope.options, " --all --strict");
	text_add(&h.merged, "shard 1/2: seed 4\nshard 2/2: seed 5\n");
	char *line = run_header_json(&h), *last = run_counts_json(&c);
	json_t *o = json_loads(line, 0, NULL), *p = json_loads(last, 0, NULL);
	assert_true(run_header_read(o, &back, &e));
	assert_true(run_counts_read(p, &end, &e));
	struct run_header no_header;
	struct run_counts no_counts;
	assert_false(run_counts_read(o, &no_counts, &e));
	assert_false(run_header_read(p, &no_header, &e));
	char *again = run_header_json(&back), *last_again = run_counts_json(&end);
	assert_string_equal(line, again);
	assert_string_equal(last, last_again);
	assert_int_equal(back.scope.shard, 3);
	assert_true(back.scope.ids == h.scope.ids && end.known[0].excused == 4);
	json_decref(o);
	json_decref(p);
	free(line);
	free(last);
	free(again);
	free(last_again);
	run_header_free(&h);
	run_header_free(&back);
	run_counts_free(&c);
	run_counts_free(&end);
}

static void a_cell_carries_its_coordinates(void **state)
{
	(void)state;
	const struct script cell = {.side = 0}, ladder = {.side = 'b'};
	const char *const keys[] = {"row", "ctl", "seq", "ack", "text", "family"}, *const values[] = {"established", "rst-ack", "exact", "una", "0", "v6"};
	struct result r = filled(FAIL, LEVEL_MUST);
	char *line = result_json(&r, &cell);
	json_t *o = json_loads(line, 0, NULL);
	for (size_t i = 0; i < 6; i++)
		assert_string_equal(json_string_value(json_object_get(json_object_get(o, "cell"), keys[i])), values[i]);
	json_decref(o);
	free(line);
	line = result_json(&r, &ladder);
	o = json_loads(line, 0, NULL);
	assert_null(json_object_get(o, "cell"));
	json_decref(o);
	free(line);
	result_free(&r);
}

static void what_is_no_result_is_refused(void **state)
{
	(void)state;
	const char *const lines[] = {"", "{", "[]", "null", "{\"type\":\"run\"}", "{\"type\":\"result\",\"id\":\"x\"}", "{\"type\":\"result\",\"verdict\":\"GOOD\"}", "{\"type\":\"end\",\"verdict\":\"PASS\"}",
	                             "{\"type\":\"result\",\"verdict\":\"PASS\"} x"};
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct result r;
		struct error e = {""};
		assert_false(result_read(lines[i], &r, &e));
		assert_memory_equal(e.text, "result record: ", 15);
	}
}

static void header_and_end_are_json(void **state)
{
	(void)state;
	struct run_header h = {.seed = 42, .round_trip_ns = 12345, .strict = true};
	snprintf(h.version, sizeof h.version, "0.1");
	snprintf(h.kernel, sizeof h.kernel, "%s", "Linux " NASTY);
	text_add(&h.settings, "%s", "a=1\nb=\"2\"\n");
	text_add(&h.selection, "%s", NASTY);
	char *line = run_header_json(&h);
	json_t *o = json_loads(line, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(o, "type")), "run");
	assert_int_equal(json_integer_value(json_object_get(o, "seed")), 42);
	assert_int_equal(json_array_size(json_object_get(o, "settings")), 2);
	assert_string_equal(json_string_value(json_array_get(json_object_get(o, "settings"), 1)), "b=\"2\"");
	assert_string_equal(json_string_value(json_object_get(o, "selection")), NASTY);
	assert_true(json_is_true(json_object_get(o, "strict")));
	json_decref(o);
	free(line);
	text_free(&h.settings);
	text_free(&h.selection);

	struct run_counts c = {.total = 36, .errors = 1, .complete = true, .edges = 5, .elapsed_us = UINT64_C(5000000000)};
	for (unsigned v = 0; v < VERDICTS; v++)
		c.by_verdict[v] = v + 1;
	line = run_counts_json(&c);
	o = json_loads(line, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(o, "type")), "end");
	assert_int_equal(json_integer_value(json_object_get(o, "total")), 36);
	assert_true(json_integer_value(json_object_get(o, "elapsed_us")) == 5000000000);
	assert_int_equal(json_integer_value(json_object_get(json_object_get(o, "verdicts"), "INCONCLUSIVE")), INCONCLUSIVE + 1);
	assert_true(json_is_true(json_object_get(o, "complete")));
	json_decref(o);
	free(line);
}

/* The design's table: 2, then 1, then 3; 125 for 3 under bisect. PASS, INFORMATIONAL, UNIMPLEMENTED and KNOWN are as expected. */
static int expected_code(unsigned verdicts, bool errors, bool incomplete, bool strict, bool bisect)
{
	if (errors || verdicts == 0)
		return 2;
	if (verdicts & (1U << FAIL | 1U << XPASS) || (strict && verdicts & 1U << NON_STRICT))
		return 1;
	if (verdicts & 1U << INCONCLUSIVE || incomplete)
		return bisect ? 125 : 3;
	return 0;
}

static void counts_mean_exit_codes(void **state)
{
	(void)state;
	for (unsigned bits = 0; bits < 1U << (VERDICTS + 4); bits++) {
		const unsigned verdicts = bits & ((1U << VERDICTS) - 1);
		const bool errors = bits >> VERDICTS & 1, incomplete = bits >> (VERDICTS + 1) & 1, strict = bits >> (VERDICTS + 2) & 1, bisect = bits >> (VERDICTS + 3) & 1;
		struct run_counts c = {.errors = errors, .complete = !incomplete};
		for (unsigned v = 0; v < VERDICTS; v++)
			c.total += c.by_verdict[v] = verdicts >> v & 1;
		if (run_exit_code(&c, strict, bisect) != expected_code(verdicts, errors, incomplete, strict, bisect))
			fail_msg("verdicts %02x, errors %d, incomplete %d, strict %d, bisect %d: %d", verdicts, errors, incomplete, strict, bisect, run_exit_code(&c, strict, bisect));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_result_comes_back_as_it_went),
	    cmocka_unit_test(an_empty_result_comes_back_empty),
	    cmocka_unit_test(a_text_that_is_no_utf_8_loses_no_record),
	    cmocka_unit_test(any_octet_is_escaped),
	    cmocka_unit_test(a_cell_carries_its_coordinates),
	    cmocka_unit_test(further_axes_are_coordinates_too),
	    cmocka_unit_test(passes_and_known_cells_are_short),
	    cmocka_unit_test(a_header_and_an_end_come_back),
	    cmocka_unit_test(what_is_no_result_is_refused),
	    cmocka_unit_test(header_and_end_are_json),
	    cmocka_unit_test(counts_mean_exit_codes),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("records", tests, NULL, NULL);
}
