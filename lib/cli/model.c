/* `tcpspec model`: how much the reference model permits, the state diagram that it draws, and what tells its states apart. It decides nothing. */
#include "lib/cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/model/slack.h"
#include "lib/run/probe_table.h"
#include "lib/script/lint.h"
#include "suite/cells.h"

enum { BEFORE_US = 1000 /* from the row's last event to the stimulus */ };

/* The standard's choices, and the ones that open a branch. */
enum reading { STANDARD,
	       WIDEST,
	       READINGS };

static void edges_print(void)
{
	size_t count;
	const struct edge *edge = model_edges(&count);
	for (size_t i = 0; i < count; i++)
		printf("%s\t%s\t%s\t%s\n", state_name(edge[i].from), state_name(edge[i].to), edge[i].event, edge[i].action);
}

/* A row played to its end, once under each reading; its cells begin there. */
struct way {
	struct model m[READINGS];
	struct lint_play play[READINGS];
	struct numbers numbers[READINGS]; /* as the way left them */
	struct text why;
	char row[96];
	struct script *script; /* the row's first cell: the plays refer to it */
};

/* The slack of a set so far. */
struct count {
	struct ambiguous argued;
	/* By row of the table: */
	bool *needed; /* some cell rests on it */
	bool *loose;  /* it argues for a cell that needs no argument */
	bool lines, quiet;
	bool exact; /* rows must not be loose */
	unsigned cells, plural, total, unargued, loose_rows;
};

static void way_close(struct way *w)
{
	for (unsigned k = 0; k < READINGS; k++)
		lint_play_end(&w->play[k]);
	text_free(&w->why);
	script_free(w->script);
}

static void way_open(struct way *w, const struct script *cell, const char *row)
{
	way_close(w);
	*w = (struct way){.script = script_copy(cell)};
	snprintf(w->row, sizeof w->row, "%s", row);
	for (unsigned k = 0; k < READINGS; k++) {
		struct model *m = &w->m[k];
		*m = lint_model(cell);
		m->choices.rfc5961_ack = m->choices.time_wait_reuse = m->choices.half_duplex_close = k == WIDEST;
		w->play[k] = (struct lint_play){.s = w->script, .model = m, .why = &w->why};
		if (!lint_play_way(&w->play[k]) || !lint_time(&w->play[k], w->play[k].now + BEFORE_US))
			hypotheses_clear(&w->play[k].worlds);
		w->numbers[k] = w->play[k].numbers;
	}
}

/* The reactions that the model permits to the cell's stimulus: of the worlds that its way may lead to, the most. list (or NULL): of these. */
static unsigned cell_slack(struct way *w, enum reading k, const struct script *cell, struct text *list)
{
	struct lint_play *p = &w->play[k];
	struct segment s;
	unsigned most = 0;
	if (p->worlds.count == 0)
		return 0;
	p->numbers = w->numbers[k];
	lint_send(p, &cell->step[cell->prelude].segment, &s);
	for (unsigned i = 0; i < p->worlds.count; i++) {
		struct text one = {0};
		const unsigned n = model_slack(&w->m[k], &p->worlds.h[i].tcb, &s, p->now, list ? &one : NULL);
		if (n > most && list) {
			text_clear(list);
			text_add(list, "%s", text_string(&one));
		}
		most = n > most ? n : most;
		text_free(&one);
	}
	return most;
}

static void lines_print(unsigned n, const char *cell, struct text *list)
{
	printf("%u\t%s\n", n, cell);
	for (char *rest = list->at, *line; n > 1 && rest && (line = strsep(&rest, "\n"));)
		if (*line)
			printf("\t\t%s\n", line);
}

/* Told of the first such cell alone. */
static void row_is_loose(struct count *c, const struct ambiguity *row, const char *id)
{
	bool *told = &c->loose[row - c->argued.row];
	if (!*told)
		cli_complain("lib/model/ambiguous.tsv:%u: argues for %s too, where one reaction is permitted", row->line, id);
	c->loose_rows += !*told;
	*told = true;
}

static void cell_count(struct count *c, struct way *w, const struct script *script)
{
	struct text list = {0};
	const char *cell = script->id + strlen("matrix/");
	const unsigned n = cell_slack(w, STANDARD, script, c->lines ? &list : NULL), wide = cell_slack(w, WIDEST, script, NULL);
	const bool plural = n > 1 || wide > 1;
	const struct ambiguity *row = plural || c->exact ? ambiguous_find(&c->argued, cell) : NULL;
	c->cells++;
	c->total += n;
	c->plural += n > 1;
	if (row && plural)
		c->needed[row - c->argued.row] = true;
	if (c->lines)
		lines_print(n, cell, &list);
	if (n == 0 && !c->quiet)
		cli_complain("%s: the model permits nothing at all there, which is a defect of the model or of the way into the state", script->id);
	else if (plural && !row && !c->quiet)
		cli_complain("%s: %u reactions are permitted, and no row of lib/model/ambiguous.tsv says why", script->id, n > wide ? n : wide);
	else if (row && !plural)
		row_is_loose(c, row, script->id);
	c->unargued += n == 0 || (plural && !row);
	text_free(&list);
}

/* Every cell of a set. The families differ in nothing that the model asks for: a cell that is there in both counts once. */
static bool set_count(struct count *c, const char *set, struct error *e)
{
	struct cells *cells = cells_new(set, e);
	struct way w = {0};
	char last[ID_MAX] = "", row[96];
	if (!cells)
		return false;
	for (size_t i = 0; i < cells_count(cells); i++) {
		enum family f;
		struct cell_coordinates k;
		const struct script *script = cells_script(cells, i, &f);
		if (strcmp(script->id, last) == 0)
			continue;
		snprintf(last, sizeof last, "%s", script->id);
		cells_coordinates(cells, i, &k);
		snprintf(row, sizeof row, "%s%s", k.row, k.further);
		if (strcmp(row, w.row) != 0)
			way_open(&w, script, row);
		cell_count(c, &w, script);
	}
	way_close(&w);
	cells_free(cells);
	return true;
}

/* Rows that neither `exhaustive` nor `pairwise` rests on argue for nothing. Called when the former has been counted. */
static unsigned rows_unneeded(struct count *c)
{
	struct error e;
	struct count rest = {.argued = c->argued, .needed = c->needed, .quiet = true};
	unsigned unneeded = 0;
	bool all = true;
	for (size_t i = 0; i < c->argued.count; i++)
		all &= c->needed[i];
	if (!all && !set_count(&rest, "pairwise", &e))
		cli_complain("%s", e.text);
	for (size_t i = 0; i < c->argued.count; i++)
		if (!c->needed[i]) {
			cli_complain("lib/model/ambiguous.tsv:%u: no cell of any set rests on this row", c->argued.row[i].line);
			unneeded++;
		}
	return unneeded;
}

static int slack_print(const char *set, bool verbose)
{
	const bool whole = strcmp(set, "exhaustive") == 0;
	struct count c = {.lines = verbose || strcmp(set, "base") == 0, .exact = whole};
	struct error e;
	char path[CLI_PATH_MAX];
	int code = CODE_UNUSABLE;
	if (data_path(path, "lib/model/ambiguous.tsv", &e) && ambiguous_read(&c.argued, path, &e)) {
		c.needed = memory_zeroed(c.argued.count + 1, sizeof *c.needed);
		c.loose = memory_zeroed(c.argued.count + 1, sizeof *c.loose);
		if (set_count(&c, set, &e)) {
			printf("%u reactions are permitted in %u cells; %u cells permit more than one, %u of them unargued\n", c.total, c.cells, c.plural, c.unargued);
			code = c.unargued || c.loose_rows || !c.cells ? CODE_FAILED : CODE_OK;
		} else {
			cli_complain("%s", e.text);
			code = CODE_USAGE;
		}
		if (code == CODE_OK && whole && rows_unneeded(&c))
			code = CODE_FAILED;
	} else {
		cli_complain("%s", e.text);
	}
	free(c.needed);
	free(c.loose);
	ambiguous_free(&c.argued);
	return code;
}

static void probes_print(void)
{
	struct text tables = {0};
	probe_tables_print(&tables);
	fputs(text_string(&tables), stdout);
	text_free(&tables);
}

/* What was asked for. */
struct wish {
	bool slack, edges, probes, verbose;
	const char *set;
};

static bool wish_read(struct wish *w, int argc, char **argv)
{
	static const struct option known[] = {{"slack", no_argument, NULL, 's'}, {"edges", no_argument, NULL, 'e'}, {"probes", no_argument, NULL, 'p'}, {"axes", required_argument, NULL, 'a'}, {"verbose", no_argument, NULL, 'v'}, {NULL, 0, NULL, 0}};
	int option;
	optind = 1;
	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (option == '?')
			return false;
		w->slack = w->slack || option == 's';
		w->edges = w->edges || option == 'e';
		w->probes = w->probes || option == 'p';
		w->verbose = w->verbose || option == 'v';
		w->set = option == 'a' ? optarg : w->set;
	}
	const bool idle = (w->set || w->verbose) && !w->slack;
	if (optind == argc && !idle && (w->slack || w->edges || w->probes))
		return true;
	cli_complain("model: expected --slack (with --axes NAME, --verbose), --edges, --probes or several of them");
	return false;
}

int command_model(int argc, char **argv)
{
	struct wish w = {0};
	int code = CODE_OK;
	if (!wish_read(&w, argc, argv))
		return cli_usage("model");
	if (w.edges)
		edges_print();
	if (w.probes)
		probes_print();
	if (w.slack)
		code = slack_print(w.set ? w.set : "base", w.verbose);
	return cli_finish(code);
}
