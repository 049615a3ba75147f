/* The mutator. Every choice is drawn from the generator that it is given: the same seed changes the same input in the same way. */
#include "fuzz/mutate.h"

#include <string.h>

#include "fuzz/draw.h"
#include "fuzz/phrase.h"

/* What comparisons of sequence numbers turn on. */
static const int32_t edges[] = {0, 1, -1, 2, -2, 3, 8, -8, 100, -100, 535, 536, 537, 1220, 1459, 1460, 1461, 32767, 32768, 65534, 65535, 65536, -65535, -65536, 1 << 20, -(1 << 20), 1 << 30, -(1 << 30), INT32_MAX, INT32_MIN, INT32_MIN + 1};
static const uint16_t windows[] = {0, 1, 2, 100, 535, 536, 1000, 1460, 4096, 8192, 32767, 32768, 65534, 65535};
static const uint16_t texts[] = {0, 1, 2, 3, 8, 100, 535, 536, 537, 1000, 1220, 1400};
static const uint16_t octets_asked[] = {1, 2, 10, 100, 536, 1000, 1460, 3000, 10000, 65535};
/* The combinations that open doors stand several times. */
static const uint16_t bits[] = {CTL_ACK, CTL_ACK, CTL_ACK, CTL_ACK, CTL_ACK | CTL_PSH, CTL_SYN, CTL_SYN, CTL_SYN | CTL_ACK, CTL_SYN | CTL_ACK, CTL_FIN | CTL_ACK, CTL_FIN | CTL_ACK, CTL_RST, CTL_RST | CTL_ACK,
                                CTL_ACK | CTL_URG, CTL_FIN, 0, CTL_SYN | CTL_FIN, CTL_SYN | CTL_RST, CTL_FIN | CTL_RST, CTL_SYN | CTL_ECE | CTL_CWR, CTL_ACK | CTL_ECE, CTL_ACK | CTL_CWR, CTL_URG};
static const uint32_t stamps[] = {0, 1, 99, 100, 101, 102, 200, 1000, 0x7fffffff, 0x80000000, 0xffffffff};

static void number_draw(struct number *n, struct rng *r, bool of_ack)
{
	static const uint8_t seqs[] = {NUMBER_PLAIN, NUMBER_PLAIN, NUMBER_PLAIN, NUMBER_RCV_NXT, NUMBER_RCV_NXT, NUMBER_RCV_END, NUMBER_IRS, NUMBER_ABSOLUTE, NUMBER_SND_NXT};
	static const uint8_t acks[] = {NUMBER_PLAIN, NUMBER_PLAIN, NUMBER_PLAIN, NUMBER_SND_NXT, NUMBER_SND_NXT, NUMBER_SND_UNA, NUMBER_ISS, NUMBER_ABSOLUTE, NUMBER_RCV_NXT};
	n->base = of_ack ? PICK(r, acks) : PICK(r, seqs);
	n->offset = n->base == NUMBER_PLAIN ? 0 : chance(r, 8) ? (int32_t)rng_u32(r)
	                                                       : PICK(r, edges);
}

/* Another one in its neighbourhood. */
static void number_nudge(struct number *n, struct rng *r, bool of_ack)
{
	if (n->base == NUMBER_PLAIN || chance(r, 3))
		number_draw(n, r, of_ack);
	else
		n->offset = (int32_t)((uint32_t)n->offset + (uint32_t)PICK(r, edges));
}

/* Mostly a piece of what is in flight, as a receiver has it. */
static void block_draw(struct piece *p, struct rng *r)
{
	number_draw(&p->edge[0], r, true);
	number_draw(&p->edge[1], r, true);
	if (chance(r, 4))
		return;
	p->edge[0] = (struct number){.base = NUMBER_SND_UNA, .offset = (int32_t)PICK(r, texts)};
	p->edge[1] = chance(r, 3) ? (struct number){.base = NUMBER_SND_NXT} : (struct number){.base = NUMBER_SND_UNA, .offset = p->edge[0].offset + (int32_t)PICK(r, texts)};
}

static void piece_draw(struct piece *p, struct rng *r)
{
	*p = (struct piece){.kind = (uint8_t)rng_below(r, PIECE_KINDS)};
	switch ((enum piece_kind)p->kind) {
	case PIECE_MSS:
		p->value = chance(r, 2) ? PICK(r, texts) : PICK(r, windows);
		break;
	case PIECE_WS:
		p->value = chance(r, 4) ? rng_below(r, 256) : rng_below(r, 18);
		break;
	case PIECE_UTO:
		p->value = rng_below(r, 65536);
		break;
	case PIECE_COOKIE:
		p->value = rng_below(r, 3);
		break;
	case PIECE_TS:
		p->value = chance(r, 6) ? rng_u32(r) : PICK(r, stamps);
		p->other = PICK(r, stamps);
		break;
	case PIECE_SACK:
		block_draw(p, r);
		break;
	case PIECE_KIND:
		p->value = (chance(r, 2) ? rng_below(r, 36) : rng_below(r, 256)) << 8 | (chance(r, 2) ? rng_below(r, chance(r, 2) ? 3 : 12) : rng_below(r, 256)); /* below 2 is no length */
		p->other = rng_below(r, 8);
		break;
	case PIECE_NOP:
	case PIECE_EOL:
	case PIECE_SACKOK:
	case PIECE_KINDS:
		break;
	}
}

static void pieces_change(struct move *m, struct rng *r)
{
	m->fields |= MOVE_OPTIONS;
	if (m->pieces < PIECES_MAX && (m->pieces == 0 || chance(r, 2)))
		piece_draw(&m->piece[m->pieces++], r);
	else if (chance(r, 3))
		m->pieces--;
	else
		piece_draw(&m->piece[rng_below(r, m->pieces)], r);
	if (m->pieces == 0 && chance(r, 2))
		m->fields &= (uint8_t)~MOVE_OPTIONS;
}

/* What most peers offer, so that what depends on it is reached. */
static void pieces_usual(struct move *m)
{
	m->fields |= MOVE_OPTIONS;
	m->pieces = 4;
	m->piece[0] = (struct piece){.kind = PIECE_MSS, .value = 1460};
	m->piece[1] = (struct piece){.kind = PIECE_SACKOK};
	m->piece[2] = (struct piece){.kind = PIECE_TS, .value = 100};
	m->piece[3] = (struct piece){.kind = PIECE_WS, .value = 2};
}

static void segment_draw(struct move *m, struct rng *r)
{
	*m = (struct move){.kind = MOVE_SEGMENT, .ctl = chance(r, 12) ? (uint16_t)rng_below(r, CTL_ALL + 1) : PICK(r, bits)};
	if (chance(r, 4))
		number_draw(&m->seq, r, false);
	if (chance(r, 4))
		number_draw(&m->ack, r, true);
	if (m->ctl & CTL_SYN && chance(r, 3))
		pieces_usual(m);
	if (m->ctl & CTL_SYN && chance(r, 6)) /* its numbers begin again at 0 soon */
		m->seq = (struct number){.base = NUMBER_ABSOLUTE, .offset = -(int32_t)PICK(r, texts)};
	if (chance(r, 3)) {
		m->fields |= MOVE_DATA;
		m->data = PICK(r, texts);
	}
	if (chance(r, 8)) {
		m->fields |= MOVE_WND;
		m->wnd = PICK(r, windows);
	}
	if (m->ctl & CTL_URG && chance(r, 2)) {
		m->fields |= MOVE_UP;
		m->up = PICK(r, texts);
	}
}

/* The header ends within an option: behind its kind, its length, or a part of the rest. */
static void option_cut(struct move *m, struct rng *r)
{
	m->fields |= MOVE_OPTIONS | MOVE_OFF;
	m->off = 6;
	m->pieces = 0;
	for (unsigned before = rng_below(r, 4); before > 0; before--)
		m->piece[m->pieces++] = (struct piece){.kind = PIECE_NOP};
	piece_draw(&m->piece[m->pieces++], r);
}

/* A rare field is set, or left again. */
static void field_flip(struct move *m, struct rng *r)
{
	static const uint8_t rare[] = {MOVE_UP, MOVE_CHK, MOVE_OFF, MOVE_RSV, MOVE_ECN};
	const uint8_t f = PICK(r, rare);
	m->fields ^= f;
	m->up = m->fields & MOVE_UP ? (uint16_t)PICK(r, texts) : 0;
	m->chk = m->fields & MOVE_CHK ? (uint16_t)(1 + rng_below(r, 65535)) : 0;
	m->off = m->fields & MOVE_OFF ? (uint8_t)(m->pieces && chance(r, 2) ? 5 + rng_below(r, m->pieces) : rng_below(r, 16)) : 0; /* it may cut an option in two */
	m->rsv = m->fields & MOVE_RSV ? (uint8_t)rng_below(r, 8) : 0;
	m->ecn = m->fields & MOVE_ECN ? (uint8_t)rng_below(r, 4) : 0;
}

static void segment_change(struct move *m, struct rng *r)
{
	switch (rng_below(r, 10)) {
	case 0:
		m->ctl = PICK(r, bits);
		break;
	case 1:
		m->ctl ^= (uint16_t)(1U << rng_below(r, 9));
		break;
	case 2:
	case 3:
		number_nudge(&m->seq, r, false);
		break;
	case 4:
		number_nudge(&m->ack, r, true);
		break;
	case 5:
		m->fields |= MOVE_WND;
		m->wnd = PICK(r, windows);
		break;
	case 6:
		m->fields |= MOVE_DATA;
		m->data = PICK(r, texts);
		break;
	case 7:
		pieces_change(m, r);
		break;
	case 8:
		field_flip(m, r);
		break;
	case 9:
		option_cut(m, r);
		break;
	}
}

static void other_draw(struct move *m, struct rng *r, enum move_kind k)
{
	*m = (struct move){.kind = (uint8_t)k};
	switch (k) {
	case MOVE_CALL:
		m->which = (uint8_t)rng_below(r, (uint32_t)input_call_count);
		m->value = PICK(r, octets_asked);
		break;
	case MOVE_WAIT:
		m->which = (uint8_t)rng_below(r, (uint32_t)input_wait_count);
		break;
	case MOVE_ICMP:
		m->which = (uint8_t)rng_below(r, (uint32_t)input_icmp_count);
		m->value = PICK(r, windows);
		if (chance(r, 2))
			number_draw(&m->seq, r, true);
		break;
	case MOVE_RAW:
		m->raw_count = (uint8_t)(1 + rng_below(r, RAW_MAX));
		for (unsigned i = 0; i < m->raw_count; i++)
			m->raw[i] = (uint8_t)rng_below(r, 256);
		break;
	case MOVE_SEGMENT:
	case MOVE_KINDS:
		segment_draw(m, r);
		break;
	}
}

static void move_draw(struct move *m, struct rng *r)
{
	const unsigned k = rng_below(r, 32);
	other_draw(m, r, k < 20 ? MOVE_SEGMENT : k < 27 ? MOVE_CALL
	                                     : k < 30   ? MOVE_WAIT
	                                     : k < 31   ? MOVE_ICMP
	                                                : MOVE_RAW);
}

static void move_change(struct move *m, struct rng *r)
{
	if (m->kind == MOVE_SEGMENT)
		segment_change(m, r);
	else if (m->kind == MOVE_RAW && chance(r, 2))
		m->raw[rng_below(r, RAW_MAX)] = (uint8_t)rng_below(r, 256);
	else
		other_draw(m, r, (enum move_kind)m->kind);
}

static void move_insert(struct input *in, unsigned at, const struct move *m)
{
	if (in->count == MOVES_MAX)
		return;
	memmove(&in->move[at + 1], &in->move[at], (in->count - at) * sizeof *m);
	in->move[at] = *m;
	in->count++;
}

static void move_delete(struct input *in, unsigned at)
{
	in->count--;
	memmove(&in->move[at], &in->move[at + 1], (in->count - at) * sizeof *in->move);
}

static void move_swap(struct input *in, unsigned a, unsigned b)
{
	const struct move m = in->move[a];
	in->move[a] = in->move[b];
	in->move[b] = m;
}

/* Most often at the end, where it does not change what the rest has reached. */
static void insert_one(struct input *in, struct rng *r)
{
	struct move m;
	move_draw(&m, r);
	move_insert(in, chance(r, 2) ? in->count : rng_below(r, in->count + 1U), &m);
}

/* The same several times over: what counts repetitions counts further than to two. */
static void repeat_some(struct input *in, struct rng *r, unsigned at)
{
	struct move m = in->move[at];
	const unsigned where = chance(r, 2) ? at + 1 : in->count;
	if (m.kind == MOVE_SEGMENT && chance(r, 2)) /* as a peer does that has seen no acknowledgment */
		m.seq = (struct number){.base = NUMBER_RCV_NXT, .offset = -(int32_t)(m.data + ((m.ctl & CTL_FIN) != 0))};
	for (unsigned n = 1 + (chance(r, 2) ? 0 : rng_below(r, 4)); n > 0; n--)
		move_insert(in, where, &m);
}

/* Moves that belong together: alone each changes little, and the mutator would hardly draw them all. */
static void insert_phrase(struct input *in, struct rng *r)
{
	struct phrase p;
	unsigned at = chance(r, 2) ? in->count : rng_below(r, in->count + 1U);
	if (in->count == 0 || chance(r, 8))
		phrase_opening(&p, r);
	else
		phrase_draw(&p, r);
	for (unsigned i = 0; i < p.count; i++)
		move_insert(in, at++, &p.move[i]);
}

enum { WAYS_SINGLE = 16,
       WAYS = 20 };

/* ways: WAYS, or WAYS_SINGLE, which leaves the phrases out. */
static void change_once(struct input *in, struct rng *r, unsigned ways)
{
	const unsigned how = in->count ? rng_below(r, ways) : ways == WAYS && chance(r, 2) ? WAYS_SINGLE
	                                                                                   : 0;
	const unsigned at = in->count ? rng_below(r, in->count) : 0;
	struct move m;
	if (how >= WAYS_SINGLE) {
		insert_phrase(in, r);
	} else if (how < 5) {
		insert_one(in, r);
	} else if (how < 11) {
		move_change(&in->move[at], r);
	} else if (how < 13) {
		move_delete(in, at);
	} else if (how < 14) {
		repeat_some(in, r, at);
	} else if (how < 15) {
		move_swap(in, at, rng_below(r, in->count));
	} else if (chance(r, 4)) {
		in->v6 = !in->v6;
	} else {
		other_draw(&m, r, MOVE_WAIT);
		move_insert(in, at, &m);
	}
}

static void change(struct input *in, struct rng *r, unsigned ways)
{
	const unsigned times = chance(r, 2) ? 1 : 1 + rng_below(r, 5);
	for (unsigned i = 0; i < times; i++)
		change_once(in, r, ways);
}

void input_mutate(struct input *in, struct rng *r)
{
	change(in, r, WAYS);
}

void input_mutate_singly(struct input *in, struct rng *r)
{
	change(in, r, WAYS_SINGLE);
}

void input_splice(struct input *in, const struct input *a, const struct input *b, struct rng *r)
{
	const unsigned cut = rng_below(r, a->count + 1U), from = chance(r, 2) ? rng_below(r, b->count + 1U) : cut < b->count ? cut
	                                                                                                                     : 0;
	in->v6 = a->v6;
	in->count = 0;
	for (unsigned i = 0; i < cut; i++)
		in->move[in->count++] = a->move[i];
	for (unsigned i = from; i < b->count && in->count < MOVES_MAX; i++)
		in->move[in->count++] = b->move[i];
}

void input_random(struct input *in, struct rng *r, unsigned moves)
{
	in->v6 = chance(r, 2);
	in->count = 0;
	for (unsigned n = 1 + rng_below(r, moves); in->count < n && in->count < MOVES_MAX;) {
		struct move m;
		move_draw(&m, r);
		in->move[in->count++] = m;
	}
}
