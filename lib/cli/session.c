/* One run as the command line knows it: the plays go to lib/run, the results to the record and the report as they come. It judges nothing. */
#include "lib/cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/cli/agree.h"
#include "lib/cli/guard.h"
#include "lib/cli/output.h"
#include "lib/cli/resume.h"
#include "lib/cli/store.h"
#include "lib/run/known.h"
#include "lib/target/passive.h"
#include "lib/target/declaration.h"

/* What the callbacks of a run share. */
struct listener {
	struct session *session;
	struct output output;
	struct resume *resume; /* NULL: a run of its own */
	struct known known;    /* for counting what each line excuses */
	struct progress progress;
	struct store store; /* --pcap */
	struct text rerun;  /* of what is played in our process; empty until then */
	bool begun;
};

/* What the run is asked to play, into the header. */
static void session_scope(const struct listener *l, struct run_header *h)
{
	const struct request *r = l->session->request;
	const struct selection *sel = &l->session->selection;
	struct run_scope *s = &h->scope;
	*s = (struct run_scope){.shard = r->shard, .shards = r->shards, .planned = sel->planned, .whole = sel->whole, .ids = sel->ids};
	text_add(&s->options, "%s", text_string(&r->rerun));
	snprintf(s->axes, sizeof s->axes, "%s", r->axes ? r->axes : "");
	known_print(&l->known, s->known, sizeof s->known);
}

static void on_old_result(void *self, const struct result *r)
{
	struct listener *l = self;
	known_count(&l->known, r);
	output_result(&l->output, r, NULL, true);
	if (l->session->slice)
		slice_add(l->session->slice, r);
	if (l->session->heard)
		l->session->heard(l->session->heard_self, r);
}

/* A run that goes on writes behind what is there, and reports that first. */
static bool session_take_up(struct listener *l, const struct run_header *h, struct error *e)
{
	struct resume *old = l->resume;
	if (!headers_agree(&old->header, old->file.path, h, "this run", AGREE_WHOLE, true, e))
		return false;
	if (!output_open(&l->output, old->file.path, old->whole))
		return error_set(e, "nothing was played");
	output_line(&l->output, run_resumed_json(h, old->counts.total));
	output_header(&l->output, h, l->session->selection.planned);
	return resume_replay(old, on_old_result, l, e);
}

static bool on_header(void *self, const struct run_header *told, struct error *e)
{
	struct listener *l = self;
	struct run_header h = *told;
	session_scope(l, &h);
	bool ok = true;
	if (l->resume) {
		ok = session_take_up(l, &h, e);
	} else {
		if (l->output.record)
			output_line(&l->output, run_header_json(&h));
		output_header(&l->output, &h, l->session->selection.planned);
	}
	store_header(&l->store, &h);
	if (ok && l->session->begun)
		l->session->begun(l->session->heard_self, &h);
	text_free(&h.scope.options);
	l->begun = ok;
	return ok;
}

static void on_trace(void *self, const struct trace *t, const struct endpoint *at, uint64_t seed, const char *id, unsigned attempt)
{
	struct listener *l = self;
	store_trace(&l->store, t, at, seed, id, attempt);
}

static void on_result(void *self, const struct result *r, const struct script *script)
{
	struct listener *l = self;
	known_count(&l->known, r);
	store_result(&l->store, r);
	output_result(&l->output, r, script, false);
	if (l->session->slice)
		slice_add(l->session->slice, r);
	if (l->session->heard)
		l->session->heard(l->session->heard_self, r);
	progress_step(&l->progress);
}

static void on_playing(void *self, const struct play *p)
{
	struct listener *l = self;
	const struct request *r = l->session->request;
	/* In each process that plays. */
	if (!l->rerun.length) {
		text_add(&l->rerun, " --seed %" PRIu64 "%s", r->run.seed, text_string(&r->rerun));
		guard_begin(text_string(&l->rerun));
	}
	guard_playing(p);
}

static void on_idle(void *self)
{
	struct listener *l = self;
	output_flush(&l->output);
	store_flush(&l->store);
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

/* The verdicts of the record that goes on are verdicts of this run. */
static void counts_add(struct run_counts *c, const struct run_counts *old)
{
	c->total += old->total;
	for (unsigned v = 0; v < VERDICTS; v++)
		c->by_verdict[v] += old->by_verdict[v];
	c->edges |= old->edges;
}

static void session_count(struct listener *l, unsigned suite_errors)
{
	struct session *s = l->session;
	if (l->resume && l->begun)
		counts_add(&s->counts, &l->resume->counts);
	s->counts.left_out = s->selection.left_out;
	s->counts.wait_limit_us = s->selection.limit_us;
	s->counts.errors = suite_errors;
	s->counts.may_be_empty = s->selection.whole > 0;
	known_uses(&l->known, &s->counts);
}

/* What the run that died stored is not written over. */
static bool session_spares(const struct listener *l, const struct request *r)
{
	if (!l->resume || !r->pcap || access(r->pcap, F_OK) != 0)
		return true;
	cli_complain("--pcap %s: is there already, and may be of the run that died; name another file for the rest", r->pcap);
	return false;
}

/* Plays what was selected. */
static int session_run(struct session *s, struct listener *l, unsigned suite_errors)
{
	const struct request *r = s->request;
	if (!session_spares(l, r))
		return CODE_USAGE;
	if ((!l->resume && !output_open(&l->output, r->json, 0)) || !output_open_junit(&l->output, r->junit) || !store_open(&l->store, r->pcap))
		return unusable(r);
	progress_start(&l->progress, s->selection.count + s->selection.pick_count);
	struct run_events events = {.header = on_header, .trace = r->pcap ? on_trace : NULL, .result = on_result, .playing = on_playing, .idle = on_idle, .self = l};
	const struct play_source cells = selection_cells(&s->selection);
	bool played = run_play(&r->run, s->selection.play, s->selection.count, &cells, &events, &s->counts, &s->failure);
	progress_stop(&l->progress);
	if (l->rerun.length)
		guard_end();
	text_free(&l->rerun);
	session_count(l, suite_errors);
	output_end(&l->output, &s->counts, played ? NULL : s->failure.text, l->begun);
	s->broken = l->output.broken;
	s->broken |= !store_close(&l->store);
	return session_code(s, played);
}

/* The record is of a run that came to its end: what it holds is reported again. */
static int session_report(struct session *s, struct listener *l)
{
	struct resume *old = l->resume;
	if (!output_open_junit(&l->output, s->request->junit))
		return unusable(s->request);
	output_header(&l->output, &old->header, old->header.scope.planned);
	if (s->begun)
		s->begun(s->heard_self, &old->header);
	if (!resume_replay(old, on_old_result, l, &s->failure)) {
		cli_complain("%s", s->failure.text);
		return unusable(s->request);
	}
	cli_complain("--resume %s: the record is complete, nothing was played", old->file.path);
	s->counts = old->counts;
	s->counts.may_be_empty = old->header.scope.whole > 0;
	old->counts.known = NULL; /* it goes with the copy */
	output_end(&l->output, &s->counts, NULL, true);
	s->broken = l->output.broken;
	return session_code(s, true);
}

/* Is the record one of what is asked for now? As far as can be told before the target is met. */
static bool session_agrees(const struct listener *l, const struct declaration *d)
{
	const struct request *r = l->session->request;
	struct run_header now = {.as_shipped = r->run.as_shipped, .strict = r->run.strict};
	struct error e;
	snprintf(now.version, sizeof now.version, "%s", TCPSPEC_VERSION);
	snprintf(now.target, sizeof now.target, "%s", d->name);
	snprintf(now.profile, sizeof now.profile, "%s", profile_name(r->run.profile));
	text_add(&now.selection, "%s", r->run.selection ? r->run.selection : "");
	declaration_print(d, &now.choices);
	session_scope(l, &now);
	bool ok = headers_agree(&l->resume->header, l->resume->file.path, &now, "this run", AGREE_ASKED, true, &e);
	if (ok && l->session->selection.done != l->resume->done.count)
		ok = error_set(&e, "%s: holds %zu results, and the selection means %u of them; it is of another one", l->resume->file.path, l->resume->done.count, l->session->selection.done);
	if (!ok)
		cli_complain("--resume: %s; nothing was played", e.text);
	run_header_free(&now);
	return ok;
}

static bool session_open(struct session *s, struct listener *l, const struct declaration *d, struct resume *old)
{
	struct request *r = s->request;
	struct error e;
	*l = (struct listener){.session = s, .progress = {.pipe = -1}};
	l->output = (struct output){.tap = s->tap, .report = {.to = stdout, .strict = r->run.strict, .quiet = r->quiet, .rerun = text_string(&r->rerun)}};
	if (!known_of_target(&l->known, d, r->run.profile, r->run.as_shipped, &e) || (r->resume && !resume_open(old, r->resume, &e))) {
		cli_complain("%s", e.text);
		return false;
	}
	if (!r->resume)
		return true;
	l->resume = old;
	r->done = &old->done;
	if (!r->seeded)
		r->run.seed = old->header.seed;
	return true;
}

/* With everything open: selects, then plays or reports. */
static int session_select(struct session *s, struct listener *l, const struct suite *suite, const struct declaration *d)
{
	if (!selection_make(&s->selection, suite, s->request, d))
		return CODE_USAGE;
	if (l->resume && !session_agrees(l, d))
		return unusable(s->request);
	return l->resume && l->resume->complete ? session_report(s, l) : session_run(s, l, suite->error_count);
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
	r->run.brief = r->quiet && !r->json; /* of the known ones --quiet tells the lines, and no ladder */
	if (r->run.upper_tester && passive_is_meant(r->run.upper_tester) && !passive_declare(d, r->run.upper_tester, &e)) {
		cli_complain("%s", e.text);
		declaration_free(d);
		return unusable(r);
	}
	struct listener l;
	struct resume old = {.whole = 0};
	code = session_open(s, &l, d, &old) ? session_select(s, &l, suite, d) : unusable(r);
	resume_close(&old);
	known_free(&l.known);
	declaration_free(d);
	return code;
}

void session_free(struct session *s)
{
	run_counts_free(&s->counts);
	selection_free(&s->selection);
}
