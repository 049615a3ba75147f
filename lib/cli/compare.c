/* `tcpspec compare`: any number of records, read and put beside each other. What the table looks like is reports/compare.h's. */
#include "lib/cli/cli.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/cli/record_file.h"
#include "reports/compare.h"

/* What was asked for. */
struct comparison {
	enum compare_rows rows;
	char **glob, **exclude;
	size_t globs, excludes;
	struct compare runs;
};

static bool comparison_means(const struct comparison *c, const char *id)
{
	for (size_t i = 0; i < c->excludes; i++)
		if (selection_means(id, &c->exclude[i], 1))
			return false;
	return c->globs == 0 || selection_means(id, c->glob, c->globs);
}

static bool run_result(struct comparison *c, size_t i, const struct record_file *r, struct error *e)
{
	struct result res;
	bool good = result_take(r->object, &res, e);
	if (good && comparison_means(c, res.id) && !compare_take(&c->runs, i, &res))
		good = error_set(e, "%s has a verdict already, expected each id once", res.id);
	result_free(&res);
	return good || error_prefix(e, "%s:%u: ", r->path, r->number);
}

static void run_note(struct compare_run *run, const struct record_file *r, bool ended)
{
	if (r->torn)
		text_add(&run->note, "line %u is torn, what stands before it is compared", r->number);
	else if (!ended)
		text_add(&run->note, "there is no end line, so its run died; what it has is compared");
	if (run->header.scope.shards > 1)
		text_add(&run->note, "%sit is shard %u of %u alone", run->note.length ? "; " : "", run->header.scope.shard, run->header.scope.shards);
}

static bool run_read(struct comparison *c, size_t i, const char *path, struct error *e)
{
	struct compare_run *run = &c->runs.run[i];
	struct record_file r;
	bool ended = false, good = record_open(&r, path, e) && record_header(&r, &run->header, e);
	run->name = path;
	while (good) {
		const enum record_kind kind = record_next(&r, e);
		if (kind == RECORD_END_OF_FILE)
			break;
		ended |= kind == RECORD_END;
		good = kind != RECORD_BAD && (kind != RECORD_RESULT || run_result(c, i, &r, e));
	}
	if (good)
		run_note(run, &r, ended);
	record_close(&r);
	return good;
}

static int compare_files(struct comparison *c, char **path, size_t count)
{
	struct error e;
	bool good = true;
	int code = CODE_USAGE;
	compare_begin(&c->runs, count);
	for (size_t i = 0; i < count && good; i++)
		good = run_read(c, i, path[i], &e);
	if (!good) {
		cli_complain("compare: %s", e.text);
	} else if (c->runs.ids.count == 0) {
		cli_complain("compare: no result of these records is meant; leave out -g and -x, or see their ids with `tcpspec list`");
	} else {
		compare_markdown(&c->runs, c->rows, stdout);
		code = CODE_OK;
	}
	compare_free(&c->runs);
	return cli_finish(code);
}

/* The index of the first record in argv; 0: usage. */
static int options_read(struct comparison *c, int argc, char **argv)
{
	static const struct option options[] = {{"all", no_argument, NULL, 'a'}, {"causes", no_argument, NULL, 'c'}, {"glob", required_argument, NULL, 'g'}, {"exclude", required_argument, NULL, 'x'}, {NULL, 0, NULL, 0}};
	int option;
	optind = 1;
	while ((option = getopt_long(argc, argv, "g:x:", options, NULL)) != -1)
		switch (option) {
		case 'a':
			c->rows = COMPARE_ALL;
			break;
		case 'c':
			c->rows = COMPARE_CAUSES;
			break;
		case 'g':
			c->glob[c->globs++] = optarg;
			break;
		case 'x':
			c->exclude[c->excludes++] = optarg;
			break;
		default:
			return 0;
		}
	if (optind < argc)
		return optind;
	cli_complain("compare: expected records, as `tcpspec run --json FILE` writes them");
	return 0;
}

int command_compare(int argc, char **argv)
{
	struct comparison c = {.glob = memory_zeroed((size_t)argc, sizeof *c.glob), .exclude = memory_zeroed((size_t)argc, sizeof *c.exclude)};
	const int first = options_read(&c, argc, argv);
	const int code = first ? compare_files(&c, argv + first, (size_t)(argc - first)) : cli_usage("compare");
	free(c.glob);
	free(c.exclude);
	return code;
}
