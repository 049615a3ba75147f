/* RFC 9293 3.10.1 to 3.10.6: user calls, row by row. Expectations are the text's, not the model's. What the caller is returned is no
 * segment: of an error these tests ask that nothing is sent and nothing changes. */
#include "tests/model/fixture.h"

/* An error, or an "ok": no segment, no change of state, and nothing told to the user but that very error. */
static void only_answers(struct scene *s)
{
	permits_silence(s, state_seen(&s->t));
	permits_nothing_else(s);
	snd_nxt_is(s, s->nxt);
	for (unsigned i = 0; i < s->out.count; i++) {
		assert_int_equal(s->out.reaction[i].next.signals & ~(unsigned)(SIGNAL_CLOSED | SIGNAL_EOF), 0);
		assert_int_equal(s->out.reaction[i].next.queued, s->t.queued);
		assert_false(s->out.reaction[i].has_due);
	}
}

static void only_answers_closed(struct scene *s)
{
	permits_silence(s, state_seen(&s->t));
	permits_nothing_else(s);
}

/* "If passive, enter the LISTEN state and return." A SYN is then answered. */
static void S3_10_1_CLOSED_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, CLOSED, p); p++) {
		calls(&s, CALL_OPEN_PASSIVE, 0);
		const struct reaction *r = permits_silence(&s, LISTEN);
		permits_nothing_else(&s);
		follow(&s, r);
		arrives(&s, 300, 0, CTL_SYN, 0);
		permits_new_syn(&s, CTL_SYN | CTL_ACK, 301, SYN_RECEIVED);
		permits_nothing_else(&s);
	}
}

/* "A SYN segment of the form <SEQ=ISS><CTL=SYN> is sent. Set SND.UNA to ISS, SND.NXT to ISS+1, enter SYN-SENT state". */
static void syn_is_sent(struct scene *s)
{
	const struct segment g = {.seq = s->target + 100, .ctl = CTL_SYN, .wnd = WINDOW, .off = 5};

	calls(s, CALL_OPEN_ACTIVE, 0);
	const struct reaction *r = permits_new_syn(s, CTL_SYN, 0, SYN_SENT);
	permits_nothing_else(s);
	follow(s, r);
	assert_true(model_satisfies(&s->m, &s->out.reaction[0].now[0], &g, s->now, &s->t));
	assert_int_equal(s->t.iss, s->target + 100);
	assert_int_equal(s->t.snd_una, s->target + 100);
	assert_int_equal(s->t.snd_nxt, s->target + 101);
	assert_int_equal(s->t.state, SYN_SENT);
}

static void S3_10_1_CLOSED_2(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, CLOSED, p); p++)
		syn_is_sent(&s);
}

/* "change the connection from passive to active, select an ISS. Send a SYN segment": a SYN,ACK then completes it. */
static void S3_10_1_LISTEN_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, LISTEN, p); p++) {
		syn_is_sent(&s);
		arrives(&s, 300, 101, CTL_SYN | CTL_ACK, 0);
		permits_reply(&s, 101, 301, CTL_ACK, ESTABLISHED);
		permits_nothing_else(&s);
	}
}

static const enum state opened[] = {SYN_SENT, SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT};

/* "Return 'error: connection already exists'." */
static void S3_10_1_OTHER_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 9; i++)
		for (unsigned p = 0; scene_in(&s, opened[i], p); p++) {
			calls(&s, CALL_OPEN_ACTIVE, 0);
			only_answers(&s);
		}
}

/* SEND: "error: connection does not exist". */
static void S3_10_2_CLOSED_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, CLOSED, p); p++) {
		calls(&s, CALL_SEND, 10);
		only_answers_closed(&s);
	}
}

/* "If the remote socket is specified, then change the connection from passive to active ... If the remote socket was not specified, then
 * return 'error: remote socket unspecified'": SEND names none, so the error must be in the set; the SYN is left open. */
static void S3_10_2_LISTEN_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, LISTEN, p); p++) {
		calls(&s, CALL_SEND, 10);
		permits_silence(&s, LISTEN);
		answer_list(&s, &(struct answer){.kind = SEGMENT, .ctl = CTL_SYN, .seq_any = true, .next = SYN_SENT});
		permits_nothing_else(&s);
	}
}

/* "Queue the data for transmission after entering ESTABLISHED state." */
static void S3_10_2_SYN_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_SENT, p); p++) {
		calls(&s, CALL_SEND, 10);
		const struct reaction *r = permits_silence(&s, SYN_SENT);
		permits_nothing_else(&s);
		follow(&s, r);
		assert_int_equal(s.t.queued, 10);
		assert_int_equal(sends(&s, 101, 0, 0, 10), UNASKED_FORBIDDEN);
		arrives(&s, 300, 101, CTL_SYN | CTL_ACK, 0);
		permits_reply_with_text(&s, 101, 301, 10, ESTABLISHED);
		assert_true(scene_in(&s, SYN_RECEIVED, p));
		calls(&s, CALL_SEND, 10);
		r = permits_silence(&s, SYN_RECEIVED);
		permits_nothing_else(&s);
		follow(&s, r);
		assert_int_equal(sends(&s, 101, 301, CTL_ACK, 10), UNASKED_FORBIDDEN);
		arrives(&s, 301, 101, CTL_ACK, 0);
		follow(&s, sends_up_to(&s, 111, ESTABLISHED));
		assert_int_equal(sends(&s, 101, 301, CTL_PSH | CTL_ACK, 10), UNASKED_TEXT);
	}
}

/* "Segmentize the buffer and send it with a piggybacked acknowledgment (acknowledgment value = RCV.NXT)." In one segment or in several. */
static void S3_10_2_EST_1(void **unused)
{
	static const enum state states[] = {ESTABLISHED, CLOSE_WAIT};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 2; i++)
		for (unsigned p = 0; scene_in(&s, states[i], p); p++) {
			calls(&s, CALL_SEND, 10);
			follow(&s, sends_up_to(&s, 111, states[i]));
			assert_int_equal(sends(&s, 101, s.rcv, CTL_PSH, 10), UNASKED_FORBIDDEN);
			assert_int_equal(sends(&s, 102, s.rcv, CTL_ACK, 9), UNASKED_FORBIDDEN);
			assert_int_equal(sends(&s, 101, s.rcv - 1, CTL_ACK, 10), UNASKED_FORBIDDEN);
			assert_int_equal(sends(&s, 101, s.rcv, CTL_ACK, 11), UNASKED_FORBIDDEN);
			assert_int_equal(sends(&s, 101, s.rcv, CTL_ACK, 4), UNASKED_TEXT);
			assert_int_equal(s.t.snd_nxt, s.target + 105);
			assert_int_equal(s.t.snd_una, s.target + 101);
			assert_int_equal(sends(&s, 105, s.rcv, CTL_PSH | CTL_ACK, 6), UNASKED_TEXT);
			assert_int_equal(s.t.snd_nxt, s.target + 111);
			assert_int_equal(s.t.queued, 0);
			assert_int_equal(sends(&s, 111, s.rcv, CTL_ACK, 1), UNASKED_FORBIDDEN);
		}
}

/* More than the window: what does not fit waits, and none of it is lost. The window is 20, the buffer 50. */
static void S3_10_2_EST_3(void **unused)
{
	static const enum state states[] = {ESTABLISHED, CLOSE_WAIT};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 2; i++)
		for (unsigned p = 0; scene_in(&s, states[i], p); p++) {
			s.t.snd_wnd = s.t.max_snd_wnd = 20;
			calls(&s, CALL_SEND, 50);
			follow(&s, &s.out.reaction[0]);
			assert_int_equal(s.t.queued, 50);
			assert_int_equal(sends(&s, 101, s.rcv, CTL_ACK, 21), UNASKED_FORBIDDEN);
			assert_int_equal(sends(&s, 101, s.rcv, CTL_ACK, 20), UNASKED_TEXT);
			assert_int_equal(sends(&s, 121, s.rcv, CTL_ACK, 10), UNASKED_FORBIDDEN);
			assert_int_equal(s.t.queued, 30);
			struct segment g = said(&s, s.rcv, 121, CTL_ACK, 0);
			arrives_as(&s, &g);
			follow(&s, sends_up_to(&s, 151, states[i]));
			assert_int_equal(sends(&s, 121, s.rcv, CTL_PSH | CTL_ACK, 30), UNASKED_TEXT);
		}
}

static const enum state closed_by_us[] = {FIN_WAIT_1, FIN_WAIT_2, CLOSING, LAST_ACK, TIME_WAIT};

/* SEND after CLOSE: "Return 'error: connection closing' and do not service request." */
static void S3_10_2_CLOSING_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 5; i++)
		for (unsigned p = 0; scene_in(&s, closed_by_us[i], p); p++) {
			calls(&s, CALL_SEND, 10);
			only_answers(&s);
			assert_int_equal(sends(&s, 102, s.rcv, CTL_ACK, 10), UNASKED_FORBIDDEN);
		}
}

/* RECEIVE: "error: connection does not exist". */
static void S3_10_3_CLOSED_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, CLOSED, p); p++) {
		calls(&s, CALL_RECEIVE, 10);
		only_answers_closed(&s);
	}
}

/* "Queue for processing after entering ESTABLISHED state." */
static void S3_10_3_SYN_1(void **unused)
{
	static const enum state states[] = {SYN_SENT, SYN_RECEIVED};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 2; i++)
		for (unsigned p = 0; scene_in(&s, states[i], p); p++) {
			calls(&s, CALL_RECEIVE, 10);
			only_answers(&s);
		}
	for (unsigned p = 0; scene_in(&s, LISTEN, p); p++) {
		calls(&s, CALL_RECEIVE, 10);
		only_answers_closed(&s);
	}
}

/* "Reassemble queued incoming segments into receive buffer and return to user": 20 octets, read 5 and 15. */
static void S3_10_3_EST_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < RECEIVING; i++)
		for (unsigned p = 0; scene_in(&s, synchronized[i], p); p++) {
			has_received(&s, 20);
			calls(&s, CALL_RECEIVE, 5);
			const struct reaction *r = permits_silence(&s, synchronized[i]);
			permits_nothing_else(&s);
			follow(&s, r);
			assert_int_equal(s.t.unread, 15);
			assert_int_equal(s.t.rcv_nxt, s.tester + 321);
			calls(&s, CALL_RECEIVE, 15);
			follow(&s, permits_silence(&s, synchronized[i]));
			assert_int_equal(s.t.unread, 0);
			/* With room again, the window may be told, and once only; its edge goes to the right. */
			assert_int_equal(sends(&s, s.nxt, 321, CTL_ACK, 0), UNASKED_WINDOW_UPDATE);
			assert_int_equal(sends(&s, s.nxt, 321, CTL_ACK, 0), UNASKED_FORBIDDEN);
		}
}

/* "If RCV.UP is in advance of the data currently being passed to the user, notify the user of the presence of urgent data." */
static void S3_10_3_EST_2(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < RECEIVING; i++)
		for (unsigned p = 0; scene_in(&s, synchronized[i], p); p++) {
			struct segment g = said(&s, 301, s.una, CTL_URG | CTL_ACK, 10);
			g.up = 10;
			arrives_as(&s, &g);
			user_is_told(&s, SIGNAL_URGENT);
			follow(&s, permits_reply(&s, s.nxt, 311, CTL_ACK, synchronized[i]));
			assert_true(s.t.urgent);
			calls(&s, CALL_RECEIVE, 10);
			follow(&s, permits_silence(&s, synchronized[i]));
			assert_false(s.t.urgent); /* RCV.UP is not in advance of what was consumed */
		}
}

/* "If there is more urgent data to read": RCV.UP ahead of what was consumed. MUST-33. */
static void urgent_text_that_remains_is_told(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, ESTABLISHED, p); p++) {
		struct segment g = said(&s, 301, s.una, CTL_URG | CTL_ACK, 10);
		g.up = 15;
		arrives_as(&s, &g);
		follow(&s, permits_reply(&s, s.nxt, 311, CTL_ACK, ESTABLISHED));
		calls(&s, CALL_RECEIVE, 10);
		follow(&s, permits_silence(&s, ESTABLISHED));
		assert_true(s.t.urgent);
		assert_true(s.t.signals & SIGNAL_URGENT);
		arrives(&s, 311, s.una, CTL_ACK, 10);
		follow(&s, permits_reply(&s, s.nxt, 321, CTL_ACK, ESTABLISHED));
		calls(&s, CALL_RECEIVE, 5);
		follow(&s, permits_silence(&s, ESTABLISHED));
		assert_false(s.t.signals & SIGNAL_URGENT);
	}
}

/* 3.10.2, 3.8.5: the pointer leads to the octet behind the last urgent one (MUST-62), as far as SND.UP is ahead. */
static void urgent_text_is_sent_with_its_pointer(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, ESTABLISHED, p); p++) {
		struct tcb next;
		const char *clause;
		enum level level;
		struct segment g;

		model_send_urgent(&s.m, &s.t, 10, s.now, &s.out);
		assert_int_equal(s.out.count, 1);
		s.t = s.out.reaction[0].next;
		g = said(&s, 0, 301, CTL_URG | CTL_ACK, 10);
		g.seq = s.t.snd_nxt;
		g.ack = s.t.rcv_nxt;
		g.up = 10;
		assert_int_equal(model_emits(&s.m, &s.t, &g, s.now, &next, &clause), UNASKED_TEXT);
		assert_null(model_segment_fault(&s.m, &s.t, &g, &level));
		g.up = 9;
		assert_int_equal(model_emits(&s.m, &s.t, &g, s.now, &next, &clause), UNASKED_FORBIDDEN);
		g.ctl = CTL_ACK;
		assert_non_null(model_segment_fault(&s.m, &s.t, &g, &level));
	}
}

/* "that fact must be communicated to the sender via an acknowledgment": also when the user reads before the ACK went. */
static void S3_10_3_EST_3(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < RECEIVING; i++)
		for (unsigned p = 0; scene_in(&s, synchronized[i], p); p++) {
			arrives(&s, 301, s.una, CTL_PSH | CTL_ACK, 10);
			follow(&s, permits_owed_ack(&s, 311, synchronized[i]));
			calls(&s, CALL_RECEIVE, 10);
			follow(&s, permits_silence(&s, synchronized[i]));
			assert_true(s.t.ack_owed);
			assert_int_equal(sends(&s, s.nxt, 310, CTL_ACK, 0), UNASKED_FORBIDDEN);
			assert_int_equal(sends(&s, s.nxt, 311, CTL_ACK, 0), UNASKED_OWED);
			assert_false(s.t.ack_owed);
		}
}

/* "If no text is awaiting delivery, the RECEIVE will get an 'error: connection closing' response. Otherwise, any remaining data". */
static void S3_10_3_CW_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, CLOSE_WAIT, p); p++) {
		s.t.unread = 10;
		calls(&s, CALL_RECEIVE, 10);
		const struct reaction *r = permits_silence(&s, CLOSE_WAIT);
		permits_nothing_else(&s);
		follow(&s, r);
		assert_int_equal(s.t.unread, 0);
		calls(&s, CALL_RECEIVE, 10);
		only_answers(&s);
		assert_true(s.out.reaction[0].next.signals + s.out.reaction[0].next.may_signal > 0);
	}
}

static const enum state both_closed[] = {CLOSING, LAST_ACK, TIME_WAIT};

static void S3_10_3_CLOSING_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 3; i++)
		for (unsigned p = 0; scene_in(&s, both_closed[i], p); p++) {
			calls(&s, CALL_RECEIVE, 10);
			only_answers(&s);
		}
}

/* 3.10.6: STATUS tells the state's name, and each name is its own. */
static void S3_10_6_ALL_1(void **unused)
{
	static const char *const names[] = {"CLOSED", "LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT"};

	(void)unused;
	for (unsigned i = 0; i < STATES; i++) {
		enum state st = STATES;
		assert_string_equal(state_name((enum state)i), names[i]);
		assert_true(state_read(names[i], strlen(names[i]), &st));
		assert_int_equal(st, i);
		assert_false(state_read(names[i], strlen(names[i]) - 1, &st));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(S3_10_1_CLOSED_1),
	    cmocka_unit_test(S3_10_1_CLOSED_2),
	    cmocka_unit_test(S3_10_1_LISTEN_1),
	    cmocka_unit_test(S3_10_1_OTHER_1),
	    cmocka_unit_test(S3_10_2_CLOSED_1),
	    cmocka_unit_test(S3_10_2_LISTEN_1),
	    cmocka_unit_test(S3_10_2_SYN_1),
	    cmocka_unit_test(S3_10_2_EST_1),
	    cmocka_unit_test(S3_10_2_EST_3),
	    cmocka_unit_test(S3_10_2_CLOSING_1),
	    cmocka_unit_test(S3_10_3_CLOSED_1),
	    cmocka_unit_test(S3_10_3_SYN_1),
	    cmocka_unit_test(S3_10_3_EST_1),
	    cmocka_unit_test(S3_10_3_EST_2),
	    cmocka_unit_test(urgent_text_that_remains_is_told),
	    cmocka_unit_test(urgent_text_is_sent_with_its_pointer),
	    cmocka_unit_test(S3_10_3_EST_3),
	    cmocka_unit_test(S3_10_3_CW_1),
	    cmocka_unit_test(S3_10_3_CLOSING_1),
	    cmocka_unit_test(S3_10_6_ALL_1),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("RFC 9293 3.10.1 to 3.10.3 and 3.10.6, user calls", tests, NULL, NULL);
}
