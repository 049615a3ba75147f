/* Plays a selection of scripts against one target and hands out results as they end. It is the only place where target, wire and judge meet. */
#ifndef TCPSPEC_RUN_RUN_H
#define TCPSPEC_RUN_RUN_H

#include "lib/run/fault.h"
#include "lib/run/result.h"
#include "lib/run/trace.h"
#include "lib/target/declaration.h"

/* One script in one family. */
struct play {
	const struct script *script;
	enum family family;
};

/* Cells by number. */
struct play_source {
	size_t count;
	/* Cell i, good until the next call. */
	const struct script *(*script)(void *self, size_t i, enum family *f);
	void *self;
};

/* Is the state after a cell also probed (lib/run/probe.h)? */
enum probe_use { PROBE_NEVER,
	         PROBE_NEEDED, /* where the model permits several states */
	         PROBE_ALWAYS };

struct attach_request;

struct run_options {
	const char *target_file; /* targets/NAME/target.ini */
	enum profile profile;
	bool as_shipped;
	bool strict;
	uint64_t seed;
	const char *selection;             /* for the record: the globs, as written */
	const struct fault_request *fault; /* faults of the wire, disturbances of the target */
	size_t fault_count;
	bool predict;     /* fill in result.predicted */
	unsigned workers; /* processes, each with namespaces and a CPU of its own; 0 and 1: this one alone */
	unsigned cpu;     /* which of the CPUs that it may run on, counted from 0, this process takes */
	enum probe_use probe;
	bool shuffle;                        /* in an order that the seed chooses, instead of the one given */
	bool whole;                          /* in memory: every cell is played from its beginning, and no way into a state is kept: for tests, the verdicts are the same */
	const struct attach_request *attach; /* a link that is there (lib/net/attach.h); NULL: one of our own is made */
	const char *upper_tester;            /* "exec:COMMAND", "testability:...": who steers the target; NULL: as its file says */
	bool trial;                          /* nothing counts as lacking, and the options that were declared so as spoken: for finding out whether it is true */
	bool brief;                          /* nobody reads the ladders of what is known: they are left out, tens of microseconds each */
	bool patient;                        /* cells are played as everything else: what may come later is waited for, thousands at a time */
};

/* Is a fault of this kind asked for, at whatever place? */
bool run_has_fault(const struct run_options *o, enum fault_kind kind);

/* What happens on the way. Results come in the order in which they end; each is the callback's to read, not to keep. Each may be NULL. */
struct run_events {
	/* Before the first play. False with e: nothing is to be played under this header (a record that goes on was of another one), and run_play() fails with e. */
	bool (*header)(void *self, const struct run_header *h, struct error *e);
	/* A play is decided: what was recorded of the attempt that decided, to read, not to keep. Its result follows, with others' between them perhaps. NULL: nobody stores it. */
	void (*trace)(void *self, const struct trace *t, const struct endpoint *at, uint64_t seed, const char *id, unsigned attempt);
	/* s: of a play that came from a worker, no more than its side. */
	void (*result)(void *self, const struct result *r, const struct script *s);
	/* p is about to be played on a stack in our process, which may die of it: in the process that plays, a worker's too. Good until the next one. */
	void (*playing)(void *self, const struct play *p);
	/* The run is about to wait: what was written behind a buffer is to be let out now. */
	void (*idle)(void *self);
	void *self;
};

/* Plays all; cells (NULL: none) behind the plays in the order of their results' numbers. False with e when the target or the environment is unusable (exit code 3): results so far were handed out all the same, and *counts is
 * filled in as far as it got. Owns namespaces, wire and target for its duration; the calling thread is in another namespace afterwards. */
bool run_play(const struct run_options *o, const struct play *plays, size_t count, const struct play_source *cells, const struct run_events *events, struct run_counts *counts, struct error *e);

/* "matrix/established/rst/exact/-/0/v4": a result's id. */
void play_id(const struct play *p, char id[ID_MAX]);

#endif
