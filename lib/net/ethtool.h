/* Offloads of one interface in the calling thread's namespace, by SIOCETHTOOL. Not for real network cards. */
#ifndef TCPSPEC_NET_ETHTOOL_H
#define TCPSPEC_NET_ETHTOOL_H

#include "lib/base/error.h"

/* Turns transmit and receive checksumming, TSO, GSO and GRO off, and reads each back: with one on, frames are captured that no wire would ever show. */
bool ethtool_offloads_off(const char *interface, struct error *e);

bool ethtool_gro_is_on(const char *interface, bool *on, struct error *e);

#endif
