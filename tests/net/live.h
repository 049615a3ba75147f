/* What the tests on a live link share: the link, the wire, an echo, a child. Not an expectation in itself. */
#ifndef TCPSPEC_TESTS_NET_LIVE_H
#define TCPSPEC_TESTS_NET_LIVE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/net/wire.h"

enum { LIVE_DEADLINE_US = 2000000,
       LIVE_ROOM = 2048 };

struct live {
	struct link link;
	struct wire *wire;
};

/* Left out only when asked for: a machine that refuses namespaces fails the test, with the reason. (cmocka's own skip() prints "not ok".) */
static inline bool live_is_left_out(void)
{
	const char *without = getenv("NO_NAMESPACES");

	return without != NULL && strcmp(without, "1") == 0;
}

/* For main(): the whole file is left out. */
static inline int live_leave_out(void)
{
	puts("1..0 # SKIP NO_NAMESPACES=1");
	return 0;
}

static inline void live_open(struct live *v)
{
	struct error e = {""};

	if (!link_create(&v->link, NULL, &e) || (v->wire = wire_open(&v->link, &e)) == NULL)
		fail_msg("%s", e.text);
}

static inline void live_close(struct live *v)
{
	wire_close(v->wire);
	link_close(&v->link);
}

static inline void live_send(struct live *v, const uint8_t *packet, size_t n)
{
	struct error e = {""};

	if (n == 0 || !wire_send(v->wire, packet, n, NULL, &e))
		fail_msg("%s", e.text);
}

/* The next frame, whatever it is. */
static inline void live_next(struct live *v, struct packet *p, uint64_t *at)
{
	uint64_t end = clock_now() + LIVE_DEADLINE_US;
	struct error e = {""};
	struct frame f;
	int got;

	while ((got = wire_receive(v->wire, &f, &e)) == 0 && clock_now() < end)
		;
	if (got <= 0)
		fail_msg("%s", got < 0 ? e.text : "no frame before the deadline");
	packet_parse(f.octets, f.length, p);
	if (at != NULL)
		*at = f.at;
}

static inline void live_echo_send(struct live *v, unsigned family, uint16_t id, uint16_t seq)
{
	const struct icmp_echo m = {.src = v->link.tester[family], .dst = v->link.target[family], .id = id, .seq = seq};
	uint8_t octets[LIVE_ROOM];

	live_send(v, octets, icmp_echo_build(&m, octets, sizeof octets));
}

static inline bool live_is_in_target(const struct link *l)
{
	struct stat here, target;

	assert_int_equal(stat("/proc/thread-self/ns/net", &here), 0);
	assert_int_equal(fstat(l->target_ns, &target), 0);
	return here.st_ino == target.st_ino && here.st_dev == target.st_dev;
}

#endif
