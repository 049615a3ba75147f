/* Decided cells on their way to a result: what is kept of them, the watch over their 4-tuples, and the handing out. It plays nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/run/judge_parts.h"
#include "lib/run/player.h"
#include "lib/run/sprint_parts.h"

enum { DROPS_EVERY_US = 200000 };

/* A reaction's text, kept once. NULL when there are too many different ones. */
static const char *reaction_kept(struct sprint *sp, const char *text)
{
	const uint32_t at = (uint32_t)rng_named(0, text).state % REACTIONS_KEPT;
	for (unsigned i = 0; i < 64; i++) {
		char **slot = &sp->reaction[(at + i) % REACTIONS_KEPT];
		if (!*slot)
			*slot = memory_string(text);
		if (strcmp(*slot, text) == 0)
			return *slot;
	}
	return NULL;
}

static void tuple_print(struct sprint *sp, const struct endpoint *at, char *to, size_t room)
{
	struct sprint_names *names = &sp->names[family_index(at->family)];
	struct text line = {0};
	if (!names->target[0]) {
		address_print(&at->target, &line);
		snprintf(names->target, sizeof names->target, "%s", text_string(&line));
		text_clear(&line);
		address_print(&at->tester, &line);
		snprintf(names->tester, sizeof names->tester, "%s", text_string(&line));
		text_free(&line);
	}
	snprintf(to, room, "%s.%u <- %s.%u", names->target, at->target_port, names->tester, at->tester_port);
}

struct endpoint lane_endpoint(const struct sprint *sp, enum family f, unsigned lane, uint16_t tester_port)
{
	const struct link *l = &sp->stage->link;
	const uint16_t served = lane < LANES_PASSIVE ? sp->stage->served : 0;
	return (struct endpoint){.family = f, .target = l->target[family_index(f)], .tester = l->tester[family_index(f)], .target_port = served ? served : (uint16_t)(LANE_FIRST + lane), .tester_port = tester_port};
}

/* What is told of a pass; the rest `explain` can tell. */
static void pass_result(struct sprint *sp, const struct watched *w, const struct script *s, enum family f, struct result *r)
{
	const struct endpoint at = lane_endpoint(sp, f, w->lane, w->tester_port);
	const struct play play = {.script = s, .family = f};
	*r = (struct result){.verdict = PASS, .level = s->level, .attempts = w->attempts, .edges = w->edges};
	play_id(&play, r->id);
	memcpy(r->title, s->title, sizeof r->title);
	memcpy(r->ref, s->ref, sizeof r->ref);
	snprintf(r->clause, sizeof r->clause, "%s", w->clause);
	snprintf(r->state_before, sizeof r->state_before, "%s", state_name((enum state)w->before));
	snprintf(r->state_after, sizeof r->state_after, "%s", state_name((enum state)w->after));
	snprintf(r->state_by, sizeof r->state_by, w->by ? "both" : "reported");
	snprintf(r->family, sizeof r->family, "v%d", f == IPV4 ? 4 : 6);
	tuple_print(sp, &at, r->endpoint, sizeof r->endpoint);
	text_add(&r->actual, "%s", w->actual);
}

/* A segment came from a 4-tuple in quarantine: its connection was ended, so nobody can have sent it but a target that went on. A reply that the fence overtook, or a late one. */
static void straggler_tell(const struct watched *w, struct result *r)
{
	const uint64_t late = w->straggled_at > w->fence_at ? w->straggled_at - w->fence_at : 0;
	const char *class = late < STRAGGLER_US ? "fence violated" : "late reply";
	r->verdict = late < STRAGGLER_US ? INCONCLUSIVE : FAIL;
	r->untraced = true;
	snprintf(r->cause_class, sizeof r->cause_class, "%s", class);
	text_add(&r->actual, " late %s", w->straggler);
	snprintf(r->cause, sizeof r->cause, "%s: %llu ms behind the fence, when the connection had been ended: %.90s", class, (unsigned long long)late / 1000, w->straggler);
}

/* cut: why its quarantine ends early, or NULL. */
static void sprint_deliver(struct sprint *sp, struct watched *w, const char *cut)
{
	enum family f;
	const struct script *s = sp->source->script(sp->source->self, w->index, &f);
	struct result pass, *r = w->full;
	if (!r) {
		pass_result(sp, w, s, f, &pass);
		r = &pass;
	}
	if (w->straggler)
		straggler_tell(w, r);
	if (w->blind) {
		r->untraced = true;
		r->verdict = INCONCLUSIVE;
		snprintf(r->cause_class, sizeof r->cause_class, "capture drop");
		snprintf(r->cause, sizeof r->cause, "capture drop: frames were lost before they were seen");
	}
	const size_t n = strlen(r->cause);
	if (cut)
		snprintf(r->cause + n, sizeof r->cause - n, "%swatch cut short: %.70s", n ? "; " : "", cut);
	sp->events.result(sp->events.self, r, s);
	if (r == &pass)
		result_free(&pass);
	watch_pop(&sp->watch);
}

void sprint_straggler(struct watched *w, const struct segment *s, uint64_t at)
{
	struct text line = {0};
	if (w->straggler || w->unended)
		return;
	segment_print_relative(s, &no_tcb, NULL, &line);
	w->straggler = memory_string(text_string(&line));
	w->straggled_at = at;
	text_free(&line);
}

/* Everything about a cell that is no plain pass. */
static struct result *sprint_result(struct sprint *sp)
{
	struct result *r = memory_zeroed(1, sizeof *r);
	memcpy(r->id, sp->id, sizeof r->id);
	judge_result(&sp->judge, r);
	r->attempts = sp->attempt;
	snprintf(r->family, sizeof r->family, "v%d", sp->at.family == IPV4 ? 4 : 6);
	tuple_print(sp, &sp->at, r->endpoint, sizeof r->endpoint);
	known_apply(&sp->stage->known, r);
	if (sp->source->count <= DRAWN_MAX || (r->verdict != KNOWN && sp->drawn++ < DRAWN_MAX))
		ladder_of_trace(&sp->trace, &sp->judge, &r->ladder);
	return r;
}

void sprint_died(struct sprint *sp, size_t i, const char *class, const char *why)
{
	struct result *r = sprint_result(sp);
	enum family f;
	sprint_abandon(sp, why);
	if (!r->ladder.length)
		ladder_of_trace(&sp->trace, &sp->judge, &r->ladder);
	result_of_death(r, sp->script, class, why);
	if (sp->events.trace)
		sp->events.trace(sp->events.self, &sp->trace, &sp->at, sp->stage->options->seed + sp->attempt, sp->id, sp->attempt);
	sp->events.result(sp->events.self, r, sp->source->script(sp->source->self, i, &f));
	free(r);
	sp->connection = NULL;
}

void sprint_decided(struct sprint *sp, size_t i)
{
	const struct judge *j = &sp->judge;
	const struct hypothesis *best = hypotheses_best(&j->now);
	struct watched w = {.index = (uint32_t)i, .lane = (uint8_t)sp->lane, .tester_port = sp->at.tester_port, .attempts = (uint8_t)sp->attempt, .fence_at = j->fence_at, .until = clock_now() + QUARANTINE_US, .unended = sp->stage->served && sp->unended};
	if (sp->events.trace)
		sp->events.trace(sp->events.self, &sp->trace, &sp->at, sp->stage->options->seed + sp->attempt, sp->id, sp->attempt);
	const bool plain = j->status == JUDGE_GOING && !j->strained && best && !best->strained && j->answered;
	if (plain)
		w.actual = reaction_kept(sp, text_string(&j->actual));
	if (w.actual) {
		w.clause = best->clause ? best->clause : "";
		w.edges = best->edges;
		w.before = (uint8_t)hypotheses_best(judge_before(j))->tcb.state;
		w.after = (uint8_t)answer_state(&j->state_after);
		w.by = j->probed;
	} else {
		w.full = sprint_result(sp);
	}
	watch_add(&sp->watch, &w);
}

/* A lost frame makes every cell that is played or watched doubtful. */
static bool sprint_look_for_drops(struct sprint *sp, struct error *e)
{
	const uint64_t now = clock_now();
	uint64_t drops;
	if (now < sp->drops_at + DROPS_EVERY_US)
		return true;
	if (!wire_drops(sp->stage->wire, &drops, e))
		return false;
	if (drops != sp->drops)
		watch_blind(&sp->watch);
	sp->drops = drops;
	sp->drops_at = now;
	return true;
}

bool sprint_settle(struct sprint *sp, bool all, struct error *e)
{
	if (sp->watch.count && !(sprint_catch_up(sp, e) && sprint_look_for_drops(sp, e)))
		return false;
	for (struct watched *w; (w = watch_oldest(&sp->watch));) {
		if (w->until <= sp->seen_at) { /* not merely over: what came in its time has been read, even if the run was held up */
			sprint_deliver(sp, w, NULL);
			continue;
		}
		if (!all && !watch_is_full(&sp->watch))
			return true;
		if (!sprint_poll(sp, e) || !sprint_look_for_drops(sp, e))
			return false;
	}
	return true;
}

bool sprint_settle_seen(struct sprint *sp, uint64_t seen, struct error *e)
{
	if (sp->watch.count && !sprint_look_for_drops(sp, e))
		return false;
	sp->seen_at = seen;
	for (struct watched *w; (w = watch_oldest(&sp->watch)) && w->until <= seen;)
		sprint_deliver(sp, w, NULL);
	return true;
}

void sprint_abandon(struct sprint *sp, const char *why)
{
	for (struct watched *w; (w = watch_oldest(&sp->watch));)
		sprint_deliver(sp, w, why);
}
