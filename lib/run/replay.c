/* A trace read again: by the judge, and as a ladder for people. */
#include <stdio.h>
#include <string.h>

#include "lib/run/player.h"
#include "lib/script/ladder.h"

void judge_replay(struct judge *j, const struct trace *t)
{
	size_t group = SIZE_MAX;
	for (size_t i = 0; i < t->count; i++) {
		const struct event *e = &t->event[i];
		if (e->step != group) {
			group = e->step;
			judge_group(j, group);
		}
		judge_event(j, e);
	}
}

static void segment_text(const struct event *e, const struct tcb *t, struct text *out)
{
	struct segment s;
	text_clear(out);
	if (segment_parse(e->packet, e->length, &s, NULL))
		segment_print_relative(&s, t, NULL, out);
	else
		text_add(out, "(not TCP)");
}

/* Arrivals at the target come from column A, its departures go there: the target is drawn as TCP B. */
static void ladder_event(const struct event *e, const struct judge *j, const struct tcb *t, uint64_t zero, struct text *out)
{
	struct text segment = {0};
	char number[24], margin[128] = "";
	snprintf(number, sizeof number, "%.3f ms", (double)(e->at - zero) / 1000);
	switch (e->kind) {
	case EVENT_SENT:
		segment_text(e, t, &segment);
		ladder_line(out, number, "", "-->", text_string(&segment), "-->", "");
		break;
	case EVENT_RECEIVED:
		segment_text(e, t, &segment);
		ladder_line(out, number, "", "<--", text_string(&segment), "<--", "");
		break;
	case EVENT_CALLED:
		snprintf(margin, sizeof margin, "(%s)%s%s", call_name(j->script->step[e->step].call), e->answer.text[0] ? " " : "", e->answer.text);
		ladder_line(out, number, "", "", "", "", margin);
		break;
	case EVENT_STATE:
		snprintf(margin, sizeof margin, "%s", e->state.has_tcb ? state_name(e->state.state) : e->state.has_listener ? "LISTEN"
		                                                                                                            : "CLOSED");
		ladder_line(out, number, "", "", "", "", margin);
		break;
	case EVENT_WAIT:
	case EVENT_DEADLINE:
	case EVENT_LOST:
	case EVENT_SIGNALS:
		ladder_line(out, number, "", "", "", "", e->kind == EVENT_WAIT ? "(time passes)" : e->kind == EVENT_LOST  ? "(the fence is not answered)"
		                                                                               : e->kind == EVENT_SIGNALS ? "(the user is asked)"
		                                                                                                          : "(the wait is over)");
		break;
	case EVENT_FENCE:
	case EVENT_END:
		break;
	}
	text_free(&segment);
}

void ladder_of_trace(const struct trace *t, const struct judge *j, struct text *out)
{
	const struct hypothesis *b = hypotheses_best(&j->before);
	static const struct tcb none;
	const uint64_t zero = t->count ? t->event[0].at : 0;
	for (size_t i = 0; i < t->count; i++) {
		const size_t from = out->length;
		ladder_event(&t->event[i], j, b ? &b->tcb : &none, zero, out);
		const bool marked = j->status != JUDGE_GOING && i == j->fault_event;
		if (!marked)
			continue;
		if (out->length == from)
			ladder_line(out, "", "", "", "", "", t->event[i].kind == EVENT_FENCE ? "(the fence is answered)" : "(the end)");
		if (out->length && out->at[out->length - 1] == '\n')
			out->at[--out->length] = '\0';
		text_add(out, "  # <== %s\n", j->cause_class);
	}
}
