/* The IP header of either family: fields <-> octets, and where the payload lies. It reassembles nothing and knows no payload. */
#ifndef TCPSPEC_WIRE_IP_H
#define TCPSPEC_WIRE_IP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/wire/segment.h"

enum { IP_PROTOCOL_ICMP = 1,
       IP_PROTOCOL_TCP = 6,
       IP_PROTOCOL_ICMPV6 = 58 };

enum { IPV4_HEADER = 20, /* without options */
       IPV6_HEADER = 40, /* without extension headers */
       IP_LENGTH_MAX = 65535,
       IP_TTL_DEFAULT = 64 };

struct ip {
	struct address src, dst;
	uint8_t protocol; /* of the payload, behind all extension headers */
	uint8_t ttl;      /* or hop limit; 0 is sent as IP_TTL_DEFAULT */
	uint8_t tos;
	uint16_t id;     /* IPv4 */
	uint16_t length; /* total length (v4) or payload length (v6), as on the wire */
	uint16_t chk;    /* IPv4 */
	bool dont_fragment;
	uint8_t said; /* SAID_IP_LENGTH, SAID_IP_CHK: for ip_build() */

	/* By ip_parse(): */
	uint8_t bad;            /* BAD_IP_CHECKSUM, BAD_FRAGMENT, BAD_LENGTH */
	bool piece;             /* of a datagram: a part of the payload is elsewhere */
	bool later_piece;       /* not the first: the payload begins in the middle of the upper layer */
	const uint8_t *payload; /* borrowed */
	size_t payload_length;  /* octets that are there */
};

/* Writes the header for a payload of payload_length octets behind it. Returns the header's octets, or 0 when header and payload do not fit in room
 * or in the length field, or the families differ. */
size_t ip_build(const struct ip *ip, size_t payload_length, uint8_t *to, size_t room);

/* Reads the header, IPv4 options and IPv6 extension headers (RFC 8200 4: hop-by-hop, routing, destination, fragment) skipped. Octets beyond the
 * IP length are not the payload's. False with e when there is no whole header. */
bool ip_parse(const uint8_t *packet, size_t n, struct ip *ip, struct error *e);

/* segment_parse() for a packet whose IP header was read already and whose protocol is TCP. */
bool segment_parse_payload(const struct ip *ip, struct segment *s, struct error *e);

#endif
