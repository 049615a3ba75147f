/* An IP packet arrives: its header, its addresses and checksums, and whose it is. No fragment is put together again; nothing of TCP's states is here. */
#include <string.h>

#include "lib/wire/ip.h"
#include "lib/wire/octets.h"
#include "targets/reference/reference.h"

static bool v4_invalid(const struct tcpspec_stack *s, const uint8_t *a)
{
	uint32_t address = octets_u32(a), own = octets_u32(s->own[0].octets);
	uint32_t host = UINT32_MAX >> s->set.prefix_v4;

	/* This host on this network, loopback, multicast and what is behind it up to the limited broadcast; then the link's broadcast addresses (RFC 1122 3.2.1.3). */
	if (a[0] == 0 || a[0] == 127 || a[0] >= 224)
		return true;
	return ((address ^ own) & ~host) == 0 && ((address & host) == host || (address & host) == 0);
}

static bool v6_invalid(const struct tcpspec_address *a)
{
	static const struct tcpspec_address loopback = {.family = 6, .octets = {[15] = 1}};

	return a->octets[0] == 0xff || address_same(a, &loopback) || address_unspecified(a);
}

static bool is_own(const struct tcpspec_stack *s, const struct tcpspec_address *a)
{
	return address_same(a, &s->own[0]) || address_same(a, &s->own[1]);
}

bool address_invalid(const struct tcpspec_stack *s, const struct tcpspec_address *a)
{
	return is_own(s, a) || (a->family == 4 ? v4_invalid(s, a->octets) : v6_invalid(a));
}

/* False, and counted: not to be looked at further. */
static bool header_ok(struct tcpspec_stack *s, const uint8_t *packet, const struct ip *ip)
{
	struct tcpspec_address src = {.family = (uint8_t)ip->src.family}, dst = {.family = (uint8_t)ip->dst.family};
	uint64_t *why = NULL;

	memcpy(src.octets, ip->src.octets, sizeof src.octets);
	memcpy(dst.octets, ip->dst.octets, sizeof dst.octets);
	if (ip->bad & BAD_IP_CHECKSUM)
		why = &s->m.count.bad_checksum;
	else if (ip->bad & BAD_LENGTH)
		why = &s->m.count.malformed;
	else if (ip->piece)
		why = &s->m.count.fragments;
	else if (!is_own(s, &dst)) /* also RFC 9293 3.9.2.3 MUST-57 */
		why = &s->m.count.not_ours;
	else if (address_invalid(s, &src))
		why = &s->m.count.bad_source;
	else if (ip->src.family == IPV6 && !extensions_ok(packet, ip))
		why = &s->m.count.malformed;
	if (why)
		++*why;
	return !why;
}

void route_take(struct tcb *t, const struct segment *g)
{
	struct ip ip;

	/* One that is opened actively keeps the route that its user has asked for, or none (MUST-52). */
	if (t->passive && t->family == 0 && ip_parse(g->packet, g->packet_octets, &ip, NULL))
		route_back(&t->route, ip.options, ip.options_length);
}

static void tcp_arrives(struct tcpspec_stack *s, const struct ip *ip)
{
	struct segment g;

	if (!segment_parse_payload(ip, &g, NULL) || g.bad & BAD_OFFSET) {
		s->m.count.malformed++;
		return;
	}
	/* RFC 9293 3.1 MUST-3. */
	if (g.bad & BAD_TCP_CHECKSUM) {
		s->m.count.bad_checksum++;
		return;
	}
	segment_arrives(s, &g);
}

static void payload_arrives(struct tcpspec_stack *s, const struct ip *ip)
{
	if (ip->protocol == IP_PROTOCOL_TCP)
		tcp_arrives(s, ip);
	else if (ip->protocol == (ip->src.family == IPV4 ? IP_PROTOCOL_ICMP : IP_PROTOCOL_ICMPV6))
		icmp_arrives(s, ip);
}

void packet_arrives(struct tcpspec_stack *s, const uint8_t *packet, size_t octets)
{
	struct ip ip;

	s->m.count.packets++;
	if (!ip_parse(packet, octets, &ip, NULL))
		s->m.count.malformed++;
	else if (header_ok(s, packet, &ip))
		payload_arrives(s, &ip);
}
