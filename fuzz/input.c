/* The octets of an input, both ways. What the fields mean is input_script.c's. */
#include "fuzz/input.h"

#include <string.h>

/* ---- what the numbers of calls, errors and times stand for: only ever added to, within a version ---- */

const struct input_call input_calls[] = {
    {.call = CALL_OPEN_PASSIVE, .needs = NEED_OPEN_PASSIVE},
    {.call = CALL_OPEN_ACTIVE, .needs = NEED_OPEN_ACTIVE},
    {.call = CALL_SEND, .needs = NEED_SEND, .has_n = true},
    {.call = CALL_SEND, .needs = NEED_SEND, .has_n = true, .push = true},
    {.call = CALL_SEND, .needs = NEED_SEND | NEED_URGENT, .has_n = true, .urgent = true},
    {.call = CALL_RECEIVE, .needs = NEED_RECEIVE, .has_n = true},
    {.call = CALL_CLOSE, .needs = NEED_CLOSE},
    {.call = CALL_RELEASE, .needs = NEED_RELEASE},
    {.call = CALL_ABORT, .needs = NEED_ABORT},
    {.call = CALL_FORGET, .needs = NEED_FORGET},
    {.call = CALL_OPEN_ACTIVE, .needs = NEED_OPEN_ACTIVE | NEED_SMALL_BUFFER, .has_n = true},
    {.call = CALL_SET, .needs = NEED_SET(SET_NAGLE), .setting = SET_NAGLE},
    {.call = CALL_SET, .needs = NEED_SET(SET_KEEPALIVE), .setting = SET_KEEPALIVE},
    {.call = CALL_SET, .needs = NEED_SET(SET_USER_TIMEOUT), .setting = SET_USER_TIMEOUT},
};
const size_t input_call_count = sizeof input_calls / sizeof *input_calls;

const struct input_icmp input_icmps[] = {{3, 0}, {3, 1}, {3, 2}, {3, 3}, {3, 4}, {3, 13}, {4, 0}, {11, 0}, {11, 1}, {12, 0}};
const size_t input_icmp_count = sizeof input_icmps / sizeof *input_icmps;

const struct duration input_waits[] = {{1, UNIT_MS}, {40, UNIT_MS}, {200, UNIT_MS}, {500, UNIT_MS}, {1, UNIT_S}, {1, UNIT_RTO}, {3, UNIT_S}, {10, UNIT_S}, {60, UNIT_S}, {1, UNIT_MSL}, {2, UNIT_MSL}, {150, UNIT_MIN}};
const size_t input_wait_count = sizeof input_waits / sizeof *input_waits;

/* ---- reading ---- */

/* Octets to be read; behind their end there are zeros. */
struct taker {
	const uint8_t *at, *end;
};

static uint8_t take_u8(struct taker *t)
{
	return t->at < t->end ? *t->at++ : 0;
}

static uint16_t take_u16(struct taker *t)
{
	const uint16_t low = take_u8(t);
	return (uint16_t)(low | take_u8(t) << 8);
}

/* Seven bits an octet, the lowest first; the last of five has four. */
static uint32_t take_number(struct taker *t)
{
	uint32_t v = 0;
	for (unsigned shift = 0; shift < 35; shift += 7) {
		const uint8_t o = take_u8(t);
		v |= (uint32_t)(o & 0x7f) << shift;
		if (!(o & 0x80))
			break;
	}
	return v;
}

/* Small ones of both signs are short. */
static int32_t take_offset(struct taker *t)
{
	const uint32_t v = take_number(t);
	return (int32_t)(v >> 1 ^ (0 - (v & 1)));
}

static struct number take_base(struct taker *t)
{
	struct number n = {.base = take_u8(t) % NUMBER_BASES};
	n.offset = n.base == NUMBER_PLAIN ? 0 : take_offset(t);
	return n;
}

static void take_piece(struct taker *t, struct piece *p)
{
	*p = (struct piece){.kind = take_u8(t) % PIECE_KINDS};
	switch ((enum piece_kind)p->kind) {
	case PIECE_NOP:
	case PIECE_EOL:
	case PIECE_SACKOK:
	case PIECE_KINDS:
		break;
	case PIECE_MSS:
	case PIECE_UTO:
		p->value = take_u16(t);
		break;
	case PIECE_WS:
		p->value = take_u8(t);
		break;
	case PIECE_COOKIE:
		p->value = take_u8(t) % 3;
		break;
	case PIECE_TS:
		p->value = take_number(t);
		p->other = take_number(t);
		break;
	case PIECE_SACK:
		p->edge[0] = take_base(t);
		p->edge[1] = take_base(t);
		break;
	case PIECE_KIND:
		p->value = take_u16(t);
		p->other = take_u8(t) % 8;
		break;
	}
}

static void take_segment(struct taker *t, struct move *m)
{
	m->fields = take_u8(t);
	m->ctl = take_u16(t) & CTL_ALL;
	m->seq = take_base(t);
	m->ack = take_base(t);
	if (m->fields & MOVE_WND)
		m->wnd = take_u16(t);
	if (m->fields & MOVE_UP)
		m->up = take_u16(t);
	if (m->fields & MOVE_DATA)
		m->data = take_u16(t) % (TEXT_MAX + 1);
	if (m->fields & MOVE_CHK)
		m->chk = take_u16(t);
	if (m->fields & MOVE_OFF)
		m->off = take_u8(t) & 0xf;
	if (m->fields & MOVE_RSV)
		m->rsv = take_u8(t) & 7;
	if (m->fields & MOVE_ECN)
		m->ecn = take_u8(t) & 3;
	if (m->fields & MOVE_OPTIONS)
		m->pieces = take_u8(t) % (PIECES_MAX + 1);
	for (unsigned i = 0; i < m->pieces; i++)
		take_piece(t, &m->piece[i]);
}

static void take_move(struct taker *t, struct move *m)
{
	memset(m, 0, sizeof *m);
	m->kind = take_u8(t) % MOVE_KINDS;
	switch ((enum move_kind)m->kind) {
	case MOVE_SEGMENT:
		take_segment(t, m);
		break;
	case MOVE_CALL:
		m->which = (uint8_t)(take_u8(t) % input_call_count);
		m->value = take_u16(t);
		break;
	case MOVE_WAIT:
		m->which = (uint8_t)(take_u8(t) % input_wait_count);
		break;
	case MOVE_ICMP:
		m->which = (uint8_t)(take_u8(t) % input_icmp_count);
		m->value = take_u16(t);
		m->seq = take_base(t);
		break;
	case MOVE_RAW:
		m->raw_count = take_u8(t) % (RAW_MAX + 1);
		for (unsigned i = 0; i < m->raw_count; i++)
			m->raw[i] = take_u8(t);
		break;
	case MOVE_KINDS:
		break;
	}
}

bool input_decode(const uint8_t *octets, size_t n, struct input *in, struct error *e)
{
	struct taker t = {octets + 1, octets + n};
	in->count = 0;
	in->v6 = false;
	if (n == 0)
		return error_set(e, "an input of 0 octets: expected its version, %d, in the first one", INPUT_VERSION);
	if (octets[0] != INPUT_VERSION)
		return error_set(e, "octet 0 says version %u: this fuzzer reads version %d; ladders (tcpspec promote) outlive versions, octets do not: write the input anew from its ladder, or with the fuzzer that made it", octets[0], INPUT_VERSION);
	in->v6 = take_u8(&t) & 1;
	while (t.at < t.end && in->count < MOVES_MAX)
		take_move(&t, &in->move[in->count++]);
	return true;
}

/* ---- writing ---- */

struct putter {
	uint8_t *at, *end;
	bool full;
};

static void put_u8(struct putter *p, unsigned v)
{
	if (p->at == p->end)
		p->full = true;
	else
		*p->at++ = (uint8_t)v;
}

static void put_u16(struct putter *p, unsigned v)
{
	put_u8(p, v & 0xff);
	put_u8(p, v >> 8);
}

static void put_number(struct putter *p, uint32_t v)
{
	for (; v >= 0x80; v >>= 7)
		put_u8(p, (v & 0x7f) | 0x80);
	put_u8(p, v);
}

static void put_offset(struct putter *p, int32_t v)
{
	put_number(p, (uint32_t)v << 1 ^ (v < 0 ? UINT32_MAX : 0));
}

static void put_base(struct putter *p, const struct number *n)
{
	put_u8(p, n->base);
	if (n->base != NUMBER_PLAIN)
		put_offset(p, n->offset);
}

static void put_piece(struct putter *p, const struct piece *o)
{
	put_u8(p, o->kind);
	switch ((enum piece_kind)o->kind) {
	case PIECE_NOP:
	case PIECE_EOL:
	case PIECE_SACKOK:
	case PIECE_KINDS:
		break;
	case PIECE_MSS:
	case PIECE_UTO:
		put_u16(p, o->value);
		break;
	case PIECE_WS:
	case PIECE_COOKIE:
		put_u8(p, o->value);
		break;
	case PIECE_TS:
		put_number(p, o->value);
		put_number(p, o->other);
		break;
	case PIECE_SACK:
		put_base(p, &o->edge[0]);
		put_base(p, &o->edge[1]);
		break;
	case PIECE_KIND:
		put_u16(p, o->value);
		put_u8(p, o->other);
		break;
	}
}

static void put_segment(struct putter *p, const struct move *m)
{
	put_u8(p, m->fields);
	put_u16(p, m->ctl);
	put_base(p, &m->seq);
	put_base(p, &m->ack);
	if (m->fields & MOVE_WND)
		put_u16(p, m->wnd);
	if (m->fields & MOVE_UP)
		put_u16(p, m->up);
	if (m->fields & MOVE_DATA)
		put_u16(p, m->data);
	if (m->fields & MOVE_CHK)
		put_u16(p, m->chk);
	if (m->fields & MOVE_OFF)
		put_u8(p, m->off);
	if (m->fields & MOVE_RSV)
		put_u8(p, m->rsv);
	if (m->fields & MOVE_ECN)
		put_u8(p, m->ecn);
	if (m->fields & MOVE_OPTIONS)
		put_u8(p, m->pieces);
	for (unsigned i = 0; m->fields & MOVE_OPTIONS && i < m->pieces; i++)
		put_piece(p, &m->piece[i]);
}

static void put_move(struct putter *p, const struct move *m)
{
	put_u8(p, m->kind);
	switch ((enum move_kind)m->kind) {
	case MOVE_SEGMENT:
		put_segment(p, m);
		break;
	case MOVE_CALL:
		put_u8(p, m->which);
		put_u16(p, m->value);
		break;
	case MOVE_WAIT:
		put_u8(p, m->which);
		break;
	case MOVE_ICMP:
		put_u8(p, m->which);
		put_u16(p, m->value);
		put_base(p, &m->seq);
		break;
	case MOVE_RAW:
		put_u8(p, m->raw_count);
		for (unsigned i = 0; i < m->raw_count; i++)
			put_u8(p, m->raw[i]);
		break;
	case MOVE_KINDS:
		break;
	}
}

static struct putter put_begin(const struct input *in, uint8_t *octets, size_t room)
{
	struct putter p = {octets, octets + room, false};
	put_u8(&p, INPUT_VERSION);
	put_u8(&p, in->v6);
	return p;
}

size_t input_encode(const struct input *in, uint8_t *octets, size_t room)
{
	struct putter p = put_begin(in, octets, room);
	for (unsigned i = 0; i < in->count; i++)
		put_move(&p, &in->move[i]);
	return p.full ? 0 : (size_t)(p.at - octets);
}

size_t input_encode_most(const struct input *in, uint8_t *octets, size_t room)
{
	struct putter p = put_begin(in, octets, room);
	size_t n = 0;
	for (unsigned i = 0; !p.full; i++) {
		n = (size_t)(p.at - octets);
		if (i == in->count)
			break;
		put_move(&p, &in->move[i]);
	}
	return n;
}

bool input_equal(const struct input *a, const struct input *b)
{
	uint8_t x[INPUT_OCTETS_MAX], y[INPUT_OCTETS_MAX];
	const size_t n = input_encode(a, x, sizeof x);
	return n && n == input_encode(b, y, sizeof y) && memcmp(x, y, n) == 0;
}
