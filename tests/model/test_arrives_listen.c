/* RFC 9293 3.10.7.2, segments that meet LISTEN, check by check. Expectations are the text's, not the model's. */
#include "tests/model/fixture.h"

/* First: "An incoming RST should be ignored. Return." */
static void S3_10_7_2_RST_1(void **unused)
{
	static const uint16_t ctls[] = {CTL_RST, CTL_RST | CTL_ACK, CTL_RST | CTL_SYN};
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, LISTEN, p); p++)
		for (unsigned i = 0; i < 3; i++) {
			arrives(&s, 300, 101, ctls[i], 0);
			permits_silence(&s, LISTEN);
			permits_nothing_else(&s);
			user_is_not_told(&s);
		}
}

/* Second: "Any acknowledgment is bad ... <SEQ=SEG.ACK><CTL=RST>". A SYN,ACK opens nothing: the ACK is checked before the SYN. */
static void S3_10_7_2_ACK_1(void **unused)
{
	static const uint16_t ctls[] = {CTL_ACK, CTL_SYN | CTL_ACK, CTL_FIN | CTL_ACK, CTL_PSH | CTL_ACK};
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, LISTEN, p); p++)
		for (unsigned i = 0; i < 4; i++)
			for (uint32_t text = 0; text <= 10; text += 10) {
				arrives(&s, 300, 101, ctls[i], text);
				permits_reset_at(&s, 101, LISTEN);
				permits_nothing_else(&s);
				user_is_not_told(&s);
			}
}

/* The target's SYN,ACK with ISS=100 goes out: what the TCB says then. */
static void target_sends_syn_ack(struct scene *s, const struct reaction *r, uint32_t ack)
{
	struct segment g = {.seq = s->target + 100, .ack = s->tester + ack, .ctl = CTL_SYN | CTL_ACK, .wnd = WINDOW, .off = 5};
	struct tcb next = r->next;

	assert_true(model_satisfies(&s->m, &r->now[0], &g, s->now, &next));
	assert_int_equal(next.state, SYN_RECEIVED);
	assert_true(next.passive);
	assert_int_equal(next.snd_una, s->target + 100);
	assert_int_equal(next.snd_nxt, s->target + 101);
	s->t = next;
}

/* Third: "Set RCV.NXT to SEG.SEQ+1, IRS is set to SEG.SEQ ... <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK> ... SND.NXT is set to ISS+1 and
 * SND.UNA to ISS". One placement has IRS=4294967295, where the ACK is 0. */
static void S3_10_7_2_SYN_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, LISTEN, p); p++) {
		arrives(&s, 300, 0, CTL_SYN, 0);
		const struct reaction *r = permits_new_syn(&s, CTL_SYN | CTL_ACK, 301, SYN_RECEIVED);
		permits_nothing_else(&s);
		rcv_nxt_is(&s, 301);
		assert_int_equal(r->next.irs, s.tester + 300);
		user_is_not_told(&s);
		target_sends_syn_ack(&s, r, 301);
		assert_int_equal(s.t.rcv_nxt, s.tester + 301);
	}
}

/* "any other control or text should be queued for processing later": the SYN,ACK says RCV.NXT = SEG.SEQ+1. That it may cover the text
 * is Fast Open's reading (RFC 7413); a stack that has no queue drops the text, and takes it when it is sent again. */
static void S3_10_7_2_SYN_2(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, LISTEN, p); p++) {
		arrives(&s, 300, 0, CTL_SYN, 10);
		const struct reaction *r = permits_new_syn(&s, CTL_SYN | CTL_ACK, 301, SYN_RECEIVED);
		answer_list(&s, &(struct answer){.kind = SEGMENT, .ctl = CTL_SYN | CTL_ACK, .seq_any = true, .ack = s.tester + 311, .next = SYN_RECEIVED});
		permits_nothing_else(&s);
		target_sends_syn_ack(&s, r, 301);
		/* The same octets again, with the handshake's ACK: they arrive once. */
		arrives(&s, 301, 101, CTL_ACK, 10);
		permits_reply(&s, 101, 311, CTL_ACK, ESTABLISHED);
		permits_owed_ack(&s, 311, ESTABLISHED);
		permits_nothing_else(&s);
		unread_is(&s, 10);
		rcv_nxt_is(&s, 311);
	}
}

/* A SYN,FIN is a SYN in LISTEN; the FIN is "other control", for later: ESTABLISHED comes first, and not CLOSE-WAIT before the handshake. */
static void S3_10_7_2_SYN_3(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, LISTEN, p); p++) {
		arrives(&s, 300, 0, CTL_SYN | CTL_FIN, 0);
		const struct reaction *r = permits_new_syn(&s, CTL_SYN | CTL_ACK, 301, SYN_RECEIVED);
		permits_nothing_else(&s);
		assert_false(r->next.fin_received);
		target_sends_syn_ack(&s, r, 301);
		/* The FIN again, with the handshake's ACK, queued or not: both are CLOSE-WAIT, and one FIN. */
		arrives(&s, 301, 101, CTL_FIN | CTL_ACK, 0);
		permits_reply(&s, 101, 302, CTL_ACK, CLOSE_WAIT);
		permits_owed_ack(&s, 302, CLOSE_WAIT);
		permits_nothing_else(&s);
	}
}

/* Fourth: "This should not be reached. Drop the segment and return." */
static void S3_10_7_2_OTHER_1(void **unused)
{
	static const uint16_t ctls[] = {0, CTL_FIN, CTL_URG, CTL_PSH, CTL_FIN | CTL_URG | CTL_PSH};
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, LISTEN, p); p++)
		for (unsigned i = 0; i < 5; i++)
			for (uint32_t text = 0; text <= 10; text += 10) {
				arrives(&s, 300, 0, ctls[i], text);
				permits_silence(&s, LISTEN);
				permits_nothing_else(&s);
				unread_is(&s, 0);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(S3_10_7_2_RST_1),
	    cmocka_unit_test(S3_10_7_2_ACK_1),
	    cmocka_unit_test(S3_10_7_2_SYN_1),
	    cmocka_unit_test(S3_10_7_2_SYN_2),
	    cmocka_unit_test(S3_10_7_2_SYN_3),
	    cmocka_unit_test(S3_10_7_2_OTHER_1),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("RFC 9293 3.10.7.2, LISTEN", tests, NULL, NULL);
}
