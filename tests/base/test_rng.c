/* Tests of lib/base/rng.h: the published splitmix64 numbers, independence of streams, bounds. Not of statistical quality. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/base/rng.h"

static void published_numbers(void **state)
{
	/* The first outputs of splitmix64 for the seeds 0 and 1234567, as published with the algorithm's descriptions. */
	static const uint64_t want[] = {UINT64_C(6457827717110365317), UINT64_C(3203168211198807973), UINT64_C(9817491932198370423), UINT64_C(4593380528125082431), UINT64_C(16408922859458223821)};
	struct rng zero = rng_seeded(0), r = rng_seeded(1234567);

	(void)state;
	assert_true(rng_u64(&zero) == UINT64_C(0xe220a8397b1dcdaf));
	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		assert_true(rng_u64(&r) == want[i]);
}

static void same_seed_same_numbers(void **state)
{
	struct rng a = rng_named(7, "matrix/closed/syn"), b = rng_named(7, "matrix/closed/syn");

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_true(rng_u64(&a) == rng_u64(&b));
}

static void names_and_seeds_part_the_streams(void **state)
{
	struct rng r[] = {rng_named(7, "a"), rng_named(7, "b"), rng_named(8, "a"), rng_named(7, ""), rng_named(7, "aa"), rng_named(0, "a")};
	enum { STREAMS = sizeof r / sizeof *r,
	       DRAWN = 50 };
	uint64_t drawn[STREAMS * DRAWN];

	(void)state;
	for (size_t i = 0; i < STREAMS * DRAWN; i++) {
		drawn[i] = rng_u64(&r[i % STREAMS]);
		for (size_t j = 0; j < i; j++)
			assert_true(drawn[i] != drawn[j]);
	}
}

static void below_stays_below_and_reaches_all(void **state)
{
	static const uint32_t bounds[] = {1, 2, 3, 7, 10, 256, 1000};
	struct rng r = rng_seeded(1);

	(void)state;
	for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
		uint32_t seen[1000] = {0}, n = bounds[i];

		for (uint32_t k = 0; k < n * 40; k++) {
			uint32_t x = rng_below(&r, n);

			assert_true(x < n);
			seen[x]++;
		}
		for (uint32_t x = 0; x < n; x++)
			assert_true(seen[x] > 0);
	}
}

static void below_is_fair_where_a_remainder_is_not(void **state)
{
	/* With n = 3 * 2^30, the plain remainder of 32 random bits falls below 2^30 half the time instead of a third. */
	enum { DRAWN = 30000 };
	struct rng r = rng_seeded(2);
	uint32_t low = 0;

	(void)state;
	for (int i = 0; i < DRAWN; i++)
		low += rng_below(&r, UINT32_C(3) << 30) < UINT32_C(1) << 30;
	assert_in_range(low, DRAWN / 3 - 1000, DRAWN / 3 + 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(published_numbers),
	    cmocka_unit_test(same_seed_same_numbers),
	    cmocka_unit_test(names_and_seeds_part_the_streams),
	    cmocka_unit_test(below_stays_below_and_reaches_all),
	    cmocka_unit_test(below_is_fair_where_a_remainder_is_not),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("rng", tests, NULL, NULL);
}
