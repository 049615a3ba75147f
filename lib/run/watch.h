/* Decided cells in quarantine: their 4-tuples are watched for stragglers until their time is up. It judges nothing, and keeps of a pass only what makes up its record. */
#ifndef TCPSPEC_RUN_WATCH_H
#define TCPSPEC_RUN_WATCH_H

#include "lib/run/result.h"

enum { LANES = 8, /* ports of the target that are watched */
       WATCH_MAX = 1 << 16,
       WATCH_FULL_MAX = 1 << 13 };

/* A decided cell. */
struct watched {
	uint64_t until; /* microseconds: its result goes out */
	uint64_t fence_at;
	uint64_t edges;
	struct result *full;         /* all of it where it is no plain pass; owned, NULL else */
	const char *actual, *clause; /* of a pass: kept by the caller */
	uint32_t index;              /* the cell's number */
	uint16_t tester_port;
	uint8_t lane, before, after, attempts; /* before, after: enum state */
	uint8_t by;
	bool unended;    /* its connection could not be ended: what comes is nobody's fault */
	bool blind;      /* frames were lost while it was played or watched */
	char *straggler; /* the first segment that came in quarantine, in the notation; owned, NULL: none */
	uint64_t straggled_at;
};

struct watch {
	struct watched *ring;
	uint32_t first, count;
	uint32_t full;                 /* cells with all of their result */
	uint32_t (*by_tuple)[1 << 16]; /* [lane][tester's port]: place in the ring + 1, 0 is free */
};

void watch_open(struct watch *w);
void watch_free(struct watch *w);
bool watch_is_full(const struct watch *w);
/* Is this tuple still watched? */
bool watch_holds(const struct watch *w, unsigned lane, uint16_t tester_port);
void watch_add(struct watch *w, const struct watched *cell);
/* The cell that this tuple's segments belong to, or NULL. */
struct watched *watch_find(const struct watch *w, unsigned lane, uint16_t tester_port);
/* The oldest, or NULL. watch_pop() lets go of it. */
/* Frames were lost: all that are watched are in doubt. */
void watch_blind(struct watch *w);
struct watched *watch_oldest(const struct watch *w);
void watch_pop(struct watch *w);

#endif
