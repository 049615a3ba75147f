/* The lint's sets of worlds and its numbers: which TCBs are possible, and what a figure's number is among them. No steps are played here. */
#include "lib/script/lint.h"

#include <string.h>

/* Numbers that nobody has chosen: far apart, and near the places where arithmetic modulo 2^32 turns over. */
static const uint32_t choices[] = {0xfffffff0u, 0x7ffffff0u, 0x40000000u, 0xc0000000u, 0x10000000u, 0x90000000u, 0x20000000u, 0xa0000000u};

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

static uint32_t variable_value(enum seq_variable v, const struct tcb *t)
{
	switch (v) {
	case VAR_SND_UNA:
		return t->snd_una;
	case VAR_SND_NXT:
		return t->snd_nxt;
	case VAR_RCV_NXT:
		return t->rcv_nxt;
	case VAR_RCV_END:
		return t->rcv_nxt + t->rcv_wnd;
	case VAR_ISS:
		return t->iss;
	case VAR_IRS:
		return t->irs;
	}
	return 0;
}

static const uint32_t *name_live(const struct lint_numbers *n, const char *name)
{
	for (unsigned i = 0; i < n->names; i++)
		if (strcmp(n->name[i].name, name) == 0)
			return &n->name[i].live;
	return NULL;
}

bool lint_number_known(const struct lint_numbers *n, unsigned side, const struct seqnum *q, const struct tcb *t, uint32_t *live)
{
	const uint32_t *named;
	*live = (uint32_t)q->offset;
	switch (q->kind) {
	case SEQ_UNSAID:
		return false;
	case SEQ_ABSOLUTE:
		*live += q->number;
		return true;
	case SEQ_FIGURE:
		*live += q->number + (q->prior ? n->space[side].prior : n->space[side].offset);
		return n->space[side].bound;
	case SEQ_NAME:
		named = name_live(n, q->name);
		*live += named ? *named : 0;
		return named != NULL;
	case SEQ_VARIABLE:
		*live += variable_value(q->variable, t);
		return true;
	}
	return false;
}

uint32_t lint_number(struct lint_numbers *n, unsigned side, const struct seqnum *q, const struct tcb *t, uint32_t unsaid)
{
	uint32_t live;
	if (q->kind == SEQ_UNSAID)
		return unsaid;
	if (!lint_number_known(n, side, q, t, &live)) {
		live = choices[n->chosen++ % (sizeof choices / sizeof *choices)] + (uint32_t)q->offset;
		lint_number_bind(n, side, q, live, false);
	}
	return live;
}

void lint_number_bind(struct lint_numbers *n, unsigned side, const struct seqnum *q, uint32_t live, bool anew)
{
	uint32_t base = live - (uint32_t)q->offset;
	if (q->kind == SEQ_NAME && !name_live(n, q->name) && n->names < LINT_NAMES_MAX) {
		memcpy(n->name[n->names].name, q->name, sizeof q->name);
		n->name[n->names++].live = base;
	}
	if (q->kind != SEQ_FIGURE || (n->space[side].bound && !anew))
		return;
	n->space[side].prior = n->space[side].offset;
	n->space[side].offset = base - q->number;
	n->space[side].bound = true;
}
