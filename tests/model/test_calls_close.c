/* RFC 9293 3.10.4 and 3.10.5: CLOSE and ABORT, row by row. Expectations are the text's, not the model's. */
#include "tests/model/fixture.h"

static void only_answers(struct scene *s)
{
	permits_silence(s, state_seen(&s->t));
	permits_nothing_else(s);
	for (unsigned i = 0; i < s->out.count; i++) {
		assert_int_equal(s->out.reaction[i].next.signals & ~(unsigned)SIGNAL_CLOSED, 0);
		assert_false(s->out.reaction[i].has_due);
		assert_false(s->out.reaction[i].next.fin_queued);
	}
}

/* The TCB is deleted without a segment, and nothing comes of it later. */
static void only_deletes(struct scene *s)
{
	const struct reaction *r = permits_silence(s, CLOSED);

	permits_nothing_else(s);
	assert_int_equal(model_next_residue(&s->m, &r->next), UINT64_MAX);
	assert_int_equal(model_next_owed(&r->next), UINT64_MAX);
	follow(s, r);
}

/* "error: connection does not exist". */
static void S3_10_4_CLOSED_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, CLOSED, p); p++) {
		calls(&s, CALL_CLOSE, 0);
		only_answers(&s);
		calls(&s, CALL_ABORT, 0);
		only_answers(&s);
	}
}

/* "Delete TCB, enter CLOSED state, and return": a later SYN meets no listener. */
static void S3_10_4_LISTEN_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, LISTEN, p); p++) {
		calls(&s, CALL_CLOSE, 0);
		only_deletes(&s);
		arrives(&s, 300, 0, CTL_SYN, 0);
		permits_reset_from_zero(&s, 301, CLOSED);
		permits_nothing_else(&s);
	}
}

/* "Delete the TCB": neither FIN nor RST; a SYN,ACK that comes later draws <SEQ=SEG.ACK><CTL=RST>. */
static void S3_10_4_SYNSENT_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_SENT, p); p++) {
		calls(&s, CALL_CLOSE, 0);
		only_deletes(&s);
		arrives(&s, 300, 101, CTL_SYN | CTL_ACK, 0);
		permits_reset_at(&s, 101, CLOSED);
		permits_nothing_else(&s);
	}
}

/* "If no SENDs have been issued and there is no pending data to send, then form a FIN segment and send it, and enter FIN-WAIT-1 state". */
static void S3_10_4_SYNRCVD_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_RECEIVED, p); p++) {
		calls(&s, CALL_CLOSE, 0);
		permits_reply(&s, 101, 301, CTL_FIN | CTL_ACK, FIN_WAIT_1);
		permits_nothing_else(&s);
		snd_nxt_is(&s, 102);
		snd_una_is(&s, 100);
		/* FIN-WAIT-1 then: an ACK of SYN and FIN leads to FIN-WAIT-2, one of the SYN alone to nowhere. */
		follow(&s, &s.out.reaction[0]);
		arrives(&s, 301, 101, CTL_ACK, 0);
		permits_silence(&s, FIN_WAIT_1);
		permits_nothing_else(&s);
		arrives(&s, 301, 102, CTL_ACK, 0);
		permits_silence(&s, FIN_WAIT_2);
		permits_nothing_else(&s);
	}
}

/* "otherwise, queue for processing after entering ESTABLISHED state": text and FIN follow the handshake's ACK. Figure 5 draws the state's
 * change at the call: left open. */
static void S3_10_4_SYNRCVD_2(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_RECEIVED, p); p++) {
		s.t.queued = 10;
		calls(&s, CALL_CLOSE, 0);
		const struct reaction *r = permits_silence(&s, SYN_RECEIVED);
		leaves_open_silence(&s, FIN_WAIT_1);
		permits_nothing_else(&s);
		follow(&s, r);
		arrives(&s, 301, 101, CTL_ACK, 0);
		follow(&s, sends_up_to(&s, 112, FIN_WAIT_1));
		assert_int_equal(sends(&s, 101, 301, CTL_FIN | CTL_ACK, 10), UNASKED_TEXT);
		assert_int_equal(s.t.snd_nxt, s.target + 112);
	}
}

/* "Queue this until all preceding SENDs have been segmentized, then form a FIN segment and send it. In any case, enter FIN-WAIT-1 state." 10
 * octets are queued and the window is 4. */
static void S3_10_4_EST_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, ESTABLISHED, p); p++) {
		s.t.queued = 10;
		s.t.snd_wnd = s.t.max_snd_wnd = 4;
		calls(&s, CALL_CLOSE, 0);
		for (unsigned i = 0; i < s.out.count; i++) {
			assert_int_equal(s.out.reaction[i].next.state, FIN_WAIT_1);
			assert_int_equal(s.out.reaction[i].now_count, 0);
		}
		follow(&s, &s.out.reaction[0]);
		assert_int_equal(sends(&s, 101, 301, CTL_FIN | CTL_ACK, 0), UNASKED_FORBIDDEN);
		assert_int_equal(sends(&s, 101, 301, CTL_FIN | CTL_ACK, 4), UNASKED_FORBIDDEN);
		assert_int_equal(sends(&s, 101, 301, CTL_ACK, 4), UNASKED_TEXT);
		arrives(&s, 301, 105, CTL_ACK, 0);
		follow(&s, sends_up_to(&s, 112, FIN_WAIT_1));
		assert_int_equal(sends(&s, 105, 301, CTL_FIN | CTL_ACK, 5), UNASKED_FORBIDDEN);
		assert_int_equal(sends(&s, 105, 301, CTL_FIN | CTL_PSH | CTL_ACK, 6), UNASKED_TEXT);
		assert_int_equal(s.t.snd_nxt, s.target + 112);
		assert_true(s.t.fin_sent);
	}
}

/* Nothing queued: <SEQ=SND.NXT><ACK=RCV.NXT><CTL=FIN,ACK> at once, once, and again when its RTO has passed. */
static void S3_10_4_EST_2(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, ESTABLISHED, p); p++) {
		calls(&s, CALL_CLOSE, 0);
		for (unsigned i = 0; i < s.out.count; i++)
			assert_int_equal(s.out.reaction[i].next.state, FIN_WAIT_1);
		follow(&s, sends_up_to(&s, 102, FIN_WAIT_1));
		assert_int_equal(sends(&s, 102, 301, CTL_FIN | CTL_ACK, 0), UNASKED_FORBIDDEN);
		assert_int_equal(sends(&s, 101, 301, CTL_FIN, 0), UNASKED_FORBIDDEN);
		assert_int_equal(sends(&s, 101, 301, CTL_FIN | CTL_ACK, 0), UNASKED_TEXT);
		assert_int_equal(s.t.snd_nxt, s.target + 102);
		assert_int_equal(sends(&s, 101, 301, CTL_FIN | CTL_ACK, 0), UNASKED_FORBIDDEN);
		assert_int_equal(would_send(&s, 3000000, 101, 301, CTL_FIN | CTL_ACK, 0, NULL), UNASKED_RETRANSMISSION);
		assert_int_equal(would_send(&s, 3000000, 102, 301, CTL_FIN | CTL_ACK, 0, NULL), UNASKED_FORBIDDEN);
	}
}

/* "An 'ok' response would be acceptable, too, as long as a second FIN is not emitted (the first FIN may be retransmitted, though)." */
static void S3_10_4_FW_1(void **unused)
{
	static const enum state states[] = {FIN_WAIT_1, FIN_WAIT_2};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 2; i++)
		for (unsigned p = 0; scene_in(&s, states[i], p); p++) {
			calls(&s, CALL_CLOSE, 0);
			only_answers(&s);
			snd_nxt_is(&s, 102);
			follow(&s, &s.out.reaction[0]);
			assert_int_equal(would_send(&s, 3000000, 102, 301, CTL_FIN | CTL_ACK, 0, NULL), UNASKED_FORBIDDEN);
			assert_int_equal(would_send(&s, 3000000, 101, 301, CTL_FIN | CTL_ACK, 0, NULL), i == 0 ? UNASKED_RETRANSMISSION : UNASKED_FORBIDDEN);
		}
}

/* "then send a FIN segment, enter LAST-ACK state" (RFC 1122 4.2.2.20 (a) corrects RFC 793's CLOSING). */
static void S3_10_4_CW_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, CLOSE_WAIT, p); p++)
		for (uint32_t queued = 0; queued <= 10; queued += 10) {
			assert_true(scene_in(&s, CLOSE_WAIT, p));
			s.t.queued = queued;
			calls(&s, CALL_CLOSE, 0);
			for (unsigned i = 0; i < s.out.count; i++)
				assert_int_equal(s.out.reaction[i].next.state, LAST_ACK);
			follow(&s, sends_up_to(&s, 102 + queued, LAST_ACK));
			assert_int_equal(sends(&s, 101, 302, CTL_FIN | CTL_ACK, queued), UNASKED_TEXT);
			assert_int_equal(s.t.snd_nxt, s.target + 102 + queued);
			arrives(&s, 302, 102 + queued, CTL_ACK, 0);
			permits_silence(&s, CLOSED);
			permits_nothing_else(&s);
		}
}

static const enum state both_closed[] = {CLOSING, LAST_ACK, TIME_WAIT};

/* "Respond with 'error: connection closing'." */
static void S3_10_4_CLOSING_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 3; i++)
		for (unsigned p = 0; scene_in(&s, both_closed[i], p); p++) {
			calls(&s, CALL_CLOSE, 0);
			only_answers(&s);
			snd_nxt_is(&s, 102);
		}
}

/* ABORT in LISTEN: "Delete TCB, enter CLOSED state, and return." */
static void S3_10_5_LISTEN_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, LISTEN, p); p++) {
		calls(&s, CALL_ABORT, 0);
		only_deletes(&s);
		arrives(&s, 300, 0, CTL_SYN, 0);
		permits_reset_from_zero(&s, 301, CLOSED);
	}
}

static void S3_10_5_SYNSENT_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_SENT, p); p++) {
		calls(&s, CALL_ABORT, 0);
		only_deletes(&s);
	}
}

/* "Send a reset segment: <SEQ=SND.NXT><CTL=RST> ... all segments queued for transmission ... or retransmission should be flushed. Delete the
 * TCB". An ACK field of RCV.NXT beside it is not excluded. 10 octets are unacknowledged, so that SND.UNA is not SND.NXT. */
static void S3_10_5_EST_1(void **unused)
{
	static const enum state states[] = {SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 5; i++)
		for (unsigned p = 0; scene_in(&s, states[i], p); p++) {
			if (s.t.state == ESTABLISHED || s.t.state == CLOSE_WAIT) {
				has_outstanding(&s, 10);
				s.t.queued = 5;
			}
			calls(&s, CALL_ABORT, 0);
			const struct reaction *r = permits_reply(&s, s.nxt, 0, CTL_RST, CLOSED);
			leaves_open_reply(&s, s.nxt, s.rcv, CTL_RST | CTL_ACK, CLOSED);
			permits_nothing_else(&s);
			assert_int_equal(r->next.queued, 0);
			assert_int_equal(model_next_residue(&s.m, &r->next), UINT64_MAX);
			follow(&s, r);
			arrives(&s, s.rcv, s.nxt, CTL_ACK, 0);
			permits_reset_at(&s, s.nxt, CLOSED);
			permits_nothing_else(&s);
		}
}

/* "Respond with 'ok' and delete the TCB, enter CLOSED state, and return": no RST. */
static void S3_10_5_CLOSING_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 3; i++)
		for (unsigned p = 0; scene_in(&s, both_closed[i], p); p++) {
			calls(&s, CALL_ABORT, 0);
			only_deletes(&s);
		}
}

/* RFC 5681 3.1: one segment may be all that cwnd admits. Where that much is in flight the FIN may wait, else it is due. */
static void fin_may_wait_for_a_whole_segment(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, ESTABLISHED, p); p++) {
		s.t.snd_mss = 536;
		has_outstanding(&s, 535);
		calls(&s, CALL_CLOSE, 0);
		sends_up_to(&s, 637, FIN_WAIT_1);
		has_outstanding(&s, 1);
		calls(&s, CALL_CLOSE, 0);
		assert_false(s.out.reaction[0].has_due);
		assert_int_equal(s.out.reaction[0].next.state, FIN_WAIT_1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(S3_10_4_CLOSED_1),
	    cmocka_unit_test(S3_10_4_LISTEN_1),
	    cmocka_unit_test(S3_10_4_SYNSENT_1),
	    cmocka_unit_test(S3_10_4_SYNRCVD_1),
	    cmocka_unit_test(S3_10_4_SYNRCVD_2),
	    cmocka_unit_test(S3_10_4_EST_1),
	    cmocka_unit_test(S3_10_4_EST_2),
	    cmocka_unit_test(S3_10_4_FW_1),
	    cmocka_unit_test(S3_10_4_CW_1),
	    cmocka_unit_test(S3_10_4_CLOSING_1),
	    cmocka_unit_test(S3_10_5_LISTEN_1),
	    cmocka_unit_test(S3_10_5_SYNSENT_1),
	    cmocka_unit_test(S3_10_5_EST_1),
	    cmocka_unit_test(S3_10_5_CLOSING_1),
	    cmocka_unit_test(fin_may_wait_for_a_whole_segment),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("RFC 9293 3.10.4 and 3.10.5, CLOSE and ABORT", tests, NULL, NULL);
}
