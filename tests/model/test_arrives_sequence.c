/* RFC 9293 3.10.7.4, first check: the sequence number. Expectations are the text's, not the model's. */
#include "tests/model/fixture.h"

/* An unacceptable segment: "an acknowledgment should be sent in reply <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>. After sending the
 * acknowledgment, drop the unacceptable segment". 3.5.2 (3) says "must be responded to", so silence is at most NON-STRICT. */
static void only_acknowledges(struct scene *s)
{
	permits_reply(s, s->nxt, s->rcv, CTL_ACK, s->t.state);
	tolerates_silence(s, s->t.state);
	permits_nothing_else(s);
	rcv_nxt_is(s, s->rcv);
	snd_una_is(s, s->una);
	snd_nxt_is(s, s->nxt);
	unread_is(s, s->t.unread);
	user_is_not_told(s);
}

/* The last octet of the window, empty: acceptable, so that nothing need be said. MAY-13 lets the target acknowledge a valid segment that is
 * not at the left edge; SYN-RECEIVED may hold it for later (SHLD-31). */
static void empty_at_last_octet(struct scene *s)
{
	const enum state next = s->t.state == SYN_RECEIVED ? ESTABLISHED : s->t.state;

	arrives(s, s->rcv + WINDOW - 1, s->t.state == SYN_RECEIVED ? 101 : s->una, CTL_ACK, 0);
	permits_silence(s, next);
	leaves_open_reply(s, s->nxt, s->rcv, CTL_ACK, next);
	leaves_open_silence(s, s->t.state);
	leaves_open_reply(s, s->nxt, s->rcv, CTL_ACK, s->t.state);
	permits_nothing_else(s);
}

/* Length 0, window >0: RCV.NXT =< SEG.SEQ < RCV.NXT+RCV.WND. */
static void S3_10_7_4_SEQ_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i <= SYNCHRONIZED; i++)
		for (unsigned p = 0; scene_in(&s, i < SYNCHRONIZED ? synchronized[i] : SYN_RECEIVED, p); p++) {
			const uint32_t ack = s.t.state == SYN_RECEIVED ? 101 : s.una;
			arrives(&s, s.rcv - 1, ack, CTL_ACK, 0);
			only_acknowledges(&s);
			arrives(&s, s.rcv + WINDOW, ack, CTL_ACK, 0);
			only_acknowledges(&s);
			empty_at_last_octet(&s);
			arrives(&s, s.rcv, ack, CTL_ACK, 0);
			permits_silence(&s, s.t.state == SYN_RECEIVED ? ESTABLISHED : s.t.state);
			if (s.t.state == TIME_WAIT) /* fifth check: "Acknowledge it", of what can only be a FIN */
				leaves_open_reply(&s, 102, 302, CTL_ACK, TIME_WAIT);
			permits_nothing_else(&s);
		}
}

/* In SYN-RECEIVED, old and with an ACK of nothing new: the first check answers and returns; 3.5.2 (2), for states that are not synchronized,
 * sends a reset when "the segment carries an unacceptable ACK". The ACK must be in the set; the reset is left open. */
static void old_segment_with_bad_ack_in_syn_received(void **unused)
{
	static const uint32_t acks[] = {100, 99, 102};
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_RECEIVED, p); p++)
		for (unsigned j = 0; j < 3; j++) {
			arrives(&s, 299, acks[j], CTL_ACK, 1);
			permits_reply(&s, 101, 301, CTL_ACK, SYN_RECEIVED);
			leaves_open_reply(&s, acks[j], 0, CTL_RST, SYN_RECEIVED);
			tolerates_silence(&s, SYN_RECEIVED);
			permits_nothing_else(&s);
		}
}

/* The first SYN again, with text that reaches into the window: "trimming off any portions that lie outside the window (including SYN and
 * FIN)" leaves text without an ACK, which the fifth check drops. As the bare SYN again it may draw ACK or SYN,ACK. What it must not be taken
 * for is a new SYN only: staying in SYN-RECEIVED is in the set. */
static void first_syn_again_with_text(void **unused)
{
	struct scene s;

	(void)unused;
	for (int passive = 0; passive < 2; passive++)
		for (unsigned p = 0; scene_in(&s, SYN_RECEIVED, p); p++) {
			if (passive)
				from_listen(&s);
			arrives(&s, 300, 0, CTL_SYN, 10);
			if (passive)
				permits_silence(&s, SYN_RECEIVED);
			permits_reply(&s, 101, 301, CTL_ACK, SYN_RECEIVED);
			permits_reply(&s, 100, 301, CTL_SYN | CTL_ACK, SYN_RECEIVED);
			leaves_open_silence(&s, SYN_RECEIVED);
			leaves_open_silence(&s, LISTEN);
			permits_nothing_else(&s);
		}
}

/* Window 0: an empty segment is acceptable at RCV.NXT alone, one with text nowhere. */
static void S3_10_7_4_SEQ_2(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < RECEIVING; i++)
		for (unsigned p = 0; scene_in(&s, synchronized[i], p); p++) {
			receive_window(&s, 0);
			arrives(&s, 301, s.una, CTL_ACK, 0);
			permits_silence(&s, s.t.state);
			permits_nothing_else(&s);
			arrives(&s, 302, s.una, CTL_ACK, 0);
			only_acknowledges(&s);
			arrives(&s, 300, s.una, CTL_ACK, 0);
			only_acknowledges(&s);
			arrives(&s, 301, s.una, CTL_ACK, 1);
			only_acknowledges(&s);
		}
}

/* "If a segment's contents straddle the boundary between old and new, only the new parts are processed." Octets 301 to 310 are there. */
static void S3_10_7_4_SEQ_3(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < RECEIVING; i++)
		for (unsigned p = 0; scene_in(&s, synchronized[i], p); p++) {
			has_received(&s, 10);
			arrives(&s, 306, s.una, CTL_ACK, 10);
			permits_reply(&s, s.nxt, 316, CTL_ACK, s.t.state);
			permits_owed_ack(&s, 316, s.t.state);
			permits_nothing_else(&s);
			rcv_nxt_is(&s, 316);
			unread_is(&s, 15);
		}
}

/* "trimming off any portions that lie outside the window (including SYN and FIN)": 5 octets of window, octets 301 to 310 and a FIN. That a
 * stack drops what does not fit whole is not excluded; that it acknowledges beyond 306 is. */
static void S3_10_7_4_SEQ_4(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < RECEIVING; i++)
		for (unsigned p = 0; scene_in(&s, synchronized[i], p); p++)
			for (int fin = 0; fin < 2; fin++) {
				receive_window(&s, 5);
				arrives(&s, 301, s.una, fin ? CTL_FIN | CTL_ACK : CTL_ACK, 10);
				permits_reply(&s, s.nxt, 306, CTL_ACK, s.t.state);
				leaves_open_owed_ack(&s, 306, s.t.state);
				leaves_open_reply(&s, s.nxt, 301, CTL_ACK, s.t.state);
				permits_nothing_else(&s);
				for (unsigned k = 0; k < s.out.count; k++) {
					assert_false(s.out.reaction[k].next.fin_received);
					assert_true(s.out.reaction[k].next.unread <= 5);
				}
			}
}

/* Old and beyond, in every synchronized state: an ACK, and neither text nor FIN nor the ACK of the target's FIN is looked at. */
static void S3_10_7_4_SEQ_5(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < SYNCHRONIZED; i++)
		for (unsigned p = 0; scene_in(&s, synchronized[i], p); p++) {
			arrives(&s, s.rcv - 1000, s.nxt, CTL_ACK, 0);
			only_acknowledges(&s);
			arrives(&s, s.rcv + 70000, s.nxt, CTL_PSH | CTL_ACK, 10);
			only_acknowledges(&s);
			arrives(&s, s.rcv - 10, s.nxt, CTL_ACK, 10);
			only_acknowledges(&s);
			arrives(&s, s.rcv + 70000, s.nxt, CTL_FIN | CTL_ACK, 0);
			only_acknowledges(&s);
			arrives(&s, s.rcv - 1000, s.una, CTL_FIN, 0);
			only_acknowledges(&s);
			arrives(&s, s.rcv + 0x7ffffff0u, s.una, CTL_ACK, 0);
			only_acknowledges(&s);
		}
}

/* "(unless the RST bit is set, if so drop the segment and return)". */
static void S3_10_7_4_SEQ_6(void **unused)
{
	static const uint16_t ctls[] = {CTL_RST, CTL_RST | CTL_ACK, CTL_RST | CTL_FIN | CTL_ACK, CTL_RST | CTL_SYN};
	const uint32_t offsets[] = {0u - 10, WINDOW, 1000000, 0u - 1000000};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i <= SYNCHRONIZED; i++)
		for (unsigned p = 0; scene_in(&s, i < SYNCHRONIZED ? synchronized[i] : SYN_RECEIVED, p); p++)
			for (unsigned j = 0; j < 16; j++) {
				arrives(&s, s.rcv + offsets[j / 4], s.una, ctls[j % 4], 0);
				permits_silence(&s, s.t.state);
				permits_nothing_else(&s);
				user_is_not_told(&s);
			}
}

/* The first SYN again in SYN-RECEIVED: its one number is old, so an ACK by the letter; deployed stacks repeat their SYN,ACK. No reset, and
 * no return to LISTEN: the fourth check is not reached. */
static void S3_10_7_4_SEQ_7(void **unused)
{
	struct scene s;

	(void)unused;
	for (int passive = 0; passive < 2; passive++)
		for (unsigned p = 0; scene_in(&s, SYN_RECEIVED, p); p++) {
			if (passive)
				from_listen(&s);
			arrives(&s, 300, 0, CTL_SYN, 0);
			permits_reply(&s, 101, 301, CTL_ACK, SYN_RECEIVED);
			permits_reply(&s, 100, 301, CTL_SYN | CTL_ACK, SYN_RECEIVED);
			tolerates_silence(&s, SYN_RECEIVED);
			permits_nothing_else(&s);
			user_is_not_told(&s);
		}
}

/* One number before RCV.NXT, empty or with the octet that was there: what a keep-alive looks like. */
static void S3_10_7_4_SEQ_8(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < SYNCHRONIZED; i++)
		for (unsigned p = 0; scene_in(&s, synchronized[i], p); p++) {
			arrives(&s, s.rcv - 1, s.una, CTL_ACK, 0);
			only_acknowledges(&s);
			arrives(&s, s.rcv - 1, s.una, CTL_ACK, 1);
			only_acknowledges(&s);
		}
}

/* "all arithmetic on sequence numbers ... is modulo 2^32": text whose first, middle or last octet is the one that wraps. */
static void S3_10_7_4_SEQ_9(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, ESTABLISHED, p); p++)
		for (uint32_t step = 0; step < 24; step++) {
			/* The octet at RCV.NXT+step-12 meets the boundary of this placement. */
			assert_true(scene_in(&s, ESTABLISHED, p));
			s.tester -= step - 12;
			s.target += step - 12;
			scene_fill_numbers(&s, ESTABLISHED);
			receive_window(&s, 20);
			has_outstanding(&s, 10);
			arrives(&s, 301, 106, CTL_ACK, 10);
			permits_reply(&s, 111, 311, CTL_ACK, ESTABLISHED);
			permits_owed_ack(&s, 311, ESTABLISHED);
			permits_nothing_else(&s);
			snd_una_is(&s, 106);
			unread_is(&s, 10);
			arrives(&s, 300, 106, CTL_ACK, 0);
			only_acknowledges(&s);
			arrives(&s, 321, 106, CTL_ACK, 0);
			only_acknowledges(&s);
		}
}

/* "special allowance should be made to accept valid ACKs, URGs, and RSTs"; "MUST process the RST and URG fields of all incoming segments,
 * even when the receive window is zero (MUST-66)". */
static void S3_10_7_4_SEQ_10(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < RECEIVING; i++)
		for (unsigned p = 0; scene_in(&s, synchronized[i], p); p++) {
			receive_window(&s, 0);
			if (s.t.state == ESTABLISHED) {
				has_outstanding(&s, 10);
				arrives(&s, 301, 111, CTL_ACK, 1);
				const struct reaction *r = permits_reply(&s, 111, 301, CTL_ACK, ESTABLISHED);
				assert_int_equal(r->next.snd_una, s.target + 111);
				tolerates_silence(&s, ESTABLISHED);
				permits_nothing_else(&s);
				rcv_nxt_is(&s, 301);
				unread_is(&s, 0);
			}
			struct segment g = said(&s, 301, s.una, CTL_URG | CTL_ACK, 1);
			g.up = 5;
			arrives_as(&s, &g);
			permits_reply(&s, s.nxt, 301, CTL_ACK, s.t.state);
			tolerates_silence(&s, s.t.state);
			permits_nothing_else(&s);
			user_is_told(&s, SIGNAL_URGENT);
			for (uint32_t text = 0; text < 2; text++) {
				arrives(&s, 301, s.una, CTL_RST, text);
				permits_silence(&s, CLOSED);
				permits_nothing_else(&s);
				user_is_told(&s, SIGNAL_RESET);
			}
		}
}

/* Window 0 and the ACK of the target's FIN, on a segment whose text is refused: it is accepted and the state changes, or (a broken "should")
 * it is not and neither does. Nothing between. */
static void ack_of_fin_at_zero_window(void **unused)
{
	static const struct {
		enum state from, to;
		uint32_t rcv;
	} rows[] = {{FIN_WAIT_1, FIN_WAIT_2, 301}, {CLOSING, TIME_WAIT, 302}, {LAST_ACK, CLOSED, 302}};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 3; i++)
		for (unsigned p = 0; scene_in(&s, rows[i].from, p); p++) {
			receive_window(&s, 0);
			arrives(&s, rows[i].rcv, 102, CTL_ACK, 1);
			permits_reply(&s, 102, rows[i].rcv, CTL_ACK, rows[i].to);
			leaves_open_reply(&s, 102, rows[i].rcv, CTL_ACK, rows[i].from);
			leaves_open_silence(&s, rows[i].to);
			leaves_open_silence(&s, rows[i].from);
			permits_nothing_else(&s);
			for (unsigned k = 0; k < s.out.count; k++) {
				const struct reaction *r = &s.out.reaction[k];
				if (r->next.state == rows[i].from)
					assert_true(r->breaks_should && r->next.snd_una == s.target + 101);
			}
		}
}

/* "Segments with higher beginning sequence numbers SHOULD be held for later processing (SHLD-31)": 306 to 310 first, then 301 to 308. Not to
 * hold them breaks a SHOULD. MAY-13: an ACK of RCV.NXT, or none, while the gap is there. */
static void S3_10_7_4_SEQ_11(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < RECEIVING; i++)
		for (unsigned p = 0; scene_in(&s, synchronized[i], p); p++) {
			arrives(&s, 306, s.una, CTL_ACK, 5);
			const struct reaction *r = permits_reply(&s, s.nxt, 301, CTL_ACK, s.t.state);
			leaves_open_silence(&s, s.t.state);
			leaves_open_owed_ack(&s, 301, s.t.state);
			permits_nothing_else(&s);
			rcv_nxt_is(&s, 301);
			unread_is(&s, 0);
			assert_false(r->breaks_should);
			follow(&s, r);
			arrives(&s, 301, s.una, CTL_ACK, 8);
			permits_reply(&s, s.nxt, 311, CTL_ACK, s.t.state);
			leaves_open_owed_ack(&s, 311, s.t.state);
			permits_nothing_else(&s);
			rcv_nxt_is(&s, 311);
			unread_is(&s, 10);
		}
}

/* RFC 2018 8: "permitted to discard data in its queue that has not been acknowledged to the data sender, even if the data has already been reported in a SACK option", which is discouraged. */
static void held_text_discarded(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < RECEIVING; i++)
		for (unsigned p = 0; scene_in(&s, synchronized[i], p); p++) {
			s.t.sack_on = true;
			arrives(&s, 306, s.una, CTL_ACK, 5);
			follow(&s, permits_reply(&s, s.nxt, 301, CTL_ACK, s.t.state));
			arrives(&s, 301, s.una, CTL_ACK, 5);
			permits_reply(&s, s.nxt, 311, CTL_ACK, s.t.state);
			leaves_open_owed_ack(&s, 311, s.t.state);
			leaves_open_reply(&s, s.nxt, 306, CTL_ACK, s.t.state);
			leaves_open_owed_ack(&s, 306, s.t.state);
			permits_nothing_else(&s);
			unsigned discarded = 0;
			for (unsigned k = 0; k < s.out.count; k++)
				if (s.out.reaction[k].next.rcv_nxt == s.tester + 306) {
					assert_true(s.out.reaction[k].breaks_should);
					discarded++;
				}
			assert_int_equal(discarded, 2);
		}
}

/* What is discarded is what the receiver chooses: 311 to 315 with the FIN behind 325 kept, or all. */
static void some_held_text_discarded(void **unused)
{
	struct scene s;
	unsigned kept = 0, none = 0;

	(void)unused;
	assert_true(scene_in(&s, ESTABLISHED, 0));
	s.t.sack_on = true;
	arrives(&s, 321, s.una, CTL_FIN | CTL_ACK, 5);
	follow(&s, permits_reply(&s, s.nxt, 301, CTL_ACK, ESTABLISHED));
	arrives(&s, 311, s.una, CTL_ACK, 5);
	follow(&s, permits_reply(&s, s.nxt, 301, CTL_ACK, ESTABLISHED));
	arrives(&s, 301, s.una, CTL_ACK, 10);
	permits_reply(&s, s.nxt, 316, CTL_ACK, ESTABLISHED);
	for (unsigned k = 0; k < s.out.count; k++) {
		const struct tcb *t = &s.out.reaction[k].next;
		if (t->rcv_nxt != 311)
			continue;
		assert_true(s.out.reaction[k].breaks_should);
		kept += t->held_count == 1 && t->held[0].from == 321 && t->held_fin;
		none += t->held_count == 0 && !t->held_fin;
	}
	assert_true(kept > 0 && none > 0);
	arrives(&s, 301, s.una, CTL_ACK, 30); /* brings all of it once more */
	assert_int_equal(s.out.count, 4);
}

/* Between them a newer one came, which is held: 321 to 325, behind 311 to 315. */
static void older_text_discarded(void **unused)
{
	struct scene s;
	bool newest_alone = false;

	(void)unused;
	assert_true(scene_in(&s, ESTABLISHED, 0));
	s.t.sack_on = true;
	arrives(&s, 311, s.una, CTL_ACK, 5);
	follow(&s, permits_reply(&s, s.nxt, 301, CTL_ACK, ESTABLISHED));
	arrives(&s, 321, s.una, CTL_ACK, 5);
	for (unsigned k = 0; k < s.out.count; k++) {
		const struct reaction *r = &s.out.reaction[k];
		const bool alone = r->next.held_count == 1 && r->next.held[0].from == 321;
		assert_true(!alone || r->breaks_should);
		newest_alone |= alone;
	}
	assert_true(newest_alone);
}

/* 311 to 315 comes before 316 to 320, which may be what there is no room for any more: it is joined to the newest, and not counted with it. */
static void text_behind_the_newest_discarded(void **unused)
{
	struct scene s;
	unsigned cut = 0;

	(void)unused;
	assert_true(scene_in(&s, ESTABLISHED, 0));
	s.t.sack_on = true;
	arrives(&s, 316, s.una, CTL_FIN | CTL_ACK, 5);
	follow(&s, permits_reply(&s, s.nxt, 301, CTL_ACK, ESTABLISHED));
	arrives(&s, 311, s.una, CTL_ACK, 5);
	for (unsigned k = 0; k < s.out.count; k++) {
		const struct tcb *t = &s.out.reaction[k].next;
		if (t->held_count != 1 || t->held[0].from != s.tester + 311 || t->held[0].to != s.tester + 316)
			continue;
		assert_true(s.out.reaction[k].breaks_should);
		assert_false(t->held_fin);
		cut++;
	}
	assert_int_equal(cut, 2); /* or of the older nothing is left */
}

/* RFC 7323 2.2: "The window field in a segment where the SYN bit is set (i.e., a <SYN> or <SYN,ACK>) MUST NOT be scaled". The 65535 that it said, with a shift count of 1, may be 131070: up to 65836 and 131371. */
static void window_of_a_syn(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < RECEIVING; i++)
		for (unsigned p = 0; scene_in(&s, synchronized[i], p); p++) {
			s.t.ws_on = true;
			s.t.rcv_scale = 1;
			s.t.rcv_edge = s.t.rcv_nxt + s.t.rcv_wnd;
			arrives(&s, 65835, s.una, CTL_ACK, 0);
			permits_silence(&s, s.t.state);
			leaves_open_reply(&s, s.nxt, 301, CTL_ACK, s.t.state); /* MAY-13 */
			permits_nothing_else(&s);
			arrives(&s, 65836, s.una, CTL_ACK, 0);
			permits_reply(&s, s.nxt, 301, CTL_ACK, s.t.state);
			permits_silence(&s, s.t.state);
			permits_nothing_else(&s);
			arrives(&s, 131371, s.una, CTL_ACK, 0);
			only_acknowledges(&s);
			s.t.rcv_edge--; /* said by a segment that is no SYN */
			arrives(&s, 65836, s.una, CTL_ACK, 0);
			only_acknowledges(&s);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(S3_10_7_4_SEQ_1),
	    cmocka_unit_test(old_segment_with_bad_ack_in_syn_received),
	    cmocka_unit_test(first_syn_again_with_text),
	    cmocka_unit_test(S3_10_7_4_SEQ_2),
	    cmocka_unit_test(S3_10_7_4_SEQ_3),
	    cmocka_unit_test(S3_10_7_4_SEQ_4),
	    cmocka_unit_test(S3_10_7_4_SEQ_5),
	    cmocka_unit_test(S3_10_7_4_SEQ_6),
	    cmocka_unit_test(S3_10_7_4_SEQ_7),
	    cmocka_unit_test(S3_10_7_4_SEQ_8),
	    cmocka_unit_test(S3_10_7_4_SEQ_9),
	    cmocka_unit_test(S3_10_7_4_SEQ_10),
	    cmocka_unit_test(ack_of_fin_at_zero_window),
	    cmocka_unit_test(S3_10_7_4_SEQ_11),
	    cmocka_unit_test(held_text_discarded),
	    cmocka_unit_test(some_held_text_discarded),
	    cmocka_unit_test(older_text_discarded),
	    cmocka_unit_test(text_behind_the_newest_discarded),
	    cmocka_unit_test(window_of_a_syn),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("RFC 9293 3.10.7.4, first check: sequence number", tests, NULL, NULL);
}
