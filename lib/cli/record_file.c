/* Reading a record: one JSON object a line, with the torn last line of a run that died told apart from a file that is none. */
#include "lib/cli/record_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool record_open(struct record_file *r, const char *path, struct error *e)
{
	*r = (struct record_file){.path = path, .from = fopen(path, "re")};
	return r->from || error_set(e, "%s: %s, while reading a result record; name a file that `tcpspec run --json` wrote", path, strerror(errno));
}

static enum record_kind kind_of(const json_t *o)
{
	static const char *const names[] = {[RECORD_RUN] = "run", [RECORD_RESULT] = "result", [RECORD_RESUMED] = "resumed", [RECORD_END] = "end"};
	const char *type = json_string_value(json_object_get(o, "type"));
	for (unsigned i = RECORD_RUN; type && i <= RECORD_END; i++)
		if (strcmp(type, names[i]) == 0)
			return (enum record_kind)i;
	return RECORD_BAD;
}

static enum record_kind record_bad(struct record_file *r, const char *what, struct error *e)
{
	error_set(e, "%s:%u: %s, expected a line of a result record, as `tcpspec run --json` writes them", r->path, r->number, what);
	return RECORD_BAD;
}

static enum record_kind record_parse(struct record_file *r, size_t n, struct error *e)
{
	json_error_t why;
	const bool ends = r->line[n - 1] == '\n';
	const int next = ends ? getc(r->from) : EOF;
	if (next != EOF)
		ungetc(next, r->from);
	r->object = json_loadb(r->line, n, 0, &why);
	/* What died in the middle of a line left half a line, or a whole one without its end. */
	if (next == EOF && (!r->object || !ends)) {
		r->torn = true;
		return RECORD_END_OF_FILE;
	}
	if (!r->object)
		return record_bad(r, why.text, e);
	const enum record_kind kind = kind_of(r->object);
	if (kind == RECORD_BAD)
		return record_bad(r, "no \"type\" of run, result, resumed or end", e);
	r->before = r->whole;
	r->whole += (off_t)n;
	return kind;
}

enum record_kind record_next(struct record_file *r, struct error *e)
{
	json_decref(r->object);
	r->object = NULL;
	r->number++;
	errno = 0;
	const ssize_t n = getline(&r->line, &r->room, r->from);
	if (n > 0)
		return record_parse(r, (size_t)n, e);
	if (!ferror(r->from))
		return RECORD_END_OF_FILE;
	error_set(e, "%s: %s, while reading a result record", r->path, strerror(errno ? errno : EIO));
	return RECORD_BAD;
}

void record_rewind(struct record_file *r)
{
	rewind(r->from);
	r->number = 0;
	r->whole = r->before = 0;
	r->torn = false;
}

void record_close(struct record_file *r)
{
	json_decref(r->object);
	free(r->line);
	if (r->from)
		fclose(r->from);
	*r = (struct record_file){0};
}

bool record_header(struct record_file *r, struct run_header *h, struct error *e)
{
	*h = (struct run_header){0};
	switch (record_next(r, e)) {
	case RECORD_RUN:
		return run_header_read(r->object, h, e) || error_prefix(e, "%s:%u: ", r->path, r->number);
	case RECORD_BAD:
		return false;
	case RECORD_END_OF_FILE:
	case RECORD_RESULT:
	case RECORD_RESUMED:
	case RECORD_END:
		break;
	}
	return error_set(e, "%s: its first line is not of a run (%s), name a file that `tcpspec run --json` wrote", r->path, r->torn ? "it is half a line" : r->object ? "\"type\" is another"
	                                                                                                                                                               : "the file is empty");
}
