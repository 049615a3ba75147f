/* `tcpspec list` and `show`: what tests there are and how each goes. Nothing is played. */
#include "lib/cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "suite/cells.h"

/* What a command that plays nothing means, and what it does with it. */
struct meaning {
	struct cells_asked cells;
	char **glob;
	size_t count;
	void (*visit)(const struct script *, unsigned families);
};

/* The two families of a cell are neighbours in its set, and one visit. */
static void cells_visit(const struct meaning *m, struct cells *c)
{
	char id[ID_MAX], script_id[ID_MAX];
	for (size_t i = 0; i < cells_count(c);) {
		unsigned meant = 0;
		enum family f;
		memcpy(script_id, cells_script(c, i, &f)->id, sizeof(script_id));
		do {
			cells_id(c, i, id);
			if (m->count == 0 || selection_means(id, m->glob, m->count))
				meant |= f == IPV4 ? FAMILY_V4 : FAMILY_V6;
			i++;
		} while (i < cells_count(c) && strcmp(cells_script(c, i, &f)->id, script_id) == 0);
		if (meant)
			m->visit(cells_script(c, i - 1, &f), meant);
	}
}

static int meaning_visit(struct meaning *m, const struct suite *s)
{
	int code = s->error_count ? CODE_USAGE : CODE_OK;
	for (size_t g = 0; g < m->count; g++)
		if (!cells_asked_glob(&m->cells, s, m->glob[g], true)) {
			selection_unknown(s, m->glob[g]);
			code = CODE_USAGE;
		}
	for (size_t i = 0; i < s->count; i++) {
		const unsigned meant = script_is_cell(s->script[i]) ? 0 : selection_families(s->script[i], m->glob, m->count);
		if (meant)
			m->visit(s->script[i], meant);
	}
	cells_visit(m, m->cells.set);
	for (size_t i = 0; i < m->cells.named_count; i++)
		cells_visit(m, m->cells.named[i]);
	return cli_finish(code);
}

static int meaning_make(struct meaning *m, const char *axes)
{
	struct suite suite = {0};
	struct error e;
	int code = CODE_UNUSABLE;
	m->cells.set = cells_new(axes, &e);
	if (!m->cells.set)
		code = CODE_USAGE;
	if (m->cells.set && data_suite(&suite, &e))
		code = meaning_visit(m, &suite);
	else
		cli_complain("%s", e.text);
	cells_asked_free(&m->cells);
	suite_free(&suite);
	return code;
}

int each_meant(int argc, char **argv, bool globs_needed, void (*visit)(const struct script *, unsigned families))
{
	static const struct option known[] = {{"axes", required_argument, NULL, 'a'}, {NULL, 0, NULL, 0}};
	struct meaning m = {.visit = visit};
	const char *axes = "base";
	int option;
	optind = 1;
	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (option != 'a')
			return cli_usage(argv[0]);
		axes = optarg;
	}
	if (globs_needed && optind == argc) {
		cli_complain("%s: expected the id of a test, `tcpspec list` has them", argv[0]);
		return cli_usage(argv[0]);
	}
	m.glob = argv + optind;
	m.count = (size_t)(argc - optind);
	return meaning_make(&m, axes);
}

static void list_one(const struct script *script, unsigned families)
{
	static const enum family family[] = {IPV4, IPV6};
	for (unsigned f = 0; f < 2; f++) {
		char id[ID_MAX];
		play_id(&(struct play){script, family[f]}, id);
		if (families & 1u << f)
			printf("%s\t%s\n", id, script->title);
	}
}

int command_list(int argc, char **argv)
{
	return each_meant(argc, argv, false, list_one);
}

static void show_one(const struct script *script, unsigned families)
{
	struct text out = {0};
	(void)families;
	script_write(script, &out);
	printf("%s\n", text_string(&out));
	text_free(&out);
}

int command_show(int argc, char **argv)
{
	return each_meant(argc, argv, true, show_one);
}
