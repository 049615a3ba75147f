/* A target's known deviations: each line pins one reaction of the cells that its glob names. It excuses nothing else. */
#ifndef TCPSPEC_RUN_KNOWN_H
#define TCPSPEC_RUN_KNOWN_H

#include "lib/run/result.h"
#include "lib/target/declaration.h"

struct known_line {
	char glob[ID_MAX];
	char reaction[256]; /* in ladder notation, as result.actual */
	char clause[160], reason[400], since[64];
	unsigned line;
};

struct known {
	struct known_line *at;
	size_t count;
	char file[256]; /* the last one read */
};

/* Adds the lines of a file to *k (which begins as {0}). Reads targets/NAME/known.tsv: id glob, reaction, clause, reason, version first seen; '#' begins a comment line. An empty path gives no lines. Errors: file:line. */
bool known_read(struct known *k, const char *path, struct error *e);
/* The lines of a declaration that hold for a run, added to *k. They tell of the default profile (rfc9293) alone: another reading of the standard has other
 * deviations, so there are none. as_shipped adds those that only the target's own settings show. Errors: file:line. */
bool known_of_target(struct known *k, const struct declaration *d, enum profile p, bool as_shipped, struct error *e);
void known_free(struct known *k);

/* Turns FAIL into KNOWN (the same reaction), FAIL into "known, but changed" (another one), PASS into XPASS. */
void known_apply(const struct known *k, struct result *r);

#endif
