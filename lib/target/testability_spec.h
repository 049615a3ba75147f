/* Where an agent that speaks the Testability Protocol is reached, as --upper-tester and target.ini say it. It reaches nothing. */
#ifndef TCPSPEC_TARGET_TESTABILITY_SPEC_H
#define TCPSPEC_TARGET_TESTABILITY_SPEC_H

#include "lib/base/error.h"
#include "lib/wire/packet.h"

enum { TESTABILITY_SERVICE = 0x0105, /* by default */
       TESTABILITY_PATH_MAX = 100 };

struct testability_spec {
	enum testability_over { OVER_UDP,
		                OVER_TCP,
		                OVER_UNIX } over;
	struct address address; /* of UDP and TCP */
	uint16_t port;
	char path[TESTABILITY_PATH_MAX]; /* of a Unix datagram socket; "": one of our own, that the command is told */
	uint16_t service;
	uint64_t timeout_us; /* for an answer */
};

/* Does the word name this protocol ("testability:...")? */
bool testability_is_meant(const char *spec);
/* testability:udp:ADDRESS:PORT, testability:tcp:ADDRESS:PORT (IPv6 in brackets), testability:unix[:PATH], each with [,service=NUMBER][,timeout=TIME]. False with e: what would be right. */
bool testability_spec_read(struct testability_spec *s, const char *spec, struct error *e);
/* "udp:192.0.2.2:10000", as the agent takes it and sentences name it. */
void testability_spec_print(const struct testability_spec *s, char *to, size_t room);

#endif
