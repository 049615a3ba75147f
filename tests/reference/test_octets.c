/* Tests of targets/reference/octets.h: against a flat array, with random lengths, and at the edges of blocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/base/rng.h"
#include "lib/wire/segment.h"
#include "targets/reference/octets.h"
#include "tests/reference/arena.h"

enum { BLOCK = 16 };

static void assert_holds(struct octets *q, struct pool *p, const uint8_t *want, uint32_t n)
{
	uint8_t got[4096];

	assert_int_equal(q->length, n);
	assert_true(n <= sizeof got);
	octets_copy(q, p, 0, got, n);
	if (n > 0)
		assert_memory_equal(got, want, n);
}

static void empty_holds_nothing(void **state)
{
	struct pool *p = arena_pool(1, BLOCK);
	struct octets q;

	(void)state;
	octets_init(&q);
	assert_holds(&q, p, NULL, 0);
	octets_drop(&q, p, 0);
	assert_int_equal(p->taken, 0);
	free(p);
}

static void a_dry_pool_takes_a_part(void **state)
{
	struct pool *p = arena_pool(2, BLOCK);
	uint8_t octets[3 * BLOCK];
	struct octets q;

	(void)state;
	stream_fill(octets, 0, sizeof octets);
	octets_init(&q);
	assert_int_equal(octets_append(&q, p, octets, 5), 5);
	assert_int_equal(octets_append(&q, p, octets + 5, sizeof octets - 5), 2 * BLOCK - 5);
	assert_int_equal(octets_append(&q, p, octets, 1), 0);
	assert_holds(&q, p, octets, 2 * BLOCK);
	/* An octet dropped makes no room as long as its block holds others. */
	octets_drop(&q, p, BLOCK - 1);
	assert_int_equal(octets_append(&q, p, octets, 1), 0);
	octets_drop(&q, p, 1);
	assert_int_equal(p->taken, 1);
	assert_int_equal(octets_append(&q, p, octets + 2 * BLOCK, 1), 1);
	assert_holds(&q, p, octets + BLOCK, BLOCK + 1);
	free(p);
}

static void a_block_is_filled_before_the_next(void **state)
{
	struct pool *p = arena_pool(9, BLOCK);
	uint8_t octets[2 * BLOCK];
	struct octets q;

	(void)state;
	stream_fill(octets, 0, sizeof octets);
	octets_init(&q);
	for (uint32_t i = 0; i < sizeof octets; i++)
		assert_int_equal(octets_append(&q, p, octets + i, 1), 1);
	assert_int_equal(p->taken, 2);
	assert_holds(&q, p, octets, sizeof octets);
	octets_drop(&q, p, q.length);
	assert_int_equal(p->taken, 0);
	free(p);
}

/* A copy in the midst leaves the hint there; what lies before it is found all the same, also after a drop up to, into and beyond the hint's block. */
static void the_hint_misleads_nobody(void **state)
{
	struct pool *p = arena_pool(8, BLOCK);
	uint8_t octets[6 * BLOCK], got[6 * BLOCK];

	(void)state;
	stream_fill(octets, 0, sizeof octets);
	for (uint32_t hint = 0; hint < sizeof octets; hint++) {
		for (uint32_t drop = 0; drop < sizeof octets; drop++) {
			struct octets q;

			octets_init(&q);
			octets_append(&q, p, octets, sizeof octets);
			octets_copy(&q, p, hint, got, 1);
			assert_int_equal(got[0], octets[hint]);
			octets_drop(&q, p, drop);
			octets_copy(&q, p, (uint32_t)(sizeof octets - drop - 1), got, 1);
			assert_int_equal(got[0], octets[sizeof octets - 1]);
			assert_holds(&q, p, octets + drop, (uint32_t)sizeof octets - drop);
			octets_drop(&q, p, q.length);
			assert_int_equal(p->taken, 0);
		}
	}
	free(p);
}

static void the_hint_follows_a_reader_in_sequence(void **state)
{
	struct pool *p = arena_pool(64, BLOCK);
	uint8_t octets[64 * BLOCK], got[BLOCK];
	struct octets q;

	(void)state;
	stream_fill(octets, 0, sizeof octets);
	octets_init(&q);
	octets_append(&q, p, octets, sizeof octets);
	for (uint32_t at = 0; at < sizeof octets; at += BLOCK / 2) {
		octets_copy(&q, p, at, got, BLOCK / 2);
		assert_int_equal(q.hint, at / BLOCK);
		assert_int_equal(q.hint_from, at / BLOCK * BLOCK);
	}
	octets_drop(&q, p, 3 * BLOCK);
	assert_int_equal(q.hint, 63);
	assert_int_equal(q.hint_from, 60 * BLOCK);
	free(p);
}

static void joined_queues_are_one(void **state)
{
	struct pool *p = arena_pool(16, BLOCK);
	uint8_t octets[5 * BLOCK];

	(void)state;
	stream_fill(octets, 0, sizeof octets);
	for (uint32_t a = 0; a <= 2 * BLOCK; a++) {
		for (uint32_t b = 0; b <= 2 * BLOCK; b++) {
			struct octets q, tail;

			octets_init(&q);
			octets_init(&tail);
			octets_append(&q, p, octets, a);
			octets_append(&tail, p, octets + a, b);
			octets_join(&q, p, &tail);
			assert_holds(&q, p, octets, a + b);
			octets_append(&q, p, octets + a + b, BLOCK);
			assert_holds(&q, p, octets, a + b + BLOCK);
			octets_drop(&q, p, q.length);
			assert_int_equal(p->taken, 0);
		}
	}
	free(p);
}

/* A flat array beside the queue. */
static void random_steps_agree_with_an_array(void **state)
{
	enum { SEED = 4,
	       STEPS = 20000,
	       ROOM = 60 * BLOCK };
	struct pool *p = arena_pool(40, BLOCK);
	struct rng r = rng_seeded(SEED);
	uint8_t flat[2 * ROOM], octets[ROOM];
	uint32_t n = 0, next = 0;
	struct octets q;

	(void)state;
	print_message("# seed %d\n", SEED);
	octets_init(&q);
	for (int step = 0; step < STEPS; step++) {
		uint32_t some = rng_below(&r, 5 * BLOCK);
		uint32_t kind = rng_below(&r, 4);

		stream_fill(octets, next, some);
		if (kind == 0) {
			some = octets_append(&q, p, octets, some);
			memcpy(flat + n, octets, some);
		} else if (kind == 1) {
			struct octets tail;

			octets_init(&tail);
			some = octets_append(&tail, p, octets, some);
			octets_join(&q, p, &tail);
			memcpy(flat + n, octets, some);
		} else if (kind == 2) {
			some = some < n && rng_below(&r, 20) > 0 ? some : n;
			octets_drop(&q, p, some);
			n -= some;
			memmove(flat, flat + some, n);
			some = 0;
		} else {
			uint32_t at = rng_below(&r, n + 1);

			some = some < n - at ? some : n - at;
			octets_copy(&q, p, at, octets, some);
			if (some > 0)
				assert_memory_equal(octets, flat + at, some);
			some = 0;
		}
		n += some;
		next += some;
		assert_int_equal(q.length, n);
	}
	octets_drop(&q, p, n);
	assert_int_equal(p->taken, 0);
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(empty_holds_nothing),
	    cmocka_unit_test(a_dry_pool_takes_a_part),
	    cmocka_unit_test(a_block_is_filled_before_the_next),
	    cmocka_unit_test(the_hint_misleads_nobody),
	    cmocka_unit_test(the_hint_follows_a_reader_in_sequence),
	    cmocka_unit_test(joined_queues_are_one),
	    cmocka_unit_test(random_steps_agree_with_an_array),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("reference octets", tests, NULL, NULL);
}
