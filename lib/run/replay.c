/* A trace read again: by the judge, and as a ladder for people. It decides nothing, and its ladders are not scripts: numbers are told by the target's variables,
 * as in a reaction, which the reader of ladders does not take everywhere. */
#include <stdio.h>
#include <string.h>

#include "lib/run/frame.h"
#include "lib/run/player.h"
#include "lib/run/probe.h"
#include "lib/script/ladder.h"
#include "lib/wire/option.h"
#include "lib/wire/packet.h"

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

/* Where remarks begin: behind the longest of the usual lines. */
enum { REMARK_COLUMN = 84 };

/* What a ladder is drawn from: the trace's judge a second time, event by event, and where the line under way began. */
struct drawing {
	struct judge judge;
	struct text *out;
	size_t from;
	uint64_t zero; /* the time of the earliest event: of an active OPEN that is its SYN, which is captured before the call returns */
};

static bool drawn_left(const struct drawing *d)
{
	return d->judge.script->side == 'a';
}

/* A number of the tester's in the notation, by the target's variable; a name where the target has none, since the number itself depends on the seed. */
static struct seqnum number_said(const struct seqnum *said, bool known, enum seq_variable variable, uint32_t at, uint32_t live, const char *name)
{
	struct seqnum q = {.kind = known ? SEQ_VARIABLE : SEQ_NAME, .variable = variable};
	if (said->kind == SEQ_ABSOLUTE)
		return *said;
	if (known)
		q.offset = (int32_t)(live - at);
	else
		snprintf(q.name, sizeof q.name, "%s", name);
	return q;
}

/* The step as it was played: a SEND's numbers, said or not, are told by the target's variables at that moment; all else stands as its author wrote it. */
static struct step step_played(const struct step *st, const struct segment *s, bool quoted, const struct tcb *t)
{
	struct step played = *st;
	struct said_segment *to = &played.segment;
	if (to->said & SAY_RAW)
		return played;
	const bool acks = to->said & SAY_ACK || s->ctl & CTL_ACK;
	to->said |= SAY_SEQ | (acks ? SAY_ACK : 0u);
	if (quoted) { /* an ICMP error quotes the target */
		to->seq = number_said(&to->seq, t->iss_known, VAR_SND_NXT, t->snd_nxt, s->seq, "X");
		to->ack = number_said(&to->ack, t->irs_known, VAR_RCV_NXT, t->rcv_nxt, s->ack, "Z");
	} else {
		to->seq = number_said(&to->seq, t->irs_known, VAR_RCV_NXT, t->rcv_nxt, s->seq, "Z");
		to->ack = number_said(&to->ack, t->iss_known, VAR_SND_NXT, t->snd_nxt, s->ack, "X");
	}
	return played;
}

/* What a SEND put on the wire: its segment, or the one that its ICMP error quotes. */
static bool arrival_parse(const struct drawing *d, const struct event *e, struct segment *s, bool *quoted)
{
	static const uint8_t mac[MAC_OCTETS];
	uint8_t frame[PACKET_ROOM + ETHERNET_HEADER];
	struct packet p;
	ethernet_build(mac, mac, d->judge.endpoint.family == IPV4 ? 0x0800 : 0x86dd, frame, sizeof frame);
	memcpy(frame + ETHERNET_HEADER, e->packet, e->length);
	packet_parse(frame, e->length + ETHERNET_HEADER, &p);
	*quoted = p.kind == PACKET_ICMP_ERROR;
	if (*quoted)
		return segment_parse(p.error.quoted, p.error.quoted_length, s, NULL);
	return segment_parse(e->packet, e->length, s, NULL);
}

static void draw_stimulus(struct drawing *d, const struct event *e)
{
	const struct step *st = &d->judge.script->step[e->step];
	struct step played = *st;
	struct segment s;
	bool quoted;
	if (e->kind == EVENT_SENT && arrival_parse(d, e, &s, &quoted))
		played = step_played(st, &s, quoted, judge_tcb(&d->judge));
	step_write(&played, drawn_left(d) ? 'a' : 'b', d->out);
}

/* The runner's own segment: as a step it would be said in full. */
static void draw_probe(struct drawing *d, const struct event *e)
{
	const struct tcb *t = judge_tcb(&d->judge);
	const char *token = drawn_left(d) ? "<--" : "-->";
	struct text segment = {0};
	struct segment s;
	if (segment_parse(e->packet, e->length, &s, NULL)) {
		text_add(&segment, "<SEQ=RCV.NXT%+d>", (int)(s.seq - t->rcv_nxt));
		if (s.ctl & CTL_ACK)
			text_add(&segment, "<ACK=SND.NXT%+d>", (int)(s.ack - t->snd_nxt));
		text_add(&segment, "<CTL=");
		ctl_print(s.ctl, &segment);
		text_add(&segment, ">");
		if (s.text_length)
			text_add(&segment, "<DATA=%u>", s.text_length);
	}
	ladder_line(d->out, "", "", token, text_string(&segment), token, "");
	text_free(&segment);
}

/* The window and the options, where the line that is expected next names them. */
static void said_fields(const struct judge *j, const struct segment *s, struct text *out)
{
	const unsigned said = j->expect < j->end ? j->script->step[j->expect].segment.said : 0;
	if (said & SAY_WND)
		text_add(out, "<WND=%u>", s->wnd);
	if (said & SAY_OPT) {
		text_add(out, "<OPT=");
		if (s->options_length)
			options_print(s->option_octets, s->options_length, out);
		text_add(out, "%s>", s->options_length ? "" : "none");
	}
}

/* As `actual` has it: by the variables before the group's stimulus. */
static void draw_departure(struct drawing *d, const struct event *e)
{
	const struct judge *j = &d->judge;
	const struct hypothesis *before = hypotheses_best(&j->before);
	const char *token = drawn_left(d) ? "-->" : "<--";
	struct text segment = {0};
	struct segment s;
	if (segment_parse(e->packet, e->length, &s, NULL)) {
		segment_print_relative(&s, before ? &before->tcb : judge_tcb(j), j->has_stimulus_segment ? &j->stimulus_segment : NULL, &segment);
		said_fields(j, &s, &segment);
	}
	ladder_line(d->out, "", "", token, text_string(&segment), token, "");
	text_free(&segment);
}

static void draw_margin(struct drawing *d, const char *margin)
{
	ladder_line(d->out, "", drawn_left(d) ? margin : "", "", "", "", drawn_left(d) ? "" : margin);
}

static void draw_class(struct drawing *d, const struct event *e)
{
	struct text class = {0};
	text_add(&class, "# probed: ");
	probe_class_print(e->class, &class);
	text_add(d->out, "%s\n", text_string(&class));
	text_free(&class);
}

/* What happened in the target's column. What is no event of a figure (a fence, the end of a wait) draws nothing. */
static void draw_event(struct drawing *d, const struct event *e)
{
	switch (e->kind) {
	case EVENT_SENT:
	case EVENT_CALLED:
	case EVENT_WAIT:
		draw_stimulus(d, e);
		break;
	case EVENT_RECEIVED:
		draw_departure(d, e);
		break;
	case EVENT_STATE:
		draw_margin(d, e->state.has_tcb ? state_name(e->state.state) : e->state.has_listener ? "LISTEN"
		                                                                                     : "CLOSED");
		break;
	case EVENT_PROBED:
	case EVENT_INFER:
		draw_probe(d, e);
		break;
	case EVENT_CLASS:
		draw_class(d, e);
		break;
	case EVENT_FENCE:
	case EVENT_MET:
	case EVENT_DEADLINE:
	case EVENT_SIGNALS:
	case EVENT_LOST:
	case EVENT_END:
		break;
	}
}

/* An event that is not drawn, where it is the one that decided (or that spoils what follows). */
static const char *silent_event(enum event_kind k)
{
	switch (k) {
	case EVENT_FENCE:
		return "the fence is answered";
	case EVENT_LOST:
		return "the fence is not answered";
	case EVENT_SIGNALS:
		return "the user is asked";
	case EVENT_DEADLINE:
		return "the wait is over";
	case EVENT_END:
		return "the end";
	case EVENT_SENT:
	case EVENT_CALLED:
	case EVENT_WAIT:
	case EVENT_RECEIVED:
	case EVENT_STATE:
	case EVENT_MET:
		break;
	case EVENT_PROBED:
	case EVENT_INFER:
		return "a probe";
	case EVENT_CLASS:
		return "what the probes show";
	}
	return "";
}

/* Behind the line, as a comment: when it was, what the user was told, and the mark. */
static void draw_remark(struct drawing *d, const struct event *e, const char *mark)
{
	struct text *out = d->out;
	const char *told = e->kind == EVENT_CALLED ? e->answer.text : silent_event(e->kind);
	if (out->length > d->from && out->at[out->length - 1] == '\n')
		out->at[--out->length] = '\0';
	do
		text_add(out, " ");
	while (out->length - d->from < REMARK_COLUMN || out->at[out->length - 2] != ' ');
	text_add(out, "# %.3f ms%s%s%s%s\n", (double)(e->at - d->zero) / 1000, told[0] ? ", " : "", told, mark ? "  <== " : "", mark ? mark : "");
}

/* The names of the columns, and which of them was played. */
static void draw_names(struct drawing *d)
{
	ladder_line(d->out, "", "TCP A", "", "", "", "TCP B");
	d->out->at[--d->out->length] = '\0';
	text_add(d->out, "  # TCP %c is the target\n", drawn_left(d) ? 'A' : 'B');
}

static uint64_t earliest(const struct trace *t)
{
	uint64_t at = t->count ? t->event[0].at : 0;
	for (size_t i = 1; i < t->count; i++)
		at = t->event[i].at < at ? t->event[i].at : at;
	return at;
}

void ladder_of_trace(const struct trace *t, const struct judge *j, struct text *out)
{
	struct drawing d = {.out = out, .zero = earliest(t)};
	size_t group = SIZE_MAX;
	judge_begin(&d.judge, j->script, j->model, &j->endpoint, 0);
	draw_names(&d);
	for (size_t i = 0; i < t->count; i++) {
		const struct event *e = &t->event[i];
		const bool marked = j->status != JUDGE_GOING && i == j->fault_event;
		d.from = out->length;
		if (e->step != group)
			judge_group(&d.judge, group = e->step);
		draw_event(&d, e);
		judge_event(&d.judge, e);
		if (marked || e->kind == EVENT_LOST || out->length != d.from)
			draw_remark(&d, e, marked ? j->cause_class : NULL);
	}
	judge_end(&d.judge);
}
