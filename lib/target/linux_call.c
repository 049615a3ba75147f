/* The user calls of the linux target, one function each: what the standard calls OPEN, SEND, RECEIVE, CLOSE and ABORT, in socket calls. None blocks. */
#include "lib/target/linux.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BACKLOG = 64 };

static void answer_failed(struct call_answer *a, int number, unsigned signals)
{
	a->result = CALL_FAILED;
	a->signals = signals;
	snprintf(a->text, sizeof a->text, "%s", errno_name(number));
}

static socklen_t sockaddr_of(const struct address *at, uint16_t port, struct sockaddr_storage *to)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};

	memset(to, 0, sizeof *to);
	if (at->family == IPV4) {
		memcpy(&v4.sin_addr, at->octets, 4);
		memcpy(to, &v4, sizeof v4);
		return sizeof v4;
	}
	memcpy(&v6.sin6_addr, at->octets, 16);
	memcpy(to, &v6, sizeof v6);
	return sizeof v6;
}

/* A socket bound to the target's end. -1 with a filled in when the stack refuses, -2 with e when the machine is at fault. */
static int socket_bound(const struct linux_target *t, const struct endpoint *at, struct call_answer *a, struct error *e)
{
	const int on = 1;
	struct sockaddr_storage local;
	socklen_t length = sockaddr_of(&at->target, at->target_port, &local);
	int fd = socket(at->family == IPV4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0) {
		error_set(e, "linux target: no socket: %s; %s", strerror(errno), errno == EMFILE || errno == ENFILE ? "raise the limit of open files (ulimit -n)" : "check memory, and that the family is enabled");
		return -2;
	}
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	/* An accepted socket inherits these from its listener. RFC 6093 6: urgent text is read in its place (MUST-31). */
	setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on);
	if (!t->nagle)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (!socket_give(fd, t->declaration)) {
		error_set(e, "linux target: an option of [given] in %s: %s; this kernel may lack it: leave it out", t->declaration->file, strerror(errno));
		close(fd);
		return -2;
	}
	if (at->family == IPV6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
	if (bind(fd, (struct sockaddr *)&local, length) < 0) {
		int number = errno;

		close(fd);
		if (number == EADDRNOTAVAIL && memcmp(&at->target, &at->tester, sizeof at->target) != 0) {
			error_set(e, "linux target: the target's address is not on this host while binding port %u: is the calling thread in the target's namespace?", (unsigned)at->target_port);
			return -2;
		}
		answer_failed(a, number, 0);
		return -1;
	}
	return fd;
}

/* A call that needs the connection, and there is no socket for it. Where the kernel has a TCB all the same (SYN-RECEIVED before accept(), an orphan), its
 * interface cannot say the call: no signal. Else the user is told that there is no connection. */
static bool answer_absent(struct linux_target *t, struct connection *c, struct call_answer *a, struct error *e)
{
	struct diag_answer d;

	if (!diag_state(&t->diag, &c->tuple, &d, e))
		return false;
	answer_failed(a, ENOTCONN, d.has_tcb ? 0 : SIGNAL_CLOSED);
	return true;
}

int socket_listening(const struct linux_target *t, const struct endpoint *at, int backlog, struct call_answer *a, struct error *e)
{
	const int fd = socket_bound(t, at, a, e), pending = (int)t->declaration->model.constants.fastopen_pending;

	/* RFC 7413 4.2: off unless the application asks for it. The value is PendingFastOpenRequests' limit. */
	if (fd >= 0 && t->declaration->model.choices.fastopen)
		setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN, &pending, sizeof pending);
	if (fd < 0 || listen(fd, backlog) == 0)
		return fd;
	answer_failed(a, errno, 0);
	close(fd);
	return -1;
}

static bool call_open_passive(struct linux_target *t, struct connection *c, struct call_answer *a, struct error *e)
{
	int fd;

	if (c->shared)
		return true;
	fd = socket_listening(t, &c->at, BACKLOG, a, e);
	if (fd < 0)
		return fd == -1;
	/* Two listeners of one port the kernel has only where both ask for it (SO_REUSEPORT). */
	if (c->listener >= 0)
		close(fd);
	else
		c->listener = fd;
	return true;
}

static void connection_drop(struct connection *c)
{
	/* What the user was told before he let go stays told. */
	connection_look(c);
	close(c->fd);
	c->fd = -1;
}

/* text: so many octets go with it (RFC 7413). */
static ssize_t socket_connect(struct linux_target *t, int fd, const struct sockaddr_storage *peer, socklen_t length, uint32_t text)
{
	const uint32_t n = text < LINUX_BUFFER_OCTETS ? text : LINUX_BUFFER_OCTETS;

	if (text == 0)
		return connect(fd, (const struct sockaddr *)peer, length);
	stream_fill(t->buffer, 0, n);
	return sendto(fd, t->buffer, n, MSG_FASTOPEN | MSG_NOSIGNAL | MSG_DONTWAIT, (const struct sockaddr *)peer, length);
}

static struct address address_group(enum family f, bool broadcast)
{
	struct address a = {.family = f};

	if (f == IPV6)
		memcpy(a.octets, (const uint8_t[]){0xff, 0x02, [15] = 1}, 16); /* all nodes */
	else if (broadcast)
		memset(a.octets, 0xff, 4);
	else
		memcpy(a.octets, (const uint8_t[]){224, 0, 0, 1}, 4);
	return a;
}

/* The ends that an OPEN names: those of the connection, or one of them in its place. */
static struct endpoint ends_named(const struct endpoint *at, enum open_place place)
{
	struct endpoint n = *at;

	switch (place) {
	case OPEN_FROM_ANY:
		memset(n.target.octets, 0, sizeof n.target.octets);
		break;
	case OPEN_FROM_ELSEWHERE:
		n.target = n.tester;
		break;
	case OPEN_TO_ANY:
		memset(n.tester.octets, 0, sizeof n.tester.octets);
		break;
	case OPEN_TO_BROADCAST:
	case OPEN_TO_MULTICAST:
		n.tester = address_group(at->family, place == OPEN_TO_BROADCAST);
		break;
	case OPEN_USUAL:
	case OPEN_PLACES:
		break;
	}
	return n;
}

/* n: octets that go with it, where how says so, else the most of a receive buffer. */
static bool call_open_active(struct linux_target *t, struct connection *c, uint32_t n, unsigned how, struct call_answer *a, struct error *e)
{
	const enum open_place place = how_place(how);
	const uint32_t buffer = how & SEND_PUSH ? 0 : n, text = how & SEND_PUSH ? n : 0;
	const struct endpoint at = ends_named(&c->at, place);
	struct sockaddr_storage peer;
	socklen_t length = sockaddr_of(&at.tester, at.tester_port, &peer);
	const int octets = (int)(buffer / 2);
	ssize_t put;
	int fd;

	if (c->fd >= 0 && socket_state(c->fd) != TCP_CLOSE) {
		answer_failed(a, EISCONN, 0);
		return true;
	}
	fd = socket_bound(t, &at, a, e);
	if (fd < 0)
		return fd == -1;
	/* The kernel takes twice the value, and its own least where that is more. */
	if (buffer && setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets) < 0) {
		answer_failed(a, errno, 0);
		close(fd);
		return true;
	}
	put = socket_connect(t, fd, &peer, length, text);
	if (put < 0 && errno != EINPROGRESS) {
		int number = errno;

		close(fd);
		answer_failed(a, number, place <= OPEN_FROM_ANY ? signal_of_errno(number, true) : 0);
		return true;
	}
	/* Served, although it is none of ours. */
	if (place > OPEN_FROM_ANY) {
		close(fd);
		return true;
	}
	if (c->fd >= 0)
		connection_drop(c);
	c->fd = fd;
	c->sent = a->octets = put > 0 ? (uint32_t)put : 0;
	c->received = 0;
	c->ended = c->shut = false;
	return true;
}

/* EPIPE has two senses: the user closed his side, or an RST met CLOSE-WAIT and nobody was told yet. */
static unsigned send_refused(struct connection *c, int number)
{
	if (number == EPIPE && (c->shut || c->ended))
		return SIGNAL_CLOSED;
	return connection_told(c, number);
}

/* The kernel sets PSH by itself: send() has no such argument. Urgent text ends with what one send() is given, so it goes by one. */
static bool call_send(struct linux_target *t, struct connection *c, uint32_t n, unsigned how, struct call_answer *a)
{
	const int urgent = how & SEND_URGENT ? MSG_OOB : 0;

	while (a->octets < n) {
		uint32_t size = n - a->octets < LINUX_BUFFER_OCTETS ? n - a->octets : LINUX_BUFFER_OCTETS;
		ssize_t put;

		stream_fill(t->buffer, c->sent, size);
		put = send(c->fd, t->buffer, size, MSG_NOSIGNAL | MSG_DONTWAIT | urgent);
		if (put < 0) {
			int number = errno;

			/* Octets that the stack did not take are not queued in the standard's sense: the call has failed for them. */
			answer_failed(a, number, send_refused(c, number));
			break;
		}
		c->sent += (uint32_t)put;
		a->octets += (uint32_t)put;
	}
	return true;
}

static bool call_receive(struct linux_target *t, struct connection *c, uint32_t n, struct call_answer *a)
{
	while (a->octets < n) {
		uint32_t size = n - a->octets < LINUX_BUFFER_OCTETS ? n - a->octets : LINUX_BUFFER_OCTETS;
		ssize_t got = recv(c->fd, t->buffer, size, MSG_DONTWAIT);

		/* What follows the octets is for the next call to tell. */
		if (got <= 0 && a->octets)
			break;
		if (got == 0 && !c->ended) {
			a->signals = SIGNAL_EOF;
			c->told |= SIGNAL_EOF;
			snprintf(a->text, sizeof a->text, "end of file");
			break;
		}
		if (got <= 0) {
			int number = got == 0 ? ENOTCONN : errno;

			answer_failed(a, number, number == ENOTCONN ? SIGNAL_CLOSED : connection_told(c, number));
			if (number == EAGAIN)
				a->result = CALL_PENDING;
			break;
		}
		for (uint32_t i = 0; i < (uint32_t)got; i++)
			a->content_ok &= t->buffer[i] == stream_octet(c->received + i);
		c->received += (uint32_t)got;
		a->octets += (uint32_t)got;
	}
	return true;
}

/* CLOSE and ABORT where there is only a listener: it goes, unless a connection is being made that the call would be for. */
static bool call_on_listener(struct linux_target *t, struct connection *c, struct call_answer *a, struct error *e)
{
	struct diag_answer d = {0};

	if (c->listener >= 0 && !diag_state(&t->diag, &c->tuple, &d, e))
		return false;
	if (c->listener < 0 || d.has_tcb || c->shared)
		return answer_absent(t, c, a, e);
	close(c->listener);
	c->listener = -1;
	return true;
}

static void call_close(struct connection *c, struct call_answer *a)
{
	/* CLOSE in SYN-SENT deletes the TCB (RFC 9293 3.10.4); shutdown() would leave a socket that can be connected again. */
	if (socket_state(c->fd) == TCP_SYN_SENT)
		connection_drop(c);
	else if (shutdown(c->fd, SHUT_WR) < 0)
		answer_failed(a, errno, errno == ENOTCONN ? SIGNAL_CLOSED : connection_told(c, errno));
	else
		c->shut = true;
}

static void call_abort(struct connection *c, struct call_answer *a)
{
	const struct linger now = {.l_onoff = 1, .l_linger = 0};

	/* Tried in every state: in TIME-WAIT the kernel has taken the TCB from the socket, and what the close then does not reach is the kernel's affair. */
	if (socket_state(c->fd) == TCP_CLOSE)
		answer_failed(a, ENOTCONN, SIGNAL_CLOSED);
	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	connection_drop(c);
}

static void call_release(struct connection *c, struct call_answer *a)
{
	/* close() says of a connection that has ended what it says of any other: that there was none is known before it. */
	if (socket_state(c->fd) == TCP_CLOSE)
		answer_failed(a, ENOTCONN, SIGNAL_CLOSED);
	connection_drop(c);
}

/* The TCB is lost without a segment: by TCP_REPAIR while it has a socket, else by destroying the minisocket. */
static bool call_forget(struct linux_target *t, struct connection *c, struct call_answer *a, struct error *e)
{
	const int on = 1;
	struct diag_answer d;
	bool gone = false;

	if (c->fd >= 0 && socket_state(c->fd) != TCP_CLOSE) {
		if (setsockopt(c->fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof on) < 0)
			answer_failed(a, errno, 0);
		else
			connection_drop(c);
		return true;
	}
	if (!diag_state(&t->diag, &c->tuple, &d, e))
		return false;
	if (d.has_tcb && d.minisocket && !diag_destroy(&t->diag, &c->tuple, d.cookie, &gone, e))
		return false;
	if (d.has_tcb && !gone)
		answer_failed(a, EOPNOTSUPP, 0);
	if (c->fd >= 0)
		connection_drop(c);
	return true;
}

static bool call_connected(struct linux_target *t, struct connection *c, enum call call, uint32_t n, unsigned how, struct call_answer *a, struct error *e)
{
	connection_accept(t, c);
	if (call == CALL_FORGET)
		return call_forget(t, c, a, e);
	if (c->fd < 0 && (call == CALL_CLOSE || call == CALL_ABORT || call == CALL_RELEASE))
		return call_on_listener(t, c, a, e);
	if (c->fd < 0)
		return answer_absent(t, c, a, e);
	if (call == CALL_SEND)
		return call_send(t, c, n, how, a);
	if (call == CALL_RECEIVE)
		return call_receive(t, c, n, a);
	if (call == CALL_CLOSE)
		call_close(c, a);
	else if (call == CALL_ABORT)
		call_abort(c, a);
	else
		call_release(c, a);
	return true;
}

bool linux_call(void *target, struct connection *c, enum call call, uint32_t n, unsigned how, struct call_answer *a, struct error *e)
{
	struct linux_target *t = target;
	bool done = false;

	*a = (struct call_answer){.result = CALL_OK, .content_ok = true};
	c->info_octets = 0;
	linux_lock(t);
	switch (call) {
	case CALL_OPEN_PASSIVE:
		done = call_open_passive(t, c, a, e);
		break;
	case CALL_OPEN_ACTIVE:
		done = call_open_active(t, c, n, how, a, e);
		break;
	case CALL_SEND:
	case CALL_RECEIVE:
	case CALL_CLOSE:
	case CALL_RELEASE:
	case CALL_ABORT:
	case CALL_FORGET:
		done = call_connected(t, c, call, n, how, a, e);
		break;
	case CALL_SET: /* linux_set() */
	case CALLS:
		done = error_set(e, "linux target: call %d is none; say one of enum call", (int)call);
		break;
	}
	c->told |= a->signals;
	linux_unlock(t);
	return done;
}
