/* A faulty wire on paper: the trace is altered as the fault alters the wire, and judged again. */
#include "lib/run/predict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/run/player.h"

/* The last group's events: its first index; its FENCE; its STATE. */
struct place {
	size_t first, reply, fence, state;
	bool has_reply, has_fence, has_state;
};

/* Is event i a repetition, which the fault of a live wire would spare? */
static bool event_is_spared(const struct trace *t, size_t i, const struct judge *fresh)
{
	struct judge j;
	const struct trace part = {.event = t->event, .count = i};
	judge_begin(&j, fresh->script, fresh->model, &fresh->endpoint, 0);
	judge_replay(&j, &part);
	const bool spared = alter_spares(&j, t->event[i].packet, t->event[i].length, t->event[i].at);
	judge_end(&j);
	return spared;
}

static struct place place_find(const struct trace *t, const struct judge *fresh)
{
	struct place p = {0};
	const size_t group = t->count ? t->event[t->count - 1].step : 0;
	while (p.first < t->count && t->event[p.first].step != group)
		p.first++;
	for (size_t i = p.first; i < t->count; i++) {
		const enum event_kind k = t->event[i].kind;
		if (k == EVENT_RECEIVED && !p.has_reply && !p.has_state && !event_is_spared(t, i, fresh)) {
			p.reply = i;
			p.has_reply = true;
		} else if (k == EVENT_FENCE && !p.has_fence) {
			p.fence = i;
			p.has_fence = true;
		} else if (k == EVENT_STATE && !p.has_state) {
			p.state = i;
			p.has_state = true;
		}
	}
	return p;
}

/* The TCB that the judge holds right before event n. */
static struct tcb tcb_before(const struct trace *t, size_t n, const struct judge *fresh)
{
	struct judge j;
	const struct trace part = {.event = t->event, .count = n};
	judge_begin(&j, fresh->script, fresh->model, &fresh->endpoint, 0);
	judge_replay(&j, &part);
	const struct tcb tcb = judge_target(&j);
	judge_end(&j);
	return tcb;
}

static void insert_event(struct trace *t, size_t at, const struct event *e)
{
	trace_add(t, e);
	const struct event last = t->event[t->count - 1];
	memmove(&t->event[at + 1], &t->event[at], (t->count - 1 - at) * sizeof last);
	t->event[at] = last;
}

/* Where an event of that time belongs, from index `from` on. Events before it keep their places: a reply to a call is stamped before the call returns. */
static size_t place_of_time(const struct trace *t, size_t from, uint64_t at)
{
	while (from < t->count && t->event[from].at <= at)
		from++;
	return from;
}

static void alter_trace_reply(struct trace *t, enum fault_kind k, const struct place *p)
{
	struct altered a;
	const struct event e = t->event[p->reply];
	alter_reply(k, e.packet, e.length, &a);
	memmove(&t->event[p->reply], &t->event[p->reply + 1], (t->count - 1 - p->reply) * sizeof e);
	t->count--;
	for (unsigned i = 0; i < a.count; i++) {
		struct event altered = e;
		altered.packet = a.packet[i];
		altered.length = a.length[i];
		altered.at = e.at + a.delay_us;
		insert_event(t, a.delay_us ? place_of_time(t, p->reply, altered.at) : p->reply + i, &altered);
	}
}

static void alter_trace_state(struct trace *t, const struct place *p, const struct judge *fresh)
{
	uint8_t packet[128];
	struct segment slip;
	struct outcome o;
	const struct tcb tcb = tcb_before(t, p->state, fresh);
	const struct state_answer *a = &t->event[p->state].state;
	const size_t n = alter_slip(&fresh->endpoint, &tcb, packet, sizeof packet);
	/* The target is not where the model has it, or in a TIME-WAIT that came back, with numbers of its own: the slipped RST is not exact. */
	if (a->has_tcb && (tcb.state == CLOSED || tcb.state == LISTEN || (tcb.state == SYN_RECEIVED && a->state == TIME_WAIT)))
		return;
	if (!n || !segment_parse(packet, n, &slip, NULL))
		return;
	model_arrives(fresh->model, &tcb, &slip, t->event[p->state].at, &o);
	if (o.count == 0)
		return;
	const enum state next = o.reaction[0].next.state;
	const bool gone = next == CLOSED || next == LISTEN;
	const unsigned told = o.reaction[0].next.signals & ~tcb.signals;
	size_t kept = p->first;
	for (size_t i = p->first; i < t->count; i++) {
		struct event e = t->event[i];
		if (e.kind == EVENT_SIGNALS)
			e.signals |= told;
		if (e.kind == EVENT_STATE) { /* asked a second time it is no other */
			e.state.has_tcb = !gone;
			e.state.state = next;
		}
		if (!gone || i < p->state || e.kind != EVENT_RECEIVED) /* a connection that is gone repeats nothing */
			t->event[kept++] = e;
	}
	t->count = kept;
}

/* A fault acts in the script's last group: a play that ended before it was not touched. */
static bool reached_last_group(const struct trace *t, const struct script *s)
{
	return t->count && t->event[t->count - 1].step >= script_stimulus(s, s->count - 1);
}

static void alter_trace(struct trace *t, enum fault_kind k, const struct judge *fresh)
{
	const struct place p = place_find(t, fresh);
	if (!reached_last_group(t, fresh->script))
		return;
	if (k == FAULT_WRONG_STATE) {
		if (p.has_state)
			alter_trace_state(t, &p, fresh);
		return;
	}
	const bool adds = k == FAULT_EXTRA_SEGMENT || k == FAULT_EXTRA_RST; /* to a reply before the fence, else before the fence */
	if (p.has_reply && !(adds && p.has_fence && p.reply > p.fence)) {
		alter_trace_reply(t, k, &p);
		return;
	}
	uint8_t packet[128];
	struct event extra = {.kind = EVENT_RECEIVED, .packet = packet, .step = t->count ? t->event[t->count - 1].step : 0};
	if (!p.has_fence)
		return;
	const struct tcb tcb = tcb_before(t, p.fence, fresh);
	extra.at = t->event[p.fence].at;
	extra.length = alter_silence(k, &fresh->endpoint, &tcb, packet, sizeof packet);
	if (extra.length)
		insert_event(t, p.fence, &extra);
}

/* Before the state is asked a group waits for what it awaits. The recorded one may have had no need to: take what came later before the question. */
static void predict_wait(struct judge *j, struct trace *t, size_t at)
{
	const uint64_t until = judge_awaits(j);
	for (size_t i = at; i < t->count && judge_awaits(j) && t->event[i].at <= until; i++)
		if (t->event[i].kind == EVENT_RECEIVED) {
			judge_event(j, &t->event[i]);
			t->event[i].length = 0; /* read; it is no packet any more */
		}
	const struct event over = {.kind = EVENT_DEADLINE, .at = until, .step = t->event[at].step};
	if (judge_awaits(j))
		judge_event(j, &over);
}

static void predict_replay(struct judge *j, struct trace *t)
{
	size_t group = SIZE_MAX;
	for (size_t i = 0; i < t->count; i++) {
		const struct event *e = &t->event[i];
		if (e->step != group)
			judge_group(j, group = e->step);
		if ((e->kind == EVENT_STATE || e->kind == EVENT_SIGNALS) && judge_awaits(j) && j->script->step[group].kind != STEP_WAIT)
			predict_wait(j, t, i);
		judge_event(j, e);
	}
}

/* Did the last stimulus leave an acknowledgment that may be delayed? Whether it comes before the fence or behind it is chance, and so is whether a fault meets it. */
static bool trace_owes(const struct trace *t, const struct judge *fresh)
{
	struct judge j;
	bool owes = false;
	judge_begin(&j, fresh->script, fresh->model, &fresh->endpoint, 0);
	for (size_t i = 0, group = SIZE_MAX; i < t->count && !owes; i++) {
		const struct event *e = &t->event[i];
		if (e->step != group)
			judge_group(&j, group = e->step);
		judge_event(&j, e);
		if (e->step >= script_stimulus(fresh->script, fresh->script->count - 1))
			owes = judge_owes(&j);
	}
	judge_end(&j);
	return owes;
}

/* Does the last group wait for a repetition? The one that is lost may come once more in time, which a trace that ended with the first does not show. */
static bool script_awaits_again(const struct script *s)
{
	const size_t first = script_stimulus(s, s->count - 1);
	for (size_t i = first; i < s->count; i++)
		if (s->step[i].kind == STEP_EXPECT && s->step[i].again && (s->step[i].has_within || s->step[first].kind == STEP_WAIT))
			return true;
	return false;
}

void predict_faults(const struct trace *t, const struct script *s, const struct model *m, const struct endpoint *at, uint64_t seed, const char *id, const struct known *k, struct text *out)
{
	for (unsigned f = FAULT_DROP; f <= FAULT_WRONG_STATE; f++) {
		struct judge j;
		struct result r = {0};
		struct trace altered = trace_copy(t);
		judge_begin(&j, s, m, at, seed);
		alter_trace(&altered, (enum fault_kind)f, &j);
		predict_replay(&j, &altered);
		judge_result(&j, &r);
		if (f == FAULT_DROP && trace_owes(t, &j))
			text_add(out, "owes\n");
		if (f == FAULT_DROP && script_awaits_again(s))
			text_add(out, "again\n");
		snprintf(r.id, sizeof r.id, "%s", id);
		known_apply(k, &r);
		text_add(out, "%s %s %s\n", fault_name((enum fault_kind)f), verdict_name(r.verdict), r.cause);
		result_free(&r);
		judge_end(&j);
		trace_free(&altered);
	}
}
