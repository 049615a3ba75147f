/* RFC 9293 3.10.7.1 to 3.10.7.3: SEGMENT ARRIVES in CLOSED, LISTEN and SYN-SENT, in the standard's order. The other states are in synchronized.c. */
#include "lib/model/model.h"

#include <string.h>

#include "lib/model/reaction.h"
#include "lib/wire/seq.h"

/* 3.10.7.1 */
static void arrives_closed(struct arrival *a)
{
	const struct segment *s = a->s;
	if (s->ctl & CTL_RST)
		arrival_silent(a, "RFC 9293 3.10.7.1: an incoming segment containing a RST is discarded");
	else if (s->ctl & CTL_ACK)
		arrival_answer(a, emission_rst(s->ack), "RFC 9293 3.10.7.1: if the ACK bit is on, <SEQ=SEG.ACK><CTL=RST>");
	else
		arrival_answer(a, emission_rst_ack(s), "RFC 9293 3.10.7.1: if the ACK bit is off, <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>");
}

/* What came with a SYN: "any other control or text should be queued for processing later". Not taking it is as good: the peer sends again what is not
 * acknowledged. Text, but no FIN, may also be taken and acknowledged at once: 3.10.7.3 reckons with peers that acknowledge (some of) the data on the SYN. */
static void answer_syn(struct arrival *a, const char *clause, enum level level, const struct emission *form)
{
	const struct segment *s = a->s;
	/* An active OPEN has offered its window with its own SYN; a passive one has offered none yet. */
	const bool fits = a->t.passive || s->text_length + (s->ctl & CTL_FIN ? 1u : 0u) <= a->t.rcv_wnd;
	const bool fin = fits && s->ctl & CTL_FIN;
	const uint32_t text = fits || s->text_length <= a->t.rcv_wnd ? s->text_length : a->t.rcv_wnd;
	struct emission e = *form;
	if (s->ctl & CTL_URG)
		a->t.may_signal |= SIGNAL_URGENT; /* a control that is queued as well, if only its pointer */
	reaction_emit(reaction_add(a->out, &a->t, level, clause), e);
	if (text == 0 && !fin)
		return;
	struct tcb queued = a->t;
	tcb_hold(&queued, queued.rcv_nxt, queued.rcv_nxt + text, fin);
	reaction_emit(reaction_add(a->out, &queued, level, clause), e);
	if (text == 0)
		return;
	struct tcb taken = a->t;
	taken.fastopened = a->m->choices.fastopen;
	tcb_accept_text(&taken, text);
	e.ack = taken.rcv_nxt;
	reaction_emit(reaction_add(a->out, &taken, level, "RFC 9293 3.10.7.3, first check: the peer may accept and acknowledge the data on the SYN; RFC 7413 4.2.2"), e);
}

void arrives_syn(struct arrival *a, const char *clause, enum level level)
{
	struct tcb *t = &a->t;
	const struct segment *s = a->s;
	const struct tcb before = *t;
	const bool reopened = before.state == TIME_WAIT;
	*t = tcb_closed(true);
	t->may_signal = before.signals | before.may_signal; /* told of the connection before this one */
	t->state = SYN_RECEIVED;
	t->passive = true;
	t->irs = s->seq;
	t->irs_known = true;
	t->rcv_nxt = s->seq + 1;
	t->opened_at = a->now;
	tcb_take_peer_syn(a->m, t, s);
	t->ts_recent_at = a->now;
	tcb_take_window(t, s);
	struct emission e = emission_syn_ack(t, t->rcv_nxt);
	if (reopened) {
		t->reopened = true;
		t->old.iss = before.iss;
		t->old.snd_nxt = before.snd_nxt;
		t->old.irs = before.irs;
		t->old.rcv_nxt = before.rcv_nxt;
		t->old.rcv_wnd = before.rcv_wnd;
		t->old.ts_recent = before.ts_recent;
		t->old.ts_recent_at = before.ts_recent_at;
		t->old.time_wait_from = before.time_wait_from;
		t->old.ts_on = before.ts_on;
		t->old.ws_on = before.ws_on;
		t->old.snd_scale = before.snd_scale;
		t->old.rcv_scale = before.rcv_scale;
		t->old.snd_mss = before.snd_mss;
		t->old.rcv_mss = before.rcv_mss;
		/* MAY-2 (1): larger than the largest sequence number used on the previous incarnation */
		e.seq_after = true;
		e.seq = before.snd_nxt - 1;
	}
	answer_syn(a, clause, level, &e);
}

/* 3.10.7.2 */
static void arrives_listen(struct arrival *a)
{
	const struct segment *s = a->s;
	/* First, check for a RST. */
	if (s->ctl & CTL_RST) {
		arrival_silent(a, "RFC 9293 3.10.7.2, first check: an incoming RST should be ignored");
		return;
	}
	/* Second, check for an ACK. */
	if (s->ctl & CTL_ACK) {
		arrival_answer(a, emission_rst(s->ack), "RFC 9293 3.10.7.2, second check: any acknowledgment is bad, <SEQ=SEG.ACK><CTL=RST>");
		return;
	}
	/* Third, check for a SYN. There are no security compartments here. */
	if (s->ctl & CTL_SYN) {
		arrives_syn(a, "RFC 9293 3.10.7.2, third check: <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>, enter SYN-RECEIVED", LEVEL_MUST);
		return;
	}
	/* Fourth, other data or control. */
	arrival_silent(a, "RFC 9293 3.10.7.2, fourth check: drop the segment and return");
}

/* 3.10.7.3, first check. *acceptable: the ACK was there and is ok. False: the segment is dealt with. */
static bool first_ack_bit(struct arrival *a, bool *acceptable)
{
	const struct segment *s = a->s;
	*acceptable = false;
	if (!(s->ctl & CTL_ACK))
		return true;
	*acceptable = seq_lt(a->t.snd_una, s->ack) && seq_le(s->ack, a->t.snd_nxt);
	if (*acceptable)
		return true;
	a->t.early_syn = a->m->choices.syn_early_retry;
	if (s->ctl & CTL_RST) {
		arrival_silent(a, "RFC 9293 3.10.7.3, first check: unless the RST bit is set, if so drop the segment");
		return false;
	}
	arrival_answer(a, emission_rst(s->ack), "RFC 9293 3.10.7.3, first check: if SEG.ACK =< ISS or SEG.ACK > SND.NXT, send a reset <SEQ=SEG.ACK><CTL=RST>");
	return false;
}

/* 3.10.7.3, second check. RFC 5961's exact match is with RCV.NXT, which has no value yet: zero, which CLOSED sends, must do; any other number is matched or not. */
static bool second_rst_bit(struct arrival *a, bool acceptable)
{
	const struct segment *s = a->s;
	if (!(s->ctl & CTL_RST))
		return true;
	if (!acceptable) {
		arrival_silent(a, "RFC 9293 3.10.7.3, second check: otherwise (no ACK), drop the segment");
		return false;
	}
	if (model_challenges_rst(a->m) && s->seq != 0)
		arrival_silent(a, "RFC 9293 3.10.7.3, second check: RFC 5961 stacks should first check that the sequence number exactly matches RCV.NXT");
	struct tcb gone = a->t;
	gone.may_signal |= SIGNAL_RESET | SIGNAL_REFUSED; /* "connection reset" here, "refused" in 3.10.7.4 for the same event */
	tcb_delete(&gone);
	reaction_add(a->out, &gone, LEVEL_MUST, "RFC 9293 3.10.7.3, second check: if the ACK was acceptable, signal connection reset, enter CLOSED state");
	return false;
}

/* 3.10.7.3, fourth check, our SYN has been ACKed. */
static void enter_established(struct arrival *a)
{
	struct tcb *t = &a->t;
	const struct segment *s = a->s;
	t->state = ESTABLISHED;
	t->snd_una = s->ack;
	if (t->fastopened) /* RFC 7413 4.2.2: what the SYN carried and was not acknowledged is sent in the first ACK, as if it had not been */
		tcb_unsend(t);
	tcb_wait_anew(t, a->now);
	tcb_count_anew(t);
	t->early_syn = false;
	tcb_note_window(t, a->now);
	a->seq = s->seq + 1;
	/* No more than the window that our SYN offered, and no FIN behind what is cut. */
	a->text = s->text_length < t->rcv_wnd ? s->text_length : t->rcv_wnd;
	a->fin = s->ctl & CTL_FIN && s->text_length < t->rcv_wnd;
	a->in_order = true;
	a->greet = true;
	a->clause = "RFC 9293 3.10.7.3, fourth check: our SYN has been ACKed, ESTABLISHED, <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>";
	arrival_continue_at_sixth(a);
}

/* 3.10.7.3, fourth check, otherwise: a simultaneous open. */
static void enter_syn_received(struct arrival *a)
{
	a->t.state = SYN_RECEIVED;
	a->t.passive = false;
	const struct emission e = emission_syn_ack(&a->t, a->t.rcv_nxt);
	answer_syn(a, "RFC 9293 3.10.7.3, fourth check: otherwise enter SYN-RECEIVED, <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>", LEVEL_MUST, &e);
}

static void fourth_syn_bit(struct arrival *a)
{
	struct tcb *t = &a->t;
	const struct segment *s = a->s;
	t->rcv_nxt = s->seq + 1;
	t->irs = s->seq;
	t->irs_known = true;
	t->rcv_edge = t->rcv_nxt + t->rcv_wnd;
	tcb_take_peer_syn(a->m, t, s);
	t->ts_recent_at = a->now;
	tcb_take_window(t, s);
	if (s->ctl & CTL_ACK)
		enter_established(a);
	else
		enter_syn_received(a);
}

/* 3.10.7.3 */
static void arrives_syn_sent(struct arrival *a)
{
	bool acceptable;
	if (!first_ack_bit(a, &acceptable))
		return;
	if (!second_rst_bit(a, acceptable))
		return;
	/* Third, check the security: there are no compartments here. */
	if (a->s->ctl & CTL_SYN)
		fourth_syn_bit(a);
	else
		arrival_silent(a, "RFC 9293 3.10.7.3, fifth check: if neither of the SYN or RST bits is set, drop the segment");
}

static void arrives_by_state(struct arrival *a)
{
	switch (a->t.state) {
	case CLOSED:
		if (a->t.listener)
			arrives_listen(a);
		else
			arrives_closed(a);
		return;
	case LISTEN:
		arrives_listen(a);
		return;
	case SYN_SENT:
		arrives_syn_sent(a);
		return;
	case SYN_RECEIVED:
	case ESTABLISHED:
	case FIN_WAIT_1:
	case FIN_WAIT_2:
	case CLOSE_WAIT:
	case CLOSING:
	case LAST_ACK:
	case TIME_WAIT:
		arrives_synchronized(a);
		return;
	case STATES:
		return;
	}
}

/* Beside reading on as far as the options go: dropping the segment, and the suggested procedure. */
static void illegal_option(struct arrival *a)
{
	const char *const clause = "RFC 9293 3.1, MUST-7: be prepared to handle an illegal option length; a suggested procedure is to reset the connection";
	const struct tcb before = a->t;
	arrival_silent(a, clause);
	if (before.state == CLOSED || before.state == LISTEN || a->s->ctl & CTL_RST)
		return;
	tcb_signal(&a->t, SIGNAL_RESET);
	tcb_delete(&a->t);
	arrival_answer(a, emission_abort(&before), clause);
}

void model_arrives(const struct model *m, const struct tcb *t, const struct segment *s, uint64_t now, struct outcome *out)
{
	struct arrival a;
	memset(&a, 0, sizeof a);
	a.m = m;
	a.s = s;
	a.now = now;
	a.out = out;
	a.t = *t;
	out->count = 0;
	if (s->bad & BAD_OFFSET) {
		arrival_silent(&a, "RFC 9293 3.1, data offset: there is no segment in fewer than five words or beyond the packet's end");
		return;
	}
	arrives_by_state(&a);
	for (unsigned i = 0; i < out->count; i++)
		tcb_hear(m, t, s, now, &out->reaction[i].next);
	if (s->bad & BAD_OPTIONS) {
		a.t = *t;
		illegal_option(&a);
	}
}
