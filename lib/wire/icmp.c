/* ICMP (RFC 792) and ICMPv6 (RFC 4443): echo and errors. Neighbour discovery is neighbour.c's. */
#include <string.h>

#include "lib/wire/checksum.h"
#include "lib/wire/message.h"
#include "lib/wire/octets.h"

enum { V4_ECHO_REPLY = 0,
       V4_UNREACHABLE = 3,
       V4_SOURCE_QUENCH = 4,
       V4_REDIRECT = 5,
       V4_ECHO = 8,
       V4_TIME_EXCEEDED = 11,
       V4_PARAMETER_PROBLEM = 12,
       V4_CODE_FRAGMENTATION_NEEDED = 4 };

enum { V6_UNREACHABLE = 1,
       V6_TOO_BIG = 2,
       V6_TIME_EXCEEDED = 3,
       V6_PARAMETER_PROBLEM = 4,
       V6_ECHO = 128,
       V6_ECHO_REPLY = 129,
       V6_SOLICIT = 135,
       V6_ADVERT = 136 };

size_t icmp_place(enum family family)
{
	return family == IPV4 ? IPV4_HEADER : IPV6_HEADER;
}

size_t icmp_finish(const struct address *src, const struct address *dst, uint8_t ttl, size_t length, uint8_t *to, size_t room)
{
	struct ip ip = {
	    .src = *src,
	    .dst = *dst,
	    .protocol = src->family == IPV4 ? IP_PROTOCOL_ICMP : IP_PROTOCOL_ICMPV6,
	    .ttl = ttl,
	};
	uint64_t sum = 0;
	uint8_t *at;

	if (!ip_build(&ip, length, to, room))
		return 0;
	at = to + icmp_place(src->family);
	/* Only ICMPv6 sums up a pseudo-header (RFC 4443 2.3). */
	if (src->family == IPV6)
		sum = checksum_add_pseudo(0, src, dst, IP_PROTOCOL_ICMPV6, length);
	octets_put_u16(at + 2, 0);
	octets_put_u16(at + 2, checksum_end(checksum_add(sum, at, length)));
	return icmp_place(src->family) + length;
}

size_t icmp_echo_build(const struct icmp_echo *m, uint8_t *to, size_t room)
{
	size_t place = icmp_place(m->src.family);
	uint8_t *at;

	if (room < place + ICMP_HEADER)
		return 0;
	at = to + place;
	if (m->src.family == IPV4)
		at[0] = m->reply ? V4_ECHO_REPLY : V4_ECHO;
	else
		at[0] = m->reply ? V6_ECHO_REPLY : V6_ECHO;
	at[1] = 0;
	octets_put_u16(at + 4, m->id);
	octets_put_u16(at + 6, m->seq);
	return icmp_finish(&m->src, &m->dst, 0, ICMP_HEADER, to, room);
}

size_t icmp_error_build(const struct icmp_error *m, uint8_t *to, size_t room)
{
	size_t place = icmp_place(m->src.family);
	uint8_t *at;

	if (room < place + ICMP_HEADER || room - place - ICMP_HEADER < m->quoted_length)
		return 0;
	at = to + place;
	at[0] = m->type;
	at[1] = m->code;
	/* Both families: a 32-bit field whose lower half holds the MTU (RFC 1191 4, RFC 4443 3.2), zero where there is none. */
	octets_put_u32(at + 4, m->mtu);
	if (m->quoted_length)
		memcpy(at + ICMP_HEADER, m->quoted, m->quoted_length);
	return icmp_finish(&m->src, &m->dst, 0, ICMP_HEADER + m->quoted_length, to, room);
}

static void echo_read(const struct ip *ip, bool reply, struct packet *p)
{
	p->kind = reply ? PACKET_ICMP_ECHO_REPLY : PACKET_ICMP_ECHO;
	p->echo = (struct icmp_echo){
	    .src = ip->src,
	    .dst = ip->dst,
	    .id = octets_u16(ip->payload + 4),
	    .seq = octets_u16(ip->payload + 6),
	    .reply = reply,
	};
}

static void error_read(const struct ip *ip, bool has_mtu, struct packet *p)
{
	uint32_t mtu = has_mtu ? octets_u32(ip->payload + 4) : 0;

	if (ip->src.family == IPV4)
		mtu &= 0xffff; /* the upper half is unused, or a length by RFC 4884 */
	p->kind = PACKET_ICMP_ERROR;
	p->error = (struct icmp_error){
	    .src = ip->src,
	    .dst = ip->dst,
	    .type = ip->payload[0],
	    .code = ip->payload[1],
	    .mtu = mtu > UINT16_MAX ? UINT16_MAX : (uint16_t)mtu,
	    .quoted = ip->payload + ICMP_HEADER,
	    .quoted_length = ip->payload_length - ICMP_HEADER,
	};
}

void icmp_parse(const struct ip *ip, struct packet *p)
{
	if (ip->piece || ip->payload_length < ICMP_HEADER)
		return;
	if (ip->bad & BAD_LENGTH || checksum_end(checksum_add(0, ip->payload, ip->payload_length)) != 0)
		p->bad_checksum = true;
	switch (ip->payload[0]) {
	case V4_ECHO:
	case V4_ECHO_REPLY:
		echo_read(ip, ip->payload[0] == V4_ECHO_REPLY, p);
		break;
	case V4_UNREACHABLE:
	case V4_SOURCE_QUENCH:
	case V4_REDIRECT:
	case V4_TIME_EXCEEDED:
	case V4_PARAMETER_PROBLEM:
		error_read(ip, ip->payload[0] == V4_UNREACHABLE && ip->payload[1] == V4_CODE_FRAGMENTATION_NEEDED, p);
		break;
	default:
		break;
	}
}

void icmpv6_parse(const struct ip *ip, struct packet *p)
{
	uint64_t sum;

	if (ip->piece || ip->payload_length < ICMP_HEADER)
		return;
	sum = checksum_add_pseudo(0, &ip->src, &ip->dst, IP_PROTOCOL_ICMPV6, ip->payload_length);
	if (ip->bad & BAD_LENGTH || checksum_end(checksum_add(sum, ip->payload, ip->payload_length)) != 0)
		p->bad_checksum = true;
	switch (ip->payload[0]) {
	case V6_ECHO:
	case V6_ECHO_REPLY:
		echo_read(ip, ip->payload[0] == V6_ECHO_REPLY, p);
		break;
	case V6_UNREACHABLE:
	case V6_TOO_BIG:
	case V6_TIME_EXCEEDED:
	case V6_PARAMETER_PROBLEM:
		error_read(ip, ip->payload[0] == V6_TOO_BIG, p);
		break;
	case V6_SOLICIT:
	case V6_ADVERT:
		ndp_parse(ip, p);
		break;
	default:
		break;
	}
}
