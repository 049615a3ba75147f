/* Inference by worlds: each state that the connection may be in is followed by itself, under the model or as the target was learned, until an answer contradicts it. */
#include "lib/run/probe.h"

#include <string.h>

static bool has_our_fin(enum state s)
{
	return s == FIN_WAIT_1 || s == FIN_WAIT_2 || s == CLOSING || s == LAST_ACK || s == TIME_WAIT;
}

static bool has_peers_fin(enum state s)
{
	return s == CLOSE_WAIT || s == CLOSING || s == LAST_ACK || s == TIME_WAIT;
}

static void state_forget(struct tcb *t, enum state s)
{
	const bool listener = t->listener || s == LISTEN;
	*t = tcb_closed(listener && s != CLOSED);
	t->state = s;
}

/* SND.UNA and SND.NXT as they are in s, the SYN and the FIN counted or not. */
static void state_send_side(struct tcb *t, enum state s)
{
	if (s == SYN_SENT || s == SYN_RECEIVED) {
		t->snd_una = t->iss;
		t->snd_nxt = t->iss + 1;
		t->fin_sent = false;
		return;
	}
	if (t->snd_una == t->iss)
		t->snd_una++;
	if (has_our_fin(s) != t->fin_sent)
		t->snd_nxt += has_our_fin(s) ? 1 : UINT32_MAX;
	t->fin_sent = has_our_fin(s);
	t->fin_queued = false;
	const uint32_t fin = t->snd_nxt - t->fin_sent;
	if (s == FIN_WAIT_2 || s == TIME_WAIT)
		t->snd_una = t->snd_nxt;
	else if (t->snd_una == fin + 1)
		t->snd_una = fin;
}

/* The connection of *t, were it in s instead: its variables differ from t's as the SYNs and FINs do that s has sent and received. False: it cannot be in s, the
 * target has not shown the numbers that it would need. */
static bool tcb_made_up(const struct tcb *t, enum state s, struct tcb *to)
{
	*to = *t;
	if (s == CLOSED || s == LISTEN) {
		state_forget(to, s);
		return true;
	}
	if (!t->iss_known || (s != SYN_SENT && !t->irs_known))
		return false;
	to->state = s;
	if (t->state == SYN_SENT || t->state == SYN_RECEIVED)
		to->sent_at = t->sent_at;
	state_send_side(to, s);
	if (s == SYN_SENT) {
		to->irs_known = false;
		return true;
	}
	if (s == SYN_RECEIVED)
		to->rcv_nxt = to->irs + 1;
	if (has_peers_fin(s) != to->fin_received)
		to->rcv_nxt += has_peers_fin(s) ? 1 : UINT32_MAX;
	to->fin_received = has_peers_fin(s);
	to->ack_owed = true; /* what it took it may have yet to acknowledge, sooner or later */
	to->owed_ack = to->rcv_nxt;
	to->owed_by = UINT64_MAX;
	return true;
}

/* What was shown before the stimulus is not undone: an acknowledgment of our SYN or FIN that was sent, one of the target's SYN that was taken. And without a FIN of the tester's
 * no state has received one. */
static uint16_t states_excluded(const struct tcb *before, bool fin)
{
	uint16_t out = 0;
	for (enum state s = SYN_SENT; s < STATES; s++) {
		const bool opening = s == SYN_SENT || s == SYN_RECEIVED, anew = opening && before->state == TIME_WAIT;
		const bool undoes_fin = before->fin_received && !has_peers_fin(s), undoes_syn = opening && before->iss_known && before->snd_una != before->iss;
		const bool no_fin = has_peers_fin(s) && !before->fin_received && !fin;
		if (!anew && (undoes_fin || undoes_syn || no_fin))
			out |= (uint16_t)(1u << s);
	}
	return out;
}

static void world_add(struct probing *p, const struct tcb *t)
{
	struct hypothesis h;
	memset(&h, 0, sizeof h);
	h.tcb = *t;
	hypotheses_add(&p->world[tcb_seen_as(t)], &h);
}

void probing_suppose(struct probing *p, const struct tcb *t)
{
	struct tcb other;
	for (enum state s = CLOSED; s < STATES; s++)
		if (!((p->permitted | p->excluded) >> s & 1) && tcb_made_up(t, s, &other))
			world_add(p, &other);
}

void probing_begin(struct probing *p, const struct model *m, const struct signatures *learned, const struct probe_plans *plans, const struct hypotheses *among, const struct tcb *before, bool fin, uint32_t ts_val, uint32_t ts_ecr, uint32_t any)
{
	struct probing kept = *p;
	for (unsigned s = 0; s < STATES; s++)
		hypotheses_clear(&kept.world[s]);
	*p = (struct probing){.model = m, .learned = learned, .plans = plans, .scratch = kept.scratch, .any = any, .excluded = states_excluded(before, fin)};
	memcpy(p->world, kept.world, sizeof p->world);
	p->numbers.ts_val = ts_val;
	p->numbers.ts_ecr = ts_ecr;
	for (unsigned i = 0; i < among->count; i++) {
		p->permitted |= (uint16_t)(1u << tcb_seen_as(&among->h[i].tcb));
		world_add(p, &among->h[i].tcb);
	}
	p->candidates = p->permitted;
	for (unsigned i = 0; i < among->count; i++)
		probing_suppose(p, &among->h[i].tcb);
	probing_suppose(p, before);
}

void probing_end(struct probing *p)
{
	for (unsigned s = 0; s < STATES; s++)
		hypotheses_free(&p->world[s]);
	hypotheses_free(&p->scratch);
}

void probing_add(struct probing *p, enum state s)
{
	p->candidates |= (uint16_t)(1u << s);
}

uint16_t probe_class(const struct probing *p)
{
	uint16_t class = 0;
	for (unsigned s = 0; s < STATES; s++)
		if (p->world[s].count)
			class |= (uint16_t)(1u << s);
	return class;
}

void probe_class_print(uint16_t class, struct text *out)
{
	unsigned n = 0;
	for (unsigned s = 0; s < STATES; s++)
		if (class >> s & 1)
			text_add(out, "%s%s", n++ ? " or " : "", state_name((enum state)s));
	if (n == 0)
		text_add(out, "no state");
}

/* ---- choosing ---- */

/* Of the candidates that are left; where the target has left them all, of everything. */
static void numbers_renew(struct probing *p)
{
	struct probe_numbers n = {.iss_known = false};
	const uint16_t left = probe_class(p) & p->candidates;
	for (unsigned s = 0; s < STATES; s++)
		for (unsigned i = 0; i < p->world[s].count; i++)
			if (!left || left >> s & 1)
				probe_numbers_take(&n, &p->world[s].h[i].tcb);
	if (!n.iss_known) {
		n.iss_known = p->numbers.iss_known;
		n.iss = p->numbers.iss;
		n.snd_una = p->numbers.snd_una;
		n.snd_nxt = p->numbers.snd_nxt;
	}
	if (!n.irs_known) {
		n.irs_known = p->numbers.irs_known;
		n.irs = p->numbers.irs;
		n.rcv_nxt = p->numbers.rcv_nxt;
		n.wnd = p->numbers.wnd;
		n.ts_on = p->numbers.ts_on;
	}
	n.ts_val = p->numbers.ts_val + 1;
	n.ts_ecr = p->numbers.ts_ecr;
	p->numbers = n;
}

static enum probe_row world_row(const struct probing *p, unsigned s)
{
	return probe_row_of(&p->world[s].h[0].tcb);
}

/* Is it such a connection as the control cells have? With text on its way or held, a shut window or no user left, an answer may follow other rules than the row's; the
 * old octet's does not. */
static bool tcb_is_plain(const struct tcb *t)
{
	const bool outstanding = t->iss_known && t->snd_nxt - t->snd_una > 1;
	return !(outstanding || t->queued || t->held_count || t->held_fin || t->unread || t->released || t->urgent || (t->irs_known && t->rcv_wnd == 0));
}

static bool worlds_are_plain(const struct probing *p, uint16_t left)
{
	for (unsigned s = 0; s < STATES; s++)
		for (unsigned i = 0; left >> s & 1 && i < p->world[s].count; i++)
			if (!tcb_is_plain(&p->world[s].h[i].tcb))
				return false;
	return true;
}

/* A plan for two of the states that are left, the shortest and least harmful of all pairs; none: *alike says whether the standard has one. */
static struct probe_plan plan_choose(const struct probing *p, uint16_t left, bool *alike)
{
	struct probe_plan best = {.count = 0};
	*alike = false;
	for (unsigned a = 0; a < STATES; a++)
		for (unsigned b = 0; b < a; b++) {
			if (!(left >> a & 1) || !(left >> b & 1))
				continue;
			const enum probe_row i = world_row(p, a), k = world_row(p, b);
			const struct probe_plan *plan = &p->plans->plan[i][k];
			*alike |= p->plans->by_model[i][k];
			if (plan->count == 0 || p->asked >> plan->step[0] & 1)
				continue;
			if (best.count == 0 || plan->count < best.count || (plan->count == best.count && plan->step[0] < best.step[0]))
				best = *plan;
		}
	return best;
}

static bool one_at_most(uint16_t set)
{
	return (set & (set - 1)) == 0;
}

enum probe_advice probe_next(struct probing *p, uint8_t octet[1], struct segment *s)
{
	const uint16_t left = probe_class(p) & p->candidates;
	bool alike;
	if (p->sent && one_at_most(left))
		return PROBE_ENOUGH;
	if (p->sent == 0) {
		p->plan = (struct probe_plan){.step = {PROBE_OLD_OCTET}, .count = 1};
	} else if (p->step == p->plan.count) {
		const bool spent = probe_is_destructive(p->plan.step[0]); /* the connection is not what it was */
		p->plan = plan_choose(p, left, &alike);
		if (spent || p->plan.count == 0 || (p->plan.step[0] > PROBE_OLD_OCTET_NXT && !worlds_are_plain(p, left))) {
			p->plan.count = p->step = 0;
			return alike ? PROBE_ALIKE : PROBE_TIMER;
		}
		p->step = 0;
	}
	numbers_renew(p);
	p->current = p->plan.step[p->step++];
	probe_segment(p->current, &p->numbers, p->any, octet, s);
	return PROBE_SEND;
}

/* ---- following ---- */

void probe_sent(struct probing *p, const struct segment *s, uint64_t at)
{
	p->sent++;
	p->asked |= 1u << p->current;
	for (unsigned w = 0; w < STATES; w++) {
		hypotheses_clear(&p->scratch);
		for (unsigned i = 0; i < p->world[w].count; i++) {
			struct outcome o;
			probe_outcome(p->model, p->learned, &p->world[w].h[i].tcb, p->current, s, at, &o);
			hypotheses_follow(&p->scratch, &p->world[w].h[i], &o);
		}
		hypotheses_swap(&p->world[w], &p->scratch);
	}
}

/* A new ISS is another number than the one that the connection had. */
static bool is_old_iss(const struct probing *p, const struct hypothesis *h, const struct segment *s)
{
	return h->pending_count && h->pending[0].binds_iss && s->ctl & CTL_SYN && p->numbers.iss_known && s->seq == p->numbers.iss;
}

void probe_take(struct probing *p, const struct segment *s, uint64_t at)
{
	for (unsigned w = 0; w < STATES; w++) {
		unsigned kept = 0;
		for (unsigned i = 0; i < p->world[w].count; i++)
			if (!is_old_iss(p, &p->world[w].h[i], s))
				p->world[w].h[kept++] = p->world[w].h[i];
		p->world[w].count = kept;
		hypotheses_clear(&p->scratch);
		hypotheses_explain(&p->scratch, &p->world[w], p->model, s, at);
		hypotheses_swap(&p->world[w], &p->scratch);
	}
	if (s->options.has_ts)
		p->numbers.ts_ecr = s->options.ts_val;
}

void probe_fenced(struct probing *p)
{
	for (unsigned w = 0; w < STATES; w++)
		hypotheses_close(&p->world[w], NULL);
}
