/* Which known lines mean an id, found fast: by chains, by what stands for itself in a glob, coordinate by coordinate. What a line does is known.c's. */
#ifndef TCPSPEC_RUN_KNOWN_MATCH_H
#define TCPSPEC_RUN_KNOWN_MATCH_H

#include "lib/run/known.h"

enum { KNOWN_PARTS = 8 };

/* Makes the index over (k->index): the globs apart, coordinate by coordinate. */
void known_index(struct known *k);
void known_index_free(struct known_index *x);

/* The lines that mean an id, in the order of their files. */
struct known_walk {
	const struct known *k;
	const char *id;
	size_t slash[KNOWN_PARTS];  /* where the coordinates of the id end */
	uint32_t hash[KNOWN_PARTS]; /* of each */
	size_t parts;               /* 0: it has more than that */
	const size_t *form, *end;   /* the forms that may mean it */
	size_t last;                /* the place + 1 that was returned last: several forms of a line may mean the id */
	const char *reaction;       /* NULL, or the caller's, whose reactions are globs: lines that cannot mean it are passed over */
};
struct known_walk known_walk_begin(const struct known *k, const char *id);
/* The place + 1 of the next line whose glob means the id; 0: none. */
size_t known_walk_next(struct known_walk *w);

#endif
