/* Plays scripts on the running kernel, one after the other, each on ends of its own in one pair of namespaces, and judges them by the suite's judge. It knows nothing of inputs or of known deviations. */
#ifndef TCPSPEC_FUZZ_LIVE_H
#define TCPSPEC_FUZZ_LIVE_H

#include "lib/run/stage.h"

/* A script is played hastily: of a move whose answers are there when it returns nothing is fenced, and the state is asked once, at the end. What is not a pass then is played again with care: each move is fenced, and the state asked behind
 * it. Only what this says is a verdict. */
enum live_manner { LIVE_HASTY,
	           LIVE_CAREFUL };

/* A move as it was judged; for feedback. */
struct live_move {
	const struct tcb *before, *after; /* as the judge has them */
	const struct segment *stimulus;   /* NULL: it was no segment */
	unsigned segments;                /* of the target's */
	uint16_t ctl;                     /* their control bits together */
	bool text;                        /* any had some */
};

struct live_events {
	void (*move)(void *self, const struct live_move *m);
	/* The script was played, hastily, and its connection is still there. */
	void (*ended)(void *self, const struct target *t, struct connection *c);
	/* A careful play has failed: is it a deviation that is known? Then no other need agree. */
	bool (*is_known)(void *self, const struct judge *j);
	/* The hasty pass of that script (by counts.hasty) was none: the fence behind it found that it had still had something to say, or was lost. It is to be played again. */
	void (*disproved)(void *self, unsigned long play);
	void *self;
};

/* What a hasty pass rests on when live_play() returns: on a fence, or on one that is still to come, so that several share it. */
enum live_proof { LIVE_NOW,
	          LIVE_LATER };

struct live_counts {
	unsigned long hasty, careful; /* plays */
	unsigned long fences;
	unsigned long doubtful;   /* plays that proved nothing: slow, a fence lost or overtaken, frames dropped */
	unsigned long unsettled;  /* scripts that no play proved anything of */
	unsigned long taken_back; /* a hasty verdict that a careful play did not confirm */
	unsigned long wavering;   /* of these, those of which a careful play has failed, and two behind it have passed */
	unsigned long disproved;  /* hasty passes that a later fence took back */
	unsigned long crowded;    /* scripts that failed where there were more hypotheses than room: they prove nothing */
	unsigned long strays;     /* segments of earlier scripts' ends */
};

struct live;

/* Makes link, wire and target, and proves the fence. d becomes its own, on failure too. The process is in another network namespace afterwards. NULL with e. */
struct live *live_new(struct declaration *d, const struct live_events *events, struct error *e);
void live_free(struct live *l);
unsigned live_needs_met(const struct live *l);
const struct live_counts *live_counts(const struct live *l);

/* Plays it. With LIVE_LATER a pass may be without a fence yet: the next one is its proof, which comes within LIVE_UNPROVED scripts. *r: KNOWN where is_known() has said so; else its result, with the ladder as it happened where it is none that passes; to be freed by result_free(). False with e: the tester or the kernel's interface is broken. */
enum { LIVE_UNPROVED = 32 };
bool live_play(struct live *l, const struct script *s, enum family f, enum live_proof p, struct result *r, struct error *e);
/* Proves what is not proved yet. False with e as above. */
bool live_prove(struct live *l, struct error *e);
/* The judge of the last play, for what its result does not tell. */
const struct judge *live_judge(const struct live *l);

#endif
