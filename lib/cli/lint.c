/* `tcpspec lint`: ladders read, compiled for each side and held against the model; known deviations held against the suite. It plays none of them. */
#include "lib/cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/cli/lint_known.h"
#include "suite/cells.h"

static bool lint_add(struct suite *s, const char *path)
{
	struct stat st;
	struct error e;
	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
		suite_add_file(s, path); /* a file that is not there becomes an error line */
		return true;
	}
	if (suite_add_directory(s, path, &e))
		return true;
	cli_complain("%s", e.text);
	return false;
}

static bool is_known_list(const char *path)
{
	const size_t n = strlen(path);
	return n > 4 && strcmp(path + n - 4, ".tsv") == 0;
}

int command_lint(int argc, char **argv)
{
	static const struct option none[] = {{NULL, 0, NULL, 0}};
	optind = 1;
	if (getopt_long(argc, argv, "", none, NULL) != -1)
		return cli_usage("lint");
	if (optind == argc) {
		cli_complain("lint: expected ladder files or directories of them, or lists of known deviations (.tsv)");
		return cli_usage("lint");
	}
	struct suite suite = {0};
	struct text findings = {0};
	size_t count = 0;
	bool readable = true;
	for (int i = optind; i < argc; i++)
		readable = (is_known_list(argv[i]) ? known_lint(argv[i], &findings, &count) : lint_add(&suite, argv[i])) && readable;
	fputs(text_string(&suite.errors), stderr);
	for (size_t i = 0; i < suite.count; i++)
		count += script_lint(suite.script[i], &findings);
	fputs(text_string(&findings), stdout);
	int code = !readable || suite.error_count ? CODE_USAGE : count ? CODE_FAILED
	                                                               : CODE_OK;
	text_free(&findings);
	suite_free(&suite);
	return cli_finish(code);
}
