/* Stimuli as the judge reads them: each replaces every hypothesis by what it may become. What comes of it is observed elsewhere. */
#include <string.h>

#include "lib/run/frame.h"
#include "lib/run/judge_parts.h"
#include "lib/wire/packet.h"
#include "lib/wire/seq.h"

bool judge_owns(const struct judge *j, const struct address *target, uint16_t target_port, const struct address *tester, uint16_t tester_port)
{
	const struct endpoint *e = &j->endpoint;
	return target_port == e->target_port && tester_port == e->tester_port && address_equal(target, &e->target) && address_equal(tester, &e->tester);
}

struct tcb judge_target(const struct judge *j)
{
	struct tcb t = *judge_tcb(j);
	if (j->status == JUDGE_FAILED && j->has_shown)
		t.rcv_nxt = j->shown_rcv_nxt;
	if (j->status == JUDGE_FAILED && t.state == SYN_SENT)
		t.snd_nxt = j->shown_snd_nxt;
	return t;
}

void judge_stimulate(struct judge *j, const struct event *e)
{
	j->stimulus = *e;
	j->stimulated = true;
	j->arrived = false;
	j->stimulus_at = e->kind == EVENT_CALLED ? e->began : e->at;
	j->group_event = j->event_index;
	judge_time(j, j->stimulus_at);
	judge_serve(j, j->stimulus_at);
}

/* The stimulus makes of those that are there what is in scratch. */
static void judge_becomes(struct judge *j)
{
	hypotheses_swap(&j->before, &j->now);
	hypotheses_swap(&j->now, &j->scratch);
}

void judge_stays(struct judge *j)
{
	hypotheses_copy(&j->before, &j->now);
}

/* What a segment makes of these: into scratch. */
static void judge_arrives(struct judge *j, const struct hypotheses *at_them, const struct segment *s, uint64_t at)
{
	hypotheses_clear(&j->scratch);
	for (unsigned i = 0; i < at_them->count; i++) {
		struct outcome o;
		model_arrives(j->model, &at_them->h[i].tcb, s, at, &o);
		hypotheses_follow(&j->scratch, &at_them->h[i], &o);
	}
}

void judge_arrives_again(struct judge *j)
{
	judge_arrives(j, &j->before, &j->stimulus_segment, j->stimulus_at);
	hypotheses_swap(&j->now, &j->scratch);
}

/* Behind the script a probe is a stimulus of its own; on the way into the state it only hastens what is owed. The stimulus, and so what `actual` is told by, stays the script's. */
void judge_probed(struct judge *j, const struct event *e)
{
	struct segment s;
	judge_time(j, e->at);
	judge_serve(j, e->at);
	if (j->probing) {
		j->stimulated = true;
		j->stimulus_at = e->at;
		j->arrived = false;
		judge_stays(j);
	}
	if (!segment_parse(e->packet, e->length, &s, NULL))
		return;
	numbers_timestamp(&j->numbers, SIDE_TESTER, &s);
	judge_arrives(j, &j->now, &s, e->at);
	hypotheses_swap(&j->now, &j->scratch);
	judge_check(j);
}

/* A round trip that the target may measure: the tester's slowness is part of it. */
static void trip_note(struct judge *j, const struct segment *s, uint64_t at)
{
	const struct tcb *t = judge_tcb(j);
	if (!(s->ctl & CTL_ACK) || t->sent_at == 0 || at < t->sent_at || !t->iss_known || !seq_lt(t->snd_una, s->ack))
		return;
	if (at - t->sent_at > j->longest_trip)
		j->longest_trip = at - t->sent_at;
}

/* False: nothing comes of it. */
static bool judge_sent_segment(struct judge *j, const struct segment *s, const struct step *st, uint64_t at)
{
	j->has_stimulus_segment = true;
	j->urgent_sent |= (s->ctl & CTL_URG) != 0;
	numbers_bind(&j->numbers, SIDE_TESTER, &st->segment.seq, s->seq, false);
	numbers_bind(&j->numbers, SIDE_TARGET, &st->segment.ack, s->ack, false);
	numbers_timestamp(&j->numbers, SIDE_TESTER, s);
	if (s->bad & ~(BAD_RESERVED | BAD_OPTIONS))
		return false; /* it is discarded before section 3.10 sees it (RFC 9293 3.1) */
	if (!judge_owns(j, &s->dst, s->dst_port, &s->src, s->src_port))
		return false; /* <SRC=...>: another connection's */
	trip_note(j, s, at);
	judge_arrives(j, &j->now, s, at);
	judge_becomes(j);
	j->arrived = true;
	if (!(st->segment.said & SAY_OFF || s->ctl & CTL_SYN) || !s->text_length)
		return true;
	/* A SYN may have begun another connection, in whose stream its text has another place. */
	for (unsigned i = 0; i < j->now.count; i++)
		j->odd_sent |= j->now.h[i].tcb.irs_known && !text_is_stream(s, j->now.h[i].tcb.irs);
	return true;
}

static bool judge_sent_icmp(struct judge *j, const struct icmp_error *m, const struct step *st, uint64_t at)
{
	struct segment quoted;
	if (!segment_parse(m->quoted, m->quoted_length, &quoted, NULL))
		return false;
	numbers_bind(&j->numbers, SIDE_TARGET, &st->segment.seq, quoted.seq, false);
	numbers_bind(&j->numbers, SIDE_TESTER, &st->segment.ack, quoted.ack, false);
	if (!judge_owns(j, &quoted.src, quoted.src_port, &quoted.dst, quoted.dst_port))
		return false; /* <SRC=...>: of another connection */
	hypotheses_clear(&j->scratch);
	for (unsigned i = 0; i < j->now.count; i++) {
		struct outcome o;
		model_icmp(j->model, &j->now.h[i].tcb, j->endpoint.family, m->type, m->code, m->mtu, quoted.seq, at, &o);
		hypotheses_follow(&j->scratch, &j->now.h[i], &o);
	}
	judge_becomes(j);
	return true;
}

static bool judge_sent_quote(struct judge *j, const struct event *e, const struct step *st)
{
	uint8_t frame[PACKET_ROOM + ETHERNET_HEADER];
	static const uint8_t mac[MAC_OCTETS];
	struct packet p;
	ethernet_build(mac, mac, j->endpoint.family == IPV4 ? 0x0800 : 0x86dd, frame, sizeof frame);
	memcpy(frame + ETHERNET_HEADER, e->packet, e->length);
	packet_parse(frame, e->length + ETHERNET_HEADER, &p);
	return p.kind == PACKET_ICMP_ERROR && judge_sent_icmp(j, &p.error, st, e->at);
}

void judge_sent(struct judge *j, const struct event *e)
{
	const struct step *st = &j->script->step[e->step];
	struct segment *s = &j->stimulus_segment;
	judge_stimulate(j, e);
	const bool read = segment_parse(e->packet, e->length, s, NULL);
	if (!(read ? judge_sent_segment(j, s, st, e->at) : st->segment.said & SAY_ICMP && judge_sent_quote(j, e, st)))
		judge_stays(j);
	s->text = s->packet = NULL;
	judge_check(j);
}

/* Does the user's answer agree with this reaction to his call? RECEIVE hands over what is in order and on hand (3.10.3), a refusal needs an error to tell. */
static bool answer_fits(const struct tcb *before, const struct reaction *r, const struct step *st, const struct call_answer *a)
{
	const struct tcb *next = &r->next;
	const uint32_t on_hand = before->unread - next->unread + before->left - next->left;
	if (a->result == CALL_UNSEEN)
		return true;
	if (st->call == CALL_RECEIVE && a->octets != on_hand)
		return false;
	/* Of what is queued the stack must not lose any, nor what it says it has not taken be sent. */
	if (st->call == CALL_SEND && next->queued != before->queued && (r->answer == ANSWER_ERROR || r->answer == ANSWER_SERVED) && a->octets != next->queued - before->queued)
		return false;
	switch (r->answer) {
	case ANSWER_ERROR:
		return a->result == CALL_FAILED || a->signals;
	case ANSWER_EITHER:
		return true;
	case ANSWER_WAITS:
		return a->result != CALL_FAILED && !a->signals;
	case ANSWER_ENDS:
		return a->signals != 0;
	case ANSWER_SERVED:
	case ANSWER_BY_SIGNALS:
		break;
	}
	if (a->result == CALL_FAILED)
		return (next->signals | next->may_signal) != 0;
	return a->signals != 0 || !(next->signals & ~before->signals & SIGNAL_CLOSED);
}

/* Whether the standard leaves the stack an excuse not to serve the call. */
static bool judge_call_outcome(struct judge *j, const struct hypothesis *h, const struct step *st, const struct event *e)
{
	struct outcome o;
	uint32_t n = st->n;
	/* "Insufficient resources" is the standard's own answer to SEND and OPEN, and SET is no call of 3.10. */
	bool excused = st->call == CALL_SEND || st->call == CALL_SET || st->call == CALL_OPEN_ACTIVE || st->call == CALL_OPEN_PASSIVE;
	/* Of the text that goes with an OPEN a stack may take less, which the user then has to send later. */
	if (st->call == CALL_OPEN_ACTIVE && st->push)
		n = e->answer.octets;
	/* Where nobody knows how much a connection queues, what a refusal has taken is what it says. */
	if (st->call == CALL_SEND && e->answer.result == CALL_FAILED && j->model->constants.send_buffer == 0)
		n = e->answer.octets;
	step_call(j->model, &h->tcb, st, n, e->began, &o);
	for (unsigned k = 0; k < o.count; k++) {
		excused &= o.reaction[k].answer != ANSWER_SERVED;
		if (answer_fits(&h->tcb, &o.reaction[k], st, &e->answer))
			hypotheses_react(&j->scratch, h, &o.reaction[k]);
	}
	return excused;
}

void judge_called(struct judge *j, const struct event *e)
{
	const struct step *st = &j->script->step[e->step];
	const struct call_answer *a = &e->answer;
	bool excused = true;
	judge_stimulate(j, e);
	if (!a->content_ok && a->octets && !j->odd_sent) {
		text_add(&j->actual, "%s!", j->actual.length ? " " : ""); /* as judge_form() does */
		judge_against(j, JUDGE_FAILED, "wrong octets", "RFC 9293 3.10.3", "wrong octets: RECEIVE gave other octets than were sent");
	}
	hypotheses_clear(&j->scratch);
	for (unsigned i = 0; i < j->now.count; i++)
		excused &= judge_call_outcome(j, &j->now.h[i], st, e);
	if (j->scratch.count == 0 && st->call == CALL_RECEIVE)
		judge_against(j, JUDGE_FAILED, "wrong octets", "RFC 9293 3.10.3", "wrong octets: RECEIVE gave %u, other than are on hand %s", a->octets, a->text);
	else if (j->scratch.count == 0) /* where the stack is excused nothing can be said */
		judge_against(j, a->result == CALL_FAILED && excused ? JUDGE_UNREACHED : JUDGE_FAILED, "call failed", "RFC 9293 3.10", "call failed: %s: %s", call_name(st->call), a->text[0] ? a->text : "was served, where it must be refused");
	judge_becomes(j);
	judge_check(j);
}
