/* Roles to addresses, and the octets of IPv4 options and IPv6 extension headers as ladders write them (doc/ladder.md, "The IP header"). */
#include "lib/run/dress.h"

#include <string.h>

#include "lib/wire/checksum.h"
#include "lib/wire/ip.h"
#include "lib/wire/octets.h"

enum { EXTENSIONS_MAX = 4,
       CONTENT_MAX = 22 };

static struct address v4_address(enum ip_role r, const struct endpoint *at)
{
	static const uint8_t fixed[ROLES][4] = {
	    [ROLE_BROADCAST] = {255, 255, 255, 255},
	    [ROLE_RESERVED] = {240, 0, 0, 1},
	    [ROLE_MULTICAST] = {224, 0, 0, 1},
	    [ROLE_LOOPBACK] = {127, 0, 0, 1},
	    [ROLE_OTHER] = {198, 51, 100, 1},
	};
	struct address a = {.family = IPV4};
	memcpy(a.octets, r == ROLE_NET_BROADCAST ? at->target.octets : fixed[r], 4);
	if (r == ROLE_NET_BROADCAST)
		a.octets[3] = 255;
	return a;
}

struct address role_address(enum ip_role r, const struct endpoint *at)
{
	struct address a = {.family = IPV6};
	if (at->family == IPV4)
		return v4_address(r, at);
	if (r == ROLE_MULTICAST)
		memcpy(a.octets, (const uint8_t[]){0xff, 0x02}, 2);
	if (r == ROLE_OTHER)
		memcpy(a.octets, (const uint8_t[]){0x20, 0x01, 0x0d, 0xb8, 0xff, 0xff}, 6);
	if (r != ROLE_ZERO)
		a.octets[15] = 1;
	return a;
}

static unsigned nibble(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* IPOPT as octets; how many. */
static size_t options_octets(const char *said, const struct address *tester, const struct address *target, uint8_t to[IP_OPTIONS_MAX])
{
	static const uint8_t x[4] = {198, 51, 100, 1}, y[4] = {198, 51, 100, 2};
	size_t n = 0;
	for (; *said; said += strchr("TUXY", *said) ? 1 : 2) {
		const uint8_t *address = *said == 'T' ? tester->octets : *said == 'U' ? target->octets
		                                                     : *said == 'X'   ? x
		                                                     : *said == 'Y'   ? y
		                                                                      : NULL;
		if (n + (address ? 4 : 1) > IP_OPTIONS_MAX)
			return n;
		if (address) {
			memcpy(to + n, address, 4);
			n += 4;
		} else {
			to[n++] = (uint8_t)(nibble(said[0]) << 4 | nibble(said[1]));
		}
	}
	return n;
}

/* One header of EXT, of n characters. */
static size_t extension_put(const char *said, size_t n, uint8_t *packet, size_t length, size_t room)
{
	uint8_t content[CONTENT_MAX] = {0};
	const char *hex = memchr(said, ':', n);
	const size_t octets = hex ? (n - (size_t)(hex + 1 - said)) / 2 : 6;
	const uint8_t kind = said[0] == 'H' ? IP_NEXT_HOP_BY_HOP : said[0] == 'D' ? IP_NEXT_DESTINATION
	                                                                          : IP_NEXT_ROUTING;
	if (octets > sizeof content)
		return 0;
	for (size_t i = 0; hex && i < octets; i++)
		content[i] = (uint8_t)(nibble(hex[1 + 2 * i]) << 4 | nibble(hex[2 + 2 * i]));
	if (!hex && kind != IP_NEXT_ROUTING)
		memcpy(content, (const uint8_t[]){1, 4}, 2); /* PadN */
	return ip_extension_insert(packet, length, room, kind, content, octets);
}

/* From the last one on: each is put before those that are there. */
static size_t extensions_put(const char *said, uint8_t *packet, size_t n, size_t room)
{
	size_t end = strlen(said);
	while (n && end > 0) {
		size_t from = end;
		while (from > 0 && said[from - 1] != ',')
			from--;
		n = extension_put(said + from, end - from, packet, n, room);
		end = from > 0 ? from - 1 : 0;
	}
	return n;
}

static void v4_dress(const struct said_segment *q, uint8_t *packet)
{
	if (q->said & SAY_TTL)
		packet[8] = q->ip.ttl;
	if (q->said & SAY_DSCP)
		packet[1] = (uint8_t)(q->ip.dscp << 2 | (packet[1] & 3));
	if (q->said & SAY_ECN)
		packet[1] = (uint8_t)((packet[1] & ~3u) | q->ip.ecn);
	octets_put_u16(packet + 10, 0);
	octets_put_u16(packet + 10, checksum_end(checksum_add(0, packet, IPV4_HEADER)));
}

static void v6_dress(const struct said_segment *q, uint8_t *packet)
{
	uint32_t word = octets_u32(packet);
	if (q->said & SAY_TTL)
		packet[7] = q->ip.ttl;
	if (q->said & SAY_DSCP)
		word = (word & ~(UINT32_C(63) << 22)) | (uint32_t)q->ip.dscp << 22;
	if (q->said & SAY_ECN)
		word = (word & ~(UINT32_C(3) << 20)) | (uint32_t)q->ip.ecn << 20;
	octets_put_u32(packet, word);
}

size_t dress_packet(const struct said_segment *q, const struct endpoint *at, uint8_t *packet, size_t n, size_t room)
{
	uint8_t options[IP_OPTIONS_MAX];
	if (q->said & (SAY_TTL | SAY_DSCP | SAY_ECN) && n >= IPV4_HEADER) {
		if (at->family == IPV4)
			v4_dress(q, packet);
		else
			v6_dress(q, packet);
	}
	if (n && q->said & SAY_IPOPT && strcmp(q->ip.options, "none") != 0)
		n = ip_options_insert(packet, n, room, options, options_octets(q->ip.options, &at->tester, &at->target, options));
	return q->said & SAY_EXT ? extensions_put(q->ip.extensions, packet, n, room) : n;
}

/* The options without what pads them, one behind the other; how many octets. */
static size_t options_bare(const uint8_t *at, size_t n, uint8_t to[IP_OPTIONS_MAX])
{
	size_t length, bare = 0;
	for (size_t i = 0; i < n && at[i] != IP_OPTION_END; i += length) {
		length = ip_option_length(at + i, n - i);
		if (length == 0)
			break;
		if (at[i] == IP_OPTION_NOP)
			continue;
		memcpy(to + bare, at + i, length);
		bare += length;
	}
	return bare;
}

static bool options_match(const char *said, const struct ip *ip)
{
	uint8_t octets[IP_OPTIONS_MAX], want[IP_OPTIONS_MAX], got[IP_OPTIONS_MAX];
	const size_t there = options_bare(ip->options, ip->options_length, got);
	size_t n = 0;
	if (strcmp(said, "none") != 0)
		n = options_bare(octets, options_octets(said, &ip->dst, &ip->src, octets), want);
	return n == there && memcmp(want, got, n) == 0;
}

/* A role's address is one of the link's; that of the other host does not depend on it. */
static bool destination_matches(enum ip_role r, const struct ip *ip)
{
	const struct endpoint at = {.family = ip->src.family, .target = ip->src, .tester = ip->dst};
	const struct address want = role_address(r, &at);
	return address_equal(&want, &ip->hop);
}

bool dress_matches(const struct said_segment *q, const struct segment *s)
{
	struct ip ip;
	if ((q->said & SAY_TTL && s->ttl != q->ip.ttl) || (q->said & SAY_DSCP && s->tos >> 2 != q->ip.dscp) || (q->said & SAY_ECN && (s->tos & 3) != q->ip.ecn))
		return false;
	if (!(q->said & (SAY_IPOPT | SAY_TO)))
		return true;
	if (!s->packet || !ip_parse(s->packet, s->packet_octets, &ip, NULL))
		return false;
	return (!(q->said & SAY_IPOPT) || options_match(q->ip.options, &ip)) && (!(q->said & SAY_TO) || destination_matches(q->ip.to, &ip));
}
