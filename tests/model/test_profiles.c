/* Where the readings part: profiles rfc793 and tc8 beside RFC 9293. Expectations are RFC 793's and RFC 1122's text, and what OPEN Alliance TC8's cases ask for, by their numbers. */
#include "tests/model/fixture.h"

static bool scene_of(struct scene *s, enum profile profile, enum state st, unsigned placement)
{
	if (!scene_in(s, st, placement))
		return false;
	s->m.profile = profile; /* the declared choices stay: they are RFC 5961's, which neither of the two knows */
	return true;
}

static const enum profile older[] = {PROFILE_RFC793, PROFILE_TC8};

/* RFC 793 3.4: "A reset is valid if its sequence number is in the window". TCP_FLAGS_PROCESSING_02. */
static void any_rst_in_the_window_resets(void **unused)
{
	struct scene s;
	(void)unused;
	for (unsigned k = 0; k < 2; k++)
		for (unsigned i = 0; i < SYNCHRONIZED; i++)
			for (unsigned p = 0; scene_of(&s, older[k], synchronized[i], p); p++) {
				arrives(&s, s.rcv + 10, 0, CTL_RST, 0);
				permits_silence(&s, CLOSED);
				permits_nothing_else(&s);
				arrives(&s, s.rcv + WINDOW, 0, CTL_RST, 0); /* TCP_FLAGS_INVALID_15 */
				permits_silence(&s, synchronized[i]);
				permits_nothing_else(&s);
			}
}

/* RFC 793 p. 71: "If the SYN is in the window it is an error, send a reset ... enter the CLOSED state". The reset's form is 3.4's, from the segment, or ABORT's. */
static void a_syn_in_the_window_resets(void **unused)
{
	struct scene s;
	(void)unused;
	for (unsigned k = 0; k < 2; k++)
		for (unsigned i = 0; i < BEFORE_TIME_WAIT; i++)
			for (unsigned p = 0; scene_of(&s, older[k], synchronized[i], p); p++) {
				arrives(&s, s.rcv, 0, CTL_SYN, 0);
				permits_reset_from_zero(&s, s.rcv + 1, CLOSED);
				permits_reset_at(&s, s.nxt, CLOSED);
				leaves_open_reply(&s, s.nxt, s.rcv, CTL_RST | CTL_ACK, CLOSED);
				permits_nothing_else(&s);
				user_is_told(&s, SIGNAL_RESET);
				arrives(&s, s.rcv - 1, 0, CTL_SYN, 0); /* TCP_UNACCEPTABLE_06 */
				permits_reply(&s, s.nxt, s.rcv, CTL_ACK, synchronized[i]);
				permits_nothing_else(&s);
			}
}

/* The same in SYN-RECEIVED by a passive OPEN, where RFC 1122 4.2.2.20 (e) and RFC 9293 go back to LISTEN. TCP_FLAGS_PROCESSING_05. */
static void a_syn_in_the_window_resets_in_syn_received(void **unused)
{
	struct scene s;
	(void)unused;
	for (unsigned k = 0; k < 2; k++)
		for (unsigned p = 0; scene_of(&s, older[k], SYN_RECEIVED, p); p++) {
			s.t.passive = true;
			arrives(&s, 301, 0, CTL_SYN, 0);
			permits_reset_from_zero(&s, 302, CLOSED);
			permits_reset_at(&s, 101, CLOSED);
			leaves_open_reply(&s, 101, 301, CTL_RST | CTL_ACK, CLOSED);
			permits_nothing_else(&s);
		}
	for (unsigned p = 0; scene_of(&s, PROFILE_RFC9293, SYN_RECEIVED, p); p++) {
		from_listen(&s);
		arrives(&s, 301, 0, CTL_SYN, 0);
		permits_silence(&s, LISTEN);
		permits_nothing_else(&s);
	}
}

/* RFC 793 p. 72: "SND.UNA =< SEG.ACK =< SND.NXT". RFC 9293 has "<" there, which TCP_UNACCEPTABLE_03 (an unacceptable ACK draws a reset) is read with. */
static void the_ack_of_iss_in_syn_received(void **unused)
{
	struct scene s;
	(void)unused;
	for (unsigned p = 0; scene_of(&s, PROFILE_TC8, SYN_RECEIVED, p); p++) {
		from_listen(&s);
		arrives(&s, 301, 100, CTL_ACK, 0);
		permits_reset_at(&s, 100, SYN_RECEIVED);
		permits_nothing_else(&s);
	}
	for (unsigned p = 0; scene_of(&s, PROFILE_RFC793, SYN_RECEIVED, p); p++) {
		from_listen(&s);
		arrives(&s, 301, 100, CTL_ACK, 0);
		permits_silence(&s, ESTABLISHED);
		permits_nothing_else(&s);
	}
}

/* RFC 793 p. 72: "If the ACK is a duplicate (SEG.ACK < SND.UNA), it can be ignored": however old, and the text goes on (declared MAY-12 notwithstanding). */
static void an_old_ack_is_a_duplicate(void **unused)
{
	struct scene s;
	(void)unused;
	for (unsigned k = 0; k < 2; k++)
		for (unsigned p = 0; scene_of(&s, older[k], ESTABLISHED, p); p++) {
			s.m.choices.rfc5961_ack = true;
			arrives(&s, 301, 101u - 65536, CTL_ACK, 1);
			permits_reply(&s, 101, 302, CTL_ACK, ESTABLISHED);
			permits_owed_ack(&s, 302, ESTABLISHED);
			permits_nothing_else(&s);
		}
}

/* TCP_FLAGS_INVALID_05: in SYN-SENT a RST whose ACK is acceptable ends the open, whatever its SEQ. */
static void a_rst_ends_the_open(void **unused)
{
	struct scene s;
	(void)unused;
	for (unsigned k = 0; k < 2; k++)
		for (unsigned p = 0; scene_of(&s, older[k], SYN_SENT, p); p++) {
			arrives(&s, 5000, 101, CTL_RST | CTL_ACK, 0);
			permits_silence(&s, CLOSED);
			permits_nothing_else(&s);
		}
}

/* TCP_FLAGS_PROCESSING_06: the last FIN again in TIME-WAIT: an ACK, and the 2 MSL begin again. RFC 9293's first check drops it before that. */
static void the_old_fin_restarts_time_wait(void **unused)
{
	struct scene s;
	(void)unused;
	for (unsigned p = 0; scene_of(&s, PROFILE_TC8, TIME_WAIT, p); p++) {
		s.t.time_wait_from = s.now - 1000000;
		arrives(&s, 301, 102, CTL_FIN | CTL_ACK, 0);
		permits_reply(&s, 102, 302, CTL_ACK, TIME_WAIT);
		permits_nothing_else(&s);
		for (unsigned i = 0; i < s.out.count; i++)
			assert_true(s.out.reaction[i].next.time_wait_from == s.now);
	}
}

/* TCP_BASICS_09 reaches LAST-ACK by CLOSE in CLOSE-WAIT, as RFC 1122 4.2.2.20 (a) corrects it; RFC 793 p. 61 says CLOSING. */
static void close_in_close_wait(void **unused)
{
	struct scene s;
	(void)unused;
	for (unsigned p = 0; scene_of(&s, PROFILE_TC8, CLOSE_WAIT, p); p++) {
		calls(&s, CALL_CLOSE, 0);
		for (unsigned i = 0; i < s.out.count; i++)
			assert_int_not_equal(s.out.reaction[i].next.state, CLOSING);
		sends_up_to(&s, 102, LAST_ACK);
	}
	for (unsigned p = 0; scene_of(&s, PROFILE_RFC793, CLOSE_WAIT, p); p++) {
		calls(&s, CALL_CLOSE, 0);
		sends_up_to(&s, 102, CLOSING);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(any_rst_in_the_window_resets),
	    cmocka_unit_test(a_syn_in_the_window_resets),
	    cmocka_unit_test(a_syn_in_the_window_resets_in_syn_received),
	    cmocka_unit_test(the_ack_of_iss_in_syn_received),
	    cmocka_unit_test(an_old_ack_is_a_duplicate),
	    cmocka_unit_test(a_rst_ends_the_open),
	    cmocka_unit_test(the_old_fin_restarts_time_wait),
	    cmocka_unit_test(close_in_close_wait),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("profiles", tests, NULL, NULL);
}
