/* A receiver for the tests of targets/reference/reassembly.h: a pool, the queue in order, and a stream to take text from. No tests. */
#ifndef TCPSPEC_TESTS_REFERENCE_RECEIVER_H
#define TCPSPEC_TESTS_REFERENCE_RECEIVER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/wire/segment.h"
#include "targets/reference/reassembly.h"
#include "tests/reference/arena.h"

#define ISS UINT32_C(0xfffffe00) /* so that numbers wrap */

enum { BLOCK = 2048 };

/* A receiver: numbers are counted from ISS. */
struct receiver {
	struct pool *p;
	struct reassembly r;
	struct octets in_order;
	uint32_t rcv_nxt;
	uint8_t text[8192];
};

static inline void receiver_init(struct receiver *t, uint32_t blocks, uint16_t most, uint32_t rcv_nxt)
{
	t->p = arena_pool(blocks, BLOCK);
	t->rcv_nxt = rcv_nxt;
	stream_fill(t->text, 0, sizeof t->text);
	reassembly_init(&t->r, t->p, most);
	octets_init(&t->in_order);
}

static inline void receiver_free(struct receiver *t)
{
	reassembly_free(&t->r, t->p);
	octets_drop(&t->in_order, t->p, t->in_order.length);
	assert_int_equal(t->p->taken, 0);
	free(t->p);
}

/* The segment from..to arrives; fin comes behind. */
static inline void arrives(struct receiver *t, uint32_t from, uint32_t to, bool fin)
{
	t->rcv_nxt = reassembly_arrives(&t->r, t->p, &t->in_order, ISS + t->rcv_nxt, ISS + from, t->text + from, to - from, fin) - ISS;
}

#endif
