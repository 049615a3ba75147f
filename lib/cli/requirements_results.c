/* From results to rows of the catalogue. Which row is covered by which test, the catalogue knows. */
#include "lib/cli/requirements.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/cli/record_file.h"

void row_outcomes_begin(struct row_outcomes *o, const struct catalogue *c, const struct suite *s)
{
	*o = (struct row_outcomes){.catalogue = c, .suite = s, .row = memory_zeroed(c->count, sizeof *o->row)};
}

void row_outcomes_free(struct row_outcomes *o)
{
	free(o->row);
	o->row = NULL;
}

void row_outcomes_add(struct row_outcomes *o, const char *id, enum verdict v)
{
	const struct catalogue *c = o->catalogue;
	enum family f;
	const bool is_cell = strncmp(id, "matrix/", strlen("matrix/")) == 0;
	const struct script *script = is_cell ? NULL : suite_result(o->suite, id, &f);
	for (size_t i = 0; i < c->covers; i++) {
		const struct cover *cover = &c->cover[i];
		if (is_cell ? cover->glob && suite_matches(cover->glob, id) : cover->script && cover->script == script)
			o->row[cover->row].by_verdict[v]++;
	}
}

bool row_outcomes_read(struct row_outcomes *o, const char *record, struct error *e)
{
	struct record_file file;
	struct run_header header = {.seed = 0};
	bool ok = record_open(&file, record, e);
	if (!ok)
		return false;
	ok = record_header(&file, &header, e);
	if (ok)
		string_put(o->target, sizeof o->target, header.target);
	run_header_free(&header);
	for (enum record_kind kind = RECORD_RUN; ok && kind != RECORD_END_OF_FILE;) {
		enum verdict v;
		kind = record_next(&file, e);
		ok = kind != RECORD_BAD;
		if (kind != RECORD_RESULT)
			continue;
		const char *id = json_string_value(json_object_get(file.object, "id")), *word = json_string_value(json_object_get(file.object, "verdict"));
		if (id && word && verdict_read(word, &v))
			row_outcomes_add(o, id, v);
		else
			ok = error_set(e, "%s:%u: a result without an id or a verdict", record, file.number);
	}
	record_close(&file);
	return ok;
}

void row_outcome_print(const struct row_outcome *o, struct text *out)
{
	static const enum verdict gravest[] = {FAIL, XPASS, INCONCLUSIVE, KNOWN, NON_STRICT, PASS, INFORMATIONAL, UNIMPLEMENTED};
	unsigned all = 0, worst = 0;
	for (unsigned v = 0; v < VERDICTS; v++)
		all += o->by_verdict[v];
	while (all && !o->by_verdict[gravest[worst]])
		worst++;
	if (!all)
		text_put(out, "-");
	else if (o->by_verdict[gravest[worst]] == all)
		text_put(out, verdict_name(gravest[worst]));
	else
		text_add(out, "%s %u/%u", verdict_name(gravest[worst]), o->by_verdict[gravest[worst]], all);
}
