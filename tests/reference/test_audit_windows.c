/* Tests of the reference stack's windows where the two directions of a connection meet. */
#include <string.h>

#include "lib/target/pair.h"
#include "tests/reference/peer.h"

/* A zero window that is being probed; nothing unheard. */
static void probing_begin(struct peer *p)
{
	peer_open(p, 4, NULL);
	p->wnd = 0;
	peer_accepted(p, "MSS:1000");
	assert_int_equal(peer_user_send(p, 500, 0), 500);
	want_silence(p);
	assert_true(peer_wait(p, p->now + 2 * S));
	want(p, CTL_ACK, p->ack, p->seq, 1);
}

/* RFC 9293 3.8.6.1, table 6: a peer with a zero window takes an ACK or a RST at its RCV.NXT alone. The octet of a probe, for which it had no room, does not shift what the stack says. */
static void acknowledges_within_a_zero_window(void **state)
{
	struct peer p;

	(void)state;
	probing_begin(&p);
	peer_say_ack(&p);
	peer_say_text(&p, 1000);
	peer_say_text(&p, 1000);
	want(&p, CTL_ACK, p.ack, p.seq, 0);
	/* It opens, with the octet lost: from there on. */
	p.wnd = 2000;
	peer_say_ack(&p);
	want(&p, CTL_ACK, p.ack++, p.seq, 1);
	want_silence(&p);
	peer_say_ack(&p);
	want(&p, CTL_ACK, p.ack, p.seq, 499);
	p.ack += 499;
	peer_say_ack(&p);
	peer_say_text(&p, 1000);
	peer_say_text(&p, 1000);
	want(&p, CTL_ACK, p.ack, p.seq, 0);
	peer_close(&p);
}

static void resets_within_a_zero_window(void **state)
{
	struct peer p;

	(void)state;
	probing_begin(&p);
	assert_int_equal(p.op->abort(p.stack, p.h, p.now), 0);
	want(&p, CTL_RST, p.ack, 0, 0);
	peer_close(&p);
}

/* The octet of a probe may have been taken: then it counts. */
static void counts_a_probe_that_was_taken(void **state)
{
	struct peer p;

	(void)state;
	probing_begin(&p);
	p.ack++;
	peer_say_ack(&p);
	peer_say_text(&p, 1000);
	peer_say_text(&p, 1000);
	want(&p, CTL_ACK, p.ack, p.seq, 0);
	p.wnd = 2000;
	peer_say_ack(&p);
	want(&p, CTL_ACK, p.ack, p.seq, 499);
	peer_close(&p);
}

/* One user does not receive, so that the other end probes for minutes; what goes the other way takes no longer for that. */
static void one_way_stands_still_the_other_goes_on(void **state)
{
	const struct memory_way way = {.latency_us = 5000, .queue = 500};
	struct pair_setup setup = {.operations = {tcpspec_stack_operations(), tcpspec_stack_operations()}, .mtu = 1500, .seed = 1, .now_us = S, .wire = {.way = {way, way}}};
	struct pair_flow flow = {.from = 0, .octets = 300000};
	static const uint8_t text[100000];
	struct stack_pair p;
	int64_t handle[2];
	struct error e;

	(void)state;
	assert_true(pair_open(&p, &setup, &e));
	assert_true(pair_connect(&p, 1, 4, 7, 50000, 10 * S, handle));
	assert_int_equal(p.end[1].operations->send(p.end[1].stack, handle[1], text, sizeof text, 0, p.now_us), sizeof text);
	pair_touched(&p, 1);
	pair_run(&p, 100 * S);
	assert_true(pair_transfer(&p, handle, &flow, 1, 102 * S));
	pair_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(acknowledges_within_a_zero_window),
	    cmocka_unit_test(resets_within_a_zero_window),
	    cmocka_unit_test(counts_a_probe_that_was_taken),
	    cmocka_unit_test(one_way_stands_still_the_other_goes_on),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("windows of both directions", tests, NULL, NULL);
}
