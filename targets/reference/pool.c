/* Blocks by index: the list of those given back first, since they are warm, then one never used. It keeps no owner of a block. */
#include "targets/reference/pool.h"

static size_t stride(uint32_t block_octets)
{
	return sizeof(struct pool_block) + block_octets;
}

size_t pool_octets(uint32_t blocks, uint32_t block_octets)
{
	return blocks * stride(block_octets);
}

void pool_init(struct pool *p, uint8_t *storage, uint32_t blocks, uint32_t block_octets)
{
	*p = (struct pool){
	    .base = (size_t)(storage - (uint8_t *)p),
	    .block_octets = block_octets,
	    .blocks = blocks,
	    .free = POOL_NONE,
	};
}

size_t pool_used(const struct pool *p)
{
	return pool_octets(p->high, p->block_octets);
}

uint32_t pool_take(struct pool *p)
{
	uint32_t i = p->free;
	struct pool_block *b;

	if (i == POOL_NONE && p->high == p->blocks) {
		p->refused++;
		return POOL_NONE;
	}
	if (i == POOL_NONE)
		i = p->high++;
	else
		p->free = pool_at(p, i)->next;
	b = pool_at(p, i);
	b->next = POOL_NONE;
	b->length = 0;
	p->taken++;
	return i;
}

void pool_give(struct pool *p, uint32_t block)
{
	pool_at(p, block)->next = p->free;
	p->free = block;
	p->taken--;
}

void pool_give_back(struct pool *p, uint32_t *block)
{
	if (*block != POOL_NONE)
		pool_give(p, *block);
	*block = POOL_NONE;
}
