/* RFC 9293 3.10.7.4, eighth check: the FIN bit. Expectations are the text's, not the model's. */
#include "tests/model/fixture.h"

static void eof_is_told(const struct scene *s)
{
	user_is_told(s, SIGNAL_EOF | SIGNAL_CLOSED);
	for (unsigned i = 0; i < s->out.count; i++)
		assert_true(s->out.reaction[i].next.fin_received);
}

/* "advance RCV.NXT over the FIN, and send an acknowledgment for the FIN. ... Enter the CLOSE-WAIT state." */
static void S3_10_7_4_FIN_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, ESTABLISHED, p); p++) {
		arrives(&s, 301, 101, CTL_FIN | CTL_ACK, 0);
		permits_reply(&s, 101, 302, CTL_ACK, CLOSE_WAIT);
		permits_owed_ack(&s, 302, CLOSE_WAIT);
		permits_nothing_else(&s);
		rcv_nxt_is(&s, 302);
		eof_is_told(&s);
	}
}

/* SYN-RECEIVED, with an ACK that completes the handshake: ESTABLISHED by the fifth check, then CLOSE-WAIT. */
static void S3_10_7_4_FIN_2(void **unused)
{
	struct scene s;

	(void)unused;
	for (int passive = 0; passive < 2; passive++)
		for (unsigned p = 0; scene_in(&s, SYN_RECEIVED, p); p++) {
			if (passive)
				from_listen(&s);
			arrives(&s, 301, 101, CTL_FIN | CTL_ACK, 0);
			permits_reply(&s, 101, 302, CTL_ACK, CLOSE_WAIT);
			permits_owed_ack(&s, 302, CLOSE_WAIT);
			permits_nothing_else(&s);
			snd_una_is(&s, 101);
			rcv_nxt_is(&s, 302);
			eof_is_told(&s);
		}
}

/* FIN-WAIT-1: "If our FIN has been ACKed (perhaps in this segment), then enter TIME-WAIT, start the time-wait timer". Whether the ACK of this
 * FIN may wait like that of any other is not said: left open. */
static void S3_10_7_4_FIN_3(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, FIN_WAIT_1, p); p++) {
		s.now += 5000;
		arrives(&s, 301, 102, CTL_FIN | CTL_ACK, 0);
		const struct reaction *r = permits_reply(&s, 102, 302, CTL_ACK, TIME_WAIT);
		leaves_open_owed_ack(&s, 302, TIME_WAIT);
		permits_nothing_else(&s);
		snd_una_is(&s, 102);
		assert_int_equal(r->next.time_wait_from, START_US + 5000);
		eof_is_told(&s);
	}
}

/* "otherwise, enter the CLOSING state". */
static void S3_10_7_4_FIN_4(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, FIN_WAIT_1, p); p++) {
		arrives(&s, 301, 101, CTL_FIN | CTL_ACK, 0);
		permits_reply(&s, 102, 302, CTL_ACK, CLOSING);
		leaves_open_owed_ack(&s, 302, CLOSING);
		permits_nothing_else(&s);
		snd_una_is(&s, 101);
		eof_is_told(&s);
	}
}

/* FIN-WAIT-2: "Enter the TIME-WAIT state. Start the time-wait timer". */
static void S3_10_7_4_FIN_5(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, FIN_WAIT_2, p); p++) {
		s.now += 5000;
		arrives(&s, 301, 102, CTL_FIN | CTL_ACK, 0);
		const struct reaction *r = permits_reply(&s, 102, 302, CTL_ACK, TIME_WAIT);
		leaves_open_owed_ack(&s, 302, TIME_WAIT);
		permits_nothing_else(&s);
		assert_int_equal(r->next.time_wait_from, START_US + 5000);
		eof_is_told(&s);
	}
}

/* The FIN again: "Remain in the CLOSE-WAIT state" and so on. Its number is old: an ACK, by the first check. */
static void S3_10_7_4_FIN_6(void **unused)
{
	static const enum state states[] = {CLOSE_WAIT, CLOSING, LAST_ACK};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 3; i++)
		for (unsigned p = 0; scene_in(&s, states[i], p); p++) {
			arrives(&s, 301, s.una, CTL_FIN | CTL_ACK, 0);
			permits_reply(&s, s.nxt, 302, CTL_ACK, states[i]);
			tolerates_silence(&s, states[i]);
			permits_nothing_else(&s);
			rcv_nxt_is(&s, 302);
			snd_una_is(&s, s.una);
		}
}

/* Text and FIN in one segment: the text first (seventh check), then the FIN; one ACK covers both. */
static void S3_10_7_4_FIN_7(void **unused)
{
	static const struct {
		enum state from, to;
	} rows[] = {{ESTABLISHED, CLOSE_WAIT}, {FIN_WAIT_1, CLOSING}, {FIN_WAIT_2, TIME_WAIT}};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 3; i++)
		for (unsigned p = 0; scene_in(&s, rows[i].from, p); p++) {
			arrives(&s, 301, s.una, CTL_FIN | CTL_ACK, 10);
			permits_reply(&s, s.nxt, 312, CTL_ACK, rows[i].to);
			if (rows[i].from == ESTABLISHED)
				permits_owed_ack(&s, 312, CLOSE_WAIT);
			else
				leaves_open_owed_ack(&s, 312, rows[i].to);
			permits_nothing_else(&s);
			rcv_nxt_is(&s, 312);
			unread_is(&s, 10);
			eof_is_told(&s);
		}
}

/* "further processing is done in SEG.SEQ order": the FIN, 311, waits for octets 301 to 310. */
static void S3_10_7_4_FIN_8(void **unused)
{
	static const struct {
		enum state from, to;
	} rows[] = {{ESTABLISHED, CLOSE_WAIT}, {FIN_WAIT_1, CLOSING}, {FIN_WAIT_2, TIME_WAIT}};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 3; i++)
		for (unsigned p = 0; scene_in(&s, rows[i].from, p); p++) {
			arrives(&s, 311, s.una, CTL_FIN | CTL_ACK, 0);
			const struct reaction *r = permits_reply(&s, s.nxt, 301, CTL_ACK, rows[i].from);
			leaves_open_silence(&s, rows[i].from);
			leaves_open_owed_ack(&s, 301, rows[i].from);
			permits_nothing_else(&s);
			rcv_nxt_is(&s, 301);
			user_is_not_told(&s);
			follow(&s, r);
			arrives(&s, 301, s.una, CTL_ACK, 10);
			permits_reply(&s, s.nxt, 312, CTL_ACK, rows[i].to);
			leaves_open_owed_ack(&s, 312, rows[i].to);
			permits_nothing_else(&s);
			rcv_nxt_is(&s, 312);
			unread_is(&s, 10);
			eof_is_told(&s);
		}
}

/* A FIN beyond the window is trimmed off, or makes the segment unacceptable: an ACK of what was taken. It is taken when the window opens. */
static void S3_10_7_4_FIN_9(void **unused)
{
	static const struct {
		enum state from, to;
	} rows[] = {{ESTABLISHED, CLOSE_WAIT}, {FIN_WAIT_2, TIME_WAIT}};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 2; i++)
		for (unsigned p = 0; scene_in(&s, rows[i].from, p); p++) {
			for (uint32_t window = 0; window <= 10; window += 10) {
				receive_window(&s, window);
				arrives(&s, 301 + window, s.una, CTL_FIN | CTL_ACK, 0);
				permits_reply(&s, s.nxt, 301, CTL_ACK, rows[i].from);
				tolerates_silence(&s, rows[i].from);
				permits_nothing_else(&s);
				rcv_nxt_is(&s, 301);
				user_is_not_told(&s);
			}
			arrives(&s, 301, s.una, CTL_FIN | CTL_ACK, 10);
			follow(&s, permits_reply(&s, s.nxt, 311, CTL_ACK, rows[i].from));
			assert_false(s.t.fin_received);
			receive_window(&s, 100);
			arrives(&s, 311, s.una, CTL_FIN | CTL_ACK, 0);
			permits_reply(&s, s.nxt, 312, CTL_ACK, rows[i].to);
			leaves_open_owed_ack(&s, 312, rows[i].to);
			permits_nothing_else(&s);
			eof_is_told(&s);
		}
}

/* "Do not process the FIN if the state is CLOSED, LISTEN, or SYN-SENT since the SEG.SEQ cannot be validated". */
static void S3_10_7_4_FIN_10(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, CLOSED, p); p++) {
		arrives(&s, 300, 0, CTL_FIN, 0);
		permits_reset_from_zero(&s, 301, CLOSED);
		permits_nothing_else(&s);
		assert_true(scene_in(&s, LISTEN, p));
		arrives(&s, 300, 0, CTL_FIN, 0);
		permits_silence(&s, LISTEN);
		permits_nothing_else(&s);
		assert_true(scene_in(&s, SYN_SENT, p));
		arrives(&s, 300, 0, CTL_FIN, 0);
		permits_silence(&s, SYN_SENT);
		permits_nothing_else(&s);
		user_is_not_told(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(S3_10_7_4_FIN_1),
	    cmocka_unit_test(S3_10_7_4_FIN_2),
	    cmocka_unit_test(S3_10_7_4_FIN_3),
	    cmocka_unit_test(S3_10_7_4_FIN_4),
	    cmocka_unit_test(S3_10_7_4_FIN_5),
	    cmocka_unit_test(S3_10_7_4_FIN_6),
	    cmocka_unit_test(S3_10_7_4_FIN_7),
	    cmocka_unit_test(S3_10_7_4_FIN_8),
	    cmocka_unit_test(S3_10_7_4_FIN_9),
	    cmocka_unit_test(S3_10_7_4_FIN_10),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("RFC 9293 3.10.7.4, eighth check: FIN", tests, NULL, NULL);
}
