/* What a TCP may send without an event, and what a captured segment tells about it: owed acknowledgments, queued text, and residue within its budget.
 * It judges single segments against one TCB; it keeps no history of its own. */
#include "lib/model/model.h"

#include "lib/model/reaction.h"
#include "lib/wire/seq.h"

static uint32_t window_of(const struct tcb *t, const struct segment *s)
{
	return (uint32_t)s->wnd << (s->ctl & CTL_SYN ? 0 : t->rcv_scale); /* RFC 7323 2.2 */
}

/* Which of two values TS.Recent has, the echo tells. */
static void take_echo(struct tcb *t, const struct segment *s)
{
	if (!t->ts_doubt || !s->options.has_ts || (s->options.ts_ecr != t->ts_recent && s->options.ts_ecr != t->ts_other))
		return;
	t->ts_recent = s->options.ts_ecr;
	t->ts_doubt = false;
	t->ts_other = 0;
}

/* Every segment that is no reset carries the window, and the acknowledgment that may be owed. */
static void take_shown(struct tcb *t, const struct segment *s)
{
	if (s->ctl & CTL_RST || t->state == CLOSED || t->state == LISTEN)
		return;
	const uint32_t wnd = window_of(t, s);
	if (!(s->ctl & CTL_ACK)) {
		t->rcv_wnd = wnd;
		return;
	}
	/* RFC 7323 2.4 (1): "any segment that would have been in window for any ACK sent". */
	if (!t->edge_shown || seq_lt(t->rcv_edge, s->ack + wnd))
		t->rcv_edge = s->ack + wnd;
	t->edge_shown = true;
	if (wnd > t->max_rcv_wnd)
		t->max_rcv_wnd = wnd;
	t->rcv_wnd = seq_lt(t->rcv_nxt, t->rcv_edge) ? t->rcv_edge - t->rcv_nxt : 0;
	t->last_ack_sent = s->ack;
	if (s->ack == t->rcv_nxt)
		tcb_end_arrival(t);
	take_echo(t, s);
	if (t->ack_owed && seq_le(t->owed_ack, s->ack)) {
		t->ack_owed = false;
		t->owed_ack = 0;
		t->owed_by = 0;
		t->owed_segments = 0;
		t->owed_clause = NULL;
	}
}

/* The target's own SYN: its ISS, and what it offers. An option is in force once both SYNs carried it (RFC 7323 1.3, 3.2; RFC 2018 2). */
static void take_own_syn(struct tcb *t, const struct emission *e, const struct segment *s, uint64_t now)
{
	const struct options *o = &s->options;
	tcb_ecn_own_syn(t, s);
	if (e->binds_iss) {
		t->iss = s->seq;
		t->iss_known = true;
		t->snd_una = s->seq;
		t->snd_nxt = s->seq + 1;
		tcb_count_anew(t);
		t->sent_at = t->waiting_since = now;
	} else if (t->sent_at == 0) {
		t->sent_at = t->waiting_since = now; /* a timer that runs since our SYN goes on running (RFC 6298 5.1) */
	}
	t->target_ws_offered = o->has_ws;
	t->target_ws = o->has_ws ? (o->ws > SCALE_MAX ? SCALE_MAX : o->ws) : 0;
	t->target_ts_offered = o->has_ts;
	t->target_sack_offered = o->has_sack_permitted;
	t->rcv_mss = o->has_mss ? o->mss : s->src.family == IPV6 ? SEGMENT_MSS_IPV6
	                                                         : SEGMENT_MSS_IPV4;
	if (!(s->ctl & CTL_ACK))
		return;
	t->ws_on = t->ws_on && o->has_ws;
	t->snd_scale = t->ws_on ? t->snd_scale : 0;
	t->rcv_scale = t->ws_on ? t->target_ws : 0;
	t->ts_on = t->ts_on && o->has_ts;
	t->sack_on = t->sack_on && o->has_sack_permitted;
}

/* What leaves at one time is one flight, as far as the times of transmission go. */
static void take_front(const struct model *m, struct tcb *t, uint64_t now)
{
	const bool one = t->front_at && t->front_end == t->snd_nxt && now <= t->front_at + m->constants.tick;
	if (t->snd_una == t->snd_nxt || one)
		t->front_at = now;
}

/* n octets of queued text, and perhaps the FIN, leave for the first time. */
static void take_new(const struct model *m, struct tcb *t, uint32_t n, bool fin, uint64_t now)
{
	if (n == 0 && !fin)
		return;
	if (t->snd_una == t->snd_nxt)
		tcb_count_anew(t);
	if (t->sent_at == 0)
		t->sent_at = t->waiting_since = now;
	take_front(m, t, now);
	if (t->new_at != now)
		t->new_from = t->snd_nxt;
	t->new_at = now;
	t->snd_nxt += n + fin;
	if (t->front_at == now)
		t->front_end = t->snd_nxt;
	t->queued -= n;
	t->queued_since = 0;
	tcb_note_queue(t, now);
	if (m->choices.early_retransmit)
		t->early_data = true;
	if (t->queued == 0 && (!t->fin_queued || fin))
		t->closed_at = 0;
	if (!fin)
		return;
	t->fin_queued = false;
	t->fin_sent = true;
	if (t->state == CLOSE_WAIT)
		t->state = LAST_ACK;
}

/* The FIN of a segment may be the queued one, riding on an acknowledgment or on the last octets. */
static bool fin_may_ride(const struct tcb *t, const struct segment *s)
{
	return s->ctl & CTL_FIN && t->fin_queued && s->text_length == t->queued && s->text_length < tcb_usable(t);
}

uint16_t tcb_urgent_pointer(const struct tcb *t, uint32_t seq)
{
	const uint32_t ahead = t->snd_up - seq;
	if (!t->urgent_out || !seq_lt(seq, t->snd_up))
		return 0;
	return ahead < UINT16_MAX ? (uint16_t)ahead : UINT16_MAX;
}

static bool urgent_fits(const struct tcb *t, const struct segment *s)
{
	const uint16_t up = tcb_urgent_pointer(t, s->seq);
	return !(s->ctl & CTL_URG) || (up > 0 && s->up == up);
}

static bool fin_again(const struct emission *e, const struct segment *s)
{
	return s->ctl & CTL_FIN && e->again_fin && s->text_length == e->text_max;
}

bool model_satisfies(const struct model *m, const struct emission *e, const struct segment *s, uint64_t now, struct tcb *t)
{
	const bool empty_ack = e->ctl == CTL_ACK;
	const bool fin_rides = empty_ack && (e->again ? fin_again(e, s) : fin_may_ride(t, s));
	const bool urges = e->again ? e->up > 0 && s->up == e->up : empty_ack && urgent_fits(t, s);
	const uint16_t rides = (uint16_t)((fin_rides ? CTL_FIN : 0) | (urges ? CTL_URG : 0));
	const uint16_t care = e->ctl_care & (uint16_t)~rides;
	if ((s->ctl & care) != e->ctl)
		return false;
	if (e->binds_iss ? e->seq_after && !seq_lt(e->seq, s->seq) : s->seq != e->seq && !(empty_ack && !e->again && tcb_numbers(t, s->seq)))
		return false;
	if (s->ctl & CTL_ACK && !e->ack_any && s->ack != e->ack)
		return false;
	if (!tcb_holds_sacked(t, s) || (e->tells && !tcb_tells_newest(t, s)))
		return false;
	if (e->again)
		return (s->text_length > 0 || fin_rides) && s->text_length <= e->text_max;
	if (s->text_length > e->text_max || (s->text_length > 0 && s->seq != t->snd_nxt && !(e->ctl & CTL_SYN)))
		return false;
	if (s->text_length > 0 && tcb_text_silly(m, t, s, s->text_length, now))
		return false;
	if (e->ctl & CTL_SYN)
		take_own_syn(t, e, s, now);
	else if (e->ctl & CTL_FIN && t->sent_at == 0)
		t->sent_at = t->waiting_since = now; /* a timer that runs goes on running (RFC 6298 5.1) */
	take_new(m, t, s->text_length, fin_rides, now);
	take_shown(t, s);
	return true;
}

/* A segment looked at, and its TCB as it will be. */
struct look {
	const struct model *m;
	const struct segment *s;
	uint64_t now;
	struct tcb *t;
	const char **clause;
};

static bool is_pure_ack(const struct look *l)
{
	const struct segment *s = l->s;
	return (s->ctl & CTL_ASSERTED & ~CTL_URG) == CTL_ACK && s->text_length == 0 && tcb_numbers(l->t, s->seq) && s->ack == l->t->rcv_nxt;
}

/* Every segment once past SYN-SENT carries the current acknowledgment (3.8). */
static bool is_current(const struct look *l)
{
	return !(l->s->ctl & (CTL_SYN | CTL_RST)) && l->s->ctl & CTL_ACK && l->s->ack == l->t->rcv_nxt;
}

/* The fifth check, of the ACK, comes before the seventh and eighth, of text and FIN. */
static bool is_before_text(const struct look *l)
{
	return l->t->before_text && !(l->s->ctl & (CTL_SYN | CTL_RST)) && l->s->ctl & CTL_ACK && l->s->ack == l->t->before_ack;
}

static bool emits_owed(const struct look *l)
{
	if (!l->t->ack_owed || !is_pure_ack(l))
		return false;
	*l->clause = l->t->owed_clause;
	return true;
}

static bool sends_text(enum state s)
{
	return s == ESTABLISHED || s == CLOSE_WAIT || s == FIN_WAIT_1 || s == CLOSING || s == LAST_ACK;
}

/* n queued octets, and the FIN behind the last, may leave now. */
static bool new_fits(const struct tcb *t, uint32_t n, bool fin)
{
	if (n > t->queued || n + fin > tcb_usable(t))
		return false;
	return !fin || (t->fin_queued && n == t->queued);
}

static bool emits_text(const struct look *l)
{
	const struct segment *s = l->s;
	const bool fin = (s->ctl & CTL_FIN) != 0;
	if (!sends_text(l->t->state) || !is_current(l) || s->seq != l->t->snd_nxt || segment_length(s) == 0)
		return false;
	if (!new_fits(l->t, s->text_length, fin) || tcb_text_silly(l->m, l->t, s, s->text_length, l->now))
		return false;
	take_new(l->m, l->t, s->text_length, fin, l->now);
	*l->clause = "RFC 9293 3.10.2, 3.10.4: queued text and the FIN behind it, inside the peer's window";
	return true;
}

/* Has a timer run out that was started then? */
static bool is_due(const struct look *l, uint64_t since)
{
	return l->now + l->m->constants.tick >= since + tcb_rto(l->m, l->t);
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Since when may the timer run of what lies behind the oldest? As far as it is known. */
static uint64_t sent_behind(const struct look *l)
{
	const struct tcb *t = l->t;
	const uint64_t since = later(t->sent_at, t->behind_at);
	return seq_lt(t->new_from, l->s->seq + segment_length(l->s)) ? later(since, t->new_at) : since;
}

/* Does it end with the last number that nobody has told of? */
static bool is_rescue(const struct look *l)
{
	const uint32_t end = ranges_open_end(&l->t->sacked, l->t->snd_nxt);
	return !l->t->rescued && seq_lt(l->s->seq, end) && seq_le(end, l->s->seq + segment_length(l->s));
}

/* May an ACK, or an ICMP error, have it sent again? Nothing twice for the same, but where time alone tells of a loss as well. */
static bool is_drawn(const struct look *l)
{
	const struct tcb *t = l->t;
	if (t->early_data && !t->repeatedly)
		return true;
	if (!t->early_data && !(t->too_big && seq_lt(l->s->seq, t->too_big_end)))
		return false;
	return l->m->choices.rack || !ranges_meet(&t->again, l->s->seq, l->s->seq + segment_length(l->s)) || is_rescue(l);
}

/* May the retransmission queue's front be sent again by now? By the clock (RFC 6298 5.4, 5.5), or by a budget for one that is early. */
static bool retransmission_timely(const struct look *l, bool *early)
{
	const struct tcb *t = l->t;
	*early = false;
	if (t->sent_at == 0)
		return false;
	const bool behind = l->s->seq != t->snd_una;
	if (!behind && is_due(l, t->sent_at))
		return true;
	/* What an ACK draws is no timeout, also where one would be due by then: the timer does not back off. */
	*early = t->snd_una == t->iss ? t->early_syn : is_drawn(l);
	if (*early)
		return true;
	/* RFC 6298 5: "never retransmitted too early, i.e., less than one RTO after the previous transmission of that segment" is the MUST; that each ACK of new text restarts the timer (5.3), and that a timeout sends the earliest (5.4), is recommended. */
	return (t->front_at && seq_lt(l->s->seq, t->front_end) && is_due(l, t->front_at)) || (behind && is_due(l, sent_behind(l)));
}

static bool is_own_syn_again(const struct look *l)
{
	const struct segment *s = l->s;
	const struct tcb *t = l->t;
	const uint16_t ctl = s->ctl & CTL_ASSERTED;
	if (!t->iss_known || s->seq != t->iss || t->snd_una != t->iss || s->text_length > 0)
		return false;
	if (ctl == CTL_SYN)
		return t->state == SYN_SENT || (t->state == SYN_RECEIVED && !t->passive);
	return ctl == (CTL_SYN | CTL_ACK) && t->irs_known && s->ack == t->rcv_nxt && t->state != SYN_SENT;
}

/* Octets [SEG.SEQ, SEG.SEQ+SEG.LEN) were all sent before, or go on into what is queued: re-segmentation is free (3.8.6). */
static bool is_own_text_again(const struct look *l, uint32_t *fresh, bool *fresh_fin)
{
	const struct segment *s = l->s;
	const struct tcb *t = l->t;
	const uint32_t length = segment_length(s), flight = t->snd_nxt - t->snd_una;
	const bool fin = (s->ctl & CTL_FIN) != 0;
	*fresh = 0;
	*fresh_fin = false;
	if (!(is_current(l) || is_before_text(l)) || length == 0 || !seq_within(s->seq, t->snd_una, flight))
		return false;
	const uint32_t left = t->snd_nxt - s->seq;
	if (length <= left)
		return !fin || (t->fin_sent && length == left);
	*fresh_fin = fin;
	*fresh = length - left - fin;
	return !t->fin_sent && sends_text(t->state) && new_fits(t, *fresh, fin);
}

static bool waits_for_window(const struct tcb *t)
{
	return t->closed_at != 0 && t->snd_wnd == 0 && sends_text(t->state) && (t->queued > 0 || t->fin_queued || t->snd_una != t->snd_nxt);
}

/* A repetition probes a closed window as well as anything (3.8.6.1). */
static void take_probe(struct tcb *t, uint64_t now)
{
	t->closed_at = now;
	t->probes++;
	t->unanswered++;
}

/* When it was sent at the earliest. It was seen now; but on a loaded machine what is sent may be seen late, as the declared timers may fire late, and its next repetition would then seem to come early. */
static uint64_t sent_again_at(const struct look *l)
{
	const uint64_t rto = tcb_rto(l->m, l->t), due = l->t->sent_at + rto, late = rto / 100 * l->m->constants.timer_late;
	if (due >= l->now)
		return l->now;
	return due + late > l->now ? due : l->now - late;
}

static void take_resent(struct tcb *t, const struct segment *s, uint32_t room)
{
	t->resent_room = s->ctl & CTL_SYN || s->text_length >= room ? 0 : room - s->text_length;
	t->resent_to = t->resent_room ? s->seq + segment_length(s) : 0;
}

static void note_again(struct tcb *t, const struct segment *s)
{
	const uint32_t end = s->seq + segment_length(s);
	if (ranges_meet(&t->again, s->seq, end))
		t->rescued = true;
	ranges_add(&t->again, s->seq, seq_lt(end, t->snd_nxt) ? end : t->snd_nxt);
}

/* What is left of one segment's worth behind a timeout goes with it: the loss window counts octets. */
static bool is_rest_of_loss_window(const struct look *l)
{
	return l->t->resent_room && l->s->seq == l->t->resent_to && l->s->text_length <= l->t->resent_room;
}

/* Would the front be permitted without the timer, for an ACK, or as what an ICMP error said was too big? Once; where an ACK may have more than one sent again, for that which has just come. */
static bool is_drawn_once(const struct look *l)
{
	const struct tcb *t = l->t;
	if (t->snd_una == t->iss)
		return t->early_syn;
	const bool first = !ranges_meet(&t->again, t->snd_una, t->snd_una + 1), at_once = l->now <= t->heard_at + l->m->constants.tick;
	return (t->early_data && (!t->repeatedly || (first && at_once))) || (first && t->too_big && seq_lt(t->snd_una, t->too_big_end));
}

static bool emits_retransmission(const struct look *l)
{
	uint32_t fresh = 0;
	bool fresh_fin = false, early;
	if (!is_own_syn_again(l) && !is_own_text_again(l, &fresh, &fresh_fin))
		return false;
	if (fresh == 0 && !fresh_fin && is_rest_of_loss_window(l)) {
		take_resent(l->t, l->s, l->t->resent_room);
		note_again(l->t, l->s);
		*l->clause = "RFC 5681 3.1: after a timeout cwnd is the loss window, one full-sized segment";
		return true;
	}
	if (!retransmission_timely(l, &early))
		return false;
	struct tcb *t = l->t;
	t->congested = true;
	const bool front = l->s->seq == t->snd_una;
	const uint64_t at = early ? l->now : sent_again_at(l);
	if (front) /* the timer is that of the oldest */
		t->sent_at = at;
	else
		t->behind_at = at;
	t->front_at = t->front_at ? at : 0;
	if (l->s->ctl & CTL_SYN)
		tcb_ecn_own_syn(t, l->s);
	if (waits_for_window(t) && !(l->s->ctl & CTL_SYN))
		take_probe(t, l->now);
	if (early) {
		t->early_ones += front;
		if (t->recovering && t->duplicate_acks >= 3 && front)
			t->recover = t->snd_nxt; /* RFC 6582 3.2, step 2: as it is now, for the stack may have counted fewer, as what answers probes need not be counted */
		t->early_syn = false;
		t->early_data &= t->repeatedly;
		*l->clause = "RFC 9293 3.8.1; RFC 5681 3.2; a declared choice: one retransmission ahead of the timeout";
	} else {
		/* The timer that has run out backs off; that of another segment, or what an ACK may have drawn, does not have it do so. */
		const bool drawn = is_drawn_once(l);
		*(!front ? &t->behind_ones : drawn ? &t->early_ones
		                                   : &t->retransmissions) += 1;
		if (drawn) {
			t->early_syn = false;
			t->early_data &= t->repeatedly;
		}
		take_resent(t, l->s, t->snd_mss);
		tcb_may_repeat(t);
		if (t->snd_una != t->iss)
			tcb_recover(t, true);
		t->may_signal |= SIGNAL_TROUBLE; /* 3.8.3 (e): at R1, which may stand for a time and not a count (SHLD-10) */
		*l->clause = "RFC 9293 3.10.8, RETRANSMISSION TIMEOUT: send the segment at the front of the retransmission queue again";
	}
	note_again(t, l->s);
	take_new(l->m, t, fresh, fresh_fin, l->now);
	return true;
}

static bool emits_window_update(const struct look *l)
{
	struct tcb *t = l->t;
	if (!t->window_update_due || !is_pure_ack(l) || !seq_lt(t->rcv_edge, l->s->ack + window_of(t, l->s)))
		return false;
	/* One RECEIVE of many octets may be several to the stack, each with its own. */
	*l->clause = "RFC 9293 3.8.6.2.2, 3.10.3: the user has read, the window has grown";
	return true;
}

/* A zero-window probe: one octet at SND.NXT, or the form of 3.8.4 with SEG.SEQ = SND.NXT-1 and at most one octet of garbage. */
static bool emits_probe(const struct look *l)
{
	struct tcb *t = l->t;
	const struct segment *s = l->s;
	if (!waits_for_window(t) || !is_current(l) || l->now + l->m->constants.tick < t->closed_at + l->m->constants.rto_min)
		return false;
	const bool fin = (s->ctl & CTL_FIN) != 0;
	const bool fresh = s->seq == t->snd_nxt && segment_length(s) == 1 && (fin ? t->fin_queued && t->queued == 0 : t->queued > 0);
	const bool stale = s->seq == t->snd_nxt - 1 && !fin && s->text_length <= 1;
	if (!fresh && !stale)
		return false;
	if (fresh)
		take_new(l->m, t, s->text_length, fin, l->now);
	take_probe(t, l->now);
	*l->clause = fresh ? "RFC 9293 3.8.6.1, MUST-36: a zero-window probe of one octet of new data" : "RFC 9293 3.8.6.1, MUST-36, in the form of 3.8.4: a probe with SEG.SEQ = SND.NXT-1";
	return true;
}

/* 3.8.4: only when nothing is outstanding and the connection was idle for as long as is set (MUST-26), with SEG.SEQ = SND.NXT-1, and no text (SHLD-12) but where one octet is declared (MAY-6). */
static bool emits_keepalive(const struct look *l)
{
	struct tcb *t = l->t;
	const struct segment *s = l->s;
	const uint64_t at = tcb_keepalive_at(l->m, t);
	if (at == UINT64_MAX || l->now + l->m->constants.tick < at || !is_current(l) || s->ctl & CTL_FIN)
		return false;
	if (s->seq != t->snd_nxt - 1 || s->text_length != l->m->choices.keepalive_octet)
		return false;
	t->heard_at = l->now;
	t->keepalives++;
	*l->clause = "RFC 9293 3.8.4, SHLD-12: a keep-alive, with SEG.SEQ = SND.NXT-1";
	return true;
}

enum unasked model_emits(const struct model *m, const struct tcb *t, const struct segment *s, uint64_t now, struct tcb *next, const char **clause)
{
	const struct look l = {.m = m, .s = s, .now = now, .t = next, .clause = clause};
	enum unasked u = UNASKED_FORBIDDEN;
	*next = *t;
	*clause = "RFC 9293 3.10: nothing permits this segment now";
	if (t->state == CLOSED || t->state == LISTEN || !urgent_fits(t, s) || !tcb_holds_sacked(t, s))
		return UNASKED_FORBIDDEN;
	if (emits_owed(&l))
		u = UNASKED_OWED;
	else if (emits_text(&l))
		u = UNASKED_TEXT;
	else if (emits_retransmission(&l))
		u = UNASKED_RETRANSMISSION;
	else if (emits_window_update(&l))
		u = UNASKED_WINDOW_UPDATE;
	else if (emits_probe(&l))
		u = UNASKED_PROBE;
	else if (emits_keepalive(&l))
		u = UNASKED_KEEPALIVE;
	if (u != UNASKED_FORBIDDEN)
		take_shown(next, s);
	return u;
}

uint64_t model_next_owed(const struct tcb *t)
{
	return t->ack_owed ? t->owed_by : UINT64_MAX;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t model_next_residue(const struct model *m, const struct tcb *t)
{
	uint64_t next = UINT64_MAX;
	const uint64_t tick = m->constants.tick;
	if (t->sent_at != 0)
		next = earlier(next, (t->front_at ? t->front_at : t->sent_at) + tcb_rto(m, t));
	if (waits_for_window(t))
		next = earlier(next, t->closed_at + m->constants.rto_min);
	next = earlier(next, tcb_user_timeout_at(m, t));
	next = earlier(next, tcb_keepalive_at(m, t));
	if (t->state == TIME_WAIT)
		next = earlier(next, t->time_wait_from + 2 * m->constants.msl);
	return next == UINT64_MAX || next < tick ? next : next - tick;
}
