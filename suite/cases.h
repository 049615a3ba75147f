/* Somebody else's list of test cases, by their ids, as tests of this suite: suite/NAME.tsv. It plays none, and knows nothing of what the ids' owner would say of the results. */
#ifndef TCPSPEC_SUITE_CASES_H
#define TCPSPEC_SUITE_CASES_H

#include "lib/base/table.h"
#include "suite/suite.h"

struct test_case {
	const char *id;     /* theirs: "TCP_BASICS_01" */
	const char *asks;   /* what it asks, in our words */
	const char *clause; /* where the standard says it */
	const char *tests;  /* globs of result ids, blanks between them; "": it is not covered */
	const char *remark; /* where it and RFC 9293 disagree; of one that is not covered: why */
};

struct cases {
	struct table table;
	const char *title; /* the list's name, and what passing it means */
	const char *words;
	struct test_case *at;
	size_t count;
};

/* Reads suite/NAME.tsv of the data directory: its first row is the list itself, id "suite". False with e. */
bool cases_load(struct cases *c, const char *directory, const char *name, struct error *e);
void cases_free(struct cases *c);
/* The next glob of a case's tests at *at, which moves on; its length, 0 at the end. */
size_t case_glob(const char **at, const char **glob);

/* Adds a sentence for each id that stands there twice, each glob that means no test, each case without tests and without a reason. Returns how many. */
size_t cases_lint(const struct cases *c, const struct suite *s, struct text *findings);

#endif
