/* What TAP 13, YAML and the design demand of the report, point by point; the look of the whole is test_golden's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "reports/yaml.h"
#include "tests/reports/fixture.h"

static void assert_has(const char *out, const char *part)
{
	if (!strstr(out, part))
		fail_msg("\"%s\" is missing in:\n%s", part, out);
}

static void assert_lacks(const char *out, const char *part)
{
	if (strstr(out, part))
		fail_msg("\"%s\" must not stand in:\n%s", part, out);
}

static void version_then_plan_then_header(void **state)
{
	(void)state;
	char *out = fixture_print(FORM_TAP);
	assert_int_equal(strncmp(out, "TAP version 13\n1..9\n# tcpspec 0.1, target linux (Linux 6.18.44), profile rfc9293, seed 7\n# ", 90), 0);
	free(out);
}

static void each_verdict_has_its_line(void **state)
{
	(void)state;
	char *out = fixture_print(FORM_TAP);
	assert_has(out, "\nok 1 - close/figure-12/a/v4\nok 2 - ");
	assert_has(out, "\nok 3 - close/half-close/b/v6\n  ---\n  severity: non-strict\n");
	assert_has(out, "\nnot ok 4 - matrix/established/syn/exact/-/0/v4\n  ---\n  severity: fail\n");
	assert_has(out, "\nnot ok 5 - matrix/time-wait/fin/exact/-/0/v6 # TODO a FIN without ACK is dropped");
	assert_has(out, "\nnot ok 6 - close/figure-13/b/v4\n  ---\n  severity: xpass\n");
	assert_has(out, "\nnot ok 7 - handshake/text-on-syn/b/v4\n  ---\n  severity: inconclusive\n");
	assert_has(out, "\nok 8 - data/urgent/a/v4 # SKIP the target declares");
	assert_has(out, "\nok 9 - handshake/time-wait-reuse/b/v4\n");
	free(out);
}

static void strict_turns_non_strict_into_not_ok(void **state)
{
	(void)state;
	char *out = fixture_print(FORM_STRICT);
	assert_has(out, "\nnot ok 3 - close/half-close/b/v6\n");
	assert_has(out, " 2 FAIL (no reply 1, not recommended 1)");
	free(out);
}

static void a_failure_carries_what_a_reader_needs(void **state)
{
	(void)state;
	char *out = fixture_print(FORM_TAP);
	assert_has(out, "  asked: \"ESTABLISHED answers SYN as section 3.10.7 says\"\n");
	assert_has(out, "  clause: \"RFC 9293 3.10.7.4, fourth check\"\n");
	assert_has(out, "  permitted:\n    - \"<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> => ESTABLISHED  [RFC 5961 4]\"\n");
	assert_has(out, "  actual: \"=> ESTABLISHED\"\n");
	assert_has(out, "  state:\n    before: \"ESTABLISHED\"\n    after: \"ESTABLISHED\"\n    by: \"reported\"\n");
	assert_has(out, "  ladder: |\n    # ");
	assert_has(out, "the fence is answered  <== no reply\n");
	assert_has(out, "  rerun: \"tcpspec run --seed 7 --all --fault 'drop@close/*' 'matrix/established/syn/exact/-/0/v4'\"\n");
	free(out);
}

static void the_first_line_of_the_summary_adds_up(void **state)
{
	(void)state;
	char *out = fixture_print(FORM_TAP);
	assert_has(out, "\n# 3 cells and 6 ladders: 2 passed, 1 NON-STRICT, 1 INFORMATIONAL, 1 FAIL (no reply 1), 1 XPASS, 1 known, 1 UNIMPLEMENTED, 1 INCONCLUSIVE of 9\n");
	assert_has(out, "\n# left out: 12 that wait longer than 5 s of real time, --all plays them\n");
	assert_has(out, "\n# edges of the state diagram seen: 3 of ");
	assert_has(out, "\n# elapsed: 1.234 s\n");
	free(out);
}

static void quiet_is_for_people(void **state)
{
	(void)state;
	char *out = fixture_print(FORM_QUIET);
	assert_int_equal(strncmp(out, "# tcpspec 0.1", 13), 0);
	assert_lacks(out, "TAP version");
	assert_lacks(out, "1..");
	assert_lacks(out, "\nok ");
	assert_lacks(out, "# setting");
	assert_has(out, "\nnot ok 4 - ");
	assert_has(out, "\n# known.tsv:3: 1 cell, 11.1 %: a FIN without ACK is dropped\n");
	assert_has(out, "\n# XPASS known.tsv:9: handshake/* means 1 of the results, and excuses none of them");
	assert_lacks(out, "known.tsv:4:");
	free(out);
}

static void a_cause_of_several_lines_is_told_once(void **state)
{
	(void)state;
	static struct known_use uses[] = {{"known.tsv:1", "matrix/a/*", "one", 1500, 1500, 0}, {"known.tsv:2", "matrix/b/*", "one", 1, 1, 0}, {"known.tsv:3", "matrix/c/*", "another", 2, 2, 0}};
	const struct run_counts c = {.total = 10000, .known = uses, .known_count = 3, .complete = true};
	char *out = NULL;
	size_t size;
	struct report r = {.to = open_memstream(&out, &size)};
	assert_non_null(r.to);
	tap_end(&r, &c);
	fclose(r.to);
	assert_has(out, "# known.tsv:1: 1,500 cells, 15.0 %: one\n# known.tsv:2: 1 cell, under 0.1 %: the same cause\n# known.tsv:3: 2 cells, under 0.1 %: another\n");
	report_free(&r);
	free(out);
}

static void a_run_that_ends_early_bails_out_on_one_line(void **state)
{
	(void)state;
	char *out = fixture_print(FORM_DIED);
	assert_has(out, "\nBail out! the link veth0 went down while the tests ran, bring it up and run again\n");
	assert_has(out, "\n# the run ended early: 5 of 9 without a verdict\n");
	free(out);
}

static char *quoted(const char *value)
{
	char *out;
	size_t size;
	FILE *to = open_memstream(&out, &size);
	yaml_string(to, 0, "k", value);
	fclose(to);
	return out;
}

static void strings_are_quoted_whatever_they_hold(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
	    {"yes", "k: \"yes\"\n"},
	    {"a: b # c", "k: \"a: b # c\"\n"},
	    {"say \"x\" \\ y", "k: \"say \\\"x\\\" \\\\ y\"\n"},
	    {"two\nlines", "k: \"two\\nlines\"\n"},
	    {"\x01\x7f", "k: \"\\x01\\x7f\"\n"},
	    {"\xc3\xa9", "k: \"\xc3\xa9\"\n"},            /* U+00E9 stays */
	    {"\xc3", "k: \"\\xc3\"\n"},                   /* half a sequence */
	    {"\xed\xa0\x80", "k: \"\\xed\\xa0\\x80\"\n"}, /* a surrogate */
	    {"\xc0\xaf", "k: \"\\xc0\\xaf\"\n"},          /* overlong */
	    {"", ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *out = quoted(cases[i][0]);
		assert_string_equal(out, cases[i][1]);
		free(out);
	}
}

static void a_block_holds_no_blank_ends_and_no_control_octets(void **state)
{
	(void)state;
	char *out;
	size_t size;
	FILE *to = open_memstream(&out, &size);
	yaml_block(to, 2, "ladder", "# first", "  a  \n\n\tb\n");
	fclose(to);
	assert_string_equal(out, "  ladder: |\n    # first\n      a\n    ?b\n");
	free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(version_then_plan_then_header),
	    cmocka_unit_test(each_verdict_has_its_line),
	    cmocka_unit_test(strict_turns_non_strict_into_not_ok),
	    cmocka_unit_test(a_failure_carries_what_a_reader_needs),
	    cmocka_unit_test(the_first_line_of_the_summary_adds_up),
	    cmocka_unit_test(quiet_is_for_people),
	    cmocka_unit_test(a_cause_of_several_lines_is_told_once),
	    cmocka_unit_test(a_run_that_ends_early_bails_out_on_one_line),
	    cmocka_unit_test(strings_are_quoted_whatever_they_hold),
	    cmocka_unit_test(a_block_holds_no_blank_ends_and_no_control_octets),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("reports: TAP", tests, NULL, NULL);
}
