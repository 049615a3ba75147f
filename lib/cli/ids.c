/* A hash of ids, shards by it, and a set of such hashes with open addressing. Two ids of a million share a hash once in forty million runs. */
#include "lib/cli/ids.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

uint64_t id_hash(const char *id)
{
	uint64_t h = UINT64_C(14695981039346656037);
	for (; *id; id++)
		h = (h ^ (uint8_t)*id) * UINT64_C(1099511628211);
	h = (h ^ (h >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	h = (h ^ (h >> 27)) * UINT64_C(0x94d049bb133111eb);
	return h ^ (h >> 31);
}

bool shard_holds(unsigned shard, unsigned shards, const char *id)
{
	return shards <= 1 || id_hash(id) % shards == shard - 1;
}

bool shard_read(const char *said, unsigned *shard, unsigned *shards)
{
	int end = 0;
	return strspn(said, "0123456789/") == strlen(said) && sscanf(said, "%9u/%9u%n", shard, shards, &end) == 2 && !said[end] && *shard >= 1 && *shard <= *shards;
}

/* The slot of a hash that is not 0, or the free one where it belongs. */
static uint64_t *slot_of(const struct id_set *s, uint64_t h)
{
	size_t i = (size_t)h & (s->slots - 1);
	while (s->slot[i] && s->slot[i] != h)
		i = (i + 1) & (s->slots - 1);
	return &s->slot[i];
}

static void id_set_grow(struct id_set *s)
{
	const struct id_set old = *s;
	s->slots = old.slots ? 2 * old.slots : 1024;
	s->slot = memory_zeroed(s->slots, sizeof *s->slot);
	for (size_t i = 0; i < old.slots; i++)
		if (old.slot[i])
			*slot_of(s, old.slot[i]) = old.slot[i];
	free(old.slot);
}

bool id_set_add(struct id_set *s, const char *id)
{
	const uint64_t h = id_hash(id);
	if (h == 0) {
		const bool was = s->zero;
		s->zero = true;
		s->count += !was;
		return !was;
	}
	if (2 * s->count >= s->slots)
		id_set_grow(s);
	uint64_t *slot = slot_of(s, h);
	if (*slot == h)
		return false;
	*slot = h;
	s->count++;
	return true;
}

bool id_set_has(const struct id_set *s, const char *id)
{
	const uint64_t h = id_hash(id);
	return h == 0 ? s->zero : s->slots && *slot_of(s, h) == h;
}

void id_set_free(struct id_set *s)
{
	free(s->slot);
	*s = (struct id_set){0};
}
