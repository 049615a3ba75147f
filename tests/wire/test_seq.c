/* Tests of lib/wire/seq.h: all pairs around the places where modular arithmetic breaks, against a definition in wide integers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/wire/seq.h"

enum { NEAR = 300,
       CENTRES = 3,
       PLACES = CENTRES * (2 * NEAR + 1) };

static const int64_t circle = INT64_C(1) << 32;
static const int64_t half = INT64_C(1) << 31;

/* Every number that lies within NEAR of 0, 2^31 or 2^32-1, around the circle. */
static void places_fill(uint32_t *places)
{
	static const int64_t centres[CENTRES] = {0, INT64_C(1) << 31, (INT64_C(1) << 32) - 1};
	size_t n = 0;

	for (int c = 0; c < CENTRES; c++)
		for (int64_t d = -NEAR; d <= NEAR; d++)
			places[n++] = (uint32_t)((centres[c] + d + circle) % circle);
}

/* The standard's sense, without wrapping: some copy of b, a whole number of circles away, lies ahead of a by less than half a circle. */
static bool wide_lt(int64_t a, int64_t b)
{
	for (int64_t copy = b - circle; copy <= b + circle; copy += circle)
		if (copy > a && copy - a < half)
			return true;
	return false;
}

static bool wide_within(int64_t x, int64_t from, int64_t size)
{
	for (int64_t copy = x - circle; copy <= x + circle; copy += circle)
		if (from <= copy && copy < from + size)
			return true;
	return false;
}

static void before_all_pairs(void **state)
{
	static uint32_t places[PLACES];

	(void)state;
	places_fill(places);
	for (size_t i = 0; i < PLACES; i++) {
		for (size_t j = 0; j < PLACES; j++) {
			uint32_t a = places[i], b = places[j];

			if (seq_lt(a, b) != wide_lt(a, b))
				fail_msg("seq_lt(%u, %u) is %d", a, b, seq_lt(a, b));
			if (seq_le(a, b) != (a == b || wide_lt(a, b)))
				fail_msg("seq_le(%u, %u) is %d", a, b, seq_le(a, b));
		}
	}
}

static void within_all_pairs_and_sizes(void **state)
{
	static const uint32_t sizes[] = {0, 1, 2, 299, UINT32_C(0x7fffffff), UINT32_C(0x80000000), UINT32_C(0x80000001), UINT32_C(0xfffffffe), UINT32_C(0xffffffff)};
	static uint32_t places[PLACES];

	(void)state;
	places_fill(places);
	for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
		for (size_t i = 0; i < PLACES; i++) {
			for (size_t j = 0; j < PLACES; j++) {
				uint32_t x = places[i], from = places[j], size = sizes[k];

				if (seq_within(x, from, size) != wide_within(x, from, size))
					fail_msg("seq_within(%u, %u, %u) is %d", x, from, size, seq_within(x, from, size));
			}
		}
	}
}

/* Said once by hand, so that the definition above has a witness too. */
static void before_by_hand(void **state)
{
	(void)state;
	assert_true(seq_lt(0, 1));
	assert_false(seq_lt(1, 0));
	assert_false(seq_lt(5, 5));
	assert_true(seq_le(5, 5));
	assert_true(seq_lt(UINT32_C(0xffffffff), 0));
	assert_false(seq_lt(0, UINT32_C(0xffffffff)));
	assert_true(seq_lt(0, UINT32_C(0x7fffffff)));
	assert_false(seq_lt(0, UINT32_C(0x80000000)));
	assert_false(seq_lt(UINT32_C(0x80000000), 0));
	assert_false(seq_le(UINT32_C(0x80000000), 0));
	assert_true(seq_lt(UINT32_C(0x80000001), 0));
}

static void within_by_hand(void **state)
{
	(void)state;
	assert_false(seq_within(7, 7, 0));
	assert_true(seq_within(7, 7, 1));
	assert_false(seq_within(8, 7, 1));
	assert_false(seq_within(6, 7, UINT32_C(0xffffffff)));
	assert_true(seq_within(5, 7, UINT32_C(0xffffffff)));
	assert_true(seq_within(2, UINT32_C(0xfffffffe), 5));
	assert_false(seq_within(3, UINT32_C(0xfffffffe), 5));
	assert_true(seq_within(UINT32_C(0x7fffffff), 0, UINT32_C(0x80000000)));
	assert_false(seq_within(UINT32_C(0x80000000), 0, UINT32_C(0x80000000)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(before_all_pairs),
	    cmocka_unit_test(within_all_pairs_and_sizes),
	    cmocka_unit_test(before_by_hand),
	    cmocka_unit_test(within_by_hand),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("sequence arithmetic", tests, NULL, NULL);
}
