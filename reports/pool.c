/* A table of strings by their hashes, open addressing. It compares octets, and knows no order. */
#include "reports/pool.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

const char *pool_string(const struct pool *p, size_t i)
{
	return p->octets + p->at[i];
}

static size_t *pool_slot(const struct pool *p, const char *s)
{
	uint64_t h = UINT64_C(14695981039346656037);
	for (const char *at = s; *at; at++)
		h = (h ^ (uint8_t)*at) * UINT64_C(1099511628211);
	size_t i = (size_t)(h ^ (h >> 32)) & (p->slots - 1);
	while (p->slot[i] && strcmp(pool_string(p, p->slot[i] - 1), s) != 0)
		i = (i + 1) & (p->slots - 1);
	return &p->slot[i];
}

static void pool_grow(struct pool *p)
{
	p->slots = p->slots ? 2 * p->slots : 256;
	free(p->slot);
	p->slot = memory_zeroed(p->slots, sizeof *p->slot);
	for (size_t i = 0; i < p->count; i++)
		*pool_slot(p, pool_string(p, i)) = i + 1;
}

size_t pool_add(struct pool *p, const char *s)
{
	if (2 * p->count >= p->slots)
		pool_grow(p);
	size_t *slot = pool_slot(p, s);
	if (*slot)
		return *slot - 1;
	const size_t n = strlen(s) + 1;
	if (p->room - p->length < n) {
		p->room = 2 * p->room + n + 4096;
		p->octets = memory_resized(p->octets, p->room, 1);
	}
	if (p->count == p->at_room) {
		p->at_room = 2 * p->at_room + 256;
		p->at = memory_resized(p->at, p->at_room, sizeof *p->at);
	}
	memcpy(p->octets + p->length, s, n);
	p->at[p->count] = p->length;
	p->length += n;
	*slot = ++p->count;
	return p->count - 1;
}

void pool_free(struct pool *p)
{
	free(p->octets);
	free(p->at);
	free(p->slot);
	*p = (struct pool){0};
}
