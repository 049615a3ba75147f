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

static void number_print(const char *name, bool known, uint32_t live, uint32_t variable, struct text *out)
{
	const int32_t k = (int32_t)(live - variable);
	if (!known)
		text_add(out, "Z"); /* the tester's choice, which depends on the seed */
	else if (k == 0)
		text_add(out, "%s", name);
	else
		text_add(out, "%s%+d", name, k);
}

/* A segment of the tester's, by the target's variables: its SEQ is in the receive space, its ACK in the send space. */
static void arrival_print(const struct segment *s, const struct tcb *t, struct text *out)
{
	text_add(out, "<SEQ=");
	number_print("RCV.NXT", t->irs_known, s->seq, t->rcv_nxt, out);
	if (s->ctl & CTL_ACK) {
		text_add(out, "><ACK=");
		number_print("SND.NXT", t->iss_known, s->ack, t->snd_nxt, out);
	}
	text_add(out, "><CTL=");
	ctl_print(s->ctl, out);
	text_add(out, ">");
	if (s->text_length)
		text_add(out, "<DATA=%u>", s->text_length);
}

static void segment_text(const struct event *e, const struct tcb *t, const struct segment *stimulus, struct text *out)
{
	struct segment s;
	if (!segment_parse(e->packet, e->length, &s, NULL))
		text_add(out, "(an ICMP error)");
	else if (e->kind == EVENT_SENT)
		arrival_print(&s, t, out);
	else
		segment_print_relative(&s, t, stimulus, out);
}

/* Arrivals at the target come from column A, its departures go there: the target is drawn as TCP B. */
static void ladder_event(const struct event *e, const struct judge *j, struct text *out)
{
	const struct tcb *t = judge_tcb(j);
	const struct segment *stimulus = j->has_stimulus_segment ? &j->stimulus_segment : NULL;
	struct text segment = {0};
	char margin[128] = "";
	switch (e->kind) {
	case EVENT_SENT:
		segment_text(e, t, stimulus, &segment);
		ladder_line(out, "", "", "-->", text_string(&segment), "-->", "");
		break;
	case EVENT_RECEIVED:
		segment_text(e, t, stimulus, &segment);
		ladder_line(out, "", "", "<--", text_string(&segment), "<--", "");
		break;
	case EVENT_CALLED:
		snprintf(margin, sizeof margin, "(%s)%s%s", call_name(j->script->step[e->step].call), e->answer.text[0] ? " " : "", e->answer.text);
		ladder_line(out, "", "", "", "", "", margin);
		break;
	case EVENT_STATE:
		snprintf(margin, sizeof margin, "%s", e->state.has_tcb ? state_name(e->state.state) : e->state.has_listener ? "LISTEN"
		                                                                                                            : "CLOSED");
		ladder_line(out, "", "", "", "", "", margin);
		break;
	case EVENT_WAIT:
		ladder_line(out, "", "", "", "", "", "(time passes)");
		break;
	case EVENT_LOST:
		ladder_line(out, "", "", "", "", "", "(the fence is not answered)");
		break;
	case EVENT_FENCE:
	case EVENT_DEADLINE:
	case EVENT_SIGNALS:
	case EVENT_END:
		break;
	}
	text_free(&segment);
}

/* An event that is not drawn otherwise, where it is the one that decided. */
static const char *silent_event(enum event_kind k)
{
	return k == EVENT_FENCE ? "(the fence is answered)" : k == EVENT_SIGNALS ? "(the user is asked)"
	                                                  : k == EVENT_DEADLINE  ? "(the wait is over)"
	                                                                         : "(the end)";
}

/* Behind the line: when it was, and the mark. */
static void ladder_remark(const struct event *e, uint64_t zero, const char *mark, struct text *out)
{
	if (out->length && out->at[out->length - 1] == '\n')
		out->at[--out->length] = '\0';
	text_add(out, "  # %.3f ms%s%s\n", (double)(e->at - zero) / 1000, mark ? "  <== " : "", mark ? mark : "");
}

void ladder_of_trace(const struct trace *t, const struct judge *j, struct text *out)
{
	struct judge again;
	size_t group = SIZE_MAX;
	judge_begin(&again, j->script, j->model, &j->endpoint, 0);
	for (size_t i = 0; i < t->count; i++) {
		const struct event *e = &t->event[i];
		const bool marked = j->status != JUDGE_GOING && i == j->fault_event;
		const size_t from = out->length;
		if (e->step != group)
			judge_group(&again, group = e->step);
		ladder_event(e, &again, out);
		judge_event(&again, e);
		if (marked && out->length == from)
			ladder_line(out, "", "", "", "", "", silent_event(e->kind));
		if (out->length != from)
			ladder_remark(e, t->event[0].at, marked ? j->cause_class : NULL, out);
	}
	judge_end(&again);
}
