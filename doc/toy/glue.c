/* What tcpspec needs of the toy: its functions under the names of tcpspec/stack.h. This is all that bringing a stack on board takes; doc/stack.md goes through it. */
#include <stdio.h>
#include <string.h>
#include <tcpspec/stack.h>

#include "tcp.h"

struct tcpspec_stack {
	struct tcp tcp;
};

/* A listener's handle is its port, a connection's is the place of its block behind all ports. */
enum { CONNECTIONS = 65536 };

/* NULL: the handle is a listener's, or of nothing. */
static struct tcp_pcb *connection(struct tcpspec_stack *s, int64_t h)
{
	return h >= CONNECTIONS && h < CONNECTIONS + TCP_PCBS ? &s->tcp.pcb[h - CONNECTIONS] : NULL;
}

static struct tcp_peer peer(const struct tcpspec_ends *e)
{
	struct tcp_peer p = {.version = e->remote.family, .port = e->remote_port, .local_port = e->local_port};

	memcpy(p.address, e->remote.octets, e->remote.family == 4 ? 4 : 16);
	return p;
}

/* ---- creating ---- */

static size_t arena_octets(const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	if (setup->setting && setup->setting[0]) {
		snprintf(why, why_octets, "there is no setting `%s`; this stack has none", setup->setting[0]);
		return 0;
	}
	return sizeof(struct tcpspec_stack);
}

static struct tcpspec_stack *create(void *arena, size_t octets, const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	struct tcpspec_stack *s = arena;

	(void)octets;
	(void)why;
	(void)why_octets;
	memset(s, 0, sizeof *s);
	memcpy(s->tcp.own4, setup->address[0].octets, 4);
	memcpy(s->tcp.own6, setup->address[1].octets, 16);
	s->tcp.iss = (uint32_t)setup->seed;
	s->tcp.output = setup->output;
	s->tcp.to = setup->to;
	return s;
}

/* ---- packets and time ---- */

static void input(struct tcpspec_stack *s, const uint8_t *packet, size_t octets, uint64_t now_us)
{
	(void)now_us;
	tcp_input(&s->tcp, packet, octets);
}

static uint64_t poll(struct tcpspec_stack *s, uint64_t now_us)
{
	(void)s;
	(void)now_us;
	return UINT64_MAX; /* the toy has no timers */
}

/* ---- connections ---- */

static int64_t listen(struct tcpspec_stack *s, const struct tcpspec_address *local, uint16_t port, uint32_t receive_buffer, uint64_t now_us)
{
	(void)local;
	(void)receive_buffer;
	(void)now_us;
	return tcp_listen(&s->tcp, port) ? port : TCPSPEC_FULL;
}

static int64_t find(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	const struct tcp_peer p = peer(ends);
	struct tcp_pcb *c = tcp_find(&s->tcp, &p);

	if (!c)
		return TCPSPEC_NONE;
	c->held = true;
	return CONNECTIONS + (c - s->tcp.pcb);
}

/* ---- text ---- */

static int64_t send(struct tcpspec_stack *s, int64_t h, const uint8_t *octets, size_t n, unsigned flags, uint64_t now_us)
{
	struct tcp_pcb *c = connection(s, h);

	(void)flags;
	(void)now_us;
	if (!c || c->state <= TCP_OVER)
		return TCPSPEC_NONE;
	if (c->state == TCP_SYN_RECEIVED)
		return TCPSPEC_NOT_NOW;
	if (c->state != TCP_ESTABLISHED && c->state != TCP_CLOSE_WAIT)
		return TCPSPEC_CLOSING;
	const size_t taken = tcp_send(&s->tcp, c, octets, n);
	return taken ? (int64_t)taken : TCPSPEC_AGAIN;
}

static int64_t receive(struct tcpspec_stack *s, int64_t h, uint8_t *to, size_t room, uint64_t now_us)
{
	struct tcp_pcb *c = connection(s, h);

	(void)now_us;
	if (!c || (c->state <= TCP_OVER && !c->text_octets && !c->end))
		return TCPSPEC_NONE;
	const size_t given = tcp_receive(&s->tcp, c, to, room);
	return given || c->end ? (int64_t)given : TCPSPEC_AGAIN;
}

/* ---- ends ---- */

static int64_t close(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	struct tcp_pcb *c = connection(s, h);

	(void)now_us;
	if (!c || c->state <= TCP_OVER)
		return TCPSPEC_NONE;
	if (c->state == TCP_SYN_RECEIVED)
		return TCPSPEC_NOT_NOW;
	return tcp_close(&s->tcp, c) ? 0 : TCPSPEC_CLOSING;
}

static int64_t release(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	struct tcp_pcb *c = connection(s, h);

	(void)now_us;
	if (!c) {
		tcp_unlisten(&s->tcp, (uint16_t)h);
		return 0;
	}
	c->held = false;
	if (c->state == TCP_OVER) {
		c->state = TCP_FREE;
		return TCPSPEC_NONE;
	}
	tcp_close(&s->tcp, c);
	return 0;
}

static int64_t abort_(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	struct tcp_pcb *c = connection(s, h);

	(void)now_us;
	if (!c || c->state == TCP_FREE)
		return TCPSPEC_NONE;
	const bool was_over = c->state == TCP_OVER;
	tcp_abort(&s->tcp, c);
	return was_over ? TCPSPEC_NONE : 0;
}

static int64_t forget(struct tcpspec_stack *s, int64_t h)
{
	struct tcp_pcb *c = connection(s, h);

	if (!c)
		return TCPSPEC_NONE;
	c->state = TCP_FREE;
	return 0;
}

/* ---- what it says of itself ---- */

static unsigned told(struct tcpspec_stack *s, int64_t h)
{
	const struct tcp_pcb *c = connection(s, h);

	return (c && c->reset ? TCPSPEC_TOLD_RESET : 0U) | (c && c->end && !c->text_octets ? TCPSPEC_TOLD_EOF : 0U);
}

static unsigned state(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	static const unsigned state_of[] = {
	    [TCP_SYN_RECEIVED] = TCPSPEC_SYN_RECEIVED,
	    [TCP_ESTABLISHED] = TCPSPEC_ESTABLISHED,
	    [TCP_FIN_WAIT_1] = TCPSPEC_FIN_WAIT_1,
	    [TCP_FIN_WAIT_2] = TCPSPEC_FIN_WAIT_2,
	    [TCP_CLOSE_WAIT] = TCPSPEC_CLOSE_WAIT,
	    [TCP_LAST_ACK] = TCPSPEC_LAST_ACK,
	};
	const struct tcp_peer p = peer(ends);
	const struct tcp_pcb *c = tcp_find(&s->tcp, &p);

	return c ? state_of[c->state] : tcp_listens(&s->tcp, p.local_port) ? TCPSPEC_LISTEN
	                                                                   : TCPSPEC_CLOSED;
}

/* ---- snapshots ---- */

static size_t snapshot_octets(const struct tcpspec_stack *s)
{
	return sizeof *s;
}

static void snapshot(const struct tcpspec_stack *s, void *to)
{
	memcpy(to, s, sizeof *s);
}

static void restore(struct tcpspec_stack *s, const void *from)
{
	memcpy(s, from, sizeof *s);
}

/* ---- the table ---- */

const struct tcpspec_stack_operations *tcpspec_stack_operations(void)
{
	static const struct tcpspec_stack_operations table = {
	    .version = TCPSPEC_STACK_VERSION,
	    .size = sizeof table,
	    .name = "toy 1",
	    .arena_octets = arena_octets,
	    .create = create,
	    .input = input,
	    .poll = poll,
	    .listen = listen,
	    .find = find,
	    .send = send,
	    .receive = receive,
	    .close = close,
	    .release = release,
	    .abort = abort_,
	    .forget = forget,
	    .told = told,
	    .state = state,
	    .snapshot_octets = snapshot_octets,
	    .snapshot = snapshot,
	    .restore = restore,
	};

	return &table;
}
