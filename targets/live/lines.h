/* The line protocol of the exec upper tester (doc/exec.md), the program's side: one line in, one call of the stack, one line out. It opens no descriptor and waits for nothing. */
#ifndef TCPSPEC_TARGETS_LIVE_LINES_H
#define TCPSPEC_TARGETS_LIVE_LINES_H

#include "targets/live/host.h"

enum { LINE_OCTETS_MAX = 1 << 18,
       WORDS_MAX = 8 };

struct lines {
	struct host *host;
	struct text in;  /* what was read and not yet performed */
	struct text out; /* answers that were not yet written */
	bool quit;       /* was asked for */
	uint8_t *octets; /* of SEND and RECEIVE: LINE_OCTETS_MAX / 2 */
};

void lines_begin(struct lines *l, struct host *h);
void lines_free(struct lines *l);
/* "ready 1 NAME": the first line. */
void lines_greet(struct lines *l);
/* Octets were read. */
void lines_take(struct lines *l, const char *octets, size_t n);
/* Is there a whole line? */
bool lines_waiting(const struct lines *l);
/* Performs the first line, and appends its answer to `out`. */
void lines_perform(struct lines *l);

#endif
