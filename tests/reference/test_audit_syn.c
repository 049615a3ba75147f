/* Tests of text that comes with a SYN, and of what is said before the own SYN is acknowledged. RFC 9293 3.10.7.2, 3.10.7.3: "any other control or text ... queued until the state is ESTABLISHED". */
#include <string.h>

#include "tests/reference/peer.h"

/* In SYN-RECEIVED, with ten octets that came with the SYN. */
static void half_open_begin(struct peer *p)
{
	const struct heard *h;

	peer_open(p, 4, NULL);
	peer_listen(p);
	p->seq = p->iss + 1;
	{
		static const uint8_t text[10] = "0123456789";
		struct segment s = {.ctl = CTL_SYN, .seq = p->iss, .wnd = 5000, .text = text, .text_length = sizeof text, .options_length = 4, .option_octets = {1, 1, 4, 2}};

		peer_say_segment(p, &s);
	}
	h = peer_hear(p);
	assert_non_null(h);
	assert_int_equal(h->s.ctl, CTL_SYN | CTL_ACK);
	assert_int_equal(h->s.ack, p->seq);
	p->irs = h->s.seq;
	p->ack = p->irs + 1;
	p->h = p->op->find(p->stack, &p->ends);
	assert_true(p->h > 0);
}

/* RFC 2018 3: what stands before a block is missing. */
static void held_behind_a_syn_is_no_gap(void **state)
{
	struct peer p;

	(void)state;
	half_open_begin(&p);
	peer_say(&p, CTL_SYN, p.iss, 0, 0);
	assert_int_equal(want(&p, CTL_ACK, p.ack, p.seq, 0)->s.options.sack_blocks, 0);
	peer_close(&p);
}

/* 3.10.4: CLOSE in SYN-RECEIVED leads to FIN-WAIT-1, where the user still receives: also what came with the SYN, once the SYN,ACK is acknowledged. */
static void close_before_the_syn_is_acknowledged(void **state)
{
	struct peer p;

	(void)state;
	half_open_begin(&p);
	assert_int_equal(p.op->close(p.stack, p.h, p.now), 0);
	want(&p, CTL_FIN | CTL_ACK, p.ack, p.seq, 0);
	want_state(&p, TCPSPEC_FIN_WAIT_1);
	assert_int_equal(peer_user_receive(&p, 20), TCPSPEC_AGAIN);
	peer_say(&p, CTL_ACK, p.seq, p.ack + 1, 0);
	want(&p, CTL_ACK, p.ack + 1, p.seq + 10, 0);
	want_state(&p, TCPSPEC_FIN_WAIT_2);
	assert_int_equal(peer_user_receive(&p, 20), 10);
	peer_close(&p);
}

/* 3.6.1, SHLD-3: when nobody receives any more, what came with the SYN is lost, and a RST says so. */
static void release_before_the_syn_is_acknowledged(void **state)
{
	struct peer p;

	(void)state;
	half_open_begin(&p);
	assert_int_equal(p.op->release(p.stack, p.h, p.now), 0);
	want(&p, CTL_FIN | CTL_ACK, p.ack, p.seq, 0);
	peer_say(&p, CTL_ACK, p.seq, p.ack + 1, 0);
	want(&p, CTL_RST, p.ack + 1, 0, 0);
	want_silence(&p);
	want_state(&p, TCPSPEC_LISTEN);
	peer_close(&p);
}

/* SHLD-14: the SYN,ACK of a simultaneous open cannot say more than 65535, but what an ACK before it offered still holds. */
static void repeated_syn_ack_takes_no_window_back(void **state)
{
	enum { BUFFER = 1000000 };
	struct peer p;
	const struct heard *h;

	(void)state;
	peer_open(&p, 4, NULL);
	p.h = p.op->connect(p.stack, &p.ends, BUFFER, p.now);
	p.irs = peer_hear(&p)->s.seq;
	p.ack = p.irs + 1;
	p.seq = p.iss + 1;
	peer_say_options(&p, CTL_SYN, p.iss, 0, 0, "MSS:1460,WS:7,SACKOK");
	want(&p, CTL_SYN | CTL_ACK, p.irs, p.seq, 0);
	peer_say(&p, CTL_SYN, p.iss, 0, 0);
	h = want(&p, CTL_ACK, p.ack, p.seq, 0);
	assert_in_range((uint32_t)h->s.wnd << 4, BUFFER - 100, BUFFER);
	assert_true(peer_wait(&p, p.now + 2 * S));
	want(&p, CTL_SYN | CTL_ACK, p.irs, p.seq, 0);
	peer_say_ack(&p);
	want_state(&p, TCPSPEC_ESTABLISHED);
	/* Far beyond 65535: it is held. */
	peer_say(&p, CTL_ACK, p.seq + 500000, p.ack, 1000);
	assert_int_equal(want(&p, CTL_ACK, p.ack, p.seq, 0)->s.options.sack_blocks, 1);
	peer_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(held_behind_a_syn_is_no_gap),
	    cmocka_unit_test(close_before_the_syn_is_acknowledged),
	    cmocka_unit_test(release_before_the_syn_is_acknowledged),
	    cmocka_unit_test(repeated_syn_ack_takes_no_window_back),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("text that comes with a SYN", tests, NULL, NULL);
}
