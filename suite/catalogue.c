/* Loading the catalogue: the rows, then what points at them. What is wrong with one line spoils no other. */
#include "suite/catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/memory.h"

static const char *const row_columns[] = {"id", "rfc", "section", "level", "states", "stimulus", "expected", "observable", "timing", "note"};
static const char *const cells_columns[] = {"requirement", "glob of cells"};
static const char *const excuse_columns[] = {"requirement", "reason"};
static const char *const proof_columns[] = {"requirement", "test", "mutant"};

const char *requirement_status_name(enum requirement_status s)
{
	static const char *const names[REQUIREMENT_STATUSES] = {"covered", "unproved", "untested", "not tested", "not seen"};
	return names[s];
}

bool requirement_is_visible(const struct requirement *r)
{
	return strcmp(r->observable, "not-black-box-testable") != 0;
}

enum requirement_status requirement_status(const struct requirement *r)
{
	if (r->reason)
		return requirement_is_visible(r) ? NOT_TESTED : NOT_SEEN;
	if (r->proofs)
		return COVERED;
	return r->covers ? UNPROVED : UNTESTED;
}

void requirement_clause(const struct requirement *r, struct text *out)
{
	text_add(out, "RFC %s %s", r->rfc, r->section);
}

/* line 0: of the file as a whole. */
static void finding_add(struct catalogue *c, const char *what, const char *file, unsigned line, const char *id)
{
	text_add(&c->findings, "%s", file);
	if (line)
		text_add(&c->findings, ":%u", line);
	text_add(&c->findings, ": %s %s\n", id, what);
	c->finding_count++;
}

size_t catalogue_row(const struct catalogue *c, const char *id, size_t n)
{
	size_t i = 0;
	while (i < c->count && (strncmp(c->row[i].id, id, n) != 0 || c->row[i].id[n]))
		i++;
	return i;
}

static void rows_take(struct catalogue *c)
{
	const struct table *t = &c->rows;
	c->row = memory_zeroed(t->rows, sizeof *c->row);
	for (size_t i = 1; i < t->rows; i++) { /* the first names the columns */
		struct requirement *r = &c->row[c->count];
		*r = (struct requirement){table_at(t, i, 0), table_at(t, i, 1), table_at(t, i, 2), table_at(t, i, 3), table_at(t, i, 4), table_at(t, i, 5), table_at(t, i, 6), table_at(t, i, 7), table_at(t, i, 8), table_at(t, i, 9), NULL, 0, 0};
		if (catalogue_row(c, r->id, strlen(r->id)) < c->count)
			finding_add(c, "stands there twice, take one line out", t->path, t->line[i], r->id);
		else
			c->count++;
	}
}

/* The row that column 0 of a table's row names; c->count with a finding. */
static size_t row_of(struct catalogue *c, const struct table *t, size_t i)
{
	const char *id = table_at(t, i, 0);
	const size_t row = catalogue_row(c, id, strlen(id));
	if (row == c->count)
		finding_add(c, "is no row of suite/requirements.tsv", t->path, t->line[i], id);
	return row;
}

static void cover_add(struct catalogue *c, struct cover cover)
{
	c->cover = memory_resized(c->cover, c->covers + 1, sizeof *c->cover);
	c->cover[c->covers++] = cover;
	c->row[cover.row].covers++;
}

/* Takes what a script covers; ids that are no rows become findings. */
static void script_covers(struct catalogue *c, const struct script *s)
{
	for (const char *at = s->covers; *at; at += strspn(at, ", ")) {
		const size_t n = strcspn(at, ", ");
		const size_t row = catalogue_row(c, at, n);
		if (n && row < c->count)
			cover_add(c, (struct cover){.row = row, .script = s});
		at += n;
	}
}

size_t covers_lint(const struct catalogue *c, const struct script *s, struct text *findings)
{
	size_t count = 0;
	for (const char *at = s->covers; *at; at += strspn(at, ", ")) {
		const size_t n = strcspn(at, ", ");
		if (n && catalogue_row(c, at, n) == c->count) {
			struct text line = {0};
			text_add(&line, "%s: covers: %.*s is no row of suite/requirements.tsv\n", s->file, (int)n, at);
			/* The two sides of a ladder, and all of a family, are one file. */
			if (!strstr(text_string(findings), text_string(&line))) {
				text_put(findings, text_string(&line));
				count++;
			}
			text_free(&line);
		}
		at += n;
	}
	return count;
}

static int cover_order(const void *a, const void *b)
{
	const struct cover *x = a, *y = b;
	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	if (!x->script != !y->script)
		return x->script ? -1 : 1;
	return strcmp(x->script ? x->script->id : x->glob, y->script ? y->script->id : y->glob);
}

static void covers_take(struct catalogue *c, const struct suite *s)
{
	for (size_t i = 0; i < s->count; i++)
		script_covers(c, s->script[i]);
	for (size_t i = 0; i < c->cells.rows; i++) {
		const size_t row = row_of(c, &c->cells, i);
		if (row < c->count)
			cover_add(c, (struct cover){.row = row, .glob = table_at(&c->cells, i, 1)});
	}
	if (c->covers)
		qsort(c->cover, c->covers, sizeof *c->cover, cover_order);
}

static void excuses_take(struct catalogue *c)
{
	const struct table *t = &c->excuses;
	size_t last = 0;
	for (size_t i = 0; i < t->rows; i++) {
		const size_t row = row_of(c, t, i);
		if (row == c->count)
			continue;
		struct requirement *r = &c->row[row];
		if (r->reason)
			finding_add(c, "stands there twice, take one line out", t->path, t->line[i], r->id);
		else if (row < last)
			finding_add(c, "is out of the order of suite/requirements.tsv, move the line", t->path, t->line[i], r->id);
		if (!*table_at(t, i, 1))
			finding_add(c, "has no reason, write one sentence", t->path, t->line[i], r->id);
		if (r->covers)
			finding_add(c, "is covered by a test and excused at once, take the line out or its `covers:`", t->path, t->line[i], r->id);
		r->reason = table_at(t, i, 1);
		last = row;
	}
	for (size_t i = 0; i < c->count; i++)
		if (!requirement_is_visible(&c->row[i]) && !c->row[i].reason && !c->row[i].covers)
			finding_add(c, "cannot be seen from outside, and has no line that says why", "doc/not-tested.tsv", 0, c->row[i].id);
}

static int proof_order(const void *a, const void *b)
{
	const struct proof *x = a, *y = b;
	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	const int order = strcmp(x->test, y->test);
	return order ? order : strcmp(x->mutant, y->mutant);
}

bool cover_means(const struct cover *c, const char *result_id)
{
	return suite_matches(c->script ? c->script->id : c->glob, result_id);
}

static bool row_has_test(const struct catalogue *c, size_t row, const char *result_id)
{
	for (size_t i = 0; i < c->covers; i++)
		if (c->cover[i].row == row && cover_means(&c->cover[i], result_id))
			return true;
	return false;
}

static void proofs_take(struct catalogue *c)
{
	const struct table *t = &c->proved;
	c->proof = memory_zeroed(t->rows, sizeof *c->proof);
	for (size_t i = 0; i < t->rows; i++) {
		const size_t row = row_of(c, t, i);
		if (row == c->count)
			continue;
		if (!row_has_test(c, row, table_at(t, i, 1))) {
			finding_add(c, "is proved by a test that does not cover it any more, run `make proofs`", t->path, t->line[i], c->row[row].id);
			continue;
		}
		c->proof[c->proofs++] = (struct proof){row, table_at(t, i, 1), table_at(t, i, 2)};
		c->row[row].proofs++;
	}
	if (c->proofs)
		qsort(c->proof, c->proofs, sizeof *c->proof, proof_order);
}

/* The table `inside` the data directory. needed: false when it may be missing. */
static bool table_load(struct table *t, const char *directory, const char *inside, bool needed, const char *const *names, unsigned columns, struct error *e)
{
	struct text path = {0};
	text_add(&path, "%s/%s", directory, inside);
	const bool ok = (!needed && access(text_string(&path), F_OK) != 0) || table_read(t, text_string(&path), names, columns, e);
	text_free(&path);
	return ok;
}

#define COLUMNS_OF(names) names, sizeof(names) / sizeof(names[0])

bool catalogue_load(struct catalogue *c, const struct suite *s, const char *directory, struct error *e)
{
	*c = (struct catalogue){.count = 0};
	if (!table_load(&c->rows, directory, "suite/requirements.tsv", true, COLUMNS_OF(row_columns), e) || !table_load(&c->cells, directory, "suite/cells.tsv", false, COLUMNS_OF(cells_columns), e) ||
	    !table_load(&c->excuses, directory, "doc/not-tested.tsv", false, COLUMNS_OF(excuse_columns), e) ||
	    !table_load(&c->proved, directory, "targets/reference/mutants/proofs.tsv", false, COLUMNS_OF(proof_columns), e)) {
		catalogue_free(c);
		return false;
	}
	rows_take(c);
	covers_take(c, s);
	excuses_take(c);
	proofs_take(c);
	return true;
}

void catalogue_free(struct catalogue *c)
{
	table_free(&c->rows);
	table_free(&c->cells);
	table_free(&c->excuses);
	table_free(&c->proved);
	free(c->row);
	free(c->cover);
	free(c->proof);
	text_free(&c->findings);
	*c = (struct catalogue){.count = 0};
}
