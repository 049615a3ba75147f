/* Fences: something the target must answer, in order, behind a stimulus. This sends them and knows their answers; whether a kind is sound is for calibration to say. */
#ifndef TCPSPEC_NET_FENCE_H
#define TCPSPEC_NET_FENCE_H

#include "lib/net/wire.h"

/* Weakest claim first (design, "The fence"). */
enum fence_kind {
	FENCE_CALL, /* in process: the input function has returned */
	FENCE_LINK, /* an ICMP echo on the same link */
	FENCE_SAME, /* on the connection itself: a segment that moves TS.Recent, then an old octet whose acknowledgment shows it */
	FENCE_BOTH, /* link, same, link: sound where either is */
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

/* The numbers of one fence on a connection with timestamps (RFC 7323) in force. Sides are those of the segments that are sent: src is the tester. */
struct fence_same {
	struct address src, dst;
	uint16_t src_port, dst_port;
	uint32_t rcv_nxt, snd_una; /* the target's */
	uint16_t wnd;              /* as last advertised to the target, unscaled: it must not change */
	uint32_t ts_val;           /* later than any sent on this connection */
	uint32_t ts_ecr;           /* the target's last TSval */
};

/* T, silent: <SEQ=RCV.NXT><ACK=SND.UNA>, empty. It acknowledges nothing and moves TS.Recent to ts_val, if everything received was acknowledged (RFC 7323 4.3).
 * Octets of the IP packet, or 0 when it does not fit. */
size_t fence_mover_build(const struct fence_same *n, uint8_t *to, size_t room);

/* O, to be sent right behind T: <SEQ=RCV.NXT-1><ACK=SND.UNA><DATA=1>, an octet that was received before. Every synchronized state must acknowledge it (RFC 9293
 * 3.10.7.4, first check), and none changes by it. Octets of the IP packet, or 0. */
size_t fence_old_octet_build(const struct fence_same *n, uint8_t *to, size_t room);

/* Is s, a segment of the target's, the acknowledgment of O? One that is damaged (bad) is none. A stimulus's own replies carry an earlier TSecr. */
bool fence_same_answers(const struct fence_same *n, const struct segment *s);

/* Is this packet a link fence's answer? Then *token is which. */
bool fence_answers(const struct packet *p, uint32_t *token);

#endif
