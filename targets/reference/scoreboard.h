/* What the peer has by SACK (RFC 2018 5), and what to send next in loss recovery (RFC 6675). It holds no text and no congestion window; when recovery begins and ends is told by congestion.h.
 *
 * The ranges SACKed lie in a block of the pool, in order of sequence, taken with the first and kept until all is forgotten. A range that finds no room is not noted: SACK is advisory.
 * Sequence numbers that say how far something reaches are those behind its last octet: una is HighACK + 1, sent_end is HighData + 1. */
#ifndef TCPSPEC_REFERENCE_SCOREBOARD_H
#define TCPSPEC_REFERENCE_SCOREBOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "targets/reference/pool.h"
#include "targets/reference/range.h"

struct scoreboard {
	uint32_t table;    /* the block with the ranges, or POOL_NONE */
	uint32_t count;    /* ranges */
	uint32_t high_rxt; /* HighRxt + 1 */
	uint32_t rescue;   /* RescueRxt + 1 */
};

void scoreboard_init(struct scoreboard *s);
/* Update (), for a SACK block of an acceptable ACK, once SND.UNA = una was advanced by it. What is not between una and sent_end, as a D-SACK below una, is ignored. True when it tells of octets neither
 * acknowledged nor SACKed before: that makes the ACK a duplicate one (RFC 6675 2). */
bool scoreboard_update(struct scoreboard *s, struct pool *p, uint32_t una, uint32_t sent_end, struct range b);
/* Forgets what lies before una. */
void scoreboard_advance(struct scoreboard *s, struct pool *p, uint32_t una);
/* IsLost (seq), of a number that is not SACKed. */
bool scoreboard_lost(const struct scoreboard *s, struct pool *p, uint32_t seq, uint32_t smss);
/* SetPipe (): octets. Outside of recovery (limited transmit, (3.1)) scoreboard_begin(s, una) goes before it. */
uint32_t scoreboard_pipe(const struct scoreboard *s, struct pool *p, uint32_t una, uint32_t sent_end, uint32_t smss);
/* (4.3): the segment una..end was sent again; HighRxt and RescueRxt are set. */
void scoreboard_begin(struct scoreboard *s, uint32_t end);
/* What lies before `end` was sent again for another reason: HighRxt is no less. */
void scoreboard_resent(struct scoreboard *s, uint32_t end);
/* NextSeg () in recovery up to `recover` (RecoveryPoint + 1); unsent: there is unsent text which the peer's window lets go. True: `next` is to be sent now, of at most smss octets, and HighRxt or
 * RescueRxt stand as if it were; next->left == sent_end: unsent text, whose amount the caller knows. */
bool scoreboard_next(struct scoreboard *s, struct pool *p, uint32_t una, uint32_t sent_end, uint32_t recover, uint32_t smss, bool unsent, struct range *next);
/* The first un-SACKed range from seq on, up to sent_end: what to send again after a timeout (RFC 6675 5.1); empty when there is none. */
struct range scoreboard_hole(const struct scoreboard *s, struct pool *p, uint32_t seq, uint32_t sent_end);
/* Forgets everything: after a timeout (RFC 2018 5), and at the end. */
void scoreboard_free(struct scoreboard *s, struct pool *p);

#endif
