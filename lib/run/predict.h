/* Prediction: what a planted fault of the wire would make of a play, computed from its trace and the model. The wire is not asked. */
#ifndef TCPSPEC_RUN_PREDICT_H
#define TCPSPEC_RUN_PREDICT_H

#include "lib/run/judge.h"
#include "lib/run/known.h"
#include "lib/run/fault.h"

/* Appends one line per fault of the wire, "drop FAIL", to out. id: the result's, for the known deviations. */
void predict_faults(const struct trace *t, const struct script *s, const struct model *m, const struct endpoint *at, uint64_t seed, const char *id, const struct known *k, struct text *out);

#endif
