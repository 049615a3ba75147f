/* Sets of hypotheses: small, ordered, without repeats. They know nothing of scripts. */
#include "lib/run/hypothesis.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

static bool hypothesis_same(const struct hypothesis *a, const struct hypothesis *b)
{
	return a->pending_count == b->pending_count && a->has_due == b->has_due && a->due == b->due && a->due_should == b->due_should &&
	       a->role == b->role && memcmp(&a->tcb, &b->tcb, sizeof a->tcb) == 0 &&
	       memcmp(a->pending, b->pending, a->pending_count * sizeof a->pending[0]) == 0;
}

void hypotheses_add(struct hypotheses *s, const struct hypothesis *h)
{
	for (unsigned i = 0; i < s->count; i++)
		if (hypothesis_same(&s->h[i], h)) {
			if (s->h[i].strained && !h->strained)
				s->h[i] = *h;
			return;
		}
	if (s->count == HYPOTHESES_MAX) {
		s->overflow = true;
		return;
	}
	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 2;
		s->h = memory_resized(s->h, s->room, sizeof *s->h);
	}
	s->h[s->count++] = *h;
}

void hypotheses_clear(struct hypotheses *s)
{
	s->count = 0;
	s->overflow = false;
}

void hypotheses_free(struct hypotheses *s)
{
	free(s->h);
	*s = (struct hypotheses){0};
}

void hypotheses_copy(struct hypotheses *to, const struct hypotheses *from)
{
	hypotheses_clear(to);
	for (unsigned i = 0; i < from->count; i++)
		hypotheses_add(to, &from->h[i]);
	to->overflow = from->overflow;
}

void hypotheses_swap(struct hypotheses *a, struct hypotheses *b)
{
	const struct hypotheses kept = *a;
	*a = *b;
	*b = kept;
}

const struct hypothesis *hypotheses_best(const struct hypotheses *s)
{
	for (unsigned i = 0; i < s->count; i++)
		if (!s->h[i].strained)
			return &s->h[i];
	return s->count ? &s->h[0] : NULL;
}

void hypotheses_follow(struct hypotheses *to, const struct hypothesis *from, const struct outcome *o)
{
	for (unsigned i = 0; i < o->count; i++) {
		const struct reaction *r = &o->reaction[i];
		struct hypothesis next = *from;
		next.tcb = r->next;
		memcpy(next.pending, r->now, sizeof next.pending);
		next.pending_count = r->now_count;
		next.has_due = r->has_due;
		next.due_should = r->due_should;
		next.due = r->due;
		next.clause = r->clause;
		next.level = r->level;
		if (r->breaks_should) {
			next.strained = true;
			next.strained_clause = r->clause;
		}
		hypotheses_add(to, &next);
	}
}
