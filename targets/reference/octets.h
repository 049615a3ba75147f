/* A first-in first-out queue of octets on blocks of the pool: what the user has sent and the peer has not acknowledged, or what has arrived and the user has not received. It knows no sequence numbers.
 *
 * Every block of a queue holds `length` octets from its beginning; of the first, `head` octets are dropped already. A whole queue can be hung behind another; at most a block at the seam is copied. Octets
 * are copied out at any distance from the front, and a hint keeps the block of the last copy, so that sending in sequence never walks the chain from its start. */
#ifndef TCPSPEC_REFERENCE_OCTETS_H
#define TCPSPEC_REFERENCE_OCTETS_H

#include <stdint.h>

#include "targets/reference/pool.h"

struct octets {
	uint32_t length;      /* octets in the queue */
	uint32_t first, last; /* blocks, or POOL_NONE when empty */
	uint32_t head;        /* octets dropped from the first block */
	uint32_t hint;        /* a block of the chain */
	uint32_t hint_from;   /* octets that lie in the blocks before it */
};

void octets_init(struct octets *q);
/* Puts from[0..n) behind the queue. Returns the octets taken: fewer than n when the pool has no block left. */
uint32_t octets_append(struct octets *q, struct pool *p, const uint8_t *from, uint32_t n);
/* Hangs all of `tail`, from whose front nothing was dropped, behind the queue; tail is not to be used afterwards. Takes no memory, and gives back blocks of the tail that fit into the last one:
 * text that comes octet by octet, the last one first, would else take a block for each. */
void octets_join(struct octets *q, struct pool *p, struct octets *tail);
/* Copies n octets that begin `offset` octets behind the front; offset + n =< length. The queue stays as it is but for its hint. */
void octets_copy(struct octets *q, struct pool *p, uint32_t offset, uint8_t *to, uint32_t n);
/* Drops n =< length octets from the front. To empty a queue, or to let its memory go: n = length. */
void octets_drop(struct octets *q, struct pool *p, uint32_t n);

#endif
