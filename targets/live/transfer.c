/* Octets between the stack's user interface and a file, or back where they came from. */
#include "targets/live/transfer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const struct tcpspec_stack_operations *operations_of(const struct transfer *t)
{
	return t->host->library.operations;
}

static struct tcpspec_stack *stack_of(const struct transfer *t)
{
	return t->host->library.stack;
}

static struct tcpspec_address address_of(const struct address *a)
{
	struct tcpspec_address out = {.family = (uint8_t)a->family};
	memcpy(out.octets, a->octets, sizeof out.octets);
	return out;
}

/* An echo or a discard: for as many as there is room for, and it never ends. */
static bool transfer_serves(const struct transfer *t)
{
	return t->request->kind == TRANSFER_ECHO || t->request->kind == TRANSFER_DISCARD;
}

static bool transfer_listen(struct transfer *t, struct error *e)
{
	const struct tcpspec_stack_operations *o = operations_of(t);
	if (!o->accept)
		return error_set(e, "%s: has no accept(): it can be steered by lines, and serve nobody by itself", o->name);
	for (unsigned f = 0; f < FAMILIES_SPOKEN; f++) {
		const struct tcpspec_address local = address_of(&t->host->neighbours.own[f]);
		if (!local.family)
			continue;
		t->listener[f] = o->listen(stack_of(t), &local, t->request->port, 0, host_now(t->host));
		if (t->listener[f] <= 0)
			return error_set(e, "%s: port %u cannot be listened on (%lld); choose another", o->name, t->request->port, (long long)t->listener[f]);
	}
	return true;
}

static bool transfer_connect(struct transfer *t, struct error *e)
{
	const struct tcpspec_stack_operations *o = operations_of(t);
	const struct address *own = &t->host->neighbours.own[t->request->connect.family == IPV6];
	struct transfer_connection *c = &t->at[0];
	if (!own->family)
		return error_set(e, "--connect: this host has no address of that family; give one by --address");
	c->ends = (struct tcpspec_ends){.local = address_of(own), .remote = address_of(&t->request->connect), .local_port = t->request->own_port, .remote_port = t->request->port};
	c->handle = o->connect ? o->connect(stack_of(t), &c->ends, 0, host_now(t->host)) : TCPSPEC_UNSUPPORTED;
	return c->handle > 0 || error_set(e, "%s: connect returned %lld", o->name, (long long)c->handle);
}

bool transfer_begin(struct transfer *t, const struct transfer_request *request, struct host *h, struct error *e)
{
	memset(t, 0, sizeof *t);
	t->request = request;
	t->host = h;
	t->file = -1;
	if (request->kind == TRANSFER_NONE)
		return true;
	if (!operations_of(t)->send || !operations_of(t)->receive || !operations_of(t)->close)
		return error_set(e, "%s: lacks send, receive or close: it can serve nobody", operations_of(t)->name);
	if (request->kind == TRANSFER_SOURCE)
		t->file = open(request->file, O_RDONLY | O_CLOEXEC);
	else if (request->kind == TRANSFER_SINK)
		t->file = open(request->file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (!transfer_serves(t) && t->file < 0)
		return error_set(e, "%s: %s while opening the file to transfer", request->file, strerror(errno));
	return request->connect.family ? transfer_connect(t, e) : transfer_listen(t, e);
}

/* A file is transferred once. */
static void transfer_accept(struct transfer *t)
{
	const unsigned most = transfer_serves(t) ? TRANSFER_CONNECTIONS : 1;
	for (unsigned f = 0; f < FAMILIES_SPOKEN; f++)
		for (unsigned i = 0; t->listener[f] > 0 && i < most; i++) {
			struct transfer_connection *c = &t->at[i];
			if (c->handle)
				continue;
			const int64_t h = operations_of(t)->accept(stack_of(t), t->listener[f], &c->ends);
			if (h <= 0)
				break;
			c->handle = h;
			c->ended = c->closed = c->released = false;
			c->from = c->to = 0;
		}
}

/* Why the connection is over. */
static bool connection_lost(const struct transfer *t, const struct transfer_connection *c, int64_t result, struct error *e)
{
	const unsigned told = operations_of(t)->told ? operations_of(t)->told(stack_of(t), c->handle) : 0;
	return error_set(e, "the connection ended after %llu octets (%lld):%s%s%s%s", (unsigned long long)t->moved, (long long)result, told & TCPSPEC_TOLD_RESET ? " reset" : "", told & TCPSPEC_TOLD_REFUSED ? " refused" : "",
	                 told & TCPSPEC_TOLD_TIMEOUT ? " timeout" : "", told & TCPSPEC_TOLD_UNREACHABLE ? " unreachable" : "");
}

/* More octets: from the file, or from the peer. 1: there are some; 0: not now; -1: with e. */
static int connection_fill(struct transfer *t, struct transfer_connection *c, struct error *e)
{
	c->from = c->to = 0;
	if (t->request->kind == TRANSFER_SOURCE && !t->has_all) {
		const ssize_t n = read(t->file, c->octets, sizeof c->octets);
		if (n < 0) {
			error_set(e, "%s: %s while reading", t->request->file, strerror(errno));
			return -1;
		}
		t->has_all = n == 0;
		c->to = (size_t)n;
		return n > 0;
	}
	if (c->ended)
		return 0;
	const int64_t n = operations_of(t)->receive(stack_of(t), c->handle, c->octets, sizeof c->octets, host_now(t->host));
	if (n < 0 && n != TCPSPEC_AGAIN && n != TCPSPEC_CLOSING && !(n == TCPSPEC_NOT_NOW && !t->moved))
		return connection_lost(t, c, n, e) ? 1 : -1;
	c->ended = n == 0 || n == TCPSPEC_CLOSING;
	c->to = n > 0 ? (size_t)n : 0;
	return n > 0;
}

/* Gives the octets that wait to the file, or to the peer. 1: all of them; 0: not now; -1: with e. */
static int connection_drain(struct transfer *t, struct transfer_connection *c, struct error *e)
{
	while (c->from < c->to) {
		int64_t n;
		if (t->request->kind == TRANSFER_DISCARD) {
			n = (int64_t)(c->to - c->from);
		} else if (t->request->kind == TRANSFER_SINK) {
			n = write(t->file, c->octets + c->from, c->to - c->from);
			if (n < 0) {
				error_set(e, "%s: %s while writing", t->request->file, strerror(errno));
				return -1;
			}
		} else {
			n = operations_of(t)->send(stack_of(t), c->handle, c->octets + c->from, c->to - c->from, 0, host_now(t->host));
			if (n == TCPSPEC_AGAIN || n == 0 || (n == TCPSPEC_NOT_NOW && !t->moved) || (n == TCPSPEC_FULL))
				return 0;
			if (n < 0)
				return connection_lost(t, c, n, e) ? 1 : -1;
		}
		c->from += (size_t)n;
		t->moved += (uint64_t)n;
	}
	return 1;
}

/* Both directions are over on our side: the stack sees the rest through. */
static void connection_finish(struct transfer *t, struct transfer_connection *c)
{
	const struct tcpspec_stack_operations *o = operations_of(t);
	const bool sent_all = t->request->kind == TRANSFER_SOURCE ? t->has_all : c->ended;
	if (sent_all && !c->closed) {
		o->close(stack_of(t), c->handle, host_now(t->host));
		c->closed = true;
	}
	if (c->closed && c->ended && !c->released) {
		o->release(stack_of(t), c->handle, host_now(t->host));
		c->released = true;
	}
	if (!c->released)
		return;
	if (transfer_serves(t))
		c->handle = 0;
	else /* not before the last acknowledgment: who leaves earlier leaves the peer hanging */
		t->done = !o->state || o->state(stack_of(t), &c->ends) <= TCPSPEC_LISTEN;
}

static bool connection_pump(struct transfer *t, struct transfer_connection *c, struct error *e)
{
	while (!c->released) {
		int n = connection_drain(t, c, e);
		if (n > 0) {
			n = connection_fill(t, c, e);
			/* What a peer sends to a source is of no interest. */
			if (n > 0 && t->request->kind == TRANSFER_SOURCE && t->has_all)
				c->to = 0;
		}
		if (n < 0)
			return false;
		if (n == 0)
			break;
	}
	if (c->from == c->to)
		connection_finish(t, c);
	return true;
}

bool transfer_pump(struct transfer *t, struct error *e)
{
	if (t->request->kind == TRANSFER_NONE)
		return true;
	transfer_accept(t);
	for (unsigned i = 0; i < TRANSFER_CONNECTIONS; i++) {
		struct transfer_connection *c = &t->at[i];
		if (!c->handle || connection_pump(t, c, e))
			continue;
		if (!transfer_serves(t))
			return false;
		operations_of(t)->abort(stack_of(t), c->handle, host_now(t->host)); /* that one is over, others are not */
		c->handle = 0;
	}
	return true;
}

void transfer_end(struct transfer *t)
{
	if (t->file >= 0)
		close(t->file);
	t->file = -1;
}
