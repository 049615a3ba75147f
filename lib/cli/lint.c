/* `tcpspec lint`: ladders read, compiled for each side and held against the model; known deviations and the catalogue of requirements held against the suite. It plays none of them. */
#include "lib/cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/cli/lint_known.h"
#include "suite/cases.h"
#include "suite/catalogue.h"
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

static bool is_table(const char *path)
{
	const size_t n = strlen(path);
	return n > 4 && strcmp(path + n - 4, ".tsv") == 0;
}

/* The tables of the suite belong together: each of them means all. */
static bool is_catalogue(const char *path)
{
	static const char *const names[] = {"requirements.tsv", "cells.tsv", "not-tested.tsv", "proofs.tsv", "tc8.tsv"};
	const char *slash = strrchr(path, '/');
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(slash ? slash + 1 : path, names[i]) == 0)
			return true;
	return false;
}

static bool catalogue_whole_lint(const char *path, struct text *findings, size_t *count)
{
	struct suite suite = {0};
	struct catalogue c = {.count = 0};
	struct error e;
	char directory[CLI_PATH_MAX];
	struct cases cases = {.count = 0};
	bool ok = data_suite(&suite, &e) && data_directory(directory, &e) && catalogue_load(&c, &suite, directory, &e);
	if (ok)
		*count += catalogue_lint(&c, &suite, directory, findings);
	/* A data directory need not have such a list. */
	struct error none;
	if (ok && cases_load(&cases, directory, "tc8", strstr(path, "tc8.tsv") ? &e : &none))
		*count += cases_lint(&cases, &suite, findings);
	else if (strstr(path, "tc8.tsv"))
		ok = false;
	if (!ok)
		cli_complain("%s", e.text);
	cases_free(&cases);
	catalogue_free(&c);
	suite_free(&suite);
	return ok;
}

/* Where there is no catalogue, nothing is said of what ladders cover. */
static size_t suite_lint(const struct suite *s, struct text *findings)
{
	const struct suite none = {0};
	struct catalogue c = {.count = 0};
	struct error unheard;
	char directory[CLI_PATH_MAX];
	size_t count = 0;
	const bool known = data_directory(directory, &unheard) && catalogue_load(&c, &none, directory, &unheard);
	for (size_t i = 0; i < s->count; i++) {
		count += script_lint(s->script[i], findings);
		count += known ? covers_lint(&c, s->script[i], findings) : 0;
	}
	catalogue_free(&c);
	return count;
}

static bool path_lint(struct suite *s, const char *path, struct text *findings, size_t *count)
{
	if (is_catalogue(path))
		return catalogue_whole_lint(path, findings, count);
	return is_table(path) ? known_lint(path, findings, count) : lint_add(s, path);
}

int command_lint(int argc, char **argv)
{
	static const struct option none[] = {{NULL, 0, NULL, 0}};
	optind = 1;
	if (getopt_long(argc, argv, "", none, NULL) != -1)
		return cli_usage("lint");
	if (optind == argc) {
		cli_complain("lint: expected ladder files or directories of them, lists of known deviations (.tsv), or the catalogue (suite/requirements.tsv)");
		return cli_usage("lint");
	}
	struct suite suite = {0};
	struct text findings = {0};
	size_t count = 0;
	bool readable = true;
	for (int i = optind; i < argc; i++)
		readable = path_lint(&suite, argv[i], &findings, &count) && readable;
	fputs(text_string(&suite.errors), stderr);
	count += suite_lint(&suite, &findings);
	fputs(text_string(&findings), stdout);
	int code = !readable || suite.error_count ? CODE_USAGE : count ? CODE_FAILED
	                                                               : CODE_OK;
	text_free(&findings);
	suite_free(&suite);
	return cli_finish(code);
}
