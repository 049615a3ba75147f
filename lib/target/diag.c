/* INET_DIAG over libmnl: one request, one answer, in buffers made beforehand. It is not the upper tester and keeps nothing between two questions. */
#include "lib/target/diag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Newer than Debian 12's headers promise everywhere; the number is the kernel's ABI. */
#ifndef SOCK_DESTROY
#define SOCK_DESTROY 21
#endif

struct diag_tuple diag_tuple_of(const struct endpoint *at)
{
	struct diag_tuple t = {.family = at->family == IPV4 ? AF_INET : AF_INET6};
	size_t octets = at->family == IPV4 ? 4 : 16;

	t.id.idiag_sport = htons(at->target_port);
	t.id.idiag_dport = htons(at->tester_port);
	memcpy(t.id.idiag_src, at->target.octets, octets);
	memcpy(t.id.idiag_dst, at->tester.octets, octets);
	t.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
	t.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
	return t;
}

/* Sends the request in d->request, which netlink serves before sendto() returns, and finds its answer. NULL with e when there is none. */
static const struct nlmsghdr *diag_ask_for(struct diag *d, uint16_t type, uint16_t flags, const struct diag_tuple *t, const uint32_t cookie[2], uint8_t extensions, struct error *e)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(d->request);
	struct inet_diag_req_v2 *r = mnl_nlmsg_put_extra_header(h, sizeof *r);

	h->nlmsg_type = type;
	h->nlmsg_flags = flags;
	h->nlmsg_seq = ++d->sequence;
	r->sdiag_family = t->family;
	r->sdiag_protocol = IPPROTO_TCP;
	r->idiag_states = ~UINT32_C(0);
	r->idiag_ext = extensions;
	r->id = t->id;
	if (cookie)
		memcpy(r->id.idiag_cookie, cookie, sizeof r->id.idiag_cookie);
	/* To the kernel, by which no address is said or taken: send() and recv() cost less than libmnl's sendto() and recvmsg(). */
	if (send(mnl_socket_get_fd(d->netlink), h, h->nlmsg_len, 0) < 0) {
		error_set(e, "INET_DIAG: the request cannot be sent: %s", strerror(errno));
		return NULL;
	}
	for (;;) {
		ssize_t got = recv(mnl_socket_get_fd(d->netlink), d->answer, sizeof d->answer, 0);
		int left = (int)got;
		const struct nlmsghdr *a = (const struct nlmsghdr *)d->answer;

		if (got < 0) {
			error_set(e, "INET_DIAG: no answer to the request: %s", strerror(errno));
			return NULL;
		}
		/* An answer to an earlier question that was given up is passed over. */
		if (mnl_nlmsg_ok(a, left) && a->nlmsg_seq == d->sequence)
			return a;
	}
}

static const struct nlmsghdr *diag_ask(struct diag *d, uint16_t type, uint16_t flags, const struct diag_tuple *t, const uint32_t cookie[2], struct error *e)
{
	return diag_ask_for(d, type, flags, t, cookie, 0, e);
}

/* The errno in an NLMSG_ERROR; -1 when it is cut short. */
static int diag_error_of(const struct nlmsghdr *a)
{
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(a);

	if (mnl_nlmsg_get_payload_len(a) < sizeof error->error)
		return -1;
	return -error->error;
}

/* The kernel's states in ours. FIN-WAIT-2 of an orphan and TIME-WAIT both live in the time-wait minisocket; INET_DIAG reports its substate, so they stay
 * apart. False: no TCB in the standard's sense. */
bool diag_state_of(uint8_t kernel, enum state *s)
{
	static const uint8_t of[] = {
	    [TCP_ESTABLISHED] = ESTABLISHED,
	    [TCP_SYN_SENT] = SYN_SENT,
	    [TCP_SYN_RECV] = SYN_RECEIVED,
	    [TCP_FIN_WAIT1] = FIN_WAIT_1,
	    [TCP_FIN_WAIT2] = FIN_WAIT_2,
	    [TCP_TIME_WAIT] = TIME_WAIT,
	    [TCP_CLOSE] = CLOSED,
	    [TCP_CLOSE_WAIT] = CLOSE_WAIT,
	    [TCP_LAST_ACK] = LAST_ACK,
	    [TCP_LISTEN] = LISTEN,
	    [TCP_CLOSING] = CLOSING,
	    [12] = SYN_RECEIVED, /* TCP_NEW_SYN_RECV, the kernel's own name for a request */
	};

	if (kernel == 0 || kernel >= sizeof of)
		return false;
	*s = (enum state)of[kernel];
	return *s != CLOSED && *s != LISTEN;
}

bool diag_state(struct diag *d, const struct diag_tuple *t, struct diag_answer *a, struct error *e)
{
	const struct nlmsghdr *h = diag_ask(d, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST, t, NULL, e);
	const struct inet_diag_msg *m;

	memset(a, 0, sizeof *a);
	if (!h)
		return false;
	if (h->nlmsg_type == NLMSG_ERROR) {
		int number = diag_error_of(h);

		/* diag_open() has shown that the handler is there, so ENOENT speaks of the socket. */
		return number == ENOENT || error_set(e, "INET_DIAG: the kernel refuses the query: %s", strerror(number));
	}
	m = mnl_nlmsg_get_payload(h);
	if (mnl_nlmsg_get_payload_len(h) < sizeof *m)
		return error_set(e, "INET_DIAG: an answer of %zu octets is too short", mnl_nlmsg_get_payload_len(h));
	if (m->id.idiag_dport == 0) {
		a->has_listener = m->idiag_state == TCP_LISTEN;
		return true;
	}
	a->has_tcb = diag_state_of(m->idiag_state, &a->state);
	a->minisocket = m->idiag_inode == 0 && (a->state == SYN_RECEIVED || a->state == TIME_WAIT);
	memcpy(a->cookie, m->id.idiag_cookie, sizeof a->cookie);
	return true;
}

struct info_room {
	void *to;
	size_t room, octets;
};

static int info_take(const struct nlattr *a, void *into)
{
	struct info_room *r = into;

	if (mnl_attr_get_type(a) != INET_DIAG_INFO)
		return MNL_CB_OK;
	r->octets = mnl_attr_get_payload_len(a) < r->room ? mnl_attr_get_payload_len(a) : r->room;
	memcpy(r->to, mnl_attr_get_payload(a), r->octets);
	return MNL_CB_STOP;
}

bool diag_info(struct diag *d, const struct diag_tuple *t, void *info, size_t room, size_t *octets, struct error *e)
{
	const struct nlmsghdr *h = diag_ask_for(d, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST, t, NULL, 1U << (INET_DIAG_INFO - 1), e);
	struct info_room r = {.to = info, .room = room};
	const struct inet_diag_msg *m;

	*octets = 0;
	if (!h)
		return false;
	if (h->nlmsg_type == NLMSG_ERROR || mnl_nlmsg_get_payload_len(h) < sizeof *m)
		return true;
	m = mnl_nlmsg_get_payload(h);
	if (m->id.idiag_dport != 0)
		mnl_attr_parse(h, sizeof *m, info_take, &r);
	*octets = r.octets;
	return true;
}

bool diag_destroy(struct diag *d, const struct diag_tuple *t, const uint32_t cookie[2], bool *gone, struct error *e)
{
	const struct nlmsghdr *h = diag_ask(d, SOCK_DESTROY, NLM_F_REQUEST | NLM_F_ACK, t, cookie, e);

	*gone = false;
	if (!h)
		return false;
	*gone = h->nlmsg_type == NLMSG_ERROR && diag_error_of(h) == 0;
	return true;
}

/* ENOENT means both "no such socket" and "no INET_DIAG for TCP in this kernel": a listener of our own tells which. */
static bool diag_answers(struct diag *d, struct error *e)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_ANY)}};
	socklen_t length = sizeof at;
	struct endpoint tuple = {.family = IPV4, .target = {IPV4, {127, 0, 0, 1}}, .tester = {IPV4, {127, 0, 0, 1}}, .tester_port = 1};
	struct diag_answer a;
	bool answers;

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0 || listen(fd, 1) < 0 || getsockname(fd, (struct sockaddr *)&at, &length) < 0) {
		error_set(e, "INET_DIAG: no listener to try it with: %s", strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	tuple.target_port = ntohs(at.sin_port);
	struct diag_tuple t = diag_tuple_of(&tuple);
	answers = diag_state(d, &t, &a, e);
	close(fd);
	if (answers && !a.has_listener)
		return error_set(e, "INET_DIAG: the kernel does not know a listener that is there: build it with CONFIG_INET_DIAG, or `modprobe tcp_diag` as root");
	return answers;
}

bool diag_open(struct diag *d, struct error *e)
{
	memset(d, 0, sizeof *d);
	d->netlink = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (!d->netlink)
		return error_set(e, "INET_DIAG: no netlink socket: %s; a kernel with CONFIG_INET_DIAG and a seccomp profile that allows NETLINK_SOCK_DIAG is needed", strerror(errno));
	if (mnl_socket_bind(d->netlink, 0, MNL_SOCKET_AUTOPID) < 0) {
		error_set(e, "INET_DIAG: the netlink socket cannot be bound: %s", strerror(errno));
		diag_close(d);
		return false;
	}
	d->port_id = mnl_socket_get_portid(d->netlink);
	if (!diag_answers(d, e)) {
		diag_close(d);
		return false;
	}
	return true;
}

void diag_close(struct diag *d)
{
	if (d->netlink)
		mnl_socket_close(d->netlink);
	d->netlink = NULL;
}
