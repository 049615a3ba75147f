/* Tests of the reference stack's variables where the numbers have gone round, or time has: the ISS met again, timestamps after 24 days, urgent pointers of a SYN. What the peer could only bring
 * about by 4 GB of text is written into the TCB. */
#include <stdio.h>
#include <string.h>

#include "targets/reference/reference.h"
#undef NEVER
#include "tests/reference/peer.h"

/* RFC 9293 3.4: "the sequence number space is circular": SND.UNA meets the ISS again after 2^32 octets, and nothing of the handshake happens again. */
static void iss_comes_round_again(void **state)
{
	struct peer p;
	struct tcb *t;

	(void)state;
	peer_open(&p, 4, NULL);
	peer_accepted(&p, "MSS:1000");
	t = tcb_find(p.stack, &p.ends);
	t->iss = t->snd_una;
	assert_int_equal(peer_user_send(&p, 500, 0), 500);
	want(&p, CTL_ACK, p.ack, p.seq, 500);
	assert_true(peer_wait(&p, p.now + 10 * S));
	want(&p, CTL_ACK, p.ack, p.seq, 500);
	p.ack += 500;
	peer_say_ack(&p);
	want_silence(&p);
	assert_int_equal(peer_user_send(&p, 500, 0), 500);
	want(&p, CTL_ACK, p.ack, p.seq, 500);
	peer_close(&p);
}

/* RFC 7323 5.5: TS.Recent is not valid after 24 days without an update; then R3 replaces it, by an acceptable segment at the left edge of the window and no other. */
static void timestamps_after_24_days(void **state)
{
	static const uint64_t day = UINT64_C(86400) * 1000000;
	struct peer p;

	(void)state;
	peer_open(&p, 4, NULL);
	peer_accepted(&p, "MSS:1000,TS:5000/0");
	peer_go(&p, 25 * day);
	/* Before it, and beyond the window. */
	p.ts_val = 4000;
	peer_say(&p, CTL_ACK, p.seq + 100000, p.ack, 1);
	assert_int_equal(want(&p, CTL_ACK, p.ack, p.seq, 0)->s.options.ts_ecr, 5000);
	/* In the window, but ahead of its turn. */
	peer_say(&p, CTL_ACK, p.seq + 100, p.ack, 1);
	assert_int_equal(want(&p, CTL_ACK, p.ack, p.seq, 0)->s.options.ts_ecr, 5000);
	/* At the edge. */
	peer_say(&p, CTL_ACK, p.seq, p.ack, 100);
	p.seq += 101;
	assert_int_equal(want(&p, CTL_ACK, p.ack, p.seq, 0)->s.options.ts_ecr, 4000);
	/* And it is valid again. */
	p.ts_val = 3999;
	peer_say(&p, CTL_ACK, p.seq, p.ack, 1);
	assert_int_equal(want(&p, CTL_ACK, p.ack, p.seq, 0)->s.options.ts_ecr, 4000);
	assert_int_equal(peer_user_receive(&p, 200), 101);
	peer_close(&p);
}

/* RFC 9293 3.8.5: the pointer counts from the segment's own number, that of the SYN. */
static void urgent_pointer_of_a_syn_ack(void **state)
{
	struct peer p;
	struct segment s = {.ctl = CTL_SYN | CTL_ACK | CTL_URG, .up = 3, .text = (const uint8_t *)"abcd", .text_length = 4, .wnd = 1000};

	(void)state;
	peer_open(&p, 4, NULL);
	p.h = p.op->connect(p.stack, &p.ends, 0, p.now);
	assert_true(p.h > 0);
	p.irs = peer_hear(&p)->s.seq;
	s.seq = p.iss;
	s.ack = p.irs + 1;
	peer_say_segment(&p, &s);
	want(&p, CTL_ACK, p.irs + 1, p.iss + 5, 0);
	assert_true(peer_told(&p) & TCPSPEC_TOLD_URGENT);
	/* a and b; stack.h: RECEIVE does not give what is behind together with what is urgent. */
	assert_int_equal(peer_user_receive(&p, 10), 2);
	assert_int_equal(peer_user_receive(&p, 10), 2);
	peer_close(&p);
}

/* Half a circle away is neither before nor after (RFC 9293 3.4): nothing that was sent. */
static void nothing_half_a_circle_away_was_sent(void **state)
{
	static const char *const setting[] = {"rfc5961_ack", "no", "timestamps", "no", NULL};
	struct peer p;
	struct tcb *t;
	char said[50];

	(void)state;
	peer_open(&p, 4, setting);
	p.wnd = 0;
	peer_accepted(&p, "MSS:1000,SACKOK");
	t = tcb_find(p.stack, &p.ends);
	snprintf(said, sizeof said, "SACK:%u/%u/%u/%u", p.ack + 1, p.ack + UINT32_C(0x80000000), p.ack + UINT32_C(0x7ffffffe), p.ack - 500);
	peer_say_options(&p, CTL_ACK, p.seq, p.ack, 0, said);
	assert_int_equal(t->scoreboard.count, 0);
	/* Nor does it say a window. */
	p.wnd = 5000;
	peer_say(&p, CTL_ACK, p.seq, p.ack + UINT32_C(0x80000000), 0);
	want(&p, CTL_ACK, p.ack, p.seq, 0);
	assert_int_equal(peer_user_send(&p, 100, 0), 100);
	want_silence(&p);
	peer_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(iss_comes_round_again),
	    cmocka_unit_test(timestamps_after_24_days),
	    cmocka_unit_test(urgent_pointer_of_a_syn_ack),
	    cmocka_unit_test(nothing_half_a_circle_away_was_sent),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("numbers that have gone round", tests, NULL, NULL);
}
