/* A stack in our own process as a target: starting it, its connections, what it says of their states and users. What a call does is in in_process_call.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dlfcn.h>

#include "lib/base/memory.h"
#include "lib/script/script.h"
#include "lib/target/in_process_parts.h"
#include "lib/target/stack_library.h"

enum { LINK_MTU = 1500 };

void in_process_link(struct link *l)
{
	link_describe(l);
	snprintf(l->summary, sizeof l->summary, "in process, virtual clock");
}

/* ---- connections ---- */

static void list_take(struct connection **list, struct connection *c)
{
	if (c->previous)
		c->previous->next = c->next;
	else
		*list = c->next;
	if (c->next)
		c->next->previous = c->previous;
}

static void list_put(struct connection **list, struct connection *c)
{
	c->previous = NULL;
	c->next = *list;
	if (*list)
		(*list)->previous = c;
	*list = c;
}

struct connection *connection_take(struct in_process *p)
{
	struct connection *c = p->spare;

	if (c)
		list_take(&p->spare, c);
	else
		c = memory_zeroed(1, sizeof *c);
	*c = (struct connection){.told = 0};
	list_put(&p->live, c);
	return c;
}

void connection_give(struct in_process *p, struct connection *c)
{
	list_take(&p->live, c);
	list_put(&p->spare, c);
}

void connection_again(struct in_process *p, struct connection *c, const struct connection *as)
{
	list_take(&p->spare, c);
	*c = *as;
	list_put(&p->live, c);
}

void connections_drop(struct in_process *p)
{
	while (p->live)
		connection_give(p, p->live);
}

void connections_free(struct in_process *p)
{
	connections_drop(p);
	while (p->spare) {
		struct connection *c = p->spare;

		list_take(&p->spare, c);
		free(c);
	}
}

void connection_note_told(struct in_process *p, struct connection *c)
{
	static const unsigned signal_of[] = {SIGNAL_RESET, SIGNAL_REFUSED, SIGNAL_TIMEOUT, SIGNAL_EOF, SIGNAL_URGENT, SIGNAL_UNREACHABLE, SIGNAL_TROUBLE};
	unsigned told;

	if (c->handle == 0 || !p->operations.told)
		return;
	told = p->operations.told(p->stack, c->handle);
	c->told &= ~(unsigned)SIGNAL_URGENT; /* of what remains to be received */
	for (unsigned i = 0; told && i < sizeof signal_of / sizeof *signal_of; i++)
		if (told & 1U << i)
			c->told |= signal_of[i];
}

bool connection_has_tcb(struct in_process *p, const struct connection *c)
{
	const unsigned state = p->operations.state ? p->operations.state(p->stack, &c->ends) : TCPSPEC_CLOSED;

	return state != TCPSPEC_CLOSED && state != TCPSPEC_LISTEN;
}

void connection_adopt(struct connection *c, int64_t h)
{
	c->handle = h;
	c->sent = c->received = 0;
	c->let_go = c->lingers = c->prepared = false;
}

bool connection_find(struct in_process *p, struct connection *c)
{
	int64_t h;

	/* What the user let go of is not his again by looking for it. Where the stack cannot say that it is gone, the next OPEN does. */
	if (c->let_go) {
		if (!p->operations.state || connection_has_tcb(p, c))
			return false;
		c->let_go = false;
	}
	if (c->handle && !c->listener)
		return true; /* nothing else can come to these ends */
	h = p->operations.find(p->stack, &c->ends);
	if (h <= 0 || h == c->handle)
		return h > 0;
	/* The one before it has ended: the new one could not be made else. */
	if (c->handle) {
		connection_note_told(p, c);
		p->operations.release(p->stack, c->handle, p->now_us);
	}
	connection_adopt(c, h);
	return true;
}

/* ---- operations ---- */

static struct tcpspec_address address_told(const struct address *a)
{
	struct tcpspec_address t = {.family = (uint8_t)a->family};

	memcpy(t.octets, a->octets, sizeof t.octets);
	return t;
}

static struct connection *in_process_open(void *target, const struct endpoint *at, struct error *e)
{
	struct in_process *p = target;
	struct connection *c;

	if (at->target.family != at->family || at->tester.family != at->family) {
		error_set(e, "stack target: an endpoint's addresses are not of its family while opening it: say the same family thrice");
		return NULL;
	}
	c = connection_take(p);
	c->at = *at;
	c->ends = (struct tcpspec_ends){.local = address_told(&at->target), .remote = address_told(&at->tester), .local_port = at->target_port, .remote_port = at->tester_port};
	return c;
}

static bool in_process_state(void *target, struct connection *c, struct state_answer *a, struct error *e)
{
	static const enum state state_of[] = {
	    [TCPSPEC_SYN_SENT] = SYN_SENT,
	    [TCPSPEC_SYN_RECEIVED] = SYN_RECEIVED,
	    [TCPSPEC_ESTABLISHED] = ESTABLISHED,
	    [TCPSPEC_FIN_WAIT_1] = FIN_WAIT_1,
	    [TCPSPEC_FIN_WAIT_2] = FIN_WAIT_2,
	    [TCPSPEC_CLOSE_WAIT] = CLOSE_WAIT,
	    [TCPSPEC_CLOSING_STATE] = CLOSING,
	    [TCPSPEC_LAST_ACK] = LAST_ACK,
	    [TCPSPEC_TIME_WAIT] = TIME_WAIT,
	};
	struct in_process *p = target;
	const unsigned state = p->operations.state(p->stack, &c->ends);

	if (state > TCPSPEC_TIME_WAIT)
		return error_set(e, "%s: state() returned %u, which is no state: expected TCPSPEC_CLOSED to TCPSPEC_TIME_WAIT", p->operations.name, state);
	*a = (struct state_answer){.has_listener = state == TCPSPEC_LISTEN};
	a->has_tcb = state != TCPSPEC_CLOSED && state != TCPSPEC_LISTEN;
	if (a->has_tcb)
		a->state = state_of[state];
	/* Out of TIME-WAIT there is another, opened anew: that one nobody has let go of. */
	if (!a->has_tcb || (c->lingers && a->state != TIME_WAIT))
		c->let_go = false;
	c->lingers = c->let_go && a->state == TIME_WAIT;
	return true;
}

static bool in_process_signals(void *target, struct connection *c, unsigned *signals, struct error *e)
{
	struct in_process *p = target;

	(void)e;
	connection_find(p, c);
	connection_note_told(p, c);
	*signals = c->told;
	return true;
}

static bool in_process_unlisten(void *target, struct connection *c, struct error *e)
{
	struct in_process *p = target;

	(void)e;
	/* A connection that it has made is taken up first: its listener stays only for those. */
	connection_find(p, c);
	if (c->listener)
		p->operations.release(p->stack, c->listener, p->now_us);
	if (c->beside)
		p->operations.release(p->stack, c->beside, p->now_us);
	c->listener = c->beside = 0;
	p->changed = true;
	return true;
}

/* Without a word on the wire, where the stack can: else by ABORT. */
static void in_process_close(void *target, struct connection *c)
{
	struct in_process *p = target;
	int64_t h = p->operations.find(p->stack, &c->ends);

	if (c->listener)
		p->operations.release(p->stack, c->listener, p->now_us);
	if (c->beside)
		p->operations.release(p->stack, c->beside, p->now_us);
	if (c->handle && c->handle != h)
		p->operations.release(p->stack, c->handle, p->now_us);
	if (h > 0 && p->operations.forget)
		p->operations.forget(p->stack, h);
	else if (h > 0)
		p->operations.abort(p->stack, h, p->now_us);
	p->changed = true;
	connection_give(p, c);
}

static void in_process_stop(void *target)
{
	struct in_process *p = target;

	stack_destroy(p);
	if (p->library)
		dlclose(p->library);
	in_process_snapshot_free(&p->birth);
	connections_free(p);
	free(p->out.at);
	free(p->arena);
	free(p->setting);
	free(p);
}

static const struct target_operations in_process_operations = {
    .open = in_process_open,
    .call = in_process_call,
    .set = in_process_set,
    .state = in_process_state,
    .signals = in_process_signals,
    .unlisten = in_process_unlisten,
    .close = in_process_close,
    .stop = in_process_stop,
};

/* ---- starting ---- */

static unsigned needs_served(const struct tcpspec_stack_operations *o, const struct declaration *d)
{
	unsigned needs = NEED_OPEN_PASSIVE | NEED_RELEASE | NEED_ABORT | NEED_URGENT | NEED_TIMESTAMPS | NEED_WINDOW_SCALE | NEED_SACK | NEED_SMALL_BUFFER | NEED_OPEN_LISTENING | NEED_SIMULTANEOUS_OPEN | NEED_SIMULTANEOUS_CLOSE | NEED_CLOSE_UNREAD;

	needs |= o->connect ? NEED_OPEN_ACTIVE : 0U;
	needs |= o->connect_text ? NEED_FASTOPEN : 0U;
	needs |= o->told ? NEED_URGENT_AHEAD : 0U;
	needs |= o->send ? NEED_SEND | NEED_EARLY_SEND : 0U;
	needs |= o->receive ? NEED_RECEIVE : 0U;
	needs |= o->close ? NEED_CLOSE : 0U;
	needs |= o->forget ? NEED_FORGET : 0U;
	needs |= o->set ? NEED_SET_ALL : 0U;
	return needs & ~d->lacks;
}

static void setup_fill(struct in_process *p, const struct link *l, uint64_t seed)
{
	const struct declaration *d = p->declaration;
	size_t n = 0;

	p->setting = memory_zeroed(2 * d->stack_count + 1, sizeof *p->setting);
	for (size_t i = 0; i < d->stack_count; i++) {
		if (strcmp(d->stack[i].name, "mtu") == 0) /* the link's, and no setting: a ladder may ask for another */
			continue;
		p->setting[n++] = d->stack[i].name;
		p->setting[n++] = d->stack[i].value;
	}
	p->setup = (struct tcpspec_setup){.size = sizeof p->setup, .mtu = d->model.constants.mtu ? d->model.constants.mtu : LINK_MTU, .seed = seed, .setting = p->setting, .output = packet_put_out, .to = p};
	for (unsigned f = 0; f < FAMILIES; f++)
		p->setup.address[f] = address_told(&l->target[f]);
}

/* Takes over the library, also when it fails. */
static bool target_begin(struct target *t, const struct link *l, const struct tcpspec_stack_operations *o, void *library, struct declaration *d, uint64_t seed, struct error *e)
{
	struct in_process *p = memory_zeroed(1, sizeof *p);

	memset(t, 0, sizeof *t);
	p->library = library;
	p->declaration = d;
	p->now_us = 1;
	memcpy(&p->operations, o, o->size < sizeof p->operations ? o->size : sizeof p->operations);
	p->target_operations = in_process_operations;
	if (!p->operations.state)
		p->target_operations.state = NULL;
	if (!p->operations.told)
		p->target_operations.signals = NULL;
	stream_fill(p->stream, 0, sizeof p->stream);
	setup_fill(p, l, seed);
	if (!stack_create(p, e)) {
		in_process_stop(p);
		return false;
	}
	if (in_process_can_restore(p))
		in_process_snapshot(p, &p->birth);
	snprintf(t->version, sizeof t->version, "%s", p->operations.name);
	for (size_t i = 0; i < d->stack_count; i++)
		text_add(&t->settings, "%s=%s\n", d->stack[i].name, d->stack[i].value);
	t->operations = &p->target_operations;
	t->self = p;
	t->declaration = d;
	t->needs_met = needs_served(&p->operations, d);
	return true;
}

bool target_in_process_begin(struct target *t, const struct link *l, const struct tcpspec_stack_operations *operations, struct declaration *d, uint64_t seed, struct error *e)
{
	memset(t, 0, sizeof *t);
	return stack_operations_check(operations, "the table that is linked in", e) && target_begin(t, l, operations, NULL, d, seed, e);
}

bool target_in_process_start(struct target *t, const struct link *l, struct declaration *d, uint64_t seed, struct error *e)
{
	void *library = NULL;
	const struct tcpspec_stack_operations *o = stack_library_open(d->library, d->file, &library, e);

	memset(t, 0, sizeof *t);
	return o && target_begin(t, l, o, library, d, seed, e);
}

struct in_process *target_in_process(const struct target *t)
{
	return t->operations && t->operations->stop == in_process_stop ? t->self : NULL;
}
