/* SEGMENT ARRIVES in the state SYN-SENT (RFC 9293 3.10.7.3), and what the acknowledgment of our SYN sets going. */
#include "targets/reference/reference.h"

void handshake_complete(struct tcpspec_stack *s, struct tcb *t)
{
	struct rto_settings rto = settings_rto(&s->set);

	if (t->lost_syns)
		rto_established(&t->rto, &rto);
	congestion_init(&t->congestion, t->iss, congestion_initial_window(effective_mss(t), s->set.initial_window, t->lost_syns));
	t->uto_due = s->set.user_timeout_option;
	if (t->passive && !t->owned && !t->accepting)
		accept_add(s, t);
}

/* First: whether the ACK, if there is one, is acceptable. */
static bool ack_ok(struct tcpspec_stack *s, const struct tcb *t, const struct segment *g)
{
	if (!(g->ctl & CTL_ACK) || (seq_lt(t->iss, g->ack) && seq_le(g->ack, t->snd_nxt)))
		return true;
	if (!(g->ctl & CTL_RST))
		reset_reply(s, g);
	return false;
}

/* Fourth, with an ACK: ESTABLISHED. The window is that of the segment (RFC 1122 4.2.2.20 (c)), and "other controls or text" go on at the sixth check. */
static void syn_ack_arrives(struct tcpspec_stack *s, struct tcb *t, const struct segment *g)
{
	struct segment rest = *g;

	fastopen_answered(s, t, g);
	ack_advance(s, t, g);
	t->state = TCPSPEC_ESTABLISHED;
	t->ack_due = ACK_NOW;
	rest.seq++;
	rest.ctl &= (uint16_t)~CTL_SYN;
	/* The urgent pointer counts from the SYN. */
	if (g->up == 0)
		rest.ctl &= (uint16_t)~CTL_URG;
	rest.up--;
	segment_trim(t, &rest);
	process_urg(t, &rest);
	process_text(s, t, &rest);
}

void syn_sent_arrives(struct tcpspec_stack *s, struct tcb *t, struct segment *g)
{
	if (!ack_ok(s, t, g))
		return;
	/* Second. RCV.NXT is not known yet: what RFC 5961 3.2 asks for here is the ACK. */
	if (g->ctl & CTL_RST) {
		if (g->ctl & CTL_ACK)
			tcb_end(s, t, TCPSPEC_TOLD_RESET);
		return;
	}
	/* Third: there is no security. Fifth. */
	if (!(g->ctl & CTL_SYN))
		return;
	syn_take(s, t, g);
	if (g->ctl & CTL_ACK) {
		syn_ack_arrives(s, t, g);
		return;
	}
	t->state = TCPSPEC_SYN_RECEIVED;
	/* It sends ISS again: Karn (RFC 6298 3). */
	rto_resent(&t->rto);
	syn_send(s, t);
	syn_rest_hold(s, t, g);
}
