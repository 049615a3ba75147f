/* Attaching: looking at somebody's interface, and asking who has the target's addresses. */
#include "lib/net/attach.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/net/namespace.h"
#include "lib/net/tag.h"
#include "lib/net/wire.h"

enum { ASK_EVERY_US = 250000,
       ASK_FOR_US = 3000000,
       QUESTION_ROOM = 256,
       FRAME_ROOM = 2048 };

/* ---- addresses ---- */

/* What the first `bits` of an address are to be. */
struct block {
	uint8_t octets[4];
	unsigned bits;
};

static const struct block blocks4[] = {
    {{10}, 8},
    {{172, 16}, 12},
    {{192, 168}, 16},
    {{169, 254}, 16},
    {{192, 0, 2}, 24},
    {{198, 51, 100}, 24},
    {{203, 0, 113}, 24},
};
static const struct block blocks6[] = {
    {{0xfe, 0x80}, 10},
    {{0xfc}, 7},
    {{0x20, 0x01, 0x0d, 0xb8}, 32},
    {{0x3f, 0xff, 0x00}, 20},
};

static bool block_has(const struct block *b, const struct address *a)
{
	for (unsigned i = 0; i < b->bits; i++)
		if ((a->octets[i / 8] ^ b->octets[i / 8]) >> (7 - i % 8) & 1)
			return false;
	return true;
}

static bool blocks_have(const struct block *b, size_t n, const struct address *a)
{
	for (size_t i = 0; i < n; i++)
		if (block_has(&b[i], a))
			return true;
	return false;
}

/* Never one host on a link: this network, the loopback, groups, all (RFC 6890, RFC 4291 2.4). */
static bool address_is_nobodys(const struct address *a)
{
	static const struct block no4[] = {{{0}, 8}, {{127}, 8}, {{224}, 3}}, no6[] = {{{0}, 8}, {{0xff}, 8}};
	return a->family == IPV4 ? blocks_have(no4, sizeof no4 / sizeof *no4, a) : blocks_have(no6, sizeof no6 / sizeof *no6, a);
}

bool attach_permits(const struct address *a, bool owned, struct error *e)
{
	const bool permitted = a->family == IPV4 ? blocks_have(blocks4, sizeof blocks4 / sizeof *blocks4, a) : blocks_have(blocks6, sizeof blocks6 / sizeof *blocks6, a);
	struct text name = {0};
	if (permitted || (owned && !address_is_nobodys(a)))
		return true;
	address_print(a, &name);
	if (owned)
		error_set(e, "%s: not the address of one host on a link; name the target's own", text_string(&name));
	else
		error_set(e, "%s: not a private, link-local or documentation address: a target that others can be reached at is not tested; give it one of 10/8, 172.16/12, 192.168/16, 169.254/16, 192.0.2/24, fe80::/10, fc00::/7, 2001:db8::/32, or say --i-own-this-target if it is yours",
		          text_string(&name));
	text_free(&name);
	return false;
}

struct address attach_neighbour(const struct address *target)
{
	struct address a = *target;
	uint8_t *last = &a.octets[a.family == IPV4 ? 3 : 15];
	*last = (uint8_t)(*last >= 254 ? *last - 1 : *last + 1);
	return a;
}

/* ---- our own kernel ---- */

/* Would this kernel take a packet to the address for its own? */
static bool kernel_has(const struct address *a)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	const int s = socket(a->family == IPV4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	memcpy(&v4.sin_addr, a->octets, 4);
	memcpy(&v6.sin6_addr, a->octets, 16);
	const bool has = s >= 0 && (a->family == IPV4 ? bind(s, (const struct sockaddr *)&v4, sizeof v4) : bind(s, (const struct sockaddr *)&v6, sizeof v6)) == 0;
	if (s >= 0)
		close(s);
	return has;
}

static bool kernel_keeps_out(const struct link *l, struct error *e)
{
	struct text name = {0};
	for (unsigned f = 0; f < FAMILIES; f++) {
		if (!l->target[f].family)
			continue;
		const bool target = kernel_has(&l->target[f]);
		if (!target && !kernel_has(&l->tester[f]))
			continue;
		address_print(target ? &l->target[f] : &l->tester[f], &name);
		if (target)
			error_set(e, "%s is an address of this namespace's own kernel, which would answer instead of the target; the target must be at the other end of %s (is --netns right?)", text_string(&name), l->tester_if);
		else
			error_set(e, "%s is an address of this namespace's own kernel, which would answer the target too, with resets; name one that nobody has by --tester-addr", text_string(&name));
		text_free(&name);
		return false;
	}
	return true;
}

/* ---- the interface ---- */

static void interfaces_list(struct text *to)
{
	struct if_nameindex *all = if_nameindex();
	for (struct if_nameindex *i = all; i && i->if_index; i++)
		text_add(to, "%s%s", i == all ? "" : ", ", i->if_name);
	if_freenameindex(all);
}

static bool interface_missing(const struct attach_request *r, struct error *e)
{
	struct text names = {0};
	interfaces_list(&names);
	error_set(e, "--iface %.40s: there is no such interface in %s%.60s; there are: %.300s", r->interface, r->netns ? "namespace " : "this network namespace", r->netns ? r->netns : "", text_string(&names));
	text_free(&names);
	return false;
}

/* s: any socket of this namespace. */
static bool interface_look(int s, const struct link *l, struct error *e)
{
	struct ifreq request = {0};
	memcpy(request.ifr_name, l->tester_if, sizeof l->tester_if);
	if (ioctl(s, SIOCGIFHWADDR, &request) != 0 || request.ifr_hwaddr.sa_family != ARPHRD_ETHER)
		return error_set(e, "--iface %s: not an Ethernet interface; a veth, a TAP, a bridge or a NIC is needed", l->tester_if);
	if (ioctl(s, SIOCGIFFLAGS, &request) != 0)
		return error_set(e, "--iface %s: %s while asking whether it is up; try again", l->tester_if, strerror(errno));
	if (!(request.ifr_flags & IFF_UP))
		return error_set(e, "--iface %s: the interface is down; set it up (ip link set dev %s up)", l->tester_if, l->tester_if);
	return (request.ifr_flags & IFF_RUNNING) || error_set(e, "--iface %s: the interface has no carrier: its other end is down, or the program that holds the TAP does not run; start that first", l->tester_if);
}

/* ---- who has the address? ---- */

struct resolver {
	int socket;
	struct link *link;
	bool resolved[FAMILIES];
	bool taken;  /* somebody else has the tester's address */
	bool differ; /* the target's two addresses are at two MACs */
	unsigned asked;
};

static bool frame_put(const struct resolver *r, const uint8_t to[MAC_OCTETS], uint16_t ethertype, const uint8_t *payload, size_t n)
{
	uint8_t frame[QUESTION_ROOM + ETHERNET_HEADER + TAG_OCTETS];
	const struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_ifindex = (int)r->link->tester_index, .sll_halen = MAC_OCTETS};
	const size_t head = tag_head_build(r->link, to, ethertype, frame, sizeof frame);
	memcpy(frame + head, payload, n);
	return sendto(r->socket, frame, head + n, 0, (const struct sockaddr *)&at, sizeof at) == (ssize_t)(head + n);
}

/* sender: NULL asks as one who has no address yet (RFC 5227 2.1.1). */
static bool arp_ask(const struct resolver *r, const struct address *sender, const struct address *target)
{
	static const uint8_t all[MAC_OCTETS] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	uint8_t octets[QUESTION_ROOM];
	struct arp m = {.sender.family = IPV4, .target = *target};
	if (sender)
		m.sender = *sender;
	memcpy(m.sender_mac, r->link->tester_mac, MAC_OCTETS);
	return frame_put(r, all, ETH_P_ARP, octets, arp_build(&m, octets, sizeof octets));
}

/* To the group of those whose addresses end alike (RFC 4291 2.7.1, RFC 2464 7). */
static bool ndp_ask(const struct resolver *r, const struct address *sender, const struct address *target)
{
	static const uint8_t group[13] = {0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff};
	uint8_t octets[QUESTION_ROOM], mac[MAC_OCTETS] = {0x33, 0x33, 0xff};
	struct ndp m = {.src.family = IPV6, .dst.family = IPV6, .target = *target};
	memcpy(m.dst.octets, group, sizeof group);
	memcpy(m.dst.octets + 13, target->octets + 13, 3);
	memcpy(mac + 3, target->octets + 13, 3);
	if (sender) {
		m.src = *sender;
		memcpy(m.mac, r->link->tester_mac, MAC_OCTETS);
	}
	return frame_put(r, mac, ETH_P_IPV6, octets, ndp_build(&m, octets, sizeof octets));
}

/* For the tester's address first: whoever has it has answered by the time the target has. */
static bool resolver_ask(struct resolver *r, struct error *e)
{
	const struct link *l = r->link;
	bool sent = true;
	r->asked++;
	if (l->target[0].family && !r->resolved[0])
		sent = arp_ask(r, NULL, &l->tester[0]) && arp_ask(r, &l->tester[0], &l->target[0]);
	if (sent && l->target[1].family && !r->resolved[1])
		sent = ndp_ask(r, NULL, &l->tester[1]) && ndp_ask(r, &l->tester[1], &l->target[1]);
	return sent || error_set(e, "--iface %s: %s while asking for the target's MAC; the interface must be up", l->tester_if, strerror(errno));
}

static void resolver_hears(struct resolver *r, unsigned f, const struct address *who, const uint8_t mac[MAC_OCTETS])
{
	struct link *l = r->link;
	if (address_equal(who, &l->tester[f]))
		r->taken = true;
	if (!address_equal(who, &l->target[f]))
		return;
	r->differ |= r->resolved[!f] && memcmp(l->target_mac, mac, MAC_OCTETS) != 0;
	r->resolved[f] = true;
	memcpy(l->target_mac, mac, MAC_OCTETS);
}

static void resolver_frame(struct resolver *r, const uint8_t *frame, size_t n)
{
	static const uint8_t none[MAC_OCTETS];
	struct packet p;
	packet_parse(frame, n, &p);
	if (memcmp(frame + MAC_OCTETS, r->link->tester_mac, MAC_OCTETS) == 0 || p.bad_checksum)
		return;
	if (p.kind == PACKET_ARP_REPLY)
		resolver_hears(r, 0, &p.arp.sender, p.arp.sender_mac);
	if (p.kind == PACKET_NDP_ADVERT)
		resolver_hears(r, 1, &p.ndp.target, memcmp(p.ndp.mac, none, sizeof none) == 0 ? frame + MAC_OCTETS : p.ndp.mac);
}

static bool resolver_is_done(const struct resolver *r)
{
	for (unsigned f = 0; f < FAMILIES; f++)
		if (r->link->target[f].family && !r->resolved[f])
			return false;
	return true;
}

static bool resolver_failed(const struct resolver *r, struct error *e)
{
	const struct link *l = r->link;
	struct text names = {0};
	for (unsigned f = 0; f < FAMILIES; f++)
		if (l->target[f].family && !r->resolved[f]) {
			text_add(&names, "%s", names.length ? " and " : "");
			address_print(&l->target[f], &names);
		}
	if (l->tagged)
		text_add(&names, " in VLAN %u", l->tag & 0xfffu);
	error_set(e, "nobody answered for %s on %s: asked %u times by %s; is the target up, at this address%s, at the other end of %s? Else name its MAC by --target-mac", text_string(&names), l->tester_if, r->asked,
	          !l->target[1].family || r->resolved[1] ? "ARP" : !l->target[0].family || r->resolved[0] ? "neighbour solicitation"
	                                                                                                  : "ARP and neighbour solicitation",
	          l->tagged ? " and in this VLAN" : "", l->tester_if);
	text_free(&names);
	return false;
}

/* The tag that the kernel has taken off the frame and tells of beside it (PACKET_AUXDATA). */
static bool tag_told(struct msghdr *m, uint16_t *tag)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		struct tpacket_auxdata told;
		if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA || c->cmsg_len < CMSG_LEN(sizeof told))
			continue;
		memcpy(&told, CMSG_DATA(c), sizeof told);
		*tag = told.tp_vlan_tci;
		return (told.tp_status & TP_STATUS_VLAN_VALID) != 0;
	}
	return false;
}

/* Reads one frame that has come. False: there is none. */
static bool resolver_take(struct resolver *r)
{
	uint8_t frame[FRAME_ROOM], stripped[FRAME_ROOM];
	_Alignas(struct cmsghdr) uint8_t beside[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	struct iovec to = {.iov_base = frame, .iov_len = sizeof frame};
	struct msghdr m = {.msg_iov = &to, .msg_iovlen = 1, .msg_control = beside, .msg_controllen = sizeof beside};
	uint16_t tag = 0;
	const ssize_t n = recvmsg(r->socket, &m, MSG_DONTWAIT);
	if (n < 0)
		return false;
	const bool told = tag_told(&m, &tag);
	const uint8_t *octets = frame;
	size_t length = (size_t)n;
	if (!told) {
		length = tag_strip(r->link, frame, (size_t)n, stripped, sizeof stripped);
		octets = stripped;
	} else if (!tag_is_ours(r->link, true, tag)) {
		length = 0;
	}
	if (length > ETHERNET_HEADER)
		resolver_frame(r, octets, length);
	return true;
}

static bool resolver_run(struct resolver *r, struct error *e)
{
	const uint64_t until = clock_now() + ASK_FOR_US;
	uint64_t ask_at = 0;
	while (!resolver_is_done(r)) {
		struct pollfd wait = {.fd = r->socket, .events = POLLIN};
		const uint64_t now = clock_now();
		if (now >= until)
			return resolver_failed(r, e);
		if (now >= ask_at && !resolver_ask(r, e))
			return false;
		if (now >= ask_at)
			ask_at = now + ASK_EVERY_US;
		poll(&wait, 1, (int)((ask_at - now) / 1000) + 1);
		while (resolver_take(r))
			;
	}
	if (r->differ)
		return error_set(e, "the target's two addresses on %s are at two MACs, so they are of two hosts; name the addresses of one, or one address", r->link->tester_if);
	return !r->taken || error_set(e, "the tester's address on %s is somebody's already: it was answered for; name one that nobody has by --tester-addr", r->link->tester_if);
}

/* s: a packet socket for everything that comes in there, whomever it is for: the tester's MAC is not the interface's. */
static bool link_resolve(struct link *l, int s, const struct attach_request *request, struct error *e)
{
	const struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)l->tester_index};
	const struct packet_mreq all = {.mr_ifindex = (int)l->tester_index, .mr_type = PACKET_MR_PROMISC};
	struct resolver r = {.socket = s, .link = l};
	const int one = 1;
	if (request->has_mac) {
		memcpy(l->target_mac, request->target_mac, MAC_OCTETS);
		return true;
	}
	if (setsockopt(s, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all) != 0 || setsockopt(s, SOL_PACKET, PACKET_AUXDATA, &one, sizeof one) != 0 || bind(s, (const struct sockaddr *)&at, sizeof at) != 0)
		return error_set(e, "--iface %s: %s while listening for the target; CAP_NET_RAW is needed in its namespace", l->tester_if, strerror(errno));
	return resolver_run(&r, e);
}

/* ---- both together ---- */

/* Without any address of its own a namespace takes every address for one of its kernel's. */
static bool loopback_up(struct error *e)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	const int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	const bool up = s >= 0 && ioctl(s, SIOCSIFFLAGS, &lo) == 0;
	const int why = errno;
	if (s >= 0)
		close(s);
	return up || error_set(e, "loopback: %s while setting it up in a namespace; see `tcpspec doctor`", strerror(why));
}

bool link_join(struct link *l, const struct attach_request *r, struct error *e)
{
	static const uint8_t mac[MAC_OCTETS] = {0x02, 't', 'c', 'p', 1, 1};
	enum link_refusal why;
	*l = (struct link){.tester_ns = -1, .target_ns = -1, .attached = true};
	if (strlen(r->interface) >= sizeof l->tester_if)
		return error_set(e, "--iface %.40s: an interface's name has at most %zu octets", r->interface, sizeof l->tester_if - 1);
	memcpy(l->tester_if, r->interface, strlen(r->interface) + 1);
	memcpy(l->target_if, l->tester_if, sizeof l->target_if);
	memcpy(l->tester_mac, mac, sizeof mac);
	l->tagged = r->tagged;
	l->tag = r->tag;
	for (unsigned f = 0; f < FAMILIES; f++) {
		if (!r->target[f].family)
			continue;
		if (!attach_permits(&r->target[f], r->owned, e))
			return error_prefix(e, "--target-addr ");
		l->target[f] = r->target[f];
		l->tester[f] = r->tester[f].family ? r->tester[f] : attach_neighbour(&r->target[f]);
	}
	l->tester_ns = r->netns ? namespace_join(r->netns, e) : r->fresh ? namespace_make(&why, e)
	                                                                 : namespace_here(e);
	if (l->tester_ns < 0 || (r->fresh && !r->netns && !loopback_up(e)))
		return false;
	/* Where the target is nobody knows: who goes to its namespace stays in this one. */
	l->target_ns = dup(l->tester_ns);
	l->rootless = namespace_is_rootless();
	return l->target_ns >= 0 || error_set(e, "namespace: %s while keeping it; raise the limit of open files (ulimit -n)", strerror(errno));
}

bool link_attach(struct link *l, const struct attach_request *r, struct error *e)
{
	const uint8_t *m = l->target_mac;
	char vlan[24] = "";
	l->tester_index = l->target_index = if_nametoindex(l->tester_if);
	if (l->tester_index == 0)
		return interface_missing(r, e);
	const int s = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (s < 0)
		return error_set(e, "--iface %s: no packet socket: %s; be root, or the user who made the namespace", l->tester_if, strerror(errno));
	const bool done = interface_look(s, l, e) && kernel_keeps_out(l, e) && link_resolve(l, s, r, e);
	close(s);
	if (l->tagged)
		snprintf(vlan, sizeof vlan, "VLAN %u, ", l->tag & 0xfffu);
	snprintf(l->summary, sizeof l->summary, "%s in %s%.60s, attached, %starget at %02x:%02x:%02x:%02x:%02x:%02x%s, %s", l->tester_if, r->netns ? "namespace " : "this namespace", r->netns ? r->netns : "", vlan, m[0], m[1], m[2], m[3], m[4], m[5],
	         r->has_mac ? " (said)" : "", l->rootless ? "rootless" : "root");
	return done;
}
