/* Sets of histories, by how many arrivals they have not processed: an arrival makes each set one later, a segment sent keeps those that explain it. */
#include "lib/run/follow.h"

#include <stdio.h>
#include <string.h>

#include "lib/wire/seq.h"

enum { TIME_WAIT_US = 1000000 }; /* the shortest TIME-WAIT that is believed */

/* Real stacks retransmit by estimates of their own: a repetition is not held against the clock. */
static struct model lenient(bool rfc5961)
{
	struct model m = model_default(PROFILE_RFC9293);
	m.constants.rto_min = m.constants.rto_initial = m.constants.tick = 1000;
	m.choices.syn_early_retry = m.choices.early_retransmit = m.choices.half_duplex_close = true;
	m.choices.time_wait_reuse = true;
	m.choices.rfc5961_rst = m.choices.rfc5961_syn = m.choices.rfc5961_ack = rfc5961;
	m.constants.challenge_interval = 0;
	return m;
}

static void models_set(struct follow *f)
{
	f->model[0] = lenient(true);
	f->model[1] = lenient(false);
	f->begun = true;
}

/* Takes out of a history what is not held against a stranger, so that histories that differ in it alone are one: clocks, and what the user has read or been told. */
static void forget_details(struct tcb *t)
{
	static const char owed[] = "RFC 9293 3.8.6.3: an acknowledgment is owed";
	t->sent_at = t->sent_at ? 1 : 0;
	t->closed_at = t->closed_at ? 1 : 0;
	t->queued_since = 0;
	t->max_rcv_wnd = 0;
	t->owed_by = t->ack_owed ? UINT64_MAX : 0;
	t->owed_clause = t->ack_owed ? owed : NULL;
	t->probes = t->unanswered = 0;
	t->owed_segments = t->retransmissions = t->duplicate_acks = t->doubted_acks = t->signals = t->may_signal = 0;
	t->opened_at = t->challenged_at = t->heard_at = t->waiting_since = 0;
	t->early_syn = t->early_data = t->window_update_due = true;
	t->unread = t->left = t->resent_to = t->resent_room = 0;
}

static void set_forget(struct hypotheses *set)
{
	unsigned kept = 0;
	for (unsigned i = 0; i < set->count; i++) {
		unsigned k = 0;
		forget_details(&set->h[i].tcb);
		set->h[i].strained = 0;
		while (k < kept && (memcmp(&set->h[k].tcb, &set->h[i].tcb, sizeof set->h[k].tcb) != 0 || !hypothesis_pends_same(&set->h[k], &set->h[i])))
			k++;
		if (k == kept)
			set->h[kept++] = set->h[i];
	}
	set->count = kept;
}

static void set_add(struct follow *f, struct hypotheses *to, const struct tcb *t)
{
	struct hypothesis h;
	memset(&h, 0, sizeof h);
	h.tcb = *t;
	hypotheses_add(to, &h);
	f->overflow |= to->overflow;
}

static void set_join(struct follow *f, struct hypotheses *to, const struct hypotheses *from)
{
	for (unsigned i = 0; i < from->count; i++)
		hypotheses_add(to, &from->h[i]);
	f->overflow |= to->overflow;
}

void follow_begin(struct follow *f)
{
	struct outcome o = {.count = 0};
	const struct tcb none = tcb_closed(false), port = tcb_closed(true);
	*f = (struct follow){.lost = false};
	models_set(f);
	set_add(f, &f->set[0], &none);
	model_call(&f->model[0], &port, CALL_OPEN_PASSIVE, 0, 0, &o);
	for (unsigned i = 0; i < o.count; i++)
		set_add(f, &f->set[0], &o.reaction[i].next);
}

void follow_end(struct follow *f)
{
	for (unsigned k = 0; k <= FOLLOW_LAG; k++)
		hypotheses_free(&f->set[k]);
	hypotheses_free(&f->scratch);
	hypotheses_free(&f->spare);
}

/* ---- in mid-connection ---- */

/* What the first segments of both sides tell of the one that sent `sent`. */
struct learned {
	uint32_t snd_una, snd_nxt, rcv_nxt, snd_wnd, rcv_wnd;
	bool ts_on;
	uint32_t ts_recent;
	uint64_t at;
};

static struct tcb tcb_amid(enum state s, const struct learned *l, uint8_t scale)
{
	struct tcb t = tcb_in_state(s, false, false, l->snd_una - 1, l->rcv_nxt - 1);
	const bool fin_acknowledged = s == FIN_WAIT_2 || s == TIME_WAIT;
	t.snd_una = l->snd_una;
	t.snd_nxt = l->snd_nxt;
	/* A FIN of its own that was sent before stands in front of SND.NXT. */
	if (t.fin_sent && !fin_acknowledged && t.snd_una == t.snd_nxt)
		t.snd_una--;
	t.rcv_nxt = t.last_ack_sent = l->rcv_nxt;
	t.ws_on = scale > 0;
	t.snd_scale = t.rcv_scale = scale;
	t.snd_wnd = t.max_snd_wnd = l->snd_wnd << scale;
	t.rcv_wnd = l->rcv_wnd << scale;
	t.rcv_edge = t.rcv_nxt + t.rcv_wnd;
	t.ts_on = t.ts_offered = t.target_ts_offered = l->ts_on;
	t.ws_offered = t.sack_offered = true; /* nobody knows */
	t.ts_recent = l->ts_recent;
	t.sack_on = true;
	t.sent_at = t.snd_una == t.snd_nxt ? 0 : l->at;
	t.snd_wl1 = t.rcv_nxt - 1;
	t.snd_wl2 = t.snd_una;
	return t;
}

static struct learned learn(const struct segment *sent, const struct segment *met, uint64_t at)
{
	struct learned l = {.snd_wnd = 65535, .rcv_wnd = 65535, .at = at};
	if (met) {
		l.snd_una = l.snd_nxt = met->ack;
		l.rcv_nxt = met->seq;
		l.snd_wnd = met->ctl & CTL_RST ? l.snd_wnd : met->wnd; /* a reset tells no window */
		l.ts_on = met->options.has_ts;
		l.ts_recent = met->options.ts_val;
	}
	if (sent) {
		l.snd_nxt = sent->seq;
		if (!met || !(met->ctl & CTL_ACK) || seq_lt(l.snd_nxt, l.snd_una))
			l.snd_una = l.snd_nxt;
		if (sent->ctl & CTL_ACK)
			l.rcv_nxt = met && seq_lt(met->seq, sent->ack) ? met->seq : sent->ack;
		l.rcv_wnd = sent->ctl & CTL_RST ? l.rcv_wnd : sent->wnd;
		l.ts_on = sent->options.has_ts;
		l.ts_recent = sent->options.has_ts ? sent->options.ts_ecr : l.ts_recent;
	}
	return l;
}

void follow_begin_amid(struct follow *f, const struct segment *sent, const struct segment *met, uint64_t at)
{
	static const enum state states[] = {ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT};
	static const uint8_t scales[] = {0, 7, 14};
	const struct learned l = learn(sent, met, at);
	*f = (struct follow){.lost = false};
	models_set(f);
	for (unsigned s = 0; s < sizeof states / sizeof states[0]; s++)
		for (unsigned k = 0; k < sizeof scales / sizeof scales[0]; k++) {
			const struct tcb t = tcb_amid(states[s], &l, scales[k]);
			set_add(f, &f->set[0], &t);
		}
	const struct tcb none = tcb_closed(false);
	set_add(f, &f->set[0], &none);
}

/* ---- arrivals ---- */

/* What h becomes by the arrival, under every reading. */
static void process(struct follow *f, struct hypotheses *to, const struct hypothesis *h, const struct follow_arrival *a)
{
	struct hypotheses now = {0};
	for (unsigned m = 0; m < FOLLOW_MODELS; m++) {
		struct outcome o = {.count = 0};
		model_arrives(&f->model[m], &h->tcb, &a->segment, a->at, &o);
		hypotheses_follow(&now, h, &o);
	}
	for (unsigned i = 0; i < now.count; i++) {
		now.h[i].has_due = now.h[i].due_should = false;
		now.h[i].strained = 0;
		now.h[i].due = 0;
		forget_details(&now.h[i].tcb);
	}
	set_join(f, to, &now);
	hypotheses_free(&now);
	f->overflow |= to->overflow;
}

/* TIME-WAIT may be over by now: how long it lasts is the stack's own. */
static void process_forgotten(struct follow *f, struct hypotheses *to, const struct follow_arrival *a)
{
	struct hypothesis gone;
	memset(&gone, 0, sizeof gone);
	gone.tcb = tcb_closed(false);
	process(f, to, &gone, a);
	gone.tcb = tcb_closed(true);
	gone.tcb.state = LISTEN;
	process(f, to, &gone, a);
}

/* Late arrivals are processed in their order: each set's successors belong to the next. */
static void close_sets(struct follow *f)
{
	for (unsigned k = f->arrivals; k >= 1; k--)
		for (unsigned i = 0; i < f->set[k].count; i++)
			process(f, &f->set[k - 1], &f->set[k].h[i], &f->arrival[k - 1]);
}

static bool is_discarded(const struct segment *s)
{
	return s->bad & ~(BAD_RESERVED | BAD_OPTIONS);
}

void follow_arrives(struct follow *f, const struct segment *s, uint64_t at)
{
	if (!f->begun || f->lost || f->mute || is_discarded(s))
		return;
	hypotheses_clear(&f->set[FOLLOW_LAG]);
	for (unsigned k = FOLLOW_LAG; k >= 1; k--)
		hypotheses_swap(&f->set[k], &f->set[k - 1]);
	memmove(f->arrival + 1, f->arrival, (FOLLOW_LAG - 1) * sizeof f->arrival[0]);
	f->arrival[0] = (struct follow_arrival){*s, at};
	f->arrival[0].segment.text = NULL;
	f->arrivals += f->arrivals < FOLLOW_LAG;
	hypotheses_clear(&f->set[0]);
	for (unsigned i = 0; i < f->set[1].count; i++)
		process(f, &f->set[0], &f->set[1].h[i], &f->arrival[0]);
	for (unsigned i = 0; i < f->set[1].count; i++)
		if (f->set[1].h[i].tcb.state == TIME_WAIT && at >= f->set[1].h[i].tcb.time_wait_from + TIME_WAIT_US) {
			process_forgotten(f, &f->set[0], &f->arrival[0]);
			break;
		}
}

/* ---- what it sends ---- */

/* Time passes; an acknowledgment that was owed and did not come may have been lost before the place of capture. */
static void wait_until(struct follow *f, struct hypotheses *set, uint64_t at)
{
	const char *missed;
	hypotheses_clear(&f->spare);
	for (unsigned i = 0; i < set->count; i++) {
		const unsigned before = f->spare.count;
		hypotheses_wait(&f->spare, &set->h[i], &f->model[0], at, &missed);
		if (f->spare.count == before)
			hypotheses_add(&f->spare, &set->h[i]);
	}
	hypotheses_swap(set, &f->spare);
}

/* A probe of an idle connection (RFC 9293 3.8.4), or an acknowledgment sent once more: neither changes anything. */
static bool is_repeated_ack(const struct tcb *t, const struct segment *s)
{
	const bool probe = s->seq == t->snd_nxt - 1 && s->text_length <= 1;
	const bool again = s->seq == t->snd_nxt && s->text_length == 0;
	return (s->ctl & (CTL_SYN | CTL_FIN | CTL_RST | CTL_ACK)) == CTL_ACK && t->iss_known && t->irs_known && t->state >= ESTABLISHED && (probe || again) && s->ack == t->rcv_nxt;
}

/* Adds to `to` the histories of `from` that explain s. */
static void explain(struct follow *f, struct hypotheses *to, const struct hypotheses *from, const struct segment *s, uint64_t at)
{
	struct hypotheses found = {0};
	hypotheses_explain(&found, from, &f->model[0], s, at);
	for (unsigned i = 0; i < found.count; i++) {
		found.h[i].role = UNASKED_FORBIDDEN;
		found.h[i].has_due = found.h[i].due_should = false;
		found.h[i].due = 0;
	}
	set_forget(&found);
	set_join(f, to, &found);
	for (unsigned i = 0; i < from->count; i++) {
		struct hypothesis h = from->h[i];
		if (!is_repeated_ack(&h.tcb, s))
			continue;
		h.tcb.rcv_edge = s->ack + ((uint32_t)s->wnd << h.tcb.rcv_scale);
		h.tcb.rcv_wnd = h.tcb.rcv_edge - h.tcb.rcv_nxt;
		hypotheses_add(to, &h);
	}
	hypotheses_free(&found);
}

/* The histories in which the user made this call before. */
static void call(struct follow *f, struct hypotheses *to, const struct hypotheses *from, enum call c, uint32_t n, uint64_t at)
{
	for (unsigned i = 0; i < from->count; i++) {
		struct outcome o = {.count = 0};
		model_call(&f->model[0], &from->h[i].tcb, c, n, at, &o);
		hypotheses_follow(to, &from->h[i], &o);
	}
	f->overflow |= to->overflow;
}

/* Octets that the user must have sent for s, beyond what is queued. */
static uint32_t unsent(const struct tcb *t, const struct segment *s)
{
	const uint32_t end = s->seq + s->text_length + ((s->ctl & CTL_SYN) != 0), have = t->snd_nxt + t->queued;
	return s->text_length && t->iss_known && seq_lt(have, end) ? end - have : 0;
}

/* The calls without which a segment of this form cannot be sent. */
static void with_calls(struct follow *f, struct hypotheses *to, const struct hypotheses *from, const struct segment *s, uint64_t at, struct follow_calls *calls)
{
	struct hypotheses sent = {0};
	calls->open = (s->ctl & (CTL_SYN | CTL_ACK)) == CTL_SYN;
	calls->close = (s->ctl & CTL_FIN) != 0;
	calls->abort = (s->ctl & CTL_RST) != 0;
	if (calls->open)
		call(f, to, from, CALL_OPEN_ACTIVE, 0, at);
	for (unsigned i = 0; i < from->count; i++) {
		const struct hypotheses one = {.h = &from->h[i], .count = 1, .room = 1};
		const uint32_t n = unsent(&from->h[i].tcb, s);
		calls->send = n > calls->send ? n : calls->send;
		if (n)
			call(f, &sent, &one, CALL_SEND, n, at);
		else
			hypotheses_add(&sent, &from->h[i]);
	}
	if (calls->close) {
		call(f, to, &sent, CALL_CLOSE, 0, at);
		call(f, to, &sent, CALL_RELEASE, 0, at);
	}
	if (calls->abort) {
		call(f, to, &sent, CALL_ABORT, 0, at);
		call(f, to, &sent, CALL_RELEASE, 0, at);
	}
	set_join(f, to, &sent);
	hypotheses_free(&sent);
}

/* Replaces the sets by those that explain s, as they are or with calls. False: none does. */
static bool sets_explain(struct follow *f, const struct segment *s, uint64_t at, struct follow_calls *calls)
{
	struct hypotheses found[FOLLOW_LAG + 1] = {{0}};
	bool any = false;
	for (unsigned k = 0; k <= f->arrivals; k++) {
		hypotheses_clear(&f->scratch);
		if (calls)
			with_calls(f, &f->scratch, &f->set[k], s, at, calls);
		explain(f, &found[k], calls ? &f->scratch : &f->set[k], s, at);
		any |= found[k].count > 0;
	}
	for (unsigned k = 0; k <= f->arrivals; k++) {
		if (any)
			hypotheses_swap(&f->set[k], &found[k]);
		hypotheses_free(&found[k]);
	}
	return any;
}

/* Arrivals may have been lost on their way from the place of capture: each late one, or not. */
static void sets_lose(struct follow *f)
{
	for (unsigned k = f->arrivals; k >= 1; k--) {
		for (unsigned i = 0; i < f->set[k].count; i++)
			process(f, &f->set[k - 1], &f->set[k].h[i], &f->arrival[k - 1]);
		set_join(f, &f->set[k - 1], &f->set[k]);
	}
}

/* An ABORT that sends nothing (3.10.5: in SYN-SENT, CLOSING, LAST-ACK, TIME-WAIT) shows in what the next arrival draws. */
static void sets_abort(struct follow *f, uint64_t at)
{
	struct hypotheses aborted = {0};
	for (unsigned k = f->arrivals; k >= 1; k--) {
		hypotheses_clear(&aborted);
		call(f, &aborted, &f->set[k], CALL_ABORT, 0, at);
		for (unsigned i = 0; i < aborted.count; i++)
			process(f, &f->set[k - 1], &aborted.h[i], &f->arrival[k - 1]);
	}
	hypotheses_free(&aborted);
}

static void tell(struct follow *f, const struct segment *s)
{
	const struct hypothesis *h = NULL;
	struct text states = {0};
	unsigned seen = 0;
	enum level level;
	for (unsigned k = 0; k <= f->arrivals && !h; k++)
		h = hypotheses_best(&f->set[k]);
	for (unsigned i = 0; i < f->set[0].count; i++) {
		const unsigned bit = 1u << f->set[0].h[i].tcb.state;
		if (!(seen & bit))
			text_add(&states, "%s%s", seen ? " or " : "", state_name(f->set[0].h[i].tcb.state));
		seen |= bit;
	}
	const char *fault = h ? model_segment_fault(&f->model[0], &h->tcb, s, &level) : NULL;
	f->clause = fault && level == LEVEL_MUST ? fault : h && h->clause ? h->clause
	                                                                  : "RFC 9293 3.10";
	snprintf(f->why, sizeof f->why, "unlawful: nothing permits it in %s", seen ? text_string(&states) : "any state that is possible here");
	text_free(&states);
}

/* What is wrong with the segment in itself, in every history. */
static bool malformed(struct follow *f, const struct segment *s)
{
	const char *fault = NULL;
	enum level level;
	for (unsigned k = 0; k <= f->arrivals; k++)
		for (unsigned i = 0; i < f->set[k].count; i++) {
			const char *one = model_segment_fault(&f->model[0], &f->set[k].h[i].tcb, s, &level);
			if (!one || level != LEVEL_MUST)
				return false;
			fault = one;
		}
	if (!fault)
		return false;
	snprintf(f->why, sizeof f->why, "unlawful: malformed");
	f->clause = fault;
	return true;
}

bool follow_sends(struct follow *f, const struct segment *s, uint64_t at, struct follow_calls *calls)
{
	*calls = (struct follow_calls){.open = false};
	if (!f->begun || f->lost || f->mute)
		return true;
	for (unsigned k = 0; k <= f->arrivals; k++)
		wait_until(f, &f->set[k], at);
	if (!f->overflow && malformed(f, s)) {
		f->lost = true;
		return false;
	}
	struct follow_calls none = {.open = false};
	bool ok = sets_explain(f, s, at, NULL) || sets_explain(f, s, at, calls);
	if (!ok) {
		sets_lose(f);
		if (s->ctl & CTL_RST)
			sets_abort(f, at);
		*calls = none;
		ok = sets_explain(f, s, at, NULL) || sets_explain(f, s, at, calls);
	}
	if (ok) {
		close_sets(f);
		return true;
	}
	if (f->overflow) {
		f->mute = true;
		return true;
	}
	tell(f, s);
	f->lost = true;
	return false;
}

bool follow_state(const struct follow *f, enum state *s)
{
	if (!f->begun || f->lost || f->mute || f->overflow || !f->set[0].count)
		return false;
	*s = f->set[0].h[0].tcb.state;
	for (unsigned i = 1; i < f->set[0].count; i++)
		if (f->set[0].h[i].tcb.state != *s)
			return false;
	return true;
}
