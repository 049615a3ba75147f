/* `tcpspec list`, `show` and `explain`: what tests there are and what each asks. Nothing is played. */
#include "lib/cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const struct option no_options[] = {{NULL, 0, NULL, 0}};

/* Reads arguments that are all words. Returns the place of the first, or -1. */
static int words_only(int argc, char **argv)
{
	optind = 1;
	return getopt_long(argc, argv, "", no_options, NULL) == -1 ? optind : -1;
}

/* Does something for each script that one of the globs means (all, when there are none). Exit code. */
static int each_script(int count, char **glob, void (*visit)(const struct suite *, const struct script *, int, char **))
{
	struct suite suite;
	struct error e;
	if (!data_suite(&suite, &e)) {
		cli_complain("%s", e.text);
		suite_free(&suite);
		return CODE_UNUSABLE;
	}
	int code = suite.error_count ? CODE_USAGE : CODE_OK;
	for (int g = 0; g < count; g++) {
		bool known = false;
		for (size_t i = 0; i < suite.count && !known; i++)
			known = selection_means(glob[g], suite.script[i]);
		if (!known) {
			selection_unknown(&suite, glob[g]);
			code = CODE_USAGE;
		}
	}
	for (size_t i = 0; i < suite.count; i++)
		visit(&suite, suite.script[i], count, glob);
	suite_free(&suite);
	return cli_finish(code);
}

static bool is_meant(const struct script *script, int count, char **glob)
{
	for (int g = 0; g < count; g++)
		if (selection_means(glob[g], script))
			return true;
	return count == 0;
}

static void list_one(const struct suite *suite, const struct script *script, int count, char **glob)
{
	(void)suite;
	static const enum family families[] = {IPV4, IPV6};
	for (size_t f = 0; f < 2; f++) {
		char id[ID_MAX];
		play_id(&(struct play){script, families[f]}, id);
		bool meant = count == 0;
		for (int g = 0; g < count; g++)
			meant = meant || suite_matches(glob[g], id);
		if (meant)
			printf("%s\t%s\n", id, script->title);
	}
}

int command_list(int argc, char **argv)
{
	int first = words_only(argc, argv);
	return first < 0 ? cli_usage("list") : each_script(argc - first, argv + first, list_one);
}

static void show_one(const struct suite *suite, const struct script *script, int count, char **glob)
{
	(void)suite;
	if (!is_meant(script, count, glob))
		return;
	struct text out = {0};
	script_write(script, &out);
	printf("%s\n", text_string(&out));
	text_free(&out);
}

int command_show(int argc, char **argv)
{
	int first = words_only(argc, argv);
	if (first >= 0 && first == argc)
		cli_complain("show: expected the id of a test, `tcpspec list` has them");
	return first < 0 || first == argc ? cli_usage("show") : each_script(argc - first, argv + first, show_one);
}

static void explain_line(const char *name, const char *value)
{
	if (*value)
		printf("%-8s %s\n", name, value);
}

static void explain_one(const struct suite *suite, const struct script *script, int count, char **glob)
{
	(void)suite;
	if (!is_meant(script, count, glob))
		return;
	explain_line("id", script->id);
	explain_line("asks", script->title);
	explain_line("level", level_name(script->level));
	explain_line("clause", script->ref);
	explain_line("covers", script->covers);
	explain_line("file", script->file);
	printf("\n");
}

int command_explain(int argc, char **argv)
{
	int first = words_only(argc, argv);
	if (first >= 0 && first == argc)
		cli_complain("explain: expected the id of a test, `tcpspec list` has them");
	return first < 0 || first == argc ? cli_usage("explain") : each_script(argc - first, argv + first, explain_one);
}
