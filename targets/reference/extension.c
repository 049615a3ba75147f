/* The extension headers of an IPv6 packet (RFC 8200 4): whether what stands in them lets the packet be taken. Where they end, lib/wire/ip.h has found out; no ICMP error is sent. */
#include "lib/wire/ip.h"
#include "targets/reference/reference.h"

enum { HOP_BY_HOP = 0,
       ROUTING = 43,
       FRAGMENT = 44,
       DESTINATION = 60,
       FIXED = 8, /* octets of a Fragment header, and the unit of the others */
       PAD_1 = 0,
       PAD_N = 1,
       ACTION_SHIFT = 6,
       ACTION_SKIP = 0 };

/* 4.2, of the octets behind Next Header and length: none but padding is known here, and the highest bits of the others say what to do. */
static bool options_skip(const uint8_t *at, const uint8_t *end)
{
	while (at < end) {
		if (at[0] == PAD_1) {
			at++;
			continue;
		}
		if (end - at < 2 || end - at - 2 < at[1] || (at[0] != PAD_N && at[0] >> ACTION_SHIFT != ACTION_SKIP))
			return false;
		at += 2 + at[1];
	}
	return true;
}

bool extensions_ok(const uint8_t *packet, const struct ip *ip)
{
	const uint8_t *at = packet + IPV6_HEADER;
	uint8_t next = packet[6];

	while (at < ip->payload) {
		size_t length = next == FRAGMENT ? FIXED : ((size_t)at[1] + 1) * FIXED;

		/* 4.1, 4.3: nowhere but at the beginning. */
		if (next == HOP_BY_HOP && at != packet + IPV6_HEADER)
			return false;
		if ((next == HOP_BY_HOP || next == DESTINATION) && !options_skip(at + 2, at + length))
			return false;
		/* 4.4, Segments Left: this host knows no type of routing, and is where it ends or is not. */
		if (next == ROUTING && at[3] != 0)
			return false;
		next = at[0];
		at += length;
	}
	return true;
}
