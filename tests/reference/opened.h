/* The reference stack with a connection that it opens to a peer made by hand: segments go in one by one, and what they draw is looked at. No tests. */
#ifndef TCPSPEC_TESTS_REFERENCE_OPENED_H
#define TCPSPEC_TESTS_REFERENCE_OPENED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lib/base/memory.h"
#include "lib/target/stack.h"
#include "lib/wire/segment.h"

enum { OPENED_PACKETS = 256,
       OPENED_PACKET_MAX = 1500,
       OPENED_SMSS = 1000, /* what its MSS option says */
       OPENED_IRS = 5000,
       OPENED_PORT = 40000,
       OPENED_STACK_PORT = 49999 };

static const uint64_t opened_begin_us = UINT64_C(1) << 40;

struct opened {
	const struct tcpspec_stack_operations *op;
	struct tcpspec_stack *s;
	void *arena;
	uint64_t now;
	int64_t handle;
	uint32_t iss; /* the stack's */
	uint16_t wnd; /* what the peer's next segments offer */
	uint32_t sack[2 * SACK_BLOCKS_MAX];
	unsigned blocks; /* in the next segment, which forgets them */
	size_t count;    /* what came out since the last segment or call */
	struct segment out[OPENED_PACKETS];
	uint8_t octets[OPENED_PACKETS][OPENED_PACKET_MAX];
};

static void opened_output(void *to, const uint8_t *packet, size_t n)
{
	struct opened *p = to;

	assert_true(p->count < OPENED_PACKETS && n <= OPENED_PACKET_MAX);
	memcpy(p->octets[p->count], packet, n);
	assert_true(segment_parse(p->octets[p->count], n, &p->out[p->count], NULL));
	assert_int_equal(p->out[p->count].bad, 0);
	p->count++;
}

static struct tcpspec_ends opened_ends(void)
{
	struct tcpspec_ends e = {.local = {4, {192, 0, 2, 1}}, .remote = {4, {192, 0, 2, 2}}, .local_port = OPENED_STACK_PORT, .remote_port = OPENED_PORT};

	return e;
}

/* A stack that has sent its SYN at this time. */
static void opened_create(struct opened *p, const char *const *setting, uint64_t now_us)
{
	struct tcpspec_setup setup = {.size = sizeof setup, .mtu = 1500, .address = {opened_ends().local}, .seed = 7, .now_us = now_us, .setting = setting, .output = opened_output, .to = p};
	struct tcpspec_ends ends = opened_ends();
	char why[256];
	size_t n;

	p->op = tcpspec_stack_operations();
	n = p->op->arena_octets(&setup, why, sizeof why);
	assert_true(n > 0);
	p->arena = malloc(n);
	p->s = p->op->create(p->arena, n, &setup, why, sizeof why);
	assert_non_null(p->s);
	p->now = now_us;
	p->count = 0;
	p->handle = p->op->connect(p->s, &ends, 0, p->now);
	assert_true(p->handle > 0);
	assert_int_equal(p->count, 1);
	assert_int_equal(p->out[0].ctl, CTL_SYN);
	p->iss = p->out[0].seq;
}

static void opened_free(struct opened *p)
{
	free(p->arena);
	free(p);
}

/* A segment of the peer; numbers are counted from the two SYNs. */
static void opened_sends(struct opened *p, uint32_t seq, uint32_t ack, uint16_t ctl, const uint8_t *text, uint32_t n)
{
	struct segment g = {.src = {IPV4, {192, 0, 2, 2}}, .dst = {IPV4, {192, 0, 2, 1}}, .src_port = OPENED_PORT, .dst_port = OPENED_STACK_PORT, .seq = OPENED_IRS + seq, .ack = p->iss + ack, .ctl = ctl, .wnd = p->wnd, .text = text, .text_length = n};
	static const uint8_t of_syn[] = {2, 4, OPENED_SMSS >> 8, OPENED_SMSS & 255, 1, 1, 4, 2};
	uint8_t packet[OPENED_PACKET_MAX];
	size_t size;

	if (ctl & CTL_SYN) {
		memcpy(g.option_octets, of_syn, sizeof of_syn);
		g.options_length = sizeof of_syn;
	} else if (p->blocks) {
		uint8_t *at = g.option_octets;

		g.options_length = (uint8_t)(4 + 8 * p->blocks);
		memcpy(at, (const uint8_t[]){1, 1, 5, (uint8_t)(g.options_length - 2)}, 4);
		for (unsigned i = 0; i < 2 * p->blocks; i++)
			for (unsigned k = 0; k < 4; k++)
				at[4 + 4 * i + k] = (uint8_t)((p->iss + p->sack[i]) >> (24 - 8 * k));
		p->blocks = 0;
	}
	size = segment_build(&g, packet, sizeof packet);
	assert_true(size > 0);
	p->count = 0;
	p->op->input(p->s, packet, size, p->now);
}

/* A pure ACK of the peer, with SACK blocks in pairs, ended by 0. */
static void opened_acks(struct opened *p, uint32_t ack, const uint32_t *blocks)
{
	for (p->blocks = 0; blocks[2 * (size_t)p->blocks]; p->blocks++) {
		p->sack[2 * p->blocks] = blocks[2 * (size_t)p->blocks];
		p->sack[2 * p->blocks + 1] = blocks[2 * (size_t)p->blocks + 1];
	}
	opened_sends(p, 1, ack, CTL_ACK, NULL, 0);
}

#define OPENED_ACKS(p, ack, ...) opened_acks(p, ack, (const uint32_t[]){__VA_ARGS__})

/* The connection is established; the stack's ISS is this. Settings: timestamps are off. */
static struct opened *opened_open(uint32_t iss, const char *const *setting)
{
	struct opened *p = memory_zeroed(1, sizeof *p);
	uint32_t first;

	opened_create(p, setting, opened_begin_us);
	/* RFC 6528: M advances by one every 4 microseconds. */
	first = p->iss;
	free(p->arena);
	opened_create(p, setting, opened_begin_us + UINT64_C(4) * (uint32_t)(iss - first));
	assert_int_equal(p->iss, iss);
	p->wnd = 60000;
	opened_sends(p, 0, 1, CTL_SYN | CTL_ACK, NULL, 0);
	assert_int_equal(p->count, 1);
	assert_int_equal(p->out[0].ctl, CTL_ACK);
	return p;
}

/* The user sends n octets, all of which are taken. */
static void opened_user_sends(struct opened *p, uint32_t n)
{
	static const uint8_t text[60000];

	p->count = 0;
	assert_int_equal(p->op->send(p->s, p->handle, text, n, 0, p->now), n);
}

/* Lets the timers run up to this time from now. */
static void opened_waits(struct opened *p, uint64_t us)
{
	p->count = 0;
	p->now += us;
	p->op->poll(p->s, p->now);
}

/* Segment i that came out is text from..to of the stack's stream, counted from its SYN. */
static void opened_saw_text(const struct opened *p, size_t i, uint32_t from, uint32_t to)
{
	assert_true(i < p->count);
	assert_int_equal(p->out[i].seq - p->iss, from);
	assert_int_equal(p->out[i].text_length, to - from);
}

#endif
