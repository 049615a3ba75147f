/* Tests of what the reference stack does with calls that make no sense, or come at their limits: stack.h and RFC 9293 3.10 say what they answer. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "tests/reference/peer.h"

/* RFC 9293 3.10.1: a passive OPEN names a socket of this host. */
static void listens_on_its_own_sockets_alone(void **state)
{
	static const struct tcpspec_address foreign = {4, {192, 0, 2, 99}}, nothing = {0}, any = {4, {0}};
	struct peer p;

	(void)state;
	peer_open(&p, 4, NULL);
	assert_int_equal(p.op->listen(p.stack, &foreign, 7, 0, p.now), TCPSPEC_UNSUPPORTED);
	assert_int_equal(p.op->listen(p.stack, &nothing, 7, 0, p.now), TCPSPEC_UNSUPPORTED);
	assert_int_equal(p.op->listen(p.stack, &p.ends.local, 0, 0, p.now), TCPSPEC_UNSUPPORTED);
	assert_true(p.op->listen(p.stack, &any, 7, 0, p.now) > 0);
	assert_int_equal(p.op->listen(p.stack, &p.ends.local, 7, 0, p.now), TCPSPEC_NOT_NOW);
	assert_true(p.op->listen(p.stack, &p.ends.local, 8, 0, p.now) > 0);
	assert_int_equal(p.op->listen(p.stack, &any, 8, 0, p.now), TCPSPEC_NOT_NOW);
	peer_close(&p);
}

/* RFC 7323 2.3: the shift is 14 at the most, however much the caller wants; and what is offered lies within half the circle of sequence numbers. */
static void offers_what_can_be_said(void **state)
{
	const struct heard *h;
	struct peer p;

	(void)state;
	peer_open(&p, 4, NULL);
	p.listener = p.op->listen(p.stack, &p.ends.local, p.port, UINT32_MAX, p.now);
	assert_true(p.listener > 0);
	p.seq = p.iss;
	peer_say_options(&p, CTL_SYN, p.iss, 0, 0, "MSS:1460,WS:14");
	h = peer_hear(&p);
	assert_non_null(h);
	assert_true(h->s.options.has_ws);
	assert_in_range(h->s.options.ws, 0, 14);
	peer_close(&p);
	peer_open(&p, 4, NULL);
	p.listener = p.op->listen(p.stack, &p.ends.local, p.port, UINT32_MAX, p.now);
	peer_accepted(&p, "MSS:1460,WS:14");
	peer_say_text(&p, 1000);
	peer_say_text(&p, 1000);
	want(&p, CTL_ACK, p.ack, p.seq, 0);
	assert_int_equal(peer_user_receive(&p, 3000), 2000);
	peer_close(&p);
}

/* 3.10.1, 3.10.2: any timeout; one that lies beyond all time never comes. */
static void user_timeout_of_any_size(void **state)
{
	struct peer p;

	(void)state;
	peer_open(&p, 4, NULL);
	peer_accepted(&p, "MSS:1000");
	assert_int_equal(p.op->set(p.stack, p.h, "user_timeout", UINT64_MAX), 0);
	assert_int_equal(peer_user_send(&p, 100, 0), 100);
	want(&p, CTL_ACK, p.ack, p.seq, 100);
	peer_go(&p, 100 * MS);
	want_state(&p, TCPSPEC_ESTABLISHED);
	assert_int_equal(peer_told(&p), 0);
	peer_close(&p);
}

/* stack.h: TCPSPEC_NONE: the connection had ended before, and the handle is dead all the same. */
static void lets_go_of_what_has_ended(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct peer p;
		int64_t code;

		peer_open(&p, 4, NULL);
		peer_accepted(&p, "MSS:1000");
		peer_say(&p, CTL_RST, p.seq, 0, 0);
		want_state(&p, TCPSPEC_LISTEN);
		assert_int_equal(peer_told(&p), TCPSPEC_TOLD_RESET);
		code = i == 0 ? p.op->release(p.stack, p.h, p.now) : i == 1 ? p.op->abort(p.stack, p.h, p.now)
		                                                            : p.op->forget(p.stack, p.h);
		assert_int_equal(code, TCPSPEC_NONE);
		assert_int_equal(peer_told(&p), 0);
		assert_int_equal(p.op->release(p.stack, p.h, p.now), TCPSPEC_NONE);
		want_silence(&p);
		peer_close(&p);
	}
}

/* 3.8.5: "to send an urgent indication, the user must also send at least one data octet". */
static void urgent_needs_an_octet(void **state)
{
	const struct heard *h;
	struct peer p;

	(void)state;
	peer_open(&p, 4, NULL);
	p.wnd = 100;
	peer_accepted(&p, "MSS:1000");
	assert_int_equal(peer_user_send(&p, 300, 0), 300);
	h = want(&p, CTL_ACK, p.ack, p.seq, 100);
	assert_int_equal(peer_user_send(&p, 0, TCPSPEC_SEND_URGENT), 0);
	p.ack += h->s.text_length;
	peer_say_ack(&p);
	want(&p, CTL_ACK, p.ack, p.seq, 100);
	peer_close(&p);
}

/* MUST-43, MUST-46: a host that has no address of the family opens nothing, and listens for nothing. */
static void opens_only_what_it_has_an_address_for(void **state)
{
	static const struct tcpspec_ends v6 = {.local = {.family = 6}, .remote = {6, {0x20, 0x01, 0x0d, 0xb8, [15] = 1}}, .remote_port = 80};
	struct tcpspec_setup setup = {.size = sizeof setup, .mtu = 1500, .address = {{4, {192, 0, 2, 2}}}, .seed = 1, .now_us = 1};
	const struct tcpspec_stack_operations *op = tcpspec_stack_operations();
	struct tcpspec_ends ends = v6;
	char why[100];
	size_t n = op->arena_octets(&setup, why, sizeof why);
	void *arena = memory_zeroed(1, n);
	struct tcpspec_stack *s = op->create(arena, n, &setup, why, sizeof why);

	(void)state;
	assert_non_null(s);
	assert_int_equal(op->connect(s, &ends, 0, 1), TCPSPEC_UNSUPPORTED);
	ends.local.family = 0;
	assert_int_equal(op->connect(s, &ends, 0, 1), TCPSPEC_UNSUPPORTED);
	free(arena);
}

/* RFC 6056 3.3.3: an OPEN that names no port is given one of the dynamic ports, and each OPEN another. */
static void ports_that_nobody_names_differ(void **state)
{
	enum { OPENS = 20 };
	const struct heard *h;
	uint16_t ports[OPENS];
	struct peer p;

	(void)state;
	peer_open(&p, 4, NULL);
	peer_ports(&p, 80, 0);
	for (int i = 0; i < OPENS; i++) {
		assert_true(p.op->connect(p.stack, &p.ends, 0, p.now) > 0);
		h = peer_hear(&p);
		assert_non_null(h);
		assert_int_equal(h->s.ctl, CTL_SYN);
		ports[i] = h->s.src_port;
		assert_true(ports[i] >= 49152);
		for (int k = 0; k < i; k++)
			assert_int_not_equal(ports[k], ports[i]);
	}
	peer_close(&p);
}

/* 3.10.3: text that came whole is the user's also where a RECEIVE had room for nothing. */
static void receives_into_no_room(void **state)
{
	struct peer p;

	(void)state;
	peer_open(&p, 4, NULL);
	peer_accepted(&p, "MSS:1000");
	peer_say_text(&p, 10);
	peer_say(&p, CTL_FIN | CTL_ACK, p.seq++, p.ack, 0);
	assert_int_equal(p.op->receive(p.stack, p.h, NULL, 0, p.now), TCPSPEC_AGAIN);
	assert_int_equal(p.op->close(p.stack, p.h, p.now), 0);
	peer_say(&p, CTL_ACK, p.seq, p.ack + 1, 0);
	want_state(&p, TCPSPEC_LISTEN);
	assert_int_equal(p.op->receive(p.stack, p.h, NULL, 0, p.now), TCPSPEC_AGAIN);
	assert_int_equal(peer_user_receive(&p, 100), 10);
	assert_int_equal(peer_user_receive(&p, 100), 0);
	peer_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(listens_on_its_own_sockets_alone),
	    cmocka_unit_test(offers_what_can_be_said),
	    cmocka_unit_test(user_timeout_of_any_size),
	    cmocka_unit_test(lets_go_of_what_has_ended),
	    cmocka_unit_test(urgent_needs_an_octet),
	    cmocka_unit_test(opens_only_what_it_has_an_address_for),
	    cmocka_unit_test(ports_that_nobody_names_differ),
	    cmocka_unit_test(receives_into_no_room),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("calls at their limits", tests, NULL, NULL);
}
