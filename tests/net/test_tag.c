/* The 802.1Q tag of a link: what is sent bears it, what has come is of its VLAN or nobody's. Expectations are the octets of IEEE 802.1Q 9.3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/net/tag.h"

static const uint8_t to_mac[MAC_OCTETS] = {2, 0, 0, 0, 0, 2};

static struct link link_of(bool tagged)
{
	return (struct link){.tester_mac = {2, 0, 0, 0, 0, 1}, .tagged = tagged, .tag = 3 << 13 | 5};
}

static void sent(void **state)
{
	static const uint8_t tagged[] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x81, 0x00, 0x60, 0x05, 0x08, 0x00}, plain[] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0x00};
	struct link l = link_of(true);
	uint8_t to[32];
	(void)state;
	assert_int_equal(tag_head_build(&l, to_mac, 0x0800, to, sizeof to), sizeof tagged);
	assert_memory_equal(to, tagged, sizeof tagged);
	assert_int_equal(tag_head_build(&l, to_mac, 0x0800, to, sizeof tagged - 1), 0);
	l = link_of(false);
	assert_int_equal(tag_head_build(&l, to_mac, 0x0800, to, sizeof to), sizeof plain);
	assert_memory_equal(to, plain, sizeof plain);
}

static void received(void **state)
{
	/* Another priority and the drop indicator are the sender's to choose; the VLAN is not. */
	static const uint8_t ours[] = {1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 0x81, 0x00, 0xf0, 0x05, 0x08, 0x06, 9}, other[] = {1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 0x81, 0x00, 0x60, 0x06, 0x08, 0x06, 9},
	                     plain[] = {1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 0x08, 0x06, 9};
	const struct link in = link_of(true), out = link_of(false);
	uint8_t to[32];
	(void)state;
	assert_int_equal(tag_strip(&in, ours, sizeof ours, to, sizeof to), sizeof plain);
	assert_memory_equal(to, plain, sizeof plain);
	assert_int_equal(tag_strip(&in, other, sizeof other, to, sizeof to), 0);
	assert_int_equal(tag_strip(&in, plain, sizeof plain, to, sizeof to), 0);
	assert_int_equal(tag_strip(&out, ours, sizeof ours, to, sizeof to), 0);
	assert_int_equal(tag_strip(&out, plain, sizeof plain, to, sizeof to), sizeof plain);
	assert_memory_equal(to, plain, sizeof plain);
	for (size_t n = 0; n < sizeof ours - 1; n++) /* cut short: nothing is read behind its end */
		assert_true(tag_strip(&in, ours, n, to, sizeof to) <= n);
	assert_int_equal(tag_strip(&in, ours, sizeof ours, to, sizeof plain - 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sent),
	    cmocka_unit_test(received),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("net/tag", tests, NULL, NULL);
}
