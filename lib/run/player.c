/* The course of a play: stimulus, fence, wait, state; group after group; then quarantine. */
#include "lib/run/player.h"

#include <stdio.h>
#include <string.h>

static void player_remind(struct player *p, uint64_t at)
{
	p->reminders++;
	stage_remind(p->stage, p, at, p->turn);
}

static void player_enter(struct player *p, enum phase phase, uint64_t until)
{
	p->phase = phase;
	p->active = (phase == PHASE_FENCE || phase == PHASE_SLIPPED) && p->fence != FENCE_TIME;
	p->turn++;
	if (until)
		player_remind(p, until);
}

/* What the next step waited for has come, at that time. */
static void player_triggered(struct player *p, uint64_t at)
{
	const uint64_t now = stage_now(p->stage);
	p->triggered_at = at;
	if (now > at && now - at > p->late_us)
		p->late_us = now - at;
}

void player_event(struct player *p, struct event *e)
{
	const bool is_step = e->kind == EVENT_SENT || e->kind == EVENT_CALLED || e->kind == EVENT_WAIT;
	const uint64_t began = e->kind == EVENT_CALLED ? e->began : e->at;
	if (is_step && began > p->triggered_at && began - p->triggered_at > p->late_us)
		p->late_us = began - p->triggered_at;
	if (e->kind != EVENT_SENT && e->kind != EVENT_CALLED && e->kind != EVENT_WAIT)
		e->step = p->cursor;
	struct event *kept = p->untraced ? e : trace_add(&p->trace, e);
	kept->segment = e->segment;
	judge_event(&p->judge, kept);
	kept->segment = NULL;
}

/* Is the planted fault to act now? */
static bool player_faulty(const struct player *p)
{
	return p->fault != FAULT_NONE && p->phase != PHASE_QUARANTINE && p->phase != PHASE_DOUBT && p->fault_step >= p->cursor && p->fault_step < p->group_end;
}

/* The run's kind, or what this group can carry in its place. */
static enum fence_kind player_kind(struct player *p, enum phase phase)
{
	const enum fence_kind run = p->stage->fence;
	if (run != FENCE_SAME && run != FENCE_BOTH)
		return run;
	if (phase == PHASE_FENCE && !p->by_time && same_numbers(&p->judge, &p->same))
		return run;
	return run == FENCE_SAME ? FENCE_TIME : FENCE_LINK;
}

static bool player_send_echo(struct player *p, unsigned which, uint64_t *at, struct error *e)
{
	struct stage *s = p->stage;
	p->token[which] = stage_token(s) | stage_key(s, p->endpoint.target_port, p->endpoint.tester_port);
	return fence_send(s->wire, &s->link, p->play.family, p->token[which], at, e);
}

static bool player_send_same(struct player *p, uint64_t *at, struct error *e)
{
	uint8_t packet[128];
	p->same_open = p->by_same = true;
	if (!stage_send(p->stage, packet, fence_mover_build(&p->same, packet, sizeof packet), at, e))
		return false;
	return stage_send(p->stage, packet, fence_old_octet_build(&p->same, packet, sizeof packet), at, e);
}

static bool player_fence(struct player *p, enum phase phase, struct error *e)
{
	uint64_t at;
	p->fence = player_kind(p, phase);
	p->token[0] = p->token[1] = 0;
	p->same_open = false;
	if (p->fence == FENCE_TIME || p->fence == FENCE_CALL) {
		player_enter(p, phase, stage_now(p->stage) + (p->fence == FENCE_TIME ? FENCE_TIME_US : 0));
		return true;
	}
	if (p->fence != FENCE_SAME && !player_send_echo(p, 0, &at, e))
		return false;
	if (p->fence != FENCE_LINK && !player_send_same(p, &at, e))
		return false;
	if (p->fence == FENCE_BOTH && !player_send_echo(p, 1, &at, e))
		return false;
	player_enter(p, phase, at + FENCE_LOST_US);
	return true;
}

static bool player_send(struct player *p, const struct step *st, struct error *e)
{
	static _Thread_local uint8_t packet[PACKET_ROOM];
	struct event ev = {.kind = EVENT_SENT, .step = p->cursor, .packet = packet, .at = stage_now(p->stage)};
	ev.length = send_build(st, &p->judge.numbers, &p->endpoint, judge_tcb(&p->judge), packet, sizeof packet, e);
	if (ev.length == 0)
		return error_prefix(e, "%s: ", p->id);
	if (p->fault == FAULT_STALL && player_faulty(p) && !target_linux_stall(&p->stage->target, p->connection, STALL_US, e))
		return false;
	const bool swallowed = p->last.swallow && p->fault_step >= p->cursor && p->fault_step < p->group_end;
	if (!swallowed && !stage_send(p->stage, packet, ev.length, &ev.at, e))
		return false;
	player_event(p, &ev);
	return player_fence(p, PHASE_FENCE, e);
}

static bool player_call(struct player *p, const struct step *st, struct error *e)
{
	struct event ev = {.kind = EVENT_CALLED, .step = p->cursor, .began = stage_now(p->stage), .call = st->call};
	if (!stage_call(p->stage, p->connection, st, &ev.answer, e))
		return error_prefix(e, "%s: %s: ", p->id, call_name(st->call));
	if (p->fault == FAULT_DEAF && st->call == CALL_RECEIVE)
		ev.answer = (struct call_answer){.result = CALL_PENDING, .content_ok = true, .text = "EAGAIN"};
	ev.at = stage_now(p->stage);
	player_event(p, &ev);
	return player_fence(p, PHASE_FENCE, e);
}

static bool player_wait(struct player *p)
{
	struct event ev = {.kind = EVENT_WAIT, .step = p->cursor, .at = stage_now(p->stage)};
	player_event(p, &ev);
	player_enter(p, PHASE_WAIT, judge_awaits(&p->judge));
	return true;
}

/* The quarantine counts from the fence: what the group waited for behind it is part of the watch. */
static void player_rest(struct player *p)
{
	p->rested = p->judge.status;
	if (p->stops) {
		player_enter(p, PHASE_REACHED, 0);
		return;
	}
	const uint64_t soonest = stage_now(p->stage) + STRAGGLER_US, until = p->judge.fence_at + QUARANTINE_US;
	player_enter(p, PHASE_QUARANTINE, until > soonest ? until : soonest);
}

static void player_done(struct player *p)
{
	player_enter(p, PHASE_DONE, 0);
}

/* Asks what the user was told, and the state; closes the group. */
static bool player_ask(struct player *p, struct error *e)
{
	struct target *t = &p->stage->target;
	struct event ev = {.kind = EVENT_SIGNALS, .at = stage_now(p->stage)};
	if (t->operations->signals) {
		if (!t->operations->signals(t->self, p->connection, &ev.signals, e))
			return error_prefix(e, "%s: ", p->id);
		if (p->fault == FAULT_CHATTY && player_faulty(p))
			ev.signals |= SIGNAL_TIMEOUT;
		if (p->last.untold && p->fault_step >= p->cursor && p->fault_step < p->group_end)
			ev.signals = 0;
		player_event(p, &ev);
	}
	if (p->prober && p->group_end == p->play.script->count)
		prober_note(p->prober, &p->judge);
	if (!t->operations->state)
		return true;
	ev = (struct event){.kind = EVENT_STATE, .at = stage_now(p->stage)};
	if (!t->operations->state(t->self, p->connection, &ev.state, e))
		return error_prefix(e, "%s: ", p->id);
	player_event(p, &ev);
	return true;
}

/* wrong-state: the wire slips the target an exact RST, unseen by the judge, before the state is asked. */
static bool player_slip(struct player *p, struct error *e)
{
	uint8_t packet[128];
	uint64_t at;
	const struct tcb target = judge_target(&p->judge);
	const size_t n = alter_slip(&p->endpoint, &target, packet, sizeof packet);
	p->fault_done = true;
	return stage_send(p->stage, packet, n, &at, e) && player_fence(p, PHASE_SLIPPED, e);
}

static bool player_group_over(struct player *p, struct error *e)
{
	if (p->phase != PHASE_SLIPPED && p->fault == FAULT_WRONG_STATE && player_faulty(p) && !p->fault_done)
		return player_slip(p, e);
	if (!player_ask(p, e))
		return false;
	switch (p->judge.status) {
	case JUDGE_GOING:
		if (p->keeps && p->group_end == p->play.script->prelude) {
			player_enter(p, PHASE_REACHED, 0);
			return true;
		}
		if (p->group_end < p->play.script->count) {
			p->cursor = p->group_end;
			return player_step(p, e);
		}
		player_rest(p);
		return true;
	case JUDGE_FAILED:
		if (strcmp(p->judge.cause_class, "next state") == 0 && !p->judge.exact)
			player_enter(p, PHASE_DOUBT, stage_now(p->stage) + STRAGGLER_US);
		else
			player_rest(p);
		return true;
	case JUDGE_VIOLATED:
	case JUDGE_UNREACHED:
	case JUDGE_OVERFLOW:
		player_done(p);
		return true;
	}
	return true;
}

/* Performs the group at the cursor. */
bool player_step(struct player *p, struct error *e)
{
	const struct script *s = p->play.script;
	struct target *t = &p->stage->target;
	if (s->listener_closed && p->cursor == s->prelude && !t->operations->unlisten(t->self, p->connection, e))
		return error_prefix(e, "%s: ", p->id);
	p->group_end = judge_group(&p->judge, p->cursor);
	const struct step *st = &s->step[p->cursor];
	if (st->kind == STEP_SEND)
		return player_send(p, st, e);
	if (st->kind == STEP_CALL)
		return player_call(p, st, e);
	if (st->kind == STEP_WAIT)
		return player_wait(p);
	return player_fence(p, PHASE_FENCE, e);
}

bool player_go_on_from_way(struct player *p, struct error *e)
{
	p->cursor = p->group_end = p->play.script->prelude;
	p->keeps = false;
	return player_step(p, e);
}

/* The group is fenced: wait on if the judge awaits something, else close it. Where the time of that is over already, for want of the CPU, its date says so at once. */
static bool player_after_fence(struct player *p, struct error *e)
{
	const uint64_t until = p->play.script->step[p->cursor].kind == STEP_WAIT ? 0 : judge_awaits(&p->judge);
	if (until) {
		player_enter(p, PHASE_WAIT, until);
		return true;
	}
	return player_group_over(p, e);
}

static bool player_fence_passed(struct player *p, uint64_t at, struct error *e)
{
	const bool same = p->fence == FENCE_SAME || p->fence == FENCE_BOTH;
	struct event ev = {.kind = EVENT_FENCE, .at = at, .has_ts = same, .ts_val = same ? p->same.ts_val : 0, .by_call = p->fence == FENCE_CALL, .by_time = p->fence == FENCE_TIME};
	p->stage->fenced[p->fence]++;
	if (p->phase == PHASE_SLIPPED)
		return player_group_over(p, e);
	if (player_faulty(p) && !p->replied && !p->fault_done) {
		uint8_t packet[128];
		struct event extra = {.kind = EVENT_RECEIVED, .at = at, .packet = packet};
		extra.length = alter_silence(p->fault, &p->endpoint, judge_tcb(&p->judge), packet, sizeof packet);
		p->fault_done = extra.length > 0;
		if (extra.length)
			player_event(p, &extra);
	}
	player_event(p, &ev);
	return player_after_fence(p, e);
}

/* One answer more; the last one closes the fence. */
static bool player_fence_answered(struct player *p, uint64_t at, struct error *e)
{
	p->stage->lost_in_a_row = 0;
	return p->token[0] || p->token[1] || p->same_open ? true : player_fence_passed(p, at, e);
}

bool player_fenced(struct player *p, uint32_t token, uint64_t at, struct error *e)
{
	if (p->phase != PHASE_FENCE && p->phase != PHASE_SLIPPED)
		return true;
	for (unsigned i = 0; i < 2; i++)
		if (p->token[i] == token) {
			p->token[i] = 0;
			player_triggered(p, at);
			return player_fence_answered(p, at, e);
		}
	return true;
}

bool player_same_answered(const struct player *p, const struct segment *s)
{
	return p->phase == PHASE_FENCE && p->same_open && fence_same_answers(&p->same, s);
}

bool player_same_fenced(struct player *p, uint64_t at, struct error *e)
{
	p->same_open = false;
	player_triggered(p, at);
	return player_fence_answered(p, at, e);
}

bool player_go_on(struct player *p, struct error *e)
{
	if (p->phase != PHASE_WAIT || (p->judge.status == JUDGE_GOING && judge_awaits(&p->judge)))
		return true;
	if (p->play.script->step[p->cursor].kind == STEP_WAIT)
		return player_fence(p, PHASE_FENCE, e);
	return player_group_over(p, e);
}

/* Hands a segment to the judge, and goes on if it was what the group waited for. In process more may have been sent with it. */
static bool player_deliver(struct player *p, const uint8_t *packet, size_t n, const struct segment *s, uint64_t at, struct error *e)
{
	struct event ev = {.kind = EVENT_RECEIVED, .at = at, .packet = (uint8_t *)(uintptr_t)packet, .length = n, .segment = s};
	if (p->phase == PHASE_WAIT)
		player_triggered(p, at);
	player_event(p, &ev);
	if (p->judge.status == JUDGE_VIOLATED && (p->phase == PHASE_QUARANTINE || p->phase == PHASE_DOUBT)) {
		player_done(p);
		return true;
	}
	return p->stage->in_process || player_go_on(p, e);
}

bool player_frame(struct player *p, const uint8_t *packet, size_t n, const struct segment *s, uint64_t at, struct error *e)
{
	if (p->phase == PHASE_DONE || p->phase == PHASE_NEW)
		return true;
	uint8_t still[ALTERED_ROOM];
	if (p->last.still && n <= sizeof still) {
		memcpy(still, packet, n);
		alter_still(still, n);
		return player_deliver(p, still, n, NULL, at, e);
	}
	if (!player_faulty(p) || (p->fault_done && !p->every) || alter_spares(&p->judge, packet, n, at)) {
		p->replied |= player_faulty(p) && !alter_spares(&p->judge, packet, n, at);
		return player_deliver(p, packet, n, s, at, e);
	}
	struct altered a;
	alter_reply(p->fault, packet, n, &a);
	p->fault_done |= p->fault != FAULT_WRONG_STATE;
	p->replied = true;
	if (a.delay_us) {
		p->held = a;
		p->held_until = at + a.delay_us;
		player_remind(p, p->held_until);
		return true;
	}
	for (unsigned i = 0; i < a.count; i++)
		if (!player_deliver(p, a.packet[i], a.length[i], NULL, at, e))
			return false;
	return true;
}

static bool player_held_due(struct player *p, struct error *e)
{
	p->held.count = 0;
	return player_deliver(p, p->held.packet[0], p->held.length[0], NULL, p->held_until, e);
}

/* A lost echo says that the target is gone. A segment's answer may have been throttled: `time` does without. */
static void player_lost(struct player *p)
{
	p->by_time |= p->same_open;
	p->hopeless = p->attempts > 1 && !p->same_open;
	p->stage->lost_in_a_row += !p->same_open;
	player_done(p);
}

static bool player_date(struct player *p, uint64_t now, struct error *e)
{
	struct event ev = {.kind = EVENT_DEADLINE, .at = now};
	switch (p->phase) {
	case PHASE_FENCE:
	case PHASE_SLIPPED:
		if (p->fence == FENCE_TIME || p->fence == FENCE_CALL)
			player_triggered(p, now);
		if (p->fence == FENCE_TIME || p->fence == FENCE_CALL)
			return player_fence_passed(p, now, e);
		ev.kind = EVENT_LOST;
		player_event(p, &ev);
		player_lost(p);
		return true;
	case PHASE_WAIT:
		player_triggered(p, now);
		player_event(p, &ev);
		if (p->play.script->step[p->cursor].kind == STEP_WAIT)
			return player_fence(p, PHASE_FENCE, e);
		return player_group_over(p, e);
	case PHASE_DOUBT:
		if (!player_ask(p, e))
			return false;
		if (p->judge.status == JUDGE_VIOLATED)
			player_done(p);
		else
			player_rest(p);
		return true;
	case PHASE_QUARANTINE:
		ev.kind = EVENT_END;
		player_event(p, &ev);
		player_done(p);
		return true;
	case PHASE_NEW:
	case PHASE_REACHED:
	case PHASE_DONE:
		break;
	}
	return true;
}

/* The one entry of the calendar: a held reply, or the phase's own date. */
bool player_dated(struct player *p, const struct date *d, struct error *e)
{
	if (p->held.count && d->at == p->held_until)
		return player_held_due(p, e);
	return d->turn == p->turn ? player_date(p, d->at, e) : true;
}
