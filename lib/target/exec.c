/* A stack at the other end of a line as a target: starting it, losing it and stopping it. Its calls are steered's. */
#include "lib/target/exec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/target/exec_parts.h"
#include "lib/target/starter.h"
#include "lib/target/steered.h"

struct exec_target {
	struct steered steered;
	struct tcpspec_stack stack;
};

static void exec_free(struct exec_target *x)
{
	steered_end(&x->steered);
	process_stop(x->stack.process, "quit\n");
	exec_lines_free(&x->stack);
	free(x);
}

static const char *exec_lost(void *target)
{
	const struct exec_target *x = target;
	const enum process_loss loss = process_loss(x->stack.process);
	return loss == PROCESS_ENDED ? "target died" : loss == PROCESS_MUTE ? "target hung"
	                                                                    : NULL;
}

static void exec_stop(void *target)
{
	exec_free(target);
}

/* ---- starting ---- */

bool target_exec_start(struct target *t, const struct link *l, struct declaration *d, const char *command, uint64_t seed, struct error *e)
{
	static const struct target_operations own = {.lost = exec_lost, .stop = exec_stop};
	struct exec_target *x = memory_zeroed(1, sizeof *x);

	memset(t, 0, sizeof *t);
	x->steered.failed = &x->stack.failed;
	x->steered.why = &x->stack.e;
	x->stack.process = starter_launch(l, d, command, "", seed, e);
	if (!x->stack.process || !exec_greet(&x->stack, e) || !steered_begin(&x->steered, t, &own, &x->stack, &x->stack.operations, l, d, seed, e)) {
		exec_free(x);
		return false;
	}
	snprintf(t->version, sizeof t->version, "%s", x->steered.inner.version);
	text_add(&t->settings, "%s", text_string(&x->steered.inner.settings));
	return true;
}
