/* Draws a stream: user calls where a segment shows them, a state where it is known, numbers counted as in the standard's figures. It follows both sides, and judges by lib/run/follow.c. */
#include "lib/run/stream_ladder.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/run/follow.h"
#include "lib/script/ladder.h"
#include "lib/wire/seq.h"

enum { REMARK_COLUMN = 84,
       FIGURE_A = 100, /* what the standard's figures begin with */
       FIGURE_B = 300 };

struct picture {
	const struct stream *s;
	struct text *out;
	const bool *sides;
	struct follow follow[2];
	bool has_base[2];
	uint32_t base[2]; /* the number that is told as 100, or 300 */
	bool has_said[2];
	enum state said[2]; /* the state that was written last */
	unsigned number, marks;
};

static const struct segment *first_of(const struct stream *s, bool from_a)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->packet[i].from_a == from_a)
			return &s->packet[i].segment;
	return NULL;
}

static void sides_begin(struct picture *p)
{
	const struct segment *first[2] = {first_of(p->s, true), first_of(p->s, false)};
	for (unsigned side = 0; side < 2; side++) {
		if (!p->sides[side])
			continue;
		if (p->s->from_start)
			follow_begin(&p->follow[side]);
		else
			follow_begin_amid(&p->follow[side], first[side], first[!side], p->s->packet[0].at);
	}
}

/* ---- numbers ---- */

static void base_take(struct picture *p, unsigned side, uint32_t live)
{
	if (!p->has_base[side]) {
		p->has_base[side] = true;
		p->base[side] = live;
	}
}

/* The number of that side as a figure tells it. */
static void number_add(const struct picture *p, unsigned side, uint32_t live, struct text *to)
{
	const uint32_t figure = side ? FIGURE_B : FIGURE_A;
	const int32_t from_base = (int32_t)(live - p->base[side]);
	if (!p->has_base[side])
		text_add(to, "#%" PRIu32, live);
	else if (from_base < -(int32_t)figure)
		text_add(to, "%" PRIu32 "-%" PRIu32, figure, (uint32_t)0 - (uint32_t)from_base);
	else
		text_add(to, "%" PRIu32, figure + (uint32_t)from_base);
}

static void segment_add(struct picture *p, const struct stream_packet *k, struct text *to)
{
	const struct segment *g = &k->segment;
	const unsigned side = !k->from_a;
	const bool blind = g->ctl & CTL_RST && g->seq == 0 && !p->has_base[side];
	if (!blind)
		base_take(p, side, g->seq);
	if (g->ctl & CTL_ACK && !p->has_base[!side])
		base_take(p, !side, g->ack);
	text_add(to, "<SEQ=");
	number_add(p, side, g->seq, to);
	if (g->ctl & CTL_ACK) {
		text_add(to, "><ACK=");
		number_add(p, !side, g->ack, to);
	}
	text_add(to, "><CTL=");
	ctl_print(g->ctl & (uint16_t)~CTL_PSH, to);
	text_add(to, ">");
	if (g->wnd == 0 && !(g->ctl & CTL_RST))
		text_add(to, "<WND=0>");
	if (g->ctl & CTL_URG)
		text_add(to, "<UP=%u>", g->up);
	if (g->text_length)
		text_add(to, "<DATA=%" PRIu32 ">", g->text_length);
}

/* ---- lines ---- */

static void line_number(struct picture *p, char to[16])
{
	snprintf(to, 16, "%u", ++p->number);
}

static void call_draw(struct picture *p, unsigned side, const char *words)
{
	char number[16];
	line_number(p, number);
	ladder_line(p->out, number, side ? "" : words, "", "", "", side ? words : "");
}

static void calls_draw(struct picture *p, unsigned side, const struct follow_calls *calls)
{
	char words[32];
	if (calls->open)
		call_draw(p, side, "(Open active)");
	if (calls->send) {
		snprintf(words, sizeof words, "(Send %" PRIu32 ")", calls->send);
		call_draw(p, side, words);
	}
	if (calls->close)
		call_draw(p, side, "(Close)");
	if (calls->abort)
		call_draw(p, side, "(Abort)");
}

/* The side's state, where it is another than was written last. */
static const char *state_margin(struct picture *p, unsigned side)
{
	enum state s;
	if (!p->sides[side] || !follow_state(&p->follow[side], &s) || (p->has_said[side] && p->said[side] == s))
		return "";
	p->has_said[side] = true;
	p->said[side] = s;
	return state_name(s);
}

static void remark_draw(struct picture *p, size_t from, const struct stream_packet *k, const struct follow *marked)
{
	struct text *out = p->out;
	if (out->length > from && out->at[out->length - 1] == '\n')
		out->at[--out->length] = '\0';
	do
		text_add(out, " ");
	while (out->length - from < REMARK_COLUMN || out->at[out->length - 2] != ' ');
	text_add(out, "# %.3f ms", (double)(int64_t)(k->at - p->s->packet[0].at) / 1000);
	if (k->missing)
		text_add(out, ", %zu octets not captured", k->missing);
	if (k->segment.bad & (BAD_TCP_CHECKSUM | BAD_IP_CHECKSUM))
		text_add(out, ", checksum wrong");
	if (marked)
		text_add(out, "  <== %s [%s]", marked->why, marked->clause);
	text_add(out, "\n");
}

static void packet_draw(struct picture *p, const struct stream_packet *k)
{
	const unsigned side = !k->from_a;
	const char *token = side ? "<--" : "-->";
	struct follow *sender = &p->follow[side];
	struct follow_calls calls = {.open = false};
	struct text segment = {0};
	char number[16];
	const bool lawful = !p->sides[side] || follow_sends(sender, &k->segment, k->at, &calls);
	if (p->sides[!side])
		follow_arrives(&p->follow[!side], &k->segment, k->at);
	calls_draw(p, side, &calls);
	segment_add(p, k, &segment);
	const size_t from = p->out->length;
	line_number(p, number);
	const char *left = state_margin(p, 0), *right = state_margin(p, 1);
	ladder_line(p->out, number, left, token, text_string(&segment), token, right);
	remark_draw(p, from, k, lawful ? NULL : sender);
	p->marks += !lawful;
	text_free(&segment);
}

/* The states before the first packet: none, or what the first packets leave no doubt of. */
static void first_line_draw(struct picture *p)
{
	char number[16];
	line_number(p, number);
	const char *a = p->s->from_start ? "CLOSED" : "ESTABLISHED", *b = "ESTABLISHED";
	if (p->s->from_start) {
		const struct segment *answer = first_of(p->s, false);
		b = !answer || answer->ctl & CTL_SYN ? "LISTEN" : "CLOSED";
	}
	ladder_line(p->out, number, a, "", "", "", b);
}

static void headers_draw(struct picture *p, const char *id, const char *title)
{
	const struct stream *s = p->s;
	struct text *out = p->out;
	text_add(out, "# %s\n", title);
	if (!s->from_start)
		text_add(out, "# The capture begins in mid-connection: states and numbers are inferred from the first segments.\n");
	if (s->duplicates)
		text_add(out, "# %zu packet%s captured twice, told once.\n", s->duplicates, s->duplicates == 1 ? " was" : "s were");
	if (s->cut)
		text_add(out, "# %zu packet%s cut by the snapshot length: lengths are told by the IP headers.\n", s->cut, s->cut == 1 ? " was" : "s were");
	for (unsigned side = 0; side < 2; side++)
		if (s->offload[side])
			text_add(out, "# TCP %c's checksums had not been filled in where the capture was taken.\n", side ? 'B' : 'A');
	text_add(out, "id:     %s\nlevel:  MUST\nref:    RFC 9293 3.10\nplays:  %s\n\n", id, !p->sides[1] ? "A" : p->sides[0] ? "A B"
	                                                                                                                      : "B");
	ladder_line(out, "", "TCP A", "", "", "", "TCP B");
	text_add(out, "\n");
}

unsigned stream_ladder(const struct stream *s, const char *id, const char *title, const bool sides[2], struct text *out)
{
	struct picture p = {.s = s, .out = out, .sides = sides};
	sides_begin(&p);
	headers_draw(&p, id, title);
	first_line_draw(&p);
	for (size_t i = 0; i < s->count; i++)
		packet_draw(&p, &s->packet[i]);
	for (unsigned side = 0; side < 2; side++) {
		if (p.follow[side].mute)
			text_add(out, "# TCP %c: more histories are possible than can be kept; what it sent is judged in part only.\n", side ? 'B' : 'A');
		follow_end(&p.follow[side]);
	}
	return p.marks;
}
