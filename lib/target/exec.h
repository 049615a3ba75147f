/* A target that a program steers which we start: the upper tester `exec`, whose lines doc/exec.md describes. What the stack behind it does on the wire is no affair of this. */
#ifndef TCPSPEC_TARGET_EXEC_H
#define TCPSPEC_TARGET_EXEC_H

#include "lib/target/target.h"

/* Starts `command` (`sh -c`, in the calling thread's network namespace) and waits until it is ready. Its environment says where it stands: TCPSPEC_INTERFACE, TCPSPEC_ADDRESS4 and TCPSPEC_ADDRESS6,
 * TCPSPEC_TESTER4 and TCPSPEC_TESTER6, TCPSPEC_SEED, and TCPSPEC_TARGET, the directory of the declaration; its "$@" are `--set NAME=VALUE` for each setting of the section [stack]. Keeps d, and of l
 * nothing. False with e in less than five seconds: what was started, what it did instead, its last words. */
bool target_exec_start(struct target *t, const struct link *l, struct declaration *d, const char *command, uint64_t seed, struct error *e);

#endif
