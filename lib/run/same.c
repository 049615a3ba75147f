/* Which hypotheses bear a fence of the connection's own, and what it changes in them. */
#include "lib/run/same.h"

static bool state_bears(enum state s)
{
	switch (s) {
	case ESTABLISHED:
	case FIN_WAIT_1:
	case FIN_WAIT_2:
	case CLOSE_WAIT:
	case CLOSING:
	case LAST_ACK:
		return true;
	case CLOSED:
	case LISTEN:
	case SYN_SENT:
	case SYN_RECEIVED:
	case TIME_WAIT:
	case STATES:
		break;
	}
	return false;
}

static bool tcb_bears(const struct tcb *t)
{
	const uint32_t outstanding = t->snd_nxt - t->snd_una;
	const bool fin_alone = outstanding == 1 && t->fin_sent && t->duplicate_acks < 2;
	return state_bears(t->state) && t->ts_on && !t->released && t->queued == 0 && (outstanding == 0 || fin_alone) && !t->ack_owed && t->last_ack_sent == t->rcv_nxt;
}

static bool hypotheses_bear(const struct hypotheses *s)
{
	for (unsigned i = 0; i < s->count; i++)
		if (!tcb_bears(&s->h[i].tcb))
			return false;
	return s->count > 0;
}

bool same_numbers(const struct judge *j, struct fence_same *n)
{
	const struct tcb *t = judge_tcb(j);
	if (j->status != JUDGE_GOING || !hypotheses_bear(&j->before) || !hypotheses_bear(&j->now))
		return false;
	for (unsigned i = 0; i < j->now.count; i++) {
		const struct tcb *other = &j->now.h[i].tcb;
		if (other->rcv_nxt != t->rcv_nxt || other->snd_una != t->snd_una || other->snd_wnd != t->snd_wnd)
			return false;
	}
	*n = (struct fence_same){.src = j->endpoint.tester, .dst = j->endpoint.target, .src_port = j->endpoint.tester_port, .dst_port = j->endpoint.target_port};
	n->rcv_nxt = t->rcv_nxt;
	n->snd_una = t->snd_una;
	n->wnd = (uint16_t)(t->snd_wnd >> t->snd_scale);
	n->ts_val = j->numbers.ts_val + 1;
	n->ts_ecr = j->numbers.ts_ecr;
	return true;
}

static void moved(struct hypotheses *s, uint32_t ts_val)
{
	for (unsigned i = 0; i < s->count; i++) {
		struct tcb *t = &s->h[i].tcb;
		t->ts_recent = ts_val;
		t->ts_doubt = false;
		t->ts_other = 0;
		t->duplicate_acks += t->snd_una != t->snd_nxt; /* of a FIN: T repeats the ACK */
	}
}

void same_passed(struct judge *j, uint32_t ts_val)
{
	moved(&j->now, ts_val);
	moved(&j->missed, ts_val);
	j->numbers.ts_val = ts_val;
}
