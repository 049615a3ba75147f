/* The clock of a stack in our process, the packets to it and from it, and its snapshots. No call of a user is here. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/target/in_process_parts.h"

enum { WHY_OCTETS = 512 };

/* ---- packets ---- */

void packet_put_out(void *in_process, const uint8_t *packet, size_t octets)
{
	struct in_process *p = in_process;
	const struct waiting w = {.at = p->now_us, .octets = octets};
	const size_t needed = p->out.length + sizeof w + octets;

	if (octets > p->setup.mtu)
		return; /* the link does not carry it */
	if (needed > p->out.room) {
		p->out.room = 2 * needed;
		p->out.at = memory_resized(p->out.at, p->out.room, 1);
	}
	memcpy(p->out.at + p->out.length, &w, sizeof w);
	if (octets)
		memcpy(p->out.at + p->out.length + sizeof w, packet, octets);
	p->out.length = needed;
}

bool in_process_output(struct in_process *p, const uint8_t **packet, size_t *n, uint64_t *at)
{
	struct waiting w;

	if (p->out.read == p->out.length) {
		p->out.read = p->out.length = 0;
		return false;
	}
	memcpy(&w, p->out.at + p->out.read, sizeof w);
	*packet = p->out.at + p->out.read + sizeof w;
	*n = w.octets;
	*at = w.at;
	p->out.read += sizeof w + w.octets;
	return true;
}

/* ---- time ---- */

uint64_t in_process_now(const struct in_process *p)
{
	return p->now_us;
}

void in_process_set_now(struct in_process *p, uint64_t now_us)
{
	if (now_us > p->now_us)
		p->now_us = now_us;
}

void in_process_input(struct in_process *p, const uint8_t *packet, size_t n)
{
	p->changed = true;
	p->operations.input(p->stack, packet, n, p->now_us);
}

void in_process_poll(struct in_process *p, uint64_t now_us)
{
	in_process_set_now(p, now_us);
	p->next_us = p->operations.poll(p->stack, p->now_us);
	/* It promised a time to come: one that breaks its promise makes us slow, not endless. */
	if (p->next_us <= p->now_us)
		p->next_us = p->now_us + 1;
	p->changed = false;
}

uint64_t in_process_next(struct in_process *p)
{
	if (p->changed)
		in_process_poll(p, p->now_us);
	return p->next_us;
}

/* ---- the stack's life ---- */

bool stack_create(struct in_process *p, struct error *e)
{
	const struct tcpspec_stack_operations *o = &p->operations;
	const char *of = p->declaration->file;
	char why[WHY_OCTETS] = "";
	size_t octets;

	p->setup.now_us = p->now_us;
	octets = o->arena_octets(&p->setup, why, sizeof why);
	why[sizeof why - 1] = '\0';
	if (octets == 0)
		return error_set(e, "%s: %s does not start: %s", of, o->name, why[0] ? why : "arena_octets() is 0, and it does not say why");
	if (octets > p->arena_octets) {
		free(p->arena);
		p->arena = memory_resized(NULL, octets, 1);
		p->arena_octets = octets;
	}
	p->stack = o->create(p->arena, octets, &p->setup, why, sizeof why);
	why[sizeof why - 1] = '\0';
	if (!p->stack)
		return error_set(e, "%s: %s does not start: %s", of, o->name, why[0] ? why : "create() returned NULL, and it does not say why");
	p->changed = true;
	return true;
}

void stack_destroy(struct in_process *p)
{
	if (p->stack && p->operations.destroy)
		p->operations.destroy(p->stack);
	p->stack = NULL;
}

bool in_process_reset(struct in_process *p, struct error *e)
{
	const uint64_t now = p->now_us;

	if (in_process_can_restore(p)) {
		in_process_restore(p, &p->birth);
		p->now_us = now;
		return true;
	}
	connections_drop(p);
	p->out.read = p->out.length = 0;
	stack_destroy(p);
	return stack_create(p, e);
}

/* ---- snapshots: the connections and how many, then the stack's own octets ---- */

/* A connection is where it was: the caller's pointer to it stays good. */
struct kept {
	struct connection *where;
	struct connection what;
};

/* As aligned as the memory that they lie in. */
static size_t kept_octets(size_t count)
{
	const size_t unit = _Alignof(max_align_t);

	return (sizeof(size_t) + count * sizeof(struct kept) + unit - 1) / unit * unit;
}

bool in_process_can_restore(const struct in_process *p)
{
	return p->operations.restore != NULL;
}

void in_process_snapshot(struct in_process *p, struct in_process_snapshot *to)
{
	size_t count = 0;
	uint8_t *at;

	for (const struct connection *c = p->live; c; c = c->next)
		count++;
	to->length = kept_octets(count) + p->operations.snapshot_octets(p->stack);
	if (to->length > to->room) {
		to->room = to->length;
		to->octets = memory_resized(to->octets, to->room, 1);
	}
	to->now_us = p->now_us;
	at = to->octets;
	p->operations.snapshot(p->stack, at + kept_octets(count));
	memcpy(at, &count, sizeof count);
	at += sizeof count;
	for (struct connection *c = p->live; c; c = c->next, at += sizeof(struct kept)) {
		const struct kept k = {.where = c, .what = *c};

		memcpy(at, &k, sizeof k);
	}
}

void in_process_restore(struct in_process *p, const struct in_process_snapshot *from)
{
	const uint8_t *at = from->octets;
	size_t count;

	memcpy(&count, at, sizeof count);
	p->operations.restore(p->stack, at + kept_octets(count));
	connections_drop(p);
	at += sizeof count;
	for (size_t i = 0; i < count; i++, at += sizeof(struct kept)) {
		struct kept k;

		memcpy(&k, at, sizeof k);
		connection_again(p, k.where, &k.what);
	}
	p->now_us = from->now_us;
	p->out.read = p->out.length = 0;
	p->changed = true;
}

void in_process_snapshot_free(struct in_process_snapshot *s)
{
	free(s->octets);
	*s = (struct in_process_snapshot){.octets = NULL};
}
