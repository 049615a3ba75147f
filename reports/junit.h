/* Results as JUnit XML: a testsuite for each chapter and each row of the matrix, a testcase for each id. It keeps no result in memory: testcases wait in files without a
 * name, one a suite, because a suite's element begins with its counts. */
#ifndef TCPSPEC_REPORTS_JUNIT_H
#define TCPSPEC_REPORTS_JUNIT_H

#include "reports/reports.h"

struct junit;

struct junit *junit_new(bool strict);
/* rerun: as in struct report; seed of the run. False with e: there is no room for the testcase. */
bool junit_result(struct junit *j, const struct result *r, uint64_t seed, const char *rerun, struct error *e);
/* The whole document. h: the environment, told in every suite. failure: why the run ended early, or NULL. False with e. */
bool junit_write(struct junit *j, FILE *to, const struct run_header *h, const struct run_counts *c, const char *failure, struct error *e);
void junit_free(struct junit *j);

#endif
