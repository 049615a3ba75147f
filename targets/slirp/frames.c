/* Frames of the guest's link, octet by octet. */
#include "frames.h"

#include <string.h>

static const uint8_t guest_mac[6] = {0x52, 0x55, 0, 0, 2, 1}, host_mac[6] = {0x52, 0x55, 0, 0, 2, 2};

static size_t header_put(uint8_t *frame, uint16_t type)
{
	memcpy(frame, host_mac, 6);
	memcpy(frame + 6, guest_mac, 6);
	frame[12] = (uint8_t)(type >> 8);
	frame[13] = (uint8_t)type;
	return FRAME_HEADER;
}

size_t frame_build(const uint8_t *packet, size_t octets, uint8_t *frame)
{
	header_put(frame, octets && packet[0] >> 4 == 6 ? 0x86dd : 0x0800);
	memcpy(frame + FRAME_HEADER, packet, octets);
	return FRAME_HEADER + octets;
}

size_t frame_packet(const uint8_t *frame, size_t octets, const uint8_t **packet)
{
	const uint8_t *p = frame + FRAME_HEADER;
	*packet = p;
	if (octets >= FRAME_HEADER + 20 && frame[12] == 8 && frame[13] == 0)
		return octets - FRAME_HEADER;
	if (octets < FRAME_HEADER + 41 || frame[12] != 0x86 || frame[13] != 0xdd)
		return 0;
	/* Of ICMPv6 the neighbours' and routers' messages belong to the link. */
	return p[6] == 58 && p[40] >= 133 && p[40] <= 137 ? 0 : octets - FRAME_HEADER;
}

bool frame_source(const uint8_t *packet, size_t octets, struct tcpspec_address *from)
{
	memset(from, 0, sizeof *from);
	if (octets >= 20 && packet[0] >> 4 == 4) {
		from->family = 4;
		memcpy(from->octets, packet + 12, 4);
	} else if (octets >= 40 && packet[0] >> 4 == 6) {
		from->family = 6;
		memcpy(from->octets, packet + 8, 16);
	}
	return from->family != 0;
}

static size_t arp_put(const struct tcpspec_address *guest, const struct tcpspec_address *host, uint8_t *to)
{
	static const uint8_t reply[8] = {0, 1, 8, 0, 6, 4, 0, 2};
	memcpy(to, reply, 8);
	memcpy(to + 8, guest_mac, 6);
	memcpy(to + 14, guest->octets, 4);
	memcpy(to + 18, host_mac, 6);
	memcpy(to + 24, host->octets, 4);
	return 28;
}

static uint32_t sum_of(const uint8_t *octets, size_t n)
{
	uint32_t sum = 0;
	for (size_t i = 0; i < n; i += 2)
		sum += (uint32_t)octets[i] << 8 | octets[i + 1];
	return sum;
}

/* RFC 4861 4.4, unasked, with the link-layer address. */
static size_t advertisement_put(const struct tcpspec_address *guest, const struct tcpspec_address *host, uint8_t *to)
{
	enum { BODY = 32 };
	static const uint8_t ip[8] = {0x60, 0, 0, 0, 0, BODY, 58, 255}, all_nodes[16] = {0xff, 0x02, [15] = 1};
	uint8_t *body = to + 40;
	(void)host;
	memcpy(to, ip, 8);
	memcpy(to + 8, guest->octets, 16);
	memcpy(to + 24, all_nodes, 16);
	memset(body, 0, BODY);
	body[0] = 136;
	body[4] = 0x20;
	memcpy(body + 8, guest->octets, 16);
	body[24] = 2;
	body[25] = 1;
	memcpy(body + 26, guest_mac, 6);
	uint32_t sum = sum_of(to + 8, 32) + BODY + 58 + sum_of(body, BODY);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~((sum & 0xffff) + (sum >> 16)) & 0xffff;
	body[2] = (uint8_t)(sum >> 8);
	body[3] = (uint8_t)sum;
	return 40 + BODY;
}

size_t frame_introduction(const struct tcpspec_address *guest, const struct tcpspec_address *host, uint8_t frame[FRAME_INTRODUCTION_MAX])
{
	const bool v4 = guest->family == 4;
	const size_t n = header_put(frame, v4 ? 0x0806 : 0x86dd);
	return n + (v4 ? arp_put(guest, host, frame + n) : advertisement_put(guest, host, frame + n));
}
