/* What the files of the sprint share. Not for others: sprint.h is. */
#ifndef TCPSPEC_RUN_SPRINT_PARTS_H
#define TCPSPEC_RUN_SPRINT_PARTS_H

#include "lib/run/sprint.h"
#include "lib/run/sprint_probe.h"
#include "lib/run/watch.h"

enum { LANE_FIRST = 1024, /* the target's ports: below those of the players */
       LANES_PASSIVE = LANES / 2,
       TESTER_FIRST = 1024,
       REACTIONS_KEPT = 4096 };

/* The two addresses of a family, as they are printed in every record. */
struct sprint_names {
	char target[48], tester[48];
};

struct sprint {
	struct sprint_names names[FAMILIES];
	struct stage *stage;
	const struct play_source *source;
	struct sprint_events events;
	struct watch watch;
	uint16_t port[LANES];     /* the tester's, given out last */
	uint64_t drops, drops_at; /* of the capture, and when they were asked for */
	uint64_t seen_at;         /* everything captured before has been read */
	unsigned drawn;           /* FAILs with their ladder */
	/* the cell being played */
	const struct script *script;
	struct endpoint at;
	unsigned lane, attempt;
	struct connection *connection;
	struct judge judge;
	struct trace trace;
	struct prober prober;
	size_t cursor, end;
	uint32_t token;
	bool fenced;
	uint64_t fenced_at;
	bool acked; /* the target has acknowledged something: ack, its RCV.NXT by its own word */
	uint32_t ack;
	char id[ID_MAX];
	/* where a program serves a port and nobody ends its connections */
	bool has_shown, ending, unended; /* the target has acknowledged something; it is being ended; it could not be */
	uint32_t shown;                  /* the acknowledgment that it sent last */
	/* the reactions of passes, each kept once */
	char *reaction[REACTIONS_KEPT];
};

/* sprint_watch.c: the cell that was played last is decided: what its result needs is kept, and its 4-tuple watched. */
void sprint_decided(struct sprint *sp, size_t i);
/* A frame of a 4-tuple in quarantine. */
void sprint_straggler(struct watched *w, const struct segment *s, uint64_t at);
/* The ends of a connection in a lane. */
struct endpoint lane_endpoint(const struct sprint *sp, enum family f, unsigned lane, uint16_t tester_port);

/* sprint.c: waits a millisecond at the most for a frame, and takes in what has come. */
bool sprint_poll(struct sprint *sp, struct error *e);
/* sprint_end.c: ends the connection of the cell that was played last, where nobody else can. What comes of it goes to the second, and not to the judge. */
bool sprint_end(struct sprint *sp, struct error *e);
void sprint_ending(struct sprint *sp, const struct segment *s);

/* sprint.c: sends a fence and reads up to its answer: what came before it has been judged by then. *answered: it came. */
bool sprint_fence_pass(struct sprint *sp, bool *answered, struct error *e);
/* sprint.c: between cells: takes in what has come, unless that was done a moment ago. */
bool sprint_catch_up(struct sprint *sp, struct error *e);

#endif
