/* Control cells: every row entered by its prelude and probed with every probe, with no stimulus before. As scripts they are played and judged like all others; what they
 * show of a target is learned from them. They infer nothing. */
#ifndef TCPSPEC_RUN_CONTROL_H
#define TCPSPEC_RUN_CONTROL_H

#include "lib/run/judge.h"
#include "lib/run/probe_table.h"

enum { CONTROLS_MAX = PROBE_ROWS * PROBES };

struct control {
	enum probe_row row;
	enum probe probe;
	struct script *script; /* owned */
};

struct controls {
	struct control at[CONTROLS_MAX];
	size_t count;
};

/* In a row where two probes are one segment (SND.UNA is SND.NXT), the first of them stands for both. */
enum probe control_stands_for(enum probe_row r, enum probe p);

/* Does a control cell have this id? */
bool control_is(const char *id);

/* All of them, "control/fin-wait-1/old-octet". False with e: a defect of this program. */
bool controls_make(struct controls *c, struct error *e);
void controls_free(struct controls *c);

/* Takes from a control cell's play what the target answers; nothing from one that came to no verdict. */
void control_learn(struct signatures *to, const struct control *c, const struct judge *j, const struct trace *t);

#endif
