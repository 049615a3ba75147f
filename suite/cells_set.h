/* What the parts of struct cells share: the set's points, and the script that is made over for each. Nothing of it is for other layers. */
#ifndef TCPSPEC_SUITE_CELLS_SET_H
#define TCPSPEC_SUITE_CELLS_SET_H

#include "suite/axes.h"

enum { CLASSES_OF_ROW_MAX = 24,
       CTLS_MAX = 64 };

/* The cells of one row, in the order ctl, SEQ with text, ACK, family. */
struct row_span {
	size_t row, first, count;
	struct {
		uint8_t seq, text;
	} arriving[CLASSES_OF_ROW_MAX];
	uint8_t acks[ACK_CLASSES];
	size_t arriving_count, ack_count;
	size_t ctl_first[CTLS_MAX]; /* of each of the set's ctls, without families: the first that has it */
};

struct cells {
	size_t count;
	/* A product of classes: */
	struct row_span *span;
	size_t spans;
	const uint16_t *ctl;
	size_t ctls;
	/* or a list. */
	struct point *listed;
	/* By row, where the set has it: what the last of its points made of it, and what of that point stands in the way. */
	struct cell_script {
		struct script *script;
		struct point way;
	} * made;
};

/* Compiles the way of every row that the set has: everything that can be wrong with a way is told here, so that cells_script() cannot fail. */
bool cells_compile(struct cells *c, struct error *e);

void cells_point(const struct cells *c, size_t i, struct point *p);

/* "matrix/established/rst/inside/-/0", then the family if it is one, then the further axes. Returns its end. */
char *point_id(const struct point *p, enum family f, char *to);

/* pairwise.c: the points of the covering array, by row. The caller frees them. */
struct point *pairwise_points(size_t *count);

/* The way to the point's row, compiled, with a SEND and (by the model) behind it. NULL with e: the ladder of the way cannot be compiled. */
struct script *row_script(const struct point *p, struct error *e);
/* Makes the row's script this point's. */
const struct script *point_script(struct script *s, const struct point *p);

#endif
