/* The options of sockets that a declaration can name, by their names in the kernel's headers. What they mean to TCP, the declaration says. */
#include "lib/target/linux.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	int level, number;
} options[] = {
    {"TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY},
    {"TCP_KEEPIDLE", IPPROTO_TCP, TCP_KEEPIDLE},
    {"TCP_KEEPINTVL", IPPROTO_TCP, TCP_KEEPINTVL},
    {"TCP_KEEPCNT", IPPROTO_TCP, TCP_KEEPCNT},
    {"TCP_USER_TIMEOUT", IPPROTO_TCP, TCP_USER_TIMEOUT},
    {"TCP_FASTOPEN", IPPROTO_TCP, TCP_FASTOPEN},
    {"SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE},
};

static bool option_give(int fd, const struct setting *s)
{
	const int value = (int)strtol(s->value, NULL, 10);

	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (strcmp(options[i].name, s->name) == 0)
			return setsockopt(fd, options[i].level, options[i].number, &value, sizeof value) == 0;
	errno = ENOPROTOOPT;
	return false;
}

bool socket_give(int fd, const struct declaration *d)
{
	for (size_t i = 0; i < d->given_socket_count; i++)
		if (!option_give(fd, &d->given_socket[i]))
			return false;
	return true;
}
