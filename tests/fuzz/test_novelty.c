/* What is left of counters (fuzz/novelty.c), against the classes that libFuzzer has, one by one: for each length and place, whatever lies around. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "fuzz/novelty.c"

enum { COUNTERS_MAX = 150, /* several strides and a part of one */
       AROUND = 3,
       ROOM = COUNTERS_MAX + 2 * AROUND };

static uint8_t counters[ROOM], known[ROOM];

/* As libFuzzer has it, CounterToFeature(). */
static unsigned class_of(unsigned counter)
{
	return counter >= 128 ? 7 : counter >= 32 ? 6
	                        : counter >= 16   ? 5
	                        : counter >= 8    ? 4
	                        : counter >= 4    ? 3
	                                          : counter - 1;
}

static void forget(void)
{
	memset(counters, 0, sizeof counters);
	memset(known, 0, sizeof known);
}

/* A counter's value behind an input that brought it to `value`, among n counters of which it is the at-th. */
static uint8_t left(size_t n, size_t at, unsigned value)
{
	counters[AROUND + at] = (uint8_t)value;
	leave_new(counters + AROUND, counters + AROUND + n, known + AROUND);
	const uint8_t is = counters[AROUND + at];
	counters[AROUND + at] = 0;
	for (size_t i = 0; i < ROOM; i++)
		assert_int_equal(counters[i], 0);
	return is;
}

static void a_class_is_new_once(void **state)
{
	(void)state;
	for (unsigned first = 1; first <= UINT8_MAX; first++)
		for (unsigned then = 1; then <= UINT8_MAX; then++) {
			forget();
			assert_int_equal(left(LANES, 5, first), first);
			assert_int_equal(left(LANES, 5, then), class_of(then) == class_of(first) ? 0 : then);
			assert_int_equal(left(LANES, 5, first), 0);
		}
}

static void every_counter_is_looked_at(void **state)
{
	(void)state;
	for (size_t n = 1; n <= COUNTERS_MAX; n++) {
		forget();
		for (size_t at = 0; at < n; at++) {
			assert_int_equal(left(n, at, 1), 1);
			assert_int_equal(left(n, at, 1), 0);
		}
	}
}

static void what_lies_around_is_left(void **state)
{
	(void)state;
	for (size_t n = 0; n <= COUNTERS_MAX; n++) {
		forget();
		memset(counters, 9, sizeof counters);
		leave_new(counters + AROUND, counters + AROUND + n, known + AROUND);
		leave_new(counters + AROUND, counters + AROUND + n, known + AROUND);
		for (size_t i = 0; i < ROOM; i++) {
			const bool inside = i >= AROUND && i < AROUND + n;
			assert_int_equal(counters[i], inside ? 0 : 9);
			assert_int_equal(known[i], inside ? 1U << class_of(9) : 0);
		}
	}
}

static void who_asks_for_all_has_all(void **state)
{
	(void)state;
	assert_true(asks_for_all("-merge=1"));
	assert_true(asks_for_all("-reduce_inputs=1"));
	assert_true(asks_for_all("-focus_function=auto"));
	assert_false(asks_for_all("-reduce_inputs=0"));
	assert_false(asks_for_all("-runs=1"));
	assert_false(asks_for_all("corpus"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_class_is_new_once),
	    cmocka_unit_test(every_counter_is_looked_at),
	    cmocka_unit_test(what_lies_around_is_left),
	    cmocka_unit_test(who_asks_for_all_has_all),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("fuzz: novelty", tests, NULL, NULL);
}
