/* A range of sequence numbers, as reassembly, scoreboard and SACK options share it. Not an option's octets. */
#ifndef TCPSPEC_REFERENCE_RANGE_H
#define TCPSPEC_REFERENCE_RANGE_H

#include <stdint.h>

/* left =< x < right, modulo 2^32, as in a SACK block (RFC 2018 3). */
struct range {
	uint32_t left, right;
};

#endif
