/* The scheduler: any number of plays in flight on one wire, in one thread. It starts them, hands frames and dates to them, and hands out their results. */
#include "lib/run/run.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/run/run_parts.h"
#include "lib/run/service.h"
#include "lib/run/workers.h"
#include "lib/target/passive.h"

enum {
	VARIANTS_KEPT = 8,     /* stacks in our process that were given something: plays that want the same one mostly follow each other */
	ACTIVE_MAX = 64,       /* plays with a fence under way */
	FLIGHT_MAX = 4096,     /* plays altogether, waiting ones and quarantine included: at some 6 KiB each, less than half of 64 MiB */
	DEAD_AFTER = 32,       /* fences lost in a row: the target is gone */
	SPRINT_DEAD_AFTER = 4, /* the same where each costs a second of its own */
};

void play_id(const struct play *p, char id[ID_MAX])
{
	/* A cell's further axes (",isn=wrap-32") come behind the family; a comma in a ladder's name is its own. */
	const char *said = p->script->id, *further = p->script->side ? strchr(said, '\0') : strchrnul(said, ',');
	const size_t plain = (size_t)(further - said) < 150 ? (size_t)(further - said) : 150;
	memcpy(id, said, plain);
	memcpy(id + plain, p->family == IPV4 ? "/v4" : "/v6", 3);
	string_put(id + plain + 3, ID_MAX - plain - 3, further);
}

bool run_has_fault(const struct run_options *o, enum fault_kind kind)
{
	for (size_t i = 0; i < o->fault_count; i++)
		if (o->fault[i].kind == kind)
			return true;
	return false;
}

/* ---- results ---- */

static void run_count(struct run *r, const struct result *res)
{
	struct run_counts *c = r->counts;
	c->total++;
	c->by_verdict[res->verdict]++;
	c->edges |= res->edges;
}

void run_deliver(struct run *r, struct result *res, const struct script *s)
{
	known_apply(&r->stage.known, res);
	run_count(r, res);
	if (r->events->result)
		r->events->result(r->events->self, res, s);
	result_free(res);
}

void run_unplayed(struct run *r, const struct play *p, enum verdict v, const char *class, const char *cause)
{
	struct result res = {.verdict = v, .level = p->script->level};
	play_id(p, res.id);
	snprintf(res.title, sizeof res.title, "%s", p->script->title);
	snprintf(res.ref, sizeof res.ref, "%s", p->script->ref);
	snprintf(res.clause, sizeof res.clause, "%.150s", p->script->ref);
	snprintf(res.cause, sizeof res.cause, "%s", cause);
	snprintf(res.cause_class, sizeof res.cause_class, "%s", class);
	snprintf(res.family, sizeof res.family, "v%d", p->family == IPV4 ? 4 : 6);
	run_deliver(r, &res, p->script);
}

/* A capture drop makes every play that was under way doubtful. */
static bool run_doubt(struct run *r, struct player *p, struct result *res, struct error *e)
{
	uint64_t drops;
	if (!stage_drops(&r->stage, &drops, e))
		return false;
	r->counts->capture_drops = drops;
	if (drops != p->drops_before) {
		res->untraced = true;
		res->verdict = INCONCLUSIVE;
		snprintf(res->cause_class, sizeof res->cause_class, "capture drop");
		snprintf(res->cause, sizeof res->cause, "capture drop: %llu frames were lost before they were seen", (unsigned long long)(drops - p->drops_before));
	}
	return true;
}

static void player_free(struct player *p)
{
	script_free(p->own);
	free(p);
}

void run_trace(struct run *r, const struct player *p)
{
	if (r->events->trace)
		r->events->trace(r->events->self, &p->trace, &p->endpoint, r->stage.options->seed + p->attempts, p->id, p->attempts);
}

void run_retire(struct player *p)
{
	player_stop(p);
	p->retired = true;
	if (p->reminders == 0)
		player_free(p);
}

/* Takes a finished play out of flight, or begins it again. */
static bool run_finish(struct run *r, size_t at, struct error *e)
{
	struct player *p = r->flight[at];
	if (player_again(p)) {
		player_stop(p);
		return player_start(p, e);
	}
	struct result res = {0};
	player_result(p, &res);
	if (!run_doubt(r, p, &res, e))
		return false;
	run_trace(r, p);
	run_deliver(r, &res, p->play.script);
	run_retire(p);
	r->flight[at] = r->flight[--r->flying];
	return true;
}

static bool run_sweep(struct run *r, struct error *e)
{
	r->active = 0;
	for (size_t i = 0; i < r->flying;) {
		struct player *p = r->flight[i];
		if (p->phase == PHASE_DONE) {
			if (!run_finish(r, i, e))
				return false;
			continue;
		}
		r->active += p->active;
		i++;
	}
	return true;
}

/* ---- the loop ---- */

static bool run_frames(struct run *r, struct error *e)
{
	struct stage *s = &r->stage;
	struct frame f;
	struct packet p;
	uint32_t token;
	int got;
	while ((got = wire_receive(s->wire, &f, e)) > 0) {
		packet_parse(f.octets, f.length, &p);
		if (run_has_fault(s->options, FAULT_MUTE))
			continue;
		if (fence_answers(&p, &token)) {
			struct player *owner = s->by_port[token & 0xffff];
			s->lost_in_a_row = 0;
			if (owner && !player_fenced(owner, token, f.at, e))
				return false;
		} else if (p.kind == PACKET_TCP && s->by_port[stage_key(s, p.segment.src_port, p.segment.dst_port)]) {
			struct player *owner = s->by_port[stage_key(s, p.segment.src_port, p.segment.dst_port)];
			if (p.segment.src.family == owner->play.family &&
			    !(player_same_answered(owner, &p.segment) ? player_same_fenced(owner, f.at, e) : player_frame(owner, f.octets + ETHERNET_HEADER, f.length - ETHERNET_HEADER, &p.segment, f.at, e)))
				return false;
		} else if (p.kind == PACKET_TCP && r->sprint) {
			sprint_frame(r->sprint, &f, &p);
		}
	}
	return got == 0;
}

/* A date was taken out of the calendar: a retired player goes with its last one. True: the player is still at play. */
bool run_reminded(struct player *p)
{
	p->reminders--;
	if (p->retired && p->reminders == 0)
		player_free(p);
	else if (!p->retired)
		return true;
	return false;
}

/* now: from before the wire was read, so that nothing that came in time is still to be read. */
static bool run_dates(struct run *r, uint64_t now, struct error *e)
{
	struct date d;
	while (stage_due(&r->stage, now, &d))
		if (run_reminded(d.player) && !player_dated(d.player, &d, e))
			return false;
	return true;
}

static bool run_sleep(struct run *r, struct error *e)
{
	uint64_t next, now = clock_now();
	int ms = 100;
	if (stage_next(&r->stage, &next))
		ms = next <= now ? 0 : next - now > 100000 ? 100
		                                           : (int)((next - now + 999) / 1000);
	struct pollfd p = {.fd = wire_descriptor(r->stage.wire), .events = POLLIN};
	if (ms > 0 && r->events->idle)
		r->events->idle(r->events->self);
	if (poll(&p, 1, ms) < 0 && errno != EINTR)
		return error_set(e, "waiting for the wire: %s", strerror(errno));
	if (p.revents & (POLLERR | POLLNVAL))
		return error_set(e, "the link %s went down while the tests ran, bring it up and run again", r->stage.link.tester_if);
	return true;
}

/* No play more can be started before one ends, or goes to wait. */
static bool run_is_full(const struct run *r)
{
	const unsigned most = r->stage.declaration->connections;
	return r->active >= ACTIVE_MAX || r->flying >= (most && most < FLIGHT_MAX ? most : FLIGHT_MAX) || (r->most && r->flying >= r->most);
}

/* Number i of all: a play of the caller's, or a cell, whose script is good until the next is asked for. */
static struct play run_play_at(const struct run *r, size_t i)
{
	struct play p;
	if (i < r->play_count)
		return r->plays[i];
	p.script = r->cells->script(r->cells->self, i - r->play_count, &p.family);
	return p;
}

/* What comes at place k of n: a step through all of them, by a stride without a common divisor. */
static size_t run_order(const struct run *r, size_t k, size_t n)
{
	struct rng seeded = rng_named(r->stage.options->seed, "order");
	size_t stride, a, b;
	if (!r->stage.options->shuffle || n < 2)
		return k;
	do {
		stride = (size_t)(rng_u64(&seeded) % (n - 1)) + 1;
		for (a = n, b = stride; b;) {
			const size_t rest = a % b;
			a = b;
			b = rest;
		}
	} while (a != 1);
	return (size_t)(((uint64_t)k * stride + rng_u64(&seeded) % n) % n);
}

static bool run_is_quick(const struct run *r, size_t i)
{
	return r->sprint && (i >= r->play_count || sprint_takes(r->plays[i].script));
}

/* Does the target lack what it needs? Then it has its result. */
static bool run_cannot(struct run *r, const struct play *p)
{
	if (!link_speaks(&r->stage.link, p->family)) {
		run_unplayed(r, p, UNIMPLEMENTED, "unimplemented", p->family == IPV4 ? "no IPv4 address of the target was given" : "no IPv6 address of the target was given");
		return true;
	}
	if (!declaration_has(r->stage.declaration, p->script->with) &&
	    (!declaration_gives(r->stage.declaration, p->script->with) || (!r->stage.in_process && strcmp(p->script->with, r->with) != 0))) {
		run_unplayed(r, p, UNIMPLEMENTED, "unimplemented", "the target does not declare that it can be given what this is played with");
		return true;
	}
	if (p->script->with[0] && strcmp(p->script->with, r->with) == 0 && r->stage.target.unmet[0]) {
		run_unplayed(r, p, UNIMPLEMENTED, "unimplemented", r->stage.target.unmet);
		return true;
	}
	const char *why = r->stage.served ? service_refuses(p->script, r->stage.declaration->model.service) : NULL;
	if (why) {
		run_unplayed(r, p, UNIMPLEMENTED, "unimplemented", why);
		return true;
	}
	if (!(p->script->needs & ~r->stage.target.needs_met))
		return false;
	run_unplayed(r, p, UNIMPLEMENTED, "unimplemented", "the target declares that it lacks what this needs");
	return true;
}

/* Takes up a play. own: its script, where it is not the caller's. */
static bool run_begin(struct run *r, const struct play *play, struct script *own, struct error *e)
{
	struct player *p = memory_zeroed(1, sizeof *p);
	player_init(p, &r->stage, play);
	p->own = own;
	r->flight[r->flying++] = p;
	if (!player_start(p, e))
		return false;
	r->active += p->active;
	return true;
}

static bool run_fill(struct run *r, size_t *next, struct error *e)
{
	struct play again;
	struct script *kept;
	while (!run_is_full(r) && run_suspect(r, &again, &kept))
		if (!run_begin(r, &again, kept, e))
			return false;
	while (*next < r->total && !run_is_full(r) && !r->most) {
		const size_t i = run_order(r, (*next)++, r->total);
		if (run_is_quick(r, i))
			continue;
		struct play play = run_play_at(r, i);
		if (run_cannot(r, &play))
			continue;
		struct script *own = i < r->play_count ? NULL : script_copy(play.script);
		if (own)
			play.script = own;
		if (!run_begin(r, &play, own, e))
			return false;
	}
	return true;
}

/* Before a straggler could have come nothing is; and a FAIL that rests on the fence on
 * the connection itself was to be played again. */
bool run_is_decided(const struct player *p)
{
	const bool watching = p->phase == PHASE_QUARANTINE && clock_now() >= p->judge.fence_at + STRAGGLER_US;
	if (!watching && p->phase != PHASE_DONE)
		return false;
	return p->judge.status == JUDGE_GOING || (p->judge.status == JUDGE_FAILED && !p->by_same);
}

void run_cut_short(struct run *r, struct player *p, const char *why)
{
	struct result res = {0};
	struct error unheard;
	char cause[sizeof res.cause];
	player_result(p, &res);
	if (p->phase != PHASE_DONE) {
		snprintf(cause, sizeof cause, "%.100s%swatch cut short: %.70s", res.cause, *res.cause ? "; " : "", why);
		memcpy(res.cause, cause, sizeof cause);
	}
	run_doubt(r, p, &res, &unheard);
	run_trace(r, p);
	run_deliver(r, &res, p->play.script);
}

/* Cell i of the quick source, by its number among all. */
static size_t run_quick_number(const struct run *r, size_t i)
{
	return i < r->quick_count ? r->quick[i] : r->play_count + i - r->quick_count;
}

static void run_lost(struct run *r, size_t i, const char *why)
{
	struct play p = run_play_at(r, i);
	run_unplayed(r, &p, INCONCLUSIVE, "target lost", why);
}

/* What was decided keeps its verdict. Everything that is still to come has none: say so. */
static void run_abandon(struct run *r, size_t next, size_t next_quick, const char *why)
{
	if (r->sprint)
		sprint_abandon(r->sprint, why);
	for (size_t i = 0; i < r->flying; i++) {
		if (run_is_decided(r->flight[i]))
			run_cut_short(r, r->flight[i], why);
		else
			run_unplayed(r, &r->flight[i]->play, INCONCLUSIVE, "target lost", why);
		run_retire(r->flight[i]);
	}
	r->flying = 0;
	for (size_t i = 0; i < r->suspects; i++)
		run_unplayed(r, &r->suspect[i].play, INCONCLUSIVE, "target lost", why);
	run_suspects_free(r);
	for (; next < r->total; next++) {
		const size_t i = run_order(r, next, r->total);
		if (!run_is_quick(r, i))
			run_lost(r, i, why);
	}
	for (; r->sprint && next_quick < r->quick_source.count; next_quick++)
		run_lost(r, run_quick_number(r, run_order(r, next_quick, r->quick_source.count)), why);
}

/* ---- cells at the speed of the wire ---- */

static const struct script *quick_script(void *self, size_t i, enum family *f)
{
	const struct run *r = self;
	const struct play p = run_play_at(r, run_quick_number(r, i));
	*f = p.family;
	return p.script;
}

static void quick_trace(void *self, const struct trace *t, const struct endpoint *at, uint64_t seed, const char *id, unsigned attempt)
{
	const struct run *r = self;
	r->events->trace(r->events->self, t, at, seed, id, attempt);
}

static void quick_result(void *self, struct result *res, const struct script *s)
{
	run_deliver(self, res, s);
}

static struct sprint_events quick_events(struct run *r)
{
	return (struct sprint_events){.result = quick_result, .trace = r->events->trace ? quick_trace : NULL, .self = r};
}

/* Where the wire's fence is proved and nothing is to be disturbed or waited for. */
static bool run_sprints(struct run *r, struct error *e)
{
	const struct run_options *o = r->stage.options;
	const struct sprint_events events = quick_events(r);
	if (r->stage.fence != FENCE_LINK || o->fault_count || o->predict || o->patient || !r->stage.target.operations->share)
		return o->probe != PROBE_ALWAYS || error_set(e, "probing every state needs cells that are played one after the other, on a sound link fence (here: %s), with no fault, prediction or patience asked for: leave those out, or --probe", fence_name(r->stage.fence));
	r->quick = memory_zeroed(r->play_count + 1, sizeof *r->quick);
	for (size_t i = 0; i < r->play_count; i++)
		if (sprint_takes(r->plays[i].script))
			r->quick[r->quick_count++] = i;
	r->quick_source = (struct play_source){.count = r->quick_count + r->total - r->play_count, .script = quick_script, .self = r};
	if (r->quick_source.count)
		r->sprint = sprint_new(&r->stage, &r->quick_source, &events, e);
	return r->sprint ? sprint_learn(r->sprint, e) : !r->quick_source.count;
}

static bool run_dead(struct run *r, unsigned after, struct error *e)
{
	if (r->stage.lost_in_a_row < after)
		return false;
	r->stage.dead = true;
	error_set(e, "the target no longer answers: %u fences in a row were lost; is it still up? The test that was played last, alone, may show what ended it", r->stage.lost_in_a_row);
	return true;
}

/* *next: how many were begun. */
static bool run_quick(struct run *r, size_t *next, struct error *e)
{
	const struct sprint_events events = quick_events(r);
	while (r->sprint && *next < r->quick_source.count) {
		const size_t i = run_order(r, *next, r->quick_source.count);
		const struct play p = run_play_at(r, run_quick_number(r, i));
		const bool good = run_cannot(r, &p) || sprint_play(r->sprint, i, &p, e);
		const unsigned deaths = r->deaths;
		if (!good && !run_revive_quick(r, i, &events, e)) {
			*next += r->deaths != deaths; /* it has its result */
			return false;
		}
		++*next;
		if (run_dead(r, SPRINT_DEAD_AFTER, e))
			return false;
	}
	return true;
}

static bool run_loop(struct run *r, struct error *e)
{
	struct error unheard;
	size_t next = 0, quick = 0;
	const size_t slow = r->total - (r->sprint ? r->quick_source.count : 0);
	r->flight = memory_zeroed(slow < FLIGHT_MAX ? slow + 1 : FLIGHT_MAX, sizeof *r->flight);
	bool ok = run_quick(r, &quick, e);
	while (ok && !r->stage.dead && (next < r->total || r->flying || r->suspects)) {
		ok = run_fill(r, &next, e);
		const uint64_t now = clock_now();
		ok = ok && run_frames(r, e) && run_dates(r, now, e) && run_sweep(r, e) && (!r->sprint || sprint_settle_seen(r->sprint, now, e));
		if (ok && r->flying && (next == r->total || r->most || run_is_full(r)))
			ok = run_sleep(r, e);
		ok = ok || run_revive(r, e);
		if (run_dead(r, DEAD_AFTER, e))
			break;
	}
	if (ok && !r->stage.dead && r->sprint)
		ok = sprint_settle(r->sprint, true, e);
	/* Where no fence is answered, a target that is gone is as silent as one that is right. */
	if (ok && !r->stage.dead && r->stage.served && r->stage.fence == FENCE_TIME && !live_walk(&r->stage, e))
		ok = error_prefix(e, "the target was not there any more when all had been played, so that silence may have been taken for an answer: ");
	if (!ok || r->stage.dead)
		run_abandon(r, next, quick, e->text);
	/* The wire goes with a target that makes its own link, when that could not be started again; where only the link is gone, the drops are as they were last asked for. */
	if (r->stage.wire)
		wire_drops(r->stage.wire, &r->counts->capture_drops, &unheard);
	free(r->flight);
	run_suspects_free(r);
	return ok && !r->stage.dead;
}

/* The engine for scripts that are played with choices and constants of their own: on another stack, which is given them where it does not have them anyway. NULL with e. */
static struct virtual *run_variant(struct run *r, const char *with, const struct sprint_events *events, struct error *e)
{
	struct variant *v = r->variant;
	if (declaration_has(r->stage.declaration, with))
		return r->virtual;
	while (v && strcmp(v->with, with) != 0)
		v = v->next;
	if (v)
		return v->virtual;
	run_variants_keep(r, VARIANTS_KEPT - 1);
	v = memory_zeroed(1, sizeof *v);
	v->next = r->variant;
	v->with = with;
	r->variant = v;
	v->stage.options = r->stage.options;
	v->stage.link = r->stage.link;
	v->stage.declaration = declaration_with(r->stage.declaration, with);
	v->virtual = stage_in_process(&v->stage, e) ? virtual_new(&v->stage, events, e) : NULL;
	return v->virtual;
}

/* In our process all are played one after the other. */
static bool run_virtual(struct run *r, struct error *e)
{
	const struct sprint_events events = quick_events(r);
	bool ok = (r->virtual = virtual_new(&r->stage, &events, e)) != NULL;
	for (size_t k = 0; k < r->total; k++) {
		const struct play p = run_play_at(r, run_order(r, k, r->total));
		if (ok && run_cannot(r, &p))
			continue;
		if (ok && r->events->playing)
			r->events->playing(r->events->self, &p);
		struct virtual *v = ok ? run_variant(r, p.script->with, &events, e) : NULL;
		ok = v && virtual_play(v, &p, e);
		if (!ok)
			run_unplayed(r, &p, INCONCLUSIVE, "target lost", e->text);
	}
	return ok;
}

bool run_part(const struct run_options *o, const char *with, const struct play *plays, size_t count, const struct play_source *cells, const struct run_events *events, struct run_counts *counts, struct error *e)
{
	struct run *r = memory_zeroed(1, sizeof *r);
	struct run_header h = {0};
	r->events = events;
	r->counts = counts;
	r->plays = plays;
	r->play_count = count;
	r->cells = cells;
	r->total = count + (cells ? cells->count : 0);
	r->with = with;
	r->stage.link.tester_ns = r->stage.link.target_ns = -1;
	bool ok = run_open(r, o, e) && run_calibrate(r, e) && (r->stage.in_process || run_sprints(r, e));
	if (ok) {
		run_header_fill(r, &h);
		ok = (!events->header || events->header(events->self, &h, e)) && (r->stage.in_process ? run_virtual(r, e) : run_loop(r, e));
	}
	memcpy(counts->fenced, r->stage.fenced, sizeof counts->fenced);
	run_close(r);
	text_free(&h.choices);
	text_free(&h.settings);
	text_free(&h.selection);
	free(r);
	return ok;
}

static bool run_has_variants(const struct run_options *o, const struct declaration *d, const struct play *plays, size_t count)
{
	const struct script **part = memory_zeroed(count + 1, sizeof *part);
	const size_t n = variants_list(o, d, plays, count, part);
	free(part);
	return n > 0;
}

bool run_play(const struct run_options *o, const struct play *plays, size_t count, const struct play_source *cells, const struct run_events *events, struct run_counts *counts, struct error *e)
{
	const uint64_t began = clock_now();
	struct declaration *d = declaration_read(o->target_file, o->profile, o->as_shipped, e);
	if (!d || (o->upper_tester && passive_is_meant(o->upper_tester) && !passive_declare(d, o->upper_tester, e))) {
		declaration_free(d);
		return false;
	}
	const bool ok = o->workers > 1 || run_has_variants(o, d, plays, count) ? workers_play(o, d, plays, count, cells, events, counts, e)
	                : variants_are_parts(o, d)                             ? variants_play(o, d, plays, count, cells, events, counts, e)
	                                                                       : run_part(o, "", plays, count, cells, events, counts, e);
	declaration_free(d);
	counts->elapsed_us = clock_now() - began;
	counts->complete = counts->total == count + (cells ? cells->count : 0);
	return ok;
}
