/* Sets of cells: ids, coordinates, scripts, and that no two cells of a set send the same segment to the same TCB. What a stack answers is not asked here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/script/lint.h"
#include "suite/cells.h"

static struct cells *set_of(const char *name)
{
	struct error e = {.text = ""};
	struct cells *c = cells_new(name, &e);
	if (!c)
		fail_msg("%s: %s", name, e.text);
	return c;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void ids_are_unique_in(const char *set)
{
	struct cells *c = set_of(set);
	const size_t n = cells_count(c);
	char(*id)[ID_MAX] = memory_zeroed(n, sizeof *id);
	for (size_t i = 0; i < n; i++)
		cells_id(c, i, id[i]);
	qsort(id, n, sizeof *id, by_text);
	for (size_t i = 1; i < n; i++)
		if (strcmp(id[i - 1], id[i]) == 0)
			fail_msg("%s is in the %s set twice", id[i], set);
	free(id);
	cells_free(c);
}

static void ids_are_unique(void **state)
{
	(void)state;
	ids_are_unique_in("base");
	ids_are_unique_in("full");
	ids_are_unique_in("exhaustive");
	ids_are_unique_in("pairwise");
}

static void the_base_set_keeps_its_ids(void **state)
{
	(void)state;
	struct cells *c = set_of("base");
	char id[ID_MAX];
	assert_int_equal(cells_count(c), 2 * 12 * 8);
	cells_id(c, 0, id);
	assert_string_equal(id, "matrix/closed/syn/any/-/0/v4");
	cells_id(c, 1, id);
	assert_string_equal(id, "matrix/closed/syn/any/-/0/v6");
	cells_id(c, 2, id);
	assert_string_equal(id, "matrix/closed/syn-ack/any/any/0/v4");
	cells_id(c, 2 * (5 * 8 + 3), id);
	assert_string_equal(id, "matrix/established/ack/exact/una/0/v4");
	cells_id(c, 2 * (9 * 8 + 7), id);
	assert_string_equal(id, "matrix/closing/rst-ack/exact/nxt/0/v4");
	cells_free(c);
}

static void coordinates_are_the_components_of_the_id(void **state)
{
	(void)state;
	struct cells *c = set_of("full");
	for (size_t i = 0; i < cells_count(c); i++) {
		struct cell_coordinates k;
		char id[ID_MAX], joined[2 * ID_MAX];
		cells_id(c, i, id);
		cells_coordinates(c, i, &k);
		snprintf(joined, sizeof joined, "matrix/%s/%s/%s/%s/%s/v%d%s", k.row, k.ctl, k.seq, k.ack, k.text, k.family, k.further);
		assert_string_equal(joined, id);
	}
	cells_free(c);
}

/* A cell is what its ladder says: writing it, reading that and compiling it gives the same script. */
static void round_trip(const struct script *s)
{
	struct error e = {.text = ""};
	struct text t = {0};
	script_write(s, &t);
	struct ladder *l = ladder_read("cell", text_string(&t), &e);
	struct script *again = l ? ladder_compile(l, 'b', &e) : NULL;
	if (!again)
		fail_msg("%s: %s\n%s", s->id, e.text, text_string(&t));
	struct script named = *again;
	memcpy(named.id, s->id, sizeof named.id); /* a ladder's id has its side */
	named.side = 0;
	if (!script_equal(s, &named))
		fail_msg("%s is not what its ladder says:\n%s", s->id, text_string(&t));
	script_free(again);
	ladder_free(l);
	text_free(&t);
}

static void round_trips_in(const char *set, size_t stride)
{
	struct cells *c = set_of(set);
	for (size_t i = 0; i < cells_count(c); i += stride) {
		enum family f;
		round_trip(cells_script(c, i, &f));
	}
	cells_free(c);
}

static void cells_are_what_their_ladders_say(void **state)
{
	(void)state;
	round_trips_in("base", 1);
	round_trips_in("full", 7);
	round_trips_in("pairwise", 1);
}

/* Also by its id alone, the family left out or not. */
static void an_id_finds_its_cell_in(const char *set, size_t stride)
{
	struct cells *c = set_of(set);
	for (size_t i = 0; i < cells_count(c); i += stride) {
		struct error e = {.text = ""};
		char id[ID_MAX], again[ID_MAX];
		enum family f, g;
		cells_id(c, i, id);
		struct cells *one = cells_named(id, &e), *both = cells_named(cells_script(c, i, &f)->id, &e);
		if (!one || !both)
			fail_msg("%s", e.text);
		assert_int_equal(cells_count(one), 1);
		assert_int_equal(cells_count(both), 2);
		cells_id(one, 0, again);
		assert_string_equal(again, id);
		assert_true(script_equal(cells_script(one, 0, &g), cells_script(c, i, &f)));
		assert_int_equal(f, g);
		cells_free(one);
		cells_free(both);
	}
	cells_free(c);
}

static void an_id_finds_its_cell(void **state)
{
	(void)state;
	an_id_finds_its_cell_in("exhaustive", 911);
	an_id_finds_its_cell_in("pairwise", 13);
}

static void what_is_no_cell_is_told(void **state)
{
	(void)state;
	static const struct {
		const char *id, *says;
	} wrong[] = {
	    {"matrix/established/rst/exact/-", "expected matrix/ROW/CTL/SEQ/ACK/TEXT"},
	    {"matrix/establishd/rst/exact/-/0/v4", "no row \"establishd\""},
	    {"matrix/established/rst-syn/exact/-/0/v4", "no control bits \"rst-syn\""},
	    {"matrix/established/rst/extact/-/0/v4", "no class of SEQ \"extact\""},
	    {"matrix/established/rst/exact/-/7/v4", "no class of text \"7\""},
	    {"matrix/established/rst/exact/-/0/v5", "no family \"v5\""},
	    {"matrix/established/rst/exact/-/0/v4,isn=wrap-33", "no ISN placement \"wrap-33\""},
	    {"matrix/established/rst/exact/-/0/v4,mss=1", "no axis \"mss=1\""},
	    {"matrix/established/rst/exact/-/0/v4,isn=random", "is written matrix/established/rst/exact/-/0/v4"},
	    {"matrix/established/rst/exact/una/0/v4", "is no cell"},
	    {"matrix/established/ack/exact/nxt/0/v4", "is no cell"},
	    {"matrix/established-shut/ack/beyond/una/0/v4", "is no cell"},
	    {"matrix/closed/rst/exact/-/0/v4", "is no cell"},
	    {"matrix/listen/syn/any/-/0/v4,ts=old", "is no cell"},
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct error e = {.text = ""};
		assert_null(cells_named(wrong[i].id, &e));
		if (!strstr(e.text, wrong[i].says))
			fail_msg("%s: \"%s\" does not say \"%s\"", wrong[i].id, e.text, wrong[i].says);
	}
}

/* ---- distinct pairs of TCB and stimulus ---- */

/* What a target sees of a cell: its TCB, numbers counted from ISS and IRS and no times in it, and the segment. */
struct pair {
	struct tcb tcb;
	uint32_t seq, ack, octets;
	uint16_t ctl, up;
	enum family family;
	char id[ID_MAX];
};

static void tcb_canonical(struct tcb *t)
{
	const uint32_t iss = t->iss, irs = t->irs;
	t->snd_una -= iss;
	t->snd_nxt -= iss;
	t->snd_wl2 -= iss;
	t->snd_wl1 -= irs;
	t->rcv_nxt -= irs;
	t->rcv_edge -= irs;
	t->last_ack_sent -= irs;
	t->owed_ack -= irs;
	t->held_fin_seq -= irs;
	for (unsigned i = 0; i < t->held_count; i++) {
		t->held[i].from -= irs;
		t->held[i].to -= irs;
	}
	t->iss = t->irs = 0;
	t->owed_by = t->sent_at = t->closed_at = t->challenged_at = t->time_wait_from = t->opened_at = 0;
	t->owed_clause = NULL;
}

static struct numbers row_numbers;

/* Plays the way on the model: the TCB that it ends in, where its numbers are. */
static void row_play(const struct script *s, struct tcb *t)
{
	struct script way = *s;
	struct text why = {0};
	struct model m = lint_model(s);
	struct lint_play p = {.s = &way, .model = &m, .why = &why};
	way.count = way.prelude;
	if (!lint_play_run(&p) || p.worlds.count == 0)
		fail_msg("%s: the model does not go the way: %s", s->id, text_string(&why));
	*t = p.worlds.h[0].tcb;
	row_numbers = p.numbers;
	lint_play_end(&p);
	text_free(&why);
}

static uint32_t relative(const struct seqnum *q, const struct tcb *t, uint32_t from)
{
	uint32_t live = 0;
	return numbers_known(&row_numbers, SIDE_TESTER, q, t, &live) ? live - from : 0;
}

static void pair_make(struct cells *c, size_t i, const struct tcb *t, struct pair *p)
{
	const struct script *s = cells_script(c, i, &p->family);
	const struct said_segment *q = &s->step[s->prelude].segment;
	p->tcb = *t;
	tcb_canonical(&p->tcb);
	p->seq = relative(&q->seq, t, t->irs);
	p->ack = relative(&q->ack, t, t->iss);
	p->octets = q->data;
	p->ctl = q->ctl;
	p->up = q->up;
	cells_id(c, i, p->id);
}

static int by_pair(const void *a, const void *b)
{
	return memcmp(a, b, offsetof(struct pair, id));
}

static void no_two_cells_are_one(void **state)
{
	(void)state;
	struct cells *c = set_of("exhaustive");
	const size_t n = cells_count(c);
	struct pair *pair = memory_zeroed(n, sizeof *pair);
	const char *row = "";
	struct tcb t;
	for (size_t i = 0; i < n; i++) {
		struct cell_coordinates k;
		enum family f;
		cells_coordinates(c, i, &k);
		if (strcmp(row, k.row) != 0)
			row_play(cells_script(c, i, &f), &t);
		row = k.row;
		pair_make(c, i, &t, &pair[i]);
	}
	qsort(pair, n, sizeof *pair, by_pair);
	for (size_t i = 1; i < n; i++)
		if (by_pair(&pair[i - 1], &pair[i]) == 0)
			fail_msg("%s and %s are the same segment to the same TCB", pair[i - 1].id, pair[i].id);
	print_message("# exhaustive: %zu distinct pairs of TCB and stimulus\n", n);
	assert_true(n >= 60000);
	free(pair);
	cells_free(c);
}

/* Comparisons with RCV.NXT straddle the boundary: SEG.SEQ, or the window's end, lies on its other side. */
static void isns_wrap(void **state)
{
	(void)state;
	static const char *const seq[] = {"exact", "inside", "last", "before", "old", "beyond", "far"};
	size_t rows;
	const struct cell_row *row = cell_rows(&rows);
	for (size_t r = 0; r < rows; r++)
		for (size_t k = 0; k < 2 * sizeof seq / sizeof *seq; k++) {
			const bool wrap_31 = k % 2;
			char id[ID_MAX];
			struct error e;
			enum family f;
			struct tcb t;
			snprintf(id, sizeof id, "matrix/%s/rst/%s/-/0/v4,isn=wrap-%s", row[r].name, seq[k / 2], wrap_31 ? "31" : "32");
			struct cells *c = cells_named(id, &e);
			if (!c)
				continue;
			const struct script *s = cells_script(c, 0, &f);
			row_play(s, &t);
			uint32_t live = 0;
			numbers_known(&row_numbers, SIDE_TESTER, &s->step[s->prelude].segment.seq, &t, &live);
			const uint32_t other = live == t.rcv_nxt ? t.rcv_nxt + t.rcv_wnd : live, boundary = wrap_31 ? 0x80000000u : 0;
			/* Between the two, going the short way, lies the boundary. */
			const uint32_t low = (int32_t)(other - t.rcv_nxt) < 0 ? other : t.rcv_nxt, high = low == other ? t.rcv_nxt : other;
			if (boundary - low - 1 >= high - low)
				fail_msg("%s: RCV.NXT is %u and SEG.SEQ %u: the boundary is not between", id, t.rcv_nxt, live);
			cells_free(c);
		}
}

/* A later and an earlier timestamp than TS.Recent, where the model has one. */
static void timestamps_are_later_and_earlier(void **state)
{
	(void)state;
	size_t rows, n = 0;
	const struct cell_row *row = cell_rows(&rows);
	for (size_t r = 0; r < rows; r++) {
		char id[ID_MAX];
		struct error e;
		enum family f;
		struct tcb t;
		snprintf(id, sizeof id, "matrix/%s/rst/exact/-/0/v4,ts=old", row[r].name);
		struct cells *c = cells_named(id, &e);
		if (!c)
			continue;
		row_play(cells_script(c, 0, &f), &t);
		assert_true(t.ts_on);
		assert_true(t.ts_recent > 1 && t.ts_recent < 200); /* what the stimuli carry */
		cells_free(c);
		n++;
	}
	assert_int_equal(n, rows - 3);
}

/* TIME-WAIT by way of CLOSING is no row of its own: its TCB is that of the standard way. */
/* RFC 9293 3.1: with URG, the urgent pointer is a positive offset; without, there is none. */
static void urgent_cells_point_behind_an_octet(void **state)
{
	(void)state;
	struct cells *c = set_of("exhaustive");
	for (size_t i = 0; i < cells_count(c); i += 7) { /* no divisor of an axis */
		enum family f;
		const struct script *s = cells_script(c, i, &f);
		const struct said_segment *q = &s->step[s->prelude].segment;
		const bool urgent = (q->ctl & CTL_URG) != 0;
		if (urgent != (strstr(s->id, "urg") != NULL) || urgent != ((q->said & SAY_UP) != 0) || q->up != (urgent ? 1 : 0))
			fail_msg("%s: UP=%u", s->id, (unsigned)q->up);
	}
	cells_free(c);
}

static void closing_leads_to_the_same_time_wait(void **state)
{
	(void)state;
	struct tcb t[2];
	static const char *const way[] = {"", "given: closing\n"};
	for (unsigned i = 0; i < 2; i++) {
		struct error e;
		struct text text = {0};
		text_add(&text, "id: time-wait\nlevel: MUST\nplays: B\n%s\n     TCP A      TCP B\n\n 1.              TIME-WAIT\n 2.              (silence)\n", way[i]);
		struct ladder *l = ladder_read("here", text_string(&text), &e);
		struct script *s = l ? ladder_compile(l, 'b', &e) : NULL;
		if (!s)
			fail_msg("%s", e.text);
		row_play(s, &t[i]);
		tcb_canonical(&t[i]);
		t[i].snd_wl1 = 0; /* of the last segment that changed the window, and there is nothing left to send */
		script_free(s);
		ladder_free(l);
		text_free(&text);
	}
	assert_memory_equal(&t[0], &t[1], sizeof t[0]);
}

/* "22088" as people write it. */
static void number_group(size_t n, char *to, size_t room)
{
	if (n < 1000)
		snprintf(to, room, "%zu", n);
	else
		snprintf(to, room, "%zu,%03zu", n / 1000, n % 1000);
}

static void the_readme_says_how_many(void **state)
{
	(void)state;
	size_t sets, size;
	const char *const *set = cells_sets(&sets);
	char *readme = memory_file("suite/README.md", &size, NULL);
	assert_non_null(readme);
	for (size_t i = 0; i < sets; i++) {
		struct cells *c = set_of(set[i]);
		char number[32], line[96];
		number_group(cells_count(c), number, sizeof number);
		snprintf(line, sizeof line, "\n| `%s` | %s |", set[i], number);
		if (!strstr(readme, line))
			fail_msg("suite/README.md does not say \"%s\"", line + 1);
		cells_free(c);
	}
	free(readme);
}

static void an_unknown_set_is_told(void **state)
{
	(void)state;
	struct error e = {.text = ""};
	assert_null(cells_new("most", &e));
	assert_non_null(strstr(e.text, "--axes most"));
	assert_non_null(strstr(e.text, "exhaustive"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_base_set_keeps_its_ids),
	    cmocka_unit_test(ids_are_unique),
	    cmocka_unit_test(coordinates_are_the_components_of_the_id),
	    cmocka_unit_test(cells_are_what_their_ladders_say),
	    cmocka_unit_test(an_id_finds_its_cell),
	    cmocka_unit_test(what_is_no_cell_is_told),
	    cmocka_unit_test(no_two_cells_are_one),
	    cmocka_unit_test(isns_wrap),
	    cmocka_unit_test(timestamps_are_later_and_earlier),
	    cmocka_unit_test(urgent_cells_point_behind_an_octet),
	    cmocka_unit_test(closing_leads_to_the_same_time_wait),
	    cmocka_unit_test(the_readme_says_how_many),
	    cmocka_unit_test(an_unknown_set_is_told),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("suite: cells", tests, NULL, NULL);
}
