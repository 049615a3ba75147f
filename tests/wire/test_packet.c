/* Tests of lib/wire/packet.h: ICMP, ICMPv6, ARP, NDP octets by hand, the way back, and what is no packet of ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/wire/checksum.h"
#include "lib/wire/packet.h"

enum { ROOM = 2048 };

static const uint8_t mac_a[MAC_OCTETS] = {2, 0, 0, 0, 0, 1}, mac_b[MAC_OCTETS] = {2, 0, 0, 0, 0, 2};

static struct address address_of(const char *said)
{
	struct address a;

	assert_true(address_read(said, &a, NULL));
	return a;
}

/* Puts an Ethernet header before the n octets at frame + 14, and reads the frame. */
static void frame_parse(uint8_t *frame, uint16_t ethertype, size_t n, struct packet *p)
{
	assert_int_equal(ethernet_build(mac_b, mac_a, ethertype, frame, ROOM), ETHERNET_HEADER);
	memset(p, 0xee, sizeof *p);
	packet_parse(frame, ETHERNET_HEADER + n, p);
}

static void ethernet_header(void **state)
{
	uint8_t frame[ETHERNET_HEADER];

	(void)state;
	assert_int_equal(ethernet_build(mac_b, mac_a, 0x86dd, frame, sizeof frame), 14);
	assert_memory_equal(frame, "\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x86\xdd", 14);
	assert_int_equal(ethernet_build(mac_b, mac_a, 0x86dd, frame, sizeof frame - 1), 0);
}

static void echo_v4(void **state)
{
	/* IP: 4500 + 001c + 4001 + c000 + 0201 + c633 + 6407 = 27158; 7158 + 2 = 715a; the complement is 8ea5. ICMP: 0800 + 1234 + 0001 = 1a35; the complement is e5ca. */
	struct icmp_echo m = {.src = address_of("192.0.2.1"), .dst = address_of("198.51.100.7"), .id = 0x1234, .seq = 1};
	uint8_t frame[ROOM];
	struct packet p;

	(void)state;
	assert_int_equal(icmp_echo_build(&m, frame + 14, ROOM - 14), 28);
	assert_memory_equal(frame + 14, "\x45\0\0\x1c\0\0\0\0\x40\x01\x8e\xa5", 12);
	assert_memory_equal(frame + 26, "\xc0\0\x02\x01\xc6\x33\x64\x07", 8);
	assert_memory_equal(frame + 34, "\x08\0\xe5\xca\x12\x34\0\x01", 8);
	frame_parse(frame, 0x0800, 28, &p);
	assert_int_equal(p.kind, PACKET_ICMP_ECHO);
	assert_false(p.bad_checksum);
	assert_false(p.echo.reply);
	assert_int_equal(p.echo.id, 0x1234);
	assert_int_equal(p.echo.seq, 1);
	assert_true(address_equal(&p.echo.src, &m.src));
	assert_true(address_equal(&p.echo.dst, &m.dst));

	m.reply = true;
	icmp_echo_build(&m, frame + 14, ROOM - 14);
	assert_memory_equal(frame + 34, "\0\0\xed\xca", 4); /* 1235; the complement is edca */
	frame_parse(frame, 0x0800, 28, &p);
	assert_int_equal(p.kind, PACKET_ICMP_ECHO_REPLY);
	assert_true(p.echo.reply);
}

static void echo_v6(void **state)
{
	/* Pseudo-header 5b75 + 0008 + 003a = 5bb7; 8000 + 1234 + 0001 = 9235; together edec; the complement is 1213. Reply: eeec, 1113. */
	struct icmp_echo m = {.src = address_of("2001:db8::1"), .dst = address_of("2001:db8::2"), .id = 0x1234, .seq = 1};
	uint8_t frame[ROOM];
	struct packet p;

	(void)state;
	assert_int_equal(icmp_echo_build(&m, frame + 14, ROOM - 14), 48);
	assert_memory_equal(frame + 14, "\x60\0\0\0\0\x08\x3a\x40", 8);
	assert_memory_equal(frame + 54, "\x80\0\x12\x13\x12\x34\0\x01", 8);
	frame_parse(frame, 0x86dd, 48, &p);
	assert_int_equal(p.kind, PACKET_ICMP_ECHO);
	assert_false(p.bad_checksum);
	assert_int_equal(p.echo.id, 0x1234);
	assert_true(address_equal(&p.echo.src, &m.src));
	m.reply = true;
	icmp_echo_build(&m, frame + 14, ROOM - 14);
	assert_memory_equal(frame + 54, "\x81\0\x11\x13", 4);
	frame_parse(frame, 0x86dd, 48, &p);
	assert_int_equal(p.kind, PACKET_ICMP_ECHO_REPLY);
}

/* Every error type comes back; the MTU only where the type has one. */
static void errors_both_families(void **state)
{
	static const struct {
		enum family family;
		uint8_t type, code;
		bool has_mtu;
	} rows[] = {
	    {IPV4, 3, 0, false},
	    {IPV4, 3, 1, false},
	    {IPV4, 3, 3, false},
	    {IPV4, 3, 4, true},
	    {IPV4, 4, 0, false},
	    {IPV4, 5, 1, false},
	    {IPV4, 11, 0, false},
	    {IPV4, 12, 0, false},
	    {IPV6, 1, 4, false},
	    {IPV6, 2, 0, true},
	    {IPV6, 3, 0, false},
	    {IPV6, 4, 1, false},
	};
	static const uint8_t quoted[] = {0x45, 0, 0, 40, 1, 2, 3, 4, 5};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		bool v4 = rows[i].family == IPV4;
		size_t header = v4 ? 20 : 40;
		struct icmp_error m = {
		    .src = address_of(v4 ? "192.0.2.1" : "2001:db8::1"),
		    .dst = address_of(v4 ? "192.0.2.2" : "2001:db8::2"),
		    .type = rows[i].type,
		    .code = rows[i].code,
		    .mtu = 1400,
		    .quoted = quoted,
		    .quoted_length = sizeof quoted,
		};
		uint8_t frame[ROOM];
		struct packet p;
		size_t n = icmp_error_build(&m, frame + 14, ROOM - 14);

		assert_int_equal(n, header + 8 + sizeof quoted);
		assert_memory_equal(frame + 14 + header + 4, "\0\0\x05\x78", 4);
		frame_parse(frame, v4 ? 0x0800 : 0x86dd, n, &p);
		assert_int_equal(p.kind, PACKET_ICMP_ERROR);
		assert_false(p.bad_checksum);
		assert_int_equal(p.error.type, rows[i].type);
		assert_int_equal(p.error.code, rows[i].code);
		assert_int_equal(p.error.mtu, rows[i].has_mtu ? 1400 : 0);
		assert_int_equal(p.error.quoted_length, sizeof quoted);
		assert_ptr_equal(p.error.quoted, frame + 14 + header + 8);
		assert_memory_equal(p.error.quoted, quoted, sizeof quoted);
		assert_true(address_equal(&p.error.src, &m.src));
		assert_true(address_equal(&p.error.dst, &m.dst));
	}
}

static void too_big_beyond_16_bits(void **state)
{
	struct icmp_error m = {.src = address_of("2001:db8::1"), .dst = address_of("2001:db8::2"), .type = 2};
	uint8_t frame[ROOM];
	struct packet p;
	size_t n = icmp_error_build(&m, frame + 14, ROOM - 14);

	(void)state;
	frame[14 + 44] = 1; /* an MTU of 2^24 */
	frame_parse(frame, 0x86dd, n, &p);
	assert_int_equal(p.error.mtu, 65535);
	assert_true(p.bad_checksum);
}

static void wrong_checksums_are_told(void **state)
{
	struct icmp_echo m4 = {.src = address_of("192.0.2.1"), .dst = address_of("192.0.2.2")};
	struct icmp_echo m6 = {.src = address_of("2001:db8::1"), .dst = address_of("2001:db8::2")};
	uint8_t frame[ROOM];
	struct packet p;

	(void)state;
	icmp_echo_build(&m4, frame + 14, ROOM - 14);
	frame[14 + 20 + 5] ^= 1;
	frame_parse(frame, 0x0800, 28, &p);
	assert_int_equal(p.kind, PACKET_ICMP_ECHO);
	assert_true(p.bad_checksum);

	icmp_echo_build(&m4, frame + 14, ROOM - 14);
	frame[14 + 8] ^= 1; /* time to live: the IP header's checksum */
	frame_parse(frame, 0x0800, 28, &p);
	assert_true(p.bad_checksum);

	icmp_echo_build(&m6, frame + 14, ROOM - 14);
	frame[14 + 8] ^= 1; /* the source address: only the pseudo-header covers it */
	frame_parse(frame, 0x86dd, 48, &p);
	assert_int_equal(p.kind, PACKET_ICMP_ECHO);
	assert_true(p.bad_checksum);

	icmp_echo_build(&m4, frame + 14, ROOM - 14);
	frame_parse(frame, 0x0800, 28, &p);
	assert_false(p.bad_checksum);
}

static void arp_octets(void **state)
{
	static const uint8_t want[28] = {0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 192, 0, 2, 2};
	struct arp m = {.sender_mac = {2, 0, 0, 0, 0, 1}, .sender = address_of("192.0.2.1"), .target = address_of("192.0.2.2")};
	uint8_t frame[ROOM];
	struct packet p;

	(void)state;
	assert_int_equal(arp_build(&m, frame + 14, 27), 0);
	assert_int_equal(arp_build(&m, frame + 14, 28), 28);
	assert_memory_equal(frame + 14, want, 28);
	frame_parse(frame, 0x0806, 28 + 18, &p); /* padded to an Ethernet frame's least length */
	assert_int_equal(p.kind, PACKET_ARP_REQUEST);
	assert_false(p.arp.reply);
	assert_memory_equal(p.arp.sender_mac, mac_a, MAC_OCTETS);
	assert_true(address_equal(&p.arp.sender, &m.sender));
	assert_true(address_equal(&p.arp.target, &m.target));

	m.reply = true;
	memcpy(m.target_mac, mac_b, MAC_OCTETS);
	arp_build(&m, frame + 14, ROOM - 14);
	assert_int_equal(frame[14 + 7], 2);
	frame_parse(frame, 0x0806, 28, &p);
	assert_int_equal(p.kind, PACKET_ARP_REPLY);
	assert_true(p.arp.reply);
	assert_memory_equal(p.arp.target_mac, mac_b, MAC_OCTETS);
}

static void arp_of_something_else(void **state)
{
	static const size_t places[] = {0, 1, 2, 3, 4, 5, 6};
	struct arp m = {.sender = address_of("192.0.2.1"), .target = address_of("192.0.2.2")};
	uint8_t frame[ROOM];
	struct packet p;

	(void)state;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		arp_build(&m, frame + 14, ROOM - 14);
		frame[14 + places[i]] ^= 0x10;
		frame_parse(frame, 0x0806, 28, &p);
		assert_int_equal(p.kind, PACKET_OTHER);
	}
	arp_build(&m, frame + 14, ROOM - 14);
	frame_parse(frame, 0x0806, 27, &p);
	assert_int_equal(p.kind, PACKET_OTHER);
	frame[14 + 7] = 3;
	frame_parse(frame, 0x0806, 28, &p);
	assert_int_equal(p.kind, PACKET_OTHER);
}

static void solicitation_octets(void **state)
{
	/* Source fe80 + 0001 = fe81; destination ff02 + 0001 + ff00 + 0002 = 1fe05; length and next header 0020 + 003a = 005a; message 8700 + fe80 + 0002 +
	 * 0101 + 0200 + 0000 + 0001 = 18884; together 48564; 8564 + 4 = 8568; the complement is 7a97. */
	static const uint8_t want[32] = {135, 0, 0x7a, 0x97, 0, 0, 0, 0, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 1, 2, 0, 0, 0, 0, 1};
	struct ndp m = {.src = address_of("fe80::1"), .dst = address_of("ff02::1:ff00:2"), .target = address_of("fe80::2"), .mac = {2, 0, 0, 0, 0, 1}};
	uint8_t frame[ROOM];
	struct packet p;

	(void)state;
	assert_int_equal(ndp_build(&m, frame + 14, 71), 0);
	assert_int_equal(ndp_build(&m, frame + 14, 72), 72);
	assert_memory_equal(frame + 14, "\x60\0\0\0\0\x20\x3a\xff", 8);
	assert_memory_equal(frame + 54, want, 32);
	frame_parse(frame, 0x86dd, 72, &p);
	assert_int_equal(p.kind, PACKET_NDP_SOLICIT);
	assert_false(p.bad_checksum);
	assert_false(p.ndp.advert);
	assert_true(address_equal(&p.ndp.src, &m.src));
	assert_true(address_equal(&p.ndp.dst, &m.dst));
	assert_true(address_equal(&p.ndp.target, &m.target));
	assert_memory_equal(p.ndp.mac, mac_a, MAC_OCTETS);

	/* Duplicate address detection: from the unspecified address, without the option (RFC 4861 4.3). */
	m.src = address_of("::");
	memset(m.mac, 0, MAC_OCTETS);
	assert_int_equal(ndp_build(&m, frame + 14, ROOM - 14), 64);
	frame_parse(frame, 0x86dd, 64, &p);
	assert_int_equal(p.kind, PACKET_NDP_SOLICIT);
	assert_false(p.bad_checksum);
	assert_memory_equal(p.ndp.mac, m.mac, MAC_OCTETS);
}

static void advertisement_octets(void **state)
{
	struct ndp m = {.src = address_of("fe80::2"), .dst = address_of("fe80::1"), .target = address_of("fe80::2"), .mac = {2, 0, 0, 0, 0, 2}, .advert = true};
	uint8_t frame[ROOM];
	struct packet p;

	(void)state;
	assert_int_equal(ndp_build(&m, frame + 14, ROOM - 14), 72);
	assert_int_equal(frame[54], 136);
	assert_int_equal(frame[58], 0x60); /* solicited, override */
	assert_memory_equal(frame + 78, "\x02\x01\x02\0\0\0\0\x02", 8);
	frame_parse(frame, 0x86dd, 72, &p);
	assert_int_equal(p.kind, PACKET_NDP_ADVERT);
	assert_false(p.bad_checksum);
	assert_true(p.ndp.advert);
	assert_true(address_equal(&p.ndp.target, &m.target));
	assert_memory_equal(p.ndp.mac, mac_b, MAC_OCTETS);

	m.dst = address_of("ff02::1");
	ndp_build(&m, frame + 14, ROOM - 14);
	assert_int_equal(frame[58], 0x20); /* nobody solicited it */
}

static void ndp_that_is_void(void **state)
{
	struct ndp m = {.src = address_of("fe80::1"), .dst = address_of("ff02::1:ff00:2"), .target = address_of("fe80::2"), .mac = {2, 0, 0, 0, 0, 1}};
	/* Place in the IP packet and what stands there instead: hop limit, code, an option of length 0, one beyond the end. */
	static const uint8_t wrong[][2] = {{7, 254}, {41, 1}, {65, 0}, {65, 2}};
	uint8_t frame[ROOM];
	struct packet p;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		ndp_build(&m, frame + 14, ROOM - 14);
		frame[14 + wrong[i][0]] = wrong[i][1];
		frame_parse(frame, 0x86dd, 72, &p);
		assert_int_equal(p.kind, PACKET_OTHER);
	}
	/* Another option before the one that is looked for. */
	ndp_build(&m, frame + 14, ROOM - 14);
	memmove(frame + 14 + 72, frame + 14 + 64, 8);
	memcpy(frame + 14 + 64, "\x0e\x01\x01\x02\x03\x04\x05\x06", 8);
	frame[14 + 5] = 40;
	frame_parse(frame, 0x86dd, 80, &p);
	assert_int_equal(p.kind, PACKET_NDP_SOLICIT);
	assert_memory_equal(p.ndp.mac, mac_a, MAC_OCTETS);
}

static void tcp_in_both_families(void **state)
{
	(void)state;
	for (int f = IPV4; f <= IPV6; f += 2) {
		struct segment s = {
		    .src = address_of(f == IPV4 ? "192.0.2.1" : "2001:db8::1"),
		    .dst = address_of(f == IPV4 ? "192.0.2.2" : "2001:db8::2"),
		    .src_port = 7,
		    .ctl = CTL_SYN,
		};
		uint8_t frame[ROOM] = {0};
		struct packet p;
		size_t n = segment_build(&s, frame + 14, ROOM - 14);

		frame_parse(frame, f == IPV4 ? 0x0800 : 0x86dd, n < 46 ? 46 : n, &p);
		assert_int_equal(p.kind, PACKET_TCP);
		assert_int_equal(p.segment.bad, 0);
		assert_int_equal(p.segment.src_port, 7);
		assert_int_equal(p.segment.text_length, 0); /* an Ethernet frame's padding is no text */
		/* The Ethernet header says the one family, the packet the other. */
		frame_parse(frame, f == IPV4 ? 0x86dd : 0x0800, n, &p);
		assert_int_equal(p.kind, PACKET_OTHER);
		/* Another framing. */
		frame_parse(frame, 0x8100, n, &p);
		assert_int_equal(p.kind, PACKET_OTHER);
		packet_parse(frame, 13, &p);
		assert_int_equal(p.kind, PACKET_OTHER);
	}
}

static void other_protocols_are_other(void **state)
{
	struct icmp_echo m4 = {.src = address_of("192.0.2.1"), .dst = address_of("192.0.2.2")};
	struct icmp_echo m6 = {.src = address_of("2001:db8::1"), .dst = address_of("2001:db8::2")};
	uint8_t frame[ROOM];
	struct packet p;

	(void)state;
	icmp_echo_build(&m4, frame + 14, ROOM - 14);
	frame[14 + 9] = 17;
	frame_parse(frame, 0x0800, 28, &p);
	assert_int_equal(p.kind, PACKET_OTHER);
	frame[14 + 9] = 58; /* ICMPv6 in IPv4 is nothing */
	frame_parse(frame, 0x0800, 28, &p);
	assert_int_equal(p.kind, PACKET_OTHER);
	frame[14 + 9] = 1;
	frame[14 + 20] = 13; /* timestamp */
	frame_parse(frame, 0x0800, 28, &p);
	assert_int_equal(p.kind, PACKET_OTHER);
	frame[14 + 20] = 8;
	frame[14 + 6] = 0x20; /* the first piece of an echo */
	frame_parse(frame, 0x0800, 28, &p);
	assert_int_equal(p.kind, PACKET_OTHER);
	icmp_echo_build(&m6, frame + 14, ROOM - 14);
	frame[14 + 6] = 1;
	frame_parse(frame, 0x86dd, 48, &p);
	assert_int_equal(p.kind, PACKET_OTHER);
	frame[14 + 6] = 58;
	frame[14 + 40] = 133; /* router solicitation */
	frame_parse(frame, 0x86dd, 48, &p);
	assert_int_equal(p.kind, PACKET_OTHER);
}

static void builders_respect_their_room(void **state)
{
	static const uint8_t quoted[28];
	uint8_t to[ROOM];

	(void)state;
	for (int f = IPV4; f <= IPV6; f += 2) {
		struct icmp_echo m = {.src = address_of(f == IPV4 ? "192.0.2.1" : "::1"), .dst = address_of(f == IPV4 ? "192.0.2.2" : "::2")};
		struct icmp_error e = {.src = m.src, .dst = m.dst, .type = 1, .quoted = quoted, .quoted_length = sizeof quoted};
		size_t header = f == IPV4 ? 20 : 40;

		for (size_t room = 0; room < header + 36; room++) {
			memset(to, 0xee, sizeof to);
			assert_int_equal(icmp_echo_build(&m, to, room), room < header + 8 ? 0 : header + 8);
			assert_int_equal(icmp_error_build(&e, to, room), 0);
			assert_int_equal(to[room < header + 8 ? room : header + 8], 0xee);
		}
		assert_int_equal(icmp_error_build(&e, to, header + 36), header + 36);
		m.dst.family = f == IPV4 ? IPV6 : IPV4;
		assert_int_equal(icmp_echo_build(&m, to, sizeof to), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ethernet_header),
	    cmocka_unit_test(echo_v4),
	    cmocka_unit_test(echo_v6),
	    cmocka_unit_test(errors_both_families),
	    cmocka_unit_test(too_big_beyond_16_bits),
	    cmocka_unit_test(wrong_checksums_are_told),
	    cmocka_unit_test(arp_octets),
	    cmocka_unit_test(arp_of_something_else),
	    cmocka_unit_test(solicitation_octets),
	    cmocka_unit_test(advertisement_octets),
	    cmocka_unit_test(ndp_that_is_void),
	    cmocka_unit_test(tcp_in_both_families),
	    cmocka_unit_test(other_protocols_are_other),
	    cmocka_unit_test(builders_respect_their_room),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("packets", tests, NULL, NULL);
}
