/* Phrases. Each choice is drawn from the generator; their lengths are few and small, so that the same text comes again and pieces of it meet. */
#include "fuzz/phrase.h"

#include "fuzz/draw.h"

/* Octets of text; of a segment that is full, with timestamps and without; that the user asks for. */
static const uint16_t lengths[] = {1, 2, 8, 10, 100, 536};
static const uint16_t full[] = {100, 524, 536, 1000, 1448, 1460};
static const uint16_t asked[] = {1, 10, 1000, 3000, 6000, 10000};

static struct number behind(enum number_base base, int32_t offset)
{
	return (struct number){.base = (uint8_t)base, .offset = offset};
}

/* ---- moves ---- */

/* The next of the phrase; where there is no room the last one once more. */
static struct move *move_next(struct phrase *p, enum move_kind kind)
{
	struct move *m = &p->move[p->count < PHRASE_MAX ? p->count++ : PHRASE_MAX - 1];
	*m = (struct move){.kind = (uint8_t)kind};
	return m;
}

static struct move *segment(struct phrase *p, uint16_t ctl)
{
	struct move *m = move_next(p, MOVE_SEGMENT);
	m->ctl = ctl;
	return m;
}

static void say_window(struct move *m, uint16_t wnd)
{
	m->fields |= MOVE_WND;
	m->wnd = wnd;
}

static void say_text(struct move *m, uint16_t octets)
{
	m->fields |= MOVE_DATA;
	m->data = octets;
}

static void say_option(struct move *m, struct piece o)
{
	m->fields |= MOVE_OPTIONS;
	if (m->pieces < PIECES_MAX)
		m->piece[m->pieces++] = o;
}

static void call(struct phrase *p, enum call c, uint16_t n)
{
	struct move *m = move_next(p, MOVE_CALL);
	while (m->which + 1U < input_call_count && input_calls[m->which].call != c)
		m->which++;
	m->value = n;
}

/* The user sets something of the connection: a time in seconds, or 1 for yes. */
static void set(struct phrase *p, enum user_setting what, uint16_t value)
{
	struct move *m = move_next(p, MOVE_CALL);
	while (m->which + 1U < input_call_count && (input_calls[m->which].call != CALL_SET || input_calls[m->which].setting != what))
		m->which++;
	m->value = value;
}

static void wait_any(struct phrase *p, struct rng *r)
{
	move_next(p, MOVE_WAIT)->which = (uint8_t)rng_below(r, (uint32_t)input_wait_count);
}

/* A round trip: of the waits those that come first and are told in milliseconds. */
static void wait_short(struct phrase *p, struct rng *r)
{
	uint32_t n = 0;
	while (n < input_wait_count && input_waits[n].unit == UNIT_MS)
		n++;
	move_next(p, MOVE_WAIT)->which = (uint8_t)rng_below(r, n);
}

static void wait_unit(struct phrase *p, enum duration_unit unit)
{
	struct move *m = move_next(p, MOVE_WAIT);
	while (m->which + 1U < input_wait_count && input_waits[m->which].unit != unit)
		m->which++;
}

/* ---- phrases ---- */

/* What a SYN offers: each option or not, so that all that depends on one is reached without the others too. An MSS may be so small that the options fill it. */
static void offer(struct move *m, struct rng *r)
{
	if (chance(r, 2))
		say_option(m, (struct piece){.kind = PIECE_MSS, .value = chance(r, 6) ? rng_below(r, 24) : PICK(r, full)});
	if (chance(r, 2))
		say_option(m, (struct piece){.kind = PIECE_SACKOK});
	if (chance(r, 2))
		say_option(m, (struct piece){.kind = PIECE_TS, .value = 100});
	if (chance(r, 3))
		say_option(m, (struct piece){.kind = PIECE_WS, .value = rng_below(r, 16)});
}

void phrase_opening(struct phrase *p, struct rng *r)
{
	const bool active = chance(r, 3);
	struct move *syn;
	p->count = 0;
	call(p, active ? CALL_OPEN_ACTIVE : CALL_OPEN_PASSIVE, 0);
	syn = segment(p, active ? CTL_SYN | CTL_ACK : CTL_SYN);
	offer(syn, r);
	if (chance(r, 4)) /* its numbers begin again at 0 within the next few segments */
		syn->seq = behind(NUMBER_ABSOLUTE, -(int32_t)(1 + PICK(r, lengths)));
	if (!active)
		segment(p, CTL_ACK);
}

/* Segments ahead of their turn, each beside the one before it: behind a gap, touching it, over a part of it, or a part of it; then what was missing, perhaps with all the rest. */
static void train(struct phrase *p, struct rng *r)
{
	const uint16_t length = PICK(r, lengths), half = (uint16_t)((length + 1U) / 2);
	const int32_t strides[] = {2 * length, length + half, length, half, -half, -length};
	const int32_t stride = PICK(r, strides);
	int32_t at = length + (stride < 0 ? -6 * stride : 0);
	uint16_t n = length;
	for (unsigned left = 2 + rng_below(r, 5); left > 0; left--) {
		struct move *m = segment(p, CTL_ACK);
		m->seq = behind(NUMBER_RCV_NXT, at);
		say_text(m, n);
		at += chance(r, 5) ? PICK(r, strides) : stride;
		if (at <= 0)
			at = half;
		if (chance(r, 5))
			n = PICK(r, lengths);
	}
	if (chance(r, 3))
		return;
	struct move *first = segment(p, CTL_ACK);
	first->seq = behind(NUMBER_RCV_NXT, chance(r, 3) ? half : 0);
	say_text(first, chance(r, 2) ? length : chance(r, 2) ? TEXT_MAX
	                                                     : (uint16_t)(at > 0 && at < TEXT_MAX ? at : half));
	if (chance(r, 2))
		call(p, CALL_RECEIVE, 10000);
}

/* The window shuts over what is in flight or before it, stays so while it is probed, and opens or does not. */
static void shut_window(struct phrase *p, struct rng *r)
{
	if (chance(r, 2))
		call(p, CALL_SEND, PICK(r, asked));
	struct move *m = segment(p, CTL_ACK);
	m->ack = chance(r, 2) ? behind(NUMBER_SND_UNA, 0) : behind(NUMBER_PLAIN, 0);
	say_window(m, 0);
	if (chance(r, 2))
		call(p, chance(r, 2) ? CALL_CLOSE : CALL_SEND, PICK(r, asked));
	for (unsigned n = rng_below(r, 3); n > 0; n--) {
		wait_unit(p, UNIT_RTO);
		m = segment(p, CTL_ACK);
		m->ack = chance(r, 2) ? behind(NUMBER_SND_UNA, 0) : behind(NUMBER_PLAIN, 0);
		say_window(m, 0);
	}
	if (chance(r, 2))
		wait_unit(p, UNIT_RTO);
	if (chance(r, 2))
		say_window(segment(p, CTL_ACK), PICK(r, full));
}

/* The peer has room for what the user sends to the octet, or for one more or one less, before he closes or after. */
static void exact_fit(struct phrase *p, struct rng *r)
{
	const uint16_t length = (uint16_t)(PICK(r, full) * (1 + rng_below(r, 3))), room = (uint16_t)(length + rng_below(r, 3) - 1);
	const bool late = chance(r, 2);
	if (!late)
		say_window(segment(p, CTL_ACK), room);
	call(p, CALL_SEND, length);
	if (chance(r, 2))
		call(p, CALL_CLOSE, 0);
	struct move *m = segment(p, CTL_ACK);
	if (late)
		m->ack = behind(NUMBER_SND_UNA, 0);
	if (late || chance(r, 2))
		say_window(m, room);
	if (chance(r, 2))
		wait_unit(p, UNIT_RTO);
}

/* Up to three pieces of what is in flight, each a segment's length or several, with a segment between them that did not come. */
static void say_blocks(struct move *m, struct rng *r, int32_t from, int32_t length)
{
	for (unsigned n = 1 + rng_below(r, 3); n > 0; n--) {
		const int32_t to = from + length * (int32_t)(1 + rng_below(r, 3));
		const bool all = chance(r, 4);
		say_option(m, (struct piece){.kind = PIECE_SACK, .edge = {behind(NUMBER_SND_UNA, from), all ? behind(NUMBER_SND_NXT, 0) : behind(NUMBER_SND_UNA, to)}});
		if (all)
			break;
		from = to + length;
	}
}

/* A segment of several is lost: duplicates, with SACK or without, a round trip later; then a part of it is acknowledged, or all but the last, and time runs out. The peer, whose user reads nothing, may have room for less than a segment, or
 * for none. */
static void loss(struct phrase *p, struct rng *r)
{
	const uint16_t length = PICK(r, full), room = chance(r, 2) ? 0 : PICK(r, lengths);
	const bool sack = !chance(r, 3), tight = chance(r, 4);
	call(p, CALL_SEND, (uint16_t)(length * (3 + rng_below(r, 6))));
	if (chance(r, 4))
		wait_short(p, r);
	if (chance(r, 2)) /* cwnd grows */
		segment(p, CTL_ACK)->ack = behind(NUMBER_SND_UNA, length);
	for (unsigned n = 1 + rng_below(r, 5); n > 0; n--) {
		struct move *m = segment(p, CTL_ACK);
		m->ack = behind(NUMBER_SND_UNA, 0);
		if (tight)
			say_window(m, room);
		if (sack)
			say_blocks(m, r, length, length);
	}
	for (unsigned n = rng_below(r, 3); n > 0; n--) {
		struct move *m = segment(p, CTL_ACK);
		m->ack = chance(r, 4) ? behind(NUMBER_SND_NXT, -length) : behind(NUMBER_SND_UNA, length * (int32_t)(1 + rng_below(r, 4)));
		if (tight)
			say_window(m, room);
		if (sack && chance(r, 2))
			say_blocks(m, r, 2 * length, length);
	}
	if (chance(r, 2))
		wait_unit(p, UNIT_RTO);
	if (chance(r, 2))
		segment(p, CTL_ACK);
}

/* Both ends close, in whatever order, and know of each other's FIN or do not. */
static void closing(struct phrase *p, struct rng *r)
{
	const unsigned close = rng_below(r, 3);
	for (unsigned i = 0; i < 3; i++) {
		if (i == close)
			call(p, CALL_CLOSE, 0);
		struct move *m = segment(p, chance(r, 2) ? CTL_FIN | CTL_ACK : CTL_ACK);
		if (chance(r, 2))
			m->ack = behind(chance(r, 2) ? NUMBER_SND_UNA : NUMBER_SND_NXT, -(int32_t)rng_below(r, 2));
		if (chance(r, 4))
			say_text(m, PICK(r, lengths));
	}
	if (chance(r, 3))
		wait_unit(p, chance(r, 2) ? UNIT_RTO : UNIT_MSL);
}

/* The user has said how long he waits, or wants to know whether the peer is there: time passes, a part of what was sent is acknowledged or nothing, perhaps because duplicates have had it sent again, and time passes again. */
static void patience(struct phrase *p, struct rng *r)
{
	static const uint16_t seconds[] = {1, 2, 3, 10, 60, 100};
	const uint16_t length = PICK(r, full);
	if (chance(r, 3))
		set(p, SET_KEEPALIVE, 1);
	else
		set(p, SET_USER_TIMEOUT, PICK(r, seconds));
	if (!chance(r, 3))
		call(p, CALL_SEND, (uint16_t)(length * (1 + rng_below(r, 6))));
	for (unsigned n = chance(r, 3) ? 3 : 0; n > 0; n--)
		segment(p, CTL_ACK)->ack = behind(NUMBER_SND_UNA, 0);
	for (unsigned n = 1 + rng_below(r, 3); n > 0; n--) {
		wait_any(p, r);
		if (chance(r, 4))
			continue;
		struct move *m = segment(p, CTL_ACK);
		if (chance(r, 2))
			m->ack = behind(NUMBER_SND_UNA, length * (int32_t)rng_below(r, 3));
	}
	wait_any(p, r);
}

void phrase_draw(struct phrase *p, struct rng *r)
{
	static void (*const phrases[])(struct phrase *, struct rng *) = {train, train, shut_window, exact_fit, loss, closing, patience};
	const unsigned which = rng_below(r, sizeof phrases / sizeof *phrases);
	p->count = 0;
	phrases[which](p, r);
}
