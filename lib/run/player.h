/* One script being played against one connection: it performs stimuli, sends fences, waits, asks, and records; the judge judges. It never blocks. */
#ifndef TCPSPEC_RUN_PLAYER_H
#define TCPSPEC_RUN_PLAYER_H

#include "lib/run/alter.h"
#include "lib/run/replay.h"
#include "lib/run/same.h"
#include "lib/run/sprint_probe.h"
#include "lib/run/stage.h"

/* The quarantine is longer than a second, and ends well away from the timers that stacks start with (200 ms times powers of two, 1 s): whether such a
 * repetition falls into it must not depend on load. */
enum { ATTEMPTS_MAX = 6,
       QUARANTINE_US = 1150000,
       LATE_US = 20000,          /* half of the shortest timer that a stack answers by, a delayed ACK of 40 ms: what is done later than that may meet it */
       LATE_WAITS_US = 20000000, /* what waits longer is played again once, for that reason */
       STALL_US = 20000 };

enum phase { PHASE_NEW,
	     PHASE_FENCE,
	     PHASE_WAIT,
	     PHASE_REACHED, /* in process: it has come as far as it was to */
	     PHASE_SLIPPED,
	     PHASE_DOUBT,
	     PHASE_QUARANTINE,
	     PHASE_DONE };

struct player {
	struct stage *stage;
	struct play play;
	struct script *own; /* a cell's script, kept as long as it is played; NULL: it is the caller's */
	char id[ID_MAX];
	struct endpoint endpoint;
	struct connection *connection;
	enum phase phase;
	size_t cursor, group_end; /* the current group's first step, and the next group's */
	unsigned turn;            /* of the calendar: dates with another one are stale */
	unsigned reminders;       /* dates of it in the calendar: it must outlive them */
	bool retired;             /* its result was handed out */
	enum fence_kind fence;    /* the one under way: the run's kind, or what this group can carry instead */
	uint32_t token[2];        /* of its echoes; 0: none, or answered */
	struct fence_same same;   /* its segments on the connection itself, */
	bool same_open;           /* and whether they are still to be answered */
	bool by_same;             /* such a fence was used in this attempt */
	bool by_time;             /* from now on `time` is used in place of it: what rests on it did not pass, or it was lost */
	unsigned attempts;
	uint64_t triggered_at, late_us; /* what the latest step waited for came then; the longest that any was done behind that, for want of the CPU */
	bool active;                    /* neither waiting nor in quarantine: counts against the limit */
	bool hopeless;                  /* repeating it would not help */
	uint64_t drops_before;
	char where[120]; /* the 4-tuple as it is told; "" while it was not */
	/* a planted fault */
	enum fault_kind fault;
	size_t fault_step;
	struct last_fault last; /* of FAULT_LAST; else nothing is set in it */
	bool fault_done, replied;
	bool every;          /* the fault acts on every reply of its group */
	uint64_t held_until; /* a delayed reply is */
	/* in process */
	bool keeps;               /* it stops where its way into the state ends, */
	bool stops;               /* or where its last group does, before the quarantine */
	bool untraced;            /* nothing is kept of what the judge has read */
	bool untold;              /* nobody will ask for more than the verdict */
	enum judge_status rested; /* the judge's, where that was */
	struct prober *prober;    /* takes note of what the last group permits; NULL: nobody asks */
	/* From here on nothing is cleared at the beginning but what is named: these are large, and the first two keep their memory. */
	struct judge judge;
	struct trace trace;
	struct altered held; /* a delayed reply: none at the beginning */
};

void player_init(struct player *p, struct stage *s, const struct play *play);
/* The same for a player that has been used: judge and trace stay as they are. */
void player_reuse(struct player *p, struct stage *s, const struct play *play);
/* The first port of the tester's, from `from` on, that no <SRC=n> of the script says: a segment from such a one is to be of another connection than the one that is played. Pure. */
uint16_t player_port(const struct script *s, uint16_t from);
/* Begins an attempt on a fresh 4-tuple. False with e when the tester or target is broken. */
bool player_start(struct player *p, struct error *e);

/* Plays what comes next in the script, up to where something is awaited: the fence, a date, the end. Also before player_start() returns. False: the run cannot go on. */
bool player_step(struct player *p, struct error *e);
/* Records an event, and lets the judge read it. */
void player_event(struct player *p, struct event *e);
/* On from the end of the way, with the judge, the trace, the connection and the target as they were there. */
bool player_go_on_from_way(struct player *p, struct error *e);
/* A captured frame of its 4-tuple. s: as it was read. */
bool player_frame(struct player *p, const uint8_t *packet, size_t n, const struct segment *s, uint64_t at, struct error *e);
/* An echo of its fence was answered. */
bool player_fenced(struct player *p, uint32_t token, uint64_t at, struct error *e);
/* Is s, captured from its 4-tuple, the answer to the fence on the connection itself? Then it is no observation: player_same_fenced() takes it. */
bool player_same_answered(const struct player *p, const struct segment *s);
bool player_same_fenced(struct player *p, uint64_t at, struct error *e);
/* In process: all that was sent at this moment was handed over. Goes on if it was what the group waited for. */
bool player_go_on(struct player *p, struct error *e);
/* A date of its has come: the end of a phase, or of a held reply's delay. */
bool player_dated(struct player *p, const struct date *d, struct error *e);
/* Should it be played again on a fresh connection? Only in PHASE_DONE. On a virtual clock it would be the same again. A FAIL that rests on a fence on the connection itself is, with `time` in its place. */
bool player_again(struct player *p);
/* Fills in `where`. */
void player_where(struct player *p);
/* The verdict, in PHASE_DONE. */
void player_result(struct player *p, struct result *r);
/* Frees the attempt's connection, trace and judge; the player may be started again. */
void player_stop(struct player *p);

#endif
