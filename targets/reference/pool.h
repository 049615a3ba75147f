/* Memory for text: blocks of one size in the stack's arena, a list of the free ones, and the mark below which blocks have ever been used. It allocates nothing, and knows no queues.
 *
 * Blocks are named by index, and their place is kept as a distance from the struct pool, so that an arena can be copied or moved as a whole. Blocks from `high` on were never written:
 * memory arrives uninitialised, and a snapshot need not keep them. */
#ifndef TCPSPEC_REFERENCE_POOL_H
#define TCPSPEC_REFERENCE_POOL_H

#include <stddef.h>
#include <stdint.h>

/* No block. */
#define POOL_NONE UINT32_MAX

struct pool {
	size_t base;           /* octets from this struct to block 0 */
	uint32_t block_octets; /* of text in a block */
	uint32_t blocks;       /* the limit */
	uint32_t high;         /* blocks below it were taken at some time */
	uint32_t free;         /* the first of the list of blocks given back, or POOL_NONE */
	uint32_t taken;        /* blocks in use now */
	uint32_t refused;      /* how often none was left */
};

/* A block. Who has taken it says what `next` and `length` mean. The text is aligned for uint32_t. */
struct pool_block {
	uint32_t next;
	uint32_t length;
	uint8_t text[];
};

/* Octets of storage for so many blocks with block_octets of text each; block_octets must be a multiple of 8. */
size_t pool_octets(uint32_t blocks, uint32_t block_octets);
/* An empty pool over storage[0..pool_octets()), which lies behind the struct pool in the same arena and is aligned for uint64_t. The storage is not touched. */
void pool_init(struct pool *p, uint8_t *storage, uint32_t blocks, uint32_t block_octets);
/* The octets of storage, from its beginning, that a snapshot must keep. */
size_t pool_used(const struct pool *p);
/* A block whose next is POOL_NONE and whose length is 0, its text left as it is; POOL_NONE when the limit is reached, which is counted. */
uint32_t pool_take(struct pool *p);
void pool_give(struct pool *p, uint32_t block);
/* The same of a block that there may be: *block is POOL_NONE afterwards. */
void pool_give_back(struct pool *p, uint32_t *block);

/* Block i, taken before. */
static inline struct pool_block *pool_at(struct pool *p, uint32_t i)
{
	return (struct pool_block *)(void *)((uint8_t *)p + p->base + (size_t)i * (sizeof(struct pool_block) + p->block_octets));
}

#endif
