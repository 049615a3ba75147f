/* Which known lines mean an id, found fast: by chains, by what stands for itself in a glob, coordinate by coordinate. What a line does is known.c's. */
#ifndef TCPSPEC_RUN_KNOWN_MATCH_H
#define TCPSPEC_RUN_KNOWN_MATCH_H

#include "lib/run/known.h"

/* Measures the globs and puts the lines into their chains. */
void known_index(struct known *k);

/* The lines that mean an id, in the order of their files. */
struct known_walk {
	const struct known *k;
	const char *id;
	size_t slash[KNOWN_PARTS]; /* where the coordinates of the id end */
	size_t parts;              /* 0: it has more than that */
	size_t length;
	size_t own, general; /* places + 1 in the two chains */
};
struct known_walk known_walk_begin(const struct known *k, const char *id);
/* The place + 1 of the next line whose glob means the id; 0: none. */
size_t known_walk_next(struct known_walk *w);

#endif
