/* What a connection may send now: retransmission after a timeout, SACK's recovery (RFC 6675 5), new text and FIN within window, cwnd, Nagle and SWS avoidance (RFC 9293 3.8.6.2.1), and the
 * ACK that is due. The octets of a segment are emit.c's. */
#include "lib/wire/ip.h"
#include "targets/reference/least.h"
#include "targets/reference/reference.h"

/* A new segment, as it may be sent. */
struct fresh {
	uint32_t n; /* octets of text */
	bool fin;
};

/* What is left of an MSS beside options; no text fits where they fill it, and then it is an octet. */
static uint32_t text_beside(uint32_t mss, uint32_t options)
{
	return greatest(excess(mss, options), 1);
}

uint32_t effective_mss(const struct tcb *t)
{
	uint32_t path = (uint32_t)t->mtu - (t->family == 0 ? IPV4_HEADER + HEADER_TCP : (uint32_t)IPV6_HEADER + HEADER_TCP);
	uint32_t mss = least(t->send_mss, path), options = t->ts_ok ? OPTIONS_TS : 0;

	options += route_size(&t->route); /* IPoptionsize */
	if (t->uto_due)
		options += OPTION_UTO_OCTETS;
	return text_beside(mss, options);
}

/* Octets of text that fit into the next segment beside the SACK blocks that it will carry. */
static uint32_t text_most(const struct tcb *t)
{
	uint32_t blocks = (uint32_t)t->held.count + (t->held.duplicate.left != t->held.duplicate.right);
	uint32_t fit = t->ts_ok ? 3 : 4, mss = effective_mss(t), octets;

	if (!t->sack_ok || blocks == 0)
		return mss;
	octets = 4 + 8 * least(blocks, fit);
	return text_beside(mss, octets);
}

/* Numbers from seq to the right edge of the peer's window. */
static uint32_t usable_from(const struct tcb *t, uint32_t seq)
{
	return seq_later(seq, t->snd_una + t->snd_wnd) - seq;
}

static void retransmit_start(struct tcpspec_stack *s, struct tcb *t)
{
	if (t->timer[TIMER_RETRANSMIT] == NEVER)
		t->timer[TIMER_RETRANSMIT] = s->m.now + retransmit_after(s, t);
}

/* Text and FIN from seq on, new or again: the last text pushes (3.9.1.2). */
static void numbers_send(struct tcpspec_stack *s, struct tcb *t, uint32_t seq, struct fresh f)
{
	uint16_t push = f.n && seq + f.n == send_end(t) ? CTL_PSH : 0;

	segment_send(s, t, seq, (uint16_t)(CTL_ACK | push | (f.fin ? CTL_FIN : 0)), seq - send_begin(t), f.n);
	t->sent_at = s->m.now;
	retransmit_start(s, t);
}

/* Sends again from seq on what was sent of `room` numbers. */
static uint32_t resend_within(struct tcpspec_stack *s, struct tcb *t, uint32_t seq, uint32_t room)
{
	uint32_t text = seq_earlier(send_end(t), t->snd_nxt) - seq, most = text_most(t);
	uint32_t n = least(least(text, most), room);
	bool fin = t->fin_sent && n == text && n < room;

	if (n == 0 && !fin)
		return 0;
	numbers_send(s, t, seq, (struct fresh){n, fin});
	rto_resent(&t->rto);
	/* "Never retransmitted too early, i.e., less than one RTO after the previous transmission" (RFC 6298 5): also where duplicate ACKs were faster than the timer. */
	if (seq == t->snd_una)
		t->timer[TIMER_RETRANSMIT] = s->m.now + retransmit_after(s, t);
	return n + fin;
}

uint32_t text_resend(struct tcpspec_stack *s, struct tcb *t, uint32_t seq, uint32_t n)
{
	return resend_within(s, t, seq, least(n, usable_from(t, seq)));
}

static void fresh_send(struct tcpspec_stack *s, struct tcb *t, struct fresh f)
{
	numbers_send(s, t, t->snd_nxt, f);
	t->snd_nxt += f.n + f.fin;
	t->fin_sent = f.fin;
	if (!t->ts_ok)
		rto_sent(&t->rto, t->snd_nxt, s->m.now);
}

/* Numbers not sent yet: text, and the FIN once CLOSE was called. */
static uint32_t unsent(const struct tcb *t)
{
	return t->fin_sent ? 0 : send_end(t) - t->snd_nxt + t->fin_queued;
}

/* The next new segment, of at most `room` octets of text by cwnd: 3.8.6.2.1 (1) to (3), 3.7.4. False: it has to wait. */
static bool fresh_choose(const struct tcb *t, uint32_t room, struct fresh *f)
{
	uint32_t text = send_end(t) - t->snd_nxt, usable = usable_from(t, t->snd_nxt), most = text_most(t);
	bool idle = t->snd_una == t->snd_nxt;
	uint32_t n = least(text, most);

	if (n > room)
		return false;
	n = least(n, usable);
	*f = (struct fresh){n, t->fin_queued && n == text && n < usable};
	if (f->fin || n == most)
		return true;
	if (n == text)
		return n > 0 && (idle || !t->nagle);
	return n > 0 && (idle || !t->nagle) && n >= t->max_snd_wnd / 2;
}

/* What a window takes that has neither room for a full segment nor for all the text: fresh_fits() would have let either go. */
void small_send(struct tcpspec_stack *s, struct tcb *t)
{
	fresh_send(s, t, (struct fresh){usable_from(t, t->snd_nxt), false});
}

void probe_send(struct tcpspec_stack *s, struct tcb *t)
{
	t->probes++;
	if (t->snd_una != t->snd_nxt)
		resend_within(s, t, t->snd_una, 1);
	else
		fresh_send(s, t, t->send.length ? (struct fresh){1, false} : (struct fresh){0, true});
}

/* The segment at SND.UNA, which duplicates or a partial ACK have told to be lost. What the segment that told so brought is acknowledged by itself: a repetition has another number than the ACKs that the peer expects. */
static void front_resend(struct tcpspec_stack *s, struct tcb *t)
{
	uint32_t n;

	if (t->ack_due == ACK_NOW)
		ack_send(s, t);
	n = text_resend(s, t, t->snd_una, effective_mss(t));
	t->resend = seq_later(t->resend, t->snd_una + n); /* where a window that came back has all of it sent again */
	if (t->congestion.phase == CONGESTION_BY_SACK)
		scoreboard_begin(&t->scoreboard, t->snd_una + n);
}

/* After a timeout: what was in flight, as far as cwnd lets it, but for what has been SACKed since (RFC 6675 5.1). */
static void lost_resend(struct tcpspec_stack *s, struct tcb *t)
{
	uint32_t smss = effective_mss(t);

	while (seq_lt(t->resend, t->resend_end)) {
		struct range hole = scoreboard_hole(&t->scoreboard, &s->m.pool, t->resend, t->resend_end);
		/* Limited transmit is for text that was not sent before (RFC 5681 3.2, step 1); but what duplicates have SACKed is not in flight. */
		uint32_t room = congestion_room(&t->congestion, smss, hole.left - t->snd_una, !t->sack_ok), n = least(hole.right - hole.left, smss);

		if (room < n)
			return;
		t->resend = hole.left;
		/* Nothing: all the rest is SACKed, or the window has shrunk, and the rest waits for it (RFC 9293 3.8.6 SHLD-17). */
		n = text_resend(s, t, hole.left, n);
		if (n == 0)
			return;
		t->resend += n;
		if (t->congestion.phase == CONGESTION_BY_SACK)
			scoreboard_resent(&t->scoreboard, t->resend);
	}
}

/* RFC 6675 5 (4.4), (C): while there is room for a segment beyond the pipe. False: NextSeg () has nothing more. */
static bool sack_send(struct tcpspec_stack *s, struct tcb *t)
{
	uint32_t smss = effective_mss(t);
	uint32_t pipe = scoreboard_pipe(&t->scoreboard, &s->m.pool, t->snd_una, t->snd_nxt, smss);
	uint32_t room = congestion_room(&t->congestion, smss, pipe, t->sack_ok), high_rxt = t->scoreboard.high_rxt;
	struct range next;
	struct fresh f = {0};
	bool fresh = unsent(t) && fresh_choose(t, room, &f);

	/* Asked for no more than the segment has room for: what NextSeg () hands out counts as sent. */
	if (room < smss || !scoreboard_next(&t->scoreboard, &s->m.pool, t->snd_una, t->snd_nxt, t->congestion.recover, text_most(t), fresh, &next))
		return false;
	if (next.left == t->snd_nxt) {
		fresh_send(s, t, f);
		return true;
	}
	/* The rescue, which alone leaves HighRxt, "MUST include the highest outstanding unSACKed sequence number" (RFC 6675 4, rule (4)). */
	return (t->scoreboard.high_rxt != high_rxt || usable_from(t, next.left) >= next.right - next.left) && text_resend(s, t, next.left, next.right - next.left);
}

/* Octets that cwnd lets go beyond what is in flight. */
static uint32_t fresh_room(struct tcpspec_stack *s, struct tcb *t)
{
	uint32_t smss = effective_mss(t), flight = t->snd_nxt - t->snd_una;

	if (t->sack_ok && t->congestion.duplicates > 0) {
		scoreboard_begin(&t->scoreboard, t->snd_una);
		flight = scoreboard_pipe(&t->scoreboard, &s->m.pool, t->snd_una, t->snd_nxt, smss);
	}
	return congestion_room(&t->congestion, smss, flight, t->sack_ok);
}

static void fresh_send_all(struct tcpspec_stack *s, struct tcb *t)
{
	struct fresh f;

	/* RFC 5681 4.1. */
	if (unsent(t) && t->snd_una == t->snd_nxt && s->m.now - t->sent_at > t->rto.rto_us)
		congestion_restart(&t->congestion, congestion_initial_window(effective_mss(t), s->set.initial_window, 0));
	while (unsent(t) && fresh_choose(t, fresh_room(s, t), &f))
		fresh_send(s, t, f);
}

static bool may_send(const struct tcb *t)
{
	return t->state == TCPSPEC_ESTABLISHED || t->state == TCPSPEC_CLOSE_WAIT || t->state == TCPSPEC_FIN_WAIT_1 || t->state == TCPSPEC_CLOSING_STATE || t->state == TCPSPEC_LAST_ACK;
}

/* What the timers are to wait for now that everything is sent that may be. */
static void timers_settle(struct tcpspec_stack *s, struct tcb *t)
{
	bool waits = unsent(t) && t->snd_una == t->snd_nxt && !t->ecn.held; /* never before our SYN is acknowledged */

	if (!waits)
		t->timer[TIMER_PROBE] = NEVER;
	else if (t->timer[TIMER_PROBE] == NEVER)
		t->timer[TIMER_PROBE] = s->m.now + (usable_from(t, t->snd_nxt) ? s->set.override_timeout : retransmit_after(s, t));
	if (t->ack_due == ACK_LATER && t->timer[TIMER_ACK] == NEVER)
		t->timer[TIMER_ACK] = s->m.now + s->set.delayed_ack_max;
	/* FIN-WAIT-2 of a connection that nobody holds waits for the peer's FIN, for as long as is set for that. */
	user_timeout_settle(s, t, unsent(t) || t->snd_una != t->snd_nxt || (t->state == TCPSPEC_FIN_WAIT_2 && t->released));
	due_update(s, t);
}

void tcb_settle(struct tcpspec_stack *s, struct tcb *t)
{
	if (t->state == TCPSPEC_CLOSED)
		return;
	if (may_send(t) && t->front_lost)
		front_resend(s, t);
	t->front_lost = false;
	if (may_send(t) && !t->ecn.held) {
		lost_resend(s, t);
		if (t->congestion.phase == CONGESTION_BY_SACK)
			while (sack_send(s, t))
				;
		else if (!seq_lt(t->resend, t->resend_end))
			fresh_send_all(s, t);
	}
	if (t->ack_due == ACK_NOW)
		ack_send(s, t);
	timers_settle(s, t);
}
