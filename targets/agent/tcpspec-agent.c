/* An upper tester for a system with BSD sockets: serves the AUTOSAR Testability Protocol (TC 1.2) over UDP, TCP or a Unix datagram socket. One file, one poll loop, no thread, no dependency. It is no
 * service for a network that strangers reach: whoever may send to it opens connections in its name.
 *
 *   cc -O2 -o tcpspec-agent tcpspec-agent.c && ./tcpspec-agent udp:0.0.0.0:10000
 *
 * What it serves beyond the standard, and what is different on other systems, doc/agent.md tells. -DAGENT_PLAIN leaves out all that only Linux has. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#if defined(__linux__) && !defined(AGENT_PLAIN)
#define AGENT_LINUX 1
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sys/epoll.h>
#else
#define AGENT_LINUX 0
#endif
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <unistd.h>
#if AGENT_LINUX
#ifndef SOCK_DESTROY
#define SOCK_DESTROY 21
#endif
#endif
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

enum { HEADER = 16,
       DATA_MAX = 65471, /* octets of text in one message: it fits a datagram */
       MESSAGE_MAX = HEADER + 16 + DATA_MAX,
       SOCKETS_MAX = 65535,
       REUSED_FROM = 4096,
       QUIET = 0xfff8, /* a parameter of CONFIGURE_SOCKET that is no option of the system's */
       NONE = 0xffff,  /* "any port", "no limit", and no socket's number */
       PROFILE = 1 };  /* of the primitives that are not the standard's: counts up when one changes its meaning */

enum { TID_REQUEST = 0x00,
       TID_EVENT = 0x02,
       TID_RESPONSE = 0x80 };

enum { E_OK = 0x00,
       E_NOK = 0x01,
       E_COR = 0xe2,
       E_CRE = 0xe4,
       E_CNE = 0xe5,
       E_CAT = 0xe3,
       E_COC = 0xe6,
       E_CAE = 0xe7,
       E_INR = 0xe8,
       E_UBS = 0xed,
       E_UCS = 0xee,
       E_ISD = 0xef,
       E_INV = 0xfc,
       E_ISB = 0xfd,
       E_PEN = 0xfe,
       E_NTF = 0xff };

/* What it can beyond the standard: CAPABILITIES answers with a set of these. Bits 16 and on: parameters of CONFIGURE_SOCKET, FFFF first. */
enum { CAN_STATE = 1 << 0,
       CAN_TOLD = 1 << 1,
       CAN_FORGET = 1 << 2,
       CAN_FAST_OPEN = 1 << 3,
       CAN_COUNT = 1 << 4 /* SEND_DATA says how many octets were taken where it was not all; CLOSE_SOCKET whether there was a connection */ };

/* What the user of a socket was told. */
enum { TOLD_RESET = 1 << 0,
       TOLD_REFUSED = 1 << 1,
       TOLD_TIMEOUT = 1 << 2,
       TOLD_EOF = 1 << 3,
       TOLD_URGENT = 1 << 4,
       TOLD_UNREACHABLE = 1 << 5 };

struct held {
	int fd;                                /* -1: the number is free */
	unsigned char listens, connects, shut; /* connects: CONNECT was asked for; shut: SHUTDOWN of the writing side was */
	unsigned char quiet;                   /* a listener that is looked at only before a request */
	unsigned char ended;                   /* the error that ended it was taken: recv() == 0 is no end of file from here on */
	unsigned char told;
	uint16_t more; /* connections that a listener may still accept; NONE: no limit */
	uint16_t port; /* that a listener was asked to listen on */
};

struct agent {
	int control, stream; /* stream: over TCP, the one who is connected; -1 */
	int stream_type;     /* control is a listener, and not a datagram socket */
	uint16_t service;
	struct sockaddr_storage peer; /* who asked last, over datagrams: events go there */
	socklen_t peer_length;
	uint32_t last_id; /* of the request that was answered last: the same again is one that came twice */
	size_t last_length;
	struct held *held;
	unsigned count, next; /* of held; where the search for a free number begins */
	int ready, quiet;     /* epoll: of all listeners, and of those that are looked at only before a request; -1: there is none, poll() has them */
	int diag;             /* INET_DIAG; -1 */
	uint32_t diag_sequence;
	unsigned can;
	size_t used; /* of in: over TCP, what has come of the next messages */
	uint8_t in[2 * MESSAGE_MAX], out[MESSAGE_MAX], event[MESSAGE_MAX], text[65536];
};

/* ---- reading and writing ---- */

struct in {
	const uint8_t *at;
	size_t left;
	int bad; /* more was read than there is */
};

static const uint8_t *take(struct in *r, size_t n)
{
	static const uint8_t nothing[16]; /* as much as an address, or a header's rest */
	const uint8_t *at = r->at;

	if (r->bad || n > r->left) {
		r->bad = 1;
		return nothing;
	}
	r->at += n;
	r->left -= n;
	return at;
}

static unsigned take_u8(struct in *r)
{
	return *take(r, 1);
}

static unsigned take_u16(struct in *r)
{
	const unsigned high = take_u8(r);

	return high << 8 | take_u8(r);
}

static uint32_t take_u32(struct in *r)
{
	const uint32_t high = take_u16(r);

	return high << 16 | take_u16(r);
}

/* Octets behind their number; none, where there are fewer. */
static const uint8_t *take_octets(struct in *r, size_t *n)
{
	const uint8_t *at;

	*n = take_u16(r);
	at = take(r, *n);
	if (r->bad)
		*n = 0;
	return at;
}

/* Beyond what has room the writer writes nothing, and its length tells. */
struct out {
	uint8_t *at;
	size_t length, room;
};

static void put(struct out *w, const void *octets, size_t n)
{
	if (w->length + n <= w->room && n)
		memcpy(w->at + w->length, octets, n);
	w->length += n;
}

static void put_u16(struct out *w, unsigned n)
{
	const uint8_t octets[2] = {(uint8_t)(n >> 8), (uint8_t)n};

	put(w, octets, 2);
}

static void put_u32(struct out *w, uint32_t n)
{
	put_u16(w, n >> 16);
	put_u16(w, n & 0xffff);
}

/* An address (4 or 16 octets) and a port, as the system wants them. 0: it is none. */
static socklen_t end_make(const uint8_t *octets, size_t n, unsigned port, struct sockaddr_storage *to)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	memset(to, 0, sizeof *to);
	memset(&v4, 0, sizeof v4);
	memset(&v6, 0, sizeof v6);
	if (n == 4) {
		v4.sin_family = AF_INET;
		v4.sin_port = htons((uint16_t)port);
		memcpy(&v4.sin_addr, octets, 4);
		memcpy(to, &v4, sizeof v4);
		return sizeof v4;
	}
	if (n != 16)
		return 0;
	v6.sin6_family = AF_INET6;
	v6.sin6_port = htons((uint16_t)port);
	memcpy(&v6.sin6_addr, octets, 16);
	memcpy(to, &v6, sizeof v6);
	return sizeof v6;
}

static void put_end(struct out *w, const struct sockaddr_storage *from)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	memcpy(&v4, from, sizeof v4);
	memcpy(&v6, from, sizeof v6);
	put_u16(w, ntohs(from->ss_family == AF_INET6 ? v6.sin6_port : v4.sin_port));
	put_u16(w, from->ss_family == AF_INET6 ? 16 : 4);
	put(w, from->ss_family == AF_INET6 ? (const void *)&v6.sin6_addr : (const void *)&v4.sin_addr, from->ss_family == AF_INET6 ? 16 : 4);
}

static void put_header(struct out *w, const struct agent *a, unsigned method, size_t data, uint32_t id, unsigned tid, unsigned result)
{
	const uint8_t rest[4] = {1, 1, (uint8_t)tid, (uint8_t)result};

	put_u16(w, a->service);
	put_u16(w, method);
	put_u32(w, (uint32_t)(8 + data));
	put_u32(w, id);
	put(w, rest, sizeof rest);
}

/* To whoever asked last. It may wait for him to read: nothing is lost of what he has to know. */
static void message_send(struct agent *a, const uint8_t *octets, size_t n)
{
	struct sockaddr_storage to = a->peer;
	ssize_t put_out = 0;

	if (!a->stream_type && a->peer_length)
		sendto(a->control, octets, n, MSG_NOSIGNAL, (struct sockaddr *)&to, a->peer_length);
	for (; a->stream >= 0 && n; octets += put_out, n -= (size_t)put_out) {
		put_out = send(a->stream, octets, n, MSG_NOSIGNAL);
		if (put_out <= 0)
			return; /* that he is gone, reading tells */
	}
}

/* ---- sockets ---- */

static struct held *held_of(struct agent *a, unsigned number)
{
	return number < a->count && a->held[number].fd >= 0 ? &a->held[number] : NULL;
}

/* Its number; NONE: there is no room, and fd is closed. A number is not used again soon, so that who still has an old one is told. */
static unsigned held_add(struct agent *a, int fd)
{
	unsigned i = a->count, tried;

	for (tried = 0; a->count >= REUSED_FROM && tried < a->count && i == a->count; tried++, a->next++)
		if (a->held[a->next % a->count].fd < 0)
			i = a->next % a->count;
	if (i == a->count) {
		struct held *more = a->count < SOCKETS_MAX ? realloc(a->held, (a->count + 1) * sizeof *more) : NULL;

		if (!more) {
			close(fd);
			return NONE;
		}
		a->held = more;
		a->count++;
	}
	memset(&a->held[i], 0, sizeof a->held[i]);
	a->held[i].fd = fd;
	return i;
}

/* Is there no connection any more, or none yet? */
static int is_over(int fd)
{
#if AGENT_LINUX
	uint8_t state = TCP_CLOSE; /* the first octet of struct tcp_info */
	socklen_t length = sizeof state;

	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &state, &length) < 0 || state == TCP_CLOSE;
#else
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	return poll(&p, 1, 0) > 0 && p.revents & (POLLERR | POLLHUP) && p.revents & POLLOUT;
#endif
}

/* Without a segment, where the system can; else with one. silently: only so, or not at all. */
static int held_end(struct held *h, int silently)
{
	const struct linger now = {.l_onoff = 1, .l_linger = 0};
	int good = 0;
#if AGENT_LINUX
	const int on = 1;

	good = setsockopt(h->fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof on) == 0;
#endif
	if (silently && !good)
		return 0;
	if (!good && !h->listens)
		setsockopt(h->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	close(h->fd);
	h->fd = -1;
	return 1;
}

static void held_free_all(struct agent *a)
{
	unsigned i;

	for (i = 0; i < a->count; i++)
		if (a->held[i].fd >= 0)
			held_end(&a->held[i], 0);
}

/* What an errno tells of the connection; 0: it speaks of the call. */
static unsigned told_of(int number, int ended)
{
	switch (number) {
	case ECONNRESET:
	case EPIPE: /* Linux: of a reset in CLOSE-WAIT */
		return TOLD_RESET;
	case ECONNREFUSED:
		return ended ? TOLD_REFUSED : TOLD_UNREACHABLE;
	case ETIMEDOUT:
		return TOLD_TIMEOUT;
	case EHOSTUNREACH:
	case ENETUNREACH:
	case EPROTO:
	case ENOPROTOOPT:
	case EHOSTDOWN:
	case EOPNOTSUPP:
	case EACCES:
	case EMSGSIZE:
#ifdef ENONET
	case ENONET:
#endif
		return TOLD_UNREACHABLE;
	}
	return 0;
}

static void held_told(struct held *h, int number)
{
	int ended;

	if (number == 0 || number == EAGAIN || number == EWOULDBLOCK || number == ENOTCONN)
		return;
	ended = !h->ended && is_over(h->fd); /* a connection ends once */
	h->told |= (unsigned char)told_of(number, ended);
	h->ended |= (unsigned char)ended;
}

/* Looks, without taking octets, what there is to tell. */
static void held_look(struct held *h)
{
	struct pollfd p = {.fd = h->fd, .events = POLLIN | POLLPRI};
	const int seen = poll(&p, 1, 0) > 0 ? p.revents : 0;
	int number = 0;
	socklen_t length = sizeof number;
	uint8_t octet;
	ssize_t got;

	h->told = (unsigned char)((h->told & ~(unsigned)TOLD_URGENT) | (seen & POLLPRI ? (unsigned)TOLD_URGENT : 0U));
	/* First the look, which tells the FIN from the reset, then the error, which also hands out the soft ones. */
	if (seen & (POLLIN | POLLHUP | POLLERR)) {
		got = recv(h->fd, &octet, 1, MSG_PEEK | MSG_DONTWAIT);
		if (got == 0 && !h->ended)
			h->told |= TOLD_EOF;
		if (got < 0)
			held_told(h, errno);
	}
	p.revents = 0;
	poll(&p, 1, 0);
	if (getsockopt(h->fd, SOL_SOCKET, SO_ERROR, &number, &length) == 0 && number) {
		if (p.revents & POLLERR)
			held_told(h, number);
		else
			h->told |= (unsigned char)told_of(number, 0);
	}
}

static unsigned result_of(const struct held *h, int number)
{
	switch (number) {
	case 0:
		return E_OK;
	case EAGAIN:
#if EWOULDBLOCK != EAGAIN
	case EWOULDBLOCK:
#endif
		return E_PEN;
	case ECONNRESET:
		return E_CRE;
	case EPIPE:
		return h->shut || h->ended ? E_COC : E_CRE;
	case ECONNREFUSED:
		return E_COR;
	case ETIMEDOUT:
		return E_CAT;
	case ENOTCONN:
		return E_CNE;
	case EISCONN:
	case EALREADY:
		return E_CAE;
	case ENOBUFS:
	case ENOMEM:
	case EMFILE:
	case ENFILE:
		return E_INR;
	}
	return E_NOK;
}

/* Everything that one listener has: an event for each. How many. */
static unsigned listener_accept(struct agent *a, unsigned number)
{
	unsigned count = 0;

	while (held_of(a, number) && a->held[number].more) {
		struct sockaddr_storage peer;
		socklen_t length = sizeof peer;
		struct out w = {.at = a->event, .room = sizeof a->event};
		const int fd = accept(a->held[number].fd, (struct sockaddr *)&peer, &length);
		unsigned accepted;

		if (fd < 0)
			break;
		fcntl(fd, F_SETFL, O_NONBLOCK);
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		accepted = held_add(a, fd);
		if (accepted == NONE)
			break;
		count++;
		a->held[number].more = (uint16_t)(a->held[number].more - (a->held[number].more != NONE));
		put_header(&w, a, 0x8204, peer.ss_family == AF_INET6 ? 24 : 12, 0, TID_EVENT, E_OK);
		put_u16(&w, number);
		put_u16(&w, accepted);
		put_end(&w, &peer);
		message_send(a, w.at, w.length);
	}
	return count;
}

#if AGENT_LINUX
static void epoll_serve(struct agent *a, int ready)
{
	struct epoll_event event[64];
	int i, n;

	do {
		n = epoll_wait(ready, event, 64, 0);
		for (i = 0; i < n; i++)
			listener_accept(a, event[i].data.u32);
	} while (n == 64);
}
#endif

/* Listeners that have something. Called before each request is served too (asked): an answer comes behind the events of what went before it. */
static void listeners_serve(struct agent *a, int asked)
{
#if AGENT_LINUX
	if (a->ready >= 0)
		epoll_serve(a, a->ready);
	if (a->ready >= 0 && asked)
		epoll_serve(a, a->quiet);
	if (a->ready >= 0)
		return;
#endif
	for (unsigned number = 0; number < a->count; number++)
		if (a->held[number].fd >= 0 && a->held[number].listens && (asked || !a->held[number].quiet))
			listener_accept(a, number);
}

/* ---- the TCP state, without a socket ---- */

#if AGENT_LINUX
struct asked_ends {
	struct sockaddr_storage local, remote;
};

/* One question to INET_DIAG, or (SOCK_DESTROY) one order. 0: it was answered; else an errno. */
static int diag_ask(struct agent *a, unsigned type, const struct asked_ends *ends, struct inet_diag_msg *answer, const uint32_t cookie[2])
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 request;
	} q = {.header = {.nlmsg_len = sizeof q, .nlmsg_type = (uint16_t)type, .nlmsg_flags = NLM_F_REQUEST | (type == SOCK_DESTROY ? NLM_F_ACK : 0), .nlmsg_seq = ++a->diag_sequence}};
	struct nlmsghdr header = {0};
	struct sockaddr_in6 v6[2];
	struct sockaddr_in v4[2];
	const int is_v6 = ends->local.ss_family == AF_INET6;
	uint8_t got[8192];
	ssize_t n;
	int number;

	memcpy(&v4[0], &ends->local, sizeof *v4);
	memcpy(&v4[1], &ends->remote, sizeof *v4);
	memcpy(&v6[0], &ends->local, sizeof *v6);
	memcpy(&v6[1], &ends->remote, sizeof *v6);
	q.request = (struct inet_diag_req_v2){.sdiag_family = (uint8_t)ends->local.ss_family, .sdiag_protocol = IPPROTO_TCP, .idiag_states = ~0U};
	q.request.id.idiag_sport = is_v6 ? v6[0].sin6_port : v4[0].sin_port;
	q.request.id.idiag_dport = is_v6 ? v6[1].sin6_port : v4[1].sin_port;
	memcpy(q.request.id.idiag_src, is_v6 ? (void *)&v6[0].sin6_addr : (void *)&v4[0].sin_addr, is_v6 ? 16 : 4);
	memcpy(q.request.id.idiag_dst, is_v6 ? (void *)&v6[1].sin6_addr : (void *)&v4[1].sin_addr, is_v6 ? 16 : 4);
	q.request.id.idiag_cookie[0] = cookie ? cookie[0] : (uint32_t)INET_DIAG_NOCOOKIE;
	q.request.id.idiag_cookie[1] = cookie ? cookie[1] : (uint32_t)INET_DIAG_NOCOOKIE;
	if (a->diag < 0 || send(a->diag, &q, sizeof q, 0) < 0)
		return EIO;
	do {
		n = recv(a->diag, got, sizeof got, MSG_DONTWAIT); /* it was answered within send() */
		if (n < (ssize_t)sizeof header)
			return EIO;
		memcpy(&header, got, sizeof header);
	} while (header.nlmsg_seq != a->diag_sequence);
	if (header.nlmsg_type == NLMSG_ERROR && n >= (ssize_t)(NLMSG_HDRLEN + sizeof number)) {
		memcpy(&number, got + NLMSG_HDRLEN, sizeof number);
		return -number;
	}
	if (n < (ssize_t)(NLMSG_HDRLEN + sizeof *answer))
		return EIO;
	memcpy(answer, got + NLMSG_HDRLEN, sizeof *answer);
	return 0;
}

/* By the numbers of doc/agent.md: CLOSED, LISTEN, SYN-SENT and on. -1: it cannot be asked. *m: what was found. */
static int diag_state(struct agent *a, const struct asked_ends *ends, struct inet_diag_msg *m)
{
	static const uint8_t of[] = {
	    [TCP_SYN_SENT] = 2,
	    [TCP_SYN_RECV] = 3,
	    [TCP_ESTABLISHED] = 4,
	    [TCP_FIN_WAIT1] = 5,
	    [TCP_FIN_WAIT2] = 6,
	    [TCP_CLOSE_WAIT] = 7,
	    [TCP_CLOSING] = 8,
	    [TCP_LAST_ACK] = 9,
	    [TCP_TIME_WAIT] = 10,
	    [12] = 3, /* a request, which is no socket yet */
	};
	const int number = diag_ask(a, SOCK_DIAG_BY_FAMILY, ends, m, NULL);

	if (number)
		return number == ENOENT ? 0 : -1;
	if (m->id.idiag_dport == 0) /* it falls back to the listener */
		return m->idiag_state == TCP_LISTEN;
	return m->idiag_state < sizeof of ? of[m->idiag_state] : 0;
}

/* What the kernel still has for these ends is destroyed: what is no socket (a request, TIME-WAIT) without a segment, what is one only where force says so, with one. */
static unsigned diag_forget(struct agent *a, const struct asked_ends *ends, int force)
{
	struct inet_diag_msg m;
	const int state = diag_state(a, ends, &m);

	if (state <= 1)
		return state < 0 ? (unsigned)E_NOK : (unsigned)E_OK;
	if (!force && (m.idiag_inode != 0 || (state != 3 && state != 10)))
		return E_NOK;
	return diag_ask(a, SOCK_DESTROY, ends, &m, m.id.idiag_cookie) == 0 ? E_OK : E_NOK;
}

static int take_ends(struct in *r, struct asked_ends *to)
{
	size_t n, m;
	const unsigned local_port = take_u16(r);
	const uint8_t *local = take_octets(r, &n);
	const unsigned remote_port = take_u16(r);
	const uint8_t *remote = take_octets(r, &m);

	return !r->bad && r->left == 0 && n == m && end_make(local, n, local_port, &to->local) && end_make(remote, n, remote_port, &to->remote);
}
#endif

/* ---- primitives: GENERAL ---- */

static unsigned do_version(struct agent *a, struct in *r, struct out *w)
{
	(void)a;
	(void)r;
	put_u16(w, 1);
	put_u16(w, 2);
	put_u16(w, 0);
	return E_OK;
}

static void put_text(struct out *w, const char *s)
{
	put_u16(w, (unsigned)strlen(s) + 4);
	put(w, "\xef\xbb\xbf", 3);
	put(w, s, strlen(s) + 1);
}

static unsigned do_capabilities(struct agent *a, struct in *r, struct out *w)
{
	struct utsname u;
	char name[160] = "unnamed";

	(void)r;
	if (uname(&u) >= 0)
		snprintf(name, sizeof name, "%.32s %.90s", u.sysname, u.release);
	put_u16(w, PROFILE);
	put_u32(w, a->can);
	put_text(w, name);
	return E_OK;
}

/* Both free everything: a test begins and ends with nothing. */
static unsigned do_start(struct agent *a, struct in *r, struct out *w)
{
	(void)r;
	(void)w;
	held_free_all(a);
	return E_OK;
}

static unsigned do_end(struct agent *a, struct in *r, struct out *w)
{
	size_t n;

	(void)w;
	take_u16(r);
	take_octets(r, &n);
	if (!r->bad)
		held_free_all(a);
	return E_OK;
}

/* ---- primitives: TCP ---- */

static void set_on(int fd, int level, int option)
{
	const int on = 1;

	setsockopt(fd, level, option, &on, sizeof on);
}

static unsigned do_bind(struct agent *a, struct in *r, struct out *w)
{
	struct sockaddr_storage local;
	const unsigned binds = take_u8(r), port = take_u16(r);
	size_t n;
	const uint8_t *address = take_octets(r, &n);
	const socklen_t length = end_make(address, n, port == NONE ? 0 : port, &local);
	unsigned number;
	int fd;

	if (r->bad || r->left || !length || binds > 1)
		return E_INV;
	fd = socket(local.ss_family, SOCK_STREAM, 0);
	if (fd < 0)
		return errno == EMFILE || errno == ENFILE ? E_INR : E_UCS;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	set_on(fd, SOL_SOCKET, SO_REUSEADDR);
	set_on(fd, SOL_SOCKET, SO_OOBINLINE); /* RFC 6093 6: urgent text is read in its place */
	if (local.ss_family == AF_INET6)
		set_on(fd, IPPROTO_IPV6, IPV6_V6ONLY);
	if (binds && bind(fd, (struct sockaddr *)&local, length) < 0) {
		close(fd);
		return E_UBS;
	}
	number = held_add(a, fd);
	put_u16(w, number);
	return number == NONE ? E_INR : E_OK;
}

static uint16_t port_of(int fd)
{
	struct sockaddr_storage local;
	struct sockaddr_in6 v6; /* the port stands where that of IPv4 does */
	socklen_t length = sizeof local;

	if (getsockname(fd, (struct sockaddr *)&local, &length) < 0)
		return 0;
	memcpy(&v6, &local, sizeof v6);
	return ntohs(v6.sin6_port);
}

static unsigned do_listen(struct agent *a, struct in *r, struct out *w)
{
	const unsigned number = take_u16(r), most = take_u16(r);
	struct held *h = held_of(a, number);

	(void)w;
	if (r->bad || r->left)
		return E_INV;
	if (!h)
		return E_ISD;
	if (listen(h->fd, most < SOMAXCONN ? (int)most : SOMAXCONN) < 0)
		return result_of(h, errno);
#if AGENT_LINUX
	struct epoll_event ready = {.events = EPOLLIN | EPOLLET, .data.u32 = number}; /* all is accepted each time, or cannot be now */

	if (a->ready >= 0 && !h->listens)
		epoll_ctl(h->quiet ? a->quiet : a->ready, EPOLL_CTL_ADD, h->fd, &ready);
#endif
	h->listens = 1;
	h->port = port_of(h->fd);
	h->more = (uint16_t)most;
	return E_OK;
}

static unsigned do_connect(struct agent *a, struct in *r, struct out *w)
{
	struct sockaddr_storage peer;
	const unsigned number = take_u16(r), port = take_u16(r);
	size_t n;
	const uint8_t *address = take_octets(r, &n);
	const socklen_t length = end_make(address, n, port, &peer);
	struct held *h = held_of(a, number);

	(void)w;
	if (r->bad || r->left || !length)
		return E_INV;
	if (!h)
		return E_ISD;
	if (connect(h->fd, (struct sockaddr *)&peer, length) < 0 && errno != EINPROGRESS)
		return result_of(h, errno);
	h->connects = 1;
	return E_OK;
}

/* total octets of what is said over and over into a->text. 0: nothing was said to repeat. */
static int text_fill(struct agent *a, const uint8_t *said, size_t n, size_t total)
{
	size_t i;

	for (i = 0; i < total && n; i++)
		a->text[i] = said[i % n];
	return n || !total;
}

/* One call: urgent text ends with what it is given. What is not taken is not sent later either. */
static unsigned do_send(struct agent *a, struct in *r, struct out *w)
{
	const unsigned number = take_u16(r), said_total = take_u16(r), flags = take_u8(r);
	size_t n, total;
	const uint8_t *said = take_octets(r, &n);
	struct held *h = held_of(a, number);
	ssize_t taken;

	total = said_total > n ? said_total : n;
	if (r->bad || r->left || !text_fill(a, said, n, total))
		return E_INV;
	if (!h)
		return E_ISD;
	taken = send(h->fd, a->text, total, MSG_NOSIGNAL | (flags & 0x20 ? MSG_OOB : 0));
	if (taken < 0) {
		const int number_of = errno;

		held_told(h, number_of == EPIPE && (h->shut || h->ended) ? 0 : number_of);
		return result_of(h, number_of);
	}
	if ((size_t)taken == total)
		return E_OK;
	put_u16(w, (unsigned)taken);
	return E_ISB;
}

/* Reads once what is there: the event is sent behind the answer. Of the peer's end it says that there were no octets. */
static unsigned do_receive(struct agent *a, struct in *r, struct out *w, struct out *event)
{
	const unsigned number = take_u16(r), most = take_u16(r), length = take_u16(r);
	struct held *h = held_of(a, number);
	ssize_t got;
	size_t told;

	if (r->bad || r->left || length == 0)
		return E_INV;
	if (!h)
		return E_ISD;
	got = recv(h->fd, a->text, length < DATA_MAX ? length : DATA_MAX, MSG_DONTWAIT);
	if (got < 0 || (got == 0 && h->ended)) {
		const int number_of = got == 0 ? ENOTCONN : errno;

		held_told(h, number_of);
		return result_of(h, number_of);
	}
	if (got == 0)
		h->told |= TOLD_EOF;
	put_u16(w, 0); /* nothing that came before was dropped */
	told = (size_t)got < most ? (size_t)got : most;
	put_header(event, a, 0x8203, 4 + told, 0, TID_EVENT, E_OK);
	put_u16(event, (unsigned)got);
	put_u16(event, (unsigned)told);
	put(event, a->text, told);
	return E_OK;
}

static unsigned do_close(struct agent *a, struct in *r, struct out *w)
{
	const struct linger now = {.l_onoff = 1, .l_linger = 0};
	const unsigned number = take_u16(r), aborts = take_u8(r);
	struct held *h = held_of(a, number);
	int over;

	(void)w;
	if (r->bad || r->left || aborts > 1)
		return E_INV;
	if (!h)
		return E_ISD;
	over = !h->listens && is_over(h->fd);
	if (aborts)
		setsockopt(h->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	close(h->fd);
	h->fd = -1;
	return over ? E_CNE : E_OK;
}

/* CLOSE in SYN-SENT deletes the TCB (RFC 9293 3.10.4). Of a socket that is shut down there Linux says that it was reset: one that was never connected takes its number. */
static int attempt_end(struct held *h)
{
	struct pollfd p = {.fd = h->fd, .events = POLLOUT};
	struct sockaddr_storage local, peer;
	socklen_t length = sizeof local, peer_length = sizeof peer;
	int fresh;

	/* Neither there nor failed. */
	if (!h->connects || getpeername(h->fd, (struct sockaddr *)&peer, &peer_length) == 0 || poll(&p, 1, 0) != 0 || getsockname(h->fd, (struct sockaddr *)&local, &length) < 0)
		return 0;
	fresh = socket(local.ss_family, SOCK_STREAM, 0);
	if (fresh < 0)
		return 0;
	fcntl(fresh, F_SETFL, O_NONBLOCK);
	fcntl(fresh, F_SETFD, FD_CLOEXEC);
	close(h->fd);
	h->fd = fresh;
	return 1;
}

static unsigned do_shutdown(struct agent *a, struct in *r, struct out *w)
{
	static const int how[] = {SHUT_RD, SHUT_WR, SHUT_RDWR};
	const unsigned number = take_u16(r), side = take_u8(r);
	struct held *h = held_of(a, number);

	(void)w;
	if (r->bad || r->left || side > 2)
		return E_INV;
	if (!h)
		return E_ISD;
	if (side > 0 && attempt_end(h)) {
		h->shut = 1;
		return E_OK;
	}
	if (shutdown(h->fd, how[side]) < 0) {
		const int number_of = errno;

		held_told(h, number_of);
		return result_of(h, number_of);
	}
	h->shut |= side > 0;
	return E_OK;
}

/* A parameter of CONFIGURE_SOCKET: how many octets it has, and the option that it sets; those of the vendor: 4 octets, in the unit that is said here, of which a whole number is wanted. */
struct parameter {
	uint16_t number;
	uint8_t octets;
	int level, option, level6, option6;
	uint32_t unit; /* milliseconds of one of the option's; 1: a number as it stands */
};

static const struct parameter parameters[] = {
    {0x0000, 1, IPPROTO_IP, IP_TTL, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 1},
    {0x0001, 1, IPPROTO_IP, IP_TOS, IPPROTO_IPV6, IPV6_TCLASS, 1}, /* the six upper bits of it: RFC 2474 3 */
#ifdef IP_MTU_DISCOVER
    {0x0002, 1, IPPROTO_IP, IP_MTU_DISCOVER, 0, 0, 1},
#endif
    {0x0004, 1, IPPROTO_IP, IP_TOS, IPPROTO_IPV6, IPV6_TCLASS, 1},
    {0x0005, 2, IPPROTO_TCP, TCP_MAXSEG, IPPROTO_TCP, TCP_MAXSEG, 1},
    {0x0006, 1, IPPROTO_TCP, TCP_NODELAY, IPPROTO_TCP, TCP_NODELAY, 1},
    {0xffff, 4, SOL_SOCKET, SO_RCVBUF, SOL_SOCKET, SO_RCVBUF, 1},
    {0xfffe, 4, SOL_SOCKET, SO_KEEPALIVE, SOL_SOCKET, SO_KEEPALIVE, 1},
#ifdef TCP_KEEPIDLE
    {0xfffd, 4, IPPROTO_TCP, TCP_KEEPIDLE, IPPROTO_TCP, TCP_KEEPIDLE, 1000},
    {0xfffc, 4, IPPROTO_TCP, TCP_KEEPINTVL, IPPROTO_TCP, TCP_KEEPINTVL, 1000},
    {0xfffb, 4, IPPROTO_TCP, TCP_KEEPCNT, IPPROTO_TCP, TCP_KEEPCNT, 1},
#endif
#ifdef TCP_USER_TIMEOUT
    {0xfffa, 4, IPPROTO_TCP, TCP_USER_TIMEOUT, IPPROTO_TCP, TCP_USER_TIMEOUT, 1},
#endif
#ifdef TCP_FASTOPEN
    {0xfff9, 4, IPPROTO_TCP, TCP_FASTOPEN, IPPROTO_TCP, TCP_FASTOPEN, 1},
#endif
    {QUIET, 4, -1, 0, -1, 0, 1},
};

enum { PARAMETERS = sizeof parameters / sizeof *parameters };

/* The octets' number in the option's form. 0: it cannot be said so. */
static int parameter_value(const struct parameter *p, const uint8_t *octets, int *value)
{
	uint32_t n = 0;
	unsigned i;

	for (i = 0; i < p->octets; i++)
		n = n << 8 | octets[i];
	if (n % p->unit || n / p->unit > INT32_MAX / 4)
		return 0;
	*value = (int)(n / p->unit);
	if (p->number == 0x0001)
		*value <<= 2;
	if (p->number == 0x0006)
		*value = *value == 0;
#ifdef IP_MTU_DISCOVER
	if (p->number == 0x0002)
		*value = *value ? IP_PMTUDISC_DO : IP_PMTUDISC_DONT;
#endif
	if (p->number == 0xffff)
		*value /= 2; /* Linux takes twice the value, and its own least where that is more */
	return 1;
}

static unsigned do_configure(struct agent *a, struct in *r, struct out *w)
{
	const unsigned number = take_u16(r), name = take_u16(r);
	size_t n;
	const uint8_t *octets = take_octets(r, &n);
	struct held *h = held_of(a, number);
	struct sockaddr_storage local;
	socklen_t length = sizeof local;
	unsigned i;
	int value, is_v6;

	(void)w;
	for (i = 0; i < PARAMETERS && parameters[i].number != name;)
		i++;
	if (r->bad || r->left || i == PARAMETERS || n != parameters[i].octets || !parameter_value(&parameters[i], octets, &value))
		return E_INV;
	if (!h)
		return E_ISD;
	if (name == QUIET) {
		if (h->listens)
			return E_INV;
		h->quiet = value != 0;
		return E_OK;
	}
	is_v6 = getsockname(h->fd, (struct sockaddr *)&local, &length) == 0 && local.ss_family == AF_INET6;
	if (setsockopt(h->fd, is_v6 ? parameters[i].level6 : parameters[i].level, is_v6 ? parameters[i].option6 : parameters[i].option, &value, sizeof value) < 0)
		return errno == EINVAL || errno == ENOPROTOOPT ? E_INV : result_of(h, errno);
	return E_OK;
}

/* ---- primitives that are not the standard's: doc/agent.md ---- */

static unsigned do_told(struct agent *a, struct in *r, struct out *w)
{
	const unsigned number = take_u16(r);
	struct held *h = held_of(a, number);

	if (r->bad || r->left)
		return E_INV;
	if (!h)
		return E_ISD;
	if (!h->listens)
		held_look(h);
	put_u16(w, h->told);
	return E_OK;
}

#if AGENT_LINUX
/* Whose first ACK was refused waits to be accepted, and later is established, but Linux tells nobody who waits: the listeners of that port are looked at. */
static unsigned port_accept(struct agent *a, const struct asked_ends *ends)
{
	struct sockaddr_in6 local;
	unsigned i, count = 0;

	memcpy(&local, &ends->local, sizeof local);
	for (i = 0; i < a->count; i++) {
		struct pollfd p = {.fd = a->held[i].fd, .events = POLLIN};

		if (p.fd >= 0 && a->held[i].listens && a->held[i].port == ntohs(local.sin6_port) && poll(&p, 1, 0) > 0)
			count += listener_accept(a, i);
	}
	return count;
}

static unsigned do_state(struct agent *a, struct in *r, struct out *w)
{
	struct asked_ends ends;
	struct inet_diag_msg m;
	uint8_t state;
	int found;

	if (!take_ends(r, &ends))
		return E_INV;
	port_accept(a, &ends);
	found = diag_state(a, &ends, &m);
	if (found < 0)
		return E_NOK;
	state = (uint8_t)found;
	put(w, &state, 1);
	return E_OK;
}

static unsigned do_forget(struct agent *a, struct in *r, struct out *w)
{
	const unsigned number = take_u16(r), force = take_u8(r);
	struct asked_ends ends;
	struct held *h = held_of(a, number);

	(void)w;
	if (!take_ends(r, &ends))
		return E_INV;
	if (!h && number != NONE)
		return E_ISD;
	if (h && !force && is_over(h->fd))
		h = NULL; /* the connection is elsewhere, if it is: in TIME-WAIT */
	if (number == NONE && port_accept(a, &ends))
		return E_PEN; /* to be asked again, perhaps with a socket */
	if (h)
		return held_end(h, !force) ? force ? diag_forget(a, &ends, 1) : (unsigned)E_OK : (unsigned)E_NOK;
	return diag_forget(a, &ends, (int)force);
}

/* CONNECT with text to go with it (RFC 7413): how many octets were taken. */
static unsigned do_fast_open(struct agent *a, struct in *r, struct out *w)
{
	struct sockaddr_storage peer;
	const unsigned number = take_u16(r), port = take_u16(r);
	size_t n, m;
	const uint8_t *address = take_octets(r, &n);
	const socklen_t length = end_make(address, n, port, &peer);
	const unsigned total = take_u16(r);
	const uint8_t *said = take_octets(r, &m);
	struct held *h = held_of(a, number);
	ssize_t taken;

	if (r->bad || r->left || !length || !text_fill(a, said, m, total))
		return E_INV;
	if (!h)
		return E_ISD;
	taken = sendto(h->fd, a->text, total, MSG_FASTOPEN | MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&peer, length);
	if (taken < 0 && errno != EINPROGRESS)
		return result_of(h, errno);
	h->connects = 1;
	put_u16(w, taken < 0 ? 0 : (unsigned)taken);
	return E_OK;
}
#endif

/* ---- messages ---- */

static unsigned request_serve(struct agent *a, unsigned method, struct in *r, struct out *w, struct out *event)
{
	switch (method) {
	case 0x0001:
		return do_version(a, r, w);
	case 0x0002:
		return do_start(a, r, w);
	case 0x0003:
		return do_end(a, r, w);
	case 0x007f:
		return do_capabilities(a, r, w);
	case 0x0200:
		return do_close(a, r, w);
	case 0x0201:
		return do_bind(a, r, w);
	case 0x0202:
		return do_send(a, r, w);
	case 0x0203:
		return do_receive(a, r, w, event);
	case 0x0204:
		return do_listen(a, r, w);
	case 0x0205:
		return do_connect(a, r, w);
	case 0x0206:
		return do_configure(a, r, w);
	case 0x0207:
		return do_shutdown(a, r, w);
	case 0x027e:
		return do_told(a, r, w);
#if AGENT_LINUX
	case 0x027f:
		return a->can & CAN_STATE ? do_state(a, r, w) : (unsigned)E_NTF;
	case 0x027d:
		return a->can & CAN_FORGET ? do_forget(a, r, w) : (unsigned)E_NTF;
	case 0x027c:
		return do_fast_open(a, r, w);
#endif
	}
	return E_NTF;
}

/* One message, the entry of the fuzz harness too. What is no request of this service draws nothing; one that has come twice (its id is the last one's, and not 0) is answered again, and not done again. */
static void agent_message(struct agent *a, const uint8_t *octets, size_t n)
{
	struct in r = {.at = octets, .left = n};
	const unsigned service = take_u16(&r), method = take_u16(&r);
	const uint32_t length = take_u32(&r), id = take_u32(&r);
	const uint8_t *rest = take(&r, 4);
	struct out head = {.at = a->out, .room = HEADER}, w = {.at = a->out + HEADER, .room = sizeof a->out - HEADER}, event = {.at = a->event, .room = sizeof a->event};
	unsigned result;

	if (r.bad || service != a->service || rest[0] != 1 || rest[1] != 1 || rest[2] != TID_REQUEST || method & 0x8000 || length != 8 + r.left)
		return;
	if (id && id == a->last_id) {
		message_send(a, a->out, a->last_length);
		return;
	}
	listeners_serve(a, 1);
	result = request_serve(a, method, &r, &w, &event);
	if (result != E_OK && result != E_ISB)
		w.length = 0;
	put_header(&head, a, method, w.length, id, TID_RESPONSE, result);
	a->last_id = id;
	a->last_length = HEADER + w.length;
	message_send(a, a->out, a->last_length);
	if (event.length && event.length <= event.room)
		message_send(a, event.at, event.length);
}

/* ---- where it is reached ---- */

/* "ADDRESS:PORT", the address perhaps in brackets. */
static int inet_open(const char *where, int type, char *why, size_t room)
{
	const char *colon = strrchr(where, ':');
	const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_PASSIVE, .ai_socktype = type};
	struct addrinfo *at = NULL;
	const int bracket = where[0] == '[';
	char host[64];
	int fd = -1;

	if (!colon || colon - where >= (ptrdiff_t)sizeof host || (bracket && colon[-1] != ']') || !colon[1]) {
		snprintf(why, room, "%s is no ADDRESS:PORT", where);
		return -1;
	}
	snprintf(host, sizeof host, "%.*s", (int)(colon - where) - 2 * bracket, where + bracket);
	if (getaddrinfo(host, colon + 1, &hints, &at) == 0)
		fd = socket(at->ai_family, type, 0);
	if (fd >= 0)
		set_on(fd, SOL_SOCKET, SO_REUSEADDR);
	if (fd < 0 || bind(fd, at->ai_addr, at->ai_addrlen) < 0 || (type == SOCK_STREAM && listen(fd, 1) < 0)) {
		snprintf(why, room, "%s cannot be bound: %s", where, at ? strerror(errno) : "that is no numeric address and port");
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	if (at)
		freeaddrinfo(at);
	return fd;
}

static int unix_open(const char *path, char *why, size_t room)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	const int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	struct stat found;

	if (fd >= 0 && strlen(path) < sizeof at.sun_path) {
		memcpy(at.sun_path, path, strlen(path));
		if (lstat(path, &found) == 0 && S_ISSOCK(found.st_mode))
			unlink(path); /* of one that was killed */
		if (bind(fd, (struct sockaddr *)&at, sizeof at) == 0)
			return fd;
	}
	snprintf(why, room, "%s cannot be bound: %s", path, strlen(path) < sizeof at.sun_path ? strerror(errno) : "it is too long");
	if (fd >= 0)
		close(fd);
	return -1;
}

/* NULL: memory is out, or `why` says what cannot be opened. where: "udp:ADDRESS:PORT", "tcp:...", "unix:PATH"; NULL: messages come from the caller alone. */
static struct agent *agent_open(const char *where, unsigned service, char *why, size_t room)
{
	struct agent *a = calloc(1, sizeof *a);

	snprintf(why, room, "memory is out");
	if (!a)
		return NULL;
	a->service = (uint16_t)service;
	a->control = a->stream = a->ready = a->quiet = a->diag = -1;
	a->stream_type = where && strncmp(where, "tcp:", 4) == 0;
	a->can = CAN_TOLD | CAN_COUNT;
	for (unsigned i = 0; i < PARAMETERS; i++)
		if (parameters[i].number >= 0xfff0)
			a->can |= 1U << (16 + 0xffff - parameters[i].number);
#if AGENT_LINUX
	struct inet_diag_msg m;
	struct asked_ends nobody;
	const int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

	a->ready = epoll_create1(EPOLL_CLOEXEC);
	a->quiet = epoll_create1(EPOLL_CLOEXEC);
	a->diag = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	a->can |= CAN_FAST_OPEN;
	end_make((const uint8_t[4]){127, 0, 0, 1}, 4, 1, &nobody.local);
	end_make((const uint8_t[4]){127, 0, 0, 1}, 4, 1, &nobody.remote);
	a->can |= diag_state(a, &nobody, &m) >= 0 ? (unsigned)CAN_STATE : 0U;
	a->can |= a->can & CAN_STATE && fd >= 0 && setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof on) == 0 ? (unsigned)CAN_FORGET : 0U;
	if (fd >= 0)
		close(fd);
#endif
	if (where && strncmp(where, "unix:", 5) == 0)
		a->control = unix_open(where + 5, why, room);
	else if (where && (a->stream_type || strncmp(where, "udp:", 4) == 0))
		a->control = inet_open(where + 4, a->stream_type ? SOCK_STREAM : SOCK_DGRAM, why, room);
	else if (where)
		snprintf(why, room, "`%s` is none of udp:ADDRESS:PORT, tcp:ADDRESS:PORT, unix:PATH", where);
	if (!where || a->control >= 0)
		return a;
	free(a);
	return NULL;
}

/* All that it holds goes with it. */
static void agent_close(struct agent *a)
{
	held_free_all(a);
	free(a->held);
	if (a->control >= 0)
		close(a->control);
	if (a->stream >= 0)
		close(a->stream);
	if (a->ready >= 0)
		close(a->ready);
	if (a->quiet >= 0)
		close(a->quiet);
	if (a->diag >= 0)
		close(a->diag);
	free(a);
}

#ifndef AGENT_EMBEDDED
/* Datagrams, as long as there are any. */
static void datagrams_serve(struct agent *a)
{
	for (;;) {
		struct sockaddr_storage from;
		socklen_t length = sizeof from;
		const ssize_t n = recvfrom(a->control, a->in, sizeof a->in, MSG_DONTWAIT, (struct sockaddr *)&from, &length);

		if (n < 0)
			return;
		a->peer = from;
		a->peer_length = length;
		agent_message(a, a->in, (size_t)n);
	}
}

/* The one who is connected has gone, or speaks nonsense, behind which no message can be found. */
static void stream_end(struct agent *a)
{
	close(a->stream);
	a->stream = -1;
	a->used = 0;
	a->last_id = 0;
	held_free_all(a);
}

static void stream_serve(struct agent *a)
{
	size_t at = 0;
	const ssize_t n = recv(a->stream, a->in + a->used, sizeof a->in - a->used, MSG_DONTWAIT);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		stream_end(a);
		return;
	}
	a->used += n > 0 ? (size_t)n : 0;
	while (a->used - at >= HEADER) {
		struct in r = {.at = a->in + at + 4, .left = 4};
		const uint32_t length = take_u32(&r);

		if (length < 8 || length > MESSAGE_MAX - 8) {
			stream_end(a);
			return;
		}
		if (a->used - at < 8 + length)
			break;
		agent_message(a, a->in + at, 8 + length);
		at += 8 + length;
	}
	a->used -= at;
	memmove(a->in, a->in + at, a->used);
}

/* The latest one is served: the one before may be dead without a word. */
static void stream_accept(struct agent *a)
{
	const int fd = accept(a->control, NULL, NULL);

	if (fd < 0)
		return;
	if (a->stream >= 0)
		stream_end(a);
	a->stream = fd;
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	set_on(fd, IPPROTO_TCP, TCP_NODELAY);
}

/* Its own descriptors, then the listeners, or what stands for them. */
static int agent_turn(struct agent *a)
{
	static struct pollfd p[3 + SOCKETS_MAX];
	nfds_t n = 0;

	p[n++] = (struct pollfd){.fd = a->control, .events = POLLIN};
	p[n++] = (struct pollfd){.fd = a->stream, .events = POLLIN};
	p[n++] = (struct pollfd){.fd = a->ready, .events = POLLIN};
	for (unsigned i = 0; a->ready < 0 && i < a->count; i++)
		if (a->held[i].fd >= 0 && a->held[i].listens && a->held[i].more && !a->held[i].quiet)
			p[n++] = (struct pollfd){.fd = a->held[i].fd, .events = POLLIN};
	if (poll(p, n, -1) < 0)
		return errno == EINTR;
	if (p[1].revents)
		stream_serve(a);
	if (p[0].revents && a->stream_type)
		stream_accept(a);
	else if (p[0].revents)
		datagrams_serve(a);
	listeners_serve(a, 0);
	return 1;
}

int main(int argc, char **argv)
{
	const char *where = NULL, *service = "0x0105";
	struct rlimit files;
	struct agent *a;
	char why[300];
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--service") == 0 && i + 1 < argc)
			service = argv[++i];
		else if (argv[i][0] != '-' && !where)
			where = argv[i];
		else
			break;
	}
	if (i < argc || !where) {
		fprintf(stderr, "usage: tcpspec-agent udp:ADDRESS:PORT | tcp:ADDRESS:PORT | unix:PATH [--service NUMBER]\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	a = agent_open(where, (unsigned)strtoul(service, NULL, 0) & 0xffff, why, sizeof why);
	if (!a) {
		fprintf(stderr, "tcpspec-agent: %s\n", why);
		return 1;
	}
	printf("ready testability %s\n", where);
	fflush(stdout);
	while (agent_turn(a))
		;
	agent_close(a);
	return 1;
}
#endif
