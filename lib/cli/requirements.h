/* What results say of the requirements, row by row. The catalogue itself is suite/catalogue.h's. */
#ifndef TCPSPEC_CLI_REQUIREMENTS_H
#define TCPSPEC_CLI_REQUIREMENTS_H

#include "lib/run/result.h"
#include "suite/catalogue.h"

/* How the tests of one row went on one target. */
struct row_outcome {
	unsigned by_verdict[VERDICTS];
};

/* Results of one run. */
struct row_outcomes {
	const struct catalogue *catalogue; /* borrowed, as the suite */
	const struct suite *suite;
	struct row_outcome *row; /* one for each of the catalogue */
	char target[32];
};

void row_outcomes_begin(struct row_outcomes *o, const struct catalogue *c, const struct suite *s);
void row_outcomes_free(struct row_outcomes *o);
/* Counts a result for every row that its test covers. */
void row_outcomes_add(struct row_outcomes *o, const char *id, enum verdict v);
/* The results of a record. False with e. */
bool row_outcomes_read(struct row_outcomes *o, const char *record, struct error *e);
/* The verdict of a row: the gravest of its results; with how many of them have it where others have none so grave ("FAIL 2/14"). "-": none was played. */
void row_outcome_print(const struct row_outcome *o, struct text *out);

/* Everything that `explain` says of a requirement: its clause, its words, its tests with their proofs, its ladders. */
void requirement_explain(const struct catalogue *c, size_t row);

#endif
