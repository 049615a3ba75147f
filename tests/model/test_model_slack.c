/* The price of tolerance over the base matrix: every plurality is argued in ambiguous.tsv, and every row there is needed. What each cell must answer is not
 * asked here: test_arrives_*.c have it from the text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lib/model/slack.h"

static const struct row {
	const char *name;
	enum state state;
	bool passive, listener;
	const char *seq, *ack;
} rows[] = {
    {"closed", CLOSED, false, false, "any", "any"},
    {"listen", LISTEN, false, true, "any", "any"},
    {"syn-sent", SYN_SENT, false, false, "any", "nxt"},
    {"syn-received", SYN_RECEIVED, true, true, "exact", "nxt"},
    {"syn-received-simultaneous", SYN_RECEIVED, false, false, "exact", "nxt"},
    {"established", ESTABLISHED, true, true, "exact", "una"},
    {"fin-wait-1", FIN_WAIT_1, true, true, "exact", "nxt"},
    {"fin-wait-2", FIN_WAIT_2, true, true, "exact", "una"},
    {"close-wait", CLOSE_WAIT, true, true, "exact", "una"},
    {"closing", CLOSING, true, true, "exact", "nxt"},
    {"last-ack", LAST_ACK, true, true, "exact", "nxt"},
    {"time-wait", TIME_WAIT, true, true, "exact", "una"},
};
static const struct {
	const char *name;
	uint16_t ctl;
} segments[] = {{"syn", CTL_SYN}, {"syn-ack", CTL_SYN | CTL_ACK}, {"syn-fin", CTL_SYN | CTL_FIN}, {"ack", CTL_ACK}, {"fin", CTL_FIN}, {"fin-ack", CTL_FIN | CTL_ACK}, {"rst", CTL_RST}, {"rst-ack", CTL_RST | CTL_ACK}};

enum { ROWS = sizeof rows / sizeof rows[0],
       SEGMENTS = sizeof segments / sizeof segments[0],
       ISS_HERE = 1000,
       IRS_HERE = 2000000,
       NOW_US = 10000000 };

/* Every choice that opens a branch is made. */
static struct model widest_model(void)
{
	struct model m = model_default(PROFILE_RFC9293);
	m.choices.rfc5961_ack = true;
	m.choices.time_wait_reuse = true;
	m.choices.half_duplex_close = true;
	return m;
}

static unsigned cell_slack(const struct model *m, unsigned r, unsigned c, char *cell, size_t room, struct text *list)
{
	const struct tcb t = tcb_in_state(rows[r].state, rows[r].passive, rows[r].listener, ISS_HERE, IRS_HERE);
	struct segment s = {.src = {.family = IPV4}, .seq = t.irs_known ? t.rcv_nxt : 77, .ctl = segments[c].ctl, .wnd = 65535, .off = 5};
	const bool ack = (s.ctl & CTL_ACK) != 0;
	if (ack)
		s.ack = t.iss_known ? t.snd_nxt : 99;
	snprintf(cell, room, "%s/%s/%s/%s/0", rows[r].name, segments[c].name, rows[r].seq, ack ? rows[r].ack : "-");
	return model_slack(m, &t, &s, NOW_US, list);
}

static void read_table(struct ambiguous *a)
{
	struct error e;
	if (!ambiguous_read(a, "lib/model/ambiguous.tsv", &e))
		fail_msg("%s", e.text);
}

static void every_plurality_is_argued(void **unused)
{
	const struct model m = widest_model();
	struct ambiguous a;
	(void)unused;
	read_table(&a);
	for (unsigned r = 0; r < ROWS; r++)
		for (unsigned c = 0; c < SEGMENTS; c++) {
			char cell[128];
			struct text list = {0};
			const unsigned n = cell_slack(&m, r, c, cell, sizeof cell, &list);
			assert_true(n >= 1);
			if (n > 1 && !ambiguous_find(&a, cell))
				fail_msg("%s permits %u reactions and ambiguous.tsv does not say why:\n%s", cell, n, text_string(&list));
			text_free(&list);
		}
	ambiguous_free(&a);
}

static void every_row_is_needed(void **unused)
{
	const struct model m = widest_model();
	struct ambiguous a;
	(void)unused;
	read_table(&a);
	for (unsigned r = 0; r < ROWS; r++)
		for (unsigned c = 0; c < SEGMENTS; c++) {
			char cell[128];
			if (cell_slack(&m, r, c, cell, sizeof cell, NULL) == 1 && ambiguous_find(&a, cell))
				fail_msg("%s permits one reaction only, and ambiguous.tsv argues for more", cell);
		}
	ambiguous_free(&a);
}

static void listed_lines_are_as_many_as_counted(void **unused)
{
	const struct model m = widest_model();
	(void)unused;
	for (unsigned r = 0; r < ROWS; r++)
		for (unsigned c = 0; c < SEGMENTS; c++) {
			char cell[128];
			struct text list = {0};
			const unsigned n = cell_slack(&m, r, c, cell, sizeof cell, &list);
			unsigned lines = 0;
			for (const char *p = text_string(&list); *p; p++)
				lines += *p == '\n';
			assert_int_equal(lines, n);
			text_free(&list);
		}
}

/* An ACK now and an ACK owed are one reaction: 3.8.6.3 only says when. */
static void ack_now_and_ack_owed_are_one(void **unused)
{
	struct model m = widest_model();
	const struct tcb t = tcb_in_state(ESTABLISHED, true, true, ISS_HERE, IRS_HERE);
	const struct segment fin = {.src = {.family = IPV4}, .seq = t.rcv_nxt, .ack = t.snd_una, .ctl = CTL_FIN | CTL_ACK, .wnd = 65535, .off = 5};
	struct outcome o;
	(void)unused;
	model_arrives(&m, &t, &fin, NOW_US, &o);
	assert_int_equal(o.count, 2);
	assert_int_equal(model_slack(&m, &t, &fin, NOW_US, NULL), 1);
}

/* The three readings of a second FIN: nothing, and two ACKs that differ in their number. */
static void another_ack_number_is_another_reaction(void **unused)
{
	const struct model m = widest_model();
	const struct tcb t = tcb_in_state(CLOSE_WAIT, true, true, ISS_HERE, IRS_HERE);
	const struct segment fin = {.src = {.family = IPV4}, .seq = t.rcv_nxt, .ack = t.snd_una, .ctl = CTL_FIN | CTL_ACK, .wnd = 65535, .off = 5};
	(void)unused;
	assert_int_equal(model_slack(&m, &t, &fin, NOW_US, NULL), 3);
}

static void a_table_with_three_columns_is_refused(void **unused)
{
	struct ambiguous a;
	struct error e;
	char path[] = "/tmp/ambiguous-XXXXXX";
	const int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");
	(void)unused;
	assert_non_null(f);
	fputs("# a comment\ncell\tclauses\treactions\n", f);
	fclose(f);
	assert_false(ambiguous_read(&a, path, &e));
	assert_non_null(strstr(e.text, ":2: expected four columns"));
	remove(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_plurality_is_argued),
	    cmocka_unit_test(every_row_is_needed),
	    cmocka_unit_test(listed_lines_are_as_many_as_counted),
	    cmocka_unit_test(ack_now_and_ack_owed_are_one),
	    cmocka_unit_test(another_ack_number_is_another_reaction),
	    cmocka_unit_test(a_table_with_three_columns_is_refused),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("slack: the price of tolerance", tests, NULL, NULL);
}
