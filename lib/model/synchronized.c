/* RFC 9293 3.10.7.4, SEGMENT ARRIVES in the other states: the first to the fifth check, one function each. The sixth and on are in text.c. */
#include "lib/model/reaction.h"

#include "lib/wire/seq.h"

static struct reaction *silent(struct arrival *a, const char *clause)
{
	return reaction_add(a->out, &a->t, LEVEL_MUST, clause);
}

static struct reaction *answer(struct arrival *a, struct emission e, const char *clause)
{
	struct reaction *r = reaction_add(a->out, &a->t, LEVEL_MUST, clause);
	reaction_emit(r, e);
	return r;
}

/* <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, or nothing while the target's declared throttle runs (RFC 5961 7). */
static void answer_ack(struct arrival *a, const char *clause)
{
	const uint64_t interval = a->m->constants.challenge_interval;
	if (interval && a->t.challenged_at && a->now < a->t.challenged_at + interval)
		silent(a, "RFC 5961 7: the declared throttle of challenge ACKs swallows this one");
	struct reaction *r = answer(a, emission_ack(&a->t), clause);
	if (interval)
		r->next.challenged_at = a->now;
}

static bool ack_acceptable(const struct tcb *t, uint32_t ack)
{
	return seq_lt(t->snd_una, ack) && seq_le(ack, t->snd_nxt);
}

/* Table 6. */
static bool sequence_acceptable(const struct tcb *t, const struct segment *s)
{
	const uint32_t length = segment_length(s);
	if (length == 0 && t->rcv_wnd == 0)
		return s->seq == t->rcv_nxt;
	if (length == 0)
		return seq_within(s->seq, t->rcv_nxt, t->rcv_wnd);
	if (t->rcv_wnd == 0)
		return false;
	return seq_within(s->seq, t->rcv_nxt, t->rcv_wnd) || seq_within(s->seq + length - 1, t->rcv_nxt, t->rcv_wnd);
}

/* RFC 7323 5.3 R1. */
static bool paws_rejects(const struct tcb *t, const struct segment *s)
{
	return t->ts_on && s->options.has_ts && !(s->ctl & CTL_RST) && seq_lt(s->options.ts_val, t->ts_recent);
}

/* RFC 7323 4.3 and 5.3 R3. Appendix D records before the acceptability test, 5.3 after it: for an old segment both values are in doubt. */
static void take_timestamp(struct tcb *t, const struct segment *s, bool acceptable)
{
	if (!t->ts_on || !s->options.has_ts || s->ctl & CTL_RST || seq_lt(s->options.ts_val, t->ts_recent) || !seq_le(s->seq, t->last_ack_sent))
		return;
	if (s->options.ts_val == t->ts_recent)
		return;
	t->ts_doubt = !acceptable;
	t->ts_other = acceptable ? 0 : s->options.ts_val;
	if (acceptable)
		t->ts_recent = s->options.ts_val;
}

/* RFC 6191 2, and without timestamps RFC 1122 4.2.2.13: may this SYN open a new connection? */
static bool syn_is_newer(const struct model *m, const struct tcb *t, const struct segment *s)
{
	const bool beyond = seq_lt(t->rcv_nxt - 1, s->seq); /* the FIN was the last number used */
	const bool timestamps = s->options.has_ts && m->choices.timestamps;
	if (!timestamps)
		return beyond;
	if (!t->ts_on)
		return true;
	return seq_lt(t->ts_recent, s->options.ts_val) || (t->ts_recent == s->options.ts_val && beyond);
}

/* A SYN in TIME-WAIT, before the sequence number is looked at. What is added here stands beside the challenge ACK: MAY-2 obliges nobody. */
static void time_wait_syn(struct arrival *a)
{
	const struct segment *s = a->s;
	if (a->t.state != TIME_WAIT || !a->m->choices.time_wait_reuse || a->m->profile == PROFILE_RFC793)
		return;
	if (!(s->ctl & CTL_SYN) || s->ctl & (CTL_RST | CTL_ACK) || !a->t.listener)
		return;
	if (!syn_is_newer(a->m, &a->t, s)) {
		silent(a, "RFC 6191 2: otherwise, silently drop the incoming SYN segment, leaving the connection in TIME-WAIT");
		return;
	}
	struct arrival reopening = *a;
	arrives_syn(&reopening, "RFC 9293 3.6.1, MAY-2; RFC 6191 2: a new SYN reopens the connection from TIME-WAIT, with an ISS larger than any number used before", LEVEL_MAY);
}

/* Our SYN is acknowledged: ESTABLISHED, or past it when CLOSE was called before. What came with the peer's SYN is taken now. */
static void syn_received_established(struct arrival *a)
{
	struct tcb *t = &a->t;
	t->state = t->fin_queued ? FIN_WAIT_1 : ESTABLISHED;
	t->snd_una = a->s->ack;
	t->sent_at = t->snd_una == t->snd_nxt ? 0 : a->now;
	t->retransmissions = 0;
	t->early_syn = false;
	tcb_take_window(t, a->s);
}

/* Line 6 of Figure 7: by its sequence number the SYN,ACK of a simultaneous open is old, and yet the figure enters ESTABLISHED by it (A.2). */
static void simultaneous_syn_ack(struct arrival *a)
{
	struct arrival established = *a;
	syn_received_established(&established);
	struct reaction *r = silent(&established, "RFC 9293 3.5, Figure 7, line 6; A.2: the SYN,ACK of a simultaneous open enters ESTABLISHED");
	reaction_due(a->m, r);
	r = answer(&established, emission_ack(&established.t), "RFC 9293 3.5, Figure 7, line 6; A.2: ESTABLISHED, and the first check's acknowledgment");
	reaction_due(a->m, r);
}

/* What a segment with an old SYN or a bad ACK may meet in SYN-RECEIVED beside the first check's acknowledgment. */
static void unacceptable_in_syn_received(struct arrival *a)
{
	const struct tcb *t = &a->t;
	const struct segment *s = a->s;
	const bool syn = (s->ctl & CTL_SYN) != 0, ack = (s->ctl & CTL_ACK) != 0;
	if (syn && !ack && s->seq == t->irs)
		answer(a, emission_syn_ack(t, t->rcv_nxt), "RFC 9293 3.10.7.2, third check: the SYN again draws the SYN,ACK again");
	if (syn && ack && !t->passive && s->seq == t->irs && ack_acceptable(t, s->ack))
		simultaneous_syn_ack(a);
	if (ack && !ack_acceptable(t, s->ack))
		answer(a, emission_rst(s->ack), "RFC 9293 3.5.2, group 2: in a non-synchronized state a segment that acknowledges something not yet sent draws a reset");
}

/* "Acknowledge it, and restart the 2 MSL timeout": the first check drops the old FIN before that is reached, the fifth was written for nothing else. */
static bool old_fin_in_time_wait(const struct arrival *a)
{
	return a->t.state == TIME_WAIT && a->s->ctl & CTL_FIN && a->s->seq + segment_length(a->s) == a->t.rcv_nxt;
}

/* The level is decided here once: 3.10.7.4 says "should be sent", 3.5.2 says "must be responded to". MUST. */
static void unacceptable(struct arrival *a)
{
	if (a->s->ctl & CTL_RST) {
		silent(a, "RFC 9293 3.10.7.4, first check: unless the RST bit is set, if so drop the segment and return");
		return;
	}
	if (old_fin_in_time_wait(a)) {
		struct arrival restarted = *a;
		restarted.t.time_wait_from = a->now;
		answer_ack(&restarted, "RFC 9293 3.10.7.4, fifth check, TIME-WAIT: a retransmission of the remote FIN; acknowledge it, and restart the 2 MSL timeout");
	}
	answer_ack(a, "RFC 9293 3.10.7.4, first check: an acknowledgment should be sent in reply; 3.5.2, group 3: an unacceptable segment must be responded to with one");
	if (a->t.state == SYN_RECEIVED)
		unacceptable_in_syn_received(a);
}

/* The idealized segment: what lies outside the window, SYN and FIN included, is trimmed off. */
static void idealize(struct arrival *a)
{
	const struct tcb *t = &a->t;
	const struct segment *s = a->s;
	const uint32_t edge = t->rcv_nxt + t->rcv_wnd;
	uint32_t from = s->seq + (s->ctl & CTL_SYN ? 1 : 0);
	uint32_t to = from + s->text_length;
	a->fin = (s->ctl & CTL_FIN) != 0;
	if (seq_lt(to, t->rcv_nxt) || (a->fin && seq_le(edge, to))) /* the FIN is old, or one beyond */
		a->fin = false;
	if (seq_lt(from, t->rcv_nxt))
		from = seq_lt(to, t->rcv_nxt) ? to : t->rcv_nxt;
	if (seq_lt(edge, to))
		to = edge;
	a->seq = from;
	a->text = seq_lt(from, to) ? to - from : 0;
	a->in_order = from == t->rcv_nxt || (a->text == 0 && !a->fin && seq_lt(from, t->rcv_nxt));
}

/* SND.UNA, the send window and the count of duplicates, of an ACK not beyond SND.NXT (fifth check, ESTABLISHED STATE). */
static void take_ack(struct tcb *t, const struct model *m, const struct segment *s, uint64_t now)
{
	const bool new_ack = ack_acceptable(t, s->ack);
	const bool in_window = s->ack == t->snd_una || new_ack;
	const bool window_moves = m->profile == PROFILE_RFC793 ? new_ack : in_window;
	const uint32_t wnd = (uint32_t)s->wnd << (s->ctl & CTL_SYN ? 0 : t->snd_scale);
	if (!new_ack && in_window && t->snd_una != t->snd_nxt && segment_length(s) == 0 && wnd == t->snd_wnd && ++t->duplicate_acks == 3)
		t->early_data = true; /* RFC 5681 3.2: fast retransmit */
	if (new_ack) {
		t->snd_una = s->ack;
		t->sent_at = t->snd_una == t->snd_nxt ? 0 : now; /* RFC 6298 5.2, 5.3 */
		t->early_data = t->sent_at != 0 && (t->retransmissions > 0 || t->duplicate_acks >= 3 || m->choices.early_retransmit);
		t->retransmissions = 0;
		t->duplicate_acks = 0;
	}
	if (window_moves && (seq_lt(t->snd_wl1, s->seq) || (t->snd_wl1 == s->seq && seq_le(t->snd_wl2, s->ack))))
		tcb_take_window(t, s);
	const bool waiting = t->queued > 0 || t->fin_queued || t->snd_una != t->snd_nxt;
	if (t->snd_wnd > 0 || !waiting)
		t->closed_at = 0;
	else if (t->closed_at == 0)
		t->closed_at = now;
}

/* "If the RCV.WND is zero, special allowance should be made to accept valid ACKs, URGs, and RSTs": the text is refused, the rest is honoured. */
static void zero_window_allowance(struct arrival *a)
{
	const char *const clause = "RFC 9293 3.10.7.4, first check: the window is zero; an acknowledgment is sent, valid ACKs are accepted all the same (3.8.6.1, MUST-66)";
	const struct tcb before = a->t;
	if (a->s->ctl & CTL_ACK && seq_le(a->s->ack, a->t.snd_nxt))
		take_ack(&a->t, a->m, a->s, a->now);
	if (a->t.state == FIN_WAIT_1 && tcb_fin_acked(&a->t))
		a->t.state = FIN_WAIT_2;
	reaction_due(a->m, answer(a, emission_ack(&a->t), clause));
	if (before.snd_una == a->t.snd_una && before.snd_wnd == a->t.snd_wnd)
		return;
	a->t = before;
	answer(a, emission_ack(&a->t), clause)->breaks_should = true;
}

/* First, check sequence number. False: the segment is dealt with. */
static bool first_sequence_number(struct arrival *a)
{
	const bool stale = paws_rejects(&a->t, a->s);
	const bool acceptable = !stale && sequence_acceptable(&a->t, a->s);
	const bool at_zero_window = !stale && a->t.rcv_wnd == 0 && a->s->seq == a->t.rcv_nxt && state_synchronized(a->t.state) && !(a->s->ctl & CTL_SYN);
	time_wait_syn(a);
	if (!stale)
		take_timestamp(&a->t, a->s, acceptable);
	if (!acceptable && at_zero_window && a->s->ctl & CTL_RST)
		return true;
	if (!acceptable && at_zero_window) {
		zero_window_allowance(a);
		return false;
	}
	if (!acceptable) {
		unacceptable(a);
		return false;
	}
	idealize(a);
	return true;
}

/* Second check: the connection is reset "in the manner prescribed according to the connection state". */
static void reset(struct arrival *a)
{
	struct tcb *t = &a->t;
	if (t->state == TIME_WAIT && a->m->choices.rfc1337) {
		silent(a, "RFC 1337 3, fix F1: ignore RST segments in TIME-WAIT state");
		return;
	}
	if (t->state == SYN_RECEIVED && t->passive) {
		tcb_return_to_listen(t);
		silent(a, "RFC 9293 3.10.7.4, second check, SYN-RECEIVED: initiated with a passive OPEN, return this connection to LISTEN state");
		return;
	}
	if (t->state == SYN_RECEIVED) {
		tcb_signal(t, SIGNAL_REFUSED);
		tcb_delete(t);
		silent(a, "RFC 9293 3.10.7.4, second check, SYN-RECEIVED: initiated with an active OPEN, connection refused, enter the CLOSED state");
		return;
	}
	if (t->state == ESTABLISHED || t->state == FIN_WAIT_1 || t->state == FIN_WAIT_2 || t->state == CLOSE_WAIT)
		tcb_signal(t, SIGNAL_RESET);
	tcb_delete(t);
	silent(a, "RFC 9293 3.10.7.4, second check: enter the CLOSED state, delete the TCB, and return");
}

/* Second, check the RST bit. */
static bool second_rst_bit(struct arrival *a)
{
	const struct tcb *t = &a->t;
	const uint32_t seq = a->s->seq;
	if (!(a->s->ctl & CTL_RST))
		return true;
	if (seq != t->rcv_nxt && !seq_within(seq, t->rcv_nxt, t->rcv_wnd))
		silent(a, "RFC 9293 3.10.7.4, second check, 1): outside the current receive window, silently drop the segment; 3.5.3");
	else if (seq != t->rcv_nxt && model_challenges_rst(a->m))
		answer_ack(a, "RFC 9293 3.10.7.4, second check, 3): in the window but not exact, send a challenge ACK");
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
	tcb_signal(&a->t, SIGNAL_RESET);
	tcb_delete(&a->t);
	answer(a, by_segment, clause);
	answer(a, by_variables, clause);
}

/* Fourth, check the SYN bit. (Third, security: there are no compartments here.) */
static bool fourth_syn_bit(struct arrival *a)
{
	struct tcb *t = &a->t;
	if (!(a->s->ctl & CTL_SYN))
		return true;
	if (t->state == SYN_RECEIVED && t->passive && a->m->profile == PROFILE_RFC9293) {
		tcb_return_to_listen(t);
		silent(a, "RFC 9293 3.10.7.4, fourth check, SYN-RECEIVED: initiated with a passive OPEN, return this connection to the LISTEN state and return");
		return false;
	}
	if (model_challenges_syn(a->m)) {
		answer_ack(a, "RFC 9293 3.10.7.4, fourth check: irrespective of the sequence number, send a challenge ACK");
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
	answer_ack(a, clause);
	if (t->state == SYN_RECEIVED)
		return true; /* 3.5.2, group 2, wants a reset still */
	/* MAX.SND.WND "may be hard-coded to a maximum permissible window value". */
	return seq_within(ack, t->snd_una - hard_coded, hard_coded);
}

static bool fifth_syn_received(struct arrival *a)
{
	const uint32_t ack = a->s->ack;
	const bool old_rule = a->m->profile == PROFILE_RFC793 && ack == a->t.snd_una;
	if (!ack_acceptable(&a->t, ack) && !old_rule) {
		answer(a, emission_rst(ack), "RFC 9293 3.10.7.4, fifth check, SYN-RECEIVED: the acknowledgment is not acceptable, <SEQ=SEG.ACK><CTL=RST>");
		return false;
	}
	syn_received_established(a);
	a->clause = "RFC 9293 3.10.7.4, fifth check, SYN-RECEIVED: SND.UNA < SEG.ACK =< SND.NXT, enter ESTABLISHED state";
	return true;
}

static bool fifth_established(struct arrival *a)
{
	if (!seq_le(a->s->ack, a->t.snd_nxt)) {
		answer_ack(a, "RFC 9293 3.10.7.4, fifth check: the ACK acks something not yet sent, send an ACK, drop the segment; 3.5.2, group 3");
		return false;
	}
	take_ack(&a->t, a->m, a->s, a->now);
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

/* A FIN after the FIN: its number lies beyond the end of the peer's text. "Ignore the segment" (CLOSING, and text in all of these), "acknowledge it"
 * (TIME-WAIT) and the eighth check's "advance RCV.NXT over the FIN, and send an acknowledgment for the FIN" all stand. */
static void second_fin(struct arrival *a)
{
	struct tcb *t = &a->t;
	silent(a, "RFC 9293 3.10.7.4, fifth and seventh check: a FIN has been received before, ignore the segment");
	if (t->state == TIME_WAIT)
		t->time_wait_from = a->now;
	answer(a, emission_ack(t), "RFC 9293 3.10.7.4, fifth check, TIME-WAIT: acknowledge it; eighth check: remain in the state");
	t->rcv_nxt++;
	t->rcv_wnd -= t->rcv_wnd > 0;
	answer(a, emission_ack(t), "RFC 9293 3.10.7.4, eighth check: advance RCV.NXT over the FIN, and send an acknowledgment for the FIN; remain in the state");
}

static bool is_second_fin(const struct arrival *a)
{
	return a->fin && a->text == 0 && a->in_order && a->t.fin_received;
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
		silent(a, "RFC 9293 3.10.7.4, fifth check, CLOSING: otherwise, ignore the segment");
	return false;
}

static bool fifth_last_ack(struct arrival *a)
{
	if (!fifth_established(a))
		return false;
	if (!tcb_fin_acked(&a->t))
		return true;
	tcb_delete(&a->t);
	silent(a, "RFC 9293 3.10.7.4, fifth check, LAST-ACK: our FIN is now acknowledged, delete the TCB, enter the CLOSED state");
	return false;
}

/* "The only thing that can arrive in this state is a retransmission of the remote FIN. Acknowledge it, and restart": what is none may be taken for it or not. */
static bool fifth_time_wait(struct arrival *a)
{
	const char *const clause = "RFC 9293 3.10.7.4, fifth check, TIME-WAIT: acknowledge it, and restart the 2 MSL timeout";
	if (!seq_le(a->s->ack, a->t.snd_nxt)) {
		answer_ack(a, "RFC 9293 3.5.2, group 3: an unacceptable acknowledgment number must be responded to with an empty acknowledgment");
		return false;
	}
	if (is_second_fin(a)) {
		second_fin(a);
		return false;
	}
	silent(a, "RFC 9293 3.10.7.4, fifth to eighth check, TIME-WAIT: no retransmission of the remote FIN, nothing to acknowledge");
	answer(a, emission_ack(&a->t), clause);
	a->t.time_wait_from = a->now;
	answer(a, emission_ack(&a->t), clause);
	return false;
}

/* Fifth, check the ACK field. */
static bool fifth_ack_field(struct arrival *a)
{
	if (!(a->s->ctl & CTL_ACK)) {
		silent(a, "RFC 9293 3.10.7.4, fifth check: if the ACK bit is off, drop the segment and return");
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

static void checks_in_order(struct arrival *a)
{
	if (!first_sequence_number(a))
		return;
	if (!second_rst_bit(a))
		return;
	if (!fourth_syn_bit(a))
		return;
	/* A segment that does not begin at RCV.NXT is processed now, or held as a whole, its ACK too (first check: "further processing is done in SEG.SEQ order"). */
	if (!a->in_order && a->s->ctl & CTL_ACK && a->s->ack != a->t.snd_una) {
		struct arrival later = *a;
		later.clause = "RFC 9293 3.10.7.4, first check, SHLD-31: held for later processing";
		arrival_continue_at_sixth(&later);
	}
	if (!fifth_ack_field(a))
		return;
	if (is_second_fin(a)) {
		second_fin(a);
		return;
	}
	arrival_continue_at_sixth(a);
}

void arrives_synchronized(struct arrival *a)
{
	const struct tcb before = a->t;
	if (before.ts_on && !a->s->options.has_ts && !(a->s->ctl & CTL_RST)) {
		reaction_add(a->out, &before, LEVEL_SHOULD, "RFC 7323 3.2: a segment without the negotiated Timestamps option should be dropped silently");
		checks_in_order(a);
		for (unsigned i = 1; i < a->out->count; i++)
			a->out->reaction[i].breaks_should = true;
		return;
	}
	checks_in_order(a);
}
