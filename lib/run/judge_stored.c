/* A stored play judged again. Its records come from a file that anybody may have written: what does not fit the script is refused before the judge sees it. */
#include <stdio.h>
#include <string.h>

#include "lib/run/frame.h"
#include "lib/run/player.h"
#include "lib/run/plays.h"
#include "lib/wire/ip.h"

static bool stimulus_fits(const struct script *s, const struct event *e)
{
	if (e->step >= s->count)
		return false;
	const enum step_kind kind = s->step[e->step].kind;
	return e->kind == EVENT_SENT ? kind == STEP_SEND : e->kind == EVENT_CALLED ? kind == STEP_CALL
	                                                                           : kind == STEP_WAIT;
}

/* Does the event belong to this script? probed: the last step behind the script that a probe opened. */
static bool event_fits(const struct script *s, const struct event *e, size_t *probed)
{
	if (event_has_packet(e) && (e->length == 0 || e->length > IP_LENGTH_MAX))
		return false;
	switch (e->kind) {
	case EVENT_SENT:
	case EVENT_CALLED:
	case EVENT_WAIT:
		return stimulus_fits(s, e);
	case EVENT_PROBED:
		*probed = e->step;
		return true;
	case EVENT_RECEIVED:
	case EVENT_FENCE:
	case EVENT_DEADLINE:
	case EVENT_STATE:
	case EVENT_SIGNALS:
	case EVENT_LOST:
	case EVENT_END:
	case EVENT_MET:
	case EVENT_INFER:
	case EVENT_CLASS:
		return e->step < s->count || e->step == *probed;
	}
	return false;
}

static const struct event *misfit(const struct stored_play *play, const struct script *s)
{
	size_t probed = 0, last = 0;
	for (size_t i = 0; i < play->trace.count; i++) {
		const struct event *e = &play->trace.event[i];
		if (e->step < last || !event_fits(s, e, &probed))
			return e;
		last = e->step;
	}
	return NULL;
}

static void result_begin(const struct stored_play *play, const struct script *s, struct result *r)
{
	struct text where = {0};
	*r = (struct result){.verdict = INCONCLUSIVE, .attempts = play->attempt};
	snprintf(r->id, sizeof r->id, "%s", play->id);
	if (s) {
		r->level = s->level;
		snprintf(r->title, sizeof r->title, "%s", s->title);
		snprintf(r->ref, sizeof r->ref, "%s", s->ref);
		snprintf(r->clause, sizeof r->clause, "%.150s", s->ref);
	}
	if (!play->begun)
		return;
	endpoint_print(&play->at, &where);
	snprintf(r->endpoint, sizeof r->endpoint, "%s", text_string(&where));
	text_free(&where);
}

static void decide(struct result *r, enum verdict v, const char *class, const char *why)
{
	r->verdict = v;
	snprintf(r->cause_class, sizeof r->cause_class, "%s", class);
	snprintf(r->cause, sizeof r->cause, "%s", why);
}

void stored_play_inconclusive(const struct stored_play *play, const struct script *s, const char *class, const char *why, struct result *r)
{
	result_begin(play, s, r);
	decide(r, INCONCLUSIVE, class, why);
}

static void stored_judge(const struct stored_play *play, const struct script *s, const struct model *m, struct result *r)
{
	struct judge j;
	judge_begin(&j, s, m, &play->at, play->seed);
	judge_replay(&j, &play->trace);
	judge_result(&j, r);
	if (r->verdict != PASS)
		ladder_of_trace(&play->trace, &j, &r->ladder);
	judge_end(&j);
}

void stored_play_judge(const struct stored_play *play, const struct script *s, enum family family, const struct model *m, struct result *r)
{
	char why[160];
	result_begin(play, s, r);
	snprintf(r->family, sizeof r->family, "v%d", family == IPV4 ? 4 : 6);
	if (!play->over) {
		decide(r, INCONCLUSIVE, "capture ends", "the capture ends before the play is over");
		return;
	}
	if (play->begun && play->at.family != family) {
		decide(r, INCONCLUSIVE, "capture damaged", "its addresses are not of the family in its id");
		return;
	}
	const struct event *odd = misfit(play, s);
	if (odd) {
		snprintf(why, sizeof why, "its records at step %zu do not fit the test: another version of it was played", odd->step);
		decide(r, INCONCLUSIVE, "another test", why);
		return;
	}
	if (play->begun)
		stored_judge(play, s, m, r);
	if (play->unjudged)
		decide(r, play->verdict, play->class, play->cause);
}
