/* What of the catalogue's tables no longer holds. It asks the suite, the cells and the patches that are there; it plays none of them. */
#include "suite/catalogue.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "suite/cells.h"

/* A glob with a further axis is of the covering array, any other of the product. */
static const char *glob_set(const char *glob)
{
	return strchr(glob, '=') ? "pairwise" : "exhaustive";
}

/* Marks the rows whose globs mean a cell of their set. */
static void set_mark(const struct catalogue *c, const char *set, bool *meant)
{
	struct error unheard;
	char id[ID_MAX];
	struct cells *cells = cells_new(set, &unheard);
	for (size_t i = 0; cells && i < cells_count(cells); i++) {
		cells_id(cells, i, id);
		for (size_t row = 0; row < c->cells.rows; row++)
			meant[row] = meant[row] || (strcmp(glob_set(table_at(&c->cells, row, 1)), set) == 0 && suite_matches(table_at(&c->cells, row, 1), id));
	}
	cells_free(cells);
}

static size_t globs_lint(const struct catalogue *c, struct text *findings)
{
	bool *meant = memory_zeroed(c->cells.rows, sizeof *meant);
	size_t count = 0;
	if (c->cells.rows) {
		set_mark(c, "exhaustive", meant);
		set_mark(c, "pairwise", meant);
	}
	for (size_t i = 0; i < c->cells.rows; i++) {
		if (meant[i])
			continue;
		text_add(findings, "%s:%u: \"%s\" means no cell of the set %s\n", c->cells.path, c->cells.line[i], table_at(&c->cells, i, 1), glob_set(table_at(&c->cells, i, 1)));
		count++;
	}
	free(meant);
	return count;
}

static bool result_exists(const struct suite *s, const char *id)
{
	enum family f;
	struct error unheard;
	if (suite_result(s, id, &f))
		return true;
	struct cells *c = strncmp(id, "matrix/", 7) == 0 ? cells_named(id, &unheard) : NULL;
	cells_free(c);
	return c != NULL;
}

/* Where patches are installed at all (a data directory need not have them) a proof names one. */
static bool mutant_exists(const char *directory, const char *name)
{
	struct text path = {0};
	text_add(&path, "%s/targets/reference/stack.c", directory);
	bool exists = access(text_string(&path), F_OK) != 0;
	text_clear(&path);
	text_add(&path, "%s/targets/reference/mutants/%s.patch", directory, name);
	exists = exists || access(text_string(&path), F_OK) == 0;
	text_free(&path);
	return exists;
}

static size_t proofs_lint(const struct catalogue *c, const struct suite *s, const char *directory, struct text *findings)
{
	const struct table *t = &c->proved;
	size_t count = 0;
	for (size_t i = 0; i < t->rows; i++) {
		const bool test = result_exists(s, table_at(t, i, 1)), mutant = mutant_exists(directory, table_at(t, i, 2));
		if (test && mutant)
			continue;
		text_add(findings, "%s:%u: there is no %s \"%s\" any more, run `make proofs`\n", t->path, t->line[i], test ? "mutant" : "test", table_at(t, i, test ? 2 : 1));
		count++;
	}
	return count;
}

size_t catalogue_lint(const struct catalogue *c, const struct suite *s, const char *directory, struct text *findings)
{
	text_put(findings, text_string(&c->findings));
	return c->finding_count + globs_lint(c, findings) + proofs_lint(c, s, directory, findings);
}
