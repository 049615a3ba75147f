/* The lesser and the greater of two amounts. It compares no sequence numbers: they are a circle (lib/wire/seq.h). */
#ifndef TCPSPEC_REFERENCE_LEAST_H
#define TCPSPEC_REFERENCE_LEAST_H

#include <stdint.h>

static inline uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static inline uint32_t greatest(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/* What `a` is more than `b`; 0: it is not. */
static inline uint32_t excess(uint32_t a, uint32_t b)
{
	return a > b ? a - b : 0;
}

/* The lesser and the greater of 64 bits. */
static inline uint64_t least_64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t greatest_64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

#endif
