/* Ethernet around the IP packets of one guest, as libslirp wants it. It knows nothing of TCP. */
#ifndef TCPSPEC_SLIRP_FRAMES_H
#define TCPSPEC_SLIRP_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tcpspec/stack.h>

enum { FRAME_HEADER = 14,
       FRAME_INTRODUCTION_MAX = 128 };

/* A frame from the guest with the packet in it. Returns its octets. */
size_t frame_build(const uint8_t *packet, size_t octets, uint8_t *frame);
/* The packet in a frame to the guest, if it is one of TCP or an echo; 0: it is of no interest. */
size_t frame_packet(const uint8_t *frame, size_t octets, const uint8_t **packet);
/* Who sent an IP packet. False: nobody can tell. */
bool frame_source(const uint8_t *packet, size_t octets, struct tcpspec_address *from);
/* A frame by which the guest tells its MAC to the host: an ARP reply, or a neighbour advertisement. Returns its octets. */
size_t frame_introduction(const struct tcpspec_address *guest, const struct tcpspec_address *host, uint8_t frame[FRAME_INTRODUCTION_MAX]);

#endif
