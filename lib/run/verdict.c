/* From the judge's last word to a result record: verdict, clause, what was permitted, what happened. It decides nothing that the judge has not. */
#include <stdio.h>
#include <string.h>

#include "lib/run/judge_parts.h"
#include "lib/run/probe.h"
#include "lib/script/ladder.h"

static const char *const verdict_names[VERDICTS] = {"PASS", "NON-STRICT", "FAIL", "INFORMATIONAL", "UNIMPLEMENTED", "INCONCLUSIVE", "KNOWN", "XPASS"};

const char *verdict_name(enum verdict v)
{
	return v < VERDICTS ? verdict_names[v] : "?";
}

bool verdict_read(const char *name, enum verdict *v)
{
	for (unsigned i = 0; i < VERDICTS; i++)
		if (strcmp(name, verdict_names[i]) == 0) {
			*v = (enum verdict)i;
			return true;
		}
	return false;
}

void result_free(struct result *r)
{
	text_free(&r->permitted);
	text_free(&r->actual);
	text_free(&r->ladder);
	text_free(&r->known);
	text_free(&r->predicted);
	text_free(&r->remark);
}

/* "<SEQ=...>... => STATE", "nothing => STATE", one reaction a line. */
static void permitted_line(const struct hypothesis *before, const struct segment *stimulus, const struct reaction *r, struct text *to)
{
	struct text line = {0};
	for (unsigned i = 0; i < r->now_count; i++) {
		emission_print(&r->now[i], &before->tcb, stimulus, &line);
		text_add(&line, " ");
	}
	if (r->now_count == 0)
		text_add(&line, r->next.ack_owed && !before->tcb.ack_owed ? "(within 500 ms an ACK) " : r->has_due ? "(what is queued) "
		                                                                                                   : "(silence) ");
	text_add(&line, "=> %s  [%s%s]\n", state_name(r->next.state), r->clause, r->breaks_should ? "; not recommended" : "");
	if (!to->at || !strstr(to->at, line.at))
		text_add(to, "%s", line.at);
	text_free(&line);
}

static void permitted_of(const struct judge *j, const struct hypothesis *h, struct text *to)
{
	const struct event *e = &j->stimulus;
	struct outcome o = {.count = 0};
	if (e->kind == EVENT_SENT && j->has_stimulus_segment && !(j->stimulus_segment.bad & ~BAD_RESERVED))
		model_arrives(j->model, &h->tcb, &j->stimulus_segment, e->at, &o);
	else if (e->kind == EVENT_CALLED)
		step_call(j->model, &h->tcb, &j->script->step[e->step], j->script->step[e->step].n, e->began, &o);
	for (unsigned i = 0; i < o.count; i++)
		permitted_line(h, j->has_stimulus_segment ? &j->stimulus_segment : NULL, &o.reaction[i], to);
}

/* What the author's lines ask for in the group, in the notation. */
static void asked_of(const struct judge *j, struct text *to)
{
	for (size_t i = j->first; i < j->end; i++) {
		const struct step *st = &j->script->step[i];
		if (step_is_stimulus(st) || st->kind == STEP_BY_MODEL)
			continue;
		text_add(to, "line %u: ", st->line);
		step_write(st, j->script->side ? j->script->side : 'b', to);
		if (to->length && to->at[to->length - 1] != '\n')
			text_add(to, "\n");
	}
}

enum verdict judge_verdict(const struct judge *j)
{
	switch (j->status) {
	case JUDGE_FAILED:
		return FAIL;
	case JUDGE_VIOLATED:
	case JUDGE_UNREACHED:
	case JUDGE_OVERFLOW:
		return INCONCLUSIVE;
	case JUDGE_GOING:
		break;
	}
	const struct hypothesis *h = hypotheses_best(&j->now);
	if (j->script->level == LEVEL_MAY)
		return INFORMATIONAL;
	return j->strained || !h || h->strained ? NON_STRICT : PASS;
}

static const char *clause_of(const struct judge *j, enum verdict v)
{
	const struct hypothesis *h = hypotheses_best(&j->now);
	if (v == NON_STRICT && j->strained)
		return j->strained_clause;
	if (v == NON_STRICT && h && h->strained_clause)
		return h->strained_clause;
	if (j->status != JUDGE_GOING && j->clause && j->clause[0])
		return j->clause;
	return h && h->clause ? h->clause : j->script->ref;
}

/* Who says what the state after is; nobody: "". */
static const char *state_by(const struct judge *j)
{
	if (j->probed)
		return j->answered && judge_is_reported(j) ? "both" : "probed";
	return j->answered ? "reported" : "";
}

/* As it was told; where nobody tells it, as it was probed. */
static void state_after_print(const struct judge *j, struct result *r)
{
	struct text class = {0};
	if (j->probed && !j->answered)
		probe_class_print(j->class, &class);
	else if (j->answered)
		text_put(&class, state_name(answer_state(&j->state_after)));
	string_put(r->state_after, sizeof r->state_after, text_string(&class));
	text_free(&class);
}

void judge_permitted(const struct judge *j, struct text *to)
{
	const struct hypotheses *before = judge_before(j);
	for (unsigned i = 0; i < before->count; i++)
		permitted_of(j, &before->h[i], to);
}

void judge_result(const struct judge *j, struct result *r)
{
	const struct script *s = j->script;
	const struct hypothesis *best = hypotheses_best(&j->now);
	r->verdict = judge_verdict(j);
	r->level = s->level;
	memcpy(r->title, s->title, sizeof r->title);
	memcpy(r->ref, s->ref, sizeof r->ref);
	string_put(r->clause, sizeof r->clause, clause_of(j, r->verdict) ? clause_of(j, r->verdict) : "");
	string_put(r->cause, sizeof r->cause, r->verdict == NON_STRICT ? "a SHOULD is not kept" : j->cause);
	string_put(r->cause_class, sizeof r->cause_class, r->verdict == NON_STRICT ? "not recommended" : j->cause_class);
	const struct hypotheses *before = judge_before(j);
	const struct hypothesis *b = hypotheses_best(before);
	string_put(r->state_before, sizeof r->state_before, b ? state_name(b->tcb.state) : "");
	state_after_print(j, r);
	string_put(r->state_by, sizeof r->state_by, state_by(j));
	text_clear(&r->actual);
	text_put(&r->actual, text_string(&j->actual));
	r->edges = j->status == JUDGE_GOING && best ? best->edges : 0;
	text_clear(&r->permitted);
	if (r->verdict == PASS)
		return;
	asked_of(j, &r->permitted);
	judge_permitted(j, &r->permitted);
}
