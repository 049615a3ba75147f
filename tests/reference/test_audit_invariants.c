/* What must hold of the reference stack's state behind every event, whatever arrives, is called, or is due: the numbers in their order, a timer for everything that waits, every block of
 * memory owned once, no text beyond the peer's window. Random courses under ordinary and under absurd settings.
 *
 * AUDIT_SEEDS=n in the environment: so many courses of each instead of a few. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/base/rng.h"
#include "lib/wire/option.h"
#include "lib/wire/packet.h"
#include "targets/reference/reference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { PORTS = 3,
       PORT = 7,
       PEER_PORT = 40000,
       MTU = 1500,
       TEXT_MAX = 1400,
       STEPS = 400,
       SEEDS = 50 };

static const char *const least[] = {"connections", "1", "listeners", "1", "blocks", "1", "block_octets", "64", "receive_buffer", "1", "send_buffer", "1", "ranges", "1", "timestamps", "no", NULL};
static const char *const little[] = {"connections", "2", "blocks", "8", "block_octets", "64", "receive_buffer", "100", "send_buffer", "200", "ranges", "2", "timestamps", "no", "nagle", "no", "retries", "2", NULL};
static const char *const usual[] = {"connections", "8", "blocks", "256", "timestamps", "no", "receive_buffer", "20000", "send_buffer", "60000", "initial_window", "10", NULL};
static const char *const plain[] = {"connections", "8", "blocks", "64", "block_octets", "256", "timestamps", "no", "sack", "no", "window_scale", "no", "send_buffer", "20000", "half_duplex_close", "no", "delayed_ack", "no", NULL};
static const char *const stamped[] = {"connections", "8", "blocks", "256", "receive_buffer", "200000", "send_buffer", "60000", "rfc5961_rst", "no", "rfc5961_syn", "no", "rfc5961_ack", "no", NULL};
static const char *const hasty[] = {"connections", "4", "blocks", "64", "timestamps", "no", "msl", "1 ms", "rto_initial", "1 us", "rto_min", "1 us", "rto_max", "1 us", "delayed_ack_max", "1 us", "keepalive", "yes", "keepalive_idle", "1 us", "keepalive_interval", "1 us", "user_timeout", "30 s", "rfc1337", "yes", NULL};
static const char *const *const settings[] = {least, little, usual, plain, stamped, hasty};

struct course {
	const struct tcpspec_stack_operations *op;
	struct tcpspec_stack *s;
	struct rng rng;
	uint64_t now;
	struct tcpspec_ends ends;
	struct address own, theirs;
	int64_t h[PORTS];
	uint32_t seq[PORTS], ack[PORTS], ts[PORTS]; /* what the stack expects next, and sends next; its timestamp */
	struct segment last;                        /* of the stack's packets, quoted by errors */
	uint8_t last_octets[MTU];
	size_t last_n;
	unsigned family, seed;
	const char *what;
	uint32_t edge[PORTS], generation[PORTS]; /* the right edge that the peer was told, by the connection of this generation */
};

static void held_true(const struct course *c, bool true_of_it, const char *said)
{
	if (!true_of_it)
		fail_msg("seed %u, %s connections, behind %s: %s", c->seed, c->s->set.connections == 1 ? "1" : c->s->set.sack ? "several"
		                                                                                                              : "plain",
		         c->what, said);
}

#define holds(c, x) held_true((c), (x), #x)

static struct tcb *tcb_of_port(struct course *c, uint16_t port)
{
	c->ends.remote_port = port;
	return tcb_find(c->s, &c->ends);
}

/* SHLD-14: the right edge never goes back. (That of a SYN cannot be said in full.) */
static void edge_check(struct course *c, const struct tcb *t, const struct segment *g, uint32_t i)
{
	uint32_t edge = g->ack + ((uint32_t)g->wnd << t->rcv_scale);

	if ((g->ctl & (CTL_SYN | CTL_ACK | CTL_RST)) != CTL_ACK)
		return;
	if (c->generation[i] == (tcb_slot(c->s, t) ^ t->generation << 8) && t->state != TCPSPEC_TIME_WAIT)
		holds(c, seq_le(c->edge[i], edge));
	c->generation[i] = tcb_slot(c->s, t) ^ t->generation << 8;
	c->edge[i] = edge;
}

/* Text that goes for the first time: Nagle (RFC 9293 3.7.4; SACK blocks take some of a full segment), cwnd with limited transmit (RFC 5681 3.2 (2)). */
static void fresh_check(struct course *c, const struct tcb *t, const struct segment *g)
{
	if (g->seq != t->snd_nxt || t->snd_una == t->snd_nxt)
		return;
	holds(c, !t->nagle || g->ctl & CTL_FIN || g->text_length + OPTIONS_MAX >= effective_mss(t));
	holds(c, t->sack_ok || t->congestion.phase != CONGESTION_OPEN || g->seq + g->text_length - t->snd_una <= t->congestion.cwnd + 2 * effective_mss(t));
}

/* RFC 9293 3.8.6, 3.7.1: within the window, but for the octet of a probe, and no more than Eff.snd.MSS. */
static void packet_look_at(void *to, const uint8_t *packet, size_t n)
{
	struct course *c = to;
	struct segment g;
	struct tcb *t;
	uint32_t i;

	assert_true(n <= MTU);
	if (!segment_parse(packet, n, &g, NULL))
		return;
	assert_int_equal(g.bad, 0);
	memcpy(c->last_octets, packet, n);
	c->last_n = n;
	c->last = g;
	t = tcb_of_port(c, g.dst_port);
	i = (uint32_t)(g.dst_port - PEER_PORT) % PORTS;
	c->ack[i] = g.seq + segment_length(&g);
	if (g.ctl & CTL_ACK)
		c->seq[i] = g.ack;
	if (g.options.has_ts)
		c->ts[i] = g.options.ts_val;
	/* RFC 2018 3: what stands before a block is missing; but for the first one, which may be a D-SACK (RFC 2883 4). */
	for (unsigned k = 1; k < g.options.sack_blocks; k++)
		holds(c, seq_lt(g.ack, g.options.sack[k].left));
	if (!t)
		return;
	edge_check(c, t, &g, i);
	if (g.text_length == 0)
		return;
	holds(c, g.text_length <= effective_mss(t));
	fresh_check(c, t, &g);
	if (g.text_length > 1)
		holds(c, g.seq + g.text_length - t->snd_una <= t->snd_wnd);
	holds(c, seq_le(g.seq + segment_length(&g), send_end(t) + 1));
}

static uint32_t chain_count(struct course *c, const struct octets *q)
{
	uint32_t n = 0, length = 0;

	for (uint32_t i = q->first; i != POOL_NONE; i = pool_at(&c->s->m.pool, i)->next, n++)
		length += pool_at(&c->s->m.pool, i)->length;
	holds(c, length == q->head + q->length || (n == 0 && q->length == 0));
	return n;
}

/* As reassembly.c has it. */
struct held_range {
	struct range range;
	struct octets text;
};

static uint32_t held_check(struct course *c, const struct tcb *t)
{
	const struct held_range *r;
	uint32_t n = 1;

	if (t->held.table == POOL_NONE) {
		holds(c, t->held.count == 0);
		return 0;
	}
	r = (const struct held_range *)(const void *)pool_at(&c->s->m.pool, t->held.table)->text;
	for (uint32_t i = 0; i < t->held.count; i++) {
		holds(c, seq_lt(r[i].range.left, r[i].range.right));
		holds(c, t->state == TCPSPEC_SYN_RECEIVED || !t->syn_acked || seq_lt(t->rcv_nxt, r[i].range.left));
		holds(c, seq_le(r[i].range.right, t->rcv_edge));
		holds(c, r[i].range.right - r[i].range.left - r[i].text.length <= 1);
		n += chain_count(c, &r[i].text);
		for (uint32_t k = 0; k < i; k++)
			holds(c, seq_lt(r[k].range.right, r[i].range.left) || seq_lt(r[i].range.right, r[k].range.left));
	}
	return n;
}

/* Everything that waits has a timer. */
static void timers_check(struct course *c, const struct tcb *t)
{
	bool sending = t->state != TCPSPEC_SYN_SENT && t->state != TCPSPEC_SYN_RECEIVED && t->state != TCPSPEC_TIME_WAIT && t->state != TCPSPEC_FIN_WAIT_2;
	bool unsent = !t->fin_sent && (send_end(t) != t->snd_nxt || t->fin_queued);
	uint64_t due = NEVER;

	for (int i = 0; i < TIMERS; i++)
		due = t->timer[i] < due ? t->timer[i] : due;
	holds(c, due == t->due);
	holds(c, (due == NEVER) == (t->heap_place == NOBODY));
	holds(c, t->snd_una == t->snd_nxt || t->timer[TIMER_RETRANSMIT] != NEVER);
	holds(c, t->snd_una != t->snd_nxt || t->timer[TIMER_RETRANSMIT] == NEVER);
	holds(c, t->ack_due != ACK_NOW);
	holds(c, t->ack_due != ACK_LATER || t->timer[TIMER_ACK] != NEVER);
	holds(c, !sending || !unsent || t->snd_una != t->snd_nxt || t->timer[TIMER_PROBE] != NEVER);
	holds(c, t->state != TCPSPEC_TIME_WAIT || t->timer[TIMER_TIME_WAIT] != NEVER);
}

static void numbers_check(struct course *c, const struct tcb *t)
{
	uint32_t end = send_end(t);

	holds(c, seq_le(t->snd_una, t->snd_nxt));
	holds(c, !t->syn_acked || seq_le(t->snd_nxt, end + (t->fin_sent ? 1 : 0)));
	holds(c, !t->fin_sent || t->fin_queued);
	holds(c, !seq_lt(t->resend, t->resend_end) || (seq_le(t->snd_una, t->resend) && seq_le(t->resend_end, t->snd_nxt)));
	holds(c, t->state == TCPSPEC_SYN_SENT || receive_window(t) <= RECEIVE_BUFFER_MAX);
	holds(c, t->received.length <= t->receive_buffer);
	holds(c, t->tries <= t->retries || !t->syn_acked);
	holds(c, t->state == TCPSPEC_SYN_SENT || t->state == TCPSPEC_SYN_RECEIVED || t->syn_acked || t->fin_queued);
}

static void state_check(struct course *c, const char *what)
{
	uint32_t blocks = 0, waiting = 0;

	c->what = what;
	for (uint32_t i = 0; i < c->s->m.slots; i++) {
		struct tcb *t = tcb_at(c->s, i);

		blocks += chain_count(c, &t->send) + chain_count(c, &t->received) + held_check(c, t) + (t->scoreboard.table != POOL_NONE ? 1 : 0);
		waiting += t->heap_place != NOBODY ? 1 : 0;
		if (t->state == TCPSPEC_CLOSED) {
			holds(c, t->send.length == 0 && t->held.count == 0 && t->heap_place == NOBODY);
			holds(c, t->owned || t->received.length == 0);
			continue;
		}
		numbers_check(c, t);
		timers_check(c, t);
	}
	holds(c, blocks == c->s->m.pool.taken);
	holds(c, waiting == c->s->m.heap);
}

static uint32_t number_near(struct rng *r, uint32_t right)
{
	static const uint32_t edges[] = {0, 0, 0, 0, 0, 0, 1, (uint32_t)-1, 2, (uint32_t)-2, 100, (uint32_t)-100, 536, (uint32_t)-536, 1400, (uint32_t)-1400, 19999, 20000, UINT32_C(0x7fffffff), UINT32_C(0x80000000)};

	return rng_below(r, 40) == 0 ? rng_u32(r) : right + edges[rng_below(r, sizeof edges / sizeof *edges)];
}

/* A segment that is mostly plausible. */
static void segment_arrives_drawn(struct course *c)
{
	static const uint16_t bits[] = {CTL_ACK, CTL_ACK, CTL_ACK, CTL_ACK, CTL_ACK, CTL_ACK, CTL_ACK | CTL_FIN, CTL_SYN, CTL_SYN, CTL_SYN | CTL_ACK, CTL_RST, CTL_ACK | CTL_URG, CTL_FIN, CTL_SYN | CTL_FIN, 0};
	static const uint32_t lengths[] = {0, 0, 0, 0, 1, 10, 100, 536, TEXT_MAX};
	static const uint16_t windows[] = {0, 0, 1, 10, 500, 1400, 3000, 65535, 65535, 65535};
	static const uint8_t text[TEXT_MAX];
	struct rng *r = &c->rng;
	unsigned i = rng_below(r, PORTS);
	struct segment g = {.src = c->own, .dst = c->theirs, .src_port = (uint16_t)(PEER_PORT + i), .dst_port = PORT, .text = text};
	struct tcb *t = tcb_of_port(c, g.src_port);
	uint8_t packet[2000];
	char said[100] = "";

	g.ctl = bits[rng_below(r, sizeof bits / sizeof *bits)];
	g.seq = number_near(r, t && rng_below(r, 2) ? t->rcv_nxt : c->seq[i]);
	g.ack = number_near(r, t && rng_below(r, 2) ? (rng_below(r, 2) ? t->snd_una : t->snd_nxt) : c->ack[i]);
	g.wnd = windows[rng_below(r, sizeof windows / sizeof *windows)];
	g.up = (uint16_t)rng_below(r, 2000);
	g.text_length = lengths[rng_below(r, sizeof lengths / sizeof *lengths)];
	if (g.ctl & CTL_SYN)
		snprintf(said, sizeof said, "MSS:%u,WS:%u,SACKOK%s", rng_below(r, 4) ? 1460 : rng_below(r, 100), rng_below(r, 16), rng_below(r, 4) ? ",TS:1/0" : "");
	else if (t && t->ts_ok)
		snprintf(said, sizeof said, "TS:%u/%u", t->ts_recent + rng_below(r, 2), c->ts[i]);
	else if (t && t->sack_ok && t->snd_una != t->snd_nxt) {
		uint32_t left = t->snd_una + rng_below(r, t->snd_nxt - t->snd_una + 2), right = left + rng_below(r, 3000);

		snprintf(said, sizeof said, "SACK:%u/%u/%u/%u", left, right, number_near(r, t->snd_una), number_near(r, t->snd_nxt));
	}
	assert_true(options_compile(said, g.option_octets, &g.options_length, NULL));
	c->op->input(c->s, packet, segment_build(&g, packet, sizeof packet), c->now);
	state_check(c, "a segment");
}

/* An ICMP error about the last packet. */
static void error_arrives_drawn(struct course *c)
{
	static const struct {
		uint8_t type[2], code[2];
	} kinds[] = {{{3, 2}, {4, 0}}, {{3, 2}, {4, 0}}, {{3, 1}, {1, 0}}, {{3, 1}, {3, 4}}, {{11, 3}, {0, 0}}, {{4, 127}, {0, 0}}};
	struct rng *r = &c->rng;
	unsigned k = rng_below(r, sizeof kinds / sizeof *kinds), six = c->family == 6;
	struct icmp_error m = {.src = c->own, .dst = c->theirs, .type = kinds[k].type[six], .code = kinds[k].code[six], .mtu = (uint16_t)rng_below(r, 2000), .quoted = c->last_octets, .quoted_length = c->last_n < 64 ? c->last_n : 64};
	uint8_t packet[200];
	size_t n = icmp_error_build(&m, packet, sizeof packet);

	c->op->input(c->s, packet, n, c->now);
	state_check(c, "an ICMP error");
}

static void time_passes(struct course *c)
{
	static const uint64_t times[] = {1, 1000, 50000, 200000, 500000, 1000000, 3000000, 100000000, 7300000000};
	uint64_t until = c->now + times[rng_below(&c->rng, sizeof times / sizeof *times)];

	for (unsigned n = 0; n < 10000; n++) {
		uint64_t next = c->op->poll(c->s, c->now);

		state_check(c, "a timer");
		holds(c, next > c->now);
		if (next > until)
			break;
		c->now = next;
	}
	c->now = until > c->now ? until : c->now;
}

/* One call of a user, whatever it answers. */
static void call_drawn(struct course *c)
{
	static uint8_t octets[20000];
	struct rng *r = &c->rng;
	unsigned i = rng_below(r, PORTS);
	int64_t *h = &c->h[i];
	const struct tcpspec_stack_operations *op = c->op;

	c->ends.remote_port = (uint16_t)(PEER_PORT + i);
	if (*h <= 0)
		*h = rng_below(r, 4) == 0 ? op->connect(c->s, &c->ends, rng_below(r, 3) ? 0 : rng_u32(r), c->now) : op->find(c->s, &c->ends);
	switch (rng_below(r, 24)) {
	case 0:
	case 1:
		op->close(c->s, *h, c->now);
		break;
	case 2:
		op->release(c->s, *h, c->now);
		break;
	case 3:
		if (rng_below(r, 3) == 0)
			op->abort(c->s, *h, c->now);
		break;
	case 4:
		if (rng_below(r, 3) == 0)
			op->forget(c->s, *h);
		break;
	case 5:
		op->set(c->s, *h, "nagle", rng_below(r, 2));
		break;
	case 6:
		op->set(c->s, *h, "keepalive", rng_below(r, 2));
		break;
	case 7:
		op->set(c->s, *h, "user_timeout", rng_below(r, 2) ? rng_u64(r) : 5000000);
		break;
	case 8:
	case 9:
	case 10:
	case 11:
	case 12:
		op->receive(c->s, *h, octets, rng_below(r, sizeof octets), c->now);
		break;
	case 13:
		*h = 0;
		break;
	default:
		op->send(c->s, *h, octets, rng_below(r, sizeof octets), rng_below(r, 8) ? 0 : TCPSPEC_SEND_URGENT, c->now);
	}
	state_check(c, "a call");
}

static void course_run(const char *const *setting, unsigned seed)
{
	struct course *c = memory_zeroed(1, sizeof *c);
	struct tcpspec_setup setup = {.size = sizeof setup, .mtu = MTU, .address = {{4, {192, 0, 2, 2}}, {6, {0x20, 1, 0x0d, 0xb8, [15] = 2}}}, .seed = seed, .now_us = 1, .setting = setting, .output = packet_look_at, .to = c};
	unsigned six = seed % 2;
	char why[200];
	size_t n;
	void *arena;

	*c = (struct course){.op = tcpspec_stack_operations(), .rng = rng_named(seed, "audit"), .now = 1, .family = six ? 6 : 4, .seed = seed, .what = "nothing"};
	c->ends = (struct tcpspec_ends){.local = setup.address[six], .remote = setup.address[six], .local_port = PORT};
	c->ends.remote.octets[six ? 15 : 3] = 1;
	c->own.family = c->theirs.family = six ? IPV6 : IPV4;
	memcpy(c->own.octets, c->ends.remote.octets, sizeof c->own.octets);
	memcpy(c->theirs.octets, c->ends.local.octets, sizeof c->own.octets);
	n = c->op->arena_octets(&setup, why, sizeof why);
	arena = memory_zeroed(1, n);
	c->s = c->op->create(arena, n, &setup, why, sizeof why);
	if (!c->s)
		fail_msg("%s", why);
	assert_true(c->op->listen(c->s, &c->ends.local, PORT, 0, c->now) > 0);
	for (unsigned step = 0; step < STEPS; step++) {
		switch (rng_below(&c->rng, 12)) {
		case 0:
			time_passes(c);
			break;
		case 1:
			error_arrives_drawn(c);
			break;
		case 2:
		case 3:
		case 4:
		case 5:
			call_drawn(c);
			break;
		default:
			segment_arrives_drawn(c);
		}
	}
	free(arena);
	free(c);
}

static void what_must_hold_holds(void **state)
{
	const char *asked = getenv("AUDIT_SEEDS");
	const unsigned long seeds = asked ? strtoul(asked, NULL, 10) : SEEDS;

	(void)state;
	for (unsigned i = 0; i < sizeof settings / sizeof *settings; i++)
		for (unsigned seed = 1; seed <= seeds; seed++)
			course_run(settings[i], seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_must_hold_holds)};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("what must hold", tests, NULL, NULL);
}
