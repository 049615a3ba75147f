/* Why this machine will not give us namespaces, told apart from the evidence, and the mend. It tries nothing itself. */
#ifndef TCPSPEC_NET_REFUSAL_H
#define TCPSPEC_NET_REFUSAL_H

#include "lib/net/link.h"

/* Which refusal a failed unshare() was. unshare_errno: 0 when it worked. The three strings are the contents of
 * kernel.apparmor_restrict_unprivileged_userns, user.max_user_namespaces and kernel.unprivileged_userns_clone, NULL where the kernel has none;
 * seccomp_mode is the Seccomp field of /proc/self/status, -1 when unknown. Pure. */
enum link_refusal link_refusal_of(int unshare_errno, bool is_root, const char *apparmor, const char *max_userns, const char *clone, int seccomp_mode);

/* Gathers that evidence from /proc for the errno of an unshare() that has just failed and writes the sentence. in_user_namespace: the user namespace
 * was granted and what came after it was not, which points to AppArmor where its restriction is on. */
enum link_refusal refusal_explain(int unshare_errno, bool in_user_namespace, struct error *e);

#endif
