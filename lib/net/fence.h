/* Fences: something the target must answer, in order, behind a stimulus. This sends them and knows their answers; whether a kind is sound is for calibration to say. */
#ifndef TCPSPEC_NET_FENCE_H
#define TCPSPEC_NET_FENCE_H

#include "lib/net/wire.h"

/* Weakest claim first (design, "The fence"). */
enum fence_kind {
	FENCE_CALL, /* in process: the input function has returned */
	FENCE_LINK, /* an ICMP echo on the same link */
	FENCE_TIME, /* no answer for FENCE_TIME_US */
	FENCE_KINDS
};

/* Longer than any straggler that counts as a violated fence (50 ms), shorter than half the shortest retransmission timer (200 ms). */
enum { FENCE_TIME_US = 80000,
       FENCE_LOST_US = 1000000 };

const char *fence_name(enum fence_kind k); /* "link" */
bool fence_read(const char *name, enum fence_kind *k);

/* Sends the link fence: an echo request whose answer carries token. *at: when. */
bool fence_send(struct wire *w, const struct link *l, enum family f, uint32_t token, uint64_t *at, struct error *e);

/* Is this packet a fence's answer? Then *token is which. */
bool fence_answers(const struct packet *p, uint32_t *token);

#endif
