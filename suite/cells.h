/* The matrix: rows x control bits x classes of SEQ, ACK and text x families and the further axes, as cells by number. Cells are made when they are asked for; none is
 * stored, and none is played here. */
#ifndef TCPSPEC_SUITE_CELLS_H
#define TCPSPEC_SUITE_CELLS_H

#include "lib/base/error.h"
#include "lib/script/script.h"

/* One row: a state and the way into it. */
struct cell_row {
	const char *name; /* "established-gap": the id's coordinate */
	enum state state;
	const char *way; /* of the prelude; "" for the standard one */
};
const struct cell_row *cell_rows(size_t *count);

/* Where a cell lies on each axis, by the words that stand in its id. */
struct cell_coordinates {
	const char *row;
	char ctl[48];          /* "syn-fin", "none" */
	const char *seq, *ack; /* "exact", "-" */
	const char *text;      /* "0" */
	enum family family;
	char further[64]; /* ",isn=wrap-32,ts=old"; "" where all are at their defaults */
};

struct cells;

/* The names of the sets, smallest first. */
const char *const *cells_sets(size_t *count);
/* A named set: "base", "full", "exhaustive", "pairwise". Classes that coincide in a row are counted once: no two cells of a set send the same segment to the same TCB.
 * NULL with e: the sets there are. */
struct cells *cells_new(const char *set, struct error *e);
/* The cell with this id, of whatever set; without a family, in both. NULL with e: what of it is no coordinate. */
struct cells *cells_named(const char *id, struct error *e);
void cells_free(struct cells *c);
/* Families included. Cells of one row are neighbours. */
size_t cells_count(const struct cells *c);
/* "matrix/established/rst/inside/-/0/v4" */
void cells_id(const struct cells *c, size_t i, char id[ID_MAX]);
void cells_coordinates(const struct cells *c, size_t i, struct cell_coordinates *k);
/* The cell as a script: the row's prelude, the given state, one SEND, (by the model). It belongs to c and is good until the next call; script_copy() keeps it. Under a microsecond:
 * only the id, the title and the SEND differ between the cells of a row. */
const struct script *cells_script(struct cells *c, size_t i, enum family *f);

#endif
