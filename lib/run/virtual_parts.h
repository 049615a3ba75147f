/* What the files of the virtual engine share. Not for others: virtual.h is. */
#ifndef TCPSPEC_RUN_VIRTUAL_PARTS_H
#define TCPSPEC_RUN_VIRTUAL_PARTS_H

#include "lib/run/player.h"
#include "lib/run/virtual.h"

/* POLLS_MAX: more than a tick of a millisecond makes in a day. */
enum { WAYS_KEPT = 512,
       POLLS_MAX = 100000000 };

/* The way into a row's state, played once: everything as it is where a cell begins. */
struct way {
	uint64_t key; /* of the script and the family; 0: nothing is kept here */
	bool reached; /* false: it ended before, and its cells are played in full to say how */
	struct in_process_snapshot stack;
	struct judge judge;
	struct trace trace;
	struct endpoint endpoint;
	struct connection *connection;
	char where[120]; /* the 4-tuple, as it is told */
};

struct virtual
{
	struct stage *stage;
	struct sprint_events events;
	struct in_process_snapshot fresh; /* the stack as it was created; unused where it has no snapshots */
	struct way *way;                  /* WAYS_KEPT of them, by the remainder of their key */
	struct player cell;               /* plays on from a way; its judge and trace keep their memory */
	struct player other;              /* plays from the beginning */
	struct player brief;              /* the same for the verdict alone: its judge keeps its memory */
	struct prober prober;
	unsigned polls, polls_max; /* how often the stack was asked in this play, and may be */
	unsigned drawn;            /* cells that did not pass, and were told with their ladder */
};

/* virtual.c: the stack as it was created, at the same time in every play where it has snapshots. */
bool virtual_refresh(struct virtual *v, struct error *e);
/* Time goes on until p is done, or has reached what it is to keep. */
bool virtual_course(struct virtual *v, struct player *p, struct error *e);
/* A play from its beginning. */
bool virtual_whole(struct virtual *v, struct player *p, struct error *e);

/* virtual.c: hands over all that the stack has put out so far. What the player sends meanwhile adds to it. */
bool virtual_deliver(struct virtual *v, struct player *p, struct error *e);

/* virtual_probe.c: where states are to be probed, plays the control cells, and learns from them what this target answers. */
bool virtual_learn(struct virtual *v, struct error *e);
/* Is the play that p has ended with to be played once more, and probed? */
bool virtual_wants_probes(const struct virtual *v, const struct player *p);
/* Probes the state of a play that has stopped before its quarantine, and ends it. */
bool virtual_infer(struct virtual *v, struct player *p, struct error *e);

/* virtual_way.c: puts v->cell where p's way ends. False: the way does not end where a cell begins, or cannot be kept; false with *broken and e: the stack breaks its interface. */
bool virtual_enter(struct virtual *v, const struct play *p, bool traced, bool *broken, struct error *e);
void virtual_ways_free(struct virtual *v);

#endif
