/* Tests of lib/wire/checksum.h against sums done by hand, written out beside each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/wire/checksum.h"

static void empty_is_all_ones(void **state)
{
	(void)state;
	assert_int_equal(checksum_end(checksum_add(0, NULL, 0)), 0xffff);
}

static void rfc_1071_example(void **state)
{
	/* RFC 1071 section 3: 0001 + f203 + f4f5 + f6f7 = 2ddf0; ddf0 + 2 = ddf2, of which the complement is 220d. */
	static const uint8_t octets[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};

	(void)state;
	assert_int_equal(checksum_end(checksum_add(0, octets, sizeof octets)), 0x220d);
}

static void odd_octet_is_a_high_half(void **state)
{
	/* 0102 + 0300 = 0402; the complement is fbfd. And one octet alone: ff00, 00ff. */
	static const uint8_t three[] = {1, 2, 3}, one[] = {0xff};

	(void)state;
	assert_int_equal(checksum_end(checksum_add(0, three, sizeof three)), 0xfbfd);
	assert_int_equal(checksum_end(checksum_add(0, one, sizeof one)), 0x00ff);
}

static void carries_come_round_twice(void **state)
{
	/* ffff + ffff + 0001 = 1ffff; ffff + 1 = 10000; 0000 + 1 = 0001, of which the complement is fffe. */
	static const uint8_t octets[] = {0xff, 0xff, 0xff, 0xff, 0x00, 0x01};

	(void)state;
	assert_int_equal(checksum_end(checksum_add(0, octets, sizeof octets)), 0xfffe);
}

static void every_length_by_the_definition(void **state)
{
	uint8_t octets[200];

	(void)state;
	for (size_t i = 0; i < sizeof octets; i++)
		octets[i] = (uint8_t)(0xff - 3 * i);
	for (size_t n = 0; n <= sizeof octets; n++) {
		uint32_t sum = 0;

		/* RFC 9293 3.1: 16-bit words, an odd one padded with zeros, end-around carry at once. */
		for (size_t i = 0; i < n; i += 2) {
			sum += (uint32_t)octets[i] << 8 | (i + 1 < n ? octets[i + 1] : 0u);
			if (sum > 0xffff)
				sum -= 0xffff;
		}
		assert_int_equal(checksum_end(checksum_add(0, octets, n)), 0xffff - sum);
	}
}

static void pseudo_header_v4(void **state)
{
	/* 192.0.2.1, 198.51.100.7, TCP, 20: c000 + 0201 + c633 + 6407 + 0006 + 0014 = 1ec55; ec55 + 1 = ec56; the complement is 13a9. */
	struct address a, b;

	(void)state;
	assert_true(address_read("192.0.2.1", &a, NULL));
	assert_true(address_read("198.51.100.7", &b, NULL));
	assert_int_equal(checksum_end(checksum_add_pseudo(0, &a, &b, 6, 20)), 0x13a9);
}

static void pseudo_header_v6(void **state)
{
	/* 2001:db8::1, 2001:db8::2, ICMPv6, 8: (2001 + 0db8 + 0001) + (2001 + 0db8 + 0002) + 003a + 0008 = 5bb7; the complement is a448. */
	struct address a, b;

	(void)state;
	assert_true(address_read("2001:db8::1", &a, NULL));
	assert_true(address_read("2001:db8::2", &b, NULL));
	assert_int_equal(checksum_end(checksum_add_pseudo(0, &a, &b, 58, 8)), 0xa448);
	/* The length is a 32-bit field: 10000 hex adds 1 to the upper half. 5bb7 - 8 + 1 = 5bb0; the complement is a44f. */
	assert_int_equal(checksum_end(checksum_add_pseudo(0, &a, &b, 58, 0x10000)), 0xa44f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(empty_is_all_ones),
	    cmocka_unit_test(rfc_1071_example),
	    cmocka_unit_test(odd_octet_is_a_high_half),
	    cmocka_unit_test(carries_come_round_twice),
	    cmocka_unit_test(every_length_by_the_definition),
	    cmocka_unit_test(pseudo_header_v4),
	    cmocka_unit_test(pseudo_header_v6),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("checksum", tests, NULL, NULL);
}
