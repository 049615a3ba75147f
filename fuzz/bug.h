/* How a planted bug (fuzz/bugs) tells that an input came to its place, and that it made a difference there: what `make fuzz-bench` counts. It decides of nothing.
 *
 * The functions are weak, so that a patched stack builds and runs without bug.c as well: then nobody is told. */
#ifndef TCPSPEC_FUZZ_BUG_H
#define TCPSPEC_FUZZ_BUG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The fault's place was reached. */
void bug_reached(void) __attribute__((weak, visibility("default")));
/* The fault made a difference there. */
void bug_triggered(void) __attribute__((weak, visibility("default")));
/* Called by the harness when it begins with an input. */
void bug_input(void);
/* From now on a finding does not end the process: the inputs of those that had triggered the bug are kept in the directory. What ends it is the limit of
 * processor time (SIGXCPU). */
void bug_bench(const char *dir);
/* Would a finding in this input be told of? False: the bug was not triggered, and that it finds something without was told already; to find out what takes plays of their own. */
bool bug_awaits(void);
/* The harness has found that the input breaks a rule in a state. True: it was told of, and the harness goes on. */
bool bug_finding(const char *rule, const char *state, const uint8_t *octets, size_t n);

#define BUG_REACHED()                  \
	do {                           \
		if (bug_reached)       \
			bug_reached(); \
	} while (0)

/* Before the faulty operation itself, which may be the last thing that happens. */
#define BUG_TRIGGERED(condition)                  \
	do {                                      \
		if (bug_triggered && (condition)) \
			bug_triggered();          \
	} while (0)

#endif
