/* Makes the kernel forget what it remembers of peers from one connection to the next. It closes no connection, and touches no other namespace. */
#ifndef TCPSPEC_TARGET_REMEMBERED_H
#define TCPSPEC_TARGET_REMEMBERED_H

#include <stdbool.h>

/* In the calling thread's network namespace: round trip times, thresholds, and the cookies of TCP Fast Open (RFC 7413 4.1.3). False: the kernel does not let us, which it does only for the
 * administrator of the whole machine. */
bool remembered_forget(void);

#endif
