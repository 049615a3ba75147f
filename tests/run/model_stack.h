/* A stack for tests of the engine on a virtual clock: it does what lib/model lists first, at once, and has no timer but the faults that a test plants. Not an implementation of TCP:
 * the judge reads the same model, so it says nothing about either. */
#ifndef TCPSPEC_TESTS_RUN_MODEL_STACK_H
#define TCPSPEC_TESTS_RUN_MODEL_STACK_H

#include <string.h>

#include "lib/model/model.h"
#include "lib/target/stack.h"
#include "lib/wire/option.h"
#include "lib/wire/seq.h"

/* What is wrong with it, once. */
enum model_stack_fault {
	MODEL_STACK_SOUND,
	MODEL_STACK_LATE_20MS,  /* the reply comes by a timer of 20 ms */
	MODEL_STACK_LATE_300MS, /* of 300 ms */
	MODEL_STACK_LATE_1US,
	MODEL_STACK_BABBLES, /* the reply comes again, 600 ms behind the first */
	MODEL_STACK_RETRIES, /* its SYN comes again after an RTO, which is lawful */
	MODEL_STACK_HURRIES, /* its SYN comes again after half an RTO */
	MODEL_STACK_HASTENS, /* TIME-WAIT ends after one MSL */
};

enum { LISTENER = 1,
       CONNECTION = 2,
       HELD_OCTETS = 2048 };

struct tcpspec_stack {
	struct model model;
	enum model_stack_fault fault;
	struct tcb tcb;
	struct tcpspec_setup setup;
	struct address local, remote;
	uint16_t local_port, remote_port;
	uint32_t isn;
	bool listens;
	bool answers;    /* a segment that came in ESTABLISHED: there the fault acts */
	uint32_t buffer; /* octets that the user need not take at once */
	uint64_t now;
	uint8_t held[HELD_OCTETS]; /* a packet that a timer sends */
	size_t held_octets;
	uint64_t held_until; /* 0: none */
	unsigned polls;
};

static struct model model_stack_model;
static enum model_stack_fault model_stack_fault;

static inline struct address stack_address(const struct tcpspec_address *a)
{
	struct address to = {.family = a->family == 4 ? IPV4 : IPV6};
	memcpy(to.octets, a->octets, sizeof to.octets);
	return to;
}

static inline size_t model_stack_octets(const struct tcpspec_setup *setup, char *why, size_t n)
{
	(void)setup, (void)why, (void)n;
	return sizeof(struct tcpspec_stack);
}

static inline struct tcpspec_stack *model_stack_create(void *arena, size_t octets, const struct tcpspec_setup *setup, char *why, size_t n)
{
	struct tcpspec_stack *s = arena;
	(void)octets, (void)why, (void)n;
	memset(s, 0, sizeof *s);
	s->model = model_stack_model;
	s->fault = model_stack_fault;
	s->setup = *setup;
	s->tcb = tcb_closed(false);
	s->buffer = 65535;
	s->isn = (uint32_t)(setup->seed * 2654435761u);
	return s;
}

static inline void stack_put_out(struct tcpspec_stack *s, const struct segment *g)
{
	uint8_t packet[HELD_OCTETS];
	const size_t n = segment_build(g, packet, sizeof packet);
	const bool repeats = s->fault == MODEL_STACK_RETRIES || s->fault == MODEL_STACK_HURRIES;
	const bool faulty = repeats ? g->ctl == CTL_SYN : s->fault != MODEL_STACK_HASTENS && s->answers;
	const uint64_t late = s->fault == MODEL_STACK_LATE_20MS ? 20000 : s->fault == MODEL_STACK_LATE_300MS ? 300000
	                                                              : s->fault == MODEL_STACK_LATE_1US     ? 1
	                                                              : repeats                              ? s->model.constants.rto_initial / (s->fault == MODEL_STACK_RETRIES ? 1 : 2)
	                                                                                                     : 600000;
	if (faulty && s->fault != MODEL_STACK_SOUND && !s->held_until) {
		memcpy(s->held, packet, n);
		s->held_octets = n;
		s->held_until = s->now + late;
	}
	if (!faulty || s->fault == MODEL_STACK_SOUND || s->fault == MODEL_STACK_BABBLES || repeats)
		s->setup.output(s->setup.to, packet, n);
}

static inline struct segment stack_segment(const struct tcpspec_stack *s, uint16_t ctl, uint32_t seq, uint32_t ack)
{
	static const uint8_t none[1];
	struct segment g = {.src = s->local, .dst = s->remote, .src_port = s->local_port, .dst_port = s->remote_port, .ctl = ctl, .seq = seq, .ack = ctl & CTL_ACK ? ack : 0, .wnd = 65535, .text = none};
	const struct tcb *t = &s->tcb;
	g.wnd = t->unread < s->buffer ? (uint16_t)(s->buffer - t->unread) : 0;
	if (!(ctl & CTL_RST) && (t->ts_on || (ctl & CTL_SYN && !(ctl & CTL_ACK) && s->model.choices.timestamps)))
		g.options_length = options_timestamps(1, t->ts_recent, g.option_octets);
	return g;
}

/* What is due at once, then what is queued, then what is owed. */
static inline void stack_react(struct tcpspec_stack *s, const struct outcome *o)
{
	const struct reaction *r = &o->reaction[0];
	if (o->count == 0)
		return;
	s->tcb = r->next;
	for (unsigned i = 0; i < r->now_count; i++) {
		const struct emission *e = &r->now[i];
		if (e->binds_iss)
			s->isn = e->seq_after ? e->seq + 1 : s->isn + 64000;
		const struct segment g = stack_segment(s, e->ctl, e->binds_iss ? s->isn : e->seq, e->ack_any ? 0 : e->ack);
		stack_put_out(s, &g);
		model_satisfies(&s->model, e, &g, s->now, &s->tcb);
	}
	const char *clause;
	struct tcb next;
	if (r->has_due && seq_lt(s->tcb.snd_nxt, r->due)) {
		uint8_t octets[1400];
		const uint32_t fin = s->tcb.fin_queued && seq_lt(s->tcb.snd_nxt + s->tcb.queued, r->due);
		struct segment g = stack_segment(s, (uint16_t)(CTL_ACK | (fin ? CTL_FIN : 0)), s->tcb.snd_nxt, s->tcb.rcv_nxt);
		g.text_length = r->due - s->tcb.snd_nxt - fin;
		if (g.text_length > sizeof octets)
			g.text_length = sizeof octets;
		stream_fill(octets, g.seq - s->tcb.iss - 1, g.text_length);
		g.text = octets;
		stack_put_out(s, &g);
		if (model_emits(&s->model, &s->tcb, &g, s->now, &next, &clause) != UNASKED_FORBIDDEN)
			s->tcb = next;
	}
	if (s->tcb.ack_owed) {
		const struct segment g = stack_segment(s, CTL_ACK, s->tcb.snd_nxt, s->tcb.rcv_nxt);
		stack_put_out(s, &g);
		if (model_emits(&s->model, &s->tcb, &g, s->now, &next, &clause) != UNASKED_FORBIDDEN)
			s->tcb = next;
	}
}

static inline void stack_time(struct tcpspec_stack *s, uint64_t now)
{
	struct outcome o;
	const char *missed;
	s->now = now;
	model_time(&s->model, &s->tcb, now, &o, &missed);
	if (o.count)
		s->tcb = o.reaction[0].next;
}

static inline void model_stack_input(struct tcpspec_stack *s, const uint8_t *packet, size_t n, uint64_t now)
{
	struct segment g;
	struct outcome o;
	stack_time(s, now);
	if (!segment_parse(packet, n, &g, NULL) || g.bad & ~BAD_RESERVED)
		return;
	s->local = g.dst;
	s->remote = g.src;
	s->local_port = g.dst_port;
	s->remote_port = g.src_port;
	s->answers = s->tcb.state == ESTABLISHED;
	model_arrives(&s->model, &s->tcb, &g, now, &o);
	stack_react(s, &o);
	s->answers = false;
}

static inline uint64_t model_stack_poll(struct tcpspec_stack *s, uint64_t now)
{
	stack_time(s, now);
	s->polls++;
	if (s->held_until && s->held_until <= now) {
		s->held_until = 0;
		s->fault = MODEL_STACK_SOUND;
		s->setup.output(s->setup.to, s->held, s->held_octets);
	}
	const uint64_t over = s->tcb.time_wait_from + (s->fault == MODEL_STACK_HASTENS ? 1 : 2) * s->model.constants.msl;
	if (s->tcb.state == TIME_WAIT && now >= over)
		s->tcb = tcb_closed(s->listens);
	return s->held_until ? s->held_until : s->tcb.state == TIME_WAIT ? over
	                                                                 : UINT64_MAX;
}

static inline int64_t stack_call(struct tcpspec_stack *s, enum call c, uint32_t n, uint64_t now)
{
	struct outcome o;
	stack_time(s, now);
	model_call(&s->model, &s->tcb, c, n, now, &o);
	const bool refused = o.count && o.reaction[0].next.signals & ~s->tcb.signals & SIGNAL_CLOSED;
	stack_react(s, &o);
	return refused ? TCPSPEC_CLOSING : 0;
}

static inline int64_t model_stack_listen(struct tcpspec_stack *s, const struct tcpspec_address *local, uint16_t port, uint32_t buffer, uint64_t now)
{
	(void)local, (void)port;
	s->buffer = buffer ? buffer : 65535;
	s->listens = true;
	stack_call(s, CALL_OPEN_PASSIVE, 0, now);
	return LISTENER;
}

static inline int64_t model_stack_connect(struct tcpspec_stack *s, const struct tcpspec_ends *ends, uint32_t buffer, uint64_t now)
{
	s->local = stack_address(&ends->local);
	s->remote = stack_address(&ends->remote);
	s->local_port = ends->local_port;
	s->remote_port = ends->remote_port;
	s->buffer = buffer ? buffer : 65535;
	stack_call(s, CALL_OPEN_ACTIVE, buffer, now);
	return CONNECTION;
}

static inline bool stack_has_tcb(const struct tcpspec_stack *s)
{
	return s->tcb.state != CLOSED && s->tcb.state != LISTEN;
}

static inline int64_t model_stack_find(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	(void)ends;
	return stack_has_tcb(s) ? CONNECTION : TCPSPEC_NONE;
}

static inline int64_t model_stack_send(struct tcpspec_stack *s, int64_t h, const uint8_t *octets, size_t n, unsigned flags, uint64_t now)
{
	(void)h, (void)octets, (void)flags;
	const int64_t code = stack_call(s, CALL_SEND, (uint32_t)n, now);
	return code < 0 ? code : (int64_t)n;
}

static inline int64_t model_stack_receive(struct tcpspec_stack *s, int64_t h, uint8_t *to, size_t room, uint64_t now)
{
	const uint32_t had = s->tcb.unread, n = had < room ? had : (uint32_t)room;
	(void)h;
	stream_fill(to, s->tcb.rcv_nxt - s->tcb.fin_received - had - s->tcb.irs - 1, n);
	const int64_t code = stack_call(s, CALL_RECEIVE, (uint32_t)room, now);
	return n ? (int64_t)n : code < 0          ? code
	                    : s->tcb.fin_received ? 0
	                                          : TCPSPEC_AGAIN;
}

static inline int64_t model_stack_close(struct tcpspec_stack *s, int64_t h, uint64_t now)
{
	(void)h;
	return stack_call(s, CALL_CLOSE, 0, now);
}

static inline int64_t model_stack_release(struct tcpspec_stack *s, int64_t h, uint64_t now)
{
	if (h == LISTENER) {
		s->listens = s->tcb.listener = false;
		if (s->tcb.state == LISTEN)
			s->tcb = tcb_closed(false);
		return 0;
	}
	return stack_call(s, CALL_RELEASE, 0, now);
}

static inline int64_t model_stack_abort(struct tcpspec_stack *s, int64_t h, uint64_t now)
{
	(void)h;
	return stack_call(s, CALL_ABORT, 0, now);
}

static inline int64_t model_stack_forget(struct tcpspec_stack *s, int64_t h)
{
	(void)h;
	return stack_call(s, CALL_FORGET, 0, s->now);
}

static inline unsigned model_stack_told(struct tcpspec_stack *s, int64_t h)
{
	static const unsigned from[] = {SIGNAL_RESET, SIGNAL_REFUSED, SIGNAL_TIMEOUT, SIGNAL_EOF, SIGNAL_URGENT, SIGNAL_UNREACHABLE};
	unsigned told = 0;
	(void)h;
	for (unsigned i = 0; i < 6; i++)
		if (s->tcb.signals & from[i])
			told |= 1u << i;
	return told;
}

static inline unsigned model_stack_state(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	(void)ends;
	return !stack_has_tcb(s) && s->listens ? TCPSPEC_LISTEN : (unsigned)s->tcb.state;
}

static inline size_t model_stack_snapshot_octets(const struct tcpspec_stack *s)
{
	return sizeof *s;
}

static inline void model_stack_snapshot(const struct tcpspec_stack *s, void *to)
{
	memcpy(to, s, sizeof *s);
}

static inline void model_stack_restore(struct tcpspec_stack *s, const void *from)
{
	memcpy(s, from, sizeof *s);
}

static const struct tcpspec_stack_operations model_stack = {
    .version = TCPSPEC_STACK_VERSION,
    .size = sizeof model_stack,
    .name = "the model, played",
    .arena_octets = model_stack_octets,
    .create = model_stack_create,
    .input = model_stack_input,
    .poll = model_stack_poll,
    .listen = model_stack_listen,
    .connect = model_stack_connect,
    .find = model_stack_find,
    .send = model_stack_send,
    .receive = model_stack_receive,
    .close = model_stack_close,
    .release = model_stack_release,
    .abort = model_stack_abort,
    .forget = model_stack_forget,
    .told = model_stack_told,
    .state = model_stack_state,
    .snapshot_octets = model_stack_snapshot_octets,
    .snapshot = model_stack_snapshot,
    .restore = model_stack_restore,
};

#endif
