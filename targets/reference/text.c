/* The sixth, seventh and eighth check of RFC 9293 3.10.7.4: URG, text and FIN; and when they are acknowledged (3.8.6.3, RFC 5681 4.2). */
#include "targets/reference/reference.h"

/* States in which the peer may still send text: its FIN has not come. */
static bool text_expected(const struct tcb *t)
{
	return t->state == TCPSPEC_ESTABLISHED || t->state == TCPSPEC_FIN_WAIT_1 || t->state == TCPSPEC_FIN_WAIT_2;
}

void urgent_note(struct tcb *t, uint32_t up)
{
	if (!t->urgent_in || seq_lt(t->rcv_up, up))
		t->rcv_up = up;
	t->urgent_in = true;
}

/* "If the urgent pointer (RCV.UP) is in advance of the data consumed." */
static void urgent_tell(struct tcb *t)
{
	if (t->urgent_in && seq_lt(t->rcv_nxt - t->received.length, t->rcv_up))
		t->told |= TCPSPEC_TOLD_URGENT;
}

void process_urg(struct tcb *t, const struct segment *g)
{
	if (!text_expected(t) || !(g->ctl & CTL_URG))
		return;
	urgent_note(t, g->seq + g->up);
	urgent_tell(t);
}

/* Eighth: RCV.NXT is behind the peer's FIN. */
static void fin_take(struct tcpspec_stack *s, struct tcb *t)
{
	t->fin_arrived = true;
	t->told |= TCPSPEC_TOLD_EOF;
	t->ack_due = ACK_NOW;
	switch (t->state) {
	case TCPSPEC_ESTABLISHED:
		t->state = TCPSPEC_CLOSE_WAIT;
		break;
	case TCPSPEC_FIN_WAIT_1:
		/* Had our FIN been acknowledged, the fifth check would have left FIN-WAIT-2. */
		t->state = TCPSPEC_CLOSING_STATE;
		break;
	default: /* FIN-WAIT-2 */
		time_wait_enter(s, t);
		break;
	}
}

/* Takes what is in order, and holds what is not. False: something found no room, or is not in order, or fills a gap. */
static bool text_take(struct tcpspec_stack *s, struct tcb *t, const struct segment *g)
{
	bool plain = g->seq == t->rcv_nxt && t->held.count == 0;
	uint32_t end = g->seq + segment_length(g);

	if (plain && !(g->ctl & CTL_FIN))
		t->rcv_nxt += octets_append(&t->received, &s->m.pool, g->text, g->text_length);
	else
		t->rcv_nxt = reassembly_arrives(&t->held, &s->m.pool, &t->received, t->rcv_nxt, g->seq, g->text, g->text_length, g->ctl & CTL_FIN);
	return plain && t->rcv_nxt == end;
}

/* SHLD-18, SHLD-19; RFC 5681 4.2: at once for what is not in order, at least for every second segment, else later. */
static void text_acknowledge(struct tcpspec_stack *s, struct tcb *t, bool plain)
{
	bool repeated = t->held.duplicate.left != t->held.duplicate.right;

	t->unacked++;
	if (!plain || repeated || t->unacked >= 2 || !s->set.delayed_ack)
		t->ack_due = ACK_NOW;
	else if (t->ack_due == ACK_NONE)
		t->ack_due = ACK_LATER;
}

/* 3.6.1: n octets of text have come, and nobody will ever receive them (SHLD-3). */
static bool text_refused(struct tcpspec_stack *s, struct tcb *t, const struct segment *g, uint32_t n)
{
	if (!t->released || !s->set.half_duplex_close || n == 0)
		return false;
	reset_reply(s, g);
	tcb_end(s, t, TCPSPEC_TOLD_RESET);
	return true;
}

void process_text(struct tcpspec_stack *s, struct tcb *t, const struct segment *g)
{
	/* Behind its FIN the peer has nothing to say: what stands there is no part of the stream. */
	if (!text_expected(t) || segment_length(g) == 0 || text_refused(s, t, g, g->text_length))
		return;
	text_acknowledge(s, t, text_take(s, t, g));
	if (t->released)
		octets_drop(&t->received, &s->m.pool, t->received.length);
	if (reassembly_ended(&t->held, t->rcv_nxt))
		fin_take(s, t);
}

void process_held(struct tcpspec_stack *s, struct tcb *t, const struct segment *g)
{
	uint32_t before = t->rcv_nxt;

	if (!text_expected(t))
		return;
	t->rcv_nxt = reassembly_take(&t->held, &s->m.pool, &t->received, before);
	if (t->rcv_nxt != before)
		t->ack_due = ACK_NOW;
	urgent_tell(t);
	if (text_refused(s, t, g, t->received.length))
		return;
	if (t->released)
		octets_drop(&t->received, &s->m.pool, t->received.length);
	if (reassembly_ended(&t->held, t->rcv_nxt))
		fin_take(s, t);
}
