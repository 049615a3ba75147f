/* What the kernel remembers of peers beyond their connections (tcp_metrics: the cookies of TCP Fast Open), forgotten over generic netlink. It reads nothing of it. */
#include "lib/target/remembered.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/tcp_metrics.h>

enum { ROOM = 8192 };

/* Sends what is in request, and takes its answer in answer[ROOM]. NULL: there is none. */
static const struct nlmsghdr *ask(struct mnl_socket *netlink, const struct nlmsghdr *request, void *answer)
{
	if (mnl_socket_sendto(netlink, request, request->nlmsg_len) < 0)
		return NULL;
	const ssize_t got = mnl_socket_recvfrom(netlink, answer, ROOM);
	const struct nlmsghdr *a = answer;
	return got > 0 && mnl_nlmsg_ok(a, (int)got) ? a : NULL;
}

static struct nlmsghdr *request_begin(void *room, uint16_t family, uint8_t command)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(room);
	struct genlmsghdr *g = mnl_nlmsg_put_extra_header(h, sizeof *g);
	h->nlmsg_type = family;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	g->cmd = command;
	g->version = 1;
	return h;
}

static int family_take(const struct nlattr *attribute, void *to)
{
	uint16_t *family = to;
	if (mnl_attr_get_type(attribute) == CTRL_ATTR_FAMILY_ID && mnl_attr_validate(attribute, MNL_TYPE_U16) >= 0)
		*family = mnl_attr_get_u16(attribute);
	return MNL_CB_OK;
}

/* The number that the kernel has given to the family; 0: it has none. */
static uint16_t family_of(struct mnl_socket *netlink, const char *name)
{
	_Alignas(8) uint8_t request[256], answer[ROOM];
	uint16_t family = 0;
	struct nlmsghdr *h = request_begin(request, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	h->nlmsg_flags = NLM_F_REQUEST;
	mnl_attr_put_strz(h, CTRL_ATTR_FAMILY_NAME, name);
	const struct nlmsghdr *a = ask(netlink, h, answer);
	if (a && a->nlmsg_type == GENL_ID_CTRL)
		mnl_attr_parse(a, sizeof(struct genlmsghdr), family_take, &family);
	return family;
}

static bool peer_deleted(struct mnl_socket *netlink, const struct address *peer)
{
	_Alignas(8) uint8_t request[256], answer[ROOM];
	const bool is_v4 = peer->family == IPV4;
	const uint16_t family = family_of(netlink, TCP_METRICS_GENL_NAME);
	if (!family)
		return false;
	struct nlmsghdr *h = request_begin(request, family, TCP_METRICS_CMD_DEL);
	mnl_attr_put(h, is_v4 ? TCP_METRICS_ATTR_ADDR_IPV4 : TCP_METRICS_ATTR_ADDR_IPV6, is_v4 ? 4 : 16, peer->octets);
	const struct nlmsghdr *a = ask(netlink, h, answer);
	if (!a || a->nlmsg_type != NLMSG_ERROR || mnl_nlmsg_get_payload_len(a) < sizeof(int))
		return false;
	const struct nlmsgerr *said = mnl_nlmsg_get_payload(a);
	return said->error == 0 || said->error == -ESRCH;
}

bool remembered_forget(const struct address *peer)
{
	struct mnl_socket *netlink = mnl_socket_open(NETLINK_GENERIC);
	if (!netlink)
		return false;
	const bool done = mnl_socket_bind(netlink, 0, MNL_SOCKET_AUTOPID) >= 0 && peer_deleted(netlink, peer);
	mnl_socket_close(netlink);
	return done;
}
