/* Counts a fuzzer's inputs, and says on standard error which of them reached a planted bug first, which triggered it first, and which of those that triggered it the harness found something in. It finds
 * nothing itself. */
#include "fuzz/bug.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* A harness has one bug, and one thread. */
static struct {
	uint64_t inputs, at; /* at: the input that has triggered it last, counted from 1; 0: none has */
	bool reached, triggered, other;
	unsigned kept;
	const char *dir; /* NULL: a finding is the harness's affair */
} seen;

enum { KEPT_MAX = 500,
       KIND_MAX = 100 }; /* rule and state */

static volatile sig_atomic_t ends;

/* After how many inputs, and how much time of the processor. */
static void tell(const char *what)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	fprintf(stderr, "bug: %s after %" PRIu64 " inputs, %.2f s\n", what, seen.inputs, (double)t.tv_sec + (double)t.tv_nsec / 1e9);
}

static void first_tell(bool *told, const char *what)
{
	if (!*told)
		tell(what);
	*told = true;
}

void bug_input(void)
{
	if (ends) {
		tell("not exposed");
		_Exit(0);
	}
	seen.inputs++;
}

void bug_reached(void)
{
	first_tell(&seen.reached, "reached");
}

void bug_triggered(void)
{
	seen.at = seen.inputs;
	first_tell(&seen.triggered, "triggered");
}

static void at_limit(int signal)
{
	(void)signal;
	ends = 1;
}

void bug_bench(const char *dir)
{
	seen.dir = dir;
	signal(SIGXCPU, at_limit);
}

/* Keeps the input, and tells of it. */
static void finding_keep(const char *kind, const uint8_t *octets, size_t n)
{
	char path[4096], what[sizeof path + KIND_MAX + 20];
	FILE *to;
	snprintf(path, sizeof path, "%s/triggered-%u", seen.dir, seen.kept++);
	to = fopen(path, "wb");
	if (!to || fwrite(octets, 1, n, to) != n || fclose(to)) {
		perror(path);
		return;
	}
	snprintf(what, sizeof what, "finding %s in %s", kind, path);
	tell(what);
}

bool bug_awaits(void)
{
	return !seen.dir || seen.at == seen.inputs || !seen.other;
}

bool bug_finding(const char *rule, const char *state, const uint8_t *octets, size_t n)
{
	char kind[KIND_MAX], what[sizeof kind + 20];
	if (!seen.dir)
		return false;
	snprintf(kind, sizeof kind, "%s/%s", rule, state);
	snprintf(what, sizeof what, "other finding %s", kind);
	if (seen.at != seen.inputs)
		first_tell(&seen.other, what);
	else if (seen.kept < KEPT_MAX)
		finding_keep(kind, octets, n);
	return true;
}
