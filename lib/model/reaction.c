/* Reactions and the segments in them, written once in the standard's forms. It decides nothing: the checks of 3.10 do. */
#include "lib/model/reaction.h"

#include <string.h>

#include "lib/wire/ip.h"
#include "lib/wire/seq.h"

struct reaction *reaction_add(struct outcome *out, const struct tcb *next, enum level level, const char *clause)
{
	if (out->count < REACTIONS_MAX)
		out->count++;
	struct reaction *r = &out->reaction[out->count - 1];
	memset(r, 0, offsetof(struct reaction, next));
	memcpy(&r->next, next, sizeof r->next);
	r->level = level;
	r->clause = clause;
	return r;
}

void reaction_emit(struct reaction *r, struct emission e)
{
	if (r->now_count < EMISSIONS_MAX)
		memcpy(&r->now[r->now_count++], &e, sizeof e);
}

/* Padding is zeroed too: hypotheses are compared as octets. */
static struct emission emission_of(uint16_t ctl, uint32_t seq, uint32_t ack)
{
	struct emission e;
	memset(&e, 0, sizeof e);
	e.ctl = ctl;
	e.ctl_care = CTL_ASSERTED;
	e.seq = seq;
	e.ack = ack;
	return e;
}

struct emission emission_ack(const struct tcb *t)
{
	return emission_of(CTL_ACK, t->snd_nxt, t->rcv_nxt);
}

struct emission emission_ack_with_text(const struct tcb *t)
{
	struct emission e = emission_ack(t);
	const uint32_t usable = tcb_usable(t);
	e.text_max = t->queued < usable ? t->queued : usable;
	return e;
}

struct emission emission_rst(uint32_t seq)
{
	return emission_of(CTL_RST, seq, 0);
}

struct emission emission_rst_ack(const struct segment *s)
{
	return emission_of(CTL_RST | CTL_ACK, 0, s->seq + segment_length(s));
}

struct emission emission_abort(const struct tcb *t)
{
	struct emission e = emission_of(CTL_RST, t->snd_nxt, t->rcv_nxt);
	e.ctl_care &= (uint16_t)~CTL_ACK;
	e.ack_any = !t->irs_known;
	return e;
}

void reaction_abort(struct outcome *out, const struct tcb *t, const struct tcb *gone, enum level level, const char *clause)
{
	struct emission e = emission_abort(t);
	reaction_emit(reaction_add(out, gone, level, clause), e);
	if (t->snd_una == t->snd_nxt || !tcb_numbers(t, t->snd_una))
		return;
	/* What probed a closed window may count as not sent: then SND.NXT is SND.UNA. */
	e.seq = t->snd_una;
	reaction_emit(reaction_add(out, gone, level, "RFC 9293 3.10.5, ABORT: a reset segment; 3.8.6.1: the number of the octet that probes is the one that the closed window takes"), e);
}

struct emission emission_syn(void)
{
	struct emission e = emission_of(CTL_SYN, 0, 0);
	e.binds_iss = true;
	return e;
}

struct emission emission_syn_ack(const struct tcb *t, uint32_t ack)
{
	struct emission e = emission_of(CTL_SYN | CTL_ACK, t->iss, ack);
	e.binds_iss = !t->iss_known;
	return e;
}

void tcb_delete(struct tcb *t)
{
	struct tcb gone = tcb_closed(t->listener);
	/* The end stands behind the last octet: a user with octets unread may not have come to it, and they are flushed now. */
	const unsigned unheard = t->unread ? t->signals & (unsigned)SIGNAL_EOF : 0u;
	gone.signals = t->signals & ~unheard;
	gone.may_signal = t->may_signal | unheard;
	gone.left = t->state == CLOSING || t->state == LAST_ACK || t->state == TIME_WAIT ? t->unread : t->left;
	*t = gone;
}

void tcb_return_to_listen(struct tcb *t)
{
	tcb_delete(t);
	if (t->listener)
		t->state = LISTEN;
}

void tcb_enter_time_wait(struct tcb *t, uint64_t now)
{
	t->state = TIME_WAIT;
	t->time_wait_from = now;
	t->sent_at = t->waiting_since = t->submitted_since = 0;
	t->closed_at = 0;
	t->heard_at = 0;
	t->keepalives = 0;
	tcb_count_anew(t);
	t->early_data = false;
	t->window_update_due = false;
}

void tcb_end_arrival(struct tcb *t)
{
	t->before_text = false;
	t->before_ack = 0;
}

void tcb_unsend(struct tcb *t)
{
	t->queued += t->snd_nxt - t->snd_una;
	t->snd_nxt = t->snd_una;
}

void tcb_signal(struct tcb *t, unsigned signal)
{
	if (t->released)
		t->may_signal |= signal;
	else
		t->signals |= signal;
}

bool tcb_fin_acked(const struct tcb *t)
{
	return t->fin_sent && t->snd_una == t->snd_nxt;
}

uint32_t tcb_usable(const struct tcb *t)
{
	const uint32_t edge = t->snd_una + t->snd_wnd;
	return seq_lt(t->snd_nxt, edge) ? edge - t->snd_nxt : 0;
}

uint32_t tcb_mss_least(const struct tcb *t)
{
	return t->path_told ? t->path_mss : t->snd_mss;
}

bool tcb_numbers(const struct tcb *t, uint32_t seq)
{
	return seq == t->snd_nxt || (seq == t->snd_una && t->snd_wnd == 0 && t->probes > 0);
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Octets of queued text that nothing in the standard allows to be kept back: one segment may always be in flight (RFC 5681 3.1: cwnd is never below SMSS). */
static uint32_t text_due(const struct model *m, const struct tcb *t)
{
	const uint32_t flight = t->snd_nxt - t->snd_una, mss = t->snd_mss;
	const uint32_t usable = tcb_usable(t), could = least(t->queued, usable);
	const bool full = could >= mss, all = t->queued <= usable, half = could >= t->max_snd_wnd / 2;
	if ((!full && !all && !half) || t->ecn_held)
		return 0;
	if ((tcb_has_set(t, SET_NAGLE) ? t->setting[SET_NAGLE] != 0 : m->choices.nagle) && flight > 0 && !full)
		return 0;
	if (t->path_told || t->congested)
		return flight > 0 ? 0 : least(could, 1);
	return flight >= mss ? 0 : least(could, mss - flight);
}

void reaction_due(const struct model *m, struct reaction *r)
{
	const struct tcb *t = &r->next;
	if (t->state != ESTABLISHED && t->state != CLOSE_WAIT && t->state != FIN_WAIT_1 && t->state != CLOSING && t->state != LAST_ACK)
		return;
	const uint32_t text = text_due(m, t);
	/* One segment may be all that cwnd admits (RFC 5681 3.1), which some count in octets and some in segments. What was too big is sent again first. */
	const uint32_t flight = t->snd_nxt - t->snd_una;
	const bool room = t->congested ? flight + text == 0 : flight < t->snd_mss;
	const bool fin = t->fin_queued && text == t->queued && tcb_usable(t) > t->queued && room && !t->too_big;
	if (text == 0 && !fin)
		return;
	r->has_due = true;
	r->due_should = text > 0;
	r->due = t->snd_nxt + text + fin;
}

bool model_challenges_rst(const struct model *m)
{
	return m->profile == PROFILE_RFC9293 && m->choices.rfc5961_rst;
}

bool model_challenges_syn(const struct model *m)
{
	return m->profile == PROFILE_RFC9293 && m->choices.rfc5961_syn;
}

bool model_challenges_ack(const struct model *m)
{
	return m->profile == PROFILE_RFC9293 && m->choices.rfc5961_ack;
}

void tcb_count_anew(struct tcb *t)
{
	t->retransmissions = 0;
	t->early_ones = t->behind_ones = 0;
}

uint64_t tcb_rto(const struct model *m, const struct tcb *t)
{
	const bool syn = !t->iss_known || t->snd_una == t->iss;
	uint64_t rto = syn ? m->constants.rto_initial : m->constants.rto_min;
	for (unsigned i = 0; i < t->retransmissions && rto < m->constants.rto_max; i++)
		rto *= 2;
	return rto < m->constants.rto_max ? rto : m->constants.rto_max;
}

void tcb_wait_anew(struct tcb *t, uint64_t now)
{
	t->sent_at = t->waiting_since = t->snd_una == t->snd_nxt ? 0 : now;
	t->submitted_since = 0;
	if (t->snd_una == t->snd_nxt || !seq_lt(t->snd_una, t->front_end))
		t->front_at = t->front_end = 0;
}

unsigned mss_of_link(const struct model *m, enum family f)
{
	const unsigned headers = TCP_HEADER + (f == IPV6 ? (unsigned)IPV6_HEADER : (unsigned)IPV4_HEADER);
	return m->constants.mtu > headers ? m->constants.mtu - headers : 0;
}

void tcb_take_peer_syn(const struct model *m, struct tcb *t, const struct segment *s)
{
	const struct options *o = &s->options;
	const struct choices *c = &m->choices;
	const bool asked = t->iss_known; /* the target's own SYN went first: only what it offered counts */
	t->snd_mss = o->has_mss ? o->mss : s->src.family == IPV6 ? SEGMENT_MSS_IPV6
	                                                         : SEGMENT_MSS_IPV4;
	/* Eff.snd.MSS (3.7.1): what IP can send bounds it too. */
	if (mss_of_link(m, s->src.family) && t->snd_mss > mss_of_link(m, s->src.family))
		t->snd_mss = (uint16_t)mss_of_link(m, s->src.family);
	t->ts_offered = o->has_ts;
	t->ws_offered = o->has_ws;
	t->sack_offered = o->has_sack_permitted;
	t->ts_on = o->has_ts && (asked ? t->target_ts_offered : c->timestamps);
	t->ts_recent = o->has_ts ? o->ts_val : 0;
	t->ws_on = o->has_ws && (asked ? t->target_ws_offered : c->window_scale);
	t->snd_scale = !t->ws_on ? 0 : o->ws > SCALE_MAX ? SCALE_MAX
	                                                 : o->ws;
	t->rcv_scale = t->ws_on ? t->target_ws : 0;
	t->sack_on = o->has_sack_permitted && (asked ? t->target_sack_offered : c->sack);
	tcb_ecn_peer_syn(t, s);
}

void tcb_take_window(struct tcb *t, const struct segment *s)
{
	const unsigned scale = s->ctl & CTL_SYN ? 0 : t->snd_scale; /* RFC 7323 2.2: a SYN's window is never scaled */
	t->snd_wnd = (uint32_t)s->wnd << scale;
	t->snd_wl1 = s->seq;
	t->snd_wl2 = s->ack;
	if (t->snd_wnd > t->max_snd_wnd)
		t->max_snd_wnd = t->snd_wnd;
}

void tcb_note_window(struct tcb *t, uint64_t now)
{
	tcb_note_queue(t, now);
	const bool waiting = t->queued > 0 || t->fin_queued || t->snd_una != t->snd_nxt;
	if (!waiting)
		t->submitted_since = 0;
	else if (t->submitted_since == 0)
		t->submitted_since = now;
	if (t->snd_wnd > 0 && t->probes > 0) {
		t->early_data = t->snd_una != t->snd_nxt; /* what probed found no room: it need not wait for its timer */
		tcb_count_anew(t);                        /* nor was it lost, for its timer to back off */
		tcb_may_repeat(t);
		t->sack_may_begin = t->recovering;
		if (t->early_data && !ranges_meet(&t->sacked, t->snd_una, t->snd_una + 1)) {
			t->sent_at = now; /* what is sent now is ahead of its timer, which counts from then */
			t->front_at = t->front_at ? now : 0;
		}
		t->probes = t->unanswered = 0;
	}
	if (t->snd_wnd > 0 || !waiting)
		t->closed_at = 0;
	else if (t->closed_at == 0)
		t->closed_at = now;
}
