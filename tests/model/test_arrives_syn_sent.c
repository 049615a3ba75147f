/* RFC 9293 3.10.7.3, segments that meet SYN-SENT, check by check. Expectations are the text's, not the model's. ISS=100, so SND.UNA=100
 * and SND.NXT=101. */
#include "tests/model/fixture.h"

/* First: "If SEG.ACK =< ISS or SEG.ACK > SND.NXT, send a reset (unless the RST bit is set ...) <SEQ=SEG.ACK><CTL=RST>". */
static void bad_ack_draws_reset(const uint32_t *acks, unsigned count)
{
	static const uint16_t ctls[] = {CTL_ACK, CTL_SYN | CTL_ACK, CTL_FIN | CTL_ACK, CTL_PSH | CTL_ACK, CTL_SYN | CTL_FIN | CTL_ACK};
	struct scene s;

	for (unsigned p = 0; scene_in(&s, SYN_SENT, p); p++)
		for (unsigned i = 0; i < 5; i++)
			for (unsigned j = 0; j < count; j++) {
				arrives(&s, 300, acks[j], ctls[i], i == 3 ? 10 : 0);
				permits_reset_at(&s, acks[j], SYN_SENT);
				permits_nothing_else(&s);
				user_is_not_told(&s);
				/* The open is still pending: its SYN is unacknowledged. */
				snd_una_is(&s, 100);
				snd_nxt_is(&s, 101);
				for (unsigned k = 0; k < s.out.count; k++)
					assert_false(s.out.reaction[k].next.irs_known);
			}
}

static void S3_10_7_3_ACK_1(void **unused)
{
	static const uint32_t acks[] = {100, 99, 100u - 1000000, 100u - 0x7fffffffu};

	(void)unused;
	bad_ack_draws_reset(acks, 4);
}

static void S3_10_7_3_ACK_2(void **unused)
{
	static const uint32_t acks[] = {102, 103, 1000101, 100 + 0x7fffffffu};

	(void)unused;
	bad_ack_draws_reset(acks, 4);
}

/* First: "(unless the RST bit is set, if so drop the segment and return)". */
static void S3_10_7_3_ACK_3(void **unused)
{
	static const uint32_t acks[] = {100, 99, 102, 1000101};
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_SENT, p); p++)
		for (unsigned j = 0; j < 4; j++) {
			arrives(&s, 300, acks[j], CTL_RST | CTL_ACK, 0);
			permits_silence(&s, SYN_SENT);
			permits_nothing_else(&s);
			user_is_not_told(&s);
			arrives(&s, 300, acks[j], CTL_RST | CTL_SYN | CTL_ACK, 0);
			permits_silence(&s, SYN_SENT);
			permits_nothing_else(&s);
		}
}

/* "If SND.UNA < SEG.ACK =< SND.NXT, then the ACK is acceptable ... the check SEG.ACK == SND.NXT ... is not appropriate": 10 octets went with
 * the SYN (SND.NXT=111), and the peer acknowledges the SYN alone. */
static void S3_10_7_3_ACK_4(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_SENT, p); p++) {
		s.m.choices.fastopen = true;
		has_outstanding(&s, 10);
		arrives(&s, 300, 101, CTL_SYN | CTL_ACK, 0);
		permits_reply(&s, 111, 301, CTL_ACK, ESTABLISHED);
		permits_nothing_else(&s);
		snd_una_is(&s, 101);
		snd_nxt_is(&s, 111);
		arrives(&s, 300, 111, CTL_SYN | CTL_ACK, 0);
		permits_reply(&s, 111, 301, CTL_ACK, ESTABLISHED);
		permits_nothing_else(&s);
		snd_una_is(&s, 111);
		arrives(&s, 300, 112, CTL_SYN | CTL_ACK, 0);
		permits_reset_at(&s, 112, SYN_SENT);
		permits_nothing_else(&s);
	}
}

/* Second: "If the ACK was acceptable, then signal to the user 'error: connection reset', drop the segment, enter CLOSED state". */
static void S3_10_7_3_RST_1(void **unused)
{
	static const uint32_t seqs[] = {0, 300, 5000000};
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_SENT, p); p++)
		for (unsigned i = 0; i < 3; i++) {
			s.m.choices.rfc5961_rst = false;
			arrives(&s, seqs[i], 101, CTL_RST | CTL_ACK, 0);
			permits_silence(&s, CLOSED);
			permits_nothing_else(&s);
			user_may_be_told(&s, SIGNAL_RESET | SIGNAL_REFUSED);
		}
}

/* "Otherwise (no ACK), drop the segment and return." */
static void S3_10_7_3_RST_2(void **unused)
{
	static const uint32_t seqs[] = {0, 300, 301, 5000000};
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_SENT, p); p++)
		for (unsigned i = 0; i < 4; i++)
			for (int mitigated = 0; mitigated < 2; mitigated++) {
				s.m.choices.rfc5961_rst = mitigated;
				arrives(&s, seqs[i], 0, CTL_RST, 0);
				permits_silence(&s, SYN_SENT);
				permits_nothing_else(&s);
				user_is_not_told(&s);
			}
}

/* "A TCP implementation that supports the mitigation described in RFC 5961 SHOULD first check that the sequence number exactly matches
 * RCV.NXT": which has no value yet. A RST that answers a SYN has SEQ=0 (3.10.7.1) and ends the open; with another SEQ both stand. */
static void S3_10_7_3_RST_3(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_SENT, p); p++) {
		const uint32_t zero = 0u - s.tester;
		arrives(&s, zero, 101, CTL_RST | CTL_ACK, 0);
		assert_int_equal(s.stimulus.seq, 0);
		permits_silence(&s, CLOSED);
		permits_nothing_else(&s);
		user_may_be_told(&s, SIGNAL_RESET | SIGNAL_REFUSED);
		arrives(&s, zero + 5000, 101, CTL_RST | CTL_ACK, 0);
		permits_silence(&s, CLOSED);
		permits_silence(&s, SYN_SENT);
		permits_nothing_else(&s);
	}
}

/* Fourth: "RCV.NXT is set to SEG.SEQ+1, IRS is set to SEG.SEQ. SND.UNA should be advanced to equal SEG.ACK ... change the connection state to
 * ESTABLISHED, form an ACK segment <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> and send it. Data or controls that were queued for transmission MAY
 * be included." */
static void S3_10_7_3_SYN_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_SENT, p); p++) {
		struct segment g = said(&s, 300, 101, CTL_SYN | CTL_ACK, 0);
		g.wnd = 5000;
		arrives_as(&s, &g);
		const struct reaction *r = permits_reply(&s, 101, 301, CTL_ACK, ESTABLISHED);
		permits_nothing_else(&s);
		snd_una_is(&s, 101);
		snd_nxt_is(&s, 101);
		rcv_nxt_is(&s, 301);
		snd_wnd_is(&s, 5000); /* RFC 1122 4.2.2.20 (c): ESTABLISHED sets SND.WND, SND.WL1, SND.WL2 */
		assert_int_equal(r->next.irs, s.tester + 300);
		s.t.queued = 10;
		arrives(&s, 300, 101, CTL_SYN | CTL_ACK, 0);
		permits_reply(&s, 101, 301, CTL_ACK, ESTABLISHED);
		permits_reply_with_text(&s, 101, 301, 10, ESTABLISHED);
		permits_nothing_else(&s);
		const struct answer more = {.kind = SEGMENT, .ctl = CTL_ACK, .seq = s.target + 101, .ack = s.tester + 301, .text = 11, .next = ESTABLISHED};
		answer_refuse(&s, &more);
	}
}

/* "Some TCP implementations suppress sending this segment when the received segment contains data that will anyways generate an
 * acknowledgment ... If there are other controls or text in the segment, then continue processing at the sixth step": URG, text, FIN. */
static void S3_10_7_3_SYN_2(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_SENT, p); p++) {
		arrives(&s, 300, 101, CTL_SYN | CTL_ACK, 10);
		permits_reply(&s, 101, 311, CTL_ACK, ESTABLISHED);
		permits_reply(&s, 101, 301, CTL_ACK, ESTABLISHED); /* and the text's own ACK later, or at once */
		leaves_open_owed_ack(&s, 311, ESTABLISHED);
		s.several = true;
		permits_nothing_else(&s);
		snd_una_is(&s, 101);
		arrives(&s, 300, 101, CTL_SYN | CTL_FIN | CTL_ACK, 0);
		permits_reply(&s, 101, 302, CTL_ACK, CLOSE_WAIT);
		permits_reply(&s, 101, 301, CTL_ACK, CLOSE_WAIT);
		leaves_open_owed_ack(&s, 302, CLOSE_WAIT);
		s.several = true;
		permits_nothing_else(&s);
		rcv_nxt_is(&s, 302);
		user_is_told(&s, SIGNAL_EOF | SIGNAL_CLOSED);
	}
}

/* "Otherwise, enter SYN-RECEIVED, form a SYN,ACK segment <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK> and send it": the ISS of before, no new one. */
static void S3_10_7_3_SYN_3(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_SENT, p); p++) {
		arrives(&s, 300, 0, CTL_SYN, 0);
		const struct reaction *r = permits_reply(&s, 100, 301, CTL_SYN | CTL_ACK, SYN_RECEIVED);
		permits_nothing_else(&s);
		assert_false(r->next.passive);
		snd_una_is(&s, 100);
		snd_nxt_is(&s, 101);
		rcv_nxt_is(&s, 301);
		user_is_not_told(&s);
	}
}

/* "Set the variables: SND.WND <- SEG.WND, SND.WL1 <- SEG.SEQ": then the ACK of 3.10.7.4 sets them anew. */
static void S3_10_7_3_SYN_4(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_SENT, p); p++) {
		struct segment g = said(&s, 300, 0, CTL_SYN, 0);
		g.wnd = 5000;
		arrives_as(&s, &g);
		const struct reaction *r = permits_reply(&s, 100, 301, CTL_SYN | CTL_ACK, SYN_RECEIVED);
		snd_wnd_is(&s, 5000);
		assert_int_equal(r->next.snd_wl1, s.tester + 300);
		follow(&s, r);
		g = said(&s, 301, 101, CTL_ACK, 0);
		g.wnd = 1000;
		arrives_as(&s, &g);
		permits_silence(&s, ESTABLISHED);
		permits_nothing_else(&s);
		snd_wnd_is(&s, 1000);
	}
}

/* Fifth: "if neither of the SYN or RST bits is set, then drop the segment and return". */
static void S3_10_7_3_OTHER_1(void **unused)
{
	static const uint16_t ctls[] = {CTL_ACK, CTL_FIN, 0, CTL_FIN | CTL_ACK, CTL_PSH | CTL_ACK, CTL_URG};
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_SENT, p); p++)
		for (unsigned i = 0; i < 6; i++)
			for (uint32_t text = 0; text <= 10; text += 10) {
				arrives(&s, 300, 101, ctls[i], text);
				permits_silence(&s, SYN_SENT);
				permits_nothing_else(&s);
				snd_una_is(&s, 100);
				unread_is(&s, 0);
				user_is_not_told(&s);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(S3_10_7_3_ACK_1),
	    cmocka_unit_test(S3_10_7_3_ACK_2),
	    cmocka_unit_test(S3_10_7_3_ACK_3),
	    cmocka_unit_test(S3_10_7_3_ACK_4),
	    cmocka_unit_test(S3_10_7_3_RST_1),
	    cmocka_unit_test(S3_10_7_3_RST_2),
	    cmocka_unit_test(S3_10_7_3_RST_3),
	    cmocka_unit_test(S3_10_7_3_SYN_1),
	    cmocka_unit_test(S3_10_7_3_SYN_2),
	    cmocka_unit_test(S3_10_7_3_SYN_3),
	    cmocka_unit_test(S3_10_7_3_SYN_4),
	    cmocka_unit_test(S3_10_7_3_OTHER_1),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("RFC 9293 3.10.7.3, SYN-SENT", tests, NULL, NULL);
}
