/* Thousands of connections of the linux target at once, and the disturbances: each connection keeps its own state, signals and stream. */
#include "tests/target/loopback.h"

#include <sys/resource.h>

#include "lib/target/stall.h"

enum { FLIGHT = 2000,
       FLIGHT_PORT = 10000 };

/* As many as the machine allows: the start raised the limit to it, and each takes three descriptors, the peer's among them. */
static unsigned flight_size(void)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(limit.rlim_cur, limit.rlim_max);
	return limit.rlim_max >= 3 * FLIGHT + 100 ? FLIGHT : (unsigned)(limit.rlim_max - 100) / 3;
}

/* Every third is half-closed by the peer, every other third by the target's user, the rest is left. */
static void test_two_thousand_in_flight(void **state)
{
	static struct connection *c[FLIGHT];
	static int peer[FLIGHT];
	struct bench *b = bench_of(state);
	const unsigned n = flight_size();

	for (uint16_t i = 0; i < n; i++) {
		struct endpoint at = endpoint_of(i % 2 ? IPV6 : IPV4, (uint16_t)(FLIGHT_PORT + i), (uint16_t)(FLIGHT_PORT + FLIGHT + i));

		c[i] = bench_passive(b, &at, &peer[i]);
	}
	for (unsigned i = 0; i < n; i++) {
		if (i % 3 == 0)
			shutdown(peer[i], SHUT_WR);
		if (i % 3 == 1)
			bench_calls_ok(b, c[i], CALL_CLOSE, 0);
	}
	for (unsigned i = 0; i < n; i++) {
		if (i % 3 == 1)
			bench_comes_to(b, c[i], FIN_WAIT_2);
		else
			bench_state_is(b, c[i], i % 3 == 0 ? CLOSE_WAIT : ESTABLISHED);
		assert_int_equal(bench_signals(b, c[i]), i % 3 == 0 ? SIGNAL_EOF : 0);
	}
	for (unsigned i = 0; i < n; i++) {
		bench_close(b, c[i]);
		close(peer[i]);
	}
}

/* A thread that loops in recv() takes errors and ends of file before the tester asks: none is lost, and no octet is taken. */
static void test_busy_loses_nothing(void **state)
{
	const struct linger now = {.l_onoff = 1, .l_linger = 0};
	struct bench *b = bench_of(state);
	struct error e = {""};

	assert_true(target_linux_busy(&b->target, &e));
	for (uint16_t i = 0; i < 300; i++) {
		struct endpoint at = endpoint_of(IPV4, (uint16_t)(15000 + i), 9201);
		int peer;
		struct connection *c = bench_passive(b, &at, &peer);
		uint8_t octets[64];
		struct call_answer a;

		bench_calls_ok(b, c, CALL_SEND, 0);
		stream_fill(octets, 0, sizeof octets);
		assert_int_equal(send(peer, octets, sizeof octets, 0), sizeof octets);
		a = bench_call(b, c, CALL_RECEIVE, sizeof octets);
		assert_int_equal(a.octets, sizeof octets);
		assert_true(a.content_ok);
		if (i % 2)
			setsockopt(peer, SOL_SOCKET, SO_LINGER, &now, sizeof now);
		close(peer);
		bench_comes_to(b, c, i % 2 ? CLOSED : CLOSE_WAIT);
		assert_int_equal(bench_signals(b, c), i % 2 ? SIGNAL_RESET : SIGNAL_EOF);
		bench_close(b, c);
	}
}

/* Where the kernel's faults may not be handled, the refusal must name the mend. */
static bool stall_is_refused(struct bench *b, struct connection *c)
{
	struct error e = {""};
	int fd = faults_open(&e);

	if (fd >= 0)
		return close(fd) != 0;
	assert_false(target_linux_stall(&b->target, c, 1000, &e));
	assert_non_null(strstr(e.text, "vm.unprivileged_userfaultfd=1"));
	return true;
}

/* A FIN moves the target to CLOSE-WAIT within the peer's own system call; against a locked socket it waits in the backlog. */
static void test_stall_keeps_a_segment_waiting(void **state)
{
	struct bench *b = bench_of(state);
	struct endpoint at = endpoint_of(IPV4, 7203, 9203);
	int peer;
	struct connection *c = bench_passive(b, &at, &peer);
	struct error e = {""};
	struct stall *s;
	uint8_t octet;

	bench_calls_ok(b, c, CALL_SEND, 0);
	if (stall_is_refused(b, c))
		return;
	s = stall_socket(c->fd, 60000000, &e);
	if (!s)
		fail_msg("%s", e.text);
	shutdown(peer, SHUT_WR);
	bench_state_is(b, c, ESTABLISHED);
	/* The call comes back with nothing done: no octet was sent, and the segment is taken up. */
	assert_int_equal(stall_free(s), EFAULT);
	bench_state_is(b, c, CLOSE_WAIT);
	assert_int_equal(recv(peer, &octet, 1, 0), -1);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(bench_signals(b, c), SIGNAL_EOF);
	bench_close(b, c);
	close(peer);
}

/* The same without a stall: what the test above rests on. */
static void test_no_stall_keeps_nothing_waiting(void **state)
{
	struct bench *b = bench_of(state);
	struct endpoint at = endpoint_of(IPV4, 7204, 9204);
	int peer;
	struct connection *c = bench_passive(b, &at, &peer);

	bench_calls_ok(b, c, CALL_SEND, 0);
	shutdown(peer, SHUT_WR);
	bench_state_is(b, c, CLOSE_WAIT);
	bench_close(b, c);
	close(peer);
}

/* In every state that has a socket, among them those that may not send; it ends by itself. */
static void test_stall_of_a_connection(void **state)
{
	struct bench *b = bench_of(state);
	struct endpoint at = endpoint_of(IPV6, 7205, 9205);
	int peer;
	struct connection *c = bench_passive(b, &at, &peer);
	struct error e = {""};

	if (stall_is_refused(b, c))
		return;
	assert_true(target_linux_stall(&b->target, c, 1000, &e));
	bench_calls_ok(b, c, CALL_CLOSE, 0);
	bench_comes_to(b, c, FIN_WAIT_2);
	assert_true(target_linux_stall(&b->target, c, 1000, &e));
	shutdown(peer, SHUT_WR);
	bench_comes_to(b, c, TIME_WAIT);
	bench_close(b, c);
	close(peer);
	c = bench_open(b, &at);
	/* Without a socket there is nobody to disturb. */
	assert_true(target_linux_stall(&b->target, c, 1000, &e));
	bench_close(b, c);
}

/* stop() ends what lasts still. */
static void test_stop_ends_a_stall(void **state)
{
	struct bench *b = bench_of(state);
	struct endpoint at = endpoint_of(IPV4, 7206, 9206);
	struct connection *c = bench_open(b, &at);
	struct error e = {""};

	bench_calls_ok(b, c, CALL_OPEN_PASSIVE, 0);
	if (stall_is_refused(b, c))
		return;
	assert_true(target_linux_stall(&b->target, c, UINT64_C(3600000000), &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_two_thousand_in_flight, bench_start, bench_stop),
	    cmocka_unit_test_setup_teardown(test_busy_loses_nothing, bench_start, bench_stop),
	    cmocka_unit_test_setup_teardown(test_no_stall_keeps_nothing_waiting, bench_start, bench_stop),
	    cmocka_unit_test_setup_teardown(test_stall_keeps_a_segment_waiting, bench_start, bench_stop),
	    cmocka_unit_test_setup_teardown(test_stall_of_a_connection, bench_start, bench_stop),
	    cmocka_unit_test_setup_teardown(test_stop_ends_a_stall, bench_start, bench_stop),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("target/linux_flight", tests, namespace_enter, NULL);
}
