/* The requirements of the standard, and which tests answer for each of them: ladders by `covers:`, cells by suite/cells.tsv, the reasons of doc/not-tested.tsv, the mutants that prove a test. It plays
 * nothing, and it does not judge whether a test asks the right question. */
#ifndef TCPSPEC_SUITE_CATALOGUE_H
#define TCPSPEC_SUITE_CATALOGUE_H

#include "lib/base/table.h"
#include "suite/suite.h"

/* A row of suite/requirements.tsv, as it stands there. */
struct requirement {
	const char *id, *rfc, *section, *level, *states, *stimulus, *expected, *observable, *timing, *note;
	const char *reason; /* of doc/not-tested.tsv; NULL: it is to be tested */
	unsigned covers, proofs;
};

/* What covers a row: a script, or (NULL) the cells that a glob means. */
struct cover {
	size_t row;
	const struct script *script;
	const char *glob;
};

/* A test that was seen to fail on a mutant of the very rule. */
struct proof {
	size_t row;
	const char *test, *mutant; /* id of a result; name of a patch */
};

enum requirement_status {
	COVERED,    /* some test of it is proved */
	UNPROVED,   /* it has tests, and no mutant of the rule turns one to FAIL */
	UNTESTED,   /* it has no test */
	NOT_TESTED, /* doc/not-tested.tsv says why */
	NOT_SEEN,   /* the same, of a row that no black box can see */
	REQUIREMENT_STATUSES
};
const char *requirement_status_name(enum requirement_status s); /* "covered" */

struct catalogue {
	struct table rows, cells, excuses, proved;
	struct requirement *row;
	size_t count;
	struct cover *cover; /* by row, then as the suite has them */
	size_t covers;
	struct proof *proof; /* by row */
	size_t proofs;
	struct text findings; /* what stands wrong in the tables, a line each */
	size_t finding_count;
};

/* Reads the tables of the data directory, and what the suite covers; both must outlive it. A table that is not there has no rows, suite/requirements.tsv apart. False with e. */
bool catalogue_load(struct catalogue *c, const struct suite *s, const char *directory, struct error *e);
void catalogue_free(struct catalogue *c);

/* The row of an id of n octets; c->count when there is none. */
size_t catalogue_row(const struct catalogue *c, const char *id, size_t n);
/* Can it be seen on the wire or through the calls? */
bool requirement_is_visible(const struct requirement *r);
enum requirement_status requirement_status(const struct requirement *r);
/* "RFC 9293 3.8.6.2.1" */
void requirement_clause(const struct requirement *r, struct text *out);
/* Does the cover mean the result with this id? */
bool cover_means(const struct cover *c, const char *result_id);

/* Adds a line for each id in the script's `covers:` that is no row. Returns how many. */
size_t covers_lint(const struct catalogue *c, const struct script *s, struct text *findings);
/* Adds what catalogue_load() found, and what takes longer to find: globs that mean no cell, proofs that hold no more. Returns how many findings. */
size_t catalogue_lint(const struct catalogue *c, const struct suite *s, const char *directory, struct text *findings);

#endif
