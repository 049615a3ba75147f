/* TCP Fast Open (RFC 7413): cookies, which SYN's text is taken at once, and what a client remembers of a server. It is off unless it is asked for. */
#include <string.h>

#include "lib/wire/octets.h"
#include "lib/wire/option.h"
#include "targets/reference/least.h"
#include "targets/reference/reference.h"

enum { COOKIE_OCTETS = 8, /* of ours */
       OPTION_HEADER = 2 };

/* How long a path without luck is left alone ("at least temporarily"). */
#define DENIED_US (UINT64_C(3600) * 1000000)

/* 4.1.2: a MAC of the two addresses, which nobody can make who does not know the key. */
static void cookie_make(const struct tcpspec_stack *s, const struct tcb *t, uint8_t to[COOKIE_OCTETS])
{
	const struct tcpspec_ends ends = tcb_ends(s, t);
	uint8_t octets[2 * sizeof ends.local.octets];
	uint64_t mac;

	memcpy(octets, ends.local.octets, sizeof ends.local.octets);
	memcpy(octets + sizeof ends.local.octets, ends.remote.octets, sizeof ends.remote.octets);
	mac = siphash(&s->cookie_key, octets, sizeof octets);
	memcpy(to, &mac, COOKIE_OCTETS);
}

static bool cookie_valid(const struct tcpspec_stack *s, const struct tcb *t, const struct options *o)
{
	uint8_t ours[COOKIE_OCTETS];

	cookie_make(s, t, ours);
	return o->cookie_octets == COOKIE_OCTETS && memcmp(o->cookie, ours, COOKIE_OCTETS) == 0;
}

/* 4.2: PendingFastOpenRequests of t's listener. */
static uint32_t pending(struct tcpspec_stack *s, const struct tcb *t)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->m.slots; i++) {
		const struct tcb *other = tcb_at(s, i);

		n += other->state == TCPSPEC_SYN_RECEIVED && other->fastopened && other->listener == t->listener;
	}
	return n;
}

void fastopen_arrives(struct tcpspec_stack *s, struct tcb *t, const struct segment *g)
{
	uint32_t n = g->text_length;

	if (!s->set.fastopen || !g->options.has_fastopen)
		return;
	/* 4.2.2, server, steps 1 to 3. */
	if (!cookie_valid(s, t, &g->options)) {
		t->cookie_say = COOKIE_SHOW;
		return;
	}
	if (n == 0 || pending(s, t) >= s->set.fastopen_pending)
		return;
	/* Step 4. What finds no room comes again. */
	t->fastopened = true;
	t->rcv_nxt += octets_append(&t->received, &s->m.pool, g->text, (uint32_t)least_64(n, t->receive_buffer));
	accept_add(s, t);
}

/* ---- the client ---- */

static struct server *server_find(struct tcpspec_stack *s, const struct tcb *t)
{
	for (unsigned i = 0; i < SERVERS; i++)
		if (s->m.server[i].port == t->remote_port && address_same(&s->m.server[i].address, &t->remote))
			return &s->m.server[i];
	return NULL;
}

static struct server *server_note(struct tcpspec_stack *s, const struct tcb *t)
{
	struct server *at = server_find(s, t);

	if (at)
		return at;
	at = &s->m.server[s->m.server_next];
	s->m.server_next = (uint8_t)((s->m.server_next + 1) % SERVERS);
	*at = (struct server){.address = t->remote, .port = t->remote_port};
	return at;
}

static uint8_t option_octets(uint8_t cookie)
{
	return (uint8_t)((OPTION_HEADER + cookie + 3) / 4 * 4);
}

void fastopen_open(struct tcpspec_stack *s, struct tcb *t)
{
	const struct server *at = server_find(s, t);
	uint8_t before[OPTIONS_MAX];
	uint32_t most;

	if (!s->set.fastopen || (at && s->m.now < at->denied_until))
		return;
	if (!at || at->cookie_octets == 0) {
		t->cookie_say = COOKIE_ASK;
		return;
	}
	/* 4.2.2, client, 1.a. No cookie is said yet. */
	if (options_of_syn(s, t, before) + option_octets(at->cookie_octets) > OPTIONS_MAX)
		return;
	t->cookie_say = COOKIE_SHOW;
	/* 4.1.3: the MSS that it said last time. */
	t->send_mss = at->mss;
	most = effective_mss(t) - OPTIONS_MAX;
	t->syn_text = (uint16_t)least_64(t->send.length, most);
	t->snd_nxt += t->syn_text;
}

uint8_t fastopen_option(struct tcpspec_stack *s, const struct tcb *t, uint8_t options[OPTIONS_MAX], uint8_t n)
{
	const struct server *at = t->state == TCPSPEC_SYN_SENT ? server_find(s, t) : NULL;
	const uint8_t cookie = t->cookie_say == COOKIE_ASK ? 0 : at ? at->cookie_octets
	                                                            : COOKIE_OCTETS;

	/* 4.2.1, 4.2.2: neither is said again when the timer has fired. There is room: ours is short, and that of another was measured before it was to be shown. */
	if (t->cookie_say == COOKIE_NONE || t->lost_syns)
		return n;
	memset(options + n, OPTION_NOP, option_octets(cookie));
	n = (uint8_t)(n + option_octets(cookie) - OPTION_HEADER - cookie);
	options[n] = OPTION_TFO;
	options[n + 1] = (uint8_t)(OPTION_HEADER + cookie);
	if (at && cookie)
		memcpy(options + n + OPTION_HEADER, at->cookie, cookie);
	else if (cookie)
		cookie_make(s, t, options + n + OPTION_HEADER);
	return (uint8_t)(n + OPTION_HEADER + cookie);
}

void fastopen_answered(struct tcpspec_stack *s, struct tcb *t, const struct segment *g)
{
	const struct options *o = &g->options;
	struct server *at;

	/* 4.2.2, client, on the SYN,ACK: 1; 4.1.3: the most recently received. */
	if (o->cookie_octets) {
		at = server_note(s, t);
		at->mss = t->send_mss;
		at->cookie_octets = o->cookie_octets;
		memcpy(at->cookie, o->cookie, sizeof at->cookie);
	}
	/* 4.1.3.1: "the server not acknowledging the data in the SYN". What it did not take is sent as if it had not been. */
	if (seq_lt(g->ack, t->iss + 1 + t->syn_text)) {
		fastopen_denied(s, t);
		t->snd_nxt = g->ack;
	}
}

void fastopen_denied(struct tcpspec_stack *s, const struct tcb *t)
{
	if (t->cookie_say != COOKIE_NONE && !t->passive)
		server_note(s, t)->denied_until = s->m.now + DENIED_US;
}
