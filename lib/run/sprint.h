/* Cells at the speed of the wire: each is played alone, from CLOSED to its verdict, without a pause; its 4-tuple then stays in quarantine while others are played. For cells whose
 * script waits for nothing and a wire whose `link` fence is sound; all else is the player's. */
#ifndef TCPSPEC_RUN_SPRINT_H
#define TCPSPEC_RUN_SPRINT_H

#include "lib/run/stage.h"

struct sprint;

/* So many FAILs among cells are told with their ladder; with more cells than this, those that are known are not. */
enum { DRAWN_MAX = 4096 };

/* The old octet that is asked on the way into a state lies so far below RCV.NXT: a stack that takes the one ending there for one inside the window, as TcpDxe does, need not answer it. */
enum { WAY_OLD_OCTET = 2 };

struct sprint_events {
	/* A cell's result, once its quarantine is over. */
	void (*result)(void *self, struct result *r, const struct script *s);
	/* The attempt that decided it, before its result. NULL: not wanted. */
	void (*trace)(void *self, const struct trace *t, const struct endpoint *at, uint64_t seed, const char *id, unsigned attempt);
	void *self;
};

/* Can this script be played so? */
bool sprint_takes(const struct script *s);

/* NULL with e when the target cannot share listeners. */
struct sprint *sprint_new(struct stage *s, const struct play_source *source, const struct sprint_events *events, struct error *e);
void sprint_free(struct sprint *sp);

/* Where cells are to be probed: plays the control cells, and learns from them what this target answers. Before the first cell. */
bool sprint_learn(struct sprint *sp, struct error *e);

/* Plays cell i of the source, which is p: its script was the last that the source was asked for. False with e: the tester or the target is broken, or the target no longer answers. */
bool sprint_play(struct sprint *sp, size_t i, const struct play *p, struct error *e);

/* A captured TCP frame that is no player's: of the cell being played, or of one in quarantine. */
void sprint_frame(struct sprint *sp, const struct frame *f, const struct packet *p);

/* Reads what has come, and hands out the results whose quarantine is over. all: waits until that is true of every one. */
bool sprint_settle(struct sprint *sp, bool all, struct error *e);

/* The same while players are at play too, whose frames are not the sprint's to read: everything captured before `seen` has been read, and handed over. */
bool sprint_settle_seen(struct sprint *sp, uint64_t seen, struct error *e);

/* The target was lost over cell i, which was played last: it has FAILed, and those in quarantine are handed out, cut short. */
void sprint_died(struct sprint *sp, size_t i, const char *class, const char *why);

/* After a failure: cells still in quarantine are handed out, cut short for the reason given. */
void sprint_abandon(struct sprint *sp, const char *why);

#endif
