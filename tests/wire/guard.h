/* Memory whose neighbours cannot be touched: a read one octet beyond either end dies, with and without a sanitizer. Not an allocator. */
#ifndef TCPSPEC_TESTS_WIRE_GUARD_H
#define TCPSPEC_TESTS_WIRE_GUARD_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { GUARD_ROOM = 4096 };

struct guard {
	uint8_t *mapped;
};

static inline struct guard guard_open(void)
{
	uint8_t *at = mmap(NULL, 3 * GUARD_ROOM, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED || mprotect(at + GUARD_ROOM, GUARD_ROOM, PROT_READ | PROT_WRITE) != 0)
		abort();
	return (struct guard){at};
}

/* n octets (at most GUARD_ROOM) that end where memory ends. */
static inline uint8_t *guard_last(const struct guard *g, const uint8_t *from, size_t n)
{
	uint8_t *at = g->mapped + 2 * (size_t)GUARD_ROOM - n;

	if (n)
		memcpy(at, from, n);
	return at;
}

/* n octets (at most GUARD_ROOM) that begin where memory begins. */
static inline uint8_t *guard_first(const struct guard *g, const uint8_t *from, size_t n)
{
	uint8_t *at = g->mapped + GUARD_ROOM;

	if (n)
		memcpy(at, from, n);
	return at;
}

static inline void guard_close(struct guard *g)
{
	munmap(g->mapped, 3 * GUARD_ROOM);
}

#endif
