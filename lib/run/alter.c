/* Planted faults, as pure functions on packets. */
#include "lib/run/alter.h"

#include <string.h>

#include "lib/wire/octets.h"
#include "lib/wire/option.h"

static void altered_add(struct altered *a, const struct segment *s)
{
	a->length[a->count] = segment_build(s, a->packet[a->count], ALTERED_ROOM);
	a->count += a->length[a->count] > 0;
}

static void altered_same(struct altered *a, const uint8_t *packet, size_t n)
{
	if (n > ALTERED_ROOM)
		return;
	memcpy(a->packet[a->count], packet, n);
	a->length[a->count++] = n;
}

void alter_reply(enum fault_kind k, const uint8_t *packet, size_t n, struct altered *a)
{
	struct segment s;
	a->count = 0;
	a->delay_us = 0;
	if (!segment_parse(packet, n, &s, NULL))
		return;
	switch (k) {
	case FAULT_DROP:
		return;
	case FAULT_EXTRA_SEGMENT:
		altered_same(a, packet, n);
		altered_same(a, packet, n);
		return;
	case FAULT_EXTRA_RST:
		altered_same(a, packet, n);
		s.seq += segment_length(&s);
		s.ctl = CTL_RST | (s.ctl & CTL_ACK);
		s.text_length = s.options_length = 0;
		altered_add(a, &s);
		return;
	case FAULT_WRONG_SEQ:
		s.seq++;
		altered_add(a, &s);
		return;
	case FAULT_WRONG_ACK:
		s.ack++;
		altered_add(a, &s);
		return;
	case FAULT_WRONG_FLAGS:
		s.ctl |= CTL_URG;
		s.up = 1;
		altered_add(a, &s);
		return;
	case FAULT_WRONG_PORT:
		s.dst_port++;
		altered_add(a, &s);
		return;
	case FAULT_BAD_CHECKSUM:
		s.chk ^= 1;
		s.said |= SAID_CHK;
		altered_add(a, &s);
		return;
	case FAULT_DELAY_20MS:
	case FAULT_DELAY_300MS:
		a->delay_us = k == FAULT_DELAY_20MS ? 20000 : 300000;
		altered_same(a, packet, n);
		return;
	case FAULT_NONE:
	case FAULT_WRONG_STATE:
	case FAULT_LAST:
	case FAULT_RPS:
	case FAULT_BUSY:
	case FAULT_STALL:
	case FAULT_DEAF:
	case FAULT_CHATTY:
	case FAULT_MUTE:
	case FAULT_KINDS:
		altered_same(a, packet, n);
		return;
	}
}

static struct segment bare(const struct address *src, uint16_t src_port, const struct address *dst, uint16_t dst_port, uint32_t seq, uint32_t ack, uint16_t ctl)
{
	return (struct segment){.src = *src, .dst = *dst, .src_port = src_port, .dst_port = dst_port, .seq = seq, .ack = ctl & CTL_ACK ? ack : 0, .ctl = ctl, .wnd = 65535};
}

size_t alter_silence(enum fault_kind k, const struct endpoint *at, const struct tcb *t, uint8_t *to, size_t room)
{
	if (k != FAULT_EXTRA_SEGMENT && k != FAULT_EXTRA_RST)
		return 0;
	const uint16_t ctl = k == FAULT_EXTRA_RST ? CTL_RST : CTL_ACK;
	const struct segment s = bare(&at->target, at->target_port, &at->tester, at->tester_port, t->snd_nxt, t->rcv_nxt, ctl);
	return segment_build(&s, to, room);
}

size_t alter_slip(const struct endpoint *at, const struct tcb *t, uint8_t *to, size_t room)
{
	const uint16_t ctl = t->state == SYN_SENT ? CTL_RST | CTL_ACK : CTL_RST;
	const struct segment s = bare(&at->tester, at->tester_port, &at->target, at->target_port, t->rcv_nxt, t->snd_nxt, ctl);
	return segment_build(&s, to, room);
}

static bool step_expects(const struct step *st)
{
	switch (st->kind) {
	case STEP_EXPECT:
		return !st->may;
	case STEP_SILENCE:
	case STEP_STATE:
	case STEP_SIGNAL:
	case STEP_ISNS:
	case STEP_BY_MODEL:
		return !st->given;
	case STEP_SEND:
	case STEP_CALL:
	case STEP_WAIT:
		return false;
	}
	return false;
}

/* Was one of these states, and no other, expected before this step? Every connection begins in CLOSED. */
static bool state_was_among(const struct script *s, size_t step, uint16_t states)
{
	while (step > 0)
		if (s->step[--step].kind == STEP_STATE)
			return !(s->step[step].states & (uint16_t)~states);
	return true;
}

/* Is it a state that the stimulus leaves as it was, and that no reset ends? Neither on the way to it nor in it can anything happen that would contradict it: only what else its group expects can be. */
static bool state_stands(const struct script *s, size_t step)
{
	const uint16_t gone = 1 << CLOSED | 1 << LISTEN, waits = 1 << TIME_WAIT;
	const size_t first = script_stimulus(s, step);
	const uint16_t states = s->step[step].states;
	/* RFC 1337 3 (F1): where that is on a reset is ignored in TIME-WAIT. */
	const bool stays = !(states & (uint16_t)~gone) || (states == waits && strstr(s->with, "rfc1337=yes"));
	return stays && state_was_among(s, first, states);
}

/* A state is contradicted by an exact RST, unless it is one that an RST leads to or leaves alone: then by losing the group's replies, or its stimulus. */
static enum fault_kind fault_for_state(const struct script *s, size_t step, bool *swallow)
{
	const uint16_t gone = 1 << CLOSED | 1 << LISTEN;
	if (!(s->step[step].states & gone))
		return FAULT_WRONG_STATE;
	const size_t first = script_stimulus(s, step);
	for (size_t i = first; i < s->count && s->step[i].group == s->step[step].group; i++)
		if (s->step[i].kind == STEP_EXPECT && !s->step[i].may)
			return FAULT_DROP;
	*swallow = s->step[first].kind == STEP_SEND;
	return *swallow ? FAULT_NONE : FAULT_EXTRA_SEGMENT;
}

/* The last expectation; but if that is a state that nothing contradicts, one before it in its group, if there is any. The number of steps when nothing is expected. */
static size_t last_expected(const struct script *s)
{
	size_t last = s->count;
	for (size_t i = s->count; i-- > 0;) {
		if (last < s->count && s->step[i].group != s->step[last].group)
			break;
		if (!step_expects(&s->step[i]))
			continue;
		if (last == s->count || s->step[i].kind != STEP_STATE)
			last = i;
		if (s->step[i].kind != STEP_STATE || !state_stands(s, i))
			break;
	}
	return last;
}

struct last_fault fault_for_last(const struct script *s)
{
	struct last_fault f = {.kind = FAULT_NONE, .step = last_expected(s)};
	if (f.step == s->count) {
		f.step = 0;
		return f;
	}
	switch (s->step[f.step].kind) {
	case STEP_EXPECT:
		f.kind = FAULT_DROP;
		break;
	case STEP_SILENCE:
		f.kind = FAULT_EXTRA_SEGMENT;
		break;
	case STEP_STATE:
		f.kind = fault_for_state(s, f.step, &f.swallow);
		break;
	case STEP_SIGNAL: /* a call that was made, or time that went by, cannot be lost */
		f.swallow = s->step[script_stimulus(s, f.step)].kind == STEP_SEND;
		f.untold = !f.swallow;
		break;
	case STEP_ISNS:
		f.still = true;
		break;
	case STEP_BY_MODEL:
		f.kind = FAULT_EXTRA_RST;
		break;
	case STEP_SEND:
	case STEP_CALL:
	case STEP_WAIT:
		break;
	}
	return f;
}

void alter_still(uint8_t *packet, size_t n)
{
	enum { STILL = 1000 };
	uint8_t still[ALTERED_ROOM];
	struct segment s;
	if (n > sizeof still || !segment_parse(packet, n, &s, NULL) || !(s.ctl & CTL_SYN))
		return;
	s.seq = STILL;
	for (size_t i = 0, length; i + 1 < s.options_length && s.option_octets[i]; i += length) {
		length = s.option_octets[i] == OPTION_NOP ? 1 : s.option_octets[i + 1];
		if (length == 0 || i + length > s.options_length)
			break;
		if (s.option_octets[i] == OPTION_TS && length == 10)
			octets_put_u32(&s.option_octets[i + 2], STILL);
	}
	if (segment_build(&s, still, sizeof still) == n)
		memcpy(packet, still, n);
}

bool alter_spares(const struct judge *j, const uint8_t *packet, size_t n, uint64_t at)
{
	struct segment seen;
	for (size_t i = j->first; i < j->end; i++)
		if (j->script->step[i].kind == STEP_WAIT || j->script->step[i].again)
			return false;
	return segment_parse(packet, n, &seen, NULL) && judge_repeats(j, &seen, at);
}
