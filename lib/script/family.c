/* Families of ladders: finding the header `for:`, and putting its values in. */
#include "lib/script/family.h"

#include <ctype.h>
#include <string.h>

/* A stretch of the text. */
struct span {
	const char *at;
	size_t length;
};

struct ladder_family {
	const char *file, *text;
	const char *header; /* the line `for:`; NULL: there is none */
	struct span name[VARIABLES_MAX];
	size_t names;
	const char *rows, *end; /* what stands behind `=`, and the line's end */
};

static size_t line_octets(const char *at)
{
	return strcspn(at, "\n");
}

static bool span_is(struct span s, const char *at, size_t n)
{
	return s.length == n && memcmp(s.at, at, n) == 0;
}

static bool family_error(const struct ladder_family *f, const char *at, const char *what, struct error *e)
{
	unsigned line = 1;
	const char *from = f->text;
	for (const char *p = f->text; p < at; p++)
		if (*p == '\n') {
			line++;
			from = p + 1;
		}
	return error_set(e, "%s:%u:%zu: expected %s", f->file, line, (size_t)(at - from) + 1, what);
}

/* The next word before `end`, which may be of no length. */
static struct span word_next(const char **at, const char *end)
{
	while (*at < end && **at == ' ')
		++*at;
	struct span w = {.at = *at};
	while (*at < end && **at != ' ' && **at != '|' && **at != '=')
		++*at;
	w.length = (size_t)(*at - w.at);
	return w;
}

/* A value may hold `=`, and ends at a blank or `|`. */
static struct span value_next(const char **at, const char *end)
{
	while (*at < end && **at == ' ')
		++*at;
	struct span w = {.at = *at};
	while (*at < end && **at != ' ' && **at != '|')
		++*at;
	w.length = (size_t)(*at - w.at);
	return w;
}

/* The headers end at the first blank line that is not before them. */
static const char *header_find(const char *text)
{
	bool begun = false;
	for (const char *at = text; *at; at += line_octets(at) + (at[line_octets(at)] == '\n')) {
		if (strncmp(at, "for:", 4) == 0)
			return at;
		if (strncmp(at, "id:", 3) == 0 || strncmp(at, "level:", 6) == 0)
			begun = true;
		if (begun && *at == '\n')
			return NULL;
	}
	return NULL;
}

static bool names_find(struct ladder_family *f, struct error *e)
{
	const char *at = f->header + 4;
	for (;;) {
		struct span w = word_next(&at, f->end);
		if (w.length == 0)
			break;
		for (size_t i = 0; i < w.length; i++)
			if (!islower((unsigned char)w.at[i]) && !isdigit((unsigned char)w.at[i]) && w.at[i] != '-')
				return family_error(f, w.at + i, "a variable's name, of small letters, digits and -", e);
		if (f->names == VARIABLES_MAX)
			return family_error(f, w.at, "`=` after at most eight variables", e);
		f->name[f->names++] = w;
	}
	if (at == f->end || *at != '=')
		return family_error(f, at, "`for: name [name...] = value [value...] | value [value...] | ...`", e);
	f->rows = at + 1;
	return f->names || family_error(f, f->header + 4, "a variable's name before `=`", e);
}

/* The values of row i, as many as there are names. False: there is no such row, or (with e set and *bad) it is not as it should be. */
static bool row_find(const struct ladder_family *f, size_t row, struct span value[VARIABLES_MAX], bool *bad, struct error *e)
{
	const char *at = f->rows;
	bool more = at + strspn(at, " ") < f->end;
	*bad = false;
	for (size_t k = 0; more; k++) {
		for (size_t i = 0; i < f->names; i++) {
			value[i] = value_next(&at, f->end);
			*bad = value[i].length == 0;
			if (*bad)
				return family_error(f, value[i].at, "a value for each variable, and `|` before those of the next ladder", e);
		}
		while (at < f->end && *at == ' ')
			at++;
		more = at < f->end;
		*bad = more && *at != '|';
		if (*bad)
			return family_error(f, at, "`|` before the values of the next ladder: there are as many values as variables", e);
		at += more;
		if (k == row)
			return true;
	}
	return false;
}

/* False with e. Without a header there are no names. */
static bool family_find(struct ladder_family *f, const char *file, const char *text, struct error *e)
{
	*f = (struct ladder_family){.file = file, .text = text, .header = header_find(text)};
	if (!f->header)
		return true;
	f->end = f->header + line_octets(f->header);
	return names_find(f, e);
}

static bool id_holds(struct span v)
{
	for (size_t i = 0; i < v.length; i++)
		if (!isalnum((unsigned char)v.at[i]) && !strchr("-_.,=", v.at[i]))
			return false;
	return true;
}

/* The first value stands in the id: it must fit there, and be no other's. */
static bool row_is_named(const struct ladder_family *f, size_t row, const struct span value[VARIABLES_MAX], struct error *e)
{
	struct span other[VARIABLES_MAX];
	bool bad;
	if (!id_holds(value[0]))
		return family_error(f, value[0].at, "a first value that can stand in an id: letters, digits, - _ . , and =", e);
	for (size_t i = 0; i < row; i++)
		if (row_find(f, i, other, &bad, e) && span_is(other[0], value[0].at, value[0].length))
			return family_error(f, value[0].at, "a first value that no other ladder of the family has", e);
	return true;
}

size_t family_count(const char *file, const char *text, struct error *e)
{
	struct ladder_family f;
	struct span value[VARIABLES_MAX];
	bool bad;
	size_t count = 0;
	if (!family_find(&f, file, text, e))
		return 0;
	if (!f.header)
		return 1;
	for (; row_find(&f, count, value, &bad, e); count++)
		if (!row_is_named(&f, count, value, e))
			return 0;
	if (bad)
		return 0;
	if (count == 0)
		family_error(&f, f.rows, "values behind `=`", e);
	return count;
}

/* The value that stands for the name in braces at `at`; *length is that of both. False with e. */
static bool brace_value(const struct ladder_family *f, const struct span value[VARIABLES_MAX], const char *at, struct span *v, size_t *length, struct error *e)
{
	const char *close = at + strcspn(at, "}\n");
	*length = (size_t)(close - at) + 1;
	for (size_t i = 0; *close == '}' && i < f->names; i++)
		if (span_is(f->name[i], at + 1, *length - 2)) {
			*v = value[i];
			return true;
		}
	return family_error(f, at, "a variable of `for:` in braces", e);
}

/* One line with its values in it. */
static bool line_fill(const struct ladder_family *f, const struct span value[VARIABLES_MAX], const char *at, struct text *out, struct error *e)
{
	const char *end = at + line_octets(at);
	while (at < end) {
		size_t plain = strcspn(at, "{\n"), length;
		struct span v = {.at = at};
		text_add(out, "%.*s", (int)plain, at);
		at += plain;
		if (at == end)
			break;
		if (!brace_value(f, value, at, &v, &length, e))
			return false;
		text_add(out, "%.*s", (int)v.length, v.at);
		at += length;
	}
	return true;
}

bool family_ladder(const char *file, const char *text, size_t i, struct text *out, struct error *e)
{
	struct ladder_family f;
	struct span value[VARIABLES_MAX];
	bool bad;
	if (!family_find(&f, file, text, e))
		return false;
	if (!f.header) {
		text_add(out, "%s", text);
		return true;
	}
	if (!row_find(&f, i, value, &bad, e))
		return bad ? false : error_set(e, "%s: holds no ladder %zu", file, i);
	for (const char *at = text; *at; at += line_octets(at) + (at[line_octets(at)] == '\n')) {
		if (at == f.header)
			text_add(out, "#");
		else if (!line_fill(&f, value, at, out, e))
			return false;
		if (strncmp(at, "id:", 3) == 0)
			text_add(out, "/%.*s=%.*s", (int)f.name[0].length, f.name[0].at, (int)value[0].length, value[0].at);
		text_add(out, "\n");
	}
	return true;
}
