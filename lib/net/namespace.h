/* Network namespaces: of our own, anonymous, made by unshare() and held by descriptors; and others', which are entered. Not the interfaces in them. */
#ifndef TCPSPEC_NET_NAMESPACE_H
#define TCPSPEC_NET_NAMESPACE_H

#include "lib/net/link.h"

/* Makes a network namespace, puts the calling thread into it and returns a descriptor of it; -1 with *why and e. The first call of an ordinary user
 * (or of a root without CAP_SYS_ADMIN) makes a user namespace too; it must then be the only thread. */
int namespace_make(enum link_refusal *why, struct error *e);

/* Whether the process is in a user namespace, whoever made it: root there is not the machine's. */
bool namespace_is_rootless(void);

/* A descriptor of the calling thread's network namespace; -1 with e. */
int namespace_here(struct error *e);

/* Moves the calling thread. `name` says which one in the error. */
bool namespace_enter(int ns, const char *name, struct error *e);

/* Goes back to namespace_here()'s `home` and closes it, after something that was `done` or failed with e; true when both it and the way back worked. */
bool namespace_leave(int home, bool done, struct error *e);

/* Opens the network namespace that `who` names, and moves the calling thread there: a process's by its number, one of `ip netns` by its name, any by the path of its file. An
 * ordinary user enters the user namespace that owns it too, if it is his own, and does not come back; no other thread may run then. Returns a descriptor; -1 with e. */
int namespace_join(const char *who, struct error *e);

#endif
