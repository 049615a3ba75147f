/* What an input means: its moves as steps of a script. How it is written in octets is input.c's. */
#include "fuzz/input.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/wire/option.h"

static const enum seq_variable variable_of[NUMBER_BASES] = {
    [NUMBER_SND_UNA] = VAR_SND_UNA,
    [NUMBER_SND_NXT] = VAR_SND_NXT,
    [NUMBER_RCV_NXT] = VAR_RCV_NXT,
    [NUMBER_RCV_END] = VAR_RCV_END,
    [NUMBER_ISS] = VAR_ISS,
    [NUMBER_IRS] = VAR_IRS,
};

static const char *const word_of[NUMBER_BASES] = {
    [NUMBER_PLAIN] = "#0",
    [NUMBER_SND_UNA] = "SND.UNA",
    [NUMBER_SND_NXT] = "SND.NXT",
    [NUMBER_RCV_NXT] = "RCV.NXT",
    [NUMBER_RCV_END] = "RCV.END",
    [NUMBER_ISS] = "ISS",
    [NUMBER_IRS] = "IRS",
};

static bool number_say(const struct number *n, struct seqnum *q)
{
	if (n->base == NUMBER_PLAIN)
		return false;
	if (n->base == NUMBER_ABSOLUTE) {
		q->kind = SEQ_ABSOLUTE;
		q->number = (uint32_t)n->offset;
		return true;
	}
	q->kind = SEQ_VARIABLE;
	q->variable = variable_of[n->base];
	q->offset = n->offset;
	return true;
}

static int edge_put(const struct number *n, char *to, size_t room)
{
	if (n->base == NUMBER_ABSOLUTE)
		return snprintf(to, room, "#%" PRIu32, (uint32_t)n->offset);
	return n->offset ? snprintf(to, room, "%s%+" PRId32, word_of[n->base], n->offset) : snprintf(to, room, "%s", word_of[n->base]);
}

/* The length octet that is said and the octets that follow need not agree. */
static int kind_put(const struct piece *p, char *to, size_t room)
{
	int n = snprintf(to, room, "K%u:L%u", p->value >> 8, p->value & 0xff);
	for (unsigned i = 0; i < p->other && n < (int)room; i++)
		n += snprintf(to + n, room - (size_t)n, "/%u", i);
	return n;
}

static int piece_put(const struct piece *p, char *to, size_t room)
{
	static const char *const cookies[] = {"TFO", "TFO:cookie", "TFO:forged"};
	int n;
	switch ((enum piece_kind)p->kind) {
	case PIECE_NOP:
		return snprintf(to, room, "NOP");
	case PIECE_EOL:
		return snprintf(to, room, "EOL");
	case PIECE_SACKOK:
		return snprintf(to, room, "SACKOK");
	case PIECE_MSS:
		return snprintf(to, room, "MSS:%u", p->value);
	case PIECE_WS:
		return snprintf(to, room, "WS:%u", p->value);
	case PIECE_UTO:
		return snprintf(to, room, "K28:L4/%u/%u", p->value >> 8, p->value & 0xff);
	case PIECE_TS:
		return snprintf(to, room, "TS:%u/%u", p->value, p->other);
	case PIECE_COOKIE:
		return snprintf(to, room, "%s", cookies[p->value]);
	case PIECE_SACK:
		n = snprintf(to, room, "SACK:");
		n += edge_put(&p->edge[0], to + n, room - (size_t)n);
		n += snprintf(to + n, n < (int)room ? room - (size_t)n : 0, "/");
		return n + (n < (int)room ? edge_put(&p->edge[1], to + n, room - (size_t)n) : 0);
	case PIECE_KIND:
		return kind_put(p, to, room);
	case PIECE_KINDS:
		break;
	}
	return 0;
}

/* Octets in the header, so that the whole stays below 40. */
static unsigned piece_octets(const struct piece *p)
{
	static const uint8_t octets[PIECE_KINDS] = {[PIECE_NOP] = 1, [PIECE_EOL] = 1, [PIECE_MSS] = 4, [PIECE_WS] = 3, [PIECE_SACKOK] = 2, [PIECE_TS] = 10, [PIECE_SACK] = 10, [PIECE_UTO] = 4, [PIECE_COOKIE] = 10, [PIECE_KIND] = 2};
	return octets[p->kind] + (p->kind == PIECE_KIND ? p->other : 0);
}

void input_options(const struct move *m, char *to, size_t room)
{
	size_t at = 0;
	unsigned octets = 0;
	to[0] = '\0';
	for (unsigned i = 0; i < m->pieces; i++) {
		char one[96];
		const int n = piece_put(&m->piece[i], one, sizeof one);
		octets += piece_octets(&m->piece[i]);
		if (octets > OPTIONS_MAX || at + (size_t)n + 2 > room)
			break;
		if (at)
			to[at++] = ',';
		memcpy(to + at, one, (size_t)n + 1);
		at += (size_t)n;
	}
	if (at == 0)
		memcpy(to, "none", sizeof "none");
}

static void segment_say(const struct move *m, struct said_segment *q)
{
	q->ctl = m->ctl;
	q->ctl_care = CTL_ALL;
	q->said |= number_say(&m->seq, &q->seq) ? SAY_SEQ : 0U;
	q->said |= number_say(&m->ack, &q->ack) ? SAY_ACK : 0U;
	q->wnd = m->wnd;
	q->up = m->up;
	q->data = m->data;
	q->off = m->off;
	q->rsv = m->rsv;
	q->ip.ecn = m->ecn;
	q->chk = m->chk;
	q->chk_flips = m->chk != 0;
	q->said |= (m->fields & MOVE_WND ? SAY_WND : 0U) | (m->fields & MOVE_UP ? SAY_UP : 0U) | (m->data ? SAY_DATA : 0U) | (m->fields & MOVE_OFF ? SAY_OFF : 0U) |
	           (m->rsv ? SAY_RSV : 0U) | (m->fields & MOVE_ECN ? SAY_ECN : 0U) | (m->chk ? SAY_CHK : 0U);
	if (m->fields & MOVE_OPTIONS) {
		q->said |= SAY_OPT;
		input_options(m, q->opt, sizeof q->opt);
	}
}

static bool icmp_say(const struct move *m, enum family f, struct said_segment *q)
{
	const struct input_icmp *i = &input_icmps[m->which];
	uint8_t type = i->type, code = i->code;
	if (!icmp_for_family(f, &type, &code))
		return false;
	q->said = SAY_ICMP | (number_say(&m->seq, &q->seq) ? SAY_SEQ : 0U);
	q->ctl_care = CTL_ALL;
	q->icmp_type = i->type;
	q->icmp_code = i->code;
	if (i->type == 3 && i->code == 4) {
		q->said |= SAY_MTU;
		q->mtu = m->value;
	}
	return true;
}

static bool raw_say(const struct move *m, struct said_segment *q)
{
	q->said = SAY_RAW;
	q->ctl_care = CTL_ALL;
	for (unsigned i = 0; i < m->raw_count; i++)
		snprintf(q->raw + 2 * i, 3, "%02x", m->raw[i]);
	return m->raw_count > 0;
}

static bool call_say(const struct move *m, unsigned needs_met, struct step *st)
{
	const struct input_call *c = &input_calls[m->which];
	const bool times = c->call == CALL_SET && user_setting_form(c->setting) == FORM_TIME;
	if (c->needs & ~needs_met)
		return false;
	st->kind = STEP_CALL;
	st->call = c->call;
	st->n = c->has_n ? m->value : 0;
	st->push = c->push;
	st->urgent = c->urgent;
	st->setting = c->setting;
	if (c->call == CALL_SET)
		st->value = times ? m->value * UINT64_C(1000000) : m->value & 1;
	return m->value > 0 || !(c->has_n || times);
}

/* What the user holds. A connection that he let go of, or has aborted, is not his to call again; behind an ABORT, or a loss of memory, he can open another. */
enum hold { HOLD_ALL,
	    HOLD_OPEN,
	    HOLD_NOTHING };

static bool call_is_his(enum call c, enum hold *h)
{
	const bool opens = c == CALL_OPEN_PASSIVE || c == CALL_OPEN_ACTIVE;
	if (*h == HOLD_NOTHING || (*h == HOLD_OPEN && !opens))
		return false;
	*h = c == CALL_RELEASE ? HOLD_NOTHING : c == CALL_ABORT || c == CALL_FORGET ? HOLD_OPEN
	                                                                            : HOLD_ALL;
	return true;
}

static bool move_say(const struct move *m, enum family f, unsigned needs_met, struct step *st)
{
	st->kind = STEP_SEND;
	switch ((enum move_kind)m->kind) {
	case MOVE_SEGMENT:
		segment_say(m, &st->segment);
		return true;
	case MOVE_CALL:
		return call_say(m, needs_met, st);
	case MOVE_WAIT:
		st->kind = STEP_WAIT;
		st->has_within = true;
		st->within = input_waits[m->which];
		return true;
	case MOVE_ICMP:
		return icmp_say(m, f, &st->segment);
	case MOVE_RAW:
		return raw_say(m, &st->segment);
	case MOVE_KINDS:
		break;
	}
	return false;
}

struct script *input_script_new(void)
{
	struct script *s = memory_zeroed(1, sizeof *s);
	snprintf(s->id, sizeof s->id, "fuzz/input/b");
	snprintf(s->title, sizeof s->title, "What the standard permits is all that is done");
	snprintf(s->ref, sizeof s->ref, "RFC 9293 3.10");
	s->side = 'b';
	s->step = memory_zeroed(2 * MOVES_MAX, sizeof *s->step);
	for (unsigned i = 0; i < MOVES_MAX; i++)
		s->step[2 * i + 1].kind = STEP_BY_MODEL;
	return s;
}

bool input_script(const struct input *in, unsigned needs_met, struct script *s)
{
	enum hold hold = HOLD_OPEN;
	s->count = 0;
	for (unsigned i = 0; i < in->count; i++) {
		struct step *st = &s->step[s->count];
		memset(st, 0, sizeof *st);
		if (!move_say(&in->move[i], in->v6 ? IPV6 : IPV4, needs_met, st) || (st->kind == STEP_CALL && !call_is_his(st->call, &hold)))
			continue;
		st[0].line = st[1].line = i + 1;
		st[0].group = st[1].group = (unsigned)s->count / 2 + 1;
		s->count += 2;
	}
	return s->count > 0;
}
