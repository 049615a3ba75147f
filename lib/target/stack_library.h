/* A library that exports lib/target/stack.h: where it lies, and whether it can be used. It creates no stack. */
#ifndef TCPSPEC_TARGET_STACK_LIBRARY_H
#define TCPSPEC_TARGET_STACK_LIBRARY_H

#include "lib/base/error.h"
#include "lib/target/stack.h"

/* library: a path when it has a slash, else a name that is looked for beside this program and in PREFIX/lib/tcpspec. of: who names it ("targets/toy/target.ini", "--library"), for the sentence. The table is good until
 * dlclose(*handle). NULL with e: where it was looked for, what is wrong with it, what to do. */
const struct tcpspec_stack_operations *stack_library_open(const char *library, const char *of, void **handle, struct error *e);

/* Is the table one that this program can use? False with e. file: for the sentence. */
bool stack_operations_check(const struct tcpspec_stack_operations *o, const char *file, struct error *e);

#endif
