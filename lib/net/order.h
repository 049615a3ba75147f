/* The link's summary for the environment header, from what was found on it. link.h has what asks whether it keeps order. */
#ifndef TCPSPEC_NET_ORDER_H
#define TCPSPEC_NET_ORDER_H

#include "lib/net/link.h"

/* Fills in l->summary. In the target's namespace. */
void link_summarize(struct link *l);

#endif
