/* The user calls of the linux target: what they do to the peer, what they answer, and what the user is told. */
#include "lib/script/script.h"
#include "tests/target/loopback.h"

/* Sends octets of the stream from the peer's end. */
static void peer_sends(int fd, uint32_t from, uint32_t n)
{
	uint8_t octets[4096];

	assert_true(n <= sizeof octets);
	stream_fill(octets, from, n);
	assert_int_equal(send(fd, octets, n, MSG_NOSIGNAL), n);
}

/* Receives n octets at the peer's end and compares them with the stream's. */
static void peer_receives(int fd, uint32_t from, uint32_t n)
{
	uint8_t got[4096], want[4096];
	uint32_t have = 0;

	assert_true(n <= sizeof got);
	stream_fill(want, from, n);
	while (have < n) {
		peer_awaits(fd, POLLIN);
		ssize_t more = recv(fd, got + have, n - have, 0);
		assert_true(more > 0);
		have += (uint32_t)more;
	}
	assert_memory_equal(got, want, n);
}

static void reset_by_peer(int fd)
{
	const struct linger now = {.l_onoff = 1, .l_linger = 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	close(fd);
}

/* What recv() says at the peer's end: 0, or -errno. */
static int peer_is_told(int fd)
{
	uint8_t octet;
	ssize_t got = recv(fd, &octet, 1, MSG_PEEK);

	return got < 0 ? -errno : (int)got;
}

static void test_send_continues_the_stream(void **state)
{
	struct bench *b = bench_of(state);
	struct endpoint at = endpoint_of(IPV4, 7101, 9101);
	int peer;
	struct connection *c = bench_passive(b, &at, &peer);
	struct call_answer a = bench_call(b, c, CALL_SEND, 300);

	assert_int_equal(a.result, CALL_OK);
	assert_int_equal(a.octets, 300);
	bench_calls_ok(b, c, CALL_SEND, 77);
	peer_receives(peer, 0, 377);
	bench_close(b, c);
	close(peer);
}

static void test_receive_continues_the_stream(void **state)
{
	struct bench *b = bench_of(state);
	struct endpoint at = endpoint_of(IPV6, 7102, 9102);
	int peer;
	struct connection *c = bench_active(b, &at, &peer);
	struct call_answer a = bench_call(b, c, CALL_RECEIVE, 10);

	assert_int_equal(a.result, CALL_PENDING);
	assert_int_equal(a.octets, 0);
	assert_int_equal(a.signals, 0);
	peer_sends(peer, 0, 500);
	a = bench_call(b, c, CALL_RECEIVE, 200);
	assert_int_equal(a.octets, 200);
	assert_true(a.content_ok);
	a = bench_call(b, c, CALL_RECEIVE, 1000);
	assert_int_equal(a.octets, 300);
	assert_true(a.content_ok);
	bench_close(b, c);
	close(peer);
}

static void test_receive_finds_a_wrong_octet(void **state)
{
	struct bench *b = bench_of(state);
	struct endpoint at = endpoint_of(IPV4, 7103, 9103);
	int peer;
	struct connection *c = bench_passive(b, &at, &peer);
	struct call_answer a;

	/* One octet of the stream is lost. */
	peer_sends(peer, 0, 20);
	peer_sends(peer, 21, 20);
	a = bench_call(b, c, CALL_RECEIVE, 40);
	assert_int_equal(a.octets, 40);
	assert_false(a.content_ok);
	bench_close(b, c);
	close(peer);
}

static void test_end_of_file_comes_after_the_octets(void **state)
{
	struct bench *b = bench_of(state);
	struct endpoint at = endpoint_of(IPV4, 7104, 9104);
	int peer;
	struct connection *c = bench_passive(b, &at, &peer);
	struct call_answer a;

	peer_sends(peer, 0, 5);
	shutdown(peer, SHUT_WR);
	assert_int_equal(bench_signals(b, c), 0);
	a = bench_call(b, c, CALL_RECEIVE, 100);
	assert_int_equal(a.octets, 5);
	assert_int_equal(a.signals, 0);
	a = bench_call(b, c, CALL_RECEIVE, 100);
	assert_int_equal(a.result, CALL_OK);
	assert_int_equal(a.signals, SIGNAL_EOF);
	assert_int_equal(bench_signals(b, c), SIGNAL_EOF);
	bench_close(b, c);
	close(peer);
}

static void test_refused(void **state)
{
	struct bench *b = bench_of(state);
	struct endpoint at = endpoint_of(IPV4, 7105, 9105);
	struct connection *c = bench_open(b, &at);
	struct call_answer a = bench_call(b, c, CALL_OPEN_ACTIVE, 0);

	/* The loopback refuses within connect(), or right after it. */
	assert_true(a.result == CALL_OK || (a.result == CALL_FAILED && a.signals == SIGNAL_REFUSED));
	bench_comes_to(b, c, CLOSED);
	assert_int_equal(bench_signals(b, c), SIGNAL_REFUSED);
	bench_closed(b, c, false);
	bench_close(b, c);
}

static void test_reset_is_told_once_and_remembered(void **state)
{
	struct bench *b = bench_of(state);
	struct endpoint at = endpoint_of(IPV4, 7106, 9106);
	int peer;
	struct connection *c = bench_passive(b, &at, &peer);
	struct call_answer a;

	bench_calls_ok(b, c, CALL_SEND, 0);
	reset_by_peer(peer);
	bench_closed(b, c, true);
	assert_int_equal(bench_signals(b, c), SIGNAL_RESET);
	/* recv() answers 0 from here on, and it is no end of file. */
	a = bench_call(b, c, CALL_RECEIVE, 1);
	assert_int_equal(a.result, CALL_FAILED);
	assert_int_equal(a.signals, SIGNAL_CLOSED);
	a = bench_call(b, c, CALL_SEND, 1);
	assert_int_equal(a.result, CALL_FAILED);
	assert_int_equal(a.signals, SIGNAL_CLOSED);
	assert_int_equal(bench_signals(b, c), SIGNAL_RESET | SIGNAL_CLOSED);
	bench_close(b, c);
}

static void test_reset_is_told_by_the_call(void **state)
{
	struct bench *b = bench_of(state);
	static const enum call calls[] = {CALL_SEND, CALL_RECEIVE};

	for (size_t i = 0; i < 2; i++) {
		struct endpoint at = endpoint_of(IPV4, 7107, (uint16_t)(9107 + i));
		int peer;
		struct connection *c = bench_passive(b, &at, &peer);
		struct call_answer a;

		bench_calls_ok(b, c, CALL_SEND, 0);
		reset_by_peer(peer);
		a = bench_call(b, c, calls[i], 1);
		assert_int_equal(a.result, CALL_FAILED);
		assert_int_equal(a.signals, SIGNAL_RESET);
		assert_string_equal(a.text, "ECONNRESET");
		assert_int_equal(bench_signals(b, c), SIGNAL_RESET);
		bench_close(b, c);
	}
}

/* In CLOSE-WAIT the kernel says EPIPE; the FIN was reached before. */
static void test_reset_in_close_wait(void **state)
{
	struct bench *b = bench_of(state);
	struct endpoint at = endpoint_of(IPV4, 7109, 9109);
	int peer;
	struct connection *c = bench_passive(b, &at, &peer);

	bench_calls_ok(b, c, CALL_SEND, 0);
	shutdown(peer, SHUT_WR);
	bench_state_is(b, c, CLOSE_WAIT);
	reset_by_peer(peer);
	bench_closed(b, c, true);
	assert_int_equal(bench_signals(b, c), SIGNAL_EOF | SIGNAL_RESET);
	bench_close(b, c);
}

/* Reset before accept(): the user is told when he takes it. */
static void test_reset_in_the_accept_queue(void **state)
{
	struct bench *b = bench_of(state);
	struct endpoint at = endpoint_of(IPV4, 7110, 9110);
	int peer;
	struct connection *c = bench_passive(b, &at, &peer);

	reset_by_peer(peer);
	assert_int_equal(bench_signals(b, c), SIGNAL_RESET);
	/* The next connection of the same 4-tuple is another one. */
	peer = peer_socket(&at);
	peer_connect(peer, &at);
	peer_awaits(peer, POLLOUT);
	bench_calls_ok(b, c, CALL_SEND, 9);
	peer_receives(peer, 0, 9);
	bench_close(b, c);
	close(peer);
}

static void test_send_after_close(void **state)
{
	struct bench *b = bench_of(state);
	struct endpoint at = endpoint_of(IPV4, 7111, 9111);
	int peer;
	struct connection *c = bench_passive(b, &at, &peer);
	struct call_answer a;

	bench_calls_ok(b, c, CALL_CLOSE, 0);
	/* RFC 9293 3.10.2: "connection closing". */
	a = bench_call(b, c, CALL_SEND, 1);
	assert_int_equal(a.result, CALL_FAILED);
	assert_int_equal(a.signals, SIGNAL_CLOSED);
	/* CLOSE still receives. */
	peer_sends(peer, 0, 12);
	a = bench_call(b, c, CALL_RECEIVE, 12);
	assert_int_equal(a.octets, 12);
	bench_close(b, c);
	close(peer);
}

static void test_calls_without_a_connection(void **state)
{
	struct bench *b = bench_of(state);
	struct endpoint at = endpoint_of(IPV4, 7112, 9112);
	struct connection *c = bench_open(b, &at);
	static const enum call calls[] = {CALL_SEND, CALL_RECEIVE, CALL_CLOSE, CALL_RELEASE, CALL_ABORT};

	/* RFC 9293 3.10: "error: connection does not exist". */
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		struct call_answer a = bench_call(b, c, calls[i], 1);

		assert_int_equal(a.result, CALL_FAILED);
		assert_int_equal(a.signals, SIGNAL_CLOSED);
	}
	bench_calls_ok(b, c, CALL_FORGET, 0);
	bench_close(b, c);
}

static void test_abort_resets(void **state)
{
	struct bench *b = bench_of(state);
	struct endpoint at = endpoint_of(IPV6, 7113, 9113);
	int peer;
	struct connection *c = bench_passive(b, &at, &peer);

	bench_calls_ok(b, c, CALL_ABORT, 0);
	bench_closed(b, c, true);
	assert_int_equal(peer_is_told(peer), -ECONNRESET);
	bench_close(b, c);
	close(peer);
}

static void test_release_sends_fin_and_keeps_the_listener(void **state)
{
	struct bench *b = bench_of(state);
	struct endpoint at = endpoint_of(IPV4, 7114, 9114);
	int peer;
	struct connection *c = bench_passive(b, &at, &peer);

	bench_calls_ok(b, c, CALL_RELEASE, 0);
	peer_awaits(peer, POLLIN);
	assert_int_equal(peer_is_told(peer), 0);
	/* Without the TCB the listener answers for the port again. */
	bench_comes_to(b, c, FIN_WAIT_2);
	shutdown(peer, SHUT_WR);
	bench_comes_to(b, c, TIME_WAIT);
	bench_calls_ok(b, c, CALL_FORGET, 0);
	bench_closed(b, c, true);
	bench_close(b, c);
	close(peer);
}

/* RFC 9293 3.6.1: unread octets turn it into a reset. */
static void test_release_with_unread_octets(void **state)
{
	struct bench *b = bench_of(state);
	struct endpoint at = endpoint_of(IPV4, 7115, 9115);
	int peer;
	struct connection *c = bench_passive(b, &at, &peer);

	peer_sends(peer, 0, 10);
	bench_calls_ok(b, c, CALL_RELEASE, 0);
	bench_closed(b, c, true);
	assert_int_equal(peer_is_told(peer), -ECONNRESET);
	bench_close(b, c);
	close(peer);
}

/* No segment: the peer knows nothing of it until it sends, and is then reset. */
static void test_forget_says_nothing(void **state)
{
	struct bench *b = bench_of(state);
	struct endpoint at = endpoint_of(IPV4, 7116, 9116);
	int peer;
	struct connection *c = bench_passive(b, &at, &peer);

	bench_calls_ok(b, c, CALL_FORGET, 0);
	bench_closed(b, c, true);
	assert_int_equal(peer_is_told(peer), -EAGAIN);
	peer_sends(peer, 0, 1);
	assert_int_equal(peer_is_told(peer), -ECONNRESET);
	bench_close(b, c);
	close(peer);
}

/* Freeing a connection is no event on the wire either, whether its user had taken it or not. */
static void test_close_says_nothing(void **state)
{
	struct bench *b = bench_of(state);

	for (uint16_t i = 0; i < 2; i++) {
		struct endpoint at = endpoint_of(IPV4, 7117, (uint16_t)(9117 + i));
		int peer;
		struct connection *c = bench_passive(b, &at, &peer);

		if (i)
			bench_calls_ok(b, c, CALL_SEND, 0);
		bench_close(b, c);
		assert_int_equal(peer_is_told(peer), -EAGAIN);
		close(peer);
	}
}

static void test_unlisten_keeps_the_connection(void **state)
{
	struct bench *b = bench_of(state);
	struct endpoint at = endpoint_of(IPV4, 7119, 9119);
	int peer;
	struct connection *c = bench_passive(b, &at, &peer);
	struct error e;

	assert_true(b->target.operations->unlisten(b->target.self, c, &e));
	bench_state_is(b, c, ESTABLISHED);
	bench_calls_ok(b, c, CALL_SEND, 4);
	peer_receives(peer, 0, 4);
	bench_calls_ok(b, c, CALL_ABORT, 0);
	bench_closed(b, c, false);
	bench_close(b, c);
	close(peer);
}

/* A connection of another 4-tuple in the accept queue is not ours. */
static void test_accept_matches_the_peer(void **state)
{
	struct bench *b = bench_of(state);
	struct endpoint at = endpoint_of(IPV4, 7120, 9120), beside = endpoint_of(IPV4, 7120, 9121);
	struct connection *c = bench_open(b, &at);
	int stranger, peer;

	bench_calls_ok(b, c, CALL_OPEN_PASSIVE, 0);
	stranger = peer_socket(&beside);
	peer_connect(stranger, &beside);
	peer_awaits(stranger, POLLOUT);
	peer = peer_socket(&at);
	peer_connect(peer, &at);
	peer_awaits(peer, POLLOUT);
	bench_calls_ok(b, c, CALL_SEND, 3);
	peer_receives(peer, 0, 3);
	assert_int_equal(peer_is_told(stranger), -EAGAIN);
	bench_close(b, c);
	close(stranger);
	close(peer);
}

static void test_opens_that_are_refused(void **state)
{
	struct bench *b = bench_of(state);
	struct endpoint at = endpoint_of(IPV4, 7121, 9122);
	int peer;
	struct connection *c = bench_active(b, &at, &peer);
	struct call_answer a = bench_call(b, c, CALL_OPEN_ACTIVE, 0);

	/* RFC 9293 3.10.1: "connection already exists". */
	assert_int_equal(a.result, CALL_FAILED);
	assert_string_equal(a.text, "EISCONN");
	bench_close(b, c);
	close(peer);
	c = bench_open(b, &at);
	bench_calls_ok(b, c, CALL_OPEN_PASSIVE, 0);
	a = bench_call(b, c, CALL_OPEN_PASSIVE, 0);
	assert_int_equal(a.result, CALL_FAILED);
	assert_string_equal(a.text, "EADDRINUSE");
	bench_close(b, c);
}

static int receive_buffer(const struct connection *c)
{
	int octets = 0;
	socklen_t length = sizeof octets;

	assert_int_equal(getsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &octets, &length), 0);
	return octets;
}

static void test_open_with_a_small_buffer(void **state)
{
	struct bench *b = bench_of(state);
	struct endpoint at = endpoint_of(IPV4, 7131, 9131);
	int listener = peer_socket(&at);
	struct connection *c = bench_open(b, &at);

	assert_true(b->target.needs_met & NEED_SMALL_BUFFER);
	assert_int_equal(listen(listener, 1), 0);
	bench_calls_ok(b, c, CALL_OPEN_ACTIVE, 1000);
	/* The kernel's least, of which less than half is window. */
	assert_true(receive_buffer(c) < 2 * SEGMENT_OCTETS);
	bench_close(b, c);
	c = bench_open(b, &at);
	bench_calls_ok(b, c, CALL_OPEN_ACTIVE, 0);
	assert_true(receive_buffer(c) > 65535);
	bench_close(b, c);
	close(listener);
}

static void test_urgent(void **state)
{
	struct bench *b = bench_of(state);
	struct endpoint at = endpoint_of(IPV4, 7122, 9123);
	int peer;
	struct connection *c = bench_passive(b, &at, &peer);

	assert_int_equal(bench_signals(b, c), 0);
	assert_int_equal(send(peer, "!", 1, MSG_OOB), 1);
	assert_int_equal(bench_signals(b, c), SIGNAL_URGENT);
	bench_close(b, c);
	close(peer);
}

/* What the kernel makes of RSTs, timeouts and ICMP errors, in the standard's signals. */
static void test_signals_of_errors(void **state)
{
	(void)state;
	assert_int_equal(signal_of_errno(ECONNRESET, true), SIGNAL_RESET);
	assert_int_equal(signal_of_errno(EPIPE, true), SIGNAL_RESET);
	assert_int_equal(signal_of_errno(ECONNREFUSED, true), SIGNAL_REFUSED);
	assert_int_equal(signal_of_errno(ECONNREFUSED, false), SIGNAL_UNREACHABLE);
	assert_int_equal(signal_of_errno(ETIMEDOUT, true), SIGNAL_TIMEOUT);
	assert_int_equal(signal_of_errno(EHOSTUNREACH, true), SIGNAL_UNREACHABLE);
	assert_int_equal(signal_of_errno(ENETUNREACH, false), SIGNAL_UNREACHABLE);
	assert_int_equal(signal_of_errno(EPROTO, false), SIGNAL_UNREACHABLE);
	assert_int_equal(signal_of_errno(ENOPROTOOPT, true), SIGNAL_UNREACHABLE);
	assert_int_equal(signal_of_errno(EINVAL, true), 0);
}

int main(void)
{
#define BENCH_TEST(f) cmocka_unit_test_setup_teardown(f, bench_start, bench_stop)
	const struct CMUnitTest tests[] = {
	    BENCH_TEST(test_send_continues_the_stream),
	    BENCH_TEST(test_receive_continues_the_stream),
	    BENCH_TEST(test_receive_finds_a_wrong_octet),
	    BENCH_TEST(test_end_of_file_comes_after_the_octets),
	    BENCH_TEST(test_refused),
	    BENCH_TEST(test_reset_is_told_once_and_remembered),
	    BENCH_TEST(test_reset_is_told_by_the_call),
	    BENCH_TEST(test_reset_in_close_wait),
	    BENCH_TEST(test_reset_in_the_accept_queue),
	    BENCH_TEST(test_send_after_close),
	    BENCH_TEST(test_calls_without_a_connection),
	    BENCH_TEST(test_abort_resets),
	    BENCH_TEST(test_release_sends_fin_and_keeps_the_listener),
	    BENCH_TEST(test_release_with_unread_octets),
	    BENCH_TEST(test_forget_says_nothing),
	    BENCH_TEST(test_close_says_nothing),
	    BENCH_TEST(test_unlisten_keeps_the_connection),
	    BENCH_TEST(test_accept_matches_the_peer),
	    BENCH_TEST(test_opens_that_are_refused),
	    BENCH_TEST(test_open_with_a_small_buffer),
	    BENCH_TEST(test_urgent),
	    cmocka_unit_test(test_signals_of_errors),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("target/linux_calls", tests, namespace_enter, NULL);
}
