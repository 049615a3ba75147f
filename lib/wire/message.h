/* The payload side of packet_parse(): each reader takes what lies behind a header already read. Not for use outside lib/wire. */
#ifndef TCPSPEC_WIRE_MESSAGE_H
#define TCPSPEC_WIRE_MESSAGE_H

#include "lib/wire/ip.h"
#include "lib/wire/packet.h"

enum { ICMP_HEADER = 8 };

/* Each fills in p->kind and what belongs to it when the payload is a message of its sort, and else leaves PACKET_OTHER. */
void icmp_parse(const struct ip *ip, struct packet *p);
void icmpv6_parse(const struct ip *ip, struct packet *p);
/* Of icmpv6_parse(): types 135 and 136 (RFC 4861 4.3, 4.4), whose checksum was verified already. */
void ndp_parse(const struct ip *ip, struct packet *p);
void arp_parse(const uint8_t *at, size_t n, struct packet *p);

/* Writes the IP header before, and the checksum into, the ICMP or ICMPv6 message of length octets that stands at to + icmp_place(family).
 * Returns the packet's octets, or 0 when it does not fit. */
size_t icmp_finish(const struct address *src, const struct address *dst, uint8_t ttl, size_t length, uint8_t *to, size_t room);
size_t icmp_place(enum family family);

#endif
