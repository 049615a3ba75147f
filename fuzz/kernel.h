/* What the kernel itself tells of the connections that it is fuzzed with, as counters for libFuzzer: TCP_INFO, and the counters of its MIB. It judges nothing. */
#ifndef TCPSPEC_FUZZ_KERNEL_H
#define TCPSPEC_FUZZ_KERNEL_H

#include "lib/target/target.h"

struct kernel;

/* In the network namespace that is asked from now on. NULL with e. */
struct kernel *kernel_new(struct error *e);
void kernel_free(struct kernel *k);

/* An input, whether it says anything or not: of an empty corpus libFuzzer wants to see something. */
void kernel_input(void);
/* A script is over, and its connection is still there. */
void kernel_connection(const struct target *t, struct connection *c);
/* The MIB costs more to be read than a script to be played, so that it is read once for KERNEL_BATCH_FIRST scripts, and for more, up to KERNEL_BATCH, the longer no batch has brought anything; but for each alone at the beginning, behind a batch, and
 * where it is asked for, as for an input of a file. Only of a script alone libFuzzer is told. Around each script. */
enum { KERNEL_BATCH_FIRST = 64,
       KERNEL_BATCH = 256,
       KERNEL_GROUP = 8 };
enum kernel_look { KERNEL_UNREAD,
	           KERNEL_READ,    /* the next batch begins */
	           KERNEL_FRESH }; /* the same, and the batch that has ended has moved a counter that no script alone has moved yet: its scripts are worth to be played again, in groups where they are more than one of those, and else alone */
enum kernel_company { KERNEL_BATCHED,
	              KERNEL_GROUPED, /* with KERNEL_GROUP others at most */
	              KERNEL_ALONE };
enum kernel_look kernel_begins(struct kernel *k, enum kernel_company c);
enum kernel_look kernel_ended(struct kernel *k);
/* How many of the MIB's counters some script has moved. */
unsigned kernel_moved(const struct kernel *k);

#endif
