/* Timeouts (RFC 9293 3.10.8): retransmission with R1 and R2 (3.8.3), zero-window probes (3.8.6.1), delayed ACK, keep-alive (3.8.4), user timeout, TIME-WAIT. */
#include "targets/reference/least.h"
#include "targets/reference/reference.h"

enum { R1 = 3 }; /* SHLD-10 */

void timers_stop(struct tcb *t)
{
	for (int i = 0; i < TIMERS; i++)
		t->timer[i] = NEVER;
}

uint64_t retransmit_after(const struct tcpspec_stack *s, const struct tcb *t)
{
	uint64_t after = t->rto.rto_us;

	for (uint32_t i = 0; i < t->probes; i++)
		after = least_64(2 * after, s->set.rto_max);
	return after;
}

/* "Error: connection aborted due to user timeout"; a passive OPEN that never got that far has no user to tell. */
static void give_up(struct tcpspec_stack *s, struct tcb *t)
{
	s->m.count.aborted_by_timeout++;
	if (t->state == TCPSPEC_SYN_RECEIVED && t->passive && !t->fastopened)
		listen_return(s, t);
	else
		tcb_end(s, t, TCPSPEC_TOLD_TIMEOUT);
}

/* The segment at SND.UNA is to be sent once more. False: R2 is reached, and that was it (3.8.3). */
static bool try_again(struct tcpspec_stack *s, struct tcb *t, uint32_t r2)
{
	if (t->tries >= r2) {
		give_up(s, t);
		return false;
	}
	t->tries++;
	/* (b) negative advice to the IP layer, which has but one way to go; (e) the user is told (SHLD-9). */
	if (t->tries == R1) {
		s->m.count.negative_advice++;
		t->told |= TCPSPEC_TOLD_TROUBLE;
	}
	return true;
}

/* The SYN, or SYN,ACK: MUST-23, RFC 6298 5.5 to 5.7. */
static void syn_timeout(struct tcpspec_stack *s, struct tcb *t)
{
	struct rto_settings rto = settings_rto(&s->set);

	if (!try_again(s, t, t->state == TCPSPEC_SYN_SENT ? s->set.syn_retries : s->set.synack_retries))
		return;
	t->lost_syns++;
	fastopen_denied(s, t); /* RFC 7413 4.1.3.1: no response */
	rto_resent(&t->rto);
	rto_expired(&t->rto, &rto);
	syn_send(s, t);
	t->timer[TIMER_RETRANSMIT] = s->m.now + t->rto.rto_us;
}

/* RFC 6298 5.4 to 5.6, RFC 5681 3.1; what SACK has told is forgotten (RFC 2018 8). */
static void text_timeout(struct tcpspec_stack *s, struct tcb *t)
{
	struct rto_settings rto = settings_rto(&s->set);

	if (t->snd_wnd == 0) {
		probe_send(s, t);
		return;
	}
	path_mtu_timeout(t);
	congestion_timeout(&t->congestion, effective_mss(t), t->snd_una, t->snd_nxt, t->tries > 1);
	ecn_reduced(&t->ecn, t->snd_nxt);
	scoreboard_free(&t->scoreboard, &s->m.pool);
	rto_expired(&t->rto, &rto);
	resend_all(t);
}

static void retransmission_timeout(struct tcpspec_stack *s, struct tcb *t)
{
	t->timer[TIMER_RETRANSMIT] = NEVER;
	if (!t->syn_acked) {
		syn_timeout(s, t);
		return;
	}
	t->ecn.held = false; /* it may have run for that alone */
	if (t->snd_una != t->snd_nxt && try_again(s, t, t->retries))
		text_timeout(s, t);
}

static void probe_timeout(struct tcpspec_stack *s, struct tcb *t)
{
	if (t->snd_wnd)
		small_send(s, t);
	else if (try_again(s, t, t->retries))
		probe_send(s, t);
}

void keepalive_restart(struct tcpspec_stack *s, struct tcb *t)
{
	t->keepalive_probes = 0;
	if (t->keepalive && t->state != TCPSPEC_TIME_WAIT)
		t->timer[TIMER_KEEPALIVE] = s->m.now + t->keepalive_idle;
}

/* 3.8.4: only when nothing is outstanding (MUST-26), with no text (SHLD-12), and not believing a single silence (MUST-29). */
static void keepalive_timeout(struct tcpspec_stack *s, struct tcb *t)
{
	t->timer[TIMER_KEEPALIVE] = s->m.now + t->keepalive_interval;
	if (t->snd_una != t->snd_nxt || t->timer[TIMER_PROBE] != NEVER)
		return;
	if (t->keepalive_probes >= t->keepalive_count) {
		give_up(s, t);
		return;
	}
	t->keepalive_probes++;
	segment_send(s, t, t->snd_nxt - 1, CTL_ACK, GARBAGE, s->set.keepalive_octet ? 1 : 0);
}

static void timer_run(struct tcpspec_stack *s, struct tcb *t, enum timer timer)
{
	switch (timer) {
	case TIMER_RETRANSMIT:
		retransmission_timeout(s, t);
		break;
	case TIMER_PROBE:
		probe_timeout(s, t);
		break;
	case TIMER_ACK:
		t->ack_due = ACK_NOW;
		break;
	case TIMER_KEEPALIVE:
		keepalive_timeout(s, t);
		break;
	case TIMER_USER:
		give_up(s, t);
		break;
	case TIMER_TIME_WAIT:
	case TIMERS:
		tcb_end(s, t, 0);
		break;
	}
}

void timers_run(struct tcpspec_stack *s, struct tcb *t)
{
	for (enum timer i = 0; i < TIMERS && t->state != TCPSPEC_CLOSED; i++)
		if (t->timer[i] <= s->m.now)
			timer_run(s, t, i);
	tcb_settle(s, t);
}
