/* Two stacks and the wire between them: the loop of timers and arrivals, and transfers whose every octet is compared. */
#include "lib/target/pair.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

enum { WHY_ROOM = 256,
       WORD = 8 };

static void packet_out(void *to, const uint8_t *packet, size_t n)
{
	struct pair_end *end = to;
	struct stack_pair *p = end->pair;

	if (p->seen == NULL || p->seen(p->of, end->index, packet, n, p->now_us))
		memory_wire_send(p->wire, end->index, packet, n, p->now_us);
}

static void addresses_fill(struct tcpspec_address address[2], uint8_t host)
{
	address[0] = (struct tcpspec_address){.family = 4, .octets = {192, 0, 2, host}};
	address[1] = (struct tcpspec_address){.family = 6, .octets = {0x20, 0x01, 0x0d, 0xb8, [15] = host}};
}

static bool end_open(struct stack_pair *p, unsigned i, const struct pair_setup *setup, struct error *e)
{
	struct pair_end *end = &p->end[i];
	struct tcpspec_setup s = {.size = sizeof s, .mtu = setup->mtu, .seed = setup->seed * 2 + i, .now_us = setup->now_us, .setting = setup->setting[i], .output = packet_out, .to = end};
	char why[WHY_ROOM] = "";
	size_t octets;

	*end = (struct pair_end){.operations = setup->operations[i], .pair = p, .index = i};
	addresses_fill(end->address, (uint8_t)(i + 1));
	memcpy(s.address, end->address, sizeof s.address);
	if (end->operations->version != TCPSPEC_STACK_VERSION)
		return error_set(e, "stack %u of the pair has version %u of the interface, %d is wanted: build it with this stack.h", i, end->operations->version, TCPSPEC_STACK_VERSION);
	octets = end->operations->arena_octets(&s, why, sizeof why);
	if (octets == 0)
		return error_set(e, "stack %u of the pair: %s", i, why);
	end->arena = memory_zeroed(1, octets);
	end->stack = end->operations->create(end->arena, octets, &s, why, sizeof why);
	return end->stack != NULL || error_set(e, "stack %u of the pair: %s", i, why);
}

bool pair_open(struct stack_pair *p, const struct pair_setup *setup, struct error *e)
{
	struct memory_wire_setup wire = setup->wire;

	*p = (struct stack_pair){.now_us = setup->now_us};
	wire.seed = setup->seed;
	if (wire.octets == 0)
		wire.octets = setup->mtu;
	p->wire = memory_wire_open(&wire);
	for (unsigned i = 0; i < 2; i++) {
		if (!end_open(p, i, setup, e)) {
			pair_close(p);
			return false;
		}
	}
	return true;
}

void pair_close(struct stack_pair *p)
{
	for (unsigned i = 0; i < 2; i++) {
		struct pair_end *end = &p->end[i];

		if (end->stack != NULL && end->operations->destroy != NULL)
			end->operations->destroy(end->stack);
		free(end->arena);
		*end = (struct pair_end){0};
	}
	memory_wire_close(p->wire);
	p->wire = NULL;
}

void pair_touched(struct stack_pair *p, unsigned end)
{
	p->end[end].asked = false;
}

static uint64_t end_next(struct stack_pair *p, unsigned i)
{
	struct pair_end *end = &p->end[i];

	if (!end->asked) {
		end->next_us = end->operations->poll(end->stack, p->now_us);
		end->asked = true;
	}
	return end->next_us;
}

/* All that has arrived by now, so that the stacks are asked for their timers once for many. */
static void arrivals_take(struct stack_pair *p)
{
	const uint8_t *packet;
	unsigned to;
	size_t n;

	while (memory_wire_receive(p->wire, p->now_us, &to, &packet, &n)) {
		p->end[to].operations->input(p->end[to].stack, packet, n, p->now_us);
		p->end[to].asked = false;
	}
}

bool pair_step(struct stack_pair *p, uint64_t until_us)
{
	uint64_t next = end_next(p, 0);
	const uint64_t other = end_next(p, 1);
	uint64_t arrival;

	if (other < next)
		next = other;
	/* Only now: asking may have put something out. */
	arrival = memory_wire_next(p->wire);
	if (arrival < next)
		next = arrival;
	if (next > until_us) {
		p->now_us = until_us > p->now_us ? until_us : p->now_us;
		return false;
	}
	if (next > p->now_us)
		p->now_us = next;
	arrivals_take(p);
	for (unsigned i = 0; i < 2; i++)
		if (p->end[i].asked && p->end[i].next_us <= p->now_us)
			p->end[i].asked = false;
	return true;
}

void pair_run(struct stack_pair *p, uint64_t until_us)
{
	while (pair_step(p, until_us))
		;
}

static struct tcpspec_ends ends_of(const struct stack_pair *p, unsigned end, unsigned family, uint16_t port, uint16_t remote_port)
{
	const unsigned f = family == 6;

	return (struct tcpspec_ends){.local = p->end[end].address[f], .remote = p->end[1 - end].address[f], .local_port = port, .remote_port = remote_port};
}

static bool is_established(struct stack_pair *p, unsigned end, const struct tcpspec_ends *ends)
{
	return p->end[end].operations->state(p->end[end].stack, ends) == TCPSPEC_ESTABLISHED;
}

bool pair_connect(struct stack_pair *p, unsigned server, unsigned family, uint16_t port, uint16_t client_port, uint64_t until_us, int64_t handle[2])
{
	const unsigned client = 1 - server;
	struct pair_end *s = &p->end[server], *c = &p->end[client];
	const struct tcpspec_ends from = ends_of(p, client, family, client_port, port), at = ends_of(p, server, family, port, client_port);

	if (s->operations->listen(s->stack, &at.local, port, 0, p->now_us) < 0)
		return false;
	pair_touched(p, server);
	handle[client] = c->operations->connect(c->stack, &from, 0, p->now_us);
	pair_touched(p, client);
	if (handle[client] < 0)
		return false;
	while (!is_established(p, server, &at) || !is_established(p, client, &from))
		if (!pair_step(p, until_us))
			return false;
	handle[server] = s->operations->find(s->stack, &at);
	return handle[server] > 0;
}

/* One number for eight octets each, by the finalizer of splitmix64 over their place. */
static uint64_t word_at(unsigned end, uint64_t place)
{
	uint64_t z = (place + 1) * UINT64_C(0x9e3779b97f4a7c15) + end;

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

void pair_fill(unsigned end, uint64_t from, uint8_t *to, size_t n)
{
	for (size_t i = 0; i < n;) {
		const uint64_t word = word_at(end, (from + i) / WORD);

		do {
			to[i] = (uint8_t)(word >> (from + i) % WORD * 8);
			i++;
		} while (i < n && (from + i) % WORD != 0);
	}
}

static size_t piece_of(const struct pair_flow *f)
{
	return f->piece != 0 && f->piece < PAIR_PIECE_MAX ? f->piece : PAIR_PIECE_MAX;
}

static void flow_prepare(struct pair_flow *f)
{
	f->ready = piece_of(f);
	if (f->ready > f->octets - f->sent)
		f->ready = (size_t)(f->octets - f->sent);
	pair_fill(f->from, f->sent, f->octet, f->ready);
}

static void flow_send(struct stack_pair *p, int64_t handle, struct pair_flow *f)
{
	struct pair_end *end = &p->end[f->from];

	while (f->sent < f->octets) {
		int64_t taken;

		if (f->ready == 0)
			flow_prepare(f);
		taken = end->operations->send(end->stack, handle, f->octet, f->ready, 0, p->now_us);
		pair_touched(p, f->from);
		if (taken <= 0)
			return;
		f->sent += (uint64_t)taken;
		f->ready -= (size_t)taken;
		memmove(f->octet, f->octet + taken, f->ready);
	}
	if (f->close && !f->closed) {
		end->operations->close(end->stack, handle, p->now_us);
		pair_touched(p, f->from);
		f->closed = true;
	}
}

static void octets_compare(struct pair_flow *f, const uint8_t *got, size_t n)
{
	uint8_t wanted[PAIR_PIECE_MAX];

	pair_fill(f->from, f->received, wanted, n);
	for (size_t i = 0; i < n && !f->differs && (memcmp(got, wanted, n) != 0 || f->received + n > f->octets); i++) {
		if (got[i] == wanted[i] && f->received + i < f->octets)
			continue;
		f->differs = true;
		f->first_bad = f->received + i;
	}
	f->received += n;
}

static void flow_receive(struct stack_pair *p, int64_t handle, struct pair_flow *f)
{
	struct pair_end *end = &p->end[1 - f->from];
	uint8_t octets[PAIR_PIECE_MAX];

	while (!f->ended) {
		const int64_t got = end->operations->receive(end->stack, handle, octets, piece_of(f), p->now_us);

		if (got < 0)
			return;
		pair_touched(p, 1 - f->from);
		f->ended = got == 0;
		octets_compare(f, octets, (size_t)got);
	}
}

static bool flow_is_done(const struct pair_flow *f)
{
	return f->received >= f->octets && (!f->close || f->ended);
}

bool pair_transfer(struct stack_pair *p, const int64_t handle[2], struct pair_flow *flows, unsigned n, uint64_t until_us)
{
	bool done, going = true, good = true;

	do {
		done = true;
		for (unsigned i = 0; i < n; i++) {
			flow_send(p, handle[flows[i].from], &flows[i]);
			flow_receive(p, handle[1 - flows[i].from], &flows[i]);
			done = done && flow_is_done(&flows[i]);
		}
		if (!done)
			going = pair_step(p, until_us);
	} while (!done && going);
	for (unsigned i = 0; i < n; i++)
		good = good && !flows[i].differs;
	return done && good;
}
