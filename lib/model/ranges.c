/* Ranges without an order, and nothing behind the last: equal ones that came about in the same way are equal octets. */
#include "lib/model/ranges.h"

#include <string.h>

#include "lib/wire/seq.h"

static void ranges_keep(struct ranges *r, unsigned count)
{
	r->count = count;
	memset(r->at + count, 0, (RANGES_MAX - count) * sizeof *r->at);
}

/* Ranges beyond those that there is room for say nothing to IsLost that these do not. */
void ranges_add(struct ranges *r, uint32_t left, uint32_t right)
{
	unsigned kept = 0;
	for (unsigned i = 0; i < r->count; i++) {
		const uint32_t from = r->at[i].left, to = r->at[i].right;
		if (seq_lt(to, left) || seq_lt(right, from)) {
			r->at[kept].left = from;
			r->at[kept++].right = to;
			continue;
		}
		left = seq_lt(from, left) ? from : left;
		right = seq_lt(right, to) ? to : right;
	}
	if (kept < RANGES_MAX) {
		r->at[kept].left = left;
		r->at[kept++].right = right;
	}
	ranges_keep(r, kept);
}

void ranges_cut(struct ranges *r, uint32_t left, uint32_t right)
{
	const struct ranges all = *r;
	r->count = 0;
	for (unsigned i = 0; i < all.count; i++) {
		const uint32_t from = all.at[i].left, to = all.at[i].right;
		const uint32_t before = seq_lt(left, to) ? left : to, behind = seq_lt(from, right) ? right : from;
		if (seq_lt(from, before))
			ranges_add(r, from, before);
		if (seq_lt(behind, to))
			ranges_add(r, behind, to);
	}
	ranges_keep(r, r->count);
}

void ranges_advance(struct ranges *r, uint32_t from)
{
	unsigned kept = 0;
	for (unsigned i = 0; i < r->count; i++) {
		const uint32_t left = r->at[i].left, right = r->at[i].right;
		if (seq_le(right, from))
			continue;
		r->at[kept].left = seq_lt(left, from) ? from : left;
		r->at[kept++].right = right;
	}
	ranges_keep(r, kept);
}

void ranges_clear(struct ranges *r)
{
	ranges_keep(r, 0);
}

bool ranges_meet(const struct ranges *r, uint32_t left, uint32_t right)
{
	for (unsigned i = 0; i < r->count; i++)
		if (seq_lt(left, r->at[i].right) && seq_lt(r->at[i].left, right))
			return true;
	return false;
}

uint32_t ranges_open_end(const struct ranges *r, uint32_t end)
{
	for (unsigned i = 0; i < r->count; i++)
		if (r->at[i].right == end)
			return ranges_open_end(r, r->at[i].left);
	return end;
}
