/* The part of an id that tells what is true of a connection beside its last move, "+unread+ts". It names no move and no reaction: that is fuzz/cause_id.c's. */
#ifndef TCPSPEC_FUZZ_CAUSE_TRAITS_H
#define TCPSPEC_FUZZ_CAUSE_TRAITS_H

#include "fuzz/causes.h"

enum { ABOVE = 4096 }; /* octets by which a window may be larger than 65535 */

static const uint32_t HALF = UINT32_C(1) << 31; /* of the space: neither before nor behind */

/* The traits of t, the connection as j's last move met it, into to; "" where there are none. s: the segment that was sent to it, NULL where that is none. */
void traits_put(const struct judge *j, const struct tcb *t, const struct segment *s, char *to, size_t room);
/* The words one behind the other, as much as there is room for. */
void words_put(char *to, size_t room, const char *const *words, size_t n);

#endif
