/* One EXPECT of a script against the model: is there a segment of this description that some world may send? It decides nothing about stimuli or states. */
#include "lib/script/lint.h"

#include <string.h>

enum { REPLY_US = 100,
       TRIES_MAX = 8,
       CHUNK = 536 };

/* What the target would advertise: what it did, and what its user has read since. */
static uint16_t window_of(const struct tcb *t)
{
	uint32_t edge = t->rcv_edge - t->rcv_nxt, room = t->unread < 65535 ? 65535 - t->unread : 0;
	uint32_t wnd = t->irs_known && edge < 0x40000000u && edge > room ? edge : room;
	wnd >>= t->rcv_scale;
	return (uint16_t)(wnd > 65535 ? 65535 : wnd);
}

/* Is the segment one that the step describes? */
static bool segment_described(const struct lint_play *p, const struct step *st, const struct segment *s, const struct tcb *t)
{
	const struct said_segment *said = &st->segment;
	if ((s->ctl ^ said->ctl) & said->ctl_care)
		return false;
	return numbers_match(&p->numbers, SIDE_TARGET, &said->seq, t, s->seq, st->binds) && numbers_match(&p->numbers, SIDE_TESTER, &said->ack, t, s->ack, false);
}

static uint32_t new_iss(struct lint_play *p, const struct step *st, const struct emission *e)
{
	uint32_t iss;
	if (!st->binds && numbers_known(&p->numbers, SIDE_TARGET, &st->segment.seq, &p->worlds.h[0].tcb, &iss))
		return iss;
	return e->seq_after ? e->seq + 65536 : rng_u32(&p->numbers.rng);
}

/* The urgent pointer of a segment that is to have one: what is said, else where SND.UP is. */
static void urgent_put(const struct step *st, const struct tcb *t, struct segment *s)
{
	const uint32_t ahead = t->snd_up - s->seq;
	if (st->segment.ctl & CTL_URG && !(st->segment.said & SAY_UP))
		s->up = (uint16_t)(ahead < UINT16_MAX ? ahead : UINT16_MAX);
}

/* The reply that a world owes first, as this step would describe it. */
static void segment_of_reply(struct lint_play *p, const struct step *st, const struct hypothesis *w, struct segment *s)
{
	const struct emission *e = &w->pending[0];
	uint32_t live = w->tcb.rcv_nxt;
	uint32_t octets = st->segment.data < e->text_max ? st->segment.data : e->text_max;
	lint_segment(&st->segment, octets, window_of(&w->tcb), s);
	s->ctl = (uint16_t)(e->ctl | (st->segment.ctl & (~e->ctl_care | CTL_URG)));
	if (strstr(st->segment.opt, "SACK:"))
		lint_options(st->segment.opt, &p->numbers, SIDE_TESTER, &w->tcb, s);
	s->options.has_sack_permitted |= (s->ctl & CTL_SYN) && p->model->choices.sack && (w->tcb.sack_on || !(s->ctl & CTL_ACK));
	s->options.has_ts |= (s->ctl & CTL_SYN) && p->model->choices.timestamps;
	s->options.has_ws |= (s->ctl & CTL_SYN) && p->model->choices.window_scale && (w->tcb.ws_on || !(s->ctl & CTL_ACK));
	s->seq = e->binds_iss ? new_iss(p, st, e) : e->seq;
	numbers_known(&p->numbers, SIDE_TESTER, &st->segment.ack, &w->tcb, &live);
	urgent_put(st, &w->tcb, s);
	s->ack = !e->ack_any ? e->ack : s->ctl & CTL_ACK ? live
	                                                 : 0;
}

/* What a world may send unasked: as said, and where nothing is said from what was not acknowledged or not sent. */
static void segment_unasked(const struct lint_play *p, const struct step *st, const struct hypothesis *w, bool from_una, uint32_t octets, struct segment *s)
{
	uint32_t live;
	lint_segment(&st->segment, octets, window_of(&w->tcb), s);
	s->ctl = st->segment.ctl;
	s->seq = from_una ? w->tcb.snd_una : w->tcb.snd_nxt;
	if (numbers_known(&p->numbers, SIDE_TARGET, &st->segment.seq, &w->tcb, &live))
		s->seq = live;
	urgent_put(st, &w->tcb, s);
	if (strstr(st->segment.opt, "SACK:"))
		lint_options(st->segment.opt, &p->numbers, SIDE_TESTER, &w->tcb, s);
	s->ack = s->ctl & CTL_ACK ? w->tcb.rcv_nxt : 0;
	if (numbers_known(&p->numbers, SIDE_TESTER, &st->segment.ack, &w->tcb, &live))
		s->ack = live;
}

/* Tries one description of the segment; on success the worlds are those that sent it. */
static bool segment_try(struct lint_play *p, const struct step *st, const struct segment *s, const struct tcb *t)
{
	if (!segment_described(p, st, s, t))
		return false;
	hypotheses_clear(&p->scratch);
	hypotheses_explain(&p->scratch, &p->worlds, p->model, s, p->now);
	if (!hypotheses_keep_roles(&p->scratch, true, st->again || st->may))
		return false;
	numbers_bind(&p->numbers, SIDE_TARGET, &st->segment.seq, s->seq, st->binds);
	if (s->ctl & CTL_ACK)
		numbers_bind(&p->numbers, SIDE_TESTER, &st->segment.ack, s->ack, false);
	if (st->may)
		for (unsigned i = 0; i < p->worlds.count; i++)
			hypotheses_add(&p->scratch, &p->worlds.h[i]);
	hypotheses_swap(&p->worlds, &p->scratch);
	return true;
}

/* The bits that a step leaves open are tried set and clear. */
static bool bits_try(struct lint_play *p, const struct step *st, struct segment *s, const struct tcb *t)
{
	static const uint16_t open[] = {0, CTL_ACK, CTL_URG, CTL_RST, CTL_FIN};
	uint16_t ctl = s->ctl;
	for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
		if (open[i] & st->segment.ctl_care)
			continue;
		s->ctl = ctl | open[i];
		if (open[i] == CTL_ACK && !(st->segment.said & SAY_ACK))
			s->ack = t->rcv_nxt;
		if (segment_try(p, st, s, t))
			return true;
	}
	return false;
}

static bool segment_now(struct lint_play *p, const struct step *st, uint32_t octets)
{
	struct segment s;
	const struct hypotheses *from = &p->worlds;
	for (unsigned i = 0; i < from->count; i++) {
		if (!from->h[i].pending_count)
			continue;
		segment_of_reply(p, st, &from->h[i], &s);
		s.text_length = s.text_length < octets ? s.text_length : octets;
		if (s.text_length == octets && segment_try(p, st, &s, &from->h[i].tcb))
			return true;
	}
	for (unsigned i = 0; i < from->count; i++)
		for (int una = 0; una < 2; una++) {
			segment_unasked(p, st, &from->h[i], una, octets, &s);
			if (bits_try(p, st, &s, &from->h[i].tcb))
				return true;
		}
	return false;
}

/* <DATA=n/>: as one segment, else in pieces of the default size, of which the first carries the said numbers. */
static bool described_now(struct lint_play *p, const struct step *st)
{
	if (segment_now(p, st, st->segment.data))
		return true;
	if (st->segment.data_most && !st->segment.data_split)
		return (st->segment.data > CHUNK && segment_now(p, st, CHUNK)) || segment_now(p, st, 1) || segment_now(p, st, 0);
	if (!st->segment.data_split || st->segment.data <= CHUNK)
		return false;
	struct step piece = *st;
	for (uint32_t left = st->segment.data; left;) {
		uint32_t octets = left < CHUNK ? left : CHUNK;
		piece.segment.data = octets;
		if (!segment_now(p, &piece, octets))
			return st->segment.data_most && left < st->segment.data;
		left -= octets;
		piece.segment.said &= ~(unsigned)SAY_SEQ;
		piece.segment.seq = (struct seqnum){.kind = SEQ_UNSAID};
	}
	return true;
}

/* How late it may come: before the fence, within the step's time, or while its group waits (an RTO is the target's own: up to twice ours). */
static uint64_t latest(const struct lint_play *p, const struct step *st)
{
	const struct step *stimulus = &p->s->step[p->first];
	uint64_t until = p->now + REPLY_US;
	if (st->has_within)
		until = p->group_from + lint_duration(p, st->within);
	if (stimulus->kind == STEP_WAIT && stimulus->group == st->group) {
		uint64_t wait = lint_duration(p, stimulus->within);
		until = p->group_from + (stimulus->within.unit == UNIT_RTO ? 2 * wait : wait) + p->model->constants.tick;
	}
	return until > p->now ? until : p->now;
}

/* The next moment after p->now at which some world may or must do something by itself. */
static uint64_t next_moment(const struct lint_play *p, uint64_t until)
{
	uint64_t next = until;
	for (unsigned i = 0; i < p->worlds.count; i++) {
		uint64_t residue = model_next_residue(p->model, &p->worlds.h[i].tcb);
		if (residue > p->now && residue < next)
			next = residue;
	}
	return next;
}

bool lint_expect(struct lint_play *p, const struct step *st)
{
	uint64_t until = latest(p, st);
	if (p->now + REPLY_US <= until)
		p->now += REPLY_US;
	for (int tries = 0; tries < TRIES_MAX; tries++) {
		if (described_now(p, st))
			return true;
		if (p->now >= until)
			return false;
		if (!lint_time(p, tries == TRIES_MAX - 2 ? until : next_moment(p, until)))
			hypotheses_swap(&p->worlds, &p->scratch);
	}
	return false;
}
