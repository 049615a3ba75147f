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
	struct address src, dst; /* as read: where a source route that is not used up ends, dst is there, and `hop` what the header says */
	uint8_t protocol;        /* of the payload, behind all extension headers */
	uint8_t ttl;             /* or hop limit; 0 is sent as IP_TTL_DEFAULT */
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
	struct address hop;     /* the header's destination address */
	const uint8_t *packet;  /* borrowed: what was read, */
	size_t packet_octets;   /* and its octets */
	const uint8_t *options; /* borrowed: IPv4 */
	size_t options_length;
	const uint8_t *payload; /* borrowed */
	size_t payload_length;  /* octets that are there */
};

/* IPv4 options and IPv6 extension headers by kind. */
enum { IP_OPTION_END = 0,
       IP_OPTION_NOP = 1,
       IP_OPTION_LOOSE_ROUTE = 131,
       IP_OPTION_STRICT_ROUTE = 137,
       IP_OPTIONS_MAX = 40,
       IP_NEXT_HOP_BY_HOP = 0,
       IP_NEXT_ROUTING = 43,
       IP_NEXT_FRAGMENT = 44,
       IP_NEXT_DESTINATION = 60 };

/* The octets of the IPv4 option at the begin of n >= 1: 1 of END and NOP; 0 where its length contradicts its place. */
size_t ip_option_length(const uint8_t *at, size_t n);

/* Puts IPv4 options behind the header of a packet of n octets that has none, padded with END, and makes lengths and checksum right. Returns the packet's octets, or 0 where they do not fit. */
size_t ip_options_insert(uint8_t *packet, size_t n, size_t room, const uint8_t *options, size_t length);

/* Puts an extension header of this kind right behind the IPv6 header of a packet of n octets: Next Header, length, and content, whose octets are 6, 14, 22, ... Returns the packet's octets, or 0
 * where they do not fit. */
size_t ip_extension_insert(uint8_t *packet, size_t n, size_t room, uint8_t kind, const uint8_t *content, size_t length);

/* Writes the header for a payload of payload_length octets behind it. Returns the header's octets, or 0 when header and payload do not fit in room
 * or in the length field, or the families differ. */
size_t ip_build(const struct ip *ip, size_t payload_length, uint8_t *to, size_t room);

/* Reads the header, IPv4 options and IPv6 extension headers (RFC 8200 4: hop-by-hop, routing, destination, fragment) skipped. Octets beyond the
 * IP length are not the payload's. False with e when there is no whole header. */
bool ip_parse(const uint8_t *packet, size_t n, struct ip *ip, struct error *e);

/* segment_parse() for a packet whose IP header was read already and whose protocol is TCP. */
bool segment_parse_payload(const struct ip *ip, struct segment *s, struct error *e);

#endif
