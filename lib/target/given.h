/* How a target of kind linux is given a choice or a constant for the ladders that want their own: by a sysctl of its namespace, or by an option of its sockets. It says what to set, and sets nothing. */
#ifndef TCPSPEC_TARGET_GIVEN_H
#define TCPSPEC_TARGET_GIVEN_H

#include "lib/target/declaration.h"

/* In what a value is said to the kernel. */
enum given_unit {
	GIVEN_US,
	GIVEN_MS,
	GIVEN_S,
	GIVEN_COUNT,
	/* Retransmissions, told as a time: that of n+1 timeouts of 200 ms, each twice the last, or rto_max (ip-sysctl: tcp_retries2). The connection is given up at the first timeout that is so long
	 * after the first retransmission. n is chosen for it to be the one behind the wanted number of retransmissions, with the RTO at its minimum. */
	GIVEN_BACKOFFS,
	GIVEN_WORDS, /* a choice: one word for yes, one for no */
};

/* A line of the section [given]. */
struct given {
	char name[32];  /* of the choice or constant */
	bool is_socket; /* else a sysctl */
	char where[64]; /* "net.ipv4.tcp_retries2", "TCP_NODELAY" */
	enum given_unit unit;
	uint64_t least, most; /* what the kernel takes, in the unit */
	char yes[16], no[16]; /* "": cannot be given */
};

/* Reads "sysctl net.ipv4.tcp_rto_max_ms ms 1000..120000" or "socket TCP_NODELAY yes=0 no=1" (changed on the way) for `name`, which is a choice or not. NULL, or what would be right. */
const char *given_read(struct given *g, const char *name, bool is_choice, char *line);

/* What to write for `value`, which `name` has in m. False: it is not a whole number of the unit, or not in the range. */
bool given_value(const struct given *g, const struct model *m, const char *value, char to[64]);

#endif
