/* SEGMENT ARRIVES (RFC 9293 3.10.7): whose segment it is, and the order of the checks. The checks are in the files that reference.h names with their clauses. */
#include "targets/reference/reference.h"

/* 3.10.7.1 */
static void closed_arrives(struct tcpspec_stack *s, const struct segment *g)
{
	s->m.count.no_connection++;
	if (!(g->ctl & CTL_RST))
		reset_reply(s, g);
}

/* 3.10.7.2 */
static void listen_arrives(struct tcpspec_stack *s, struct listener *l, struct segment *g)
{
	static const struct before nothing = {.ends_at = NEVER};

	/* First, second. */
	if (g->ctl & CTL_RST)
		return;
	if (g->ctl & CTL_ACK) {
		reset_reply(s, g);
		return;
	}
	/* Third; fourth: "drop the segment and return". */
	if (g->ctl & CTL_SYN)
		listen_syn(s, l, g, &nothing);
}

/* 3.10.7.4. There is no security or compartment here, and so no third check. */
static void others_arrive(struct tcpspec_stack *s, struct tcb *t, struct segment *g)
{
	const bool bare = segment_length(g) == 0; /* before anything is trimmed off */

	/* It came again, perhaps without what somebody on its way drops: RFC 3168 6.1.1.1. */
	if (t->state == TCPSPEC_SYN_RECEIVED && g->ctl & CTL_SYN && g->seq + 1 == t->rcv_nxt)
		ecn_syn_arrives(&t->ecn, g);
	if (!check_timestamp(s, t, g) || !check_sequence(s, t, g) || !check_rst(s, t, g) || !check_syn(s, t, g))
		return;
	ecn_text_arrives(&t->ecn, g);
	segment_trim(t, g);
	if (!check_ack(s, t, g, bare))
		return;
	user_timeout_take(s, t, g);
	process_urg(t, g);
	/* What was held with the peer's SYN came before it, and may have moved RCV.NXT beyond it. */
	if (segment_length(g) == 0 || seq_le(g->seq + segment_length(g), t->rcv_nxt))
		return;
	if (seq_lt(g->seq, t->rcv_nxt))
		segment_trim(t, g);
	process_text(s, t, g);
}

void segment_arrives(struct tcpspec_stack *s, struct segment *g)
{
	struct tcpspec_ends ends = ends_of_segment(g);
	struct tcb *t = tcb_find(s, &ends);

	if (!t) {
		struct listener *l = listener_find(s, &ends.local, ends.local_port);

		if (l)
			listen_arrives(s, l, g);
		else
			closed_arrives(s, g);
		return;
	}
	keepalive_restart(s, t);
	route_take(t, g);
	if (t->state == TCPSPEC_SYN_SENT)
		syn_sent_arrives(s, t, g);
	else if (!time_wait_syn(s, t, g))
		others_arrive(s, t, g);
	tcb_settle(s, t);
}
