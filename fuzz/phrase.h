/* What a peer, its user and a network do in several moves that belong together: an opening, text that comes out of order, a window that shuts, a loss, a close. It changes no input. */
#ifndef TCPSPEC_FUZZ_PHRASE_H
#define TCPSPEC_FUZZ_PHRASE_H

#include "fuzz/input.h"
#include "lib/base/rng.h"

enum { PHRASE_MAX = 12 };

struct phrase {
	unsigned count;
	struct move move[PHRASE_MAX];
};

/* A handshake, from whichever side. */
void phrase_opening(struct phrase *p, struct rng *r);
/* Any of the others. */
void phrase_draw(struct phrase *p, struct rng *r);

#endif
