/* Tests of the wire in memory: order and time of arrival, each fault by number and by chance, its bounds and its counts. No stack is attached. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lib/net/memory_wire.h"

enum { LATENCY = 1000,
       ROOM = 64 };

static struct memory_wire_setup setup_usual(void)
{
	const struct memory_way way = {.latency_us = LATENCY, .delay_us = 300, .queue = 8};

	return (struct memory_wire_setup){.seed = 7, .octets = ROOM, .way = {way, way}};
}

static void send_named(struct memory_wire *w, unsigned from, char name, uint64_t now)
{
	const uint8_t packet[3] = {(uint8_t)name, 0x55, 0xaa};

	memory_wire_send(w, from, packet, sizeof packet, now);
}

/* What has arrived at `end` by `now`, by the packets' names, in order; packets of the other end are not expected. */
static void assert_arrived(struct memory_wire *w, unsigned end, uint64_t now, const char *names)
{
	const uint8_t *packet;
	unsigned to;
	size_t n;

	for (; *names; names++) {
		assert_true(memory_wire_receive(w, now, &to, &packet, &n));
		assert_int_equal(to, end);
		assert_int_equal(n, 3);
		assert_int_equal(packet[0], *names);
		assert_int_equal(packet[1], 0x55);
		assert_int_equal(packet[2], 0xaa);
	}
	assert_false(memory_wire_receive(w, now, &to, &packet, &n));
}

static void packets_arrive_in_their_order_after_the_latency(void **state)
{
	const struct memory_wire_setup setup = setup_usual();
	struct memory_wire *w = memory_wire_open(&setup);

	(void)state;
	assert_true(memory_wire_next(w) == UINT64_MAX);
	send_named(w, 0, 'a', 100);
	send_named(w, 0, 'b', 100);
	send_named(w, 1, 'x', 150);
	assert_int_equal(memory_wire_next(w), 100 + LATENCY);
	assert_arrived(w, 1, 99 + LATENCY, "");
	assert_arrived(w, 1, 100 + LATENCY, "ab");
	assert_int_equal(memory_wire_next(w), 150 + LATENCY);
	assert_arrived(w, 0, 150 + LATENCY, "x");
	assert_int_equal(memory_wire_counts(w, 0)->sent, 2);
	assert_int_equal(memory_wire_counts(w, 0)->received, 2);
	assert_int_equal(memory_wire_counts(w, 1)->received, 1);
	memory_wire_close(w);
}

static void line_speed_spaces_packets(void **state)
{
	struct memory_wire_setup setup = setup_usual();
	struct memory_wire *w;

	(void)state;
	setup.way[0].octets_per_s = 30000; /* 100 us for each packet of three octets */
	w = memory_wire_open(&setup);
	send_named(w, 0, 'a', 10);
	send_named(w, 0, 'b', 10);
	send_named(w, 0, 'c', 500);
	assert_arrived(w, 1, 109 + LATENCY, "");
	assert_arrived(w, 1, 110 + LATENCY, "a");
	assert_arrived(w, 1, 209 + LATENCY, "");
	assert_arrived(w, 1, 210 + LATENCY, "b");
	assert_int_equal(memory_wire_next(w), 600 + LATENCY);
	memory_wire_close(w);
}

/* Six packets, of which the fault befalls number 2. */
static struct memory_wire *wire_planned(enum memory_fault fault)
{
	const struct memory_wire_setup setup = setup_usual();
	struct memory_wire *w = memory_wire_open(&setup);

	assert_true(memory_wire_plan(w, 0, fault, 2));
	for (char name = 'a'; name <= 'f'; name++)
		send_named(w, 0, name, (uint64_t)(name - 'a') * 100);
	return w;
}

static void planned_fault_befalls_its_packet_alone(void **state)
{
	static const struct {
		enum memory_fault fault;
		const char *arrive;
	} cases[] = {{MEMORY_DROP, "abdef"}, {MEMORY_DELAY, "abdecf"}, {MEMORY_DUPLICATE, "abccdef"}, {MEMORY_REORDER, "acbdef"}};

	(void)state;
	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct memory_wire *w = wire_planned(cases[i].fault);
		const struct memory_counts *counts = memory_wire_counts(w, 0);

		/* The delayed one comes at 500 us + latency, before f, which is sent at 500: of the same time, the one sent first; so ask a little earlier for the rest. */
		if (cases[i].fault == MEMORY_DELAY)
			assert_arrived(w, 1, 499 + LATENCY, "abde");
		assert_arrived(w, 1, 10000, cases[i].arrive + (cases[i].fault == MEMORY_DELAY ? 4 : 0));
		for (enum memory_fault f = 0; f < MEMORY_FAULTS; f++)
			assert_int_equal(counts->faults[f], f == cases[i].fault);
		assert_int_equal(counts->sent, 6);
		assert_int_equal(counts->received, strlen(cases[i].arrive));
		memory_wire_close(w);
	}
}

static unsigned bits_different(const uint8_t *a, const uint8_t *b, size_t n)
{
	unsigned bits = 0;

	for (size_t i = 0; i < n; i++)
		for (unsigned x = a[i] ^ b[i]; x != 0; x >>= 1)
			bits += x & 1;
	return bits;
}

static void corruption_inverts_one_bit_anywhere(void **state)
{
	struct memory_wire_setup setup = setup_usual();
	struct memory_wire *w;
	unsigned seen[16] = {0};
	uint8_t sent[16];

	(void)state;
	setup.way[0].chance[MEMORY_CORRUPT] = MEMORY_CHANCE_ALWAYS;
	w = memory_wire_open(&setup);
	memset(sent, 0x3c, sizeof sent);
	for (unsigned i = 0; i < 1000; i++) {
		const uint8_t *packet;
		unsigned to;
		size_t n;

		memory_wire_send(w, 0, sent, sizeof sent, i);
		assert_true(memory_wire_receive(w, i + LATENCY, &to, &packet, &n));
		assert_int_equal(n, sizeof sent);
		assert_int_equal(bits_different(packet, sent, n), 1);
		for (unsigned k = 0; k < sizeof sent; k++)
			seen[k] += packet[k] != sent[k];
	}
	for (unsigned k = 0; k < sizeof sent; k++)
		assert_true(seen[k] > 0);
	memory_wire_close(w);
}

static void reordering_needs_somebody_to_overtake(void **state)
{
	const struct memory_wire_setup setup = setup_usual();
	struct memory_wire *w = memory_wire_open(&setup);

	(void)state;
	assert_true(memory_wire_plan(w, 0, MEMORY_REORDER, 0));
	send_named(w, 1, 'x', 10); /* the other way: not overtaken */
	send_named(w, 0, 'a', 20);
	assert_arrived(w, 0, 10 + LATENCY, "x");
	assert_arrived(w, 1, 20 + LATENCY, "a");
	assert_int_equal(memory_wire_counts(w, 0)->faults[MEMORY_REORDER], 0);
	memory_wire_close(w);
}

static void chance_is_kept_and_seeded(void **state)
{
	enum { PACKETS = 20000 };
	struct memory_wire_setup setup = setup_usual();
	uint64_t dropped[3];

	(void)state;
	setup.way[0].chance[MEMORY_DROP] = MEMORY_CHANCE_ALWAYS / 8;
	for (unsigned run = 0; run < 3; run++) {
		struct memory_wire *w;
		uint64_t pattern = 0;

		setup.seed = run == 2 ? 8 : 7;
		w = memory_wire_open(&setup);
		for (unsigned i = 0; i < PACKETS; i++) {
			const uint8_t *packet;
			unsigned to;
			size_t n;

			send_named(w, 0, 'a', i);
			pattern = pattern * 31 + memory_wire_receive(w, i + LATENCY, &to, &packet, &n);
		}
		dropped[run] = pattern;
		/* 2500 are expected, with a deviation of 47: six of them. */
		assert_in_range(memory_wire_counts(w, 0)->faults[MEMORY_DROP], 2500 - 282, 2500 + 282);
		memory_wire_close(w);
	}
	assert_true(dropped[0] == dropped[1]);
	assert_true(dropped[0] != dropped[2]);
}

static void queue_is_bounded_and_comes_back(void **state)
{
	const struct memory_wire_setup setup = setup_usual();
	struct memory_wire *w = memory_wire_open(&setup);

	(void)state;
	for (char name = 'a'; name <= 'j'; name++)
		send_named(w, 0, name, 1);
	assert_int_equal(memory_wire_counts(w, 0)->overflow, 2);
	send_named(w, 1, 'x', 1); /* the other way has places of its own */
	assert_int_equal(memory_wire_counts(w, 1)->overflow, 0);
	for (unsigned round = 0; round < 100; round++) {
		const uint8_t *packet;
		unsigned to;
		size_t n;

		while (memory_wire_receive(w, 1 + LATENCY + round * 2 * LATENCY, &to, &packet, &n))
			assert_int_equal(n, 3);
		for (char name = 'a'; name <= 'h'; name++)
			send_named(w, 0, name, 1 + (round + 1) * 2 * LATENCY);
	}
	assert_int_equal(memory_wire_counts(w, 0)->overflow, 2);
	assert_int_equal(memory_wire_counts(w, 0)->received, 8 + 99 * 8);
	memory_wire_close(w);
}

static void long_packet_is_lost_and_counted(void **state)
{
	const struct memory_wire_setup setup = setup_usual();
	struct memory_wire *w = memory_wire_open(&setup);
	static const uint8_t packet[ROOM + 1];

	(void)state;
	memory_wire_send(w, 0, packet, ROOM, 0);
	memory_wire_send(w, 0, packet, ROOM + 1, 0);
	assert_int_equal(memory_wire_counts(w, 0)->too_long, 1);
	assert_int_equal(memory_wire_counts(w, 0)->sent, 2);
	assert_int_equal(memory_wire_next(w), LATENCY);
	memory_wire_close(w);
}

static void packet_stays_good_while_others_are_sent(void **state)
{
	const struct memory_wire_setup setup = setup_usual();
	struct memory_wire *w = memory_wire_open(&setup);
	const uint8_t *packet;
	unsigned to;
	size_t n;

	(void)state;
	send_named(w, 0, 'a', 0);
	assert_true(memory_wire_receive(w, LATENCY, &to, &packet, &n));
	for (char name = 'b'; name <= 'z'; name++)
		send_named(w, 0, name, LATENCY);
	assert_int_equal(packet[0], 'a');
	assert_arrived(w, 1, 2 * LATENCY, "bcdefghi");
	memory_wire_close(w);
}

static void changed_way_holds_from_now_on(void **state)
{
	const struct memory_wire_setup setup = setup_usual();
	struct memory_wire *w = memory_wire_open(&setup);
	struct memory_way way = setup.way[0];

	(void)state;
	send_named(w, 0, 'a', 0);
	way.latency_us = 10;
	way.queue = 1000; /* more than there ever was: no more than that */
	memory_wire_change(w, 0, &way);
	send_named(w, 0, 'b', 0);
	assert_arrived(w, 1, 10, "b");
	assert_arrived(w, 1, LATENCY, "a");
	for (char name = 'a'; name <= 'j'; name++)
		send_named(w, 0, name, LATENCY);
	assert_int_equal(memory_wire_counts(w, 0)->overflow, 2);
	memory_wire_close(w);
}

static void plans_are_bounded(void **state)
{
	const struct memory_wire_setup setup = setup_usual();
	struct memory_wire *w = memory_wire_open(&setup);

	(void)state;
	for (unsigned i = 0; i < MEMORY_WIRE_PLANS; i++)
		assert_true(memory_wire_plan(w, 0, MEMORY_DROP, i));
	assert_false(memory_wire_plan(w, 0, MEMORY_DROP, MEMORY_WIRE_PLANS));
	send_named(w, 0, 'a', 0); /* a plan that came true makes room */
	assert_true(memory_wire_plan(w, 0, MEMORY_DROP, MEMORY_WIRE_PLANS));
	memory_wire_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(packets_arrive_in_their_order_after_the_latency),
	    cmocka_unit_test(line_speed_spaces_packets),
	    cmocka_unit_test(planned_fault_befalls_its_packet_alone),
	    cmocka_unit_test(corruption_inverts_one_bit_anywhere),
	    cmocka_unit_test(reordering_needs_somebody_to_overtake),
	    cmocka_unit_test(chance_is_kept_and_seeded),
	    cmocka_unit_test(queue_is_bounded_and_comes_back),
	    cmocka_unit_test(long_packet_is_lost_and_counted),
	    cmocka_unit_test(packet_stays_good_while_others_are_sent),
	    cmocka_unit_test(changed_way_holds_from_now_on),
	    cmocka_unit_test(plans_are_bounded),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("the wire in memory", tests, NULL, NULL);
}
