/* Tests of targets/reference/scoreboard.h: the rules of RFC 6675 by hand, and random SACK blocks against its definitions taken octet by octet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/base/rng.h"
#include "targets/reference/scoreboard.h"
#include "tests/reference/arena.h"

#define ISS UINT32_C(0xfffffe00) /* so that numbers wrap */

enum { SMSS = 100,
       BLOCK = 256, /* of the pool: 32 ranges */
       RANGES = 32 };

/* A sender: numbers are counted from ISS. */
struct sender {
	struct pool *p;
	struct scoreboard s;
	uint32_t una, end, recover;
};

static struct sender fresh(uint32_t una, uint32_t end)
{
	struct sender t = {.p = arena_pool(1, BLOCK), .una = una, .end = end, .recover = end};

	scoreboard_init(&t.s);
	scoreboard_begin(&t.s, ISS + una);
	return t;
}

static void sender_free(struct sender *t)
{
	scoreboard_free(&t->s, t->p);
	assert_int_equal(t->p->taken, 0);
	free(t->p);
}

static bool sack(struct sender *t, uint32_t left, uint32_t right)
{
	struct range block = {ISS + left, ISS + right};

	return scoreboard_update(&t->s, t->p, ISS + t->una, ISS + t->end, block);
}

static bool lost(struct sender *t, uint32_t seq)
{
	return scoreboard_lost(&t->s, t->p, ISS + seq, SMSS);
}

static uint32_t pipe_of(struct sender *t)
{
	return scoreboard_pipe(&t->s, t->p, ISS + t->una, ISS + t->end, SMSS);
}

/* NextSeg () is this range; left == right: it fails. */
static void assert_next(struct sender *t, bool unsent, uint32_t left, uint32_t right)
{
	struct range next;
	bool found = scoreboard_next(&t->s, t->p, ISS + t->una, ISS + t->end, ISS + t->recover, SMSS, unsent, &next);

	assert_int_equal(found, left < right);
	if (!found)
		return;
	assert_int_equal(next.left - ISS, left);
	if (left != t->end)
		assert_int_equal(next.right - ISS, right);
}

static void news_and_no_news(void **state)
{
	struct sender t = fresh(1000, 2000);

	(void)state;
	assert_true(sack(&t, 1200, 1300));
	assert_false(sack(&t, 1200, 1300));
	assert_false(sack(&t, 1220, 1280));
	assert_true(sack(&t, 1250, 1301));
	assert_true(sack(&t, 1199, 1300));
	assert_true(sack(&t, 1400, 1500));
	assert_int_equal(t.s.count, 2);
	/* Two ranges and the gap between them. */
	assert_true(sack(&t, 1199, 1500));
	assert_int_equal(t.s.count, 1);
	/* What touches fuses. */
	assert_true(sack(&t, 1500, 1600));
	assert_true(sack(&t, 1100, 1199));
	assert_int_equal(t.s.count, 1);
	sender_free(&t);
}

static void blocks_that_cannot_be_are_ignored(void **state)
{
	struct sender t = fresh(1000, 2000);

	(void)state;
	/* A D-SACK below the cumulative ACK (RFC 2883 5), one that ends there, an empty and a reversed one, and one beyond all that was sent. */
	assert_false(sack(&t, 800, 900));
	assert_false(sack(&t, 900, 1000));
	assert_false(sack(&t, 1200, 1200));
	assert_false(sack(&t, 1300, 1200));
	assert_false(sack(&t, 1900, 2001));
	assert_false(sack(&t, 2100, 2200));
	assert_int_equal(t.s.count, 0);
	/* Up to the edges they count; what lies before una is cut. */
	assert_true(sack(&t, 1900, 2000));
	assert_true(sack(&t, 900, 1001));
	assert_int_equal(pipe_of(&t), 899);
	sender_free(&t);
}

static void una_advances(void **state)
{
	struct sender t = fresh(1000, 2000);

	(void)state;
	scoreboard_advance(&t.s, t.p, ISS + 1000); /* nothing noted, no block taken */
	assert_int_equal(t.p->taken, 0);
	sack(&t, 1200, 1300);
	sack(&t, 1400, 1500);
	sack(&t, 1600, 1700);
	t.una = 1300;
	scoreboard_advance(&t.s, t.p, ISS + 1300);
	assert_int_equal(t.s.count, 2);
	/* Into a range. */
	t.una = 1450;
	scoreboard_advance(&t.s, t.p, ISS + 1450);
	assert_int_equal(t.s.count, 2);
	assert_int_equal(pipe_of(&t), 100 + 300);
	t.una = 1700;
	scoreboard_advance(&t.s, t.p, ISS + 1700);
	assert_int_equal(t.s.count, 0);
	assert_int_equal(pipe_of(&t), 300);
	sender_free(&t);
}

static void is_lost(void **state)
{
	struct sender t = fresh(1000, 3000);

	/* DupThresh discontiguous ranges above. */
	(void)state;
	sack(&t, 1100, 1110);
	sack(&t, 1200, 1210);
	assert_false(lost(&t, 1000));
	sack(&t, 1300, 1310);
	assert_true(lost(&t, 1000));
	assert_true(lost(&t, 1099));
	assert_false(lost(&t, 1110));
	/* Or more than (DupThresh - 1) * SMSS octets. */
	sack(&t, 1310, 1500);
	assert_false(lost(&t, 1250));
	sack(&t, 1500, 1501);
	assert_true(lost(&t, 1250));
	assert_false(lost(&t, 1501));
	sender_free(&t);
}

static void pipe_counts(void **state)
{
	struct sender t = fresh(1000, 2000);

	(void)state;
	assert_int_equal(pipe_of(&t), 1000);
	/* (a): not SACKed, and not lost. */
	sack(&t, 1100, 1300);
	assert_int_equal(pipe_of(&t), 100 + 700);
	sack(&t, 1300, 1301);
	assert_int_equal(pipe_of(&t), 699);
	/* (b): sent again, also what is not lost. */
	scoreboard_begin(&t.s, ISS + 1050);
	assert_int_equal(pipe_of(&t), 50 + 699);
	scoreboard_begin(&t.s, ISS + 1100);
	assert_int_equal(pipe_of(&t), 100 + 699);
	scoreboard_begin(&t.s, ISS + 1200);
	assert_int_equal(pipe_of(&t), 100 + 699);
	scoreboard_begin(&t.s, ISS + 1401);
	assert_int_equal(pipe_of(&t), 100 + 699 + 100);
	sender_free(&t);
}

/* RFC 6675 5: segments of 100 from 1000; 1000, 1200 and 1250..1400 are lost. */
static void next_segment(void **state)
{
	struct sender t = fresh(1000, 2000);

	(void)state;
	sack(&t, 1100, 1200);
	sack(&t, 1210, 1250);
	sack(&t, 1400, 1500);
	scoreboard_begin(&t.s, ISS + 1050);
	/* (1): lost, beyond HighRxt, by holes and segments. */
	assert_next(&t, true, 1050, 1100);
	/* 1200 is not lost: only 140 octets in two ranges lie above. (2): */
	assert_next(&t, true, 2000, 2100);
	assert_int_equal(t.s.high_rxt, ISS + 1100);
	/* (3): */
	assert_next(&t, false, 1200, 1210);
	sack(&t, 1500, 1700);
	assert_next(&t, true, 1250, 1350);
	assert_next(&t, true, 1350, 1400);
	assert_next(&t, true, 2000, 2100);
	/* (4): not before una has passed RescueRxt. */
	assert_next(&t, false, 0, 0);
	t.una = 1050;
	assert_next(&t, false, 0, 0);
	t.una = 1051;
	assert_next(&t, false, 1900, 2000);
	/* Once. */
	assert_next(&t, false, 0, 0);
	t.una = 1900;
	assert_next(&t, false, 0, 0);
	sender_free(&t);
}

static void rescue_takes_the_highest_not_sacked(void **state)
{
	struct sender t = fresh(1000, 2000);

	(void)state;
	sack(&t, 1090, 2000);
	scoreboard_begin(&t.s, ISS + 1000);
	t.una = 1001;
	scoreboard_advance(&t.s, t.p, ISS + 1001);
	t.s.high_rxt = ISS + 1090;
	assert_next(&t, false, 1001, 1090);
	sender_free(&t);

	/* Nothing but SACKed octets: nothing to rescue. */
	t = fresh(1000, 2000);
	t.una = 1500;
	sack(&t, 1500, 2000);
	assert_next(&t, false, 0, 0);
	sender_free(&t);

	/* A single octet is worth it. */
	t = fresh(1000, 2000);
	t.una = 1001;
	sack(&t, 1001, 1999);
	assert_next(&t, false, 1999, 2000);
	sender_free(&t);

	/* With nothing SACKed at all. */
	t = fresh(1000, 2000);
	t.una = 1001;
	assert_next(&t, false, 1900, 2000);
	sender_free(&t);
}

static void holes(void **state)
{
	struct sender t = fresh(1000, 2000);
	struct range h;

	(void)state;
	h = scoreboard_hole(&t.s, t.p, ISS + 1000, ISS + 2000);
	assert_int_equal(h.left - ISS, 1000);
	assert_int_equal(h.right - ISS, 2000);
	sack(&t, 1100, 1200);
	sack(&t, 1300, 2000);
	h = scoreboard_hole(&t.s, t.p, ISS + 1000, ISS + 2000);
	assert_int_equal(h.left - ISS, 1000);
	assert_int_equal(h.right - ISS, 1100);
	for (uint32_t from = 1100; from <= 1200; from += 50) {
		h = scoreboard_hole(&t.s, t.p, ISS + from, ISS + 2000);
		assert_int_equal(h.left - ISS, 1200);
		assert_int_equal(h.right - ISS, 1300);
	}
	h = scoreboard_hole(&t.s, t.p, ISS + 1250, ISS + 2000);
	assert_int_equal(h.left - ISS, 1250);
	h = scoreboard_hole(&t.s, t.p, ISS + 1300, ISS + 2000);
	assert_int_equal(h.left - ISS, 2000);
	assert_int_equal(h.right - ISS, 2000);
	sender_free(&t);
}

static void limits_are_borne(void **state)
{
	struct sender t = fresh(1000, 2000);

	(void)state;
	for (uint32_t i = 0; i < RANGES; i++)
		assert_true(sack(&t, 1001 + 10 * i, 1002 + 10 * i));
	assert_false(sack(&t, 1900, 1910));
	assert_int_equal(t.s.count, RANGES);
	/* What fuses is noted. */
	assert_true(sack(&t, 1002, 1003));
	assert_true(sack(&t, 1003, 1020));
	assert_int_equal(t.s.count, RANGES - 1);
	assert_true(sack(&t, 1900, 1910));
	scoreboard_free(&t.s, t.p);
	scoreboard_free(&t.s, t.p);
	/* No block for the table. */
	assert_int_equal(pool_take(t.p), 0);
	assert_false(sack(&t, 1100, 1200));
	assert_int_equal(pipe_of(&t), 1000);
	pool_give(t.p, 0);
	sender_free(&t);
}

/* ---- random blocks against the definitions, octet by octet ---- */

enum { SPAN = 2000 };

struct map {
	bool sacked[SPAN + 1];
	uint32_t high_rxt, rescue; /* HighRxt + 1, RescueRxt + 1 */
};

static bool map_lost(const struct map *m, const struct sender *t, uint32_t x)
{
	uint32_t ranges = 0, octets = 0;

	for (uint32_t i = x + 1; i < t->end; i++) {
		octets += m->sacked[i];
		ranges += m->sacked[i] && !m->sacked[i - 1];
	}
	return ranges >= 3 || octets > 2 * SMSS;
}

static uint32_t map_pipe(const struct map *m, const struct sender *t)
{
	uint32_t pipe = 0;

	for (uint32_t x = t->una; x < t->end; x++) {
		if (m->sacked[x])
			continue;
		pipe += !map_lost(m, t, x);
		pipe += x < m->high_rxt;
	}
	return pipe;
}

/* The smallest number that meets (1.a), (1.b) and, if asked, (1.c); `end`: none. */
static uint32_t map_resend(const struct map *m, const struct sender *t, bool is_lost)
{
	uint32_t top = t->end;

	while (top > t->una && !m->sacked[top - 1])
		top--;
	for (uint32_t x = t->una; x < top; x++)
		if (!m->sacked[x] && x >= m->high_rxt && (!is_lost || map_lost(m, t, x)))
			return x;
	return t->end;
}

static struct range map_next(struct map *m, const struct sender *t, bool unsent)
{
	uint32_t x = map_resend(m, t, true);
	struct range r;

	if (x == t->end && unsent)
		return (struct range){t->end, t->end + SMSS};
	if (x == t->end)
		x = map_resend(m, t, false);
	if (x < t->end) {
		r = (struct range){x, x};
		while (r.right - x < SMSS && r.right < t->end && !m->sacked[r.right])
			r.right++;
		m->high_rxt = r.right;
		return r;
	}
	for (x = t->end; x > t->una && m->sacked[x - 1];)
		x--;
	r = (struct range){x, x};
	if (t->una <= m->rescue)
		return r;
	m->rescue = t->recover;
	while (r.right - r.left < SMSS && r.left > t->una && !m->sacked[r.left - 1])
		r.left--;
	return r;
}

static void play_step(struct sender *t, struct map *m, struct rng *g)
{
	uint32_t left = t->una + rng_below(g, t->end - t->una), right = left + 1 + rng_below(g, 3 * SMSS);
	bool news = false;

	right = right < t->end ? right : t->end;
	for (uint32_t x = left; x < right; x++) {
		news = news || !m->sacked[x];
		m->sacked[x] = true;
	}
	assert_int_equal(sack(t, left, right), news);
	if (rng_below(g, 4) == 0) {
		t->una += rng_below(g, 2 * SMSS);
		t->una = t->una < t->end ? t->una : t->end - 1;
		scoreboard_advance(&t->s, t->p, ISS + t->una);
	}
	assert_int_equal(pipe_of(t), map_pipe(m, t));
	for (int i = 0; i < 3; i++) {
		uint32_t x = t->una + rng_below(g, t->end - t->una);
		struct range h = scoreboard_hole(&t->s, t->p, ISS + x, ISS + t->end);

		if (!m->sacked[x])
			assert_int_equal(lost(t, x), map_lost(m, t, x));
		while (x < t->end && m->sacked[x])
			x++;
		assert_int_equal(h.left - ISS, x);
		while (x < t->end && !m->sacked[x])
			x++;
		assert_int_equal(h.right - ISS, x);
	}
	if (rng_below(g, 2) == 0) {
		bool unsent = rng_below(g, 2) == 0;
		struct range want = map_next(m, t, unsent);

		assert_next(t, unsent, want.left, want.right);
		assert_int_equal(t->s.high_rxt - ISS, m->high_rxt);
	}
}

static void random_blocks_agree_with_a_map(void **state)
{
	enum { SEED = 6675,
	       PLAYS = 40,
	       STEPS = 12 };
	struct rng g = rng_seeded(SEED);

	(void)state;
	print_message("# seed %d\n", SEED);
	for (int i = 0; i < PLAYS; i++) {
		struct sender t = fresh(400, 400 + 300 + rng_below(&g, 600));
		struct map m = {.high_rxt = 400 + rng_below(&g, SMSS)};

		m.rescue = m.high_rxt;
		scoreboard_begin(&t.s, ISS + m.high_rxt);
		for (int step = 0; step < STEPS; step++)
			play_step(&t, &m, &g);
		sender_free(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(news_and_no_news),
	    cmocka_unit_test(blocks_that_cannot_be_are_ignored),
	    cmocka_unit_test(una_advances),
	    cmocka_unit_test(is_lost),
	    cmocka_unit_test(pipe_counts),
	    cmocka_unit_test(next_segment),
	    cmocka_unit_test(rescue_takes_the_highest_not_sacked),
	    cmocka_unit_test(holes),
	    cmocka_unit_test(limits_are_borne),
	    cmocka_unit_test(random_blocks_agree_with_a_map),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("reference scoreboard", tests, NULL, NULL);
}
