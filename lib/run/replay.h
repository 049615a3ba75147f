/* A trace read again: by the judge, and as a ladder. It plays nothing. */
#ifndef TCPSPEC_RUN_REPLAY_H
#define TCPSPEC_RUN_REPLAY_H

#include "lib/run/judge.h"
#include "lib/run/trace.h"

/* The ladder as it happened, with the event that decided against the target marked. */
void ladder_of_trace(const struct trace *t, const struct judge *j, struct text *out);

/* Judges a stored trace; j is begun by the caller. The verdict equals the live one. */
void judge_replay(struct judge *j, const struct trace *t);

#endif
