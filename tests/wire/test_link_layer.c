/* Where the IP packet lies, for each kind of link; short frames hold none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/memory.h"
#include "lib/wire/link_layer.h"

static const struct {
	enum linktype l;
	size_t header; /* octets */
	uint8_t frame[28];
	size_t n;
} frames[] = {
    {LINKTYPE_RAW, 0, {0x45, 1}, 2},
    {LINKTYPE_IPV4, 0, {0x45, 1}, 2},
    {LINKTYPE_IPV6, 0, {0x60, 1}, 2},
    {LINKTYPE_NULL, 4, {2, 0, 0, 0, 0x45, 1}, 6},
    {LINKTYPE_LOOP, 4, {0, 0, 0, 30, 0x60, 1}, 6},
    {LINKTYPE_ETHERNET, 14, {1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 7, 0x08, 0x00, 0x45, 1}, 16},
    {LINKTYPE_ETHERNET, 18, {1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 7, 0x81, 0x00, 0, 9, 0x86, 0xdd, 0x60, 1}, 20},
    {LINKTYPE_ETHERNET, 22, {1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 7, 0x88, 0xa8, 0, 9, 0x81, 0x00, 0, 8, 0x08, 0x00, 0x45, 1}, 24},
    {LINKTYPE_LINUX_SLL, 16, {0, 0, 3, 4, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0x00, 0x45, 1}, 18},
    {LINKTYPE_LINUX_SLL2, 20, {0x86, 0xdd, 0, 0, 0, 0, 0, 1, 3, 4, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0x60, 1}, 22},
};

static void each_kind_of_link_is_stepped_over(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
		const uint8_t *packet;
		size_t n;
		assert_true(link_layer_known(frames[i].l));
		assert_true(link_layer_packet(frames[i].l, frames[i].frame, frames[i].n, &packet, &n));
		assert_ptr_equal(packet, frames[i].frame + frames[i].header);
		assert_int_equal(n, 2);
	}
}

static void short_frames_hold_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++)
		for (size_t cut = 0; cut <= frames[i].header; cut++) {
			const uint8_t *packet;
			size_t n;
			uint8_t *copy = memory_zeroed(cut, 1);
			memcpy(copy, frames[i].frame, cut);
			assert_false(link_layer_packet(frames[i].l, copy, cut, &packet, &n));
			free(copy);
		}
}

static void what_is_no_ip_is_none(void **state)
{
	(void)state;
	static const uint8_t arp[] = {1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 7, 0x08, 0x06, 0x45, 1}, strange[] = {0x50, 1};
	const uint8_t *packet;
	size_t n;
	assert_false(link_layer_packet(LINKTYPE_ETHERNET, arp, sizeof arp, &packet, &n));
	assert_false(link_layer_packet(LINKTYPE_RAW, strange, sizeof strange, &packet, &n));
	assert_false(link_layer_known((enum linktype)147));
	assert_false(link_layer_packet((enum linktype)147, arp, sizeof arp, &packet, &n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_kind_of_link_is_stepped_over),
	    cmocka_unit_test(short_frames_hold_nothing),
	    cmocka_unit_test(what_is_no_ip_is_none),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("link layers", tests, NULL, NULL);
}
