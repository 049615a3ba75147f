/* A pool in memory of its own for the tests of the reference stack's mechanisms, filled with rubbish as an arena may be. No tests. */
#ifndef TCPSPEC_TESTS_REFERENCE_ARENA_H
#define TCPSPEC_TESTS_REFERENCE_ARENA_H

#include <stdlib.h>
#include <string.h>

#include "targets/reference/pool.h"

/* Free it with free(). */
static inline struct pool *arena_pool(uint32_t blocks, uint32_t block_octets)
{
	size_t n = sizeof(struct pool) + pool_octets(blocks, block_octets);
	struct pool *p = malloc(n);

	if (!p)
		abort();
	memset(p, 0xa5, n);
	pool_init(p, (uint8_t *)(p + 1), blocks, block_octets);
	return p;
}

#endif
