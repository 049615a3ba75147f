/* A script of any author as a ladder: steps become rows, and ladder_write.c lays them out. The prelude is left out but for the state it leads to. */
#include "lib/script/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

struct rows {
	struct ladder *l;
	unsigned side, number;
	bool stimulus_row; /* the last row holds only the stimulus of its group: an arrow may go on from it without a number */
};

static struct row *row_add(struct rows *w, const struct step *st, bool numbered)
{
	struct ladder *l = w->l;
	l->row = memory_resized(l->row, l->count + 1, sizeof *l->row);
	struct row *r = &l->row[l->count++];
	memset(r, 0, sizeof *r);
	w->number += numbered;
	r->number = w->number;
	r->numbered = numbered;
	r->has_level = st->level != l->level;
	r->level = r->has_level ? st->level : LEVEL_MUST;
	return r;
}

static void arrow_step(struct rows *w, const struct step *st)
{
	bool expect = st->kind == STEP_EXPECT;
	struct row *r = row_add(w, st, !(expect && w->stimulus_row));
	struct margin *m = &r->margin[w->side];
	r->arrow = true;
	r->token[SIDE_A] = r->token[SIDE_B] = expect == (w->side == SIDE_A) ? TO_RIGHT : TO_LEFT;
	r->segment = st->segment;
	if (!expect)
		r->segment.ctl_care = (uint16_t)(CTL_ALWAYS | st->segment.ctl);
	r->duplicate = st->duplicate;
	m->may = st->may;
	m->again = st->again;
	m->has_within = expect && st->has_within;
	m->within = st->within;
	w->stimulus_row = false;
}

static void stimulus_step(struct rows *w, const struct step *st)
{
	struct row *r = row_add(w, st, true);
	struct action *a = &r->margin[w->side].action[r->margin[w->side].count++];
	a->kind = st->kind == STEP_CALL ? ACTION_CALL : ACTION_WAIT;
	a->call = st->call;
	a->n = st->n;
	a->push = st->push;
	a->place = st->place;
	a->setting = st->setting;
	a->value = st->value;
	a->urgent = st->urgent;
	a->time = st->within;
	w->stimulus_row = true;
}

/* Silence, signals and states go on the row of what they follow, where its level is theirs. */
static struct row *row_behind(struct rows *w, const struct step *st, bool state)
{
	struct row *last = &w->l->row[w->l->count - 1];
	const struct margin *m = &last->margin[w->side];
	bool level = (last->has_level ? last->level : w->l->level) == st->level;
	if (w->l->count > 1 && level && !m->states && (state || m->count < ACTIONS_MAX))
		return last;
	return row_add(w, st, false);
}

static void assert_step(struct rows *w, const struct step *st)
{
	struct margin *m = &row_behind(w, st, false)->margin[w->side];
	struct action *a = &m->action[m->count++];
	a->kind = st->kind == STEP_SILENCE ? ACTION_SILENCE : st->kind == STEP_SIGNAL ? ACTION_SIGNAL
	                                                  : st->kind == STEP_ISNS     ? ACTION_ISNS
	                                                                              : ACTION_BY_MODEL;
	a->strict = st->strict;
	a->has_time = st->kind == STEP_SILENCE && st->has_within;
	a->time = st->within;
	a->signal = st->signal;
	a->isns = st->isns;
	w->stimulus_row = false;
}

static void step_row(struct rows *w, const struct step *st)
{
	switch (st->kind) {
	case STEP_SEND:
	case STEP_EXPECT:
		arrow_step(w, st);
		break;
	case STEP_CALL:
	case STEP_WAIT:
		stimulus_step(w, st);
		break;
	case STEP_STATE:
		row_behind(w, st, true)->margin[w->side].states = st->states;
		w->stimulus_row = false;
		break;
	case STEP_SILENCE:
	case STEP_SIGNAL:
	case STEP_ISNS:
	case STEP_BY_MODEL:
		assert_step(w, st);
		break;
	}
}

static void headers_set(struct ladder *l, const struct script *s)
{
	size_t n = strlen(s->id);
	if (s->side && n > 2)
		n -= 2;
	memcpy(l->id, s->id, n);
	if (strcmp(s->title, l->id) != 0)
		memcpy(l->title, s->title, sizeof l->title);
	memcpy(l->ref, s->ref, sizeof l->ref);
	memcpy(l->covers, s->covers, sizeof l->covers);
	memcpy(l->given, s->given, sizeof l->given);
	memcpy(l->options, s->options, sizeof l->options);
	memcpy(l->with, s->with, sizeof l->with);
	l->level = s->level;
	l->listener_closed = s->listener_closed;
	l->has_isn = s->has_isn;
	l->isn = s->isn;
	l->has_profile = s->has_profile;
	l->profile = s->profile;
	l->needs = s->needs;
	l->plays[s->side == 'a' ? SIDE_A : SIDE_B] = true;
}

void script_write(const struct script *s, struct text *out)
{
	struct ladder l = {.row = NULL};
	struct rows w = {.l = &l, .side = s->side == 'a' ? SIDE_A : SIDE_B};
	headers_set(&l, s);
	struct step closed = {.kind = STEP_STATE, .level = s->level, .states = 1u << CLOSED};
	const struct step *given = s->prelude ? &s->step[s->prelude - 1] : &closed;
	row_add(&w, given, true)->margin[w.side].states = given->states;
	for (size_t i = s->prelude; i < s->count; i++)
		step_row(&w, &s->step[i]);
	ladder_write(&l, out);
	free(l.row);
}

void step_write(const struct step *st, char side, struct text *out)
{
	struct ladder l = {.level = st->level};
	struct rows w = {.l = &l, .side = side == 'a' ? SIDE_A : SIDE_B};
	struct text whole = {0};
	l.plays[w.side] = true;
	struct step blank = {.kind = STEP_STATE, .level = st->level};
	row_add(&w, &blank, false);
	step_row(&w, st);
	l.row[l.count - 1].numbered = false;
	/* The layout writes headers, the names and the blank row first: only the last line is the step's. */
	ladder_write(&l, &whole);
	const char *text = text_string(&whole), *at = text + whole.length - 1;
	while (at > text && at[-1] != '\n')
		at--;
	text_add(out, "%s", at);
	text_free(&whole);
	free(l.row);
}
