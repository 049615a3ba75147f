/* The table of operations (lib/target/stack.h), and the arena: what lies where, and what a snapshot keeps of it. No rule of TCP is here. */
#include <stdio.h>
#include <string.h>

#include "lib/base/rng.h"
#include "targets/reference/reference.h"

/* The smallest packet that every host takes (RFC 791 3.1), and the largest there is. */
enum { MTU_MIN = 576,
       MTU_MAX = 65535 };

static size_t align_up(size_t n)
{
	return (n + 63) / 64 * 64;
}

/* Fills in where everything lies; the arena's octets. */
static size_t arena_lay_out(struct tcpspec_stack *s)
{
	size_t at = align_up(sizeof *s);

	s->listeners_at = at;
	at += align_up(s->set.listeners * sizeof(struct listener));
	s->slots_at = at;
	at += align_up(s->set.connections * sizeof(struct tcb));
	s->blocks_at = at;
	at += align_up(pool_octets(s->set.blocks, s->set.block_octets));
	s->scratch_at = at;
	return at + align_up(s->mtu);
}

/* The part of a stack that the setup decides. */
static bool stack_set_up(struct tcpspec_stack *s, const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	struct tcpspec_stack fresh = {.own = {setup->address[0], setup->address[1]}, .output = setup->output, .to = setup->to, .mtu = setup->mtu};

	*s = fresh;
	if (setup->mtu < MTU_MIN || setup->mtu > MTU_MAX) {
		snprintf(why, why_octets, "an MTU of %u: %d to %d is expected", setup->mtu, MTU_MIN, MTU_MAX);
		return false;
	}
	return settings_read(&s->set, setup->setting, why, why_octets);
}

static size_t stack_arena_octets(const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	struct tcpspec_stack s;

	return stack_set_up(&s, setup, why, why_octets) ? arena_lay_out(&s) : 0;
}

static struct siphash_key key_drawn(struct rng *rng)
{
	uint64_t k0 = rng_u64(rng);

	return (struct siphash_key){k0, rng_u64(rng)};
}

static struct tcpspec_stack *stack_create(void *arena, size_t octets, const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	struct tcpspec_stack *s = arena;
	struct rng rng = rng_seeded(setup->seed);
	struct tcpspec_stack fresh;

	if (!stack_set_up(&fresh, setup, why, why_octets))
		return NULL;
	if (octets < arena_lay_out(&fresh)) {
		snprintf(why, why_octets, "an arena of %zu octets: %zu are needed", octets, arena_lay_out(&fresh));
		return NULL;
	}
	*s = fresh;
	s->isn_key = key_drawn(&rng);
	s->table_key = key_drawn(&rng);
	s->stamp_key = key_drawn(&rng);
	s->port_key = key_drawn(&rng);
	s->cookie_key = key_drawn(&rng);
	s->m.now = setup->now_us;
	s->m.slots_free = NOBODY;
	pool_init(&s->m.pool, (uint8_t *)arena + s->blocks_at, s->set.blocks, s->set.block_octets);
	return s;
}

static void stack_input(struct tcpspec_stack *s, const uint8_t *packet, size_t octets, uint64_t now_us)
{
	clock_set(s, now_us);
	packet_arrives(s, packet, octets);
}

static uint64_t stack_poll(struct tcpspec_stack *s, uint64_t now_us)
{
	struct tcb *t;

	clock_set(s, now_us);
	while ((t = due_first(s)) && t->due <= s->m.now)
		timers_run(s, t);
	return t ? t->due : NEVER;
}

/* A snapshot: struct moving, the listeners, the slots and the blocks that were ever used, one behind the other. */
static size_t stack_snapshot_octets(const struct tcpspec_stack *s)
{
	return sizeof s->m + s->m.listeners * sizeof(struct listener) + s->m.slots * sizeof(struct tcb) + pool_used(&s->m.pool);
}

static void stack_snapshot(const struct tcpspec_stack *s, void *to)
{
	const uint8_t *base = (const uint8_t *)s;
	size_t listeners = s->m.listeners * sizeof(struct listener), slots = s->m.slots * sizeof(struct tcb);
	uint8_t *at = to;

	memcpy(at, &s->m, sizeof s->m);
	memcpy(at + sizeof s->m, base + s->listeners_at, listeners);
	memcpy(at + sizeof s->m + listeners, base + s->slots_at, slots);
	memcpy(at + sizeof s->m + listeners + slots, base + s->blocks_at, pool_used(&s->m.pool));
}

static void stack_restore(struct tcpspec_stack *s, const void *from)
{
	uint8_t *base = (uint8_t *)s;
	const uint8_t *at = from;
	size_t listeners, slots;

	memcpy(&s->m, at, sizeof s->m);
	listeners = s->m.listeners * sizeof(struct listener);
	slots = s->m.slots * sizeof(struct tcb);
	memcpy(base + s->listeners_at, at + sizeof s->m, listeners);
	memcpy(base + s->slots_at, at + sizeof s->m + listeners, slots);
	memcpy(base + s->blocks_at, at + sizeof s->m + listeners + slots, pool_used(&s->m.pool));
}

static const struct tcpspec_stack_operations operations = {
    .version = TCPSPEC_STACK_VERSION,
    .size = sizeof operations,
    .name = "tcpspec reference " TCPSPEC_VERSION,
    .arena_octets = stack_arena_octets,
    .create = stack_create,
    .input = stack_input,
    .poll = stack_poll,
    .listen = call_listen,
    .connect = call_connect,
    .find = call_find,
    .accept = call_accept,
    .send = call_send,
    .receive = call_receive,
    .close = call_close,
    .release = call_release,
    .abort = call_abort,
    .forget = call_forget,
    .told = call_told,
    .state = call_state,
    .set = call_set,
    .snapshot_octets = stack_snapshot_octets,
    .snapshot = stack_snapshot,
    .restore = stack_restore,
    .connect_text = call_connect_text,
};

__attribute__((visibility("default"))) const struct tcpspec_stack_operations *tcpspec_stack_operations(void)
{
	return &operations;
}
