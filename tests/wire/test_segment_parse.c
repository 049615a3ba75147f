/* Tests of segment_parse() on what other machines send: IP options, extension headers, fragments, pieces cut off, flipped bits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/wire/checksum.h"
#include "lib/wire/segment.h"
#include "tests/wire/guard.h"

enum { ROOM = 2048 };

static const uint8_t text[] = {'o', 'd', 'd', 'l', 'y'};

static size_t packet_of(enum family family, uint8_t to[ROOM])
{
	struct segment s = {.src_port = 1000, .dst_port = 80, .seq = 1, .ack = 2, .ctl = CTL_ACK, .wnd = 3, .options_length = 8, .option_octets = {2, 4, 5, 0xb4, 1, 3, 3, 7}, .text = text, .text_length = sizeof text};

	address_read(family == IPV4 ? "192.0.2.1" : "2001:db8::1", &s.src, NULL);
	address_read(family == IPV4 ? "198.51.100.7" : "2001:db8::2", &s.dst, NULL);
	return segment_build(&s, to, ROOM);
}

/* Moves the payload back and puts an extension header of length octets behind the IPv6 header. */
static size_t extension_put(uint8_t *packet, size_t n, const uint8_t *extension, size_t length, uint8_t announced_as)
{
	size_t payload;

	memmove(packet + 40 + length, packet + 40, n - 40);
	memcpy(packet + 40, extension, length);
	packet[40] = packet[6];
	packet[6] = announced_as;
	payload = n - 40 + length;
	packet[4] = (uint8_t)(payload >> 8);
	packet[5] = (uint8_t)payload;
	return n + length;
}

static void is_the_packet(const struct segment *s, int bad)
{
	assert_int_equal(s->bad, bad);
	assert_int_equal(s->src_port, 1000);
	assert_int_equal(s->seq, 1);
	assert_int_equal(s->ack, 2);
	assert_int_equal(s->ctl, CTL_ACK);
	assert_int_equal(s->off, 7);
	assert_true(s->options.has_mss && s->options.has_ws);
	assert_int_equal(s->options.mss, 1460);
	assert_int_equal(s->text_length, sizeof text);
	assert_memory_equal(s->text, text, sizeof text);
}

static void v4_options_are_stepped_over(void **state)
{
	for (size_t words = 1; words <= 10; words++) {
		uint8_t plain[ROOM], packet[ROOM];
		size_t n = packet_of(IPV4, plain);
		struct segment s;
		uint16_t chk;

		(void)state;
		memcpy(packet, plain, 20);
		memset(packet + 20, 1, 4 * words);
		memcpy(packet + 20 + 4 * words, plain + 20, n - 20);
		n += 4 * words;
		packet[0] = (uint8_t)(0x45 + words);
		packet[3] = (uint8_t)n;
		packet[10] = packet[11] = 0;
		chk = checksum_end(checksum_add(0, packet, 20 + 4 * words));
		packet[10] = (uint8_t)(chk >> 8);
		packet[11] = (uint8_t)chk;
		assert_true(segment_parse(packet, n, &s, NULL));
		is_the_packet(&s, 0);
	}
}

static void v6_extension_headers_are_stepped_over(void **state)
{
	/* Hop-by-hop and destination options filled with PadN, a spent routing header of type 2; the second octet counts eights beyond the first. */
	static const uint8_t hop[8] = {0, 0, 1, 4}, destination[16] = {0, 1, 1, 12}, routing[24] = {0, 2, 2, 0};
	uint8_t packet[ROOM];
	size_t n = packet_of(IPV6, packet);
	struct segment s;

	(void)state;
	n = extension_put(packet, n, destination, sizeof destination, 60);
	assert_true(segment_parse(packet, n, &s, NULL));
	is_the_packet(&s, 0);
	n = extension_put(packet, n, routing, sizeof routing, 43);
	assert_true(segment_parse(packet, n, &s, NULL));
	is_the_packet(&s, 0);
	n = extension_put(packet, n, hop, sizeof hop, 0);
	assert_true(segment_parse(packet, n, &s, NULL));
	is_the_packet(&s, 0);
}

static void v6_extension_header_beyond_the_end(void **state)
{
	static const uint8_t longest[8] = {0, 255};
	struct guard g = guard_open();
	uint8_t packet[ROOM];
	size_t n = extension_put(packet, packet_of(IPV6, packet), longest, sizeof longest, 60);
	struct segment s;
	struct error e;

	(void)state;
	assert_false(segment_parse(guard_last(&g, packet, n), n, &s, &e));
	assert_non_null(strstr(e.text, "protocol 60"));
	guard_close(&g);
}

static void v4_fragments(void **state)
{
	uint8_t packet[ROOM];
	size_t n = packet_of(IPV4, packet);
	struct segment s;

	(void)state;
	packet[6] = 0x20; /* more fragments */
	assert_true(segment_parse(packet, n, &s, NULL));
	is_the_packet(&s, BAD_FRAGMENT | BAD_IP_CHECKSUM);
	packet[6] = 0x00;
	packet[7] = 0x02; /* 16 octets in */
	assert_true(segment_parse(packet, n, &s, NULL));
	assert_int_equal(s.bad, BAD_FRAGMENT | BAD_IP_CHECKSUM);
	assert_int_equal(s.src_port, 0);
	assert_int_equal(s.ctl, 0);
	assert_int_equal(s.text_length, n - 20);
	assert_ptr_equal(s.text, packet + 20);
}

static void v6_fragments(void **state)
{
	static const uint8_t whole[8] = {0}, first[8] = {0, 0, 0, 1}, later[8] = {0, 0, 0, 8};
	uint8_t packet[ROOM];
	struct segment s;
	size_t n = extension_put(packet, packet_of(IPV6, packet), whole, sizeof whole, 44);

	(void)state;
	assert_true(segment_parse(packet, n, &s, NULL));
	is_the_packet(&s, BAD_FRAGMENT);
	packet[45] = 0;
	packet[n - 1] ^= 1;
	assert_true(segment_parse(packet, n, &s, NULL));
	assert_int_equal(s.bad, BAD_FRAGMENT | BAD_TCP_CHECKSUM);

	n = extension_put(packet, packet_of(IPV6, packet), first, sizeof first, 44);
	packet[n - 1] ^= 1; /* not judged: the checksum is the whole datagram's */
	assert_true(segment_parse(packet, n, &s, NULL));
	assert_int_equal(s.bad, BAD_FRAGMENT);
	assert_int_equal(s.src_port, 1000);

	n = extension_put(packet, packet_of(IPV6, packet), later, sizeof later, 44);
	assert_true(segment_parse(packet, n, &s, NULL));
	assert_int_equal(s.bad, BAD_FRAGMENT);
	assert_int_equal(s.src_port, 0);
	assert_ptr_equal(s.text, packet + 48);
	assert_int_equal(s.text_length, n - 48);
}

static void trailing_octets_are_not_text(void **state)
{
	for (int f = IPV4; f <= IPV6; f += 2) {
		uint8_t packet[ROOM];
		size_t n = packet_of((enum family)f, packet);
		struct segment s;

		(void)state;
		memset(packet + n, 0xaa, 30);
		assert_true(segment_parse(packet, n + 30, &s, NULL));
		is_the_packet(&s, 0);
	}
}

/* Cut at every octet: no TCP header is an error with a sentence, the rest has BAD_LENGTH; nothing beyond the cut is read. */
static void cut_at_every_octet(void **state)
{
	struct guard g = guard_open();

	(void)state;
	for (int f = IPV4; f <= IPV6; f += 2) {
		uint8_t packet[ROOM];
		size_t n = packet_of((enum family)f, packet), header = f == IPV4 ? 20 : 40;
		struct segment s;

		for (size_t cut = 0; cut < n; cut++) {
			struct error e = {0};
			const uint8_t *at = guard_last(&g, packet, cut);

			if (cut < header + 20) {
				assert_false(segment_parse(at, cut, &s, &e));
				assert_true(strlen(e.text) > 0);
				continue;
			}
			assert_true(segment_parse(at, cut, &s, &e));
			assert_int_equal(s.bad & (BAD_LENGTH | BAD_TCP_CHECKSUM), BAD_LENGTH | BAD_TCP_CHECKSUM);
			assert_int_equal(s.bad & BAD_OFFSET, cut < header + 28 ? BAD_OFFSET : 0);
			assert_int_equal(s.text_length, cut < header + 28 ? 0 : cut - header - 28);
			assert_int_equal(s.options_length, cut < header + 28 ? cut - header - 20 : 8);
		}
	}
	guard_close(&g);
}

static void offset_beyond_the_segment(void **state)
{
	uint8_t packet[ROOM];
	size_t n = packet_of(IPV4, packet);
	struct segment s;

	(void)state;
	packet[32] = 0xf0;
	assert_true(segment_parse(packet, n, &s, NULL));
	assert_true(s.bad & BAD_OFFSET);
	assert_int_equal(s.off, 15);
	assert_int_equal(s.options_length, 8 + sizeof text);
	assert_int_equal(s.text_length, 0);
}

static void not_tcp_is_an_error(void **state)
{
	uint8_t packet[ROOM];
	size_t n = packet_of(IPV4, packet);
	struct segment s;
	struct error e;

	(void)state;
	packet[9] = 17;
	assert_false(segment_parse(packet, n, &s, &e));
	assert_non_null(strstr(e.text, "protocol 17"));
	packet[0] = 0x55;
	assert_false(segment_parse(packet, n, &s, &e));
	assert_non_null(strstr(e.text, "expected version 4 or 6"));
	packet[0] = 0x44;
	assert_false(segment_parse(packet, n, &s, &e));
	assert_non_null(strstr(e.text, "header length 16"));
	packet[0] = 0x45;
	packet[2] = packet[3] = 0;
	assert_false(segment_parse(packet, n, &s, &e));
	assert_non_null(strstr(e.text, "total length 0"));
	assert_false(segment_parse(packet, 0, &s, &e));
	assert_false(segment_parse(packet, n, &s, NULL));
}

static void every_flipped_bit_is_noticed_v4(void **state)
{
	uint8_t packet[ROOM];
	size_t n = packet_of(IPV4, packet);

	(void)state;
	for (size_t bit = 0; bit < 8 * n; bit++) {
		struct segment s;

		packet[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (segment_parse(packet, n, &s, NULL)) {
			assert_int_not_equal(s.bad, 0);
			if (bit >= 8 * 20)
				assert_true(s.bad & BAD_TCP_CHECKSUM);
			else if (bit >= 8)
				assert_true(s.bad & BAD_IP_CHECKSUM);
		} else {
			assert_true(bit < 8 * 20); /* only the IP header can make it something else */
		}
		packet[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void every_flipped_bit_is_noticed_v6(void **state)
{
	uint8_t packet[ROOM];
	size_t n = packet_of(IPV6, packet);

	(void)state;
	for (size_t bit = 0; bit < 8 * n; bit++) {
		/* Traffic class and flow label, hop limit: no checksum covers them (RFC 8200 8.1). */
		bool covered = bit / 8 > 3 ? bit / 8 != 7 : bit / 8 == 0 && bit % 8 >= 4;
		struct segment s;

		packet[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (segment_parse(packet, n, &s, NULL))
			assert_int_equal(s.bad != 0, covered);
		else
			assert_true(covered && bit < 8 * 40);
		packet[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(v4_options_are_stepped_over),
	    cmocka_unit_test(v6_extension_headers_are_stepped_over),
	    cmocka_unit_test(v6_extension_header_beyond_the_end),
	    cmocka_unit_test(v4_fragments),
	    cmocka_unit_test(v6_fragments),
	    cmocka_unit_test(trailing_octets_are_not_text),
	    cmocka_unit_test(cut_at_every_octet),
	    cmocka_unit_test(offset_beyond_the_segment),
	    cmocka_unit_test(not_tcp_is_an_error),
	    cmocka_unit_test(every_flipped_bit_is_noticed_v4),
	    cmocka_unit_test(every_flipped_bit_is_noticed_v6),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("segment_parse", tests, NULL, NULL);
}
