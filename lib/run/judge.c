/* The judge's groups, stimuli, fences, states. What the target sends is judged in received.c; verdict texts are in verdict.c. */
#include "lib/run/judge_parts.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/model/keys.h"
#include "lib/model/service.h"
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
	hypotheses_clear(&j->now);
	hypotheses_clear(&j->before);
	hypotheses_clear(&j->missed);
	hypotheses_clear(&j->scratch);
	hypotheses_clear(&j->origin);
	text_clear(&j->actual);
	isns_clear(&j->isns);
	memset((uint8_t *)j + offsetof(struct judge, script), 0, sizeof *j - offsetof(struct judge, script));
	j->script = s;
	j->model = m;
	j->endpoint = *at;
	j->in_prelude = true;
	if (s->with[0]) {
		j->own = *m;
		with_apply(s->with, &j->own);
		j->model = &j->own;
	}
	j->numbers.rng = rng_named(seed, s->id);
	struct hypothesis h;
	memset(&h, 0, sizeof h);
	h.tcb = tcb_closed(false);
	hypotheses_add(&j->now, &h);
	hypotheses_copy(&j->before, &j->now);
}

void judge_copy(struct judge *to, const struct judge *from, const struct script *s)
{
	const struct judge kept = *to;
	*to = *from;
	to->script = s;
	if (from->model == &from->own)
		to->model = &to->own;
	to->now = kept.now;
	to->before = kept.before;
	to->missed = kept.missed;
	to->scratch = kept.scratch;
	to->origin = kept.origin;
	to->actual = kept.actual;
	to->isns = kept.isns;
	isns_copy(&to->isns, &from->isns);
	hypotheses_copy(&to->now, &from->now);
	hypotheses_copy(&to->before, &from->before);
	hypotheses_copy(&to->missed, &from->missed);
	hypotheses_copy(&to->origin, &from->origin);
	text_clear(&to->actual);
	text_put(&to->actual, text_string(&from->actual));
}

void judge_end(struct judge *j)
{
	hypotheses_free(&j->now);
	hypotheses_free(&j->before);
	hypotheses_free(&j->missed);
	hypotheses_free(&j->scratch);
	hypotheses_free(&j->origin);
	text_free(&j->actual);
	isns_free(&j->isns);
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

/* ---- failing ---- */

/* Of more hypotheses than there is room for some were left out. One that is left and explains all is as good as ever; where none is, one of those might have. */
static bool is_crowded(struct judge *j)
{
	j->crowded |= j->now.overflow || j->before.overflow || j->scratch.overflow;
	return j->crowded;
}

__attribute__((format(printf, 5, 6))) void judge_against(struct judge *j, enum judge_status status, const char *class, const char *clause, const char *format, ...)
{
	if (j->status != JUDGE_GOING)
		return;
	if (status == JUDGE_FAILED && is_crowded(j)) {
		status = JUDGE_OVERFLOW;
		class = "too many hypotheses";
		format = "too many hypotheses: none of those that there was room for explains it";
	}
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
	is_crowded(j);
	return j->now.count > 0;
}

/* ---- groups ---- */

/* A call that a service makes by itself: it opens no group of its own. */
static bool step_is_served(const struct judge *j, size_t at)
{
	const struct step *st = &j->script->step[at];
	return j->model->service && st->kind == STEP_CALL && st->call == CALL_CLOSE;
}

/* Does the step at `at` of the group stand behind such a call? */
static bool step_is_served_before(const struct judge *j, size_t at)
{
	while (at-- > j->first)
		if (step_is_served(j, at))
			return true;
	return false;
}

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
	j->stimulated = j->fenced = j->asked = j->silent = j->owed_late = j->ack_doubted = false;
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

bool expect_open(const struct judge *j, size_t at)
{
	const struct step *st = &j->script->step[at];
	return st->may || (st->segment.data_most && st->segment.data_split && at == j->expect && j->text_got > 0);
}

bool judge_is_met(const struct judge *j)
{
	if (j->status != JUDGE_GOING)
		return false;
	for (size_t i = j->expect; i < j->end; i = next_expect(j, i + 1))
		if (!expect_open(j, i))
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
	while (j->end < s->count && (!step_is_stimulus(&s->step[j->end]) || step_is_served(j, j->end)) && (first >= s->prelude || j->end < s->prelude))
		j->end++;
	j->expect = next_expect(j, first);
	j->text_got = 0;
	j->stimulated = j->fenced = j->asked = j->silent = j->owed_late = j->confirmed = j->ack_doubted = false;
	j->deadline = 0;
	j->replies = 0;
	j->has_stimulus_segment = false;
	j->state_before = j->state_after;
	text_clear(&j->actual);
	if (!step_is_stimulus(&s->step[first])) /* behind one there is what it has met */
		judge_stays(j);
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
		const bool served = step_is_served_before(j, i), open = st->kind == STEP_EXPECT && i >= j->expect && (st->has_within || served);
		if (!open && !(st->kind == STEP_SILENCE && st->has_within))
			continue;
		const uint64_t within = served ? SERVICE_US : duration_us(st->within, &j->model->constants, rto_of(j));
		const uint64_t at = j->stimulus_at + within + j->model->constants.tick;
		until = at > until ? at : until;
	}
	return until;
}

/* ---- the fence, the wait, the state ---- */

static bool expect_waits(const struct judge *j, size_t at)
{
	return j->script->step[at].has_within || step_is_served_before(j, at) || (group_opener(j)->kind == STEP_WAIT);
}

/* EXPECTs that had to be met by now and were not. after_wait: the group's waiting is over too. */
static void judge_unmet(struct judge *j, bool after_wait)
{
	for (size_t i = j->expect; i < j->end; i = next_expect(j, i + 1)) {
		const struct step *st = &j->script->step[i];
		if (expect_open(j, i) || (!after_wait && expect_waits(j, i)))
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

/* Had something been outstanding for as long as the timer runs before the group was over? */
static bool outlasts(const struct judge *j, uint64_t at)
{
	for (unsigned i = 0; i < j->before.count; i++)
		if (j->before.h[i].tcb.sent_at && at >= j->before.h[i].tcb.sent_at + rto_of(j))
			return true;
	return false;
}

/* What has failed is taken back as well: a timer of the target's may have had its part in it. */
static void judge_slow(struct judge *j)
{
	const uint64_t took = j->fence_at - j->stimulus_at;
	const bool outstanding = any_outstanding(&j->now) || any_outstanding(&j->before);
	const bool resent = outstanding && took > j->model->constants.rto_min / 2;
	const bool delayed = j->status == JUDGE_FAILED && j->ack_doubted;
	if (group_opener(j)->kind == STEP_WAIT || !(resent || delayed))
		return;
	if (j->status == JUDGE_FAILED)
		j->status = JUDGE_GOING;
	judge_against(j, JUDGE_VIOLATED, "too slow", "", "too slow: %llu ms between stimulus and fence, a %s could fall in between", (unsigned long long)took / 1000, resent ? "retransmission" : "delayed acknowledgment");
}

static void judge_isns(struct judge *j)
{
	for (size_t i = j->first; i < j->end; i++) {
		const struct step *st = &j->script->step[i];
		const char *broken = st->kind == STEP_ISNS ? isns_break(&j->isns, st->isns) : NULL;
		if (broken)
			judge_breach(j, st->level, st->isns == STAMPS_UNRELATED ? "timestamps" : "ISN", st->line, broken);
	}
}

static void judge_fence(struct judge *j, const struct event *e)
{
	j->fenced = true;
	j->fence_at = e->at;
	j->exact = e->by_call;
	j->by_time = e->by_time;
	if (e->has_ts)
		same_passed(j, e->ts_val);
	if (!j->stimulated || (j->status != JUDGE_GOING && j->status != JUDGE_FAILED))
		return;
	j->outlasted |= outlasts(j, e->at);
	judge_slow(j);
	if (j->status != JUDGE_GOING)
		return;
	judge_time(j, e->at);
	const struct hypothesis *h = hypotheses_best(&j->now);
	const char *clause = h ? h->clause : "";
	for (unsigned i = 0; i < j->now.count; i++)
		j->silent |= j->now.h[i].has_due && seq_lt(j->now.h[i].tcb.snd_nxt, j->now.h[i].due);
	hypotheses_close(&j->now, &j->missed); /* a straggler may still come */
	j->silent |= j->missed.count && !j->now.count;
	if (j->now.count == 0 && j->missed.count)
		judge_against(j, JUDGE_FAILED, "no reply", j->missed.h[0].clause ? j->missed.h[0].clause : clause, "no reply before the fence's answer");
	judge_unmet(j, group_opener(j)->kind == STEP_WAIT);
	judge_isns(j);
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

void judge_serve(struct judge *j, uint64_t at)
{
	hypotheses_serve(&j->now, j->model, at);
	judge_check(j);
}

bool judge_awaits_service(const struct judge *j)
{
	return j->status == JUDGE_GOING && hypotheses_await_service(&j->now, j->model);
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
		judge_stays(j);
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

/* Does the group end a connection, and say of no other time that it is there? */
static bool group_ends_it(const struct judge *j)
{
	const uint16_t none = (uint16_t)(1U << CLOSED | 1U << LISTEN);
	bool ends = false;
	for (size_t i = j->first; i < j->end; i++) {
		const struct step *st = &j->script->step[i];
		if (st->kind == STEP_STATE && st->states & (uint16_t)~none)
			return false;
		ends |= st->kind == STEP_STATE;
	}
	return ends;
}

/* Is TIME-WAIT to be there? */
static bool group_holds_time_wait(const struct judge *j)
{
	for (size_t i = j->first; i < j->end; i++)
		if (j->script->step[i].kind == STEP_STATE && j->script->step[i].states & 1U << TIME_WAIT)
			return true;
	return false;
}

/* By how much the timer that a wait is for may be late. Where nothing is awaited, but its absence, to wait longer would be to see the next timer's work. */
static uint64_t wait_late(const struct judge *j, const struct step *first, uint64_t wait)
{
	if (first->within.unit == UNIT_MSL)
		return j->model->constants.time_wait_late;
	if (group_has(j, STEP_SILENCE) || !(group_has(j, STEP_EXPECT) || group_ends_it(j)))
		return 0;
	/* RFC 6298 2.2: a round trip R makes the RTO R + 4*R/2, or with what that is at least; a later one does not make it longer than that. Backed off, so is this (5.5). */
	const unsigned doubled = judge_tcb(j)->retransmissions;
	const uint64_t measured = j->exact ? 0 : 3 * j->longest_trip << (doubled < 8 ? doubled : 8); /* what a ladder waits for on purpose, in exact time, its figures count in */
	return wait / 100 * j->model->constants.timer_late + measured;
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
		/* Nothing is to come for so long, in so many words, or TIME-WAIT is to be there still: a timer that is early by a tick, or a tick late, is due behind it. */
		if (!expects && (first->within.unit < UNIT_MSL ? group_has(j, STEP_SILENCE) : group_holds_time_wait(j)))
			return j->stimulus_at + wait;
		/* A retransmission's RTO is the target's own estimate: the declared minimum bounds it from below, twice that from above. */
		return j->stimulus_at + (first->within.unit == UNIT_RTO && expects ? 2 * wait : wait) + wait_late(j, first, wait) + j->model->constants.tick;
	}
	return j->deadline;
}
