/* `tcpspec model`: how much the reference model permits, the state diagram that it draws, and what tells its states apart. It decides nothing. */
#include "lib/cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "lib/model/slack.h"
#include "lib/run/probe_table.h"
#include "lib/script/lint.h"

static void edges_print(void)
{
	size_t count;
	const struct edge *edge = model_edges(&count);
	for (size_t i = 0; i < count; i++)
		printf("%s\t%s\t%s\t%s\n", state_name(edge[i].from), state_name(edge[i].to), edge[i].event, edge[i].action);
}

/* The slack of the base matrix so far. */
struct count {
	struct ambiguous argued;
	unsigned cells, plural, total, unargued;
};

/* The reactions that the model permits to a cell's stimulus: of the worlds that its prelude may lead to, the most. */
static unsigned cell_slack(const struct script *cell, struct text *list)
{
	struct model m = lint_model(cell);
	struct text why = {0}, one = {0};
	size_t at = cell->prelude;
	while (at < cell->count && cell->step[at].kind != STEP_SEND)
		at++;
	struct lint_play before = script_play_model(cell, at, &m, &why), after = script_play_model(cell, at < cell->count ? at + 1 : at, &m, &why);
	unsigned most = 0;
	for (unsigned i = 0; i < before.worlds.count; i++) {
		text_clear(&one);
		unsigned n = model_slack(&m, &before.worlds.h[i].tcb, &after.stimulus, after.now, &one);
		if (n <= most)
			continue;
		most = n;
		text_clear(list);
		text_add(list, "%s", text_string(&one));
	}
	lint_play_end(&before);
	lint_play_end(&after);
	text_free(&why);
	text_free(&one);
	return most;
}

static void cell_count(struct count *c, const struct script *script)
{
	struct text list = {0};
	const char *cell = script->id + strlen("matrix/");
	unsigned n = cell_slack(script, &list);
	const struct ambiguity *row = ambiguous_find(&c->argued, cell);
	c->cells++;
	c->total += n;
	printf("%u\t%s\n", n, cell);
	if (n == 0) {
		cli_complain("%s: the model permits nothing at all there, which is a defect of the model or of the prelude", script->id);
		c->unargued++;
	} else if (n > 1) {
		c->plural++;
		for (char *rest = list.at, *line; rest && (line = strsep(&rest, "\n"));)
			if (*line)
				printf("\t\t%s\n", line);
		c->unargued += row == NULL;
	}
	if (n > 1 && !row)
		cli_complain("%s: %u reactions are permitted, and no row of lib/model/ambiguous.tsv says why", script->id, n);
	text_free(&list);
}

static int slack_print(const struct suite *suite)
{
	struct count c = {0};
	struct error e;
	char path[CLI_PATH_MAX];
	if (!data_path(path, "lib/model/ambiguous.tsv", &e) || !ambiguous_read(&c.argued, path, &e)) {
		cli_complain("%s", e.text);
		return CODE_UNUSABLE;
	}
	for (size_t i = 0; i < suite->count; i++)
		if (strncmp(suite->script[i]->id, "matrix/", strlen("matrix/")) == 0)
			cell_count(&c, suite->script[i]);
	printf("%u reactions are permitted in %u cells; %u cells permit more than one, %u of them unargued\n", c.total, c.cells, c.plural, c.unargued);
	ambiguous_free(&c.argued);
	return c.unargued || !c.cells ? CODE_FAILED : CODE_OK;
}

static int command_slack(void)
{
	struct suite suite;
	struct error e;
	int code = CODE_UNUSABLE;
	if (data_suite(&suite, &e))
		code = slack_print(&suite);
	else
		cli_complain("%s", e.text);
	suite_free(&suite);
	return code;
}

static void probes_print(void)
{
	struct text tables = {0};
	probe_tables_print(&tables);
	fputs(text_string(&tables), stdout);
	text_free(&tables);
}

int command_model(int argc, char **argv)
{
	static const struct option known[] = {{"slack", no_argument, NULL, 's'}, {"edges", no_argument, NULL, 'e'}, {"probes", no_argument, NULL, 'p'}, {NULL, 0, NULL, 0}};
	bool slack = false, edges = false, probes = false;
	int option;
	optind = 1;
	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (option != 's' && option != 'e' && option != 'p')
			return cli_usage("model");
		slack = slack || option == 's';
		edges = edges || option == 'e';
		probes = probes || option == 'p';
	}
	if (optind < argc || (!slack && !edges && !probes)) {
		cli_complain("model: expected --slack, --edges, --probes or several of them");
		return cli_usage("model");
	}
	int code = CODE_OK;
	if (edges)
		edges_print();
	if (probes)
		probes_print();
	if (slack)
		code = command_slack();
	return cli_finish(code);
}
