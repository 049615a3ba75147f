/* The IP header of either family: fields <-> octets, and where the payload lies. It reassembles nothing and knows no payload. */
#include "lib/wire/ip.h"

#include <string.h>

#include "lib/wire/checksum.h"
#include "lib/wire/octets.h"

/* RFC 791 3.1: the third 16-bit word's flags and offset. RFC 8200 4.5: offset in the upper 13 bits, M the lowest. */
enum { V4_DONT_FRAGMENT = 0x4000,
       V4_MORE_FRAGMENTS = 0x2000,
       V4_FRAGMENT_OFFSET = 0x1fff,
       V6_MORE_FRAGMENTS = 0x0001,
       V6_FRAGMENT_OFFSET = 0xfff8 };

/* RFC 8200 4.2: the options that everybody knows, and where the others say what is to be done. */
enum { PAD_ONE = 0,
       PAD_MANY = 1,
       ACTION_SHIFT = 6 };

static void ipv4_write(const struct ip *ip, size_t total, uint8_t *to)
{
	to[0] = 0x45;
	to[1] = ip->tos;
	octets_put_u16(to + 2, ip->said & SAID_IP_LENGTH ? ip->length : (uint16_t)total);
	octets_put_u16(to + 4, ip->id);
	octets_put_u16(to + 6, ip->dont_fragment ? V4_DONT_FRAGMENT : 0);
	to[8] = ip->ttl ? ip->ttl : IP_TTL_DEFAULT;
	to[9] = ip->protocol;
	octets_put_u16(to + 10, 0);
	memcpy(to + 12, ip->src.octets, 4);
	memcpy(to + 16, ip->dst.octets, 4);
	octets_put_u16(to + 10, ip->said & SAID_IP_CHK ? ip->chk : checksum_end(checksum_add(0, to, IPV4_HEADER)));
}

static void ipv6_write(const struct ip *ip, size_t payload_length, uint8_t *to)
{
	octets_put_u32(to, UINT32_C(6) << 28 | (uint32_t)ip->tos << 20);
	octets_put_u16(to + 4, ip->said & SAID_IP_LENGTH ? ip->length : (uint16_t)payload_length);
	to[6] = ip->protocol;
	to[7] = ip->ttl ? ip->ttl : IP_TTL_DEFAULT;
	memcpy(to + 8, ip->src.octets, 16);
	memcpy(to + 24, ip->dst.octets, 16);
}

size_t ip_build(const struct ip *ip, size_t payload_length, uint8_t *to, size_t room)
{
	size_t header = ip->src.family == IPV4 ? IPV4_HEADER : IPV6_HEADER;
	size_t counted = ip->src.family == IPV4 ? header + payload_length : payload_length;

	if (ip->src.family != ip->dst.family || counted > IP_LENGTH_MAX || room < header || room - header < payload_length)
		return 0;
	if (ip->src.family == IPV4)
		ipv4_write(ip, counted, to);
	else
		ipv6_write(ip, payload_length, to);
	return header;
}

/* Sets where the payload lies, given the octets that the header promises from `from` on. */
static void ip_bound(struct ip *ip, const uint8_t *packet, size_t n, size_t from, size_t end)
{
	if (end > n) {
		ip->bad |= BAD_LENGTH;
		end = n;
	}
	ip->payload = packet + from;
	ip->payload_length = end - from;
}

size_t ip_option_length(const uint8_t *at, size_t n)
{
	if (at[0] == IP_OPTION_END || at[0] == IP_OPTION_NOP)
		return 1;
	return n < 2 || at[1] < 2 || at[1] > n ? 0 : at[1];
}

/* The last address of a source route whose pointer is not behind it yet (RFC 791 3.1): checksums count it as the destination, for it is that where they are looked at. */
static void route_end(const struct ip *ip, struct address *end)
{
	size_t length;

	for (size_t i = 0; i < ip->options_length && ip->options[i] != IP_OPTION_END; i += length) {
		const uint8_t *at = ip->options + i;

		length = ip_option_length(at, ip->options_length - i);
		if (length == 0)
			return;
		if ((at[0] == IP_OPTION_LOOSE_ROUTE || at[0] == IP_OPTION_STRICT_ROUTE) && length >= 7 && at[2] + 3u <= length)
			memcpy(end->octets, at + length - 4, 4);
	}
}

static bool ipv4_parse(const uint8_t *packet, size_t n, struct ip *ip, struct error *e)
{
	size_t header;
	unsigned flags;

	if (n < IPV4_HEADER)
		return error_set(e, "IPv4 packet: %zu octets, while the header has at least %d; capture whole packets", n, IPV4_HEADER);
	header = (size_t)(packet[0] & 0x0f) * 4;
	ip->length = octets_u16(packet + 2);
	if (header < IPV4_HEADER || header > n || header > ip->length)
		return error_set(e, "IPv4 packet: header length %zu in %zu octets of total length %u, while reading the header; expected 20 up to the total length", header, n, ip->length);
	ip->src.family = ip->dst.family = IPV4;
	memcpy(ip->src.octets, packet + 12, 4);
	memcpy(ip->dst.octets, packet + 16, 4);
	ip->tos = packet[1];
	ip->id = octets_u16(packet + 4);
	flags = octets_u16(packet + 6);
	ip->dont_fragment = flags & V4_DONT_FRAGMENT;
	ip->ttl = packet[8];
	ip->protocol = packet[9];
	ip->chk = octets_u16(packet + 10);
	if (checksum_end(checksum_add(0, packet, header)) != 0)
		ip->bad |= BAD_IP_CHECKSUM;
	ip->later_piece = flags & V4_FRAGMENT_OFFSET;
	ip->piece = ip->later_piece || flags & V4_MORE_FRAGMENTS;
	if (ip->piece)
		ip->bad |= BAD_FRAGMENT;
	ip->hop = ip->dst;
	ip->options = packet + IPV4_HEADER;
	ip->options_length = header - IPV4_HEADER;
	route_end(ip, &ip->dst);
	ip_bound(ip, packet, n, header, ip->length);
	return true;
}

/* May all options of a header be passed over by one that knows none but padding? RFC 8200 4.2: the two highest bits of the others say so. */
static bool options_pass(const uint8_t *at, size_t n)
{
	for (size_t i = 0; i < n;) {
		if (at[i] == PAD_ONE) {
			i++;
			continue;
		}
		if (n - i < 2 || n - i - 2 < at[i + 1] || (at[i] != PAD_MANY && at[i] >> ACTION_SHIFT != 0))
			return false;
		i += 2 + (size_t)at[i + 1];
	}
	return true;
}

/* Of one that is whole. */
static bool extension_passes(const struct ip *ip, size_t length)
{
	const uint8_t *at = ip->payload;

	if (ip->protocol == IP_NEXT_HOP_BY_HOP && at != ip->packet + IPV6_HEADER)
		return false; /* 4.1: nowhere else */
	if (ip->protocol == IP_NEXT_ROUTING)
		return at[3] == 0; /* 4.4: Segments Left */
	return ip->protocol == IP_NEXT_FRAGMENT || options_pass(at + 2, length - 2);
}

/* Steps over one extension header at the payload's begin. False when there is none to step over, or it is not whole. */
static bool extension_skip(struct ip *ip)
{
	const uint8_t *at = ip->payload;
	size_t length;

	if (ip->later_piece || ip->payload_length < 8)
		return false;
	switch (ip->protocol) {
	case IP_NEXT_HOP_BY_HOP:
	case IP_NEXT_ROUTING:
	case IP_NEXT_DESTINATION:
		length = ((size_t)at[1] + 1) * 8;
		break;
	case IP_NEXT_FRAGMENT:
		/* Also a fragment of the whole (RFC 6946): TCP has no use for it, and whoever sent it should be noticed. */
		length = 8;
		ip->bad |= BAD_FRAGMENT;
		ip->later_piece = octets_u16(at + 2) & V6_FRAGMENT_OFFSET;
		ip->piece = ip->later_piece || octets_u16(at + 2) & V6_MORE_FRAGMENTS;
		break;
	default:
		return false;
	}
	if (length > ip->payload_length)
		return false;
	if (!extension_passes(ip, length))
		ip->bad |= BAD_EXTENSION;
	ip->protocol = at[0];
	ip->payload += length;
	ip->payload_length -= length;
	return true;
}

static bool ipv6_parse(const uint8_t *packet, size_t n, struct ip *ip, struct error *e)
{
	if (n < IPV6_HEADER)
		return error_set(e, "IPv6 packet: %zu octets, while the header has %d; capture whole packets", n, IPV6_HEADER);
	ip->src.family = ip->dst.family = IPV6;
	memcpy(ip->src.octets, packet + 8, 16);
	memcpy(ip->dst.octets, packet + 24, 16);
	ip->tos = (uint8_t)(octets_u16(packet) >> 4);
	ip->length = octets_u16(packet + 4);
	ip->protocol = packet[6];
	ip->ttl = packet[7];
	ip->hop = ip->dst;
	ip_bound(ip, packet, n, IPV6_HEADER, (size_t)IPV6_HEADER + ip->length);
	while (extension_skip(ip))
		;
	return true;
}

bool ip_parse(const uint8_t *packet, size_t n, struct ip *ip, struct error *e)
{
	*ip = (struct ip){.packet = packet, .packet_octets = n};
	if (n > 0 && packet[0] >> 4 == 4)
		return ipv4_parse(packet, n, ip, e);
	if (n > 0 && packet[0] >> 4 == 6)
		return ipv6_parse(packet, n, ip, e);
	return error_set(e, "packet: %s, while looking for an IP header; expected version 4 or 6", n ? "another version" : "no octets");
}

size_t ip_options_insert(uint8_t *packet, size_t n, size_t room, const uint8_t *options, size_t length)
{
	size_t padded = (length + 3) / 4 * 4;

	if (length > IP_OPTIONS_MAX || n < IPV4_HEADER || packet[0] != 0x45 || n + padded > room || octets_u16(packet + 2) + padded > IP_LENGTH_MAX)
		return 0;
	memmove(packet + IPV4_HEADER + padded, packet + IPV4_HEADER, n - IPV4_HEADER);
	memset(packet + IPV4_HEADER, IP_OPTION_END, padded);
	memcpy(packet + IPV4_HEADER, options, length);
	packet[0] = (uint8_t)(0x45 + padded / 4);
	octets_put_u16(packet + 2, (uint16_t)(octets_u16(packet + 2) + padded));
	octets_put_u16(packet + 10, 0);
	octets_put_u16(packet + 10, checksum_end(checksum_add(0, packet, IPV4_HEADER + padded)));
	return n + padded;
}

size_t ip_extension_insert(uint8_t *packet, size_t n, size_t room, uint8_t kind, const uint8_t *content, size_t length)
{
	uint8_t *at = packet + IPV6_HEADER;

	if (length % 8 != 6 || n < IPV6_HEADER || n + 2 + length > room || octets_u16(packet + 4) + 2 + length > IP_LENGTH_MAX)
		return 0;
	memmove(at + 2 + length, at, n - IPV6_HEADER);
	at[0] = packet[6];
	at[1] = (uint8_t)((length + 2) / 8 - 1);
	memcpy(at + 2, content, length);
	packet[6] = kind;
	octets_put_u16(packet + 4, (uint16_t)(octets_u16(packet + 4) + 2 + length));
	return n + 2 + length;
}
