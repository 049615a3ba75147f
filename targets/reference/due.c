/* Which connection is due first: a heap by time. It knows no timer's meaning.
 *
 * Place i of the heap lies in slot i, so that it needs no room of its own: no more connections wait than slots were ever taken. */
#include "targets/reference/reference.h"

static struct tcb *heap_at(struct tcpspec_stack *s, uint32_t place)
{
	return tcb_at(s, tcb_at(s, place)->heap_slot);
}

static void heap_put(struct tcpspec_stack *s, uint32_t place, struct tcb *t)
{
	tcb_at(s, place)->heap_slot = tcb_slot(s, t);
	t->heap_place = place;
}

/* Towards the top, from a place that is empty, as far as its time asks for. */
static uint32_t heap_rise(struct tcpspec_stack *s, uint32_t place, uint64_t due)
{
	while (place > 0 && due < heap_at(s, (place - 1) / 2)->due) {
		heap_put(s, place, heap_at(s, (place - 1) / 2));
		place = (place - 1) / 2;
	}
	return place;
}

static uint32_t heap_sink(struct tcpspec_stack *s, uint32_t place, uint64_t due)
{
	for (;;) {
		uint32_t below = 2 * place + 1;

		if (below >= s->m.heap)
			return place;
		if (below + 1 < s->m.heap && heap_at(s, below + 1)->due < heap_at(s, below)->due)
			below++;
		if (heap_at(s, below)->due >= due)
			return place;
		heap_put(s, place, heap_at(s, below));
		place = below;
	}
}

static void heap_settle(struct tcpspec_stack *s, uint32_t place, struct tcb *t)
{
	place = heap_rise(s, place, t->due);
	heap_put(s, heap_sink(s, place, t->due), t);
}

void due_remove(struct tcpspec_stack *s, struct tcb *t)
{
	uint32_t place = t->heap_place;
	struct tcb *last;

	t->due = NEVER;
	if (place == NOBODY)
		return;
	t->heap_place = NOBODY;
	last = heap_at(s, --s->m.heap);
	if (last != t)
		heap_settle(s, place, last);
}

void due_update(struct tcpspec_stack *s, struct tcb *t)
{
	uint64_t due = NEVER;

	for (int i = 0; i < TIMERS; i++)
		if (t->timer[i] < due)
			due = t->timer[i];
	if (due == NEVER) {
		due_remove(s, t);
	} else if (due != t->due) {
		t->due = due;
		heap_settle(s, t->heap_place == NOBODY ? s->m.heap++ : t->heap_place, t);
	}
}

struct tcb *due_first(struct tcpspec_stack *s)
{
	return s->m.heap ? heap_at(s, 0) : NULL;
}
