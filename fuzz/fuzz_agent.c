/* libFuzzer harness of the agent: an input is a series of messages, each behind its length in two octets. It is no tester: nobody reads the answers.
 *
 * The agent connects wherever a message says, so the harness goes into a network namespace of its own. Where it may not, as in most sandboxes, it binds to the loopback alone, and reaches only ports that it has
 * bound itself. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static bool alone;          /* in a namespace, where nobody else is */
static uint8_t bound[8192]; /* a bit for each port that it has bound since the input began */

static int fenced_socket(int family, int type, int protocol)
{
	if (!alone && family != AF_INET && family != AF_INET6) {
		errno = EAFNOSUPPORT; /* SOCK_DESTROY, over netlink, reaches others' connections */
		return -1;
	}
	return socket(family, type, protocol);
}

/* The loopback's address in the place of another one. */
static void fence_address(struct sockaddr_storage *s)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (s->ss_family == AF_INET) {
		memcpy(&v4, s, sizeof v4);
		v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		memcpy(s, &v4, sizeof v4);
	} else {
		memcpy(&v6, s, sizeof v6);
		v6.sin6_addr = in6addr_loopback;
		memcpy(s, &v6, sizeof v6);
	}
}

/* Where the port stands in both families. */
static uint16_t port_said(const struct sockaddr_storage *s)
{
	struct sockaddr_in v4;

	memcpy(&v4, s, sizeof v4);
	return ntohs(v4.sin_port);
}

static int fenced_bind(int fd, const struct sockaddr *to, socklen_t n)
{
	struct sockaddr_storage s = {0};
	socklen_t length = sizeof s;

	if (alone)
		return bind(fd, to, n);
	memcpy(&s, to, n < sizeof s ? n : sizeof s);
	fence_address(&s);
	if (bind(fd, (struct sockaddr *)&s, n) < 0 || getsockname(fd, (struct sockaddr *)&s, &length) < 0)
		return -1;
	bound[port_said(&s) / 8] |= (uint8_t)(1 << port_said(&s) % 8);
	return 0;
}

/* False, with errno, for what is not our own. */
static bool fence_reaches(const struct sockaddr *to, socklen_t n, struct sockaddr_storage *s)
{
	memset(s, 0, sizeof *s);
	memcpy(s, to, n < sizeof *s ? n : sizeof *s);
	if (!alone)
		fence_address(s);
	errno = ENETUNREACH;
	return alone || bound[port_said(s) / 8] >> port_said(s) % 8 & 1;
}

static int fenced_connect(int fd, const struct sockaddr *to, socklen_t n)
{
	struct sockaddr_storage s;

	return fence_reaches(to, n, &s) ? connect(fd, (struct sockaddr *)&s, n) : -1;
}

static ssize_t fenced_sendto(int fd, const void *octets, size_t count, int flags, const struct sockaddr *to, socklen_t n)
{
	struct sockaddr_storage s;

	return fence_reaches(to, n, &s) ? sendto(fd, octets, count, flags, (struct sockaddr *)&s, n) : -1;
}

#define socket fenced_socket
#define bind fenced_bind
#define connect fenced_connect
#define sendto fenced_sendto
#define AGENT_EMBEDDED
#include "targets/agent/tcpspec-agent.c"
#undef socket

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};

	(void)argc;
	(void)argv;
	alone = unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
	if (alone) {
		const int fd = socket(AF_INET, SOCK_DGRAM, 0);

		ioctl(fd, SIOCSIFFLAGS, &loopback);
		close(fd);
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
	char why[300];
	struct agent *a = agent_open(NULL, 0x0105, why, sizeof why);

	memset(bound, 0, sizeof bound);
	while (a && n >= 2) {
		const size_t said = (size_t)octets[0] << 8 | octets[1], length = said < n - 2 ? said : n - 2;

		agent_message(a, octets + 2, length);
		octets += 2 + length;
		n -= 2 + length;
	}
	if (a)
		agent_close(a);
	return 0;
}
