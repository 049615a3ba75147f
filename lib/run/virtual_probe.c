/* The state after a cell in memory, probed: the stack is asked the same questions as on a wire, each answered when its call returns. What the answers mean is lib/run/probe.h's. */
#include <string.h>

#include "lib/run/virtual_parts.h"

/* An acknowledgment that may be delayed is part of what a control cell shows. */
static bool virtual_settle(struct virtual *v, struct player *p, struct error *e)
{
	struct in_process *stack = v->stage->in_process;
	const uint64_t until = in_process_now(stack) + v->stage->declaration->model.constants.delayed_ack_max;
	while (judge_owes(&p->judge)) {
		const uint64_t due = in_process_next(stack);
		if (due > until)
			return true;
		in_process_poll(stack, due);
		if (!virtual_deliver(v, p, e))
			return false;
	}
	return true;
}

static bool virtual_learn_one(struct virtual *v, const struct control *c, enum family f, struct error *e)
{
	const struct play play = {.script = c->script, .family = f};
	struct player *p = &v->other;
	if (c->script->needs & ~v->stage->target.needs_met)
		return true;
	player_init(p, v->stage, &play);
	p->stops = true;
	const bool ok = virtual_whole(v, p, e) && virtual_settle(v, p, e);
	if (ok)
		prober_learn(&v->prober, f, c, &p->judge, &p->trace);
	player_stop(p);
	return ok;
}

bool virtual_learn(struct virtual *v, struct error *e)
{
	static const enum family families[] = {IPV4, IPV6};
	const struct run_options *o = v->stage->options;
	struct controls c = {.count = 0};
	if (o->probe == PROBE_NEVER || o->fault_count || o->predict)
		return true;
	bool ok = controls_make(&c, e);
	for (size_t i = 0; ok && i < c.count; i++)
		for (size_t f = 0; ok && f < FAMILIES; f++)
			ok = virtual_learn_one(v, &c.at[i], families[f], e);
	v->prober.use = o->probe;
	controls_free(&c);
	return ok;
}

bool virtual_wants_probes(const struct virtual *v, const struct player *p)
{
	if (v->prober.use == PROBE_NEVER || p->judge.status != p->rested || !prober_wants(&v->prober, &p->judge))
		return false;
	return sprint_takes(p->play.script);
}

/* All that a probe draws at once. */
static void virtual_answers(struct virtual *v, struct player *p)
{
	const uint8_t *packet;
	size_t n;
	uint64_t at;
	struct segment s;
	while (in_process_output(v->stage->in_process, &packet, &n, &at)) {
		if (!segment_parse(packet, n, &s, NULL))
			continue;
		struct event ev = {.kind = EVENT_RECEIVED, .at = at, .packet = (uint8_t *)(uintptr_t)packet, .length = n};
		player_event(p, &ev);
		prober_received(&v->prober, &s, at);
	}
	struct event fence = {.kind = EVENT_FENCE, .at = stage_now(v->stage), .by_call = true};
	player_event(p, &fence);
	prober_fenced(&v->prober);
	v->stage->fenced[FENCE_CALL]++;
}

bool virtual_infer(struct virtual *v, struct player *p, struct error *e)
{
	uint8_t packet[256];
	struct event ev = {.kind = EVENT_INFER, .packet = packet};
	if (p->phase != PHASE_REACHED || !prober_begin(&v->prober, &p->judge))
		return true;
	while ((ev.length = prober_next(&v->prober, &p->endpoint, stage_now(v->stage), packet, sizeof packet)) > 0) {
		if (!stage_send(v->stage, packet, ev.length, &ev.at, e))
			return error_prefix(e, "%s: ", p->id);
		player_event(p, &ev);
		virtual_answers(v, p);
	}
	ev = (struct event){.kind = EVENT_CLASS, .at = stage_now(v->stage), .class = probe_class(&v->prober.probing)};
	player_event(p, &ev);
	p->phase = PHASE_DONE;
	return true;
}
