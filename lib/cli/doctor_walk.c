/* The walk: two runs of a handful of tests, and their results told as a doctor tells them. */
#include "lib/cli/doctor_walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/script/script.h"

/* What is tried, by which test, and what to look at where it fails. A vital one stands before all others. */
struct station {
	const char *what, *id, *mend;
	unsigned need; /* not tried where this is declared to be lacking; 0: nothing */
	bool vital;
};

static const struct station stations[] = {
    {"closed port", "matrix/closed/syn/any/-/0", "a SYN to a port without a listener draws <RST,ACK>: do segments reach the TCP, with its address and checksums that are verified in software, and does what it sends reach the link?", 0, false},
    {"handshake", "handshake/figure-6/b", "a listener answers a SYN: does `listen` open the address and port that are asked for, and do the options of its SYN,ACK stand in [choices]?", 0, true},
    {"SEND", "data/ack-rides/b", "`send` hands the octets to the connection that `find` or `accept` gave, and returns how many were taken", NEED_SEND, false},
    {"RECEIVE", "calls/receive-less-than-asked/psh=yes/b", "`receive` gives what has come, in order, and `again` where nothing has", NEED_RECEIVE, false},
    {"CLOSE", "close/figure-12/b", "`close` is a FIN, and the connection still receives (shutdown(SHUT_WR) in sockets)", NEED_CLOSE, false},
    {"ABORT", "close/abort-in-close-wait/b", "`abort` is an RST, and the connection is gone (SO_LINGER of 0 in sockets)", NEED_ABORT, false},
    {"OPEN, active", "handshake/figure-6/a", "`connect` sends a SYN from the port that is asked for, and returns before it is answered", NEED_OPEN_ACTIVE, false},
};

/* By which test a declared lack is refuted: who passes it has what it needs. Of a SHOULD the pass must be a whole one. */
static const struct {
	unsigned need;
	const char *id;
} proofs[] = {
    {NEED_OPEN_PASSIVE, "handshake/figure-6/b"},
    {NEED_OPEN_ACTIVE, "handshake/figure-6/a"},
    {NEED_SEND, "data/ack-rides/b"},
    {NEED_RECEIVE, "calls/receive-less-than-asked/psh=yes/b"},
    {NEED_CLOSE, "close/figure-12/b"},
    {NEED_RELEASE, "close/release-in-close-wait/b"},
    {NEED_ABORT, "close/abort-in-close-wait/b"},
    {NEED_FORGET, "half-open/target-rebooted/b"},
    {NEED_URGENT, "urgent/told/b"},
    {NEED_URGENT_AHEAD, "urgent/ahead-of-the-text/b"},
    {NEED_TIMESTAMPS, "half-open/old-timestamp/b"},
    {NEED_WINDOW_SCALE, "options/scale-in-syn-ack/shift=7/b"},
    {NEED_SACK, "sack/block-of-a-gap/b"},
    {NEED_EARLY_SEND, "handshake/send-in-syn-sent/a"},
    {NEED_SMALL_BUFFER, "window/receiver-sws/state=ESTABLISHED/b"},
    {NEED_OPEN_LISTENING, "calls/open-active-in-listen/b"},
    {NEED_SIMULTANEOUS_OPEN, "handshake/figure-7/a"},
    {NEED_SIMULTANEOUS_CLOSE, "close/figure-13/a"},
    {NEED_CLOSE_UNREAD, "close/unread-text/b"},
    {NEED_SET(SET_KEEPALIVE), "keepalive/switched-off/b"},
    {NEED_SET(SET_KEEPALIVE_IDLE), "keepalive/switched-off/b"},
    {NEED_SET(SET_KEEPALIVE_INTERVAL), "keepalive/probe/b"},
    {NEED_SET(SET_DSCP), "ip/dscp-set/dscp=46/b"},
    {NEED_SET(SET_TTL), "ip/ttl-set/ttl=60/b"},
    {NEED_SET(SET_REPORTS), "icmp/soft-not-reported/b"},
};

enum { STATIONS = sizeof stations / sizeof *stations,
       PROOFS = sizeof proofs / sizeof *proofs,
       PLAYED_MAX = FAMILIES * (STATIONS + PROOFS) };

/* One run: what is played, and what came of it. */
struct walk {
	const struct suite *suite;
	const struct declaration *d;
	struct play play[PLAYED_MAX];
	size_t count;
	struct heard {
		char id[ID_MAX];
		enum verdict verdict;
		char cause[200];
		bool syn_ack; /* the target sent one */
	} heard[PLAYED_MAX];
	size_t heard_count;
	char version[128], fence[240], link[200];
	bool met;
};

static void line_print(const char *verdict, const char *what, const char *how)
{
	printf("%s  %-18s %s\n", verdict, what, how);
}

/* ---- playing ---- */

static bool on_header(void *self, const struct run_header *h, struct error *e)
{
	struct walk *w = self;
	(void)e;
	w->met = true;
	string_put(w->version, sizeof w->version, h->target_version);
	string_put(w->fence, sizeof w->fence, h->fence);
	string_put(w->link, sizeof w->link, h->link);
	return true;
}

static void on_result(void *self, const struct result *r, const struct script *script)
{
	struct walk *w = self;
	(void)script;
	if (w->heard_count == PLAYED_MAX)
		return;
	struct heard *h = &w->heard[w->heard_count++];
	string_put(h->id, sizeof h->id, r->id);
	string_put(h->cause, sizeof h->cause, r->cause);
	h->verdict = r->verdict;
	h->syn_ack = strstr(text_string(&r->ladder), "<CTL=SYN,ACK>") != NULL || strstr(text_string(&r->actual), "<CTL=SYN,ACK>") != NULL;
}

/* In both families, where it does not wait longer than tests do by default. False: it does, or is not in this suite. */
static bool walk_add(struct walk *w, const char *id)
{
	char whole[ID_MAX];
	bool added = false;
	for (unsigned f = 0; f < FAMILIES; f++) {
		enum family family;
		snprintf(whole, sizeof whole, "%s/%s", id, f ? "v6" : "v4");
		const struct script *s = suite_result(w->suite, whole, &family);
		if (!s || w->count == PLAYED_MAX || (!declaration_is_virtual(w->d) && script_waits_us(s, &w->d->model.constants) > WAIT_LIMIT_US))
			continue;
		w->play[w->count++] = (struct play){.script = s, .family = family};
		added = true;
	}
	return added;
}

static bool walk_play(struct walk *w, const struct request *r, bool trial, struct error *e)
{
	const struct run_events events = {.header = on_header, .result = on_result, .self = w};
	struct run_options o = r->run;
	struct run_counts counts = {0};
	o.trial = trial;
	const bool played = run_play(&o, w->play, w->count, NULL, &events, &counts, e);
	run_counts_free(&counts);
	return played;
}

/* The result of a test: of both families that which says more, a failure before a pass before what was not played. NULL: none came. */
static const struct heard *walk_heard(const struct walk *w, const char *id)
{
	const struct heard *best = NULL;
	const size_t n = strlen(id);
	for (size_t i = 0; i < w->heard_count; i++) {
		const struct heard *h = &w->heard[i];
		if (strncmp(h->id, id, n) != 0 || strncmp(h->id + n, "/v", 2) != 0 || strlen(h->id) != n + 3)
			continue;
		const bool fails = h->verdict == FAIL || h->verdict == INCONCLUSIVE;
		if (!best || best->verdict == UNIMPLEMENTED || (fails && h->verdict != UNIMPLEMENTED))
			best = h;
	}
	return best;
}

static bool verdict_is_good(enum verdict v)
{
	return v == PASS || v == NON_STRICT || v == INFORMATIONAL || v == KNOWN || v == XPASS;
}

/* ---- telling ---- */

static void fence_tell(const struct walk *w)
{
	char how[400];
	const bool slow = strncmp(w->fence, "time", 4) == 0;
	snprintf(how, sizeof how, "%s%s", w->fence, slow ? ": each group takes 80 ms; an ICMP echo must be answered behind all that came before it: one queue, no worker threads, checksums right" : "");
	line_print(slow ? "??" : "ok", "fence", how);
}

static bool station_tell(const struct walk *w, const struct station *s)
{
	const struct heard *h = walk_heard(w, s->id);
	char how[600];
	if (!h)
		return true;
	const bool good = verdict_is_good(h->verdict), lacking = h->verdict == UNIMPLEMENTED;
	if (good)
		snprintf(how, sizeof how, "%s", s->id);
	else if (lacking)
		snprintf(how, sizeof how, "not tried: %s", strstr(h->cause, "declares") ? "who steers it has no such call" : h->cause);
	else
		snprintf(how, sizeof how, "%s: %s; %s", s->id, h->cause, s->mend);
	line_print(good ? "ok" : lacking || !s->vital ? "??"
	                                              : "no",
	           s->what, how);
	return good || lacking || !s->vital;
}

static bool stations_walk(struct walk *w, const struct request *r)
{
	struct error e = {.text = ""};
	bool good = true;
	for (size_t i = 0; i < STATIONS; i++)
		if (!(stations[i].need & w->d->lacks))
			walk_add(w, stations[i].id);
	const bool played = walk_play(w, r, false, &e);
	if (!w->met) {
		line_print("no", "meeting", e.text);
		return false;
	}
	line_print("ok", "meeting", w->version);
	line_print("ok", "link", w->link);
	fence_tell(w);
	for (size_t i = 0; i < STATIONS; i++)
		good = station_tell(w, &stations[i]) && good;
	if (!played)
		line_print("no", "end", e.text);
	return good && played;
}

/* ---- refuting ---- */

static const char *proof_of(unsigned need)
{
	for (size_t i = 0; i < PROOFS; i++)
		if (proofs[i].need == need)
			return proofs[i].id;
	return NULL;
}

static bool lack_tell(const struct walk *w, unsigned need, bool played)
{
	const char *id = proof_of(need), *name = capability_name(need);
	const struct heard *h = id ? walk_heard(w, id) : NULL;
	char how[600];
	if (!h) {
		snprintf(how, sizeof how, "declared to be lacking; %s", played ? "no test that is short enough would show otherwise" : "not tried, for the run ended before");
		line_print("??", name, how);
		return true;
	}
	const bool is_false = h->verdict == PASS || (need == NEED_OPEN_PASSIVE && h->syn_ack);
	if (is_false)
		snprintf(how, sizeof how, "the declaration is false: %s %s; take it out of `lacks` in %s", h->id, h->verdict == FAIL || h->verdict == INCONCLUSIVE ? "is answered by <SYN,ACK>" : "passes", w->d->file);
	else
		snprintf(how, sizeof how, "declared to be lacking, and %s", h->verdict == UNIMPLEMENTED ? "who steers it has it not" : "the target cannot");
	line_print(is_false ? "no" : "ok", name, how);
	return !is_false;
}

static bool lacks_walk(struct walk *w, const struct request *r)
{
	struct error e = {.text = ""};
	bool good = true, played = true;
	unsigned need;
	for (size_t i = 0; i < PROOFS; i++)
		if (w->d->lacks & proofs[i].need)
			walk_add(w, proofs[i].id);
	if (w->count)
		played = walk_play(w, r, true, &e);
	for (unsigned i = 0; (need = capability_at(i)) != 0; i++)
		if (w->d->lacks & need)
			good = lack_tell(w, need, played) && good;
	return good;
}

bool doctor_walk(const struct request *r, const struct declaration *d, const struct suite *suite)
{
	struct walk *w = memory_zeroed(1, sizeof *w);
	w->suite = suite;
	w->d = d;
	printf("\nwalk\n");
	bool good = stations_walk(w, r);
	if (w->met && d->lacks) {
		memset(w, 0, sizeof *w);
		w->suite = suite;
		w->d = d;
		printf("\ndeclaration\n");
		good = lacks_walk(w, r) && good;
	}
	free(w);
	return good;
}
