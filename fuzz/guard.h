/* Around a stack that may find itself in disorder, and says so by stack_disorder() instead of going on: the call under way comes back with a failure, the stack is not asked again until it is created or restored anew,
 * and the rule that it broke is told to fuzz/watch.h. What it does before is not looked at here. */
#ifndef TCPSPEC_FUZZ_GUARD_H
#define TCPSPEC_FUZZ_GUARD_H

#include "lib/target/stack.h"

/* The table to be played on in place of inner's, each of whose functions is guarded. One in a process. */
const struct tcpspec_stack_operations *guard_operations(const struct tcpspec_stack_operations *inner);

/* What the stack calls: an assertion of its own has failed. Does not come back. */
_Noreturn void stack_disorder(const char *what, const char *file, int line);

#endif
