/* What is wrong with a ladder as a whole, whichever side is played: arrivals out of nothing, marks without their event, numbers beside names. Not the model's lint. */
#include "lib/script/reader.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

static bool segments_equal(const struct said_segment *a, const struct said_segment *b)
{
	struct text ta = {0}, tb = {0};
	segment_write(a, true, &ta);
	segment_write(b, true, &tb);
	bool equal = strcmp(text_string(&ta), text_string(&tb)) == 0;
	text_free(&ta);
	text_free(&tb);
	return equal;
}

/* A segment under way: it departed and did not arrive in the same row. */
static bool row_under_way(const struct row *r)
{
	unsigned from = row_sender(r);
	return row_departs(r, from) && !row_arrives(r, 1 - from);
}

static bool row_delivers(const struct row *r)
{
	unsigned from = row_sender(r);
	return !row_departs(r, from) && row_arrives(r, 1 - from);
}

static bool arrivals_check(const struct ladder *l, struct error *e)
{
	bool *matched = memory_zeroed(l->count, sizeof *matched), good = true;
	for (size_t i = 0; i < l->count && good; i++) {
		const struct row *r = &l->row[i];
		if (!r->arrow || !row_delivers(r) || r->duplicate)
			continue;
		size_t k = 0;
		while (k < i && (matched[k] || !l->row[k].arrow || !row_under_way(&l->row[k]) || row_sender(&l->row[k]) != row_sender(r) || !segments_equal(&l->row[k].segment, &r->segment)))
			k++;
		if (k == i)
			good = ladder_expected(l, r->line, r->segment_col, e, "an earlier line in which this segment departs and does not arrive, or (duplicate)");
		else
			matched[k] = true;
	}
	free(matched);
	return good;
}

static bool marks_check(const struct ladder *l, struct error *e)
{
	for (size_t i = 0; i < l->count; i++) {
		const struct row *r = &l->row[i];
		for (unsigned side = 0; side < SIDES; side++)
			if (r->margin[side].mark_col && !row_departs(r, side))
				return ladder_expected(l, r->line, r->margin[side].mark_col, e, "(may), (again) and (within ...) only where a segment departs from TCP %c on this line", side ? 'B' : 'A');
		if (r->duplicate && !(r->arrow && row_arrives(r, 1 - row_sender(r))))
			return ladder_expected(l, r->line, r->duplicate_col, e, "(duplicate) only where a segment arrives on this line");
	}
	return true;
}

struct uses {
	bool number[SIDES], name[SIDES];
};

static bool use_check(const struct ladder *l, const struct row *r, const struct seqnum *q, unsigned space, unsigned col, struct uses *u, struct error *e)
{
	if (q->kind == SEQ_FIGURE)
		u->number[space] = true;
	if (q->kind == SEQ_NAME)
		u->name[space] = true;
	if (u->number[space] && u->name[space])
		return ladder_expected(l, r->line, col, e, "%s, as above, for the sequence numbers of TCP %c", q->kind == SEQ_NAME ? "a number" : "a name", space ? 'B' : 'A');
	return true;
}

static bool spaces_check(const struct ladder *l, struct error *e)
{
	struct uses u = {{false}, {false}};
	for (size_t i = 0; i < l->count; i++) {
		const struct row *r = &l->row[i];
		if (!r->arrow)
			continue;
		unsigned space = row_seq_space(r);
		if (!use_check(l, r, &r->segment.seq, space, r->seq_col, &u, e) || !use_check(l, r, &r->segment.ack, 1 - space, r->ack_col, &u, e))
			return false;
	}
	return true;
}

bool ladder_check(const struct ladder *l, struct error *e)
{
	return marks_check(l, e) && arrivals_check(l, e) && spaces_check(l, e);
}
