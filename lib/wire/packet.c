/* One Ethernet frame: what it holds, and the header before it. VLAN tags and other framings are not understood. */
#include "lib/wire/packet.h"

#include <string.h>

#include "lib/wire/message.h"
#include "lib/wire/octets.h"

enum { ETHERTYPE_IPV4 = 0x0800,
       ETHERTYPE_ARP = 0x0806,
       ETHERTYPE_IPV6 = 0x86dd };

size_t ethernet_build(const uint8_t dst[MAC_OCTETS], const uint8_t src[MAC_OCTETS], uint16_t ethertype, uint8_t *to, size_t room)
{
	if (room < ETHERNET_HEADER)
		return 0;
	memcpy(to, dst, MAC_OCTETS);
	memcpy(to + MAC_OCTETS, src, MAC_OCTETS);
	octets_put_u16(to + 12, ethertype);
	return ETHERNET_HEADER;
}

static void ip_packet_parse(const uint8_t *at, size_t n, enum family family, struct packet *p)
{
	struct ip ip;

	if (!ip_parse(at, n, &ip, NULL) || ip.src.family != family)
		return;
	p->bad_checksum = ip.bad & BAD_IP_CHECKSUM;
	if (ip.protocol == IP_PROTOCOL_TCP) {
		if (segment_parse_payload(&ip, &p->segment, NULL))
			p->kind = PACKET_TCP;
	} else if (ip.protocol == IP_PROTOCOL_ICMP && family == IPV4) {
		icmp_parse(&ip, p);
	} else if (ip.protocol == IP_PROTOCOL_ICMPV6 && family == IPV6) {
		icmpv6_parse(&ip, p);
	}
}

void packet_parse(const uint8_t *frame, size_t n, struct packet *p)
{
	p->kind = PACKET_OTHER;
	p->bad_checksum = false;
	if (n < ETHERNET_HEADER)
		return;
	switch (octets_u16(frame + 12)) {
	case ETHERTYPE_IPV4:
		ip_packet_parse(frame + ETHERNET_HEADER, n - ETHERNET_HEADER, IPV4, p);
		break;
	case ETHERTYPE_IPV6:
		ip_packet_parse(frame + ETHERNET_HEADER, n - ETHERNET_HEADER, IPV6, p);
		break;
	case ETHERTYPE_ARP:
		arp_parse(frame + ETHERNET_HEADER, n - ETHERNET_HEADER, p);
		break;
	default:
		break;
	}
}
