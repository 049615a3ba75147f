/* Sequence arithmetic modulo 2^32 (RFC 9293 3.4). Not for lengths or times. */
#ifndef TCPSPEC_WIRE_SEQ_H
#define TCPSPEC_WIRE_SEQ_H

#include <stdbool.h>
#include <stdint.h>

/* a < b, a =< b in the standard's sense: b lies less than 2^31 ahead of a. Exactly 2^31 apart is neither before nor after: both are false but for equality. */
static inline bool seq_lt(uint32_t a, uint32_t b)
{
	return a != b && (uint32_t)(b - a) < UINT32_C(0x80000000);
}

static inline bool seq_le(uint32_t a, uint32_t b)
{
	return a == b || seq_lt(a, b);
}

/* from =< x < from+size, size in octets (0 is the empty range). Right for every size, unlike two comparisons. */
static inline bool seq_within(uint32_t x, uint32_t from, uint32_t size)
{
	return (uint32_t)(x - from) < size;
}

#endif
