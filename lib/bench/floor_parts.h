/* What the floor's files share: frames made beforehand, and the open descriptors. Not for others. */
#ifndef TCPSPEC_BENCH_FLOOR_PARTS_H
#define TCPSPEC_BENCH_FLOOR_PARTS_H

#include <libmnl/libmnl.h>
#include <libnet.h>
#include <linux/if_packet.h>
#include <pcap/pcap.h>

#include "lib/bench/floor.h"
#include "lib/net/link.h"

enum { FLOOR_FRAME_ROOM = 128,
       FLOOR_PORT = 7,
       FLOOR_ISN = 1000,
       FLOOR_PORT_FIRST = 2048 };

/* A frame in which only numbers change; sum: of all that its checksum covers and that does not change. */
struct template
{
	uint8_t octets[FLOOR_FRAME_ROOM];
	uint32_t length;
	uint32_t place; /* of the TCP or ICMP header */
	uint32_t sum;
};

enum floor_frame { FRAME_SYN,
	           FRAME_ACK,
	           FRAME_STIMULUS,
	           FRAME_RESET,
	           FRAME_ECHO,
	           FLOOR_FRAMES };

/* Of one family. */
struct floor_side {
	struct template frames[FLOOR_FRAMES];
	int listener;
	_Alignas(8) uint8_t question[FLOOR_FRAME_ROOM]; /* INET_DIAG, but for the tester's port */
	uint32_t place;                                 /* of TCP or ICMP in a captured frame */
};

struct floor {
	unsigned options;
	struct link link;
	libnet_t *libnet;
	pcap_t *pcap;
	struct mnl_socket *netlink;
	struct sockaddr_ll to; /* for FLOOR_DIRECT and sendmmsg() */
	struct floor_side sides[FAMILIES];
	uint16_t port;
	uint32_t echo;
};

void floor_frames_build(const struct link *l, unsigned family, const uint8_t *tester_mac, struct template *frames);
/* Writes the three numbers and the checksum into a TCP frame. */
void template_number(struct template *t, uint16_t port, uint32_t seq, uint32_t ack);
void template_echo(struct template *t, uint32_t token);

static inline uint32_t floor_read_32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static inline uint16_t floor_read_16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

#endif
