/* Tests of how the reference stack takes attacks and errors from outside: RFC 5961, ICMP by RFC 5927 and RFC 9293 3.9.2.2, path MTU by RFC 1191 and 8201, TIME-WAIT and RFC 6191, initial sequence numbers
 * by RFC 6528, urgent text. */
#include <string.h>

#include "lib/wire/packet.h"
#include "tests/reference/peer.h"

enum { MSS = 1000,
       CHALLENGE_LIMIT = 10 };

static const unsigned families[] = {4, 6};

/* RFC 5961 3.2, 4.2, 5.2: RST in the window, SYN, ACK from beyond; each draws a challenge ACK and changes nothing. */
static void challenges_are_answered(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct peer p;

		peer_open(&p, families[i], NULL);
		peer_accepted(&p, "MSS:1000");
		peer_say(&p, CTL_RST, p.seq + 1, 0, 0);
		want(&p, CTL_ACK, p.ack, p.seq, 0);
		peer_say(&p, CTL_SYN, p.seq, 0, 0);
		want(&p, CTL_ACK, p.ack, p.seq, 0);
		peer_say(&p, CTL_ACK, p.seq, p.ack + 1, 0);
		want(&p, CTL_ACK, p.ack, p.seq, 0);
		peer_say(&p, CTL_ACK, p.seq, p.ack - 0x10000000, 0);
		want(&p, CTL_ACK, p.ack, p.seq, 0);
		peer_say(&p, CTL_RST, p.seq - 1, 0, 0);
		want_silence(&p);
		want_state(&p, TCPSPEC_ESTABLISHED);
		assert_int_equal(peer_told(&p), 0);
		peer_close(&p);
	}
}

/* RFC 5961 7: so many in an interval and no more; then again. */
static void challenges_are_throttled(void **state)
{
	struct peer p;

	(void)state;
	peer_open(&p, 4, NULL);
	peer_accepted(&p, "MSS:1000");
	for (unsigned round = 0; round < 3; round++) {
		unsigned answers = 0;

		for (unsigned n = 0; n < 3 * CHALLENGE_LIMIT; n++) {
			peer_say(&p, CTL_SYN, p.seq, 0, 0);
			answers += peer_hear(&p) != NULL;
		}
		assert_int_equal(answers, CHALLENGE_LIMIT);
		peer_go(&p, 10 * S);
	}
	peer_close(&p);
}

static void throttle_can_be_switched_off(void **state)
{
	static const char *const setting[] = {"challenge_interval", "0 s", NULL};
	struct peer p;

	(void)state;
	peer_open(&p, 4, setting);
	peer_accepted(&p, "MSS:1000");
	for (unsigned n = 0; n < 3 * CHALLENGE_LIMIT; n++) {
		peer_say(&p, CTL_SYN, p.seq, 0, 0);
		want(&p, CTL_ACK, p.ack, p.seq, 0);
	}
	peer_close(&p);
}

/* An ICMP error that quotes the first octets of `quoted`, a packet of the stack's. */
static void icmp_say(struct peer *p, uint8_t type, uint8_t code, uint16_t mtu, const struct heard *quoted)
{
	const struct icmp_error m = {.src = p->own, .dst = p->theirs, .type = type, .code = code, .mtu = mtu, .quoted = quoted->octets, .quoted_length = quoted->n < 60 ? quoted->n : 60};
	uint8_t packet[200];
	const size_t n = icmp_error_build(&m, packet, sizeof packet);

	assert_true(n > 0);
	peer_say_octets(p, packet, n);
}

/* A copy of a segment that was heard, with another SEQ. */
static struct heard heard_moved(const struct heard *h, uint32_t by)
{
	struct heard moved = *h;
	struct segment s = h->s;

	s.seq += by;
	moved.n = segment_build(&s, moved.octets, sizeof moved.octets);
	return moved;
}

/* MUST-56, RFC 5927 5.2: soft errors, and in synchronized states hard ones too, end nothing; the user is told (MUST-47). MUST-55: a Source Quench is as if it had not come. */
static void errors_end_no_connection(void **state)
{
	static const struct {
		unsigned family;
		uint8_t type, code;
		bool told;
	} errors[] = {{4, 3, 0, true}, {4, 3, 1, true}, {4, 3, 5, true}, {4, 11, 0, true}, {4, 12, 0, true}, {4, 3, 2, true}, {4, 3, 3, true}, {4, 4, 0, false}, {6, 1, 0, true}, {6, 1, 3, true}, {6, 1, 4, true}, {6, 3, 0, true}, {6, 4, 1, true}};

	(void)state;
	for (unsigned i = 0; i < sizeof errors / sizeof errors[0]; i++) {
		static const char *const hardened[] = {"rfc5927_hard", "yes", NULL};
		struct peer p;
		const struct heard *h;
		struct heard other;

		peer_open(&p, errors[i].family, hardened);
		peer_accepted(&p, "MSS:1000");
		peer_user_send(&p, 100, 0);
		h = want(&p, CTL_ACK, p.ack, p.seq, 100);
		/* RFC 5927 4.1: not of what is in flight. */
		other = heard_moved(h, 100000);
		icmp_say(&p, errors[i].type, errors[i].code, 0, &other);
		assert_int_equal(peer_told(&p), 0);
		icmp_say(&p, errors[i].type, errors[i].code, 0, h);
		want_silence(&p);
		want_state(&p, TCPSPEC_ESTABLISHED);
		if (peer_told(&p) != (errors[i].told ? TCPSPEC_TOLD_UNREACHABLE : 0))
			fail_msg("ICMPv%u %u/%u: told %u", errors[i].family, errors[i].type, errors[i].code, peer_told(&p));
		/* It is sent again as if nothing had been. */
		assert_true(peer_wait(&p, p.now + 2 * S));
		want(&p, CTL_ACK, p.ack, p.seq, 100);
		peer_close(&p);
	}
}

/* RFC 9293 3.9.2.2: a hard error ends the attempt in SYN-SENT (SHLD-26), a soft one does not; one that quotes another SEQ does nothing. */
static void hard_error_ends_an_attempt(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct peer p;
		const struct heard *h;
		struct heard other;

		peer_open(&p, families[i], NULL);
		p.h = p.op->connect(p.stack, &p.ends, 0, p.now);
		h = peer_hear(&p);
		assert_non_null(h);
		other = heard_moved(h, 77);
		icmp_say(&p, families[i] == 4 ? 3 : 1, families[i] == 4 ? 3 : 4, 0, &other);
		want_state(&p, TCPSPEC_SYN_SENT);
		icmp_say(&p, families[i] == 4 ? 3 : 1, families[i] == 4 ? 1 : 0, 0, h);
		want_state(&p, TCPSPEC_SYN_SENT);
		icmp_say(&p, families[i] == 4 ? 3 : 1, families[i] == 4 ? 3 : 4, 0, h);
		want_state(&p, TCPSPEC_CLOSED);
		assert_true(peer_told(&p) & TCPSPEC_TOLD_UNREACHABLE);
		peer_close(&p);
	}
}

/* RFC 1191 6.4, RFC 8201 5.4: the segment that was too large is sent again, smaller, without waiting for the timer; nothing larger follows. RFC 5927 4.1: what is not in flight is not believed. */
static void path_mtu_makes_segments_smaller(void **state)
{
	enum { SMALLER = 1300 };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		const bool six = families[i] == 6;
		const uint32_t text = SMALLER - (six ? 60 : 40);
		struct peer p;
		const struct heard *h;
		struct heard first, other;
		uint32_t got = 0;

		peer_open(&p, families[i], NULL);
		peer_accepted(&p, six ? "MSS:1440" : "MSS:1460");
		peer_user_send(&p, 6000, 0);
		first = *want(&p, CTL_ACK, p.ack, p.seq, six ? 1440 : 1460);
		first.s.text = first.octets + (first.n - first.s.text_length);
		while (peer_hear(&p) != NULL)
			;
		other = heard_moved(&first, (uint32_t)-100000);
		icmp_say(&p, six ? 2 : 3, six ? 0 : 4, SMALLER, &other);
		want_silence(&p);
		icmp_say(&p, six ? 2 : 3, six ? 0 : 4, SMALLER, &first);
		for (unsigned n = 0; got < 6000; n++) {
			assert_true(n < 200);
			assert_true(peer_wait(&p, p.now + 10 * S));
			assert_true(n > 0 || p.now == S);
			while ((h = peer_hear(&p)) != NULL) {
				assert_in_range(h->s.text_length, 1, text);
				if (h->s.seq == p.ack)
					p.ack += h->s.text_length;
			}
			got = p.ack - p.irs - 1;
			peer_say_ack(&p);
		}
		peer_close(&p);
	}
}

/* A connection whose stack closed first, now in TIME-WAIT. */
static void time_wait_enter(struct peer *p, const char *options)
{
	peer_accepted(p, options);
	assert_int_equal(p->op->close(p->stack, p->h, p->now), 0);
	want(p, CTL_FIN | CTL_ACK, p->ack, p->seq, 0);
	p->ack++;
	peer_say(p, CTL_FIN | CTL_ACK, p->seq, p->ack, 0);
	p->seq++;
	want(p, CTL_ACK, p->ack, p->seq, 0);
	want_state(p, TCPSPEC_TIME_WAIT);
}

/* RFC 9293 3.6.1 (MUST-13), 3.10.7.4 eighth: two MSL, of two minutes each (3.4.2), anew with each FIN that comes again. */
static void time_wait_lasts_two_msl(void **state)
{
	struct peer p;

	(void)state;
	peer_open(&p, 4, NULL);
	time_wait_enter(&p, "MSS:1000");
	peer_go(&p, 200 * S);
	peer_say(&p, CTL_FIN | CTL_ACK, p.seq - 1, p.ack, 0);
	want(&p, CTL_ACK, p.ack, p.seq, 0);
	peer_go(&p, 240 * S - 1);
	want_state(&p, TCPSPEC_TIME_WAIT);
	peer_go(&p, 2);
	want_state(&p, TCPSPEC_LISTEN);
	want_silence(&p);
	peer_close(&p);
}

/* RFC 6191 2: a SYN with a later timestamp, or without timestamps one beyond RCV.NXT, opens it anew, with an ISN above the old one's numbers (RFC 9293 MAY-2). */
static void time_wait_may_be_reopened(void **state)
{
	static const struct {
		const char *options, *again;
		uint32_t ahead;
		bool reopened;
	} cases[] = {
	    {"MSS:1000,TS:4000/0", "MSS:1000,TS:90000/0", 1000, true}, {"MSS:1000,TS:4000/0", "MSS:1000,TS:90000/0", (uint32_t)-500, true}, {"MSS:1000,TS:4000/0", "MSS:1000,TS:3000/0", (uint32_t)-500, false}, {"MSS:1000", "MSS:1000", 1000, true}, {"MSS:1000", "MSS:1000", (uint32_t)-500, false}};

	(void)state;
	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct peer p;
		const struct heard *h;
		uint32_t syn;

		peer_open(&p, 4, NULL);
		time_wait_enter(&p, cases[i].options);
		peer_go(&p, 10 * S);
		syn = p.seq + cases[i].ahead;
		peer_say_options(&p, CTL_SYN, syn, 0, 0, cases[i].again);
		h = peer_hear(&p);
		if (cases[i].reopened) {
			assert_non_null(h);
			assert_int_equal(h->s.ctl, CTL_SYN | CTL_ACK);
			assert_int_equal(h->s.ack, syn + 1);
			assert_true((int32_t)(h->s.seq - p.ack) > 0);
			want_state(&p, TCPSPEC_SYN_RECEIVED);
		} else {
			assert_null(h); /* "silently drop": RFC 6191 2 */
			want_state(&p, TCPSPEC_TIME_WAIT);
		}
		peer_close(&p);
	}
}

/* The ISN of a SYN,ACK for this peer's port; the attempt is reset. */
static uint32_t isn_draw(struct peer *p, uint16_t port)
{
	const struct heard *h;
	uint32_t isn;

	peer_ports(p, port, STACK_PORT);
	peer_say_options(p, CTL_SYN, p->iss, 0, 0, "");
	h = peer_hear(p);
	assert_non_null(h);
	assert_int_equal(h->s.ctl, CTL_SYN | CTL_ACK);
	isn = h->s.seq;
	peer_say(p, CTL_RST, p->iss + 1, 0, 0);
	want_silence(p);
	return isn;
}

/* MUST-8, RFC 6528 3: one every 4 us for the same ends; MUST-9: nothing of it for others. */
static void initial_numbers_count_by_themselves(void **state)
{
	struct peer p;
	uint32_t before, at_zero;

	(void)state;
	peer_open(&p, 4, NULL);
	peer_listen(&p);
	before = isn_draw(&p, 40000);
	for (uint64_t us = 4; us < 100 * S; us *= 7) {
		peer_go(&p, us);
		at_zero = isn_draw(&p, 40000);
		assert_in_range(at_zero - before, us / 4, us / 4 + 1);
		before = at_zero;
	}
	peer_close(&p);
}

/* Of a thousand neighbouring ports the ISNs at one time lie all over: no two within 2^12 but by rare chance (one pair is expected), and each bit is set in about half of them. */
static void initial_numbers_of_other_ends_tell_nothing(void **state)
{
	enum { PORTS = 1000 };
	static uint32_t isn[PORTS];
	unsigned near = 0, set[32] = {0};
	struct peer p;

	(void)state;
	peer_open(&p, 6, NULL);
	peer_listen(&p);
	for (uint16_t i = 0; i < PORTS; i++)
		isn[i] = isn_draw(&p, (uint16_t)(20000 + i));
	for (unsigned i = 0; i < PORTS; i++) {
		for (unsigned k = 0; k < i; k++)
			near += isn[i] - isn[k] + 4096 < 8192;
		for (unsigned bit = 0; bit < 32; bit++)
			set[bit] += isn[i] >> bit & 1;
	}
	assert_in_range(near, 0, 8);
	for (unsigned bit = 0; bit < 32; bit++)
		assert_in_range(set[bit], PORTS / 2 - 100, PORTS / 2 + 100);
	peer_close(&p);
}

/* MUST-62: the pointer is to the octet behind the urgent text. MUST-30, MUST-32: the user is told when it comes, before the text does. */
static void urgent_text_is_pointed_at(void **state)
{
	struct segment s = {.ctl = CTL_ACK | CTL_URG, .up = 500};
	struct peer p;
	const struct heard *h;

	(void)state;
	peer_open(&p, 4, NULL);
	peer_accepted(&p, "MSS:1000");
	peer_user_send(&p, 300, TCPSPEC_SEND_URGENT | TCPSPEC_SEND_PUSH);
	h = want(&p, CTL_ACK | CTL_URG, p.ack, p.seq, 300);
	assert_int_equal(h->s.up, 300);
	s.seq = p.seq;
	s.ack = p.ack + 300;
	s.wnd = 65535;
	peer_say_segment(&p, &s);
	assert_true(peer_told(&p) & TCPSPEC_TOLD_URGENT);
	peer_close(&p);
}

/* RFC 9293 3.10.7.4, 3.1: a wrong checksum, of TCP or of the IP header, or a packet that is not for this host, is as if it had not come. */
static void damage_is_silence(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct segment s = {.ctl = CTL_SYN, .seq = 1, .chk = 0x1234, .said = SAID_CHK};
		struct peer p;

		peer_open(&p, families[i], NULL);
		peer_listen(&p);
		peer_say_segment(&p, &s);
		s.said = SAID_IP_CHK;
		if (families[i] == 4)
			peer_say_segment(&p, &s);
		s.said = 0;
		s.dst = p.theirs;
		s.dst.octets[families[i] == 4 ? 3 : 15] = 77;
		peer_say_segment(&p, &s);
		want_silence(&p);
		peer_close(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(challenges_are_answered),
	    cmocka_unit_test(challenges_are_throttled),
	    cmocka_unit_test(throttle_can_be_switched_off),
	    cmocka_unit_test(errors_end_no_connection),
	    cmocka_unit_test(hard_error_ends_an_attempt),
	    cmocka_unit_test(path_mtu_makes_segments_smaller),
	    cmocka_unit_test(time_wait_lasts_two_msl),
	    cmocka_unit_test(time_wait_may_be_reopened),
	    cmocka_unit_test(initial_numbers_count_by_themselves),
	    cmocka_unit_test(initial_numbers_of_other_ends_tell_nothing),
	    cmocka_unit_test(urgent_text_is_pointed_at),
	    cmocka_unit_test(damage_is_silence),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("the reference stack under attack", tests, NULL, NULL);
}
