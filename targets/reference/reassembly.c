/* Ranges of text that came ahead of its turn, fused as the gaps between them fill. It looks at no window and sends nothing. */
#include "targets/reference/reassembly.h"

#include <string.h>

#include "lib/wire/seq.h"
#include "targets/reference/least.h"

/* A range with its text; a FIN at its end has none. */
struct held {
	struct range range;
	struct octets text;
};

/* What arrives: text[0..n) from seq on, up to `end`, which counts a FIN. */
struct arrival {
	const uint8_t *text;
	uint32_t seq, n, end;
};

static struct held *table_of(const struct reassembly *r, struct pool *p)
{
	return (struct held *)(void *)pool_at(p, r->table)->text;
}

void reassembly_init(struct reassembly *r, const struct pool *p, uint16_t most)
{
	*r = (struct reassembly){.table = POOL_NONE, .most = (uint16_t)least(most, p->block_octets / (uint32_t)sizeof(struct held))};
}

/* The first, in order of sequence, of the ranges that hold or touch a number from =< x =< to; r->count: none does. */
static uint32_t range_find(const struct reassembly *r, struct pool *p, uint32_t from, uint32_t to)
{
	uint32_t found = r->count;

	for (uint32_t i = 0; i < r->count; i++) {
		const struct held *t = table_of(r, p);

		if (seq_le(t[i].range.left, to) && seq_le(from, t[i].range.right)) {
			found = i;
			to = t[i].range.left; /* another counts only if it lies before this one: they do not overlap */
		}
	}
	return found;
}

/* Takes range i, whose text is somebody else's by now, from the table. */
static void range_remove(struct reassembly *r, struct pool *p, uint32_t i)
{
	struct held *t = table_of(r, p);

	r->count--;
	memmove(t + i, t + i + 1, (r->count - i) * sizeof *t);
}

static void range_drop(struct reassembly *r, struct pool *p, uint32_t i)
{
	struct octets *text = &table_of(r, p)[i].text;

	octets_drop(text, p, text->length);
	range_remove(r, p, i);
}

/* Puts a range first into the table: it has changed last. */
static void range_insert(struct reassembly *r, struct pool *p, const struct held *h)
{
	struct held *t = table_of(r, p);

	memmove(t + 1, t, r->count * sizeof *t);
	t[0] = *h;
	r->count++;
}

/* Appends what arrived at from =< x < to. Returns how many of these numbers found room; a FIN needs none. */
static uint32_t part_append(struct octets *into, struct pool *p, const struct arrival *a, uint32_t from, uint32_t to)
{
	uint32_t before = from - a->seq;
	uint32_t n = least(a->n, to - a->seq) - before;
	uint32_t got = octets_append(into, p, a->text + before, n);

	return got == n ? to - from : got;
}

/* Collects the text from `place` on, from what arrived and, where that was there first, from the ranges on its way and one that it meets at its end. Returns where the text ends. */
static uint32_t text_collect(struct reassembly *r, struct pool *p, struct octets *into, uint32_t place, const struct arrival *a)
{
	for (;;) {
		uint32_t i = range_find(r, p, place, a->end);
		uint32_t to = seq_later(place, i < r->count ? table_of(r, p)[i].range.left : a->end);
		struct held *h;

		if (place != to)
			place += part_append(into, p, a, place, to);
		if (i == r->count || place != to)
			return place;
		h = &table_of(r, p)[i];
		octets_join(into, p, &h->text);
		place = h->range.right;
		range_remove(r, p, i);
	}
}

/* RFC 2883 4: the first part of the segment that had arrived before, unless one that stood before it is noted. */
static void duplicate_find(struct reassembly *r, struct pool *p, uint32_t rcv_nxt, const struct arrival *a)
{
	struct range old = {a->seq, rcv_nxt};

	if (r->duplicate.left != r->duplicate.right)
		return;
	if (!seq_lt(a->seq, rcv_nxt)) {
		uint32_t i = range_find(r, p, a->seq + 1, a->end);

		old = i < r->count ? table_of(r, p)[i].range : (struct range){a->end, a->end};
	}
	r->duplicate = (struct range){seq_later(old.left, a->seq), seq_earlier(old.right, a->end)};
}

/* Drops what is held behind a FIN. */
static void behind_drop(struct reassembly *r, struct pool *p, uint32_t fin)
{
	for (uint32_t i = r->count; i-- > 0;)
		if (seq_lt(fin, table_of(r, p)[i].range.left))
			range_drop(r, p, i);
}

/* Does a segment that ends there, with a FIN or without, say anew where the text ends, or otherwise than what is held? */
static bool is_contradicted(const struct reassembly *r, struct pool *p, uint32_t end, bool fin)
{
	if (r->fin_known)
		return fin || seq_lt(r->fin, end);
	return fin && range_find(r, p, end + 1, end) < r->count;
}

/* Cuts what arrives behind the peer's FIN. Returns whether the segment's own FIN is one to believe. */
static bool fin_settle(struct reassembly *r, struct pool *p, struct arrival *a, bool fin)
{
	uint32_t at = a->seq + a->n;

	a->end = r->fin_known ? seq_earlier(at, seq_later(r->fin, a->seq)) : at;
	if (!fin || r->fin_known || range_find(r, p, at + 1, at) < r->count)
		return false;
	a->end++;
	behind_drop(r, p, at);
	return true;
}

/* RFC 2018 8: the first block reflects the newest segment, also where that is discarded. */
static void newest_note(struct reassembly *r, const struct arrival *a)
{
	if (r->duplicate.left == r->duplicate.right)
		r->duplicate = (struct range){a->seq, a->seq + a->n};
}

/* Holds what arrived, with the ranges that it overlaps or meets, as one range. Returns where that ends; a->seq: it found no room. */
static uint32_t text_hold(struct reassembly *r, struct pool *p, const struct arrival *a)
{
	uint32_t i = range_find(r, p, a->seq, a->end);
	struct held h = {.range = {a->seq, a->seq}};

	octets_init(&h.text);
	if (r->table == POOL_NONE)
		r->table = pool_take(p);
	if (i < r->count)
		h.range.left = seq_earlier(table_of(r, p)[i].range.left, a->seq);
	if (r->table != POOL_NONE && (i < r->count || r->count < r->most))
		h.range.right = text_collect(r, p, &h.text, a->seq, a);
	if (h.range.right != h.range.left)
		range_insert(r, p, &h);
	else
		newest_note(r, a);
	return h.range.right;
}

/* Passes on text whose turn it is. When there is no room for it, what is held makes some (RFC 2018 8): else it might keep the gap before it from ever being filled. Returns the new RCV.NXT. */
static uint32_t text_receive(struct reassembly *r, struct pool *p, struct octets *in_order, uint32_t rcv_nxt, const struct arrival *a)
{
	rcv_nxt = text_collect(r, p, in_order, rcv_nxt, a);
	if (!seq_lt(rcv_nxt, a->end))
		return rcv_nxt;
	reassembly_free(r, p);
	return text_collect(r, p, in_order, rcv_nxt, a);
}

uint32_t reassembly_arrives(struct reassembly *r, struct pool *p, struct octets *in_order, uint32_t rcv_nxt, uint32_t seq, const uint8_t *text, uint32_t n, bool fin)
{
	struct arrival a = {text, seq, n, seq};
	bool ends;
	uint32_t to;

	/* "Further processing is done in SEG.SEQ order" (3.10.7.4): a segment whose turn it is comes before what is held, and is to be believed. It has all of that which comes before its end. */
	if (seq == rcv_nxt && is_contradicted(r, p, seq + n, fin))
		reassembly_free(r, p);
	ends = fin_settle(r, p, &a, fin);
	duplicate_find(r, p, rcv_nxt, &a);
	if (a.end == seq)
		return rcv_nxt;
	if (seq_lt(rcv_nxt, seq))
		to = text_hold(r, p, &a);
	else
		to = rcv_nxt = text_receive(r, p, in_order, rcv_nxt, &a);
	if (ends && to == a.end) {
		r->fin_known = true;
		r->fin = a.end - 1;
	}
	return rcv_nxt;
}

uint32_t reassembly_take(struct reassembly *r, struct pool *p, struct octets *in_order, uint32_t rcv_nxt)
{
	const struct arrival nothing = {.seq = rcv_nxt, .end = rcv_nxt};

	return text_collect(r, p, in_order, rcv_nxt, &nothing);
}

bool reassembly_ended(const struct reassembly *r, uint32_t rcv_nxt)
{
	return r->fin_known && rcv_nxt == r->fin + 1;
}

void reassembly_note_duplicate(struct reassembly *r, uint32_t seq, uint32_t length)
{
	r->duplicate = (struct range){seq, seq + length};
}

unsigned reassembly_sack(struct reassembly *r, struct pool *p, struct range *blocks, unsigned room)
{
	unsigned n = 0;

	if (r->duplicate.left != r->duplicate.right)
		blocks[n++] = r->duplicate;
	r->duplicate.right = r->duplicate.left;
	for (uint32_t i = 0; i < r->count && n < room; i++)
		blocks[n++] = table_of(r, p)[i].range;
	return n;
}

void reassembly_free(struct reassembly *r, struct pool *p)
{
	while (r->count)
		range_drop(r, p, 0);
	pool_give_back(p, &r->table);
	r->fin_known = false;
}
