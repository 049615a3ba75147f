/* RFC 9293 3.10.7.4, fourth check: the SYN bit. Expectations are the text's, not the model's. */
#include "tests/model/fixture.h"

static const uint16_t syns[] = {CTL_SYN, CTL_SYN | CTL_ACK, CTL_SYN | CTL_FIN, CTL_SYN};

/* The fourth of syns[] carries text. */
static uint32_t syn_text(unsigned i)
{
	return i == 3 ? 10 : 0;
}

/* "If the connection was initiated with a passive OPEN, then return this connection to the LISTEN state and return." RFC 5961 4 asks for
 * a challenge ACK in synchronized states, which SYN-RECEIVED is not; a stack that does so there all the same is left open. No reset. */
static void S3_10_7_4_SYN_1(void **unused)
{
	const uint32_t inside[] = {0, 100, WINDOW - 20};
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_RECEIVED, p); p++)
		for (unsigned j = 0; j < 3; j++)
			for (unsigned i = 0; i < 4; i++) {
				from_listen(&s);
				arrives(&s, 301 + inside[j], 101, syns[i], syn_text(i));
				permits_silence(&s, LISTEN);
				leaves_open_reply(&s, 101, 301, CTL_ACK, SYN_RECEIVED);
				permits_nothing_else(&s);
				user_is_not_told(&s);
			}
}

/* "Otherwise, handle per the directions for synchronized states below": the challenge ACK, and neither a reset nor a new ISS. */
static void S3_10_7_4_SYN_2(void **unused)
{
	const uint32_t inside[] = {0, 100, WINDOW - 20};
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_RECEIVED, p); p++)
		for (unsigned j = 0; j < 3; j++)
			for (unsigned i = 0; i < 4; i++) {
				arrives(&s, 301 + inside[j], 101, syns[i], syn_text(i));
				permits_reply(&s, 101, 301, CTL_ACK, SYN_RECEIVED);
				permits_nothing_else(&s);
				user_is_not_told(&s);
				rcv_nxt_is(&s, 301);
			}
}

/* The same without RFC 5961: an error, so that a reset is sent and the open has failed. */
static void syn_in_syn_received_without_rfc5961(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_RECEIVED, p); p++) {
		s.m.choices.rfc5961_syn = false;
		arrives(&s, 401, 0, CTL_SYN, 0);
		permits_reset_from_zero(&s, 402, CLOSED);
		leaves_open_reply(&s, 101, 0, CTL_RST, CLOSED);
		leaves_open_reply(&s, 101, 301, CTL_RST | CTL_ACK, CLOSED);
		leaves_open_reply(&s, 101, 402, CTL_RST | CTL_ACK, CLOSED);
		permits_nothing_else(&s);
	}
}

/* "if the SYN bit is set, irrespective of the sequence number, TCP endpoints MUST send a 'challenge ACK' ... MUST drop the unacceptable
 * segment". Old, exact, in the window and beyond it. */
static void S3_10_7_4_SYN_3(void **unused)
{
	const uint32_t places[] = {0u - 100, 0, 100, 70000, 5000000};
	struct scene s;

	(void)unused;
	for (unsigned n = 0; n < BEFORE_TIME_WAIT; n++)
		for (unsigned p = 0; scene_in(&s, synchronized[n], p); p++)
			for (unsigned j = 0; j < 20; j++) {
				const uint32_t place = places[j / 4];
				arrives(&s, s.rcv + place, s.una, syns[j % 4], syn_text(j % 4));
				permits_reply(&s, s.nxt, s.rcv, CTL_ACK, s.t.state);
				if (place != 0 && place != 100)
					tolerates_silence(&s, s.t.state); /* the first check's "should be sent" */
				permits_nothing_else(&s);
				rcv_nxt_is(&s, s.rcv);
				snd_una_is(&s, s.una);
				unread_is(&s, 0);
				user_is_not_told(&s);
			}
}

/* "For implementations that do not follow RFC 5961 ... If the SYN is in the window it is an error: send a reset ... the user should also
 * receive an unsolicited general 'connection reset' signal, enter the CLOSED state". The reset's numbers are those of 3.5.2: from the ACK
 * field, else zero; one from SND.NXT is not excluded. Outside the window "an ACK would have been sent in the first step". */
static void S3_10_7_4_SYN_4(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned n = 0; n < SYNCHRONIZED; n++)
		for (unsigned p = 0; scene_in(&s, synchronized[n], p); p++)
			for (uint32_t place = 0; place <= 100; place += 100) {
				s.m.choices.rfc5961_syn = false;
				arrives(&s, s.rcv + place, 0, CTL_SYN, 0);
				permits_reset_from_zero(&s, s.rcv + place + 1, CLOSED);
				leaves_open_reply(&s, s.nxt, 0, CTL_RST, CLOSED);
				leaves_open_reply(&s, s.nxt, s.rcv, CTL_RST | CTL_ACK, CLOSED);
				leaves_open_reply(&s, s.nxt, s.rcv + place + 1, CTL_RST | CTL_ACK, CLOSED);
				permits_nothing_else(&s);
				user_is_told(&s, SIGNAL_RESET);
				arrives(&s, s.rcv + place, 77, CTL_SYN | CTL_ACK, 0);
				permits_reset_at(&s, 77, CLOSED);
				leaves_open_reply(&s, s.nxt, 0, CTL_RST, CLOSED);
				leaves_open_reply(&s, s.nxt, s.rcv, CTL_RST | CTL_ACK, CLOSED);
				leaves_open_reply(&s, s.nxt, s.rcv + place + 1, CTL_RST | CTL_ACK, CLOSED);
				permits_nothing_else(&s);
				arrives(&s, s.rcv + 70000, 0, CTL_SYN, 0);
				permits_reply(&s, s.nxt, s.rcv, CTL_ACK, s.t.state);
				tolerates_silence(&s, s.t.state);
				permits_nothing_else(&s);
				user_is_not_told(&s);
			}
}

/* "For the TIME-WAIT state, new connections can be accepted if the Timestamp Option is used and meets expectations (per [40])": RFC 6191,
 * a TSval greater than the last one seen. The new ISS lies after the old numbers (3.6.1 MAY-2 (1)). */
static void S3_10_7_4_SYN_5(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, TIME_WAIT, p); p++)
		for (int reuse = 0; reuse < 2; reuse++) {
			s.m.choices.timestamps = true;
			s.m.choices.time_wait_reuse = reuse;
			s.t.listener = true;
			s.t.ts_on = s.t.ts_offered = true;
			s.t.ts_recent = 5000;
			struct segment g = said(&s, 100302, 0, CTL_SYN, 0);
			g.options = (struct options){.has_ts = true, .ts_val = 6000};
			arrives_as(&s, &g);
			if (reuse) {
				const struct reaction *r = permits_new_syn(&s, CTL_SYN | CTL_ACK, 100303, SYN_RECEIVED);
				assert_true(r->now[0].seq_after);
				assert_true(seq_le(s.target + 102, r->now[0].seq + 1));
				leaves_open_reply(&s, 102, 302, CTL_ACK, TIME_WAIT); /* "can be accepted": it need not */
				leaves_open_silence(&s, TIME_WAIT);
			} else {
				permits_reply(&s, 102, 302, CTL_ACK, TIME_WAIT);
				tolerates_silence(&s, TIME_WAIT);
			}
			permits_nothing_else(&s);
			/* An old TSval and an old SEQ: an old duplicate, which opens nothing. */
			g = said(&s, 200, 0, CTL_SYN, 0);
			g.options = (struct options){.has_ts = true, .ts_val = 4000};
			arrives_as(&s, &g);
			permits_reply(&s, 102, 302, CTL_ACK, TIME_WAIT);
			leaves_open_silence(&s, TIME_WAIT); /* RFC 6191 2 (else branch): "silently drop" stands beside the ACK of 3.10.7.4 */
			permits_nothing_else(&s);
		}
}

/* 3.5.1, Figure 9: A has crashed and opens anew; its SYN, at 400 in the figure, draws an ACK, which A answers by <SEQ=SEG.ACK><CTL=RST>. */
static void S3_10_7_4_SYN_6(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, ESTABLISHED, p); p++) {
		arrives(&s, 5000000, 0, CTL_SYN, 0);
		follow(&s, permits_reply(&s, 101, 301, CTL_ACK, ESTABLISHED));
		arrives(&s, 301, 0, CTL_RST, 0);
		permits_silence(&s, CLOSED);
		permits_nothing_else(&s);
		user_is_told(&s, SIGNAL_RESET);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(S3_10_7_4_SYN_1),
	    cmocka_unit_test(S3_10_7_4_SYN_2),
	    cmocka_unit_test(syn_in_syn_received_without_rfc5961),
	    cmocka_unit_test(S3_10_7_4_SYN_3),
	    cmocka_unit_test(S3_10_7_4_SYN_4),
	    cmocka_unit_test(S3_10_7_4_SYN_5),
	    cmocka_unit_test(S3_10_7_4_SYN_6),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("RFC 9293 3.10.7.4, fourth check: SYN", tests, NULL, NULL);
}
