/* What targets have in common whose stack is elsewhere: the table of its calls asks there, and fails for good when nobody answers. */
#ifndef TCPSPEC_TARGET_STEERED_H
#define TCPSPEC_TARGET_STEERED_H

#include "lib/target/in_process.h"

enum { STEERED_SHARED_MAX = 64 };

/* Zeroed, it is empty. It comes first in the target that has it, whose `self` it so is. */
struct steered {
	struct target inner; /* the table's calls as those of a target */
	struct target_operations operations;
	const bool *failed; /* for good: why, and nothing more is asked */
	const struct error *why;
	struct {
		struct address address;
		uint16_t port;
	} shared[STEERED_SHARED_MAX];
	unsigned shared_count;
};

/* Begins with a table whose first argument is `stack`; own: the operations that are the target's own, the others are filled in, and ->state and ->signals are NULL where the table has none. Fills in t's
 * operations, declaration and needs. False with e. */
bool steered_begin(struct steered *x, struct target *t, const struct target_operations *own, struct tcpspec_stack *stack, const struct tcpspec_stack_operations *table, const struct link *l, struct declaration *d, uint64_t seed, struct error *e);
void steered_end(struct steered *x);
/* Whether the call was made: false with e, and why, if the stack's side has failed in it. */
bool steered_tell(const struct steered *x, bool done, struct error *e);
/* The operations of a struct steered, for those that add to them. */
bool steered_call(void *target, struct connection *c, enum call call, uint32_t n, unsigned how, struct call_answer *a, struct error *e);
bool steered_state(void *target, struct connection *c, struct state_answer *a, struct error *e);
void steered_close(void *target, struct connection *c);

#endif
