/* Reads ambiguous.tsv, the argued pluralities of the model (slack.h). The arguments are for people: it weighs none of them. */
#include "lib/model/slack.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

enum { COLUMNS = 4 };

/* Cuts a line at its tabs. False unless there are as many columns as there should be, none of them empty. */
static bool columns_cut(char *line, const char *column[COLUMNS])
{
	for (unsigned i = 0; i < COLUMNS; i++) {
		column[i] = line;
		char *tab = strchr(line, '\t');
		if ((tab != NULL) != (i + 1 < COLUMNS))
			return false;
		if (tab)
			*tab = '\0';
		if (column[i][0] == '\0')
			return false;
		line = tab ? tab + 1 : line;
	}
	return true;
}

static bool row_add(struct ambiguous *a, char *line, unsigned number)
{
	const char *column[COLUMNS];
	if (!columns_cut(line, column))
		return false;
	a->row = memory_resized(a->row, a->count + 1, sizeof *a->row);
	a->row[a->count++] = (struct ambiguity){.cell = column[0], .clauses = column[1], .reactions = column[2], .argument = column[3], .line = number};
	return true;
}

bool ambiguous_read(struct ambiguous *a, const char *path, struct error *e)
{
	size_t size;
	*a = (struct ambiguous){0};
	a->text = memory_file(path, &size, e);
	if (!a->text)
		return false;
	unsigned number = 0;
	for (char *line = a->text, *next; line && *line; line = next) {
		char *end = strchr(line, '\n');
		next = end ? end + 1 : NULL;
		if (end)
			*end = '\0';
		number++;
		if (line[0] == '\0' || line[0] == '#')
			continue;
		if (!row_add(a, line, number)) {
			ambiguous_free(a);
			return error_set(e, "%s:%u: expected four columns parted by tabs (cell, clauses, reactions, argument), none empty", path, number);
		}
	}
	return true;
}

void ambiguous_free(struct ambiguous *a)
{
	free(a->row);
	free(a->text);
	*a = (struct ambiguous){0};
}

const struct ambiguity *ambiguous_find(const struct ambiguous *a, const char *cell)
{
	for (size_t i = 0; i < a->count; i++)
		if (fnmatch(a->row[i].cell, cell, FNM_EXTMATCH) == 0)
			return &a->row[i];
	return NULL;
}
