/* Where libslirp's users are. Nothing of libslirp is known here. */
#include "host.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

socklen_t place_address(uint8_t family, enum place place, uint16_t port, struct sockaddr_storage *to)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)to;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;
	memset(to, 0, sizeof *to);
	if (family == 4) {
		*v4 = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(place == PLACE_USER ? 0x7f000001 : 0x7f000002)};
		return sizeof *v4;
	}
	*v6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port)};
	inet_pton(AF_INET6, place == PLACE_USER ? "::1" : "fd00::1", &v6->sin6_addr);
	return sizeof *v6;
}

int socket_new(uint8_t family, uint16_t port)
{
	const int on = 1, fd = socket(family == 4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct sockaddr_storage at;
	const socklen_t n = place_address(family, PLACE_USER, port, &at);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	/* Whoever accepts inherits these. The host's own Nagle would hold text back until its clock goes on, which is not the run's. */
	setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (bind(fd, (struct sockaddr *)&at, n) == 0)
		return fd;
	close(fd);
	return -1;
}

uint16_t socket_port(int fd, bool peer, uint8_t *family)
{
	struct sockaddr_storage at = {0};
	socklen_t n = sizeof at;
	if (fd < 0 || (peer ? getpeername(fd, (struct sockaddr *)&at, &n) : getsockname(fd, (struct sockaddr *)&at, &n)) != 0)
		return 0;
	*family = at.ss_family == AF_INET ? 4 : 6;
	return ntohs(at.ss_family == AF_INET ? ((struct sockaddr_in *)&at)->sin_port : ((struct sockaddr_in6 *)&at)->sin6_port);
}

static void setting_write(const char *path, const char *value)
{
	FILE *f = fopen(path, "w");
	if (!f)
		return;
	fputs(value, f);
	fclose(f);
}

/* As an ordinary user it takes a user namespace, in which he is root. */
static bool namespace_enter(void)
{
	return unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
}

/* The loopback with an address more, in each family: 127.0.0.2 is there anyway. */
static bool loopback_make(void)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_LOOPBACK};
	struct {
		struct in6_addr address;
		uint32_t prefix;
		int index;
	} more = {.prefix = 128, .index = 1};
	const int v4 = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), v6 = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	inet_pton(AF_INET6, "fd00::1", &more.address);
	setting_write("/proc/sys/net/ipv6/conf/lo/disable_ipv6", "0");
	setting_write("/proc/sys/net/ipv4/tcp_max_tw_buckets", "0"); /* else the host's own TIME-WAIT holds the ports of a play that is over */
	const bool up = v4 >= 0 && ioctl(v4, SIOCSIFFLAGS, &lo) == 0;
	const bool added = v6 >= 0 && (ioctl(v6, SIOCSIFADDR, &more) == 0 || errno == EEXIST);
	if (v4 >= 0)
		close(v4);
	if (v6 >= 0)
		close(v6);
	return up && added;
}

/* An address that was just added is tentative until the kernel's workqueue has seen it, on the loopback too. */
static bool loopback_settles(void)
{
	struct sockaddr_storage at;
	const socklen_t n = place_address(6, PLACE_FORWARD, 0, &at);
	bool bound = false;
	for (unsigned ms = 0; ms < 1000 && !bound; ms++) {
		const int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		bound = fd >= 0 && bind(fd, (struct sockaddr *)&at, n) == 0;
		if (fd >= 0)
			close(fd);
		if (!bound)
			poll(NULL, 0, 1);
	}
	return bound;
}

bool host_make(char *why, size_t why_octets)
{
	static bool made;
	struct rlimit files;
	if (made)
		return true;
	/* Two sockets a connection. */
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	made = namespace_enter() && loopback_make() && loopback_settles();
	if (!made)
		snprintf(why, why_octets, "a network namespace for libslirp's users cannot be made: %s; see `tcpspec doctor`", strerror(errno));
	return made;
}
