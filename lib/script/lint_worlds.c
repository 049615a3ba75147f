/* The lint's sets of worlds: which TCBs are possible. No steps are played here. */
#include "lib/script/lint.h"

#include <string.h>

void worlds_add(struct worlds *s, const struct world *w)
{
	for (unsigned i = 0; i < s->count; i++)
		if (memcmp(&s->at[i], w, sizeof *w) == 0)
			return;
	if (s->count < WORLDS_MAX)
		s->at[s->count++] = *w;
}

void worlds_follow(struct worlds *to, const struct outcome *o)
{
	for (unsigned i = 0; i < o->count; i++) {
		const struct reaction *r = &o->reaction[i];
		struct world w;
		memset(&w, 0, sizeof w);
		w.tcb = r->next;
		w.pending_count = r->now_count;
		memcpy(w.pending, r->now, sizeof w.pending);
		w.has_due = r->has_due;
		w.due_should = r->due_should;
		w.due = r->due;
		w.clause = r->clause;
		worlds_add(to, &w);
	}
}
