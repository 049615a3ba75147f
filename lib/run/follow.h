/* One side of a captured connection, followed: could this TCP have sent what it sent? Nothing is known of its user, of when a segment arrived there, and of what was lost behind the
 * place of capture, so every history that explains a segment stands: with whatever calls, up to eight arrivals late, any of those lost. A silence is never held against it. */
#ifndef TCPSPEC_RUN_FOLLOW_H
#define TCPSPEC_RUN_FOLLOW_H

#include "lib/model/hypothesis.h"

enum { FOLLOW_LAG = 8,      /* arrivals that may not have been processed yet */
       FOLLOW_MODELS = 2 }; /* readings of what the standard leaves free */

/* What the user must have done for a segment to be sent. */
struct follow_calls {
	bool open, close, abort;
	uint32_t send; /* octets */
};

struct follow {
	struct model model[FOLLOW_MODELS];
	struct hypotheses set[FOLLOW_LAG + 1]; /* [k]: all but the last k arrivals were processed */
	struct hypotheses scratch, spare;
	struct follow_arrival {
		struct segment segment;
		uint64_t at;
	} arrival[FOLLOW_LAG]; /* [0]: the last */
	unsigned arrivals;
	bool begun;
	bool overflow; /* there were more histories than can be kept: what none of the kept ones explains, a dropped one might */
	bool mute;     /* that has happened: nothing more is said */
	bool lost;     /* what was sent is unlawful */
	char why[240];
	const char *clause;
};

/* A side that was seen from its beginning: no TCB, with or without a listener. */
void follow_begin(struct follow *f);
/* A side whose connection was there already. sent, met: its first segment and the first to it (either may be NULL, not both); their text pointers are not used. */
void follow_begin_amid(struct follow *f, const struct segment *sent, const struct segment *met, uint64_t at);
void follow_end(struct follow *f);

/* A segment to this side passed. at: microseconds. */
void follow_arrives(struct follow *f, const struct segment *s, uint64_t at);
/* It sent this one. False: no history explains it, and f->why and f->clause say so; nothing more is said then. *calls: what its user must have done for it. */
bool follow_sends(struct follow *f, const struct segment *s, uint64_t at, struct follow_calls *calls);

/* The state in which it is, where all histories without a late arrival agree. False: they do not, or nothing is said any more. */
bool follow_state(const struct follow *f, enum state *s);

#endif
