/* Sysctls of the calling thread's network namespace. link.h has those of the target. */
#ifndef TCPSPEC_NET_SYSCTL_H
#define TCPSPEC_NET_SYSCTL_H

#include "lib/base/error.h"

/* name: "net.ipv4.tcp_sack". Values are the kernel's text without the newline. */
bool sysctl_write(const char *name, const char *value, struct error *e);
bool sysctl_read(const char *name, char *value, size_t room, struct error *e);

#endif
