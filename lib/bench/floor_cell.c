/* The floor's loop: one cell after the other through libnet, libpcap, a listener and INET_DIAG. Nothing here is shared with the runner. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/bench/floor_parts.h"

enum { NS_PER_S = 1000000000,
       SPINS_MAX = 2000000, /* of an empty capture: a second */
       TCP_FLAGS = 13,
       TCP_OCTETS = 20,
       ICMP_OCTETS = 8,
       TRAIN_MAX = 3,
       ANSWER_ROOM = 4096,
       ECHO_REPLY_IPV4 = 0,
       ECHO_REPLY_IPV6 = 129,
       PROTOCOL_ICMP = 1,
       PROTOCOL_ICMPV6 = 58 };

/* One cell in the making. */
struct cell {
	struct floor *floor;
	struct floor_side *side;
	unsigned family; /* index */
	uint16_t port;
	uint32_t iss; /* the target's */
	int fd;
	uint32_t length; /* of the last frame received */
	uint64_t *steps, began;
	struct error *error;
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static void step_end(struct cell *c, enum floor_step s)
{
	uint64_t now;

	if (c->steps == NULL)
		return;
	now = now_ns();
	c->steps[s] += now - c->began;
	c->began = now;
}

static bool frame_send(struct cell *c, enum floor_frame which)
{
	struct floor *f = c->floor;
	struct template *t = &c->side->frames[which];
	ssize_t sent;

	if (f->options & FLOOR_DIRECT)
		sent = sendto(libnet_getfd(f->libnet), t->octets, t->length, 0, (struct sockaddr *)&f->to, sizeof f->to);
	else
		sent = libnet_write_link(f->libnet, t->octets, t->length);
	return sent == (ssize_t)t->length || error_set(c->error, "floor: a frame could not be sent: %s; the link must stay up", strerror(errno));
}

static bool frames_send(struct cell *c, const enum floor_frame *which, unsigned n)
{
	struct mmsghdr train[TRAIN_MAX] = {0};
	struct iovec at[TRAIN_MAX];

	for (unsigned i = 0; i < n; i++) {
		struct template *t = &c->side->frames[which[i]];

		at[i] = (struct iovec){.iov_base = t->octets, .iov_len = t->length};
		train[i].msg_hdr = (struct msghdr){.msg_name = &c->floor->to, .msg_namelen = sizeof c->floor->to, .msg_iov = &at[i], .msg_iovlen = 1};
	}
	return sendmmsg(libnet_getfd(c->floor->libnet), train, n, 0) == (int)n || error_set(c->error, "floor: sendmmsg: %s; the link must stay up", strerror(errno));
}

/* The next captured frame that is long enough for the shorter of the two headers behind IP. */
static const uint8_t *frame_receive(struct cell *c)
{
	struct pcap_pkthdr *header;
	const u_char *octets;

	for (unsigned spins = 0; spins < SPINS_MAX; spins++) {
		const int got = pcap_next_ex(c->floor->pcap, &header, &octets);

		if (got < 0)
			break;
		if (got == 0 || header->caplen < c->side->place + ICMP_OCTETS)
			continue;
		c->length = header->caplen;
		return octets;
	}
	error_set(c->error, "floor: no answer to cell %u; nobody else may use its link", c->port);
	return NULL;
}

static bool frame_is_ours(const struct cell *c, const uint8_t *octets, uint8_t ctl, uint32_t ack)
{
	const uint8_t *tcp = octets + c->side->place;

	return c->length >= c->side->place + TCP_OCTETS && octets[ETHERNET_HEADER + (c->family == 0 ? 9 : 6)] == IPPROTO_TCP && floor_read_16(tcp) == FLOOR_PORT && floor_read_16(tcp + 2) == c->port &&
	       floor_read_32(tcp + 8) == ack && tcp[TCP_FLAGS] == ctl;
}

static bool frame_is_echo(const struct cell *c, const uint8_t *octets)
{
	const uint8_t *icmp = octets + c->side->place;
	const uint8_t protocol = octets[ETHERNET_HEADER + (c->family == 0 ? 9 : 6)];

	return protocol == (c->family == 0 ? PROTOCOL_ICMP : PROTOCOL_ICMPV6) && icmp[0] == (c->family == 0 ? ECHO_REPLY_IPV4 : ECHO_REPLY_IPV6) &&
	       floor_read_32(icmp + 4) == c->floor->echo;
}

static bool syn_play(struct cell *c)
{
	const uint8_t *octets;

	template_number(&c->side->frames[FRAME_SYN], c->port, FLOOR_ISN, 0);
	if (!frame_send(c, FRAME_SYN))
		return false;
	octets = frame_receive(c);
	if (octets == NULL)
		return false;
	if (!frame_is_ours(c, octets, CTL_SYN | CTL_ACK, FLOOR_ISN + 1))
		return error_set(c->error, "floor: cell %u was answered by something else than its SYN,ACK", c->port);
	c->iss = floor_read_32(octets + c->side->place + 4);
	return true;
}

static bool accept_play(struct cell *c)
{
	struct sockaddr_in6 peer;
	socklen_t length = sizeof peer;

	c->fd = accept4(c->side->listener, (struct sockaddr *)&peer, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
	/* The port stands at the same place in both families. */
	return (c->fd >= 0 && ntohs(peer.sin6_port) == c->port) || error_set(c->error, "floor: accept4 did not return cell %u: %s", c->port, strerror(errno));
}

static bool replies_take(struct cell *c)
{
	bool acknowledged = false;

	for (;;) {
		const uint8_t *octets = frame_receive(c);

		if (octets == NULL)
			return false;
		if (frame_is_echo(c, octets))
			return acknowledged || error_set(c->error, "floor: cell %u: the fence was answered and the old octet was not", c->port);
		if (acknowledged || !frame_is_ours(c, octets, CTL_ACK, FLOOR_ISN + 1))
			return error_set(c->error, "floor: cell %u drew more than the one ACK", c->port);
		acknowledged = true;
	}
}

static bool state_ask(struct cell *c)
{
	struct nlmsghdr *h = (struct nlmsghdr *)c->side->question;
	struct inet_diag_req_v2 *r = mnl_nlmsg_get_payload(h);
	_Alignas(8) uint8_t answer[ANSWER_ROOM];
	const struct nlmsghdr *a = (const struct nlmsghdr *)answer;
	const struct inet_diag_msg *m = mnl_nlmsg_get_payload(a);
	ssize_t got;

	r->id.idiag_dport = htons(c->port);
	if (mnl_socket_sendto(c->floor->netlink, h, h->nlmsg_len) < 0)
		return error_set(c->error, "floor: INET_DIAG: %s", strerror(errno));
	got = mnl_socket_recvfrom(c->floor->netlink, answer, sizeof answer);
	return (got > 0 && mnl_nlmsg_ok(a, (int)got) && mnl_nlmsg_get_payload_len(a) >= sizeof *m && a->nlmsg_type == SOCK_DIAG_BY_FAMILY && m->idiag_state == TCP_ESTABLISHED && m->id.idiag_dport == htons(c->port)) ||
	       error_set(c->error, "floor: cell %u is not in ESTABLISHED", c->port);
}

/* ACK, accept, stimulus and fence, as the options want them sent. */
static bool middle_play(struct cell *c)
{
	static const enum floor_frame train[] = {FRAME_ACK, FRAME_STIMULUS, FRAME_ECHO};
	struct template *frames = c->side->frames;
	const unsigned options = c->floor->options;

	template_number(&frames[FRAME_ACK], c->port, FLOOR_ISN + 1, c->iss + 1);
	template_number(&frames[FRAME_STIMULUS], c->port, FLOOR_ISN, c->iss + 1);
	template_echo(&frames[FRAME_ECHO], ++c->floor->echo);
	if (!(options & FLOOR_TRAIN ? frames_send(c, train, 3) : frame_send(c, FRAME_ACK)))
		return false;
	step_end(c, FLOOR_ACK);
	if (!accept_play(c))
		return false;
	step_end(c, FLOOR_ACCEPT);
	if (options & FLOOR_TRAIN)
		return replies_take(c);
	if (!(options & FLOOR_PAIR ? frames_send(c, train + 1, 2) : frame_send(c, FRAME_STIMULUS)))
		return false;
	step_end(c, FLOOR_STIMULUS);
	return (options & FLOOR_PAIR || frame_send(c, FRAME_ECHO)) && replies_take(c);
}

static bool cell_end(struct cell *c, bool done)
{
	const bool linger = c->floor->options & FLOOR_LINGER;
	const uint8_t *octets;

	if (done && !linger) {
		template_number(&c->side->frames[FRAME_RESET], c->port, FLOOR_ISN + 1, 0);
		done = frame_send(c, FRAME_RESET);
		step_end(c, FLOOR_RESET);
	}
	if (c->fd >= 0)
		close(c->fd);
	if (done && linger) {
		octets = frame_receive(c);
		done = octets != NULL && (frame_is_ours(c, octets, CTL_RST | CTL_ACK, FLOOR_ISN + 1) || error_set(c->error, "floor: cell %u was not reset by close()", c->port));
	}
	step_end(c, FLOOR_CLOSE);
	return done;
}

static bool cell_play(struct cell *c)
{
	bool done;

	if (c->steps != NULL)
		c->began = now_ns();
	done = syn_play(c);
	step_end(c, FLOOR_SYN);
	done = done && middle_play(c);
	step_end(c, FLOOR_FENCE);
	done = done && state_ask(c);
	step_end(c, FLOOR_STATE);
	return cell_end(c, done);
}

bool floor_play(struct floor *f, enum family family, unsigned n, uint64_t *steps, struct error *e)
{
	struct cell c = {.floor = f, .family = family_index(family), .steps = steps, .error = e};

	c.side = &f->sides[c.family];
	for (unsigned i = 0; i < n; i++) {
		c.fd = -1;
		c.port = f->port;
		f->port = f->port == UINT16_MAX ? FLOOR_PORT_FIRST : (uint16_t)(f->port + 1);
		if (!cell_play(&c))
			return false;
	}
	return true;
}
