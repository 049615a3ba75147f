/* Packets to plays. Ports from PORT_FIRST on are one play's at a time (lib/run/stage.h); those below are shared, and a play there has its 4-tuple. */
#include "lib/run/beside.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/net/fence.h"
#include "lib/run/player.h"
#include "lib/wire/packet.h"

enum { CHAINS = 1 << 16,
       NONE = -1 };

struct taken {
	enum observed_kind kind;
	uint64_t at;
	size_t from, length; /* of the play's octets */
};

struct beside_play {
	struct endpoint at;
	int next;  /* in its chain: added later */
	bool done; /* packets go to a later play of the same place */
	struct taken *taken;
	size_t count, room;
	struct text octets;
	struct observed_packet *packet; /* handed out */
};

/* The plays of a shared port's 4-tuple, or of an own port, one after the other. */
struct beside {
	struct beside_play *play;
	size_t count, room;
	int first[CHAINS], last[CHAINS];
	int shared; /* the play on a shared port that a packet came from or went to last */
};

struct beside *beside_new(void)
{
	struct beside *b = memory_zeroed(1, sizeof *b);
	for (size_t i = 0; i < CHAINS; i++)
		b->first[i] = b->last[i] = NONE;
	b->shared = NONE;
	return b;
}

void beside_free(struct beside *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->count; i++) {
		free(b->play[i].taken);
		free(b->play[i].packet);
		text_free(&b->play[i].octets);
	}
	free(b->play);
	free(b);
}

static bool is_shared(uint16_t target_port)
{
	return target_port < PORT_FIRST;
}

static size_t chain_of(uint16_t target_port, uint16_t tester_port)
{
	return is_shared(target_port) ? (tester_port * 8u + target_port) % CHAINS : target_port;
}

size_t beside_add(struct beside *b, const struct endpoint *at)
{
	const size_t chain = chain_of(at->target_port, at->tester_port);
	if (b->count == b->room) {
		b->room = b->room ? 2 * b->room : 1024;
		b->play = memory_resized(b->play, b->room, sizeof *b->play);
	}
	b->play[b->count] = (struct beside_play){.at = *at, .next = NONE};
	if (b->last[chain] == NONE)
		b->first[chain] = (int)b->count;
	else
		b->play[b->last[chain]].next = (int)b->count;
	b->last[chain] = (int)b->count;
	return b->count++;
}

static bool play_has(const struct beside_play *p, const struct endpoint *at)
{
	if (p->at.target_port != at->target_port || (is_shared(at->target_port) && p->at.tester_port != at->tester_port))
		return false;
	return address_equal(&p->at.target, &at->target) && address_equal(&p->at.tester, &at->tester);
}

/* The play that has these ends now. One that nothing was heard of for as long as its quarantine makes way for a later one. */
static int play_of(struct beside *b, const struct endpoint *at, uint64_t now)
{
	int found = NONE;
	for (int i = b->first[chain_of(at->target_port, at->tester_port)]; i != NONE; i = b->play[i].next) {
		struct beside_play *p = &b->play[i];
		if (p->done || !play_has(p, at))
			continue;
		if (found == NONE) {
			found = i;
			if (!p->count || now < p->taken[p->count - 1].at + QUARANTINE_US)
				return i;
			continue;
		}
		b->play[found].done = true;
		return i;
	}
	return found;
}

static void take(struct beside *b, int play, enum observed_kind kind, uint64_t at, const uint8_t *packet, size_t n)
{
	struct beside_play *p = &b->play[play];
	if (p->count == p->room) {
		p->room = p->room ? 2 * p->room : 16;
		p->taken = memory_resized(p->taken, p->room, sizeof *p->taken);
	}
	p->taken[p->count++] = (struct taken){.kind = kind, .at = at, .from = p->octets.length, .length = n};
	text_add_octets(&p->octets, (const char *)packet, n);
	if (is_shared(p->at.target_port))
		b->shared = play;
}

static bool take_between(struct beside *b, const struct endpoint *at, enum observed_kind kind, uint64_t now, const uint8_t *packet, size_t n)
{
	const int play = play_of(b, at, now);
	if (play != NONE)
		take(b, play, kind, now, packet, n);
	return play != NONE;
}

static void segment_take(struct beside *b, const struct segment *s, uint64_t now, const uint8_t *packet, size_t n)
{
	const struct endpoint out = {.target = s->dst, .tester = s->src, .target_port = s->dst_port, .tester_port = s->src_port};
	const struct endpoint in = {.target = s->src, .tester = s->dst, .target_port = s->src_port, .tester_port = s->dst_port};
	if (!take_between(b, &out, OBSERVED_TO_TARGET, now, packet, n))
		take_between(b, &in, OBSERVED_FROM_TARGET, now, packet, n);
}

/* An ICMP error of the tester's quotes the target. */
static void error_take(struct beside *b, const struct icmp_error *m, uint64_t now, const uint8_t *packet, size_t n)
{
	struct segment s;
	if (!segment_parse(m->quoted, m->quoted_length, &s, NULL))
		return;
	const struct endpoint at = {.target = s.src, .tester = s.dst, .target_port = s.src_port, .tester_port = s.dst_port};
	take_between(b, &at, OBSERVED_TO_TARGET, now, packet, n);
}

/* A fence of a play with a port of its own says which (lib/run/player.c); of the others one is played at a time. */
static void echo_take(struct beside *b, const struct icmp_echo *m, uint32_t token, uint64_t now)
{
	struct endpoint at = {.target = m->src, .tester = m->dst, .target_port = (uint16_t)token};
	int play = b->shared;
	if (at.target_port)
		play = play_of(b, &at, now);
	if (play != NONE)
		take(b, play, OBSERVED_ECHO, now, NULL, 0);
}

void beside_packet(struct beside *b, uint64_t at, const uint8_t *packet, size_t n)
{
	static const uint8_t mac[MAC_OCTETS];
	static _Thread_local uint8_t frame[FRAME_MAX];
	struct packet p;
	uint32_t token;
	if (n == 0 || n > FRAME_MAX - ETHERNET_HEADER)
		return;
	ethernet_build(mac, mac, packet[0] >> 4 == 4 ? 0x0800 : 0x86dd, frame, sizeof frame);
	memcpy(frame + ETHERNET_HEADER, packet, n);
	packet_parse(frame, n + ETHERNET_HEADER, &p);
	if (p.kind == PACKET_TCP)
		segment_take(b, &p.segment, at, packet, n);
	else if (p.kind == PACKET_ICMP_ERROR)
		error_take(b, &p.error, at, packet, n);
	else if (fence_answers(&p, &token))
		echo_take(b, &p.echo, token, at);
}

void beside_observed(struct beside *b, size_t play, struct observed *o)
{
	struct beside_play *p = &b->play[play];
	p->packet = memory_resized(p->packet, p->count, sizeof *p->packet);
	for (size_t i = 0; i < p->count; i++) {
		const struct taken *t = &p->taken[i];
		p->packet[i] = (struct observed_packet){.kind = t->kind, .at = t->at, .octets = (const uint8_t *)text_string(&p->octets) + t->from, .length = t->length};
	}
	*o = (struct observed){.packet = p->packet, .count = p->count, .fenced_each = !is_shared(p->at.target_port)};
}
