/* The few rtnetlink requests of the link, through libmnl. One request and its acknowledgment at a time. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "lib/base/memory.h"
#include "lib/net/netlink.h"

enum { NETLINK_ROOM = 16384,
       NETLINK_PATIENCE_US = 500000 };

struct netlink {
	struct mnl_socket *socket;
	uint32_t sequence;
	char octets[NETLINK_ROOM];
};

static struct netlink *open_with(unsigned groups, struct error *e)
{
	struct netlink *n = memory_zeroed(1, sizeof *n);
	struct timeval patience = {.tv_usec = NETLINK_PATIENCE_US};

	n->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (n->socket == NULL || mnl_socket_bind(n->socket, groups, MNL_SOCKET_AUTOPID) != 0 ||
	    setsockopt(mnl_socket_get_fd(n->socket), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0) {
		error_set(e, "rtnetlink: %s while opening it to build the link; the sandbox must allow AF_NETLINK sockets", strerror(errno));
		netlink_close(n);
		return NULL;
	}
	return n;
}

struct netlink *netlink_open(struct error *e)
{
	return open_with(0, e);
}

struct netlink *netlink_watch(struct error *e)
{
	return open_with(RTMGRP_IPV6_IFADDR, e);
}

void netlink_close(struct netlink *n)
{
	if (n == NULL)
		return;
	if (n->socket != NULL)
		mnl_socket_close(n->socket);
	free(n);
}

static struct nlmsghdr *request_begin(struct netlink *n, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(n->octets);

	h->nlmsg_type = type;
	h->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
	h->nlmsg_seq = ++n->sequence;
	return h;
}

/* Sends the request and reads until its acknowledgment; 0 or the kernel's errno. */
static int request_run(struct netlink *n, const struct nlmsghdr *h, mnl_cb_t each, void *context)
{
	uint32_t sequence = h->nlmsg_seq;
	unsigned port = mnl_socket_get_portid(n->socket);
	int state = MNL_CB_OK;

	if (mnl_socket_sendto(n->socket, h, h->nlmsg_len) < 0)
		return errno;
	while (state > MNL_CB_STOP) {
		ssize_t got = mnl_socket_recvfrom(n->socket, n->octets, sizeof n->octets);

		if (got < 0)
			return errno == EAGAIN ? ETIMEDOUT : errno;
		state = mnl_cb_run(n->octets, (size_t)got, sequence, port, each, context);
		if (state < 0)
			return errno;
	}
	return 0;
}

/* One end of the pair. */
static void put_end(struct nlmsghdr *h, const char *name, const uint8_t *mac, unsigned mtu)
{
	mnl_nlmsg_put_extra_header(h, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(h, IFLA_IFNAME, name);
	mnl_attr_put(h, IFLA_ADDRESS, MAC_OCTETS, mac);
	mnl_attr_put_u32(h, IFLA_MTU, mtu);
	/* One queue each way: frames stay in the order in which they were sent. */
	mnl_attr_put_u32(h, IFLA_NUM_TX_QUEUES, 1);
	mnl_attr_put_u32(h, IFLA_NUM_RX_QUEUES, 1);
}

bool netlink_veth_make(struct netlink *n, const struct netlink_veth *v, int *number, struct error *e)
{
	struct nlmsghdr *h = request_begin(n, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
	struct nlattr *info, *data, *peer;

	put_end(h, v->name, v->mac, v->mtu);
	info = mnl_attr_nest_start(h, IFLA_LINKINFO);
	mnl_attr_put_strz(h, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(h, IFLA_INFO_DATA);
	peer = mnl_attr_nest_start(h, VETH_INFO_PEER);
	put_end(h, v->peer_name, v->peer_mac, v->mtu);
	mnl_attr_put_u32(h, IFLA_NET_NS_FD, (uint32_t)v->peer_ns);
	mnl_attr_nest_end(h, peer);
	mnl_attr_nest_end(h, data);
	mnl_attr_nest_end(h, info);
	*number = request_run(n, h, NULL, NULL);
	if (*number == EOPNOTSUPP)
		return error_set(e, "rtnetlink: this kernel has no veth while making the pair %s-%s; mend: modprobe veth (CONFIG_VETH)", v->name, v->peer_name);
	return *number == 0 || error_set(e, "rtnetlink: %s while making the veth pair %s-%s; CAP_NET_ADMIN is needed in both namespaces", strerror(*number), v->name, v->peer_name);
}

static int index_take(const struct nlmsghdr *h, void *context)
{
	const struct ifinfomsg *m = mnl_nlmsg_get_payload(h);
	unsigned *index = context;

	*index = (unsigned)m->ifi_index;
	return MNL_CB_OK;
}

bool netlink_index_find(struct netlink *n, const char *name, unsigned *index, struct error *e)
{
	struct nlmsghdr *h = request_begin(n, RTM_GETLINK, 0);
	int number;

	mnl_nlmsg_put_extra_header(h, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(h, IFLA_IFNAME, name);
	number = request_run(n, h, index_take, index);
	return number == 0 || error_set(e, "rtnetlink: %s while looking for interface %s; the link must not be closed or deleted meanwhile", strerror(number), name);
}

static int flag_set(struct netlink *n, unsigned index, unsigned flag, bool on)
{
	struct nlmsghdr *h = request_begin(n, RTM_NEWLINK, 0);
	struct ifinfomsg *m = mnl_nlmsg_put_extra_header(h, sizeof *m);

	m->ifi_index = (int)index;
	m->ifi_change = flag;
	m->ifi_flags = on ? flag : 0;
	return request_run(n, h, NULL, NULL);
}

bool netlink_up(struct netlink *n, unsigned index, bool up, struct error *e)
{
	int number = flag_set(n, index, IFF_UP, up);

	return number == 0 || error_set(e, "rtnetlink: %s while setting interface %u %s; CAP_NET_ADMIN is needed in its namespace", strerror(number), index, up ? "up" : "down");
}

bool netlink_arp(struct netlink *n, unsigned index, bool on, struct error *e)
{
	int number = flag_set(n, index, IFF_NOARP, !on);

	return number == 0 || error_set(e, "rtnetlink: %s while turning neighbour resolution of interface %u %s; CAP_NET_ADMIN is needed in its namespace", strerror(number), index, on ? "on" : "off");
}

static uint8_t address_domain(const struct address *a)
{
	return a->family == IPV6 ? AF_INET6 : AF_INET;
}

static size_t address_octets(const struct address *a)
{
	return a->family == IPV6 ? 16 : 4;
}

bool netlink_address_add(struct netlink *n, unsigned index, const struct address *a, uint8_t prefix, struct error *e)
{
	struct nlmsghdr *h = request_begin(n, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
	struct ifaddrmsg *m = mnl_nlmsg_put_extra_header(h, sizeof *m);
	int number;

	m->ifa_family = address_domain(a);
	m->ifa_prefixlen = prefix;
	m->ifa_flags = IFA_F_PERMANENT | IFA_F_NODAD;
	m->ifa_scope = RT_SCOPE_UNIVERSE;
	m->ifa_index = index;
	mnl_attr_put(h, IFA_LOCAL, address_octets(a), a->octets);
	mnl_attr_put(h, IFA_ADDRESS, address_octets(a), a->octets);
	number = request_run(n, h, NULL, NULL);
	return number == 0 || error_set(e, "rtnetlink: %s while giving interface %u its IPv%u address; this kernel must have IPv%u", strerror(number), index, a->family, a->family);
}

bool netlink_route_add(struct netlink *n, unsigned index, const struct address *network, uint8_t prefix, const struct address *gateway, struct error *e)
{
	struct nlmsghdr *h = request_begin(n, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
	struct rtmsg *m = mnl_nlmsg_put_extra_header(h, sizeof *m);
	int number;

	m->rtm_family = address_domain(network);
	m->rtm_dst_len = prefix;
	m->rtm_table = RT_TABLE_MAIN;
	m->rtm_protocol = RTPROT_STATIC;
	m->rtm_scope = RT_SCOPE_UNIVERSE;
	m->rtm_type = RTN_UNICAST;
	mnl_attr_put(h, RTA_DST, address_octets(network), network->octets);
	mnl_attr_put(h, RTA_GATEWAY, address_octets(gateway), gateway->octets);
	mnl_attr_put_u32(h, RTA_OIF, index);
	number = request_run(n, h, NULL, NULL);
	return number == 0 || error_set(e, "rtnetlink: %s while giving interface %u an IPv%u route; run as root, or as a user with namespaces", strerror(number), index, network->family);
}

struct awaited {
	const struct address *address;
	bool seen;
};

static int awaited_compare(const struct nlattr *at, void *context)
{
	struct awaited *w = context;
	size_t length = address_octets(w->address);

	if (mnl_attr_get_type(at) == IFA_ADDRESS && mnl_attr_get_payload_len(at) == length && memcmp(mnl_attr_get_payload(at), w->address->octets, length) == 0)
		w->seen = true;
	return MNL_CB_OK;
}

static int awaited_take(const struct nlmsghdr *h, void *context)
{
	return h->nlmsg_type == RTM_NEWADDR ? mnl_attr_parse(h, sizeof(struct ifaddrmsg), awaited_compare, context) : MNL_CB_OK;
}

void netlink_address_await(struct netlink *watch, const struct address *a)
{
	struct awaited w = {.address = a};

	while (!w.seen) {
		ssize_t got = mnl_socket_recvfrom(watch->socket, watch->octets, sizeof watch->octets);

		if (got < 0 || mnl_cb_run(watch->octets, (size_t)got, 0, 0, awaited_take, &w) < 0)
			return;
	}
}

bool netlink_neighbour_add(struct netlink *n, unsigned index, const struct address *a, const uint8_t mac[MAC_OCTETS], struct error *e)
{
	struct nlmsghdr *h = request_begin(n, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE);
	struct ndmsg *m = mnl_nlmsg_put_extra_header(h, sizeof *m);
	int number;

	m->ndm_family = address_domain(a);
	m->ndm_ifindex = (int)index;
	m->ndm_state = NUD_PERMANENT;
	mnl_attr_put(h, NDA_DST, address_octets(a), a->octets);
	mnl_attr_put(h, NDA_LLADDR, MAC_OCTETS, mac);
	number = request_run(n, h, NULL, NULL);
	return number == 0 || error_set(e, "rtnetlink: %s while giving interface %u its IPv%u neighbour; CAP_NET_ADMIN is needed in its namespace", strerror(number), index, a->family);
}

static int interface_take(const struct nlmsghdr *h, void *context)
{
	struct netlink_interface *i = context;
	const struct ifinfomsg *m = mnl_nlmsg_get_payload(h);

	i->up = (m->ifi_flags & IFF_UP) != 0 && (m->ifi_flags & IFF_RUNNING) != 0;
	return MNL_CB_OK;
}

bool netlink_interface_read(struct netlink *n, unsigned index, struct netlink_interface *i, struct error *e)
{
	struct nlmsghdr *h = request_begin(n, RTM_GETLINK, 0);
	struct ifinfomsg *m = mnl_nlmsg_put_extra_header(h, sizeof *m);
	int number;

	m->ifi_index = (int)index;
	*i = (struct netlink_interface){0};
	number = request_run(n, h, interface_take, i);
	return number == 0 || error_set(e, "rtnetlink: %s while asking for interface %u; the link must not be closed or deleted meanwhile", strerror(number), index);
}

static int drops_add(const struct nlattr *at, void *context)
{
	uint64_t *drops = context;
	struct rtnl_link_stats64 stats = {0};
	const size_t length = mnl_attr_get_payload_len(at);

	if (mnl_attr_get_type(at) != IFLA_STATS_LINK_64)
		return MNL_CB_OK;
	/* Older kernels know fewer counters. */
	memcpy(&stats, mnl_attr_get_payload(at), length < sizeof stats ? length : sizeof stats);
	*drops = stats.rx_dropped + stats.tx_dropped;
	return MNL_CB_OK;
}

static int statistics_only_take(const struct nlmsghdr *h, void *context)
{
	return mnl_attr_parse(h, sizeof(struct if_stats_msg), drops_add, context);
}

bool netlink_drops_read(struct netlink *n, unsigned index, uint64_t *drops, struct error *e)
{
	struct nlmsghdr *h = request_begin(n, RTM_GETSTATS, 0);
	struct if_stats_msg *m = mnl_nlmsg_put_extra_header(h, sizeof *m);
	int number;

	m->ifindex = index;
	m->filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64);
	*drops = 0;
	number = request_run(n, h, statistics_only_take, drops);
	return number == 0 || error_set(e, "rtnetlink: %s while asking what interface %u has dropped; Linux 4.7 is needed, and the link must not be closed or deleted meanwhile", strerror(number), index);
}
