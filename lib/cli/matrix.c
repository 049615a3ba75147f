/* `tcpspec matrix`: the base matrix as a Markdown table, from a run made now or from a result file. It fills in no cell itself. */
#include "lib/cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "reports/reports.h"

/* Results read back from a record. */
struct record {
	struct result **result;
	size_t count;
	struct run_counts counts;
	bool ended; /* it has its closing line */
};

static void record_add(struct record *rec, const struct result *r)
{
	rec->result = memory_resized(rec->result, rec->count + 1, sizeof(struct result *));
	rec->result[rec->count] = memory_zeroed(1, sizeof(*r));
	*rec->result[rec->count++] = *r;
	rec->counts.edges |= r->edges;
}

static void record_free(struct record *rec)
{
	for (size_t i = 0; i < rec->count; i++) {
		result_free(rec->result[i]);
		free(rec->result[i]);
	}
	free(rec->result);
}

/* One line of a record: results are kept, "run" and "end" lines passed over. */
static bool record_line_read(struct record *rec, const char *line, struct error *e)
{
	json_error_t why;
	json_t *o = json_loads(line, 0, &why);
	const char *type = json_string_value(json_object_get(o, "type"));
	bool is_result = type && strcmp(type, "result") == 0;
	bool passed_over = type && (strcmp(type, "run") == 0 || strcmp(type, "end") == 0);
	if (type && strcmp(type, "end") == 0)
		rec->ended = true;
	json_decref(o);
	if (!o)
		return error_set(e, "expected a JSON object: %s at column %d", why.text, why.column);
	if (!is_result)
		return passed_over || error_set(e, "expected a line of type run, result or end, as `tcpspec run --json` writes them");
	struct result r;
	if (!result_read(line, &r, e))
		return false;
	record_add(rec, &r);
	return true;
}

static bool record_read(struct record *rec, const char *path, struct error *e)
{
	FILE *from = fopen(path, "re");
	if (!from)
		return error_set(e, "%s: %s, while reading a result file", path, strerror(errno));
	char *line = NULL;
	size_t room = 0;
	bool ok = true;
	for (unsigned n = 1; ok && getline(&line, &room, from) > 0; n++) {
		ok = record_line_read(rec, line, e);
		if (!ok)
			error_prefix(e, "%s:%u: ", path, n);
	}
	if (ok && ferror(from))
		ok = error_set(e, "%s: %s, while reading a result file", path, strerror(errno));
	free(line);
	fclose(from);
	return ok;
}

static int matrix_from(const char *path)
{
	struct record rec = {0};
	struct error e;
	int code = CODE_OK;
	if (!record_read(&rec, path, &e)) {
		cli_complain("%s", e.text);
		code = CODE_USAGE;
	} else {
		if (!rec.ended)
			cli_complain("%s: has no closing line, it is of a run that died; the table shows what there is", path);
		matrix_markdown(stdout, (const struct result *const *)rec.result, rec.count, &rec.counts);
	}
	record_free(&rec);
	return cli_finish(code);
}

/* Plays the selection and prints the table. */
static int matrix_played(struct request *r, const struct suite *suite)
{
	struct session session = {.request = r, .keep_all = true};
	int code = session_play(&session, suite);
	if (session.counts.total)
		matrix_markdown(stdout, (const struct result *const *)session.kept, session.kept_count, &session.counts);
	session_free(&session);
	return cli_finish(code);
}

int command_matrix(int argc, char **argv)
{
	static char *const cells[] = {"matrix/*"};
	struct request r;
	struct suite suite = {0};
	struct error e;
	int code = CODE_UNUSABLE;
	if (!request_read(&r, argc, argv)) {
		code = cli_usage("matrix");
	} else if (r.from) {
		code = matrix_from(r.from);
	} else if (!data_suite(&suite, &e)) {
		cli_complain("%s", e.text);
	} else {
		if (r.glob_count == 0) {
			r.glob = cells;
			r.glob_count = 1;
		}
		code = matrix_played(&r, &suite);
	}
	suite_free(&suite);
	request_free(&r);
	return code;
}
