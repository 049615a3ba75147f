/* Makes the kernel forget what it remembers of peers from one connection to the next. It closes no connection, and touches no other namespace. */
#ifndef TCPSPEC_TARGET_REMEMBERED_H
#define TCPSPEC_TARGET_REMEMBERED_H

#include "lib/wire/segment.h"

/* In the calling thread's network namespace, of this peer: round trip times, thresholds, and the cookie of TCP Fast Open (RFC 7413 4.1.3). True also where nothing was remembered. False: the
 * kernel does not let us, which it does only for the administrator of the whole machine. */
bool remembered_forget(const struct address *peer);

#endif
