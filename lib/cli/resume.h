/* The record of a run that died, taken up: what it was of, which ids have a verdict, where it may be written on. It plays nothing. */
#ifndef TCPSPEC_CLI_RESUME_H
#define TCPSPEC_CLI_RESUME_H

#include "lib/cli/ids.h"
#include "lib/cli/record_file.h"

struct resume {
	struct record_file file;
	struct run_header header;
	struct run_counts counts; /* of its end line, or of its results */
	struct id_set done;
	off_t whole;   /* where what is new is to be written */
	bool complete; /* it has its end line, and nothing is missing */
};

/* Reads the record. False with e: it is none, or an id stands in it twice. */
bool resume_open(struct resume *r, const char *path, struct error *e);
/* Hands out the results of the record again, in their order. */
bool resume_replay(struct resume *r, void (*each)(void *self, const struct result *res), void *self, struct error *e);
void resume_close(struct resume *r);

#endif
