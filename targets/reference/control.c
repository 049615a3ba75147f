/* The second and the fourth check of RFC 9293 3.10.7.4, RST and SYN, with RFC 5961 3 and 4 where that is set. The third, security, has nothing to check here. */
#include "targets/reference/reference.h"

/* What a RST that counts does in each state. */
static void rst_obey(struct tcpspec_stack *s, struct tcb *t)
{
	switch (t->state) {
	case TCPSPEC_SYN_RECEIVED:
		if (t->fastopened) /* its user has it already */
			tcb_end(s, t, TCPSPEC_TOLD_RESET);
		else if (t->passive)
			listen_return(s, t);
		else
			tcb_end(s, t, TCPSPEC_TOLD_REFUSED);
		break;
	case TCPSPEC_ESTABLISHED:
	case TCPSPEC_FIN_WAIT_1:
	case TCPSPEC_FIN_WAIT_2:
	case TCPSPEC_CLOSE_WAIT:
		tcb_end(s, t, TCPSPEC_TOLD_RESET);
		break;
	case TCPSPEC_TIME_WAIT:
		/* RFC 1337 3: such a RST may come from an old duplicate. */
		if (!s->set.rfc1337)
			tcb_end(s, t, 0);
		break;
	default: /* CLOSING, LAST-ACK */
		tcb_end(s, t, 0);
		break;
	}
}

bool check_rst(struct tcpspec_stack *s, struct tcb *t, const struct segment *g)
{
	bool within;

	if (!(g->ctl & CTL_RST))
		return true;
	/* 3.5.3: "a reset is valid if its sequence number is in the window", whatever of its text is; RFC 5961 3.2: if it is the next one expected. */
	within = g->seq == t->rcv_nxt || seq_within(g->seq, t->rcv_nxt, receive_window(t));
	if (within && (!s->set.rfc5961_rst || g->seq == t->rcv_nxt))
		rst_obey(s, t);
	else if (within)
		challenge_send(s, t);
	return false;
}

bool check_syn(struct tcpspec_stack *s, struct tcb *t, const struct segment *g)
{
	bool before = seq_lt(g->seq, t->rcv_nxt);

	if (!(g->ctl & CTL_SYN))
		return true;
	if (t->state == TCPSPEC_SYN_RECEIVED && t->passive && !before) {
		listen_return(s, t);
	} else if (s->set.rfc5961_syn) {
		challenge_send(s, t);
	} else if (before) {
		return true; /* it is trimmed off */
	} else {
		reset_reply(s, g);
		tcb_end(s, t, TCPSPEC_TOLD_RESET);
	}
	return false;
}
