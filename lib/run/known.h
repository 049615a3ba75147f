/* A target's known deviations: each line pins one reaction of the cells that its glob names. It excuses nothing else. */
#ifndef TCPSPEC_RUN_KNOWN_H
#define TCPSPEC_RUN_KNOWN_H

#include "lib/run/result.h"
#include "lib/target/declaration.h"

struct known_line {
	char glob[ID_MAX];  /* of whole ids; '*' crosses '/'; with the ksh patterns "!(a|b)", "@(a|b)", "?(a)", "*(a)", "+(a)" */
	char reaction[512]; /* in ladder notation, as result.actual; behind "=> ", two words stand for states: "(kept)", the one before the stimulus, and "(gone)", CLOSED or LISTEN */
	enum { WORD_NONE,
	       WORD_KEPT,
	       WORD_GONE } word;
	size_t word_at; /* where it stands in the reaction */
	char clause[160], reason[400], since[64];
	char at[64]; /* "known.tsv:12" */
	unsigned line;
	unsigned met, excused, told; /* known_count() */
};

struct known_index;

struct known {
	struct known_line *at;
	size_t count;
	bool hasty;                /* cells are not watched for what comes late: that a line of a late reply has not been seen there says nothing, and before the fence it is the same */
	char file[256];            /* the last one read */
	struct known_index *index; /* known_match.h; NULL: no line was read */
};

/* Adds the lines of a file to *k (which begins as {0}). Reads targets/NAME/known.tsv: id glob, reaction, clause, reason, version first seen; '#' begins a comment line. An empty path gives no lines. Errors: file:line. */
bool known_read(struct known *k, const char *path, struct error *e);
/* The same of a text in memory, which is written into, for programs that carry theirs with them. name: what errors and lines call it. */
bool known_read_text(struct known *k, const char *name, char *text, struct error *e);
/* The lines of a declaration that hold for a run, added to *k. They tell of the default profile (rfc9293) alone: another reading of the standard has other
 * deviations, so there are none. as_shipped adds those that only the target's own settings show. Errors: file:line. */
bool known_of_target(struct known *k, const struct declaration *d, enum profile p, bool as_shipped, struct error *e);
void known_free(struct known *k);

/* Does the line's glob mean this whole id? */
bool known_means(const struct known_line *l, const char *id);

/* Is it the line's reaction? state_before: of the target, before the stimulus; "" where nobody knows, and then "(kept)" is no state.
 * Of a state that was probed the line's is one of those that the probes leave. */
bool known_reaction_is(const struct known_line *l, const char *actual, const char *state_before);

/* Turns FAIL into KNOWN (the same reaction), FAIL into "known, but changed" (another one), PASS into XPASS; result.known_at tells the line. It counts nothing. */
void known_apply(const struct known *k, struct result *r);

/* Counts a result that known_apply() has seen, whatever else was done with it since: met, excused and told of each line whose glob means its id. Results without a judgement
 * (INCONCLUSIVE, UNIMPLEMENTED) are not counted. */
void known_count(struct known *k, const struct result *r);
/* The lines that were met, into *c. */
void known_uses(const struct known *k, struct run_counts *c);

/* "16 lines, 0123456789abcdef": what was excused, for telling two runs apart. */
void known_print(const struct known *k, char *to, size_t room);

#endif
