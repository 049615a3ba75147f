/* RFC 9293 3.10.7.4, second check: the RST bit. Expectations are the text's, not the model's. */
#include "tests/model/fixture.h"

/* Enters synchronized[i], or SYN-RECEIVED by simultaneous open (i = 7) or from LISTEN (i = 8). */
enum { WAYS = SYNCHRONIZED + 2 };

static bool enter(struct scene *s, unsigned i, unsigned p)
{
	if (!scene_in(s, i < SYNCHRONIZED ? synchronized[i] : SYN_RECEIVED, p))
		return false;
	if (i == SYNCHRONIZED + 1)
		from_listen(s);
	return true;
}

/* Where a reset leads: "return this connection to LISTEN state", or "enter the CLOSED state, delete the TCB". */
static enum state after_reset(unsigned i)
{
	return i == SYNCHRONIZED + 1 ? LISTEN : CLOSED;
}

static void only_dropped(struct scene *s)
{
	permits_silence(s, s->t.state);
	permits_nothing_else(s);
	user_is_not_told(s);
	rcv_nxt_is(s, s->rcv);
	snd_una_is(s, s->una);
}

/* "1) If the RST bit is set and the sequence number is outside the current receive window, silently drop the segment": with the protection
 * of RFC 5961, and without (first check). */
static void S3_10_7_4_RST_1(void **unused)
{
	const uint32_t outside[] = {0u - 1, 0u - 1000, WINDOW, WINDOW + 1, 0x7ffffff0u, 0x80000010u};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < WAYS; i++)
		for (unsigned p = 0; enter(&s, i, p); p++)
			for (unsigned j = 0; j < 12; j++) {
				s.m.choices.rfc5961_rst = j % 2;
				arrives(&s, s.rcv + outside[j / 2], 0, CTL_RST, 0);
				only_dropped(&s);
			}
}

/* "2) ... exactly matches the next expected sequence number (RCV.NXT), then TCP endpoints MUST reset the connection": and no RST in reply. */
static void S3_10_7_4_RST_2(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < WAYS; i++)
		for (unsigned p = 0; enter(&s, i, p); p++)
			for (int mitigated = 0; mitigated < 2; mitigated++) {
				s.m.choices.rfc5961_rst = mitigated;
				arrives(&s, s.rcv, 0, CTL_RST, 0);
				permits_silence(&s, after_reset(i));
				permits_nothing_else(&s);
			}
}

/* "3) ... within the current receive window, TCP endpoints MUST send an acknowledgment (challenge ACK) <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> ...
 * drop the unacceptable segment"; otherwise the segment resets. */
static void S3_10_7_4_RST_3(void **unused)
{
	const uint32_t inside[] = {1, 1000, WINDOW - 1};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < WAYS; i++)
		for (unsigned p = 0; enter(&s, i, p); p++)
			for (unsigned j = 0; j < 3; j++) {
				s.m.choices.rfc5961_rst = true;
				arrives(&s, s.rcv + inside[j], 0, CTL_RST, 0);
				permits_reply(&s, s.nxt, s.rcv, CTL_ACK, s.t.state);
				permits_nothing_else(&s);
				user_is_not_told(&s);
				s.m.choices.rfc5961_rst = false;
				arrives(&s, s.rcv + inside[j], 0, CTL_RST, 0);
				permits_silence(&s, after_reset(i));
				permits_nothing_else(&s);
			}
}

/* "came from the LISTEN state ... return this connection to LISTEN state and return. The user need not be informed. ... the retransmission
 * queue should be flushed." */
static void S3_10_7_4_RST_4(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_RECEIVED, p); p++) {
		from_listen(&s);
		arrives(&s, 301, 0, CTL_RST, 0);
		const struct reaction *r = permits_silence(&s, LISTEN);
		permits_nothing_else(&s);
		user_may_be_told(&s, SIGNAL_RESET);
		assert_int_equal(r->next.signals & SIGNAL_RESET, 0);
		assert_int_equal(model_next_residue(&s.m, &r->next), UINT64_MAX);
		follow(&s, r);
		arrives(&s, 700, 0, CTL_SYN, 0);
		permits_new_syn(&s, CTL_SYN | CTL_ACK, 701, SYN_RECEIVED);
		permits_nothing_else(&s);
	}
}

/* "active OPEN (i.e., came from SYN-SENT state), then the connection was refused; signal the user 'connection refused'". */
static void S3_10_7_4_RST_5(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, SYN_RECEIVED, p); p++) {
		arrives(&s, 301, 0, CTL_RST, 0);
		const struct reaction *r = permits_silence(&s, CLOSED);
		permits_nothing_else(&s);
		user_is_told(&s, SIGNAL_REFUSED);
		assert_int_equal(model_next_residue(&s.m, &r->next), UINT64_MAX);
	}
}

/* "any outstanding RECEIVEs and SEND should receive 'reset' responses. All segment queues should be flushed. Users should also receive an
 * unsolicited general 'connection reset' signal." 10 octets are unread, 10 unacknowledged, 5 never sent. */
static void S3_10_7_4_RST_6(void **unused)
{
	static const enum state states[] = {ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 4; i++)
		for (unsigned p = 0; scene_in(&s, states[i], p); p++) {
			s.t.unread = 10;
			if (s.t.state == ESTABLISHED || s.t.state == CLOSE_WAIT) {
				has_outstanding(&s, 10);
				s.t.queued = 5;
			}
			arrives(&s, s.rcv, 0, CTL_RST, 0);
			const struct reaction *r = permits_silence(&s, CLOSED);
			permits_nothing_else(&s);
			user_is_told(&s, SIGNAL_RESET);
			assert_int_equal(r->next.queued, 0);
			assert_int_equal(model_next_residue(&s.m, &r->next), UINT64_MAX);
			assert_int_equal(model_next_owed(&r->next), UINT64_MAX);
		}
}

/* CLOSING, LAST-ACK, TIME-WAIT: "enter the CLOSED state, delete the TCB". RFC 1337 fix F1, where declared, ignores it in TIME-WAIT. */
static void S3_10_7_4_RST_7(void **unused)
{
	static const enum state states[] = {CLOSING, LAST_ACK, TIME_WAIT};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < 3; i++)
		for (unsigned p = 0; scene_in(&s, states[i], p); p++) {
			arrives(&s, 302, 0, CTL_RST, 0);
			const struct reaction *r = permits_silence(&s, CLOSED);
			permits_nothing_else(&s);
			follow(&s, r);
			arrives(&s, 302, 102, CTL_ACK, 0);
			permits_reset_at(&s, 102, CLOSED);
			permits_nothing_else(&s);
		}
	for (unsigned p = 0; scene_in(&s, TIME_WAIT, p); p++) {
		s.m.choices.rfc1337 = true;
		arrives(&s, 302, 0, CTL_RST, 0);
		permits_silence(&s, TIME_WAIT);
		permits_nothing_else(&s);
	}
}

/* The ACK field is the fifth check's: a reset with an absurd one is a reset. */
static void S3_10_7_4_RST_8(void **unused)
{
	const uint32_t acks[] = {1000101, 100u - 1000000, 50};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < WAYS; i++)
		for (unsigned p = 0; enter(&s, i, p); p++)
			for (unsigned j = 0; j < 6; j++) {
				s.m.choices.rfc5961_ack = j % 2;
				arrives(&s, s.rcv, acks[j / 2], CTL_RST | CTL_ACK, 0);
				permits_silence(&s, after_reset(i));
				permits_nothing_else(&s);
			}
}

/* The RST bit is looked at before SYN, text and FIN. */
static void S3_10_7_4_RST_9(void **unused)
{
	static const uint16_t ctls[] = {CTL_RST | CTL_SYN, CTL_RST | CTL_FIN, CTL_RST | CTL_FIN | CTL_ACK, CTL_RST};
	struct scene s;

	(void)unused;
	for (unsigned i = 0; i < SYNCHRONIZED; i++)
		for (unsigned p = 0; scene_in(&s, synchronized[i], p); p++)
			for (unsigned j = 0; j < 4; j++) {
				arrives(&s, s.rcv, s.una, ctls[j], j == 3 ? 10 : 0);
				permits_silence(&s, CLOSED);
				permits_nothing_else(&s);
			}
}

/* The FIN stands behind the last octet, and "all segment queues should be flushed": a user with octets unread may never hear of it. */
static void S3_10_7_4_RST_unread_fin(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, CLOSE_WAIT, p); p++)
		for (unsigned unread = 0; unread < 2; unread++) {
			s.t.signals |= SIGNAL_EOF;
			s.t.unread = unread;
			arrives(&s, s.rcv, 0, CTL_RST, 0);
			permits_silence(&s, CLOSED);
			for (unsigned i = 0; i < s.out.count; i++) {
				const struct tcb *t = &s.out.reaction[i].next;
				assert_int_equal(t->signals & SIGNAL_EOF, unread ? 0 : SIGNAL_EOF);
				assert_true((t->signals | t->may_signal) & SIGNAL_EOF);
			}
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(S3_10_7_4_RST_1),
	    cmocka_unit_test(S3_10_7_4_RST_2),
	    cmocka_unit_test(S3_10_7_4_RST_3),
	    cmocka_unit_test(S3_10_7_4_RST_4),
	    cmocka_unit_test(S3_10_7_4_RST_5),
	    cmocka_unit_test(S3_10_7_4_RST_6),
	    cmocka_unit_test(S3_10_7_4_RST_7),
	    cmocka_unit_test(S3_10_7_4_RST_8),
	    cmocka_unit_test(S3_10_7_4_RST_9),
	    cmocka_unit_test(S3_10_7_4_RST_unread_fin),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("RFC 9293 3.10.7.4, second check: RST", tests, NULL, NULL);
}
