/* The results of cells, each as its coordinates and what a table shows of it: what the tables of `tcpspec matrix` are made from. It is no table, and judges nothing. */
#ifndef TCPSPEC_REPORTS_SLICE_H
#define TCPSPEC_REPORTS_SLICE_H

#include <stdio.h>

#include "lib/run/result.h"
#include "reports/pool.h"

enum slice_axis { SLICE_ROW,
	          SLICE_CTL,
	          SLICE_SEQ,
	          SLICE_ACK,
	          SLICE_TEXT,
	          SLICE_FURTHER, /* ",isn=wrap-32" */
	          SLICE_AXES };

struct slice_cell {
	uint16_t at[SLICE_AXES]; /* words of the axes */
	uint8_t verdict;
	bool v6;
	uint32_t shown;
};

struct slice {
	struct pool word[SLICE_AXES], shown;
	struct slice_cell *cell;
	size_t count, room;
};

/* Words that are told first stand first in tables; the others follow as they come. */
void slice_word(struct slice *s, enum slice_axis axis, const char *word);
/* Takes what it needs of a result; one that is of no cell is passed over. */
void slice_add(struct slice *s, const struct result *r);
void slice_free(struct slice *s);

/* "✓", "✗", ... */
const char *slice_glyph(enum verdict v);
/* The reaction of a cell: the control bits of each segment, "-" for none, and the next state where it changed: "SYN-ACK → SYN-RECEIVED". */
void slice_reaction(const struct result *r, struct text *out);

/* The tables as Markdown: the base table where that is all there is (one per family unless both agree in every cell), every cell where they are few, else counts by row and control bits.
 * edges: those of the state diagram that were seen. */
void slice_markdown(FILE *to, struct slice *s, uint64_t edges);

/* slice_print.c: what is not the base table. */
void slice_cells_print(FILE *to, struct slice *s);

#endif
