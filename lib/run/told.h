/* What a worker tells: headers, results, traces and counts as octets, between processes that were forked from one. Not a file format: that is the record's. */
#ifndef TCPSPEC_RUN_TOLD_H
#define TCPSPEC_RUN_TOLD_H

#include "lib/run/run.h"

enum told_kind {
	TOLD_HEADER,
	TOLD_RESULT,
	TOLD_TRACE,
	TOLD_COUNTS, /* the last of a worker that ended well */
	TOLD_ERROR,  /* the last of one that did not: after its counts */
};

/* A message that was read: where its octets are. */
struct told {
	enum told_kind kind;
	const char *at, *end;
	bool broken; /* it ended before its fields did */
};

/* Append a message to out. */
void tell_header(struct text *out, const struct run_header *h);
void tell_result(struct text *out, const struct result *r, const struct script *s);
void tell_trace(struct text *out, const struct trace *t, const struct endpoint *at, uint64_t seed, const char *id, unsigned attempt);
void tell_counts(struct text *out, const struct run_counts *c);
void tell_error(struct text *out, const struct error *e);

/* Finds the first message in n octets: its whole length, or 0 when it is not all there. */
size_t told_next(const char *at, size_t n, struct told *m);

/* Take a message apart. Texts are the caller's to free. False: broken. */
bool told_header(struct told *m, struct run_header *h);
/* *side: the script's. */
bool told_result(struct told *m, struct result *r, char *side);
/* t: its packets point into the message. */
bool told_trace(struct told *m, struct trace *t, struct endpoint *at, uint64_t *seed, char id[ID_MAX], unsigned *attempt);
bool told_counts(struct told *m, struct run_counts *c);
bool told_error(struct told *m, struct error *e);

#endif
