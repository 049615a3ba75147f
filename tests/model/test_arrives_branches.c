/* RFC 9293 3.10.7 where it leaves more than one way, or where a second segment shows what the first one left behind. Expectations are the
 * text's, not the model's; single rows of the catalogue are in the test_arrives_* beside it. */
#include "tests/model/fixture.h"

/* A second FIN, at RCV.NXT, beyond the first: "advance RCV.NXT over the FIN, and send an acknowledgment" (eighth check) against "The only thing
 * that can arrive in this state ..." and "ignore the segment" (fifth). The state remains in each. */
static void second_fin_leaves_the_state(void **unused)
{
	static const enum state states[] = {CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 4; i++)
		for (unsigned p = 0; scene_in(&s, states[i], p); p++) {
			arrives(&s, 302, s.una, CTL_FIN | CTL_ACK, 0);
			if (states[i] == CLOSING)
				permits_silence(&s, CLOSING);
			else
				permits_reply(&s, s.nxt, 303, CTL_ACK, states[i]);
			leaves_open_silence(&s, states[i]);
			leaves_open_reply(&s, s.nxt, 302, CTL_ACK, states[i]);
			leaves_open_reply(&s, s.nxt, 303, CTL_ACK, states[i]);
			leaves_open_owed_ack(&s, 303, states[i]); /* the acknowledgment for the FIN may be delayed as any (3.8.6.3) */
			permits_nothing_else(&s);
			snd_una_is(&s, s.una);
		}
}

/* What a SYN leaves behind in SYN-SENT and LISTEN: IRS known, a window whose edge is counted from the new RCV.NXT, and, once the target's SYN
 * is acknowledged, nothing to send again. */
static void syn_sets_the_receive_variables(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_SENT, p); p++) {
		arrives(&s, 300, 101, CTL_SYN | CTL_ACK, 0);
		const struct reaction *r = permits_reply(&s, 101, 301, CTL_ACK, ESTABLISHED);
		assert_true(r->next.irs_known);
		assert_int_equal(r->next.rcv_edge, s.tester + 301 + WINDOW);
		assert_int_equal(r->next.rcv_wnd, WINDOW);
		assert_int_equal(model_next_residue(&s.m, &r->next), UINT64_MAX);
		arrives(&s, 300, 0, CTL_SYN, 0);
		r = permits_reply(&s, 100, 301, CTL_SYN | CTL_ACK, SYN_RECEIVED);
		assert_true(r->next.irs_known);
		assert_int_equal(r->next.rcv_edge, s.tester + 301 + WINDOW);
		assert_true(model_next_residue(&s.m, &r->next) < UINT64_MAX);
		assert_true(scene_in(&s, LISTEN, p));
		arrives(&s, 300, 0, CTL_SYN, 0);
		r = permits_new_syn(&s, CTL_SYN | CTL_ACK, 301, SYN_RECEIVED);
		assert_true(r->next.irs_known && r->next.listener);
		assert_int_equal(r->next.snd_wnd, WINDOW);
	}
}

/* A SYN,FIN in LISTEN: the FIN is queued (CLOSE-WAIT once the handshake is done) or was not taken (ESTABLISHED, and the peer sends it again). */
static void fin_with_syn_is_queued_or_not_taken(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, LISTEN, p); p++) {
		struct outcome first;
		bool queued = false, not_taken = false;
		arrives(&s, 300, 0, CTL_SYN | CTL_FIN, 0);
		first = s.out;
		for (unsigned i = 0; i < first.count; i++) {
			struct segment g = {.seq = s.target + 100, .ack = s.tester + 301, .ctl = CTL_SYN | CTL_ACK, .wnd = WINDOW, .off = 5};
			s.t = first.reaction[i].next;
			assert_true(model_satisfies(&s.m, &first.reaction[i].now[0], &g, s.now, &s.t));
			arrives(&s, 301, 101, CTL_ACK, 0);
			for (unsigned k = 0; k < s.out.count; k++) {
				queued = queued || s.out.reaction[k].next.state == CLOSE_WAIT;
				not_taken = not_taken || s.out.reaction[k].next.state == ESTABLISHED;
				assert_true(s.out.reaction[k].next.state == CLOSE_WAIT || s.out.reaction[k].next.state == ESTABLISHED);
			}
		}
		assert_true(queued);
		assert_true(not_taken);
	}
}

/* The target's SYN,ACK must acknowledge exactly the SYN, and have both bits and neither text nor FIN. */
static void wrong_syn_ack_satisfies_nothing(void **unused)
{
	static const struct {
		uint32_t ack;
		uint16_t ctl;
		uint32_t text;
	} wrong[] = {{300, CTL_SYN | CTL_ACK, 0}, {302, CTL_SYN | CTL_ACK, 0}, {301, CTL_SYN, 0}, {301, CTL_ACK, 0}, {301, CTL_SYN | CTL_FIN | CTL_ACK, 0}, {301, CTL_SYN | CTL_RST | CTL_ACK, 0}, {301, CTL_SYN | CTL_ACK, 1}};
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, LISTEN, p); p++) {
		arrives(&s, 300, 0, CTL_SYN, 0);
		for (unsigned i = 0; i < s.out.count; i++)
			for (unsigned j = 0; j < sizeof wrong / sizeof *wrong; j++) {
				static const uint8_t octet[1];
				const struct segment g = {.seq = s.target + 100, .ack = s.tester + wrong[j].ack, .ctl = wrong[j].ctl, .wnd = WINDOW, .off = 5, .text = octet, .text_length = wrong[j].text};
				struct tcb next = s.out.reaction[i].next;
				assert_false(model_satisfies(&s.m, &s.out.reaction[i].now[0], &g, s.now, &next));
			}
	}
}

/* Three segments beyond gaps, in no order and overlapping; then what fills the gaps. Octets 301 to 330 arrive once each. */
static void held_segments_join(void **unused)
{
	static const struct {
		uint32_t seq, text, ack;
	} rows[] = {{321, 5, 301}, {306, 5, 301}, {309, 8, 301}, {326, 5, 301}, {301, 5, 317}, {315, 3, 318}, {317, 6, 331}};
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, ESTABLISHED, p); p++) {
		for (unsigned j = 0; j < sizeof rows / sizeof *rows; j++) {
			arrives(&s, rows[j].seq, 101, CTL_ACK, rows[j].text);
			follow(&s, permits_reply(&s, 101, rows[j].ack, CTL_ACK, ESTABLISHED));
		}
		assert_int_equal(s.t.unread, 30);
		assert_int_equal(s.t.held_count, 0);
		assert_int_equal(s.t.rcv_wnd, WINDOW - 30);
	}
}

/* RFC 5681 4.2: "immediately ... when it receives a data segment that fills in all or part of a gap" is a SHOULD: owed at most as a broken one. */
static void filled_gap_is_acknowledged_at_once(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, ESTABLISHED, p); p++) {
		arrives(&s, 311, 101, CTL_ACK, 5);
		follow(&s, permits_reply(&s, 101, 301, CTL_ACK, ESTABLISHED));
		arrives(&s, 301, 101, CTL_ACK, 10);
		permits_reply(&s, 101, 316, CTL_ACK, ESTABLISHED);
		const struct answer owed = {.kind = ACK_OWED, .ack = s.tester + 316, .next = ESTABLISHED};
		if (outcome_find(&s, &owed, true))
			scene_fail_answer(&s, "must not be permitted as strict", &owed);
	}
}

/* 3.8.6.3, SHLD-19: "an ACK for at least every second full-sized segment". The receive MSS is 200. */
static void second_full_sized_segment_is_acknowledged(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, ESTABLISHED, p); p++) {
		s.t.rcv_mss = 200;
		arrives(&s, 301, 101, CTL_ACK, 200);
		follow(&s, permits_owed_ack(&s, 501, ESTABLISHED));
		const uint64_t due = s.t.owed_by;
		s.now += 1000;
		arrives(&s, 501, 101, CTL_ACK, 200);
		permits_reply(&s, 101, 701, CTL_ACK, ESTABLISHED);
		const struct answer owed = {.kind = ACK_OWED, .ack = s.tester + 701, .next = ESTABLISHED};
		if (outcome_find(&s, &owed, true))
			scene_fail_answer(&s, "must not be permitted as strict", &owed);
		/* Half a second counts from the first of them. */
		for (unsigned k = 0; k < s.out.count; k++)
			if (s.out.reaction[k].next.ack_owed)
				assert_true(s.out.reaction[k].next.owed_by <= due);
	}
}

/* Text beyond a gap with a new acknowledgment: "further processing is done in SEG.SEQ order", or the field is taken at once. Both stand; a value
 * between does not. */
static void ack_beyond_a_gap_is_taken_now_or_later(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, ESTABLISHED, p); p++) {
		bool now = false, later = false;
		has_outstanding(&s, 10);
		arrives(&s, 311, 106, CTL_ACK, 5);
		permits_reply(&s, 111, 301, CTL_ACK, ESTABLISHED);
		leaves_open_silence(&s, ESTABLISHED);
		permits_nothing_else(&s);
		for (unsigned k = 0; k < s.out.count; k++) {
			const uint32_t una = s.out.reaction[k].next.snd_una - s.target;
			assert_true(una == 106 || una == 101);
			now = now || una == 106;
			later = later || una == 101;
		}
		assert_true(now && later);
	}
}

/* 3.5, Figure 7, line 6: the SYN,ACK of a simultaneous open enters ESTABLISHED, though its number is old and the first check answers by an ACK
 * and stays (A.2): both stand. A listener's child never sent a SYN of its own first, so there only the first check does. */
static void syn_ack_of_simultaneous_open(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_RECEIVED, p); p++) {
		arrives(&s, 300, 101, CTL_SYN | CTL_ACK, 0);
		permits_silence(&s, ESTABLISHED);
		permits_reply(&s, 101, 301, CTL_ACK, SYN_RECEIVED);
		leaves_open_reply(&s, 101, 301, CTL_ACK, ESTABLISHED);
		permits_nothing_else(&s);
		for (unsigned k = 0; k < s.out.count; k++) {
			const struct tcb *next = &s.out.reaction[k].next;
			assert_int_equal(next->snd_una, s.target + (next->state == ESTABLISHED ? 101 : 100));
			assert_int_equal(next->rcv_nxt, s.tester + 301);
		}
		from_listen(&s);
		arrives(&s, 300, 101, CTL_SYN | CTL_ACK, 0);
		permits_reply(&s, 101, 301, CTL_ACK, SYN_RECEIVED);
		tolerates_silence(&s, SYN_RECEIVED);
		permits_nothing_else(&s);
	}
}

/* 3.5.2 (3): an "unacceptable acknowledgment number ... must be responded to with an empty acknowledgment segment", in LAST-ACK and TIME-WAIT as in
 * the states whose fifth check says so. */
static void ack_of_the_unsent_in_last_ack_and_time_wait(void **unused)
{
	static const enum state states[] = {LAST_ACK, TIME_WAIT};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 2; i++)
		for (unsigned p = 0; scene_in(&s, states[i], p); p++) {
			arrives(&s, 302, 103, CTL_ACK, 0);
			permits_reply(&s, 102, 302, CTL_ACK, states[i]);
			tolerates_silence(&s, states[i]);
			permits_nothing_else(&s);
			snd_una_is(&s, s.una);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(second_fin_leaves_the_state),
	    cmocka_unit_test(syn_sets_the_receive_variables),
	    cmocka_unit_test(fin_with_syn_is_queued_or_not_taken),
	    cmocka_unit_test(wrong_syn_ack_satisfies_nothing),
	    cmocka_unit_test(held_segments_join),
	    cmocka_unit_test(filled_gap_is_acknowledged_at_once),
	    cmocka_unit_test(second_full_sized_segment_is_acknowledged),
	    cmocka_unit_test(ack_beyond_a_gap_is_taken_now_or_later),
	    cmocka_unit_test(syn_ack_of_simultaneous_open),
	    cmocka_unit_test(ack_of_the_unsent_in_last_ack_and_time_wait),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("RFC 9293 3.10.7, branches and what they leave behind", tests, NULL, NULL);
}
