/* Connections by their ends, listeners by address and port, and both by handle. It knows no segment and no timer.
 *
 * The table of connections is linear hashing (Litwin 1980): there are as many chains as slots were ever taken, and the head of chain i lies in slot i. So it is always as large as what
 * it holds: one connection costs one chain, and a snapshot of one connection copies one slot. */
#include <string.h>

#include "targets/reference/reference.h"

/* Of a handle: its kind, the generation, and 1 + the index. */
static const int64_t handle_listener = INT64_C(1) << 62;
enum { HANDLE_GENERATION = 0x3fffffff };

/* Half of an address. Every look for a connection compares some, and with a sanitizer memcmp() is a call that costs more than all else of it. */
static uint64_t address_half(const struct tcpspec_address *a, unsigned which)
{
	uint64_t half;

	memcpy(&half, a->octets + which * sizeof half, sizeof half);
	return half;
}

bool address_same(const struct tcpspec_address *a, const struct tcpspec_address *b)
{
	return a->family == b->family && address_half(a, 0) == address_half(b, 0) && address_half(a, 1) == address_half(b, 1);
}

bool address_unspecified(const struct tcpspec_address *a)
{
	return address_half(a, 0) == 0 && address_half(a, 1) == 0;
}

static uint32_t ends_hash(const struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	return isn_of_ends(&s->table_key, ends);
}

struct tcpspec_ends tcb_ends(const struct tcpspec_stack *s, const struct tcb *t)
{
	return (struct tcpspec_ends){.local = s->own[t->family], .remote = t->remote, .local_port = t->local_port, .remote_port = t->remote_port};
}

/* The chain for a hash among n chains, n > 0: modulo the next power of two, or that before it where the chain is not there yet. */
static uint32_t chain_of(uint32_t hash, uint32_t n)
{
	uint32_t mask = UINT32_MAX;

	if (n > 1)
		mask = UINT32_MAX >> __builtin_clz(n - 1);
	else
		mask = 0;
	return (hash & mask) < n ? hash & mask : hash & (mask >> 1);
}

/* One chain needs no hash. */
static uint32_t chain_for(const struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	return s->m.slots > 1 ? chain_of(ends_hash(s, ends), s->m.slots) : 0;
}

static bool tcb_has_ends(const struct tcpspec_stack *s, const struct tcb *t, const struct tcpspec_ends *ends)
{
	return t->local_port == ends->local_port && t->remote_port == ends->remote_port && address_same(&t->remote, &ends->remote) && address_same(&s->own[t->family], &ends->local);
}

struct tcb *tcb_find(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	uint32_t i;

	if (s->m.slots == 0)
		return NULL;
	for (i = tcb_at(s, chain_for(s, ends))->chain_head; i != NOBODY; i = tcb_at(s, i)->chain_next)
		if (tcb_has_ends(s, tcb_at(s, i), ends))
			return tcb_at(s, i);
	return NULL;
}

static void chain_add(struct tcpspec_stack *s, struct tcb *t)
{
	struct tcpspec_ends ends = tcb_ends(s, t);
	struct tcb *head = tcb_at(s, chain_for(s, &ends));

	t->chain_next = head->chain_head;
	head->chain_head = tcb_slot(s, t);
}

static void chain_remove(struct tcpspec_stack *s, const struct tcb *t)
{
	struct tcpspec_ends ends = tcb_ends(s, t);
	uint32_t *link = &tcb_at(s, chain_for(s, &ends))->chain_head;

	while (*link != tcb_slot(s, t))
		link = &tcb_at(s, *link)->chain_next;
	*link = t->chain_next;
}

/* One more slot, and so one more chain: what was in the chain that it splits is dealt out again. */
static struct tcb *slots_grow(struct tcpspec_stack *s)
{
	uint32_t old = s->m.slots++;
	struct tcb *t = tcb_at(s, old);
	uint32_t i;

	memset(t, 0, sizeof *t);
	t->chain_head = NOBODY;
	if (old > 0) {
		struct tcb *split = tcb_at(s, chain_of(old, old));

		i = split->chain_head;
		split->chain_head = NOBODY;
		while (i != NOBODY) {
			uint32_t next = tcb_at(s, i)->chain_next;

			chain_add(s, tcb_at(s, i));
			i = next;
		}
	}
	return t;
}

bool tcb_room(const struct tcpspec_stack *s)
{
	return s->m.slots_free != NOBODY || s->m.slots < s->set.connections;
}

static struct tcb *slot_take(struct tcpspec_stack *s)
{
	struct tcb *t;

	if (s->m.slots_free != NOBODY) {
		t = tcb_at(s, s->m.slots_free);
		s->m.slots_free = t->next_free;
		return t;
	}
	if (s->m.slots < s->set.connections)
		return slots_grow(s);
	s->m.count.no_room++;
	return NULL;
}

struct tcb *tcb_new(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	struct tcb *t = slot_take(s);

	if (!t)
		return NULL;
	*t = (struct tcb){
	    .chain_head = t->chain_head,
	    .heap_slot = t->heap_slot,
	    .generation = (t->generation + 1) & HANDLE_GENERATION,
	    .heap_place = NOBODY,
	    .due = NEVER,
	    .remote = ends->remote,
	    .family = ends->local.family == 4 ? 0 : 1,
	    .local_port = ends->local_port,
	    .remote_port = ends->remote_port,
	    .listener = NOBODY,
	    .before.ends_at = NEVER,
	};
	timers_stop(t);
	octets_init(&t->send);
	octets_init(&t->received);
	reassembly_init(&t->held, &s->m.pool, (uint16_t)s->set.ranges);
	scoreboard_init(&t->scoreboard);
	chain_add(s, t);
	return t;
}

static void slot_give(struct tcpspec_stack *s, struct tcb *t)
{
	octets_drop(&t->received, &s->m.pool, t->received.length);
	t->next_free = s->m.slots_free;
	s->m.slots_free = tcb_slot(s, t);
}

void tcb_end(struct tcpspec_stack *s, struct tcb *t, unsigned told)
{
	t->told |= told;
	accept_remove(s, t);
	chain_remove(s, t);
	due_remove(s, t);
	octets_drop(&t->send, &s->m.pool, t->send.length);
	reassembly_free(&t->held, &s->m.pool);
	scoreboard_free(&t->scoreboard, &s->m.pool);
	t->state = TCPSPEC_CLOSED;
	/* Text that came whole before an orderly end is still the user's; after a reset or a timeout "all segment queues should be flushed" (3.10.7.4). */
	if (!t->owned)
		slot_give(s, t);
	else if (told)
		octets_drop(&t->received, &s->m.pool, t->received.length);
}

void tcb_disown(struct tcpspec_stack *s, struct tcb *t)
{
	t->owned = false;
	t->generation = (t->generation + 1) & HANDLE_GENERATION;
	if (t->state == TCPSPEC_CLOSED)
		slot_give(s, t);
}

/* The two halves of a link of the accept queue: of a connection, or of the listener at either end. */
static void accept_link(struct tcpspec_stack *s, struct listener *l, uint32_t before, uint32_t after)
{
	if (before == NOBODY)
		l->accept_first = after;
	else
		tcb_at(s, before)->accept_next = after;
	if (after == NOBODY)
		l->accept_last = before;
	else
		tcb_at(s, after)->accept_before = before;
}

void accept_add(struct tcpspec_stack *s, struct tcb *t)
{
	struct listener *l = listener_at(s, t->listener);

	if (l->generation != t->listener_generation)
		return;
	t->accepting = true;
	t->accept_before = l->accept_last;
	t->accept_next = NOBODY;
	accept_link(s, l, t->accept_before, tcb_slot(s, t));
	l->accept_last = tcb_slot(s, t);
}

void accept_remove(struct tcpspec_stack *s, struct tcb *t)
{
	if (!t->accepting)
		return;
	t->accepting = false;
	accept_link(s, listener_at(s, t->listener), t->accept_before, t->accept_next);
}

struct listener *listener_find(struct tcpspec_stack *s, const struct tcpspec_address *local, uint16_t port)
{
	for (uint32_t i = 0; i < s->m.listeners; i++) {
		struct listener *l = listener_at(s, i);

		if (l->port == port && l->local.family == local->family && (address_unspecified(&l->local) || address_unspecified(local) || address_same(&l->local, local)))
			return l;
	}
	return NULL;
}

int64_t tcb_handle(const struct tcpspec_stack *s, const struct tcb *t)
{
	return (int64_t)t->generation << 32 | (tcb_slot(s, t) + 1);
}

int64_t listener_handle(struct tcpspec_stack *s, const struct listener *l)
{
	return handle_listener | (int64_t)(l->generation & HANDLE_GENERATION) << 32 | (l - listener_at(s, 0) + 1);
}

struct tcb *tcb_of_handle(struct tcpspec_stack *s, int64_t h)
{
	uint32_t i = (uint32_t)h - 1;

	if (h <= 0 || i >= s->m.slots || !tcb_at(s, i)->owned || tcb_handle(s, tcb_at(s, i)) != h)
		return NULL;
	return tcb_at(s, i);
}

struct listener *listener_of_handle(struct tcpspec_stack *s, int64_t h)
{
	uint32_t i = (uint32_t)h - 1;

	if (h <= 0 || i >= s->m.listeners || listener_at(s, i)->local.family == 0 || listener_handle(s, listener_at(s, i)) != h)
		return NULL;
	return listener_at(s, i);
}
