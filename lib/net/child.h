/* A piece of work done in a child process, for what would change this one for good (its mounts, its namespaces), and the answer brought back. Not a pool. */
#ifndef TCPSPEC_NET_CHILD_H
#define TCPSPEC_NET_CHILD_H

#include "lib/base/error.h"

/* Runs work(job, answer) in a child and copies the child's `size` octets of answer (zeroed before) back; false with e when the child could not be made or died.
 * The answer is a flat struct of at most CHILD_ANSWER_MAX octets. */
enum { CHILD_ANSWER_MAX = 4096 };
bool child_ask(void (*work)(const void *job, void *answer), const void *job, void *answer, size_t size, struct error *e);

#endif
