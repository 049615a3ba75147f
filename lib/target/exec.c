/* A stack at the other end of a line as a target. What a user's call means is in_process's, so that a stack which is steered by lines and one in our process differ in nothing
 * but the way there. */
#include "lib/target/exec.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/target/exec_parts.h"
#include "lib/target/in_process_parts.h"
#include "lib/target/starter.h"

enum { SHARED_PORTS_MAX = 64 };

struct exec_target {
	struct tcpspec_stack stack;
	struct target inner; /* the table's calls as those of a target */
	struct target_operations operations;
	struct {
		struct address address;
		uint16_t port;
	} shared[SHARED_PORTS_MAX];
	unsigned shared_count;
};

/* ---- operations ---- */

/* Has the program failed in this one? */
static bool exec_tell(struct exec_target *x, bool done, struct error *e)
{
	return x->stack.failed ? error_set(e, "%s", x->stack.e.text) : done;
}

static struct connection *exec_open(void *target, const struct endpoint *at, struct error *e)
{
	struct exec_target *x = target;
	return x->inner.operations->open(x->inner.self, at, e);
}

static bool port_is_shared(const struct exec_target *x, const struct connection *c)
{
	for (unsigned i = 0; i < x->shared_count; i++)
		if (x->shared[i].port == c->at.target_port && address_equal(&x->shared[i].address, &c->at.target))
			return true;
	return false;
}

static bool exec_call(void *target, struct connection *c, enum call call, uint32_t n, unsigned how, struct call_answer *a, struct error *e)
{
	struct exec_target *x = target;
	if (call == CALL_OPEN_PASSIVE && port_is_shared(x, c)) {
		*a = (struct call_answer){.result = CALL_OK, .content_ok = true};
		return true;
	}
	return exec_tell(x, x->inner.operations->call(x->inner.self, c, call, n, how, a, e), e);
}

static bool exec_set_of(void *target, struct connection *c, enum user_setting s, uint64_t value, struct call_answer *a, struct error *e)
{
	struct exec_target *x = target;
	return exec_tell(x, x->inner.operations->set(x->inner.self, c, s, value, a, e), e);
}

/* A connection that nobody has asked for is lost to its user when it ends: it is taken up as soon as it is seen to be there. */
static bool exec_state_of(void *target, struct connection *c, struct state_answer *a, struct error *e)
{
	struct exec_target *x = target;
	const bool done = x->inner.operations->state(x->inner.self, c, a, e);
	if (done && a->has_tcb && !c->handle)
		connection_find(target_in_process(&x->inner), c);
	return exec_tell(x, done, e);
}

static bool exec_signals(void *target, struct connection *c, unsigned *signals, struct error *e)
{
	struct exec_target *x = target;
	return exec_tell(x, x->inner.operations->signals(x->inner.self, c, signals, e), e);
}

static bool exec_unlisten(void *target, struct connection *c, struct error *e)
{
	struct exec_target *x = target;
	return exec_tell(x, x->inner.operations->unlisten(x->inner.self, c, e), e);
}

static void exec_close_connection(void *target, struct connection *c)
{
	struct exec_target *x = target;
	x->inner.operations->close(x->inner.self, c);
}

static bool exec_share(void *target, const struct address *at, uint16_t port, struct error *e)
{
	struct exec_target *x = target;
	struct tcpspec_address local = {.family = (uint8_t)at->family};
	if (x->shared_count == SHARED_PORTS_MAX)
		return error_set(e, "exec target: more than %d shared listeners: share fewer", SHARED_PORTS_MAX);
	memcpy(local.octets, at->octets, sizeof local.octets);
	const int64_t h = x->stack.operations.listen(&x->stack, &local, port, 0, 0);
	if (h <= 0)
		return exec_tell(x, error_set(e, "command `%.200s` cannot listen on port %u (%" PRId64 "); the ports from 1024 on must be free", process_command(x->stack.process), port, h), e);
	x->shared[x->shared_count].address = *at;
	x->shared[x->shared_count++].port = port;
	return true;
}

static void exec_free(struct exec_target *x)
{
	if (x->inner.operations)
		target_stop(&x->inner);
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

static const struct target_operations exec_operations = {
    .open = exec_open,
    .call = exec_call,
    .set = exec_set_of,
    .state = exec_state_of,
    .signals = exec_signals,
    .unlisten = exec_unlisten,
    .close = exec_close_connection,
    .share = exec_share,
    .lost = exec_lost,
    .stop = exec_stop,
};

/* ---- starting ---- */

bool target_exec_start(struct target *t, const struct link *l, struct declaration *d, const char *command, uint64_t seed, struct error *e)
{
	struct exec_target *x = memory_zeroed(1, sizeof *x);

	memset(t, 0, sizeof *t);
	x->stack.process = starter_launch(l, d, command, "", seed, e);
	if (!x->stack.process || !exec_greet(&x->stack, e) || !target_in_process_begin(&x->inner, l, &x->stack.operations, d, seed, e)) {
		exec_free(x);
		return false;
	}
	target_in_process(&x->inner)->stack = &x->stack;
	x->operations = exec_operations;
	if (!x->inner.operations->state)
		x->operations.state = NULL;
	if (!x->inner.operations->signals)
		x->operations.signals = NULL;
	*t = (struct target){.operations = &x->operations, .self = x, .declaration = d, .needs_met = x->inner.needs_met};
	snprintf(t->version, sizeof t->version, "%s", x->inner.version);
	text_add(&t->settings, "%s", text_string(&x->inner.settings));
	return true;
}
