/* The 802.1Q tag of a link's frames: put on what is sent, taken off what has come. It knows one tag, and nothing of what a frame carries. */
#ifndef TCPSPEC_NET_TAG_H
#define TCPSPEC_NET_TAG_H

#include <stddef.h>

#include "lib/net/link.h"

enum { TAG_OCTETS = 4 };

/* The header of a frame from the tester to that MAC, with the link's tag where it has one; ethertype in host order. Its octets; 0 when there is no room. */
size_t tag_head_build(const struct link *l, const uint8_t to_mac[MAC_OCTETS], uint16_t ethertype, uint8_t *to, size_t room);

/* Is a frame with this tag (PCP, DEI and VID, host order) of the link's VLAN? tagged: false for one without a tag. The priority is the sender's to choose. */
bool tag_is_ours(const struct link *l, bool tagged, uint16_t tag);

/* The captured frame without its tag. Octets; 0 when it is not of the link's VLAN, or longer than `room`. */
size_t tag_strip(const struct link *l, const uint8_t *frame, size_t n, uint8_t *to, size_t room);

#endif
