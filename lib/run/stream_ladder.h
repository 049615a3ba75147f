/* A captured connection as a ladder file, with the first arrow of each side that no history of that side explains. */
#ifndef TCPSPEC_RUN_STREAM_LADDER_H
#define TCPSPEC_RUN_STREAM_LADDER_H

#include "lib/run/streams.h"

/* sides: which are followed, [0] A, [1] B; they are what the ladder `plays:`. Returns how many unlawful arrows were marked (one a side at the most). */
unsigned stream_ladder(const struct stream *s, const char *id, const char *title, const bool sides[2], struct text *out);

#endif
