/* Seeded randomness (splitmix64): the same seed gives the same numbers everywhere. Not for secrets. */
#ifndef TCPSPEC_BASE_RNG_H
#define TCPSPEC_BASE_RNG_H

#include <stdint.h>

struct rng {
	uint64_t state;
};

struct rng rng_seeded(uint64_t seed);
/* An independent stream for one script: depends on the seed and the name only, never on the order of calls. */
struct rng rng_named(uint64_t seed, const char *name);
uint64_t rng_u64(struct rng *r);
uint32_t rng_u32(struct rng *r);
/* Uniform in [0, n), n > 0. */
uint32_t rng_below(struct rng *r, uint32_t n);

#endif
