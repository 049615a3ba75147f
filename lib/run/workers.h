/* A run shared among processes of this machine: each plays a part of the selection in namespaces of its own, on a CPU of its own, and tells its results here. What is played, and how it is
 * judged, does not depend on their number. */
#ifndef TCPSPEC_RUN_WORKERS_H
#define TCPSPEC_RUN_WORKERS_H

#include "lib/run/run.h"

enum { WORKERS_MAX = 64 };

/* run_play() with o->workers processes: cell and play i is worker (i mod workers)'s. What a target of kind linux is to be given choices or constants for is dealt out to further ones, one for each
 * set of those, so that long timers run side by side. d: the declaration that o names. No other thread may run. */
bool workers_play(const struct run_options *o, const struct declaration *d, const struct play *plays, size_t count, const struct play_source *cells, const struct run_events *events, struct run_counts *counts, struct error *e);

#endif
