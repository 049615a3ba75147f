/* The user calls of a stack in our process, one function each, and how its answers are the standard's. None blocks. */
#include <stdio.h>
#include <string.h>

#include "lib/target/in_process_parts.h"

/* One call under way. */
struct asked {
	struct in_process *p;
	struct connection *c;
	struct call_answer *a;
};

static const char *code_name(int64_t code)
{
	switch (code) {
	case TCPSPEC_AGAIN:
		return "TCPSPEC_AGAIN";
	case TCPSPEC_CLOSING:
		return "TCPSPEC_CLOSING";
	case TCPSPEC_NONE:
		return "TCPSPEC_NONE";
	case TCPSPEC_NOT_NOW:
		return "TCPSPEC_NOT_NOW";
	case TCPSPEC_FULL:
		return "TCPSPEC_FULL";
	case TCPSPEC_UNSUPPORTED:
		return "TCPSPEC_UNSUPPORTED";
	}
	return NULL;
}

/* Thousands of times a second: no printf. */
static void answer_says(struct call_answer *a, const char *word)
{
	memcpy(a->text, word, strlen(word) + 1);
}

/* What the stack refused. "Connection closing" and "there is none" are the standard's answers; the others speak of the interface. */
static void answer_failed(struct call_answer *a, int64_t code)
{
	const char *name = code_name(code);

	a->result = CALL_FAILED;
	a->signals = code == TCPSPEC_CLOSING || code == TCPSPEC_NONE ? SIGNAL_CLOSED : 0;
	if (name)
		answer_says(a, name);
	else
		snprintf(a->text, sizeof a->text, "%lld, which is no answer of tcpspec/stack.h", (long long)code);
}

/* The same for a connection: of one that has ended the user is told how. */
static void answer_refused(const struct asked *q, int64_t code)
{
	const unsigned before = q->c->told;

	answer_failed(q->a, code);
	connection_note_told(q->p, q->c);
	if (code == TCPSPEC_NONE)
		q->a->signals |= q->c->told & ~before;
}

/* A call that needs the connection, and there is none that is the user's. Where the stack has a TCB all the same, its interface cannot say the call: no signal. */
static void answer_absent(const struct asked *q)
{
	answer_failed(q->a, connection_has_tcb(q->p, q->c) ? TCPSPEC_NOT_NOW : TCPSPEC_NONE);
}

static void call_open_passive(const struct asked *q, uint32_t buffer)
{
	const struct in_process *p = q->p;
	int64_t h;

	if (q->c->beside) {
		answer_failed(q->a, TCPSPEC_NOT_NOW);
		return;
	}
	/* Where the port listens already the answer is the stack's to give. */
	h = p->operations.listen(p->stack, &q->c->ends.local, q->c->ends.local_port, buffer, p->now_us);
	if (h <= 0)
		answer_failed(q->a, h);
	else if (!q->c->listener)
		q->c->listener = h;
	else if (h != q->c->listener)
		q->c->beside = h;
}

static struct tcpspec_address address_group(uint8_t family, bool broadcast)
{
	struct tcpspec_address a = {.family = family};

	if (family == 6)
		memcpy(a.octets, (const uint8_t[]){0xff, 0x02, [15] = 1}, 16); /* all nodes */
	else if (broadcast)
		memset(a.octets, 0xff, 4);
	else
		memcpy(a.octets, (const uint8_t[]){224, 0, 0, 1}, 4);
	return a;
}

/* The ends that an OPEN names: those of the connection, or one of them in its place. */
static struct tcpspec_ends ends_named(const struct tcpspec_ends *ends, enum open_place place)
{
	struct tcpspec_ends e = *ends;

	switch (place) {
	case OPEN_FROM_ANY:
		memset(e.local.octets, 0, sizeof e.local.octets);
		break;
	case OPEN_FROM_ELSEWHERE:
		e.local = e.remote;
		break;
	case OPEN_TO_ANY:
		memset(e.remote.octets, 0, sizeof e.remote.octets);
		break;
	case OPEN_TO_BROADCAST:
	case OPEN_TO_MULTICAST:
		e.remote = address_group(e.remote.family, place == OPEN_TO_BROADCAST);
		break;
	case OPEN_USUAL:
	case OPEN_PLACES:
		break;
	}
	return e;
}

/* with: n octets of text go with it, and n is no buffer. */
static void call_open_active(const struct asked *q, uint32_t n, bool with, enum open_place place)
{
	const struct in_process *p = q->p;
	const struct tcpspec_ends ends = ends_named(&q->c->ends, place);
	int64_t h;

	/* Where there is a connection already the refusal is the stack's to say. */
	h = with ? p->operations.connect_text(p->stack, &ends, 0, stream_from(p, 0), n < STREAM_CHUNK ? n : STREAM_CHUNK, p->now_us) : p->operations.connect(p->stack, &ends, n, p->now_us);
	if (h <= 0) {
		answer_failed(q->a, h);
		return;
	}
	if (q->c->handle && q->c->handle != h) {
		connection_note_told(q->p, q->c);
		p->operations.release(p->stack, q->c->handle, p->now_us);
	}
	connection_adopt(q->c, h);
	if (with)
		q->c->sent = q->a->octets = n;
}

/* Declared is what the connections under test have, whatever is usual. A stack that cannot switch it is as it is, and is judged so. */
static void connection_prepare(const struct asked *q)
{
	const struct in_process *p = q->p;

	if (!q->c->prepared && p->operations.set)
		p->operations.set(p->stack, q->c->handle, "nagle", p->declaration->model.choices.nagle);
	q->c->prepared = true;
}

static void call_send(const struct asked *q, uint32_t n, unsigned how)
{
	const struct in_process *p = q->p;
	const unsigned flags = (how & SEND_PUSH ? (unsigned)TCPSPEC_SEND_PUSH : 0U) | (how & SEND_URGENT ? (unsigned)TCPSPEC_SEND_URGENT : 0U);

	connection_prepare(q);
	while (q->a->octets < n) {
		const uint32_t left = n - q->a->octets, size = left < STREAM_CHUNK ? left : STREAM_CHUNK;
		const int64_t taken = p->operations.send(p->stack, q->c->handle, stream_from(p, q->c->sent), size, flags, p->now_us);

		/* Octets that the stack did not take are not queued in the standard's sense: the call has failed for them. */
		if (taken <= 0 || taken > size) {
			answer_refused(q, taken);
			break;
		}
		q->c->sent += (uint32_t)taken;
		q->a->octets += (uint32_t)taken;
	}
}

/* Nothing more to receive: what the stack says instead. What follows octets is for the next call to tell. */
static void receive_nothing(const struct asked *q, int64_t code)
{
	if (q->a->octets)
		return;
	if (code == 0) {
		q->a->signals = SIGNAL_EOF;
		answer_says(q->a, "end of file");
		return;
	}
	answer_refused(q, code);
	if (code == TCPSPEC_AGAIN)
		q->a->result = CALL_PENDING;
}

static void call_receive(const struct asked *q, uint32_t n)
{
	struct in_process *p = q->p;

	while (q->a->octets < n) {
		const uint32_t left = n - q->a->octets, size = left < STREAM_CHUNK ? left : STREAM_CHUNK;
		const int64_t got = p->operations.receive(p->stack, q->c->handle, p->text, size, p->now_us);

		if (got <= 0 || got > size) {
			receive_nothing(q, got);
			break;
		}
		q->a->content_ok &= memcmp(p->text, stream_from(p, q->c->received), (size_t)got) == 0;
		q->c->received += (uint32_t)got;
		q->a->octets += (uint32_t)got;
	}
}

static void call_close(const struct asked *q)
{
	const int64_t code = q->p->operations.close(q->p->stack, q->c->handle, q->p->now_us);

	if (code != 0)
		answer_refused(q, code);
}

/* RELEASE, ABORT and FORGET. What the user was told before he let go stays told; the handle is dead unless the stack could not say the call. */
static void call_let_go(const struct asked *q, enum call call)
{
	const struct in_process *p = q->p;
	struct connection *c = q->c;
	int64_t code;

	connection_note_told(q->p, c);
	if (call == CALL_RELEASE)
		code = p->operations.release(p->stack, c->handle, p->now_us);
	else if (call == CALL_ABORT)
		code = p->operations.abort(p->stack, c->handle, p->now_us);
	else
		code = p->operations.forget(p->stack, c->handle);
	if (code != 0 && !(call == CALL_FORGET && code == TCPSPEC_NONE)) /* of what is not there no memory can be lost */
		answer_failed(q->a, code);
	if (code != 0 && code != TCPSPEC_NONE)
		return;
	c->handle = 0;
	c->let_go = call == CALL_RELEASE && code == 0;
}

/* CLOSE, RELEASE and ABORT in LISTEN: the listener goes. */
static void call_on_listener(const struct asked *q, enum call call)
{
	const struct in_process *p = q->p;
	const int64_t h = q->c->listener;
	int64_t code = TCPSPEC_UNSUPPORTED;

	if (call == CALL_ABORT)
		code = p->operations.abort(p->stack, h, p->now_us);
	else if (call == CALL_CLOSE)
		code = p->operations.close(p->stack, h, p->now_us);
	/* A stack may know its listeners by RELEASE alone. */
	if (code < 0)
		code = p->operations.release(p->stack, h, p->now_us);
	if (code != 0)
		answer_failed(q->a, code);
	q->c->listener = 0;
}

/* SEND and RECEIVE where there is a listener and no connection: for the stack to refuse. */
static void call_meets_listener(const struct asked *q, enum call call)
{
	struct in_process *p = q->p;
	int64_t code;

	if (call == CALL_SEND)
		code = p->operations.send(p->stack, q->c->listener, stream_from(p, 0), 1, 0, p->now_us);
	else
		code = p->operations.receive(p->stack, q->c->listener, p->text, 1, p->now_us);
	if (code >= 0)
		return;
	answer_failed(q->a, code);
	if (code == TCPSPEC_AGAIN)
		q->a->result = CALL_PENDING;
	/* "Remote socket unspecified": whatever of these words the stack has for it. */
	if (code == TCPSPEC_NOT_NOW || code == TCPSPEC_UNSUPPORTED)
		q->a->signals = SIGNAL_CLOSED;
}

/* FORGET is no user's call: it also meets a connection that nobody holds. */
static void forget_orphan(const struct asked *q)
{
	const struct in_process *p = q->p;
	const int64_t h = p->operations.find(p->stack, &q->c->ends);
	const int64_t code = h > 0 ? p->operations.forget(p->stack, h) : 0;

	if (code < 0)
		answer_failed(q->a, code);
	else
		q->c->let_go = false;
}

static void call_connected(const struct asked *q, enum call call, uint32_t n, unsigned how)
{
	struct connection *c = q->c;
	const bool lives = connection_find(q->p, c);
	const bool ends = call == CALL_CLOSE || call == CALL_RELEASE || call == CALL_ABORT;

	if (call == CALL_FORGET && !lives)
		forget_orphan(q);
	else if (!lives && ends && c->listener && !connection_has_tcb(q->p, c))
		call_on_listener(q, call);
	else if (!lives && c->handle == 0 && c->listener && (call == CALL_SEND || call == CALL_RECEIVE) && !connection_has_tcb(q->p, c))
		call_meets_listener(q, call);
	else if (c->handle == 0)
		answer_absent(q);
	else if (call == CALL_SEND)
		call_send(q, n, how);
	else if (call == CALL_RECEIVE)
		call_receive(q, n);
	else if (call == CALL_CLOSE)
		call_close(q);
	else
		call_let_go(q, call);
}

/* A script that needs what the stack does not have is not played (needs_met). */
static bool call_is_there(const struct tcpspec_stack_operations *o, enum call call)
{
	switch (call) {
	case CALL_OPEN_ACTIVE:
		return o->connect != NULL;
	case CALL_SEND:
		return o->send != NULL;
	case CALL_RECEIVE:
		return o->receive != NULL;
	case CALL_CLOSE:
		return o->close != NULL;
	case CALL_FORGET:
		return o->forget != NULL;
	case CALL_OPEN_PASSIVE:
	case CALL_RELEASE:
	case CALL_ABORT:
		return true;
	case CALL_SET: /* in_process_set() */
	case CALLS:
		break;
	}
	return false;
}

bool in_process_call(void *target, struct connection *c, enum call call, uint32_t n, unsigned how, struct call_answer *a, struct error *e)
{
	struct in_process *p = target;
	const struct asked q = {.p = p, .c = c, .a = a};

	*a = (struct call_answer){.result = CALL_OK, .content_ok = true};
	if ((int)call < 0 || call >= CALLS)
		return error_set(e, "stack target: call %d is none; say one of enum call", (int)call);
	p->changed = true;
	if (!call_is_there(&p->operations, call))
		answer_failed(a, TCPSPEC_UNSUPPORTED);
	else if (call == CALL_OPEN_PASSIVE)
		call_open_passive(&q, n);
	else if (call == CALL_OPEN_ACTIVE)
		call_open_active(&q, n, how & SEND_PUSH, how_place(how));
	else
		call_connected(&q, call, n, how);
	c->told |= a->signals;
	return true;
}

bool in_process_set(void *target, struct connection *c, enum user_setting s, uint64_t value, struct call_answer *a, struct error *e)
{
	struct in_process *p = target;
	const struct asked q = {.p = p, .c = c, .a = a};

	(void)e;
	*a = (struct call_answer){.result = CALL_OK, .content_ok = true};
	in_process_poll(p, in_process_now(p)); /* the call says no time: what it lets go at once would bear that of the last one that did */
	p->changed = true;
	if (!p->operations.set) {
		answer_failed(a, TCPSPEC_UNSUPPORTED);
	} else if (!connection_find(p, c) && c->handle == 0) {
		answer_absent(&q);
	} else {
		/* Before the first SEND: what is declared must not take the place of what the user says. */
		connection_prepare(&q);
		const int64_t code = p->operations.set(p->stack, c->handle, user_setting_name(s), value);
		if (code < 0)
			answer_refused(&q, code);
	}
	c->told |= a->signals;
	return true;
}
