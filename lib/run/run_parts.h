/* What the files of a run share. Not for others: run.h is. */
#ifndef TCPSPEC_RUN_RUN_PARTS_H
#define TCPSPEC_RUN_RUN_PARTS_H

#include "lib/run/calibrate.h"
#include "lib/run/player.h"
#include "lib/run/sprint.h"
#include "lib/run/virtual.h"

/* A stack in our process that was given choices and constants, for the scripts that want them. */
struct variant {
	struct variant *next;
	const char *with; /* a script's */
	struct stage stage;
	struct virtual *virtual;
};

/* A play that was under way when the target was lost. */
struct suspect {
	struct play play;
	struct script *own; /* as a player's */
	bool calm;          /* nothing was being done for it: it is only played again */
};

struct run {
	struct stage stage;
	const struct run_events *events;
	struct run_counts *counts;
	const struct play *plays; /* what is to be played: these, then the cells by number */
	size_t play_count, total;
	const struct play_source *cells;
	struct player **flight;
	size_t flying, active;
	/* Those that are sprinted, by their numbers among all: the first `quick_count` here, then every cell of the source. */
	size_t *quick;
	size_t quick_count;
	struct play_source quick_source;
	struct sprint *sprint;
	const char *with;        /* what its target was given; "": nothing but its own */
	struct virtual *virtual; /* in process: it plays all */
	struct variant *variant; /* but these */
	struct suspect *suspect;
	size_t suspects, most;                /* most: plays at a time while they are played; 0: as ever */
	unsigned deaths, restarts;            /* scripts that the target was lost over; how often it was started again */
	struct calibration calibration, same; /* of the link fence, and of the one on the connection itself */
};

/* setup.c: reads the declaration, makes link, wire and target. run_close() undoes it, however far it got. */
bool run_open(struct run *r, const struct run_options *o, struct error *e);
void run_close(struct run *r);
/* Ends all stacks that were given something, but the n latest: each has an arena of its own. */
void run_variants_keep(struct run *r, unsigned n);
/* Starts the stack of a stage that plays in our process: its link, options and declaration are there. */
bool stage_in_process(struct stage *s, struct error *e);
/* live.c: link, wire and target of a run that is not in process. */
bool run_open_live(struct run *r, struct error *e);
/* Tries the declared fence, and a stronger one where a single overtaking rejects it. */
bool run_calibrate(struct run *r, struct error *e);
void run_header_fill(struct run *r, struct run_header *h);

/* A date was taken out of the calendar: a retired player goes with its last one. True: the player is still at play. */
bool run_reminded(struct player *p);

/* run.c: one part of a run, whose target is given what is in `with` (""; a script's); counts are its own. */
bool run_part(const struct run_options *o, const char *with, const struct play *plays, size_t count, const struct play_source *cells, const struct run_events *events, struct run_counts *counts, struct error *e);
/* Hands out a result without a play. */
void run_unplayed(struct run *r, const struct play *p, enum verdict v, const char *class, const char *cause);

/* Is its judgement made, so that only silence was still being watched? */
bool run_is_decided(const struct player *p);
/* The verdict of a decided play whose quarantine ends early; it says so. */
void run_cut_short(struct run *r, struct player *p, const char *why);
void run_trace(struct run *r, const struct player *p);
void run_deliver(struct run *r, struct result *res, const struct script *s);
void run_retire(struct player *p);

/* restart.c: an operation has failed with e. True: the target was lost, and was started again; whoever did it has its result, or those who may have are to be played again. False: e stands. */
bool run_revive(struct run *r, struct error *e);
/* The same where cells are played one after the other: it was number i of the quick source. */
bool run_revive_quick(struct run *r, size_t i, const struct sprint_events *events, struct error *e);
/* The next one that is to be played again. False: none now. */
bool run_suspect(struct run *r, struct play *play, struct script **own);
void run_suspects_free(struct run *r);
/* live.c: is the service there that the target is said to have, and does it do what it should? True where there is none to be tried. */
bool live_walk(struct stage *s, struct error *e);
/* live.c: stops the target and starts it, with what belongs to it. */
bool live_restart(struct stage *s, struct error *e);

/* workers.c: adds what a part of the run has counted. */
void counts_join(struct run_counts *to, const struct run_counts *from);

/* variants.c: is the target started anew for scripts that want choices or constants of their own? */
bool variants_are_parts(const struct run_options *o, const struct declaration *d);
/* Those of the plays, put to `to`, that belong to a part with the script `like`; NULL: those that the target plays as it is, or cannot play. How many. */
size_t variants_gather(const struct declaration *d, const struct script *like, const struct play *plays, size_t count, struct play *to);
/* The parts of plays that a target of kind linux is to be given something for: a script of each, whose `with` it is; how many. part: room for `count`. */
size_t variants_list(const struct run_options *o, const struct declaration *d, const struct play *plays, size_t count, const struct script **part);
/* A part of a run in parts: plays that all want `with`. Where it cannot be had they have their results too. */
bool variant_play(const struct run_options *o, const char *with, const struct play *plays, size_t count, const struct run_events *events, struct run_counts *counts, struct error *e);
/* The run in parts, one for each set of those. */
bool variants_play(const struct run_options *o, const struct declaration *d, const struct play *plays, size_t count, const struct play_source *cells, const struct run_events *events, struct run_counts *counts, struct error *e);

#endif
