/* RFC 6675 on ranges instead of octets: between two neighbouring ranges, in a hole, all numbers are alike. It keeps no segment boundaries. */
#include "targets/reference/scoreboard.h"

#include <string.h>

#include "lib/wire/seq.h"
#include "targets/reference/least.h"

/* What was SACKed above some number. */
struct above {
	uint32_t ranges, octets;
};

static struct range *table_of(const struct scoreboard *s, struct pool *p)
{
	return (struct range *)(void *)pool_at(p, s->table)->text;
}

static uint32_t length_of(struct range r)
{
	return r.right - r.left;
}

void scoreboard_init(struct scoreboard *s)
{
	*s = (struct scoreboard){.table = POOL_NONE};
}

/* Adds left..right to the table. False: it was there already, or there is no room. */
static bool range_add(struct scoreboard *s, struct pool *p, struct range new)
{
	struct range *t = table_of(s, p);
	uint32_t i = 0, behind;

	while (i < s->count && seq_lt(t[i].right, new.left))
		i++;
	for (behind = i; behind < s->count && seq_le(t[behind].left, new.right); behind++) {
		if (seq_le(t[behind].left, new.left) && seq_le(new.right, t[behind].right))
			return false;
		new = (struct range){seq_earlier(new.left, t[behind].left), seq_later(new.right, t[behind].right)};
	}
	if (behind == i && s->count == p->block_octets / sizeof *t)
		return false;
	memmove(t + i + 1, t + behind, (s->count - behind) * sizeof *t);
	t[i] = new;
	s->count += 1 + i - behind;
	return true;
}

bool scoreboard_update(struct scoreboard *s, struct pool *p, uint32_t una, uint32_t sent_end, struct range b)
{
	if (!seq_lt(una, b.right) || !seq_le(b.right, sent_end) || !seq_lt(b.left, b.right))
		return false;
	if (s->table == POOL_NONE)
		s->table = pool_take(p);
	return s->table != POOL_NONE && range_add(s, p, (struct range){seq_later(una, b.left), b.right});
}

void scoreboard_advance(struct scoreboard *s, struct pool *p, uint32_t una)
{
	while (s->count && seq_le(table_of(s, p)->right, una)) {
		s->count--;
		memmove(table_of(s, p), table_of(s, p) + 1, s->count * sizeof(struct range));
	}
	if (s->count)
		table_of(s, p)->left = seq_later(una, table_of(s, p)->left);
}

/* IsLost (), of a number with so much above it. DupThresh is 3. */
static bool above_enough(struct above a, uint32_t smss)
{
	return a.ranges >= 3 || a.octets > 2 * smss;
}

static void above_count(struct above *a, struct range r)
{
	a->ranges++;
	a->octets += length_of(r);
}

bool scoreboard_lost(const struct scoreboard *s, struct pool *p, uint32_t seq, uint32_t smss)
{
	struct above a = {0, 0};

	for (uint32_t i = s->count; i-- > 0 && seq_lt(seq, table_of(s, p)[i].right);)
		above_count(&a, table_of(s, p)[i]);
	return above_enough(a, smss);
}

/* Hole i: what is not SACKed before range i; hole `count` lies behind them all. */
static struct range hole_at(const struct scoreboard *s, struct pool *p, uint32_t i, uint32_t una, uint32_t sent_end)
{
	return (struct range){
	    .left = i > 0 ? table_of(s, p)[i - 1].right : una,
	    .right = i < s->count ? table_of(s, p)[i].left : sent_end,
	};
}

uint32_t scoreboard_pipe(const struct scoreboard *s, struct pool *p, uint32_t una, uint32_t sent_end, uint32_t smss)
{
	struct above a = {0, 0};
	uint32_t pipe = 0;

	for (uint32_t i = s->count + 1; i-- > 0;) {
		struct range hole = hole_at(s, p, i, una, sent_end);

		if (i < s->count)
			above_count(&a, table_of(s, p)[i]);
		if (!above_enough(a, smss))
			pipe += length_of(hole);
		pipe += seq_later(hole.left, seq_earlier(hole.right, s->high_rxt)) - hole.left;
	}
	return pipe;
}

void scoreboard_begin(struct scoreboard *s, uint32_t end)
{
	s->high_rxt = end;
	s->rescue = end;
}

void scoreboard_resent(struct scoreboard *s, uint32_t end)
{
	s->high_rxt = seq_later(s->high_rxt, end);
}

/* Rules (1) and (3): the smallest numbers above HighRxt in a hole below something SACKed; empty: none. */
static struct range resend_find(const struct scoreboard *s, struct pool *p, uint32_t una)
{
	struct range found = {una, una};

	for (uint32_t i = s->count; i-- > 0;) {
		struct range hole = hole_at(s, p, i, una, una);

		hole.left = seq_later(hole.left, s->high_rxt);
		if (seq_lt(hole.left, hole.right))
			found = hole;
	}
	return found;
}

/* Rule (4): the hole with the highest number not SACKed. */
static struct range rescue_find(const struct scoreboard *s, struct pool *p, uint32_t una, uint32_t sent_end)
{
	struct range behind = hole_at(s, p, s->count, una, sent_end);

	return behind.left != behind.right ? behind : hole_at(s, p, s->count - 1, una, sent_end);
}

bool scoreboard_next(struct scoreboard *s, struct pool *p, uint32_t una, uint32_t sent_end, uint32_t recover, uint32_t smss, bool unsent, struct range *next)
{
	struct range hole = resend_find(s, p, una);
	bool found = length_of(hole) > 0;

	if (unsent && !(found && scoreboard_lost(s, p, hole.left, smss))) {
		*next = (struct range){sent_end, sent_end};
		return true;
	}
	if (found) {
		s->high_rxt = hole.left + least(length_of(hole), smss);
		*next = (struct range){hole.left, s->high_rxt};
		return true;
	}
	if (!seq_lt(s->rescue, una))
		return false;
	s->rescue = recover;
	*next = rescue_find(s, p, una, sent_end);
	next->left = next->right - least(length_of(*next), smss);
	return next->left != next->right;
}

struct range scoreboard_hole(const struct scoreboard *s, struct pool *p, uint32_t seq, uint32_t sent_end)
{
	uint32_t i = 0;

	for (; i < s->count && seq_le(table_of(s, p)[i].left, seq); i++)
		seq = seq_later(seq, table_of(s, p)[i].right);
	return (struct range){seq, i < s->count ? table_of(s, p)[i].left : sent_end};
}

void scoreboard_free(struct scoreboard *s, struct pool *p)
{
	pool_give_back(p, &s->table);
	s->count = 0;
}
