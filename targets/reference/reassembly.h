/* What has arrived ahead of its turn (RFC 9293 3.10.7.4, "segments with higher beginning sequence numbers SHOULD be held for later processing"), and what SACK says of it
 * (RFC 2018, RFC 2883). It judges no window: text is cut to it before.
 *
 * Held are ranges of sequence numbers that neither overlap nor touch, each with its text; a FIN counts as the last number of its range. Of octets that arrive twice the first are
 * kept. The table of the ranges lies in a block of the pool, taken with the first range and kept until all is let go, the most recently changed range first: that is the order in
 * which SACK reports them. */
#ifndef TCPSPEC_REFERENCE_REASSEMBLY_H
#define TCPSPEC_REFERENCE_REASSEMBLY_H

#include <stdbool.h>
#include <stdint.h>

#include "targets/reference/octets.h"
#include "targets/reference/pool.h"
#include "targets/reference/range.h"

struct reassembly {
	uint32_t table;         /* the block with the ranges, or POOL_NONE */
	uint16_t count;         /* ranges held: 0 says that nothing is out of order */
	uint16_t most;          /* the limit: a setting, and what a block has room for */
	uint32_t fin;           /* sequence number of the peer's FIN, once fin_known */
	struct range duplicate; /* of the last segment, not yet reported: the first part that had arrived before; empty (left == right): none */
	bool fin_known;
};

/* most: ranges to be held at a time, at least 1. */
void reassembly_init(struct reassembly *r, const struct pool *p, uint16_t most);
/* The segment text[0..n) that begins at seq, with its FIN, arrives; its last number is in the window, none behind it, n + fin > 0. Text whose turn it is goes to `in_order`, the rest is
 * held. Returns the new RCV.NXT (not before rcv_nxt): with the FIN, if that was reached; reassembly_ended() tells. When the pool runs dry, or the limit of ranges is reached, what finds
 * no room is dropped, as if the segment had been shorter; text whose turn it is takes the room of all that is held. Text behind a known FIN, and a FIN in the midst of text, are ignored; a FIN drops the text that is held behind it.
 * With nothing held and seq == rcv_nxt this is octets_append() with some ceremony: the caller may have a short way of its own for text without FIN. */
uint32_t reassembly_arrives(struct reassembly *r, struct pool *p, struct octets *in_order, uint32_t rcv_nxt, uint32_t seq, const uint8_t *text, uint32_t n, bool fin);
/* What is held from rcv_nxt on, as after a SYN with text, whose turn comes with the state ESTABLISHED: to `in_order`. Returns the new RCV.NXT. */
uint32_t reassembly_take(struct reassembly *r, struct pool *p, struct octets *in_order, uint32_t rcv_nxt);
/* Everything up to and with the peer's FIN has arrived. */
bool reassembly_ended(const struct reassembly *r, uint32_t rcv_nxt);
/* Notes sequence numbers that arrived before, of a part of a segment, or all of it, that is not given to reassembly_arrives() (RFC 2883 4). A segment of which nothing is known is told with
 * length 0, so that an earlier one's that was not reported is forgotten: "duplicate ... received by the receiver in the most recent packet" (4 (1)). */
void reassembly_note_duplicate(struct reassembly *r, uint32_t seq, uint32_t length);
/* Fills in at most `room` SACK blocks for an ACK that goes out now, and returns their number: first the duplicate, which is reported once (RFC 2883 4 (1), (3)), then the ranges, the
 * latest first (RFC 2018 4). */
unsigned reassembly_sack(struct reassembly *r, struct pool *p, struct range *blocks, unsigned room);
/* Lets go of all that is held, a FIN included. */
void reassembly_free(struct reassembly *r, struct pool *p);

#endif
