/* The clock of the target's timestamps: what is monotonic and what is its rate, over a connection (RFC 7323 4.1, 5.4). What a segment shows by itself is tests/model/test_fault.c's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/run/judge_parts.h"

#define SECOND UINT64_C(1000000)

/* A segment with this TSval, seen at this time: is anything wrong with it? */
static bool faulty(struct judge *j, uint16_t ctl, uint32_t val, uint64_t at)
{
	const struct segment s = {.ctl = ctl, .options = {.has_ts = true, .ts_val = val}};

	return judge_clock_fault(j, &s, at) != NULL;
}

/* Two segments, so far apart by the capture's time, whose TSvals differ by so much. */
static bool pair_faulty(uint64_t elapsed, uint32_t ticks)
{
	struct judge j = {.script = NULL};

	assert_false(faulty(&j, CTL_ACK, 4294967000u, 7 * SECOND));
	return faulty(&j, CTL_ACK, 4294967000u + ticks, 7 * SECOND + elapsed);
}

static void a_clock_does_not_go_back(void **unused)
{
	struct judge j = {.script = NULL};

	(void)unused;
	assert_false(faulty(&j, CTL_ACK, 1000, SECOND));
	assert_false(faulty(&j, CTL_ACK, 1000, SECOND));
	assert_false(faulty(&j, CTL_ACK, 1500, SECOND + SECOND / 2));
	assert_true(faulty(&j, CTL_ACK, 1499, SECOND + SECOND / 2));
	assert_false(pair_faulty(0, 0));
	assert_true(pair_faulty(0, 4294967295u));
}

/* "1 ms to 1 sec per tick" */
static void a_clock_runs_with_time(void **unused)
{
	(void)unused;
	assert_false(pair_faulty(10 * SECOND, 10000));
	assert_false(pair_faulty(10 * SECOND, 10));
	assert_false(pair_faulty(10 * SECOND, 1000));
	assert_true(pair_faulty(10 * SECOND, 20000));
	assert_true(pair_faulty(10 * SECOND, 10000000));
	assert_true(pair_faulty(10 * SECOND, 1));
	assert_true(pair_faulty(10 * SECOND, 0));
	/* In so short a time a tick may not have come, and a segment may have waited. */
	assert_false(pair_faulty(SECOND, 0));
	assert_false(pair_faulty(0, 900));
}

/* A SYN begins another connection; a reset's TSval is zero; what has wrapped tells nothing. */
static void some_timestamps_tell_nothing(void **unused)
{
	struct judge j = {.script = NULL};
	const struct segment none = {.ctl = CTL_ACK};

	(void)unused;
	assert_false(faulty(&j, CTL_SYN | CTL_ACK, 5000000, SECOND));
	assert_false(faulty(&j, CTL_RST, 0, SECOND));
	assert_null(judge_clock_fault(&j, &none, SECOND));
	assert_false(faulty(&j, CTL_SYN, 17, 2 * SECOND));
	assert_false(faulty(&j, CTL_ACK, 17, 2 * SECOND));
	assert_false(pair_faulty(25 * 86400 * SECOND, 25u * 86400 * 1000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_clock_does_not_go_back),
	    cmocka_unit_test(a_clock_runs_with_time),
	    cmocka_unit_test(some_timestamps_tell_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("the clock of timestamps", tests, NULL, NULL);
}
