/* The first check of RFC 9293 3.10.7.4: is the segment acceptable, and which part of it; and before it that of timestamps (RFC 7323 5.3). */
#include "targets/reference/least.h"
#include "targets/reference/reference.h"

/* TS.Recent says nothing once it was not updated for 24 days (RFC 7323 5.5). */
static bool ts_recent_valid(const struct tcpspec_stack *s, const struct tcb *t)
{
	return s->m.now - t->ts_recent_at <= UINT64_C(24) * 86400 * 1000000;
}

bool check_timestamp(struct tcpspec_stack *s, struct tcb *t, const struct segment *g)
{
	if (!t->ts_ok || g->ctl & CTL_RST)
		return true;
	/* RFC 7323 3.2: "silently drop the segment". */
	if (!g->options.has_ts)
		return false;
	if (!seq_lt(g->options.ts_val, t->ts_recent) || !ts_recent_valid(s, t))
		return true;
	ack_send(s, t);
	return false;
}

/* R3: the timestamp of what is acceptable, by R1 as well, and begins no later than what was acknowledged. */
static void timestamp_note(struct tcpspec_stack *s, struct tcb *t, const struct segment *g)
{
	if (!t->ts_ok || g->ctl & CTL_RST || seq_lt(t->last_ack_sent, g->seq))
		return;
	t->ts_recent = g->options.ts_val;
	t->ts_recent_at = s->m.now;
}

/* Table 6. */
static bool acceptable(const struct tcb *t, const struct segment *g)
{
	uint32_t length = segment_length(g), window = receive_window(t);

	if (length == 0 && window == 0)
		return g->seq == t->rcv_nxt;
	if (length == 0)
		return seq_within(g->seq, t->rcv_nxt, window);
	return seq_within(g->seq, t->rcv_nxt, window) || seq_within(g->seq + length - 1, t->rcv_nxt, window);
}

/* What stands before RCV.NXT goes; that it came again is for SACK to say (RFC 2883 4). */
static void front_trim(struct tcb *t, struct segment *g)
{
	uint32_t old = t->rcv_nxt - g->seq;

	if (!seq_lt(g->seq, t->rcv_nxt))
		return;
	if (t->sack_ok)
		reassembly_note_duplicate(&t->held, g->seq, old);
	if (g->ctl & CTL_SYN) {
		g->ctl &= (uint16_t)~CTL_SYN;
		old--;
		g->seq++;
	}
	if (g->up < old)
		g->ctl &= (uint16_t)~CTL_URG;
	g->up = (uint16_t)(g->up - old);
	g->seq += old;
	g->text += old;
	g->text_length -= old;
}

void segment_trim(struct tcb *t, struct segment *g)
{
	uint32_t room;

	reassembly_note_duplicate(&t->held, t->rcv_nxt, 0);
	front_trim(t, g);
	room = t->rcv_edge - g->seq;
	if (segment_length(g) > room)
		g->ctl &= (uint16_t)~CTL_FIN;
	g->text_length = least(g->text_length, room);
}

/* 3.8.6.1, 3.10.7.4: no text fits a window of 0, but "valid ACKs, URGs, and RSTs" of a segment at RCV.NXT are to be accepted (MUST-66); the text is answered as not acceptable, by a segment that has none
 * (3.5.2), whatever the ACK sets free. */
static bool zero_window_takes(struct tcpspec_stack *s, struct tcb *t, struct segment *g)
{
	if (receive_window(t) > 0 || g->seq != t->rcv_nxt || (g->ctl & (CTL_SYN | CTL_RST)) == CTL_SYN)
		return false;
	if (g->ctl & CTL_RST)
		return true;
	if (!ack_is_valid(s, t, g))
		return false;
	timestamp_note(s, t, g);
	ecn_text_arrives(&t->ecn, g); /* the mark on a probe is echoed (RFC 3168 6.1.6) */
	ack_send(s, t);
	g->ctl &= (uint16_t)~CTL_FIN; /* the answer may have opened the window, but not for them */
	g->text_length = 0;
	return true;
}

/* A retransmission of the peer's FIN, whose TIME-WAIT begins anew (fifth and eighth check). It stands before RCV.NXT and so cannot get there. */
static void time_wait_again(struct tcpspec_stack *s, struct tcb *t, const struct segment *g)
{
	if (t->state == TCPSPEC_TIME_WAIT && g->ctl & CTL_FIN && g->seq + segment_length(g) == t->rcv_nxt)
		time_wait_enter(s, t);
}

bool check_sequence(struct tcpspec_stack *s, struct tcb *t, struct segment *g)
{
	if (!acceptable(t, g)) {
		if (zero_window_takes(s, t, g))
			return true;
		if (g->ctl & CTL_RST)
			return false;
		time_wait_again(s, t, g);
		if (t->sack_ok && seq_le(g->seq + segment_length(g), t->rcv_nxt))
			reassembly_note_duplicate(&t->held, g->seq, segment_length(g));
		ack_send(s, t);
		return false;
	}
	timestamp_note(s, t, g);
	return true;
}
