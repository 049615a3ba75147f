/* RFC 9293 3.10.7.4, seventh check: the segment text. Expectations are the text's, not the model's. */
#include "tests/model/fixture.h"

/* "it must also acknowledge the receipt of the data ... advances RCV.NXT over the data accepted ... <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>":
 * at once, or within 500 ms (3.8.6.3 MUST-40). */
static void S3_10_7_4_TEXT_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < RECEIVING; i++)
		for (unsigned p = 0; scene_in(&s, synchronized[i], p); p++)
			for (uint32_t text = 1; text <= 10; text += 9) {
				arrives(&s, 301, s.una, CTL_ACK, text);
				permits_reply(&s, s.nxt, 301 + text, CTL_ACK, s.t.state);
				const struct reaction *r = permits_owed_ack(&s, 301 + text, s.t.state);
				permits_nothing_else(&s);
				rcv_nxt_is(&s, 301 + text);
				unread_is(&s, text);
				snd_una_is(&s, s.una);
				assert_true(r->next.owed_by > s.now && r->next.owed_by <= s.now + 500000);
			}
}

/* "The total of RCV.NXT and RCV.WND should not be reduced." */
static void S3_10_7_4_TEXT_2(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < RECEIVING; i++)
		for (unsigned p = 0; scene_in(&s, synchronized[i], p); p++) {
			arrives(&s, 301, s.una, CTL_ACK, 10);
			for (unsigned k = 0; k < s.out.count; k++) {
				const struct tcb *next = &s.out.reaction[k].next;
				assert_int_equal(next->rcv_edge, s.tester + 301 + WINDOW);
				assert_int_equal(next->rcv_nxt + next->rcv_wnd, s.tester + 301 + WINDOW);
			}
			/* The target's ACK then keeps the edge, or moves it to the right; one octet to the left is a fault. */
			follow(&s, permits_owed_ack(&s, 311, s.t.state));
			enum level level;
			struct segment g = {.seq = s.target + s.nxt, .ack = s.tester + 311, .ctl = CTL_ACK, .wnd = WINDOW - 10, .off = 5};
			assert_null(model_segment_fault(&s.m, &s.t, &g, &level));
			g.wnd = WINDOW;
			assert_null(model_segment_fault(&s.m, &s.t, &g, &level));
			g.wnd = WINDOW - 11;
			assert_non_null(model_segment_fault(&s.m, &s.t, &g, &level));
			assert_int_equal(level, LEVEL_SHOULD);
		}
}

/* "This acknowledgment should be piggybacked on a segment being transmitted if possible": an echo that carries it settles it. */
static void S3_10_7_4_TEXT_3(void **unused)
{
	static const uint8_t octets[10];
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, ESTABLISHED, p); p++) {
		struct tcb next;
		const char *clause = NULL;
		arrives(&s, 301, 101, CTL_PSH | CTL_ACK, 10);
		follow(&s, permits_owed_ack(&s, 311, ESTABLISHED));
		calls(&s, CALL_SEND, 10);
		assert_true(s.out.count > 0);
		follow(&s, &s.out.reaction[0]);
		const struct segment g = {.seq = s.target + 101, .ack = s.tester + 311, .ctl = CTL_PSH | CTL_ACK, .wnd = WINDOW, .off = 5, .text = octets, .text_length = 10};
		assert_int_equal(model_emits(&s.m, &s.t, &g, s.now, &next, &clause), UNASKED_TEXT);
		assert_false(next.ack_owed);
		assert_int_equal(next.snd_nxt, s.target + 111);
		assert_int_equal(model_next_owed(&next), UINT64_MAX);
	}
}

/* After the peer's FIN: "This should not occur since a FIN has been received from the remote side. Ignore the segment text." */
static void S3_10_7_4_TEXT_4(void **unused)
{
	static const enum state states[] = {CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 4; i++)
		for (unsigned p = 0; scene_in(&s, states[i], p); p++) {
			arrives(&s, 302, s.una, CTL_PSH | CTL_ACK, 10);
			permits_silence(&s, s.t.state);
			if (s.t.state == TIME_WAIT) /* fifth check: "Acknowledge it" */
				leaves_open_reply(&s, 102, 302, CTL_ACK, TIME_WAIT);
			permits_nothing_else(&s);
			rcv_nxt_is(&s, 302);
			unread_is(&s, 0);
		}
}

/* "If the segment empties and carries a PUSH flag, then the user is informed": a RECEIVE of 100 octets takes the 5 that are there. */
static void S3_10_7_4_TEXT_5(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, ESTABLISHED, p); p++) {
		arrives(&s, 301, 101, CTL_PSH | CTL_ACK, 5);
		permits_reply(&s, 101, 306, CTL_ACK, ESTABLISHED);
		const struct reaction *r = permits_owed_ack(&s, 306, ESTABLISHED);
		permits_nothing_else(&s);
		follow(&s, r);
		calls(&s, CALL_RECEIVE, 100);
		unread_is(&s, 0);
		rcv_nxt_is(&s, 306);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(S3_10_7_4_TEXT_1),
	    cmocka_unit_test(S3_10_7_4_TEXT_2),
	    cmocka_unit_test(S3_10_7_4_TEXT_3),
	    cmocka_unit_test(S3_10_7_4_TEXT_4),
	    cmocka_unit_test(S3_10_7_4_TEXT_5),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("RFC 9293 3.10.7.4, seventh check: text", tests, NULL, NULL);
}
