/* Tests of addresses, control bits, lengths and the stream's octets: the small things of lib/wire/segment.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/wire/segment.h"

static void address_octets(void **state)
{
	static const uint8_t v6[16] = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
	struct address a;

	(void)state;
	assert_true(address_read("192.0.2.255", &a, NULL));
	assert_int_equal(a.family, IPV4);
	assert_memory_equal(a.octets, "\xc0\x00\x02\xff", 4);
	assert_true(address_read("2001:db8::1", &a, NULL));
	assert_int_equal(a.family, IPV6);
	assert_memory_equal(a.octets, v6, 16);
}

static void address_read_and_printed(void **state)
{
	static const char *const said[] = {"0.0.0.0", "192.0.2.1", "255.255.255.255", "::", "::1", "2001:db8::1", "fe80::1:2:3:4", "2001:db8:1:2:3:4:5:6"};
	struct text t = {0};
	struct address a;

	(void)state;
	for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
		text_clear(&t);
		assert_true(address_read(said[i], &a, NULL));
		address_print(&a, &t);
		assert_string_equal(text_string(&t), said[i]);
	}
	text_free(&t);
}

static void address_that_is_none(void **state)
{
	static const char *const said[] = {"", "192.0.2", "192.0.2.256", "192.0.2.1 ", "example.net", "2001:db8:::1", "2001:db8::12345", ":", "192.0.2.1/24"};
	struct address a;
	struct error e;

	(void)state;
	for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
		e.text[0] = '\0';
		assert_false(address_read(said[i], &a, &e));
		assert_non_null(strstr(e.text, "not an IP address"));
		assert_non_null(strstr(e.text, said[i]));
	}
}

static void address_equality(void **state)
{
	struct address a, b;

	(void)state;
	address_read("192.0.2.1", &a, NULL);
	b = a;
	b.octets[15] = 1; /* no part of an IPv4 address */
	assert_true(address_equal(&a, &b));
	b.octets[3] = 2;
	assert_false(address_equal(&a, &b));
	b = a;
	b.family = IPV6;
	assert_false(address_equal(&a, &b));
	address_read("2001:db8::1", &a, NULL);
	b = a;
	assert_true(address_equal(&a, &b));
	b.octets[15] = 2;
	assert_false(address_equal(&a, &b));
}

static void length_counts_syn_and_fin(void **state)
{
	struct segment s = {.text_length = 10, .ctl = CTL_ACK | CTL_PSH | CTL_URG | CTL_RST};

	(void)state;
	assert_int_equal(segment_length(&s), 10);
	s.ctl = CTL_SYN;
	assert_int_equal(segment_length(&s), 11);
	s.ctl = CTL_FIN;
	assert_int_equal(segment_length(&s), 11);
	s.ctl = CTL_SYN | CTL_FIN;
	s.text_length = 0;
	assert_int_equal(segment_length(&s), 2);
}

static void control_bits_as_in_the_figures(void **state)
{
	static const struct {
		uint16_t ctl;
		const char *said;
	} rows[] = {
	    {0, "0"},
	    {CTL_SYN, "SYN"},
	    {CTL_ACK | CTL_SYN, "SYN,ACK"},
	    {CTL_ACK | CTL_FIN, "FIN,ACK"},
	    {CTL_ACK | CTL_RST, "RST,ACK"},
	    {CTL_ACK | CTL_PSH, "PSH,ACK"},
	    {CTL_SYN | CTL_FIN, "SYN,FIN"},
	    {CTL_FIN | CTL_PSH | CTL_ACK, "FIN,PSH,ACK"},
	    {CTL_SYN | CTL_ECE | CTL_CWR | CTL_AE, "SYN,ECE,CWR,AE"},
	    {CTL_ALL, "SYN,FIN,RST,PSH,ACK,URG,ECE,CWR,AE"},
	    {0x200, "0"},
	};
	struct text t = {0};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		text_clear(&t);
		ctl_print(rows[i].ctl, &t);
		assert_string_equal(text_string(&t), rows[i].said);
	}
	text_free(&t);
}

static void stream_by_its_formula(void **state)
{
	static const uint32_t places[] = {0, 1, 2, 250, 251, 252, 1000, 32785924, 32785925, UINT32_C(0x7fffffff), UINT32_C(0x80000000), UINT32_C(0xfffffffe), UINT32_C(0xffffffff)};

	(void)state;
	/* By hand: 7; 138; 269 - 251 = 18. */
	assert_int_equal(stream_octet(0), 7);
	assert_int_equal(stream_octet(1), 138);
	assert_int_equal(stream_octet(2), 18);
	/* i * 131 passes 2^32 at i = 32785925: the formula means whole numbers. */
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		assert_int_equal(stream_octet(places[i]), ((uint64_t)places[i] * 131 + 7) % 251);
}

static void stream_filled_is_the_same(void **state)
{
	uint8_t octets[600];

	(void)state;
	stream_fill(octets, 12345, sizeof octets);
	for (uint32_t i = 0; i < sizeof octets; i++)
		assert_int_equal(octets[i], ((uint64_t)(12345 + i) * 131 + 7) % 251);
	/* A place is a number modulo 2^32. */
	stream_fill(octets, UINT32_C(0xffffffff), 3);
	assert_int_equal(octets[0], (UINT64_C(0xffffffff) * 131 + 7) % 251);
	assert_int_equal(octets[1], 7);
	assert_int_equal(octets[2], 138);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(address_octets),
	    cmocka_unit_test(address_read_and_printed),
	    cmocka_unit_test(address_that_is_none),
	    cmocka_unit_test(address_equality),
	    cmocka_unit_test(length_counts_syn_and_fin),
	    cmocka_unit_test(control_bits_as_in_the_figures),
	    cmocka_unit_test(stream_by_its_formula),
	    cmocka_unit_test(stream_filled_is_the_same),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("addresses, control bits, stream", tests, NULL, NULL);
}
