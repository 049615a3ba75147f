/* Who has this address: ARP (RFC 826) and NDP's solicitation and advertisement (RFC 4861). It keeps no neighbour table. */
#include <string.h>

#include "lib/wire/message.h"
#include "lib/wire/octets.h"

enum { ARP_OCTETS = 28,
       ARP_HARDWARE_ETHERNET = 1,
       ARP_REQUEST = 1,
       ARP_REPLY = 2,
       ETHERTYPE_IPV4 = 0x0800 };

enum { NDP_SOLICIT = 135,
       NDP_ADVERT = 136,
       NDP_OCTETS = 24,     /* without options */
       NDP_OPTION = 8,      /* the link-layer address option of an Ethernet; lengths count in eights */
       NDP_HOP_LIMIT = 255, /* RFC 4861 7.1.1, 7.1.2: proof that no router passed it on */
       NDP_SOURCE_LINK = 1,
       NDP_TARGET_LINK = 2 };

/* The first octet's bits of an advertisement's flags (RFC 4861 4.4). */
enum { NDP_SOLICITED = 0x40,
       NDP_OVERRIDE = 0x20 };

size_t arp_build(const struct arp *m, uint8_t *to, size_t room)
{
	if (room < ARP_OCTETS)
		return 0;
	octets_put_u16(to, ARP_HARDWARE_ETHERNET);
	octets_put_u16(to + 2, ETHERTYPE_IPV4);
	to[4] = MAC_OCTETS;
	to[5] = 4;
	octets_put_u16(to + 6, m->reply ? ARP_REPLY : ARP_REQUEST);
	memcpy(to + 8, m->sender_mac, MAC_OCTETS);
	memcpy(to + 14, m->sender.octets, 4);
	memcpy(to + 18, m->target_mac, MAC_OCTETS);
	memcpy(to + 24, m->target.octets, 4);
	return ARP_OCTETS;
}

void arp_parse(const uint8_t *at, size_t n, struct packet *p)
{
	uint16_t operation;

	if (n < ARP_OCTETS || octets_u16(at) != ARP_HARDWARE_ETHERNET || octets_u16(at + 2) != ETHERTYPE_IPV4 || at[4] != MAC_OCTETS || at[5] != 4)
		return;
	operation = octets_u16(at + 6);
	if (operation != ARP_REQUEST && operation != ARP_REPLY)
		return;
	p->kind = operation == ARP_REPLY ? PACKET_ARP_REPLY : PACKET_ARP_REQUEST;
	p->arp = (struct arp){.sender.family = IPV4, .target.family = IPV4, .reply = operation == ARP_REPLY};
	memcpy(p->arp.sender_mac, at + 8, MAC_OCTETS);
	memcpy(p->arp.sender.octets, at + 14, 4);
	memcpy(p->arp.target_mac, at + 18, MAC_OCTETS);
	memcpy(p->arp.target.octets, at + 24, 4);
}

size_t ndp_build(const struct ndp *m, uint8_t *to, size_t room)
{
	static const uint8_t none[MAC_OCTETS];
	bool has_mac = memcmp(m->mac, none, MAC_OCTETS) != 0;
	size_t length = NDP_OCTETS + (has_mac ? NDP_OPTION : 0);
	uint8_t *at;

	if (m->src.family != IPV6 || room < IPV6_HEADER + length)
		return 0;
	at = to + IPV6_HEADER;
	memset(at, 0, NDP_OCTETS);
	at[0] = m->advert ? NDP_ADVERT : NDP_SOLICIT;
	/* Solicited must be zero in multicast advertisements (RFC 4861 4.4). */
	if (m->advert)
		at[4] = (uint8_t)(NDP_OVERRIDE | (m->dst.octets[0] == 0xff ? 0 : NDP_SOLICITED));
	memcpy(at + 8, m->target.octets, 16);
	if (has_mac) {
		at[NDP_OCTETS] = m->advert ? NDP_TARGET_LINK : NDP_SOURCE_LINK;
		at[NDP_OCTETS + 1] = 1;
		memcpy(at + NDP_OCTETS + 2, m->mac, MAC_OCTETS);
	}
	return icmp_finish(&m->src, &m->dst, NDP_HOP_LIMIT, length, to, room);
}

/* Finds the link-layer address among the options. False when an option's length is 0 or leads beyond the end: such a message is void (RFC 4861 7.1). */
static bool link_option_read(const uint8_t *at, size_t n, uint8_t wanted, uint8_t mac[MAC_OCTETS])
{
	size_t length;

	for (size_t i = 0; i < n; i += length) {
		if (n - i < NDP_OPTION || at[i + 1] == 0)
			return false;
		length = (size_t)at[i + 1] * 8;
		if (length > n - i)
			return false;
		if (at[i] == wanted)
			memcpy(mac, at + i + 2, MAC_OCTETS);
	}
	return true;
}

void ndp_parse(const struct ip *ip, struct packet *p)
{
	const uint8_t *at = ip->payload;
	struct ndp m = {.src = ip->src, .dst = ip->dst, .target.family = IPV6, .advert = at[0] == NDP_ADVERT};

	if (ip->payload_length < NDP_OCTETS || ip->ttl != NDP_HOP_LIMIT || at[1] != 0)
		return;
	if (!link_option_read(at + NDP_OCTETS, ip->payload_length - NDP_OCTETS, m.advert ? NDP_TARGET_LINK : NDP_SOURCE_LINK, m.mac))
		return;
	memcpy(m.target.octets, at + 8, 16);
	p->kind = m.advert ? PACKET_NDP_ADVERT : PACKET_NDP_SOLICIT;
	p->ndp = m;
}
