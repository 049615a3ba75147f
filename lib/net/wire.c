/* The live wire: frames out by libnet, frames in by libpcap, both on the tester's end. It knows no TCP. */
#include <errno.h>
#include <libnet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "lib/base/memory.h"
#include "lib/net/netlink.h"
#include "lib/net/stamp.h"
#include "lib/net/tag.h"
#include "lib/net/usurper.h"
#include "lib/net/wire.h"
#include "lib/wire/ip.h"

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

enum { ETHERTYPE_OF_IPV4 = 0x0800,
       ETHERTYPE_OF_ARP = 0x0806,
       ETHERTYPE_OF_IPV6 = 0x86dd,
       ETHERTYPE_OF_NOBODY = 0x88b5, /* IEEE 802: for local experiments */
       IPV6_NEXT_HEADER = ETHERNET_HEADER + 6,
       PROTOCOL_ICMPV6 = 58,
       NDP_HOP_LIMIT = 255,
       CAPTURE_SNAPLEN = 65535,
       CAPTURE_BUFFER = 8 << 20, /* octets: 4096 frames of this MTU */
       CAPTURE_BUFFER_FOR_ONE = 1 << 18,
       HELD_FRAMES = 64,
       HELD_OCTETS = 2 * CAPTURE_SNAPLEN,
       ANSWER_ROOM = 256,
       WATCH_EVERY_US = 20000,
       WATCH_IDLE = 16 }; /* looks */

/* Frames that were taken out of the ring, and not yet handed out. */
struct held {
	struct {
		size_t at, length;
		uint64_t realtime_us;
	} frame[HELD_FRAMES];
	unsigned count, next;
	size_t octets_used;
	pcap_t *pcap;
	uint8_t octets[HELD_OCTETS];
};

struct wire {
	const struct link *link;
	libnet_t *libnet;
	pcap_t *pcap;
	struct netlink *netlink; /* lives in the tester's namespace */
	uint64_t dropped_before;
	uint64_t watched; /* when the link was last seen up */
	unsigned idle;    /* looks that have found nothing */
	struct stamp stamp;
	struct held *held;       /* for one connection at a time; else NULL */
	struct usurper *usurper; /* on somebody's interface: does the kernel there answer in our place? */
	size_t head;             /* octets before the packet in `out` */
	uint8_t out[FRAME_MAX + TAG_OCTETS];
	uint8_t untagged[FRAME_MAX];
};

/* On somebody's interface the tester has a MAC of its own, so that the kernel there takes what is sent to it for a stranger's. */
static bool capture_configure(pcap_t *p, bool attached, int ring)
{
	return pcap_set_snaplen(p, CAPTURE_SNAPLEN) == 0 && pcap_set_immediate_mode(p, 1) == 0 && pcap_set_promisc(p, attached) == 0 &&
	       pcap_set_timeout(p, 1) == 0 && pcap_set_buffer_size(p, ring) == 0 && pcap_set_tstamp_precision(p, PCAP_TSTAMP_PRECISION_NANO) == 0;
}

static bool capture_open(struct wire *w, struct error *e)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	int one = 1;

	w->pcap = pcap_create(w->link->tester_if, text);
	if (w->pcap == NULL)
		return error_set(e, "libpcap: %s while opening %s for capture; CAP_NET_RAW is needed in its namespace", text, w->link->tester_if);
	/* activate() has warnings above 0, all harmless. */
	if (!capture_configure(w->pcap, w->link->attached, w->held ? CAPTURE_BUFFER_FOR_ONE : CAPTURE_BUFFER) || pcap_activate(w->pcap) < 0)
		return error_set(e, "libpcap: %s while opening %s for capture; CAP_NET_RAW is needed in its namespace (docker: --cap-add NET_RAW)", pcap_geterr(w->pcap), w->link->tester_if);
	if (pcap_setdirection(w->pcap, PCAP_D_IN) != 0)
		return error_set(e, "libpcap: %s while restricting the capture to incoming frames; libpcap 1.10 is needed", pcap_geterr(w->pcap));
	if (pcap_setnonblock(w->pcap, 1, text) != 0)
		return error_set(e, "libpcap: %s while making the capture non-blocking; libpcap 1.10 is needed", text);
	/* Only for speed: kernels before 4.20 do without. */
	setsockopt(pcap_fileno(w->pcap), SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof one);
	return true;
}

static bool injection_open(struct wire *w, struct error *e)
{
	const struct sockaddr_ll nobody = {.sll_family = AF_PACKET, .sll_protocol = htons(ETHERTYPE_OF_NOBODY), .sll_ifindex = (int)w->link->tester_index};
	char text[LIBNET_ERRBUF_SIZE] = "";
	int one = 1;

	w->libnet = libnet_init(LIBNET_LINK_ADV, w->link->tester_if, text);
	if (w->libnet == NULL)
		return error_set(e, "libnet: %s while opening %s for sending; CAP_NET_RAW is needed in its namespace", text, w->link->tester_if);
	/* Only for speed: without it frames pass the queueing discipline, of which a veth has none. */
	setsockopt(libnet_getfd(w->libnet), SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof one);
	/* libnet opens its socket for all protocols, so that it would also keep a copy of every frame until its buffer is full. It only sends. */
	bind(libnet_getfd(w->libnet), (const struct sockaddr *)&nobody, sizeof nobody);
	return true;
}

/* The tester's interface gets a MAC that the target's frames do not bear, so that its kernel drops them behind the capture, unread. */
static bool interface_deafen(struct wire *w, struct error *e)
{
	struct ifreq request = {0};

	memcpy(request.ifr_name, w->link->tester_if, sizeof request.ifr_name);
	request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
	memcpy(request.ifr_hwaddr.sa_data, w->link->tester_mac, MAC_OCTETS);
	request.ifr_hwaddr.sa_data[MAC_OCTETS - 1] ^= 0x40;
	return ioctl(libnet_getfd(w->libnet), SIOCSIFHWADDR, &request) == 0 || error_set(e, "%s: %s while giving it another MAC; CAP_NET_ADMIN is needed in its namespace", w->link->tester_if, strerror(errno));
}

static bool drops_read(struct wire *w, uint64_t *dropped, struct error *e)
{
	return netlink_drops_read(w->netlink, w->link->tester_index, dropped, e);
}

/* In the tester's namespace. */
static bool wire_set_up(struct wire *w, struct error *e)
{
	struct netlink_interface i;

	w->netlink = netlink_open(e);
	/* Who asks for an interface has the kernel see to its carrier first, which link_seems_up() would be told of a second late. */
	return w->netlink != NULL && netlink_interface_read(w->netlink, w->link->tester_index, &i, e) && drops_read(w, &w->dropped_before, e) && capture_open(w, e) && injection_open(w, e) && (!w->held || interface_deafen(w, e)) && (!w->link->attached || (w->usurper = usurper_open(w->link, e)) != NULL);
}

static struct wire *wire_make(const struct link *l, bool for_one, struct error *e)
{
	struct wire *w;
	bool done, back;

	if (!link_enter_tester(l, e))
		return NULL;
	w = memory_zeroed(1, sizeof *w);
	w->link = l;
	w->held = for_one ? memory_zeroed(1, sizeof *w->held) : NULL;
	w->stamp = stamp_start();
	w->head = tag_head_build(l, l->target_mac, ETHERTYPE_OF_IPV4, w->out, sizeof w->out);
	done = wire_set_up(w, e);
	back = link_enter_target(l, done ? e : NULL);
	if (done && back)
		return w;
	wire_close(w);
	error_prefix(e, "wire: ");
	return NULL;
}

struct wire *wire_open(const struct link *l, struct error *e)
{
	return wire_make(l, false, e);
}

struct wire *wire_open_for_one(const struct link *l, struct error *e)
{
	return wire_make(l, true, e);
}

void wire_close(struct wire *w)
{
	if (w == NULL)
		return;
	if (w->pcap != NULL)
		pcap_close(w->pcap);
	if (w->libnet != NULL)
		libnet_destroy(w->libnet);
	usurper_close(w->usurper);
	netlink_close(w->netlink);
	free(w->held);
	free(w);
}

/* The one request that takes no lock of the kernel's, for others may be busy with their interfaces. It may tell of a lost carrier up to a second late. */
static bool link_seems_up(const struct wire *w)
{
	struct ifreq request = {0};

	memcpy(request.ifr_name, w->link->tester_if, sizeof request.ifr_name);
	return ioctl(libnet_getfd(w->libnet), SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_UP) != 0 && (request.ifr_flags & IFF_RUNNING) != 0;
}

static bool link_down(const struct wire *w, const char *doing, struct error *e)
{
	const struct link *l = w->link;

	return error_set(e, "wire: the link %s is down while %s; set %s and %s up again (ip link set dev %s up), or run again", l->tester_if, doing, l->tester_if, l->target_if, l->target_if);
}

/* Why a frame could not be sent: most often the link is down, and then the kernel's own words ("No buffer space") mislead. */
static bool send_failed(const struct wire *w, size_t n, int number, struct error *e)
{
	struct netlink_interface i;

	if (netlink_interface_read(w->netlink, w->link->tester_index, &i, NULL) && !i.up)
		return link_down(w, "sending", e);
	return error_set(e, "wire: %s: %s while sending a frame of %zu octets; the interface's MTU bounds what can be sent", w->link->tester_if, strerror(number), n);
}

/* As many octets as were sent. */
static int frame_out(struct wire *w, size_t n)
{
	if (!w->held)
		return libnet_adv_write_link(w->libnet, w->out, (uint32_t)n);
	return (int)send(libnet_getfd(w->libnet), w->out, n, 0);
}

bool wire_send_frame(struct wire *w, uint16_t ethertype, const uint8_t *payload, size_t n, uint64_t *at, struct error *e)
{
	const size_t head = w->head;

	if (n > FRAME_MAX - ETHERNET_HEADER)
		return error_set(e, "wire: a packet of %zu octets fits no frame; at most %d can be sent", n, FRAME_MAX - ETHERNET_HEADER);
	w->out[head - 2] = (uint8_t)(ethertype >> 8);
	w->out[head - 1] = (uint8_t)ethertype;
	memcpy(w->out + head, payload, n);
	if (at != NULL)
		*at = clock_now();
	errno = 0;
	if (frame_out(w, head + n) != (int)(head + n))
		return send_failed(w, head + n, errno, e);
	return true;
}

/* The MAC for a packet to a group or to all (RFC 1112 6.4, RFC 2464 7, RFC 894); false: it is the target's. */
static bool mac_of_many(const struct wire *w, const uint8_t *packet, size_t n, uint8_t mac[MAC_OCTETS])
{
	static const uint8_t all[MAC_OCTETS] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	const uint8_t *own = w->link->target[family_index(IPV4)].octets;

	if (n >= IPV6_HEADER && packet[0] >> 4 == 6 && packet[24] == 0xff) {
		memcpy(mac, (const uint8_t[]){0x33, 0x33, packet[36], packet[37], packet[38], packet[39]}, MAC_OCTETS);
		return true;
	}
	if (n < IPV4_HEADER || packet[0] >> 4 != 4)
		return false;
	if (packet[16] >> 4 == 0xe) {
		memcpy(mac, (const uint8_t[]){0x01, 0x00, 0x5e, packet[17] & 0x7f, packet[18], packet[19]}, MAC_OCTETS);
		return true;
	}
	memcpy(mac, all, sizeof all);
	return packet[19] == 0xff && (memcmp(packet + 16, all, 4) == 0 || (memcmp(packet + 16, own, 3) == 0 && own[3] != 0xff));
}

bool wire_send(struct wire *w, const uint8_t *packet, size_t n, uint64_t *at, struct error *e)
{
	uint8_t mac[MAC_OCTETS];
	bool ipv6 = n > 0 && packet[0] >> 4 == 6, many = mac_of_many(w, packet, n, mac), sent;

	if (many)
		memcpy(w->out, mac, MAC_OCTETS);
	sent = wire_send_frame(w, ipv6 ? ETHERTYPE_OF_IPV6 : ETHERTYPE_OF_IPV4, packet, n, at, e);
	if (many)
		memcpy(w->out, w->link->target_mac, MAC_OCTETS);
	return sent;
}

/* Who has an address of ours? */
static bool asks_for_tester(const struct wire *w, const struct packet *p)
{
	if (p->kind == PACKET_ARP_REQUEST)
		return address_equal(&p->arp.target, &w->link->tester[family_index(IPV4)]);
	return p->kind == PACKET_NDP_SOLICIT && address_equal(&p->ndp.target, &w->link->tester[family_index(IPV6)]);
}

static bool question_answer(struct wire *w, const struct packet *p, struct error *e)
{
	uint8_t octets[ANSWER_ROOM];
	size_t n;

	if (p->kind == PACKET_ARP_REQUEST) {
		struct arp reply = {.sender = p->arp.target, .target = p->arp.sender, .reply = true};

		memcpy(reply.sender_mac, w->link->tester_mac, MAC_OCTETS);
		memcpy(reply.target_mac, p->arp.sender_mac, MAC_OCTETS);
		n = arp_build(&reply, octets, sizeof octets);
		return wire_send_frame(w, ETHERTYPE_OF_ARP, octets, n, NULL, e);
	}
	struct ndp advert = {.src = p->ndp.target, .dst = p->ndp.src, .target = p->ndp.target, .advert = true};

	memcpy(advert.mac, w->link->tester_mac, MAC_OCTETS);
	n = ndp_build(&advert, octets, sizeof octets);
	return wire_send_frame(w, ETHERTYPE_OF_IPV6, octets, n, NULL, e);
}

/* 1 when the frame was a question and is answered, 0 when it is the caller's, -1 on error. */
static int housekeeping(struct wire *w, const uint8_t *frame, size_t n, struct error *e)
{
	unsigned ethertype = n < ETHERNET_HEADER ? 0 : (unsigned)(frame[12] << 8 | frame[13]);
	struct packet p;

	if (ethertype != ETHERTYPE_OF_ARP && !(ethertype == ETHERTYPE_OF_IPV6 && n > IPV6_NEXT_HEADER && frame[IPV6_NEXT_HEADER] == PROTOCOL_ICMPV6))
		return 0;
	packet_parse(frame, n, &p);
	if (p.bad_checksum || !asks_for_tester(w, &p))
		return 0;
	return question_answer(w, &p, e) ? 1 : -1;
}

/* Nothing is waiting: that is no news, unless the link is down. libpcap keeps quiet about it, so it is looked at now and then. */
static int wire_idle(struct wire *w, struct error *e)
{
	uint64_t now;

	/* Who looks thousands of times a second need not look at the clock each time. */
	if (w->held && ++w->idle % WATCH_IDLE)
		return 0;
	now = clock_now();
	if (now - w->watched < WATCH_EVERY_US)
		return 0;
	if (!link_seems_up(w)) {
		link_down(w, "receiving", e);
		return -1;
	}
	w->watched = now;
	return w->usurper == NULL || usurper_is_quiet(w->usurper, e) ? 0 : -1;
}

/* The frame as it is without its tag, into *f. False: it is not of our VLAN. */
static bool frame_take(struct wire *w, const uint8_t *octets, size_t n, struct frame *f)
{
	f->octets = octets;
	f->length = n;
	if (!w->link->tagged)
		return true;
	f->octets = w->untagged;
	f->length = tag_strip(w->link, octets, n, w->untagged, sizeof w->untagged);
	return f->length > 0;
}

/* A captured frame into *f: 1, or 0 when it is nothing for the caller, -1 on error. */
static int frame_hand(struct wire *w, const uint8_t *octets, size_t n, uint64_t realtime_us, struct frame *f, struct error *e)
{
	int done;

	if (!frame_take(w, octets, n, f))
		return 0;
	done = housekeeping(w, f->octets, f->length, e);
	if (done != 0)
		return done < 0 ? -1 : 0;
	f->at = stamp_convert(&w->stamp, realtime_us);
	return 1;
}

/* With nanosecond precision tv_usec holds nanoseconds. */
static uint64_t realtime_of(const struct pcap_pkthdr *h)
{
	return (uint64_t)h->ts.tv_sec * 1000000 + (uint64_t)h->ts.tv_usec / 1000;
}

static int receive_failed(const struct wire *w, struct error *e)
{
	error_set(e, "wire: %s: %s while receiving; the link must stay up (ip link set dev %s up), run again", w->link->tester_if, pcap_geterr(w->pcap), w->link->tester_if);
	return -1;
}

int wire_receive(struct wire *w, struct frame *f, struct error *e)
{
	for (;;) {
		struct pcap_pkthdr *header;
		const u_char *octets;
		int got = pcap_next_ex(w->pcap, &header, &octets);

		if (got == 0)
			return wire_idle(w, e);
		if (got < 0)
			return receive_failed(w, e);
		got = frame_hand(w, octets, header->caplen, realtime_of(header), f, e);
		if (got != 0)
			return got;
	}
}

static bool held_is_full(const struct held *h)
{
	return h->count == HELD_FRAMES || h->octets_used > HELD_OCTETS - CAPTURE_SNAPLEN;
}

/* The ring's octets are the kernel's again when this returns. */
static void frame_hold(u_char *to, const struct pcap_pkthdr *header, const u_char *octets)
{
	struct held *h = (struct held *)(void *)to;

	h->frame[h->count].at = h->octets_used;
	h->frame[h->count].length = header->caplen;
	h->frame[h->count++].realtime_us = realtime_of(header);
	memcpy(h->octets + h->octets_used, octets, header->caplen);
	h->octets_used += header->caplen;
	if (held_is_full(h))
		pcap_breakloop(h->pcap);
}

bool wire_look(struct wire *w, struct error *e)
{
	struct held *h = w->held;

	if (h->next == h->count) {
		h->next = h->count = 0;
		h->octets_used = 0;
	}
	h->pcap = w->pcap;
	if (held_is_full(h) || pcap_dispatch(w->pcap, -1, frame_hold, (u_char *)h) != PCAP_ERROR)
		return true;
	receive_failed(w, e);
	return false;
}

int wire_take(struct wire *w, struct frame *f, struct error *e)
{
	struct held *h = w->held;

	while (h->next < h->count) {
		const unsigned i = h->next++;
		const int got = frame_hand(w, h->octets + h->frame[i].at, h->frame[i].length, h->frame[i].realtime_us, f, e);

		if (got != 0)
			return got;
	}
	return wire_idle(w, e);
}

int wire_descriptor(const struct wire *w)
{
	return pcap_get_selectable_fd(w->pcap);
}

bool wire_drops(struct wire *w, uint64_t *dropped, struct error *e)
{
	struct pcap_stat s;
	uint64_t interface;

	if (pcap_stats(w->pcap, &s) != 0)
		return error_set(e, "libpcap: %s while reading the capture's drops; the link must stay up, run again", pcap_geterr(w->pcap));
	if (!drops_read(w, &interface, e))
		return false;
	/* ps_ifdrop comes from the /sys of the machine's namespace and would tell of another interface: the tester's own counters are asked instead. */
	*dropped = s.ps_drop + (interface - w->dropped_before);
	return true;
}
