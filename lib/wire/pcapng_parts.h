/* What the pcapng codec's own files share. Not for others: pcapng.h is. */
#ifndef TCPSPEC_WIRE_PCAPNG_PARTS_H
#define TCPSPEC_WIRE_PCAPNG_PARTS_H

#include <stddef.h>
#include <stdint.h>

enum {
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET = 2, /* obsolete, and still met */
	BLOCK_SIMPLE_PACKET = 3,
	BLOCK_ENHANCED_PACKET = 6,
	BLOCK_CUSTOM = 0x00000bad,
	BLOCK_CUSTOM_KEPT = 0x40000bad, /* not to be copied */
	BLOCK_SECTION = 0x0a0d0d0a,
	BYTE_ORDER_MAGIC = 0x1a2b3c4d,
};

/* Octets up to the next multiple of four. */
static inline size_t padding(size_t n)
{
	return -n & 3;
}

#endif
