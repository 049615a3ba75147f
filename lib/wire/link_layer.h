/* Where the IP packet lies in a captured frame, by the kind of link. Tunnels are not followed. */
#ifndef TCPSPEC_WIRE_LINK_LAYER_H
#define TCPSPEC_WIRE_LINK_LAYER_H

#include "lib/wire/pcapng.h"

/* Is this kind of link understood? */
bool link_layer_known(enum linktype l);
/* The IP packet of a frame: *packet borrows from it. False when it holds none (ARP, say). VLAN tags are stepped over. */
bool link_layer_packet(enum linktype l, const uint8_t *frame, size_t n, const uint8_t **packet, size_t *length);

#endif
