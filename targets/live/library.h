/* A library that exports lib/target/stack.h, opened, and the stack made in it. It holds no connection and no clock. */
#ifndef TCPSPEC_TARGETS_LIVE_LIBRARY_H
#define TCPSPEC_TARGETS_LIVE_LIBRARY_H

#include "lib/base/error.h"
#include "lib/target/stack.h"

struct library {
	void *handle; /* dlopen()'s */
	const struct tcpspec_stack_operations *operations;
	struct tcpspec_stack *stack;
	void *arena;
};

/* path: with a slash, the file; without, one beside this program. */
bool library_open(struct library *l, const char *path, struct error *e);
/* Makes the stack. False with the library's own reason. */
bool library_create(struct library *l, const struct tcpspec_setup *setup, struct error *e);
void library_close(struct library *l);

#endif
