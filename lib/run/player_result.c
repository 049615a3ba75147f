/* The end of a play: whether it is played again, and what is told of it. What it means was the judge's to say. */
#include "lib/run/player.h"

#include "lib/run/predict.h"
#include "lib/run/stored.h"

#include <stdio.h>
#include <string.h>

/* Did its groups take longer than a retransmission timer runs, of which the script knows nothing, for it waits for nothing? So they do where each is closed by `time`. */
static bool player_outlasted(const struct player *p)
{
	const struct script *s = p->play.script;
	for (size_t i = 0; i < s->count; i++)
		if (s->step[i].kind == STEP_WAIT || s->step[i].has_within)
			return false;
	return p->judge.outlasted;
}

/* Of a script that waits, was a step done so late that a retransmission may have gone before it that was to come behind it? Then even what is as it should be answers another question. */
static bool player_overslept(const struct player *p)
{
	const struct constants *c = &p->stage->declaration->model.constants;
	return p->late_us > c->rto_min / 2 && script_waits_us(p->play.script, c) > 0;
}

/* Were its steps done so late that timers of the target's may have come between them? Then what is not as it should be, or as it is known to be, says nothing. */
static bool player_was_late(const struct player *p)
{
	struct result r = {0};
	if ((p->late_us <= LATE_US && !player_outlasted(p)) || p->stage->in_process || p->judge.status == JUDGE_VIOLATED || p->judge.status == JUDGE_UNREACHED)
		return false;
	memcpy(r.id, p->id, sizeof r.id);
	judge_result(&p->judge, &r);
	known_apply(&p->stage->known, &r);
	const bool odd = r.verdict == FAIL || r.verdict == XPASS || r.verdict == NON_STRICT, passed = r.verdict == PASS;
	result_free(&r);
	return odd || (passed && player_overslept(p));
}

/* Would it find the target as it found it first? What is remembered of a server's cookie is another test's beginning. */
static bool player_finds_the_same(const struct player *p)
{
	const struct target *t = &p->stage->target;
	return !(p->play.script->needs & NEED_FASTOPEN) || !t->operations->forget || t->operations->forget(t->self, &p->endpoint);
}

bool player_again(struct player *p)
{
	const bool is_long = script_waits_us(p->play.script, &p->stage->declaration->model.constants) > LATE_WAITS_US;
	const bool late = p->attempts < (is_long ? 2 : ATTEMPTS_MAX) && player_was_late(p);
	const bool unproved = p->by_same && (p->judge.status == JUDGE_FAILED || p->judge.status == JUDGE_UNREACHED);
	const bool doubtful = late || unproved || p->judge.status == JUDGE_VIOLATED || p->judge.status == JUDGE_UNREACHED;
	p->by_time |= unproved;
	return doubtful && !p->stage->in_process && !p->hopeless && p->attempts < ATTEMPTS_MAX && !p->stage->dead && player_finds_the_same(p);
}

void player_where(struct player *p)
{
	struct text where = {0};
	if (p->where[0])
		return;
	endpoint_print(&p->endpoint, &where);
	string_put(p->where, sizeof p->where, text_string(&where));
	text_free(&where);
}

void player_result(struct player *p, struct result *r)
{
	memcpy(r->id, p->id, sizeof r->id);
	judge_result(&p->judge, r);
	r->attempts = p->attempts;
	string_put(r->family, sizeof r->family, p->play.family == IPV4 ? "v4" : "v6");
	if (r->verdict != NON_STRICT && player_was_late(p)) {
		r->untraced = true; /* a capture does not show it */
		r->verdict = INCONCLUSIVE;
		string_put(r->cause_class, sizeof r->cause_class, "too slow");
		if (p->late_us <= LATE_US)
			snprintf(r->cause, sizeof r->cause, "too slow: between its groups the retransmission timer ran out");
		else
			snprintf(r->cause, sizeof r->cause, "too slow: a step of the tester's came %llu ms late, give the machine less to do", (unsigned long long)p->late_us / 1000);
	}
	player_where(p);
	memcpy(r->endpoint, p->where, sizeof r->endpoint);
	if (p->stage->options->brief)
		known_apply(&p->stage->known, r);
	if (r->verdict != PASS && !(r->verdict == KNOWN && p->stage->options->brief) && !p->untraced)
		ladder_of_trace(&p->trace, &p->judge, &r->ladder);
	if (p->stage->options->predict)
		predict_faults(&p->trace, p->play.script, &p->stage->declaration->model, &p->endpoint, p->stage->options->seed + p->attempts, p->id, &p->stage->known, &r->predicted);
}
