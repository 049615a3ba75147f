/* ICMP and ICMPv6: echoes are answered, errors go to the connection that caused them (RFC 9293 3.9.2.2) when they quote something that is in flight (RFC 5927 4.1). None is ever sent. */
#include <string.h>

#include "lib/wire/checksum.h"
#include "lib/wire/ip.h"
#include "lib/wire/octets.h"
#include "targets/reference/reference.h"

enum { HEADER = 8,
       V4_ECHO_REPLY = 0,
       V4_UNREACHABLE = 3,
       V4_ECHO = 8,
       V4_TIME_EXCEEDED = 11,
       V4_PARAMETER_PROBLEM = 12,
       V4_PROTOCOL_UNREACHABLE = 2,
       V4_PORT_UNREACHABLE = 3,
       V4_FRAGMENTATION_NEEDED = 4,
       V6_UNREACHABLE = 1,
       V6_TOO_BIG = 2,
       V6_TIME_EXCEEDED = 3,
       V6_PARAMETER_PROBLEM = 4,
       V6_ECHO = 128,
       V6_ECHO_REPLY = 129,
       V6_PROHIBITED = 1,
       V6_PORT_UNREACHABLE = 4,
       QUOTED_PORTS = 4, /* octets of the quoted TCP header that are needed: ports, and the sequence number */
       QUOTED_LEAST = 8 };

/* What an error asks for. */
enum error_class { ERROR_IGNORED,
	           ERROR_SOFT,
	           ERROR_HARD,
	           ERROR_TOO_BIG };

static enum error_class class_v4(uint8_t type, uint8_t code)
{
	if (type == V4_UNREACHABLE && code == V4_FRAGMENTATION_NEEDED)
		return ERROR_TOO_BIG;
	if (type == V4_UNREACHABLE)
		return code == V4_PROTOCOL_UNREACHABLE || code == V4_PORT_UNREACHABLE ? ERROR_HARD : ERROR_SOFT;
	/* All others, Source Quench (MUST-55) among them, are discarded silently. */
	return type == V4_TIME_EXCEEDED || type == V4_PARAMETER_PROBLEM ? ERROR_SOFT : ERROR_IGNORED;
}

static enum error_class class_v6(uint8_t type, uint8_t code)
{
	if (type == V6_TOO_BIG)
		return ERROR_TOO_BIG;
	if (type == V6_UNREACHABLE)
		return code == V6_PROHIBITED || code == V6_PORT_UNREACHABLE ? ERROR_HARD : ERROR_SOFT;
	return type == V6_TIME_EXCEEDED || type == V6_PARAMETER_PROBLEM ? ERROR_SOFT : ERROR_IGNORED;
}

/* The same message back, under the other type. */
static void echo_answer(struct tcpspec_stack *s, const struct ip *ip)
{
	struct tcpspec_ends ends = {.local.family = (uint8_t)ip->dst.family, .remote.family = (uint8_t)ip->src.family};
	struct carriage c = {.protocol = ip->protocol, .tos = ip->tos, .ttl = (uint8_t)s->set.ttl};
	bool v4 = ip->src.family == IPV4;
	uint8_t *to = upper_layer_at(s, v4 ? 0 : 1);
	size_t n = ip->payload_length, room = s->mtu - (v4 ? IPV4_HEADER : IPV6_HEADER);
	uint64_t sum = 0;

	if (n > room)
		return;
	memcpy(ends.local.octets, ip->dst.octets, sizeof ends.local.octets);
	memcpy(ends.remote.octets, ip->src.octets, sizeof ends.remote.octets);
	memcpy(to, ip->payload, n);
	to[0] = v4 ? V4_ECHO_REPLY : V6_ECHO_REPLY;
	octets_put_u16(to + 2, 0);
	if (!v4)
		sum = checksum_add_pseudo(0, &ip->dst, &ip->src, IP_PROTOCOL_ICMPV6, n);
	octets_put_u16(to + 2, checksum_end(checksum_add(sum, to, n)));
	packet_send(s, &ends, &c, n);
}

/* The connection that sent the quoted packet, which is of the error's family, and the sequence number of that. Only the first octets of a TCP header need be there; of a routed packet the destination
 * is where its route ends. */
static struct tcb *quoted_find(struct tcpspec_stack *s, bool v4, const uint8_t *quoted, size_t n, uint32_t *seq)
{
	struct tcpspec_ends ends = {.local.family = v4 ? 4 : 6, .remote.family = v4 ? 4 : 6};
	struct ip ip;

	if (!ip_parse(quoted, n, &ip, NULL) || ip.src.family != (v4 ? IPV4 : IPV6) || ip.protocol != IP_PROTOCOL_TCP || ip.later_piece || ip.payload_length < QUOTED_LEAST)
		return NULL;
	memcpy(ends.local.octets, ip.src.octets, sizeof ends.local.octets);
	memcpy(ends.remote.octets, ip.dst.octets, sizeof ends.remote.octets);
	ends.local_port = octets_u16(ip.payload);
	ends.remote_port = octets_u16(ip.payload + 2);
	*seq = octets_u32(ip.payload + QUOTED_PORTS);
	return tcb_find(s, &ends);
}

/* SHLD-25, SHLD-26, MUST-56. */
static void error_take(struct tcpspec_stack *s, struct tcb *t, enum error_class class)
{
	bool opening = t->state == TCPSPEC_SYN_SENT || t->state == TCPSPEC_SYN_RECEIVED, hard = class == ERROR_HARD && (opening || !s->set.rfc5927_hard);

	if (hard || !t->unreported)
		t->told |= TCPSPEC_TOLD_UNREACHABLE;
	if (!hard)
		return;
	tcb_end(s, t, opening ? TCPSPEC_TOLD_REFUSED : TCPSPEC_TOLD_RESET);
}

static void error_arrives(struct tcpspec_stack *s, const struct ip *ip, enum error_class class)
{
	uint32_t seq;
	struct tcb *t = quoted_find(s, ip->src.family == IPV4, ip->payload + HEADER, ip->payload_length - HEADER, &seq);

	if (!t || !seq_within(seq, t->snd_una, t->snd_nxt - t->snd_una)) {
		s->m.count.icmp_ignored++;
		return;
	}
	if (class == ERROR_TOO_BIG)
		path_mtu_told(s, t, seq, ip->src.family == IPV4 ? octets_u16(ip->payload + 6) : octets_u32(ip->payload + 4));
	else
		error_take(s, t, class);
	tcb_settle(s, t);
}

void icmp_arrives(struct tcpspec_stack *s, const struct ip *ip)
{
	bool v4 = ip->src.family == IPV4;
	uint64_t sum = v4 ? 0 : checksum_add_pseudo(0, &ip->src, &ip->dst, IP_PROTOCOL_ICMPV6, ip->payload_length);
	enum error_class class;

	if (ip->payload_length < HEADER) {
		s->m.count.malformed++;
		return;
	}
	if (checksum_end(checksum_add(sum, ip->payload, ip->payload_length)) != 0) {
		s->m.count.bad_checksum++;
		return;
	}
	if (ip->payload[0] == (v4 ? V4_ECHO : V6_ECHO)) {
		echo_answer(s, ip);
		return;
	}
	class = v4 ? class_v4(ip->payload[0], ip->payload[1]) : class_v6(ip->payload[0], ip->payload[1]);
	if (class != ERROR_IGNORED)
		error_arrives(s, ip, class);
}
