/* Messages between a worker and the run: a length, a kind, fields one after the other. Both ends are the same program, so that numbers need no agreed form. */
#include "lib/run/told.h"

#include <stdlib.h>
#include <string.h>

struct preface {
	uint32_t length; /* the preface included */
	uint32_t kind;
};

/* ---- telling ---- */

static size_t tell_begin(struct text *out, enum told_kind kind)
{
	const size_t from = out->length;
	const struct preface p = {.kind = (uint32_t)kind};
	text_add_octets(out, (const char *)&p, sizeof p);
	return from;
}

static void tell_end(struct text *out, size_t from)
{
	const uint32_t length = (uint32_t)(out->length - from);
	memcpy(out->at + from + offsetof(struct preface, length), &length, sizeof length);
}

static void put(struct text *out, const void *at, size_t n)
{
	text_add_octets(out, at, n);
}

static void put_string(struct text *out, const char *s)
{
	const uint32_t n = (uint32_t)strlen(s);
	put(out, &n, sizeof n);
	put(out, s, n);
}

static void put_text(struct text *out, const struct text *t)
{
	put_string(out, text_string(t));
}

void tell_header(struct text *out, const struct run_header *h)
{
	const size_t from = tell_begin(out, TOLD_HEADER);
	put(out, h, sizeof *h);
	put_text(out, &h->choices);
	put_text(out, &h->settings);
	put_text(out, &h->selection);
	tell_end(out, from);
}

void tell_result(struct text *out, const struct result *r, const struct script *s)
{
	const size_t from = tell_begin(out, TOLD_RESULT);
	put(out, &r->verdict, sizeof r->verdict);
	put(out, &r->level, sizeof r->level);
	put(out, &s->side, sizeof s->side);
	put(out, &r->attempts, sizeof r->attempts);
	put(out, &r->untraced, sizeof r->untraced);
	put(out, &r->edges, sizeof r->edges);
	put_string(out, r->id);
	put_string(out, r->title);
	put_string(out, r->ref);
	put_string(out, r->clause);
	put_string(out, r->cause);
	put_string(out, r->cause_class);
	put_string(out, r->state_before);
	put_string(out, r->state_after);
	put_string(out, r->state_by);
	put_string(out, r->endpoint);
	put_string(out, r->family);
	put_string(out, r->known_at);
	put_text(out, &r->permitted);
	put_text(out, &r->actual);
	put_text(out, &r->ladder);
	put_text(out, &r->known);
	put_text(out, &r->predicted);
	tell_end(out, from);
}

void tell_trace(struct text *out, const struct trace *t, const struct endpoint *at, uint64_t seed, const char *id, unsigned attempt)
{
	const size_t from = tell_begin(out, TOLD_TRACE);
	const uint64_t count = t->count;
	put(out, at, sizeof *at);
	put(out, &seed, sizeof seed);
	put(out, &attempt, sizeof attempt);
	put_string(out, id);
	put(out, &count, sizeof count);
	for (size_t i = 0; i < t->count; i++) {
		put(out, &t->event[i], sizeof t->event[i]);
		put(out, t->event[i].packet, t->event[i].packet ? t->event[i].length : 0);
	}
	tell_end(out, from);
}

void tell_counts(struct text *out, const struct run_counts *c)
{
	const size_t from = tell_begin(out, TOLD_COUNTS);
	put(out, c, sizeof *c);
	tell_end(out, from);
}

void tell_error(struct text *out, const struct error *e)
{
	const size_t from = tell_begin(out, TOLD_ERROR);
	put_string(out, e->text);
	tell_end(out, from);
}

/* ---- reading ---- */

size_t told_next(const char *at, size_t n, struct told *m)
{
	struct preface p;
	if (n < sizeof p)
		return 0;
	memcpy(&p, at, sizeof p);
	if (p.length < sizeof p || p.length > n)
		return 0;
	*m = (struct told){.kind = (enum told_kind)p.kind, .at = at + sizeof p, .end = at + p.length};
	return p.length;
}

static bool take(struct told *m, void *to, size_t n)
{
	if (m->broken || (size_t)(m->end - m->at) < n) {
		m->broken = true;
		return false;
	}
	memcpy(to, m->at, n);
	m->at += n;
	return true;
}

/* The octets of a string that follows; NULL: broken. */
static const char *take_octets(struct told *m, uint32_t *n)
{
	if (!take(m, n, sizeof *n) || (size_t)(m->end - m->at) < *n) {
		m->broken = true;
		return NULL;
	}
	m->at += *n;
	return m->at - *n;
}

static void take_string(struct told *m, char *to, size_t room)
{
	uint32_t n;
	const char *from = take_octets(m, &n);
	if (!from)
		return;
	m->broken |= n >= room;
	if (n >= room)
		return;
	memcpy(to, from, n);
	to[n] = '\0';
}

static void take_text(struct told *m, struct text *to)
{
	uint32_t n;
	const char *from = take_octets(m, &n);
	*to = (struct text){0};
	if (from && n)
		text_add_octets(to, from, n);
}

bool told_header(struct told *m, struct run_header *h)
{
	if (!take(m, h, sizeof *h)) {
		*h = (struct run_header){.seed = 0};
		return false;
	}
	h->merged = h->scope.options = (struct text){0};
	take_text(m, &h->choices);
	take_text(m, &h->settings);
	take_text(m, &h->selection);
	return !m->broken;
}

bool told_result(struct told *m, struct result *r, char *side)
{
	*r = (struct result){.attempts = 0};
	take(m, &r->verdict, sizeof r->verdict);
	take(m, &r->level, sizeof r->level);
	take(m, side, sizeof *side);
	take(m, &r->attempts, sizeof r->attempts);
	take(m, &r->untraced, sizeof r->untraced);
	take(m, &r->edges, sizeof r->edges);
	take_string(m, r->id, sizeof r->id);
	take_string(m, r->title, sizeof r->title);
	take_string(m, r->ref, sizeof r->ref);
	take_string(m, r->clause, sizeof r->clause);
	take_string(m, r->cause, sizeof r->cause);
	take_string(m, r->cause_class, sizeof r->cause_class);
	take_string(m, r->state_before, sizeof r->state_before);
	take_string(m, r->state_after, sizeof r->state_after);
	take_string(m, r->state_by, sizeof r->state_by);
	take_string(m, r->endpoint, sizeof r->endpoint);
	take_string(m, r->family, sizeof r->family);
	take_string(m, r->known_at, sizeof r->known_at);
	take_text(m, &r->permitted);
	take_text(m, &r->actual);
	take_text(m, &r->ladder);
	take_text(m, &r->known);
	take_text(m, &r->predicted);
	return !m->broken;
}

bool told_trace(struct told *m, struct trace *t, struct endpoint *at, uint64_t *seed, char id[ID_MAX], unsigned *attempt)
{
	uint64_t count = 0;
	trace_clear(t);
	take(m, at, sizeof *at);
	take(m, seed, sizeof *seed);
	take(m, attempt, sizeof *attempt);
	take_string(m, id, ID_MAX);
	take(m, &count, sizeof count);
	for (uint64_t i = 0; i < count && !m->broken; i++) {
		struct event e;
		if (!take(m, &e, sizeof e))
			break;
		const size_t n = e.packet ? e.length : 0;
		m->broken |= (size_t)(m->end - m->at) < n;
		if (m->broken)
			break;
		e.packet = n ? (uint8_t *)(uintptr_t)m->at : NULL; /* trace_add() keeps a copy */
		m->at += n;
		trace_add(t, &e);
	}
	return !m->broken;
}

bool told_counts(struct told *m, struct run_counts *c)
{
	if (!take(m, c, sizeof *c))
		return false;
	c->known = NULL;
	c->known_count = 0;
	return true;
}

bool told_error(struct told *m, struct error *e)
{
	take_string(m, e->text, sizeof e->text);
	return !m->broken;
}
