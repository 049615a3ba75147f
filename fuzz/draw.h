/* What the mutator and its phrases draw by. It draws nothing itself. */
#ifndef TCPSPEC_FUZZ_DRAW_H
#define TCPSPEC_FUZZ_DRAW_H

#include <stdbool.h>

#include "lib/base/rng.h"

#define PICK(r, table) ((table)[rng_below(r, sizeof(table) / sizeof *(table))])

static inline bool chance(struct rng *r, unsigned in)
{
	return rng_below(r, in) == 0;
}

#endif
