/* Between the tester and a stack in process: a table of operations that hands everything on, and writes down what the peer, the user and time did to one connection as an input of the fuzzer. What an input cannot say is left out.
 * It judges nothing. One stack in a process. */
#ifndef TCPSPEC_FUZZ_RECORD_H
#define TCPSPEC_FUZZ_RECORD_H

#include "fuzz/input.h"
#include "lib/target/stack.h"

/* The table to be played on in place of inner's. c: what times mean; kept. */
const struct tcpspec_stack_operations *record_operations(const struct tcpspec_stack_operations *inner, const struct constants *c);
/* A play begins. */
void record_begin(bool v6);
/* What was done since then; its first MOVES_MAX moves. */
const struct input *record_end(void);

#endif
