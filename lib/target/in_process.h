/* A target in our own process: a library that exports lib/target/stack.h, on a clock that its caller owns. It plays nothing; lib/run/virtual.h does. */
#ifndef TCPSPEC_TARGET_IN_PROCESS_H
#define TCPSPEC_TARGET_IN_PROCESS_H

#include "lib/target/stack.h"
#include "lib/target/target.h"

struct in_process;

/* The addresses of the in-memory link, IPv4 and IPv6, by family_index(): those that a run on the live link has too. */
void in_process_link(struct link *l);

/* Loads the library of a declaration of kind `stack`, creates its stack with the section [stack], and fills in t: operations, needs, version, settings. Keeps l's addresses, needs
 * nothing else of it. operations->state and ->signals are NULL where the stack has no state() or told(), ->share always. False with e: where it was looked for, what is wrong
 * with it, what to do. */
bool target_in_process_start(struct target *t, const struct link *l, struct declaration *d, uint64_t seed, struct error *e);
/* The same for a table that is linked in: drivers and tests. */
bool target_in_process_begin(struct target *t, const struct link *l, const struct tcpspec_stack_operations *operations, struct declaration *d, uint64_t seed, struct error *e);
/* NULL: t is not in our process. */
struct in_process *target_in_process(const struct target *t);

/* The time, microseconds, from 1 on; it never goes back but by in_process_restore(). Every operation of the target is performed at this time. */
uint64_t in_process_now(const struct in_process *p);
void in_process_set_now(struct in_process *p, uint64_t now_us);

/* An IP packet arrives at the time it is. */
void in_process_input(struct in_process *p, const uint8_t *packet, size_t n);
/* The time goes on to `now_us`, and what is due at it is done: due dates between are not looked at, step by in_process_next(). */
void in_process_poll(struct in_process *p, uint64_t now_us);
/* When the stack next wants to be asked; UINT64_MAX: never by itself. Asks the stack where a call may have changed it. */
uint64_t in_process_next(struct in_process *p);

/* The next packet that the stack has put out, in order; false: there is no more. *packet is good until the next call that takes time or another packet. *at: when it was put out. */
bool in_process_output(struct in_process *p, const uint8_t **packet, size_t *n, uint64_t *at);

/* Snapshots by the stack's own operations. A snapshot is this process's, of this stack. */
struct in_process_snapshot {
	void *octets;
	size_t length, room;
	uint64_t now_us;
};
bool in_process_can_restore(const struct in_process *p);
/* Keeps what is now in *to, reusing its memory: the stack, the time, and the connections that are open (target_operations.open). Restoring brings these back, at the same
 * addresses, also when they were closed since; those that were opened since are gone, and so are the packets that were put out and not taken. */
void in_process_snapshot(struct in_process *p, struct in_process_snapshot *to);
void in_process_restore(struct in_process *p, const struct in_process_snapshot *from);
void in_process_snapshot_free(struct in_process_snapshot *s);
/* A stack as it was created, without connections: by a snapshot, or by creating it anew. The time goes on. False with e. */
bool in_process_reset(struct in_process *p, struct error *e);

#endif
