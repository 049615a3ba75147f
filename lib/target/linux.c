/* The running kernel as a target: starting it, its connections' sockets, its states and signals. What a call does is in linux_call.c. */
#include "lib/target/linux.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/script/script.h"
#include "lib/target/remembered.h"

enum { SHARED_BACKLOG = 4096 };

void linux_lock(struct linux_target *t)
{
	atomic_fetch_add(&t->wanted, 1);
	pthread_mutex_lock(&t->lock);
	atomic_fetch_sub(&t->wanted, 1);
}

void linux_unlock(struct linux_target *t)
{
	pthread_mutex_unlock(&t->lock);
}

uint8_t socket_state(int fd)
{
	uint8_t state = TCP_CLOSE;
	socklen_t length = sizeof state;

	/* tcpi_state is the first octet of struct tcp_info, and the kernel copies as much as is asked for. */
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &state, &length) < 0)
		return TCP_CLOSE;
	return state;
}

const char *errno_name(int number)
{
	const char *name = strerrorname_np(number);

	return name ? name : "unknown error";
}

unsigned signal_of_errno(int number, bool ended)
{
	switch (number) {
	case ECONNRESET:
	case EPIPE: /* what the kernel says of an RST in CLOSE-WAIT */
		return SIGNAL_RESET;
	case ECONNREFUSED:
		/* Refused ends the attempt; on a connection that lives on it is an ICMP port unreachable that was reported. */
		return ended ? SIGNAL_REFUSED : SIGNAL_UNREACHABLE;
	case ETIMEDOUT:
		return SIGNAL_TIMEOUT;
	case EHOSTUNREACH: /* these are what the kernel makes of ICMP errors, for both families */
	case ENETUNREACH:
	case EPROTO:
	case ENOPROTOOPT:
	case EHOSTDOWN:
	case ENONET:
	case EOPNOTSUPP:
	case EACCES:
	case EMSGSIZE:
		return SIGNAL_UNREACHABLE;
	default:
		return 0;
	}
}

unsigned connection_told(struct connection *c, int number)
{
	unsigned signal;
	bool ended;

	/* EAGAIN and ENOTCONN speak of the call. */
	if (number == 0 || number == EAGAIN || number == ENOTCONN)
		return 0;
	/* A connection ends once: what is handed out later is a soft error that was noted before. */
	ended = !c->ended && (c->fd < 0 || socket_state(c->fd) == TCP_CLOSE);
	signal = signal_of_errno(number, ended);
	c->told |= signal;
	c->ended |= ended;
	return signal;
}

void connection_peek(struct connection *c)
{
	uint8_t octet;
	ssize_t got = recv(c->fd, &octet, 1, MSG_PEEK | MSG_DONTWAIT);

	/* The kernel says 0 for the end of file before it looks at the error, and 0 again once the error was taken: only the first of these is the FIN. */
	if (got == 0 && !c->ended)
		c->told |= SIGNAL_EOF;
	if (got < 0)
		connection_told(c, errno);
}

/* SO_ERROR hands out the error that ended the connection, and where there is none a soft one. Only the former (hard) is shown by poll(). */
static void connection_take_error(struct connection *c, bool hard)
{
	int number = 0;
	socklen_t length = sizeof number;

	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &number, &length) < 0)
		return;
	if (hard)
		connection_told(c, number);
	else
		c->told |= signal_of_errno(number, false);
}

bool connection_look(struct connection *c)
{
	struct pollfd p = {.fd = c->fd, .events = POLLIN | POLLPRI | POLLRDHUP};

	/* Whether urgent text remains to be read (MUST-33): this alone is taken back. */
	c->told &= ~(unsigned)SIGNAL_URGENT;
	if (poll(&p, 1, 0) > 0 && p.revents & POLLPRI)
		c->told |= SIGNAL_URGENT;
	/* First the look, which tells the FIN from the reset, then the error, which also hands out the soft ones. */
	if (p.revents & (POLLIN | POLLRDHUP | POLLHUP | POLLERR))
		connection_peek(c);
	connection_take_error(c, p.revents & POLLERR && poll(&p, 1, 0) > 0 && p.revents & POLLERR);
	return (p.revents & (POLLHUP | POLLERR)) == 0;
}

void socket_forget(const struct linux_target *t, int fd)
{
	const int on = 1;

	/* Under TCP_REPAIR close() only frees. Where that is refused, a closed connection is better than a leaked one. */
	if (t->can_repair)
		setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof on);
	close(fd);
}

static bool peer_is(const struct connection *c, const struct sockaddr_storage *peer)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (c->at.family == IPV4) {
		memcpy(&v4, peer, sizeof v4);
		return v4.sin_family == AF_INET && ntohs(v4.sin_port) == c->at.tester_port && memcmp(&v4.sin_addr, c->at.tester.octets, 4) == 0;
	}
	memcpy(&v6, peer, sizeof v6);
	return v6.sin6_family == AF_INET6 && ntohs(v6.sin6_port) == c->at.tester_port && memcmp(&v6.sin6_addr, c->at.tester.octets, 16) == 0;
}

void connection_accept(struct linux_target *t, struct connection *c)
{
	if (c->listener < 0 || (c->fd >= 0 && socket_state(c->fd) != TCP_CLOSE))
		return;
	for (;;) {
		struct sockaddr_storage peer = {0};
		socklen_t length = sizeof peer;
		struct pollfd waiting = {.fd = c->listener, .events = POLLIN};
		int fd;

		/* accept() makes a socket before it looks whether there is anything to accept; poll() looks only. */
		if (poll(&waiting, 1, 0) <= 0)
			return;
		fd = accept4(c->listener, (struct sockaddr *)&peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0)
			return;
		/* Connections of other 4-tuples were completed by probes: they go without a word on the wire. */
		if (!peer_is(c, &peer)) {
			socket_forget(t, fd);
			continue;
		}
		if (c->fd >= 0) {
			connection_look(c);
			close(c->fd);
		}
		c->fd = fd;
		c->sent = c->received = 0;
		c->ended = c->shut = false;
	}
}

static struct connection *linux_open(void *target, const struct endpoint *at, struct error *e)
{
	struct linux_target *t = target;
	struct connection *c;

	if (at->target.family != at->family || at->tester.family != at->family) {
		error_set(e, "linux target: an endpoint's addresses are not of its family while opening it: say the same family thrice");
		return NULL;
	}
	c = memory_zeroed(1, sizeof *c);
	c->at = *at;
	c->tuple = diag_tuple_of(at);
	c->listener = c->fd = -1;
	for (unsigned i = 0; i < t->shared_count; i++)
		if (t->shared[i].family == at->family && t->shared[i].port == at->target_port) {
			c->listener = t->shared[i].fd;
			c->shared = true;
		}
	linux_lock(t);
	c->next = t->first;
	if (t->first)
		t->first->previous = c;
	t->first = c;
	linux_unlock(t);
	return c;
}

/* Takes TCP_INFO, for it costs the kernel the same to say all of it, and is asked for next. The state, as socket_state(). */
static uint8_t connection_info(struct connection *c)
{
	socklen_t length = sizeof c->info;

	if (getsockopt(c->fd, IPPROTO_TCP, TCP_INFO, c->info, &length) < 0 || length == 0)
		return TCP_CLOSE;
	c->info_octets = length;
	return c->info[0];
}

static bool linux_state(void *target, struct connection *c, struct state_answer *a, struct error *e)
{
	struct linux_target *t = target;
	struct diag_answer answer = {0};
	/* The socket that we hold has the 4-tuple for as long as it lives, and TCP_INFO says in a quarter of the time what INET_DIAG would. But it waits for the socket's lock: only
	 * where cells are sprinted, which nobody else disturbs. */
	const bool quick = t->shared_count > 0 && !t->busy_running && c->fd >= 0;
	const bool told = quick && diag_state_of(connection_info(c), &answer.state);

	/* Else nothing that the tester holds is an observation: the kernel says whether there is a TCB, and where there is none whether the port has a listener. */
	answer.has_tcb = told;
	if (!told)
		c->info_octets = 0;
	if (!told && !diag_state(&t->diag, &c->tuple, &answer, e))
		return false;
	c->asked = true;
	c->last = answer;
	*a = (struct state_answer){.has_tcb = answer.has_tcb, .has_listener = answer.has_listener, .state = answer.state};
	return true;
}

static bool linux_info(void *target, struct connection *c, void *info, size_t room, size_t *octets, struct error *e)
{
	struct linux_target *t = target;
	socklen_t length = (socklen_t)room;

	*octets = 0;
	if (c->info_octets) {
		*octets = c->info_octets < room ? c->info_octets : room;
		memcpy(info, c->info, *octets);
		return true;
	}
	/* tcpi_state is the first octet; a socket that is closed has left the connection, or never had it. */
	if (c->fd >= 0 && getsockopt(c->fd, IPPROTO_TCP, TCP_INFO, info, &length) == 0 && length > 0 && *(const uint8_t *)info != TCP_CLOSE) {
		*octets = length;
		return true;
	}
	/* A minisocket has none. */
	if (c->asked && (!c->last.has_tcb || c->last.minisocket))
		return true;
	return diag_info(&t->diag, &c->tuple, info, room, octets, e);
}

static bool linux_signals(void *target, struct connection *c, unsigned *signals, struct error *e)
{
	struct linux_target *t = target;

	(void)e;
	linux_lock(t);
	/* While the socket lives nobody else has its 4-tuple. */
	if (c->fd < 0 || !connection_look(c)) {
		connection_accept(t, c);
		if (c->fd >= 0)
			connection_look(c);
	}
	*signals = c->told;
	linux_unlock(t);
	return true;
}

static bool linux_unlisten(void *target, struct connection *c, struct error *e)
{
	struct linux_target *t = target;

	(void)e;
	linux_lock(t);
	/* A connection left in the accept queue would be reset with its listener. */
	if (!c->shared || c->fd < 0)
		connection_accept(t, c);
	if (c->listener >= 0 && !c->shared)
		close(c->listener);
	c->listener = -1;
	linux_unlock(t);
	return true;
}

static bool linux_share(void *target, const struct address *at, uint16_t port, struct error *e)
{
	struct linux_target *t = target;
	const struct endpoint end = {.family = at->family, .target = *at, .target_port = port};
	struct call_answer a = {0};
	int fd;

	if (t->shared_count == SHARED_MAX)
		return error_set(e, "linux target: more than %d shared listeners while opening one on port %u: share fewer", SHARED_MAX, port);
	fd = socket_listening(t, &end, SHARED_BACKLOG, &a, e);
	if (fd < 0)
		return fd == -1 ? error_set(e, "linux target: port %u cannot be listened on: %s; is something else using the namespace?", port, a.text) : false;
	t->shared[t->shared_count++] = (struct shared_listener){.family = at->family, .port = port, .fd = fd};
	return true;
}

/* Frees it without a word on the wire, as far as the kernel permits: an orphan is destroyed by an RST, which is better than its retransmissions. */
static void linux_close(void *target, struct connection *c)
{
	struct linux_target *t = target;
	const bool had_socket = c->fd >= 0;
	struct diag_answer a;
	bool gone;

	linux_unlisten(t, c, NULL);
	linux_lock(t);
	if (c->fd >= 0)
		socket_forget(t, c->fd);
	if (c->previous)
		c->previous->next = c->next;
	else
		t->first = c->next;
	if (c->next)
		c->next->previous = c->previous;
	if (t->cursor == c)
		t->cursor = c->next;
	linux_unlock(t);
	/* Of a socket nothing is left after that. A minisocket is destroyed by its cookie, and whatever the state was asked last is asked again if it has changed. */
	a = c->last;
	gone = c->asked && (had_socket ? t->can_repair && !a.minisocket : !a.has_tcb);
	if (!gone && a.minisocket)
		diag_destroy(&t->diag, &c->tuple, a.cookie, &gone, NULL);
	if (!gone && diag_state(&t->diag, &c->tuple, &a, NULL) && a.has_tcb)
		diag_destroy(&t->diag, &c->tuple, a.cookie, &gone, NULL);
	free(c);
}

static void linux_stop(void *target)
{
	struct linux_target *t = target;

	disturbances_end(t);
	while (t->first)
		linux_close(t, t->first);
	for (unsigned i = 0; i < t->shared_count; i++)
		close(t->shared[i].fd);
	diag_close(&t->diag);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

static bool linux_forget(void *target, const struct endpoint *at)
{
	(void)target;
	return remembered_forget(&at->tester);
}

static const struct target_operations linux_operations = {
    .open = linux_open,
    .call = linux_call,
    .set = linux_set,
    .state = linux_state,
    .signals = linux_signals,
    .unlisten = linux_unlisten,
    .close = linux_close,
    .share = linux_share,
    .info = linux_info,
    .forget = linux_forget,
    .stop = linux_stop,
};

/* Thousands of connections in flight take as many descriptors, and twice that with their listeners. */
static void descriptors_raise(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static bool repair_permitted(void)
{
	const int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool permitted = fd >= 0 && setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof on) == 0;

	if (fd >= 0)
		close(fd);
	return permitted;
}

static unsigned needs_served(const struct declaration *d, bool can_repair)
{
	unsigned needs = NEED_OPEN_ACTIVE | NEED_SEND | NEED_RECEIVE | NEED_CLOSE | NEED_RELEASE | NEED_ABORT | NEED_OPEN_PASSIVE | NEED_URGENT |
	                 NEED_TIMESTAMPS | NEED_WINDOW_SCALE | NEED_SACK | NEED_FASTOPEN | NEED_EARLY_SEND | NEED_SMALL_BUFFER | NEED_OPEN_LISTENING | NEED_SIMULTANEOUS_OPEN | NEED_SIMULTANEOUS_CLOSE | NEED_CLOSE_UNREAD;

	needs |= linux_settings();
	if (can_repair)
		needs |= NEED_FORGET;
	return needs & ~d->lacks;
}

bool target_linux_start(struct target *t, const struct link *l, struct declaration *d, bool as_shipped, struct error *e)
{
	struct linux_target *self = memory_zeroed(1, sizeof *self);
	struct utsname name;

	/* Which section is in force was decided when the declaration was read: as-shipped ones are set too, and there are usually none. */
	(void)as_shipped;
	memset(t, 0, sizeof *t);
	if (strcmp(d->kind, "linux") != 0) {
		free(self);
		return error_set(e, "%s: kind %s is not steered by sockets while starting the linux target: say `kind = linux`", d->file, d->kind);
	}
	if (!settings_apply(l, d, &t->settings, e) || !settings_give(l, d, t, e) || !diag_open(&self->diag, e)) {
		text_free(&t->settings);
		free(self);
		return error_prefix(e, "while starting the linux target: ");
	}
	descriptors_raise();
	pthread_mutex_init(&self->lock, NULL);
	self->declaration = d;
	self->nagle = d->model.choices.nagle;
	self->can_repair = repair_permitted();
	uname(&name);
	snprintf(t->version, sizeof t->version, "%.32s %.90s", name.sysname, name.release);
	t->operations = &linux_operations;
	t->self = self;
	t->declaration = d;
	t->needs_met = needs_served(d, self->can_repair);
	return true;
}

void target_stop(struct target *t)
{
	if (t->operations)
		t->operations->stop(t->self);
	text_free(&t->settings);
	memset(t, 0, sizeof *t);
}
