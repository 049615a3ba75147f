/* One run as the command line knows it: the plays go to lib/run, the results to the record and the report as they come. It judges nothing. */
#include "lib/cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/cli/store.h"
#include "lib/target/declaration.h"
#include "reports/reports.h"

/* What the callbacks of a run share. */
struct listener {
	struct session *session;
	struct report report;
	struct progress progress;
	FILE *record;       /* JSON lines, NULL without --json or after it failed */
	struct store store; /* --pcap */
	bool begun;
};

static void record_fail(struct listener *l, int why)
{
	cli_complain("--json %s: %s, the record ends here; make room or name another file", l->session->request->json, strerror(why ? why : EIO));
	fclose(l->record);
	l->record = NULL;
	l->session->broken = true;
}

/* Takes line over. Each line is flushed, so that a run that dies keeps what it had. */
static void record_line(struct listener *l, char *line)
{
	errno = 0;
	if (l->record && (fprintf(l->record, "%s\n", line) < 0 || fflush(l->record) != 0))
		record_fail(l, errno);
	free(line);
}

static bool record_open(struct listener *l, const char *path)
{
	if (!path)
		return true;
	l->record = fopen(path, "we");
	if (!l->record)
		cli_complain("--json %s: %s, nothing was run; name a file that can be written", path, strerror(errno));
	return l->record != NULL;
}

static void report_flush(struct listener *l)
{
	struct session *s = l->session;
	errno = 0;
	if (s->stdout_gone || (fflush(stdout) == 0 && !ferror(stdout)))
		return;
	cli_complain("standard output: %s, the report ends here; the run goes on for the record", strerror(errno ? errno : EIO));
	s->stdout_gone = s->broken = true;
}

static bool on_header(void *self, const struct run_header *h, struct error *e)
{
	struct listener *l = self;
	(void)e;
	if (l->record)
		record_line(l, run_header_json(h));
	store_header(&l->store, h);
	l->report.header = *h;
	l->begun = true;
	if (!l->session->tap)
		return true;
	tap_begin(&l->report, (unsigned)l->session->selection.count);
	report_flush(l);
	/* Its texts are the run's; the report keeps only what is plain. */
	memset(&l->report.header.choices, 0, sizeof(l->report.header.choices));
	memset(&l->report.header.settings, 0, sizeof(l->report.header.settings));
	memset(&l->report.header.selection, 0, sizeof(l->report.header.selection));
	return true;
}

static struct text text_copy(const struct text *from)
{
	struct text to = {0};
	text_add_octets(&to, text_string(from), from->length);
	return to;
}

static void session_keep(struct session *s, const struct result *r)
{
	struct result *copy = memory_zeroed(1, sizeof(*copy));
	*copy = *r;
	copy->permitted = text_copy(&r->permitted);
	copy->actual = text_copy(&r->actual);
	copy->ladder = text_copy(&r->ladder);
	copy->known = text_copy(&r->known);
	copy->predicted = (struct text){0}; /* for the record alone */
	s->kept = memory_resized(s->kept, s->kept_count + 1, sizeof(struct result *));
	s->kept[s->kept_count++] = copy;
}

static void on_trace(void *self, const struct trace *t, const struct script *s, const struct endpoint *at, uint64_t seed, const char *id, unsigned attempt)
{
	struct listener *l = self;
	store_trace(&l->store, t, s, at, seed, id, attempt);
}

static void on_result(void *self, const struct result *r, const struct script *script)
{
	struct listener *l = self;
	if (l->record)
		record_line(l, result_json(r, script));
	store_result(&l->store, r);
	if (l->session->tap && !l->session->stdout_gone) {
		tap_result(&l->report, r);
		report_flush(l);
	}
	/* Passes are many and the closing report needs none of them. */
	if (l->session->keep_all || r->verdict != PASS)
		session_keep(l->session, r);
	progress_step(&l->progress);
}

static void on_idle(void *self)
{
	struct listener *l = self;
	store_flush(&l->store);
}

static void session_report(struct listener *l, bool played)
{
	struct session *s = l->session;
	if (l->record)
		record_line(l, run_counts_json(&s->counts));
	if (!played)
		cli_complain("%s", s->failure.text);
	if (!s->tap || s->stdout_gone)
		return;
	if (!played)
		tap_bail(&l->report, s->failure.text);
	if (l->begun)
		tap_end(&l->report, &s->counts, (const struct result *const *)s->kept, s->kept_count);
	report_flush(l);
}

static int unusable(const struct request *r)
{
	return r->bisect ? CODE_SKIP : CODE_UNUSABLE;
}

static int session_code(const struct session *s, bool played)
{
	const struct request *r = s->request;
	/* Without a single result the counts cannot tell a broken environment from an empty selection. */
	if (!played && s->counts.total == 0)
		return s->counts.errors ? CODE_USAGE : unusable(r);
	int code = run_exit_code(&s->counts, r->run.strict, r->bisect);
	return code == CODE_OK && (!played || s->broken) ? unusable(r) : code;
}

/* Plays what was selected. */
static int session_run(struct session *s, unsigned suite_errors)
{
	const struct request *r = s->request;
	struct listener l = {.session = s, .progress = {.pipe = -1}};
	if (!record_open(&l, r->json) || !store_open(&l.store, r->pcap))
		return unusable(r);
	l.report = (struct report){.to = stdout, .strict = r->run.strict, .quiet = r->quiet, .rerun = text_string(&r->rerun)};
	progress_start(&l.progress, s->selection.count);
	struct run_events events = {.header = on_header, .trace = r->pcap ? on_trace : NULL, .result = on_result, .idle = on_idle, .self = &l};
	bool played = run_play(&r->run, s->selection.play, s->selection.count, NULL, &events, &s->counts, &s->failure);
	progress_stop(&l.progress);
	s->counts.left_out = s->selection.left_out;
	s->counts.wait_limit_us = s->selection.limit_us;
	s->counts.errors = suite_errors;
	session_report(&l, played);
	if (l.record && fclose(l.record) != 0) {
		cli_complain("--json %s: %s, the record is incomplete; make room or name another file", r->json, strerror(errno));
		s->broken = true;
	}
	s->broken |= !store_close(&l.store);
	return session_code(s, played);
}

int session_play(struct session *s, const struct suite *suite)
{
	struct request *r = s->request;
	struct error e;
	int code = request_target(r);
	if (code != CODE_OK)
		return code == CODE_UNUSABLE ? unusable(r) : code;
	/* The target's constants say how long a script waits. */
	struct declaration *d = declaration_read(r->run.target_file, r->run.profile, r->run.as_shipped, &e);
	if (!d) {
		cli_complain("%s", e.text);
		return unusable(r);
	}
	code = CODE_USAGE;
	if (selection_make(&s->selection, suite, r, &d->model.constants))
		code = session_run(s, suite->error_count);
	declaration_free(d);
	return code;
}

void session_free(struct session *s)
{
	for (size_t i = 0; i < s->kept_count; i++) {
		result_free(s->kept[i]);
		free(s->kept[i]);
	}
	free(s->kept);
	selection_free(&s->selection);
	s->kept = NULL;
	s->kept_count = 0;
}
