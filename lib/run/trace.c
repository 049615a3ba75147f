/* The trace: a growing array of events that owns its packets. It interprets none of them. */
#include "lib/run/trace.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

enum { BLOCK_OCTETS = 2048 - 3 * sizeof(size_t) };

/* Packets lie where they were put until the trace is cleared: events point to them. */
struct trace_block {
	struct trace_block *next;
	size_t room, used;
	uint8_t octets[];
};

static uint8_t *octets_keep(struct trace *t, const uint8_t *from, size_t n)
{
	struct trace_block *b = t->packets;
	if (!b || b->room - b->used < n) {
		const size_t room = n > BLOCK_OCTETS ? n : BLOCK_OCTETS;
		b = memory_zeroed(1, sizeof *b + room);
		b->next = t->packets;
		b->room = room;
		t->packets = b;
	}
	uint8_t *to = b->octets + b->used;
	memcpy(to, from, n);
	b->used += n;
	return to;
}

struct event *trace_add(struct trace *t, const struct event *e)
{
	if (t->count == t->room) {
		t->room = t->room ? 2 * t->room : 16;
		t->event = memory_resized(t->event, t->room, sizeof *t->event);
	}
	struct event *copy = &t->event[t->count++];
	*copy = *e;
	copy->segment = NULL;
	if (e->packet)
		copy->packet = octets_keep(t, e->packet, e->length);
	return copy;
}

static void blocks_free(struct trace_block *b)
{
	while (b) {
		struct trace_block *next = b->next;
		free(b);
		b = next;
	}
}

void trace_clear(struct trace *t)
{
	t->count = 0;
	if (!t->packets)
		return;
	blocks_free(t->packets->next);
	t->packets->next = NULL;
	t->packets->used = 0;
}

void trace_free(struct trace *t)
{
	blocks_free(t->packets);
	free(t->event);
	*t = (struct trace){0};
}

void trace_begin_with(struct trace *t, const struct trace *first)
{
	trace_clear(t);
	if (first->count > t->room) {
		t->room = 2 * first->count;
		t->event = memory_resized(t->event, t->room, sizeof *t->event);
	}
	memcpy(t->event, first->event, first->count * sizeof *t->event);
	t->count = first->count;
}

struct trace trace_copy(const struct trace *t)
{
	struct trace copy = {0};
	for (size_t i = 0; i < t->count; i++)
		trace_add(&copy, &t->event[i]);
	return copy;
}
