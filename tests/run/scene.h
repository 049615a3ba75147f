/* A play written by hand: a ladder's stimuli as the player would send them, and whatever the test says that the target did. No wire, no target, no clock.
 * Every verdict is also asked of a second judge that reads the stored trace, with another seed. */
#ifndef TCPSPEC_TESTS_RUN_SCENE_H
#define TCPSPEC_TESTS_RUN_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/memory.h"
#include "lib/run/frame.h"
#include "lib/run/judge.h"
#include "lib/run/player.h"
#include "lib/script/ladder.h"

#define FIN_ACK (CTL_FIN | CTL_ACK)
#define SYN_ACK (CTL_SYN | CTL_ACK)
#define RST_ACK (CTL_RST | CTL_ACK)
/* The head of a ladder that is played from B, and its columns. */
#define LADDER(level, given) "id: a/test\nlevel: " level "\nref: RFC 9293\nplays: B\n\n"           \
	                     "     TCP A                                                TCP B\n\n" \
	                     " 1.                                                       " given "\n"
#define MS UINT64_C(1000)

struct scene {
	struct ladder *ladder;
	struct script *script;
	struct model model;
	struct endpoint at;
	struct judge judge;
	struct trace trace;
	struct result result;
	uint64_t now;        /* of the next event */
	size_t cursor, next; /* the group under way, and the one after */
	uint32_t iss, isn;   /* the target's first number, chosen by the test; the tester's, learned from what it sends */
	bool isn_known;
	uint64_t seed;
};

static const struct address scene_target = {IPV4, {192, 0, 2, 2}}, scene_tester = {IPV4, {192, 0, 2, 1}};

static inline void scene_begin(struct scene *s, const char *text, char side)
{
	struct error e = {""};
	memset(s, 0, sizeof *s);
	s->ladder = ladder_read("test", text, &e);
	if (!s->ladder)
		fail_msg("%s", e.text);
	s->script = ladder_compile(s->ladder, side, &e);
	if (!s->script)
		fail_msg("%s", e.text);
	s->model = model_default(PROFILE_RFC9293);
	s->at = (struct endpoint){.family = IPV4, .target = scene_target, .tester = scene_tester, .target_port = 2049, .tester_port = 40000};
	s->iss = 5000;
	s->now = 1000000;
	s->seed = 1;
}

/* The choices are made: the judge may read. */
static inline void scene_open(struct scene *s)
{
	judge_begin(&s->judge, s->script, &s->model, &s->at, s->seed);
}

static inline void scene_free(struct scene *s)
{
	judge_end(&s->judge);
	trace_free(&s->trace);
	result_free(&s->result);
	script_free(s->script);
	ladder_free(s->ladder);
}

static inline void scene_event(struct scene *s, struct event e)
{
	if (e.at == 0)
		e.at = s->now;
	e.step = s->cursor;
	judge_event(&s->judge, trace_add(&s->trace, &e));
	s->now += 20;
}

static inline void later(struct scene *s, uint64_t us)
{
	s->now += us;
}

static inline void scene_send(struct scene *s, const struct step *st)
{
	static uint8_t packet[PACKET_ROOM];
	struct error e = {""};
	struct segment sent;
	struct event ev = {.kind = EVENT_SENT, .packet = packet};
	ev.length = send_build(st, &s->judge.numbers, &s->at, judge_tcb(&s->judge), packet, sizeof packet, &e);
	if (ev.length == 0)
		fail_msg("%s", e.text);
	if (!s->isn_known && segment_parse(packet, ev.length, &sent, NULL)) {
		s->isn = sent.seq;
		s->isn_known = true;
	}
	scene_event(s, ev);
}

static inline void called(struct scene *s, struct call_answer answer)
{
	s->cursor = s->next;
	s->next = judge_group(&s->judge, s->cursor);
	scene_event(s, (struct event){.kind = EVENT_CALLED, .began = s->now, .answer = answer});
}

/* Performs the next group's stimulus. */
static inline void stimulus(struct scene *s)
{
	const struct step *st = &s->script->step[s->next];
	if (st->kind == STEP_CALL) {
		called(s, (struct call_answer){.result = CALL_OK, .octets = st->n, .content_ok = true});
		return;
	}
	s->cursor = s->next;
	s->next = judge_group(&s->judge, s->cursor);
	if (st->kind == STEP_SEND)
		scene_send(s, st);
	else if (st->kind == STEP_WAIT)
		scene_event(s, (struct event){.kind = EVENT_WAIT});
}

static inline void says_segment(struct scene *s, const struct segment *g)
{
	uint8_t packet[PACKET_ROOM];
	struct event ev = {.kind = EVENT_RECEIVED, .packet = packet};
	ev.length = segment_build(g, packet, sizeof packet);
	assert_true(ev.length > 0);
	scene_event(s, ev);
}

/* A segment of the target: SEQ = ISS+seq, ACK = the tester's ISN+ack (0 without the bit). */
static inline struct segment said(const struct scene *s, uint16_t ctl, uint32_t seq, uint32_t ack)
{
	static const uint8_t none[1];
	return (struct segment){.src = s->at.target, .dst = s->at.tester, .src_port = s->at.target_port, .dst_port = s->at.tester_port, .ctl = ctl, .seq = s->iss + seq, .ack = ctl & CTL_ACK ? s->isn + ack : 0, .wnd = 65535, .text = none};
}

static inline void says(struct scene *s, uint16_t ctl, uint32_t seq, uint32_t ack)
{
	const struct segment g = said(s, ctl, seq, ack);
	says_segment(s, &g);
}

/* n octets of the target's stream, beginning at ISS+seq. */
static inline void says_text(struct scene *s, uint32_t seq, uint32_t ack, uint32_t n)
{
	uint8_t octets[4096];
	struct segment g = said(s, CTL_ACK | CTL_PSH, seq, ack);
	assert_true(n <= sizeof octets);
	stream_fill(octets, seq - 1, n);
	g.text = octets;
	g.text_length = n;
	says_segment(s, &g);
}

static inline void fence(struct scene *s)
{
	later(s, 100);
	scene_event(s, (struct event){.kind = EVENT_FENCE});
}

static inline void deadline(struct scene *s)
{
	scene_event(s, (struct event){.kind = EVENT_DEADLINE});
}

static inline void asked(struct scene *s, enum state state, bool listener)
{
	const bool tcb = state != CLOSED && state != LISTEN;
	scene_event(s, (struct event){.kind = EVENT_STATE, .state = {.has_tcb = tcb, .has_listener = listener, .state = tcb ? state : CLOSED}});
}

/* Fence, then the state: what ends a group without a wait. */
static inline void ends_in(struct scene *s, enum state state)
{
	fence(s);
	asked(s, state, true);
}

static inline void quarantine(struct scene *s)
{
	later(s, QUARANTINE_US);
	scene_event(s, (struct event){.kind = EVENT_END});
}

/* The prelude's groups, each answered as its figures say: 300 is the target's ISS, 100 the tester's. */
static inline void prelude(struct scene *s)
{
	while (s->next < s->script->prelude) {
		stimulus(s);
		for (size_t i = s->cursor; i < s->next; i++) {
			const struct said_segment *q = &s->script->step[i].segment;
			if (s->script->step[i].kind == STEP_EXPECT)
				says(s, q->ctl, q->seq.number - 300, q->ack.number - 100);
		}
		fence(s);
		const enum state want = s->next == s->script->prelude ? (enum state)__builtin_ctz(s->script->step[s->next - 1].states) : judge_tcb(&s->judge)->state;
		asked(s, want, judge_tcb(&s->judge)->listener);
		if (s->judge.status != JUDGE_GOING)
			fail_msg("the prelude: %s", s->judge.cause);
	}
}

/* A ladder of side b up to the end of its prelude. */
static inline void scene_of(struct scene *s, const char *text)
{
	scene_begin(s, text, 'b');
	scene_open(s);
	prelude(s);
}

static inline enum verdict scene_verdict(struct scene *s)
{
	struct judge again;
	struct result r = {0};
	judge_begin(&again, s->script, &s->model, &s->at, s->seed + 99);
	judge_replay(&again, &s->trace);
	judge_result(&again, &r);
	judge_result(&s->judge, &s->result);
	assert_int_equal(r.verdict, s->result.verdict);
	assert_string_equal(text_string(&r.actual), text_string(&s->result.actual));
	assert_string_equal(r.cause, s->result.cause);
	assert_string_equal(r.clause, s->result.clause);
	assert_int_equal(again.fault_event, s->judge.fault_event);
	result_free(&r);
	judge_end(&again);
	return s->result.verdict;
}

/* The end of a test: verdict and the first words of the cause. */
static inline void scene_is(struct scene *s, enum verdict want, const char *cause_class)
{
	const enum verdict got = scene_verdict(s);
	if (got != want || strcmp(s->result.cause_class, cause_class) != 0)
		fail_msg("expected %s \"%s\", the judge says %s \"%s\": %s; it saw %s", verdict_name(want), cause_class, verdict_name(got), s->result.cause_class, s->result.cause,
		         text_string(&s->result.actual));
	scene_free(s);
}

/* The same, where the reaction as it is written down is asked for too. */
static inline void scene_saw(struct scene *s, const char *actual)
{
	scene_verdict(s);
	assert_string_equal(text_string(&s->result.actual), actual);
}

#endif
