/* RFC 3168 6.1: who has agreed on ECN, what is echoed, and what is told of it. No cwnd and no timer is here. */
#include "targets/reference/ecn.h"

uint16_t ecn_of_syn(struct ecn *e, bool syn_ack, bool again)
{
	/* 6.1.1: a SYN,ACK agrees to what the SYN asked for, a SYN asks until it seems that somebody drops it for that. */
	if (!e->wanted || (syn_ack ? !e->setup_received || e->other_received : again)) {
		e->other_sent = true;
		return 0;
	}
	e->setup_sent = true;
	return syn_ack ? CTL_ECE : CTL_ECE | CTL_CWR;
}

void ecn_syn_arrives(struct ecn *e, const struct segment *g)
{
	const uint16_t bits = g->ctl & (CTL_ECE | CTL_CWR);

	if (bits == (g->ctl & CTL_ACK ? CTL_ECE : CTL_ECE | CTL_CWR))
		e->setup_received = true;
	else
		e->other_received = true;
}

/* 6.1.1: whoever has sent an ECN-setup packet, and got no other, is bound to what it said. */
static bool processes(const struct ecn *e)
{
	return e->setup_sent && e->setup_received && !e->other_received;
}

void ecn_text_arrives(struct ecn *e, const struct segment *g)
{
	if (!processes(e) || g->text_length == 0)
		return;
	if (g->ctl & CTL_CWR)
		e->echo = false;
	if ((g->tos & ECN_CE) == ECN_CE)
		e->echo = true;
}

bool ecn_is_echo(const struct ecn *e, const struct segment *g)
{
	return processes(e) && g->ctl & CTL_ECE;
}

void ecn_reduced(struct ecn *e, uint32_t snd_nxt)
{
	e->reduced = e->spared = true;
	e->recover = snd_nxt;
}

uint16_t ecn_of_segment(const struct ecn *e, uint16_t ctl)
{
	return e->echo && ctl & CTL_ACK ? CTL_ECE : 0;
}

uint8_t ecn_of_text(struct ecn *e, uint16_t *ctl)
{
	if (!processes(e) || e->other_sent)
		return 0;
	if (e->reduced)
		*ctl |= CTL_CWR;
	e->reduced = false;
	return ECN_ECT0;
}
