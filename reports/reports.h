/* The result record as people and programs read it: TAP, the quiet listing, the Markdown matrix. Pure: from structs to a stream. */
#ifndef TCPSPEC_REPORTS_REPORTS_H
#define TCPSPEC_REPORTS_REPORTS_H

#include <stdio.h>

#include "lib/run/result.h"

/* How often each text was met. */
struct tally {
	struct tally_line {
		char text[32];
		unsigned times;
	} * line;
	size_t count;
};

/* One form of report. finish() writes what stands at the end. Order of results is the order in which they end. */
struct report {
	FILE *to;
	bool strict;
	bool quiet;
	unsigned number; /* of the last test point */
	struct run_header header;
	const char *rerun;              /* options in force, each with a space before it (seed apart), or NULL: for the command that runs a test again */
	const char *from;               /* the capture that was judged again, or NULL: a run */
	unsigned planned;               /* test points announced */
	bool begun;                     /* tap_begin() was called */
	unsigned cells, ladders, cases; /* results so far, by kind */
	struct tally causes;            /* of what counts as FAIL; report_free() */
};

/* TAP version 13: "TAP version 13", the plan, the environment header as comments. quiet: no plan, only the header's first line. An empty plan is that of a shard without a test. */
void tap_begin(struct report *r, unsigned planned);
/* One test point, YAML diagnostics under everything that is not a plain pass. */
void tap_result(struct report *r, const struct result *res);
/* The run ends early, and why: "Bail out!". quiet: a comment. Also before tap_begin(). */
void tap_bail(struct report *r, const char *why);
/* "12,345" */
void thousands_print(FILE *to, unsigned n);
/* The summary as comments; its first line counts passes, FAILs by cause, known, UNIMPLEMENTED and INCONCLUSIVE beside the total. */
void tap_end(struct report *r, const struct run_counts *c);
void report_free(struct report *r);
/* Counts a result's cause for the summary; tap_result() does. */
void report_count(struct report *r, const struct result *res);

/* The filled state x segment table as Markdown (reply, next state, verdict glyph), one per family unless both agree in every cell, and how many edges of
 * the state diagram were seen. Takes the results whose ids begin with "matrix/". */
void matrix_markdown(FILE *to, const struct result *const *results, size_t count, const struct run_counts *c);

#endif
