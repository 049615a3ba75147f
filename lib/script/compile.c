/* One column of a ladder as a script, prelude in front. It reads no text and judges nothing by the model. */
#include "lib/script/reader.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/script/prelude.h"
#include "lib/script/sack.h"
#include "lib/wire/option.h"

struct compile {
	const struct ladder *l;
	unsigned side;
	struct script *s;
	struct error *e;
	unsigned line; /* that steps get: of the prelude, where the ladder begins; 0: each row's own */
	unsigned group;
	/* The open group. */
	const struct row *state_row; /* where its state stands; NULL: none asserted */
	uint16_t states;
	bool expected, silent, by_model;
	/* Rule 4.2 of the numbers: does an expected SYN bind? */
	bool bound, gone; /* gone: since the binding the column said CLOSED or LISTEN */
};

static struct step *step_new(struct compile *c, const struct row *r, enum step_kind kind)
{
	struct step st = {.kind = kind, .line = c->line ? c->line : r->line, .group = c->group, .level = r->has_level ? r->level : c->l->level};
	script_add(c->s, &st);
	return &c->s->step[c->s->count - 1];
}

/* A state is asserted once, where its group ends. */
static void state_flush(struct compile *c)
{
	if (c->state_row)
		step_new(c, c->state_row, STEP_STATE)->states = c->states;
	c->state_row = NULL;
}

static void group_open(struct compile *c)
{
	state_flush(c);
	c->group++;
	c->states = 0;
	c->expected = c->silent = c->by_model = false;
}

static bool state_compile(struct compile *c, const struct row *r)
{
	const struct margin *m = &r->margin[c->side];
	if (!m->states)
		return true;
	if (c->states && c->states != m->states)
		return ladder_expected(c->l, r->line, m->states_col, c->e, "one state of TCP %c between two stimuli: a segment, call or time before this other one", c->side ? 'B' : 'A');
	c->states = m->states;
	c->state_row = r;
	if (m->states & (1u << CLOSED | 1u << LISTEN))
		c->gone = true;
	return true;
}

static bool call_compile(struct compile *c, const struct row *r, const struct action *a)
{
	/* A TCP that has no TCB yet has nothing to lose (figure 9: line 2 after a given CLOSED). */
	if (a->call == CALL_FORGET && c->group == 0)
		return true;
	group_open(c);
	struct step *st = step_new(c, r, STEP_CALL);
	st->call = a->call;
	st->n = a->n;
	st->place = a->place;
	st->push = a->push;
	st->setting = a->setting;
	st->value = a->value;
	st->urgent = a->urgent;
	return true;
}

static bool assert_compile(struct compile *c, const struct row *r, const struct action *a)
{
	if (a->kind == ACTION_SILENCE) {
		if ((c->expected && !a->strict) || c->by_model)
			return ladder_expected(c->l, r->line, a->col, c->e, "(silence) only in a group without segments of the target: a segment, call or time of TCP %c before it; (nothing) may stand behind them", c->side ? 'B' : 'A');
		c->silent = true;
		struct step *st = step_new(c, r, STEP_SILENCE);
		st->strict = a->strict;
		st->has_within = a->has_time;
		st->within = a->time;
	} else if (a->kind == ACTION_SIGNAL) {
		step_new(c, r, STEP_SIGNAL)->signal = a->signal;
	} else if (a->kind == ACTION_ISNS) {
		step_new(c, r, STEP_ISNS)->isns = a->isns;
	} else {
		if (c->silent || c->by_model)
			return ladder_expected(c->l, r->line, a->col, c->e, "(by the model) once, and in a group without (silence)");
		c->by_model = true;
		step_new(c, r, STEP_BY_MODEL);
	}
	return true;
}

/* In a row with an arrow calls and times come before its event, silence and signals after it; in a row without, all in written order. */
static bool actions_compile(struct compile *c, const struct row *r, bool stimuli, bool asserts)
{
	const struct margin *m = &r->margin[c->side];
	bool asserted = false;
	for (unsigned i = 0; i < m->count; i++) {
		const struct action *a = &m->action[i];
		bool stimulus = a->kind == ACTION_CALL || a->kind == ACTION_WAIT;
		asserted |= !stimulus;
		if (r->arrow && stimulus && asserted)
			return ladder_expected(c->l, r->line, a->col, c->e, "calls and times before (silence), (signal) and (by the model) on a line with an arrow, or a line of its own");
		if (stimulus ? !stimuli : !asserts)
			continue;
		if (a->kind == ACTION_CALL) {
			if (!call_compile(c, r, a))
				return false;
		} else if (a->kind == ACTION_WAIT) {
			group_open(c);
			struct step *st = step_new(c, r, STEP_WAIT);
			st->has_within = true;
			st->within = a->time;
		} else if (!assert_compile(c, r, a)) {
			return false;
		}
	}
	return true;
}

/* Is this name of the target's space used for the first time? */
static bool name_new(const struct script *s, const char *name)
{
	for (size_t i = s->prelude; i < s->count; i++) {
		const struct step *st = &s->step[i];
		const struct seqnum *q = st->kind == STEP_EXPECT ? &st->segment.seq : &st->segment.ack;
		if ((st->kind == STEP_EXPECT || st->kind == STEP_SEND) && q->kind == SEQ_NAME && strcmp(q->name, name) == 0)
			return false;
	}
	return true;
}

static bool expect_compile(struct compile *c, const struct row *r)
{
	const struct margin *m = &r->margin[c->side];
	const struct said_segment *seg = &r->segment;
	if (seg->said & SAY_DATA && seg->data == DATA_WINDOW)
		return ladder_expected(c->l, r->line, r->segment_col, c->e, "<DATA=RCV.WND> only where it arrives at the target: play the other side alone");
	if (c->silent || c->by_model)
		return ladder_expected(c->l, r->line, r->segment_col, c->e, "a segment, call or time of TCP %c after %s, before this segment of the target", c->side ? 'B' : 'A', c->silent ? "(silence)" : "(by the model)");
	if (seg->said & (SAY_ICMP | SAY_RAW) || seg->chk_flips)
		return ladder_expected(c->l, r->line, r->segment_col, c->e, "<ICMP>, <RAW> and <CHK=^...> only where they arrive at the target: play the other side alone");
	if (seg->said & (SAY_EXT | SAY_FROM))
		return ladder_expected(c->l, r->line, r->segment_col, c->e, "<EXT> and <FROM> only where they arrive at the target: play the other side alone");
	c->expected = true;
	bool binds = seg->ctl & CTL_SYN && (!c->bound || c->gone || (seg->seq.kind == SEQ_NAME && name_new(c->s, seg->seq.name)));
	if (binds) {
		c->bound = true;
		c->gone = false;
	}
	struct step *st = step_new(c, r, STEP_EXPECT);
	st->segment = *seg;
	st->binds = binds;
	st->may = m->may;
	st->again = m->again;
	st->has_within = m->has_within;
	st->within = m->within;
	return true;
}

/* What is sent must be complete: options with their values, bits that are set or not. */
static bool send_compile(struct compile *c, const struct row *r)
{
	uint8_t octets[OPTIONS_MAX], length;
	char live[OPTIONS_LIVE];
	struct error why = {.text = "SACK:<left>/<right>, one to four pairs of numbers"};
	group_open(c);
	struct step *st = step_new(c, r, STEP_SEND);
	struct said_segment *seg = &st->segment;
	*seg = r->segment;
	seg->ctl_care = CTL_ALL;
	st->duplicate = r->duplicate;
	if (seg->ctl & CTL_SYN && !(seg->said & (SAY_OPT | SAY_ICMP | SAY_RAW)) && c->s->options[0]) {
		memcpy(seg->opt, c->s->options, sizeof seg->opt);
		seg->said |= SAY_OPT;
	}
	if (seg->said & SAY_OPT && strcmp(seg->opt, "none") != 0 && !(options_live(seg->opt, NULL, SIDE_TARGET, NULL, live) && options_compile(live, octets, &length, &why)))
		return ladder_expected(c->l, r->line, r->segment_col, c->e, "options that can be sent, while reading <OPT=%s>: %s", seg->opt, why.text);
	return true;
}

static bool row_compile(struct compile *c, const struct row *r)
{
	if (c->s->count >= STEPS_MAX)
		return ladder_expected(c->l, r->line, 1, c->e, "at most %d steps in a ladder", STEPS_MAX);
	if (!r->arrow)
		return actions_compile(c, r, true, true) && state_compile(c, r);
	if (!actions_compile(c, r, true, false))
		return false;
	if (row_departs(r, c->side) && !expect_compile(c, r))
		return false;
	if (row_arrives(r, c->side) && !send_compile(c, r))
		return false;
	return actions_compile(c, r, false, true) && state_compile(c, r);
}

/* Rows from i on that say the same ports, <SRC=n..m>, one set of them for each port. *end: behind them. */
static bool rows_repeat(struct compile *c, size_t i, size_t *end)
{
	const struct said_segment *first = &c->l->row[i].segment;
	*end = i;
	while (*end < c->l->count && c->l->row[*end].arrow && c->l->row[*end].segment.src_last == first->src_last && c->l->row[*end].segment.src_port == first->src_port)
		++*end;
	for (unsigned port = first->src_port; port <= first->src_last; port++)
		for (size_t k = i; k < *end; k++) {
			struct row r = c->l->row[k];
			r.segment.src_port = (uint16_t)port;
			r.segment.src_last = 0;
			if (!row_compile(c, &r))
				return false;
			if (c->state_row == &r)
				c->state_row = &c->l->row[k];
		}
	return true;
}

static bool rows_compile(struct compile *c)
{
	for (size_t i = 1; i < c->l->count;) {
		const struct row *r = &c->l->row[i];
		if (!(r->arrow && r->segment.src_last ? rows_repeat(c, i, &i) : (i++, row_compile(c, r))))
			return false;
	}
	return true;
}

/* The tester's numbers on the way become those of the wire: the figure's first one is its ISN. */
static bool isn_pin(struct script *s)
{
	static const uint32_t isn_of_the_figures = 100; /* in prelude.c */
	bool sends = false;
	for (size_t i = 0; i < s->count; i++) {
		struct said_segment *q = &s->step[i].segment;
		if (s->step[i].kind != STEP_SEND && s->step[i].kind != STEP_EXPECT)
			continue;
		struct seqnum *mine = s->step[i].kind == STEP_SEND ? &q->seq : &q->ack;
		sends |= s->step[i].kind == STEP_SEND;
		if (mine->kind == SEQ_FIGURE)
			*mine = (struct seqnum){.kind = SEQ_ABSOLUTE, .number = s->isn + (mine->number - isn_of_the_figures)};
	}
	return sends;
}

/* The way's rows, then the state that was to be reached: its own state is that one, and is not asserted twice. */
static bool way_compile(struct compile *c, enum state st, const char *way, struct error *e)
{
	if (st != CLOSED) {
		const struct prelude *p = prelude_find(st, way);
		struct ladder *l = p ? ladder_read("prelude", p->text, e) : NULL;
		if (!l)
			return p != NULL ? false : error_set(e, "no way '%s' into %s", way, state_name(st));
		struct compile w = *c;
		w.l = l;
		w.side = SIDE_B;
		bool good = rows_compile(&w);
		c->group = w.group;
		ladder_free(l);
		if (!good)
			return false;
	}
	if (c->s->has_isn && !isn_pin(c->s))
		return error_set(e, "in %s the tester has no ISN yet: leave out isn:", state_name(st));
	struct step given = {.kind = STEP_STATE, .line = c->line, .group = c->group, .level = c->s->level, .given = true, .states = (uint16_t)(1u << st)};
	script_add(c->s, &given);
	c->s->prelude = c->s->count;
	for (size_t i = 0; i < c->s->count; i++)
		c->s->step[i].level = c->s->level;
	return true;
}

bool prelude_add(struct script *s, enum state st, const char *way, struct error *e)
{
	struct compile c = {.side = SIDE_B, .s = s, .e = e, .line = 1};
	return way_compile(&c, st, way, e);
}

/* CLOSED and LISTEN have one way each, so that `given:` speaks of the other column's state there. */
static bool prelude_compile(struct compile *c)
{
	const struct row *first = &c->l->row[0];
	const struct margin *m = &first->margin[c->side];
	enum state st = CLOSED;
	if (first->arrow || first->margin[SIDE_A].count || first->margin[SIDE_B].count)
		return ladder_expected(c->l, first->line, first->arrow ? 1 : first->margin[first->margin[SIDE_A].count ? SIDE_A : SIDE_B].action[0].col, c->e,
		                       "nothing but the states to begin in on the first line");
	if (!m->states)
		return ladder_expected(c->l, first->line, 1, c->e, "the state of TCP %c to begin in on the first line", c->side ? 'B' : 'A');
	while (st < STATES && m->states != 1u << st)
		st++;
	if (st == STATES)
		return ladder_expected(c->l, first->line, m->states_col, c->e, "one state to begin in");
	const char *way = st == CLOSED || st == LISTEN ? "" : c->l->given;
	if (st != CLOSED && !prelude_find(st, way))
		return ladder_expected(c->l, first->line, m->states_col, c->e, "a state that 'given: %s' leads to", way);
	c->line = first->line;
	struct error why;
	if (!way_compile(c, st, way, &why))
		return ladder_expected(c->l, first->line, m->states_col, c->e, "a prelude that reads (%s)", why.text);
	c->line = 0;
	c->states = (uint16_t)(1u << st);
	c->bound = st >= SYN_SENT;
	return true;
}

static uint32_t said_length(const struct said_segment *s)
{
	return s->data + (s->ctl & CTL_SYN ? 1 : 0) + (s->ctl & CTL_FIN ? 1 : 0);
}

/* The base of the first SEQ of that side in the file, else of the first ACK that names it. A repeated segment ends, not begins, at SND.NXT: one marked (again),
 * and a SYN where the ladder begins with SYNs under way. */
static bool base_find(const struct ladder *l, unsigned side, bool syn_state, uint32_t *base)
{
	bool by_ack = false;
	for (size_t i = 1; i < l->count; i++) {
		const struct row *r = &l->row[i];
		if (!r->arrow)
			continue;
		bool seq = row_seq_space(r) == side;
		const struct seqnum *q = seq ? &r->segment.seq : &r->segment.ack;
		if (q->kind != SEQ_FIGURE || q->prior || (!seq && by_ack))
			continue;
		*base = q->number;
		if (!seq) {
			by_ack = true;
			continue;
		}
		bool repeated = r->margin[row_sender(r)].again || (syn_state && r->segment.ctl & CTL_SYN);
		if (repeated && !(r->segment.said & SAY_ICMP))
			*base += said_length(&r->segment);
		return true;
	}
	return by_ack;
}

static void bases_set(struct compile *c)
{
	enum state st = CLOSED;
	uint16_t given = c->s->step[c->s->prelude - 1].states;
	while (given != 1u << st)
		st++;
	bool syn_state = st == SYN_SENT || st == SYN_RECEIVED;
	c->s->base_known[0] = st >= SYN_SENT && base_find(c->l, c->side, syn_state, &c->s->base[0]);
	c->s->base_known[1] = st >= SYN_RECEIVED && base_find(c->l, 1 - c->side, syn_state, &c->s->base[1]);
}

static unsigned call_need(enum call c)
{
	switch (c) {
	case CALL_OPEN_PASSIVE:
		return NEED_OPEN_PASSIVE;
	case CALL_OPEN_ACTIVE:
		return NEED_OPEN_ACTIVE;
	case CALL_SEND:
		return NEED_SEND;
	case CALL_RECEIVE:
		return NEED_RECEIVE;
	case CALL_CLOSE:
		return NEED_CLOSE;
	case CALL_RELEASE:
		return NEED_RELEASE;
	case CALL_ABORT:
		return NEED_ABORT;
	case CALL_FORGET:
		return NEED_FORGET;
	case CALL_SET: /* by its setting */
	case CALLS:
		break;
	}
	return 0;
}

/* Every target can listen: only a ladder that makes the target listen itself, in its own lines, needs the call. */
static void needs_set(struct script *s)
{
	if (strcmp(s->given, "simultaneous") == 0)
		s->needs |= NEED_SIMULTANEOUS_OPEN;
	if (strcmp(s->given, "closing") == 0 || (s->prelude && s->step[s->prelude - 1].kind == STEP_STATE && s->step[s->prelude - 1].states == 1U << CLOSING))
		s->needs |= NEED_SIMULTANEOUS_CLOSE;
	if ((strcmp(s->given, "unread") == 0 || strcmp(s->given, "gap") == 0) && s->prelude && s->step[s->prelude - 1].kind == STEP_STATE && s->step[s->prelude - 1].states == 1U << FIN_WAIT_1)
		s->needs |= NEED_CLOSE_UNREAD;
	for (size_t i = 0; i < s->count; i++)
		if (s->step[i].kind == STEP_CALL && s->step[i].call == CALL_OPEN_ACTIVE && s->step[i].n)
			s->needs |= s->step[i].push ? NEED_FASTOPEN | NEED_SEND : NEED_SMALL_BUFFER;
	for (size_t i = 0; i < s->count; i++)
		if (s->step[i].urgent)
			s->needs |= NEED_URGENT;
	for (size_t i = 0; i < s->count; i++)
		if (s->step[i].kind == STEP_CALL && (i >= s->prelude || s->step[i].call != CALL_OPEN_PASSIVE))
			s->needs |= s->step[i].call == CALL_SET ? NEED_SET(s->step[i].setting) : call_need(s->step[i].call);
}

static struct script *script_new(const struct ladder *l, unsigned side)
{
	struct script *s = memory_zeroed(1, sizeof *s);
	snprintf(s->id, sizeof s->id, "%.*s/%c", (int)sizeof s->id - 3, l->id, side ? 'b' : 'a');
	snprintf(s->title, sizeof s->title, "%s", l->title[0] ? l->title : l->id);
	memcpy(s->file, l->file, sizeof s->file);
	memcpy(s->ref, l->ref, sizeof s->ref);
	memcpy(s->covers, l->covers, sizeof s->covers);
	memcpy(s->given, l->given, sizeof s->given);
	memcpy(s->options, l->options, sizeof s->options);
	memcpy(s->with, l->with, sizeof s->with);
	s->has_isn = l->has_isn;
	s->isn = l->isn;
	s->level = l->level;
	s->side = side ? 'b' : 'a';
	s->listener_closed = l->listener_closed;
	s->has_profile = l->has_profile;
	s->profile = l->profile;
	s->needs = l->needs;
	return s;
}

struct script *ladder_compile(const struct ladder *l, char side, struct error *e)
{
	if (!ladder_plays(l, side)) {
		ladder_expected(l, 1, 1, e, "'plays:' to name %c before that side is played", side == 'a' ? 'A' : 'B');
		return NULL;
	}
	struct compile c = {.l = l, .side = side == 'a' ? SIDE_A : SIDE_B, .e = e};
	c.s = script_new(l, c.side);
	if (!prelude_compile(&c) || !rows_compile(&c)) {
		script_free(c.s);
		return NULL;
	}
	state_flush(&c);
	bases_set(&c);
	needs_set(c.s);
	return c.s;
}
