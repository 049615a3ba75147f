/* `run --pcap FILE`: the run's packets and events on their way into a file, and what is said when it cannot take them. What stands in the file is reports/pcapng.h's. */
#ifndef TCPSPEC_CLI_STORE_H
#define TCPSPEC_CLI_STORE_H

#include "reports/pcapng.h"

struct store {
	const char *path; /* NULL: nothing is stored */
	FILE *to;         /* NULL before it is opened, and after it failed */
	bool broken;      /* the file is incomplete; it was told on stderr */
	struct pcapng_report report;
};

/* False: the file cannot be written, which was told on stderr. path NULL: nothing is to be stored. */
bool store_open(struct store *s, const char *path);
void store_header(struct store *s, const struct run_header *h);
void store_trace(struct store *s, const struct trace *t, const struct endpoint *at, uint64_t seed, const char *id, unsigned attempt);
void store_result(struct store *s, const struct result *r);
/* Lets out what is still held back. */
void store_flush(struct store *s);
/* False: the file is incomplete. */
bool store_close(struct store *s);

#endif
