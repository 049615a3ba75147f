/* A range of sequence numbers, as reassembly, scoreboard and SACK options share it. Not an option's octets. */
#ifndef TCPSPEC_REFERENCE_RANGE_H
#define TCPSPEC_REFERENCE_RANGE_H

#include <stdint.h>

#include "lib/wire/seq.h"

/* left =< x < right, modulo 2^32, as in a SACK block (RFC 2018 3). */
struct range {
	uint32_t left, right;
};

/* The one of two sequence numbers that comes first, and the one that comes last. */
static inline uint32_t seq_earlier(uint32_t a, uint32_t b)
{
	return seq_lt(a, b) ? a : b;
}

static inline uint32_t seq_later(uint32_t a, uint32_t b)
{
	return seq_lt(a, b) ? b : a;
}

#endif
