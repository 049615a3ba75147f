/* RFC 9293 3.10.8: timeouts, row by row, and the 500 ms of an owed ACK. Expectations are the text's, not the model's.
 *
 * The scene's target has an RTO of 1 s at first and 200 ms at least, an MSL of 2 min, and a tick of 10 ms. */
#include "tests/model/fixture.h"

enum { MS = 1000,
       SECOND = 1000 * MS };

/* Time passes. The scene's clock moves on; the outcome holds the TCBs that are possible then. */
static const char *passes(struct scene *s, uint64_t us)
{
	const char *missed = NULL;

	memset(&s->out, 0, sizeof s->out);
	s->has_stimulus = false;
	s->listed_count = 0;
	s->now += us;
	model_time(&s->m, &s->t, s->now, &s->out, &missed);
	return missed;
}

static bool state_is_possible(const struct scene *s, enum state st)
{
	for (unsigned i = 0; i < s->out.count; i++)
		if (s->out.reaction[i].next.state == st)
			return true;
	return false;
}

/* What each state has unacknowledged, and what it sends again: 10 octets, or its SYN, or its FIN. */
static const struct {
	enum state state;
	uint32_t octets;
	uint32_t seq;
	uint16_t ctl;
} unacknowledged[] = {
    {SYN_SENT, 0, 100, CTL_SYN},
    {SYN_RECEIVED, 0, 100, CTL_SYN | CTL_ACK},
    {ESTABLISHED, 10, 101, CTL_ACK},
    {FIN_WAIT_1, 0, 101, CTL_FIN | CTL_ACK},
    {CLOSE_WAIT, 10, 101, CTL_ACK},
    {CLOSING, 0, 101, CTL_FIN | CTL_ACK},
    {LAST_ACK, 0, 101, CTL_FIN | CTL_ACK},
};
enum { UNACKNOWLEDGED = sizeof unacknowledged / sizeof *unacknowledged };

static bool enter_unacknowledged(struct scene *s, unsigned i, unsigned p)
{
	if (!scene_in(s, unacknowledged[i].state, p))
		return false;
	if (unacknowledged[i].octets > 0)
		has_outstanding(s, unacknowledged[i].octets);
	return true;
}

/* "send the segment at the front of the retransmission queue again, reinitialize the retransmission timer". */
static void S3_10_8_RTX_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < UNACKNOWLEDGED; i++)
		for (unsigned p = 0; enter_unacknowledged(&s, i, p); p++) {
			const uint32_t seq = unacknowledged[i].seq, text = unacknowledged[i].octets;
			const uint16_t ctl = unacknowledged[i].ctl;
			struct tcb next;
			assert_int_equal(would_send(&s, 50 * MS, seq, s.rcv, ctl, text, NULL), UNASKED_FORBIDDEN);
			assert_int_equal(would_send(&s, 1500 * MS, seq + 1, s.rcv, ctl, text, NULL), UNASKED_FORBIDDEN);
			assert_int_equal(would_send(&s, 1500 * MS, seq - 1, s.rcv, ctl, text, NULL), UNASKED_FORBIDDEN);
			assert_int_equal(would_send(&s, 1500 * MS, seq, s.rcv, ctl, text + 1, NULL), UNASKED_FORBIDDEN);
			if (ctl & CTL_ACK)
				assert_int_equal(would_send(&s, 1500 * MS, seq, s.rcv - 1, ctl, text, NULL), UNASKED_FORBIDDEN);
			assert_int_equal(would_send(&s, 1500 * MS, seq, s.rcv, ctl, text, &next), UNASKED_RETRANSMISSION);
			assert_int_equal(next.snd_nxt, s.target + s.nxt);
			assert_int_equal(next.snd_una, s.target + s.una);
			assert_int_equal(next.state, s.t.state);
			s.t = next;
			assert_int_equal(would_send(&s, 1550 * MS, seq, s.rcv, ctl, text, NULL), UNASKED_FORBIDDEN);
			assert_int_equal(would_send(&s, 1500 * MS + 10 * SECOND, seq, s.rcv, ctl, text, NULL), UNASKED_RETRANSMISSION);
		}
}

/* "if the user timeout expires, flush all queues, signal the user 'error: connection aborted due to user timeout' ... delete the TCB, enter the
 * CLOSED state": R2 is counted in retransmissions here. Before the first, nothing of the kind. */
static void S3_10_8_UTO_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < UNACKNOWLEDGED; i++)
		for (unsigned p = 0; enter_unacknowledged(&s, i, p); p++) {
			const struct reaction *gone = NULL;
			assert_null(passes(&s, 500 * MS));
			assert_int_equal(s.out.count, 1);
			assert_int_equal(s.out.reaction[0].next.state, s.t.state);
			s.m.constants.retries = s.m.constants.syn_retries = s.m.constants.synack_retries = 3;
			s.t.retransmissions = 3;
			assert_null(passes(&s, 600 * (uint64_t)SECOND));
			for (unsigned k = 0; k < s.out.count; k++)
				if (state_seen(&s.out.reaction[k].next) == CLOSED)
					gone = &s.out.reaction[k];
			if (!gone)
				scene_fail(&s, "CLOSED among the states that are possible");
			assert_true(gone->next.signals & SIGNAL_TIMEOUT);
			assert_int_equal(model_next_residue(&s.m, &gone->next), UINT64_MAX);
			follow(&s, gone);
			arrives(&s, s.rcv, 101, CTL_ACK, 0);
			permits_reset_at(&s, 101, CLOSED);
			permits_nothing_else(&s);
		}
}

/* "If the time-wait timeout expires on a connection, delete the TCB, enter the CLOSED state": not before 2 MSL (MUST-13), and no later. */
static void S3_10_8_TW_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, TIME_WAIT, p); p++) {
		assert_null(passes(&s, 239 * (uint64_t)SECOND));
		assert_true(state_is_possible(&s, TIME_WAIT));
		assert_false(state_is_possible(&s, CLOSED));
		follow(&s, &s.out.reaction[0]);
		assert_null(passes(&s, SECOND)); /* 240 s: the very moment */
		assert_true(state_is_possible(&s, CLOSED));
		assert_null(passes(&s, SECOND));
		assert_false(state_is_possible(&s, TIME_WAIT));
		assert_true(state_is_possible(&s, CLOSED));
		follow(&s, &s.out.reaction[0]);
		arrives(&s, 301, 102, CTL_FIN | CTL_ACK, 0);
		permits_reset_at(&s, 102, CLOSED);
		permits_nothing_else(&s);
	}
}

/* A FIN that comes again after 200 s restarts the 2 MSL: 240 s after the first one the connection may still wait. */
static void time_wait_restarted_by_fin_lasts_longer(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, TIME_WAIT, p); p++) {
		const struct reaction *restarted = NULL;
		s.now += 200 * (uint64_t)SECOND;
		arrives(&s, 301, 102, CTL_FIN | CTL_ACK, 0);
		for (unsigned i = 0; i < s.out.count; i++)
			if (s.out.reaction[i].next.time_wait_from == s.now)
				restarted = &s.out.reaction[i];
		assert_non_null(restarted);
		follow(&s, restarted);
		assert_null(passes(&s, 100 * (uint64_t)SECOND));
		assert_true(state_is_possible(&s, TIME_WAIT));
		assert_false(state_is_possible(&s, CLOSED));
		assert_null(passes(&s, 141 * (uint64_t)SECOND));
		assert_false(state_is_possible(&s, TIME_WAIT));
	}
}

/* MUST-40: an ACK is not delayed by 500 ms or more. Seen in time it settles the debt; missed, no TCB is possible. */
static void owed_ack_is_missed_after_half_a_second(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, ESTABLISHED, p); p++) {
		arrives(&s, 301, 101, CTL_ACK, 10);
		follow(&s, permits_owed_ack(&s, 311, ESTABLISHED));
		assert_true(model_next_owed(&s.t) <= s.now + 500 * MS);
		const struct tcb owing = s.t;
		assert_null(passes(&s, 400 * MS));
		assert_true(s.out.count > 0);
		assert_int_equal(sends(&s, 101, 311, CTL_ACK, 0), UNASKED_OWED);
		assert_null(passes(&s, 600 * MS));
		assert_true(s.out.count > 0);
		assert_int_equal(sends(&s, 101, 311, CTL_ACK, 0), UNASKED_FORBIDDEN);
		s.t = owing;
		assert_non_null(passes(&s, 0));
		assert_int_equal(s.out.count, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(S3_10_8_RTX_1),
	    cmocka_unit_test(S3_10_8_UTO_1),
	    cmocka_unit_test(S3_10_8_TW_1),
	    cmocka_unit_test(time_wait_restarted_by_fin_lasts_longer),
	    cmocka_unit_test(owed_ack_is_missed_after_half_a_second),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("RFC 9293 3.10.8, timeouts", tests, NULL, NULL);
}
