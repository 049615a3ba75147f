/* Who has which MAC on the link: ARP and NDP, asked and answered, and the packets that wait for an answer. Not a routing table: everybody is on the link. */
#ifndef TCPSPEC_TARGETS_LIVE_NEIGHBOUR_H
#define TCPSPEC_TARGETS_LIVE_NEIGHBOUR_H

#include "targets/live/device.h"

enum { NEIGHBOURS = 64,
       NEIGHBOURS_WAITING = 32,
       FAMILIES_SPOKEN = 2 };

struct neighbour {
	struct address address;
	uint8_t mac[MAC_OCTETS];
	bool known;
	uint64_t asked_us; /* when it was asked for last; 0: never */
};

struct waiting {
	struct address to;
	uint8_t *packet; /* NULL: this place is free */
	size_t octets;
};

struct neighbours {
	struct device *device;
	struct address own[FAMILIES_SPOKEN]; /* IPv4, IPv6; family 0: not spoken */
	struct neighbour at[NEIGHBOURS];
	unsigned next; /* the place that is taken when all are */
	struct waiting waiting[NEIGHBOURS_WAITING];
	unsigned waiting_next;
	uint8_t frame[FRAME_MAX];
};

void neighbours_free(struct neighbours *n);
/* A frame has come. False: it was ARP or NDP, or for nobody here, and is dealt with. True: an IP packet for this host, with its sender noted. */
bool neighbours_frame(struct neighbours *n, const uint8_t *frame, size_t octets);
/* Puts an IP packet out, to the MAC of its destination; it waits where that is not known yet. */
void neighbours_send(struct neighbours *n, const uint8_t *packet, size_t octets, uint64_t now_us);

#endif
