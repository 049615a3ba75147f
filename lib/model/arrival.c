/* What several checks of 3.10.7 do: answering, taking an acknowledgment, and the two ways from SYN-RECEIVED to ESTABLISHED. It is no check itself. */
#include "lib/model/reaction.h"

#include "lib/wire/seq.h"

struct reaction *arrival_silent(struct arrival *a, const char *clause)
{
	return reaction_add(a->out, &a->t, LEVEL_MUST, clause);
}

struct reaction *arrival_answer(struct arrival *a, struct emission e, const char *clause)
{
	struct reaction *r = reaction_add(a->out, &a->t, LEVEL_MUST, clause);
	reaction_emit(r, e);
	return r;
}

/* <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, or nothing while the target's declared throttle runs (RFC 5961 7). */
void arrival_answer_ack(struct arrival *a, const char *clause)
{
	const uint64_t interval = a->m->constants.challenge_interval;
	if (interval && a->t.challenged_at && a->now < a->t.challenged_at + interval)
		arrival_silent(a, "RFC 5961 7: the declared throttle of challenge ACKs swallows this one");
	struct reaction *r = arrival_answer(a, emission_ack(&a->t), clause);
	if (interval)
		r->next.challenged_at = a->now;
}

void arrival_challenge(const struct arrival *a, const char *clause)
{
	struct arrival refused = *a;
	struct tcb *t = &refused.t;
	if (t->ts_recent != a->ts_before) {
		t->ts_doubt = true;
		t->ts_other = t->ts_recent;
		t->ts_recent = a->ts_before;
	}
	arrival_answer_ack(&refused, clause);
}

bool tcb_ack_acceptable(const struct tcb *t, uint32_t ack)
{
	return seq_lt(t->snd_una, ack) && seq_le(ack, t->snd_nxt);
}

/* Our SYN is acknowledged: ESTABLISHED, or past it when CLOSE was called before. What came with the peer's SYN is taken now. */
void arrival_enter_established(struct arrival *a)
{
	struct tcb *t = &a->t;
	t->state = t->fin_queued ? FIN_WAIT_1 : ESTABLISHED;
	t->snd_una = a->s->ack;
	tcb_wait_anew(t, a->now);
	t->retransmissions = 0;
	t->early_syn = false;
	tcb_take_window(t, a->s);
	tcb_note_window(t, a->now);
}

/* Line 6 of Figure 7: by its sequence number the SYN,ACK of a simultaneous open is old, and yet the figure enters ESTABLISHED by it (A.2). */
void arrival_simultaneous_syn_ack(struct arrival *a)
{
	struct arrival established = *a;
	arrival_enter_established(&established);
	established.clause = "RFC 9293 3.5, Figure 7, line 6; A.2: the SYN,ACK of a simultaneous open enters ESTABLISHED";
	established.in_order = true;
	const bool brings = established.text > 0 || established.fin;
	arrival_continue_at_sixth(&established);
	if (!brings)
		reaction_due(a->m, arrival_answer(&established, emission_ack(&established.t), "RFC 9293 3.5, Figure 7, line 6; A.2: ESTABLISHED, and the first check's acknowledgment"));
}

/* "In any non-synchronized state": 3.10.7.4 has it in the fifth check, 3.5.2 for every segment. */
void arrival_reset_bad_ack(struct arrival *a)
{
	const struct segment *s = a->s;
	if (a->t.state == SYN_RECEIVED && s->ctl & CTL_ACK && !tcb_ack_acceptable(&a->t, s->ack))
		arrival_answer(a, emission_rst(s->ack), "RFC 9293 3.5.2, group 2: in a non-synchronized state a segment that acknowledges something not yet sent draws a reset");
}

bool arrival_is_first_syn(const struct arrival *a)
{
	return a->t.state == SYN_RECEIVED && a->s->ctl & CTL_SYN && a->s->seq == a->t.irs;
}

/* SND.UNA, the send window and the count of duplicates, of an ACK not beyond SND.NXT (fifth check, ESTABLISHED STATE). */
void tcb_take_ack(struct tcb *t, const struct model *m, const struct segment *s, uint64_t now)
{
	const bool new_ack = tcb_ack_acceptable(t, s->ack);
	const bool in_window = s->ack == t->snd_una || new_ack;
	const bool window_moves = m->profile == PROFILE_RFC793 ? new_ack : in_window;
	const uint32_t wnd = (uint32_t)s->wnd << (s->ctl & CTL_SYN ? 0 : t->snd_scale);
	if (!new_ack && in_window && t->snd_una != t->snd_nxt && segment_length(s) == 0 && wnd == t->snd_wnd && ++t->duplicate_acks == 3)
		t->early_data = true; /* RFC 5681 3.2: fast retransmit */
	if (new_ack) {
		t->snd_una = s->ack;
		tcb_wait_anew(t, now);
		t->early_data = t->sent_at != 0 && (t->retransmissions > 0 || t->duplicate_acks >= 3 || m->choices.early_retransmit);
		t->retransmissions = 0;
		t->duplicate_acks = 0;
		if (t->urgent_out && seq_le(t->snd_up, t->snd_una)) {
			t->urgent_out = false;
			t->snd_up = 0;
		}
	}
	t->ecn_held = s->ctl & CTL_ECE && t->ecn_asked && t->target_ecn_asked;
	if (window_moves && (seq_lt(t->snd_wl1, s->seq) || (t->snd_wl1 == s->seq && seq_le(t->snd_wl2, s->ack))))
		tcb_take_window(t, s);
	/* 3.8.6.1, MUST-37: whoever answers probes keeps the connection. */
	if (in_window && t->snd_wnd == 0 && t->waiting_since != 0)
		t->waiting_since = now;
	tcb_note_window(t, now);
}

/* TIME-WAIT as it was before a SYN reopened it. Its timer may have gone on or begin again. */
static struct tcb old_time_wait(const struct tcb *t, uint64_t now)
{
	struct tcb old = tcb_closed(t->listener);
	old.iss = t->old.iss;
	old.iss_known = old.irs_known = true;
	old.snd_nxt = old.snd_una = t->old.snd_nxt;
	old.irs = t->old.irs;
	old.rcv_nxt = old.last_ack_sent = t->old.rcv_nxt;
	old.rcv_wnd = t->old.rcv_wnd;
	old.rcv_edge = old.rcv_nxt + old.rcv_wnd;
	old.fin_sent = old.fin_received = true;
	/* What the user was told of it stays told. */
	old.signals = t->signals;
	old.may_signal = t->may_signal;
	tcb_enter_time_wait(&old, now);
	return old;
}

void arrival_return_to_listen(struct arrival *a, const char *clause)
{
	const struct tcb before = a->t;
	tcb_return_to_listen(&a->t);
	arrival_silent(a, clause);
	if (!before.reopened)
		return;
	a->t = old_time_wait(&before, a->now);
	arrival_silent(a, "RFC 9293 3.6.1, MAY-2 (2): it returns to TIME-WAIT state if the SYN turns out to be an old duplicate");
}
