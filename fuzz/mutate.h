/* Changes inputs so that they stay programs: moves are put in, taken out, repeated, exchanged and spliced; numbers go to the edges of what they are compared with. It knows nothing of coverage, nor of any fuzzer. */
#ifndef TCPSPEC_FUZZ_MUTATE_H
#define TCPSPEC_FUZZ_MUTATE_H

#include "fuzz/input.h"
#include "lib/base/rng.h"

/* One to a few changes. How long it may be is for who writes it (input_encode_most()). */
void input_mutate(struct input *in, struct rng *r);
/* The same without phrases (fuzz/phrase.h): each move for itself. */
void input_mutate_singly(struct input *in, struct rng *r);
/* in becomes moves of a and moves of b in their order. */
void input_splice(struct input *in, const struct input *a, const struct input *b, struct rng *r);
/* An input of nothing but chance, up to so many moves. */
void input_random(struct input *in, struct rng *r, unsigned moves);

#endif
