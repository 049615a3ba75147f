/* Initial sequence numbers of a play: which were seen, and whether they, or the timestamps beside them, go by the clock or have anything to do with each other (RFC 9293 3.4.1, RFC 6528, RFC 7323 7). It matches no segment. */
#ifndef TCPSPEC_RUN_ISNS_H
#define TCPSPEC_RUN_ISNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/script/script.h"

/* Numbers that the target chose, in the order in which they were seen. */
struct isns {
	struct isn_seen {
		uint16_t port; /* the tester's: with it the pair of sockets is named */
		uint32_t seq;
		uint64_t at; /* microseconds */
		bool has_stamp;
		uint32_t stamp; /* TSval */
	} * seen;
	size_t count, room;
};

/* Of a SYN or SYN,ACK. One that comes again is the same number. */
void isns_note(struct isns *s, const struct isn_seen *seen);
/* NULL: they keep the rule; else what is wrong with them, a sentence of its own. Too few to tell is wrong as well. */
const char *isns_break(const struct isns *s, enum isn_rule rule);
void isns_copy(struct isns *to, const struct isns *from);
void isns_clear(struct isns *s);
void isns_free(struct isns *s);

#endif
