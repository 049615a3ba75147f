/* A run as a pcapng file that any tool reads: packets with the test's id and step as their comments, everything else in custom blocks between them, the run's
 * header in the section's comment. It judges nothing; lib/run/stored.h has the words. */
#ifndef TCPSPEC_REPORTS_PCAPNG_H
#define TCPSPEC_REPORTS_PCAPNG_H

#include <stdio.h>

#include "lib/run/result.h"
#include "lib/run/trace.h"

/* What opens the data of our custom blocks: "tcpspec <microseconds since 1970> <words>". */
#define PCAPNG_RECORD "tcpspec "

struct pcapng_report {
	FILE *to;
	int64_t epoch; /* microseconds since 1970 when clock_now()'s clock was 0 */
	struct text octets, line;
	uint64_t flushed; /* microseconds since 1970: when the last results were let out */
};

/* All return false with errno set when the file cannot be written any more. Plays are written whole, many at a time: to should not be buffered, and is to be flushed by pcapng_flush()
 * before the run waits. */
bool pcapng_begin(struct pcapng_report *r, FILE *to, const struct run_header *h);
bool pcapng_play(struct pcapng_report *r, const struct trace *t, const struct endpoint *at, uint64_t seed, const char *id, unsigned attempt);
/* Closes the play that pcapng_play() wrote; of a result without a play, and of one that the run itself took back, it says so. */
bool pcapng_result(struct pcapng_report *r, const struct result *res);
bool pcapng_flush(struct pcapng_report *r);
/* Frees; what was not flushed is lost; the file is the caller's. */
void pcapng_end(struct pcapng_report *r);

#endif
