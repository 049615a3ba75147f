/* A table of a text file: lines of columns between tabs. It knows no column's meaning. */
#ifndef TCPSPEC_BASE_TABLE_H
#define TCPSPEC_BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"

struct table {
	char *path;
	char *text;         /* the file, its tabs and newlines replaced by NUL */
	const char **field; /* rows * columns of them, into text */
	unsigned *line;     /* of each row, from 1 */
	size_t rows;
	unsigned columns;
};

/* Reads the file. Lines that are empty or begin with '#' are no rows. names: the columns, for the complaint about a row that has fewer, more, or an empty first one. False with e (path:line), and
 * the table is empty. */
bool table_read(struct table *t, const char *path, const char *const *names, unsigned columns, struct error *e);
/* Column c of row r, never NULL. */
const char *table_at(const struct table *t, size_t r, unsigned c);
void table_free(struct table *t);

#endif
