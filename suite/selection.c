/* Which ids a glob means, and which ids are nearest to one that means nothing. It does not know what an id stands for. */
#include "suite/suite.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

/* Where the family's component "/v4" or "/v6" stands in a result id (NULL: it has none), and where what follows it begins (a cell's
 * further axes, ",axis=class"). */
static const char *family_place(const char *id, const char **rest)
{
	const char *slash = strrchr(id, '/');
	if (!slash || slash[1] != 'v' || (slash[2] != '4' && slash[2] != '6'))
		return NULL;
	*rest = slash + 3;
	return **rest == '\0' || **rest == ',' ? slash : NULL;
}

/* Where the side's component "/a" or "/b" stands at the end of id[0..n), or n. A cell has no side. */
static size_t side_place(const char *id, size_t n)
{
	if (strncmp(id, "matrix/", 7) == 0)
		return n;
	return n > 2 && id[n - 2] == '/' && (id[n - 1] == 'a' || id[n - 1] == 'b') ? n - 2 : n;
}

/* How many slashes of the glob stand for themselves. 0 also when some may not, within brackets or parentheses or behind a backslash. */
static unsigned glob_slashes(const char *glob)
{
	unsigned slashes = 0, depth = 0;
	for (; *glob; glob++) {
		depth += *glob == '(' || *glob == '[';
		depth -= depth && (*glob == ')' || *glob == ']');
		if (*glob == '\\' || (*glob == '/' && depth))
			return 0;
		slashes += *glob == '/';
	}
	return slashes;
}

static unsigned id_slashes(const char *id)
{
	unsigned slashes = 0;
	for (; *id; id++)
		slashes += *id == '/';
	return slashes;
}

/* What fnmatch() says of the two, which have equally many slashes: each of the glob's then stands for one of the id's, so no wildcard crosses any, and component is held against component. Of a
 * hundred thousand cells nearly all fail at the first or second, for a hundredth of the price. */
static bool components_match(const char *glob, const char *id)
{
	for (;;) {
		char pattern[ID_MAX], part[ID_MAX];
		const size_t n = strcspn(glob, "/"), m = strcspn(id, "/");
		if (n >= sizeof pattern || m >= sizeof part)
			return false;
		memcpy(pattern, glob, n);
		memcpy(part, id, m);
		pattern[n] = part[m] = '\0';
		if (strcmp(pattern, "*") != 0 && fnmatch(pattern, part, FNM_EXTMATCH) != 0)
			return false;
		if (!glob[n])
			return true;
		glob += n + 1;
		id += m + 1;
	}
}

static bool id_matches(const char *glob, unsigned slashes, const char *id)
{
	const unsigned has = id_slashes(id);
	if (slashes > has)
		return false;
	return slashes && slashes == has && strlen(glob) < ID_MAX ? components_match(glob, id) : fnmatch(glob, id, FNM_EXTMATCH) == 0;
}

/* Does glob match id[0..n) followed by tail? */
static bool glob_matches(const char *glob, unsigned slashes, const char *id, size_t n, const char *tail)
{
	char form[2 * ID_MAX];
	const size_t m = strlen(tail);
	if (n + m >= sizeof form)
		return false;
	memcpy(form, id, n);
	memcpy(form + n, tail, m + 1);
	return id_matches(glob, slashes, form);
}

static bool is_wildcard(char c)
{
	return c == '*' || c == '?' || c == '[' || c == '\\' || c == '@' || c == '!' || c == '+' || c == '(';
}

/* A cell whose row or control bits are others than those that the glob names letter by letter: no form of its id has them. */
static bool is_another_cell(const char *glob, const char *id)
{
	if (strncmp(id, "matrix/", strlen("matrix/")) != 0)
		return false;
	for (unsigned slashes = 0; slashes < 3 && *id; glob++, id++) {
		if (is_wildcard(*glob))
			return false;
		if (*glob != *id)
			return true;
		slashes += *id == '/';
	}
	return false;
}

bool suite_matches(const char *glob, const char *id)
{
	if (is_another_cell(glob, id))
		return false;
	const char *rest = "";
	const char *family = family_place(id, &rest);
	size_t whole = family ? (size_t)(family - id) : strlen(id);
	size_t sideless = side_place(id, whole), plain = strcspn(glob, "*?[\\@!+(");
	/* What stands before the first wildcard decides most of a hundred thousand cells, at once. */
	if (strncmp(glob, id, plain < sideless ? plain : sideless) != 0)
		return false;
	const unsigned slashes = glob_slashes(glob);
	if (id_matches(glob, slashes, id))
		return true;
	if (family && glob_matches(glob, slashes, id, whole, rest))
		return true;
	if (sideless == whole)
		return false;
	return glob_matches(glob, slashes, id, sideless, rest) || (family && glob_matches(glob, slashes, id, sideless, family));
}

/* Levenshtein's distance between a and b[0..n). */
static size_t edit_distance(const char *a, const char *b, size_t n)
{
	size_t *row = memory_zeroed(n + 1, sizeof(*row));
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];
		row[0] = i + 1;
		for (size_t j = 0; j < n; j++) {
			size_t best = diagonal + (a[i] != b[j]);
			if (row[j] + 1 < best)
				best = row[j] + 1;
			diagonal = row[j + 1];
			if (diagonal + 1 < best)
				best = diagonal + 1;
			row[j + 1] = best;
		}
	}
	size_t distance = row[n];
	free(row);
	return distance;
}

/* How much of an id has as many slashes as typed: what stands before a wildcard ("matrix/establishd/", say) is held against that. */
static size_t head_place(const char *typed, const char *id)
{
	size_t slashes = 0, at = 0;
	for (; *typed; typed++)
		slashes += *typed == '/';
	while (slashes && id[at])
		slashes -= id[at++] == '/';
	return at;
}

/* How far typed is from an id, from the id without its side, from its beginning where typed ends in a slash, and from what stands behind each of its slashes ("figure-12" means close/figure-12). */
static size_t id_distance(const char *typed, const char *id)
{
	size_t n = strlen(id), sideless = side_place(id, n);
	size_t best = edit_distance(typed, id, n), length = strlen(typed);
	if (length && typed[length - 1] == '/') {
		size_t d = edit_distance(typed, id, head_place(typed, id));
		best = d < best ? d : best;
	}
	for (size_t from = 0; from < sideless; from++) {
		if (from > 0 && id[from - 1] != '/')
			continue;
		/* One more for each component left away, so that the whole id wins among equals. */
		size_t d = edit_distance(typed, id + from, sideless - from) + (from > 0);
		if (d < best)
			best = d;
	}
	return best;
}

/* What was typed, without wildcards and without the family. */
static char *typed_plain(const char *typed)
{
	char *plain = memory_string(typed);
	const char *rest;
	const char *family = family_place(plain, &rest);
	if (family)
		plain[family - plain] = '\0';
	char *to = plain;
	for (const char *from = plain; *from; from++)
		if (!strchr("*?[]", *from))
			*to++ = *from;
	*to = '\0';
	return plain;
}

static bool same_without_side(const char *a, const char *b)
{
	size_t n = side_place(a, strlen(a)), m = side_place(b, strlen(b));
	return n == m && strncmp(a, b, n) == 0;
}

struct candidate {
	const char *id;
	size_t distance;
};

/* Keeps best[0..count) sorted, at most max of them, only the nearer side of a ladder; returns the new count. */
static size_t candidate_insert(struct candidate *best, size_t count, size_t max, struct candidate c)
{
	for (size_t i = 0; i < count; i++) {
		if (!same_without_side(best[i].id, c.id))
			continue;
		if (best[i].distance <= c.distance)
			return count;
		memmove(&best[i], &best[i + 1], (count - i - 1) * sizeof(*best));
		count--;
		break;
	}
	size_t at = count;
	while (at > 0 && best[at - 1].distance > c.distance)
		at--;
	if (at == max)
		return count;
	size_t kept = count < max ? count : max - 1;
	memmove(&best[at + 1], &best[at], (kept - at) * sizeof(*best));
	best[at] = c;
	return kept + 1;
}

size_t suite_nearest(const struct suite *s, const char *typed, const char **nearest, size_t max)
{
	if (max == 0)
		return 0;
	struct candidate *best = memory_zeroed(max, sizeof(*best));
	char *plain = typed_plain(typed);
	size_t count = 0;
	for (size_t i = 0; i < s->count; i++)
		count = candidate_insert(best, count, max, (struct candidate){s->script[i]->id, id_distance(plain, s->script[i]->id)});
	for (size_t i = 0; i < count; i++)
		nearest[i] = best[i].id;
	free(plain);
	free(best);
	return count;
}
