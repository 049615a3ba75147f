/* TIME-WAIT (RFC 9293 3.6.1): how it begins, and the SYN that opens the connection anew from it (MAY-2, RFC 6191), or turns out to be an old duplicate. */
#include "targets/reference/reference.h"

void time_wait_enter(struct tcpspec_stack *s, struct tcb *t)
{
	t->state = TCPSPEC_TIME_WAIT;
	timers_stop(t);
	t->timer[TIMER_TIME_WAIT] = s->m.now + 2 * s->set.msl;
}

/* RFC 6191 2: "honor the connection request", or "silently drop". The last sequence number seen is that of the peer's FIN. */
static bool syn_is_new(const struct tcpspec_stack *s, const struct tcb *t, const struct segment *g)
{
	bool stamped = s->set.timestamps && g->options.has_ts;
	bool later = seq_lt(t->rcv_nxt - 1, g->seq);

	if (!t->ts_ok)
		return stamped || later;
	if (!stamped)
		return later;
	return seq_lt(t->ts_recent, g->options.ts_val) || (t->ts_recent == g->options.ts_val && later);
}

static struct before before_of(const struct tcb *t)
{
	return (struct before){
	    .ends_at = t->timer[TIMER_TIME_WAIT],
	    .snd_nxt = t->snd_nxt,
	    .max_snd_wnd = t->max_snd_wnd,
	    .rcv_nxt = t->rcv_nxt,
	    .rcv_edge = t->rcv_edge,
	    .receive_buffer = t->receive_buffer,
	    .ts_recent = t->ts_recent,
	    .ts_recent_at = t->ts_recent_at,
	    .rcv_scale = t->rcv_scale,
	    .ts_ok = t->ts_ok,
	};
}

bool time_wait_syn(struct tcpspec_stack *s, struct tcb *t, struct segment *g)
{
	struct listener *l;
	struct before before;

	if (t->state != TCPSPEC_TIME_WAIT || !s->set.time_wait_reuse || (g->ctl & (CTL_SYN | CTL_ACK | CTL_RST)) != CTL_SYN)
		return false;
	l = listener_find(s, &s->own[t->family], t->local_port);
	if (!l)
		return false;
	/* A slot that a user owns stays taken: without another the SYN is lost, as with any that finds no room. */
	if (syn_is_new(s, t, g) && (!t->owned || tcb_room(s))) {
		before = before_of(t);
		tcb_end(s, t, 0);
		listen_syn(s, l, g, &before);
	}
	return true;
}

void time_wait_restore(struct tcpspec_stack *s, const struct tcpspec_ends *ends, const struct before *before)
{
	struct tcb *t = tcb_new(s, ends);

	if (!t)
		return;
	tcb_open(s, t, before->receive_buffer);
	time_wait_enter(s, t);
	t->timer[TIMER_TIME_WAIT] = before->ends_at;
	t->passive = t->syn_acked = t->fin_queued = t->fin_sent = t->fin_arrived = true;
	t->snd_una = t->snd_nxt = before->snd_nxt;
	t->max_snd_wnd = before->max_snd_wnd;
	t->rcv_nxt = t->last_ack_sent = before->rcv_nxt;
	t->rcv_edge = before->rcv_edge;
	t->rcv_scale = before->rcv_scale;
	t->ts_recent = before->ts_recent;
	t->ts_recent_at = before->ts_recent_at;
	t->ts_ok = before->ts_ok;
	t->sack_ok = false;
	due_update(s, t); /* its slot need not be the one that the segment came for */
}
