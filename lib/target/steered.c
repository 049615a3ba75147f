/* A stack that is elsewhere as a target. What a user's call means is in_process's, so that a stack which is steered from outside and one in our process differ in nothing but the way there. */
#include "lib/target/steered.h"

#include <inttypes.h>
#include <string.h>

#include "lib/target/in_process_parts.h"

bool steered_tell(const struct steered *x, bool done, struct error *e)
{
	return *x->failed ? error_set(e, "%s", x->why->text) : done;
}

static struct connection *steered_open(void *target, const struct endpoint *at, struct error *e)
{
	struct steered *x = target;
	return x->inner.operations->open(x->inner.self, at, e);
}

static bool port_is_shared(const struct steered *x, const struct connection *c)
{
	for (unsigned i = 0; i < x->shared_count; i++)
		if (x->shared[i].port == c->at.target_port && address_equal(&x->shared[i].address, &c->at.target))
			return true;
	return false;
}

bool steered_call(void *target, struct connection *c, enum call call, uint32_t n, unsigned how, struct call_answer *a, struct error *e)
{
	struct steered *x = target;

	if (call == CALL_OPEN_PASSIVE && port_is_shared(x, c)) {
		*a = (struct call_answer){.result = CALL_OK, .content_ok = true};
		return true;
	}
	return steered_tell(x, x->inner.operations->call(x->inner.self, c, call, n, how, a, e), e);
}

static bool steered_set(void *target, struct connection *c, enum user_setting s, uint64_t value, struct call_answer *a, struct error *e)
{
	struct steered *x = target;
	return steered_tell(x, x->inner.operations->set(x->inner.self, c, s, value, a, e), e);
}

/* A connection that nobody has asked for is lost to its user when it ends: it is taken up as soon as it is seen to be there. */
bool steered_state(void *target, struct connection *c, struct state_answer *a, struct error *e)
{
	struct steered *x = target;
	const bool done = x->inner.operations->state(x->inner.self, c, a, e);

	if (done && a->has_tcb && !c->handle)
		connection_find(target_in_process(&x->inner), c);
	return steered_tell(x, done, e);
}

static bool steered_signals(void *target, struct connection *c, unsigned *signals, struct error *e)
{
	struct steered *x = target;
	return steered_tell(x, x->inner.operations->signals(x->inner.self, c, signals, e), e);
}

static bool steered_unlisten(void *target, struct connection *c, struct error *e)
{
	struct steered *x = target;
	return steered_tell(x, x->inner.operations->unlisten(x->inner.self, c, e), e);
}

void steered_close(void *target, struct connection *c)
{
	struct steered *x = target;
	x->inner.operations->close(x->inner.self, c);
}

static bool steered_share(void *target, const struct address *at, uint16_t port, struct error *e)
{
	struct steered *x = target;
	struct in_process *p = target_in_process(&x->inner);
	struct tcpspec_address local = {.family = (uint8_t)at->family};

	if (x->shared_count == STEERED_SHARED_MAX)
		return error_set(e, "more than %d shared listeners: share fewer", STEERED_SHARED_MAX);
	memcpy(local.octets, at->octets, sizeof local.octets);
	const int64_t h = p->operations.listen(p->stack, &local, port, 0, 0);
	if (h <= 0)
		return steered_tell(x, error_set(e, "%s cannot listen on port %u (%" PRId64 "); the ports from 1024 on must be free, and the address be the target's", x->inner.declaration->name, port, h), e);
	x->shared[x->shared_count].address = *at;
	x->shared[x->shared_count++].port = port;
	return true;
}

bool steered_begin(struct steered *x, struct target *t, const struct target_operations *own, struct tcpspec_stack *stack, const struct tcpspec_stack_operations *table, const struct link *l, struct declaration *d, uint64_t seed, struct error *e)
{
	if (!target_in_process_begin(&x->inner, l, table, d, seed, e))
		return false;
	target_in_process(&x->inner)->stack = stack;
	x->operations = (struct target_operations){
	    .open = steered_open,
	    .call = own->call ? own->call : steered_call,
	    .set = steered_set,
	    .state = own->state ? own->state : steered_state,
	    .signals = steered_signals,
	    .unlisten = steered_unlisten,
	    .close = own->close ? own->close : steered_close,
	    .share = steered_share,
	    .forget = own->forget,
	    .lost = own->lost,
	    .stop = own->stop,
	};
	if (!x->inner.operations->state)
		x->operations.state = NULL;
	if (!x->inner.operations->signals)
		x->operations.signals = NULL;
	t->operations = &x->operations;
	t->self = x;
	t->declaration = d;
	t->needs_met = x->inner.needs_met;
	return true;
}

void steered_end(struct steered *x)
{
	if (x->inner.operations)
		target_stop(&x->inner);
}
