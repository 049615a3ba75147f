/* The covering array: every pair of classes of two axes that any cell has is in it, and each of its cells is one. How it is found is not asked here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "suite/cells_set.h"

enum { AXES = 9,
       CLASSES_MAX = 64 };

/* The classes of a point: row, six bits, ECN bits, SEQ, ACK, text, family, ISN, timestamps. */
static void classes_of(const struct point *p, uint8_t class[AXES])
{
	const uint8_t all[AXES] = {p->row, p->ctl & 63, (uint8_t)(p->ctl >> 6), p->seq, p->ack, p->text, p->family == IPV6, p->isn, p->ts};
	memcpy(class, all, sizeof all);
}

struct pairs {
	bool has[AXES][AXES][CLASSES_MAX][CLASSES_MAX];
};

static void pairs_add(struct pairs *of, const struct point *p)
{
	uint8_t class[AXES];
	classes_of(p, class);
	for (unsigned x = 0; x < AXES; x++)
		for (unsigned y = x + 1; y < AXES; y++)
			of->has[x][y][class[x]][class[y]] = true;
}

/* All points there are, but that the free axes (bits without ACK, ECN, family) only go through theirs one at a time. */
static void pairs_of_all(struct pairs *of)
{
	size_t rows;
	cell_rows(&rows);
	struct point p;
	for (p.row = 0; p.row < rows; p.row++)
		for (p.seq = 0; p.seq < SEQ_CLASSES; p.seq++)
			for (p.ack = 0; p.ack < ACK_CLASSES; p.ack++)
				for (p.text = 0; p.text < TEXT_CLASSES; p.text++)
					for (p.isn = 0; p.isn < ISN_CLASSES; p.isn++)
						for (p.ts = 0; p.ts < TS_CLASSES; p.ts++)
							for (p.ctl = 0; p.ctl < 512; p.ctl++) {
								p.family = p.ctl % 3 ? IPV4 : IPV6;
								if (point_feasible(&p))
									pairs_add(of, &p);
								else if (p.ctl % 64 == 0)
									p.ctl += 15; /* on to the next ACK bit: the others do not decide */
							}
	/* ECN and family depend on nothing: all of their pairs are there. */
	for (unsigned ecn = 0; ecn < 8; ecn++)
		for (unsigned f = 0; f < 2; f++)
			of->has[2][6][ecn][f] = true;
}

static void every_pair_is_covered(void **state)
{
	(void)state;
	struct error e;
	struct cells *c = cells_new("pairwise", &e);
	struct pairs *all = memory_zeroed(1, sizeof *all), *covered = memory_zeroed(1, sizeof *covered);
	size_t pairs = 0;
	assert_non_null(c);
	pairs_of_all(all);
	for (size_t i = 0; i < cells_count(c); i++) {
		struct point p;
		cells_point(c, i, &p);
		assert_true(point_feasible(&p));
		pairs_add(covered, &p);
	}
	for (unsigned x = 0; x < AXES; x++)
		for (unsigned y = x + 1; y < AXES; y++)
			for (unsigned v = 0; v < CLASSES_MAX; v++)
				for (unsigned w = 0; w < CLASSES_MAX; w++) {
					pairs += all->has[x][y][v][w];
					if (all->has[x][y][v][w] != covered->has[x][y][v][w])
						fail_msg("class %u of axis %u with class %u of axis %u: in some cell %d, in the array %d", v, x, w, y, all->has[x][y][v][w], covered->has[x][y][v][w]);
				}
	print_message("# pairwise: %zu cells cover %zu pairs\n", cells_count(c), pairs);
	free(all);
	free(covered);
	cells_free(c);
}

static void the_array_is_the_same_each_time(void **state)
{
	(void)state;
	size_t n, m;
	struct point *one = pairwise_points(&n), *other = pairwise_points(&m);
	assert_int_equal(n, m);
	assert_memory_equal(one, other, n * sizeof *one);
	free(one);
	free(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_pair_is_covered),
	    cmocka_unit_test(the_array_is_the_same_each_time),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("suite: pairwise", tests, NULL, NULL);
}
