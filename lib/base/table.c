/* Tables of text files: one block of text, cut where it stands. It writes none. */
#include "lib/base/table.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/base/text.h"

const char *table_at(const struct table *t, size_t r, unsigned c)
{
	return t->field[r * t->columns + c];
}

void table_free(struct table *t)
{
	free(t->path);
	free(t->text);
	free(t->field);
	free(t->line);
	*t = (struct table){0};
}

static bool row_error(const struct table *t, unsigned line, unsigned found, const char *const *names, struct error *e)
{
	struct text wanted = {0};
	for (unsigned c = 0; c < t->columns; c++)
		text_add(&wanted, "%s%s", c ? ", " : "", names[c]);
	error_set(e, "%s:%u: holds %u columns, expected %u, separated by tabs, the first of them not empty: %s", t->path, line, found, t->columns, text_string(&wanted));
	text_free(&wanted);
	return false;
}

static bool row_add(struct table *t, char *row, unsigned line, const char *const *names, struct error *e)
{
	t->field = memory_resized(t->field, (t->rows + 1) * t->columns, sizeof *t->field);
	t->line = memory_resized(t->line, t->rows + 1, sizeof *t->line);
	t->line[t->rows] = line;
	unsigned found = 0;
	for (char *rest = row, *field; (field = strsep(&rest, "\t")); found++)
		if (found < t->columns)
			t->field[t->rows * t->columns + found] = field;
	if (found != t->columns || !*row)
		return row_error(t, line, found, names, e);
	t->rows++;
	return true;
}

bool table_read(struct table *t, const char *path, const char *const *names, unsigned columns, struct error *e)
{
	size_t size;
	*t = (struct table){.columns = columns, .path = memory_string(path), .text = memory_file(path, &size, e)};
	bool ok = t->text != NULL;
	char *rest = t->text, *row;
	for (unsigned line = 1; ok && (row = strsep(&rest, "\n")); line++)
		if (*row && *row != '#')
			ok = row_add(t, row, line, names, e);
	if (!ok)
		table_free(t);
	return ok;
}
