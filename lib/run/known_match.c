/* Globs against ids, tens of thousands a second. fnmatch() decides; what is here sees to it that it is asked seldom, and of short strings. */
#include "lib/run/known_match.h"

#include <fnmatch.h>
#include <string.h>

static bool is_plain(const char *at)
{
	return !strchr("*?[]\\()|", *at) && !(strchr("+@!", *at) && at[1] == '(');
}

static bool part_read(struct known_part *p, const char *from, size_t n)
{
	if (n >= sizeof p->text)
		return false;
	memcpy(p->text, from, n);
	p->text[n] = '\0';
	p->length = n;
	p->kind = PART_PLAIN;
	for (size_t i = 0; i < n; i++)
		if (!is_plain(p->text + i))
			p->kind = PART_GLOB;
	if (strcmp(p->text, "*") == 0)
		p->kind = PART_ANY;
	/* What it says of the empty coordinate, so that `last` is always right. */
	p->last[0] = '\0';
	p->last_yes = fnmatch(p->text, "", FNM_EXTMATCH) == 0;
	return true;
}

/* Coordinate by coordinate, where no slash stands in a group or in brackets. A '*' crosses slashes; but where the id has as many of them as the glob, each
 * one of the glob needs one of the id, and none is left for a '*'. */
static void line_split(struct known_line *l)
{
	const char *at = l->glob;
	l->parts = 0;
	if (strpbrk(l->glob, "[]\\"))
		return;
	for (size_t n = 0; n < KNOWN_PARTS; n++) {
		size_t length = 0, depth = 0;
		for (; at[length] && (depth || at[length] != '/'); length++) {
			depth += at[length] == '(';
			depth -= at[length] == ')' && depth;
			if (depth && at[length] == '/')
				return;
		}
		if (!part_read(&l->part[n], at, length))
			return;
		at += length;
		if (!*at++) {
			l->parts = n + 1;
			return;
		}
	}
}

/* How much of a glob stands for itself: before its first wildcard, and behind its last one. */
static void line_measure(struct known_line *l)
{
	l->length = strlen(l->glob);
	for (l->head = 0; l->head < l->length && is_plain(l->glob + l->head); l->head++)
		;
	for (l->tail = 0; l->tail < l->length && is_plain(l->glob + l->length - 1 - l->tail); l->tail++)
		;
	line_split(l);
}

/* The chain of the first two coordinates in at[0..n): "matrix/established/". Without both of them, the last chain. */
static size_t chain_of(const char *at, size_t n)
{
	uint64_t h = UINT64_C(14695981039346656037);
	unsigned slashes = 0;
	for (size_t i = 0; i < n; i++) {
		h = (h ^ (uint8_t)at[i]) * UINT64_C(1099511628211);
		slashes += at[i] == '/';
		if (slashes == 2)
			return (size_t)((h ^ (h >> 32)) % (KNOWN_CHAINS - 1));
	}
	return KNOWN_CHAINS - 1;
}

/* The lines of a chain stand in the order of their files: the first that excuses a result wins. */
void known_index(struct known *k)
{
	memset(k->chain, 0, sizeof k->chain);
	for (size_t i = k->count; i-- > 0;) {
		struct known_line *l = &k->at[i];
		line_measure(l);
		size_t *head = &k->chain[chain_of(l->glob, l->head)];
		l->next = *head;
		*head = i + 1;
	}
	k->indexed = true;
}

bool known_means(const struct known_line *l, const char *id)
{
	return fnmatch(l->glob, id, FNM_EXTMATCH) == 0;
}

struct known_walk known_walk_begin(const struct known *k, const char *id)
{
	struct known_walk w = {.k = k, .id = id};
	size_t n = 0;
	const char *at = id;
	for (; *at; at++)
		if (*at == '/' && n < KNOWN_PARTS)
			w.slash[n++] = (size_t)(at - id);
	w.length = (size_t)(at - id);
	if (n < KNOWN_PARTS) {
		w.slash[n] = w.length;
		w.parts = n + 1;
	}
	if (!k->indexed) {
		w.own = k->count != 0;
		return w;
	}
	const size_t chain = chain_of(id, w.length);
	w.general = k->chain[KNOWN_CHAINS - 1];
	w.own = chain == KNOWN_CHAINS - 1 ? 0 : k->chain[chain];
	return w;
}

static size_t walk_step(struct known_walk *w)
{
	const bool own = w->own && (!w->general || w->own < w->general);
	size_t *from = own ? &w->own : &w->general;
	const size_t at = *from;
	if (at && !w->k->indexed)
		*from = at < w->k->count ? at + 1 : 0;
	else if (at)
		*from = w->k->at[at - 1].next;
	return at;
}

/* What stands for itself in a glob is compared first. */
static bool line_may_mean(const struct known_line *l, const struct known_walk *w)
{
	if (l->head == l->length)
		return l->length == w->length && memcmp(l->glob, w->id, l->length) == 0;
	return l->head <= w->length && l->tail <= w->length && memcmp(l->glob, w->id, l->head) == 0 &&
	       memcmp(l->glob + l->length - l->tail, w->id + w->length - l->tail, l->tail) == 0;
}

static bool part_means(struct known_part *p, const char *at, size_t n)
{
	if (n >= sizeof p->last)
		n = sizeof p->last - 1; /* no coordinate is that long */
	if (p->last[n] == '\0' && memcmp(p->last, at, n) == 0)
		return p->last_yes;
	memcpy(p->last, at, n);
	memset(p->last + n, 0, sizeof p->last - n);
	p->last_yes = fnmatch(p->text, p->last, FNM_EXTMATCH) == 0;
	return p->last_yes;
}

static bool parts_mean(struct known_line *l, const struct known_walk *w)
{
	for (int glob = 0; glob < 2; glob++) /* the plain ones first */
		for (size_t i = 0, from = 0; i < l->parts; from = w->slash[i++] + 1) {
			struct known_part *p = &l->part[i];
			const size_t n = w->slash[i] - from;
			if (!glob && p->kind == PART_PLAIN && (p->length != n || memcmp(p->text, w->id + from, n) != 0))
				return false;
			if (glob && p->kind == PART_GLOB && !part_means(p, w->id + from, n))
				return false;
		}
	return true;
}

size_t known_walk_next(struct known_walk *w)
{
	size_t at;
	while ((at = walk_step(w))) {
		struct known_line *l = &w->k->at[at - 1];
		if (l->length && !line_may_mean(l, w))
			continue;
		if (l->parts && l->parts == w->parts ? parts_mean(l, w) : known_means(l, w->id))
			return at;
	}
	return 0;
}
