/* `tcpspec diff`: two records, read and held against each other. What the difference looks like is reports/diff.h's. */
#include "lib/cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "lib/cli/record_file.h"
#include "reports/diff.h"

static bool side_result(struct diff *d, unsigned side, const struct record_file *r, struct error *e)
{
	struct result res;
	bool good = result_take(r->object, &res, e);
	if (good && !diff_take(d, side, &res))
		good = error_set(e, "%s has a verdict already, expected each id once", res.id);
	result_free(&res);
	return good || error_prefix(e, "%s:%u: ", r->path, r->number);
}

/* A record of a run that died is used up to there, and said to be one. */
static void side_note(struct diff_side *s, const struct record_file *r, bool ended)
{
	if (r->torn)
		text_add(&s->note, "line %u is torn, what stands before it is compared", r->number);
	else if (!ended)
		text_add(&s->note, "there is no end line, so its run died; what it has is compared");
	if (s->header.scope.shards > 1)
		text_add(&s->note, "%sit is shard %u of %u alone", s->note.length ? "; " : "", s->header.scope.shard, s->header.scope.shards);
}

static bool side_read(struct diff *d, unsigned side, const char *path, struct error *e)
{
	struct diff_side *s = &d->side[side];
	struct record_file r;
	bool ended = false, good = record_open(&r, path, e) && record_header(&r, &s->header, e);
	s->name = path;
	while (good) {
		const enum record_kind kind = record_next(&r, e);
		if (kind == RECORD_END_OF_FILE)
			break;
		ended |= kind == RECORD_END;
		good = kind != RECORD_BAD && (kind != RECORD_RESULT || side_result(d, side, &r, e));
	}
	if (good)
		side_note(s, &r, ended);
	record_close(&r);
	return good;
}

static int diff_files(char **path, bool markdown)
{
	struct diff d = {.group = NULL};
	struct error e;
	int code = CODE_USAGE;
	if (!side_read(&d, 0, path[0], &e) || !side_read(&d, 1, path[1], &e)) {
		cli_complain("diff: %s", e.text);
	} else {
		diff_compare(&d);
		if (markdown)
			diff_markdown(&d, stdout);
		else
			diff_text(&d, stdout);
		code = diff_is_some(&d) ? CODE_FAILED : CODE_OK;
	}
	diff_free(&d);
	return cli_finish(code);
}

int command_diff(int argc, char **argv)
{
	static const struct option options[] = {{"markdown", no_argument, NULL, 'm'}, {NULL, 0, NULL, 0}};
	bool markdown = false;
	int option;
	optind = 1;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'm')
			return cli_usage("diff");
		markdown = true;
	}
	if (argc - optind != 2) {
		cli_complain("diff: expected two records, as `tcpspec run --json FILE` writes them");
		return cli_usage("diff");
	}
	return diff_files(argv + optind, markdown);
}
