/* The few rtnetlink requests that build and watch the link. Not a general netlink library. */
#ifndef TCPSPEC_NET_NETLINK_H
#define TCPSPEC_NET_NETLINK_H

#include "lib/net/link.h"

struct netlink;

/* Opened in the calling thread's network namespace, and bound to it for good; NULL with e. */
struct netlink *netlink_open(struct error *e);
void netlink_close(struct netlink *n);

/* One that hears of new IPv6 addresses in this namespace and can be asked for nothing else. */
struct netlink *netlink_watch(struct error *e);
/* Returns when the kernel has told that the address is in use: it works on a new one after it has acknowledged it. Half a second at most; not an error. */
void netlink_address_await(struct netlink *watch, const struct address *a);

/* A veth pair, both ends down: `name` here, `peer_name` in the namespace peer_ns. *number: errno of the refusal (EOPNOTSUPP: no veth in this kernel). */
struct netlink_veth {
	const char *name, *peer_name;
	const uint8_t *mac, *peer_mac; /* MAC_OCTETS each */
	int peer_ns;
	uint32_t mtu; /* octets */
};
bool netlink_veth_make(struct netlink *n, const struct netlink_veth *v, int *number, struct error *e);

/* The index of the interface called `name` here. */
bool netlink_index_find(struct netlink *n, const char *name, unsigned *index, struct error *e);

bool netlink_up(struct netlink *n, unsigned index, bool up, struct error *e);
/* Whether the interface resolves neighbours, as it does from the start. */
bool netlink_arp(struct netlink *n, unsigned index, bool on, struct error *e);
/* Without duplicate address detection. prefix in bits. */
bool netlink_address_add(struct netlink *n, unsigned index, const struct address *a, uint8_t prefix, struct error *e);
/* To a network, by a neighbour. prefix in bits. */
bool netlink_route_add(struct netlink *n, unsigned index, const struct address *network, uint8_t prefix, const struct address *gateway, struct error *e);
/* Permanent. */
bool netlink_neighbour_add(struct netlink *n, unsigned index, const struct address *a, const uint8_t mac[MAC_OCTETS], struct error *e);

/* What the kernel says of one interface. */
struct netlink_interface {
	bool up; /* administratively, and the carrier is there */
};
bool netlink_interface_read(struct netlink *n, unsigned index, struct netlink_interface *i, struct error *e);
/* Frames that its receive path gave up, and that the peer's did. It asks for these alone: of all that the kernel can say of an interface they are a small part. */
bool netlink_drops_read(struct netlink *n, unsigned index, uint64_t *drops, struct error *e);

#endif
