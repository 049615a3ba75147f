/* A wire in memory: one list in the order of arrival over slots that were taken at the start. Nothing here waits: time is what the caller says. */
#include "lib/net/memory_wire.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/base/rng.h"

#define NOBODY UINT32_MAX

enum { US_PER_S = 1000000 };

struct slot {
	uint64_t at;
	uint32_t before, behind; /* in the list of arrivals, or NOBODY; `behind` also in the list of free slots */
	uint32_t length;
	unsigned from;
};

struct plan {
	uint64_t number;
	enum memory_fault fault;
	unsigned from;
};

struct memory_wire {
	struct memory_wire_setup setup;
	struct rng rng;
	struct slot *slots;
	uint8_t *octets; /* setup.octets for each slot */
	uint32_t first, last, free, lent;
	uint32_t under_way[MEMORY_WIRE_ENDS], slots_of[MEMORY_WIRE_ENDS];
	uint64_t line_free_at[MEMORY_WIRE_ENDS];
	struct memory_counts counts[MEMORY_WIRE_ENDS];
	struct plan plans[MEMORY_WIRE_PLANS];
	unsigned plan_count;
};

struct memory_wire *memory_wire_open(const struct memory_wire_setup *setup)
{
	struct memory_wire *w = memory_zeroed(1, sizeof *w);
	uint32_t n = 1; /* the packet that was handed out last */

	w->setup = *setup;
	w->rng = rng_named(setup->seed, "memory wire");
	for (unsigned i = 0; i < MEMORY_WIRE_ENDS; i++)
		n += w->slots_of[i] = setup->way[i].queue;
	w->slots = memory_zeroed(n, sizeof *w->slots);
	w->octets = memory_zeroed(n, setup->octets);
	w->first = w->last = w->lent = NOBODY;
	for (uint32_t i = 0; i < n; i++)
		w->slots[i].behind = i + 1 < n ? i + 1 : NOBODY;
	return w;
}

void memory_wire_close(struct memory_wire *w)
{
	if (w == NULL)
		return;
	free(w->slots);
	free(w->octets);
	free(w);
}

void memory_wire_change(struct memory_wire *w, unsigned from, const struct memory_way *way)
{
	w->setup.way[from] = *way;
	if (w->setup.way[from].queue > w->slots_of[from])
		w->setup.way[from].queue = w->slots_of[from];
}

bool memory_wire_plan(struct memory_wire *w, unsigned from, enum memory_fault fault, uint64_t number)
{
	if (w->plan_count == MEMORY_WIRE_PLANS)
		return false;
	w->plans[w->plan_count++] = (struct plan){.number = number, .fault = fault, .from = from};
	return true;
}

/* Does the fault befall the packet that is sent now? One number is drawn for each chance that there is, so that a plan changes no other packet's fate. */
static bool fault_befalls(struct memory_wire *w, unsigned from, enum memory_fault fault)
{
	const uint32_t chance = w->setup.way[from].chance[fault];
	bool befalls = chance != 0 && rng_below(&w->rng, MEMORY_CHANCE_ALWAYS) < chance;

	for (unsigned i = 0; i < w->plan_count; i++) {
		const struct plan *p = &w->plans[i];

		if (p->from != from || p->fault != fault || p->number != w->counts[from].sent)
			continue;
		befalls = true;
		w->plans[i] = w->plans[--w->plan_count];
		break;
	}
	return befalls;
}

static void slot_link(struct memory_wire *w, uint32_t new, uint32_t behind)
{
	struct slot *s = &w->slots[new];

	s->behind = behind;
	s->before = behind == NOBODY ? w->last : w->slots[behind].before;
	if (s->before == NOBODY)
		w->first = new;
	else
		w->slots[s->before].behind = new;
	if (behind == NOBODY)
		w->last = new;
	else
		w->slots[behind].before = new;
}

static void slot_unlink(struct memory_wire *w, uint32_t old)
{
	const struct slot *s = &w->slots[old];

	if (s->before == NOBODY)
		w->first = s->behind;
	else
		w->slots[s->before].behind = s->behind;
	if (s->behind == NOBODY)
		w->last = s->before;
	else
		w->slots[s->behind].before = s->before;
}

/* The packet of this way that will arrive last, which is the one sent before if nothing was delayed. */
static uint32_t slot_sent_before(const struct memory_wire *w, unsigned from)
{
	uint32_t i = w->last;

	while (i != NOBODY && w->slots[i].from != from)
		i = w->slots[i].before;
	return i;
}

static uint32_t slot_fill(struct memory_wire *w, unsigned from, const uint8_t *packet, size_t n, uint64_t at)
{
	const uint32_t new = w->free;

	w->free = w->slots[new].behind;
	w->slots[new].from = from;
	w->slots[new].length = (uint32_t)n;
	w->slots[new].at = at;
	memcpy(w->octets + (size_t) new * w->setup.octets, packet, n);
	w->under_way[from]++;
	return new;
}

/* Behind all that arrive before it or with it. */
static void slot_queue(struct memory_wire *w, uint32_t new)
{
	uint32_t behind = NOBODY;

	for (uint32_t i = w->last; i != NOBODY && w->slots[i].at > w->slots[new].at; i = w->slots[i].before)
		behind = i;
	slot_link(w, new, behind);
}

static void slot_place(struct memory_wire *w, unsigned from, uint32_t new)
{
	const uint32_t overtaken = fault_befalls(w, from, MEMORY_REORDER) ? slot_sent_before(w, from) : NOBODY;

	if (overtaken == NOBODY) {
		slot_queue(w, new);
		return;
	}
	w->counts[from].faults[MEMORY_REORDER]++;
	w->slots[new].at = w->slots[overtaken].at;
	slot_link(w, new, overtaken);
}

static void slot_corrupt(struct memory_wire *w, uint32_t new)
{
	const uint32_t bit = rng_below(&w->rng, w->slots[new].length * 8);

	w->octets[(size_t) new * w->setup.octets + bit / 8] ^= (uint8_t)(1U << bit % 8);
}

/* When a packet that is sent now would arrive. */
static uint64_t arrival_of(struct memory_wire *w, unsigned from, size_t n, uint64_t now_us)
{
	const struct memory_way *way = &w->setup.way[from];

	if (way->octets_per_s == 0)
		return now_us + way->latency_us;
	if (w->line_free_at[from] < now_us)
		w->line_free_at[from] = now_us;
	w->line_free_at[from] += n * US_PER_S / way->octets_per_s;
	return w->line_free_at[from] + way->latency_us;
}

static bool packet_enter(struct memory_wire *w, unsigned from, const uint8_t *packet, size_t n, uint64_t at)
{
	uint32_t new;

	if (w->under_way[from] >= w->setup.way[from].queue) {
		w->counts[from].overflow++;
		return false;
	}
	new = slot_fill(w, from, packet, n, at);
	if (fault_befalls(w, from, MEMORY_CORRUPT) && n > 0) {
		w->counts[from].faults[MEMORY_CORRUPT]++;
		slot_corrupt(w, new);
	}
	slot_place(w, from, new);
	return true;
}

void memory_wire_send(struct memory_wire *w, unsigned from, const uint8_t *packet, size_t n, uint64_t now_us)
{
	struct memory_counts *c = &w->counts[from];
	const bool dropped = fault_befalls(w, from, MEMORY_DROP), delayed = fault_befalls(w, from, MEMORY_DELAY), doubled = fault_befalls(w, from, MEMORY_DUPLICATE);

	if (n > w->setup.octets) {
		c->too_long++;
	} else if (dropped) {
		c->faults[MEMORY_DROP]++;
	} else {
		const uint64_t at = arrival_of(w, from, n, now_us) + (delayed ? w->setup.way[from].delay_us : 0);

		if (packet_enter(w, from, packet, n, at)) {
			c->faults[MEMORY_DELAY] += delayed;
			if (doubled && packet_enter(w, from, packet, n, at))
				c->faults[MEMORY_DUPLICATE]++;
		}
	}
	c->sent++;
}

uint64_t memory_wire_next(const struct memory_wire *w)
{
	return w->first == NOBODY ? UINT64_MAX : w->slots[w->first].at;
}

bool memory_wire_receive(struct memory_wire *w, uint64_t now_us, unsigned *to, const uint8_t **packet, size_t *n)
{
	const uint32_t taken = w->first;

	if (w->lent != NOBODY) {
		w->slots[w->lent].behind = w->free;
		w->free = w->lent;
		w->lent = NOBODY;
	}
	if (taken == NOBODY || w->slots[taken].at > now_us)
		return false;
	slot_unlink(w, taken);
	w->lent = taken;
	w->under_way[w->slots[taken].from]--;
	w->counts[w->slots[taken].from].received++;
	*to = 1 - w->slots[taken].from;
	*packet = w->octets + (size_t)taken * w->setup.octets;
	*n = w->slots[taken].length;
	return true;
}

const struct memory_counts *memory_wire_counts(const struct memory_wire *w, unsigned from)
{
	return &w->counts[from];
}
