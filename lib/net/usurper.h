/* Somebody at this end of the link who sends as the tester: the namespace's own kernel, most often. It watches what leaves the interface, and stops nobody. */
#ifndef TCPSPEC_NET_USURPER_H
#define TCPSPEC_NET_USURPER_H

#include "lib/net/link.h"

struct usurper;

/* Begins to watch the tester's end, in whose namespace the thread is. l must outlive it. NULL with e. */
struct usurper *usurper_open(const struct link *l, struct error *e);
void usurper_close(struct usurper *u);
/* Has nobody sent as the tester since? False with e: what was seen, and what to do. Costs one look at a buffer. */
bool usurper_is_quiet(struct usurper *u, struct error *e);

#endif
