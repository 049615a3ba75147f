/* Two network namespaces of our own and the veth pair between them: the tester's end (no IP address, raw frames) and the target's end (an ordinary host). Not a router, and nothing of it outlives the process. */
#ifndef TCPSPEC_NET_LINK_H
#define TCPSPEC_NET_LINK_H

#include "lib/wire/packet.h"

enum { FAMILIES = 2 };
/* Index of a family in arrays: 0 IPv4, 1 IPv6. */
static inline unsigned family_index(enum family f)
{
	return f == IPV6;
}

struct link {
	int tester_ns, target_ns; /* descriptors of the network namespaces; -1 when closed */
	char tester_if[16], target_if[16];
	unsigned tester_index, target_index;
	uint8_t tester_mac[MAC_OCTETS], target_mac[MAC_OCTETS];
	struct address tester[FAMILIES], target[FAMILIES];
	bool rootless;
	bool bare;         /* the target's end has no address: a program has it, by a packet socket, and the kernel keeps quiet */
	bool attached;     /* the link was there: the tester's end is an interface of somebody's, and nothing is known of the target's */
	bool tagged;       /* every frame bears an 802.1Q tag, this one: */
	uint16_t tag;      /* PCP << 13 | VID */
	char summary[200]; /* for the environment header: "veth, offloads off, rps 0, gro 0, rootless" */
};

/* What stands in the way of namespaces on this machine, and the mend. */
enum link_refusal {
	LINK_OK,
	LINK_NO_USERNS_APPARMOR, /* kernel.apparmor_restrict_unprivileged_userns=1 */
	LINK_NO_USERNS_SYSCTL,   /* user.max_user_namespaces=0 or kernel.unprivileged_userns_clone=0 */
	LINK_NO_UNSHARE_SECCOMP, /* unshare() is filtered: a container's seccomp profile */
	LINK_NO_VETH,
	LINK_OTHER,
};

/* Is the family spoken on this link? On one that was there perhaps not. */
static inline bool link_speaks(const struct link *l, enum family f)
{
	return l->target[family_index(f)].family == f;
}

/* The family, or the other one where it is not spoken. */
static inline enum family link_family(const struct link *l, enum family f)
{
	return link_speaks(l, f) ? f : f == IPV4 ? IPV6
	                                         : IPV4;
}

/* Fills in the names and addresses of both ends, and opens nothing. */
void link_describe(struct link *l);

/* Makes both namespaces and the pair, addresses (no DAD, no autoconfiguration), static neighbours, offloads off on both ends and verified. When root: plain network
 * namespaces; else a user namespace first. The calling thread ends up in the TARGET's namespace and stays there; no other thread may run yet. Within a second or
 * an error. *why (may be NULL) says which refusal it was. After an error root is back where it was; another user may be left in a user namespace, from which
 * there is no way back: try in a child (lib/net/child.h) where that matters. */
bool link_create(struct link *l, enum link_refusal *why, struct error *e);

/* The same with a target's end that is up and has no address, of either family: its kernel answers nothing, and a program is to be started there that does. */
bool link_create_bare(struct link *l, enum link_refusal *why, struct error *e);

/* Moves the calling thread. */
bool link_enter_tester(const struct link *l, struct error *e);
bool link_enter_target(const struct link *l, struct error *e);

/* True when RPS, threaded NAPI and GRO are off at the target's end and the link is up; else what is on, in e. What cannot be seen counts as off, and the
 * summary says "rps unknown". Costs a child and a mount: once a run. Does not decide: calibration does. */
bool link_is_ordered(const struct link *l, struct error *e);

/* Turns RPS on at the target's end, or off with a mask of 0 (a disturbance for tests; needs the machine's root). */
bool link_set_rps(const struct link *l, unsigned cpu_mask, struct error *e);

/* Sets or reads a sysctl ("net.ipv4.tcp_sack") in the target's namespace. Values are the kernel's text without the newline. */
bool link_sysctl_set(const struct link *l, const char *name, const char *value, struct error *e);
bool link_sysctl_get(const struct link *l, const char *name, char *value, size_t room, struct error *e);

/* Closes the descriptors; the namespaces vanish with the process's last reference. */
void link_close(struct link *l);

#endif
