/* RFC 9293 3.10.7.4, fifth check: the ACK field. Expectations are the text's, not the model's. */
#include "tests/model/fixture.h"

static void only_silence(struct scene *s, enum state next)
{
	permits_silence(s, next);
	permits_nothing_else(s);
	user_is_not_told(s);
}

static void only_acknowledges(struct scene *s)
{
	permits_reply(s, s->nxt, s->rcv, CTL_ACK, s->t.state);
	permits_nothing_else(s);
	snd_una_is(s, s->una);
	rcv_nxt_is(s, s->rcv);
	unread_is(s, s->t.unread);
}

/* "if the ACK bit is off, drop the segment and return". */
static void S3_10_7_4_ACK_1(void **unused)
{
	static const uint16_t ctls[] = {0, CTL_FIN, CTL_PSH, CTL_URG, CTL_FIN | CTL_PSH};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i <= SYNCHRONIZED; i++)
		for (unsigned p = 0; scene_in(&s, i < SYNCHRONIZED ? synchronized[i] : SYN_RECEIVED, p); p++)
			for (unsigned j = 0; j < 10; j++) {
				arrives(&s, s.rcv, 0, ctls[j / 2], j % 2 ? 10 : 0);
				only_silence(&s, s.t.state);
				rcv_nxt_is(&s, s.rcv);
				unread_is(&s, 0);
			}
}

/* "If SND.UNA < SEG.ACK =< SND.NXT, then enter ESTABLISHED state and continue processing with ... SND.WND <- SEG.WND, SND.WL1 <- SEG.SEQ,
 * SND.WL2 <- SEG.ACK". */
static void S3_10_7_4_ACK_2(void **unused)
{
	struct scene s;

	(void)unused;
	for (int passive = 0; passive < 2; passive++)
		for (unsigned p = 0; scene_in(&s, SYN_RECEIVED, p); p++) {
			struct segment g = said(&s, 301, 101, CTL_ACK, 0);
			if (passive)
				from_listen(&s);
			g.wnd = 4000;
			arrives_as(&s, &g);
			const struct reaction *r = permits_silence(&s, ESTABLISHED);
			permits_nothing_else(&s);
			snd_una_is(&s, 101);
			snd_wnd_is(&s, 4000);
			assert_int_equal(r->next.snd_wl1, s.tester + 301);
			assert_int_equal(r->next.snd_wl2, s.target + 101);
		}
}

/* "If the segment acknowledgment is not acceptable, form a reset segment <SEQ=SEG.ACK><CTL=RST> and send it": SND.UNA=ISS is not
 * acceptable. With MAY-12 a SEG.ACK beyond SND.NXT is "discarded and an ACK sent back" before that; 3.5.2 (2), for states that are not
 * synchronized, knows only the reset: both stand there. */
static void S3_10_7_4_ACK_3(void **unused)
{
	static const uint32_t acks[] = {100, 99, 102, 1000101};
	struct scene s;

	(void)unused;
	for (int range = 0; range < 2; range++)
		for (unsigned p = 0; scene_in(&s, SYN_RECEIVED, p); p++)
			for (unsigned j = 0; j < 8; j++) {
				s.m.choices.rfc5961_ack = range;
				arrives(&s, 301, acks[j / 2], CTL_ACK, j % 2 ? 10 : 0);
				if (range && j / 2 >= 2) {
					permits_reply(&s, 101, 301, CTL_ACK, SYN_RECEIVED);
					leaves_open_reply(&s, acks[j / 2], 0, CTL_RST, SYN_RECEIVED);
				} else {
					permits_reset_at(&s, acks[j / 2], SYN_RECEIVED);
				}
				permits_nothing_else(&s);
				snd_una_is(&s, 100);
				rcv_nxt_is(&s, 301);
				unread_is(&s, 0);
				follow(&s, &s.out.reaction[0]);
				arrives(&s, 301, 101, CTL_ACK, 0);
				only_silence(&s, ESTABLISHED);
				assert_true(scene_in(&s, SYN_RECEIVED, p));
			}
}

/* "enter ESTABLISHED state and continue processing": URG, text and FIN of the same segment count. */
static void S3_10_7_4_ACK_4(void **unused)
{
	struct scene s;

	(void)unused;
	for (int passive = 0; passive < 2; passive++)
		for (unsigned p = 0; scene_in(&s, SYN_RECEIVED, p); p++) {
			if (passive)
				from_listen(&s);
			arrives(&s, 301, 101, CTL_PSH | CTL_ACK, 10);
			permits_reply(&s, 101, 311, CTL_ACK, ESTABLISHED);
			permits_owed_ack(&s, 311, ESTABLISHED);
			permits_nothing_else(&s);
			snd_una_is(&s, 101);
			unread_is(&s, 10);
		}
}

/* "If SND.UNA < SEG.ACK =< SND.NXT, then set SND.UNA <- SEG.ACK. Any segments on the retransmission queue that are thereby entirely
 * acknowledged are removed." In FIN-WAIT-2 everything is acknowledged: there is no such SEG.ACK. */
static void S3_10_7_4_ACK_5(void **unused)
{
	static const enum state states[] = {ESTABLISHED, CLOSE_WAIT};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 2; i++)
		for (unsigned p = 0; scene_in(&s, states[i], p); p++) {
			has_outstanding(&s, 10);
			arrives(&s, s.rcv, 105, CTL_ACK, 0);
			const struct reaction *r = permits_silence(&s, states[i]);
			permits_nothing_else(&s);
			snd_una_is(&s, 105);
			snd_nxt_is(&s, 111);
			follow(&s, r);
			assert_int_equal(would_send(&s, 3000000, 105, s.rcv, CTL_ACK, 6, NULL), UNASKED_RETRANSMISSION);
			assert_int_equal(would_send(&s, 3000000, 101, s.rcv, CTL_ACK, 4, NULL), UNASKED_FORBIDDEN);
			arrives(&s, s.rcv, 111, CTL_ACK, 0);
			r = permits_silence(&s, states[i]);
			permits_nothing_else(&s);
			snd_una_is(&s, 111);
			follow(&s, r);
			assert_int_equal(would_send(&s, 3000000, 105, s.rcv, CTL_ACK, 6, NULL), UNASKED_FORBIDDEN);
		}
}

/* "If the ACK is a duplicate (SEG.ACK =< SND.UNA), it can be ignored." How far back does not matter without MAY-12. */
static void S3_10_7_4_ACK_6(void **unused)
{
	static const enum state states[] = {ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 4; i++)
		for (unsigned p = 0; scene_in(&s, states[i], p); p++) {
			static const uint32_t back[] = {0, 1, 50, 70000, 2000000000};
			for (unsigned j = 0; j < 5; j++) {
				arrives(&s, s.rcv, s.una - back[j], CTL_ACK, 0);
				only_silence(&s, s.t.state);
				snd_una_is(&s, s.una);
			}
		}
}

/* MAY-12: "acceptable only if it is in the range of ((SND.UNA - MAX.SND.WND) =< SEG.ACK =< SND.NXT). All incoming segments whose ACK value
 * doesn't satisfy the above condition MUST be discarded and an ACK sent back." MAX.SND.WND is 65535. */
static void ack_beyond_the_range_of_may_12_draws_ack(void **unused)
{
	static const enum state states[] = {ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 4; i++)
		for (unsigned p = 0; scene_in(&s, states[i], p); p++) {
			s.m.choices.rfc5961_ack = true;
			arrives(&s, s.rcv, s.una - 65535, CTL_ACK, 0);
			only_silence(&s, s.t.state);
			arrives(&s, s.rcv, s.una - 65536, CTL_ACK, 0);
			only_acknowledges(&s);
			arrives(&s, s.rcv, s.una - 65536, CTL_PSH | CTL_ACK, 10);
			only_acknowledges(&s);
			arrives(&s, s.rcv, s.nxt + 1, CTL_ACK, 0);
			only_acknowledges(&s);
		}
}

/* "If the ACK acks something not yet sent (SEG.ACK > SND.NXT), then send an ACK, drop the segment, and return." */
static void S3_10_7_4_ACK_7(void **unused)
{
	static const enum state states[] = {ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT, CLOSING};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 5; i++)
		for (unsigned p = 0; scene_in(&s, states[i], p); p++)
			for (uint32_t ahead = 1; ahead <= 100001; ahead += 100000) {
				arrives(&s, s.rcv, s.nxt + ahead, CTL_ACK, 0);
				only_acknowledges(&s);
				arrives(&s, s.rcv, s.nxt + ahead, CTL_PSH | CTL_ACK, 10);
				only_acknowledges(&s);
				arrives(&s, s.rcv, s.nxt + ahead, CTL_FIN | CTL_ACK, 0);
				only_acknowledges(&s);
			}
}

/* A duplicate acknowledgment is ignored, the segment is not: its text is taken. Within MAX.SND.WND, so MAY-12 changes nothing. */
static void S3_10_7_4_ACK_8(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < RECEIVING; i++)
		for (unsigned p = 0; scene_in(&s, synchronized[i], p); p++)
			for (int range = 0; range < 2; range++) {
				s.m.choices.rfc5961_ack = range;
				arrives(&s, 301, s.una - 1, CTL_ACK, 10);
				permits_reply(&s, s.nxt, 311, CTL_ACK, s.t.state);
				permits_owed_ack(&s, 311, s.t.state);
				permits_nothing_else(&s);
				snd_una_is(&s, s.una);
				unread_is(&s, 10);
			}
}

/* "If SND.UNA =< SEG.ACK =< SND.NXT, the send window should be updated. If (SND.WL1 < SEG.SEQ or (SND.WL1 = SEG.SEQ and SND.WL2 =< SEG.ACK)),
 * set SND.WND <- SEG.WND": also when SEG.ACK = SND.UNA (RFC 1122 4.2.2.20 (g)). */
static void S3_10_7_4_ACK_9(void **unused)
{
	static const enum state states[] = {ESTABLISHED, CLOSE_WAIT};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 2; i++)
		for (unsigned p = 0; scene_in(&s, states[i], p); p++)
			for (uint32_t back = 0; back <= 10; back += 10) {
				struct segment g = said(&s, s.rcv, 101, CTL_ACK, 0);
				g.wnd = 1000;
				s.t.snd_wl1 = s.tester + s.rcv - back;
				s.t.snd_wl2 = s.target + 101;
				arrives_as(&s, &g);
				const struct reaction *r = permits_silence(&s, states[i]);
				permits_nothing_else(&s);
				snd_wnd_is(&s, 1000);
				assert_int_equal(r->next.snd_wl1, s.tester + s.rcv);
				assert_int_equal(r->next.max_snd_wnd, WINDOW);
			}
}

/* "The check here prevents using old segments to update the window." A segment beyond a gap (SND.WL1=321) has set the window before; or
 * the same SEQ came with a newer ACK (SND.WL2=111). */
static void S3_10_7_4_ACK_10(void **unused)
{
	static const enum state states[] = {ESTABLISHED, CLOSE_WAIT};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 2; i++)
		for (unsigned p = 0; scene_in(&s, states[i], p); p++) {
			struct segment g = said(&s, s.rcv, 101, CTL_ACK, 0);
			g.wnd = 1000;
			s.t.snd_wl1 = s.tester + s.rcv + 20;
			arrives_as(&s, &g);
			only_silence(&s, states[i]);
			snd_wnd_is(&s, WINDOW);
			s.t.snd_wl1 = s.tester + s.rcv;
			has_sent(&s, 10);
			g.ack = s.target + 105;
			arrives_as(&s, &g);
			only_silence(&s, states[i]);
			snd_wnd_is(&s, WINDOW);
		}
}

/* FIN-WAIT-1: "if the FIN segment is now acknowledged, then enter FIN-WAIT-2". The FIN is 101. */
static void S3_10_7_4_ACK_11(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, FIN_WAIT_1, p); p++) {
		arrives(&s, 301, 102, CTL_ACK, 0);
		const struct reaction *r = permits_silence(&s, FIN_WAIT_2);
		permits_nothing_else(&s);
		snd_una_is(&s, 102);
		user_is_not_told(&s);
		follow(&s, r);
		assert_int_equal(would_send(&s, 3000000, 101, 301, CTL_FIN | CTL_ACK, 0, NULL), UNASKED_FORBIDDEN);
	}
}

/* Octets 101 to 110, then the FIN, 111: an acknowledgment of the octets is none of the FIN, which is sent again. */
static void S3_10_7_4_ACK_12(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, FIN_WAIT_1, p); p++) {
		has_outstanding(&s, 10);
		arrives(&s, 301, 111, CTL_ACK, 0);
		const struct reaction *r = permits_silence(&s, FIN_WAIT_1);
		permits_nothing_else(&s);
		snd_una_is(&s, 111);
		follow(&s, r);
		assert_int_equal(would_send(&s, 3000000, 111, 301, CTL_FIN | CTL_ACK, 0, NULL), UNASKED_RETRANSMISSION);
		assert_int_equal(would_send(&s, 3000000, 101, 301, CTL_ACK, 10, NULL), UNASKED_FORBIDDEN);
		arrives(&s, 301, 112, CTL_ACK, 0);
		only_silence(&s, FIN_WAIT_2);
	}
}

/* FIN-WAIT-2: "the user's CLOSE can be acknowledged ('ok') but do not delete the TCB". */
static void S3_10_7_4_ACK_13(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, FIN_WAIT_2, p); p++) {
		arrives(&s, 301, 102, CTL_ACK, 0);
		only_silence(&s, FIN_WAIT_2);
	}
}

/* CLOSING: "if the ACK acknowledges our FIN, then enter the TIME-WAIT state". */
static void S3_10_7_4_ACK_14(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, CLOSING, p); p++) {
		s.now += 5000;
		arrives(&s, 302, 102, CTL_ACK, 0);
		const struct reaction *r = permits_silence(&s, TIME_WAIT);
		permits_nothing_else(&s);
		snd_una_is(&s, 102);
		assert_int_equal(r->next.time_wait_from, START_US + 5000);
	}
}

/* "otherwise, ignore the segment". */
static void S3_10_7_4_ACK_15(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, CLOSING, p); p++)
		for (uint32_t ack = 95; ack <= 101; ack += 6) {
			arrives(&s, 302, ack, CTL_ACK, 0);
			only_silence(&s, CLOSING);
			snd_una_is(&s, 101);
		}
}

/* LAST-ACK: "If our FIN is now acknowledged, delete the TCB, enter the CLOSED state, and return." */
static void S3_10_7_4_ACK_16(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, LAST_ACK, p); p++) {
		arrives(&s, 302, 101, CTL_ACK, 0);
		only_silence(&s, LAST_ACK);
		arrives(&s, 302, 102, CTL_ACK, 0);
		const struct reaction *r = permits_silence(&s, CLOSED);
		permits_nothing_else(&s);
		follow(&s, r);
		arrives(&s, 302, 102, CTL_ACK, 0);
		permits_reset_at(&s, 102, CLOSED);
		permits_nothing_else(&s);
	}
}

/* TIME-WAIT: "a retransmission of the remote FIN. Acknowledge it, and restart the 2 MSL timeout." Its number is old, so by the first check
 * it is acknowledged and dropped before that; by the fifth and eighth it restarts the timeout. Both stand. */
static void S3_10_7_4_ACK_17(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, TIME_WAIT, p); p++) {
		bool restarted = false;
		s.now += 7000;
		arrives(&s, 301, 102, CTL_FIN | CTL_ACK, 0);
		permits_reply(&s, 102, 302, CTL_ACK, TIME_WAIT);
		tolerates_silence(&s, TIME_WAIT);
		permits_nothing_else(&s);
		for (unsigned i = 0; i < s.out.count; i++)
			restarted = restarted || s.out.reaction[i].next.time_wait_from == START_US + 7000;
		assert_true(restarted);
		rcv_nxt_is(&s, 302);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(S3_10_7_4_ACK_1),
	    cmocka_unit_test(S3_10_7_4_ACK_2),
	    cmocka_unit_test(S3_10_7_4_ACK_3),
	    cmocka_unit_test(S3_10_7_4_ACK_4),
	    cmocka_unit_test(S3_10_7_4_ACK_5),
	    cmocka_unit_test(S3_10_7_4_ACK_6),
	    cmocka_unit_test(ack_beyond_the_range_of_may_12_draws_ack),
	    cmocka_unit_test(S3_10_7_4_ACK_7),
	    cmocka_unit_test(S3_10_7_4_ACK_8),
	    cmocka_unit_test(S3_10_7_4_ACK_9),
	    cmocka_unit_test(S3_10_7_4_ACK_10),
	    cmocka_unit_test(S3_10_7_4_ACK_11),
	    cmocka_unit_test(S3_10_7_4_ACK_12),
	    cmocka_unit_test(S3_10_7_4_ACK_13),
	    cmocka_unit_test(S3_10_7_4_ACK_14),
	    cmocka_unit_test(S3_10_7_4_ACK_15),
	    cmocka_unit_test(S3_10_7_4_ACK_16),
	    cmocka_unit_test(S3_10_7_4_ACK_17),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("RFC 9293 3.10.7.4, fifth check: ACK", tests, NULL, NULL);
}
