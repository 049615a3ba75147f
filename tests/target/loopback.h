/* For tests of the target: a network namespace with its loopback up, and plain sockets as the peer. A peer can be made deaf, which holds a connection in any state. */
#ifndef TCPSPEC_TESTS_TARGET_LOOPBACK_H
#define TCPSPEC_TESTS_TARGET_LOOPBACK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/target/linux.h"

/* One test's target, with the declaration that it was started with. */
struct bench {
	struct declaration declaration;
	struct target target;
	struct link link;
};

/* Once a program: the process's own namespace, as an ordinary user with a user namespace. */
static inline int namespace_enter(void **state)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd;

	(void)state;
	if (unshare(geteuid() == 0 ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET) < 0) {
		fprintf(stderr, "# no network namespace: %s\n", strerror(errno));
		return -1;
	}
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo) < 0)
		return -1;
	return close(fd);
}

static inline struct bench *bench_of(void **state)
{
	return *state;
}

static inline int bench_start(void **state)
{
	static struct bench b;
	struct error e = {""};

	memset(&b, 0, sizeof b);
	snprintf(b.declaration.kind, sizeof b.declaration.kind, "%s", "linux");
	b.declaration.model = model_default(PROFILE_RFC9293);
	b.link.tester_ns = b.link.target_ns = -1;
	*state = &b;
	if (target_linux_start(&b.target, &b.link, &b.declaration, true, &e))
		return 0;
	fprintf(stderr, "# %s\n", e.text);
	return -1;
}

static inline int bench_stop(void **state)
{
	target_stop(&bench_of(state)->target);
	return 0;
}

/* Both ends on the loopback, at ports of the test's choice. */
static inline struct endpoint endpoint_of(enum family f, uint16_t target_port, uint16_t tester_port)
{
	struct endpoint at = {.family = f, .target = {.family = f}, .tester = {.family = f}, .target_port = target_port, .tester_port = tester_port};

	if (f == IPV4) {
		memcpy(at.target.octets, (const uint8_t[]){127, 0, 0, 1}, 4);
		memcpy(at.tester.octets, (const uint8_t[]){127, 0, 0, 2}, 4);
	} else {
		at.target.octets[15] = at.tester.octets[15] = 1;
	}
	return at;
}

static inline struct connection *bench_open(struct bench *b, const struct endpoint *at)
{
	struct error e = {""};
	struct connection *c = b->target.operations->open(b->target.self, at, &e);

	if (!c)
		fail_msg("open: %s", e.text);
	return c;
}

static inline struct call_answer bench_call(struct bench *b, struct connection *c, enum call call, uint32_t n)
{
	struct call_answer a;
	struct error e = {""};

	if (!b->target.operations->call(b->target.self, c, call, n, false, &a, &e))
		fail_msg("%s: %s", call_name(call), e.text);
	return a;
}

static inline void bench_calls_ok(struct bench *b, struct connection *c, enum call call, uint32_t n)
{
	struct call_answer a = bench_call(b, c, call, n);

	if (a.result != CALL_OK)
		fail_msg("%s: %s", call_name(call), a.text);
}

static inline struct state_answer bench_state(struct bench *b, struct connection *c)
{
	struct state_answer a;
	struct error e = {""};

	if (!b->target.operations->state(b->target.self, c, &a, &e))
		fail_msg("state: %s", e.text);
	return a;
}

static inline void bench_state_is(struct bench *b, struct connection *c, enum state s)
{
	struct state_answer a = bench_state(b, c);

	if (!a.has_tcb || a.state != s)
		fail_msg("in %s, not in %s", a.has_tcb ? state_name(a.state) : "no TCB", state_name(s));
}

/* The peer's TCP may delay the ACK that leads there (RFC 9293 3.8.6.3), and nothing but the state tells of its arrival. */
static inline void bench_comes_to(struct bench *b, struct connection *c, enum state s)
{
	struct state_answer a = bench_state(b, c);

	for (unsigned ms = 0; ms < 10000 && a.state != s; ms++) {
		poll(NULL, 0, 1);
		a = bench_state(b, c);
	}
	if (a.state != s || a.has_tcb != (s != CLOSED))
		fail_msg("in %s, not in %s", a.has_tcb ? state_name(a.state) : "no TCB", state_name(s));
}

/* CLOSED: no TCB for the 4-tuple, with or without a listener on its port. */
static inline void bench_closed(struct bench *b, struct connection *c, bool listener)
{
	struct state_answer a = bench_state(b, c);

	if (a.has_tcb)
		fail_msg("in %s, not CLOSED", state_name(a.state));
	assert_int_equal(a.has_listener, listener);
}

static inline unsigned bench_signals(struct bench *b, struct connection *c)
{
	unsigned signals;
	struct error e = {""};

	if (!b->target.operations->signals(b->target.self, c, &signals, &e))
		fail_msg("signals: %s", e.text);
	return signals;
}

static inline void bench_close(struct bench *b, struct connection *c)
{
	b->target.operations->close(b->target.self, c);
}

static inline socklen_t peer_sockaddr(const struct address *a, uint16_t port, struct sockaddr_storage *to)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};

	memset(to, 0, sizeof *to);
	memcpy(&v4.sin_addr, a->octets, 4);
	memcpy(&v6.sin6_addr, a->octets, 16);
	if (a->family == IPV4)
		memcpy(to, &v4, sizeof v4);
	else
		memcpy(to, &v6, sizeof v6);
	return a->family == IPV4 ? sizeof v4 : sizeof v6;
}

/* A socket at the tester's end of the 4-tuple. */
static inline int peer_socket(const struct endpoint *at)
{
	const int on = 1;
	struct sockaddr_storage here;
	socklen_t length = peer_sockaddr(&at->tester, at->tester_port, &here);
	int fd = socket(at->family == IPV4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	assert_int_equal(bind(fd, (struct sockaddr *)&here, length), 0);
	return fd;
}

/* From here on the peer's TCP drops whatever arrives for it, before it looks at it; what it sends is not hindered. */
static inline void peer_deafen(int fd)
{
	struct sock_filter nothing = {BPF_RET | BPF_K, 0, 0, 0};
	struct sock_fprog program = {1, &nothing};

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program), 0);
}

static inline void peer_connect(int fd, const struct endpoint *at)
{
	struct sockaddr_storage there;
	socklen_t length = peer_sockaddr(&at->target, at->target_port, &there);

	assert_true(connect(fd, (struct sockaddr *)&there, length) == 0 || errno == EINPROGRESS);
}

/* The loopback delivers within the sender's own system call, or at the latest in the kernel's softirq thread: what must come is waited for. */
static inline short peer_awaits(int fd, short events)
{
	struct pollfd p = {.fd = fd, .events = events};

	assert_int_equal(poll(&p, 1, 10000), 1);
	return p.revents;
}

/* A connection of the target in ESTABLISHED by passive open; *peer is the other end. */
static inline struct connection *bench_passive(struct bench *b, const struct endpoint *at, int *peer)
{
	struct connection *c = bench_open(b, at);

	bench_calls_ok(b, c, CALL_OPEN_PASSIVE, 0);
	*peer = peer_socket(at);
	peer_connect(*peer, at);
	peer_awaits(*peer, POLLOUT);
	return c;
}

/* By active open. */
static inline struct connection *bench_active(struct bench *b, const struct endpoint *at, int *peer)
{
	struct connection *c = bench_open(b, at);
	int listener = peer_socket(at);

	assert_int_equal(listen(listener, 1), 0);
	bench_calls_ok(b, c, CALL_OPEN_ACTIVE, 0);
	peer_awaits(listener, POLLIN);
	*peer = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	assert_true(*peer >= 0);
	close(listener);
	return c;
}

#endif
