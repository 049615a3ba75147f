/* A wire that is made up, behind which a stack in our process stands for the kernel, on a clock that goes on with each look at it; and what goes wrong with either. The fixture of tests/fuzz/test_live.c, which puts it in the place of lib/net. */
#ifndef TCPSPEC_TESTS_FUZZ_MADE_UP_WIRE_H
#define TCPSPEC_TESTS_FUZZ_MADE_UP_WIRE_H

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lib/net/fence.h"
#include "lib/run/calibrate.h"
#include "lib/run/frame.h"
#include "lib/run/player.h"
#include "lib/target/in_process.h"

enum { FRAME_ROOM = 2000,
       FRAMES_MAX = 64,
       ALWAYS = 1000 };

static struct {
	struct {
		uint8_t octets[FRAME_ROOM];
		size_t n;
		uint32_t token; /* of a fence's answer; 0: a segment */
	} frame[FRAMES_MAX];
	unsigned put, taken;
	uint64_t now, drops;
	struct in_process *stack;
	const struct target_operations *inner;
	struct target_operations outer;
	unsigned plays, segments; /* of this script; of the target's, in this play */
	unsigned states;          /* asked for in this play */
} w;

/* What goes wrong in plays [from, to), from 0, the hasty one, on. */
static struct {
	unsigned from, to;
	unsigned segment; /* this one of the target's does not come, from 1 on */
	unsigned frames;  /* so many frames are lost somewhere else */
	uint64_t slow_us; /* each fence takes so long */
	bool silent;      /* the fence is not answered */
	bool early;       /* the state is asked before it is what it comes to, once in a play */
	bool stale;       /* the answer to an earlier one comes in its place */
	bool stray;       /* before each segment of the target's one of another port comes */
} mistake;

static bool is_mistaken(void)
{
	return w.plays > mistake.from && w.plays <= mistake.to;
}

/* ---- the wire ---- */

static uint64_t made_up_now(void)
{
	return w.now += 3;
}

static void frame_put(const uint8_t *packet, size_t n, uint32_t token)
{
	assert_true(w.put < FRAMES_MAX && n + ETHERNET_HEADER <= FRAME_ROOM);
	memset(w.frame[w.put].octets, 0, ETHERNET_HEADER);
	w.frame[w.put].octets[12] = token ? 0x88 : 0x08; /* EtherType: IPv4, or none that is known */
	memcpy(w.frame[w.put].octets + ETHERNET_HEADER, packet, n);
	w.frame[w.put].n = n + ETHERNET_HEADER;
	w.frame[w.put++].token = token;
}

static void stray_put(const uint8_t *packet, size_t n)
{
	uint8_t other[FRAME_ROOM];
	struct segment s;
	assert_true(segment_parse(packet, n, &s, NULL));
	s.src_port ^= 1;
	frame_put(other, segment_build(&s, other, sizeof other), 0);
}

/* What the stack has put out since. */
static void stack_drained(void)
{
	const uint8_t *packet;
	size_t n;
	uint64_t at;
	while (in_process_output(w.stack, &packet, &n, &at)) {
		if (is_mistaken() && mistake.stray)
			stray_put(packet, n);
		if (++w.segments != mistake.segment || !is_mistaken())
			frame_put(packet, n, 0);
	}
}

static int made_up_receive(struct wire *wire, struct frame *f, struct error *e)
{
	(void)wire, (void)e;
	stack_drained();
	if (w.taken == w.put) {
		w.taken = w.put = 0;
		return 0;
	}
	*f = (struct frame){.octets = w.frame[w.taken].octets, .length = w.frame[w.taken].n, .at = made_up_now()};
	w.taken++;
	return 1;
}

/* All that it has put out by now is what made_up_receive() takes. */
static bool made_up_look(struct wire *wire, struct error *e)
{
	(void)wire, (void)e;
	return true;
}

static bool made_up_send(struct wire *wire, const uint8_t *packet, size_t n, uint64_t *at, struct error *e)
{
	(void)wire, (void)e;
	*at = made_up_now();
	in_process_set_now(w.stack, w.now);
	in_process_input(w.stack, packet, n);
	return true;
}

static bool made_up_drops(struct wire *wire, uint64_t *dropped, struct error *e)
{
	(void)wire, (void)e;
	w.drops += is_mistaken() ? mistake.frames : 0;
	*dropped = w.drops;
	return true;
}

static bool made_up_fence(struct wire *wire, const struct link *l, enum family f, uint32_t token, uint64_t *at, struct error *e)
{
	(void)wire, (void)l, (void)f, (void)e;
	*at = made_up_now();
	stack_drained();
	if (is_mistaken() && mistake.stale)
		frame_put((const uint8_t *)"", 1, token ^ 1);
	if (is_mistaken() && mistake.silent)
		return true;
	w.now += is_mistaken() ? mistake.slow_us : 0;
	frame_put((const uint8_t *)"", 1, token);
	return true;
}

static bool made_up_answers(const struct packet *p, uint32_t *token)
{
	(void)p;
	*token = w.frame[w.taken - 1].token;
	return *token != 0;
}

static int made_up_poll(struct pollfd *p, nfds_t n, int ms)
{
	(void)n;
	p->revents = 0;
	w.now += (uint64_t)ms * 1000;
	return 0;
}

static int made_up_descriptor(const struct wire *wire)
{
	(void)wire;
	return -1;
}

/* A play begins. */
static struct connection *made_up_open(void *self, const struct endpoint *at, struct error *e)
{
	w.plays++;
	w.segments = w.states = 0;
	in_process_set_now(w.stack, w.now);
	return w.inner->open(self, at, e);
}

static bool made_up_state(void *self, struct connection *of, struct state_answer *a, struct error *e)
{
	const bool ok = w.inner->state(self, of, a, e);
	if (is_mistaken() && mistake.early && ++w.states == 1)
		*a = (struct state_answer){.has_tcb = true, .state = TIME_WAIT};
	return ok;
}

/* What comes behind this header calls it in the place of lib/net. */
#define clock_now made_up_now
#define wire_look made_up_look
#define wire_take made_up_receive
#define wire_send made_up_send
#define wire_drops made_up_drops
#define wire_descriptor made_up_descriptor
#define fence_send made_up_fence
#define fence_answers made_up_answers
#define poll made_up_poll

#endif
