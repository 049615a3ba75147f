/* The Markdown matrix: where a result lands, how its reply is shortened, when the two families share a table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "reports/slice.h"
#include "tests/reports/fixture.h"

/* A table of up to two results. */
static char *table(struct result *one, struct result *other)
{
	const struct result *all[] = {one, other};
	struct run_counts c = {.edges = 1};
	char *out;
	size_t size;
	FILE *to = open_memstream(&out, &size);
	matrix_markdown(to, all, other ? 2 : 1, &c);
	fclose(to);
	return out;
}

static void assert_has(const char *out, const char *part)
{
	if (!strstr(out, part))
		fail_msg("\"%s\" is missing in:\n%s", part, out);
}

static void cell(struct result *r, const char *id, enum verdict v, const char *before, const char *after, const char *actual)
{
	memset(r, 0, sizeof(*r));
	fixture_result(r, id, v, "", "");
	fixture_states(r, before, after, actual);
}

/* One cell in the first column shows as `shown` in LISTEN's row. */
static void assert_cell(enum verdict v, const char *after, const char *actual, const char *shown)
{
	struct result r;
	char row[128];
	cell(&r, "matrix/listen/syn/any/-/0/v4", v, "LISTEN", after, actual);
	char *out = table(&r, NULL);
	snprintf(row, sizeof(row), "\n| LISTEN | %s |", shown);
	assert_has(out, row);
	free(out);
	result_free(&r);
}

static void replies_are_short(void **state)
{
	(void)state;
	assert_cell(PASS, "LISTEN", "=> LISTEN", "- ✓");
	assert_cell(PASS, "SYN-RECEIVED", "<SEQ=ISS><ACK=SEG.SEQ+1><CTL=SYN,ACK> => SYN-RECEIVED", "SYN-ACK → SYN-RECEIVED ✓");
	assert_cell(FAIL, "LISTEN", "<CTL=RST,ACK> <SEQ=1><CTL=ACK> => LISTEN", "RST-ACK + ACK ✗");
	assert_cell(NON_STRICT, "LISTEN", "<CTL=ACK> => LISTEN", "ACK ~");
	assert_cell(KNOWN, "LISTEN", "<CTL=RST> => LISTEN", "RST k");
	assert_cell(INCONCLUSIVE, "LISTEN", "", "?");
	assert_cell(UNIMPLEMENTED, "", "", "o");
}

static void without_a_tcb_is_closed(void **state)
{
	(void)state;
	static const char *const rows[][3] = {
	    {"established", "ESTABLISHED", "\n| ESTABLISHED |  |  |  |  |  |  | - → CLOSED ✓ |"},
	    {"syn-received", "SYN-RECEIVED", "\n| SYN-RECEIVED |  |  |  |  |  |  | - → LISTEN ✓ |"},
	};
	for (size_t i = 0; i < 2; i++) {
		struct result r;
		char id[96];
		snprintf(id, sizeof(id), "matrix/%s/rst/exact/-/0/v4", rows[i][0]);
		cell(&r, id, PASS, rows[i][1], "LISTEN", "=> LISTEN");
		char *out = table(&r, NULL);
		assert_has(out, rows[i][2]);
		free(out);
		result_free(&r);
	}
}

static void columns_are_in_the_segments_order(void **state)
{
	(void)state;
	struct result r;
	cell(&r, "matrix/time-wait/rst-ack/exact/una/0/v4", PASS, "TIME-WAIT", "CLOSED", "=> CLOSED");
	char *out = table(&r, NULL);
	assert_has(out, "| state | SYN | SYN-ACK | SYN-FIN | ACK | FIN | FIN-ACK | RST | RST-ACK |\n");
	assert_has(out, "| TIME-WAIT |  |  |  |  |  |  |  | - → CLOSED ✓ |\n");
	free(out);
	result_free(&r);
}

static void the_simultaneous_row_is_its_own(void **state)
{
	(void)state;
	struct result r;
	cell(&r, "matrix/syn-received-simultaneous/ack/exact/nxt/0/v4", PASS, "SYN-RECEIVED", "ESTABLISHED", "=> ESTABLISHED");
	char *out = table(&r, NULL);
	assert_has(out, "| SYN-RECEIVED |  |  |  |  |  |  |  |  |\n| SYN-RECEIVED (simultaneous) |  |  |  | - → ESTABLISHED ✓ |");
	free(out);
	result_free(&r);
}

static void families_share_a_table_only_when_they_agree(void **state)
{
	(void)state;
	struct result four, six;
	cell(&four, "matrix/listen/rst/any/-/0/v4", PASS, "LISTEN", "LISTEN", "=> LISTEN");
	cell(&six, "matrix/listen/rst/any/-/0/v6", PASS, "LISTEN", "LISTEN", "=> LISTEN");
	char *out = table(&four, &six);
	assert_has(out, "**IPv4 and IPv6**");
	assert_null(strstr(out, "**IPv6**"));
	free(out);
	six.verdict = FAIL;
	out = table(&four, &six);
	assert_has(out, "**IPv4**");
	assert_has(out, "**IPv6**");
	free(out);
	result_free(&four);
	result_free(&six);
}

static void a_slice_is_shown_cell_by_cell(void **state)
{
	(void)state;
	struct result four, six;
	cell(&four, "matrix/established-gap/rst/inside/-/0/v4", FAIL, "ESTABLISHED", "CLOSED", "=> CLOSED");
	cell(&six, "matrix/established-gap/rst/inside/-/0/v6", FAIL, "ESTABLISHED", "CLOSED", "=> CLOSED");
	char *out = table(&four, &six);
	assert_has(out, "**established-gap**");
	assert_has(out, "| SEQ / ACK / text | rst |");
	assert_has(out, "| inside / - / 0 | - → CLOSED ✗ |");
	assert_null(strstr(out, "| state |"));
	free(out);
	six.verdict = PASS;
	out = table(&four, &six);
	assert_has(out, "| inside / - / 0 | v4: - → CLOSED ✗, v6: - → CLOSED ✓ |");
	free(out);
	result_free(&four);
	result_free(&six);
	cell(&four, "matrix/established/rst/inside/-/0/v4,isn=wrap-32", PASS, "ESTABLISHED", "CLOSED", "=> CLOSED");
	cell(&six, "matrix/established/rst/exact/-/0/v4", PASS, "ESTABLISHED", "CLOSED", "=> CLOSED");
	out = table(&four, &six);
	assert_has(out, "| inside / - / 0,isn=wrap-32 | - → CLOSED ✓ |");
	assert_has(out, "| exact / - / 0 | - → CLOSED ✓ |");
	free(out);
	result_free(&four);
	result_free(&six);
}

/* More than a row of the full set. */
static void a_large_slice_is_counted(void **state)
{
	(void)state;
	enum { MANY = 2000 };
	struct slice s = {.count = 0};
	char *out;
	size_t size;
	for (unsigned i = 0; i < MANY; i++) {
		struct result r;
		char id[ID_MAX];
		snprintf(id, sizeof id, "matrix/%s/%s/exact/-/%u/v4", i % 2 ? "established" : "closing", i % 4 < 2 ? "syn" : "rst", i);
		cell(&r, id, i < 3 ? FAIL : i == 3 ? KNOWN
		                                   : PASS,
		     "ESTABLISHED", "CLOSED", "=> CLOSED");
		slice_add(&s, &r);
		result_free(&r);
	}
	FILE *to = open_memstream(&out, &size);
	slice_markdown(to, &s, 0);
	fclose(to);
	assert_has(out, "| closing | 998 ✓ 2 ✗ |");
	assert_has(out, "| established | 998 ✓ 1 ✗ 1 k |");
	assert_has(out, "| row | syn | rst |");
	assert_has(out, "| closing | 499 ✓ 1 ✗ | 499 ✓ 1 ✗ |");
	assert_has(out, "| established | 499 ✓ 1 ✗ | 499 ✓ 1 k |");
	free(out);
	slice_free(&s);
}

static void what_is_no_cell_is_left_alone(void **state)
{
	(void)state;
	struct result r;
	cell(&r, "close/figure-12/a/v4", FAIL, "A", "B", "=> B");
	char *out = table(&r, NULL);
	assert_null(strstr(out, "✗ |"));
	free(out);
	result_free(&r);
	cell(&r, "matrix/nowhere", FAIL, "A", "B", "=> B");
	out = table(&r, NULL);
	assert_null(strstr(out, "✗ |"));
	free(out);
	result_free(&r);
}

static void edges_are_counted_and_the_missing_named(void **state)
{
	(void)state;
	struct result r;
	cell(&r, "matrix/listen/rst/any/-/0/v4", PASS, "LISTEN", "LISTEN", "=> LISTEN");
	char *out = table(&r, NULL), line[64];
	size_t edges;
	model_edges(&edges);
	snprintf(line, sizeof(line), "Edges of the state diagram seen: 1 of %zu; not seen: ", edges);
	assert_has(out, line);
	free(out);
	result_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(replies_are_short),
	    cmocka_unit_test(without_a_tcb_is_closed),
	    cmocka_unit_test(columns_are_in_the_segments_order),
	    cmocka_unit_test(the_simultaneous_row_is_its_own),
	    cmocka_unit_test(families_share_a_table_only_when_they_agree),
	    cmocka_unit_test(a_slice_is_shown_cell_by_cell),
	    cmocka_unit_test(a_large_slice_is_counted),
	    cmocka_unit_test(what_is_no_cell_is_left_alone),
	    cmocka_unit_test(edges_are_counted_and_the_missing_named),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("reports: matrix", tests, NULL, NULL);
}
