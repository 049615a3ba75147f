/* Between said segments and packets: what a SEND step puts on the wire, and whether a captured segment is what an EXPECT step asks for. */
#ifndef TCPSPEC_RUN_FRAME_H
#define TCPSPEC_RUN_FRAME_H

#include "lib/script/numbers.h"
#include "lib/target/target.h"

enum { PACKET_ROOM = 65536 };

/* Builds the IP packet of a SEND step. t: the target's TCB as far as it is known. Numbers without a value are chosen and bound. Octets, or 0 with e. */
size_t send_build(const struct step *st, struct numbers *n, const struct endpoint *at, const struct tcb *t, uint8_t *to, size_t room, struct error *e);

/* Does s satisfy the step's fields? text_from: how many octets of a <DATA=n/> were seen already. */
bool expect_matches(const struct step *st, const struct numbers *n, const struct tcb *t, const struct segment *s, uint32_t text_from);

/* Are the segment's octets those of the target's stream, given its ISS? */
bool text_is_stream(const struct segment *s, uint32_t iss);

#endif
