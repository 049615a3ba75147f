/* One cell after the other: stimulus, reply, fence, state, teardown. What it observes goes to the same judge, by the same events, as the player's. */
#include "lib/run/sprint.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/run/frame.h"
#include "lib/run/judge_parts.h"
#include "lib/run/player.h"
#include "lib/run/service.h"
#include "lib/run/sprint_parts.h"

enum { SEEN_US = 1000 }; /* so much later what has come is looked for, where nothing else has asked */

bool sprint_takes(const struct script *s)
{
	if (s->side || s->listener_closed)
		return false;
	for (size_t i = 0; i < s->count; i++)
		if (s->step[i].kind == STEP_WAIT || (s->step[i].kind == STEP_SILENCE && s->step[i].has_within))
			return false;
	return true;
}

struct sprint *sprint_new(struct stage *s, const struct play_source *source, const struct sprint_events *events, struct error *e)
{
	if (!s->target.operations->share) {
		error_set(e, "%s: this target cannot share listeners, so cells are played one connection at a time", s->declaration->name);
		return NULL;
	}
	struct sprint *sp = memory_zeroed(1, sizeof *sp);
	struct rng r = rng_named(s->options->seed, "tester's ports");
	sp->stage = s;
	sp->source = source;
	sp->events = *events;
	/* Who cannot be asked for the state is probed for it. */
	sp->prober.use = s->target.operations->state ? s->options->probe : PROBE_ALWAYS;
	watch_open(&sp->watch);
	if (!wire_drops(s->wire, &sp->drops, e)) {
		sprint_free(sp);
		return NULL;
	}
	for (unsigned lane = 0; lane < LANES; lane++)
		sp->port[lane] = (uint16_t)(TESTER_FIRST + rng_below(&r, UINT16_MAX - TESTER_FIRST));
	for (unsigned lane = 0; lane < LANES_PASSIVE; lane++)
		for (unsigned f = 0; f < FAMILIES; f++)
			if (link_speaks(&s->link, f ? IPV6 : IPV4) && !s->target.operations->share(s->target.self, &s->link.target[f], (uint16_t)(LANE_FIRST + lane), e)) {
				sprint_free(sp);
				return NULL;
			}
	return sp;
}

void sprint_free(struct sprint *sp)
{
	if (!sp)
		return;
	for (unsigned i = 0; i < REACTIONS_KEPT; i++)
		free(sp->reaction[i]);
	judge_end(&sp->judge);
	trace_free(&sp->trace);
	prober_free(&sp->prober);
	watch_free(&sp->watch);
	free(sp);
}

/* ---- the wire ---- */

static void sprint_event(struct sprint *sp, struct event *e)
{
	e->step = sp->cursor;
	struct event *kept = trace_add(&sp->trace, e);
	kept->segment = e->segment;
	judge_event(&sp->judge, kept);
	kept->segment = NULL;
}

static void sprint_received(struct sprint *sp, const struct frame *f, const struct segment *s)
{
	struct event ev = {.kind = EVENT_RECEIVED, .at = f->at, .packet = (uint8_t *)(uintptr_t)(f->octets + ETHERNET_HEADER), .length = f->length - ETHERNET_HEADER, .segment = s};
	if (sp->ending) {
		sprint_ending(sp, s);
		return;
	}
	if ((s->ctl & (CTL_ACK | CTL_RST)) == CTL_ACK) {
		sp->has_shown = true;
		sp->shown = s->ack;
	}
	sprint_event(sp, &ev);
	if (s->ctl & CTL_ACK && !(s->ctl & CTL_RST)) {
		sp->acked = true;
		sp->ack = s->ack;
	}
	if (sp->judge.inferring)
		prober_received(&sp->prober, s, f->at);
}

void sprint_frame(struct sprint *sp, const struct frame *f, const struct packet *p)
{
	const struct segment *s = &p->segment;
	if (sp->connection && s->src_port == sp->at.target_port && s->dst_port == sp->at.tester_port && s->src.family == sp->at.family) {
		sprint_received(sp, f, s);
		return;
	}
	const bool served = s->src_port == sp->stage->served;
	if (!served && (s->src_port < LANE_FIRST || s->src_port >= LANE_FIRST + LANES))
		return;
	struct watched *w = watch_find(&sp->watch, served ? 0 : s->src_port - LANE_FIRST, s->dst_port);
	if (w)
		sprint_straggler(w, s, f->at);
	else if (sp->connection && s->src_port == sp->at.target_port && s->src.family == sp->at.family)
		sprint_received(sp, f, s); /* to a port that nobody has: the judge knows what that is */
}

/* Takes in what has come: all of it, or as far as the answer to the fence under way, or (met) to what the group expects. */
static bool sprint_drain(struct sprint *sp, bool met, struct error *e)
{
	struct frame f;
	struct packet p;
	uint32_t token;
	int got = 0;
	const uint64_t now = clock_now();
	while (!sp->fenced && !(met && judge_is_met(&sp->judge)) && (got = wire_receive(sp->stage->wire, &f, e)) > 0) {
		packet_parse(f.octets, f.length, &p);
		sp->seen_at = f.at;
		if (p.kind == PACKET_TCP) {
			sprint_frame(sp, &f, &p);
		} else if (fence_answers(&p, &token) && token == sp->token) {
			sp->fenced = true;
			sp->fenced_at = f.at;
			sp->stage->lost_in_a_row = 0;
		}
	}
	if (got == 0 && !sp->fenced && !met)
		sp->seen_at = now;
	return got >= 0;
}

bool sprint_catch_up(struct sprint *sp, struct error *e)
{
	return clock_now() <= sp->seen_at + SEEN_US || sprint_drain(sp, false, e);
}

bool sprint_poll(struct sprint *sp, struct error *e)
{
	struct pollfd p = {.fd = wire_descriptor(sp->stage->wire), .events = POLLIN};
	if (poll(&p, 1, 1) < 0 && errno != EINTR)
		return error_set(e, "waiting for the wire: %s", strerror(errno));
	if (p.revents & (POLLERR | POLLNVAL))
		return error_set(e, "the link %s went down while the tests ran, bring it up and run again", sp->stage->link.tester_if);
	return sprint_drain(sp, false, e);
}

bool sprint_fence_pass(struct sprint *sp, bool *answered, struct error *e)
{
	uint64_t at;
	sp->token = stage_token(sp->stage);
	sp->fenced = false;
	if (!fence_send(sp->stage->wire, &sp->stage->link, sp->at.family, sp->token, &at, e) || !sprint_drain(sp, false, e))
		return false;
	while (!sp->fenced && clock_now() < at + FENCE_LOST_US)
		if (!sprint_poll(sp, e))
			return false;
	if (!sp->fenced && !sprint_drain(sp, false, e)) /* what came in time may not have been read in time */
		return false;
	sp->stage->lost_in_a_row += !sp->fenced;
	*answered = sp->fenced;
	sp->fenced = false;
	return true;
}

/* The same, and it closes the group. */
static bool sprint_fence(struct sprint *sp, struct error *e)
{
	bool answered;
	if (!sprint_fence_pass(sp, &answered, e))
		return false;
	struct event ev = {.kind = answered ? EVENT_FENCE : EVENT_LOST, .at = answered ? sp->fenced_at : clock_now()};
	sp->stage->fenced[FENCE_LINK] += answered;
	sprint_event(sp, &ev);
	return true;
}

/* ---- groups ---- */

static bool sprint_send(struct sprint *sp, const struct step *st, struct error *e)
{
	uint8_t packet[PACKET_ROOM];
	struct event ev = {.kind = EVENT_SENT, .packet = packet};
	ev.length = send_build(st, &sp->judge.numbers, &sp->at, judge_tcb(&sp->judge), packet, sizeof packet, e);
	if (ev.length == 0 || !wire_send(sp->stage->wire, packet, ev.length, &ev.at, e))
		return error_prefix(e, "%s: ", sp->id);
	sprint_event(sp, &ev);
	return true;
}

static bool sprint_call(struct sprint *sp, const struct step *st, struct error *e)
{
	struct event ev = {.kind = EVENT_CALLED, .began = clock_now(), .call = st->call};
	if (!stage_call(sp->stage, sp->connection, st, &ev.answer, e))
		return error_prefix(e, "%s: %s: ", sp->id, call_name(st->call));
	ev.at = clock_now();
	sprint_event(sp, &ev);
	return true;
}

static bool sprint_perform(struct sprint *sp, struct error *e)
{
	const struct step *st = &sp->script->step[sp->cursor];
	if (st->kind == STEP_SEND && !sprint_send(sp, st, e))
		return false;
	return st->kind != STEP_CALL || sprint_call(sp, st, e);
}

static bool sprint_state(struct sprint *sp, struct error *e)
{
	struct target *t = &sp->stage->target;
	struct event ev = {.kind = EVENT_STATE, .at = clock_now()};
	unsigned signals;
	if (!t->operations->state) /* the upper tester takes the connection up all the same, before it may end */
		return !t->operations->signals || t->operations->signals(t->self, sp->connection, &signals, e);
	if (!t->operations->state(t->self, sp->connection, &ev.state, e))
		return error_prefix(e, "%s: ", sp->id);
	sprint_event(sp, &ev);
	return true;
}

static bool sprint_signals(struct sprint *sp, struct error *e)
{
	struct target *t = &sp->stage->target;
	struct event ev = {.kind = EVENT_SIGNALS, .at = clock_now()};
	if (!t->operations->signals)
		return true;
	if (!t->operations->signals(t->self, sp->connection, &ev.signals, e))
		return error_prefix(e, "%s: ", sp->id);
	sprint_event(sp, &ev);
	return true;
}

/* What an EXPECT of the way may take its time for. */
static bool sprint_await(struct sprint *sp, struct error *e)
{
	for (uint64_t until; (until = judge_awaits(&sp->judge)) > clock_now();)
		if (!sprint_poll(sp, e))
			return false;
	if (!sprint_drain(sp, false, e)) /* what came in time may not have been read in time */
		return false;
	struct event ev = {.kind = EVENT_DEADLINE, .at = clock_now()};
	sprint_event(sp, &ev);
	return true;
}

/* O of the probes: an octet that was received before, which every synchronized state must acknowledge at once (RFC 9293 3.10.7.4, first check). Its answer shows whether
 * what is owed was received, without waiting for it. */
static bool sprint_old_octet(struct sprint *sp, uint32_t seq, struct error *e)
{
	uint8_t packet[PACKET_ROOM];
	struct step st = {.kind = STEP_SEND};
	st.segment = (struct said_segment){.said = SAY_SEQ | SAY_ACK | SAY_DATA, .seq = {.kind = SEQ_ABSOLUTE, .number = seq}, .ack = {.kind = SEQ_VARIABLE, .variable = VAR_SND_UNA}, .ctl = CTL_ACK, .ctl_care = CTL_ALL, .data = 1};
	struct event ev = {.kind = EVENT_PROBED, .packet = packet};
	ev.length = send_build(&st, &sp->judge.numbers, &sp->at, judge_tcb(&sp->judge), packet, sizeof packet, e);
	if (ev.length == 0 || !wire_send(sp->stage->wire, packet, ev.length, &ev.at, e))
		return error_prefix(e, "%s: ", sp->id);
	sprint_event(sp, &ev);
	return true;
}

/* The way into the state needs no proof of silence: what it expects has come, and the state at its end is asked. Where the order of a segment and a call matters, the call's
 * own effect shows it. */
static bool sprint_close_way(struct sprint *sp, struct error *e)
{
	if (!sprint_drain(sp, sp->end < sp->script->prelude, e))
		return false;
	/* A target that answers from a process of its own may not have done so yet. Asked on top, it would lawfully acknowledge twice. */
	bool answered;
	if (judge_lingers(&sp->judge) && !sp->stage->is_prompt && !sprint_fence_pass(sp, &answered, e))
		return false;
	if (judge_lingers(&sp->judge) && !(sprint_old_octet(sp, judge_tcb(&sp->judge)->rcv_nxt - WAY_OLD_OCTET, e) && sprint_drain(sp, true, e)))
		return false;
	struct event met = {.kind = EVENT_MET, .at = clock_now()};
	if (judge_is_met(&sp->judge)) {
		sprint_event(sp, &met);
	} else {
		if (!sprint_fence(sp, e))
			return false;
		if (judge_awaits(&sp->judge) && !sprint_await(sp, e))
			return false;
	}
	return sp->end < sp->script->prelude || sprint_state(sp, e);
}

/* Until the program that serves the connection has done what it will. */
static bool sprint_await_service(struct sprint *sp, struct error *e)
{
	const uint64_t until = sp->judge.fence_at + SERVICE_US;
	while (judge_awaits_service(&sp->judge) && clock_now() < until)
		if (!sprint_poll(sp, e))
			return false;
	return true;
}

static bool sprint_close(struct sprint *sp, struct error *e)
{
	if (!sprint_fence(sp, e) || !sprint_await_service(sp, e) || !sprint_signals(sp, e))
		return false;
	prober_note(&sp->prober, &sp->judge);
	if (!sprint_state(sp, e))
		return false;
	if (sp->judge.status != JUDGE_FAILED || strcmp(sp->judge.cause_class, "next state") != 0)
		return true;
	return sprint_fence(sp, e) && sprint_state(sp, e); /* asked again: was it asked too early? */
}

static bool sprint_groups(struct sprint *sp, struct error *e)
{
	const struct script *s = sp->script;
	for (sp->cursor = 0; sp->cursor < s->count && sp->judge.status == JUDGE_GOING; sp->cursor = sp->end) {
		sp->end = judge_group(&sp->judge, sp->cursor);
		const bool way = sp->cursor < s->prelude;
		if (!sprint_perform(sp, e) || !(way ? sprint_close_way(sp, e) : sprint_close(sp, e)))
			return false;
	}
	if (!judge_owes(&sp->judge))
		return true;
	const struct tcb *before = &hypotheses_best(&sp->judge.before)->tcb;
	const uint32_t old = before->irs_known ? before->rcv_nxt - 1 : judge_tcb(&sp->judge)->irs;
	sp->cursor = sp->end = judge_group(&sp->judge, s->count);
	return sprint_old_octet(sp, old, e) && sprint_fence(sp, e);
}

/* What the target lets go of must be what there is now: a probe may have opened or ended a connection. */
static bool sprint_look_again(struct sprint *sp, struct error *e)
{
	struct target *t = &sp->stage->target;
	struct state_answer state;
	unsigned signals;
	return (!t->operations->signals || t->operations->signals(t->self, sp->connection, &signals, e)) && (!t->operations->state || t->operations->state(t->self, sp->connection, &state, e));
}

/* The state as the wire shows it: each probe has a fence of its own, as several owed acknowledgments may lawfully be one (RFC 9293 3.8.6.3, MUST-58). */
static bool sprint_infer(struct sprint *sp, struct error *e)
{
	uint8_t packet[256];
	struct event ev = {.kind = EVENT_INFER, .packet = packet};
	if (!prober_begin(&sp->prober, &sp->judge))
		return true;
	sp->cursor = sp->judge.first; /* still its group */
	while ((ev.length = prober_next(&sp->prober, &sp->at, clock_now(), packet, sizeof packet)) > 0) {
		if (!wire_send(sp->stage->wire, packet, ev.length, &ev.at, e))
			return error_prefix(e, "%s: ", sp->id);
		sprint_event(sp, &ev);
		if (!sprint_fence(sp, e))
			return false;
		prober_fenced(&sp->prober);
		if (sp->judge.status == JUDGE_VIOLATED)
			return true;
	}
	ev = (struct event){.kind = EVENT_CLASS, .at = clock_now(), .class = probe_class(&sp->prober.probing)};
	sprint_event(sp, &ev);
	return !prober_has_disturbed(&sp->prober) || sprint_look_again(sp, e);
}

/* ---- cells ---- */

static unsigned script_lane(const struct script *s)
{
	for (size_t i = 0; i < s->prelude; i++)
		if (s->step[i].kind == STEP_CALL && s->step[i].call == CALL_OPEN_PASSIVE)
			return 0;
	return LANES_PASSIVE;
}

/* A 4-tuple that nobody watches. The lanes of a kind take turns. */
static void sprint_tuple(struct sprint *sp, enum family f)
{
	const unsigned first = script_lane(sp->script);
	do {
		sp->lane = first + (sp->stage->served ? 0 : sp->port[first] % LANES_PASSIVE);
		sp->port[first] = sp->port[first] == UINT16_MAX ? TESTER_FIRST : (uint16_t)(sp->port[first] + 1);
	} while (watch_holds(&sp->watch, sp->lane, sp->port[first]));
	sp->at = lane_endpoint(sp, f, sp->lane, sp->port[first]);
}

static bool sprint_has_timer(const struct judge *j)
{
	for (unsigned i = 0; i < j->now.count; i++)
		if (j->now.h[i].tcb.sent_at || j->now.h[i].tcb.ack_owed)
			return true;
	return j->now.count == 0;
}

/* The RSTs that end the connection (RFC 9293 3.10.7.3, 3.10.7.4: at RCV.NXT, in SYN-SENT by its ACK): at RCV.NXT as the judge has it, and as the target has told last, which may have done what no
 * hypothesis explains. Returns how many. */
static unsigned resets_of(const struct sprint *sp, struct segment reset[2])
{
	const struct hypothesis *best = hypotheses_best(&sp->judge.now);
	if (!best)
		best = hypotheses_best(judge_before(&sp->judge));
	const struct tcb *t = best ? &best->tcb : &no_tcb;
	const struct segment at = {.src = sp->at.tester, .dst = sp->at.target, .src_port = sp->at.tester_port, .dst_port = sp->at.target_port, .ctl = CTL_RST};
	unsigned n = 0;
	if (t->state == SYN_SENT) {
		reset[n] = at;
		reset[n].ctl |= CTL_ACK;
		reset[n++].ack = t->snd_nxt;
	} else if (t->state > LISTEN && t->irs_known) {
		reset[n] = at;
		reset[n++].seq = t->rcv_nxt;
	}
	if (sp->acked && !(n && reset[0].seq == sp->ack)) {
		reset[n] = at;
		reset[n++].seq = sp->ack;
	}
	return n;
}

/* Ends the connection of a target that cannot forget it: by the tester's RST, as an upper tester may have no hold on it (it is not accepted, or its user is gone), and by ABORT. What these draw is
 * nobody's; what came before them is the judge's. */
static bool sprint_reset(struct sprint *sp, struct error *e)
{
	struct stage *st = sp->stage;
	struct segment reset[2];
	uint8_t packet[PACKET_ROOM];
	uint64_t at;
	bool answered, ok = true;
	if (!sprint_drain(sp, false, e))
		return false;
	struct connection *ended = sp->connection;
	sp->connection = NULL;
	const unsigned count = resets_of(sp, reset);
	for (unsigned i = 0; ok && i < count; i++) {
		const size_t n = segment_build(&reset[i], packet, sizeof packet);
		ok = wire_send(st->wire, packet, n, &at, e);
	}
	st->target.operations->close(st->target.self, ended);
	return ok && sprint_fence_pass(sp, &answered, e);
}

static bool sprint_attempt(struct sprint *sp, enum family f, struct error *e)
{
	struct stage *s = sp->stage;
	sp->attempt++;
	sp->acked = false;
	sprint_tuple(sp, f);
	sp->connection = s->target.operations->open(s->target.self, &sp->at, e);
	if (!sp->connection)
		return error_prefix(e, "%s: ", sp->id);
	trace_clear(&sp->trace);
	sp->has_shown = sp->unended = false;
	judge_again(&sp->judge, sp->script, &s->declaration->model, &sp->at, s->options->seed + sp->attempt);
	const bool ok = sprint_groups(sp, e) && sprint_infer(sp, e);
	if (ok && s->served) {
		const bool ended = sprint_drain(sp, false, e) && sprint_end(sp, e);
		sp->connection = NULL;
		return ended;
	}
	if (ok && !(s->target.needs_met & NEED_FORGET))
		return sprint_reset(sp, e);
	s->target.operations->close(s->target.self, sp->connection);
	/* What a timer has sent in the meantime came before the end: it is the judge's, not a straggler. A target may have one running of which no hypothesis knows, for the ACK of text that it should
	 * have dropped; only where its kernel is ours, at 50 us a cell, it is not looked for. */
	const bool read = !ok || (s->is_prompt && !sprint_has_timer(&sp->judge)) || sprint_drain(sp, false, e);
	sp->connection = NULL;
	return ok && read;
}

static bool sprint_attempts(struct sprint *sp, enum family f, struct error *e)
{
	const struct play play = {.script = sp->script, .family = f};
	play_id(&play, sp->id);
	sp->attempt = 0;
	do
		if (!sprint_attempt(sp, f, e))
			return false;
	while ((sp->judge.status == JUDGE_VIOLATED || sp->judge.status == JUDGE_UNREACHED) && sp->attempt < ATTEMPTS_MAX && sp->stage->lost_in_a_row < 2);
	return true;
}

bool sprint_learn(struct sprint *sp, struct error *e)
{
	static const enum family families[] = {IPV4, IPV6};
	struct controls *c;
	const enum probe_use use = sp->prober.use;
	if (use == PROBE_NEVER)
		return true;
	c = memory_zeroed(1, sizeof *c);
	bool ok = controls_make(c, e);
	sp->prober.use = PROBE_NEVER; /* what they show is not known yet */
	for (size_t i = 0; ok && i < c->count; i++)
		for (size_t f = 0; ok && f < FAMILIES; f++) {
			sp->script = c->at[i].script;
			if (sp->script->needs & ~sp->stage->target.needs_met || !link_speaks(&sp->stage->link, families[f]))
				continue;
			if (sp->stage->served && service_refuses(sp->script, sp->stage->declaration->model.service))
				continue;
			ok = sprint_attempts(sp, families[f], e);
			if (ok)
				prober_learn(&sp->prober, families[f], &c->at[i], &sp->judge, &sp->trace);
		}
	sp->prober.use = use;
	sp->script = NULL;
	controls_free(c);
	free(c);
	return ok;
}

bool sprint_play(struct sprint *sp, size_t i, const struct play *p, struct error *e)
{
	sp->script = p->script;
	if (!sprint_attempts(sp, p->family, e))
		return false;
	sprint_decided(sp, i);
	return sprint_settle(sp, false, e);
}
