/* Reading a list of cases, and holding it against the suite. */
#include "suite/cases.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "suite/cells.h"

static const char *const columns[] = {"id", "what it asks", "clause", "tests", "remark"};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static bool name_is_plain(const char *name)
{
	size_t n = 0;
	while (islower((unsigned char)name[n]) || isdigit((unsigned char)name[n]) || name[n] == '-')
		n++;
	return n && !name[n];
}

static bool cases_take(struct cases *c, struct error *e)
{
	const struct table *t = &c->table;
	if (!t->rows || strcmp(table_at(t, 0, 0), "suite") != 0)
		return error_set(e, "%s: its first row is not of the list itself, expected `suite`, its name, a section, nothing, and what passing it means", t->path);
	c->title = table_at(t, 0, 1);
	c->words = table_at(t, 0, 4);
	c->at = memory_zeroed(t->rows, sizeof *c->at);
	for (size_t i = 1; i < t->rows; i++)
		c->at[c->count++] = (struct test_case){table_at(t, i, 0), table_at(t, i, 1), table_at(t, i, 2), table_at(t, i, 3), table_at(t, i, 4)};
	return true;
}

bool cases_load(struct cases *c, const char *directory, const char *name, struct error *e)
{
	struct text path = {0};
	*c = (struct cases){.count = 0};
	text_add(&path, "%s/suite/%s.tsv", directory, name);
	bool ok = name_is_plain(name) && access(text_string(&path), F_OK) == 0;
	if (!ok)
		error_set(e, "there is no list of cases \"%s\" (suite/%s.tsv), expected tc8", name, name);
	ok = ok && table_read(&c->table, text_string(&path), columns, COLUMNS, e) && cases_take(c, e);
	text_free(&path);
	if (!ok)
		cases_free(c);
	return ok;
}

void cases_free(struct cases *c)
{
	table_free(&c->table);
	free(c->at);
	*c = (struct cases){.count = 0};
}

size_t case_glob(const char **at, const char **glob)
{
	*at += strspn(*at, " ");
	*glob = *at;
	const size_t n = strcspn(*at, " ");
	*at += n;
	return n;
}

static bool glob_means(const struct suite *s, const struct cells *set, const char *glob)
{
	char id[ID_MAX];
	for (size_t i = 0; i < s->count; i++)
		for (unsigned f = 4; f <= 6; f += 2) {
			struct text whole = {0};
			text_add(&whole, "%s/v%u", s->script[i]->id, f);
			const bool means = suite_matches(glob, text_string(&whole));
			text_free(&whole);
			if (means)
				return true;
		}
	for (size_t i = 0; strncmp(glob, "matrix/", 7) == 0 && i < cells_count(set); i++) {
		cells_id(set, i, id);
		if (suite_matches(glob, id))
			return true;
	}
	return false;
}

static size_t case_lint(const struct cases *c, size_t i, const struct suite *s, const struct cells *set, struct text *findings)
{
	const struct test_case *k = &c->at[i];
	const char *file = c->table.path, *at = k->tests, *from;
	const unsigned line = c->table.line[i + 1];
	size_t count = 0, n;
	for (size_t other = 0; other < i; other++)
		if (strcmp(c->at[other].id, k->id) == 0) {
			text_add(findings, "%s:%u: %s stands there twice, take one line out\n", file, line, k->id);
			count++;
		}
	if (!k->tests[strspn(k->tests, " ")] && !*k->remark) {
		text_add(findings, "%s:%u: %s has neither tests nor a reason why it has none\n", file, line, k->id);
		count++;
	}
	while ((n = case_glob(&at, &from))) {
		struct text glob = {0};
		text_add_octets(&glob, from, n);
		if (!glob_means(s, set, text_string(&glob))) {
			text_add(findings, "%s:%u: \"%s\" of %s means no test\n", file, line, text_string(&glob), k->id);
			count++;
		}
		text_free(&glob);
	}
	return count;
}

size_t cases_lint(const struct cases *c, const struct suite *s, struct text *findings)
{
	struct error unheard;
	struct cells *set = cells_new("exhaustive", &unheard);
	size_t count = 0;
	for (size_t i = 0; set && i < c->count; i++)
		count += case_lint(c, i, s, set, findings);
	cells_free(set);
	return count;
}
