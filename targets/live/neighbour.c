/* ARP (RFC 826) and neighbour discovery (RFC 4861), as far as a host with one address of each family on one link needs them. */
#include "targets/live/neighbour.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/wire/ip.h"

enum { ETHERTYPE_IPV4 = 0x0800,
       ETHERTYPE_ARP = 0x0806,
       ETHERTYPE_IPV6 = 0x86dd,
       ASK_AGAIN_US = 1000000,
       QUESTION_ROOM = 256 };

static const uint8_t broadcast[MAC_OCTETS] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

void neighbours_free(struct neighbours *n)
{
	for (unsigned i = 0; i < NEIGHBOURS_WAITING; i++)
		free(n->waiting[i].packet);
}

static void frame_send(struct neighbours *n, const uint8_t mac[MAC_OCTETS], uint16_t ethertype, const uint8_t *payload, size_t octets)
{
	const size_t head = ethernet_build(mac, n->device->mac, ethertype, n->frame, sizeof n->frame);
	if (octets == 0 || octets > sizeof n->frame - head)
		return;
	memcpy(n->frame + head, payload, octets);
	device_send(n->device, n->frame, head + octets);
}

static void packet_send(struct neighbours *n, const uint8_t mac[MAC_OCTETS], const uint8_t *packet, size_t octets)
{
	frame_send(n, mac, packet[0] >> 4 == 6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4, packet, octets);
}

/* The place of an address, made where there is none: the oldest goes. */
static struct neighbour *neighbour_of(struct neighbours *n, const struct address *a)
{
	for (unsigned i = 0; i < NEIGHBOURS; i++)
		if (n->at[i].address.family && address_equal(&n->at[i].address, a))
			return &n->at[i];
	struct neighbour *new = &n->at[n->next++ % NEIGHBOURS];
	*new = (struct neighbour){.address = *a};
	return new;
}

/* What was learned lets those go that waited for it, in their order. */
static void neighbour_learn(struct neighbours *n, const struct address *a, const uint8_t mac[MAC_OCTETS])
{
	struct neighbour *k = neighbour_of(n, a);
	const bool was_known = k->known;
	memcpy(k->mac, mac, MAC_OCTETS);
	k->known = true;
	for (unsigned i = 0; !was_known && i < NEIGHBOURS_WAITING; i++) {
		struct waiting *w = &n->waiting[(n->waiting_next + i) % NEIGHBOURS_WAITING];
		if (!w->packet || !address_equal(&w->to, a))
			continue;
		packet_send(n, mac, w->packet, w->octets);
		free(w->packet);
		w->packet = NULL;
	}
}

/* The multicast group of those whose address ends alike (RFC 4291 2.7.1), and its MAC (RFC 2464 7). */
static void solicited_node(const struct address *a, struct address *group, uint8_t mac[MAC_OCTETS])
{
	static const uint8_t prefix[13] = {0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0xff};
	*group = (struct address){.family = IPV6};
	memcpy(group->octets, prefix, sizeof prefix);
	memcpy(group->octets + 13, a->octets + 13, 3);
	mac[0] = mac[1] = 0x33;
	memcpy(mac + 2, group->octets + 12, 4);
}

static void neighbour_ask(struct neighbours *n, struct neighbour *k, uint64_t now_us)
{
	uint8_t octets[QUESTION_ROOM], mac[MAC_OCTETS];
	if (k->asked_us && now_us - k->asked_us < ASK_AGAIN_US)
		return;
	k->asked_us = now_us;
	if (k->address.family == IPV4) {
		struct arp question = {.sender = n->own[0], .target = k->address};
		memcpy(question.sender_mac, n->device->mac, MAC_OCTETS);
		frame_send(n, broadcast, ETHERTYPE_ARP, octets, arp_build(&question, octets, sizeof octets));
		return;
	}
	struct ndp question = {.src = n->own[1], .target = k->address};
	memcpy(question.mac, n->device->mac, MAC_OCTETS);
	solicited_node(&k->address, &question.dst, mac);
	frame_send(n, mac, ETHERTYPE_IPV6, octets, ndp_build(&question, octets, sizeof octets));
}

static void arp_frame(struct neighbours *n, const struct arp *m)
{
	uint8_t octets[QUESTION_ROOM];
	const bool for_us = n->own[0].family && address_equal(&m->target, &n->own[0]);
	if (!for_us)
		return;
	neighbour_learn(n, &m->sender, m->sender_mac);
	if (m->reply)
		return;
	struct arp answer = {.sender = m->target, .target = m->sender, .reply = true};
	memcpy(answer.sender_mac, n->device->mac, MAC_OCTETS);
	memcpy(answer.target_mac, m->sender_mac, MAC_OCTETS);
	frame_send(n, m->sender_mac, ETHERTYPE_ARP, octets, arp_build(&answer, octets, sizeof octets));
}

static void ndp_frame(struct neighbours *n, const struct ndp *m, const uint8_t from[MAC_OCTETS])
{
	static const uint8_t none[MAC_OCTETS], unspecified[16];
	uint8_t octets[QUESTION_ROOM];
	const uint8_t *mac = memcmp(m->mac, none, MAC_OCTETS) == 0 ? from : m->mac;
	if (m->advert) {
		neighbour_learn(n, &m->target, mac);
		return;
	}
	/* A question from the unspecified address is somebody's test for duplicates (RFC 4862 5.4): this address is taken, and that is told to all. */
	if (!n->own[1].family || !address_equal(&m->target, &n->own[1]))
		return;
	struct ndp answer = {.src = m->target, .dst = m->src, .target = m->target, .advert = true};
	const bool to_all = memcmp(m->src.octets, unspecified, sizeof unspecified) == 0;
	memcpy(answer.mac, n->device->mac, MAC_OCTETS);
	if (to_all)
		answer.dst = (struct address){.family = IPV6, .octets = {0xff, 0x02, [15] = 1}};
	else
		neighbour_learn(n, &m->src, mac);
	frame_send(n, from, ETHERTYPE_IPV6, octets, ndp_build(&answer, octets, sizeof octets));
}

bool neighbours_frame(struct neighbours *n, const uint8_t *frame, size_t octets)
{
	struct packet p;
	struct ip ip;
	const uint8_t *from = frame + MAC_OCTETS;
	if (octets <= ETHERNET_HEADER)
		return false;
	const unsigned ethertype = (unsigned)(frame[12] << 8 | frame[13]);
	const bool to_us = memcmp(frame, n->device->mac, MAC_OCTETS) == 0, to_many = (frame[0] & 1) != 0;
	if (!to_us && !to_many)
		return false;
	if (ethertype == ETHERTYPE_ARP) {
		packet_parse(frame, octets, &p);
		if (p.kind == PACKET_ARP_REQUEST || p.kind == PACKET_ARP_REPLY)
			arp_frame(n, &p.arp);
		return false;
	}
	if ((ethertype != ETHERTYPE_IPV4 && ethertype != ETHERTYPE_IPV6) || !ip_parse(frame + ETHERNET_HEADER, octets - ETHERNET_HEADER, &ip, NULL))
		return ethertype == ETHERTYPE_IPV4 || ethertype == ETHERTYPE_IPV6; /* what is no packet the stack is to find out */
	if (ip.protocol == IP_PROTOCOL_ICMPV6) {
		packet_parse(frame, octets, &p);
		if (p.kind == PACKET_NDP_SOLICIT || p.kind == PACKET_NDP_ADVERT) {
			if (!p.bad_checksum)
				ndp_frame(n, &p.ndp, from);
			return false;
		}
	}
	/* Whoever sends to us can be answered the way it came: no question then stands between a segment and its reply. */
	if (to_us && !ip.bad)
		neighbour_learn(n, &ip.src, from);
	return true;
}

static void packet_keep(struct neighbours *n, const struct address *to, const uint8_t *packet, size_t octets)
{
	struct waiting *w = &n->waiting[n->waiting_next++ % NEIGHBOURS_WAITING];
	free(w->packet); /* the oldest is lost, as on any host */
	w->packet = memory_resized(NULL, octets, 1);
	memcpy(w->packet, packet, octets);
	w->octets = octets;
	w->to = *to;
}

void neighbours_send(struct neighbours *n, const uint8_t *packet, size_t octets, uint64_t now_us)
{
	struct ip ip;
	if (octets == 0 || !ip_parse(packet, octets, &ip, NULL))
		return;
	struct neighbour *k = neighbour_of(n, &ip.dst);
	if (k->known) {
		packet_send(n, k->mac, packet, octets);
		return;
	}
	packet_keep(n, &ip.dst, packet, octets);
	neighbour_ask(n, k, now_us);
}
