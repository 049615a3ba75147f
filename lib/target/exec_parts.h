/* What the two files of the exec target share: a stack that is reached by lines. Nothing of it is for other layers. */
#ifndef TCPSPEC_TARGET_EXEC_PARTS_H
#define TCPSPEC_TARGET_EXEC_PARTS_H

#include "lib/target/process.h"
#include "lib/target/stack.h"
#include "lib/base/text.h"

enum { EXEC_NAME_ROOM = 100 };

/* A connection that accept told of and nobody has asked for yet. */
struct accepted {
	struct tcpspec_ends ends;
	int64_t handle;
};

/* What the functions of the table get. */
struct tcpspec_stack {
	struct process *process;
	struct tcpspec_stack_operations operations;
	char name[EXEC_NAME_ROOM];
	struct text line;
	bool failed; /* for good: e says why, and nothing more is asked */
	struct error e;
	/* Where it cannot find: listeners, and what they have accepted. */
	bool finds;
	int64_t *listener;
	size_t listeners;
	struct accepted *accepted;
	size_t accepteds;
};

/* exec_lines.c: reads the first line, asks what it can, and fills in the table. False with e. */
bool exec_greet(struct tcpspec_stack *s, struct error *e);
/* Frees what the lines took; not the process. */
void exec_lines_free(struct tcpspec_stack *s);

#endif
