/* The processes of a shared run: dealing out, listening, putting together. Each is run_play() itself, and no more is known of it here than what it tells. */
#include "lib/run/workers.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/net/wire.h"
#include "lib/run/run_parts.h"
#include "lib/run/told.h"

enum { BATCH_OCTETS = 1 << 16,
       PIPE_OCTETS = 1 << 20 };

/* One worker, seen from the run. */
struct worker {
	pid_t process;
	int pipe; /* what it tells; -1 once that is over */
	struct text unread;
	bool has_header, has_counts;
	struct run_header header;
	struct error error; /* why it ended early; empty: it did not */
};

/* At once: what there is more of is dealt out to the same ones again, and played there one set after the other. */
enum { PROCESSES_MAX = 256 };

struct workers {
	const struct run_options *options;
	const struct declaration *declaration;
	const struct run_events *events;
	struct run_counts *counts;
	struct worker *worker;
	unsigned count;             /* processes: first those that share the plays of the target as it is, */
	unsigned plain;             /* so many, and then those for which it is given something */
	const struct script **part; /* a script of each part of those */
	size_t part_count;
	bool begun; /* the header was handed out */
	struct trace trace;
};

/* ---- in the worker ---- */

/* Its part of the run. */
struct slice {
	const struct play_source *cells;
	const struct run_events *events; /* of the run */
	struct play *play;
	size_t play_count;
	unsigned first, step;
	const struct workers *variants; /* NULL, or whose sets it plays: every step-th from the first on */
	struct text told;
	int pipe;
};

static const struct script *slice_script(void *self, size_t i, enum family *f)
{
	const struct slice *s = self;
	return s->cells->script(s->cells->self, s->first + i * s->step, f);
}

/* A worker whose run has gone away has nobody to play for. */
static void slice_flush(struct slice *s)
{
	for (size_t at = 0; at < s->told.length;) {
		const ssize_t n = write(s->pipe, s->told.at + at, s->told.length - at);
		if (n < 0 && errno != EINTR)
			_exit(1);
		at += n > 0 ? (size_t)n : 0;
	}
	text_clear(&s->told);
}

static void slice_batch(struct slice *s)
{
	if (s->told.length >= BATCH_OCTETS)
		slice_flush(s);
}

static bool slice_header(void *self, const struct run_header *h, struct error *e)
{
	struct slice *s = self;
	(void)e;
	tell_header(&s->told, h);
	slice_flush(s);
	return true;
}

static void slice_result(void *self, const struct result *r, const struct script *script)
{
	struct slice *s = self;
	tell_result(&s->told, r, script);
	slice_batch(s);
}

static void slice_trace(void *self, const struct trace *t, const struct endpoint *at, uint64_t seed, const char *id, unsigned attempt)
{
	struct slice *s = self;
	tell_trace(&s->told, t, at, seed, id, attempt);
	slice_batch(s);
}

static void slice_playing(void *self, const struct play *p)
{
	const struct slice *s = self;
	if (s->events->playing)
		s->events->playing(s->events->self, p);
}

static void slice_idle(void *self)
{
	slice_flush(self);
}

/* What the target is given something for. */
static bool slice_variants(struct slice *s, const struct run_options *o, const struct run_events *events, struct run_counts *counts, struct error *e)
{
	const struct workers *w = s->variants;
	struct play *play = memory_zeroed(s->play_count + 1, sizeof *play);
	bool ok = true;
	for (size_t i = s->first; i < w->part_count; i += s->step) {
		const size_t n = variants_gather(w->declaration, w->part[i], s->play, s->play_count, play);
		ok = variant_play(o, w->part[i]->with, play, n, events, counts, e) && ok;
	}
	free(play);
	return ok;
}

static void slice_play(struct slice *s, const struct run_options *all)
{
	struct run_options o = *all;
	struct run_counts counts = {0};
	struct error e = {.text = ""};
	bool ok = true;
	const size_t cells = s->cells && s->cells->count > s->first ? (s->cells->count - s->first + s->step - 1) / s->step : 0;
	const struct play_source source = {.count = cells, .script = slice_script, .self = s};
	const struct run_events events = {.header = slice_header, .trace = s->events->trace ? slice_trace : NULL, .result = slice_result, .playing = slice_playing, .idle = slice_idle, .self = s};
	o.workers = 1;
	o.cpu = s->variants ? s->first + 1 : s->first; /* the first CPU plays the most */
	if (s->variants)
		ok = slice_variants(s, &o, &events, &counts, &e);
	else
		ok = run_play(&o, s->play, s->play_count, &source, &events, &counts, &e);
	tell_counts(&s->told, &counts);
	if (!ok)
		tell_error(&s->told, &e);
	slice_flush(s);
}

/* ---- starting ---- */

static struct slice slice_of(const struct workers *w, unsigned i, const struct play *plays, size_t count, const struct play_source *cells)
{
	struct slice s = {.cells = cells, .events = w->events, .first = i, .step = w->plain};
	s.play = memory_zeroed(count + 1, sizeof *s.play);
	if (i >= w->plain) {
		s = (struct slice){.events = w->events, .first = i - w->plain, .step = w->count - w->plain, .variants = w, .play = s.play, .play_count = count};
		memcpy(s.play, plays, count * sizeof *plays);
		return s;
	}
	const size_t all = w->part_count ? variants_gather(w->declaration, NULL, plays, count, s.play) : count;
	const struct play *from = w->part_count ? s.play : plays;
	for (size_t k = i; k < all; k += w->plain)
		s.play[s.play_count++] = from[k];
	return s;
}

static bool worker_start(struct workers *w, unsigned i, const struct play *plays, size_t count, const struct play_source *cells, struct error *e)
{
	int ends[2];
	const pid_t parent = getpid();
	struct worker *k = &w->worker[i];
	if (pipe(ends) < 0)
		return error_set(e, "worker %u: no pipe: %s; raise the limit of open files (ulimit -n)", i + 1, strerror(errno));
	/* A worker that has told its batch plays on: nobody waits for the reader. Where that is too much to ask, it waits. */
	fcntl(ends[1], F_SETPIPE_SZ, PIPE_OCTETS);
	k->process = fork();
	if (k->process < 0) {
		close(ends[0]);
		close(ends[1]);
		return error_set(e, "worker %u: no process: %s; raise the limit of processes (ulimit -u), or ask for fewer with -j", i + 1, strerror(errno));
	}
	if (k->process == 0) {
		struct slice s = slice_of(w, i, plays, count, cells);
		s.pipe = ends[1];
		close(ends[0]);
		for (unsigned other = 0; other < i; other++)
			close(w->worker[other].pipe);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent)
			slice_play(&s, w->options);
		_exit(0);
	}
	close(ends[1]);
	k->pipe = ends[0];
	return true;
}

/* ---- listening ---- */

void counts_join(struct run_counts *to, const struct run_counts *from)
{
	to->total += from->total;
	for (unsigned v = 0; v < VERDICTS; v++)
		to->by_verdict[v] += from->by_verdict[v];
	to->edges |= from->edges;
	to->capture_drops += from->capture_drops;
	for (unsigned f = 0; f < FENCE_KINDS; f++)
		to->fenced[f] += from->fenced[f];
}

/* The first worker's, and what the others say of their fences where it differs. */
static bool workers_header(struct workers *w, struct error *e)
{
	struct run_header *h = &w->worker[0].header;
	for (unsigned i = 0; i < w->plain; i++)
		if (!w->worker[i].has_header)
			return true;
	for (unsigned i = 1; i < w->plain; i++) {
		const size_t n = strlen(h->fence);
		if (strcmp(w->worker[i].header.fence, h->fence) != 0 && !strstr(h->fence, w->worker[i].header.fence))
			snprintf(h->fence + n, sizeof h->fence - n, "; worker %u: %.100s", i + 1, w->worker[i].header.fence);
	}
	w->begun = true;
	return !w->events->header || w->events->header(w->events->self, h, e);
}

static bool worker_told(struct workers *w, struct worker *k, struct told *m, struct error *e)
{
	struct script side = {.id = ""};
	struct result r;
	struct endpoint at;
	uint64_t seed;
	unsigned attempt;
	char id[ID_MAX];
	struct run_counts c;
	bool ok = false;
	switch (m->kind) {
	case TOLD_HEADER:
		ok = told_header(m, &k->header);
		k->has_header = ok;
		return ok && workers_header(w, e);
	case TOLD_RESULT:
		ok = told_result(m, &r, &side.side);
		if (ok && w->events->result)
			w->events->result(w->events->self, &r, &side);
		result_free(&r);
		return ok;
	case TOLD_TRACE:
		ok = told_trace(m, &w->trace, &at, &seed, id, &attempt);
		if (ok && w->events->trace)
			w->events->trace(w->events->self, &w->trace, &at, seed, id, attempt);
		return ok;
	case TOLD_COUNTS:
		k->has_counts = ok = told_counts(m, &c);
		if (ok)
			counts_join(w->counts, &c);
		return ok;
	case TOLD_ERROR:
		return told_error(m, &k->error);
	}
	return false;
}

/* Messages before everybody's header wait: nothing is handed out before it. */
static bool worker_read(struct workers *w, struct worker *k, struct error *e)
{
	size_t at = 0, n;
	struct told m;
	while ((n = told_next(text_string(&k->unread) + at, k->unread.length - at, &m)) > 0) {
		if (m.kind != TOLD_HEADER && !w->begun && m.kind != TOLD_COUNTS && m.kind != TOLD_ERROR)
			break;
		if (!worker_told(w, k, &m, e))
			return e->text[0] ? false : error_set(e, "worker %u: what it told cannot be read; this is a defect", (unsigned)(k - w->worker) + 1);
		at += n;
	}
	if (at == 0)
		return true;
	memmove(k->unread.at, k->unread.at + at, k->unread.length - at);
	k->unread.length -= at;
	return true;
}

static bool worker_listen(struct workers *w, struct worker *k, struct error *e)
{
	static _Thread_local char octets[BATCH_OCTETS];
	const ssize_t n = read(k->pipe, octets, sizeof octets);
	if (n < 0 && errno == EINTR)
		return true;
	if (n <= 0) {
		close(k->pipe);
		k->pipe = -1;
		return true;
	}
	const bool begun = w->begun;
	text_add_octets(&k->unread, octets, (size_t)n);
	if (!worker_read(w, k, e))
		return false;
	for (unsigned i = 0; w->begun && !begun && i < w->count; i++)
		if (!worker_read(w, &w->worker[i], e))
			return false;
	return true;
}

/* Until all have ended. */
static bool workers_listen(struct workers *w, struct error *e)
{
	struct pollfd p[PROCESSES_MAX];
	for (;;) {
		unsigned open = 0;
		for (unsigned i = 0; i < w->count; i++) {
			p[i] = (struct pollfd){.fd = w->worker[i].pipe, .events = POLLIN};
			open += w->worker[i].pipe >= 0;
		}
		if (open == 0)
			return true;
		int ready = poll(p, w->count, 0);
		if (ready == 0 && w->events->idle)
			w->events->idle(w->events->self);
		if (ready == 0)
			ready = poll(p, w->count, -1);
		for (unsigned i = 0; ready > 0 && i < w->count; i++)
			if (p[i].revents && !worker_listen(w, &w->worker[i], e))
				return false;
	}
}

/* ---- the end ---- */

static bool worker_end(struct workers *w, unsigned i, bool kill_it, struct error *e)
{
	struct worker *k = &w->worker[i];
	int status = 0;
	bool ok = true;
	if (k->process <= 0)
		return false;
	if (kill_it)
		kill(k->process, SIGKILL);
	while (waitpid(k->process, &status, 0) < 0 && errno == EINTR)
		;
	if (k->pipe >= 0)
		close(k->pipe);
	if (k->error.text[0])
		ok = error_set(e, "worker %u: %s", i + 1, k->error.text);
	else if (!k->has_counts && !kill_it)
		ok = error_set(e, "worker %u ended with %s %d before its part was played; what has no verdict can be played again", i + 1, WIFSIGNALED(status) ? "signal" : "code", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	text_free(&k->unread);
	if (k->has_header)
		run_header_free(&k->header);
	return ok;
}

/* One at least for the target as it is: its header is the run's. */
static void workers_deal(struct workers *w, const struct play *plays, size_t count)
{
	const unsigned asked = w->options->workers;
	w->plain = asked < 1 ? 1 : asked < WORKERS_MAX ? asked
	                                               : WORKERS_MAX;
	w->part = memory_zeroed(count + 1, sizeof *w->part);
	w->part_count = variants_list(w->options, w->declaration, plays, count, w->part);
	w->count = w->plain + (unsigned)(w->part_count < PROCESSES_MAX - w->plain ? w->part_count : PROCESSES_MAX - w->plain);
	w->worker = memory_zeroed(w->count, sizeof *w->worker);
	for (unsigned i = 0; i < w->count; i++)
		w->worker[i].pipe = -1;
}

bool workers_play(const struct run_options *o, const struct declaration *d, const struct play *plays, size_t count, const struct play_source *cells, const struct run_events *events, struct run_counts *counts, struct error *e)
{
	const size_t total = count + (cells ? cells->count : 0);
	struct workers w = {.options = o, .declaration = d, .events = events, .counts = counts};
	const uint64_t began = clock_now();
	bool ok = true;
	workers_deal(&w, plays, count);
	for (unsigned i = 0; ok && i < w.count; i++)
		ok = worker_start(&w, i, plays, count, cells, e);
	ok = ok && workers_listen(&w, e);
	const bool heard = ok;
	for (unsigned i = 0; i < w.count; i++)
		ok = worker_end(&w, i, !heard, ok ? e : NULL) && ok;
	free(w.worker);
	free(w.part);
	trace_free(&w.trace);
	counts->elapsed_us = clock_now() - began;
	counts->complete = counts->total == total;
	return ok;
}
