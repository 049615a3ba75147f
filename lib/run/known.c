/* Known deviations: reading the list, and applying it to a finished result. It never looks at packets. */
#include "lib/run/known.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

enum { COLUMNS = 5 };

static bool known_column(char *to, size_t room, char **from, const char *file, unsigned line, unsigned column, struct error *e)
{
	static const char *const names[COLUMNS] = {"id glob", "reaction", "clause", "reason", "version first seen"};
	char *field = *from ? strsep(from, "\t") : NULL;
	if (!field || !field[0])
		return error_set(e, "%s:%u: expected %s in column %u of %d, separated by tabs", file, line, names[column], column + 1, COLUMNS);
	if (strlen(field) >= room)
		return error_set(e, "%s:%u: %s is longer than %zu octets, shorten it", file, line, names[column], room - 1);
	memcpy(to, field, strlen(field) + 1);
	return true;
}

static bool known_line_read(struct known_line *k, char *text, const char *file, struct error *e)
{
	return known_column(k->glob, sizeof k->glob, &text, file, k->line, 0, e) && known_column(k->reaction, sizeof k->reaction, &text, file, k->line, 1, e) &&
	       known_column(k->clause, sizeof k->clause, &text, file, k->line, 2, e) && known_column(k->reason, sizeof k->reason, &text, file, k->line, 3, e) &&
	       known_column(k->since, sizeof k->since, &text, file, k->line, 4, e);
}

bool known_read(struct known *k, const char *path, struct error *e)
{
	size_t size;
	if (!path[0])
		return true;
	char *text = memory_file(path, &size, e), *rest = text, *line;
	if (!text)
		return false;
	snprintf(k->file, sizeof k->file, "%s", path);
	bool ok = true;
	for (unsigned n = 1; ok && (line = strsep(&rest, "\n")); n++) {
		if (!line[0] || line[0] == '#')
			continue;
		k->at = memory_resized(k->at, k->count + 1, sizeof *k->at);
		k->at[k->count] = (struct known_line){.line = n};
		ok = known_line_read(&k->at[k->count], line, path, e);
		k->count += ok;
	}
	free(text);
	return ok;
}

bool known_of_target(struct known *k, const struct declaration *d, enum profile p, bool as_shipped, struct error *e)
{
	if (p != PROFILE_RFC9293)
		return true;
	return known_read(k, d->known, e) && (!as_shipped || known_read(k, d->known_as_shipped, e));
}

void known_free(struct known *k)
{
	free(k->at);
	*k = (struct known){0};
}

static void known_tell(struct result *r, const struct known_line *k, const char *file)
{
	const char *base = strrchr(file, '/');
	text_clear(&r->known);
	text_add(&r->known, "%s [%s; since %s; %s:%u]", k->reason, k->clause, k->since, base ? base + 1 : file, k->line);
}

void known_apply(const struct known *k, struct result *r)
{
	const struct known_line *changed = NULL;
	if (r->verdict != FAIL && r->verdict != PASS && r->verdict != NON_STRICT)
		return;
	for (size_t i = 0; i < k->count; i++) {
		const struct known_line *l = &k->at[i];
		if (fnmatch(l->glob, r->id, 0) != 0)
			continue;
		changed = l;
		if (r->verdict == FAIL && strcmp(l->reaction, text_string(&r->actual)) == 0) {
			r->verdict = KNOWN;
			known_tell(r, l, k->file);
			return;
		}
	}
	if (!changed)
		return;
	known_tell(r, changed, k->file);
	if (r->verdict != FAIL) {
		r->verdict = XPASS;
		snprintf(r->cause, sizeof r->cause, "listed as known, but passes: the line is stale");
		snprintf(r->cause_class, sizeof r->cause_class, "stale known line");
		return;
	}
	char cause[sizeof r->cause];
	snprintf(cause, sizeof cause, "known, but changed: %.170s", r->cause);
	memcpy(r->cause, cause, sizeof cause);
	snprintf(r->cause_class, sizeof r->cause_class, "known, but changed");
}
