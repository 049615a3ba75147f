/* Starts programs of a target in the namespace of a link, and waits until its stack can be met. Who steers the stack is for others. */
#ifndef TCPSPEC_TARGET_STARTER_H
#define TCPSPEC_TARGET_STARTER_H

#include "lib/net/link.h"
#include "lib/target/declaration.h"
#include "lib/target/process.h"

/* Starts a command of d on l, as doc/exec.md promises: TCPSPEC_* in its environment, `--set NAME=VALUE` for each line of [stack] its "$@", and TCPSPEC_UPPER_TESTER is where an agent is to be reached, "" where none is. The calling thread is in the namespace where it belongs. NULL with e. */
struct process *starter_launch(const struct link *l, const struct declaration *d, const char *command, const char *upper_tester, uint64_t seed, struct error *e);
/* The same for what `start` names, until it has said the line of `ready`; what it prints beside is read and forgotten. */
struct process *starter_start(const struct link *l, const struct declaration *d, uint64_t seed, struct error *e);
/* Waits until the interface is there, sets it up where it is down, and waits for its carrier: four seconds at the most. p: who makes it, or NULL; if it ends meanwhile that is the error. */
bool starter_meets(struct process *p, const char *interface, struct error *e);

#endif
