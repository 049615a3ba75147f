/* Record and report, written in batches: a result waits a hundredth of a second at the most for its write(2), and none is behind a buffer while the run waits.
 * So a run that is killed keeps its verdicts but for those milliseconds, and a write costs a fraction of a result. */
#include "lib/cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/cli/cli.h"

enum { BATCH_OCTETS = 65536,
       BATCH_NS = 10000000 };

static uint64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void record_fail(struct output *o, int why)
{
	cli_complain("--json %s: %s, the record ends here; make room or name another file", o->path, strerror(why ? why : EIO));
	fclose(o->record);
	o->record = NULL;
	o->broken = true;
}

bool output_open(struct output *o, const char *path, off_t from)
{
	/* At a terminal each result is seen at once; for a program a batch of them is as good, and cheaper. */
	if (o->tap && o->report.to == stdout && !isatty(STDOUT_FILENO))
		setvbuf(stdout, NULL, _IOFBF, BATCH_OCTETS);
	if (!path)
		return true;
	o->path = path;
	const int file = strcmp(path, "-") == 0 ? dup(STDOUT_FILENO) : open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (from ? 0 : O_TRUNC), 0666);
	/* What is no regular file cannot be shortened and need not be. */
	const bool placed = file >= 0 && (!from || (ftruncate(file, from) == 0 && lseek(file, from, SEEK_SET) == from));
	o->record = placed ? fdopen(file, "w") : NULL;
	if (!o->record) {
		cli_complain("%s %s: %s, nothing was run; name a file that can be written", from ? "--resume" : "--json", path, strerror(errno));
		if (file >= 0)
			close(file);
		return false;
	}
	setvbuf(o->record, NULL, _IOFBF, BATCH_OCTETS);
	return true;
}

bool output_open_junit(struct output *o, const char *path)
{
	if (!path)
		return true;
	o->junit_path = path;
	o->junit_file = fopen(path, "we");
	if (o->junit_file)
		o->junit = junit_new(o->report.strict);
	else
		cli_complain("--junit %s: %s, name a file that can be written", path, strerror(errno));
	return o->junit_file != NULL;
}

static void junit_fail(struct output *o, const struct error *e)
{
	cli_complain("%s (%s)", e->text, o->junit_path);
	junit_free(o->junit);
	o->junit = NULL;
	o->broken = true;
}

static void report_flush(struct output *o)
{
	errno = 0;
	FILE *to = o->report.to;
	if (!o->tap || o->stdout_gone || (fflush(to) == 0 && !ferror(to)))
		return;
	cli_complain("standard %s: %s, the report ends here; what is left goes into the record", to == stdout ? "output" : "error", strerror(errno ? errno : EIO));
	o->stdout_gone = o->broken = true;
}

void output_flush(struct output *o)
{
	errno = 0;
	if (o->record && fflush(o->record) != 0)
		record_fail(o, errno);
	report_flush(o);
	o->flushed_ns = now_ns();
}

static void record_write(struct output *o, const char *line, size_t n)
{
	errno = 0;
	if (o->record && (fwrite(line, 1, n, o->record) != n || putc('\n', o->record) == EOF))
		record_fail(o, errno);
}

void output_copy(struct output *o, const char *line)
{
	record_write(o, line, strcspn(line, "\n"));
}

void output_line(struct output *o, char *json)
{
	record_write(o, json, strlen(json));
	free(json);
	output_flush(o);
}

static struct text text_copy(const struct text *from)
{
	struct text to = {0};
	text_add_octets(&to, text_string(from), from->length);
	return to;
}

/* The JUnit file tells the environment, and is written when the run's own header is gone. */
static void header_keep(struct output *o, const struct run_header *h)
{
	o->header = *h;
	o->header.choices = text_copy(&h->choices);
	o->header.settings = text_copy(&h->settings);
	o->header.selection = text_copy(&h->selection);
	o->header.merged = text_copy(&h->merged);
	o->header.scope.options = text_copy(&h->scope.options);
}

void output_header(struct output *o, const struct run_header *h, unsigned planned)
{
	header_keep(o, h);
	o->report.header = *h;
	if (o->tap) {
		tap_begin(&o->report, planned);
		report_flush(o);
	}
	/* Its texts are the run's; the report keeps only what is plain. */
	memset(&o->report.header.choices, 0, sizeof(o->report.header.choices));
	memset(&o->report.header.settings, 0, sizeof(o->report.header.settings));
	memset(&o->report.header.selection, 0, sizeof(o->report.header.selection));
	memset(&o->report.header.merged, 0, sizeof(o->report.header.merged));
	memset(&o->report.header.scope.options, 0, sizeof(o->report.header.scope.options));
}

void output_result(struct output *o, const struct result *r, const struct script *s, bool report_only)
{
	if (o->record && !report_only) {
		text_clear(&o->line);
		result_json_add(r, s, &o->line);
		record_write(o, o->line.at, o->line.length);
	}
	if (o->tap && !o->stdout_gone)
		tap_result(&o->report, r);
	struct error e;
	if (o->junit && !junit_result(o->junit, r, o->report.header.seed, o->report.rerun, &e))
		junit_fail(o, &e);
	if (now_ns() - o->flushed_ns >= BATCH_NS)
		output_flush(o);
}

static void record_close(struct output *o)
{
	if (!o->record || fclose(o->record) == 0) {
		o->record = NULL;
		return;
	}
	cli_complain("--json %s: %s, the record is incomplete; make room or name another file", o->path, strerror(errno));
	o->record = NULL;
	o->broken = true;
}

static void junit_close(struct output *o, const struct run_counts *c, const char *failure)
{
	struct error e;
	if (o->junit && !junit_write(o->junit, o->junit_file, &o->header, c, failure, &e))
		junit_fail(o, &e);
	if (o->junit_file && fclose(o->junit_file) != 0 && o->junit) {
		error_set(&e, "--junit: %s, the file is incomplete; make room or name another one", strerror(errno));
		junit_fail(o, &e);
	}
	if (o->junit)
		junit_free(o->junit);
	o->junit = NULL;
	o->junit_file = NULL;
}

void output_end(struct output *o, const struct run_counts *c, const char *failure, bool begun)
{
	if (o->record)
		output_line(o, run_counts_json(c));
	if (failure)
		cli_complain("%s", failure);
	if (o->tap && !o->stdout_gone) {
		if (failure)
			tap_bail(&o->report, failure);
		if (begun)
			tap_end(&o->report, c);
	}
	output_flush(o);
	record_close(o);
	junit_close(o, c, failure);
	run_header_free(&o->header);
	report_free(&o->report);
	text_free(&o->line);
}
