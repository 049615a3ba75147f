/* Tests of segment_build(): octets and checksums worked out by hand, nonsense said field by field, and the way back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/wire/segment.h"

enum { ROOM = 2048 };

static struct segment segment_of(enum family family)
{
	struct segment s = {.src_port = 1000, .dst_port = 80, .seq = 1, .ack = 0x12345678, .ctl = CTL_PSH | CTL_ACK, .wnd = 0xffff};

	address_read(family == IPV4 ? "192.0.2.1" : "2001:db8::1", &s.src, NULL);
	address_read(family == IPV4 ? "198.51.100.7" : "2001:db8::2", &s.dst, NULL);
	return s;
}

static void v4_odd_text_by_hand(void **state)
{
	/* IP header: 4500 + 002b + 0000 + 4000 + 4006 + c000 + 0201 + c633 + 6407 = 2b16c; b16c + 2 = b16e; the complement is 4e91.
	 * TCP: pseudo-header c000 + 0201 + c633 + 6407 + 0006 + 0017 = 1ec58; header 03e8 + 0050 + 0000 + 0001 + 1234 + 5678 + 5018 + ffff + 0000 = 1bcfc;
	 * text 6162 + 6300 = c462; together 46db6; 6db6 + 4 = 6dba; the complement is 9245. */
	static const uint8_t want[] = {
	    0x45, 0x00, 0x00, 0x2b, 0x00, 0x00, 0x40, 0x00, 0x40, 0x06, 0x4e, 0x91, 192, 0, 2, 1, 198, 51, 100, 7,
	    0x03, 0xe8, 0x00, 0x50, 0x00, 0x00, 0x00, 0x01, 0x12, 0x34, 0x56, 0x78, 0x50, 0x18, 0xff, 0xff, 0x92, 0x45, 0x00, 0x00, 'a', 'b', 'c'};
	struct segment s = segment_of(IPV4);
	uint8_t packet[ROOM];

	(void)state;
	s.dont_fragment = true;
	s.text = (const uint8_t *)"abc";
	s.text_length = 3;
	assert_int_equal(segment_build(&s, packet, ROOM), sizeof want);
	assert_memory_equal(packet, want, sizeof want);
}

static void v4_without_text_by_hand(void **state)
{
	/* TCP: as above without the text and with length 0014: 1ec55 + 1bcfc = 3a951; a951 + 3 = a954; the complement is 56ab. */
	struct segment s = segment_of(IPV4);
	uint8_t packet[ROOM];

	(void)state;
	assert_int_equal(segment_build(&s, packet, ROOM), 40);
	assert_memory_equal(packet + 36, "\x56\xab", 2);
}

static void v6_odd_text_by_hand(void **state)
{
	/* Pseudo-header (2001 + 0db8 + 0001) + (2001 + 0db8 + 0002) + 00000017 + 0006 = 5b92; header 1bcfc; text c462; together 2dcf0; dcf0 + 2 = dcf2;
	 * the complement is 230d. Traffic class ab: 6ab0 0000. */
	static const uint8_t want[] = {
	    0x6a, 0xb0, 0x00, 0x00, 0x00, 0x17, 0x06, 0x01, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
	    0x03, 0xe8, 0x00, 0x50, 0x00, 0x00, 0x00, 0x01, 0x12, 0x34, 0x56, 0x78, 0x50, 0x18, 0xff, 0xff, 0x23, 0x0d, 0x00, 0x00, 'a', 'b', 'c'};
	struct segment s = segment_of(IPV6);
	uint8_t packet[ROOM];

	(void)state;
	s.tos = 0xab;
	s.ttl = 1;
	s.text = (const uint8_t *)"abc";
	s.text_length = 3;
	assert_int_equal(segment_build(&s, packet, ROOM), sizeof want);
	assert_memory_equal(packet, want, sizeof want);
}

static void options_are_padded_with_zeros(void **state)
{
	for (uint8_t n = 0; n <= OPTIONS_MAX; n++) {
		size_t padded = (n + 3u) / 4 * 4;
		struct segment s = segment_of(IPV4);
		uint8_t packet[ROOM];

		(void)state;
		memset(packet, 0xee, sizeof packet);
		memset(s.option_octets, 1, sizeof s.option_octets); /* NOPs, also behind the end */
		s.options_length = n;
		s.text = (const uint8_t *)"x";
		s.text_length = 1;
		assert_int_equal(segment_build(&s, packet, ROOM), 40 + padded + 1);
		assert_int_equal(packet[32] >> 4, 5 + padded / 4);
		for (size_t i = 0; i < padded; i++)
			assert_int_equal(packet[40 + i], i < n);
		assert_int_equal(packet[40 + padded], 'x');
		assert_int_equal(packet[40 + padded + 1], 0xee);
	}
}

static void said_fields_stand_as_they_are(void **state)
{
	struct segment s = segment_of(IPV4), plain = s;
	uint8_t packet[ROOM], other[ROOM];

	(void)state;
	/* Said values are ignored unless said. */
	plain.chk = s.chk = 0xbeef;
	plain.off = s.off = 15;
	plain.ip_length = s.ip_length = 0xdead;
	plain.ip_chk = s.ip_chk = 0xfeed;
	assert_int_equal(segment_build(&plain, other, ROOM), 40);
	assert_memory_equal(other + 2, "\x00\x28", 2);
	assert_int_equal(other[32], 0x50);
	assert_memory_equal(other + 36, "\x56\xab", 2);

	s.said = SAID_CHK | SAID_OFF | SAID_IP_LENGTH | SAID_IP_CHK;
	assert_int_equal(segment_build(&s, packet, ROOM), 40);
	assert_memory_equal(packet + 2, "\xde\xad", 2);
	assert_memory_equal(packet + 10, "\xfe\xed", 2);
	assert_int_equal(packet[32], 0xf0);
	assert_memory_equal(packet + 36, "\xbe\xef", 2);
	/* And nothing else is touched. */
	memcpy(packet + 2, other + 2, 2);
	memcpy(packet + 10, other + 10, 2);
	packet[32] = other[32];
	memcpy(packet + 36, other + 36, 2);
	assert_memory_equal(packet, other, 40);
}

static void reserved_bits_and_ae_share_an_octet(void **state)
{
	struct segment s = segment_of(IPV6);
	uint8_t packet[ROOM];

	(void)state;
	s.ctl = CTL_AE;
	assert_int_equal(segment_build(&s, packet, ROOM), 60);
	assert_memory_equal(packet + 52, "\x51\x00", 2);
	s.reserved = 7;
	s.ctl = CTL_ALL;
	assert_int_equal(segment_build(&s, packet, ROOM), 60);
	assert_memory_equal(packet + 52, "\x5f\xff", 2);
	s.reserved = 1;
	s.ctl = 0;
	assert_int_equal(segment_build(&s, packet, ROOM), 60);
	assert_memory_equal(packet + 52, "\x52\x00", 2);
}

static void does_not_fit_is_0(void **state)
{
	static const uint8_t text[70000];
	static uint8_t packet[80000];

	(void)state;
	for (int f = IPV4; f <= IPV6; f += 2) {
		struct segment s = segment_of((enum family)f);
		size_t header = f == IPV4 ? 20 : 40, most = f == IPV4 ? 65535 - 40 : 65535 - 20;

		s.text = text;
		s.text_length = 100;
		for (size_t room = 0; room < header + 120; room++)
			assert_int_equal(segment_build(&s, packet, room), 0);
		assert_int_equal(segment_build(&s, packet, header + 120), header + 120);
		s.text_length = (uint32_t)most;
		assert_int_equal(segment_build(&s, packet, sizeof packet), header + 20 + most);
		s.text_length = (uint32_t)most + 1;
		assert_int_equal(segment_build(&s, packet, sizeof packet), 0);
		s.text_length = UINT32_C(0xffffffff);
		assert_int_equal(segment_build(&s, packet, sizeof packet), 0);
		s.text_length = 0;
		s.options_length = OPTIONS_MAX + 1;
		assert_int_equal(segment_build(&s, packet, sizeof packet), 0);
		s.options_length = 0;
		s.dst.family = f == IPV4 ? IPV6 : IPV4;
		assert_int_equal(segment_build(&s, packet, sizeof packet), 0);
	}
}

static struct segment segment_random(struct rng *r, const uint8_t *text)
{
	struct segment s = segment_of(rng_below(r, 2) ? IPV4 : IPV6);

	for (int i = 0; i < (s.src.family == IPV4 ? 4 : 16); i++) {
		s.src.octets[i] = (uint8_t)rng_u32(r);
		s.dst.octets[i] = (uint8_t)rng_u32(r);
	}
	s.src_port = (uint16_t)rng_u32(r);
	s.dst_port = (uint16_t)rng_u32(r);
	s.seq = rng_u32(r);
	s.ack = rng_u32(r);
	s.ctl = (uint16_t)rng_below(r, CTL_ALL + 1);
	s.wnd = (uint16_t)rng_u32(r);
	s.up = (uint16_t)rng_u32(r);
	s.reserved = (uint8_t)rng_below(r, 8);
	s.options_length = (uint8_t)(4 * rng_below(r, 11));
	for (uint8_t i = 0; i < s.options_length; i++)
		s.option_octets[i] = (uint8_t)rng_u32(r);
	s.text = text;
	s.text_length = rng_below(r, 1460);
	s.ttl = (uint8_t)(1 + rng_below(r, 255));
	s.tos = (uint8_t)rng_u32(r);
	if (s.src.family == IPV4) {
		s.ip_id = (uint16_t)rng_u32(r);
		s.dont_fragment = rng_below(r, 2);
	}
	return s;
}

static void segments_equal(const struct segment *got, const struct segment *want)
{
	assert_true(address_equal(&got->src, &want->src));
	assert_true(address_equal(&got->dst, &want->dst));
	assert_int_equal(got->src_port, want->src_port);
	assert_int_equal(got->dst_port, want->dst_port);
	assert_int_equal(got->seq, want->seq);
	assert_int_equal(got->ack, want->ack);
	assert_int_equal(got->ctl, want->ctl);
	assert_int_equal(got->wnd, want->wnd);
	assert_int_equal(got->up, want->up);
	assert_int_equal(got->reserved, want->reserved);
	assert_int_equal(got->ttl, want->ttl);
	assert_int_equal(got->tos, want->tos);
	assert_int_equal(got->ip_id, want->ip_id);
	assert_int_equal(got->dont_fragment, want->dont_fragment);
}

static void random_segments_come_back(void **state)
{
	struct rng r = rng_named(1, "segments");
	uint8_t text[1460], packet[ROOM];

	(void)state;
	stream_fill(text, 0, sizeof text);
	for (int round = 0; round < 20000; round++) {
		struct segment s = segment_random(&r, text), back;
		size_t n = segment_build(&s, packet, ROOM), header = s.src.family == IPV4 ? 20 : 40;
		struct options o;

		assert_int_equal(n, header + 20 + s.options_length + s.text_length);
		assert_true(segment_parse(packet, n, &back, NULL));
		segments_equal(&back, &s);
		assert_int_equal(back.off, 5 + s.options_length / 4);
		assert_int_equal(back.options_length, s.options_length);
		assert_memory_equal(back.option_octets, s.option_octets, s.options_length);
		assert_int_equal(back.text_length, s.text_length);
		assert_ptr_equal(back.text, packet + n - s.text_length);
		assert_memory_equal(back.text, text, s.text_length);
		assert_int_equal(back.ip_length, s.src.family == IPV4 ? n : n - header);
		assert_int_equal(back.bad, (s.reserved ? BAD_RESERVED : 0) | (options_parse(s.option_octets, s.options_length, &o) ? 0 : BAD_OPTIONS));
	}
}

/* Each lie, said alone, is noticed as what it is. */
static void random_lies_are_noticed(void **state)
{
	struct rng r = rng_named(1, "lies");
	uint8_t text[1460], packet[ROOM];

	(void)state;
	stream_fill(text, 0, sizeof text);
	for (int round = 0; round < 5000; round++) {
		struct segment s = segment_random(&r, text), truth, back;
		size_t n;

		s.reserved = 0;
		s.options_length = 0;
		n = segment_build(&s, packet, ROOM);
		assert_true(segment_parse(packet, n, &truth, NULL));
		assert_int_equal(truth.bad, 0);

		s.said = SAID_CHK;
		s.chk = (uint16_t)(truth.chk + 1 + rng_below(&r, 0xfffd)); /* neither the same nor the other zero */
		if (s.chk == 0xffff || s.chk == 0)
			s.chk = truth.chk ^ 0x0101;
		segment_build(&s, packet, ROOM);
		assert_true(segment_parse(packet, n, &back, NULL));
		assert_int_equal(back.bad, BAD_TCP_CHECKSUM);
		assert_int_equal(back.chk, s.chk);

		s.said = SAID_OFF;
		s.off = (uint8_t)rng_below(&r, 5);
		segment_build(&s, packet, ROOM);
		assert_true(segment_parse(packet, n, &back, NULL));
		assert_int_equal(back.bad, BAD_OFFSET);
		assert_int_equal(back.off, s.off);
		assert_int_equal(back.options_length, 0);
		assert_int_equal(back.text_length, s.text_length);

		s.said = SAID_IP_CHK;
		s.ip_chk = truth.ip_chk ^ 0x0101;
		segment_build(&s, packet, ROOM);
		assert_true(segment_parse(packet, n, &back, NULL));
		assert_int_equal(back.bad, s.src.family == IPV4 ? BAD_IP_CHECKSUM : 0);

		s.said = SAID_IP_LENGTH;
		s.ip_length = (uint16_t)(truth.ip_length + 1 + rng_below(&r, 1000));
		segment_build(&s, packet, ROOM);
		assert_true(segment_parse(packet, n, &back, NULL));
		assert_int_equal(back.bad, BAD_LENGTH | BAD_TCP_CHECKSUM);
		assert_int_equal(back.ip_length, s.ip_length);
	}
}

/* Octet by octet it is what stream_octet() says, also where the numbers begin again at 0. */
static void stream_is_the_same_in_pieces(void **state)
{
	static const uint32_t from[] = {0, 1, 250, 251, 100000, UINT32_MAX, UINT32_MAX - 250, UINT32_MAX - 600};
	static const uint32_t octets[] = {0, 1, 250, 251, 252, 502, 1000, 2500};
	uint8_t at[2500];

	(void)state;
	for (size_t f = 0; f < sizeof from / sizeof *from; f++)
		for (size_t n = 0; n < sizeof octets / sizeof *octets; n++) {
			memset(at, 0xff, sizeof at);
			stream_fill(at, from[f], octets[n]);
			for (uint32_t i = 0; i < octets[n]; i++)
				assert_int_equal(at[i], stream_octet(from[f] + i));
			if (octets[n] < sizeof at)
				assert_int_equal(at[octets[n]], 0xff);
			assert_true(stream_holds(at, from[f], octets[n]));
			for (uint32_t i = 0; i < octets[n]; i += 83) {
				at[i] ^= 1;
				assert_false(stream_holds(at, from[f], octets[n]));
				at[i] ^= 1;
			}
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(v4_odd_text_by_hand),
	    cmocka_unit_test(v4_without_text_by_hand),
	    cmocka_unit_test(v6_odd_text_by_hand),
	    cmocka_unit_test(options_are_padded_with_zeros),
	    cmocka_unit_test(said_fields_stand_as_they_are),
	    cmocka_unit_test(reserved_bits_and_ae_share_an_octet),
	    cmocka_unit_test(does_not_fit_is_0),
	    cmocka_unit_test(random_segments_come_back),
	    cmocka_unit_test(random_lies_are_noticed),
	    cmocka_unit_test(stream_is_the_same_in_pieces),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("segment_build", tests, NULL, NULL);
}
