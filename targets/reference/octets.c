/* The chain of blocks behind a queue of octets. It copies by whole parts of blocks, never by octets. */
#include "targets/reference/octets.h"

#include <stdbool.h>
#include <string.h>

#include "targets/reference/least.h"

void octets_init(struct octets *q)
{
	*q = (struct octets){.first = POOL_NONE, .last = POOL_NONE, .hint = POOL_NONE};
}

static void block_add(struct octets *q, struct pool *p, uint32_t i)
{
	if (q->last == POOL_NONE)
		q->first = q->hint = i;
	else
		pool_at(p, q->last)->next = i;
	q->last = i;
}

/* Whether the last block has room: a new one, when there is none or it is full. */
static bool room_make(struct octets *q, struct pool *p)
{
	uint32_t i = q->last;

	if (i == POOL_NONE || pool_at(p, i)->length == p->block_octets) {
		i = pool_take(p);
		if (i != POOL_NONE)
			block_add(q, p, i);
	}
	return i != POOL_NONE;
}

uint32_t octets_append(struct octets *q, struct pool *p, const uint8_t *from, uint32_t n)
{
	uint32_t done = 0;

	while (done < n && room_make(q, p)) {
		struct pool_block *b = pool_at(p, q->last);
		uint32_t part = least(n - done, p->block_octets - b->length);

		memcpy(b->text + b->length, from + done, part);
		b->length += part;
		done += part;
	}
	q->length += done;
	return done;
}

void octets_copy(struct octets *q, struct pool *p, uint32_t offset, uint8_t *to, uint32_t n)
{
	uint32_t place = q->head + offset; /* behind the beginning of the first block */
	uint32_t i = q->hint, from = q->hint_from;

	if (place < from) {
		i = q->first;
		from = 0;
	}
	while (n > 0) {
		const struct pool_block *b = pool_at(p, i);
		uint32_t before = least(place - from, b->length), part = least(n, b->length - before);

		q->hint = i;
		q->hint_from = from;
		memcpy(to, b->text + before, part);
		to += part;
		place += part;
		n -= part;
		from += b->length;
		i = b->next;
	}
}

/* Gives the first block, all of whose octets are dropped, back to the pool. */
static void block_drop(struct octets *q, struct pool *p)
{
	const struct pool_block *b = pool_at(p, q->first);
	uint32_t next = b->next;

	if (q->hint == q->first)
		q->hint = next;
	else
		q->hint_from -= b->length;
	q->head -= b->length;
	pool_give(p, q->first);
	q->first = next;
}

void octets_drop(struct octets *q, struct pool *p, uint32_t n)
{
	q->length -= n;
	q->head += n;
	while (q->first != POOL_NONE && q->head >= pool_at(p, q->first)->length)
		block_drop(q, p);
	if (q->first == POOL_NONE)
		q->last = POOL_NONE;
}

/* Moves the tail's first blocks as long as they fit into the last one. */
static void blocks_fill(struct octets *q, struct pool *p, struct octets *tail)
{
	while (q->last != POOL_NONE && tail->first != POOL_NONE && pool_at(p, q->last)->length + pool_at(p, tail->first)->length <= p->block_octets) {
		const struct pool_block *b = pool_at(p, tail->first);

		octets_append(q, p, b->text, b->length);
		octets_drop(tail, p, b->length);
	}
}

void octets_join(struct octets *q, struct pool *p, struct octets *tail)
{
	blocks_fill(q, p, tail);
	if (q->last == POOL_NONE) {
		*q = *tail;
	} else if (tail->last != POOL_NONE) {
		pool_at(p, q->last)->next = tail->first;
		q->last = tail->last;
		q->length += tail->length;
	}
}
