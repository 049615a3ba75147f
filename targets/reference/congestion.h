/* Congestion control: RFC 5681 (slow start, congestion avoidance, fast retransmit, restart), NewReno's recovery (RFC 6582), limited transmit (RFC 3042), and the windows that SACK's
 * recovery (RFC 6675) runs in. It sends nothing and knows no receiver's window. All amounts are octets; smss is SMSS, which may change between calls.
 *
 * Sequence numbers that say how far was sent are those behind the last octet: `sent_end` is the greatest SND.NXT so far. `flight` is FlightSize: sent_end - SND.UNA. */
#ifndef TCPSPEC_REFERENCE_CONGESTION_H
#define TCPSPEC_REFERENCE_CONGESTION_H

#include <stdbool.h>
#include <stdint.h>

enum congestion_phase {
	CONGESTION_OPEN,    /* slow start or congestion avoidance */
	CONGESTION_NEWRENO, /* fast recovery, RFC 6582 */
	CONGESTION_BY_SACK, /* loss recovery, RFC 6675 */
};

/* What an ACK of new data asks for. */
enum congestion_answer {
	CONGESTION_GO_ON,   /* send what the windows allow */
	CONGESTION_PARTIAL, /* NewReno: before that, send the segment at SND.UNA again */
};

struct congestion {
	uint32_t cwnd, ssthresh;
	uint32_t counted;    /* octets acknowledged since cwnd grew, in congestion avoidance */
	uint32_t recover;    /* the number behind `recover` of RFC 6582, or RecoveryPoint of RFC 6675 */
	uint32_t duplicates; /* DupAcks */
	enum congestion_phase phase;
};

/* IW for a setting of so many segments: up to 4 within RFC 5681 3.1, more within RFC 6928 2; lost_syns: how often a SYN or SYN,ACK had to be sent again. */
uint32_t congestion_initial_window(uint32_t smss, uint32_t segments, uint32_t lost_syns);
/* The handshake is complete: cwnd = window. */
void congestion_init(struct congestion *c, uint32_t iss, uint32_t window);
/* SEG.ACK = ack acknowledges n > 0 octets that were not before; flight is what remains. */
enum congestion_answer congestion_acked(struct congestion *c, uint32_t smss, uint32_t ack, uint32_t n, uint32_t flight);
/* A duplicate ACK (RFC 5681 2) came, SACK not being in use. True: send the segment at SND.UNA = una again (fast retransmit); then, in either case, what congestion_room() allows. */
bool congestion_duplicate(struct congestion *c, uint32_t smss, uint32_t una, uint32_t sent_end);
/* A duplicate ACK (RFC 6675 2) came, SACK being in use; lost: IsLost(una). True: loss recovery begins: send the segment at una again (RFC 6675 5 (4)). */
bool congestion_duplicate_sack(struct congestion *c, uint32_t smss, uint32_t una, uint32_t sent_end, bool lost);
/* The retransmission timer expired; again: not for the first time for the segment at una. */
void congestion_timeout(struct congestion *c, uint32_t smss, uint32_t una, uint32_t sent_end, bool again);
/* Nothing was sent for longer than an RTO: the restart window (RFC 5681 4.1), for an IW of `window`. */
void congestion_restart(struct congestion *c, uint32_t window);
/* SMSS falls from `from` to `to`, since the path's MTU does (RFC 5681 3.1). */
void congestion_shrink(struct congestion *c, uint32_t from, uint32_t to);
/* An ACK says that a router has marked a segment (RFC 3168 6.1.2), for the first time in this window of data; flight is FlightSize before it. */
void congestion_echoed(struct congestion *c, uint32_t smss, uint32_t flight);
/* Octets that may be sent now with so many in flight, or, under SACK, in the pipe; with limited transmit (RFC 3042, RFC 5681 3.2 (1)): a segment for each of the first two duplicates.
 * sack: without it, since RFC 6675 5 (3) governs that instead, or what is to be sent is not new. */
uint32_t congestion_room(const struct congestion *c, uint32_t smss, uint32_t flight, bool sack);

#endif
