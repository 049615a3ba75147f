/* libslirp as a stack of tcpspec/stack.h: the tester is its guest, and its users are sockets of this process on the loopback, which it listens on and connects to. Nothing of libslirp is in this tree; it is
 * asked by its public functions alone.
 *
 * It makes a network namespace, for the ports of the loopback to be its own. A connection that the guest opens to the host's address becomes one to 127.0.0.1 (::1); one that a
 * user opens goes to a forwarded port on 127.0.0.2 (fd00::1), and libslirp opens it on to the guest. */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <slirp/libslirp.h>

#include <tcpspec/stack.h>

#include "frames.h"
#include "host.h"

enum { LISTENERS = 65536, /* a listener's handle is its port, and 65536 more for IPv6; those of connections follow */
       FIRST = 2 * LISTENERS,
       ROUNDS = 16, /* of looking at the sockets, after which whatever still goes on waits for the next call */
       BACKLOG = 4096,
       LINE_MAX_OCTETS = 256 };

/* A connection that belongs to the caller. */
struct user {
	bool used, active, is_closed, at_end;
	uint8_t family;
	uint16_t local, remote; /* ports, of libslirp's end and of the guest's */
	int fd;                 /* -1: nobody has accepted it yet */
	uint16_t host_port;     /* of libslirp's own socket towards the user; 0: not known */
	unsigned told;
};

struct tcpspec_stack {
	Slirp *slirp;
	void (*output)(void *to, const uint8_t *packet, size_t octets);
	void *to;
	struct tcpspec_address address[2];
	uint64_t now_us;
	int listener[FIRST]; /* by handle; -1 */
	bool forwarded[FIRST];
	struct user *user;
	size_t users;
	struct pollfd *polled;
	size_t polled_count, polled_room;
	struct tcpspec_address known[16]; /* whose MAC libslirp was told */
	size_t known_count;
	char *said; /* slirp_connection_info(), until something happens */
};

/* ---- what libslirp asks of us ---- */

static ssize_t send_packet(const void *octets, size_t n, void *opaque)
{
	struct tcpspec_stack *s = opaque;
	const uint8_t *packet;
	const size_t length = frame_packet(octets, n, &packet);
	if (length)
		s->output(s->to, packet, length);
	return (ssize_t)n;
}

static void guest_error(const char *text, void *opaque)
{
	(void)text;
	(void)opaque;
}

static int64_t clock_ns(void *opaque)
{
	return (int64_t)((struct tcpspec_stack *)opaque)->now_us * 1000;
}

/* Router advertisements: nobody needs them here. */
static void *timer_new(SlirpTimerCb call, void *of, void *opaque)
{
	(void)call;
	(void)of;
	return opaque;
}

static void timer_free(void *timer, void *opaque)
{
	(void)timer;
	(void)opaque;
}

static void timer_mod(void *timer, int64_t at, void *opaque)
{
	(void)timer;
	(void)at;
	(void)opaque;
}

static void descriptor_noted(int fd, void *opaque)
{
	(void)fd;
	(void)opaque;
}

static void notified(void *opaque)
{
	(void)opaque;
}

static const SlirpCb callbacks = {.send_packet = send_packet, .guest_error = guest_error, .clock_get_ns = clock_ns, .timer_new = timer_new, .timer_free = timer_free, .timer_mod = timer_mod, .register_poll_fd = descriptor_noted, .unregister_poll_fd = descriptor_noted, .notify = notified};

static int poll_add(int fd, int events, void *opaque)
{
	struct tcpspec_stack *s = opaque;
	if (s->polled_count == s->polled_room) {
		s->polled_room = 2 * s->polled_room + 64;
		s->polled = realloc(s->polled, s->polled_room * sizeof *s->polled);
		if (!s->polled)
			abort();
	}
	s->polled[s->polled_count] = (struct pollfd){.fd = fd, .events = (short)((events & SLIRP_POLL_IN ? POLLIN : 0) | (events & SLIRP_POLL_OUT ? POLLOUT : 0) | (events & SLIRP_POLL_PRI ? POLLPRI : 0))};
	return (int)s->polled_count++;
}

static int poll_events(int i, void *opaque)
{
	const short e = ((struct tcpspec_stack *)opaque)->polled[i].revents;
	return (e & POLLIN ? SLIRP_POLL_IN : 0) | (e & POLLOUT ? SLIRP_POLL_OUT : 0) | (e & POLLPRI ? SLIRP_POLL_PRI : 0) | (e & POLLERR ? SLIRP_POLL_ERR : 0) | (e & POLLHUP ? SLIRP_POLL_HUP : 0);
}

/* Lets libslirp look at its sockets until nothing happens any more: on the loopback what one side does the other has at once. Returns what it would wait for, ms. */
static uint32_t pump(struct tcpspec_stack *s)
{
	uint32_t wait = UINT32_MAX;
	int ready = 1;
	free(s->said);
	s->said = NULL;
	for (unsigned round = 0; ready > 0 && round < ROUNDS; round++) {
		s->polled_count = 0;
		wait = UINT32_MAX;
		slirp_pollfds_fill(s->slirp, &wait, poll_add, s);
		ready = poll(s->polled, s->polled_count, 0);
		slirp_pollfds_poll(s->slirp, ready < 0, poll_events, s);
	}
	return wait;
}

/* ---- what libslirp says of its connections ---- */

struct said {
	char state[24];
	int fd;
	unsigned port[2];
};

/* "  TCP[ESTABLISHED]   12  192.0.2.1  4000  192.0.2.2  80  0  0". False: another line. */
static bool said_read(const char *line, struct said *to)
{
	char from[32], dest[32];
	return sscanf(line, " TCP[%23[A-Z0-9_]] %d %31s %u %31s %u", to->state, &to->fd, from, &to->port[0], dest, &to->port[1]) == 6 && strcmp(to->state, "HOST_FORWARD") != 0;
}

/* Is the line of these ends? *host_port: that of libslirp's own socket towards the user. */
static bool said_is(const struct said *l, uint8_t family, uint16_t local, uint16_t remote, uint16_t *host_port)
{
	/* That the guest has opened: its port, the host's. That a user has opened: the port that is forwarded, the guest's; the user's own is the socket's. */
	const bool of_guest = l->port[0] == remote && l->port[1] == local;
	uint8_t of = family;
	if (!of_guest && l->port[1] != remote)
		return false;
	*host_port = socket_port(l->fd, false, &of);
	if (of != family || of_guest || l->fd < 0)
		return of == family;
	/* When both sides have ended the socket no longer knows its peer. */
	const uint16_t user = socket_port(l->fd, true, &of);
	return *host_port == remote && (user == local || user == 0);
}

static bool said_find(struct tcpspec_stack *s, uint8_t family, uint16_t local, uint16_t remote, struct said *to, uint16_t *host_port)
{
	if (!s->said)
		s->said = slirp_connection_info(s->slirp);
	for (const char *line = s->said; line && *line; line = strchr(line, '\n'), line += line != NULL)
		if (said_read(line, to) && said_is(to, family, local, remote, host_port))
			return true;
	return false;
}

/* ---- users ---- */

static struct user *user_at(struct tcpspec_stack *s, int64_t h)
{
	return h > FIRST && (uint64_t)(h - FIRST) <= s->users && s->user[h - FIRST - 1].used ? &s->user[h - FIRST - 1] : NULL;
}

static struct user *user_new(struct tcpspec_stack *s, const struct tcpspec_ends *e, bool active)
{
	size_t i = 0;
	while (i < s->users && s->user[i].used)
		i++;
	if (i == s->users) {
		s->users = 2 * s->users + 64;
		s->user = realloc(s->user, s->users * sizeof *s->user);
		if (!s->user)
			abort();
		memset(s->user + i, 0, (s->users - i) * sizeof *s->user);
	}
	s->user[i] = (struct user){.used = true, .active = active, .family = e->local.family, .local = e->local_port, .remote = e->remote_port, .fd = -1};
	return &s->user[i];
}

static int64_t user_handle(const struct tcpspec_stack *s, const struct user *u)
{
	return FIRST + 1 + (u - s->user);
}

static int *listener_at(struct tcpspec_stack *s, uint8_t family, uint16_t port)
{
	return &s->listener[port + (family == 4 ? 0 : LISTENERS)];
}

/* Accepts what waits, each for the user whose connection libslirp made it for. */
static void user_accept(struct tcpspec_stack *s, struct user *of)
{
	const int listener = *listener_at(s, of->family, of->local);
	uint8_t family;
	while (of->fd < 0 && !of->active && listener >= 0) {
		const int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		const uint16_t port = socket_port(fd, true, &family);
		if (fd < 0)
			return;
		struct user *u = NULL;
		for (size_t i = 0; i < s->users && !u; i++)
			if (s->user[i].used && s->user[i].fd < 0 && s->user[i].family == of->family && s->user[i].host_port == port)
				u = &s->user[i];
		if (u)
			u->fd = fd;
		else
			close(fd); /* of a connection that nobody has asked for any more */
	}
}

/* What the user's socket tells by itself. */
static void user_listen_in(struct user *u)
{
	struct pollfd p = {.fd = u->fd, .events = POLLIN};
	int error = 0;
	socklen_t n = sizeof error;
	uint8_t octet;
	if (u->fd < 0 || poll(&p, 1, 0) <= 0)
		return;
	if (getsockopt(u->fd, SOL_SOCKET, SO_ERROR, &error, &n) == 0 && error)
		u->told |= error == ETIMEDOUT ? (unsigned)TCPSPEC_TOLD_TIMEOUT : error == ECONNREFUSED ? (unsigned)TCPSPEC_TOLD_REFUSED
		                                                                                       : (unsigned)TCPSPEC_TOLD_RESET;
	else if (recv(u->fd, &octet, 1, MSG_PEEK) == 0)
		u->told |= TCPSPEC_TOLD_EOF;
}

/* ---- the table's functions ---- */

static size_t glue_arena_octets(const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	if (!setup->setting || !setup->setting[0])
		return sizeof(struct tcpspec_stack);
	snprintf(why, why_octets, "there is no setting `%s`; libslirp has none of these", setup->setting[0]);
	return 0;
}

static void config_make(const struct tcpspec_setup *setup, SlirpConfig *c)
{
	memset(c, 0, sizeof *c);
	c->version = 1;
	c->in_enabled = c->in6_enabled = true;
	memcpy(&c->vhost, setup->address[0].octets, 4);
	c->vnetmask.s_addr = htonl(0xffffff00);
	c->vnetwork.s_addr = c->vhost.s_addr & c->vnetmask.s_addr;
	memcpy(&c->vhost6, setup->address[1].octets, 16);
	memcpy(&c->vprefix_addr6, setup->address[1].octets, 8);
	c->vprefix_len = 64;
	/* Out of everybody's way. */
	c->vdhcp_start.s_addr = c->vnetwork.s_addr | htonl(250);
	c->vnameserver.s_addr = c->vnetwork.s_addr | htonl(251);
	c->vnameserver6 = c->vhost6;
	c->vnameserver6.s6_addr[15] = 251;
	c->if_mtu = c->if_mru = setup->mtu;
}

static struct tcpspec_stack *glue_create(void *arena, size_t octets, const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	struct tcpspec_stack *s = arena;
	SlirpConfig config;
	(void)octets;
	memset(s, 0, sizeof *s);
	memset(s->listener, 0xff, sizeof s->listener);
	s->output = setup->output;
	s->to = setup->to;
	s->now_us = setup->now_us;
	memcpy(s->address, setup->address, sizeof s->address);
	if (!host_make(why, why_octets))
		return NULL;
	config_make(setup, &config);
	s->slirp = slirp_new(&config, &callbacks, s);
	if (!s->slirp)
		snprintf(why, why_octets, "slirp_new() refuses its configuration");
	return s->slirp ? s : NULL;
}

static void glue_destroy(struct tcpspec_stack *s)
{
	for (size_t i = 0; i < FIRST; i++)
		if (s->listener[i] >= 0)
			close(s->listener[i]);
	for (size_t i = 0; i < s->users; i++)
		if (s->user[i].used && s->user[i].fd >= 0)
			close(s->user[i].fd);
	slirp_cleanup(s->slirp);
	free(s->said);
	free(s->user);
	free(s->polled);
}

/* Without the guest's MAC libslirp would ask for it, and send later. */
static void guest_introduce(struct tcpspec_stack *s, const struct tcpspec_address *guest)
{
	uint8_t frame[FRAME_INTRODUCTION_MAX];
	for (size_t i = 0; i < s->known_count; i++)
		if (memcmp(&s->known[i], guest, sizeof *guest) == 0)
			return;
	if (s->known_count < sizeof s->known / sizeof *s->known)
		s->known[s->known_count++] = *guest;
	slirp_input(s->slirp, frame, (int)frame_introduction(guest, &s->address[guest->family == 6], frame));
}

static void glue_input(struct tcpspec_stack *s, const uint8_t *packet, size_t octets, uint64_t now_us)
{
	uint8_t frame[FRAME_HEADER + 65536];
	struct tcpspec_address from;
	s->now_us = now_us;
	if (octets > sizeof frame - FRAME_HEADER)
		return;
	pump(s); /* it keeps the time only there */
	if (frame_source(packet, octets, &from))
		guest_introduce(s, &from);
	slirp_input(s->slirp, frame, (int)frame_build(packet, octets, frame));
	pump(s);
}

static uint64_t glue_poll(struct tcpspec_stack *s, uint64_t now_us)
{
	s->now_us = now_us;
	const uint32_t wait = pump(s);
	return wait == UINT32_MAX ? UINT64_MAX : now_us + (wait ? wait : 1) * UINT64_C(1000);
}

static int64_t glue_listen(struct tcpspec_stack *s, const struct tcpspec_address *local, uint16_t port, uint32_t receive_buffer, uint64_t now_us)
{
	int *listener = listener_at(s, local->family, port);
	s->now_us = now_us;
	(void)receive_buffer;
	if (*listener >= 0)
		return TCPSPEC_FULL;
	*listener = socket_new(local->family, port);
	if (*listener >= 0 && listen(*listener, BACKLOG) != 0) {
		close(*listener);
		*listener = -1;
	}
	return *listener < 0 ? TCPSPEC_FULL : listener - s->listener;
}

/* The port of the guest, where users find it. */
static bool guest_forward(struct tcpspec_stack *s, const struct tcpspec_ends *e)
{
	const uint8_t family = e->remote.family;
	bool *done = &s->forwarded[e->remote_port + (family == 4 ? 0 : LISTENERS)];
	struct sockaddr_storage at, guest;
	const socklen_t n = place_address(family, PLACE_FORWARD, e->remote_port, &at);
	place_address(family, PLACE_FORWARD, e->remote_port, &guest);
	if (family == 4)
		memcpy(&((struct sockaddr_in *)&guest)->sin_addr, e->remote.octets, 4);
	else
		memcpy(&((struct sockaddr_in6 *)&guest)->sin6_addr, e->remote.octets, 16);
	if (!*done)
		*done = slirp_add_hostxfwd(s->slirp, (struct sockaddr *)&at, n, (struct sockaddr *)&guest, n, family == 6 ? SLIRP_HOSTFWD_V6ONLY : 0) == 0;
	return *done;
}

/* Each is a socket more to look at. */
static void guest_unforward(struct tcpspec_stack *s, const struct user *u)
{
	struct sockaddr_storage at;
	const socklen_t n = place_address(u->family, PLACE_FORWARD, u->remote, &at);
	bool *done = &s->forwarded[u->remote + (u->family == 4 ? 0 : LISTENERS)];
	if (*done && slirp_remove_hostxfwd(s->slirp, (struct sockaddr *)&at, n, u->family == 6 ? SLIRP_HOSTFWD_V6ONLY : 0) == 0)
		*done = false;
}

static int64_t glue_connect(struct tcpspec_stack *s, const struct tcpspec_ends *ends, uint32_t receive_buffer, uint64_t now_us)
{
	struct sockaddr_storage at;
	const socklen_t n = place_address(ends->remote.family, PLACE_FORWARD, ends->remote_port, &at);
	(void)receive_buffer;
	s->now_us = now_us;
	pump(s);
	guest_introduce(s, &ends->remote);
	if (!guest_forward(s, ends))
		return TCPSPEC_FULL;
	const int fd = socket_new(ends->local.family, ends->local_port);
	if (fd < 0)
		return TCPSPEC_FULL;
	struct user *u = user_new(s, ends, true);
	u->fd = fd;
	u->host_port = ends->remote_port;
	if (connect(fd, (struct sockaddr *)&at, n) != 0 && errno != EINPROGRESS) {
		close(fd);
		u->used = false;
		return TCPSPEC_FULL;
	}
	pump(s);
	return user_handle(s, u);
}

static int64_t glue_find(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	struct said l;
	uint16_t host_port;
	for (size_t i = 0; i < s->users; i++)
		if (s->user[i].used && s->user[i].family == ends->local.family && s->user[i].local == ends->local_port && s->user[i].remote == ends->remote_port)
			return user_handle(s, &s->user[i]);
	if (!said_find(s, ends->local.family, ends->local_port, ends->remote_port, &l, &host_port) || !host_port)
		return TCPSPEC_NONE;
	struct user *u = user_new(s, ends, false);
	u->host_port = host_port;
	user_accept(s, u);
	return user_handle(s, u);
}

/* The user whose socket is there; else what the call answers. */
static int64_t user_ready(struct tcpspec_stack *s, int64_t h, uint64_t now_us, struct user **to)
{
	*to = user_at(s, h);
	s->now_us = now_us;
	if (!*to)
		return TCPSPEC_NONE;
	pump(s);
	user_accept(s, *to);
	return (*to)->fd < 0 ? TCPSPEC_NOT_NOW : 0;
}

static int64_t glue_send(struct tcpspec_stack *s, int64_t h, const uint8_t *octets, size_t n, unsigned flags, uint64_t now_us)
{
	struct user *u;
	const int64_t ready = user_ready(s, h, now_us, &u);
	if (ready != 0)
		return ready;
	if (u->is_closed)
		return TCPSPEC_CLOSING;
	const ssize_t sent = send(u->fd, octets, n, MSG_NOSIGNAL | MSG_DONTWAIT | (flags & TCPSPEC_SEND_URGENT ? MSG_OOB : 0));
	if (sent < 0)
		return errno == EAGAIN ? TCPSPEC_AGAIN : TCPSPEC_NONE;
	pump(s);
	return sent;
}

static int64_t glue_receive(struct tcpspec_stack *s, int64_t h, uint8_t *to, size_t room, uint64_t now_us)
{
	struct user *u;
	const int64_t ready = user_ready(s, h, now_us, &u);
	if (ready != 0)
		return ready;
	user_listen_in(u);
	const ssize_t n = recv(u->fd, to, room, MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN ? TCPSPEC_AGAIN : TCPSPEC_NONE;
	u->at_end |= n == 0;
	pump(s);
	return n;
}

static int64_t glue_close(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	struct user *u;
	const int64_t ready = user_ready(s, h, now_us, &u);
	if (ready != 0)
		return ready;
	if (u->is_closed)
		return TCPSPEC_CLOSING;
	u->is_closed = shutdown(u->fd, SHUT_WR) == 0;
	pump(s);
	return u->is_closed ? 0 : TCPSPEC_NONE;
}

static int64_t let_go(struct tcpspec_stack *s, int64_t h, bool hard, uint64_t now_us)
{
	const struct linger now = {.l_onoff = 1};
	struct user *u;
	if (h >= 0 && h < FIRST) {
		if (s->listener[h] >= 0)
			close(s->listener[h]);
		s->listener[h] = -1;
		return 0;
	}
	const int64_t ready = user_ready(s, h, now_us, &u);
	if (!u)
		return TCPSPEC_NONE;
	struct said l;
	uint16_t host_port;
	const bool lives = said_find(s, u->family, u->local, u->remote, &l, &host_port);
	if (u->fd >= 0 && hard)
		setsockopt(u->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	if (u->fd >= 0)
		close(u->fd);
	if (u->active)
		guest_unforward(s, u);
	u->used = false;
	pump(s);
	return ready == 0 && lives ? 0 : TCPSPEC_NONE;
}

static int64_t glue_release(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	return let_go(s, h, false, now_us);
}

static int64_t glue_abort(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	return let_go(s, h, true, now_us);
}

static unsigned glue_told(struct tcpspec_stack *s, int64_t h)
{
	struct user *u = user_at(s, h);
	if (!u)
		return 0;
	user_accept(s, u);
	user_listen_in(u);
	return u->told;
}

static unsigned glue_state(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	static const struct {
		const char *name;
		unsigned state;
	} states[] = {{"SYN_SENT", TCPSPEC_SYN_SENT}, {"SYN_RCVD", TCPSPEC_SYN_RECEIVED}, {"ESTABLISHED", TCPSPEC_ESTABLISHED}, {"CLOSE_WAIT", TCPSPEC_CLOSE_WAIT}, {"FIN_WAIT_1", TCPSPEC_FIN_WAIT_1}, {"FIN_WAIT_2", TCPSPEC_FIN_WAIT_2}, {"CLOSING", TCPSPEC_CLOSING_STATE}, {"LAST_ACK", TCPSPEC_LAST_ACK}, {"TIME_WAIT", TCPSPEC_TIME_WAIT}};
	struct said l;
	uint16_t host_port;
	if (said_find(s, ends->local.family, ends->local_port, ends->remote_port, &l, &host_port))
		for (size_t i = 0; i < sizeof states / sizeof *states; i++)
			if (strcmp(l.state, states[i].name) == 0)
				return states[i].state;
	return *listener_at(s, ends->local.family, ends->local_port) >= 0 ? TCPSPEC_LISTEN : TCPSPEC_CLOSED;
}

const struct tcpspec_stack_operations *tcpspec_stack_operations(void)
{
	static char name[64];
	static struct tcpspec_stack_operations table = {
	    .version = TCPSPEC_STACK_VERSION,
	    .size = sizeof table,
	    .name = name,
	    .arena_octets = glue_arena_octets,
	    .create = glue_create,
	    .destroy = glue_destroy,
	    .input = glue_input,
	    .poll = glue_poll,
	    .listen = glue_listen,
	    .connect = glue_connect,
	    .find = glue_find,
	    .send = glue_send,
	    .receive = glue_receive,
	    .close = glue_close,
	    .release = glue_release,
	    .abort = glue_abort,
	    .told = glue_told,
	    .state = glue_state,
	};
	snprintf(name, sizeof name, "libslirp %s", slirp_version_string());
	return &table;
}
