/* Taking up a record: one pass for the ids that have a verdict, another one for the report of the whole. */
#include "lib/cli/resume.h"

#include <string.h>

static bool resume_note(struct resume *r, struct error *e)
{
	struct result res;
	const bool good = result_take(r->file.object, &res, e);
	if (!good) {
		error_prefix(e, "%s:%u: ", r->file.path, r->file.number);
	} else {
		r->counts.total++;
		r->counts.by_verdict[res.verdict]++;
		r->counts.edges |= res.edges;
	}
	const bool fresh = !good || id_set_add(&r->done, res.id);
	if (!fresh)
		error_set(e, "%s:%u: %s has a verdict already, expected each id once", r->file.path, r->file.number, res.id);
	result_free(&res);
	return good && fresh;
}

/* An end line of a run that could not play everything is taken back. */
static bool resume_end(struct resume *r, struct error *e)
{
	struct run_counts c;
	if (!run_counts_read(r->file.object, &c, e))
		return error_prefix(e, "%s:%u: ", r->file.path, r->file.number);
	r->complete = c.complete;
	if (c.complete) {
		run_counts_free(&r->counts);
		r->counts = c;
	} else {
		run_counts_free(&c);
		r->whole = r->file.before;
	}
	return true;
}

bool resume_open(struct resume *r, const char *path, struct error *e)
{
	*r = (struct resume){0};
	if (!record_open(&r->file, path, e) || !record_header(&r->file, &r->header, e))
		return false;
	r->whole = r->file.whole;
	for (bool ended = false;;) {
		const enum record_kind kind = record_next(&r->file, e);
		if (kind == RECORD_BAD)
			return false;
		if (kind == RECORD_END_OF_FILE)
			return true;
		if (ended || kind == RECORD_RUN)
			return error_set(e, "%s:%u: a second run begins here, expected one record in the file", path, r->file.number);
		r->whole = r->file.whole;
		ended = kind == RECORD_END;
		if (kind == RECORD_RESULT ? !resume_note(r, e) : kind == RECORD_END && !resume_end(r, e))
			return false;
	}
}

bool resume_replay(struct resume *r, void (*each)(void *self, const struct result *res), void *self, struct error *e)
{
	record_rewind(&r->file);
	for (;;) {
		struct result res;
		const enum record_kind kind = record_next(&r->file, e);
		if (kind == RECORD_BAD)
			return false;
		if (kind == RECORD_END_OF_FILE || kind == RECORD_END)
			return true;
		if (kind != RECORD_RESULT)
			continue;
		const bool good = result_take(r->file.object, &res, e);
		if (good)
			each(self, &res);
		result_free(&res);
		if (!good)
			return false;
	}
}

void resume_close(struct resume *r)
{
	record_close(&r->file);
	run_header_free(&r->header);
	run_counts_free(&r->counts);
	id_set_free(&r->done);
	*r = (struct resume){0};
}
