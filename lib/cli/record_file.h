/* A result record on disk, read line by line. It keeps nothing of the lines that were read. */
#ifndef TCPSPEC_CLI_RECORD_FILE_H
#define TCPSPEC_CLI_RECORD_FILE_H

#include <sys/types.h>

#include "lib/run/result.h"

enum record_kind { RECORD_END_OF_FILE,
	           RECORD_RUN,
	           RECORD_RESULT,
	           RECORD_RESUMED,
	           RECORD_END,
	           RECORD_BAD };

struct record_file {
	FILE *from;
	const char *path; /* borrowed */
	char *line;
	size_t room;
	unsigned number; /* of the last line */
	json_t *object;  /* the last line; it belongs to the reader */
	off_t whole;     /* octets up to the end of the last line that was whole */
	off_t before;    /* the same, before the last line */
	bool torn;       /* the last line of the file is half one: what a run that died was writing */
};

bool record_open(struct record_file *r, const char *path, struct error *e);
/* The next line. Behind a torn last line is the end of the file, with torn set. RECORD_BAD with e: the file cannot be read, or file:line is no line of a record. */
enum record_kind record_next(struct record_file *r, struct error *e);
/* Back to the first line. */
void record_rewind(struct record_file *r);
void record_close(struct record_file *r);

/* The first line, which must be of a run. Errors name the file. */
bool record_header(struct record_file *r, struct run_header *h, struct error *e);

#endif
