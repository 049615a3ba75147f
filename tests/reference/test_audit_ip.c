/* Tests of what lies below the reference stack's TCP: path MTUs that no path has, ICMP errors that lie, headers of IPv6 that it does not know (RFC 8200 4), addresses that nobody has. */
#include <string.h>

#include "lib/wire/packet.h"
#include "tests/reference/peer.h"

enum { V4_TOO_BIG_TYPE = 3,
       V4_TOO_BIG_CODE = 4,
       V6_TOO_BIG_TYPE = 2,
       QUOTED = 48,
       PACKET_ROOM = 2048 };

/* Any ICMP error of `family` about `quoted`. */
static void error_say(struct peer *p, uint16_t mtu, const struct heard *quoted)
{
	const bool six = p->family == 6;
	const struct icmp_error m = {.src = p->own, .dst = p->theirs, .type = six ? V6_TOO_BIG_TYPE : V4_TOO_BIG_TYPE, .code = six ? 0 : V4_TOO_BIG_CODE, .mtu = mtu, .quoted = quoted->octets, .quoted_length = six ? QUOTED + 20 : QUOTED};
	uint8_t packet[PACKET_ROOM];
	const size_t n = icmp_error_build(&m, packet, sizeof packet);

	assert_true(n > 0);
	peer_say_octets(p, packet, n);
}

/* RFC 8201 4: "less than the IPv6 minimum link MTU, it must discard it". */
static void v6_discards_less_than_the_minimum(void **state)
{
	struct peer p;
	struct heard first;

	(void)state;
	peer_open(&p, 6, NULL);
	peer_accepted(&p, "MSS:1440");
	peer_user_send(&p, 1440, 0);
	first = *want(&p, CTL_ACK, p.ack, p.seq, 1440);
	error_say(&p, 1279, &first);
	want_silence(&p);
	error_say(&p, 0, &first);
	want_silence(&p);
	error_say(&p, 1280, &first);
	want(&p, CTL_ACK, p.ack, p.seq, 1220);
	want(&p, CTL_ACK, p.ack + 1220, p.seq, 220);
	peer_close(&p);
}

/* RFC 1191 3, 5: a path may have an MTU down to 68; a host need not send so small packets, if it then lets them be cut: DF is off, and each has an Identification of its own (RFC 6864 4.1). */
static void v4_lets_small_paths_cut(void **state)
{
	static const uint16_t claimed[] = {0, 68, 300, 575};

	(void)state;
	for (unsigned i = 0; i < sizeof claimed / sizeof *claimed; i++) {
		struct peer p;
		struct heard first, second;

		peer_open(&p, 4, NULL);
		peer_accepted(&p, "MSS:1460");
		peer_user_send(&p, 1000, 0);
		first = *want(&p, CTL_ACK, p.ack, p.seq, 1000);
		assert_true(first.s.dont_fragment);
		error_say(&p, claimed[i], &first);
		first = *want(&p, CTL_ACK, p.ack, p.seq, 536);
		second = *want(&p, CTL_ACK, p.ack + 536, p.seq, 464);
		assert_false(first.s.dont_fragment);
		assert_false(second.s.dont_fragment);
		assert_int_not_equal(first.s.ip_id, second.s.ip_id);
		/* Another one changes nothing: convergence. */
		error_say(&p, claimed[i], &first);
		want_silence(&p);
		peer_close(&p);
	}
}

/* RFC 9293 3.9.2.2, RFC 5927 4.1: an error is about the connection that caused it; none of IPv4 is about a packet of IPv6. */
static void errors_keep_to_their_family(void **state)
{
	struct peer p;
	struct heard first;

	(void)state;
	peer_open(&p, 6, NULL);
	peer_accepted(&p, "MSS:1440");
	peer_user_send(&p, 100, 0);
	first = *want(&p, CTL_ACK, p.ack, p.seq, 100);
	{
		const struct icmp_error m = {.src = {IPV4, {192, 0, 2, 1}}, .dst = {IPV4, {192, 0, 2, 2}}, .type = 3, .code = 3, .quoted = first.octets, .quoted_length = 60};
		uint8_t packet[PACKET_ROOM];
		const size_t n = icmp_error_build(&m, packet, sizeof packet);

		assert_true(n > 0);
		peer_say_octets(&p, packet, n);
	}
	want_state(&p, TCPSPEC_ESTABLISHED);
	assert_int_equal(peer_told(&p), 0);
	peer_close(&p);
}

/* RFC 5927 7.2: once packets of a size have arrived, a smaller path is believed only when the segment times out; and not any more when it was acknowledged. */
static void too_big_is_not_believed_while_there_is_progress(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct peer p;
		struct heard first;

		peer_open(&p, 4, NULL);
		peer_accepted(&p, "MSS:1460");
		peer_user_send(&p, 1460, 0);
		want(&p, CTL_ACK, p.ack, p.seq, 1460);
		p.ack += 1460;
		peer_say_ack(&p);
		peer_user_send(&p, 1460, 0);
		first = *want(&p, CTL_ACK, p.ack, p.seq, 1460);
		error_say(&p, 600, &first);
		want_silence(&p);
		if (i == 0) {
			p.ack += 1460;
			peer_say_ack(&p);
			peer_user_send(&p, 1460, 0);
			want(&p, CTL_ACK, p.ack, p.seq, 1460);
			assert_true(peer_wait(&p, p.now + 2 * S));
			want(&p, CTL_ACK, p.ack, p.seq, 1460);
		} else {
			assert_true(peer_wait(&p, p.now + 2 * S));
			want(&p, CTL_ACK, p.ack, p.seq, 560);
		}
		peer_close(&p);
	}
}

/* An empty segment at p->seq - 1, which draws an ACK, behind these extension headers, the first of which has this number. */
static void extended_say(struct peer *p, uint8_t first, const uint8_t *extension, size_t n)
{
	struct segment s = {.ctl = CTL_ACK, .src = p->own, .dst = p->theirs, .src_port = p->own_port, .dst_port = p->port, .seq = p->seq - 1, .ack = p->ack, .wnd = p->wnd};
	uint8_t packet[PACKET_ROOM];
	size_t length = segment_build(&s, packet, sizeof packet);

	assert_true(length > 0);
	memmove(packet + 40 + n, packet + 40, length - 40);
	memcpy(packet + 40, extension, n);
	packet[5] = (uint8_t)(packet[5] + n);
	packet[6] = first;
	peer_say_octets(p, packet, length + n);
}

/* RFC 8200 4.2, 4.3, 4.4: which headers are stepped over, and which discard the packet. */
static void v6_options_say_what_to_do_with_them(void **state)
{
	enum { HOP = 0,
	       ROUTING = 43,
	       FRAGMENT = 44,
	       DESTINATION = 60,
	       TCP = 6 };
	static const struct {
		uint8_t first, octets[16];
		size_t n;
		bool taken;
	} cases[] = {
	    {DESTINATION, {TCP, 0, 1, 4, 0, 0, 0, 0}, 8, true},                                     /* PadN */
	    {DESTINATION, {TCP, 0, 0, 0, 0, 0, 0, 0}, 8, true},                                     /* Pad1 */
	    {DESTINATION, {TCP, 0, 0x1e, 4, 1, 2, 3, 4}, 8, true},                                  /* 00: skip over */
	    {DESTINATION, {TCP, 0, 0x5e, 4, 1, 2, 3, 4}, 8, false},                                 /* 01: discard */
	    {DESTINATION, {TCP, 0, 0x9e, 4, 1, 2, 3, 4}, 8, false},                                 /* 10: discard, and say so */
	    {DESTINATION, {TCP, 0, 0xde, 4, 1, 2, 3, 4}, 8, false},                                 /* 11: discard, and say so */
	    {DESTINATION, {TCP, 0, 0x1e, 5, 1, 2, 3, 4}, 8, false},                                 /* longer than its header */
	    {DESTINATION, {TCP, 0, 0, 0, 0, 0, 0, 0x1e}, 8, false},                                 /* no length */
	    {HOP, {TCP, 0, 5, 2, 0, 0, 1, 0}, 8, true},                                             /* Router Alert */
	    {HOP, {TCP, 0, 0xc2, 4, 0, 1, 0, 0}, 8, false},                                         /* Jumbo Payload */
	    {HOP, {DESTINATION, 0, 1, 4, 0, 0, 0, 0, TCP, 0, 1, 4, 0, 0, 0, 0}, 16, true},          /* in their order */
	    {DESTINATION, {HOP, 0, 1, 4, 0, 0, 0, 0, TCP, 0, 1, 4, 0, 0, 0, 0}, 16, false},         /* Hop-by-Hop is first or not at all */
	    {ROUTING, {TCP, 0, 253, 0, 0, 0, 0, 0}, 8, true},                                       /* Segments Left is zero: ignore the header */
	    {ROUTING, {TCP, 0, 253, 1, 0, 0, 0, 0}, 8, false},                                      /* else discard, and say so */
	    {FRAGMENT, {TCP, 0, 0, 0, 1, 2, 3, 4}, 8, true},                                        /* the whole in one (RFC 6946) */
	    {FRAGMENT, {DESTINATION, 0, 0, 0, 1, 2, 3, 4, TCP, 0, 0x5e, 4, 0, 0, 0, 0}, 16, false}, /* behind it, too */
	};

	(void)state;
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct peer p;

		peer_open(&p, 6, NULL);
		peer_accepted(&p, "MSS:1440");
		extended_say(&p, cases[i].first, cases[i].octets, cases[i].n);
		if ((peer_hear(&p) != NULL) != cases[i].taken)
			fail_msg("case %u", i);
		peer_close(&p);
	}
}

/* RFC 9293 3.9.2.3 (MUST-57, MUST-63), RFC 1122 3.2.1.3: a SYN from where nobody can be, or to more than one, is ignored; the host's own address is no other's. */
static void nobody_is_answered(void **state)
{
	static const struct address from[] = {
	    {IPV4, {0, 0, 0, 0}},
	    {IPV4, {127, 0, 0, 1}},
	    {IPV4, {224, 0, 0, 1}},
	    {IPV4, {255, 255, 255, 255}},
	    {IPV4, {192, 0, 2, 255}},
	    {IPV4, {192, 0, 2, 0}},
	    {IPV4, {192, 0, 2, 2}},
	    {IPV6, {0}},
	    {IPV6, {[15] = 1}},
	    {IPV6, {0xff, 2, [15] = 1}},
	    {IPV6, {0x20, 1, 0x0d, 0xb8, [15] = 2}},
	};
	static const struct address to[] = {{IPV4, {224, 0, 0, 1}}, {IPV4, {255, 255, 255, 255}}, {IPV4, {192, 0, 2, 255}}, {IPV4, {192, 0, 2, 0}}, {IPV6, {0xff, 2, [15] = 1}}};
	static const char *const setting[] = {"prefix_v4", "24", NULL};

	(void)state;
	for (unsigned i = 0; i < sizeof from / sizeof *from + sizeof to / sizeof *to; i++) {
		const struct address *a = i < sizeof from / sizeof *from ? &from[i] : &to[i - sizeof from / sizeof *from];
		struct segment s = {.ctl = CTL_SYN, .seq = 1, .wnd = 1000};
		struct peer p;

		peer_open(&p, a->family == IPV4 ? 4 : 6, setting);
		peer_listen(&p);
		if (i < sizeof from / sizeof *from)
			s.src = *a;
		else
			s.dst = *a;
		peer_say_segment(&p, &s);
		if (peer_hear(&p) != NULL)
			fail_msg("case %u", i);
		/* Nor with an ACK, that would draw a reset. */
		s.ctl = CTL_ACK;
		peer_say_segment(&p, &s);
		want_silence(&p);
		peer_close(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(v6_discards_less_than_the_minimum),
	    cmocka_unit_test(v4_lets_small_paths_cut),
	    cmocka_unit_test(errors_keep_to_their_family),
	    cmocka_unit_test(too_big_is_not_believed_while_there_is_progress),
	    cmocka_unit_test(v6_options_say_what_to_do_with_them),
	    cmocka_unit_test(nobody_is_answered),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("below TCP", tests, NULL, NULL);
}
