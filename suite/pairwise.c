/* A covering array over all axes of the matrix: every pair of classes that some cell has is in one of its cells. Greedy and without chance: the same array each time. */
#include "suite/cells_set.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

enum axis { AXIS_ROW,
	    AXIS_CTL, /* the six bits of 3.10.7 */
	    AXIS_ECN, /* ECE, CWR and AE */
	    AXIS_SEQ,
	    AXIS_ACK,
	    AXIS_TEXT,
	    AXIS_FAMILY,
	    AXIS_ISN,
	    AXIS_TS,
	    AXES };

enum { CTL_CLASSES = 64,
       ECN_SHIFT = 6,
       ECN_CLASSES = 8,
       ROWS_MAX = 64,
       VALUES_MAX = ROWS_MAX + CTL_CLASSES + ECN_CLASSES + SEQ_CLASSES + ACK_CLASSES + TEXT_CLASSES + 2 + ISN_CLASSES + TS_CLASSES };

/* The classes of all axes, numbered through. */
struct array {
	size_t first[AXES + 1]; /* of each axis; the last: how many there are */
	bool feasible[VALUES_MAX][VALUES_MAX], covered[VALUES_MAX][VALUES_MAX];
	unsigned used[VALUES_MAX];
	struct point *point;
	size_t count;
};

/* One class of each axis. */
struct choice {
	size_t value[AXES];
	bool made[AXES];
};

static void array_number(struct array *a)
{
	size_t size[AXES] = {[AXIS_CTL] = CTL_CLASSES, [AXIS_ECN] = ECN_CLASSES, [AXIS_SEQ] = SEQ_CLASSES, [AXIS_ACK] = ACK_CLASSES, [AXIS_TEXT] = TEXT_CLASSES, [AXIS_FAMILY] = 2, [AXIS_ISN] = ISN_CLASSES, [AXIS_TS] = TS_CLASSES};
	cell_rows(&size[AXIS_ROW]);
	for (unsigned x = 0; x < AXES; x++)
		a->first[x + 1] = a->first[x] + size[x];
}

static size_t axis_of(const struct array *a, size_t value)
{
	size_t x = 0;
	while (a->first[x + 1] <= value)
		x++;
	return x;
}

static void choice_point(const struct array *a, const struct choice *c, struct point *p)
{
	size_t class[AXES];
	for (unsigned x = 0; x < AXES; x++)
		class[x] = c->value[x] - a->first[x];
	*p = (struct point){.row = (uint8_t) class[AXIS_ROW], .seq = (uint8_t) class[AXIS_SEQ], .ack = (uint8_t) class[AXIS_ACK], .text = (uint8_t) class[AXIS_TEXT], .isn = (uint8_t) class[AXIS_ISN], .ts = (uint8_t) class[AXIS_TS]};
	p->ctl = (uint16_t)(class[AXIS_CTL] | class[AXIS_ECN] << ECN_SHIFT);
	p->family = class[AXIS_FAMILY] ? IPV6 : IPV4;
}

static void pairs_mark(bool (*of)[VALUES_MAX], const struct choice *c)
{
	for (unsigned x = 0; x < AXES; x++)
		for (unsigned y = 0; y < AXES; y++)
			if (x != y)
				of[c->value[x]][c->value[y]] = true;
}

/* The next choice of axes [from, AXES), counted like a number; false behind the last. */
static bool choice_next(const struct array *a, struct choice *c, unsigned from)
{
	for (unsigned x = AXES; x-- > from;) {
		if (++c->value[x] < a->first[x + 1])
			return true;
		c->value[x] = a->first[x];
	}
	return false;
}

/* Bits but ACK, ECN and family are free of all others: of the first two only one class of either kind is looked at, and then given to all of its kind. */
static void feasible_find(struct array *a)
{
	struct choice c;
	struct point p;
	for (size_t ctl = 0; ctl <= CTL_ACK; ctl += CTL_ACK)
		for (size_t row = 0; row < a->first[AXIS_CTL]; row++) {
			memcpy(c.value, a->first, sizeof c.value);
			c.value[AXIS_ROW] = row;
			c.value[AXIS_CTL] += ctl;
			do {
				choice_point(a, &c, &p);
				if (point_feasible(&p))
					pairs_mark(a->feasible, &c);
			} while (choice_next(a, &c, AXIS_SEQ));
		}
	for (size_t ctl = 0; ctl < CTL_CLASSES; ctl++)
		for (size_t v = 0; v < a->first[AXES]; v++) {
			const size_t here = a->first[AXIS_CTL] + ctl, like = a->first[AXIS_CTL] + (ctl & CTL_ACK);
			a->feasible[here][v] = a->feasible[v][here] = a->feasible[like][v];
		}
	for (size_t ecn = 1; ecn < ECN_CLASSES; ecn++)
		for (size_t v = 0; v < a->first[AXES]; v++) {
			const size_t here = a->first[AXIS_ECN] + ecn;
			a->feasible[here][v] = a->feasible[v][here] = a->feasible[a->first[AXIS_ECN]][v];
		}
}

/* How many pairs v would cover beside what is chosen; -1: it cannot stand there. */
static int choice_gain(const struct array *a, const struct choice *c, size_t v)
{
	int gain = 0;
	for (unsigned x = 0; x < AXES; x++) {
		if (c->made[x] && !a->feasible[v][c->value[x]])
			return -1;
		gain += c->made[x] && !a->covered[v][c->value[x]];
	}
	return gain;
}

/* The class of axis x that covers most; of equals the one that was used least. The constraints form a tree over the axes (row to SEQ to text, row to ACK to the ACK bit, row to ISN, row to
 * timestamps), so that what fits each class that is chosen fits all of them, and there is always one. */
static void choice_make(struct array *a, struct choice *c, unsigned x)
{
	int best = -1;
	for (size_t v = a->first[x]; v < a->first[x + 1]; v++) {
		const int gain = choice_gain(a, c, v);
		if (gain > best || (gain == best && gain >= 0 && a->used[v] < a->used[c->value[x]])) {
			best = gain;
			c->value[x] = v;
		}
	}
	c->made[x] = best >= 0;
}

/* One cell more, with the pair v, w in it. */
static void array_grow(struct array *a, size_t v, size_t w)
{
	struct choice c = {.made = {false}};
	const size_t of_v = axis_of(a, v), of_w = axis_of(a, w);
	c.value[of_v] = v;
	c.value[of_w] = w;
	c.made[of_v] = c.made[of_w] = true;
	for (unsigned x = 0; x < AXES; x++)
		if (!c.made[x])
			choice_make(a, &c, x);
	for (unsigned x = 0; x < AXES; x++)
		a->used[c.value[x]]++;
	pairs_mark(a->covered, &c);
	if ((a->count & (a->count - 1)) == 0)
		a->point = memory_resized(a->point, a->count ? 2 * a->count : 1, sizeof *a->point);
	choice_point(a, &c, &a->point[a->count++]);
}

/* By row, then by what the ids say. */
static int by_row(const void *one, const void *other)
{
	char a[ID_MAX], b[ID_MAX];
	const struct point *p = one, *q = other;
	if (p->row != q->row)
		return p->row < q->row ? -1 : 1;
	point_id(p, p->family, a);
	point_id(q, q->family, b);
	return strcmp(a, b);
}

struct point *pairwise_points(size_t *count)
{
	struct array *a = memory_zeroed(1, sizeof *a);
	array_number(a);
	feasible_find(a);
	for (size_t v = 0; v < a->first[AXES]; v++)
		for (size_t w = v + 1; w < a->first[AXES]; w++)
			if (a->feasible[v][w] && !a->covered[v][w])
				array_grow(a, v, w);
	struct point *point = a->point;
	*count = a->count;
	free(a);
	qsort(point, *count, sizeof *point, by_row);
	return point;
}
