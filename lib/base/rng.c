/* Seeded numbers by splitmix64 (Steele, Lea and Flood 2014). Not for secrets: the state is the seed plus a count. */
#include "lib/base/rng.h"

static uint64_t word_mixed(uint64_t z)
{
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

struct rng rng_seeded(uint64_t seed)
{
	return (struct rng){.state = seed};
}

struct rng rng_named(uint64_t seed, const char *name)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
	/* Both go through the mixer, so that neighbouring seeds and names that differ in one letter part at once. */
	return (struct rng){.state = word_mixed(word_mixed(seed) + hash)};
}

uint64_t rng_u64(struct rng *r)
{
	r->state += UINT64_C(0x9e3779b97f4a7c15);
	return word_mixed(r->state);
}

uint32_t rng_u32(struct rng *r)
{
	return (uint32_t)(rng_u64(r) >> 32);
}

uint32_t rng_below(struct rng *r, uint32_t n)
{
	uint32_t unfair = (uint32_t)(UINT32_C(0) - n) % n; /* 2^32 mod n: the numbers below it would come once too often */
	uint32_t x;

	do
		x = rng_u32(r);
	while (x < unfair);
	return x % n;
}
