/* The IP header of a segment as a ladder says it: put on a packet that is built, and compared with a captured one. It builds no TCP. */
#ifndef TCPSPEC_RUN_DRESS_H
#define TCPSPEC_RUN_DRESS_H

#include "lib/script/script.h"
#include "lib/target/target.h"

/* The address that the role has on this connection's link. */
struct address role_address(enum ip_role r, const struct endpoint *at);

/* Puts <TTL>, <DSCP>, <ECN>, <IPOPT> and <EXT> on an IP packet of n octets between these ends. Returns its octets then, or 0 where they do not fit in room. <FROM> and <TO> are the caller's, since the
 * TCP checksum counts them. */
size_t dress_packet(const struct said_segment *q, const struct endpoint *at, uint8_t *packet, size_t n, size_t room);

/* Has a captured segment's IP header what is said of it? */
bool dress_matches(const struct said_segment *q, const struct segment *s);

#endif
