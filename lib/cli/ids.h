/* Ids by their hashes: which shard an id falls into, and sets of ids that need eight octets each. It keeps no id's text. */
#ifndef TCPSPEC_CLI_IDS_H
#define TCPSPEC_CLI_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* FNV-1a, then the finalizer of splitmix64. It says which machine plays an id, so it stays as it is from version to version. */
uint64_t id_hash(const char *id);

/* Shard `shard` (from 1) of `shards`: decided by the id alone, so by no order, seed or selection. */
bool shard_holds(unsigned shard, unsigned shards, const char *id);
/* "I/N" with 1 <= I <= N. */
bool shard_read(const char *said, unsigned *shard, unsigned *shards);

struct id_set {
	uint64_t *slot; /* 0 is free */
	size_t count, slots;
	bool zero; /* the hash 0 is in it */
};
/* False: it was in the set. */
bool id_set_add(struct id_set *s, const char *id);
bool id_set_has(const struct id_set *s, const char *id);
void id_set_free(struct id_set *s);

#endif
