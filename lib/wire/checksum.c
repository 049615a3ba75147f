/* The Internet checksum (RFC 1071), 32 octets at a time. It knows no protocol's header. */
#include "lib/wire/checksum.h"

#include <string.h>

#include "lib/wire/octets.h"

enum { STRIDE = 32 };

/* Two 32-bit words of the machine's own order, added: instead of 16-bit ones, which comes to the same after folding (RFC 1071 section 2, (C)). */
static uint64_t words_own(const uint8_t *at)
{
	uint64_t w;

	memcpy(&w, at, sizeof w);
	return (w & 0xffffffff) + (w >> 32);
}

static uint64_t fold(uint64_t sum)
{
	sum = (sum >> 32) + (sum & 0xffffffff);
	sum = (sum >> 32) + (sum & 0xffffffff);
	sum = (sum >> 16) + (sum & 0xffff);
	return (sum >> 16) + (sum & 0xffff);
}

/* A sum of words in the machine's own order is that of big-endian words with its octets in that order (RFC 1071 section 2, (B)). */
static uint16_t own_to_network(uint64_t sum)
{
	uint16_t folded = (uint16_t)fold(sum);
	uint8_t octets[2];

	memcpy(octets, &folded, sizeof octets);
	return octets_u16(octets);
}

uint64_t checksum_add(uint64_t sum, const uint8_t *at, size_t n)
{
	/* Four sums, none of which waits for another. */
	uint64_t a = 0, b = 0, c = 0, d = 0;

	for (; n >= STRIDE; at += STRIDE, n -= STRIDE) {
		a += words_own(at);
		b += words_own(at + 8);
		c += words_own(at + 16);
		d += words_own(at + 24);
	}
	for (; n >= 8; at += 8, n -= 8)
		a += words_own(at);
	sum += own_to_network(a + b + c + d);
	if (n >= 4) {
		sum += octets_u32(at);
		at += 4;
		n -= 4;
	}
	if (n >= 2) {
		sum += octets_u16(at);
		at += 2;
		n -= 2;
	}
	if (n)
		sum += (uint64_t)at[0] << 8;
	return sum;
}

uint64_t checksum_add_pseudo(uint64_t sum, const struct address *src, const struct address *dst, uint8_t protocol, size_t length)
{
	size_t n = src->family == IPV4 ? 4 : 16;

	for (size_t i = 0; i < n; i += 4)
		sum += (uint64_t)octets_u32(src->octets + i) + octets_u32(dst->octets + i);
	return sum + protocol + length;
}

uint16_t checksum_end(uint64_t sum)
{
	return (uint16_t)~fold(sum);
}
