/* Counts a fuzzer's inputs, and says on standard error when the first of them reached a planted bug, and when the first triggered it. It finds no bug. */
#include "fuzz/bug.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* A harness has one bug, and one thread. */
static struct {
	uint64_t inputs;
	bool reached, triggered;
} seen;

static void first_tell(bool *told, const char *what)
{
	if (*told)
		return;
	*told = true;
	fprintf(stderr, "bug: %s after %" PRIu64 " inputs\n", what, seen.inputs);
}

void bug_input(void)
{
	seen.inputs++;
}

void bug_reached(void)
{
	first_tell(&seen.reached, "reached");
}

void bug_triggered(void)
{
	first_tell(&seen.triggered, "triggered");
}
