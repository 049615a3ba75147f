/* The fifth check of RFC 9293 3.10.7.4, the ACK field: what it acknowledges, what it says of the window, and what a duplicate means (RFC 5681 3.2, RFC 6675 5). */
#include "targets/reference/least.h"
#include "targets/reference/reference.h"

/* A round trip that the ACK ends: RFC 6298 3 and 4, RFC 7323 4.1 and appendix G. */
static void round_trip_take(struct tcpspec_stack *s, struct tcb *t, const struct segment *g)
{
	struct rto_settings set = settings_rto(&s->set);
	uint32_t ticks = timestamp_now(s, t) - g->options.ts_ecr, twice = 2 * effective_mss(t), flight = t->snd_nxt - t->snd_una;

	if (!t->ts_ok)
		rto_acked(&t->rto, &set, g->ack, s->m.now);
	else if (ticks <= INT32_MAX)
		rto_sample(&t->rto, &set, (uint64_t)ticks * TICK_US, (flight + twice - 1) / twice);
}

/* What is acknowledged leaves the queue; the timer starts anew, or stops (RFC 6298 5.2, 5.3). */
static void acked_remove(struct tcpspec_stack *s, struct tcb *t, uint32_t ack)
{
	uint32_t numbers = ack - send_begin(t);

	octets_drop(&t->send, &s->m.pool, least(numbers, t->send.length));
	t->snd_una = ack;
	scoreboard_advance(&t->scoreboard, &s->m.pool, ack);
	t->resend = seq_later(t->resend, ack);
	t->resend_end = seq_later(t->resend_end, t->resend); /* so as never to lie half a circle behind */
	if (seq_le(t->snd_up, ack))
		t->urgent_out = false;
	t->tries = 0;
	user_timeout_stop(t);
	t->timer[TIMER_RETRANSMIT] = ack == t->snd_nxt ? NEVER : s->m.now + t->rto.rto_us;
}

void ack_advance(struct tcpspec_stack *s, struct tcb *t, const struct segment *g)
{
	uint32_t n = g->ack - t->snd_una;
	bool syn = !t->syn_acked;

	round_trip_take(s, t, g);
	path_mtu_acked(t, g->ack);
	acked_remove(s, t, g->ack);
	t->syn_acked = true;
	if (syn) {
		handshake_complete(s, t);
		return;
	}
	if (congestion_acked(&t->congestion, effective_mss(t), g->ack, n, t->snd_nxt - t->snd_una) == CONGESTION_PARTIAL)
		t->front_lost = true;
}

/* SND.WND, when the segment is not older than that which said it last. */
static void window_take(struct tcb *t, const struct segment *g)
{
	uint32_t window = (uint32_t)g->wnd << t->snd_scale;
	bool turned = (t->snd_wnd == 0) != (window == 0);

	if (!seq_le(t->snd_wl1, g->seq))
		return;
	t->snd_wnd = window;
	t->snd_wl1 = g->seq;
	t->max_snd_wnd = greatest(t->max_snd_wnd, window);
	/* What it waits for is another time now: that of a probe, or of an override (3.8.6.1, 3.8.6.2.1). */
	if (turned)
		t->timer[TIMER_PROBE] = NEVER;
	if (window == 0 || t->probes == 0)
		return;
	/* What a probe carried found no room at the peer, who is there: nothing was lost. */
	t->probes = t->tries = 0;
	resend_all(t);
}

/* RFC 5681 2: a duplicate ACK, (a) to (e); bare: it came without text, SYN and FIN. What answers a probe of a closed window is none: nothing was sent that could be lost. */
static bool ack_is_duplicate(const struct tcb *t, const struct segment *g, bool bare)
{
	return t->snd_una != t->snd_nxt && t->probes == 0 && bare && g->ack == t->snd_una && (uint32_t)g->wnd << t->snd_scale == t->snd_wnd;
}

/* RFC 6675 2, 5: with SACK an ACK is a duplicate when it tells of something new that arrived, "regardless of its status as a cumulative acknowledgment". */
static void sack_take(struct tcpspec_stack *s, struct tcb *t, const struct segment *g)
{
	uint32_t smss = effective_mss(t), una = t->snd_una;
	bool news = false;

	for (unsigned i = 0; i < g->options.sack_blocks; i++)
		news |= scoreboard_update(&t->scoreboard, &s->m.pool, una, t->snd_nxt, (struct range){g->options.sack[i].left, g->options.sack[i].right});
	if (!news)
		return;
	if (congestion_duplicate_sack(&t->congestion, smss, una, t->snd_nxt, scoreboard_lost(&t->scoreboard, &s->m.pool, una, smss))) {
		ecn_reduced(&t->ecn, t->snd_nxt);
		t->front_lost = true;
	}
}

/* RFC 3168 6.1.2: cwnd does not grow by an ACK that bears ECE, and falls once for each window of data, which before the ACK had `flight` octets in it. */
static void echo_take(struct tcpspec_stack *s, struct tcb *t, uint32_t cwnd, uint32_t flight)
{
	uint32_t smss = effective_mss(t);

	t->congestion.cwnd = least(t->congestion.cwnd, cwnd);
	if (t->congestion.cwnd <= smss) {
		/* It cannot fall: the timer makes the peer's rate fall in its place. */
		t->ecn.held = true;
		t->timer[TIMER_RETRANSMIT] = s->m.now + t->rto.rto_us;
	} else if (!t->ecn.spared) {
		congestion_echoed(&t->congestion, smss, flight);
		ecn_reduced(&t->ecn, t->snd_nxt);
	}
}

/* Acceptable, in a state behind SYN-RECEIVED: "the same processing as for the ESTABLISHED state". */
static void ack_process(struct tcpspec_stack *s, struct tcb *t, const struct segment *g, bool bare)
{
	bool advances = seq_lt(t->snd_una, g->ack), duplicate = ack_is_duplicate(t, g, bare);
	uint32_t cwnd = t->congestion.cwnd, flight = t->snd_nxt - t->snd_una;

	if (seq_lt(g->ack, t->snd_una))
		return;
	if (advances)
		ack_advance(s, t, g);
	if (seq_lt(t->ecn.recover, t->snd_una))
		t->ecn.spared = false;
	if (ecn_is_echo(&t->ecn, g))
		echo_take(s, t, cwnd, flight);
	window_take(t, g);
	/* 3.8.6.1 MUST-37: whoever answers probes keeps the connection. */
	if (t->snd_wnd == 0) {
		t->tries = 0;
		user_timeout_stop(t);
	}
	if (!t->syn_acked) /* CLOSE has left SYN-RECEIVED: there is nothing but the SYN to be sent again, and that is the timer's */
		return;
	if (t->sack_ok) {
		sack_take(s, t, g);
	} else if (duplicate && congestion_duplicate(&t->congestion, effective_mss(t), t->snd_una, t->snd_nxt)) {
		ecn_reduced(&t->ecn, t->snd_nxt);
		t->front_lost = true;
	}
}

/* What an ACK of our FIN leads to. */
static void fin_acked(struct tcpspec_stack *s, struct tcb *t)
{
	bool acked = t->fin_sent && t->snd_una == t->snd_nxt;

	switch (t->state) {
	case TCPSPEC_FIN_WAIT_1:
		if (acked)
			t->state = TCPSPEC_FIN_WAIT_2;
		break;
	case TCPSPEC_CLOSING_STATE:
		if (acked)
			time_wait_enter(s, t);
		break;
	case TCPSPEC_LAST_ACK:
		if (acked)
			tcb_end(s, t, 0);
		break;
	default:
		break;
	}
}

/* SYN-RECEIVED: SND.UNA < SEG.ACK =< SND.NXT, or a reset. */
static bool syn_acked(struct tcpspec_stack *s, struct tcb *t, const struct segment *g)
{
	if (!seq_lt(t->snd_una, g->ack) || !seq_le(g->ack, t->snd_nxt)) {
		reset_reply(s, g);
		return false;
	}
	/* CLOSE waited for it, with text to send before. */
	t->state = t->fin_queued ? TCPSPEC_FIN_WAIT_1 : TCPSPEC_ESTABLISHED;
	window_take(t, g);
	ack_advance(s, t, g);
	process_held(s, t, g);
	return true;
}

/* MAY-12: SEG.ACK lies before all that the peer could acknowledge still, or beyond what was sent. */
static bool ack_is_strange(const struct tcpspec_stack *s, const struct tcb *t, const struct segment *g)
{
	uint32_t lowest = t->snd_una - t->max_snd_wnd;

	return s->set.rfc5961_ack && !seq_within(g->ack, lowest, t->snd_nxt - lowest + 1);
}

bool ack_is_valid(const struct tcpspec_stack *s, const struct tcb *t, const struct segment *g)
{
	return g->ctl & CTL_ACK && !ack_is_strange(s, t, g) && seq_le(g->ack, t->snd_nxt);
}

bool check_ack(struct tcpspec_stack *s, struct tcb *t, const struct segment *g, bool bare)
{
	bool syn = !t->syn_acked;

	if (!(g->ctl & CTL_ACK))
		return false;
	if (ack_is_strange(s, t, g)) {
		challenge_send(s, t);
		return false;
	}
	if (t->state == TCPSPEC_SYN_RECEIVED)
		return syn_acked(s, t, g);
	if (!seq_le(g->ack, t->snd_nxt)) {
		ack_send(s, t);
		return false;
	}
	ack_process(s, t, g, bare);
	fin_acked(s, t);
	/* After a CLOSE in SYN-RECEIVED the SYN is acknowledged in FIN-WAIT-1. */
	if (syn && t->syn_acked)
		process_held(s, t, g);
	return true;
}
