/* What is tested: the ladders of a directory and the generated cells, as scripts, and which of them a selection means. Not how they are run. */
#ifndef TCPSPEC_SUITE_SUITE_H
#define TCPSPEC_SUITE_SUITE_H

#include "lib/script/ladder.h"

struct suite {
	struct script **script; /* ladders by path, then cells; ids (with side) unique */
	size_t count;
	size_t room;
	struct text errors; /* one line per file that could not be read or compiled: the rest of the suite still runs */
	unsigned error_count;
	size_t *slot; /* ids by hash: place in script + 1, 0 is free */
	size_t slots; /* a power of two, or 0 */
};

/* Reads every *.ladder under directory (sorted), compiles each for the sides it plays, and adds the base matrix and the control cells. False with e only when the directory itself cannot be read. */
bool suite_load(struct suite *s, const char *directory, struct error *e);
void suite_free(struct suite *s);

/* Reads one ladder file and adds its scripts; what is wrong with it becomes an error line. */
void suite_add_file(struct suite *s, const char *file);

/* The same for every *.ladder under directory, sorted by path. False with e when the directory cannot be read. */
bool suite_add_directory(struct suite *s, const char *directory, struct error *e);

/* Adds the cells of the named set ("base"). */
bool matrix_add(struct suite *s, const char *set, struct error *e);

/* Adds one script, taking it over; a repeated id is an error line. */
void suite_add(struct suite *s, struct script *script);

/* The script whose result has this id ("close/figure-12/a/v4"), and in which family; NULL when there is none. */
const struct script *suite_result(const struct suite *s, const char *id, enum family *f);

/* Does glob (fnmatch with the extended patterns of ksh, * crosses /) mean this result id? A glob without family or side means all of them: "close/figure-12" matches "close/figure-12/a/v4". */
bool suite_matches(const char *glob, const char *id);

/* Up to max ids nearest to what was typed (edit distance), for "no test matches". Returns how many. */
size_t suite_nearest(const struct suite *s, const char *typed, const char **nearest, size_t max);

#endif
