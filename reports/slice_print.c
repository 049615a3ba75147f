/* A slice of the matrix as Markdown: every cell while they are few, counts by row and control bits when they are many. */
#include "reports/slice.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

enum { COLUMNS_MAX = 8, /* of control bits beside each other */
       FEW = 1100 };    /* results that are shown one by one: a row of the full set */

static const char *word_of(const struct slice *s, const struct slice_cell *c, enum slice_axis axis)
{
	return pool_string(&s->word[axis], c->at[axis]);
}

/* By row, then SEQ, ACK and text, then control bits, then family: the order of a row's table. */
static int by_place(const void *one, const void *other)
{
	static const enum slice_axis order[] = {SLICE_ROW, SLICE_SEQ, SLICE_ACK, SLICE_TEXT, SLICE_FURTHER, SLICE_CTL};
	const struct slice_cell *a = one, *b = other;
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		if (a->at[order[i]] != b->at[order[i]])
			return a->at[order[i]] < b->at[order[i]] ? -1 : 1;
	return (int)a->v6 - (int)b->v6;
}

/* Do both stand on one line of a row's table? */
static bool line_same(const struct slice_cell *a, const struct slice_cell *b)
{
	return a->at[SLICE_ROW] == b->at[SLICE_ROW] && a->at[SLICE_SEQ] == b->at[SLICE_SEQ] && a->at[SLICE_ACK] == b->at[SLICE_ACK] && a->at[SLICE_TEXT] == b->at[SLICE_TEXT] && a->at[SLICE_FURTHER] == b->at[SLICE_FURTHER];
}

/* The words of an axis that cell[0..count) have, in the axis's order. */
static size_t words_used(const struct slice *s, const struct slice_cell *cell, size_t count, enum slice_axis axis, uint16_t *used)
{
	bool *seen = memory_zeroed(s->word[axis].count, sizeof *seen);
	size_t n = 0;
	for (size_t i = 0; i < count; i++)
		seen[cell[i].at[axis]] = true;
	for (size_t w = 0; w < s->word[axis].count; w++)
		if (seen[w])
			used[n++] = (uint16_t)w;
	free(seen);
	return n;
}

static void head_print(FILE *to, const struct slice *s, const char *first, const uint16_t *ctl, size_t ctls)
{
	fprintf(to, "| %s |", first);
	for (size_t k = 0; k < ctls; k++)
		fprintf(to, " %s |", pool_string(&s->word[SLICE_CTL], ctl[k]));
	fputs("\n|---|", to);
	for (size_t k = 0; k < ctls; k++)
		fputs("---|", to);
	fputs("\n", to);
}

/* ---- every cell ---- */

/* What line[0..count) shows under these control bits: both families at once where they agree. */
static void place_print(FILE *to, const struct slice *s, const struct slice_cell *line, size_t count, uint16_t ctl)
{
	const struct slice_cell *of[2] = {NULL, NULL};
	for (size_t i = 0; i < count; i++)
		if (line[i].at[SLICE_CTL] == ctl)
			of[line[i].v6] = &line[i];
	const char *v4 = of[0] ? pool_string(&s->shown, of[0]->shown) : NULL, *v6 = of[1] ? pool_string(&s->shown, of[1]->shown) : NULL;
	if (v4 && v6 && strcmp(v4, v6) != 0)
		fprintf(to, " v4: %s, v6: %s |", v4, v6);
	else
		fprintf(to, " %s |", v4 ? v4 : v6 ? v6
		                                  : "");
}

static size_t line_length(const struct slice_cell *cell, size_t count)
{
	size_t n = 1;
	while (n < count && line_same(cell, cell + n))
		n++;
	return n;
}

static void row_print(FILE *to, const struct slice *s, const struct slice_cell *cell, size_t count)
{
	uint16_t *ctl = memory_zeroed(s->word[SLICE_CTL].count, sizeof *ctl);
	const size_t ctls = words_used(s, cell, count, SLICE_CTL, ctl);
	fprintf(to, "**%s**\n\n", word_of(s, cell, SLICE_ROW));
	for (size_t from = 0; from < ctls; from += COLUMNS_MAX) {
		const size_t some = ctls - from < COLUMNS_MAX ? ctls - from : COLUMNS_MAX;
		head_print(to, s, "SEQ / ACK / text", ctl + from, some);
		for (size_t i = 0, n; i < count; i += n) {
			n = line_length(cell + i, count - i);
			fprintf(to, "| %s / %s / %s%s |", word_of(s, cell + i, SLICE_SEQ), word_of(s, cell + i, SLICE_ACK), word_of(s, cell + i, SLICE_TEXT), word_of(s, cell + i, SLICE_FURTHER));
			for (size_t k = 0; k < some; k++)
				place_print(to, s, cell + i, n, ctl[from + k]);
			fputs("\n", to);
		}
		fputs("\n", to);
	}
	free(ctl);
}

static void every_cell_print(FILE *to, const struct slice *s)
{
	for (size_t i = 0, n; i < s->count; i += n) {
		for (n = 1; i + n < s->count && s->cell[i + n].at[SLICE_ROW] == s->cell[i].at[SLICE_ROW];)
			n++;
		row_print(to, s, s->cell + i, n);
	}
}

/* ---- counts ---- */

static const char *const glyphs[VERDICTS] = {[PASS] = "✓", [NON_STRICT] = "~", [FAIL] = "✗", [XPASS] = "✗", [KNOWN] = "k", [INCONCLUSIVE] = "?", [UNIMPLEMENTED] = "o", [INFORMATIONAL] = "i"};

/* "94 ✓ 2 ✗". */
static void counts_print(FILE *to, const unsigned by_verdict[VERDICTS])
{
	for (unsigned v = 0; v < VERDICTS; v++)
		if (by_verdict[v])
			fprintf(to, " %u %s", by_verdict[v], glyphs[v]);
	fputs(" |", to);
}

struct counts {
	unsigned by_verdict[VERDICTS];
};

/* counts[row][ctl]; behind the last control bits: of the row. */
static void counts_make(const struct slice *s, struct counts *counts)
{
	const size_t ctls = s->word[SLICE_CTL].count;
	for (size_t i = 0; i < s->count; i++) {
		struct counts *row = counts + s->cell[i].at[SLICE_ROW] * (ctls + 1);
		row[s->cell[i].at[SLICE_CTL]].by_verdict[s->cell[i].verdict]++;
		row[ctls].by_verdict[s->cell[i].verdict]++;
	}
}

static void counts_table(FILE *to, const struct slice *s, const struct counts *counts, const uint16_t *row, size_t rows, const uint16_t *ctl, size_t ctls)
{
	head_print(to, s, "row", ctl, ctls);
	for (size_t r = 0; r < rows; r++) {
		fprintf(to, "| %s |", pool_string(&s->word[SLICE_ROW], row[r]));
		for (size_t k = 0; k < ctls; k++)
			counts_print(to, counts[row[r] * (s->word[SLICE_CTL].count + 1) + ctl[k]].by_verdict);
		fputs("\n", to);
	}
	fputs("\n", to);
}

static void counts_all_print(FILE *to, const struct slice *s)
{
	const size_t words = s->word[SLICE_CTL].count;
	struct counts *counts = memory_zeroed(s->word[SLICE_ROW].count * (words + 1), sizeof *counts);
	uint16_t *row = memory_zeroed(s->word[SLICE_ROW].count, sizeof *row), *ctl = memory_zeroed(words, sizeof *ctl);
	const size_t rows = words_used(s, s->cell, s->count, SLICE_ROW, row), ctls = words_used(s, s->cell, s->count, SLICE_CTL, ctl);
	counts_make(s, counts);
	fputs("**By row**\n\n| row | cells |\n|---|---|\n", to);
	for (size_t r = 0; r < rows; r++) {
		fprintf(to, "| %s |", pool_string(&s->word[SLICE_ROW], row[r]));
		counts_print(to, counts[row[r] * (words + 1) + words].by_verdict);
		fputs("\n", to);
	}
	fputs("\n**By row and control bits**\n\n", to);
	for (size_t from = 0; from < ctls; from += COLUMNS_MAX)
		counts_table(to, s, counts, row, rows, ctl + from, ctls - from < COLUMNS_MAX ? ctls - from : COLUMNS_MAX);
	fputs("Here cells are counted by their verdict; a slice of fewer, a row of the full set say (`--axes full 'matrix/established/*'`), is shown cell by cell.\n\n", to);
	free(counts);
	free(row);
	free(ctl);
}

void slice_cells_print(FILE *to, struct slice *s)
{
	qsort(s->cell, s->count, sizeof *s->cell, by_place);
	if (s->count <= FEW)
		every_cell_print(to, s);
	else
		counts_all_print(to, s);
}
