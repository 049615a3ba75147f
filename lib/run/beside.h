/* Which packets of a capture that was taken beside a run belong to which of its plays: by the 4-tuples in its record, and in time where several plays had one. It judges nothing. */
#ifndef TCPSPEC_RUN_BESIDE_H
#define TCPSPEC_RUN_BESIDE_H

#include "lib/run/observed.h"
#include "lib/run/stored.h"

struct beside;

struct beside *beside_new(void);
void beside_free(struct beside *b);
/* The plays, in the order of their results. Returns the play's number, from 0. */
size_t beside_add(struct beside *b, const struct endpoint *at);
/* An IP packet, in the order of the capture. Once all plays were added. */
void beside_packet(struct beside *b, uint64_t at, const uint8_t *packet, size_t n);
/* What was captured of a play; borrowed. */
void beside_observed(struct beside *b, size_t play, struct observed *o);

#endif
