/* RFC 9293 3.10.7.4, sixth to eighth check: URG, text, FIN; and the one reply that they come to. The checks before them are in synchronized.c. */
#include "lib/model/reaction.h"

#include "lib/wire/seq.h"

static bool receives_text(enum state s)
{
	return s == ESTABLISHED || s == FIN_WAIT_1 || s == FIN_WAIT_2;
}

/* Sixth, check the URG bit. */
void arrival_take_urgent(struct arrival *a)
{
	struct tcb *t = &a->t;
	const uint32_t up = a->s->seq + a->s->up;
	if (!(a->s->ctl & CTL_URG) || !receives_text(t->state))
		return;
	if (t->urgent && seq_le(up, t->rcv_up))
		return;
	if (seq_le(up, t->rcv_nxt - t->unread))
		return;
	t->urgent = true;
	t->rcv_up = up;
	tcb_signal(t, SIGNAL_URGENT);
}

/* Eighth, check the FIN bit: the FIN is at RCV.NXT. */
static void eighth_fin(struct arrival *a)
{
	struct tcb *t = &a->t;
	t->rcv_nxt++;
	t->rcv_wnd -= t->rcv_wnd > 0;
	tcb_drop_held(t); /* the FIN ends the number space (3.4): what was held beyond it is no text */
	t->fin_received = true;
	t->window_update_due = false;
	tcb_signal(t, SIGNAL_EOF);
	a->ack_due = true;
	switch (t->state) {
	case SYN_RECEIVED:
	case ESTABLISHED:
		t->state = CLOSE_WAIT;
		a->clause = "RFC 9293 3.10.7.4, eighth check: advance RCV.NXT over the FIN, send an acknowledgment for the FIN, enter the CLOSE-WAIT state";
		return;
	case FIN_WAIT_1: /* had our FIN been ACKed, the fifth check would have gone on to FIN-WAIT-2 */
		t->state = CLOSING;
		a->clause = "RFC 9293 3.10.7.4, eighth check, FIN-WAIT-1: our FIN has not been ACKed, enter the CLOSING state";
		return;
	case FIN_WAIT_2:
		tcb_enter_time_wait(t, a->now);
		a->clause = "RFC 9293 3.10.7.4, eighth check, FIN-WAIT-2: enter the TIME-WAIT state, start the time-wait timer";
		return;
	case CLOSED:
	case LISTEN:
	case SYN_SENT:
	case CLOSE_WAIT:
	case CLOSING:
	case LAST_ACK:
	case TIME_WAIT:
	case STATES:
		return;
	}
}

/* Seventh, process the segment text, of a segment that begins at RCV.NXT. */
static void seventh_text(struct arrival *a)
{
	struct tcb *t = &a->t;
	if (!receives_text(t->state))
		return;
	if (a->text > 0) {
		tcb_accept_text(t, a->text);
		a->ack_due = true;
		a->clause = "RFC 9293 3.10.7.4, seventh check: send an acknowledgment of the form <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>; 3.8.6.3, MUST-40";
	}
	/* RFC 5681 4.2: a segment that fills a gap, and the one after, should be acknowledged at once. */
	a->at_once = a->text > 0 && (t->held_count > 0 || t->held_fin);
	bool fin = a->fin; /* "in SEG.SEQ order": before what is held */
	/* Of what came with the SYN an ACK alone is not the turn while ours is not acknowledged: CLOSE has but left SYN-RECEIVED. */
	if (!fin && (a->text > 0 || seq_lt(t->iss, t->snd_una)) && tcb_accept_held(t, &fin))
		a->ack_due = true;
	if (fin)
		eighth_fin(a);
}

void arrival_owe(struct arrival *a, struct tcb *t)
{
	const uint32_t mss = t->rcv_mss ? t->rcv_mss : SEGMENT_MSS_IPV4;
	if (!t->ack_owed) {
		t->owed_by = a->now + a->m->constants.delayed_ack_max;
		t->owed_segments = 0;
	}
	t->ack_owed = true;
	t->owed_ack = t->rcv_nxt;
	t->owed_segments += a->text >= mss;
	t->owed_clause = a->clause;
}

/* RFC 2018 8: "permitted to discard data in its queue that has not been acknowledged to the data sender, even if the data has already been reported in a SACK option"; discouraged.
 * What no block could tell of may have been dropped when it came. */
static const char *const discouraged = "RFC 2018 8: what a SACK option has told of may be discarded before it is acknowledged, which is discouraged";

static bool may_have_discarded(const struct tcb *t)
{
	return t->sack_on && t->state != SYN_RECEIVED && (t->held_count > 0 || t->held_fin);
}

static struct reaction *reply_now(struct arrival *a, const struct tcb *t, enum level level, const char *clause)
{
	struct reaction *r = reaction_add(a->out, t, level, clause);
	reaction_emit(r, emission_ack_with_text(t));
	reaction_due(a->m, r);
	return r;
}

static struct reaction *reply_silent(struct arrival *a, const struct tcb *t, enum level level, const char *clause)
{
	struct reaction *r = reaction_add(a->out, t, level, clause);
	reaction_due(a->m, r);
	return r;
}

/* Text or FIN in order: an ACK at once, or within the delay. */
static void reply_delayed(struct arrival *a)
{
	reply_now(a, &a->t, LEVEL_MUST, a->clause);
	if (!a->m->choices.delayed_ack)
		return;
	struct tcb later = a->t;
	arrival_owe(a, &later);
	struct reaction *r = reply_silent(a, &later, LEVEL_MUST, a->clause);
	if (later.owed_segments < 2 && !a->at_once)
		return;
	r->breaks_should = true;
	r->level = LEVEL_SHOULD;
	r->clause = a->at_once ? "RFC 5681 4.2: a segment that fills a gap should be acknowledged at once" : "RFC 9293 3.8.6.3, SHLD-19: an ACK should be generated for at least every second full-sized segment";
}

/* The ACK of the SYN,ACK (3.10.7.3). Where text or FIN came with it that one may be left to their ACK. */
static void reply_to_syn_ack(struct arrival *a)
{
	if (!a->ack_due) {
		reply_now(a, &a->t, LEVEL_MUST, a->clause);
		return;
	}
	struct emission greeting = emission_ack(&a->t);
	greeting.ack = a->t.irs + 1;
	const unsigned first = a->out->count;
	reply_delayed(a);
	const unsigned end = a->out->count;
	for (unsigned i = first; i < end; i++) { /* the same once more, with the greeting in front */
		const struct reaction bare = a->out->reaction[i];
		struct reaction *r = reaction_add(a->out, &bare.next, bare.level, bare.clause);
		*r = bare;
		r->now_count = 0;
		reaction_emit(r, greeting);
		for (unsigned k = 0; k < bare.now_count; k++)
			reaction_emit(r, bare.now[k]);
	}
}

/* RFC 2018 4: "The first SACK block [...] MUST specify the contiguous block of data containing the segment which triggered this ACK". */
static struct reaction *reply_telling(struct arrival *a, const struct tcb *t, enum level level, const char *clause)
{
	struct reaction *r = reply_now(a, t, level, clause);
	r->now[0].tells = !a->fin; /* which may be believed or not */
	return r;
}

/* Text or FIN beyond a gap: held (SHLD-31), and a duplicate ACK at once (RFC 5681 4.2; MAY-13): both are only recommended. */
static void reply_to_held(struct arrival *a)
{
	const struct tcb dropped = a->t;
	struct tcb held = a->t;
	const bool room = tcb_hold(&held, a->seq, a->seq + a->text, a->fin);
	const char *const clause = "RFC 9293 3.10.7.4, first check, SHLD-31: held for later processing; RFC 5681 4.2, MAY-13: an immediate duplicate ACK";
	struct tcb kept;
	if (room && a->fin && tcb_keep_first_fin(&kept, &held, &dropped)) {
		reply_telling(a, &kept, LEVEL_SHOULD, clause);
		if (tcb_cut_held(&kept))
			reply_telling(a, &kept, LEVEL_SHOULD, clause);
	}
	if (room) {
		reply_telling(a, &held, LEVEL_SHOULD, clause);
		reply_silent(a, &held, LEVEL_SHOULD, clause)->breaks_should = true;
		if (tcb_cut_held(&held)) { /* which of the two to believe nobody says */
			reply_telling(a, &held, LEVEL_SHOULD, clause);
			reply_silent(a, &held, LEVEL_SHOULD, clause)->breaks_should = true;
		}
	}
	if (may_have_discarded(&dropped)) {
		struct tcb newest = dropped;
		tcb_drop_held(&newest);
		tcb_hold(&newest, a->seq, a->seq + a->text, a->fin);
		reply_telling(a, &newest, LEVEL_SHOULD, discouraged)->breaks_should = true;
		newest = dropped; /* or the newest and what is before it: what meets it from behind cannot be told from it when the gap is filled */
		if (tcb_hold(&newest, a->seq, a->seq + a->text, a->fin) && tcb_drop_held_beyond(&newest, a->seq + a->text))
			reply_telling(a, &newest, LEVEL_SHOULD, discouraged)->breaks_should = true;
	}
	reply_telling(a, &dropped, LEVEL_SHOULD, clause)->breaks_should = room;
	reply_silent(a, &dropped, LEVEL_SHOULD, clause)->breaks_should = 1u + room;
}

/* What came with a SYN waits at RCV.NXT until ours is acknowledged: its turn is now. */
static bool queued_text_due(const struct tcb *t)
{
	return t->held_count > 0 && seq_le(t->held[0].from, t->rcv_nxt) && seq_lt(t->iss, t->snd_una);
}

static bool queued_fin_due(const struct tcb *t)
{
	return t->held_fin && t->held_fin_seq == t->rcv_nxt && seq_lt(t->iss, t->snd_una);
}

/* What came with the SYN is the first in order of SEG.SEQ: it is taken before what the segment brings, of which the part that is new remains. */
static void take_queued(struct arrival *a)
{
	struct tcb *t = &a->t;
	bool fin;
	if (!receives_text(t->state) || !(queued_text_due(t) || queued_fin_due(t)))
		return;
	const uint32_t end = a->seq + a->text;
	tcb_accept_held(t, &fin);
	a->ack_due = true;
	a->clause = "RFC 9293 3.10.7.4, first check: further processing is done in SEG.SEQ order, of what was queued with the SYN first";
	if (fin)
		eighth_fin(a);
	const bool old = seq_lt(end, t->rcv_nxt);
	if (seq_lt(a->seq, t->rcv_nxt))
		a->seq = t->rcv_nxt;
	a->text = fin || !seq_lt(a->seq, end) ? 0 : end - a->seq;
	a->fin = a->fin && !fin && !old;
	a->in_order = fin || a->seq == t->rcv_nxt;
}

/* Of what came with the SYN, before any window was told, what lies beyond that may be trimmed off when its turn comes. */
static bool queued_beyond_window(struct tcb *t)
{
	const bool queued = t->held_count > 0 && seq_le(t->held[0].from, t->rcv_nxt);
	const bool fin = t->held_fin && seq_le(t->rcv_edge, t->held_fin_seq), text = queued && seq_lt(t->rcv_edge, t->held[0].to);
	if (!(fin && (queued_fin_due(t) || queued)) && !text)
		return false;
	if (text)
		t->held[0].to = t->rcv_edge;
	t->held_fin = false;
	t->held_fin_seq = 0;
	return true;
}

/* The same reset behind what the segment's ACK has sent again: the fifth check comes before the seventh. */
static void reset_behind_repetition(struct arrival *a, const struct tcb *gone, struct emission reset, const char *clause)
{
	struct emission front = emission_ack(&a->t);
	if (!a->t.early_data || !a->in_order || a->t.snd_una == a->t.snd_nxt)
		return;
	front.seq = a->t.snd_una;
	front.again = true;
	front.again_fin = a->t.fin_sent;
	front.text_max = a->t.snd_nxt - a->t.snd_una - a->t.fin_sent;
	front.up = tcb_urgent_pointer(&a->t, front.seq);
	struct reaction *r = reaction_add(a->out, gone, LEVEL_SHOULD, clause);
	reaction_emit(r, front);
	reaction_emit(r, reset);
}

/* A CLOSE without RECEIVEs, then new text: "its TCP implementation SHOULD send a RST to show that data was lost" (SHLD-3). */
static bool half_duplex_lost(struct arrival *a)
{
	const bool brings = a->text > 0 && !queued_fin_due(&a->t);
	if (!a->t.released || !a->m->choices.half_duplex_close || !(brings || queued_text_due(&a->t)) || !receives_text(a->t.state))
		return false;
	const char *const clause = "RFC 9293 3.6.1, SHLD-3: new data is received after CLOSE is called, a RST should be sent to show that data was lost";
	struct tcb gone = a->t;
	tcb_delete(&gone);
	reaction_abort(a->out, &a->t, &gone, LEVEL_SHOULD, clause);
	reset_behind_repetition(a, &gone, emission_abort(&a->t), clause);
	if (a->s->ack == a->t.snd_nxt)
		return true;
	reaction_emit(reaction_add(a->out, &gone, LEVEL_SHOULD, clause), emission_rst(a->s->ack));
	reset_behind_repetition(a, &gone, emission_rst(a->s->ack), clause);
	return true;
}

/* After the peer's FIN: "ignore the segment text", and yet it came out of order. */
static void reply_beyond_fin(struct arrival *a)
{
	reply_silent(a, &a->t, LEVEL_MUST, "RFC 9293 3.10.7.4, seventh check: this should not occur since a FIN has been received, ignore the segment text");
	reply_now(a, &a->t, LEVEL_MUST, "RFC 9293 3.10.7.4, first check, SHLD-31: held for later processing; RFC 5681 4.2: an immediate duplicate ACK");
}

static void reply(struct arrival *a)
{
	const bool brings = a->text > 0 || a->fin;
	if (a->greet)
		reply_to_syn_ack(a);
	else if (a->held && brings && a->t.fin_received)
		reply_beyond_fin(a);
	else if (a->held && brings)
		reply_to_held(a);
	else if (a->ack_due)
		reply_delayed(a);
	else
		reply_silent(a, &a->t, LEVEL_MUST, a->clause);
	if (a->held && !brings && receives_text(a->t.state))
		reply_now(a, &a->t, LEVEL_MAY, "RFC 9293 3.10.7.4, seventh check, MAY-13: a valid segment in the window but not at the left window edge may be acknowledged");
}

static void note_before_text(struct tcb *t, uint32_t rcv_nxt, bool fin)
{
	tcb_end_arrival(t);
	if (!t->early_data || (t->rcv_nxt == rcv_nxt && !fin))
		return;
	t->before_text = true;
	t->before_ack = rcv_nxt;
}

/* Does it bring what lies before the first that is held? */
static bool fills_gap(const struct arrival *a)
{
	const uint32_t end = a->seq + a->text;
	return a->in_order && a->text > 0 && receives_text(a->t.state) && ((a->t.held_count > 0 && seq_le(a->t.held[0].from, end)) || (a->t.held_fin && seq_le(a->t.held_fin_seq, end)));
}

static void fill_without(struct arrival without)
{
	const unsigned kept = without.out->count;
	arrival_continue_at_sixth(&without);
	for (unsigned i = kept; i < without.out->count; i++) {
		without.out->reaction[i].breaks_should = true;
		without.out->reaction[i].clause = discouraged;
	}
}

/* All of it, or what would have been next in turn. */
static void fill_discarded(const struct arrival *a)
{
	struct arrival without = *a;
	tcb_drop_held_upto(&without.t, a->seq + a->text);
	if (without.t.held_count > 0 || without.t.held_fin)
		fill_without(without);
	tcb_drop_held(&without.t);
	fill_without(without);
}

void arrival_continue_at_sixth(struct arrival *a)
{
	struct arrival trimmed = *a;
	if (queued_beyond_window(&trimmed.t))
		arrival_continue_at_sixth(&trimmed);
	const struct arrival whole = *a;
	const bool lost = half_duplex_lost(a);
	const unsigned kept = a->out->count;
	const uint32_t before = a->t.rcv_nxt;
	take_queued(a);
	a->held = !a->in_order;
	if (a->held && a->s->ctl & CTL_URG)
		a->t.may_signal |= SIGNAL_URGENT; /* held for its turn, and of urgent text one may be told before */
	if (a->in_order) {
		arrival_take_urgent(a);
		seventh_text(a);
	}
	note_before_text(&a->t, before, a->in_order && a->fin);
	reply(a);
	for (unsigned i = kept; lost && i < a->out->count; i++)
		a->out->reaction[i].breaks_should = true;
	if (may_have_discarded(&whole.t) && fills_gap(&whole))
		fill_discarded(&whole);
}
