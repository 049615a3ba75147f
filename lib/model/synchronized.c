/* RFC 9293 3.10.7.4, SEGMENT ARRIVES in the other states: the second to the fifth check, one function each. The first is in sequence.c, the sixth and on are in text.c. */
#include "lib/model/reaction.h"

#include "lib/wire/seq.h"

/* Second check: the connection is reset "in the manner prescribed according to the connection state". */
static void reset(struct arrival *a)
{
	struct tcb *t = &a->t;
	if (t->state == TIME_WAIT && a->m->choices.rfc1337) {
		arrival_silent(a, "RFC 1337 3, fix F1: ignore RST segments in TIME-WAIT state");
		return;
	}
	if (t->state == SYN_RECEIVED && t->passive) {
		if (t->fastopened)
			tcb_signal(t, SIGNAL_RESET); /* RFC 7413 4.2.2: its user was notified of it */
		t->may_signal |= SIGNAL_RESET;       /* "the user need not be informed" */
		arrival_return_to_listen(a, "RFC 9293 3.10.7.4, second check, SYN-RECEIVED: initiated with a passive OPEN, return this connection to LISTEN state");
		return;
	}
	if (t->state == SYN_RECEIVED) {
		tcb_signal(t, SIGNAL_REFUSED);
		tcb_delete(t);
		arrival_silent(a, "RFC 9293 3.10.7.4, second check, SYN-RECEIVED: initiated with an active OPEN, connection refused, enter the CLOSED state");
		return;
	}
	if (t->state == ESTABLISHED || t->state == FIN_WAIT_1 || t->state == FIN_WAIT_2 || t->state == CLOSE_WAIT)
		tcb_signal(t, SIGNAL_RESET);
	else
		t->may_signal |= SIGNAL_RESET; /* CLOSING, LAST-ACK, TIME-WAIT: no signal is asked for, and none is forbidden */
	tcb_delete(t);
	arrival_silent(a, "RFC 9293 3.10.7.4, second check: enter the CLOSED state, delete the TCB, and return");
}

/* Second, check the RST bit. */
static bool second_rst_bit(struct arrival *a)
{
	const struct tcb *t = &a->t;
	const uint32_t seq = a->s->seq;
	if (!(a->s->ctl & CTL_RST))
		return true;
	if (seq != t->rcv_nxt && !seq_within(seq, t->rcv_nxt, t->rcv_wnd))
		arrival_silent(a, "RFC 9293 3.10.7.4, second check, 1): outside the current receive window, silently drop the segment; 3.5.3");
	else if (seq != t->rcv_nxt && model_challenges_rst(a->m))
		arrival_answer_ack(a, "RFC 9293 3.10.7.4, second check, 3): in the window but not exact, send a challenge ACK");
	else
		reset(a);
	return false;
}

/* "Send a reset", and the form is not said: 3.5.2 takes it from the segment, 3.10.5 from SND.NXT. */
static void reset_for_syn(struct arrival *a, const char *clause)
{
	const struct segment *s = a->s;
	const struct emission by_segment = s->ctl & CTL_ACK ? emission_rst(s->ack) : emission_rst_ack(s);
	const struct emission by_variables = emission_abort(&a->t);
	if (a->t.state == SYN_RECEIVED && a->t.passive)
		a->t.may_signal |= SIGNAL_RESET; /* its user has the LISTEN still, and may never have heard of this one */
	else
		tcb_signal(&a->t, SIGNAL_RESET);
	tcb_delete(&a->t);
	arrival_answer(a, by_segment, clause);
	arrival_answer(a, by_variables, clause);
}

/* The first SYN again, let in by text or a FIN that reaches into the window. Bare, it would draw an acknowledgment or the SYN,ACK again, and Figure 7 knows it with
 * an ACK. True: it may be "trimmed off" as well, and what is left goes on. */
static bool fourth_first_syn(struct arrival *a)
{
	if (a->s->ctl & CTL_ACK && !a->t.passive && tcb_ack_acceptable(&a->t, a->s->ack))
		arrival_simultaneous_syn_ack(a);
	else if (!(a->s->ctl & CTL_ACK))
		arrival_answer(a, emission_syn_ack(&a->t, a->t.rcv_nxt), "RFC 9293 3.10.7.2, third check: the SYN again draws the SYN,ACK again");
	arrival_challenge(a, "RFC 9293 3.10.7.4, first check: the SYN is old, an acknowledgment should be sent in reply; fourth check: a challenge ACK");
	return a->t.passive || !model_challenges_syn(a->m);
}

/* Fourth, check the SYN bit. (Third, security: there are no compartments here.) */
static bool fourth_syn_bit(struct arrival *a)
{
	struct tcb *t = &a->t;
	if (!(a->s->ctl & CTL_SYN))
		return true;
	arrival_reset_bad_ack(a);
	if (arrival_is_first_syn(a))
		return fourth_first_syn(a);
	if (t->state == SYN_RECEIVED && t->passive && a->m->profile == PROFILE_RFC9293) {
		struct arrival returned = *a;
		arrival_return_to_listen(&returned, "RFC 9293 3.10.7.4, fourth check, SYN-RECEIVED: initiated with a passive OPEN, return this connection to the LISTEN state and return");
		if (!seq_lt(a->s->seq, t->rcv_nxt))
			return false;
		/* It lies before the window, and its text or FIN alone reaches into it: the first check may have trimmed it off, and this one not see it. */
		arrival_challenge(a, "RFC 9293 3.10.7.4, first check: the SYN is old, an acknowledgment should be sent in reply; fourth check: a challenge ACK");
		return true;
	}
	if (model_challenges_syn(a->m)) {
		arrival_challenge(a, "RFC 9293 3.10.7.4, fourth check: irrespective of the sequence number, send a challenge ACK");
		return false;
	}
	if (!seq_within(a->s->seq, t->rcv_nxt, t->rcv_wnd))
		return true; /* trimmed off */
	reset_for_syn(a, "RFC 9293 3.10.7.4, fourth check, original behavior of RFC 793: the SYN is in the window, it is an error: send a reset, enter the CLOSED state");
	return false;
}

/* MAY-12. False: the segment is discarded, and an ACK is sent back. */
static bool fifth_rfc5961(struct arrival *a)
{
	const struct tcb *t = &a->t;
	const uint32_t ack = a->s->ack, hard_coded = (uint32_t)UINT16_MAX << t->snd_scale;
	const char *const clause = "RFC 9293 3.10.7.4, fifth check, MAY-12: SEG.ACK outside SND.UNA-MAX.SND.WND to SND.NXT: discard, and send an ACK back";
	if (!model_challenges_ack(a->m))
		return true;
	if (seq_within(ack, t->snd_una - t->max_snd_wnd, t->snd_nxt - t->snd_una + t->max_snd_wnd + 1))
		return true;
	arrival_challenge(a, clause);
	if (t->state == SYN_RECEIVED)
		return true; /* 3.5.2, group 2, wants a reset still */
	/* MAX.SND.WND "may be hard-coded to a maximum permissible window value". */
	return seq_within(ack, t->snd_una - hard_coded, hard_coded);
}

static bool fifth_syn_received(struct arrival *a)
{
	const uint32_t ack = a->s->ack;
	const bool old_rule = a->m->profile == PROFILE_RFC793 && ack == a->t.snd_una;
	if (!tcb_ack_acceptable(&a->t, ack) && !old_rule) {
		arrival_answer(a, emission_rst(ack), "RFC 9293 3.10.7.4, fifth check, SYN-RECEIVED: the acknowledgment is not acceptable, <SEQ=SEG.ACK><CTL=RST>");
		return false;
	}
	arrival_enter_established(a);
	a->clause = "RFC 9293 3.10.7.4, fifth check, SYN-RECEIVED: SND.UNA < SEG.ACK =< SND.NXT, enter ESTABLISHED state";
	return true;
}

static bool fifth_established(struct arrival *a)
{
	if (!seq_le(a->s->ack, a->t.snd_nxt)) {
		arrival_answer_ack(a, "RFC 9293 3.10.7.4, fifth check: the ACK acks something not yet sent, send an ACK, drop the segment; 3.5.2, group 3");
		return false;
	}
	tcb_take_ack(&a->t, a->m, a->s, a->window_seq, a->now);
	a->clause = "RFC 9293 3.10.7.4, fifth check: the acknowledgment is taken, or a duplicate and ignored";
	return true;
}

static bool fifth_fin_wait_1(struct arrival *a)
{
	if (!fifth_established(a))
		return false;
	if (tcb_fin_acked(&a->t)) {
		a->t.state = FIN_WAIT_2;
		a->clause = "RFC 9293 3.10.7.4, fifth check, FIN-WAIT-1: our FIN is now acknowledged, enter FIN-WAIT-2";
	}
	return true;
}

/* A FIN after the FIN: its number lies beyond the end of the peer's text, with more text before it or without. "Ignore the segment" (CLOSING, and text in all of
 * these), "acknowledge it" (TIME-WAIT) and the eighth check's "advance RCV.NXT over the FIN, and send an acknowledgment for the FIN" all stand. */
static void second_fin(struct arrival *a)
{
	struct tcb *t = &a->t;
	arrival_silent(a, "RFC 9293 3.10.7.4, fifth and seventh check: a FIN has been received before, ignore the segment");
	if (t->state == TIME_WAIT)
		t->time_wait_from = a->now;
	arrival_answer(a, emission_ack(t), "RFC 9293 3.10.7.4, fifth check, TIME-WAIT: acknowledge it; eighth check: remain in the state");
	const uint32_t length = a->text + 1;
	t->rcv_nxt += length;
	t->rcv_wnd -= t->rcv_wnd < length ? t->rcv_wnd : length;
	a->clause = "RFC 9293 3.10.7.4, eighth check: advance RCV.NXT over the FIN, and send an acknowledgment for the FIN; remain in the state";
	arrival_answer(a, emission_ack(t), a->clause);
	if (a->m->choices.delayed_ack) {
		arrival_owe(a, t);
		arrival_silent(a, a->clause);
	}
}

static bool is_second_fin(const struct arrival *a)
{
	return a->fin && a->in_order && a->t.fin_received;
}

static bool fifth_closing(struct arrival *a)
{
	if (!fifth_established(a))
		return false;
	if (tcb_fin_acked(&a->t)) {
		tcb_enter_time_wait(&a->t, a->now);
		a->clause = "RFC 9293 3.10.7.4, fifth check, CLOSING: the ACK acknowledges our FIN, enter the TIME-WAIT state";
		return true;
	}
	if (is_second_fin(a))
		second_fin(a);
	else
		arrival_silent(a, "RFC 9293 3.10.7.4, fifth check, CLOSING: otherwise, ignore the segment");
	return false;
}

static bool fifth_last_ack(struct arrival *a)
{
	if (!fifth_established(a))
		return false;
	if (!tcb_fin_acked(&a->t))
		return true;
	tcb_delete(&a->t);
	arrival_silent(a, "RFC 9293 3.10.7.4, fifth check, LAST-ACK: our FIN is now acknowledged, delete the TCB, enter the CLOSED state");
	return false;
}

/* "The only thing that can arrive in this state is a retransmission of the remote FIN. Acknowledge it, and restart": what is none may be taken for it or not. */
static bool fifth_time_wait(struct arrival *a)
{
	const char *const clause = "RFC 9293 3.10.7.4, fifth check, TIME-WAIT: acknowledge it, and restart the 2 MSL timeout";
	if (!seq_le(a->s->ack, a->t.snd_nxt)) {
		arrival_answer_ack(a, "RFC 9293 3.5.2, group 3: an unacceptable acknowledgment number must be responded to with an empty acknowledgment");
		return false;
	}
	if (is_second_fin(a)) {
		second_fin(a);
		return false;
	}
	arrival_silent(a, "RFC 9293 3.10.7.4, fifth to eighth check, TIME-WAIT: no retransmission of the remote FIN, nothing to acknowledge");
	arrival_answer(a, emission_ack(&a->t), clause);
	a->t.time_wait_from = a->now;
	arrival_answer(a, emission_ack(&a->t), clause);
	return false;
}

/* Beyond a gap it may wait for its turn before anyone looks at the bit, and its arrival draws the duplicate ACK; taken it is never. */
static void fifth_no_ack_bit(struct arrival *a)
{
	arrival_silent(a, "RFC 9293 3.10.7.4, fifth check: if the ACK bit is off, drop the segment and return");
	if (!a->in_order && (a->text > 0 || a->fin))
		arrival_answer(a, emission_ack(&a->t), "RFC 9293 3.10.7.4, first check, SHLD-31: held for later processing; RFC 5681 4.2: an immediate duplicate ACK");
}

/* Fifth, check the ACK field. */
static bool fifth_ack_field(struct arrival *a)
{
	if (!(a->s->ctl & CTL_ACK)) {
		fifth_no_ack_bit(a);
		return false;
	}
	if (!fifth_rfc5961(a))
		return false;
	switch (a->t.state) {
	case SYN_RECEIVED:
		return fifth_syn_received(a);
	case ESTABLISHED:
	case FIN_WAIT_2:
	case CLOSE_WAIT:
		return fifth_established(a);
	case FIN_WAIT_1:
		return fifth_fin_wait_1(a);
	case CLOSING:
		return fifth_closing(a);
	case LAST_ACK:
		return fifth_last_ack(a);
	case TIME_WAIT:
		return fifth_time_wait(a);
	case CLOSED:
	case LISTEN:
	case SYN_SENT:
	case STATES:
		return false;
	}
	return false;
}

/* A segment that does not begin at RCV.NXT is processed now, or held as a whole, its ACK too (first check: "further processing is done in SEG.SEQ order").
 * Where the ACK field and the window say nothing new, the two are one, but in SYN-RECEIVED and CLOSING, which want their SYN and FIN acknowledged. */
static bool may_wait(const struct arrival *a)
{
	const struct tcb *t = &a->t;
	if (a->in_order || !(a->s->ctl & CTL_ACK))
		return false;
	if (t->state == SYN_RECEIVED || t->state == CLOSING)
		return true;
	return a->s->ack != t->snd_una || (uint32_t)a->s->wnd << t->snd_scale != t->snd_wnd;
}

/* SEG.SEQ of the fifth check may be that of "the idealized segment that begins at RCV.NXT", and the window that it bears is new then. */
static bool window_by_trimmed(const struct arrival *a)
{
	const struct tcb *t = &a->t;
	return a->in_order && state_synchronized(t->state) && a->s->ctl & CTL_ACK && seq_lt(a->s->seq, t->rcv_nxt) && (uint32_t)a->s->wnd << t->snd_scale != t->snd_wnd;
}

static void checks_from_fifth(struct arrival *a)
{
	if (!fifth_ack_field(a))
		return;
	if (is_second_fin(a)) {
		second_fin(a);
		return;
	}
	arrival_continue_at_sixth(a);
}

static void checks_in_order(struct arrival *a)
{
	if (!arrives_in_sequence(a))
		return;
	if (!second_rst_bit(a))
		return;
	if (!fourth_syn_bit(a))
		return;
	if (may_wait(a)) {
		struct arrival later = *a;
		later.clause = "RFC 9293 3.10.7.4, first check, SHLD-31: held for later processing";
		arrival_continue_at_sixth(&later);
	}
	if (window_by_trimmed(a)) {
		struct arrival trimmed = *a;
		trimmed.window_seq = a->t.rcv_nxt;
		checks_from_fifth(&trimmed);
	}
	checks_from_fifth(a);
}

/* "The window field in a segment where the SYN bit is set (i.e., a <SYN> or <SYN,ACK>) MUST NOT be scaled" (RFC 7323 2.2): 65535 there, and nothing said since, is all that the field can say of a larger one. */
static bool window_may_be_larger(const struct arrival *a, uint32_t *wnd)
{
	const struct tcb *t = &a->t;
	const uint32_t length = segment_length(a->s), last = a->s->seq + (length ? length - 1 : 0);
	if (!t->ws_on || t->rcv_scale == 0 || t->rcv_edge != t->irs + 1 + UINT16_MAX)
		return false;
	*wnd = ((uint32_t)UINT16_MAX << t->rcv_scale) - (t->rcv_nxt - t->irs - 1);
	return seq_le(t->rcv_edge, last) && seq_lt(a->s->seq, t->rcv_nxt + *wnd);
}

static void checks_by_window(struct arrival *a)
{
	struct arrival larger = *a;
	const bool other = window_may_be_larger(a, &larger.t.rcv_wnd);
	checks_in_order(a);
	if (other)
		checks_in_order(&larger);
}

void arrives_synchronized(struct arrival *a)
{
	if (arrival_is_first_syn(a))
		tcb_ecn_peer_syn(&a->t, a->s);
	const struct tcb before = a->t;
	if (before.ts_on && !a->s->options.has_ts && !(a->s->ctl & CTL_RST)) {
		reaction_add(a->out, &before, LEVEL_SHOULD, "RFC 7323 3.2: a segment without the negotiated Timestamps option should be dropped silently");
		checks_by_window(a);
		for (unsigned i = 1; i < a->out->count; i++) {
			const bool reopened = before.state == TIME_WAIT && a->out->reaction[i].next.state == SYN_RECEIVED;
			a->out->reaction[i].breaks_should = reopened ? 0 : a->out->reaction[i].breaks_should + 1; /* a new connection's SYN negotiates anew (RFC 6191 2) */
		}
		return;
	}
	checks_by_window(a);
}
