/* Known deviations against the suite: does each line mean a test, and is its reaction unlawful in every cell that it means? It plays nothing on a stack.
 * The cells: those of `exhaustive` and `pairwise`; with timestamps, where a line asks for them by name, those of `exhaustive` without PSH and URG. */
#include "lib/cli/lint_known.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/cli/cli.h"
#include "lib/run/known_match.h"
#include "lib/script/lint.h"
#include "suite/cells.h"

enum { BEFORE_US = 1000 /* from the row's last event to the stimulus */ };

/* A row of the matrix played to its end on the model; its cells begin there. */
struct row_way {
	struct lint_play play;
	struct numbers numbers; /* as the way left them */
	struct text why;
	char row[96];
	struct script *script; /* its first cell: the play refers to it */
};

struct held {
	struct known k;
	struct model model;
	bool *meant, *told; /* by line */
	struct row_way way;
	const char *path;
	struct text *findings;
	size_t *count;
};

static void way_close(struct row_way *w)
{
	lint_play_end(&w->play);
	text_free(&w->why);
	script_free(w->script);
}

static void way_open(struct held *h, const struct script *cell, const char *row)
{
	struct row_way *w = &h->way;
	way_close(w);
	*w = (struct row_way){.script = script_copy(cell)};
	snprintf(w->row, sizeof w->row, "%s", row);
	w->play = (struct lint_play){.s = w->script, .model = &h->model, .why = &w->why};
	if (!lint_play_way(&w->play) || !lint_time(&w->play, w->play.now + BEFORE_US))
		hypotheses_clear(&w->play.worlds);
	w->numbers = w->play.numbers;
}

/* In the notation of result.actual. */
static void reaction_write(const struct reaction *r, const struct tcb *before, const struct segment *stimulus, struct text *out)
{
	text_clear(out);
	for (unsigned i = 0; i < r->now_count; i++) {
		emission_print(&r->now[i], before, stimulus, out);
		text_put(out, " ");
	}
	text_add(out, "=> %s", state_name(r->next.state));
}

static bool is_permitted(struct held *h, const struct known_line *l, const struct segment *s)
{
	struct lint_play *p = &h->way.play;
	struct text line = {0};
	bool permitted = false;
	for (unsigned i = 0; i < p->worlds.count && !permitted; i++) {
		const struct tcb *t = &p->worlds.h[i].tcb;
		struct outcome o;
		model_arrives(&h->model, t, s, p->now, &o);
		for (unsigned r = 0; r < o.count && !permitted; r++) {
			if (o.reaction[r].next.ack_owed && !t->ack_owed)
				continue; /* seen, it has the ACK that is owed in it */
			reaction_write(&o.reaction[r], t, s, &line);
			permitted = known_reaction_is(l, text_string(&line), state_name(t->state));
		}
	}
	text_free(&line);
	return permitted;
}

static void line_told(struct held *h, size_t i, const char *what, const char *id)
{
	const struct known_line *l = &h->k.at[i];
	h->told[i] = true;
	(*h->count)++;
	text_add(h->findings, "%s:%u: %s: %s %s\n", h->path, l->line, l->glob, what, id);
}

/* A cell and the lines that mean it; each line is told of the first cell alone. */
static void cell_held(struct held *h, const struct script *cell, const char *row, const char *id)
{
	struct known_walk w = known_walk_begin(&h->k, id);
	struct segment s;
	bool sent = false;
	for (size_t at; (at = known_walk_next(&w));) {
		const size_t i = at - 1;
		h->meant[i] = true;
		if (h->told[i])
			continue;
		if (!sent && strcmp(row, h->way.row) != 0)
			way_open(h, cell, row);
		if (!sent) {
			h->way.play.numbers = h->way.numbers;
			lint_send(&h->way.play, &cell->step[cell->prelude].segment, &s);
			sent = true;
		}
		if (is_permitted(h, &h->k.at[i], &s))
			line_told(h, i, "the reaction is lawful in a cell that it means, take the cell out of the glob:", id);
	}
}

static bool is_meant(const struct held *h, const char *id)
{
	struct known_walk w = known_walk_begin(&h->k, id);
	return known_walk_next(&w) != 0;
}

static void row_name(char row[96], const struct cell_coordinates *k)
{
	snprintf(row, 96, "%s%s", k->row, k->further);
}

static bool set_held(struct held *h, const char *set, struct error *e)
{
	struct cells *cells = cells_new(set, e);
	if (!cells)
		return false;
	for (size_t i = 0; i < cells_count(cells); i++) {
		struct cell_coordinates k;
		enum family f;
		char id[ID_MAX], row[96];
		cells_id(cells, i, id);
		if (!is_meant(h, id))
			continue;
		cells_coordinates(cells, i, &k);
		row_name(row, &k);
		cell_held(h, cells_script(cells, i, &f), row, id);
	}
	cells_free(cells);
	return true;
}

/* Lines whose glob names a class of timestamps. */
static bool asks_for_stamps(const struct known *k, const char *id)
{
	struct known_walk w = known_walk_begin(k, id);
	for (size_t at; (at = known_walk_next(&w));)
		if (strstr(k->at[at - 1].glob, "/*ts="))
			return true;
	return false;
}

static void stamped_held(struct held *h, const char *id)
{
	struct error e;
	struct cells *one = asks_for_stamps(&h->k, id) ? cells_named(id, &e) : NULL; /* not every row has timestamps */
	struct cell_coordinates k;
	enum family f;
	char row[96];
	if (!one)
		return;
	cells_coordinates(one, 0, &k);
	row_name(row, &k);
	cell_held(h, cells_script(one, 0, &f), row, id);
	cells_free(one);
}

static bool stamps_held(struct held *h, struct error *e)
{
	struct cells *cells = cells_new("exhaustive", e);
	if (!cells)
		return false;
	for (size_t i = 0; i < cells_count(cells); i++) {
		static const char *const classes[] = {"old", "fresh"};
		char id[ID_MAX], stamped[ID_MAX + 16];
		cells_id(cells, i, id);
		if (strstr(id, "/v6") || strstr(id, "psh") || strstr(id, "urg"))
			continue;
		for (size_t c = 0; c < sizeof classes / sizeof *classes; c++) {
			snprintf(stamped, sizeof stamped, "%s,ts=%s", id, classes[c]);
			stamped_held(h, stamped);
		}
	}
	cells_free(cells);
	return true;
}

/* Whole result ids: without a family a glob means none. */
static void ladders_held(struct held *h, const struct suite *s)
{
	static const enum family families[] = {IPV4, IPV6};
	char id[ID_MAX];
	for (size_t i = 0; i < s->count; i++)
		for (size_t f = 0; f < 2; f++) {
			if (!script_speaks(s->script[i], families[f]))
				continue;
			play_id(&(struct play){s->script[i], families[f]}, id);
			struct known_walk w = known_walk_begin(&h->k, id);
			for (size_t at; (at = known_walk_next(&w));)
				h->meant[at - 1] = true;
		}
}

static void unmeant_told(struct held *h, const struct suite *s)
{
	for (size_t i = 0; i < h->k.count; i++) {
		const char *nearest = "";
		if (h->meant[i])
			continue;
		suite_nearest(s, h->k.at[i].glob, &nearest, 1);
		text_add(h->findings, "%s:%u: %s matches no test, mend the glob or delete the line; the nearest: %s\n", h->path, h->k.at[i].line, h->k.at[i].glob, nearest);
		(*h->count)++;
	}
}

/* The choices that the run will be judged by. */
static bool model_beside(struct held *h, struct error *e)
{
	const char *slash = strrchr(h->path, '/');
	struct text file = {0};
	text_add(&file, "%.*s/target.ini", slash ? (int)(slash - h->path) : 1, slash ? h->path : ".");
	bool good = true;
	h->model = model_default(PROFILE_RFC9293);
	if (access(text_string(&file), R_OK) == 0) {
		struct declaration *d = declaration_read(text_string(&file), PROFILE_RFC9293, false, e);
		good = d != NULL;
		if (d)
			h->model = d->model;
		declaration_free(d);
	}
	text_free(&file);
	return good;
}

bool known_lint(const char *path, struct text *findings, size_t *count)
{
	struct suite suite = {0};
	struct held h = {.path = path, .findings = findings, .count = count};
	struct error e;
	bool good = data_suite(&suite, &e) && known_read(&h.k, path, &e) && model_beside(&h, &e);
	h.meant = memory_zeroed(h.k.count + 1, sizeof *h.meant);
	h.told = memory_zeroed(h.k.count + 1, sizeof *h.told);
	if (good)
		ladders_held(&h, &suite);
	good = good && set_held(&h, "exhaustive", &e) && set_held(&h, "pairwise", &e) && stamps_held(&h, &e);
	if (good)
		unmeant_told(&h, &suite);
	else
		cli_complain("%s", e.text);
	way_close(&h.way);
	free(h.meant);
	free(h.told);
	known_free(&h.k);
	suite_free(&suite);
	return good;
}
