/* A target whose upper tester speaks the AUTOSAR Testability Protocol (doc/agent.md): an agent that was there, or that a command starts. What its stack does on the wire is no affair of this. */
#ifndef TCPSPEC_TARGET_TESTABILITY_H
#define TCPSPEC_TARGET_TESTABILITY_H

#include "lib/target/target.h"

/* Reaches the agent that d->upper_tester names, in the calling thread's network namespace; with d->command it is started first, in that namespace, and waited for. On a link of our own the
 * sysctls of d are set too: its stack is this kernel. Learns what the agent can, and holds it against what it says. Keeps d, and of l nothing. False with e in less than five seconds. */
bool target_testability_start(struct target *t, const struct link *l, struct declaration *d, uint64_t seed, struct error *e);

#endif
