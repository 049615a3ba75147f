/* The Internet checksum (RFC 1071), eight octets at a time. It knows no protocol's header. */
#include "lib/wire/checksum.h"

#include <string.h>

#include "lib/wire/octets.h"

/* Eight octets in the machine's order, whichever it is: the sum of such words has its octets in that order too (RFC 1071 section 2, (B)). */
static uint64_t word_at(const uint8_t *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof word);
	return word;
}

/* The one's complement sum of n octets, a multiple of 8, in 16 bits. Adding wider words comes to the same after folding (RFC 1071 section 2, (C)): the carries out of them count again. */
static uint16_t words_add(const uint8_t *at, size_t n)
{
	uint64_t a = 0, b = 0, carries = 0;
	uint8_t folded[2];
	uint16_t sum;

	for (; n >= 16; at += 16, n -= 16) {
		uint64_t x = word_at(at), y = word_at(at + 8);

		a += x;
		carries += a < x;
		b += y;
		carries += b < y;
	}
	if (n)
		carries += (a += word_at(at)) < word_at(at);
	a = (a >> 32) + (a & 0xffffffff) + (b >> 32) + (b & 0xffffffff) + carries;
	sum = (uint16_t)~checksum_end(a);
	memcpy(folded, &sum, sizeof sum);
	return octets_u16(folded);
}

uint64_t checksum_add(uint64_t sum, const uint8_t *at, size_t n)
{
	size_t words = n & ~(size_t)7;

	if (words)
		sum += words_add(at, words);
	for (at += words, n -= words; n >= 2; at += 2, n -= 2)
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
