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

static uint32_t word_own(const uint8_t *at)
{
	uint32_t w;

	memcpy(&w, at, sizeof w);
	return w;
}

uint64_t checksum_add(uint64_t sum, const uint8_t *at, size_t n)
{
	/* Four sums, none of which waits for another. */
	uint64_t a = sum, b = 0, c = 0, d = 0;
	uint8_t last[4] = {0};

	for (; n >= STRIDE; at += STRIDE, n -= STRIDE) {
		a += words_own(at);
		b += words_own(at + 8);
		c += words_own(at + 16);
		d += words_own(at + 24);
	}
	for (; n >= 4; at += 4, n -= 4)
		b += word_own(at);
	for (size_t i = 0; i < n; i++)
		last[i] = at[i];
	return a + b + c + d + word_own(last);
}

uint64_t checksum_add_pseudo(uint64_t sum, const struct address *src, const struct address *dst, uint8_t protocol, size_t length)
{
	size_t n = src->family == IPV4 ? 4 : 16;
	uint8_t words[4];

	for (size_t i = 0; i < n; i += 4)
		sum += (uint64_t)word_own(src->octets + i) + word_own(dst->octets + i);
	octets_put_u32(words, (uint32_t)length + protocol);
	return sum + word_own(words);
}

/* A sum of words in the machine's own order is that of big-endian words with its octets in that order (RFC 1071 section 2, (B)). */
uint16_t checksum_end(uint64_t sum)
{
	uint16_t folded;
	uint8_t octets[2];

	sum = (sum >> 32) + (sum & 0xffffffff);
	sum = (sum >> 32) + (sum & 0xffffffff);
	sum = (sum >> 16) + (sum & 0xffff);
	folded = (uint16_t)((sum >> 16) + (sum & 0xffff));
	memcpy(octets, &folded, sizeof octets);
	return (uint16_t)~octets_u16(octets);
}
