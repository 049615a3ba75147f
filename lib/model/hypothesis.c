/* Sets of hypotheses: small, ordered, without repeats. They know nothing of scripts. */
#include "lib/model/hypothesis.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/model/reaction.h"
#include "lib/wire/seq.h"

/* Field by field: what lies between them nobody has set. */
static bool emission_same(const struct emission *a, const struct emission *b)
{
	return a->ctl == b->ctl && a->ctl_care == b->ctl_care && a->binds_iss == b->binds_iss && a->seq_after == b->seq_after && a->seq == b->seq && a->ack_any == b->ack_any && a->ack == b->ack && a->text_max == b->text_max && a->again == b->again && a->tells == b->tells && a->again_fin == b->again_fin && a->up == b->up;
}

bool hypothesis_pends_same(const struct hypothesis *a, const struct hypothesis *b)
{
	bool same = a->pending_count == b->pending_count;
	for (unsigned i = 0; same && i < a->pending_count; i++)
		same = emission_same(&a->pending[i], &b->pending[i]);
	return same;
}

static bool hypothesis_same(const struct hypothesis *a, const struct hypothesis *b)
{
	return a->has_due == b->has_due && a->due == b->due && a->due_should == b->due_should && a->role == b->role && hypothesis_pends_same(a, b) &&
	       memcmp(&a->tcb, &b->tcb, sizeof a->tcb) == 0;
}

/* Up to so many are compared as they are: to take one's print costs as much. */
enum { FEW = 4 };

/* Equal hypotheses have equal prints, and others hardly ever. */
static uint64_t hypothesis_print(const struct hypothesis *h)
{
	const uint8_t *at = (const uint8_t *)&h->tcb, *end = at + sizeof h->tcb;
	uint64_t word, key = UINT64_C(0x9e3779b97f4a7c15), print = h->due + ((uint64_t)h->role << 40 | (uint64_t)h->pending_count << 36 | (uint64_t)h->has_due << 33 | (uint64_t)h->due_should << 32);
	_Static_assert(sizeof h->tcb % sizeof word == 0, "a TCB is whole words");
	for (; at < end; at += sizeof word, key += 2 * UINT64_C(0x9e3779b97f4a7c15)) {
		memcpy(&word, at, sizeof word);
		print += word * key;
	}
	return print;
}

/* Of all that are there. */
static void take_prints(struct hypotheses *s)
{
	for (; s->printed < s->count; s->printed++)
		s->print[s->printed] = hypothesis_print(&s->h[s->printed]);
}

/* Which of those that are there is the same? count: none is. */
static unsigned find_same(struct hypotheses *s, const struct hypothesis *h, uint64_t *print)
{
	unsigned i = 0;
	if (s->count <= FEW) {
		while (i < s->count && !hypothesis_same(&s->h[i], h))
			i++;
		return i;
	}
	take_prints(s);
	*print = hypothesis_print(h);
	while (i < s->count && (s->print[i] != *print || !hypothesis_same(&s->h[i], h)))
		i++;
	return i;
}

/* There is no room. What does most of what is recommended stays. */
static void hypotheses_crowd(struct hypotheses *s, const struct hypothesis *h, uint64_t print)
{
	struct hypothesis *worst = &s->h[s->count - 1];
	s->overflow = true;
	for (unsigned i = s->count; i-- > 0;)
		if (worst->strained < s->h[i].strained)
			worst = &s->h[i];
	if (h->strained >= worst->strained)
		return;
	*worst = *h;
	s->print[worst - s->h] = print;
}

static void make_room(struct hypotheses *s, unsigned room)
{
	if (room <= s->room)
		return;
	s->room = room;
	s->h = memory_resized(s->h, room, sizeof *s->h);
	s->print = memory_resized(s->print, room, sizeof *s->print);
}

/* Behind the last one, where the next is made, to be taken in or not: they are large, and not to be copied for nothing. */
static struct hypothesis *hypotheses_next(struct hypotheses *s)
{
	if (s->count == s->room)
		make_room(s, s->room ? 2 * s->room : 2);
	return &s->h[s->count];
}

/* Takes in what hypotheses_next() has given. */
static void hypotheses_take(struct hypotheses *s)
{
	const struct hypothesis *h = &s->h[s->count];
	uint64_t print = 0;
	s->printed = s->printed < s->count ? s->printed : s->count;
	const unsigned at = find_same(s, h, &print);
	if (at < s->count) {
		if (h->strained < s->h[at].strained)
			s->h[at] = *h;
		return;
	}
	if (s->count == HYPOTHESES_MAX) {
		hypotheses_crowd(s, h, print);
		return;
	}
	if (s->printed == s->count && s->count > FEW)
		s->print[s->printed++] = print;
	s->count++;
}

void hypotheses_add(struct hypotheses *s, const struct hypothesis *h)
{
	*hypotheses_next(s) = *h;
	hypotheses_take(s);
}

void hypotheses_clear(struct hypotheses *s)
{
	s->count = s->printed = 0;
	s->overflow = false;
}

void hypotheses_free(struct hypotheses *s)
{
	free(s->h);
	free(s->print);
	*s = (struct hypotheses){0};
}

void hypotheses_move(struct hypotheses *s, unsigned i, unsigned to)
{
	if (i == to)
		return;
	s->h[to] = s->h[i];
	s->printed = s->printed < to ? s->printed : to;
}

void hypotheses_copy(struct hypotheses *to, const struct hypotheses *from)
{
	make_room(to, from->count);
	if (from->count)
		memcpy(to->h, from->h, from->count * sizeof *to->h);
	to->count = from->count;
	to->printed = 0;
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

/* h came from another state: by which edge of the diagram? */
static void hypothesis_walk(struct hypothesis *h, enum state from)
{
	const struct edge *edge = from == h->tcb.state ? NULL : model_edge(from, h->tcb.state);
	if (edge)
		h->edges |= UINT64_C(1) << (edge - model_edges(&(size_t){0}));
}

/* All but its TCB. */
static void copy_history(struct hypothesis *to, const struct hypothesis *from)
{
	const size_t at = offsetof(struct hypothesis, pending);
	memcpy((uint8_t *)to + at, (const uint8_t *)from + at, sizeof *to - at);
}

void hypotheses_react(struct hypotheses *to, const struct hypothesis *from, const struct reaction *r)
{
	struct hypothesis *next = hypotheses_next(to);
	next->tcb = r->next;
	copy_history(next, from);
	memcpy(next->pending, r->now, sizeof next->pending);
	next->pending_count = r->now_count;
	next->has_due = r->has_due;
	next->due_should = r->due_should;
	next->due = r->due;
	next->clause = r->clause;
	next->level = r->level;
	next->strained += r->breaks_should;
	if (r->breaks_should)
		next->strained_clause = r->clause;
	hypothesis_walk(next, from->tcb.state);
	hypotheses_take(to);
}

void hypotheses_follow(struct hypotheses *to, const struct hypothesis *from, const struct outcome *o)
{
	for (unsigned i = 0; i < o->count; i++)
		hypotheses_react(to, from, &o->reaction[i]);
}

void hypotheses_wait(struct hypotheses *to, const struct hypothesis *from, const struct model *m, uint64_t at, const char **missed)
{
	struct outcome o;
	model_time(m, &from->tcb, at, &o, missed);
	for (unsigned i = 0; i < o.count; i++) {
		struct hypothesis *next = hypotheses_next(to);
		next->tcb = o.reaction[i].next;
		copy_history(next, from);
		hypothesis_walk(next, from->tcb.state);
		hypotheses_take(to);
	}
}

bool hypotheses_stay(const struct hypotheses *s, const struct model *m, uint64_t at)
{
	for (unsigned i = 0; i < s->count; i++)
		if (!model_time_stays(m, &s->h[i].tcb, at))
			return false;
	return true;
}

void hypotheses_explain(struct hypotheses *to, const struct hypotheses *from, const struct model *m, const struct segment *s, uint64_t at)
{
	for (unsigned i = 0; i < from->count; i++) {
		const struct hypothesis *h = &from->h[i];
		struct hypothesis *next = hypotheses_next(to);
		*next = *h;
		if (h->pending_count && model_satisfies(m, &h->pending[0], s, at, &next->tcb)) {
			memmove(next->pending, next->pending + 1, sizeof next->pending - sizeof next->pending[0]);
			memset(&next->pending[EMISSIONS_MAX - 1], 0, sizeof next->pending[0]);
			next->pending_count--;
			next->role = UNASKED_FORBIDDEN;
			hypotheses_take(to);
			next = hypotheses_next(to);
			copy_history(next, h);
		}
		next->role = model_emits(m, &h->tcb, s, at, &next->tcb, &next->clause);
		if (next->role != UNASKED_FORBIDDEN)
			hypotheses_take(to);
	}
}

bool role_is_residue(enum unasked role)
{
	return role == UNASKED_OWED || role == UNASKED_RETRANSMISSION || role == UNASKED_WINDOW_UPDATE || role == UNASKED_PROBE || role == UNASKED_KEEPALIVE;
}

static bool role_fits(enum unasked role, bool expected, bool again)
{
	const bool repeated = role == UNASKED_RETRANSMISSION || role == UNASKED_PROBE;
	return expected ? again || !repeated : role_is_residue(role);
}

bool hypotheses_keep_roles(struct hypotheses *s, bool expected, bool again)
{
	unsigned kept = 0;
	for (unsigned i = 0; i < s->count; i++)
		if (role_fits(s->h[i].role, expected, again))
			hypotheses_move(s, i, kept++);
	if (kept)
		s->count = kept;
	return kept > 0;
}

void hypotheses_close(struct hypotheses *s, struct hypotheses *missed)
{
	const unsigned count = s->count;
	hypotheses_clear(s);
	for (unsigned i = 0; i < count; i++) {
		struct hypothesis *h = &s->h[i];
		const bool short_of_due = h->has_due && seq_lt(h->tcb.snd_nxt, h->due);
		if (h->pending_count || (short_of_due && !h->due_should)) {
			if (missed)
				hypotheses_add(missed, h);
			continue;
		}
		if (short_of_due) {
			h->strained++;
			h->strained_clause = h->clause;
		}
		h->has_due = h->due_should = false;
		h->due = 0;
		h->role = UNASKED_FORBIDDEN;
		tcb_end_arrival(&h->tcb);
		hypotheses_move(s, i, s->count);
		hypotheses_take(s);
	}
}
