/* `tcpspec matrix`: a slice of the matrix as Markdown tables, from a run made now or from a result file. It fills in no cell itself. */
#include "lib/cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "lib/cli/record_file.h"
#include "suite/axes.h"

/* Tables keep the order of the matrix, whatever the order of results: the segments of the base table first. */
static void slice_begin(struct slice *s)
{
	static const char *const sets[] = {"base", "exhaustive"};
	struct error unheard;
	memset(s, 0, sizeof(*s));
	for (unsigned seq = 0; seq < SEQ_CLASSES; seq++)
		slice_word(s, SLICE_SEQ, seq_class_word((enum seq_class)seq));
	for (unsigned ack = 0; ack < ACK_CLASSES; ack++)
		slice_word(s, SLICE_ACK, ack_class_word((enum ack_class)ack));
	for (unsigned text = 0; text < TEXT_CLASSES; text++)
		slice_word(s, SLICE_TEXT, text_class_word((enum text_class)text));
	slice_word(s, SLICE_FURTHER, "");
	for (unsigned i = 0; i < 2; i++) {
		struct cells *c = cells_new(sets[i], &unheard);
		for (size_t k = 0; c && k < cells_count(c); k++) {
			struct cell_coordinates at;
			cells_coordinates(c, k, &at);
			slice_word(s, SLICE_ROW, at.row);
			slice_word(s, SLICE_CTL, at.ctl);
		}
		cells_free(c);
	}
}

/* Does it begin as a record does? An empty file is no run without results. */
static bool record_begins(struct record_file *file, struct error *e)
{
	struct run_header h;
	const bool begins = record_header(file, &h, e);
	run_header_free(&h);
	record_rewind(file);
	return begins;
}

/* Adds the results that the globs mean. False with e: it cannot be read. */
static bool record_slice(struct record_file *file, const struct request *r, struct slice *s, uint64_t *edges, bool *ended, struct error *e)
{
	for (;;) {
		struct result res;
		switch (record_next(file, e)) {
		case RECORD_END_OF_FILE:
			return true;
		case RECORD_BAD:
			return false;
		case RECORD_END:
			*ended = true;
			break;
		case RECORD_RUN:
		case RECORD_RESUMED:
			*ended = false;
			break;
		case RECORD_RESULT:
			if (!result_read(file->line, &res, e))
				return error_prefix(e, "%s:%u: ", file->path, file->number);
			if (request_means(r, res.id))
				slice_add(s, &res);
			*edges |= res.edges;
			result_free(&res);
			break;
		}
	}
}

static int matrix_from(const struct request *r)
{
	struct record_file file;
	struct slice slice;
	struct error e;
	uint64_t edges = 0;
	bool ended = false;
	int code = CODE_USAGE;
	slice_begin(&slice);
	if (!record_open(&file, r->from, &e)) {
		cli_complain("%s", e.text);
	} else if (!record_begins(&file, &e) || !record_slice(&file, r, &slice, &edges, &ended, &e)) {
		cli_complain("%s", e.text);
		record_close(&file);
	} else {
		code = CODE_OK;
		if (!ended)
			cli_complain("%s: has no closing line, it is of a run that died; the table shows what there is", r->from);
		slice_markdown(stdout, &slice, edges);
		record_close(&file);
	}
	slice_free(&slice);
	return cli_finish(code);
}

/* Plays the selection and prints the tables. */
static int matrix_played(struct request *r, const struct suite *suite)
{
	struct slice slice;
	struct session session = {.request = r, .slice = &slice};
	slice_begin(&slice);
	int code = session_play(&session, suite);
	if (session.counts.total)
		slice_markdown(stdout, &slice, session.counts.edges);
	session_free(&session);
	slice_free(&slice);
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
		code = matrix_from(&r);
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
