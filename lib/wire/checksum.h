/* The Internet checksum (RFC 1071) with the pseudo-headers of both families. It knows no protocol's header. */
#ifndef TCPSPEC_WIRE_CHECKSUM_H
#define TCPSPEC_WIRE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

#include "lib/wire/segment.h"

/* Adds n octets, taken as big-endian 16-bit words (an odd last octet is the high half of a word), to a running sum that begins at 0.
 * All parts but the last must have an even number of octets. Room for 2^32 octets and more before the sum could overflow.
 * What a sum is says checksum_end() alone: it counts in the machine's own order. */
uint64_t checksum_add(uint64_t sum, const uint8_t *at, size_t n);
/* Adds the pseudo-header: addresses, zero-extended protocol and length of the upper layer in octets (RFC 9293 3.1; RFC 8200 8.1). */
uint64_t checksum_add_pseudo(uint64_t sum, const struct address *src, const struct address *dst, uint8_t protocol, size_t length);
/* The field's value: the one's complement of the one's complement sum. Over octets that hold a right checksum it is 0. */
uint16_t checksum_end(uint64_t sum);

#endif
