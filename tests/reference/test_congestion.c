/* Tests of targets/reference/congestion.h: the windows of RFC 5681, 6582, 6928, 3042 and 6675, step by step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "targets/reference/congestion.h"

#define ISS UINT32_C(0xfffff000) /* so that numbers wrap */

enum { SMSS = 1000,
       WIDE = 1 << 30 };

static void initial_window(void **state)
{
	static const struct {
		uint32_t smss, segments, lost, want;
	} cases[] = {
	    /* RFC 5681 3.1 */
	    {1095, 4, 0, 4 * 1095},
	    {1096, 4, 0, 3 * 1096},
	    {2190, 4, 0, 3 * 2190},
	    {2191, 4, 0, 2 * 2191},
	    {536, 3, 0, 3 * 536},
	    {1460, 1, 0, 1460},
	    {536, 4, 1, 536},
	    /* RFC 6928 2: min (10*MSS, max (2*MSS, 14600)) */
	    {1460, 10, 0, 14600},
	    {536, 10, 0, 5360},
	    {536, 5, 0, 5 * 536},
	    {536, 5, 1, 5 * 536},
	    {1461, 10, 0, 14600},
	    {7301, 10, 0, 14602},
	    {1460, 10, 1, 14600},
	    {1460, 10, 2, 1460},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(congestion_initial_window(cases[i].smss, cases[i].segments, cases[i].lost), cases[i].want);
}

static struct congestion fresh(uint32_t window)
{
	struct congestion c;

	congestion_init(&c, ISS, window);
	return c;
}

static void slow_start(void **state)
{
	struct congestion c = fresh(3 * SMSS);

	/* RFC 5681 (2): by what was acknowledged, by a segment at most. */
	(void)state;
	assert_int_equal(congestion_acked(&c, SMSS, ISS + 1001, 1000, 0), CONGESTION_GO_ON);
	assert_int_equal(c.cwnd, 4 * SMSS);
	congestion_acked(&c, SMSS, ISS + 1002, 1, 0);
	assert_int_equal(c.cwnd, 4 * SMSS + 1);
	congestion_acked(&c, SMSS, ISS + 4002, 3000, 0);
	assert_int_equal(c.cwnd, 5 * SMSS + 1);
}

static void congestion_avoidance(void **state)
{
	struct congestion c = fresh(4 * SMSS);

	/* A segment for each window acknowledged; equal to ssthresh is avoidance here. */
	(void)state;
	c.ssthresh = 4 * SMSS;
	congestion_acked(&c, SMSS, ISS + 1, 2000, 0);
	congestion_acked(&c, SMSS, ISS + 1, 1999, 0);
	assert_int_equal(c.cwnd, 4 * SMSS);
	congestion_acked(&c, SMSS, ISS + 1, 2, 0);
	assert_int_equal(c.cwnd, 5 * SMSS);
	congestion_acked(&c, SMSS, ISS + 1, 4998, 0);
	assert_int_equal(c.cwnd, 5 * SMSS);
	congestion_acked(&c, SMSS, ISS + 1, 1, 0);
	assert_int_equal(c.cwnd, 6 * SMSS);
}

static void slow_start_ends_at_ssthresh(void **state)
{
	struct congestion c = fresh(2 * SMSS);

	(void)state;
	c.ssthresh = 2 * SMSS + 1;
	congestion_acked(&c, SMSS, ISS + 1, SMSS, 0);
	assert_int_equal(c.cwnd, 3 * SMSS);
	congestion_acked(&c, SMSS, ISS + 1, SMSS, 0);
	assert_int_equal(c.cwnd, 3 * SMSS);
}

static void the_window_stays_below_the_widest(void **state)
{
	struct congestion c = fresh(WIDE - SMSS / 2);

	(void)state;
	congestion_acked(&c, SMSS, ISS + 1, SMSS, 0);
	assert_int_equal(c.cwnd, WIDE);
	congestion_acked(&c, SMSS, ISS + 1, WIDE, 0);
	assert_int_equal(c.cwnd, WIDE);
}

/* RFC 5681 3.2, RFC 6582 3.2: ten segments in flight, of which the first is lost. */
static void fast_retransmit_and_full_ack(void **state)
{
	struct congestion c = fresh(10 * SMSS);
	uint32_t una = ISS + 1, end = una + 10 * SMSS;

	(void)state;
	assert_int_equal(congestion_room(&c, SMSS, 10 * SMSS, false), 0);
	/* RFC 3042: a segment for each of the first two, and cwnd stays. */
	assert_false(congestion_duplicate(&c, SMSS, una, end));
	assert_int_equal(congestion_room(&c, SMSS, 10 * SMSS, false), SMSS);
	assert_false(congestion_duplicate(&c, SMSS, una, end + SMSS));
	assert_int_equal(congestion_room(&c, SMSS, 11 * SMSS, false), SMSS);
	assert_int_equal(c.cwnd, 10 * SMSS);
	/* The third: half of the flight without what limited transmit sent, and three that have left the network. */
	assert_true(congestion_duplicate(&c, SMSS, una, end + 2 * SMSS));
	assert_int_equal(c.ssthresh, 5 * SMSS);
	assert_int_equal(c.cwnd, 8 * SMSS);
	assert_int_equal(congestion_room(&c, SMSS, 12 * SMSS, false), 0);
	for (int i = 0; i < 6; i++)
		assert_false(congestion_duplicate(&c, SMSS, una, end + 2 * SMSS));
	assert_int_equal(c.cwnd, 14 * SMSS);
	assert_int_equal(congestion_room(&c, SMSS, 12 * SMSS, false), 2 * SMSS);
	/* All up to recover: min (ssthresh, max (FlightSize, SMSS) + SMSS). */
	assert_int_equal(congestion_acked(&c, SMSS, end + 2 * SMSS, 12 * SMSS, 2 * SMSS), CONGESTION_GO_ON);
	assert_int_equal(c.phase, CONGESTION_OPEN);
	assert_int_equal(c.cwnd, 3 * SMSS);
	assert_int_equal(c.ssthresh, 5 * SMSS);
}

static void full_ack_with_much_or_nothing_in_flight(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct congestion c = fresh(10 * SMSS);
		uint32_t una = ISS + 1, end = una + 10 * SMSS;

		for (int k = 0; k < 3; k++)
			congestion_duplicate(&c, SMSS, una, end);
		congestion_acked(&c, SMSS, end, 10 * SMSS, i ? 20 * SMSS : 0);
		assert_int_equal(c.cwnd, i ? 5 * SMSS : 2 * SMSS);
	}
}

static void partial_acks(void **state)
{
	struct congestion c = fresh(10 * SMSS);
	uint32_t una = ISS + 1, end = una + 10 * SMSS;

	(void)state;
	for (int i = 0; i < 3; i++)
		congestion_duplicate(&c, SMSS, una, end);
	assert_int_equal(c.cwnd, 8 * SMSS);
	/* RFC 6582 3.2 (3): deflate by what is acknowledged, add back a segment. */
	assert_int_equal(congestion_acked(&c, SMSS, una + 3 * SMSS, 3 * SMSS, 7 * SMSS), CONGESTION_PARTIAL);
	assert_int_equal(c.cwnd, 6 * SMSS);
	assert_int_equal(congestion_acked(&c, SMSS, una + 4 * SMSS, SMSS, 6 * SMSS), CONGESTION_PARTIAL);
	assert_int_equal(c.cwnd, 6 * SMSS);
	/* Less than a segment: nothing is added back. */
	assert_int_equal(congestion_acked(&c, SMSS, una + 4 * SMSS + 999, 999, 5 * SMSS), CONGESTION_PARTIAL);
	assert_int_equal(c.cwnd, 5 * SMSS + 1);
	/* Never below nothing. */
	assert_int_equal(congestion_acked(&c, SMSS, end - 1, 6 * SMSS, 1), CONGESTION_PARTIAL);
	assert_int_equal(c.cwnd, SMSS);
	assert_int_equal(congestion_acked(&c, SMSS, end, 1, 0), CONGESTION_GO_ON);
	assert_int_equal(c.phase, CONGESTION_OPEN);
	/* The next recovery has a first partial ACK of its own. */
	una = end;
	end = una + 10 * SMSS;
	congestion_acked(&c, SMSS, una + 1, 1, 0);
	for (int i = 0; i < 3; i++)
		congestion_duplicate(&c, SMSS, una + 1, end);
	assert_int_equal(congestion_acked(&c, SMSS, una + 2, 1, 0), CONGESTION_PARTIAL);
}

static void an_ack_between_makes_duplicates_count_anew(void **state)
{
	struct congestion c = fresh(10 * SMSS);
	uint32_t una = ISS + 1, end = una + 10 * SMSS;

	(void)state;
	congestion_duplicate(&c, SMSS, una, end);
	congestion_duplicate(&c, SMSS, una, end);
	congestion_acked(&c, SMSS, una + SMSS, SMSS, 9 * SMSS);
	assert_int_equal(congestion_room(&c, SMSS, 11 * SMSS, false), 0);
	una += SMSS;
	assert_false(congestion_duplicate(&c, SMSS, una, end));
	assert_false(congestion_duplicate(&c, SMSS, una, end));
	assert_true(congestion_duplicate(&c, SMSS, una, end));
}

static void no_fast_retransmit_before_recover_is_passed(void **state)
{
	struct congestion c = fresh(10 * SMSS);
	uint32_t una = ISS + 1, end = una + 10 * SMSS;

	/* RFC 6582 4: duplicates after a timeout that do not cover more than recover tell of retransmissions in vain. */
	(void)state;
	congestion_timeout(&c, SMSS, una, end, false);
	congestion_acked(&c, SMSS, una + 1, 1, SMSS);
	for (int i = 0; i < 3; i++)
		assert_false(congestion_duplicate(&c, SMSS, una + 1, end));
	congestion_timeout(&c, SMSS, una + 1, end, false);
	congestion_acked(&c, SMSS, end, 0, SMSS);
	for (int i = 0; i < 5; i++)
		assert_false(congestion_duplicate(&c, SMSS, end, end + SMSS));
	assert_int_equal(c.phase, CONGESTION_OPEN);
	assert_int_equal(c.cwnd, SMSS);
	/* Nor more than two segments by limited transmit. */
	assert_int_equal(congestion_room(&c, SMSS, SMSS, false), 2 * SMSS);
	congestion_acked(&c, SMSS, end + 1, 1, SMSS);
	for (int i = 0; i < 2; i++)
		assert_false(congestion_duplicate(&c, SMSS, end + 1, end + SMSS));
	assert_true(congestion_duplicate(&c, SMSS, end + 1, end + SMSS));
}

/* recover goes along with what is acknowledged: half a circle later it is not ahead. */
static void losses_are_seen_round_the_circle(void **state)
{
	(void)state;
	for (int steps = 1; steps < 8; steps++) {
		struct congestion c = fresh(10 * SMSS);
		uint32_t una = ISS + 1;

		for (int i = 0; i < steps; i++)
			congestion_acked(&c, SMSS, una += UINT32_C(1) << 29, SMSS, 0);
		for (int k = 0; k < 2; k++)
			assert_false(congestion_duplicate(&c, SMSS, una, una + SMSS));
		assert_true(congestion_duplicate(&c, SMSS, una, una + SMSS));
		congestion_acked(&c, SMSS, una + SMSS, SMSS, 0);
		assert_int_equal(c.phase, CONGESTION_OPEN);
		/* Not again for what was in flight. */
		for (int k = 0; k < 3; k++)
			assert_false(congestion_duplicate(&c, SMSS, una + SMSS, una + SMSS));
	}
}

static void the_floor_of_ssthresh(void **state)
{
	struct congestion c = fresh(10 * SMSS);

	/* RFC 5681 (4): max (FlightSize / 2, 2*SMSS). */
	(void)state;
	congestion_timeout(&c, SMSS, ISS + 1, ISS + 1 + 3 * SMSS, false);
	assert_int_equal(c.ssthresh, 2 * SMSS);
	assert_int_equal(c.cwnd, SMSS);
}

static void timeouts(void **state)
{
	struct congestion c = fresh(20 * SMSS);
	uint32_t una = ISS + 1, end = una + 12 * SMSS;

	(void)state;
	for (int i = 0; i < 3; i++)
		congestion_duplicate(&c, SMSS, una, end);
	congestion_timeout(&c, SMSS, una, end, false);
	assert_int_equal(c.phase, CONGESTION_OPEN);
	assert_int_equal(c.cwnd, SMSS);
	assert_int_equal(c.ssthresh, 6 * SMSS);
	assert_int_equal(congestion_room(&c, SMSS, 0, false), SMSS);
	/* The same segment again: ssthresh is held. */
	congestion_timeout(&c, SMSS, una, una + SMSS, true);
	assert_int_equal(c.cwnd, SMSS);
	assert_int_equal(c.ssthresh, 6 * SMSS);
	/* recover moves all the same. */
	assert_int_equal(c.recover, una + SMSS);
}

static void counting_begins_anew_after_a_loss(void **state)
{
	struct congestion c = fresh(4 * SMSS);

	(void)state;
	c.ssthresh = 4 * SMSS;
	congestion_acked(&c, SMSS, ISS + 1, 3999, 0);
	congestion_timeout(&c, SMSS, ISS + 1, ISS + 1 + 4 * SMSS, false);
	congestion_acked(&c, SMSS, ISS + 2, SMSS, 0);
	assert_int_equal(c.cwnd, 2 * SMSS);
	congestion_acked(&c, SMSS, ISS + 3, 2 * SMSS - 1, 0);
	assert_int_equal(c.cwnd, 2 * SMSS);
	congestion_acked(&c, SMSS, ISS + 4, 1, 0);
	assert_int_equal(c.cwnd, 3 * SMSS);
}

static void loss_recovery_by_sack(void **state)
{
	struct congestion c = fresh(10 * SMSS);
	uint32_t una = ISS + 1, end = una + 12 * SMSS;

	/* RFC 6675 5: by the third duplicate. Limited transmit is the pipe's. */
	(void)state;
	assert_false(congestion_duplicate_sack(&c, SMSS, una, end, false));
	assert_int_equal(congestion_room(&c, SMSS, 10 * SMSS, true), 0);
	assert_int_equal(congestion_room(&c, SMSS, 7 * SMSS, true), 3 * SMSS);
	assert_false(congestion_duplicate_sack(&c, SMSS, una, end, false));
	assert_true(congestion_duplicate_sack(&c, SMSS, una, end, false));
	/* (4.2), without what was sent beyond cwnd. */
	assert_int_equal(c.ssthresh, 5 * SMSS);
	assert_int_equal(c.cwnd, 5 * SMSS);
	assert_int_equal(c.recover, end);
	assert_int_equal(c.phase, CONGESTION_BY_SACK);
	/* Further ACKs change nothing until RecoveryPoint is passed (A). */
	assert_false(congestion_duplicate_sack(&c, SMSS, una, end, true));
	assert_int_equal(congestion_acked(&c, SMSS, end - 1, 12 * SMSS - 1, 1), CONGESTION_GO_ON);
	assert_int_equal(c.phase, CONGESTION_BY_SACK);
	assert_int_equal(c.cwnd, 5 * SMSS);
	assert_int_equal(congestion_acked(&c, SMSS, end, 1, 0), CONGESTION_GO_ON);
	assert_int_equal(c.phase, CONGESTION_OPEN);
	assert_int_equal(c.cwnd, 5 * SMSS);
	/* A second one may begin at once: HighACK is RecoveryPoint. By IsLost alone (2). */
	assert_true(congestion_duplicate_sack(&c, SMSS, end, end + 10 * SMSS, true));
}

static void no_recovery_by_sack_after_a_timeout(void **state)
{
	struct congestion c = fresh(10 * SMSS);
	uint32_t una = ISS + 1, end = una + 10 * SMSS;

	/* RFC 6675 5.1: not until HighACK reaches the new RecoveryPoint. */
	(void)state;
	congestion_timeout(&c, SMSS, una, end, false);
	for (int i = 0; i < 4; i++)
		assert_false(congestion_duplicate_sack(&c, SMSS, end - 1, end, true));
	congestion_acked(&c, SMSS, end, 1, 0);
	assert_true(congestion_duplicate_sack(&c, SMSS, end, end + SMSS, true));
	assert_int_equal(c.ssthresh, 2 * SMSS);
	assert_int_equal(c.cwnd, 2 * SMSS);
}

static void restart_after_idleness(void **state)
{
	struct congestion c = fresh(20 * SMSS);

	/* RW = min (IW, cwnd). */
	(void)state;
	congestion_restart(&c, 4 * SMSS);
	assert_int_equal(c.cwnd, 4 * SMSS);
	congestion_restart(&c, 10 * SMSS);
	assert_int_equal(c.cwnd, 4 * SMSS);
}

static void smaller_segments(void **state)
{
	struct congestion c = fresh(1 << 29);

	(void)state;
	congestion_shrink(&c, 1460, 730);
	assert_int_equal(c.cwnd, 1 << 28);
}

static void room(void **state)
{
	struct congestion c = fresh(4 * SMSS);

	(void)state;
	assert_int_equal(congestion_room(&c, SMSS, 0, false), 4 * SMSS);
	assert_int_equal(congestion_room(&c, SMSS, 4 * SMSS - 1, false), 1);
	assert_int_equal(congestion_room(&c, SMSS, 4 * SMSS + 1, false), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(initial_window),
	    cmocka_unit_test(slow_start),
	    cmocka_unit_test(congestion_avoidance),
	    cmocka_unit_test(slow_start_ends_at_ssthresh),
	    cmocka_unit_test(the_window_stays_below_the_widest),
	    cmocka_unit_test(fast_retransmit_and_full_ack),
	    cmocka_unit_test(full_ack_with_much_or_nothing_in_flight),
	    cmocka_unit_test(partial_acks),
	    cmocka_unit_test(an_ack_between_makes_duplicates_count_anew),
	    cmocka_unit_test(no_fast_retransmit_before_recover_is_passed),
	    cmocka_unit_test(losses_are_seen_round_the_circle),
	    cmocka_unit_test(the_floor_of_ssthresh),
	    cmocka_unit_test(timeouts),
	    cmocka_unit_test(counting_begins_anew_after_a_loss),
	    cmocka_unit_test(loss_recovery_by_sack),
	    cmocka_unit_test(no_recovery_by_sack_after_a_timeout),
	    cmocka_unit_test(restart_after_idleness),
	    cmocka_unit_test(smaller_segments),
	    cmocka_unit_test(room),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("reference congestion", tests, NULL, NULL);
}
