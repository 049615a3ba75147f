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
	tcb_count_anew(t);
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

/* What SACK blocks tell of octets in flight: none; some; or, of the segment at SND.UNA, that it is lost (RFC 6675 4, IsLost). */
enum sacked { SACKED_NONE,
	      SACKED_SOME,
	      SACKED_LOSS };

/* RFC 5681 2: SMSS "does not include the TCP/IP headers and options", and may be "based on [...] the path MTU discovery [...] algorithm". */
static uint32_t smss_least(const struct tcb *t)
{
	enum { OPTIONS_TS = 12 };
	const uint32_t mss = tcb_mss_least(t), options = t->ts_on ? OPTIONS_TS : 0;
	return mss > options ? mss - options : 1;
}

static enum sacked sacked_by(struct tcb *t, const struct model *m, const struct segment *s)
{
	uint32_t octets = 0;
	bool any = false;
	for (unsigned i = 0; t->sack_on && i < s->options.sack_blocks; i++) {
		const uint32_t from = s->options.sack[i].left, right = s->options.sack[i].right, left = seq_lt(from, t->snd_una) ? t->snd_una : from;
		if (!seq_lt(from, right) || seq_le(right, s->ack) || seq_le(right, t->snd_una) || !seq_le(right, t->snd_nxt))
			continue; /* a D-SACK, or none at all */
		ranges_add(&t->sacked, left, right);
		any = true;
	}
	if (!any)
		return SACKED_NONE;
	for (unsigned i = 0; i < t->sacked.count; i++)
		octets += t->sacked.at[i].right - t->sacked.at[i].left;
	const bool many = t->sacked.count >= 3 || octets > 2 * smss_least(t);
	return many || m->choices.rack ? SACKED_LOSS : SACKED_SOME;
}

/* RFC 5681 2: a duplicate ACK; with SACK one that tells of something that arrived (RFC 6675 2), which a D-SACK alone does not. */
static bool ack_is_duplicate(const struct tcb *t, const struct segment *s, enum sacked sacked)
{
	const uint32_t wnd = (uint32_t)s->wnd << (s->ctl & CTL_SYN ? 0 : t->snd_scale);
	if (s->ack != t->snd_una || t->snd_una == t->snd_nxt)
		return false;
	return sacked || (segment_length(s) == 0 && wnd == t->snd_wnd && (!t->sack_on || s->options.sack_blocks == 0));
}

/* Counts a duplicate. The third, or what may be? What answers probes need not count: nothing was sent that could be lost. */
static bool count_duplicate(struct tcb *t)
{
	t->duplicate_acks++;
	t->doubted_acks += t->probes > 0;
	return t->duplicate_acks == 3 || (t->probes == 0 && t->duplicate_acks - t->doubted_acks == 3);
}

static void recovery_end(struct tcb *t)
{
	t->recovering = t->repeatedly = t->sack_may_begin = false;
	t->recover = 0;
}

void tcb_may_repeat(struct tcb *t)
{
	ranges_clear(&t->again);
	t->rescued = false;
}

void tcb_recover(struct tcb *t, bool repeatedly)
{
	t->repeatedly = repeatedly || (t->recovering && t->repeatedly); /* the slow start behind a timeout goes on */
	t->recover = t->snd_nxt;                                        /* one that went on need not have begun: RFC 6582 3.2, step 2 */
	t->recovering = t->congested = true;
	t->sack_may_begin = false;
}

/* SND.UNA moves. What is in flight behind a partial ACK may be sent again (RFC 6582 3.2; RFC 5681 3.1, after a timeout). */
static void take_new_ack(struct tcb *t, const struct model *m, uint32_t ack, uint64_t now)
{
	t->snd_una = ack;
	tcb_wait_anew(t, now); /* RFC 6298 5.2, 5.3 */
	tcb_count_anew(t);
	t->resent_to = t->resent_room = 0;
	t->duplicate_acks = t->doubted_acks = 0;
	ranges_advance(&t->sacked, ack);
	ranges_advance(&t->again, ack);
	ranges_cut(&t->again, ack, ack + t->snd_mss); /* RFC 6582 3.2, step 3: "retransmit the first unacknowledged segment" */
	if (t->recovering && seq_le(t->recover, ack))
		recovery_end(t);
	t->early_data = t->sent_at != 0 && (t->recovering || m->choices.early_retransmit);
	if (t->urgent_out && seq_le(t->snd_up, t->snd_una)) {
		t->urgent_out = false;
		t->snd_up = 0;
	}
}

/* SND.UNA, the send window and the count of duplicates, of an ACK not beyond SND.NXT (fifth check, ESTABLISHED STATE). */
void tcb_take_ack(struct tcb *t, const struct model *m, const struct segment *s, uint32_t window_seq, uint64_t now)
{
	const bool new_ack = tcb_ack_acceptable(t, s->ack);
	const bool in_window = s->ack == t->snd_una || new_ack;
	const bool window_moves = m->profile == PROFILE_RFC793 ? new_ack : in_window;
	const enum sacked sacked = sacked_by(t, m, s); /* RFC 6675 3: "any ACK containing SACK information", an old one as well */
	const bool third = ack_is_duplicate(t, s, sacked) && count_duplicate(t);
	if (new_ack)
		take_new_ack(t, m, s->ack, now);
	if (new_ack && sacked)
		t->duplicate_acks = 1; /* RFC 6675 2, 5: a duplicate also where it moves the cumulative acknowledgment point */
	/* RFC 5681 3.2: fast retransmit; RFC 6675 5 (2). */
	if (third || (sacked == SACKED_LOSS && (!t->recovering || t->sack_may_begin)))
		tcb_may_repeat(t);
	if (third || sacked == SACKED_LOSS)
		tcb_recover(t, t->sack_on);
	if (third && t->sack_on && sacked != SACKED_LOSS)
		t->sack_may_begin = true; /* RFC 6675 2: without a block that tells of something new it need not have counted */
	t->early_data |= third || sacked == SACKED_LOSS || (sacked && t->recovering);
	if (t->too_big && seq_le(t->too_big_end, t->snd_una)) {
		t->too_big = false;
		t->too_big_end = 0;
	}
	t->ecn_held = s->ctl & CTL_ECE && t->ecn_asked && t->target_ecn_asked;
	t->congested |= t->ecn_held || sacked;
	if (window_moves && (seq_lt(t->snd_wl1, window_seq) || (t->snd_wl1 == window_seq && seq_le(t->snd_wl2, s->ack)))) {
		tcb_take_window(t, s);
		t->snd_wl1 = window_seq;
	}
	/* 3.8.6.1, MUST-37: whoever answers probes keeps the connection. */
	if (in_window)
		t->unanswered = 0;
	if (in_window && t->snd_wnd == 0) {
		t->waiting_since = t->waiting_since ? now : 0;
		t->submitted_since = 0;
	}
	tcb_note_window(t, now);
}

struct tcb tcb_old_time_wait(const struct tcb *t, uint64_t now)
{
	struct tcb old = tcb_closed(t->listener);
	old.iss = t->old.iss;
	old.iss_known = old.irs_known = true;
	old.snd_nxt = old.snd_una = t->old.snd_nxt;
	old.irs = t->old.irs;
	old.rcv_nxt = old.last_ack_sent = t->old.rcv_nxt;
	old.rcv_wnd = t->old.rcv_wnd;
	old.rcv_edge = old.rcv_nxt + old.rcv_wnd;
	/* What was agreed on holds for its ACKs as well, and old duplicates are told by TS.Recent. */
	old.ts_on = old.ts_offered = old.target_ts_offered = t->old.ts_on;
	old.ts_recent = t->old.ts_recent;
	old.ts_recent_at = t->old.ts_recent_at;
	old.ws_on = old.ws_offered = old.target_ws_offered = t->old.ws_on;
	old.snd_scale = t->old.snd_scale;
	old.rcv_scale = old.target_ws = t->old.rcv_scale;
	old.snd_mss = t->old.snd_mss;
	old.rcv_mss = t->old.rcv_mss;
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
	a->t = tcb_old_time_wait(&before, a->now);
	arrival_silent(a, "RFC 9293 3.6.1, MAY-2 (2): it returns to TIME-WAIT state if the SYN turns out to be an old duplicate");
	a->t.time_wait_from = before.old.time_wait_from;
	arrival_silent(a, "RFC 9293 3.6.1, MAY-2 (2): it returns to TIME-WAIT state if the SYN turns out to be an old duplicate");
}
