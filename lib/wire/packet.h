/* Everything else that travels beside TCP: Ethernet, ARP, ICMP, ICMPv6 with NDP. Not routing and not reassembly. */
#ifndef TCPSPEC_WIRE_PACKET_H
#define TCPSPEC_WIRE_PACKET_H

#include "lib/wire/segment.h"

enum { ETHERNET_HEADER = 14,
       MAC_OCTETS = 6,
       FRAME_MAX = 65535 + ETHERNET_HEADER };

enum packet_kind { PACKET_TCP,
	           PACKET_ICMP_ECHO,
	           PACKET_ICMP_ECHO_REPLY,
	           PACKET_ICMP_ERROR,
	           PACKET_ARP_REQUEST,
	           PACKET_ARP_REPLY,
	           PACKET_NDP_SOLICIT,
	           PACKET_NDP_ADVERT,
	           PACKET_OTHER };

/* An ICMP echo, request or reply, either family. */
struct icmp_echo {
	struct address src, dst;
	uint16_t id, seq;
	bool reply;
};

/* An ICMP error: type and code on the wire of its family, and the packet that it quotes. */
struct icmp_error {
	struct address src, dst;
	uint8_t type, code;
	uint16_t mtu;          /* of "fragmentation needed" (v4: the 16-bit field; v6: packet too big) */
	const uint8_t *quoted; /* the quoted IP packet's first octets, borrowed */
	size_t quoted_length;
};

struct arp {
	uint8_t sender_mac[MAC_OCTETS], target_mac[MAC_OCTETS];
	struct address sender, target; /* IPv4 */
	bool reply;
};

struct ndp {
	struct address src, dst, target; /* IPv6; target: the address asked about */
	uint8_t mac[MAC_OCTETS];         /* source (solicit) or target (advert) link-layer option; zeros if absent */
	bool advert;
};

struct packet {
	enum packet_kind kind;
	bool bad_checksum; /* of ICMP, ICMPv6 or the IPv4 header; TCP has its own in segment.bad */
	union {
		struct segment segment;
		struct icmp_echo echo;
		struct icmp_error error;
		struct arp arp;
		struct ndp ndp;
	};
};

/* Reads one Ethernet frame. Never fails: what cannot be understood is PACKET_OTHER. Pointers borrow from frame. */
void packet_parse(const uint8_t *frame, size_t n, struct packet *p);

/* Each writes what follows the Ethernet header; octets written, 0 when room is short. */
size_t icmp_echo_build(const struct icmp_echo *m, uint8_t *to, size_t room);
size_t icmp_error_build(const struct icmp_error *m, uint8_t *to, size_t room);
size_t arp_build(const struct arp *m, uint8_t *to, size_t room);
size_t ndp_build(const struct ndp *m, uint8_t *to, size_t room);

/* Writes the 14 octets; ethertype in host order (0x0800, 0x86dd, 0x0806). */
size_t ethernet_build(const uint8_t dst[MAC_OCTETS], const uint8_t src[MAC_OCTETS], uint16_t ethertype, uint8_t *to, size_t room);

#endif
