/* RFC 9293 3.10.7.4 met by odd segments: several control bits at once, ends that lie on the edges of the window, text and FIN where neither belongs. Expectations are the
 * text's, not the model's. */
#include "tests/model/fixture.h"

static const enum state after_fin[] = {CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT};

/* ---- first check ---- */

/* 3.4: "SEG.LEN ... counting SYN and FIN". The FIN behind one old octet lies at RCV.NXT: "contents straddle the boundary between old and new, only the new parts are processed". */
static void fin_behind_an_old_octet_is_new(void **unused)
{
	static const enum state next[] = {CLOSE_WAIT, CLOSING, TIME_WAIT};
	struct scene s;
	(void)unused;
	for (unsigned i = 0; i < RECEIVING; i++)
		for (unsigned p = 0; scene_in(&s, synchronized[i], p); p++) {
			arrives(&s, 300, s.una, CTL_FIN | CTL_ACK, 1);
			permits_reply(&s, s.nxt, 302, CTL_ACK, next[i]);
			permits_owed_ack(&s, 302, next[i]);
			permits_nothing_else(&s);
		}
}

/* "Trimming off any portions that lie outside the window (including SYN and FIN)": of two octets and a FIN at the window's last number one octet is left. It waits for its turn
 * (SHLD-31); when that comes the FIN is not there. */
static void fin_beyond_the_right_edge_is_trimmed(void **unused)
{
	struct scene s;
	(void)unused;
	for (unsigned p = 0; scene_in(&s, ESTABLISHED, p); p++) {
		receive_window(&s, 2);
		arrives(&s, 302, 101, CTL_FIN | CTL_ACK, 2);
		const struct reaction *held = permits_reply(&s, 101, 301, CTL_ACK, ESTABLISHED);
		tolerates_silence(&s, ESTABLISHED);
		permits_nothing_else(&s);
		follow(&s, held);
		arrives(&s, 301, 101, CTL_ACK, 1);
		permits_reply(&s, 101, 303, CTL_ACK, ESTABLISHED);
		leaves_open_owed_ack(&s, 303, ESTABLISHED);
		leaves_open_reply(&s, 101, 302, CTL_ACK, ESTABLISHED); /* the octet was not held after all */
		leaves_open_owed_ack(&s, 302, ESTABLISHED);
		permits_nothing_else(&s);
	}
}

/* "A TCP receiver MUST process the RST and URG fields of all incoming segments, even when the receive window is zero" (MUST-66): whatever else the segment bears. */
static void rst_counts_at_a_closed_window(void **unused)
{
	static const uint16_t with[] = {0, CTL_SYN, CTL_FIN, CTL_SYN | CTL_FIN, CTL_URG};
	struct scene s;
	(void)unused;
	for (unsigned i = 0; i <= BEFORE_TIME_WAIT; i++)
		for (unsigned k = 0; k < 2 * sizeof with / sizeof *with; k++)
			for (unsigned p = 0; scene_in(&s, i < BEFORE_TIME_WAIT ? synchronized[i] : SYN_RECEIVED, p); p++) {
				receive_window(&s, 0);
				arrives(&s, s.rcv, s.una, (uint16_t)(CTL_RST | with[k / 2]), k % 2);
				permits_silence(&s, CLOSED);
				permits_nothing_else(&s);
			}
}

/* A SYN there is no RST and no ACK: the window is closed, the segment not acceptable, "an acknowledgment should be sent in reply". */
static void syn_at_a_closed_window_is_not_acceptable(void **unused)
{
	struct scene s;
	(void)unused;
	for (unsigned i = 0; i < RECEIVING; i++)
		for (unsigned p = 0; scene_in(&s, synchronized[i], p); p++) {
			s.m.choices.rfc5961_syn = false; /* without it there is no other reason */
			receive_window(&s, 0);
			arrives(&s, 301, s.nxt, CTL_SYN | CTL_ACK, 0);
			permits_reply(&s, s.nxt, 301, CTL_ACK, synchronized[i]);
			permits_nothing_else(&s);
		}
}

/* Second check, 1): "the RST bit is set and the sequence number is outside the current receive window, silently drop": its SEQ, though its text reaches into the window. 3.5.3. */
static void rst_whose_text_reaches_into_the_window_is_outside(void **unused)
{
	struct scene s;
	(void)unused;
	for (unsigned i = 0; i < SYNCHRONIZED; i++)
		for (unsigned p = 0; scene_in(&s, synchronized[i], p); p++) {
			arrives(&s, s.rcv - 1, s.una, CTL_RST | CTL_FIN | CTL_ACK, 2);
			permits_silence(&s, synchronized[i]);
			permits_nothing_else(&s);
		}
}

/* ---- in SEG.SEQ order ---- */

/* "Further processing is done in SEG.SEQ order": text and FIN at RCV.NXT come before what is held behind them, and nothing lies behind a FIN (3.4). */
static void fin_comes_before_what_is_held(void **unused)
{
	struct scene s;
	(void)unused;
	for (unsigned p = 0; scene_in(&s, ESTABLISHED, p); p++) {
		s.t.held[0].from = s.tester + 302;
		s.t.held[0].to = s.tester + 305;
		s.t.held_count = 1;
		arrives(&s, 301, 101, CTL_FIN | CTL_ACK, 1);
		const struct reaction *r = permits_reply(&s, 101, 303, CTL_ACK, CLOSE_WAIT);
		leaves_open_owed_ack(&s, 303, CLOSE_WAIT);
		permits_nothing_else(&s);
		assert_int_equal(r->next.held_count, 0);
		unread_is(&s, 1);
	}
}

/* First check, SHLD-31: a segment beyond a gap waits for its turn before anyone looks at its ACK bit, and RFC 5681 4.2 wants its arrival answered; fifth check: "if the ACK bit is
 * off, drop the segment". Taken it is never. */
static void text_without_ack_beyond_a_gap(void **unused)
{
	struct scene s;
	(void)unused;
	for (unsigned i = 0; i < SYNCHRONIZED; i++)
		for (unsigned p = 0; scene_in(&s, synchronized[i], p); p++) {
			arrives(&s, s.rcv + 10, 0, CTL_PSH, 1);
			permits_silence(&s, synchronized[i]);
			permits_reply(&s, s.nxt, s.rcv, CTL_ACK, synchronized[i]);
			permits_nothing_else(&s);
			for (unsigned k = 0; k < s.out.count; k++)
				assert_int_equal(s.out.reaction[k].next.held_count, 0);
			arrives(&s, s.rcv + 10, 0, CTL_PSH, 0); /* an empty one is no out-of-order data */
			permits_silence(&s, synchronized[i]);
			permits_nothing_else(&s);
		}
}

/* In SYN-RECEIVED the whole segment may wait, its ACK field too; looked at, a bad one draws the reset of the fifth check. */
static void bad_ack_beyond_a_gap_in_syn_received(void **unused)
{
	struct scene s;
	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_RECEIVED, p); p++) {
		from_listen(&s);
		arrives(&s, 311, 100, CTL_ACK, 1);
		permits_reset_at(&s, 100, SYN_RECEIVED);
		permits_reply(&s, 101, 301, CTL_ACK, SYN_RECEIVED);
		tolerates_silence(&s, SYN_RECEIVED);
		permits_nothing_else(&s);
	}
}

/* MAY-13 ("MAY send an ACK segment ... when a valid segment arrives that is in the window but not at the left window edge") stands under ESTABLISHED, FIN-WAIT-1 and FIN-WAIT-2. */
static void empty_segment_beyond_a_gap(void **unused)
{
	struct scene s;
	(void)unused;
	for (unsigned i = 0; i < BEFORE_TIME_WAIT; i++)
		for (unsigned p = 0; scene_in(&s, synchronized[i], p); p++) {
			arrives(&s, s.rcv + 10, s.una, CTL_ACK, 0);
			permits_silence(&s, synchronized[i]);
			if (i < RECEIVING)
				permits_reply(&s, s.nxt, s.rcv, CTL_ACK, synchronized[i]);
			permits_nothing_else(&s);
		}
}

/* After the peer's FIN text beyond a gap is out of order (RFC 5681 4.2: "an immediate duplicate ACK") and no text (seventh check: "Ignore the segment text"). */
static void text_beyond_a_gap_after_the_fin(void **unused)
{
	struct scene s;
	(void)unused;
	for (unsigned i = 0; i < 4; i++)
		for (unsigned p = 0; scene_in(&s, after_fin[i], p); p++) {
			arrives(&s, 312, s.una, CTL_ACK, 1);
			permits_silence(&s, after_fin[i]);
			permits_reply(&s, s.nxt, 302, CTL_ACK, after_fin[i]);
			permits_nothing_else(&s);
			unread_is(&s, 0);
		}
}

/* In order it is ignored, and that is all (TIME-WAIT's fifth check apart: "Acknowledge it"). */
static void text_in_order_after_the_fin(void **unused)
{
	struct scene s;
	(void)unused;
	for (unsigned i = 0; i < 4; i++)
		for (unsigned p = 0; scene_in(&s, after_fin[i], p); p++) {
			arrives(&s, 301, s.una, CTL_ACK, 2);
			permits_silence(&s, after_fin[i]);
			if (after_fin[i] == TIME_WAIT)
				leaves_open_reply(&s, s.nxt, 302, CTL_ACK, TIME_WAIT);
			permits_nothing_else(&s);
			unread_is(&s, 0);
		}
}

/* The second FIN with text before it: "advance RCV.NXT over the FIN, and send an acknowledgment for the FIN" (eighth check), ignored (seventh), or told where the stream ended. */
static void second_fin_with_text(void **unused)
{
	struct scene s;
	(void)unused;
	for (unsigned i = 0; i < 4; i++)
		for (unsigned p = 0; scene_in(&s, after_fin[i], p); p++) {
			arrives(&s, 302, s.una, CTL_FIN | CTL_ACK, 3);
			leaves_open_silence(&s, after_fin[i]);
			leaves_open_reply(&s, s.nxt, 302, CTL_ACK, after_fin[i]);
			leaves_open_reply(&s, s.nxt, 306, CTL_ACK, after_fin[i]);
			leaves_open_owed_ack(&s, 306, after_fin[i]);
			permits_nothing_else(&s);
			unread_is(&s, 0);
		}
}

/* ---- the first SYN again ---- */

/* Bare it is old. With text that reaches into the window it is acceptable (Table 6), its SYN is "trimmed off", and the rest has an ACK that completes the handshake. */
static void first_syn_with_text_and_ack(void **unused)
{
	struct scene s;
	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_RECEIVED, p); p++) {
		from_listen(&s);
		arrives(&s, 300, 101, CTL_SYN | CTL_ACK, 1);
		permits_reply(&s, 101, 302, CTL_ACK, ESTABLISHED);
		leaves_open_owed_ack(&s, 302, ESTABLISHED);
		permits_reply(&s, 101, 301, CTL_ACK, SYN_RECEIVED); /* and taken as a whole for what it is, an old SYN */
		permits_nothing_else(&s);
		arrives(&s, 300, 77, CTL_SYN | CTL_ACK, 1);
		permits_reset_at(&s, 77, SYN_RECEIVED);
		permits_reply(&s, 101, 301, CTL_ACK, SYN_RECEIVED);
		permits_nothing_else(&s);
	}
}

/* 3.5.2, group 2: "in any non-synchronized state (LISTEN, SYN-SENT, SYN-RECEIVED), and the incoming segment acknowledges something not yet sent (the segment carries an unacceptable
 * ACK) ... a reset is sent ... The connection remains in the same state", beside the fourth check's way with a SYN. */
static void syn_with_a_bad_ack_in_syn_received(void **unused)
{
	struct scene s;
	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_RECEIVED, p); p++) {
		arrives(&s, 301, 102, CTL_SYN | CTL_ACK, 0); /* after an active OPEN */
		permits_reset_at(&s, 102, SYN_RECEIVED);
		permits_reply(&s, 101, 301, CTL_ACK, SYN_RECEIVED);
		permits_nothing_else(&s);
		from_listen(&s);
		arrives(&s, 301, 102, CTL_SYN | CTL_ACK, 0);
		permits_reset_at(&s, 102, SYN_RECEIVED);
		permits_silence(&s, LISTEN);
		permits_nothing_else(&s);
		arrives(&s, 301, 101, CTL_SYN | CTL_ACK, 0); /* a good one is no reason */
		permits_silence(&s, LISTEN);
		permits_nothing_else(&s);
	}
}

static void first_syn_with_text_and_no_ack(void **unused)
{
	struct scene s;
	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_RECEIVED, p); p++) {
		from_listen(&s);
		arrives(&s, 300, 0, CTL_SYN | CTL_FIN, 0);
		permits_silence(&s, SYN_RECEIVED); /* trimmed; "if the ACK bit is off, drop the segment" */
		permits_reply(&s, 101, 301, CTL_ACK, SYN_RECEIVED);
		permits_reply(&s, 100, 301, CTL_SYN | CTL_ACK, SYN_RECEIVED);
		permits_nothing_else(&s);
	}
}

/* ---- timestamps ---- */

static void arrives_stamped(struct scene *s, uint32_t seq, uint32_t ack, uint16_t ctl, uint32_t text, uint32_t val)
{
	struct segment g = said(s, seq, ack, ctl, text);
	g.options.has_ts = true;
	g.options.ts_val = val;
	arrives_as(s, &g);
}

static void with_timestamps(struct scene *s)
{
	s->m.choices.timestamps = true;
	s->t.ts_on = s->t.ts_offered = true;
	s->t.ts_recent = 1000;
}

/* RFC 7323 5.3 R1: "on all incoming segments for a synchronized connection ... treat the arriving segment as not acceptable". */
static void an_old_timestamp_is_not_acceptable(void **unused)
{
	struct scene s;
	(void)unused;
	for (unsigned i = 0; i < SYNCHRONIZED; i++)
		for (unsigned p = 0; scene_in(&s, synchronized[i], p); p++) {
			with_timestamps(&s);
			arrives_stamped(&s, s.rcv, s.nxt, CTL_FIN | CTL_ACK, 1, 999);
			permits_reply(&s, s.nxt, s.rcv, CTL_ACK, synchronized[i]);
			permits_nothing_else(&s);
			arrives_stamped(&s, s.rcv, s.nxt, CTL_RST | CTL_ACK, 0, 999); /* "and if the RST bit is not set" */
			permits_silence(&s, CLOSED);
			permits_nothing_else(&s);
		}
}

/* Does the reply that the one reaction asks for pass the always-on check with this echo? *t: the TCB behind it. */
static bool may_echo(const struct scene *s, uint32_t echo, struct tcb *t)
{
	const struct reaction *r = &s->out.reaction[0];
	struct segment g = {.ctl = CTL_ACK, .seq = r->now[0].seq, .ack = r->now[0].ack, .wnd = 65535};
	enum level level;
	g.options = (struct options){.has_ts = true, .ts_val = 1, .ts_ecr = echo};
	*t = r->next;
	return !model_segment_fault(&s->m, t, &g, &level) && model_satisfies(&s->m, &r->now[0], &g, s->now, t);
}

/* RFC 5961 4.2, 5.2: the segment that draws the challenge ACK is "unacceptable", "MUST be discarded"; RFC 7323 5.3 R3 has recorded its TSval before. What was echoed tells. */
static void a_challenged_timestamp_may_be_recorded(void **unused)
{
	struct scene s;
	struct tcb t;
	(void)unused;
	for (unsigned i = 0; i < SYNCHRONIZED - 1; i++) /* TIME-WAIT may take the SYN for a new one */
		for (unsigned p = 0; scene_in(&s, synchronized[i], p); p++)
			for (int syn = 0; syn < 2; syn++) {
				with_timestamps(&s);
				s.m.choices.rfc5961_syn = s.m.choices.rfc5961_ack = true;
				arrives_stamped(&s, s.rcv, syn ? 0 : s.nxt + 1000, syn ? CTL_SYN : CTL_ACK, 0, 1001);
				permits_reply(&s, s.nxt, s.rcv, CTL_ACK, synchronized[i]);
				assert_false(may_echo(&s, 1002, &t));
				assert_true(may_echo(&s, 1000, &t));
				assert_true(t.ts_recent == 1000 && !t.ts_doubt);
				assert_true(may_echo(&s, 1001, &t));
				assert_true(t.ts_recent == 1001 && !t.ts_doubt);
			}
}

/* SYN-RECEIVED is no synchronized state (RFC 9293 3.5.2); RFC 7323's Appendix D has the check there too. */
static void an_old_timestamp_in_syn_received(void **unused)
{
	struct scene s;
	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_RECEIVED, p); p++) {
		from_listen(&s);
		with_timestamps(&s);
		arrives_stamped(&s, 301, 101, CTL_ACK, 0, 999);
		permits_reply(&s, 101, 301, CTL_ACK, SYN_RECEIVED);
		permits_silence(&s, ESTABLISHED);
		permits_nothing_else(&s);
	}
}

/* RFC 7323 3.2: a segment without the option "SHOULD silently" be dropped; RFC 6191 2 honors a SYN without it that opens anew in TIME-WAIT, which is of another connection. */
static void a_syn_without_timestamps_reopens_as_strictly(void **unused)
{
	struct scene s;
	(void)unused;
	for (unsigned p = 0; scene_in(&s, TIME_WAIT, p); p++) {
		with_timestamps(&s);
		s.t.listener = true;
		s.m.choices.time_wait_reuse = true;
		arrives(&s, 302, 0, CTL_SYN, 0);
		assert_false(permits_new_syn(&s, CTL_SYN | CTL_ACK, 303, SYN_RECEIVED)->breaks_should);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fin_behind_an_old_octet_is_new),
	    cmocka_unit_test(fin_beyond_the_right_edge_is_trimmed),
	    cmocka_unit_test(rst_counts_at_a_closed_window),
	    cmocka_unit_test(syn_at_a_closed_window_is_not_acceptable),
	    cmocka_unit_test(rst_whose_text_reaches_into_the_window_is_outside),
	    cmocka_unit_test(fin_comes_before_what_is_held),
	    cmocka_unit_test(text_without_ack_beyond_a_gap),
	    cmocka_unit_test(bad_ack_beyond_a_gap_in_syn_received),
	    cmocka_unit_test(empty_segment_beyond_a_gap),
	    cmocka_unit_test(text_beyond_a_gap_after_the_fin),
	    cmocka_unit_test(text_in_order_after_the_fin),
	    cmocka_unit_test(second_fin_with_text),
	    cmocka_unit_test(first_syn_with_text_and_ack),
	    cmocka_unit_test(first_syn_with_text_and_no_ack),
	    cmocka_unit_test(syn_with_a_bad_ack_in_syn_received),
	    cmocka_unit_test(an_old_timestamp_is_not_acceptable),
	    cmocka_unit_test(a_challenged_timestamp_may_be_recorded),
	    cmocka_unit_test(an_old_timestamp_in_syn_received),
	    cmocka_unit_test(a_syn_without_timestamps_reopens_as_strictly),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("SEGMENT ARRIVES: odd segments", tests, NULL, NULL);
}
