/* The Internet checksum (RFC 1071), eight octets at a time. It knows no protocol's header. */
#include "lib/wire/checksum.h"

#include "lib/wire/octets.h"

uint64_t checksum_add(uint64_t sum, const uint8_t *at, size_t n)
{
	/* Adding 32-bit words instead of 16-bit ones comes to the same after folding (RFC 1071 section 2, (C)). */
	for (; n >= 8; at += 8, n -= 8)
		sum += (uint64_t)octets_u32(at) + octets_u32(at + 4);
	for (; n >= 2; at += 2, n -= 2)
		sum += octets_u16(at);
	if (n)
		sum += (uint64_t)at[0] << 8;
	return sum;
}

uint64_t checksum_add_pseudo(uint64_t sum, const struct address *src, const struct address *dst, uint8_t protocol, size_t length)
{
	size_t n = src->family == IPV4 ? 4 : 16;

	sum = checksum_add(sum, src->octets, n);
	sum = checksum_add(sum, dst->octets, n);
	return sum + protocol + length;
}

uint16_t checksum_end(uint64_t sum)
{
	sum = (sum >> 32) + (sum & 0xffffffff);
	sum = (sum >> 32) + (sum & 0xffffffff);
	sum = (sum >> 16) + (sum & 0xffff);
	sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t)~sum;
}
