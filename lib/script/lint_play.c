/* Plays a script in the model's world: no wire, no target, time that passes as steps demand it. It judges the script, never a stack. */
#include "lib/script/lint.h"

#include <string.h>

#include "lib/script/sack.h"
#include "lib/wire/option.h"

enum { STEP_US = 1000,
       START_US = 1000000 };

uint64_t lint_duration(const struct lint_play *p, struct duration d)
{
	const struct tcb *t = p->worlds.count ? &p->worlds.h[0].tcb : NULL;
	const struct constants *c = &p->model->constants;
	bool syn = t && (t->state == SYN_SENT || t->state == SYN_RECEIVED);
	uint64_t rto = syn ? c->rto_initial : c->rto_min;
	/* Backed off, as it is in force (RFC 6298 5.5). */
	for (unsigned i = 0; t && i < t->retransmissions && rto < c->rto_max; i++)
		rto *= 2;
	return duration_us(d, c, rto < c->rto_max ? rto : c->rto_max);
}

/* ---- time ---- */

/* The acknowledgment that a world owes, sent as residue if it may be. */
static void world_acknowledges(const struct lint_play *p, struct hypothesis *w, uint64_t at)
{
	struct segment s;
	struct tcb next = w->tcb;
	const char *clause;
	memset(&s, 0, sizeof s);
	s.src.family = s.dst.family = IPV4;
	s.seq = w->tcb.snd_nxt;
	s.ack = w->tcb.rcv_nxt;
	s.ctl = CTL_ACK;
	s.wnd = (uint16_t)(w->tcb.rcv_wnd >> w->tcb.rcv_scale);
	if (model_emits(p->model, &w->tcb, &s, at, &next, &clause) != UNASKED_FORBIDDEN)
		w->tcb = next;
}

bool lint_time(struct lint_play *p, uint64_t until)
{
	const char *missed;
	hypotheses_clear(&p->scratch);
	for (unsigned i = 0; i < p->worlds.count; i++) {
		struct hypothesis w = p->worlds.h[i];
		uint64_t owed = model_next_owed(&w.tcb);
		if (owed <= until)
			world_acknowledges(p, &w, owed > p->now ? owed : p->now);
		hypotheses_wait(&p->scratch, &w, p->model, until, &missed);
	}
	hypotheses_swap(&p->worlds, &p->scratch);
	p->now = until;
	return p->worlds.count > 0;
}

/* ---- findings ---- */

static bool fault_set(struct lint_play *p, size_t at)
{
	p->fault = at;
	return false;
}

static void states_list(const struct hypotheses *w, struct text *out)
{
	uint16_t seen = 0;
	for (unsigned i = 0; i < w->count; i++) {
		if (seen & 1u << w->h[i].tcb.state)
			continue;
		text_add(out, "%s%s", seen ? ", " : "", state_name(w->h[i].tcb.state));
		seen |= (uint16_t)(1u << w->h[i].tcb.state);
	}
}

/* What the first three worlds have yet to send, each thing once. */
static void demand_list(const struct lint_play *p, struct text *out)
{
	struct text list = {0}, one = {0};
	for (unsigned i = 0; i < p->worlds.count && i < 3; i++) {
		const struct hypothesis *w = &p->worlds.h[i];
		text_clear(&one);
		if (w->pending_count)
			emission_print(&w->pending[0], &w->tcb, &p->stimulus, &one);
		else
			text_add(&one, "%s", w->has_due ? "what was queued" : "nothing");
		if (!strstr(text_string(&list), text_string(&one)))
			text_add(&list, "%s%s", list.length ? " or " : "", text_string(&one));
	}
	text_add(out, "%s", text_string(&list));
	text_free(&list);
	text_free(&one);
	if (p->worlds.count && p->worlds.h[0].clause)
		text_add(out, " (%s)", p->worlds.h[0].clause);
}

/* ---- the ends of groups ---- */

static bool state_satisfied(uint16_t states, const struct tcb *t)
{
	if (states & 1u << t->state)
		return true;
	bool none = t->state == CLOSED || t->state == LISTEN;
	return none && (states & 1u << CLOSED || (states & 1u << LISTEN && (t->listener || t->state == LISTEN)));
}

/* (by the model): the worlds send what they must by themselves. */
static void worlds_reply(struct lint_play *p)
{
	for (unsigned i = 0; i < p->worlds.count; i++) {
		struct hypothesis *w = &p->worlds.h[i];
		for (unsigned k = 0; k < w->pending_count; k++) {
			const struct emission *e = &w->pending[k];
			struct segment s;
			memset(&s, 0, sizeof s);
			s.src.family = s.dst.family = IPV4;
			s.ctl = e->ctl;
			s.seq = e->binds_iss ? (e->seq_after ? e->seq + 65536 : START_US) : e->seq;
			s.ack = e->ack;
			s.wnd = 65535;
			model_satisfies(p->model, e, &s, p->now, &w->tcb);
		}
		w->pending_count = 0;
		w->has_due = false;
		memset(w->pending, 0, sizeof w->pending);
	}
}

/* A world that must still send something when its group ends is none that the script describes. */
static bool replies_close(struct lint_play *p)
{
	if (script_has(p->s, p->first, p->end, STEP_BY_MODEL))
		worlds_reply(p);
	hypotheses_clear(&p->scratch);
	hypotheses_close(&p->worlds, &p->scratch);
	if (p->worlds.count)
		return true;
	hypotheses_swap(&p->worlds, &p->scratch); /* all of them */
	text_add(p->why, "expects no more in this group; the standard demands ");
	demand_list(p, p->why);
	return fault_set(p, p->end - 1);
}

static bool state_close(struct lint_play *p, size_t at)
{
	const struct step *st = &p->s->step[at];
	hypotheses_clear(&p->scratch);
	for (unsigned i = 0; i < p->worlds.count; i++)
		if (state_satisfied(st->states, &p->worlds.h[i].tcb))
			hypotheses_add(&p->scratch, &p->worlds.h[i]);
	if (p->scratch.count == 0) {
		text_add(p->why, "expects another state than the standard permits here: ");
		states_list(&p->worlds, p->why);
		return fault_set(p, at);
	}
	hypotheses_swap(&p->worlds, &p->scratch);
	return true;
}

static bool signal_close(struct lint_play *p, size_t at)
{
	const struct step *st = &p->s->step[at];
	for (unsigned i = 0; i < p->worlds.count; i++)
		if ((p->worlds.h[i].tcb.signals | p->worlds.h[i].tcb.may_signal) & st->signal)
			return true;
	text_add(p->why, "expects the signal '%s', which the standard does not give here", signal_name(st->signal));
	return fault_set(p, at);
}

/* A group's time: its (10 ms), its (silence 0.5 s). */
static bool wait_close(struct lint_play *p)
{
	uint64_t until = p->now;
	for (size_t i = p->first; i < p->end; i++) {
		const struct step *st = &p->s->step[i];
		if ((st->kind != STEP_WAIT && st->kind != STEP_SILENCE) || !st->has_within)
			continue;
		uint64_t at = p->group_from + lint_duration(p, st->within) + p->model->constants.tick;
		until = at > until ? at : until;
	}
	if (until == p->now)
		return true;
	if (lint_time(p, until))
		return true;
	text_add(p->why, "expects no more in this time; the standard demands more");
	return fault_set(p, p->end - 1);
}

static bool group_close(struct lint_play *p)
{
	if (p->opaque)
		return true;
	if (!replies_close(p) || !wait_close(p))
		return false;
	for (size_t i = p->first; i < p->end; i++) {
		if (p->s->step[i].kind == STEP_STATE && !state_close(p, i))
			return false;
		if (p->s->step[i].kind == STEP_SIGNAL && !signal_close(p, i))
			return false;
	}
	return true;
}

/* ---- stimuli ---- */

void lint_options(const char *said, const struct numbers *n, enum side side, const struct tcb *t, struct segment *s)
{
	char live[OPTIONS_LIVE];
	bool good = options_live(said, n, side, t, live);
	char *more = strstr(live, "/*");
	if (more)
		*more = '\0';
	if (good && options_compile(live, s->option_octets, &s->options_length, NULL))
		s->bad = options_parse(s->option_octets, s->options_length, &s->options) ? 0 : BAD_OPTIONS;
}

void lint_segment(const struct said_segment *said, uint32_t octets, uint16_t wnd, struct segment *s)
{
	static const uint8_t text[65536];
	memset(s, 0, sizeof *s);
	s->src.family = s->dst.family = IPV4;
	s->wnd = said->said & SAY_WND ? said->wnd : wnd;
	s->up = said->said & SAY_UP ? said->up : 0;
	s->text_length = octets < sizeof text ? octets : sizeof text;
	s->text = s->text_length ? text : NULL;
	if (said->said & SAY_OPT && strcmp(said->opt, "none") != 0)
		lint_options(said->opt, NULL, SIDE_TARGET, NULL, s);
}

void lint_send(struct lint_play *p, const struct said_segment *said, struct segment *s)
{
	const struct tcb *t = &p->worlds.h[0].tcb;
	bool icmp = said->said & SAY_ICMP;
	lint_segment(said, said->data == DATA_WINDOW ? t->rcv_wnd : said->data, 65535, s);
	s->ctl = said->ctl;
	s->seq = numbers_resolve(&p->numbers, icmp ? SIDE_TARGET : SIDE_TESTER, &said->seq, t, icmp ? t->snd_una : t->rcv_nxt);
	s->ack = numbers_resolve(&p->numbers, icmp ? SIDE_TESTER : SIDE_TARGET, &said->ack, t, said->ctl & CTL_ACK ? t->snd_nxt : 0);
	if (strstr(said->opt, "SACK:"))
		lint_options(said->opt, &p->numbers, SIDE_TARGET, t, s);
	if (t->ts_on && !(said->said & (SAY_OPT | SAY_ICMP)) && !(s->ctl & CTL_RST)) {
		s->options.has_ts = true;
		s->options.ts_val = p->numbers.ts_val + 1;
	}
	if (!icmp)
		numbers_timestamp(&p->numbers, SIDE_TESTER, s);
}

/* What the model does not see: another 4-tuple's segments, and ones that are no TCP segments. A wrong checksum or data offset is no event at all (3.10.7 begins behind it). */
static bool send_play(struct lint_play *p, const struct step *st)
{
	const struct said_segment *said = &st->segment;
	struct outcome o;
	hypotheses_clear(&p->scratch);
	if (said->said & (SAY_RAW | SAY_SRC) || (said->said & SAY_EXT && strchr(said->ip.extensions, ':')) || (said->said & SAY_FROM && said->ip.from == ROLE_OTHER)) {
		p->opaque = true;
		return true;
	}
	lint_send(p, said, &p->stimulus);
	if (said->said & (SAY_CHK | SAY_OFF) || (said->said & (SAY_FROM | SAY_TO) && !(said->said & SAY_ICMP)))
		return true;
	for (unsigned i = 0; i < p->worlds.count; i++) {
		const struct tcb *t = &p->worlds.h[i].tcb;
		if (said->said & SAY_ICMP)
			model_icmp(p->model, t, IPV4, said->icmp_type, said->icmp_code, said_mtu(said), p->stimulus.seq, p->now, &o);
		else
			model_arrives(p->model, t, &p->stimulus, p->now, &o);
		hypotheses_follow(&p->scratch, &p->worlds.h[i], &o);
	}
	hypotheses_swap(&p->worlds, &p->scratch);
	return p->worlds.count > 0;
}

static bool call_play(struct lint_play *p, const struct step *st)
{
	struct outcome o;
	hypotheses_clear(&p->scratch);
	for (unsigned i = 0; i < p->worlds.count; i++) {
		step_call(p->model, &p->worlds.h[i].tcb, st, st->n, p->now, &o);
		hypotheses_follow(&p->scratch, &p->worlds.h[i], &o);
	}
	hypotheses_swap(&p->worlds, &p->scratch);
	return p->worlds.count > 0;
}

static bool stimulus_play(struct lint_play *p, size_t at)
{
	const struct step *st = &p->s->step[at];
	bool good = lint_time(p, p->now + STEP_US);
	p->group_from = p->now;
	p->opaque = false;
	if (st->kind == STEP_SEND)
		good = good && send_play(p, st);
	else if (st->kind == STEP_CALL)
		good = good && call_play(p, st);
	if (good)
		return true;
	text_add(p->why, "is a stimulus for which the model has no reaction");
	return fault_set(p, at);
}

/* ---- the script ---- */

/* Figure numbers are bound anew where the ladder begins; the listener goes if it must. */
static void ladder_begin(struct lint_play *p)
{
	numbers_begin(&p->numbers, p->s, &p->worlds.h[0].tcb);
	for (unsigned i = 0; p->s->listener_closed && i < p->worlds.count; i++) {
		p->worlds.h[i].tcb.listener = false;
		if (p->worlds.h[i].tcb.state == LISTEN)
			p->worlds.h[i].tcb.state = CLOSED;
	}
}

static bool step_play(struct lint_play *p, size_t at)
{
	const struct step *st = &p->s->step[at];
	if (step_is_stimulus(st))
		return stimulus_play(p, at);
	if (st->kind != STEP_EXPECT || p->opaque || st->segment.said & SAY_SRC)
		return true;
	if (lint_expect(p, st))
		return true;
	text_add(p->why, "expects what the standard does not permit here: it permits ");
	demand_list(p, p->why);
	return fault_set(p, at);
}

static void play_begin(struct lint_play *p)
{
	struct hypothesis w;
	memset(&w, 0, sizeof w);
	w.tcb = tcb_closed(false);
	p->now = p->group_from = START_US;
	p->fault = p->s->count;
	p->numbers.rng = rng_seeded(1);
	p->first = 0;
	hypotheses_add(&p->worlds, &w);
}

/* The groups that begin before step `until`. */
static bool groups_play(struct lint_play *p, size_t until)
{
	const struct script *s = p->s;
	for (; p->first < until; p->first = p->end) {
		p->end = p->first + 1;
		while (p->end < s->count && p->end != s->prelude && s->step[p->end].group == s->step[p->first].group)
			p->end++;
		if (p->first == s->prelude)
			ladder_begin(p);
		for (size_t i = p->first; i < p->end; i++)
			if (!step_play(p, i))
				return false;
		if (!group_close(p))
			return false;
	}
	return true;
}

bool lint_play_run(struct lint_play *p)
{
	play_begin(p);
	return groups_play(p, p->s->count);
}

bool lint_play_way(struct lint_play *p)
{
	play_begin(p);
	if (!groups_play(p, p->s->prelude))
		return false;
	ladder_begin(p);
	return true;
}

void lint_play_end(struct lint_play *p)
{
	hypotheses_free(&p->worlds);
	hypotheses_free(&p->scratch);
}
