/* `tcpspec lint`: ladders read, compiled for each side and held against the model; known deviations held against the suite. It plays none of them. */
#include "lib/cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/run/known.h"
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

/* Does the line's glob, which is of whole result ids, match one? */
static bool line_matches_a_result(const struct suite *s, const struct known_line *l)
{
	static const enum family families[] = {IPV4, IPV6};
	char id[ID_MAX];
	for (size_t i = 0; i < s->count; i++)
		for (size_t f = 0; f < 2; f++) {
			play_id(&(struct play){s->script[i], families[f]}, id);
			if (known_means(l, id))
				return true;
		}
	return false;
}

/* Is it of a cell of the matrix? All of them are in these two sets. */
static bool line_matches_a_cell(struct cells *const set[2], const struct known_line *l)
{
	char id[ID_MAX];
	for (unsigned k = 0; k < 2; k++)
		for (size_t i = 0; set[k] && i < cells_count(set[k]); i++) {
			cells_id(set[k], i, id);
			if (known_means(l, id))
				return true;
		}
	return false;
}

/* Each line must mean a test of the data directory's suite: one that means none excuses nothing, and nothing ever tells that it is stale. */
static bool known_lint(const char *path, struct text *findings, size_t *count)
{
	struct suite suite = {0};
	struct known k = {0};
	struct error e;
	struct cells *set[] = {cells_new("exhaustive", &e), cells_new("pairwise", &e)};
	const bool good = set[0] && set[1] && data_suite(&suite, &e) && known_read(&k, path, &e);
	if (!good)
		cli_complain("%s", e.text);
	for (size_t i = 0; good && i < k.count; i++) {
		const char *nearest = "";
		if (line_matches_a_result(&suite, &k.at[i]) || line_matches_a_cell(set, &k.at[i]))
			continue;
		suite_nearest(&suite, k.at[i].glob, &nearest, 1);
		text_add(findings, "%s:%u: %s matches no test, mend the glob or delete the line; the nearest: %s\n", path, k.at[i].line, k.at[i].glob, nearest);
		(*count)++;
	}
	known_free(&k);
	suite_free(&suite);
	cells_free(set[0]);
	cells_free(set[1]);
	return good;
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
