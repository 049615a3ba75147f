/* From a result's id back to the script that was played: a ladder or cell of the suite, or a cell of one of the matrix's sets. */
#ifndef TCPSPEC_CLI_FIND_H
#define TCPSPEC_CLI_FIND_H

#include "suite/cells.h"
#include "suite/suite.h"

struct finder {
	struct suite suite;
	struct cells *cells; /* NULL: none but those of the suite */
	struct place *place; /* the cells' ids, by hash */
	size_t places;
};

/* axes: the set of cells beside the suite's, or "". False with e. */
bool finder_open(struct finder *f, const char *axes, struct error *e);
void finder_close(struct finder *f);
/* NULL when there is no such test. The script is good until the next call. */
const struct script *finder_script(struct finder *f, const char *id, enum family *family);

#endif
