/* SipHash-2-4, and the four octet strings of a connection's ends through it. It draws no randomness. */
#include "targets/reference/isn.h"

#include <string.h>

#include "lib/wire/octets.h"

enum { ENDS_OCTETS = 2 * 16 + 4 }; /* two addresses and two ports */

struct sip {
	uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t x, unsigned by)
{
	return x << by | x >> (64 - by);
}

static void sip_round(struct sip *s)
{
	s->v0 += s->v1;
	s->v2 += s->v3;
	s->v1 = rotate(s->v1, 13) ^ s->v0;
	s->v3 = rotate(s->v3, 16) ^ s->v2;
	s->v0 = rotate(s->v0, 32);
	s->v2 += s->v1;
	s->v0 += s->v3;
	s->v1 = rotate(s->v1, 17) ^ s->v2;
	s->v3 = rotate(s->v3, 21) ^ s->v0;
	s->v2 = rotate(s->v2, 32);
}

static void sip_word(struct sip *s, uint64_t m)
{
	s->v3 ^= m;
	for (int i = 0; i < 2; i++)
		sip_round(s);
	s->v0 ^= m;
}

/* n =< 8 octets, little-endian. */
static uint64_t word_of(const uint8_t *at, size_t n)
{
	uint64_t m = 0;

	while (n-- > 0)
		m = m << 8 | at[n];
	return m;
}

uint64_t siphash(const struct siphash_key *key, const uint8_t *octets, size_t n)
{
	struct sip s = {
	    key->k0 ^ 0x736f6d6570736575,
	    key->k1 ^ 0x646f72616e646f6d,
	    key->k0 ^ 0x6c7967656e657261,
	    key->k1 ^ 0x7465646279746573,
	};
	size_t whole = n & ~(size_t)7;

	for (size_t i = 0; i < whole; i += 8)
		sip_word(&s, word_of(octets + i, 8));
	sip_word(&s, word_of(octets + whole, n - whole) | (uint64_t)n << 56);
	s.v2 ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(&s);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

uint32_t isn_of_ends(const struct siphash_key *key, const struct tcpspec_ends *ends)
{
	const size_t n = sizeof ends->local.octets;
	uint8_t octets[ENDS_OCTETS];

	memcpy(octets, ends->local.octets, n);
	memcpy(octets + n, ends->remote.octets, n);
	octets_put_u16(octets + 2 * n, ends->local_port);
	octets_put_u16(octets + 2 * n + 2, ends->remote_port);
	return (uint32_t)siphash(key, octets, 2 * n + 4);
}

uint32_t isn_choose(const struct siphash_key *key, const struct tcpspec_ends *ends, uint64_t now_us)
{
	return (uint32_t)(now_us / 4) + isn_of_ends(key, ends);
}
