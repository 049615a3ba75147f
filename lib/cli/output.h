/* Where results go as they come: the record file and the report on standard output, both in batches. It plays nothing and counts nothing. */
#ifndef TCPSPEC_CLI_OUTPUT_H
#define TCPSPEC_CLI_OUTPUT_H

#include "reports/junit.h"

struct output {
	const char *path; /* of the record, for complaints; NULL without one */
	FILE *record;     /* NULL without one, or after it failed */
	bool tap;         /* a report as results come, on report.to: standard output or standard error */
	struct report report;
	const char *junit_path;
	FILE *junit_file; /* NULL without one, or after it failed */
	struct junit *junit;
	struct run_header header; /* the environment, for the end of the JUnit file; its texts are its own */
	struct text line;         /* the record's line that is being put together */
	uint64_t flushed_ns;      /* when both were let out last */
	bool stdout_gone;         /* its reader went away, or the disk is full */
	bool broken;              /* the report or the record is incomplete */
};

/* Opens the record (path, "-" for standard output, or NULL) for writing, anew or behind its octet `from` on. False: told on stderr. */
bool output_open(struct output *o, const char *path, off_t from);
/* The same for a JUnit file (path, or NULL), which is written at the end. Before output_header(). */
bool output_open_junit(struct output *o, const char *path);
void output_header(struct output *o, const struct run_header *h, unsigned planned);
/* A line of JSON, taken over, into the record. */
void output_line(struct output *o, char *json);
/* A line of another record, as it stands there; it may end in a newline. */
void output_copy(struct output *o, const char *line);
/* report_only: it stands in the record already. */
void output_result(struct output *o, const struct result *r, const struct script *s, bool report_only);
/* Lets everything out that was written so far. */
void output_flush(struct output *o);
/* Closes the record with its end line, and the report with its summary; failure: why the run ended early, or NULL. begun: there was a header. */
void output_end(struct output *o, const struct run_counts *c, const char *failure, bool begun);

#endif
