/* The trace: a growing array of events that owns its packets. It interprets none of them. */
#include "lib/run/trace.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

struct event *trace_add(struct trace *t, const struct event *e)
{
	if (t->count == t->room) {
		t->room = t->room ? 2 * t->room : 16;
		t->event = memory_resized(t->event, t->room, sizeof *t->event);
	}
	struct event *copy = &t->event[t->count++];
	*copy = *e;
	copy->packet = NULL;
	if (e->packet) {
		copy->packet = memory_zeroed(e->length ? e->length : 1, 1);
		memcpy(copy->packet, e->packet, e->length);
	}
	return copy;
}

void trace_free(struct trace *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->event[i].packet);
	free(t->event);
	*t = (struct trace){0};
}

struct trace trace_copy(const struct trace *t)
{
	struct trace copy = {0};
	for (size_t i = 0; i < t->count; i++)
		trace_add(&copy, &t->event[i]);
	return copy;
}
