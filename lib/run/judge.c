/* The judge's groups, stimuli, fences, states. What the target sends is judged in received.c; verdict texts are in verdict.c. */
#include "lib/run/judge_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/run/frame.h"
#include "lib/run/same.h"
#include "lib/wire/packet.h"
#include "lib/wire/seq.h"

const struct tcb no_tcb;

void judge_begin(struct judge *j, const struct script *s, const struct model *m, const struct endpoint *at, uint64_t seed)
{
	*j = (struct judge){.script = NULL};
	judge_again(j, s, m, at, seed);
}

void judge_again(struct judge *j, const struct script *s, const struct model *m, const struct endpoint *at, uint64_t seed)
{
	struct judge kept = *j;
	hypotheses_clear(&kept.now);
	hypotheses_clear(&kept.before);
	hypotheses_clear(&kept.missed);
	hypotheses_clear(&kept.scratch);
	hypotheses_clear(&kept.origin);
	text_clear(&kept.actual);
	*j = (struct judge){.script = s, .model = m, .endpoint = *at, .in_prelude = true, .now = kept.now, .before = kept.before, .missed = kept.missed, .scratch = kept.scratch, .origin = kept.origin, .actual = kept.actual};
	j->numbers.rng = rng_named(seed, s->id);
	struct hypothesis h;
	memset(&h, 0, sizeof h);
	h.tcb = tcb_closed(false);
	hypotheses_add(&j->now, &h);
	hypotheses_copy(&j->before, &j->now);
}

void judge_end(struct judge *j)
{
	hypotheses_free(&j->now);
	hypotheses_free(&j->before);
	hypotheses_free(&j->missed);
	hypotheses_free(&j->scratch);
	hypotheses_free(&j->origin);
	text_free(&j->actual);
}

const struct tcb *judge_tcb(const struct judge *j)
{
	const struct hypothesis *h = hypotheses_best(&j->now);
	if (!h)
		h = hypotheses_best(&j->missed);
	if (!h)
		h = hypotheses_best(&j->before);
	return h ? &h->tcb : &no_tcb;
}

const struct hypotheses *judge_before(const struct judge *j)
{
	return j->probing ? &j->origin : &j->before;
}

struct tcb judge_target(const struct judge *j)
{
	struct tcb t = *judge_tcb(j);
	if (j->status == JUDGE_FAILED && j->has_shown)
		t.rcv_nxt = j->shown_rcv_nxt;
	return t;
}

/* ---- failing ---- */

__attribute__((format(printf, 5, 6))) void judge_against(struct judge *j, enum judge_status status, const char *class, const char *clause, const char *format, ...)
{
	if (j->status != JUDGE_GOING)
		return;
	va_list ap;
	va_start(ap, format);
	vsnprintf(j->cause, sizeof j->cause, format, ap);
	va_end(ap);
	snprintf(j->cause_class, sizeof j->cause_class, "%s", class);
	j->clause = clause;
	j->fault_event = j->event_index;
	j->status = status == JUDGE_FAILED && j->in_prelude ? JUDGE_UNREACHED : status;
}

/* An expectation of the script's author was not met, where the model has nothing against what happened: the step's own level says what that means. */
void judge_breach(struct judge *j, enum level level, const char *class, unsigned line, const char *what)
{
	switch (level) {
	case LEVEL_MUST:
		judge_against(j, JUDGE_FAILED, class, j->script->ref, "%s: line %u: %s", class, line, what);
		return;
	case LEVEL_SHOULD:
		j->strained = true;
		break;
	case LEVEL_MAY:
		break;
	}
	if (!j->cause[0]) {
		snprintf(j->cause, sizeof j->cause, "%s: line %u: %s", class, line, what);
		snprintf(j->cause_class, sizeof j->cause_class, "%s", class);
		j->strained_clause = j->script->ref;
	}
}

bool judge_check(struct judge *j)
{
	if (j->now.overflow)
		judge_against(j, JUDGE_OVERFLOW, "too many hypotheses", "", "more than %d hypotheses: a defect of the model", HYPOTHESES_MAX);
	return j->now.count > 0;
}

/* ---- groups ---- */

size_t next_expect(const struct judge *j, size_t from)
{
	while (from < j->end && j->script->step[from].kind != STEP_EXPECT)
		from++;
	return from;
}

bool group_has(const struct judge *j, enum step_kind kind)
{
	return script_has(j->script, j->first, j->end, kind);
}

/* The ladder proper begins: its numbers are its own, and the listener goes if the header says so. */
static void judge_ladder_begins(struct judge *j)
{
	j->in_prelude = false;
	numbers_begin(&j->numbers, j->script, judge_tcb(j));
	for (unsigned i = 0; i < j->now.count && j->script->listener_closed; i++)
		j->now.h[i].tcb.listener = false;
}

const struct step *group_opener(const struct judge *j)
{
	static const struct step probe = {.kind = STEP_SEND};
	return j->probing ? &probe : &j->script->step[j->first];
}

static bool any_owes(const struct hypotheses *s)
{
	for (unsigned i = 0; i < s->count; i++)
		if (s->h[i].tcb.ack_owed)
			return true;
	return false;
}

/* The script is over: what it has shown stands, and the model goes on. */
static void judge_probe_group(struct judge *j)
{
	if (!j->probing)
		hypotheses_copy(&j->origin, &j->before);
	j->probing = true;
	j->owes = any_owes(&j->now);
	j->first = j->end = j->expect = j->script->count;
	j->stimulated = j->fenced = j->asked = j->silent = j->owed_late = false;
	j->deadline = 0;
	j->replies = 0;
	hypotheses_copy(&j->before, &j->now);
	hypotheses_clear(&j->missed);
}

bool judge_owes(const struct judge *j)
{
	return j->status == JUDGE_GOING && any_owes(&j->now) && !any_owes(&j->before);
}

bool judge_lingers(const struct judge *j)
{
	return j->status == JUDGE_GOING && j->expect < j->end && j->script->step[j->expect].has_within && any_owes(&j->now);
}

bool judge_is_met(const struct judge *j)
{
	if (j->status != JUDGE_GOING)
		return false;
	for (size_t i = j->expect; i < j->end; i = next_expect(j, i + 1))
		if (!j->script->step[i].may)
			return false;
	for (unsigned i = 0; i < j->now.count; i++) {
		const struct hypothesis *h = &j->now.h[i];
		if (h->pending_count || (h->has_due && seq_lt(h->tcb.snd_nxt, h->due)))
			return false;
	}
	return true;
}

size_t judge_group(struct judge *j, size_t first)
{
	const struct script *s = j->script;
	if (first >= s->count) {
		judge_probe_group(j);
		return first;
	}
	if (j->in_prelude && first >= s->prelude)
		judge_ladder_begins(j);
	j->first = first;
	j->end = first < s->count && step_is_stimulus(&s->step[first]) ? first + 1 : first;
	while (j->end < s->count && !step_is_stimulus(&s->step[j->end]) && (first >= s->prelude || j->end < s->prelude))
		j->end++;
	j->expect = next_expect(j, first);
	j->text_got = 0;
	j->stimulated = j->fenced = j->asked = j->silent = j->owed_late = j->confirmed = false;
	j->deadline = 0;
	j->replies = 0;
	j->has_stimulus_segment = false;
	j->state_before = j->state_after;
	text_clear(&j->actual);
	hypotheses_copy(&j->before, &j->now);
	hypotheses_clear(&j->missed);
	return j->end;
}

/* ---- time ---- */

/* Replaces every hypothesis by what time has made of it. */
void judge_time(struct judge *j, uint64_t at)
{
	const char *missed = NULL;
	if (hypotheses_stay(&j->now, j->model, at))
		return;
	hypotheses_clear(&j->scratch);
	for (unsigned i = 0; i < j->now.count; i++)
		hypotheses_wait(&j->scratch, &j->now.h[i], j->model, at, &missed);
	if (j->scratch.count == 0 && j->now.count > 0) {
		judge_against(j, JUDGE_FAILED, "no reply", missed ? missed : j->now.h[0].clause, "no reply: an acknowledgment that may be delayed did not come in time");
		return;
	}
	hypotheses_swap(&j->now, &j->scratch);
	judge_check(j);
}

/* ---- stimuli ---- */

bool judge_owns(const struct judge *j, const struct address *target, uint16_t target_port, const struct address *tester, uint16_t tester_port)
{
	const struct endpoint *e = &j->endpoint;
	return target_port == e->target_port && tester_port == e->tester_port && address_equal(target, &e->target) && address_equal(tester, &e->tester);
}

static void judge_stimulate(struct judge *j, const struct event *e)
{
	j->stimulus = *e;
	j->stimulated = true;
	j->stimulus_at = e->kind == EVENT_CALLED ? e->began : e->at;
	j->group_event = j->event_index;
	judge_time(j, j->stimulus_at);
	hypotheses_copy(&j->before, &j->now);
}

static void judge_arrives(struct judge *j, const struct segment *s, uint64_t at)
{
	hypotheses_clear(&j->scratch);
	for (unsigned i = 0; i < j->now.count; i++) {
		struct outcome o;
		model_arrives(j->model, &j->now.h[i].tcb, s, at, &o);
		hypotheses_follow(&j->scratch, &j->now.h[i], &o);
	}
	hypotheses_swap(&j->now, &j->scratch);
}

/* Behind the script a probe is a stimulus of its own; on the way into the state it only hastens what is owed. The stimulus, and so what `actual` is told by, stays the script's. */
static void judge_probed(struct judge *j, const struct event *e)
{
	struct segment s;
	judge_time(j, e->at);
	if (j->probing) {
		j->stimulated = true;
		j->stimulus_at = e->at;
		hypotheses_copy(&j->before, &j->now);
	}
	if (!segment_parse(e->packet, e->length, &s, NULL))
		return;
	numbers_timestamp(&j->numbers, SIDE_TESTER, &s);
	judge_arrives(j, &s, e->at);
	judge_check(j);
}

static void judge_sent_segment(struct judge *j, const struct segment *s, const struct step *st, uint64_t at)
{
	j->stimulus_segment = *s;
	j->has_stimulus_segment = true;
	numbers_bind(&j->numbers, SIDE_TESTER, &st->segment.seq, s->seq, false);
	numbers_bind(&j->numbers, SIDE_TARGET, &st->segment.ack, s->ack, false);
	numbers_timestamp(&j->numbers, SIDE_TESTER, s);
	if (s->bad & ~BAD_RESERVED)
		return; /* it is discarded before section 3.10 sees it (RFC 9293 3.1) */
	if (!judge_owns(j, &s->dst, s->dst_port, &s->src, s->src_port))
		return; /* <SRC=...>: another connection's */
	judge_arrives(j, s, at);
}

static void judge_sent_icmp(struct judge *j, const struct icmp_error *m, const struct step *st, uint64_t at)
{
	struct segment quoted;
	if (!segment_parse(m->quoted, m->quoted_length, &quoted, NULL))
		return;
	numbers_bind(&j->numbers, SIDE_TARGET, &st->segment.seq, quoted.seq, false);
	numbers_bind(&j->numbers, SIDE_TESTER, &st->segment.ack, quoted.ack, false);
	hypotheses_clear(&j->scratch);
	for (unsigned i = 0; i < j->now.count; i++) {
		struct outcome o;
		model_icmp(j->model, &j->now.h[i].tcb, j->endpoint.family, m->type, m->code, quoted.seq, at, &o);
		hypotheses_follow(&j->scratch, &j->now.h[i], &o);
	}
	hypotheses_swap(&j->now, &j->scratch);
}

static void judge_sent_quote(struct judge *j, const struct event *e, const struct step *st)
{
	uint8_t frame[PACKET_ROOM + ETHERNET_HEADER];
	static const uint8_t mac[MAC_OCTETS];
	struct packet p;
	ethernet_build(mac, mac, j->endpoint.family == IPV4 ? 0x0800 : 0x86dd, frame, sizeof frame);
	memcpy(frame + ETHERNET_HEADER, e->packet, e->length);
	packet_parse(frame, e->length + ETHERNET_HEADER, &p);
	if (p.kind == PACKET_ICMP_ERROR)
		judge_sent_icmp(j, &p.error, st, e->at);
}

static void judge_sent(struct judge *j, const struct event *e)
{
	const struct step *st = &j->script->step[e->step];
	struct segment s;
	judge_stimulate(j, e);
	if (segment_parse(e->packet, e->length, &s, NULL))
		judge_sent_segment(j, &s, st, e->at);
	else if (st->segment.said & SAY_ICMP)
		judge_sent_quote(j, e, st);
	j->stimulus_segment.text = NULL;
	judge_check(j);
}

/* Does the user's answer agree with this reaction to his call? RECEIVE hands over what is in order and on hand (3.10.3), a refusal needs an error to tell. */
static bool answer_fits(const struct tcb *before, const struct tcb *next, const struct step *st, const struct call_answer *a)
{
	const uint32_t on_hand = st->n < before->unread ? st->n : before->unread;
	if (a->result == CALL_UNSEEN)
		return true;
	if (st->call == CALL_RECEIVE && a->octets != on_hand)
		return false;
	if (a->result == CALL_FAILED)
		return (next->signals | next->may_signal) != 0;
	return a->signals != 0 || !(next->signals & ~before->signals & SIGNAL_CLOSED);
}

static void judge_call_outcome(struct judge *j, const struct hypothesis *h, const struct step *st, const struct event *e)
{
	struct outcome o;
	unsigned kept = 0;
	model_call(j->model, &h->tcb, st->call, st->n, e->began, &o);
	for (unsigned k = 0; k < o.count; k++)
		if (answer_fits(&h->tcb, &o.reaction[k].next, st, &e->answer))
			o.reaction[kept++] = o.reaction[k];
	o.count = kept;
	hypotheses_follow(&j->scratch, h, &o);
}

static void judge_called(struct judge *j, const struct event *e)
{
	const struct step *st = &j->script->step[e->step];
	const struct call_answer *a = &e->answer;
	judge_stimulate(j, e);
	if (!a->content_ok && a->octets)
		judge_against(j, JUDGE_FAILED, "wrong octets", "RFC 9293 3.10.3", "wrong octets: RECEIVE gave other octets than were sent");
	hypotheses_clear(&j->scratch);
	for (unsigned i = 0; i < j->now.count; i++)
		judge_call_outcome(j, &j->now.h[i], st, e);
	if (j->scratch.count == 0 && st->call == CALL_RECEIVE)
		judge_against(j, JUDGE_FAILED, "wrong octets", "RFC 9293 3.10.3", "wrong octets: RECEIVE gave %u, other than are on hand %s", a->octets, a->text);
	else if (j->scratch.count == 0) /* "insufficient resources" is the standard's own answer to SEND and OPEN: nothing can be said then */
		judge_against(j, a->result == CALL_FAILED && (st->call == CALL_SEND || st->call == CALL_OPEN_ACTIVE || st->call == CALL_OPEN_PASSIVE) ? JUDGE_UNREACHED : JUDGE_FAILED, "call failed", "RFC 9293 3.10", "call failed: %s: %s", call_name(st->call), a->text[0] ? a->text : "was served, where it must be refused");
	hypotheses_swap(&j->now, &j->scratch);
	judge_check(j);
}

/* The least that one RTO can be now: initial or minimum, doubled for each retransmission so far (RFC 6298 2, 5.5). */
static uint64_t rto_of(const struct judge *j)
{
	const struct tcb *t = judge_tcb(j);
	const struct constants *c = &j->model->constants;
	const bool syn = t->state == SYN_SENT || t->state == SYN_RECEIVED;
	const uint64_t rto = (syn ? c->rto_initial : c->rto_min) << (t->retransmissions < 16 ? t->retransmissions : 16);
	return rto < c->rto_max ? rto : c->rto_max;
}

/* How long the group goes on after its fence; absolute, 0 when it does not. */
uint64_t group_deadline(const struct judge *j)
{
	uint64_t until = 0;
	for (size_t i = j->first; i < j->end; i++) {
		const struct step *st = &j->script->step[i];
		const bool open = st->kind == STEP_EXPECT && i >= j->expect && st->has_within;
		if (!open && !(st->kind == STEP_SILENCE && st->has_within))
			continue;
		const uint64_t at = j->stimulus_at + duration_us(st->within, &j->model->constants, rto_of(j)) + j->model->constants.tick;
		until = at > until ? at : until;
	}
	return until;
}

/* ---- the fence, the wait, the state ---- */

/* Drops the hypotheses whose replies did not come; they stay in `missed` for a straggler. */
static void judge_close_now(struct judge *j)
{
	hypotheses_clear(&j->scratch);
	hypotheses_close(&j->scratch, &j->missed, &j->now);
	hypotheses_swap(&j->now, &j->scratch);
}

static bool expect_waits(const struct judge *j, const struct step *st)
{
	return st->has_within || (group_opener(j)->kind == STEP_WAIT);
}

/* EXPECTs that had to be met by now and were not. after_wait: the group's waiting is over too. */
static void judge_unmet(struct judge *j, bool after_wait)
{
	for (size_t i = j->expect; i < j->end; i = next_expect(j, i + 1)) {
		const struct step *st = &j->script->step[i];
		if (st->may || (!after_wait && expect_waits(j, st)))
			continue;
		j->silent = true;
		judge_breach(j, st->level, "no reply", st->line, after_wait ? "what it expects did not come in time" : "what it expects did not come before the fence");
	}
}

static bool any_outstanding(const struct hypotheses *s)
{
	for (unsigned i = 0; i < s->count; i++)
		if (s->h[i].tcb.sent_at)
			return true;
	return false;
}

/* What has failed is taken back as well: a timer of the target's may have had its part in it. */
static void judge_slow(struct judge *j)
{
	const uint64_t took = j->fence_at - j->stimulus_at;
	const bool outstanding = any_outstanding(&j->now) || any_outstanding(&j->before);
	if (!outstanding || group_opener(j)->kind == STEP_WAIT || took <= j->model->constants.rto_min / 2)
		return;
	if (j->status == JUDGE_FAILED)
		j->status = JUDGE_GOING;
	judge_against(j, JUDGE_VIOLATED, "too slow", "", "too slow: %llu ms between stimulus and fence, a retransmission could fall in between", (unsigned long long)took / 1000);
}

static void judge_fence(struct judge *j, const struct event *e)
{
	j->fenced = true;
	j->fence_at = e->at;
	if (e->has_ts)
		same_passed(j, e->ts_val);
	if (!j->stimulated || (j->status != JUDGE_GOING && j->status != JUDGE_FAILED))
		return;
	judge_slow(j);
	if (j->status != JUDGE_GOING)
		return;
	judge_time(j, e->at);
	const struct hypothesis *h = hypotheses_best(&j->now);
	const char *clause = h ? h->clause : "";
	for (unsigned i = 0; i < j->now.count; i++)
		j->silent |= j->now.h[i].has_due && seq_lt(j->now.h[i].tcb.snd_nxt, j->now.h[i].due);
	judge_close_now(j);
	j->silent |= j->missed.count && !j->now.count;
	if (j->now.count == 0 && j->missed.count)
		judge_against(j, JUDGE_FAILED, "no reply", j->missed.h[0].clause ? j->missed.h[0].clause : clause, "no reply before the fence's answer");
	judge_unmet(j, group_opener(j)->kind == STEP_WAIT);
	if (j->status == JUDGE_GOING)
		j->deadline = group_deadline(j);
}

static void judge_deadline(struct judge *j, const struct event *e)
{
	if (j->status != JUDGE_GOING)
		return;
	judge_time(j, e->at);
	if (group_opener(j)->kind == STEP_WAIT)
		return; /* its EXPECTs are looked at behind the fence that follows */
	j->deadline = 0;
	judge_unmet(j, true);
}

static bool state_is(const struct state_answer *a, enum state s)
{
	if (a->has_tcb)
		return s == a->state;
	return s == CLOSED || (s == LISTEN && a->has_listener);
}

static bool states_hold(uint16_t states, const struct state_answer *a)
{
	for (unsigned s = 0; s < STATES; s++)
		if ((states >> s & 1) && state_is(a, (enum state)s))
			return true;
	return false;
}

static const char *answer_name(const struct state_answer *a)
{
	return a->has_tcb ? state_name(a->state) : a->has_listener ? "LISTEN"
	                                                           : "CLOSED";
}

static bool any_state_is(const struct hypotheses *s, const struct state_answer *a)
{
	for (unsigned i = 0; i < s->count; i++)
		if (state_is(a, s->h[i].tcb.state))
			return true;
	return false;
}

/* Asked a second time, after a FAIL for the next state: an answer that has changed by itself was given before the stimulus had been processed. */
static void judge_state_again(struct judge *j, const struct state_answer *a)
{
	const struct state_answer *first = &j->state_after;
	if (j->status != JUDGE_FAILED || (a->has_tcb == first->has_tcb && (!a->has_tcb || a->state == first->state)))
		return;
	j->status = JUDGE_GOING;
	judge_against(j, JUDGE_VIOLATED, "fence violated", j->clause, "fence violated: the state was %s behind the fence, and %s later", answer_name(first), answer_name(a));
}

static void judge_state(struct judge *j, const struct event *e)
{
	if (j->asked) {
		judge_state_again(j, &e->state);
		return;
	}
	j->asked = true;
	j->state_after = e->state;
	text_put(&j->actual, j->actual.length ? " => " : "=> ");
	text_put(&j->actual, answer_name(&e->state));
	if (j->status == JUDGE_FAILED)
		j->confirmed = j->silent && !any_state_is(&j->missed, &e->state) && !any_state_is(&j->now, &e->state);
	if (j->status != JUDGE_GOING)
		return;
	for (size_t i = j->first; i < j->end; i++) {
		const struct step *st = &j->script->step[i];
		if (st->kind == STEP_STATE && !states_hold(st->states, &e->state)) {
			char what[64];
			snprintf(what, sizeof what, "the target is in %s", answer_name(&e->state));
			if (st->given)
				judge_against(j, JUDGE_UNREACHED, "precondition", j->script->ref, "precondition not reached: %s", what);
			else
				judge_breach(j, st->level, "next state", st->line, what);
		}
	}
	const char *clause = j->now.count ? j->now.h[0].clause : NULL;
	unsigned kept = 0;
	for (unsigned i = 0; i < j->now.count; i++)
		if (state_is(&e->state, j->now.h[i].tcb.state))
			j->now.h[kept++] = j->now.h[i];
	if (kept == 0 && j->now.count)
		judge_against(j, JUDGE_FAILED, "next state", clause, "next state: the target is in %s", answer_name(&e->state));
	else
		j->now.count = kept;
}

/* The standard's names for the end of a connection are the interface's to choose (3.9.1): "reset" and "refused" are one, and where it has ended "unreachable" too. */
static unsigned signals_alike(const struct tcb *t, unsigned signals)
{
	const bool gone = t->state == CLOSED || t->state == LISTEN;
	const unsigned ended = SIGNAL_RESET | SIGNAL_REFUSED | (gone ? (unsigned)SIGNAL_UNREACHABLE : 0u);
	return signals & ended ? signals | ended : signals;
}

/* What the user was told against what this TCB tells him. "Connection closing" answers a call, and urgent data is announced: neither can be asked for. */
static bool signals_fit(const struct tcb *t, unsigned told)
{
	const unsigned unasked = SIGNAL_CLOSED | SIGNAL_URGENT;
	const unsigned must = t->signals & ~unasked & ~(t->unread ? (unsigned)SIGNAL_EOF : 0u);
	return !(told & ~signals_alike(t, t->signals | t->may_signal | unasked)) && !(must & ~signals_alike(t, told));
}

/* "reset, eof"; "nothing" for none. */
static void signals_print(unsigned told, struct text *out)
{
	for (unsigned bit = 1; bit <= SIGNAL_UNREACHABLE; bit <<= 1)
		if (told & bit)
			text_add(out, "%s%s", out->length ? ", " : "", signal_name(bit));
	if (!told)
		text_add(out, "nothing");
}

/* What the user was told wrongly is part of the reaction: no known deviation of the wire excuses it. */
static void judge_told_wrong(struct judge *j, const char *class, const char *clause, unsigned told)
{
	struct text names = {0};
	signals_print(told, &names);
	text_add(&j->actual, "%s(told %s)", j->actual.length ? " " : "", text_string(&names));
	judge_against(j, JUDGE_FAILED, class, clause, "%s: the user was told %s", class, text_string(&names));
	text_free(&names);
}

static void judge_told(struct judge *j, unsigned told)
{
	unsigned kept = 0;
	const struct hypothesis *h = hypotheses_best(&j->now);
	const char *clause = h ? h->clause : NULL;
	const unsigned due = h ? h->tcb.signals & ~signals_alike(&h->tcb, told) : 0;
	for (unsigned i = 0; i < j->now.count; i++)
		if (signals_fit(&j->now.h[i].tcb, told))
			j->now.h[kept++] = j->now.h[i];
	if (kept == 0 && j->now.count)
		judge_told_wrong(j, due ? "no signal" : "wrong signal", clause, told);
	else
		j->now.count = kept;
}

static void judge_signals(struct judge *j, const struct event *e)
{
	for (size_t i = j->first; i < j->end; i++) {
		const struct step *st = &j->script->step[i];
		if (st->kind != STEP_SIGNAL || (e->signals & st->signal) == st->signal)
			continue;
		char what[64];
		snprintf(what, sizeof what, "the user was not told \"%s\"", signal_name(st->signal));
		judge_breach(j, st->level, "no signal", st->line, what);
	}
	if (j->status == JUDGE_GOING)
		judge_told(j, e->signals);
}

/* Replies to the probes of the state, and their fences. */
static void judge_inferred(struct judge *j, const struct event *e)
{
	if (e->kind == EVENT_FENCE)
		j->fence_at = e->at;
	j->event_index++;
}

void judge_event(struct judge *j, const struct event *e)
{
	if (j->inferring && (e->kind == EVENT_RECEIVED || e->kind == EVENT_FENCE)) {
		judge_inferred(j, e);
		return;
	}
	switch (e->kind) {
	case EVENT_SENT:
		judge_sent(j, e);
		break;
	case EVENT_CALLED:
		judge_called(j, e);
		break;
	case EVENT_WAIT:
		judge_stimulate(j, e);
		j->deadline = UINT64_MAX;
		break;
	case EVENT_RECEIVED:
		judge_received(j, e);
		break;
	case EVENT_PROBED:
		judge_probed(j, e);
		break;
	case EVENT_INFER:
		j->inferring = true;
		break;
	case EVENT_CLASS:
		judge_class(j, e);
		break;
	case EVENT_FENCE:
	case EVENT_MET:
		judge_fence(j, e);
		break;
	case EVENT_DEADLINE:
		judge_deadline(j, e);
		break;
	case EVENT_STATE:
		judge_state(j, e);
		break;
	case EVENT_SIGNALS:
		judge_signals(j, e);
		break;
	case EVENT_LOST:
		judge_against(j, JUDGE_VIOLATED, "fence lost", "", "fence lost: the target did not answer the fence");
		break;
	case EVENT_END:
		j->ended = true;
		if (j->status == JUDGE_GOING)
			judge_time(j, e->at);
		break;
	}
	j->event_index++;
}

uint64_t judge_awaits(const struct judge *j)
{
	const struct step *first = group_opener(j);
	if (j->status != JUDGE_GOING || !j->stimulated)
		return 0;
	if (first->kind == STEP_WAIT) {
		const uint64_t wait = duration_us(first->within, &j->model->constants, rto_of(j));
		const bool expects = group_has(j, STEP_EXPECT);
		if (expects && j->expect == j->end && !group_has(j, STEP_SILENCE))
			return 0;
		/* A retransmission's RTO is the target's own estimate: the declared minimum bounds it from below, twice that from above. */
		const uint64_t late = first->within.unit == UNIT_MSL ? j->model->constants.time_wait_late : 0;
		return j->stimulus_at + (first->within.unit == UNIT_RTO && expects ? 2 * wait : wait) + late + j->model->constants.tick;
	}
	return j->deadline;
}
