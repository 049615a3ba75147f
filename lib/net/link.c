/* Builds the link: two namespaces, a veth pair between them, addresses and neighbours. What travels over it is the wire's matter. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/net/ethtool.h"
#include "lib/net/link.h"
#include "lib/net/namespace.h"
#include "lib/net/netlink.h"
#include "lib/net/order.h"
#include "lib/net/sysctl.h"

#define TESTER_IF "tester"
#define TARGET_IF "target"

enum { LOOPBACK_INDEX = 1,
       LINK_MTU = 1500,
       PREFIX_IPV4 = 24,
       PREFIX_IPV6 = 64 };

struct setting {
	const char *name, *value;
};

/* An ordinary host that says nothing by itself: no address of its own making, no router solicitation, no duplicate address detection, no announcement.
 * Those of IPv4 are written because a new namespace may inherit the machine's (a Docker host forwards, say). */
static const struct setting TARGET_QUIET[] = {
    {"net.ipv4.ip_forward", "0"},
    {"net.ipv4.conf.all.arp_notify", "0"},
    {"net.ipv4.conf.default.arp_notify", "0"},
    {"net.ipv4.conf.all.arp_ignore", "0"},
    {"net.ipv4.conf.default.arp_ignore", "0"},
    {"net.ipv6.conf.all.disable_ipv6", "0"},
    {"net.ipv6.conf.default.disable_ipv6", "0"},
    {"net.ipv6.conf.all.forwarding", "0"},
    {"net.ipv6.conf.default.accept_ra", "0"},
    {"net.ipv6.conf.default.autoconf", "0"},
    {"net.ipv6.conf.all.accept_dad", "0"},
    {"net.ipv6.conf.default.accept_dad", "0"},
    {"net.ipv6.conf.default.dad_transmits", "0"},
    {"net.ipv6.conf.default.addr_gen_mode", "1"},
    {"net.ipv6.conf.default.router_solicitations", "0"},
    {"net.ipv6.conf.default.ndisc_notify", "0"},
};
static const struct setting NO_IPV6[] = {
    {"net.ipv6.conf.all.disable_ipv6", "1"},
    {"net.ipv6.conf.default.disable_ipv6", "1"},
};

static bool settings_write(const struct setting *s, size_t n, struct error *e)
{
	for (size_t i = 0; i < n; i++)
		if (!sysctl_write(s[i].name, s[i].value, e))
			return false;
	return true;
}

void link_describe(struct link *l)
{
	/* Addresses of the blocks for documentation (RFC 5737, RFC 3849): no route of anybody's leads there. */
	static const uint8_t net4[] = {192, 0, 2}, net6[] = {0x20, 0x01, 0x0d, 0xb8};
	static const uint8_t local_mac[] = {0x02, 't', 'c', 'p', 0};

	*l = (struct link){.tester_ns = -1, .target_ns = -1};
	snprintf(l->tester_if, sizeof l->tester_if, "%s", TESTER_IF);
	snprintf(l->target_if, sizeof l->target_if, "%s", TARGET_IF);
	for (uint8_t end = 1; end <= 2; end++) {
		struct address *a = end == 1 ? l->tester : l->target;
		uint8_t *mac = end == 1 ? l->tester_mac : l->target_mac;

		a[0].family = IPV4;
		memcpy(a[0].octets, net4, sizeof net4);
		a[0].octets[3] = end;
		a[1].family = IPV6;
		memcpy(a[1].octets, net6, sizeof net6);
		a[1].octets[15] = end;
		memcpy(mac, local_mac, sizeof local_mac);
		mac[5] = end;
	}
}

/* In the tester's namespace: before the pair exists, and after. */
static bool tester_prepare(struct error *e)
{
	if (access("/proc/sys/net/ipv6", F_OK) != 0)
		return error_set(e, "/proc/sys/net/ipv6: %s: this kernel has no IPv6, which half of the tests need; mend: modprobe ipv6, or boot without ipv6.disable=1", strerror(errno));
	return settings_write(NO_IPV6, sizeof NO_IPV6 / sizeof NO_IPV6[0], e);
}

static bool tester_raise(struct link *l, struct error *e)
{
	struct netlink *n = netlink_open(e);
	bool done;

	if (n == NULL)
		return false;
	done = netlink_index_find(n, l->tester_if, &l->tester_index, e) && ethtool_offloads_off(l->tester_if, e) && netlink_up(n, l->tester_index, true, e);
	netlink_close(n);
	return done;
}

/* While the interface resolves no neighbours the kernel joins no solicited-node group for a new address, and so has no membership to report (RFC 3810)
 * just when the first scripts run. What it costs: the target hears neighbour solicitations by unicast and ff02::1 only. */
static bool addresses_add(struct link *l, struct netlink *n, struct error *e)
{
	static const uint8_t prefix[FAMILIES] = {PREFIX_IPV4, PREFIX_IPV6};
	struct netlink *watch;
	bool done;

	if (!netlink_arp(n, l->target_index, false, e) || !netlink_up(n, l->target_index, true, e))
		return false;
	watch = netlink_watch(e);
	done = watch != NULL;
	for (unsigned f = 0; done && f < FAMILIES; f++)
		done = netlink_address_add(n, l->target_index, &l->target[f], prefix[f], e);
	if (done)
		netlink_address_await(watch, &l->target[family_index(IPV6)]);
	netlink_close(watch);
	return done && netlink_arp(n, l->target_index, true, e);
}

/* Without an address of any family, and without one that it could make of itself. */
static bool target_configure_bare(struct link *l, struct netlink *n, struct error *e)
{
	return settings_write(NO_IPV6, sizeof NO_IPV6 / sizeof NO_IPV6[0], e) && netlink_index_find(n, l->target_if, &l->target_index, e) && ethtool_offloads_off(l->target_if, e) &&
	       netlink_up(n, l->target_index, true, e);
}

static bool target_configure(struct link *l, struct netlink *n, struct error *e)
{
	/* A network for documentation (RFC 5737), behind the tester as behind a router. */
	static const struct address beyond = {.family = IPV4, .octets = {198, 51, 100, 0}};

	if (!netlink_up(n, LOOPBACK_INDEX, true, e) || !netlink_index_find(n, l->target_if, &l->target_index, e) ||
	    !ethtool_offloads_off(l->target_if, e) || !addresses_add(l, n, e))
		return false;
	/* Where source routes come from. */
	if (!netlink_route_add(n, l->target_index, &beyond, PREFIX_IPV4, &l->tester[family_index(IPV4)], e))
		return false;
	for (unsigned f = 0; f < FAMILIES; f++)
		if (!netlink_neighbour_add(n, l->target_index, &l->tester[f], l->tester_mac, e))
			return false;
	return true;
}

/* In the target's namespace. */
static bool pair_make(struct link *l, enum link_refusal *why, struct error *e)
{
	const struct netlink_veth veth = {
	    .name = l->target_if,
	    .peer_name = l->tester_if,
	    .mac = l->target_mac,
	    .peer_mac = l->tester_mac,
	    .peer_ns = l->tester_ns,
	    .mtu = LINK_MTU,
	};
	struct netlink *n = netlink_open(e);
	int number = 0;
	bool done;

	if (n == NULL)
		return false;
	done = netlink_veth_make(n, &veth, &number, e);
	if (!done && number == EOPNOTSUPP)
		*why = LINK_NO_VETH;
	done = done && (l->bare ? target_configure_bare(l, n, e) : target_configure(l, n, e));
	netlink_close(n);
	return done;
}

static bool link_build(struct link *l, enum link_refusal *why, struct error *e)
{
	l->tester_ns = namespace_make(why, e);
	if (l->tester_ns < 0 || !tester_prepare(e))
		return false;
	l->target_ns = namespace_make(why, e);
	if (l->target_ns < 0 || !settings_write(TARGET_QUIET, sizeof TARGET_QUIET / sizeof TARGET_QUIET[0], e) || !pair_make(l, why, e))
		return false;
	return link_enter_tester(l, e) && tester_raise(l, e) && link_enter_target(l, e);
}

static bool link_make(struct link *l, bool bare, enum link_refusal *why, struct error *e)
{
	enum link_refusal refusal = LINK_OTHER;
	int home = namespace_here(e);
	bool done;

	link_describe(l);
	l->bare = bare;
	done = home >= 0 && link_build(l, &refusal, e);
	if (done) {
		refusal = LINK_OK;
		l->rootless = namespace_is_rootless();
		link_summarize(l);
	} else {
		link_close(l);
		/* Root finds itself where it was; in a user namespace there is no way back. */
		if (home >= 0)
			namespace_enter(home, "caller", NULL);
		error_prefix(e, "link: ");
	}
	if (home >= 0)
		close(home);
	if (why != NULL)
		*why = refusal;
	return done;
}

bool link_create(struct link *l, enum link_refusal *why, struct error *e)
{
	return link_make(l, false, why, e);
}

bool link_create_bare(struct link *l, enum link_refusal *why, struct error *e)
{
	return link_make(l, true, why, e);
}

bool link_enter_tester(const struct link *l, struct error *e)
{
	return namespace_enter(l->tester_ns, "tester", e);
}

bool link_enter_target(const struct link *l, struct error *e)
{
	return namespace_enter(l->target_ns, "target", e);
}

void link_close(struct link *l)
{
	if (l->tester_ns >= 0)
		close(l->tester_ns);
	if (l->target_ns >= 0)
		close(l->target_ns);
	l->tester_ns = l->target_ns = -1;
}
