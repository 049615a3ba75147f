/* Known deviations: reading the list, and applying it to a finished result. It never looks at packets.
 * A line's reaction is the actual one, letter by letter, but for the state behind "=> ": "(kept)" is the state before the stimulus, "(gone)" is CLOSED or LISTEN. */
#include "lib/run/known_match.h"

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

static void known_word(struct known_line *l)
{
	static const char *const words[] = {[WORD_KEPT] = "=> (kept)", [WORD_GONE] = "=> (gone)"};
	for (unsigned w = WORD_KEPT; w <= WORD_GONE; w++) {
		const char *at = strstr(l->reaction, words[w]);
		if (!at)
			continue;
		l->word = w;
		l->word_at = (size_t)(at - l->reaction) + strlen("=> ");
	}
}

static bool known_line_read(struct known_line *k, char *text, const char *file, struct error *e)
{
	const char *base = strrchr(file, '/');
	snprintf(k->at, sizeof k->at, "%.40s:%u", base ? base + 1 : file, k->line);
	return known_column(k->glob, sizeof k->glob, &text, file, k->line, 0, e) && known_column(k->reaction, sizeof k->reaction, &text, file, k->line, 1, e) &&
	       known_column(k->clause, sizeof k->clause, &text, file, k->line, 2, e) && known_column(k->reason, sizeof k->reason, &text, file, k->line, 3, e) &&
	       known_column(k->since, sizeof k->since, &text, file, k->line, 4, e);
}

bool known_read_text(struct known *k, const char *name, char *text, struct error *e)
{
	char *rest = text, *line;
	snprintf(k->file, sizeof k->file, "%s", name);
	bool ok = true;
	for (unsigned n = 1; ok && (line = strsep(&rest, "\n")); n++) {
		if (!line[0] || line[0] == '#')
			continue;
		k->at = memory_resized(k->at, k->count + 1, sizeof *k->at);
		k->at[k->count] = (struct known_line){.line = n};
		ok = known_line_read(&k->at[k->count], line, name, e);
		known_word(&k->at[k->count]);
		k->count += ok;
	}
	known_index(k);
	return ok;
}

bool known_read(struct known *k, const char *path, struct error *e)
{
	size_t size;
	if (!path[0])
		return true;
	char *text = memory_file(path, &size, e);
	const bool ok = text && known_read_text(k, path, text, e);
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
	known_index_free(k->index);
	free(k->at);
	*k = (struct known){0};
}

static void known_tell(struct result *r, const struct known_line *k)
{
	text_clear(&r->known);
	text_add(&r->known, "%s [%s; since %s; %s]", k->reason, k->clause, k->since, k->at);
	snprintf(r->known_at, sizeof r->known_at, "%s", k->at);
}

static void result_stale(struct result *r)
{
	r->verdict = XPASS;
	snprintf(r->cause, sizeof r->cause, "listed as known, but passes: the line is stale");
	snprintf(r->cause_class, sizeof r->cause_class, "stale known line");
}

static void result_changed(struct result *r)
{
	char cause[sizeof r->cause];
	snprintf(cause, sizeof cause, "known, but changed: %.170s", r->cause);
	memcpy(r->cause, cause, sizeof cause);
	snprintf(r->cause_class, sizeof r->cause_class, "known, but changed");
}

static bool reaction_is(const struct known_line *l, const char *actual, const char *state_before)
{
	if (l->word == WORD_NONE)
		return strcmp(l->reaction, actual) == 0;
	if (strncmp(l->reaction, actual, l->word_at) != 0)
		return false;
	const char *state = actual + l->word_at;
	const size_t n = strcspn(state, " ");
	if (strcmp(state + n, l->reaction + l->word_at + strlen("(kept)")) != 0)
		return false;
	if (l->word == WORD_GONE)
		return n == strlen("CLOSED") && (memcmp(state, "CLOSED", n) == 0 || memcmp(state, "LISTEN", n) == 0);
	return n > 0 && n == strlen(state_before) && memcmp(state, state_before, n) == 0;
}

/* "... => CLOSING or LAST-ACK or TIME-WAIT ...": the states between which the probes could not tell. Each is tried, for what is seen of the line's own can be no other class. */
bool known_reaction_is(const struct known_line *l, const char *actual, const char *state_before)
{
	static const char or [] = " or ";
	const char *arrow = strstr(actual, "=> "), *first = arrow ? arrow + strlen("=> ") : actual, *rest = first;
	char one[sizeof l->reaction];
	while (arrow && strncmp(rest + strcspn(rest, " "), or, strlen(or)) == 0)
		rest += strcspn(rest, " ") + strlen(or);
	if (rest == first)
		return reaction_is(l, actual, state_before);
	rest += strcspn(rest, " ");
	for (const char *state = first;; state += strlen(or)) {
		const size_t n = strcspn(state, " ");
		snprintf(one, sizeof one, "%.*s%.*s%s", (int)(first - actual), actual, (int)n, state, rest);
		if (reaction_is(l, one, state_before))
			return true;
		state += n;
		if (state >= rest)
			return false;
	}
}

/* A cell is not watched for what comes late, but a timer may fall between its stimulus and its fence: then the same segment has come before. */
static bool reaction_came_early(const struct known_line *l, const char *actual, const char *state_before)
{
	static const char late[] = " late ";
	const char *arrow = strstr(l->reaction, "=> "), *at = arrow ? strstr(arrow, late) : NULL;
	struct known_line early = *l;
	if (!at)
		return false;
	const int n = snprintf(early.reaction, sizeof early.reaction, "%.*s%s %.*s", (int)(arrow - l->reaction), l->reaction, at + strlen(late), (int)(at - arrow), arrow);
	known_word(&early);
	return n > 0 && (size_t)n < sizeof early.reaction && known_reaction_is(&early, actual, state_before);
}

void known_apply(const struct known *k, struct result *r)
{
	const bool hasty = k->hasty && strncmp(r->id, "matrix/", 7) == 0;
	const struct known_line *other = NULL;
	if (k->count == 0 || r->known_at[0] || (r->verdict != FAIL && r->verdict != PASS && r->verdict != NON_STRICT))
		return;
	struct known_walk w = known_walk_begin(k, r->id);
	for (size_t at; (at = known_walk_next(&w));) {
		const struct known_line *l = &k->at[at - 1];
		if (hasty && r->verdict != FAIL && strstr(l->reaction, " late "))
			continue;
		other = l;
		const char *actual = text_string(&r->actual);
		if (r->verdict != FAIL || !(known_reaction_is(l, actual, r->state_before) || (hasty && reaction_came_early(l, actual, r->state_before))))
			continue;
		r->verdict = KNOWN;
		known_tell(r, l);
		return;
	}
	if (!other)
		return;
	known_tell(r, other);
	if (r->verdict == FAIL)
		result_changed(r);
	else
		result_stale(r);
}

void known_count(struct known *k, const struct result *r)
{
	if (r->verdict == INCONCLUSIVE || r->verdict == UNIMPLEMENTED)
		return;
	/* Had a line meant it, known_apply() would have named one; only what has level MAY it does not look at. */
	if (!r->known_at[0] && r->verdict != INFORMATIONAL)
		return;
	struct known_walk w = known_walk_begin(k, r->id);
	for (size_t at; (at = known_walk_next(&w));) {
		struct known_line *l = &k->at[at - 1];
		const bool named = strcmp(l->at, r->known_at) == 0;
		l->met++;
		l->excused += named && r->verdict == KNOWN;
		l->told += named && r->verdict != KNOWN;
	}
}

static bool adds_late_reply(const struct known_line *l, const struct known_line *to)
{
	const size_t n = strlen(to->reaction);
	return strncmp(l->reaction, to->reaction, n) == 0 && strncmp(l->reaction + n, " late ", strlen(" late ")) == 0;
}

/* The same deviation is pinned with what a timer of the target's adds behind the fence: whether that still falls into the quarantine is where its clock stood. */
static bool known_is_other_half(const struct known *k, const struct known_line *l)
{
	for (size_t i = 0; i < k->count; i++) {
		const struct known_line *o = &k->at[i];
		if (o->excused && strcmp(o->glob, l->glob) == 0 && (adds_late_reply(l, o) || adds_late_reply(o, l)))
			return true;
	}
	return false;
}

void known_uses(const struct known *k, struct run_counts *c)
{
	for (size_t i = 0; i < k->count; i++) {
		const struct known_line *l = &k->at[i];
		if (!l->met || (!l->excused && !l->told && known_is_other_half(k, l)))
			continue;
		c->known = memory_resized(c->known, c->known_count + 1, sizeof *c->known);
		struct known_use *u = &c->known[c->known_count++];
		*u = (struct known_use){.met = l->met, .excused = l->excused, .told = l->told};
		memcpy(u->at, l->at, sizeof u->at);
		memcpy(u->glob, l->glob, sizeof u->glob);
		memcpy(u->reason, l->reason, sizeof u->reason);
	}
}

static uint64_t hash_string(uint64_t h, const char *s)
{
	do
		h = (h ^ (uint8_t)*s) * UINT64_C(1099511628211);
	while (*s++);
	return h;
}

void known_print(const struct known *k, char *to, size_t room)
{
	uint64_t h = UINT64_C(14695981039346656037);
	for (size_t i = 0; i < k->count; i++)
		h = hash_string(hash_string(h, k->at[i].glob), k->at[i].reaction);
	snprintf(to, room, "%zu line%s, %016llx", k->count, k->count == 1 ? "" : "s", (unsigned long long)h);
}
