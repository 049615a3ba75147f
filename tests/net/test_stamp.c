/* Tests of placing capture stamps on the monotonic clock, with the clocks' readings given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <time.h>

#include "lib/net/stamp.h"
#include "lib/net/wire.h"

static void stamp_moves_by_the_offset(void **state)
{
	struct stamp s = {.offset_us = -1000, .old_offset_us = -1000, .last = 100};

	(void)state;
	assert_int_equal(stamp_place(&s, 1500, 600), 500);
	assert_int_equal(stamp_place(&s, 1507, 600), 507);
}

static void stamp_is_never_before_the_last_one(void **state)
{
	struct stamp s = {.offset_us = 0, .old_offset_us = 0, .last = 100};

	(void)state;
	assert_int_equal(stamp_place(&s, 90, 200), 100);
}

static void stamp_is_never_in_the_future(void **state)
{
	struct stamp s = {.offset_us = 0, .old_offset_us = 0, .last = 100};

	(void)state;
	assert_int_equal(stamp_place(&s, 300, 200), 200);
}

/* The clock was set an hour ahead after the first frame was captured and before it was read. */
static void stamp_from_before_a_step_ahead(void **state)
{
	const int64_t hour = INT64_C(3600000000);
	struct stamp s = {.offset_us = -hour, .old_offset_us = 0, .last = 100};

	(void)state;
	assert_int_equal(stamp_place(&s, 150, 200), 150);
	assert_int_equal(stamp_place(&s, (uint64_t)hour + 160, 200), 160);
}

static void stamp_from_before_a_step_back(void **state)
{
	const int64_t hour = INT64_C(3600000000);
	struct stamp s = {.offset_us = hour, .old_offset_us = 0, .last = (uint64_t)hour + 100};

	(void)state;
	assert_int_equal(stamp_place(&s, (uint64_t)hour + 150, (uint64_t)hour + 200), hour + 150);
	assert_int_equal(stamp_place(&s, 160, (uint64_t)hour + 200), hour + 160);
}

static void stamp_of_this_moment(void **state)
{
	struct stamp s = stamp_start();
	struct timespec t;
	uint64_t before = clock_now(), at;

	(void)state;
	clock_gettime(CLOCK_REALTIME, &t);
	at = stamp_convert(&s, (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000);
	/* A wrong offset is off by decades; being interrupted within a sample costs far less than this. */
	assert_in_range(at, before - 100000, clock_now());
}

static void clock_never_goes_back(void **state)
{
	uint64_t last = clock_now();

	(void)state;
	for (int i = 0; i < 10000; i++) {
		uint64_t now = clock_now();

		assert_true(now >= last);
		last = now;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(stamp_moves_by_the_offset),
	    cmocka_unit_test(stamp_is_never_before_the_last_one),
	    cmocka_unit_test(stamp_is_never_in_the_future),
	    cmocka_unit_test(stamp_from_before_a_step_ahead),
	    cmocka_unit_test(stamp_from_before_a_step_back),
	    cmocka_unit_test(stamp_of_this_moment),
	    cmocka_unit_test(clock_never_goes_back),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("net/stamp", tests, NULL, NULL);
}
