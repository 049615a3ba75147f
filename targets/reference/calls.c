/* OPEN, SEND, RECEIVE and STATUS (RFC 9293 3.10.1 to 3.10.3, 3.10.6), as lib/target/stack.h has them. */
#include <string.h>

#include "lib/wire/ip.h"
#include "targets/reference/least.h"
#include "targets/reference/reference.h"

enum { PORT_EPHEMERAL = 49152, /* RFC 6335 6: the dynamic ports */
       PORTS_EPHEMERAL = 16384 };

/* RFC 9293 3.6.1 MAY-2 (1): above what the connection before has used. */
static void iss_raise(struct tcb *t)
{
	if (t->before.ends_at != NEVER)
		t->iss = seq_later(t->iss, t->before.snd_nxt + UINT16_MAX);
}

void tcb_open(struct tcpspec_stack *s, struct tcb *t, uint32_t receive_buffer)
{
	struct rto_settings rto = settings_rto(&s->set);
	struct tcpspec_ends ends = tcb_ends(s, t);

	t->iss = isn_choose(&s->isn_key, &ends, s->m.now);
	iss_raise(t);
	t->snd_una = t->iss;
	t->snd_nxt = t->iss + 1;
	t->ts_offset = isn_of_ends(&s->stamp_key, &ends);
	t->mtu = (uint16_t)s->mtu;
	t->ttl = (uint8_t)s->set.ttl;
	t->nagle = s->set.nagle;
	t->keepalive = s->set.keepalive;
	t->retries = s->set.retries;
	t->keepalive_idle = s->set.keepalive_idle;
	t->keepalive_interval = s->set.keepalive_interval;
	t->keepalive_count = s->set.keepalive_count;
	t->user_timeout = s->set.user_timeout;
	t->user_from = NEVER;
	t->ts_ok = s->set.timestamps;
	t->sack_ok = s->set.sack;
	t->ecn.wanted = s->set.ecn;
	t->scale_ok = s->set.window_scale;
	rto_init(&t->rto, &rto);
	window_init(s, t, receive_buffer);
	t->timer[TIMER_RETRANSMIT] = s->m.now + t->rto.rto_us;
	rto_sent(&t->rto, t->snd_nxt, s->m.now);
}

static struct listener *listener_take(struct tcpspec_stack *s)
{
	struct listener *l;

	for (uint32_t i = 0; i < s->m.listeners; i++)
		if (listener_at(s, i)->local.family == 0)
			return listener_at(s, i);
	if (s->m.listeners == s->set.listeners)
		return NULL;
	l = listener_at(s, s->m.listeners++);
	l->generation = 0;
	return l;
}

/* A local socket: the host's address of the family, or any of that family; and a port. */
static bool socket_own(const struct tcpspec_stack *s, const struct tcpspec_address *local, uint16_t port)
{
	const struct tcpspec_address *own = &s->own[local->family == 4 ? 0 : 1];

	return port && own->family && local->family == own->family && (address_unspecified(local) || address_same(local, own));
}

/* 3.10.1, passive. An earlier OPEN of the same socket stays as it is (MUST-41), and a second one is refused. */
int64_t call_listen(struct tcpspec_stack *s, const struct tcpspec_address *local, uint16_t port, uint32_t receive_buffer, uint64_t now_us)
{
	struct listener *l;

	clock_set(s, now_us);
	if (!socket_own(s, local, port))
		return TCPSPEC_UNSUPPORTED;
	if (listener_find(s, local, port))
		return TCPSPEC_NOT_NOW;
	if ((l = listener_take(s)) == NULL) {
		s->m.count.no_room++;
		return TCPSPEC_FULL;
	}
	l->local = *local;
	l->port = port;
	l->receive_buffer = receive_buffer;
	l->generation++;
	l->accept_first = l->accept_last = NOBODY;
	return listener_handle(s, l);
}

/* RFC 6056 3.3.3: from a place that depends on the other end, the next port that is free. False: none is. */
static bool port_choose(struct tcpspec_stack *s, struct tcpspec_ends *ends)
{
	uint32_t offset = isn_of_ends(&s->port_key, ends);

	for (uint32_t i = 0; i < PORTS_EPHEMERAL; i++) {
		ends->local_port = (uint16_t)(PORT_EPHEMERAL + (offset + s->m.ephemeral++) % PORTS_EPHEMERAL);
		if (!tcb_find(s, ends))
			return true;
	}
	return false;
}

/* 3.10.1, active: <SEQ=ISS><CTL=SYN>. */
int64_t call_connect(struct tcpspec_stack *s, const struct tcpspec_ends *ends, uint32_t receive_buffer, uint64_t now_us)
{
	return call_connect_text(s, ends, receive_buffer, NULL, 0, now_us);
}

int64_t call_connect_text(struct tcpspec_stack *s, const struct tcpspec_ends *ends, uint32_t receive_buffer, const uint8_t *octets, size_t n, uint64_t now_us)
{
	const struct tcpspec_address *own = &s->own[ends->remote.family == 4 ? 0 : 1];
	struct tcpspec_ends chosen = *ends;
	struct tcb *t;

	clock_set(s, now_us);
	/* MUST-43, MUST-44: the local address is the one that the host has for the family. */
	if (address_unspecified(&chosen.local))
		chosen.local = *own;
	/* MUST-46: a remote address that none can have; "remote socket unspecified". */
	if (chosen.remote.family != own->family || chosen.remote_port == 0 || address_invalid(s, &chosen.remote) || !address_same(&chosen.local, own))
		return TCPSPEC_UNSUPPORTED;
	/* "Connection already exists." */
	if (tcb_find(s, &chosen))
		return TCPSPEC_NOT_NOW;
	if ((chosen.local_port == 0 && !port_choose(s, &chosen)) || (t = tcb_new(s, &chosen)) == NULL)
		return TCPSPEC_FULL;
	t->owned = true;
	tcb_open(s, t, receive_buffer);
	if (s->set.source_route && t->family == 0)
		t->route = (struct route){.kind = IP_OPTION_LOOSE_ROUTE, .hops = 1, .hop = {{198, 51, 100, 1}}};
	t->state = TCPSPEC_SYN_SENT;
	if (n) {
		octets_append(&t->send, &s->m.pool, octets, (uint32_t)n);
		fastopen_open(s, t);
	}
	syn_send(s, t);
	tcb_settle(s, t);
	return tcb_handle(s, t);
}

static int64_t tcb_own(struct tcpspec_stack *s, struct tcb *t)
{
	accept_remove(s, t);
	t->owned = true;
	return tcb_handle(s, t);
}

int64_t call_find(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	struct tcb *t = tcb_find(s, ends);

	return t ? tcb_own(s, t) : TCPSPEC_NONE;
}

int64_t call_accept(struct tcpspec_stack *s, int64_t listener, struct tcpspec_ends *ends)
{
	struct listener *l = listener_of_handle(s, listener);
	struct tcb *t;

	if (!l)
		return TCPSPEC_NONE;
	if (l->accept_first == NOBODY)
		return TCPSPEC_AGAIN;
	t = tcb_at(s, l->accept_first);
	*ends = tcb_ends(s, t);
	return tcb_own(s, t);
}

/* Octets that all connections together may still queue. A quarter of the blocks is for what arrives: two stacks that are full of what they want to send would else wait for each other for ever. */
static uint64_t pool_room(const struct pool *p)
{
	const uint32_t most = p->blocks - p->blocks / 4, blocks = p->taken < most ? most - p->taken : 0;

	return (uint64_t)blocks * p->block_octets;
}

/* Octets that a SEND may take now. */
static uint32_t send_room(const struct tcpspec_stack *s, const struct tcb *t)
{
	const uint32_t buffer = s->set.send_buffer - least(s->set.send_buffer, t->send.length);
	const uint64_t shared = pool_room(&s->m.pool);

	return (uint32_t)least_64(shared, buffer);
}

/* 3.10.2. */
int64_t call_send(struct tcpspec_stack *s, int64_t h, const uint8_t *octets, size_t n, unsigned flags, uint64_t now_us)
{
	struct tcb *t = tcb_of_handle(s, h);
	uint32_t room;

	clock_set(s, now_us);
	if (!t || t->state == TCPSPEC_CLOSED)
		return TCPSPEC_NONE;
	if (t->fin_queued)
		return TCPSPEC_CLOSING;
	room = send_room(s, t);
	room = octets_append(&t->send, &s->m.pool, octets, (uint32_t)least_64(n, room));
	/* PUSH asks for nothing more than is done: no text is kept back to be sent with later text, but by Nagle, whom PUSH does not overrule (3.7.4). */
	if (flags & TCPSPEC_SEND_URGENT && room) {
		t->urgent_out = true;
		t->snd_up = send_end(t);
	}
	tcb_settle(s, t);
	return room || !n ? (int64_t)room : TCPSPEC_AGAIN;
}

/* Octets that one RECEIVE may give: text behind the urgent pointer not together with that before it (3.9.1.3). */
static uint32_t receivable(const struct tcb *t)
{
	uint32_t first = t->rcv_nxt - t->fin_arrived - t->received.length, urgent = t->rcv_up - first;

	return t->urgent_in && seq_lt(first, t->rcv_up) && urgent < t->received.length ? urgent : t->received.length;
}

/* 3.10.3. */
int64_t call_receive(struct tcpspec_stack *s, int64_t h, uint8_t *to, size_t room, uint64_t now_us)
{
	struct tcb *t = tcb_of_handle(s, h);
	uint32_t n;

	clock_set(s, now_us);
	if (!t)
		return TCPSPEC_NONE;
	n = (uint32_t)least_64(receivable(t), room);
	if (n == 0 && t->fin_arrived && t->received.length == 0)
		return 0;
	if (n == 0)
		return t->state == TCPSPEC_CLOSED && t->received.length == 0 ? TCPSPEC_NONE : TCPSPEC_AGAIN;
	octets_copy(&t->received, &s->m.pool, 0, to, n);
	octets_drop(&t->received, &s->m.pool, n);
	if (seq_le(t->rcv_up, t->rcv_nxt - t->fin_arrived - t->received.length)) {
		t->urgent_in = false;
		t->told &= ~(unsigned)TCPSPEC_TOLD_URGENT; /* MUST-33 */
	}
	if (t->state != TCPSPEC_CLOSED && !t->fin_arrived && window_update_due(t))
		t->ack_due = ACK_NOW;
	tcb_settle(s, t);
	return n;
}

unsigned call_told(struct tcpspec_stack *s, int64_t h)
{
	struct tcb *t = tcb_of_handle(s, h);

	return t ? t->told : 0;
}

/* 3.10.6. */
unsigned call_state(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	struct tcb *t = tcb_find(s, ends);

	if (t)
		return t->state;
	return listener_find(s, &ends->local, ends->local_port) ? TCPSPEC_LISTEN : TCPSPEC_CLOSED;
}

/* A year: beyond it the clock could go round. */
#define KEEPALIVE_MAX (UINT64_C(365) * 86400 * 1000000)

/* Of those that have any value: flags, and the user timeout. What lies outside is as if the stack had no such setting. */
static const struct {
	const char *name;
	uint64_t least, most;
} ranges[] = {
    {"keepalive_idle", 1, KEEPALIVE_MAX},
    {"keepalive_interval", 1, KEEPALIVE_MAX},
    {"keepalive_count", 2, 255}, /* MUST-29: one silence is not believed */
    {"retries", 1, UINT32_MAX},
    {"dscp", 0, 63},
    {"ttl", 1, 255},
};

static bool is_in_range(const char *name, uint64_t value)
{
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (strcmp(name, ranges[i].name) == 0)
			return value >= ranges[i].least && value <= ranges[i].most;
	return true;
}

/* False: the stack has no such setting. */
static bool keepalive_set(struct tcpspec_stack *s, struct tcb *t, const char *name, uint64_t value)
{
	if (strcmp(name, "keepalive") == 0) { /* MUST-24 */
		t->keepalive = value != 0;
		t->timer[TIMER_KEEPALIVE] = NEVER;
	} else if (strcmp(name, "keepalive_idle") == 0) { /* MUST-27 */
		t->keepalive_idle = value;
	} else if (strcmp(name, "keepalive_interval") == 0) {
		t->keepalive_interval = value;
	} else if (strcmp(name, "keepalive_count") == 0) {
		t->keepalive_count = (uint32_t)value;
	} else {
		return false;
	}
	keepalive_restart(s, t);
	return true;
}

int64_t call_set(struct tcpspec_stack *s, int64_t h, const char *name, uint64_t value)
{
	struct tcb *t = tcb_of_handle(s, h);

	if (!t || t->state == TCPSPEC_CLOSED)
		return TCPSPEC_NONE;
	if (!is_in_range(name, value))
		return TCPSPEC_UNSUPPORTED;
	if (strcmp(name, "nagle") == 0) { /* MUST-17 */
		t->nagle = value != 0;
	} else if (strcmp(name, "user_timeout") == 0) { /* MUST-21 */
		t->user_timeout = value;
		t->user_timeout_fixed = true; /* RFC 5482 3.1: not CHANGEABLE any more */
		t->uto_due = s->set.user_timeout_option;
		user_timeout_stop(t);
	} else if (strcmp(name, "retries") == 0) { /* MUST-21 */
		t->retries = (uint32_t)value;
	} else if (strcmp(name, "dscp") == 0) { /* MUST-48, SHLD-21 */
		t->dscp = (uint8_t)value;
	} else if (strcmp(name, "ttl") == 0) { /* MUST-49 */
		t->ttl = (uint8_t)value;
	} else if (strcmp(name, "reports") == 0) { /* SHLD-20 */
		t->unreported = value == 0;
	} else if (!keepalive_set(s, t, name, value)) {
		return TCPSPEC_UNSUPPORTED;
	}
	tcb_settle(s, t);
	return 0;
}
