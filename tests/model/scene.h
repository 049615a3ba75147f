/* Scenes for the model's tests: a TCB in a state, and events that it meets. What the outcome must be is fixture.h's and the test's matter.
 *
 * Numbers are those of the standard's figures: ISS is 100, IRS is 300. Each scene is played at several placements, where an offset
 * is added to the target's numbers and another to the tester's, so that 2^31 and 2^32 fall onto the numbers in use. */
#ifndef TCPSPEC_TESTS_MODEL_SCENE_H
#define TCPSPEC_TESTS_MODEL_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lib/base/text.h"
#include "lib/model/model.h"
#include "lib/wire/seq.h"

enum { ANSWERS_MAX = 16,
       START_US = 10000000, /* the scene's clock, microseconds */
       WINDOW = 65535 };

enum answer_kind { SILENCE,
	           ACK_OWED,
	           SEGMENT };

/* One reaction as a test says it. Numbers are live ones, offsets added. */
struct answer {
	enum answer_kind kind;
	uint16_t ctl;
	bool seq_any; /* the target chooses: a new ISS */
	uint32_t seq, ack;
	uint32_t text; /* octets, at most */
	enum state next;
};

struct scene {
	struct model m;
	struct tcb t; /* before the event */
	struct outcome out;
	struct segment stimulus;
	bool has_stimulus;
	uint64_t now;
	uint32_t target, tester; /* offsets */
	uint32_t una, nxt, rcv;  /* SND.UNA, SND.NXT, RCV.NXT of t, as figure numbers */
	struct answer listed[ANSWERS_MAX];
	unsigned listed_count;
	bool several; /* reactions of more than one segment are left open */
};

/* With ISS=100 and IRS=300: the SYN, the octet after it, or the middle of the window meets 2^31 or 2^32. */
static const struct {
	uint32_t target, tester;
} placements[] = {
    {0, 0},
    {0x80000000u - 101, 0x80000000u - 301},
    {0u - 101, 0u - 301},
    {0u - 100, 0x80000000u - 300},
    {0x80000000u - 102, 0u - 302},
    {0u - 106, 0u - 306},
    {0u - 1000, 0u - 30301},
    {0x80000000u - 1000, 0x80000000u - 30301},
};

static const enum state synchronized[] = {ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT};
enum { SYNCHRONIZED = 7,
       BEFORE_TIME_WAIT = 6, /* synchronized[] without TIME-WAIT */
       RECEIVING = 3 };      /* ESTABLISHED, FIN-WAIT-1, FIN-WAIT-2: the peer has not sent its FIN */

/* A stack that makes every choice the tests do not speak of in the plainest way. */
static inline struct model scene_model(void)
{
	struct model m = model_default(PROFILE_RFC9293);

	m.choices = (struct choices){.rfc5961_rst = true, .rfc5961_syn = true, .delayed_ack = true};
	m.constants.rto_initial = 1000000;
	m.constants.rto_min = 200000;
	m.constants.rto_max = 60000000;
	m.constants.delayed_ack_max = 500000;
	m.constants.msl = 120000000;
	m.constants.tick = 10000;
	m.constants.challenge_interval = 0;
	return m;
}

static inline bool state_has_syn_of_peer(enum state st)
{
	return st != CLOSED && st != LISTEN && st != SYN_SENT;
}

static inline bool state_has_fin_of_peer(enum state st)
{
	return st == CLOSE_WAIT || st == CLOSING || st == LAST_ACK || st == TIME_WAIT;
}

static inline bool state_has_sent_fin(enum state st)
{
	return st == FIN_WAIT_1 || st == FIN_WAIT_2 || st == CLOSING || st == LAST_ACK || st == TIME_WAIT;
}

static inline bool state_awaits_ack(enum state st)
{
	return st == SYN_SENT || st == SYN_RECEIVED || st == FIN_WAIT_1 || st == CLOSING || st == LAST_ACK;
}

static inline void scene_fill_numbers(struct scene *s, enum state st)
{
	struct tcb *t = &s->t;

	s->una = st == SYN_SENT || st == SYN_RECEIVED ? 100 : 101;
	s->nxt = state_has_sent_fin(st) ? 102 : 101;
	if (st == FIN_WAIT_2 || st == TIME_WAIT)
		s->una = 102;
	s->rcv = state_has_fin_of_peer(st) ? 302 : 301;
	t->iss_known = true;
	t->iss = s->target + 100;
	t->snd_una = s->target + s->una;
	t->snd_nxt = s->target + s->nxt;
	t->fin_sent = state_has_sent_fin(st);
	t->sent_at = state_awaits_ack(st) ? s->now : 0;
	if (!state_has_syn_of_peer(st))
		return;
	t->irs_known = true;
	t->irs = s->tester + 300;
	t->rcv_nxt = t->last_ack_sent = s->tester + s->rcv;
	t->fin_received = state_has_fin_of_peer(st);
	t->snd_wnd = t->max_snd_wnd = WINDOW;
	t->snd_wl1 = st == SYN_RECEIVED ? t->irs : s->tester + 301;
	t->snd_wl2 = t->snd_una;
}

/* Enters a state as the standard preludes leave it: nothing outstanding but a SYN or FIN, windows of 65535. SYN-RECEIVED by
 * simultaneous open; from_listen() for the other way. False when there is no such placement: the loop's end. */
static inline bool scene_in(struct scene *s, enum state st, unsigned placement)
{
	if (placement >= sizeof placements / sizeof *placements)
		return false;
	memset(s, 0, sizeof *s);
	s->m = scene_model();
	s->now = START_US;
	s->target = placements[placement].target;
	s->tester = placements[placement].tester;
	s->t = tcb_closed(st == LISTEN);
	s->t.state = st;
	if (st == CLOSED)
		return true;
	s->t.passive = st == LISTEN;
	s->t.opened_at = s->now;
	s->t.rcv_wnd = WINDOW;
	s->t.snd_mss = s->t.rcv_mss = 536;
	if (st == LISTEN)
		return true;
	scene_fill_numbers(s, st);
	s->t.rcv_edge = s->t.rcv_nxt + WINDOW;
	if (st == TIME_WAIT)
		s->t.time_wait_from = s->now;
	return true;
}

/* SYN-RECEIVED came from LISTEN, and the port still listens. */
static inline void from_listen(struct scene *s)
{
	s->t.passive = true;
	s->t.listener = true;
}

/* The window that the target advertised last. */
static inline void receive_window(struct scene *s, uint32_t octets)
{
	s->t.rcv_wnd = octets;
	s->t.rcv_edge = s->t.rcv_nxt + octets;
}

/* The target has sent this many octets that nobody acknowledged: SND.UNA stays, SND.NXT moves. Before the FIN, if one was sent. */
static inline void has_outstanding(struct scene *s, uint32_t octets)
{
	s->nxt += octets;
	s->t.snd_nxt += octets;
	s->t.sent_at = s->now;
}

/* The target has sent this many octets, all acknowledged. */
static inline void has_sent(struct scene *s, uint32_t octets)
{
	s->una += octets;
	s->nxt += octets;
	s->t.snd_una += octets;
	s->t.snd_nxt += octets;
	s->t.snd_wl2 = s->t.snd_una;
}

/* ... and has received and acknowledged this many, which the user has not read. */
static inline void has_received(struct scene *s, uint32_t octets)
{
	s->rcv += octets;
	s->t.rcv_nxt += octets;
	s->t.last_ack_sent = s->t.rcv_nxt;
	s->t.rcv_wnd -= octets;
	s->t.unread += octets;
}

/* A segment of the tester, in figure numbers. */
static inline struct segment said(const struct scene *s, uint32_t seq, uint32_t ack, uint16_t ctl, uint32_t text)
{
	static const uint8_t octets[256];
	struct segment g = {.seq = s->tester + seq, .ctl = ctl, .wnd = WINDOW, .off = 5, .text = octets, .text_length = text};

	assert_true(text <= sizeof octets);
	if (ctl & CTL_ACK)
		g.ack = s->target + ack;
	return g;
}

static inline void arrives_as(struct scene *s, const struct segment *g)
{
	memset(&s->out, 0, sizeof s->out);
	s->stimulus = *g;
	s->has_stimulus = true;
	s->listed_count = 0;
	s->several = false;
	model_arrives(&s->m, &s->t, g, s->now, &s->out);
}

static inline void arrives(struct scene *s, uint32_t seq, uint32_t ack, uint16_t ctl, uint32_t text)
{
	const struct segment g = said(s, seq, ack, ctl, text);

	arrives_as(s, &g);
}

static inline void calls(struct scene *s, enum call c, uint32_t octets)
{
	memset(&s->out, 0, sizeof s->out);
	memset(&s->stimulus, 0, sizeof s->stimulus);
	s->has_stimulus = false;
	s->listed_count = 0;
	s->several = false;
	model_call(&s->m, &s->t, c, octets, s->now, &s->out);
}

/* The scene goes on from this reaction, and nothing more can be asked of the outcome. una, nxt and rcv stay: the test says its own numbers
 * from here. */
static inline void follow(struct scene *s, const struct reaction *r)
{
	s->t = r->next;
	s->out.count = 0;
}

/* LISTEN and "no TCB, but the port listens" are one (model.h, struct tcb, listener). */
static inline enum state state_seen(const struct tcb *t)
{
	return t->state == CLOSED && t->listener ? LISTEN : t->state;
}

/* May the target send this of its own, `after` microseconds later? */
static inline enum unasked would_send(const struct scene *s, uint64_t after, uint32_t seq, uint32_t ack, uint16_t ctl, uint32_t text, struct tcb *next)
{
	static const uint8_t octets[256];
	const struct segment g = {.seq = s->target + seq, .ack = s->tester + ack, .ctl = ctl, .wnd = WINDOW, .off = 5, .text = octets, .text_length = text};
	const char *clause = NULL;
	struct tcb forgotten;

	assert_true(text <= sizeof octets);
	return model_emits(&s->m, &s->t, &g, s->now + after, next ? next : &forgotten, &clause);
}

/* The same now; the scene goes on from there when it is permitted. */
static inline enum unasked sends(struct scene *s, uint32_t seq, uint32_t ack, uint16_t ctl, uint32_t text)
{
	struct tcb next;
	const enum unasked u = would_send(s, 0, seq, ack, ctl, text, &next);

	if (u != UNASKED_FORBIDDEN)
		s->t = next;
	return u;
}

#endif
