/* What a user of the running kernel can set of one connection, as socket options. The kernel's own limits are not hidden: what it refuses, the call is refused for. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>

#include "lib/script/script.h"
#include "lib/target/linux.h"

/* `unit`: microseconds, or the number itself, that one of the option's is. */
struct socket_setting {
	enum user_setting setting;
	int level, option;
	uint64_t unit;
};

static const struct socket_setting table[] = {
    {SET_NAGLE, IPPROTO_TCP, TCP_NODELAY, 1},
    {SET_KEEPALIVE, SOL_SOCKET, SO_KEEPALIVE, 1},
    {SET_KEEPALIVE_IDLE, IPPROTO_TCP, TCP_KEEPIDLE, 1000000},
    {SET_KEEPALIVE_INTERVAL, IPPROTO_TCP, TCP_KEEPINTVL, 1000000},
    {SET_KEEPALIVE_COUNT, IPPROTO_TCP, TCP_KEEPCNT, 1},
    {SET_USER_TIMEOUT, IPPROTO_TCP, TCP_USER_TIMEOUT, 1000},
    {SET_DSCP, IPPROTO_IP, IP_TOS, 1},
    {SET_TTL, IPPROTO_IP, IP_TTL, 1},
};

enum { SETTABLE = sizeof table / sizeof *table };

unsigned linux_settings(void)
{
	unsigned needs = 0;

	for (unsigned i = 0; i < SETTABLE; i++)
		needs |= NEED_SET(table[i].setting);
	return needs;
}

static const struct socket_setting *setting_find(enum user_setting s)
{
	for (unsigned i = 0; i < SETTABLE; i++)
		if (table[i].setting == s)
			return &table[i];
	return NULL;
}

/* 0, or the errno. A value between two of the option's units cannot be said. */
static int setting_apply(int fd, enum family family, const struct socket_setting *k, uint64_t value)
{
	const bool v6 = family == IPV6 && k->level == IPPROTO_IP;
	const int level = v6 ? IPPROTO_IPV6 : k->level;
	const int option = !v6 ? k->option : k->setting == SET_DSCP ? IPV6_TCLASS
	                                                            : IPV6_UNICAST_HOPS;
	int number;

	if (value % k->unit || value / k->unit > INT32_MAX / 4)
		return EINVAL;
	number = (int)(value / k->unit);
	if (k->setting == SET_NAGLE)
		number = number == 0;
	if (k->setting == SET_DSCP)
		number <<= 2; /* RFC 2474 3: the two bits below are ECN's */
	return setsockopt(fd, level, option, &number, sizeof number) < 0 ? errno : 0;
}

bool linux_set(void *target, struct connection *c, enum user_setting s, uint64_t value, struct call_answer *a, struct error *e)
{
	struct linux_target *t = target;
	const struct socket_setting *k = setting_find(s);
	struct diag_answer d = {0};
	int number;

	*a = (struct call_answer){.result = CALL_OK, .content_ok = true};
	linux_lock(t);
	connection_accept(t, c);
	if (c->fd < 0 && !diag_state(&t->diag, &c->tuple, &d, e)) {
		linux_unlock(t);
		return false;
	}
	/* Where there is no socket but a TCB all the same (SYN-RECEIVED before accept()), the interface cannot say it: no signal. */
	number = !k ? EOPNOTSUPP : c->fd < 0 ? ENOTCONN
	                                     : setting_apply(c->fd, c->at.family, k, value);
	if (number) {
		a->result = CALL_FAILED;
		a->signals = c->fd < 0 && !d.has_tcb ? SIGNAL_CLOSED : 0;
		snprintf(a->text, sizeof a->text, "%s", errno_name(number));
	}
	c->told |= a->signals;
	linux_unlock(t);
	return true;
}
