/* What the linux target's user was told, in every state, by a peer made of raw segments whose numbers are exact. Which signals the standard demands is the model's affair. */
#include "tests/target/loopback.h"

#include "lib/wire/packet.h"

enum { PEER_ISS = 5000,
       PACKET_MAX = 256 };

/* A peer without a TCP: it holds the tester's port deaf, so that the kernel answers nothing there, and plays the segments itself. */
struct raw_peer {
	struct endpoint at;
	int raw, deaf;
	uint32_t snd_nxt, rcv_nxt;
};

static struct raw_peer raw_peer_open(uint16_t port)
{
	const int on = 1;
	struct raw_peer p = {.at = endpoint_of(IPV4, port, (uint16_t)(port + 1000)), .snd_nxt = PEER_ISS};

	p.deaf = peer_socket(&p.at);
	assert_int_equal(listen(p.deaf, 1), 0);
	peer_deafen(p.deaf);
	p.raw = socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
	assert_true(p.raw >= 0);
	assert_int_equal(setsockopt(p.raw, IPPROTO_IP, IP_HDRINCL, &on, sizeof on), 0);
	return p;
}

static void raw_peer_close(struct raw_peer *p)
{
	close(p->raw);
	close(p->deaf);
}

static void raw_put(const struct raw_peer *p, const uint8_t *packet, size_t n)
{
	struct sockaddr_storage there;
	socklen_t length = peer_sockaddr(&p->at.target, 0, &there);

	assert_true(n > 0);
	assert_int_equal(sendto(p->raw, packet, n, 0, (struct sockaddr *)&there, length), n);
}

/* <SEQ=SND.NXT><ACK=RCV.NXT>, with n octets of text. */
static void raw_send(struct raw_peer *p, uint16_t ctl, uint32_t n)
{
	static const uint8_t text[16];
	uint8_t packet[PACKET_MAX];
	struct segment s = {.src = p->at.tester, .dst = p->at.target, .src_port = p->at.tester_port, .dst_port = p->at.target_port, .seq = p->snd_nxt, .ctl = ctl, .wnd = 8192, .text = text, .text_length = n};

	s.ack = ctl & CTL_ACK ? p->rcv_nxt : 0;
	s.up = ctl & CTL_URG ? (uint16_t)n : 0;
	raw_put(p, packet, segment_build(&s, packet, sizeof packet));
	p->snd_nxt += segment_length(&s);
}

/* Waits for a segment of the target with these bits, and takes its numbers. */
static void raw_await(struct raw_peer *p, uint16_t ctl)
{
	uint8_t packet[PACKET_MAX];
	struct segment s = {0};

	do {
		peer_awaits(p->raw, POLLIN);
		ssize_t got = recv(p->raw, packet, sizeof packet, 0);
		assert_true(got > 0);
		if (!segment_parse(packet, (size_t)got, &s, NULL))
			fail_msg("the target sent what is no segment");
	} while (s.src_port != p->at.target_port || s.dst_port != p->at.tester_port || (s.ctl & ctl) != ctl);
	p->rcv_nxt = s.seq + segment_length(&s);
}

/* Into the state, with a socket that the user holds. */
static struct connection *raw_enter(struct bench *b, struct raw_peer *p, enum state s)
{
	struct connection *c = bench_open(b, &p->at);
	const bool peer_first = s == CLOSE_WAIT || s == LAST_ACK;
	const bool active = s == SYN_SENT || s == SYN_RECEIVED;

	bench_calls_ok(b, c, active ? CALL_OPEN_ACTIVE : CALL_OPEN_PASSIVE, 0);
	if (active)
		raw_await(p, CTL_SYN);
	if (s != SYN_SENT)
		raw_send(p, CTL_SYN, 0);
	if (s == SYN_RECEIVED)
		raw_await(p, CTL_SYN | CTL_ACK);
	if (!active) {
		raw_await(p, CTL_SYN | CTL_ACK);
		raw_send(p, CTL_ACK, 0);
		bench_comes_to(b, c, ESTABLISHED);
		assert_int_equal(bench_signals(b, c), 0);
	}
	if (peer_first) {
		raw_send(p, CTL_FIN | CTL_ACK, 0);
		bench_comes_to(b, c, CLOSE_WAIT);
	}
	if (!active && s != ESTABLISHED && s != CLOSE_WAIT) {
		const uint32_t before = p->rcv_nxt;

		bench_calls_ok(b, c, CALL_CLOSE, 0);
		raw_await(p, CTL_FIN);
		/* Not acknowledging it is to hold the old number. */
		if (s == CLOSING)
			p->rcv_nxt = before;
	}
	if (s == FIN_WAIT_2 || s == TIME_WAIT)
		raw_send(p, CTL_ACK, 0);
	if (s == CLOSING || s == TIME_WAIT)
		raw_send(p, CTL_FIN | CTL_ACK, 0);
	bench_comes_to(b, c, s);
	return c;
}

/* In the state; after an exact RST; and nothing more afterwards, however often it is asked. */
static void reset_tells(struct bench *b, uint16_t port, enum state s, unsigned before, unsigned after)
{
	struct raw_peer p = raw_peer_open(port);
	struct connection *c = raw_enter(b, &p, s);

	assert_int_equal(bench_signals(b, c), before);
	raw_send(&p, s == SYN_SENT ? CTL_RST | CTL_ACK : CTL_RST, 0);
	bench_comes_to(b, c, CLOSED);
	for (unsigned i = 0; i < 3; i++)
		if (bench_signals(b, c) != after)
			fail_msg("RST in %s: signals 0x%x, not 0x%x", state_name(s), bench_signals(b, c), after);
	bench_close(b, c);
	raw_peer_close(&p);
}

static void test_reset(void **state)
{
	static const struct {
		enum state state;
		unsigned before, after;
	} cases[] = {
	    {SYN_SENT, 0, SIGNAL_REFUSED},
	    /* The kernel makes the same ECONNRESET of it as in ESTABLISHED. */
	    {SYN_RECEIVED, 0, SIGNAL_RESET},
	    {ESTABLISHED, 0, SIGNAL_RESET},
	    {FIN_WAIT_1, 0, SIGNAL_RESET},
	    {FIN_WAIT_2, 0, SIGNAL_RESET},
	    {CLOSE_WAIT, SIGNAL_EOF, SIGNAL_EOF | SIGNAL_RESET},
	    {CLOSING, SIGNAL_EOF, SIGNAL_EOF | SIGNAL_RESET},
	    {LAST_ACK, SIGNAL_EOF, SIGNAL_EOF | SIGNAL_RESET},
	    /* The TCB has left the socket: nobody is told. */
	    {TIME_WAIT, SIGNAL_EOF, SIGNAL_EOF},
	};

	for (uint16_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		reset_tells(bench_of(state), (uint16_t)(7300 + i), cases[i].state, cases[i].before, cases[i].after);
}

/* The FIN is told where it arrives, and is told once. */
static void test_fin(void **state)
{
	static const struct {
		enum state from, to;
	} cases[] = {{ESTABLISHED, CLOSE_WAIT}, {FIN_WAIT_1, TIME_WAIT}, {FIN_WAIT_2, TIME_WAIT}};
	struct bench *b = bench_of(state);

	for (uint16_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct raw_peer p = raw_peer_open((uint16_t)(7320 + i));
		struct connection *c = raw_enter(b, &p, cases[i].from);

		assert_int_equal(bench_signals(b, c), 0);
		raw_send(&p, CTL_FIN | CTL_ACK, 0);
		bench_comes_to(b, c, cases[i].to);
		assert_int_equal(bench_signals(b, c), SIGNAL_EOF);
		assert_int_equal(bench_signals(b, c), SIGNAL_EOF);
		bench_close(b, c);
		raw_peer_close(&p);
	}
}

/* A normal end is none by an error: LAST-ACK's and CLOSING's acknowledgment tells nothing. */
static void test_normal_end(void **state)
{
	struct bench *b = bench_of(state);
	static const enum state states[] = {LAST_ACK, CLOSING};

	for (uint16_t i = 0; i < 2; i++) {
		struct raw_peer p = raw_peer_open((uint16_t)(7330 + i));
		struct connection *c = raw_enter(b, &p, states[i]);

		if (states[i] == CLOSING)
			p.rcv_nxt++;
		raw_send(&p, CTL_ACK, 0);
		bench_comes_to(b, c, states[i] == CLOSING ? TIME_WAIT : CLOSED);
		assert_int_equal(bench_signals(b, c), SIGNAL_EOF);
		bench_close(b, c);
		raw_peer_close(&p);
	}
}

/* Text before the FIN that nobody has read hides both it and nothing else: the reset is told. */
static void test_unread_text(void **state)
{
	struct bench *b = bench_of(state);
	struct raw_peer p = raw_peer_open(7340);
	struct connection *c = raw_enter(b, &p, ESTABLISHED);

	raw_send(&p, CTL_FIN | CTL_ACK, 4);
	bench_comes_to(b, c, CLOSE_WAIT);
	assert_int_equal(bench_signals(b, c), 0);
	raw_send(&p, CTL_RST, 0);
	bench_comes_to(b, c, CLOSED);
	assert_int_equal(bench_signals(b, c), SIGNAL_RESET);
	bench_close(b, c);
	raw_peer_close(&p);
}

/* The user who let go is told nothing any more, and keeps what he was told before. */
static void test_released(void **state)
{
	struct bench *b = bench_of(state);

	for (uint16_t i = 0; i < 2; i++) {
		struct raw_peer p = raw_peer_open((uint16_t)(7350 + i));
		struct connection *c = raw_enter(b, &p, i ? CLOSE_WAIT : ESTABLISHED);

		/* Not asked for signals before: releasing looks itself. */
		bench_calls_ok(b, c, CALL_RELEASE, 0);
		raw_await(&p, CTL_FIN);
		raw_send(&p, CTL_RST, 0);
		bench_comes_to(b, c, CLOSED);
		assert_int_equal(bench_signals(b, c), i ? SIGNAL_EOF : 0);
		bench_close(b, c);
		raw_peer_close(&p);
	}
}

/* A passive connection that nobody has accepted: looking at it accepts it. In SYN-RECEIVED there is nothing to accept yet. */
static void test_unaccepted(void **state)
{
	struct bench *b = bench_of(state);
	struct raw_peer p = raw_peer_open(7360);
	struct connection *c = bench_open(b, &p.at);

	bench_calls_ok(b, c, CALL_OPEN_PASSIVE, 0);
	raw_send(&p, CTL_SYN, 0);
	raw_await(&p, CTL_SYN | CTL_ACK);
	bench_comes_to(b, c, SYN_RECEIVED);
	raw_send(&p, CTL_RST, 0);
	bench_comes_to(b, c, CLOSED);
	assert_int_equal(bench_signals(b, c), 0);
	p.snd_nxt += 1000;
	raw_send(&p, CTL_SYN, 0);
	raw_await(&p, CTL_SYN | CTL_ACK);
	raw_send(&p, CTL_ACK, 0);
	raw_send(&p, CTL_FIN | CTL_ACK, 0);
	bench_comes_to(b, c, CLOSE_WAIT);
	raw_send(&p, CTL_RST, 0);
	bench_comes_to(b, c, CLOSED);
	assert_int_equal(bench_signals(b, c), SIGNAL_EOF | SIGNAL_RESET);
	bench_close(b, c);
	raw_peer_close(&p);
}

/* Urgent text is told of as long as it remains to be received (RFC 9293 3.8.5 MUST-33). */
static void test_urgent_until_received(void **state)
{
	struct bench *b = bench_of(state);
	struct raw_peer p = raw_peer_open(7370);
	struct connection *c = raw_enter(b, &p, ESTABLISHED);

	raw_send(&p, CTL_URG | CTL_ACK, 3);
	raw_send(&p, CTL_ACK, 3);
	assert_int_equal(bench_signals(b, c), SIGNAL_URGENT);
	bench_call(b, c, CALL_RECEIVE, 2);
	bench_call(b, c, CALL_RECEIVE, 3);
	assert_int_equal(bench_signals(b, c), 0);
	bench_close(b, c);
	raw_peer_close(&p);
}

/* An ICMP port unreachable for what the target has sent last (RFC 1122 3.2.2.1). */
static void raw_unreachable(struct raw_peer *p)
{
	uint8_t quoted[PACKET_MAX], packet[PACKET_MAX];
	struct segment s = {.src = p->at.target, .dst = p->at.tester, .src_port = p->at.target_port, .dst_port = p->at.tester_port, .seq = p->rcv_nxt, .ack = p->snd_nxt, .ctl = CTL_ACK};
	struct icmp_error m = {.src = p->at.tester, .dst = p->at.target, .type = 3, .code = 3, .quoted = quoted};

	m.quoted_length = segment_build(&s, quoted, sizeof quoted);
	raw_put(p, packet, icmp_error_build(&m, packet, sizeof packet));
}

/* A port unreachable on a connection that lives on is reported, and is no refusal; nor does it become one when the connection ends by something else. */
static void test_soft_error(void **state)
{
	struct bench *b = bench_of(state);

	for (uint16_t i = 0; i < 2; i++) {
		struct raw_peer p = raw_peer_open((uint16_t)(7380 + i));
		struct connection *c = raw_enter(b, &p, ESTABLISHED);

		raw_unreachable(&p);
		if (i == 0)
			assert_int_equal(bench_signals(b, c), SIGNAL_UNREACHABLE);
		raw_send(&p, CTL_RST, 0);
		bench_comes_to(b, c, CLOSED);
		for (unsigned k = 0; k < 2; k++)
			assert_int_equal(bench_signals(b, c) & ~(unsigned)SIGNAL_UNREACHABLE, SIGNAL_RESET);
		assert_true(bench_signals(b, c) & SIGNAL_UNREACHABLE);
		bench_close(b, c);
		raw_peer_close(&p);
	}
}

int main(void)
{
#define BENCH_TEST(f) cmocka_unit_test_setup_teardown(f, bench_start, bench_stop)
	const struct CMUnitTest tests[] = {
	    BENCH_TEST(test_reset),
	    BENCH_TEST(test_fin),
	    BENCH_TEST(test_normal_end),
	    BENCH_TEST(test_unread_text),
	    BENCH_TEST(test_released),
	    BENCH_TEST(test_unaccepted),
	    BENCH_TEST(test_urgent_until_received),
	    BENCH_TEST(test_soft_error),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("target/linux_signals", tests, namespace_enter, NULL);
}
