/* How a planted bug (fuzz/bugs) tells that an input came to its place, and that it made a difference there: what `make fuzz-bench` counts. It decides of nothing.
 *
 * The functions are weak, so that a patched stack builds and runs without bug.c as well: then nobody is told. */
#ifndef TCPSPEC_FUZZ_BUG_H
#define TCPSPEC_FUZZ_BUG_H

/* The fault's place was reached. */
void bug_reached(void) __attribute__((weak, visibility("default")));
/* The fault made a difference there. */
void bug_triggered(void) __attribute__((weak, visibility("default")));
/* Called by the harness when it begins with an input. */
void bug_input(void);

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
