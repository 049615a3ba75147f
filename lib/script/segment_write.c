/* Writes the pieces of the notation: segments, numbers, times, states, actions. Their places on the line are ladder_write.c's. */
#include "lib/script/reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void seqnum_write(const char *field, const struct seqnum *q, struct text *out)
{
	text_add(out, "<%s=%s", field, q->prior ? "'" : "");
	switch (q->kind) {
	case SEQ_UNSAID:
		break;
	case SEQ_ABSOLUTE:
		text_add(out, "#%" PRIu32, q->number);
		break;
	case SEQ_FIGURE:
		text_add(out, "%" PRIu32, q->number);
		break;
	case SEQ_NAME:
		text_add(out, "%s", q->name);
		break;
	case SEQ_VARIABLE:
		text_add(out, "%s", variable_word(q->variable));
		break;
	}
	if (q->offset)
		text_add(out, "%+" PRId64, q->offset);
	text_add(out, ">");
}

/* An EXPECT writes what differs from the bits that are always asserted; a SEND writes the bits that it sets. */
static void ctl_write(const struct said_segment *s, bool expect, struct text *out)
{
	uint16_t bit = 0;
	const char *word, *before = "<CTL=";
	for (unsigned i = 0; (word = bit_word(i, &bit)) != NULL; i++) {
		bool set = s->ctl & bit, care = s->ctl_care & bit, always = CTL_ALWAYS & bit;
		const char *sign = set ? "" : !expect       ? NULL
		                          : care && !always ? "!"
		                          : !care && always ? "?"
		                                            : NULL;
		if (!sign)
			continue;
		text_add(out, "%s%s%s", before, sign, word);
		before = ",";
	}
	if (before[0] == '<')
		text_add(out, "<CTL=0");
	text_add(out, ">");
}

void segment_write(const struct said_segment *s, bool expect, struct text *out)
{
	if (s->said & SAY_ICMP)
		text_add(out, "<ICMP=%u/%u>", s->icmp_type, s->icmp_code);
	if (s->said & SAY_MTU)
		text_add(out, "<MTU=%u>", s->mtu);
	if (s->said & SAY_SEQ)
		seqnum_write("SEQ", &s->seq, out);
	if (s->said & SAY_ACK)
		seqnum_write("ACK", &s->ack, out);
	bool plain = s->ctl == 0 && (!expect || s->ctl_care == CTL_ALWAYS);
	if (!plain || !(s->said & (SAY_ICMP | SAY_RAW)))
		ctl_write(s, expect, out);
	if (s->said & SAY_WND)
		text_add(out, "<WND=%u%s>", s->wnd, s->wnd_test == WND_AT_LEAST ? "+" : s->wnd_test == WND_AT_MOST ? "-"
		                                                                                                   : "");
	if (s->said & SAY_UP)
		text_add(out, "<UP=%u>", s->up);
	if (s->said & SAY_DATA && s->data == DATA_WINDOW)
		text_add(out, "<DATA=RCV.WND>");
	else if (s->said & SAY_DATA)
		text_add(out, "<DATA=%" PRIu32 "%s%s>", s->data, s->data_most ? "-" : "", s->data_split ? "/" : "");
	if (s->said & SAY_OPT)
		text_add(out, "<OPT=%s>", s->opt);
	if (s->said & SAY_CHK)
		text_add(out, "<CHK=%s0x%04x>", s->chk_flips ? "^" : "", s->chk);
	if (s->said & SAY_OFF)
		text_add(out, "<OFF=%u>", s->off);
	if (s->said & SAY_RSV)
		text_add(out, "<RSV=%u>", s->rsv);
	if (s->said & SAY_SRC)
		text_add(out, s->src_last ? "<SRC=%u..%u>" : "<SRC=%u>", s->src_port, s->src_last);
	if (s->said & SAY_RAW)
		text_add(out, "<RAW=%s>", s->raw);
	ip_fields_write(s->said, &s->ip, out);
}

void duration_write(struct duration d, struct text *out)
{
	char digits[64];
	snprintf(digits, sizeof digits, "%.6f", d.number);
	size_t n = strlen(digits);
	while (digits[n - 1] == '0')
		n--;
	if (digits[n - 1] == '.')
		n--;
	text_add(out, "%.*s %s", (int)n, digits, unit_word(d.unit));
}

void states_write(uint16_t states, struct text *out)
{
	const char *before = "";
	for (enum state s = CLOSED; s < STATES; s++)
		if (states & 1u << s) {
			text_add(out, "%s%s", before, state_name(s));
			before = "|";
		}
}

/* In the largest unit that says it exactly. */
static void time_value_write(uint64_t us, struct text *out)
{
	static const struct {
		uint64_t us;
		const char *word;
	} units[] = {{60000000, "min"}, {1000000, "s"}, {1000, "ms"}, {1, "us"}};
	size_t i = 0;
	while (us % units[i].us)
		i++;
	text_add(out, " %" PRIu64 " %s", us / units[i].us, units[i].word);
}

static void setting_write(enum user_setting s, uint64_t value, struct text *out)
{
	text_add(out, " %s", user_setting_name(s));
	switch (user_setting_form(s)) {
	case FORM_FLAG:
		text_add(out, value ? " yes" : " no");
		break;
	case FORM_TIME:
		time_value_write(value, out);
		break;
	case FORM_NUMBER:
		text_add(out, " %" PRIu64, value);
		break;
	}
}

void action_write(const struct action *a, struct text *out)
{
	text_add(out, "(");
	switch (a->kind) {
	case ACTION_CALL:
		text_add(out, "%s", call_words(a->call));
		if (a->call == CALL_SEND || a->call == CALL_RECEIVE)
			text_add(out, " %" PRIu32 "%s", a->n, a->push ? " push" : a->urgent ? " urgent"
			                                                                    : "");
		if (a->call == CALL_OPEN_ACTIVE && a->n)
			text_add(out, "%s %" PRIu32, a->push ? " with" : "", a->n);
		if (a->call == CALL_OPEN_ACTIVE && a->place)
			text_add(out, " %s", open_place_words(a->place));
		if (a->call == CALL_SET)
			setting_write(a->setting, a->value, out);
		break;
	case ACTION_WAIT:
		duration_write(a->time, out);
		break;
	case ACTION_SILENCE:
		text_add(out, "%s%s", a->strict ? "nothing" : "silence", a->has_time ? " " : "");
		if (a->has_time)
			duration_write(a->time, out);
		break;
	case ACTION_SIGNAL:
		text_add(out, "signal %s", signal_name(a->signal));
		break;
	case ACTION_ISNS:
		text_put(out, a->isns == ISNS_BY_CLOCK ? "ISNs by the clock" : a->isns == ISNS_UNRELATED ? "ISNs unrelated"
		                                                                                         : "stamps unrelated");
		break;
	case ACTION_BY_MODEL:
		text_add(out, "by the model");
		break;
	}
	text_add(out, ")");
}
