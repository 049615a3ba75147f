/* Initial sequence numbers: RFC 6528, with SipHash-2-4 as the pseudorandom function. It keeps no state but the key, which is the caller's.
 *
 * SipHash is written out here, in 40 lines, so that a build under MemorySanitizer and a fuzzer need no instrumented library. */
#ifndef TCPSPEC_REFERENCE_ISN_H
#define TCPSPEC_REFERENCE_ISN_H

#include <stddef.h>
#include <stdint.h>

#include "lib/target/stack.h"

struct siphash_key {
	uint64_t k0, k1; /* the key's 16 octets, as two little-endian numbers */
};

/* SipHash-2-4 of octets[0..n) (Aumasson, Bernstein: SipHash: a fast short-input PRF, 2012). */
uint64_t siphash(const struct siphash_key *key, const uint8_t *octets, size_t n);
/* F(localip, localport, remoteip, remoteport, secretkey): also for other choices that must not be guessed (ports: RFC 6056, timestamps: RFC 7323 5.4), with keys of their own. */
uint32_t isn_of_ends(const struct siphash_key *key, const struct tcpspec_ends *ends);
/* ISN = M + F(): M counts every 4 microseconds. */
uint32_t isn_choose(const struct siphash_key *key, const struct tcpspec_ends *ends, uint64_t now_us);

#endif
