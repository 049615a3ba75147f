/* Received octets: those taken in order and those held beyond a gap (RFC 9293 3.10.7.4, SHLD-31). It knows ranges, not contents. */
#include "lib/model/reaction.h"

#include <string.h>

#include "lib/wire/seq.h"

static void held_remove(struct tcb *t, unsigned at)
{
	t->held_count--;
	for (unsigned i = at; i < t->held_count; i++)
		t->held[i] = t->held[i + 1];
	t->held[t->held_count].from = 0; /* TCBs are compared as octets */
	t->held[t->held_count].to = 0;
}

/* Joins [*from, *to) with every range that touches it, which is taken out. */
static void held_join(struct tcb *t, uint32_t *from, uint32_t *to)
{
	for (unsigned i = 0; i < t->held_count;) {
		const uint32_t f = t->held[i].from, e = t->held[i].to;
		if (seq_lt(e, *from) || seq_lt(*to, f)) {
			i++;
			continue;
		}
		if (seq_lt(f, *from))
			*from = f;
		if (seq_lt(*to, e))
			*to = e;
		held_remove(t, i);
		i = 0;
	}
}

/* In order of SEQ, so that equal sets are equal octets. */
static bool held_insert(struct tcb *t, uint32_t from, uint32_t to)
{
	if (t->held_count == GAPS_MAX)
		return false;
	unsigned at = t->held_count++;
	for (; at > 0 && seq_lt(from, t->held[at - 1].from); at--)
		t->held[at] = t->held[at - 1];
	t->held[at].from = from;
	t->held[at].to = to;
	return true;
}

bool tcb_hold(struct tcb *t, uint32_t from, uint32_t to, bool fin)
{
	const uint32_t end = to;
	bool held = true;
	if (from != to) {
		held_join(t, &from, &to);
		held = held_insert(t, from, to);
	}
	if (held && fin) {
		t->held_fin = true;
		t->held_fin_seq = end;
	}
	return held;
}

bool tcb_cut_held(struct tcb *t)
{
	bool cut = false;
	for (unsigned i = t->held_count; t->held_fin && i-- > 0;) {
		if (!seq_lt(t->held_fin_seq, t->held[i].to))
			continue;
		cut = true;
		if (seq_lt(t->held[i].from, t->held_fin_seq))
			t->held[i].to = t->held_fin_seq;
		else
			held_remove(t, i);
	}
	return cut;
}

/* In order of SEQ, as what is held. More than there is room for are forgotten. */
static void fins_add(struct tcb *t, uint32_t seq)
{
	unsigned at = t->fins_count;
	for (unsigned i = 0; i < t->fins_count; i++)
		if (t->fins[i] == seq)
			return;
	if (at == FINS_MAX)
		return;
	t->fins_count++;
	for (; at > 0 && seq_lt(seq, t->fins[at - 1]); at--)
		t->fins[at] = t->fins[at - 1];
	t->fins[at] = seq;
}

bool tcb_keep_first_fin(struct tcb *first, struct tcb *later, const struct tcb *before)
{
	if (!before->held_fin || before->held_fin_seq == later->held_fin_seq)
		return false;
	if (later->sack_on) { /* nobody else asks for them, and what differs by them alone would be as many TCBs */
		fins_add(later, before->held_fin_seq);
		fins_add(later, later->held_fin_seq);
	}
	*first = *later;
	first->held_fin_seq = before->held_fin_seq;
	return true;
}

static void fins_drop(struct tcb *t)
{
	memset(t->fins, 0, sizeof t->fins);
	t->fins_count = 0;
}

void tcb_drop_held(struct tcb *t)
{
	memset(t->held, 0, sizeof t->held);
	t->held_count = 0;
	t->held_fin = false;
	t->held_fin_seq = 0;
	fins_drop(t);
}

bool tcb_drop_held_beyond(struct tcb *t, uint32_t end)
{
	bool within = false;
	for (unsigned i = t->held_count; i-- > 0 && seq_lt(end, t->held[i].to);) {
		within = seq_lt(t->held[i].from, end);
		if (within)
			t->held[i].to = end;
		else
			held_remove(t, i);
	}
	if (t->held_fin && seq_lt(end, t->held_fin_seq)) {
		t->held_fin = false;
		t->held_fin_seq = 0;
	}
	return within;
}

void tcb_drop_held_upto(struct tcb *t, uint32_t end)
{
	while (t->held_count > 0 && seq_le(t->held[0].from, end)) {
		if (seq_lt(end, t->held[0].to))
			end = t->held[0].to;
		held_remove(t, 0);
	}
	if (t->held_fin && seq_le(t->held_fin_seq, end)) {
		t->held_fin = false;
		t->held_fin_seq = 0;
	}
	if (t->held_count == 0 && !t->held_fin)
		fins_drop(t);
}

void tcb_accept_text(struct tcb *t, uint32_t n)
{
	t->rcv_nxt += n;
	t->rcv_wnd = t->rcv_wnd > n ? t->rcv_wnd - n : 0;
	t->unread += n;
}

bool tcb_accept_held(struct tcb *t, bool *fin)
{
	bool some = false;
	while (t->held_count > 0 && seq_le(t->held[0].from, t->rcv_nxt)) {
		if (seq_lt(t->rcv_nxt, t->held[0].to))
			tcb_accept_text(t, t->held[0].to - t->rcv_nxt);
		held_remove(t, 0);
		some = true;
	}
	*fin = t->held_fin && t->held_fin_seq == t->rcv_nxt;
	if (*fin || (t->held_fin && seq_lt(t->held_fin_seq, t->rcv_nxt))) {
		t->held_fin = false;
		t->held_fin_seq = 0;
	}
	if (t->held_count == 0 && !t->held_fin)
		fins_drop(t);
	return some || *fin;
}

/* A FIN has a number as an octet has, whichever of several is believed. */
static bool fin_has_number(const struct tcb *t, uint32_t seq)
{
	for (unsigned i = 0; i < t->fins_count; i++)
		if (t->fins[i] == seq)
			return true;
	return t->held_fin && t->held_fin_seq == seq;
}

/* How far what is held goes on from there. */
static uint32_t held_upto(const struct tcb *t, uint32_t from)
{
	for (unsigned i = 0; i < t->held_count; i++)
		if (seq_le(t->held[i].from, from) && seq_lt(from, t->held[i].to))
			return t->held[i].to;
	return fin_has_number(t, from) ? from + 1 : from;
}

static bool range_held(const struct tcb *t, uint32_t from, uint32_t to)
{
	while (seq_lt(from, to)) {
		const uint32_t upto = held_upto(t, from);
		if (upto == from)
			return false;
		from = upto;
	}
	return true;
}

/* What leaves before the arrival's text and FIN are taken tells of what was held by then: it is in order now, or the FIN has ended it. */
static bool held_before_text(const struct tcb *t, uint32_t ack, uint32_t to)
{
	return t->before_text && ack == t->before_ack && (t->fin_received || seq_le(to, t->rcv_nxt));
}

/* A D-SACK stands first, below the ACK or inside of the second block (RFC 2883 4). */
static unsigned first_of_held(const struct segment *s)
{
	const struct options *o = &s->options;
	return o->sack_blocks > 0 && (seq_le(o->sack[0].right, s->ack) ||
	                              (o->sack_blocks > 1 && seq_le(o->sack[1].left, o->sack[0].left) && seq_le(o->sack[0].right, o->sack[1].right)));
}

/* The first may tell of what came last though it is not held: it "MUST reflect the newest segment even if the newest segment is going to be discarded" (RFC 2018 8). */
static bool first_is_true(const struct tcb *t, uint32_t from, uint32_t to)
{
	struct tcb with = *t;
	if (range_held(t, from, to))
		return true;
	return t->newest_from != t->newest_to && tcb_hold(&with, t->newest_from, t->newest_to, false) && range_held(&with, from, to);
}

/* As text: the number of a FIN that is believed in its place is none. */
static bool newest_held(const struct tcb *t)
{
	for (unsigned i = 0; i < t->held_count; i++)
		if (seq_le(t->held[i].from, t->newest_from) && seq_le(t->newest_to, t->held[i].to))
			return true;
	return false;
}

bool tcb_tells_newest(const struct tcb *t, const struct segment *s)
{
	const unsigned first = first_of_held(s);
	const uint32_t from = t->newest_from, to = t->newest_to;
	if (first >= s->options.sack_blocks || from == to || !newest_held(t))
		return true;
	return seq_le(s->options.sack[first].left, from) && seq_le(to, s->options.sack[first].right);
}

bool tcb_holds_sacked(const struct tcb *t, const struct segment *s)
{
	const struct options *o = &s->options;
	if (t->state == CLOSED || t->state == LISTEN) /* the reset that ends it tells of what is not here any more */
		return true;
	const unsigned first = first_of_held(s);
	for (unsigned i = first; i < o->sack_blocks; i++)
		if (!(i == first ? first_is_true : range_held)(t, o->sack[i].left, o->sack[i].right) && !held_before_text(t, s->ack, o->sack[i].right))
			return false;
	return true;
}
