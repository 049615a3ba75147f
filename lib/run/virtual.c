/* The course of time in memory: from one date of the player's, or of the stack's own, to the next; what is put out is handed over at the moment at which it was. */
#include "lib/run/virtual.h"

#include <stdlib.h>

#include "lib/base/memory.h"
#include "lib/run/virtual_parts.h"

bool virtual_permits(const struct run_options *o, struct error *e)
{
	static const enum fault_kind of_the_machine[] = {FAULT_RPS, FAULT_BUSY, FAULT_STALL, FAULT_MUTE};
	if (o->patient)
		return error_set(e, "--patient: a target in our process is never waited for in real time, and what its timers do later is watched in any case; leave it out");
	for (size_t i = 0; i < sizeof of_the_machine / sizeof *of_the_machine; i++)
		if (run_has_fault(o, of_the_machine[i]))
			return error_set(e, "--fault %s: disturbs a machine, and this target is a library in our process; leave it out", fault_name(of_the_machine[i]));
	return true;
}

struct virtual *virtual_new(struct stage *s, const struct sprint_events *events, struct error *e)
{
	struct virtual *v = memory_zeroed(1, sizeof *v);
	v->stage = s;
	v->events = *events;
	v->polls_max = POLLS_MAX;
	v->way = memory_zeroed(WAYS_KEPT, sizeof *v->way);
	if (in_process_can_restore(s->in_process))
		in_process_snapshot(s->in_process, &v->fresh);
	if (virtual_learn(v, e))
		return v;
	virtual_free(v);
	return NULL;
}

void virtual_free(struct virtual *v)
{
	if (!v)
		return;
	v->stage->dates = 0; /* they are of players that end here */
	virtual_ways_free(v);
	judge_end(&v->brief.judge);
	judge_end(&v->cell.judge);
	trace_free(&v->cell.trace);
	prober_free(&v->prober);
	in_process_snapshot_free(&v->fresh);
	free(v);
}

bool virtual_refresh(struct virtual *v, struct error *e)
{
	if (!in_process_can_restore(v->stage->in_process))
		return in_process_reset(v->stage->in_process, e);
	in_process_restore(v->stage->in_process, &v->fresh);
	return true;
}

bool virtual_deliver(struct virtual *v, struct player *p, struct error *e)
{
	const uint8_t *packet;
	size_t n;
	uint64_t at;
	struct segment s;
	bool any;
	do {
		any = false;
		while (in_process_output(v->stage->in_process, &packet, &n, &at)) {
			any = true;
			if (segment_parse(packet, n, &s, NULL) && !player_frame(p, packet, n, &s, at, e))
				return false;
		}
		if (!player_go_on(p, e))
			return false;
	} while (any); /* going on it may have sent the next stimulus, whose answers come before its fence */
	return true;
}

/* The next date, the player's or the stack's. What the stack does at it comes before the player looks at its watch: it was in time. */
static bool virtual_step(struct virtual *v, struct player *p, struct error *e)
{
	struct in_process *stack = v->stage->in_process;
	uint64_t at = UINT64_MAX;
	struct date d;
	stage_next(v->stage, &at);
	const uint64_t now = in_process_now(stack), due = at <= now ? UINT64_MAX : in_process_next(stack);
	if (due <= at && due != UINT64_MAX) {
		in_process_poll(stack, due);
		if (++v->polls <= v->polls_max)
			return true;
		return error_set(e, "%s: %s was asked %u times and always wants to be asked again: its poll() is to say when it next has something to do (tcpspec/stack.h)", p->id, v->stage->target.version, v->polls);
	}
	if (at == UINT64_MAX)
		return error_set(e, "%s: waits for nothing, a defect of tcpspec: report it with the seed", p->id);
	in_process_set_now(stack, at);
	return !stage_due(v->stage, at, &d) || player_dated(p, &d, e);
}

bool virtual_course(struct virtual *v, struct player *p, struct error *e)
{
	while (p->phase != PHASE_DONE && p->phase != PHASE_REACHED) {
		if (!virtual_deliver(v, p, e))
			return false;
		if (p->phase != PHASE_DONE && p->phase != PHASE_REACHED && !virtual_step(v, p, e))
			return false;
	}
	v->stage->dates = 0; /* stale ones */
	return true;
}

bool virtual_whole(struct virtual *v, struct player *p, struct error *e)
{
	v->polls = 0;
	v->stage->port = PORT_FIRST - 1; /* no other play is on: its ports need not depend on those before */
	return virtual_refresh(v, e) && player_start(p, e) && virtual_course(v, p, e);
}

static void virtual_result(struct virtual *v, struct player *p)
{
	struct result r = {0};
	if (v->events.trace)
		v->events.trace(v->events.self, &p->trace, &p->endpoint, v->stage->options->seed + p->attempts, p->id, p->attempts);
	player_result(p, &r);
	v->events.result(v->events.self, &r, p->play.script);
}

/* How a play is played once. */
struct manner {
	bool stops;  /* up to its quarantine */
	bool traced; /* what is seen is kept, as it must be where somebody reads it */
};

/* *played is who did. */
static bool virtual_once(struct virtual *v, const struct play *play, struct manner m, struct player **played, struct error *e)
{
	bool broken = false;
	*played = &v->cell;
	if (virtual_enter(v, play, m.traced, &broken, e)) {
		v->cell.stops = m.stops;
		v->cell.prober = v->prober.use == PROBE_NEVER ? NULL : &v->prober;
		return player_go_on_from_way(&v->cell, e) && virtual_course(v, &v->cell, e);
	}
	*played = &v->other;
	player_init(&v->other, v->stage, play);
	v->other.stops = m.stops;
	v->other.prober = v->prober.use == PROBE_NEVER ? NULL : &v->prober;
	return !broken && virtual_whole(v, &v->other, e);
}

/* What played from a copy leaves nothing that the next copy does not replace. */
static void virtual_over(struct virtual *v, struct player *p)
{
	if (p == &v->other)
		player_stop(p);
}

/* Where the state is probed the play is played again, and probed in place of the quarantine, which it has passed. */
static bool virtual_decide(struct virtual *v, const struct play *play, bool traced, struct player **p, struct error *e)
{
	if (!virtual_once(v, play, (struct manner){.traced = traced}, p, e))
		return false;
	if (!virtual_wants_probes(v, *p))
		return true;
	virtual_over(v, *p);
	return virtual_once(v, play, (struct manner){.traced = traced, .stops = true}, p, e) && virtual_infer(v, *p, e);
}

/* Of a pass nobody asks what was seen. What does not is played once more, to be drawn: it is the same again. */
bool virtual_play(struct virtual *v, const struct play *play, struct error *e)
{
	const bool traced = v->events.trace || v->stage->options->predict;
	struct player *p;
	bool ok = virtual_decide(v, play, traced, &p, e);
	if (ok && p->untraced && judge_verdict(&p->judge) != PASS && v->drawn++ < DRAWN_MAX)
		ok = virtual_decide(v, play, true, &p, e);
	if (ok)
		virtual_result(v, p);
	virtual_over(v, p);
	return ok;
}

/* The one before is over when the next begins: until then it may be looked at. Where copies are restored its connection went with what it was opened in. */
static bool virtual_brief(struct virtual *v, const struct play *play, bool untold, struct error *e)
{
	struct player *p = &v->brief;
	if (p->stage && !in_process_can_restore(v->stage->in_process))
		player_stop(p);
	player_reuse(p, v->stage, play);
	p->untraced = true;
	p->untold = untold;
	const bool ok = virtual_whole(v, p, e);
	v->stage->by_port[stage_key(v->stage, p->endpoint.target_port, p->endpoint.tester_port)] = NULL;
	return ok;
}

bool virtual_judge(struct virtual *v, const struct play *play, enum verdict *verdict, struct error *e)
{
	const bool ok = virtual_brief(v, play, true, e);
	*verdict = judge_verdict(&v->brief.judge);
	return ok;
}

const struct judge *virtual_look(struct virtual *v, const struct play *play, struct error *e)
{
	return virtual_brief(v, play, false, e) ? &v->brief.judge : NULL;
}
