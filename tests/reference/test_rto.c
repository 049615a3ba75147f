/* Tests of targets/reference/rto.h: the rules of RFC 6298, each by hand, and random samples against floating point. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/base/rng.h"
#include "targets/reference/rto.h"

enum { MS = 1000,
       S = 1000000 };

/* As the standard has them, but for a lower bound that lets the arithmetic show. */
static const struct rto_settings fine = {.initial_us = S, .least_us = 1, .most_us = 60 * S, .granularity_us = 10 * MS, .after_syn_us = 3 * S};
static const struct rto_settings usual = {.initial_us = S, .least_us = S, .most_us = 60 * S, .granularity_us = 10 * MS, .after_syn_us = 3 * S};

static struct rto fresh(const struct rto_settings *settings)
{
	struct rto r;

	rto_init(&r, settings);
	return r;
}

static void begins_as_set(void **state)
{
	(void)state;
	assert_int_equal(fresh(&usual).rto_us, S);
}

static void first_sample(void **state)
{
	struct rto r = fresh(&fine);

	/* (2.2): SRTT = 400 ms, RTTVAR = 200 ms, RTO = 400 + 4 * 200. */
	(void)state;
	rto_sample(&r, &fine, 400 * MS, 1);
	assert_int_equal(r.rto_us, 1200 * MS);
	assert_int_equal(r.srtt_8, 8 * 400 * MS);
	assert_int_equal(r.rttvar_4, 4 * 200 * MS);
}

static void later_samples(void **state)
{
	struct rto r = fresh(&fine);

	/* (2.3): RTTVAR = 3/4 * 200 + 1/4 * |400 - 480| = 170; SRTT = 7/8 * 400 + 1/8 * 480 = 410; RTO = 410 + 4 * 170. */
	(void)state;
	rto_sample(&r, &fine, 400 * MS, 1);
	rto_sample(&r, &fine, 480 * MS, 1);
	assert_int_equal(r.rto_us, 1090 * MS);
	/* And shorter: RTTVAR = 3/4 * 170 + 1/4 * |410 - 90| = 207.5; SRTT = 7/8 * 410 + 1/8 * 90 = 370; RTO = 370 + 830. */
	rto_sample(&r, &fine, 90 * MS, 1);
	assert_int_equal(r.rto_us, 1200 * MS);
}

static void many_samples_in_a_flight_weigh_less(void **state)
{
	struct rto r = fresh(&fine);

	/* RFC 7323 appendix G, two samples expected: RTTVAR = 7/8 * 200 + 1/8 * |400 - 480| = 185; SRTT = 15/16 * 400 + 1/16 * 480 = 405; RTO = 405 + 740. */
	(void)state;
	rto_sample(&r, &fine, 400 * MS, 2);
	rto_sample(&r, &fine, 480 * MS, 2);
	assert_int_equal(r.rto_us, 1145 * MS);
}

static void variance_is_at_least_the_clocks(void **state)
{
	struct rto r = fresh(&fine);

	/* (2.3), 4: RTO = SRTT + G as K * RTTVAR nears 0. */
	(void)state;
	for (int i = 0; i < 200; i++)
		rto_sample(&r, &fine, 400 * MS, 1);
	assert_true(r.rttvar_4 < 4);
	assert_int_equal(r.rto_us, 410 * MS);
}

static void bounds(void **state)
{
	struct rto r = fresh(&usual);

	/* (2.4) and (2.5). */
	(void)state;
	rto_sample(&r, &usual, 100 * MS, 1);
	assert_int_equal(r.rto_us, S);
	r = fresh(&usual);
	rto_sample(&r, &usual, 50 * S, 1);
	assert_int_equal(r.rto_us, 60 * S);
	/* A time of 2^31 ms, which timestamps may feign, does no harm. */
	rto_sample(&r, &usual, (UINT64_C(1) << 31) * MS, 1);
	assert_int_equal(r.rto_us, 60 * S);
	rto_sample(&r, &usual, 0, 1);
	assert_int_equal(r.rto_us, 60 * S);
}

static void backs_off(void **state)
{
	struct rto r = fresh(&usual);

	/* (5.5). */
	(void)state;
	for (int want = 2; want < 64; want *= 2) {
		rto_expired(&r, &usual);
		assert_int_equal(r.rto_us, want * S);
	}
	rto_expired(&r, &usual);
	assert_int_equal(r.rto_us, 60 * S);
	/* A sample takes it back. */
	rto_sample(&r, &usual, 400 * MS, 1);
	assert_int_equal(r.rto_us, 1200 * MS);
}

static void three_seconds_after_a_lost_syn(void **state)
{
	struct rto r = fresh(&usual);
	struct rto_settings slow = usual;

	/* (5.7). */
	(void)state;
	rto_expired(&r, &usual);
	rto_expired(&r, &usual);
	rto_sample(&r, &usual, 100 * MS, 1);
	rto_established(&r, &usual);
	assert_int_equal(r.rto_us, 3 * S);
	/* Not where it began with 3 s. */
	slow.initial_us = 3 * S;
	r = fresh(&slow);
	rto_expired(&r, &slow);
	rto_established(&r, &slow);
	assert_int_equal(r.rto_us, 6 * S);
}

static void one_segment_is_timed_at_a_time(void **state)
{
	struct rto r = fresh(&fine);

	(void)state;
	rto_sent(&r, 100, 0);
	rto_sent(&r, 200, 50 * MS);
	rto_acked(&r, &fine, 99, 300 * MS); /* not yet */
	assert_false(r.measured);
	rto_acked(&r, &fine, 200, 400 * MS);
	assert_int_equal(r.srtt_8, 8 * 400 * MS);
	/* It ends once. */
	rto_acked(&r, &fine, 200, 800 * MS);
	assert_int_equal(r.srtt_8, 8 * 400 * MS);
	/* The next one is timed from its own time on. */
	rto_sent(&r, 300, 800 * MS);
	rto_acked(&r, &fine, 300, 1280 * MS);
	assert_int_equal(r.rto_us, 1090 * MS);
}

static void numbers_wrap(void **state)
{
	struct rto r = fresh(&fine);

	(void)state;
	rto_sent(&r, 10, 0);
	rto_acked(&r, &fine, UINT32_MAX, 100 * MS);
	assert_false(r.measured);
	rto_acked(&r, &fine, 10, 100 * MS);
	assert_true(r.measured);
}

static void karn(void **state)
{
	struct rto r = fresh(&fine);

	/* 3: no samples from what was sent again. */
	(void)state;
	rto_sent(&r, 100, 0);
	rto_resent(&r);
	rto_acked(&r, &fine, 100, 400 * MS);
	assert_false(r.measured);
	rto_sent(&r, 200, 500 * MS);
	rto_acked(&r, &fine, 200, 900 * MS);
	assert_int_equal(r.rto_us, 1200 * MS);
}

static void random_samples_agree_with_floating_point(void **state)
{
	enum { SEED = 6298,
	       SAMPLES = 20000 };
	struct rng g = rng_seeded(SEED);
	double srtt = 0, rttvar = 0;
	struct rto r = fresh(&fine);

	(void)state;
	print_message("# seed %d\n", SEED);
	for (int i = 0; i < SAMPLES; i++) {
		uint32_t rtt = rng_below(&g, 10) * rng_below(&g, 400 * MS);
		uint32_t expected = 1 + rng_below(&g, 5);
		double error = srtt < rtt ? rtt - srtt : srtt - rtt, want;

		rttvar = i == 0 ? rtt / 2.0 : rttvar + (error - rttvar) / 4 / expected;
		srtt = i == 0 ? rtt : srtt + (rtt - srtt) / 8 / expected;
		want = srtt + (4 * rttvar > 10 * MS ? 4 * rttvar : 10 * MS);
		rto_sample(&r, &fine, rtt, expected);
		/* Each division loses less than one part of its unit, which stays behind until the next ones have decayed it: some 5 * 8 eighths and 5 * 4 fourths. */
		assert_true((double)r.rto_us > want - 50 && (double)r.rto_us < want + 50);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(begins_as_set),
	    cmocka_unit_test(first_sample),
	    cmocka_unit_test(later_samples),
	    cmocka_unit_test(many_samples_in_a_flight_weigh_less),
	    cmocka_unit_test(variance_is_at_least_the_clocks),
	    cmocka_unit_test(bounds),
	    cmocka_unit_test(backs_off),
	    cmocka_unit_test(three_seconds_after_a_lost_syn),
	    cmocka_unit_test(one_segment_is_timed_at_a_time),
	    cmocka_unit_test(numbers_wrap),
	    cmocka_unit_test(karn),
	    cmocka_unit_test(random_samples_agree_with_floating_point),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("reference rto", tests, NULL, NULL);
}
