/* Three made-up runs beside each other: which rows are shown, what stands in them, and what is said of unequal runs; the look is in golden files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "reports/compare.h"
#include "tests/golden.h"
#include "tests/reports/fixture.h"

enum { RUNS = 3 };

static void take(struct compare *c, size_t i, const char *id, enum verdict v, const char *cause, const char *actual)
{
	struct result r;
	memset(&r, 0, sizeof r);
	fixture_result(&r, id, v, "what it asks", "RFC 9293");
	fixture_cause(&r, cause, cause);
	fixture_states(&r, "ESTABLISHED", strstr(actual, "=> ") ? strstr(actual, "=> ") + 3 : "", actual);
	if (v == KNOWN)
		text_add(&r.known, "its SYN is dropped [RFC 9293; since 1; known.tsv:1]");
	assert_true(compare_take(c, i, &r));
	assert_false(compare_take(c, i, &r));
	result_free(&r);
}

static void fill(struct compare *c)
{
	static const char *const stacks[RUNS][3] = {{"linux", "Linux 6.18.44", "a.json"}, {"lwip", "lwIP 2.1.3", "b.json"}, {"lwip", "lwIP 2.1.3", "c.json"}};
	compare_begin(c, RUNS);
	for (size_t i = 0; i < RUNS; i++) {
		struct compare_run *run = &c->run[i];
		const bool linux = i == 0;
		run->name = stacks[i][2];
		snprintf(run->header.target, sizeof run->header.target, "%s", stacks[i][0]);
		snprintf(run->header.target_version, sizeof run->header.target_version, "%s", stacks[i][1]);
		snprintf(run->header.profile, sizeof run->header.profile, i == 2 ? "rfc793" : "rfc9293");
		for (unsigned f = 4; f <= 6; f += 2) {
			char id[ID_MAX];
			snprintf(id, sizeof id, "matrix/established/rst/inside/una/0/v%u", f);
			take(c, i, id, linux ? PASS : FAIL, linux ? "" : "next state", linux ? "<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> => ESTABLISHED" : "=> CLOSED");
			snprintf(id, sizeof id, "matrix/established/syn/exact/una/0/v%u,isn=wrap-32", f);
			take(c, i, id, !linux && f == 6 ? FAIL : PASS, !linux && f == 6 ? "no reply" : "", !linux && f == 6 ? "=> ESTABLISHED" : "<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> => ESTABLISHED");
			snprintf(id, sizeof id, "close/figure-12/a/v%u", f);
			take(c, i, id, PASS, "", "=> CLOSED");
		}
		take(c, i, "handshake/pipe|d_*/b/v4", i == 1 ? KNOWN : i == 2 ? UNIMPLEMENTED
		                                                              : NON_STRICT,
		     i == 0 ? "not recommended" : "no reply", "=> LISTEN");
	}
	take(c, 0, "data/only-here/a/v4", INCONCLUSIVE, "precondition", "");
	text_add(&c->run[1].note, "line 9 is torn, what stands before it is compared");
}

static char *printed(const struct compare *c, enum compare_rows rows, size_t *shown)
{
	char *out = NULL;
	size_t size;
	FILE *to = open_memstream(&out, &size);
	*shown = compare_markdown(c, rows, to);
	fclose(to);
	return out;
}

static void each_kind_of_table(void **state)
{
	static const struct {
		enum compare_rows rows;
		const char *golden;
		size_t shown;
	} kind[] = {{COMPARE_DIFFERING, "compare.md", 3}, {COMPARE_ALL, "compare-all.md", 6}, {COMPARE_CAUSES, "compare-causes.md", 5}};
	struct compare c;
	size_t shown;
	(void)state;
	fill(&c);
	for (size_t i = 0; i < sizeof kind / sizeof *kind; i++) {
		char *out = printed(&c, kind[i].rows, &shown);
		golden_check(kind[i].golden, out);
		assert_int_equal(shown, kind[i].shown);
		free(out);
	}
	compare_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_kind_of_table)};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("reports: compare", tests, NULL, NULL);
}
