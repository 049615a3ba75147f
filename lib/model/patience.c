/* What a TCB waits for beside its retransmission timeout: keep-alives (RFC 9293 3.8.4), R2 (3.8.3), the user timeout and the option that changes it (RFC 5482). It keeps no clock. */
#include "lib/model/model.h"

#include "lib/model/reaction.h"
#include "lib/wire/seq.h"

enum { UTO_MINUTES = 0x8000 }; /* G, RFC 5482 3.3 */

static uint64_t said_or(const struct tcb *t, enum user_setting s, uint64_t usual)
{
	return tcb_has_set(t, s) ? t->setting[s] : usual;
}

unsigned tcb_retries(const struct model *m, const struct tcb *t)
{
	if (t->state == SYN_SENT)
		return m->constants.syn_retries;
	if (t->state == SYN_RECEIVED || (t->iss_known && t->snd_una == t->iss)) /* CLOSE may have left SYN-RECEIVED before */
		return m->constants.synack_retries;
	return (unsigned)said_or(t, SET_RETRIES, m->constants.retries);
}

static uint64_t more(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

uint64_t tcb_user_timeout(const struct model *m, const struct tcb *t)
{
	const struct constants *c = &m->constants;
	const bool adopts = m->choices.user_timeout_option && t->remote_uto && state_synchronized(t->state);
	/* 3.1: "If an application explicitly sets the USER_TIMEOUT, CHANGEABLE MUST become false". */
	if (!adopts || tcb_has_set(t, SET_USER_TIMEOUT))
		return said_or(t, SET_USER_TIMEOUT, c->user_timeout);
	const uint64_t wanted = more(more(c->uto_advertised, t->remote_uto), c->uto_lower);
	return wanted < c->uto_upper ? wanted : c->uto_upper;
}

uint64_t tcb_keepalive_at(const struct model *m, const struct tcb *t)
{
	const bool idles = t->state == ESTABLISHED || t->state == CLOSE_WAIT || t->state == FIN_WAIT_2;
	if (!said_or(t, SET_KEEPALIVE, m->choices.keepalive) || !idles || t->snd_una != t->snd_nxt || t->heard_at == 0)
		return UINT64_MAX;
	if (t->keepalives == 0)
		return t->heard_at + said_or(t, SET_KEEPALIVE_IDLE, m->constants.keepalive_idle);
	return t->heard_at + said_or(t, SET_KEEPALIVE_INTERVAL, m->constants.keepalive_interval);
}

bool tcb_keepalives_spent(const struct model *m, const struct tcb *t)
{
	return t->keepalives > 1 && t->keepalives >= said_or(t, SET_KEEPALIVE_COUNT, m->constants.keepalive_count);
}

/* Text or an acknowledgment that is the connection's beyond doubt, if ahead of its turn. */
static bool is_received(const struct tcb *t, const struct segment *s, uint64_t now)
{
	if (!state_synchronized(t->state) || !(s->ctl & CTL_ACK) || s->ctl & (CTL_SYN | CTL_RST) || (t->ts_on && !s->options.has_ts))
		return false;
	return tcb_sequence_acceptable(t, s) && !tcb_paws_rejects(t, s, now) && seq_le(t->snd_una, s->ack) && seq_le(s->ack, t->snd_nxt);
}

void tcb_hear(const struct model *m, const struct tcb *t, const struct segment *s, uint64_t now, struct tcb *next)
{
	const bool in_order = t->irs_known ? s->seq == t->rcv_nxt : next->irs_known;
	/* MUST-26: "no data or acknowledgment packets have been received"; what is neither need not count. */
	const bool is_neither = state_synchronized(t->state) && t->state != SYN_RECEIVED && next->state == t->state && (s->ctl & (CTL_SYN | CTL_RST) || !(s->ctl & CTL_ACK));
	if (!(in_order || is_received(t, s, now)) || is_neither || next->state == CLOSED || next->state == LISTEN || next->state == TIME_WAIT)
		return;
	next->heard_at = now;
	next->keepalives = 0;
	/* 3.4: a value of 0 is passed over. */
	const uint64_t said = s->options.has_uto ? s->options.uto & (UTO_MINUTES - 1) : 0;
	if (m->choices.user_timeout_option && said)
		next->remote_uto = said * (s->options.uto & UTO_MINUTES ? 60000000 : 1000000);
}
