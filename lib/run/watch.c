/* The ring of decided cells, oldest first, and the table that finds them by their 4-tuple. It hands out no results. */
#include "lib/run/watch.h"

#include <stdlib.h>

#include "lib/base/memory.h"

void watch_open(struct watch *w)
{
	w->ring = memory_zeroed(WATCH_MAX, sizeof *w->ring);
	w->by_tuple = memory_zeroed(LANES, sizeof *w->by_tuple);
	w->first = w->count = 0;
}

void watch_free(struct watch *w)
{
	while (w->ring && w->count)
		watch_pop(w);
	free(w->ring);
	free(w->by_tuple);
	*w = (struct watch){0};
}

bool watch_is_full(const struct watch *w)
{
	return w->count == WATCH_MAX || w->full >= WATCH_FULL_MAX;
}

bool watch_holds(const struct watch *w, unsigned lane, uint16_t tester_port)
{
	return w->by_tuple[lane][tester_port] != 0;
}

void watch_add(struct watch *w, const struct watched *cell)
{
	const uint32_t at = (w->first + w->count++) % WATCH_MAX;
	w->ring[at] = *cell;
	w->full += cell->full != NULL;
	w->by_tuple[cell->lane][cell->tester_port] = at + 1;
}

struct watched *watch_find(const struct watch *w, unsigned lane, uint16_t tester_port)
{
	const uint32_t at = w->by_tuple[lane][tester_port];
	return at ? &w->ring[at - 1] : NULL;
}

void watch_blind(struct watch *w)
{
	for (uint32_t i = 0; i < w->count; i++)
		w->ring[(w->first + i) % WATCH_MAX].blind = true;
}

struct watched *watch_oldest(const struct watch *w)
{
	return w->count ? &w->ring[w->first] : NULL;
}

void watch_pop(struct watch *w)
{
	struct watched *c = &w->ring[w->first];
	w->full -= c->full != NULL;
	if (c->full)
		result_free(c->full);
	free(c->full);
	free(c->straggler);
	w->by_tuple[c->lane][c->tester_port] = 0;
	w->first = (w->first + 1) % WATCH_MAX;
	w->count--;
}
