/* What a declaration says of a stack that makes its own link: how it is started, by which line it is ready, and where it is found. It starts nothing and opens no interface. */
#ifndef TCPSPEC_TARGET_DECLARATION_LINK_H
#define TCPSPEC_TARGET_DECLARATION_LINK_H

#include "lib/net/attach.h"

struct declared_link {
	char start[256];    /* for sh, in the namespace that the run makes; "": nobody is to be started */
	char ready[64];     /* of the line by which it says that it can be met; "": it is met when its address is resolved */
	char interface[16]; /* the TAP or the like that it makes; "": the run makes the link */
	struct attach_request at;
};

/* The keys, NULL at the end. */
extern const char *const declared_link_keys[];
/* Takes one of them. NULL, or what would be right. */
const char *declared_link_take(struct declared_link *l, const char *key, char *value);
/* What no single key can show. NULL, or what would be right. */
const char *declared_link_complete(const struct declared_link *l);
/* As the command line would ask for it; good as long as l is. */
struct attach_request declared_link_request(const struct declared_link *l);

#endif
