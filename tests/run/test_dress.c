/* The IP header of what a SEND puts on the wire and of what an EXPECT takes (doc/ladder.md, The IP header). */
#include "tests/run/fields.h"

#include "lib/run/dress.h"
#include "lib/wire/ip.h"

/* ---- sending ---- */

static struct ip built(const char *fields, const struct endpoint *at)
{
	struct ip ip;
	struct segment s;
	const size_t n = build(fields, at);
	assert_true(ip_parse(packet, n, &ip, NULL));
	assert_int_equal(ip.bad, 0);
	assert_true(segment_parse(packet, n, &s, NULL));
	assert_int_equal(s.bad, 0); /* the TCP checksum counts the addresses that were put in */
	return ip;
}

static void fields_of_either_family(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		const struct endpoint *at = i ? &v6 : &v4;
		struct ip ip = built("<CTL=ACK><TTL=1><DSCP=46><ECN=CE>", at);
		assert_int_equal(ip.ttl, 1);
		assert_int_equal(ip.tos, 46 << 2 | 3);
		ip = built("<CTL=ACK>", at);
		assert_int_equal(ip.ttl, 64);
		assert_int_equal(ip.tos, 0);
		assert_int_equal(built("<CTL=ACK><ECN=ECT0>", at).tos, 2);
		assert_int_equal(built("<CTL=ACK><ECN=ECT1>", at).tos, 1);
		assert_int_equal(built("<CTL=ACK><DSCP=63>", at).tos, 63 << 2);
	}
}

static void options_are_padded_and_addresses_put_in(void **state)
{
	(void)state;
	struct ip ip = built("<CTL=ACK><IPOPT=1e0401>", &v4);
	assert_int_equal(ip.options_length, 4);
	assert_memory_equal(ip.options, "\x1e\x04\x01\0", 4);
	ip = built("<CTL=ACK><IPOPT=830b0cTX><DATA=3>", &v4); /* a route that was used up */
	assert_int_equal(ip.options_length, 12);
	assert_memory_equal(ip.options + 3, v4.tester.octets, 4);
	assert_memory_equal(ip.options + 7, "\xc6\x33\x64\x01", 4);
	assert_true(address_equal(&ip.dst, &v4.target));
	assert_int_equal(ip.payload_length, 23);
}

static void a_route_that_is_not_used_up_ends_elsewhere(void **state)
{
	(void)state;
	struct ip ip;
	const size_t n = build("<CTL=ACK><IPOPT=01890b08XT>", &v4);
	assert_true(ip_parse(packet, n, &ip, NULL));
	assert_true(address_equal(&ip.hop, &v4.target));
	assert_true(address_equal(&ip.dst, &v4.tester));
	packet[23] = 0xff; /* its length is beyond the header */
	assert_true(ip_parse(packet, n, &ip, NULL));
	assert_true(address_equal(&ip.dst, &v4.target));
}

static void extension_headers_stand_as_written(void **state)
{
	(void)state;
	struct ip ip = built("<CTL=ACK><EXT=HOP,DEST:1e0400000000,ROUTE><DATA=5>", &v6);
	assert_int_equal(packet[6], IP_NEXT_HOP_BY_HOP);
	assert_int_equal(packet[40], IP_NEXT_DESTINATION);
	assert_memory_equal(packet + 42, "\x01\x04\0\0\0\0", 6);
	assert_int_equal(packet[48], IP_NEXT_ROUTING);
	assert_int_equal(packet[50], 0x1e);
	assert_int_equal(packet[56], IP_PROTOCOL_TCP);
	assert_int_equal(ip.payload_length, 25);
}

static void headers_for_which_a_packet_is_discarded(void **state)
{
	static const char *const chains[] = {"DEST:5e0400000000", "HOP:9e0400000000", "DEST:de0400000000", "ROUTE:000100000000", "DEST,HOP", "HOP,HOP", "DEST:010500000000"};
	(void)state;
	for (size_t i = 0; i < sizeof chains / sizeof *chains; i++) {
		char fields[80];
		struct segment s;
		snprintf(fields, sizeof fields, "<CTL=ACK><EXT=%s>", chains[i]);
		assert_true(segment_parse(packet, build(fields, &v6), &s, NULL));
		assert_int_equal(s.bad, BAD_EXTENSION);
	}
}

static void roles_have_addresses(void **state)
{
	static const struct {
		const char *role;
		uint8_t v4[4];
	} c[] = {{"broadcast", {255, 255, 255, 255}}, {"net-broadcast", {192, 0, 2, 255}}, {"reserved", {240, 0, 0, 1}}, {"multicast", {224, 0, 0, 1}}, {"zero", {0}}, {"loopback", {127, 0, 0, 1}}, {"other", {198, 51, 100, 1}}};
	char fields[80];
	(void)state;
	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		snprintf(fields, sizeof fields, "<CTL=ACK><TO=%s>", c[i].role);
		assert_memory_equal(built(fields, &v4).dst.octets, c[i].v4, 4);
		snprintf(fields, sizeof fields, "<CTL=ACK><FROM=%s>", c[i].role);
		assert_memory_equal(built(fields, &v4).src.octets, c[i].v4, 4);
	}
	assert_memory_equal(built("<CTL=ACK><TO=multicast>", &v6).dst.octets, ((const uint8_t[16]){0xff, 2, [15] = 1}), 16);
	assert_memory_equal(built("<CTL=ACK><FROM=zero>", &v6).src.octets, (const uint8_t[16]){0}, 16);
	assert_memory_equal(built("<CTL=ACK><FROM=loopback>", &v6).src.octets, (const uint8_t[16]){[15] = 1}, 16);
	assert_memory_equal(built("<CTL=ACK><FROM=other>", &v6).src.octets, ((const uint8_t[16]){0x20, 1, 0x0d, 0xb8, 0xff, 0xff, [15] = 1}), 16);
}

static void an_error_says_an_mtu_and_may_come_from_elsewhere(void **state)
{
	struct ip ip;
	(void)state;
	const size_t n = build("<ICMP=3/4><MTU=576><SEQ=SND.NXT><CTL=ACK><FROM=other><TTL=7>", &v4);
	assert_true(ip_parse(packet, n, &ip, NULL));
	assert_int_equal(ip.src.octets[0], 198);
	assert_int_equal(ip.payload[6] << 8 | ip.payload[7], 576);
	assert_int_equal(ip.payload[8 + 8], 7); /* the quoted header's */
}

/* ---- expecting ---- */

static bool matches(const char *fields, const struct segment *s)
{
	char line[256];
	snprintf(line, sizeof line, " 2.                --> <CTL=ACK> -->\n                   <-- %s <-- ESTABLISHED\n", fields);
	const struct step st = step_of(line, STEP_EXPECT);
	return dress_matches(&st.segment, s);
}

static void what_is_said_is_compared(void **state)
{
	struct segment s;
	(void)state;
	assert_true(segment_parse(packet, build("<CTL=ACK><TTL=9><DSCP=10><ECN=ECT0><IPOPT=01830704X>", &v4), &s, NULL));
	assert_true(matches("<CTL=ACK>", &s));
	assert_true(matches("<CTL=ACK><TTL=9><DSCP=10><ECN=ECT0>", &s));
	assert_false(matches("<CTL=ACK><TTL=8>", &s));
	assert_false(matches("<CTL=ACK><DSCP=11>", &s));
	assert_false(matches("<CTL=ACK><ECN=none>", &s));
	assert_true(matches("<CTL=ACK><IPOPT=830704X>", &s)); /* padding aside */
	assert_false(matches("<CTL=ACK><IPOPT=830704Y>", &s));
	assert_false(matches("<CTL=ACK><IPOPT=none>", &s));
	assert_false(matches("<CTL=ACK><TO=broadcast>", &s));
	assert_true(segment_parse(packet, build("<CTL=ACK><TO=broadcast>", &v4), &s, NULL));
	assert_true(matches("<CTL=ACK><TO=broadcast><IPOPT=none>", &s));
	s.packet = NULL;
	assert_false(matches("<CTL=ACK><TO=broadcast>", &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fields_of_either_family),
	    cmocka_unit_test(options_are_padded_and_addresses_put_in),
	    cmocka_unit_test(a_route_that_is_not_used_up_ends_elsewhere),
	    cmocka_unit_test(extension_headers_stand_as_written),
	    cmocka_unit_test(headers_for_which_a_packet_is_discarded),
	    cmocka_unit_test(roles_have_addresses),
	    cmocka_unit_test(an_error_says_an_mtu_and_may_come_from_elsewhere),
	    cmocka_unit_test(what_is_said_is_compared),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("said IP headers", tests, NULL, NULL);
}
