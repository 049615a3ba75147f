/* Tests of whole transfers between two reference stacks over a wire that loses, doubles, delays, reorders and damages: complete and bit-exact, in both directions at once, both families,
 * within virtual minutes. And of the ways in which two users open and close.
 *
 * TRANSFER_TIMES=n in the environment: n times as many of each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lib/target/pair.h"
#include "lib/wire/segment.h"

enum { QUEUE = 200,
       PORT = 7,
       CLIENT_PORT = 50000,
       PERCENT = MEMORY_CHANCE_ALWAYS / 100 };

static const uint64_t MS = 1000, S = 1000000;

/* One wire, and how much goes over it. */
struct course {
	const char *name;
	uint32_t chance[MEMORY_FAULTS]; /* percent */
	uint64_t latency_us, delay_us, octets_per_s;
	uint32_t queue;
	uint64_t octets;
	unsigned seeds;
	uint64_t within_s; /* virtual */
	const char *const *setting;
};

/* Small arenas: hundreds of stacks are made here. R2 is far away: with a third of the packets lost, giving up would be lawful now and then. */
#define COMMON "connections", "8", "retries", "100", "syn_retries", "100", "synack_retries", "100"
static const char *const usual[] = {COMMON, "blocks", "256", NULL};
static const char *const plain[] = {COMMON, "blocks", "256", "sack", "no", "timestamps", "no", "window_scale", "no", NULL};
static const char *const wide[] = {COMMON, "blocks", "1024", "initial_window", "10", "receive_buffer", "1000000", NULL};

static void pair_begin(struct stack_pair *p, const struct course *c, uint64_t seed)
{
	struct memory_way way = {.latency_us = c->latency_us, .delay_us = c->delay_us, .octets_per_s = c->octets_per_s, .queue = c->queue != 0 ? c->queue : QUEUE};
	struct pair_setup setup = {.operations = {tcpspec_stack_operations(), tcpspec_stack_operations()}, .setting = {c->setting != NULL ? c->setting : usual, c->setting != NULL ? c->setting : usual}, .mtu = 1500, .seed = seed, .now_us = S};
	struct error e;

	for (unsigned i = 0; i < MEMORY_FAULTS; i++)
		way.chance[i] = c->chance[i] * PERCENT;
	setup.wire.way[0] = setup.wire.way[1] = way;
	if (!pair_open(p, &setup, &e))
		fail_msg("%s", e.text);
}

static void transfer_once(const struct course *c, unsigned family, uint64_t seed)
{
	struct pair_flow flows[2] = {{.from = 0, .octets = c->octets, .close = true}, {.from = 1, .octets = c->octets, .close = true, .piece = 700}};
	struct stack_pair p;
	int64_t handle[2];

	pair_begin(&p, c, seed);
	if (!pair_connect(&p, 1, family, PORT, CLIENT_PORT, S + c->within_s * S, handle) || !pair_transfer(&p, handle, flows, 2, S + c->within_s * S))
		fail_msg("%s, IPv%u, seed %llu: %llu and %llu of %llu octets after %llu us, differs: %d %d, ended: %d %d", c->name, family, (unsigned long long)seed, (unsigned long long)flows[0].received,
		         (unsigned long long)flows[1].received, (unsigned long long)c->octets, (unsigned long long)p.now_us, flows[0].differs, flows[1].differs, flows[0].ended, flows[1].ended);
	pair_close(&p);
}

static const struct course courses[] = {
    {.name = "nothing happens", .latency_us = 1000, .octets = 300000, .seeds = 1, .within_s = 60},
    {.name = "nothing happens, wide window", .latency_us = 50000, .octets = 1000000, .seeds = 1, .within_s = 60, .setting = wide},
    {.name = "1 % lost", .chance = {[MEMORY_DROP] = 1}, .latency_us = 10000, .octets = 100000, .seeds = 10, .within_s = 600},
    {.name = "1 % lost, wide window", .chance = {[MEMORY_DROP] = 1}, .latency_us = 10000, .octets = 300000, .seeds = 5, .within_s = 600, .setting = wide},
    {.name = "1 % lost, no options", .chance = {[MEMORY_DROP] = 1}, .latency_us = 10000, .octets = 100000, .seeds = 10, .within_s = 600, .setting = plain},
    {.name = "10 % lost", .chance = {[MEMORY_DROP] = 10}, .latency_us = 10000, .octets = 50000, .seeds = 10, .within_s = 3600},
    {.name = "10 % lost, no options", .chance = {[MEMORY_DROP] = 10}, .latency_us = 10000, .octets = 50000, .seeds = 10, .within_s = 3600, .setting = plain},
    {.name = "30 % lost", .chance = {[MEMORY_DROP] = 30}, .latency_us = 10000, .octets = 20000, .seeds = 10, .within_s = 20000},
    {.name = "20 % doubled", .chance = {[MEMORY_DUPLICATE] = 20}, .latency_us = 10000, .octets = 50000, .seeds = 5, .within_s = 600},
    {.name = "20 % overtake", .chance = {[MEMORY_REORDER] = 20}, .latency_us = 10000, .octets = 50000, .seeds = 5, .within_s = 600},
    {.name = "10 % late", .chance = {[MEMORY_DELAY] = 10}, .latency_us = 10000, .delay_us = 30000, .octets = 50000, .seeds = 5, .within_s = 600},
    {.name = "10 % later than any timer", .chance = {[MEMORY_DELAY] = 10}, .latency_us = 10000, .delay_us = 5000000, .octets = 30000, .seeds = 5, .within_s = 3600},
    {.name = "10 % damaged", .chance = {[MEMORY_CORRUPT] = 10}, .latency_us = 10000, .octets = 50000, .seeds = 10, .within_s = 3600},
    {.name = "5 % of everything", .chance = {5, 5, 5, 5, 5}, .latency_us = 10000, .delay_us = 25000, .octets = 50000, .seeds = 20, .within_s = 3600},
    {.name = "5 % of everything, no options", .chance = {5, 5, 5, 5, 5}, .latency_us = 10000, .delay_us = 25000, .octets = 50000, .seeds = 20, .within_s = 3600, .setting = plain},
    {.name = "a narrow line with a short queue", .latency_us = 20000, .octets_per_s = 125000, .queue = 10, .octets = 300000, .seeds = 1, .within_s = 600, .setting = wide},
};

static void everything_arrives_bit_exact(void **state)
{
	const char *asked = getenv("TRANSFER_TIMES");
	const unsigned long times = asked != NULL ? strtoul(asked, NULL, 10) : 1;

	(void)state;
	for (unsigned i = 0; i < sizeof courses / sizeof courses[0]; i++)
		for (unsigned long seed = 1; seed <= courses[i].seeds * times; seed++)
			for (unsigned family = 4; family <= 6; family += 2)
				transfer_once(&courses[i], family, seed);
}

/* Every packet by itself is lost once, of a short connection from SYN to the last ACK: it comes about all the same. */
static void any_one_packet_may_be_lost(void **state)
{
	static const struct course course = {.latency_us = 10000, .octets = 5000, .within_s = 600};

	(void)state;
	for (unsigned from = 0; from < 2; from++) {
		for (uint64_t number = 0;; number++) {
			struct pair_flow flows[2] = {{.from = 0, .octets = course.octets, .close = true}, {.from = 1, .octets = course.octets, .close = true}};
			struct stack_pair p;
			int64_t handle[2];
			bool over;

			pair_begin(&p, &course, number);
			memory_wire_plan(p.wire, from, MEMORY_DROP, number);
			assert_true(pair_connect(&p, 1, 4, PORT, CLIENT_PORT, S + course.within_s * S, handle));
			assert_true(pair_transfer(&p, handle, flows, 2, S + course.within_s * S));
			pair_run(&p, p.now_us + 60 * S);
			over = memory_wire_counts(p.wire, from)->sent <= number;
			pair_close(&p);
			if (over)
				break;
		}
	}
}

/* Alters the first octet of the text of end 0's packet number 5, checksum included. */
static bool text_altered(void *of, unsigned from, const uint8_t *packet, size_t n, uint64_t now_us)
{
	struct stack_pair *p = of;
	uint8_t other[1500], text[1500];
	struct segment s;

	if (from != 0 || memory_wire_counts(p->wire, 0)->sent != 5 || !segment_parse(packet, n, &s, NULL) || s.text_length == 0)
		return true;
	memcpy(text, s.text, s.text_length);
	text[0] ^= 1;
	s.text = text;
	memory_wire_send(p->wire, 0, other, segment_build(&s, other, sizeof other), now_us);
	return false;
}

/* The proof of the proof: what differs is noticed. */
static void wrong_octet_is_noticed(void **state)
{
	static const struct course course = {.latency_us = 10000};
	struct pair_flow flow = {.from = 0, .octets = 20000};
	struct stack_pair p;
	int64_t handle[2];

	(void)state;
	pair_begin(&p, &course, 1);
	p.seen = text_altered;
	p.of = &p;
	assert_true(pair_connect(&p, 1, 4, PORT, CLIENT_PORT, 10 * S, handle));
	assert_false(pair_transfer(&p, handle, &flow, 1, 60 * S));
	assert_true(flow.differs);
	assert_int_equal(flow.received, flow.octets);
	pair_close(&p);
}

static const struct course still = {.latency_us = 5000};

static struct tcpspec_ends ends_of(const struct stack_pair *p, unsigned end)
{
	return (struct tcpspec_ends){.local = p->end[end].address[0],
	                             .remote = p->end[1 - end].address[0],
	                             .local_port = end == 0 ? CLIENT_PORT : PORT,
	                             .remote_port = end == 0 ? PORT : CLIENT_PORT};
}

static unsigned state_of(struct stack_pair *p, unsigned end)
{
	const struct tcpspec_ends ends = ends_of(p, end);

	return p->end[end].operations->state(p->end[end].stack, &ends);
}

/* RFC 9293 3.5, figure 8: both open at once, and there is one connection. */
static void simultaneous_open_makes_one_connection(void **state)
{
	struct pair_flow flows[2] = {{.from = 0, .octets = 20000}, {.from = 1, .octets = 20000}};
	struct stack_pair p;
	int64_t handle[2];

	(void)state;
	pair_begin(&p, &still, 1);
	for (unsigned i = 0; i < 2; i++) {
		const struct tcpspec_ends ends = ends_of(&p, i);

		handle[i] = p.end[i].operations->connect(p.end[i].stack, &ends, 0, p.now_us);
		assert_true(handle[i] > 0);
		pair_touched(&p, i);
	}
	pair_run(&p, p.now_us + S / 2);
	assert_int_equal(state_of(&p, 0), TCPSPEC_ESTABLISHED);
	assert_int_equal(state_of(&p, 1), TCPSPEC_ESTABLISHED);
	assert_true(pair_transfer(&p, handle, flows, 2, p.now_us + 60 * S));
	pair_close(&p);
}

static void close_at(struct stack_pair *p, unsigned end, int64_t handle)
{
	assert_int_equal(p->end[end].operations->close(p->end[end].stack, handle, p->now_us), 0);
	pair_touched(p, end);
}

static void connection_begin(struct stack_pair *p, int64_t handle[2])
{
	pair_begin(p, &still, 1);
	assert_true(pair_connect(p, 1, 4, PORT, CLIENT_PORT, p->now_us + 10 * S, handle));
}

/* RFC 9293 3.6, figure 12: one closes, then the other; the first is in TIME-WAIT for two MSL (four minutes), the other one is done. */
static void one_closes_after_the_other(void **state)
{
	(void)state;
	for (unsigned first = 0; first < 2; first++) {
		struct stack_pair p;
		int64_t handle[2];
		uint64_t began;

		connection_begin(&p, handle);
		close_at(&p, first, handle[first]);
		pair_run(&p, p.now_us + S);
		assert_int_equal(state_of(&p, first), TCPSPEC_FIN_WAIT_2);
		assert_int_equal(state_of(&p, 1 - first), TCPSPEC_CLOSE_WAIT);
		assert_int_equal(p.end[1 - first].operations->told(p.end[1 - first].stack, handle[1 - first]), TCPSPEC_TOLD_EOF);
		close_at(&p, 1 - first, handle[1 - first]);
		assert_int_equal(state_of(&p, 1 - first), TCPSPEC_LAST_ACK);
		began = p.now_us;
		pair_run(&p, p.now_us + 100 * MS);
		assert_int_equal(state_of(&p, first), TCPSPEC_TIME_WAIT);
		assert_true(state_of(&p, 1 - first) <= TCPSPEC_LISTEN);
		pair_run(&p, began + 240 * S);
		assert_int_equal(state_of(&p, first), TCPSPEC_TIME_WAIT);
		pair_run(&p, began + 240 * S + 100 * MS);
		assert_true(state_of(&p, first) <= TCPSPEC_LISTEN);
		pair_close(&p);
	}
}

/* RFC 9293 3.6, figure 13. */
static void both_close_at_once(void **state)
{
	struct stack_pair p;
	int64_t handle[2];

	(void)state;
	connection_begin(&p, handle);
	close_at(&p, 0, handle[0]);
	close_at(&p, 1, handle[1]);
	pair_run(&p, p.now_us + 5 * MS);
	assert_int_equal(state_of(&p, 0), TCPSPEC_CLOSING_STATE);
	assert_int_equal(state_of(&p, 1), TCPSPEC_CLOSING_STATE);
	pair_run(&p, p.now_us + 5 * MS);
	assert_int_equal(state_of(&p, 0), TCPSPEC_TIME_WAIT);
	assert_int_equal(state_of(&p, 1), TCPSPEC_TIME_WAIT);
	pair_run(&p, p.now_us + 241 * S);
	assert_true(state_of(&p, 0) <= TCPSPEC_LISTEN && state_of(&p, 1) <= TCPSPEC_LISTEN);
	pair_close(&p);
}

/* RFC 9293 3.10.4: CLOSE sends what is queued first, and still receives. */
static void half_closed_connection_still_carries_the_other_way(void **state)
{
	struct pair_flow up = {.from = 0, .octets = 200000, .close = true}, down = {.from = 1, .octets = 200000, .close = true};
	struct stack_pair p;
	int64_t handle[2];

	(void)state;
	connection_begin(&p, handle);
	assert_true(pair_transfer(&p, handle, &up, 1, p.now_us + 60 * S));
	assert_int_equal(state_of(&p, 1), TCPSPEC_CLOSE_WAIT);
	assert_true(pair_transfer(&p, handle, &down, 1, p.now_us + 60 * S));
	pair_run(&p, p.now_us + S);
	assert_int_equal(state_of(&p, 0), TCPSPEC_TIME_WAIT);
	assert_true(state_of(&p, 1) <= TCPSPEC_LISTEN);
	pair_close(&p);
}

/* RFC 9293 3.10.5: ABORT resets, the other user is told, and what is queued is gone. */
static void abort_resets_the_other_end(void **state)
{
	struct stack_pair p;
	int64_t handle[2];

	(void)state;
	for (unsigned end = 0; end < 2; end++) {
		connection_begin(&p, handle);
		assert_int_equal(p.end[end].operations->abort(p.end[end].stack, handle[end], p.now_us), 0);
		pair_touched(&p, end);
		assert_true(state_of(&p, end) <= TCPSPEC_LISTEN);
		pair_run(&p, p.now_us + S);
		assert_true(state_of(&p, 1 - end) <= TCPSPEC_LISTEN);
		assert_int_equal(p.end[1 - end].operations->told(p.end[1 - end].stack, handle[1 - end]), TCPSPEC_TOLD_RESET);
		pair_close(&p);
	}
}

/* A wire that is cut for a minute and a half in the middle: when it carries again, the transfer goes on (RFC 9293 3.8.3: R2 is longer). */
static void transfer_survives_a_cut(void **state)
{
	struct pair_flow flow = {.from = 0, .octets = 300000, .close = true};
	const struct memory_way cut = {.latency_us = 5000, .queue = QUEUE, .chance = {[MEMORY_DROP] = MEMORY_CHANCE_ALWAYS}}, whole = {.latency_us = 5000, .queue = QUEUE};
	struct stack_pair p;
	int64_t handle[2];

	(void)state;
	connection_begin(&p, handle);
	assert_false(pair_transfer(&p, handle, &flow, 1, p.now_us + 30 * MS));
	memory_wire_change(p.wire, 0, &cut);
	memory_wire_change(p.wire, 1, &cut);
	assert_false(pair_transfer(&p, handle, &flow, 1, p.now_us + 90 * S));
	memory_wire_change(p.wire, 0, &whole);
	memory_wire_change(p.wire, 1, &whole);
	assert_true(pair_transfer(&p, handle, &flow, 1, p.now_us + 120 * S));
	pair_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(everything_arrives_bit_exact),
	    cmocka_unit_test(any_one_packet_may_be_lost),
	    cmocka_unit_test(wrong_octet_is_noticed),
	    cmocka_unit_test(simultaneous_open_makes_one_connection),
	    cmocka_unit_test(one_closes_after_the_other),
	    cmocka_unit_test(both_close_at_once),
	    cmocka_unit_test(half_closed_connection_still_carries_the_other_way),
	    cmocka_unit_test(abort_resets_the_other_end),
	    cmocka_unit_test(transfer_survives_a_cut),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("transfers between reference stacks", tests, NULL, NULL);
}
