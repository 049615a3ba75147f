/* A SYN that a listener takes (RFC 9293 3.10.7.2, third check), what its options agree on, and the way back from SYN-RECEIVED. It sends no text. */
#include "targets/reference/least.h"
#include "targets/reference/reference.h"

/* The options of a SYN: MSS, window scale, timestamps, SACK permitted (RFC 9293 3.7.1, RFC 7323 2.3, 3.2, RFC 2018 2). */
static void syn_options_take(struct tcpspec_stack *s, struct tcb *t, const struct segment *g)
{
	const struct options *o = &g->options;

	/* RFC 9293 3.7.1 MUST-15. */
	t->send_mss = o->has_mss ? o->mss : t->family == 0 ? MSS_DEFAULT_V4
	                                                   : MSS_DEFAULT_V6;
	/* RFC 7323 2.2: both say it, or nobody scales; 2.3: a larger shift counts as 14. */
	t->scale_ok = t->scale_ok && o->has_ws;
	if (!t->scale_ok)
		t->rcv_scale = 0;
	else
		t->snd_scale = (uint8_t)least_64(o->ws, SCALE_MAX);
	t->sack_ok = t->sack_ok && o->has_sack_permitted;
	/* RFC 7323 3.2, 4.3, 5.2: it begins TS.Recent. */
	t->ts_ok = t->ts_ok && o->has_ts;
	t->ts_recent = o->ts_val;
	t->ts_recent_at = s->m.now;
}

void syn_take(struct tcpspec_stack *s, struct tcb *t, const struct segment *g)
{
	uint32_t window = receive_window(t);

	t->rcv_nxt = t->last_ack_sent = g->seq + 1;
	t->rcv_edge = t->rcv_nxt + window;
	/* The window of a SYN is not scaled (RFC 7323 2.2). */
	t->snd_wnd = t->max_snd_wnd = g->wnd;
	t->snd_wl1 = g->seq;
	syn_options_take(s, t, g);
	ecn_syn_arrives(&t->ecn, g);
	user_timeout_take(s, t, g);
}

void syn_rest_hold(struct tcpspec_stack *s, struct tcb *t, const struct segment *g)
{
	uint32_t n = g->text_length, window = receive_window(t);
	bool fin = g->ctl & CTL_FIN;

	if (g->ctl & CTL_URG)
		urgent_note(t, g->seq + g->up);
	if (n + fin > window) {
		fin = false;
		n = window;
	}
	/* As if the SYN were still to come: RCV.NXT stays behind it. */
	reassembly_arrives(&t->held, &s->m.pool, &t->received, g->seq, g->seq + 1, g->text, n, fin);
}

void listen_syn(struct tcpspec_stack *s, struct listener *l, struct segment *g, const struct before *before)
{
	struct tcpspec_ends ends = ends_of_segment(g);
	struct tcb *t = tcb_new(s, &ends);

	if (!t)
		return;
	t->passive = true;
	t->listener = (uint32_t)(l - listener_at(s, 0));
	t->listener_generation = l->generation;
	t->before = *before;
	tcb_open(s, t, l->receive_buffer);
	t->state = TCPSPEC_SYN_RECEIVED;
	route_take(t, g);
	syn_take(s, t, g);
	fastopen_arrives(s, t, g);
	syn_send(s, t);
	/* RFC 7413 3, 5.1: text that is not taken with its cookie is dropped. */
	if (!s->set.fastopen || !g->options.has_fastopen)
		syn_rest_hold(s, t, g);
	tcb_settle(s, t);
}

void listen_return(struct tcpspec_stack *s, struct tcb *t)
{
	struct before before = t->before;
	struct tcpspec_ends ends = tcb_ends(s, t);

	/* "The user need not be informed." */
	tcb_end(s, t, 0);
	/* One whose time is over by now would have ended. */
	if (before.ends_at != NEVER && before.ends_at > s->m.now)
		time_wait_restore(s, &ends, &before);
}
