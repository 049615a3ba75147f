/* RFC 9293 3.10.7.4, sixth check: the URG bit. Expectations are the text's, not the model's. */
#include "tests/model/fixture.h"

static void arrives_urgent(struct scene *s, uint32_t seq, uint16_t pointer, uint32_t text)
{
	struct segment g = said(s, seq, s->una, CTL_URG | CTL_ACK, text);

	g.up = pointer;
	arrives_as(s, &g);
}

/* "RCV.UP <- max(RCV.UP,SEG.UP), and signal the user that the remote side has urgent data if the urgent pointer (RCV.UP) is in advance of the
 * data consumed. If the user has already been signaled ... do not signal the user again." 3.1: the pointer is an offset from SEG.SEQ. */
static void S3_10_7_4_URG_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < RECEIVING; i++)
		for (unsigned p = 0; scene_in(&s, synchronized[i], p); p++) {
			arrives_urgent(&s, 301, 15, 10);
			permits_reply(&s, s.nxt, 311, CTL_ACK, s.t.state);
			const struct reaction *r = permits_owed_ack(&s, 311, s.t.state);
			permits_nothing_else(&s);
			user_is_told(&s, SIGNAL_URGENT);
			assert_true(r->next.urgent);
			assert_int_equal(r->next.rcv_up, s.tester + 316);
			unread_is(&s, 10);
			/* A second one, which points no further: 311+5 is 316 again; then 311+2, which is less. */
			follow(&s, permits_reply(&s, s.nxt, 311, CTL_ACK, s.t.state));
			s.t.ack_owed = false;
			s.t.signals = 0;
			for (int again = 0; again < 2; again++) {
				arrives_urgent(&s, 311, again ? 2 : 5, 0);
				permits_silence(&s, s.t.state);
				permits_nothing_else(&s);
				user_is_not_told(&s);
				for (unsigned k = 0; k < s.out.count; k++)
					assert_int_equal(s.out.reaction[k].next.rcv_up, s.tester + 316);
			}
		}
}

/* "This should not occur since a FIN has been received from the remote side. Ignore the URG." */
static void S3_10_7_4_URG_2(void **unused)
{
	static const enum state states[] = {CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 4; i++)
		for (unsigned p = 0; scene_in(&s, states[i], p); p++) {
			arrives_urgent(&s, 302, 5, 0);
			permits_silence(&s, s.t.state);
			if (s.t.state == TIME_WAIT) /* fifth check: "Acknowledge it" */
				leaves_open_reply(&s, 102, 302, CTL_ACK, TIME_WAIT);
			permits_nothing_else(&s);
			user_is_not_told(&s);
			for (unsigned k = 0; k < s.out.count; k++)
				assert_false(s.out.reaction[k].next.urgent);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(S3_10_7_4_URG_1),
	    cmocka_unit_test(S3_10_7_4_URG_2),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("RFC 9293 3.10.7.4, sixth check: URG", tests, NULL, NULL);
}
