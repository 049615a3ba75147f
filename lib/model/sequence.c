/* RFC 9293 3.10.7.4, first check: sequence number; with PAWS (RFC 7323 5) and the SYN in TIME-WAIT (MAY-2, RFC 6191), which come before it. */
#include "lib/model/reaction.h"

#include "lib/wire/seq.h"

/* Table 6. */
bool tcb_sequence_acceptable(const struct tcb *t, const struct segment *s)
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

static const uint64_t ts_recent_lasts_us = UINT64_C(24) * 86400 * 1000000;

/* Is the segment's timestamp before TS.Recent, where that is valid (RFC 7323 5.2, 5.5)? */
static bool stamp_is_old(const struct tcb *t, const struct segment *s, uint64_t now)
{
	const bool outdated = t->ts_recent_at && now > t->ts_recent_at + ts_recent_lasts_us;
	return !outdated && seq_lt(s->options.ts_val, t->ts_recent);
}

/* RFC 7323 5.3 R1. */
bool tcb_paws_rejects(const struct tcb *t, const struct segment *s, uint64_t now)
{
	return t->ts_on && s->options.has_ts && !(s->ctl & CTL_RST) && stamp_is_old(t, s, now);
}

/* RFC 7323 4.3 and 5.3 R3. Appendix D records before the acceptability test, 5.3 after it: for an old segment both values are in doubt. */
static void take_timestamp(struct tcb *t, const struct segment *s, bool acceptable, uint64_t now)
{
	if (!t->ts_on || !s->options.has_ts || s->ctl & CTL_RST || stamp_is_old(t, s, now) || !seq_le(s->seq, t->last_ack_sent))
		return;
	t->ts_recent_at = now;
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
	/* Half of the space away a number is neither larger nor smaller (3.4). */
	const bool undecided = s->seq - (a->t.rcv_nxt - 1) == UINT32_C(1) << 31;
	if (!syn_is_newer(a->m, &a->t, s)) {
		arrival_silent(a, "RFC 6191 2: otherwise, silently drop the incoming SYN segment, leaving the connection in TIME-WAIT");
		if (!undecided)
			return;
	}
	struct arrival reopening = *a;
	arrives_syn(&reopening, "RFC 9293 3.6.1, MAY-2; RFC 6191 2: a new SYN reopens the connection from TIME-WAIT, with an ISS larger than any number used before", LEVEL_MAY);
}

/* What a segment with an old SYN or a bad ACK may meet in SYN-RECEIVED beside the first check's acknowledgment. */
static void unacceptable_in_syn_received(struct arrival *a)
{
	const struct tcb *t = &a->t;
	const struct segment *s = a->s;
	const bool ack = (s->ctl & CTL_ACK) != 0;
	if (arrival_is_first_syn(a) && !ack)
		arrival_answer(a, emission_syn_ack(t, t->rcv_nxt), "RFC 9293 3.10.7.2, third check: the SYN again draws the SYN,ACK again");
	if (arrival_is_first_syn(a) && ack && !t->passive && tcb_ack_acceptable(t, s->ack))
		arrival_simultaneous_syn_ack(a);
	arrival_reset_bad_ack(a);
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
		arrival_silent(a, "RFC 9293 3.10.7.4, first check: unless the RST bit is set, if so drop the segment and return");
		return;
	}
	if (old_fin_in_time_wait(a)) {
		struct arrival restarted = *a;
		restarted.t.time_wait_from = a->now;
		arrival_answer_ack(&restarted, "RFC 9293 3.10.7.4, fifth check, TIME-WAIT: a retransmission of the remote FIN; acknowledge it, and restart the 2 MSL timeout");
		if (a->m->profile == PROFILE_TC8)
			return; /* TCP_FLAGS_PROCESSING_06 sees the timer restarted */
	}
	arrival_answer_ack(a, "RFC 9293 3.10.7.4, first check: an acknowledgment should be sent in reply; 3.5.2, group 3: an unacceptable segment must be responded to with one");
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
	a->window_seq = s->seq;
	a->in_order = from == t->rcv_nxt || (a->text == 0 && !a->fin && seq_lt(from, t->rcv_nxt));
	if (!a->in_order && (a->text > 0 || a->fin)) {
		a->t.newest_from = from;
		a->t.newest_to = to + a->fin;
	}
}

/* What the fifth check does to a state when our FIN is acknowledged. */
static void fin_is_acked(struct arrival *a)
{
	if (a->t.state == FIN_WAIT_1)
		a->t.state = FIN_WAIT_2;
	else if (a->t.state == CLOSING)
		tcb_enter_time_wait(&a->t, a->now);
	else if (a->t.state == LAST_ACK)
		tcb_delete(&a->t);
}

/* "If the RCV.WND is zero, special allowance should be made to accept valid ACKs, URGs, and RSTs": the text is refused, the rest is honoured. */
static void zero_window_allowance(struct arrival *a)
{
	const char *const clause = "RFC 9293 3.10.7.4, first check: the window is zero; an acknowledgment is sent, valid ACKs are accepted all the same (3.8.6.1, MUST-66)";
	const struct tcb before = a->t;
	if (a->s->ctl & CTL_ACK && seq_le(a->s->ack, a->t.snd_nxt))
		tcb_take_ack(&a->t, a->m, a->s, a->s->seq, a->now);
	const bool nothing_new = before.snd_una == a->t.snd_una && before.snd_wnd == a->t.snd_wnd;
	arrival_take_urgent(a);
	if (tcb_fin_acked(&a->t))
		fin_is_acked(a);
	struct emission ack = emission_ack(&before);
	ack.text_max = emission_ack_with_text(&a->t).text_max;
	reaction_due(a->m, arrival_answer(a, ack, clause));
	if (tcb_numbers(&before, before.snd_una) && !tcb_numbers(&a->t, before.snd_una)) {
		ack.seq = before.snd_una; /* what probed the peer's window may count as not sent until that opens, or it is acknowledged */
		ack.text_max = 0;
		if (before.urgent_out && !a->t.urgent_out)
			ack.ctl_care &= (uint16_t)~CTL_URG; /* it goes before the urgent octet's acknowledgment is looked at */
		reaction_due(a->m, arrival_answer(a, ack, clause));
	}
	if (nothing_new)
		return;
	a->t = before;
	arrival_answer(a, emission_ack(&a->t), clause)->breaks_should = true;
}

/* RFC 7323 5.3 R1. It rejects "for a synchronized connection"; Appendix D has the same check in SYN-RECEIVED, which is none: both stand there. */
static bool is_stale(struct arrival *a)
{
	if (!tcb_paws_rejects(&a->t, a->s, a->now))
		return false;
	if (a->t.state != SYN_RECEIVED)
		return true;
	struct arrival rejected = *a;
	unacceptable(&rejected);
	return false;
}

/* What the special allowance is made for. A RST is a RST whatever comes with it (MUST-66); a SYN lies outside a closed window and brings no valid ACK. */
static bool is_at_zero_window(const struct arrival *a)
{
	if (a->t.rcv_wnd != 0 || a->s->seq != a->t.rcv_nxt)
		return false;
	return a->s->ctl & CTL_RST || (state_synchronized(a->t.state) && !(a->s->ctl & CTL_SYN));
}

/* First, check sequence number. False: the segment is dealt with. */
bool arrives_in_sequence(struct arrival *a)
{
	const bool stale = is_stale(a);
	const bool acceptable = !stale && tcb_sequence_acceptable(&a->t, a->s);
	const bool at_zero_window = !stale && is_at_zero_window(a);
	time_wait_syn(a);
	a->ts_before = a->t.ts_recent;
	if (!stale)
		take_timestamp(&a->t, a->s, acceptable, a->now);
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
