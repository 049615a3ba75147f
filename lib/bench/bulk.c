/* Times a bulk transfer between two reference stacks in this process, beside what moving and summing the same octets costs alone. A measurement, never a test: it exits 0 when it
 * could measure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/net/wire.h"
#include "lib/target/pair.h"
#include "lib/wire/checksum.h"

enum { MTU = 1500,
       ROUNDS_DEFAULT = 7,
       ROUNDS_MAX = 100,
       OCTETS = 256 << 20, /* of a round */
       PIECE = 64 << 10,   /* of one call of the users */
       LATENCY_US = 20,
       QUEUE = 4096,
       PORT = 5001 };

static const uint64_t WAIT_US = UINT64_C(600000000);

/* Of this process on its CPU: what else runs on the machine is no part of it. */
static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct bulk {
	struct stack_pair pair;
	int64_t handle[2];
	uint8_t *from, *between, *to; /* PIECE octets each */
	uint64_t packets;
};

static bool bulk_open(struct bulk *b, unsigned family, const char *const *setting, struct error *e)
{
	const struct memory_way way = {.latency_us = LATENCY_US, .queue = QUEUE};
	const struct pair_setup setup = {.operations = {tcpspec_stack_operations(), tcpspec_stack_operations()},
	                                 .setting = {setting, setting},
	                                 .mtu = MTU,
	                                 .seed = 1,
	                                 .now_us = 1,
	                                 .wire = {.way = {way, way}}};

	if (!pair_open(&b->pair, &setup, e))
		return false;
	if (pair_connect(&b->pair, 1, family, PORT, PORT + 1, WAIT_US, b->handle))
		return true;
	pair_close(&b->pair);
	return error_set(e, "no connection over IPv%u came about", family);
}

static uint64_t octets_send(struct bulk *b, uint64_t left)
{
	struct pair_end *end = &b->pair.end[0];
	uint64_t sent = 0;

	while (sent < left) {
		const size_t n = left - sent < PIECE ? (size_t)(left - sent) : PIECE;
		const int64_t taken = end->operations->send(end->stack, b->handle[0], b->from, n, 0, b->pair.now_us);

		if (taken <= 0)
			break;
		sent += (uint64_t)taken;
	}
	if (sent > 0)
		pair_touched(&b->pair, 0);
	return sent;
}

static uint64_t octets_receive(struct bulk *b)
{
	struct pair_end *end = &b->pair.end[1];
	uint64_t received = 0;

	for (;;) {
		const int64_t got = end->operations->receive(end->stack, b->handle[1], b->to, PIECE, b->pair.now_us);

		if (got <= 0)
			break;
		received += (uint64_t)got;
	}
	if (received > 0)
		pair_touched(&b->pair, 1);
	return received;
}

/* Seconds for OCTETS of payload from one user to the other. */
static bool bulk_time(struct bulk *b, double *seconds, struct error *e)
{
	const uint64_t until = b->pair.now_us + WAIT_US;
	const uint64_t packets = memory_wire_counts(b->pair.wire, 0)->sent;
	const double began = now_s();
	uint64_t sent = 0, received = 0;

	while (received < OCTETS) {
		sent += octets_send(b, OCTETS - sent);
		received += octets_receive(b);
		if (received < OCTETS && !pair_step(&b->pair, until))
			return error_set(e, "the transfer stands still after %llu octets", (unsigned long long)received);
	}
	*seconds = now_s() - began;
	b->packets = memory_wire_counts(b->pair.wire, 0)->sent - packets;
	return true;
}

/* The floor: the payload copied into a stack and out of it, and summed at either end, in pieces of a segment, and nothing else. No stack with buffers of its own does with less. */
static double floor_time(struct bulk *b, uint64_t *sum)
{
	enum { SEGMENT = MTU - 40 };
	const double began = now_s();

	for (uint64_t done = 0; done < OCTETS; done += SEGMENT) {
		const size_t at = (size_t)(done % (PIECE - SEGMENT));

		memcpy(b->between + at, b->from + at, SEGMENT);
		*sum += checksum_add(0, b->between + at, SEGMENT);
		*sum += checksum_add(0, b->between + at + 1, SEGMENT);
		memcpy(b->to + at, b->between + at, SEGMENT);
	}
	return now_s() - began;
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static bool family_measure(unsigned family, const char *const *setting, unsigned rounds, struct error *e)
{
	struct bulk b = {.from = calloc(1, PIECE), .between = calloc(1, PIECE), .to = calloc(1, PIECE)};
	double stack[ROUNDS_MAX], bare[ROUNDS_MAX];
	uint64_t sum = 0;
	bool good = b.from != NULL && b.between != NULL && b.to != NULL && bulk_open(&b, family, setting, e);

	if (good) {
		pair_fill(0, 0, b.from, PIECE);
		good = bulk_time(&b, &stack[0], e); /* warms the caches, and opens the congestion window */
		for (unsigned i = 0; i < rounds && good; i++) {
			good = bulk_time(&b, &stack[i], e);
			bare[i] = floor_time(&b, &sum);
		}
		pair_close(&b.pair);
	}
	if (good) {
		qsort(stack, rounds, sizeof stack[0], by_value);
		qsort(bare, rounds, sizeof bare[0], by_value);
		printf("bulk, IPv%u, MTU %d: %.2f GB/s of payload (best %.2f), %.0f octets a packet; copied twice and summed twice alone %.2f GB/s: %.1f times the time of it%s\n", family, MTU,
		       OCTETS / stack[rounds / 2] / 1e9, OCTETS / stack[0] / 1e9, (double)OCTETS / (double)b.packets, OCTETS / bare[rounds / 2] / 1e9, stack[rounds / 2] / bare[rounds / 2], sum == 1 ? "." : "");
	}
	free(b.from);
	free(b.between);
	free(b.to);
	return good;
}

int main(int argc, char **argv)
{
	const unsigned rounds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : ROUNDS_DEFAULT;
	static const char *const usual[] = {NULL};
	struct error e;
	int cpu;

	if (rounds < 1 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "usage: bench-bulk [ROUNDS [NAME VALUE]...]   (1 to %d; settings of the stack)\n", ROUNDS_MAX);
		return 2;
	}
	cpu_pin(0, &cpu);
	for (unsigned family = 4; family <= 6; family += 2) {
		if (!family_measure(family, argc > 2 ? (const char *const *)argv + 2 : usual, rounds, &e)) {
			fprintf(stderr, "bench-bulk: %s\n", e.text);
			return 3;
		}
	}
	return 0;
}
