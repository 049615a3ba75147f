/* A link that is there already: an interface in a namespace of somebody's, and a target behind it that is asked for its MAC. It makes no interface and leaves none changed. */
#ifndef TCPSPEC_NET_ATTACH_H
#define TCPSPEC_NET_ATTACH_H

#include "lib/net/link.h"

struct attach_request {
	const char *netns; /* a process's number, a name of `ip netns`, a path; NULL: the caller's own */
	bool fresh;        /* in a namespace that is made for it: whoever makes the interface is started there */
	const char *interface;
	struct address target[FAMILIES]; /* family 0: not said */
	struct address tester[FAMILIES]; /* family 0: a neighbour of the target's */
	bool has_mac;                    /* else the target is asked */
	uint8_t target_mac[MAC_OCTETS];
	bool tagged; /* frames bear this 802.1Q tag: PCP << 13 | VID */
	uint16_t tag;
	bool owned;    /* --i-own-this-target: its addresses may be anybody's */
	uint16_t port; /* of a service that nobody steers; 0: not said */
};

/* May the address be a target's? Only one that leads nowhere but to what is meant: private (RFC 1918, RFC 4193), link-local (RFC 3927, RFC 4291), for documentation (RFC 5737, RFC 3849, RFC 9637).
 * owned: the user answers for what is there, and any address of one host will do. False with e. */
bool attach_permits(const struct address *a, bool owned, struct error *e);
/* The tester's address where none is said: the target's own with another last octet, which is neither all zeros nor all ones. */
struct address attach_neighbour(const struct address *target);

/* Goes into the namespace, and fills in what is known without looking at the interface. The thread stays there. */
bool link_join(struct link *l, const struct attach_request *r, struct error *e);
/* Looks at the interface (Ethernet, up), at our own kernel (it must have neither address), and asks for the target's MAC by ARP and NDP: three seconds at the most. Where two families are
 * said both must answer. False with e: what was tried and what to try next. */
bool link_attach(struct link *l, const struct attach_request *r, struct error *e);

#endif
