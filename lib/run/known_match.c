/* Globs against ids, tens of thousands a second. fnmatch() decides; what is here sees to it that it is asked seldom, and of short strings.
 * A group with slashes, "@(exact/-/1|before/-/left)", is written out: each of its alternatives gives a form of the glob that can be taken apart at its slashes.
 * Of the forms, those that may mean a row are kept for the next cells of the row. */
#include "lib/run/known_match.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

enum { FORMS_MAX = 64, /* of one glob; one that has more is matched as a whole */
       ROWS = 256,     /* slots for rows, by hash */
       ROW_PARTS = 2,  /* the coordinates that name the row: "matrix", "established" */
       ANSWERS = 64,   /* slots for coordinates, by hash */
       COORDINATE_MAX = 1024 /* octets of one, of any id */ };

/* One coordinate of forms: many have the same. */
struct known_part {
	enum { PART_PLAIN,
	       PART_ANY, /* "*" */
	       PART_GLOB } kind;
	char text[256]; /* a dozen rows have room */
	size_t length;
	/* Coordinates that were asked of it, and what it said. The empty one is in all from the beginning. */
	struct {
		char of[40];
		bool yes;
	} answer[ANSWERS];
};

struct known_form {
	size_t line;
	size_t part[KNOWN_PARTS]; /* places in the index */
	size_t parts;             /* 0: the line's glob is matched as a whole */
};

/* The forms that may mean an id that begins with this row. */
struct known_row {
	char name[64]; /* "matrix/established/" */
	size_t *form;
	size_t count;
};

struct known_index {
	struct known_part *part;
	size_t parts;
	struct known_form *form;
	size_t count;
	size_t *all; /* every form */
	struct known_row row[ROWS];
};

static bool is_plain(const char *at)
{
	return !strchr("*?[]\\()|", *at) && !(strchr("+@!", *at) && at[1] == '(');
}

static void part_read(struct known_part *p, const char *from, size_t n)
{
	memcpy(p->text, from, n);
	p->text[n] = '\0';
	p->length = n;
	p->kind = PART_PLAIN;
	for (size_t i = 0; i < n; i++)
		if (!is_plain(p->text + i))
			p->kind = PART_GLOB;
	if (strcmp(p->text, "*") == 0)
		p->kind = PART_ANY;
	const bool yes = fnmatch(p->text, "", FNM_EXTMATCH) == 0;
	for (size_t i = 0; i < ANSWERS; i++)
		p->answer[i].yes = yes;
}

/* The place of the part with this text, in *at. False: it is too long. */
static bool part_find(struct known_index *x, const char *from, size_t n, size_t *at)
{
	if (n >= sizeof x->part->text)
		return false;
	for (*at = 0; *at < x->parts; ++*at)
		if (x->part[*at].length == n && memcmp(x->part[*at].text, from, n) == 0)
			return true;
	x->part = memory_resized(x->part, x->parts + 1, sizeof *x->part);
	memset(&x->part[x->parts], 0, sizeof *x->part);
	part_read(&x->part[x->parts++], from, n);
	return true;
}

/* The end of the alternative that begins at `at`: its '|' or the ')' that closes the group. *slashes: whether it has one. */
static const char *alternative_end(const char *at, bool *slashes)
{
	for (size_t depth = 0; *at; at++) {
		if (depth == 0 && (*at == '|' || *at == ')'))
			return at;
		depth += *at == '(';
		depth -= *at == ')';
		*slashes |= *at == '/';
	}
	return NULL;
}

/* The first group "@(" in which there is a slash. NULL: none. *end: its ')'. */
static const char *slashed_group(const char *glob, const char **end)
{
	for (const char *at = glob; (at = strstr(at, "@(")); at += 2) {
		bool slashes = false;
		const char *to = at + 1;
		do
			to = alternative_end(to + 1, &slashes);
		while (to && *to == '|');
		*end = to;
		if (to && slashes)
			return at;
	}
	return NULL;
}

/* Coordinate by coordinate, where no slash stands in a group or in brackets. A '*' crosses slashes; but where the id has as many of them as the glob, each
 * one of the glob needs one of the id, and none is left for a '*'. */
static void form_split(struct known_index *x, struct known_form *f, const char *at)
{
	f->parts = 0;
	if (strpbrk(at, "[]\\"))
		return;
	for (size_t n = 0; n < KNOWN_PARTS; n++) {
		size_t length = 0, depth = 0;
		for (; at[length] && (depth || at[length] != '/'); length++) {
			depth += at[length] == '(';
			depth -= at[length] == ')' && depth;
			if (depth && at[length] == '/')
				return;
		}
		if (!part_find(x, at, length, &f->part[n]))
			return;
		at += length;
		if (!*at++) {
			f->parts = n + 1;
			return;
		}
	}
}

/* Adds the forms of a glob. False: one is too long, or they are too many. */
static bool forms_add(struct known_index *x, size_t line, const char *glob, size_t first)
{
	const char *end, *group = slashed_group(glob, &end);
	if (!group) {
		x->form = memory_resized(x->form, x->count + 1, sizeof *x->form);
		x->form[x->count] = (struct known_form){.line = line};
		form_split(x, &x->form[x->count++], glob);
		return x->count - first <= FORMS_MAX;
	}
	for (const char *from = group + 1, *to; *from != ')'; from = to) {
		bool slashes = false;
		char form[2 * ID_MAX];
		to = alternative_end(from + 1, &slashes);
		const size_t head = (size_t)(group - glob), middle = (size_t)(to - from - 1), tail = strlen(end + 1);
		if (head + middle + tail >= sizeof form)
			return false;
		memcpy(form, glob, head);
		memcpy(form + head, from + 1, middle);
		memcpy(form + head + middle, end + 1, tail + 1);
		if (!forms_add(x, line, form, first))
			return false;
	}
	return true;
}

/* The forms stand in the order of the lines: the first that excuses a result wins. */
void known_index(struct known *k)
{
	known_index_free(k->index);
	struct known_index *x = k->index = memory_zeroed(1, sizeof *x);
	for (size_t i = 0; i < k->count; i++) {
		const size_t first = x->count;
		if (forms_add(x, i, k->at[i].glob, first))
			continue;
		x->count = first;
		x->form = memory_resized(x->form, x->count + 1, sizeof *x->form);
		x->form[x->count++] = (struct known_form){.line = i};
	}
	x->all = memory_zeroed(x->count + 1, sizeof *x->all);
	for (size_t i = 0; i < x->count; i++)
		x->all[i] = i;
}

void known_index_free(struct known_index *x)
{
	if (!x)
		return;
	for (size_t i = 0; i < ROWS; i++)
		free(x->row[i].form);
	free(x->all);
	free(x->part);
	free(x->form);
	free(x);
}

bool known_means(const struct known_line *l, const char *id)
{
	return fnmatch(l->glob, id, FNM_EXTMATCH) == 0;
}

static bool part_means(struct known_part *p, const char *at, size_t n, uint32_t hash)
{
	if (p->kind == PART_ANY)
		return true;
	if (p->kind == PART_PLAIN)
		return p->length == n && memcmp(p->text, at, n) == 0;
	char *of = p->answer[hash % ANSWERS].of;
	bool *yes = &p->answer[hash % ANSWERS].yes;
	if (n >= sizeof p->answer->of) {
		char whole[COORDINATE_MAX];
		snprintf(whole, sizeof whole, "%.*s", (int)n, at);
		return fnmatch(p->text, whole, FNM_EXTMATCH) == 0;
	}
	if (of[n] == '\0' && memcmp(of, at, n) == 0)
		return *yes;
	memcpy(of, at, n);
	memset(of + n, 0, sizeof p->answer->of - n);
	*yes = fnmatch(p->text, of, FNM_EXTMATCH) == 0;
	return *yes;
}

static bool parts_mean(struct known_index *x, const struct known_form *f, const struct known_walk *w, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++) {
		const size_t from = i ? w->slash[i - 1] + 1 : 0;
		if (!part_means(&x->part[f->part[i]], w->id + from, w->slash[i] - from, w->hash[i]))
			return false;
	}
	return true;
}

/* Each slash of a glob needs one of the id; so where the two have not as many, those of the first `most` coordinates that stand before the first '*' are still those of the id. */
static bool begins_alike(struct known_index *x, const struct known_form *f, const struct known_walk *w, size_t most)
{
	size_t n = 0;
	while (n < most && n + 1 < f->parts && x->part[f->part[n]].kind == PART_PLAIN)
		n++;
	return parts_mean(x, f, w, 0, n);
}

/* Fills the slot with the forms that may mean an id of the row of the walk's, however many coordinates it has. */
static void row_fill(struct known_index *x, struct known_row *row, const struct known_walk *w, size_t n)
{
	memcpy(row->name, w->id, n);
	row->name[n] = '\0';
	row->form = memory_resized(row->form, x->count + 1, sizeof *row->form);
	row->count = 0;
	for (size_t i = 0; i < x->count; i++) {
		const struct known_form *f = &x->form[i];
		if (begins_alike(x, f, w, ROW_PARTS))
			row->form[row->count++] = i;
	}
}

/* The row of an id that can be taken apart: "matrix/established/". */
static const struct known_row *row_of(struct known_index *x, const struct known_walk *w)
{
	const size_t n = w->slash[ROW_PARTS - 1] + 1;
	struct known_row *row = &x->row[w->hash[ROW_PARTS - 1] % ROWS];
	if (n >= sizeof row->name)
		return NULL;
	if (strncmp(row->name, w->id, n) != 0 || row->name[n] != '\0')
		row_fill(x, row, w, n);
	return row;
}

struct known_walk known_walk_begin(const struct known *k, const char *id)
{
	struct known_walk w = {.k = k, .id = id};
	size_t n = 0, at = 0;
	uint32_t h = 0;
	for (; id[at]; at++) {
		h = id[at] == '/' ? 0 : (h ^ (uint8_t)id[at]) * UINT32_C(16777619);
		if (n == KNOWN_PARTS)
			continue;
		if (id[at] == '/')
			w.slash[n++] = at;
		else
			w.hash[n] = h ^ h >> 15;
	}
	if (n < KNOWN_PARTS) {
		w.slash[n] = at;
		w.parts = n + 1;
	}
	if (!k->index)
		return w;
	const struct known_row *row = w.parts > ROW_PARTS ? row_of(k->index, &w) : NULL;
	w.form = row ? row->form : k->index->all;
	w.end = w.form + (row ? row->count : k->index->count);
	return w;
}

static bool form_means(const struct known_form *f, const struct known_walk *w)
{
	if (f->parts && f->parts == w->parts)
		return parts_mean(w->k->index, f, w, 0, f->parts);
	if (f->parts && w->parts && (f->parts > w->parts || !begins_alike(w->k->index, f, w, KNOWN_PARTS)))
		return false;
	return known_means(&w->k->at[f->line], w->id);
}

/* Does the text begin as the glob does up to its first metacharacter? Most lines are of another class of failure, and so not asked about the id. */
static bool begins_plainly(const char *glob, const char *text)
{
	while (*glob && is_plain(glob))
		if (*glob++ != *text++)
			return false;
	return true;
}

size_t known_walk_next(struct known_walk *w)
{
	while (w->form < w->end) {
		const struct known_form *f = &w->k->index->form[*w->form++];
		if (w->reaction && !begins_plainly(w->k->at[f->line].reaction, w->reaction))
			continue;
		if (f->line + 1 == w->last || !form_means(f, w))
			continue;
		return w->last = f->line + 1;
	}
	return 0;
}
