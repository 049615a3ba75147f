/* lwIP's raw interface as a stack of tcpspec/stack.h: its connections and their
 * users. What lwIP stands on is in port.c; no code of lwIP's is here.
 *
 * lwIP calls back, and frees its blocks by itself: what the user is to learn of
 * a connection is gathered in a block of ours, which lasts until he lets go of
 * it. */
#include <string.h>

#include "port.h"

#include "lwip/init.h"
#include "lwip/pbuf.h"
#include "lwip/priv/tcp_priv.h"

/* A listener or a connection that the tester holds. Its handle is its place in
 * the arena. */
struct held {
	struct tcp_pcb *pcb; /* NULL: it has ended */
	struct tcp_pcb *listener;
	struct pbuf *text; /* received, and not yet by the user */
	size_t read;       /* of its first */
	unsigned told;
	bool found;   /* by the tester, who frees this block then */
	bool opening; /* a reset refuses it */
	bool end;     /* the peer's FIN */
};

/* ---- what lwIP tells ---- */

static err_t received(void *held, struct tcp_pcb *pcb, struct pbuf *p,
                      err_t why)
{
	struct held *h = held;

	(void)pcb, (void)why;
	if (!p)
		h->end = true;
	else if (h->text)
		pbuf_cat(h->text, p);
	else
		h->text = p;
	return ERR_OK;
}

static void held_free(struct held *held)
{
	if (held->text)
		pbuf_free(held->text);
	tcpspec_lwip_free(held);
}

/* The block is gone already. */
static void ended(void *held, err_t why)
{
	struct held *h = held;

	h->pcb = NULL;
	if (!h->found)
		held_free(h);
	else if (why == ERR_RST)
		h->told |= h->opening ? TCPSPEC_TOLD_REFUSED : TCPSPEC_TOLD_RESET;
	else if (why == ERR_ABRT)
		h->told |= TCPSPEC_TOLD_TIMEOUT;
}

static err_t connected(void *held, struct tcp_pcb *pcb, err_t why)
{
	(void)pcb, (void)why;
	((struct held *)held)->opening = false;
	return ERR_OK;
}

/* ---- handles ---- */

static struct held *held_of(struct tcpspec_stack *s, int64_t h)
{
	struct held *held = (struct held *)((uint8_t *)s + h);
	const struct tcp_pcb *p;

	port_enter(s);
	/* Of the end of TIME-WAIT nobody tells. */
	if (held->pcb) {
		for (p = tcp_active_pcbs; p && p != held->pcb; p = p->next)
			;
		for (p = p ? p : tcp_tw_pcbs; p && p != held->pcb; p = p->next)
			;
		if (!p || p->callback_arg != held)
			held->pcb = NULL;
	}
	return held;
}

static int64_t handle_of(const struct tcpspec_stack *s,
                         const struct held *held)
{
	return (const uint8_t *)held - (const uint8_t *)s;
}

static struct held *hold(struct tcp_pcb *pcb)
{
	struct held *held = tcpspec_lwip_calloc(1, sizeof *held);

	if (!held)
		return NULL;
	held->pcb = pcb;
	tcp_arg(pcb, held);
	tcp_recv(pcb, received);
	tcp_err(pcb, ended);
	port_prepare(pcb);
	return held;
}

/* The handle is dead. NULL: the connection had ended before. */
static struct tcp_pcb *let_go(struct held *held)
{
	struct tcp_pcb *pcb = held->pcb;

	if (pcb) {
		tcp_arg(pcb, NULL);
		tcp_recv(pcb, NULL);
		tcp_err(pcb, NULL);
	}
	held_free(held);
	return pcb;
}

/* It is found by its ends; from here on lwIP must know that it has a user, else
 * it closes what the peer closes (tcp_recv_null()). */
static err_t accepted(void *nobody, struct tcp_pcb *pcb, err_t why)
{
	(void)nobody;
	return why != ERR_OK || pcb->callback_arg || hold(pcb) ? why : ERR_MEM;
}

static ip_addr_t address_of(const struct tcpspec_address *a)
{
	ip_addr_t to;

	memset(&to, 0, sizeof to);
	if (a->family == 4)
		memcpy(&ip_2_ip4(&to)->addr, a->octets, 4);
	else
		memcpy(ip_2_ip6(&to)->addr, a->octets, 16);
	IP_SET_TYPE_VAL(to, a->family == 4 ? IPADDR_TYPE_V4 : IPADDR_TYPE_V6);
	return to;
}

static bool is_at(const ip_addr_t *at, const struct tcpspec_address *a)
{
	const u32_t *has = ip_2_ip6(at)->addr;
	u32_t want[4];

	memcpy(want, a->octets, sizeof want);
	if (a->family == 4)
		return IP_IS_V4_VAL(*at) && ip_2_ip4(at)->addr == want[0];
	return IP_IS_V6_VAL(*at) && has[0] == want[0] && has[1] == want[1] &&
	       has[2] == want[2] && has[3] == want[3];
}

static struct tcp_pcb *among(struct tcp_pcb *list,
                             const struct tcpspec_ends *ends)
{
	for (struct tcp_pcb *p = list; p; p = p->next)
		if (p->local_port == ends->local_port &&
		    p->remote_port == ends->remote_port &&
		    is_at(&p->local_ip, &ends->local) &&
		    is_at(&p->remote_ip, &ends->remote))
			return p;
	return NULL;
}

static struct tcp_pcb *pcb_of(struct tcpspec_stack *s,
                              const struct tcpspec_ends *ends)
{
	port_enter(s);
	struct tcp_pcb *p = among(tcp_active_pcbs, ends);

	return p ? p : among(tcp_tw_pcbs, ends);
}

/* A block bound to a port, to listen or to connect; NULL: lwIP refuses. */
static struct tcp_pcb *bound(const struct tcpspec_address *local,
                             uint16_t port)
{
	const ip_addr_t at = address_of(local);
	struct tcp_pcb *pcb = tcp_new_ip_type(IP_GET_TYPE(&at));

	if (!pcb)
		return NULL;
	ip_set_option(pcb, SOF_REUSEADDR);
	if (tcp_bind(pcb, &at, port) == ERR_OK)
		return pcb;
	tcp_close(pcb);
	return NULL;
}

/* ---- the table ---- */

static int64_t stack_listen(struct tcpspec_stack *s,
                            const struct tcpspec_address *local, uint16_t port,
                            uint32_t receive_buffer, uint64_t now_us)
{
	struct tcp_pcb *pcb, *listener;
	struct held *held;

	(void)receive_buffer;
	port_go_on(s, now_us);
	pcb = bound(local, port);
	if (!pcb)
		return TCPSPEC_NOT_NOW;
	listener = tcp_listen(pcb);
	held = listener ? tcpspec_lwip_calloc(1, sizeof *held) : NULL;
	if (!held) {
		tcp_close(listener ? listener : pcb);
		return listener ? TCPSPEC_FULL : TCPSPEC_NOT_NOW;
	}
	held->listener = listener;
	tcp_accept(listener, accepted);
	return handle_of(s, held);
}

static int64_t stack_connect(struct tcpspec_stack *s,
                             const struct tcpspec_ends *ends,
                             uint32_t receive_buffer, uint64_t now_us)
{
	const ip_addr_t remote = address_of(&ends->remote);
	struct tcp_pcb *pcb;
	struct held *held;

	(void)receive_buffer;
	port_go_on(s, now_us);
	pcb = bound(&ends->local, ends->local_port);
	if (!pcb)
		return TCPSPEC_NOT_NOW;
	held = hold(pcb);
	if (held &&
	    tcp_connect(pcb, &remote, ends->remote_port, connected) == ERR_OK) {
		held->opening = held->found = true;
		return handle_of(s, held);
	}
	if (held)
		let_go(held);
	tcp_close(pcb);
	return held ? TCPSPEC_NOT_NOW : TCPSPEC_FULL;
}

static int64_t stack_find(struct tcpspec_stack *s,
                          const struct tcpspec_ends *ends)
{
	struct tcp_pcb *pcb = pcb_of(s, ends);
	struct held *held;

	if (!pcb)
		return TCPSPEC_NONE;
	held = pcb->callback_arg;
	if (!held)
		held = hold(pcb);
	if (!held)
		return TCPSPEC_FULL;
	held->found = true;
	return handle_of(s, held);
}

static int64_t stack_send(struct tcpspec_stack *s, int64_t h,
                          const uint8_t *octets, size_t n, unsigned flags,
                          uint64_t now_us)
{
	const struct held *held = held_of(s, h);
	size_t taken = 0;

	port_go_on(s, now_us);
	if (!held->pcb)
		return TCPSPEC_NONE;
	if (flags & TCPSPEC_SEND_URGENT)
		return TCPSPEC_UNSUPPORTED;
	if (held->pcb->state > CLOSE_WAIT || held->pcb->state == FIN_WAIT_1 ||
	    held->pcb->state == FIN_WAIT_2)
		return TCPSPEC_CLOSING;
	while (taken < n) {
		const size_t room = tcp_sndbuf(held->pcb), left = n - taken,
		             size = left < room ? left : room;

		if (size == 0 || tcp_write(held->pcb, octets + taken, (u16_t)size,
		                           TCP_WRITE_FLAG_COPY) != ERR_OK)
			break;
		taken += size;
	}
	tcp_output(held->pcb);
	return taken || n == 0 ? (int64_t)taken : TCPSPEC_AGAIN;
}

/* The first of what was received is done with. (pbuf_free_header() is younger
 * than 2.0, and the sum of the chain may be more than its 16 bits hold.) */
static void text_shift(struct held *held)
{
	struct pbuf *first = held->text;

	held->text = first->next;
	held->read = 0;
	first->next = NULL;
	first->tot_len = first->len;
	pbuf_free(first);
}

static int64_t stack_receive(struct tcpspec_stack *s, int64_t h, uint8_t *to,
                             size_t room, uint64_t now_us)
{
	struct held *held = held_of(s, h);
	size_t n = 0;

	port_go_on(s, now_us);
	if (held->listener || (!held->text && !held->end && !held->pcb))
		return TCPSPEC_NONE;
	if (!held->text)
		return held->end ? 0 : TCPSPEC_AGAIN;
	room = LWIP_MIN(room, UINT16_MAX);
	while (held->text && n < room) {
		const size_t left = held->text->len - held->read,
		             size = LWIP_MIN(left, room - n);

		memcpy(to + n, (const uint8_t *)held->text->payload + held->read, size);
		held->read += size;
		n += size;
		if (size == left)
			text_shift(held);
	}
	if (held->pcb)
		tcp_recved(held->pcb, (u16_t)n);
	return (int64_t)n;
}

static int64_t close_listener(struct held *held)
{
	tcp_close(held->listener);
	tcpspec_lwip_free(held);
	return 0;
}

static int64_t stack_close(struct tcpspec_stack *s, int64_t h,
                           uint64_t now_us)
{
	struct held *held = held_of(s, h);
	struct tcp_pcb *pcb = held->pcb;

	port_go_on(s, now_us);
	if (held->listener)
		return close_listener(held);
	if (!pcb)
		return TCPSPEC_NONE;
	if (pcb->state != SYN_SENT)
		return tcp_shutdown(pcb, 0, 1) == ERR_OK ? 0 : TCPSPEC_CLOSING;
	held->pcb = NULL;
	tcp_close(pcb); /* which frees it */
	return 0;
}

static int64_t stack_release(struct tcpspec_stack *s, int64_t h,
                             uint64_t now_us)
{
	struct held *held = held_of(s, h);
	struct tcp_pcb *pcb;

	port_go_on(s, now_us);
	if (held->listener)
		return close_listener(held);
	pcb = let_go(held);
	if (!pcb)
		return TCPSPEC_NONE;
	tcp_close(pcb);
	return 0;
}

static int64_t abandon(struct tcpspec_stack *s, int64_t h, bool reset)
{
	struct held *held = held_of(s, h);
	struct tcp_pcb *pcb;

	if (held->listener)
		return close_listener(held);
	pcb = let_go(held);
	if (!pcb)
		return TCPSPEC_NONE;
	if (!reset)
		pcb->flags &=
		    (tcpflags_t)~TF_ACK_DELAY; /* else it is sent with the block's end */
	tcp_abandon(pcb, reset);
	return 0;
}

static int64_t stack_abort(struct tcpspec_stack *s, int64_t h,
                           uint64_t now_us)
{
	port_go_on(s, now_us);
	return abandon(s, h, true);
}

static int64_t stack_forget(struct tcpspec_stack *s, int64_t h)
{
	return abandon(s, h, false);
}

static unsigned stack_told(struct tcpspec_stack *s, int64_t h)
{
	const struct held *held = held_of(s, h);

	return held->told |
	       (held->end && !held->text ? (unsigned)TCPSPEC_TOLD_EOF : 0U);
}

static unsigned stack_state(struct tcpspec_stack *s,
                            const struct tcpspec_ends *ends)
{
	static const unsigned state_of[] = {
	    [SYN_SENT] = TCPSPEC_SYN_SENT,
	    [SYN_RCVD] = TCPSPEC_SYN_RECEIVED,
	    [ESTABLISHED] = TCPSPEC_ESTABLISHED,
	    [FIN_WAIT_1] = TCPSPEC_FIN_WAIT_1,
	    [FIN_WAIT_2] = TCPSPEC_FIN_WAIT_2,
	    [CLOSE_WAIT] = TCPSPEC_CLOSE_WAIT,
	    [CLOSING] = TCPSPEC_CLOSING_STATE,
	    [LAST_ACK] = TCPSPEC_LAST_ACK,
	    [TIME_WAIT] = TCPSPEC_TIME_WAIT,
	};
	const struct tcp_pcb *pcb = pcb_of(s, ends);

	if (pcb)
		return state_of[pcb->state];
	for (const struct tcp_pcb_listen *l = tcp_listen_pcbs.listen_pcbs; l;
	     l = l->next)
		if (l->local_port == ends->local_port && is_at(&l->local_ip, &ends->local))
			return TCPSPEC_LISTEN;
	return TCPSPEC_CLOSED;
}

static int64_t stack_set(struct tcpspec_stack *s, int64_t h, const char *name,
                         uint64_t value)
{
	struct tcp_pcb *pcb = held_of(s, h)->pcb;

	port_go_on(s, s->now_us);
	if (!pcb)
		return TCPSPEC_NONE;
	if (strcmp(name, "nagle") == 0 && value)
		tcp_nagle_enable(pcb);
	else if (strcmp(name, "nagle") == 0)
		tcp_nagle_disable(pcb);
	else if (strcmp(name, "keepalive") == 0 && value)
		ip_set_option(pcb, SOF_KEEPALIVE);
	else if (strcmp(name, "keepalive") == 0)
		ip_reset_option(pcb, SOF_KEEPALIVE);
	else if (strcmp(name, "keepalive_idle") == 0)
		pcb->keep_idle = (u32_t)(value / 1000);
	else if (strcmp(name, "keepalive_interval") == 0)
		pcb->keep_intvl = (u32_t)(value / 1000);
	else if (strcmp(name, "keepalive_count") == 0)
		pcb->keep_cnt = (u32_t)value;
	else if (strcmp(name, "ttl") == 0)
		pcb->ttl = (u8_t)value;
	else if (strcmp(name, "dscp") == 0)
		pcb->tos = (u8_t)(value << 2);
	else
		return TCPSPEC_UNSUPPORTED;
	return 0;
}

const struct tcpspec_stack_operations *tcpspec_stack_operations(void)
{
	static const struct tcpspec_stack_operations table = {
	    .version = TCPSPEC_STACK_VERSION,
	    .size = sizeof table,
	    .name = "lwIP " LWIP_VERSION_STRING,
	    .arena_octets = port_arena_octets,
	    .create = port_create,
	    .destroy = port_destroy,
	    .input = port_input,
	    .poll = port_poll,
	    .listen = stack_listen,
	    .connect = stack_connect,
	    .find = stack_find,
	    .send = stack_send,
	    .receive = stack_receive,
	    .close = stack_close,
	    .release = stack_release,
	    .abort = stack_abort,
	    .forget = stack_forget,
	    .told = stack_told,
	    .state = stack_state,
	    .set = stack_set,
	    .snapshot_octets = port_snapshot_octets,
	    .snapshot = port_snapshot,
	    .restore = port_restore,
	};
	return &table;
}
