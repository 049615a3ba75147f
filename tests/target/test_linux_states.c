/* INET_DIAG tells all eleven states of a connection apart, before accept() and after close() too. The states are reached on the loopback, by a peer that turns deaf. */
#include "tests/target/loopback.h"

static const enum family families[] = {IPV4, IPV6};

static void test_closed_and_listen(void **state)
{
	struct bench *b = bench_of(state);

	for (size_t i = 0; i < 2; i++) {
		struct endpoint at = endpoint_of(families[i], 7001, 9001);
		struct connection *c = bench_open(b, &at);

		bench_closed(b, c, false);
		bench_calls_ok(b, c, CALL_OPEN_PASSIVE, 0);
		bench_closed(b, c, true);
		bench_calls_ok(b, c, CALL_CLOSE, 0);
		bench_closed(b, c, false);
		bench_close(b, c);
	}
}

/* LISTEN is what the kernel says, not what the tester thinks that it holds: the listener goes behind the target's back. */
static void test_listener_that_is_lost(void **state)
{
	struct bench *b = bench_of(state);

	for (size_t i = 0; i < 2; i++) {
		struct endpoint at = endpoint_of(families[i], 7009, 9010);
		struct connection *c = bench_open(b, &at);

		bench_calls_ok(b, c, CALL_OPEN_PASSIVE, 0);
		bench_closed(b, c, true);
		assert_int_equal(shutdown(c->listener, SHUT_RD), 0);
		bench_closed(b, c, false);
		bench_close(b, c);
	}
}

static void test_syn_sent(void **state)
{
	struct bench *b = bench_of(state);

	for (size_t i = 0; i < 2; i++) {
		struct endpoint at = endpoint_of(families[i], 7002, 9002);
		struct connection *c = bench_open(b, &at);
		int deaf = peer_socket(&at);

		assert_int_equal(listen(deaf, 1), 0);
		peer_deafen(deaf);
		bench_calls_ok(b, c, CALL_OPEN_ACTIVE, 0);
		bench_state_is(b, c, SYN_SENT);
		/* RFC 9293 3.10.4: CLOSE in SYN-SENT deletes the TCB. */
		bench_calls_ok(b, c, CALL_CLOSE, 0);
		bench_closed(b, c, false);
		bench_close(b, c);
		close(deaf);
	}
}

static void test_syn_received_is_seen_before_accept(void **state)
{
	struct bench *b = bench_of(state);

	for (size_t i = 0; i < 2; i++) {
		struct endpoint at = endpoint_of(families[i], 7003, 9003);
		struct connection *c = bench_open(b, &at);
		int deaf = peer_socket(&at);
		struct call_answer a;

		bench_calls_ok(b, c, CALL_OPEN_PASSIVE, 0);
		peer_deafen(deaf);
		peer_connect(deaf, &at);
		bench_state_is(b, c, SYN_RECEIVED);
		/* There is no socket yet that a call could be made on; it is not the connection that refuses. */
		a = bench_call(b, c, CALL_CLOSE, 0);
		assert_int_equal(a.result, CALL_FAILED);
		assert_int_equal(a.signals, 0);
		assert_string_equal(a.text, "ENOTCONN");
		bench_state_is(b, c, SYN_RECEIVED);
		bench_calls_ok(b, c, CALL_FORGET, 0);
		bench_closed(b, c, true);
		bench_close(b, c);
		close(deaf);
	}
}

static void test_active_close(void **state)
{
	struct bench *b = bench_of(state);

	for (size_t i = 0; i < 2; i++) {
		struct endpoint at = endpoint_of(families[i], 7004, 9004);
		int peer;
		struct connection *c = bench_passive(b, &at, &peer);

		bench_state_is(b, c, ESTABLISHED);
		bench_calls_ok(b, c, CALL_CLOSE, 0);
		bench_comes_to(b, c, FIN_WAIT_2);
		shutdown(peer, SHUT_WR);
		bench_state_is(b, c, TIME_WAIT);
		assert_int_equal(bench_signals(b, c), SIGNAL_EOF);
		bench_close(b, c);
		close(peer);
		/* close() left nothing behind. */
		c = bench_open(b, &at);
		bench_closed(b, c, false);
		bench_close(b, c);
	}
}

static void test_fin_wait_1_and_closing(void **state)
{
	struct bench *b = bench_of(state);

	for (size_t i = 0; i < 2; i++) {
		struct endpoint at = endpoint_of(families[i], 7005, 9005);
		int peer;
		struct connection *c = bench_active(b, &at, &peer);

		bench_state_is(b, c, ESTABLISHED);
		peer_deafen(peer);
		bench_calls_ok(b, c, CALL_CLOSE, 0);
		bench_state_is(b, c, FIN_WAIT_1);
		/* The peer did not see our FIN: both close at once. */
		shutdown(peer, SHUT_WR);
		bench_state_is(b, c, CLOSING);
		bench_close(b, c);
		close(peer);
	}
}

static void test_passive_close(void **state)
{
	struct bench *b = bench_of(state);

	for (size_t i = 0; i < 2; i++) {
		struct endpoint at = endpoint_of(families[i], 7006, 9006);
		int peer;
		struct connection *c = bench_passive(b, &at, &peer);

		shutdown(peer, SHUT_WR);
		bench_state_is(b, c, CLOSE_WAIT);
		assert_int_equal(bench_signals(b, c), SIGNAL_EOF);
		peer_deafen(peer);
		bench_calls_ok(b, c, CALL_CLOSE, 0);
		bench_state_is(b, c, LAST_ACK);
		bench_close(b, c);
		close(peer);
	}
}

/* An orphan in FIN-WAIT-2 lives in the kernel's time-wait minisocket, and is not in TIME-WAIT. */
static void test_orphan_in_fin_wait_2(void **state)
{
	struct bench *b = bench_of(state);
	struct endpoint at = endpoint_of(IPV4, 7007, 9007);
	int peer;
	struct connection *c = bench_passive(b, &at, &peer);

	bench_calls_ok(b, c, CALL_RECEIVE, 0);
	bench_calls_ok(b, c, CALL_RELEASE, 0);
	bench_comes_to(b, c, FIN_WAIT_2);
	shutdown(peer, SHUT_WR);
	bench_state_is(b, c, TIME_WAIT);
	/* A reboot loses TIME-WAIT as well. */
	bench_calls_ok(b, c, CALL_FORGET, 0);
	bench_closed(b, c, true);
	bench_close(b, c);
	close(peer);
}

/* The exact query falls back to the listener: a 4-tuple without a TCB is not one in LISTEN, and not the neighbour's. */
static void test_other_tuple_of_the_same_port(void **state)
{
	struct bench *b = bench_of(state);
	struct endpoint at = endpoint_of(IPV4, 7008, 9008), beside = endpoint_of(IPV4, 7008, 9009);
	int peer;
	struct connection *c = bench_passive(b, &at, &peer), *other = bench_open(b, &beside);

	bench_state_is(b, c, ESTABLISHED);
	bench_closed(b, other, true);
	bench_close(b, other);
	bench_close(b, c);
	close(peer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_closed_and_listen, bench_start, bench_stop),
	    cmocka_unit_test_setup_teardown(test_listener_that_is_lost, bench_start, bench_stop),
	    cmocka_unit_test_setup_teardown(test_syn_sent, bench_start, bench_stop),
	    cmocka_unit_test_setup_teardown(test_syn_received_is_seen_before_accept, bench_start, bench_stop),
	    cmocka_unit_test_setup_teardown(test_active_close, bench_start, bench_stop),
	    cmocka_unit_test_setup_teardown(test_fin_wait_1_and_closing, bench_start, bench_stop),
	    cmocka_unit_test_setup_teardown(test_passive_close, bench_start, bench_stop),
	    cmocka_unit_test_setup_teardown(test_orphan_in_fin_wait_2, bench_start, bench_stop),
	    cmocka_unit_test_setup_teardown(test_other_tuple_of_the_same_port, bench_start, bench_stop),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("target/linux_states", tests, namespace_enter, NULL);
}
