/* Two made-up runs held against each other: what changed is found, put together by kind, and said with one example; the look is in golden files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "reports/diff.h"
#include "tests/golden.h"
#include "tests/reports/fixture.h"

static void take(struct diff *d, unsigned side, const char *id, enum verdict v, const char *before, const char *after, const char *actual)
{
	struct result r = {.verdict = v};
	snprintf(r.id, sizeof r.id, "%s", id);
	snprintf(r.state_before, sizeof r.state_before, "%s", before);
	snprintf(r.state_after, sizeof r.state_after, "%s", after);
	text_add(&r.actual, "%s", actual);
	assert_true(diff_take(d, side, &r));
	assert_false(diff_take(d, side, &r));
	result_free(&r);
}

/* Challenge ACKs in twelve rows, switched off in ten of them on one side. */
static void take_cells(struct diff *d, unsigned side, bool silent)
{
	static const char *const rows[] = {"established", "fin-wait-1", "fin-wait-2", "close-wait", "closing", "last-ack", "time-wait", "established-gap", "established-unread", "close-wait-unread", "listen", "closed"};
	static const char *const ctls[] = {"syn", "syn-fin", "syn-psh", "rst"};
	for (unsigned row = 0; row < 12; row++)
		for (unsigned ctl = 0; ctl < 4; ctl++)
			for (unsigned f = 0; f < 2; f++) {
				char id[ID_MAX];
				snprintf(id, sizeof id, "matrix/%s/%s/%s/una/0/v%d", rows[row], ctls[ctl], ctl % 2 ? "last" : "inside", f ? 6 : 4);
				const bool mute = silent && row < 10 && ctl < 3;
				take(d, side, id, mute ? FAIL : PASS, "ESTABLISHED", "ESTABLISHED", mute ? "=> ESTABLISHED" : "<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> => ESTABLISHED");
			}
}

static void fill(struct diff *d)
{
	*d = (struct diff){.group = NULL};
	d->side[0].name = "old.json";
	d->side[1].name = "new.json";
	for (unsigned i = 0; i < DIFF_SIDES; i++)
		fixture_header(&d->side[i].header);
	struct run_header *new = &d->side[1].header;
	snprintf(new->kernel, sizeof new->kernel, "6.19.0 x86_64");
	text_clear(&new->settings);
	text_add(&new->settings, "net.ipv4.tcp_early_retrans=3\nnet.ipv4.tcp_sack absent\n");
	text_clear(&new->choices);
	text_add(&new->choices, "rfc5961_rst=no rfc5961_syn=yes msl=30s tick=4ms");
	text_add(&d->side[1].note, "line 99 is torn, what stands before it is compared");
	take_cells(d, 0, false);
	take_cells(d, 1, true);
	take(d, 0, "close/figure-12/a/v4", PASS, "TIME-WAIT", "CLOSED", "=> CLOSED");
	take(d, 1, "close/figure-12/a/v4", PASS, "TIME-WAIT", "TIME-WAIT", "=> TIME-WAIT");
	take(d, 0, "close/deep/er/b/v6", PASS, "CLOSED", "CLOSED", "<SEQ=#0><ACK=SEG.SEQ><CTL=RST,ACK> => CLOSED");
	take(d, 1, "close/deep/er/b/v6", PASS, "CLOSED", "CLOSED", "<SEQ=#0><ACK=SEG.SEQ+1><CTL=RST,ACK> => CLOSED");
	take(d, 0, "close/gone/b/v4", KNOWN, "CLOSED", "CLOSED", "(told reset, eof) => CLOSED");
	take(d, 1, "close/come/b/v4", INCONCLUSIVE, "", "", "");
	take(d, 1, "matrix/listen/syn/any/-/0/v4,isn=wrap-32,ts=old", PASS, "LISTEN", "LISTEN", "=> LISTEN");
	diff_compare(d);
}

static char *printed(const struct diff *d, bool markdown)
{
	char *out = NULL;
	size_t size;
	FILE *to = open_memstream(&out, &size);
	if (markdown)
		diff_markdown(d, to);
	else
		diff_text(d, to);
	fclose(to);
	return out;
}

static void as_text_and_as_markdown(void **state)
{
	(void)state;
	struct diff d;
	fill(&d);
	for (unsigned markdown = 0; markdown < 2; markdown++) {
		char *out = printed(&d, markdown);
		golden_check(markdown ? "diff.md" : "diff.txt", out);
		free(out);
	}
	diff_free(&d);
}

static void changes_are_counted_and_put_together(void **state)
{
	(void)state;
	struct diff d;
	fill(&d);
	assert_true(diff_is_some(&d));
	assert_int_equal(d.changed, 10 * 3 * 2 + 2);
	assert_int_equal(d.only[0], 1);
	assert_int_equal(d.only[1], 2);
	assert_int_equal(d.same, 96 - 60);
	assert_int_equal(d.group_count, 6);
	assert_int_equal(d.group[0].count, 60);
	assert_int_equal(d.group[0].axis[0].count, 10); /* rows */
	assert_int_equal(d.group[0].axis[1].count, 3);  /* control bits */
	assert_int_equal(d.group[0].axis[5].count, 2);  /* families */
	assert_string_equal(pool_string(&d.ids, d.group[0].example), "matrix/close-wait-unread/syn-fin/last/una/0/v4");
	diff_free(&d);
}

/* Which of the two results comes first in its file does not show. */
static void order_does_not_show(void **state)
{
	(void)state;
	struct diff a = {.side = {{.name = "a"}, {.name = "b"}}}, b = {.side = {{.name = "a"}, {.name = "b"}}};
	static const char *const ids[] = {"matrix/listen/syn/any/-/0/v4", "matrix/listen/ack/any/-/0/v4", "close/x/a/v4", "matrix/closed/syn/any/-/0/v6"};
	for (unsigned side = 0; side < 2; side++)
		for (unsigned i = 0; i < 4; i++) {
			take(&a, side, ids[i], side ? FAIL : PASS, "LISTEN", "LISTEN", side ? "=> LISTEN" : "<SEQ=ISS><CTL=SYN,ACK> => LISTEN");
			take(&b, side, ids[3 - i], side ? FAIL : PASS, "LISTEN", "LISTEN", side ? "=> LISTEN" : "<SEQ=ISS><CTL=SYN,ACK> => LISTEN");
		}
	diff_compare(&a);
	diff_compare(&b);
	assert_int_equal(a.group_count, 2);
	for (size_t i = 0; i < 2; i++)
		assert_string_equal(pool_string(&a.ids, a.group[i].example), pool_string(&b.ids, b.group[i].example));
	diff_free(&a);
	diff_free(&b);
}

static void what_is_the_same_is_no_difference(void **state)
{
	(void)state;
	struct diff d = {.side = {{.name = "a"}, {.name = "b"}}};
	take_cells(&d, 0, true);
	take_cells(&d, 1, true);
	diff_compare(&d);
	assert_false(diff_is_some(&d));
	assert_int_equal(d.group_count, 0);
	assert_int_equal(d.same, 96);
	char *out = printed(&d, false);
	assert_non_null(strstr(out, "Both were run with the same versions, choices and settings."));
	assert_non_null(strstr(out, "0 changed, 96 the same."));
	free(out);
	diff_free(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_text_and_as_markdown),
	    cmocka_unit_test(changes_are_counted_and_put_together),
	    cmocka_unit_test(order_does_not_show),
	    cmocka_unit_test(what_is_the_same_is_no_difference),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("reports: diff", tests, NULL, NULL);
}
