/* `tcpspec list` and `show`: what tests there are and how each goes. Nothing is played. */
#include "lib/cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const struct option no_options[] = {{NULL, 0, NULL, 0}};

int words_only(int argc, char **argv)
{
	optind = 1;
	return getopt_long(argc, argv, "", no_options, NULL) == -1 ? optind : -1;
}

int each_script(int count, char **glob, void (*visit)(const struct script *, int, char **))
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
		visit(suite.script[i], count, glob);
	suite_free(&suite);
	return cli_finish(code);
}

bool script_is_meant(const struct script *script, int count, char **glob)
{
	for (int g = 0; g < count; g++)
		if (selection_means(glob[g], script))
			return true;
	return count == 0;
}

static void list_one(const struct script *script, int count, char **glob)
{
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

static void show_one(const struct script *script, int count, char **glob)
{
	if (!script_is_meant(script, count, glob))
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
