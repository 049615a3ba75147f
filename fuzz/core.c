/* One stage, one stack, one script at a time. */
#include "fuzz/core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/bug.h"
#include "fuzz/watch.h"
#include "lib/base/memory.h"
#include "lib/run/virtual.h"

/* How often what takes a second play is done: once in so many inputs, chosen by their octets, so that an input that was found so is found so again. */
enum { ABANDON_IN = 16,
       REPEAT_IN = 64 };

struct core {
	struct run_options options;
	struct declaration *declaration;
	struct stage stage;
	struct virtual *virtual;
	bool judges;
	unsigned slot; /* fuzz/watch.h */
	struct causes *causes;
	unsigned needs;
	bool passed;
	const struct core_listener *listener; /* while a play is retold */
	struct script *script;
	enum verdict verdict;      /* of the last play */
	const struct judge *judge; /* of the same, where lines of causes are to mean what it says; NULL: nothing is kept of what was seen */
	struct result result;      /* of one that is told */
	uint64_t played, give_up_us, transcript;
};

static unsigned long crowded;

unsigned long core_crowded(void)
{
	return crowded;
}

void finding_free(struct finding *f)
{
	text_free(&f->ladder);
}

static void on_result(void *self, struct result *r, const struct script *s)
{
	struct core *c = self;
	(void)s;
	c->result = *r; /* its texts with it */
}

static void on_trace(void *self, const struct trace *t, const struct endpoint *at, uint64_t seed, const char *id, unsigned attempt)
{
	const struct core *c = self;
	(void)id, (void)attempt;
	if (c->listener)
		c->listener->trace(c->listener->self, t, c->script, &c->declaration->model, at, seed);
}

/* Beyond R2, the SYN's limit and the user timeout: every timer has run out several times. */
static uint64_t give_up_us(const struct constants *c)
{
	const uint64_t tries = c->retries > c->syn_retries ? c->retries : c->syn_retries;
	return 2 * ((tries + 2) * c->rto_max + 2 * c->msl + c->user_timeout);
}

struct core *core_new(unsigned slot, const struct tcpspec_stack_operations *operations, struct declaration *d, const char *connections, struct error *e)
{
	struct core *c = memory_zeroed(1, sizeof *c);
	const struct sprint_events events = {.trace = on_trace, .result = on_result, .self = c};
	c->options.seed = 1;
	c->judges = true;
	c->needs = ~0U;
	c->slot = slot;
	c->script = input_script_new();
	c->declaration = d;
	if (connections) {
		struct setting *s = setting_named(&c->declaration->stack, &c->declaration->stack_count, "connections");
		snprintf(s->value, sizeof s->value, "%s", connections);
	}
	c->give_up_us = give_up_us(&c->declaration->model.constants);
	c->stage.options = &c->options;
	c->stage.declaration = c->declaration;
	c->stage.fence = FENCE_CALL;
	in_process_link(&c->stage.link);
	if (target_in_process_begin(&c->stage.target, &c->stage.link, watch_operations(operations, slot), c->declaration, c->options.seed, e)) {
		c->stage.in_process = target_in_process(&c->stage.target);
		c->virtual = virtual_new(&c->stage, &events, e);
	}
	if (c->virtual)
		return c;
	core_free(c);
	return NULL;
}

void core_judges(struct core *c, bool judges)
{
	c->judges = judges;
}

void core_knows(struct core *c, struct causes *causes)
{
	c->causes = causes;
}

void core_needs(struct core *c, unsigned needs)
{
	c->needs = needs;
}

void core_free(struct core *c)
{
	if (c->virtual)
		virtual_free(c->virtual);
	if (c->stage.target.operations)
		target_stop(&c->stage.target);
	declaration_free(c->declaration);
	script_free(c->script);
	free(c->stage.calendar);
	free(c);
}

unsigned core_needs_met(const struct core *c)
{
	return c->stage.target.needs_met;
}

uint64_t core_transcript(const struct core *c)
{
	return c->transcript;
}

uint64_t core_played(const struct core *c)
{
	return c->played;
}

static uint64_t input_hash(const struct input *in)
{
	uint8_t octets[INPUT_OCTETS_MAX];
	const size_t n = input_encode(in, octets, sizeof octets);
	uint64_t h = UINT64_C(14695981039346656037);
	for (size_t i = 0; i < n; i++)
		h = (h ^ octets[i]) * UINT64_C(1099511628211);
	h = (h ^ h >> 32) * UINT64_C(0x9e3779b97f4a7c15); /* of the last octets the upper half knows little */
	return h >> 32;
}

static bool found(struct finding *f, enum rule r, enum state s, const char *words)
{
	f->rule = r;
	f->state = s;
	f->cause[0] = '\0';
	string_put(f->words, sizeof f->words, words);
	return true;
}

/* A play that is to be looked at. NULL with e. */
static const struct judge *look(struct core *c, const struct input *in, struct error *e)
{
	const struct play p = {.script = c->script, .family = in->v6 ? IPV6 : IPV4};
	watch_begin(c->slot);
	return virtual_look(c->virtual, &p, e);
}

/* One that may be: where causes are known nearly every other input fails by one, and to write all reactions down costs less than to play those again. */
static bool play_told(struct core *c, const struct input *in, struct error *e)
{
	c->judge = look(c, in, e);
	if (c->judge)
		c->verdict = judge_verdict(c->judge);
	return c->judge != NULL;
}

/* One for the verdict alone. */
static bool play_untold(struct core *c, const struct input *in, struct error *e)
{
	const struct play p = {.script = c->script, .family = in->v6 ? IPV6 : IPV4};
	c->judge = NULL;
	watch_begin(c->slot);
	return virtual_judge(c->virtual, &p, &c->verdict, e);
}

/* How an input is played. The stack gives its interface's answers, or f says what it did instead. */
static bool play(struct core *c, const struct input *in, struct finding *f)
{
	struct error e;
	if (c->judges && c->causes ? play_told(c, in, &e) : play_untold(c, in, &e))
		return true;
	found(f, RULE_breaks_interface, CLOSED, e.text);
	return false;
}

/* And with the ladder as it happened. */
static void draw(struct core *c, const struct input *in, struct finding *f)
{
	const struct play p = {.script = c->script, .family = in->v6 ? IPV6 : IPV4};
	struct error unheard;
	watch_begin(c->slot);
	if (virtual_play(c->virtual, &p, &unheard))
		text_put(&f->ladder, text_string(&c->result.ladder));
}

void core_retell(struct core *c, const struct input *in, const struct core_listener *to)
{
	struct finding unheard = {.rule = RULE_NONE};
	c->listener = to;
	draw(c, in, &unheard);
	c->listener = NULL;
	result_free(&c->result);
	c->result = (struct result){.verdict = PASS};
	finding_free(&unheard);
}

bool core_passed(const struct core *c)
{
	return c->passed;
}

/* What the judge says, as lines of causes mean it: its id and reaction, and in words. */
static void found_judged(struct finding *f, const struct judge *j)
{
	char id[CAUSE_ID_MAX], reaction[sizeof f->cause - CAUSE_ID_MAX];
	struct result r = {.verdict = PASS};
	enum state s = CLOSED;
	judge_result(j, &r);
	state_read(r.state_before, strlen(r.state_before), &s);
	cause_id(j, id);
	cause_reaction(j, reaction, sizeof reaction);
	found(f, r.verdict == FAIL ? rule_of_cause(r.cause_class) : RULE_judge_inconclusive, s, "");
	snprintf(f->words, sizeof f->words, "%s [%s]", r.cause, r.clause);
	snprintf(f->cause, sizeof f->cause, "%s\t%s", id, reaction);
	result_free(&r);
}

static bool is_failure(enum verdict v)
{
	return v == FAIL || v == INCONCLUSIVE;
}

/* Is it none of ours to tell: what there was no room for may have explained it, or a line of causes means it? */
static bool is_excused(struct core *c, const struct judge *j)
{
	const bool crowds = j->status == JUDGE_OVERFLOW;
	crowded += crowds;
	return crowds || (c->causes && causes_match(c->causes, j));
}

/* It has failed, and unless that is excused it is looked at and drawn: each is a play of its own. False: it is excused. */
static bool judge_says(struct core *c, const struct input *in, struct finding *f)
{
	struct error e;
	if (c->judge && is_excused(c, c->judge))
		return false;
	const struct judge *j = look(c, in, &e);
	if (!j)
		return found(f, RULE_breaks_interface, CLOSED, e.text);
	if (!is_failure(judge_verdict(j)))
		return found(f, RULE_not_repeatable, CLOSED, "the judge finds nothing the second time");
	if (is_excused(c, j))
		return false;
	found_judged(f, j);
	draw(c, in, f);
	result_free(&c->result);
	c->result = (struct result){.verdict = PASS};
	return true;
}

/* What a play has broken beside what the judge says. */
struct breaches {
	struct broken first, disorder;
};

static struct breaches breaches_of(const struct broken *first)
{
	return (struct breaches){.first = *first, .disorder = *watch_disordered()};
}

/* Is it broken, and no line of causes means it? */
static bool found_unknown(const struct core *c, const struct broken *b, struct finding *f)
{
	if (b->rule == RULE_NONE || (c->causes && causes_match_rule(c->causes, rule_name(b->rule), state_name(b->state), b->words)))
		return false;
	return found(f, b->rule, b->state, b->words);
}

static bool found_breach(const struct core *c, const struct breaches *b, struct finding *f)
{
	return found_unknown(c, &b->disorder, f) || found_unknown(c, &b->first, f);
}

/* The octets are the input's, and so is what is looked at twice. */
static bool look_again(struct core *c, const struct input *in, struct finding *f)
{
	const uint64_t h = input_hash(in);
	if (h % REPEAT_IN == 1) {
		const uint64_t first = watch_transcript();
		if (!play(c, in, f))
			return true;
		if (watch_transcript() != first)
			return found(f, RULE_not_repeatable, CLOSED, "the octets that it puts out are others");
	}
	if (h % ABANDON_IN != 0)
		return false;
	const struct breaches b = breaches_of(watch_abandon(in_process_now(c->stage.in_process), c->give_up_us));
	return found_breach(c, &b, f);
}

bool core_play(struct core *c, const struct input *in, struct finding *f)
{
	text_clear(&f->ladder);
	f->rule = RULE_NONE;
	c->played++;
	c->passed = false;
	if (!input_script(in, c->stage.target.needs_met & c->needs, c->script))
		return false;
	if (!play(c, in, f))
		return true;
	c->transcript = watch_transcript();
	const struct breaches b = breaches_of(watch_end(in_process_now(c->stage.in_process)));
	if (found_breach(c, &b, f))
		return true;
	if (b.disorder.rule != RULE_NONE) /* known: what the judge says of a stack that is no more comes of it */
		return false;
	if (c->judges && is_failure(c->verdict))
		return bug_awaits() && judge_says(c, in, f);
	if (b.first.rule != RULE_NONE)
		return false;
	c->passed = !c->judges || c->verdict == PASS || c->verdict == NON_STRICT;
	return look_again(c, in, f);
}
