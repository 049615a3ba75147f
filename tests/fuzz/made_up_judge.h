/* A judge that is made up: the connection that it sees, the script as far as it has come, and the last move. The fixture of the tests of fuzz/causes.h. Nothing is played. */
#ifndef TCPSPEC_TESTS_FUZZ_MADE_UP_JUDGE_H
#define TCPSPEC_TESTS_FUZZ_MADE_UP_JUDGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "fuzz/causes.h"

enum { ISS = 1000, /* the target's */
       UNA = 1010,
       NXT = 1030,
       IRS = 5000, /* the tester's */
       RCV = 5001,
       WND = 100,
       STEPS = 8 };

static struct {
	struct step step[STEPS];
	struct script script;
	struct hypothesis h;
	struct judge j;
} c;

/* Established; of 20 octets sent nothing was acknowledged. */
static inline struct tcb *connection(void)
{
	memset(c.step, 0, sizeof c.step);
	text_free(&c.j.actual);
	c.h = (struct hypothesis){.tcb = {.state = ESTABLISHED, .passive = true, .iss_known = true, .irs_known = true, .iss = ISS, .snd_una = UNA, .snd_nxt = NXT, .snd_wnd = 50, .max_snd_wnd = 50, .irs = IRS, .rcv_nxt = RCV, .rcv_wnd = WND, .snd_mss = 536}};
	c.script = (struct script){.step = c.step};
	c.j = (struct judge){.script = &c.script, .before = {.h = &c.h, .count = 1}, .endpoint.family = IPV4};
	return &c.h.tcb;
}

static inline struct step *step_behind(enum step_kind kind)
{
	struct step *st = &c.step[c.script.count++];
	st->kind = kind;
	return st;
}

/* It was sent before. */
static inline struct said_segment *came_before(uint16_t ctl)
{
	struct said_segment *s = &step_behind(STEP_SEND)->segment;
	s->ctl = ctl;
	return s;
}

/* The last move begins: what the script said before it came before. */
static inline struct step *last_is(enum step_kind kind)
{
	c.j.first = c.j.stimulus.step = c.script.count;
	struct step *st = step_behind(kind);
	c.j.end = c.script.count;
	return st;
}

static inline struct segment *arrives(uint16_t ctl, uint32_t seq, uint32_t ack, uint32_t n)
{
	last_is(STEP_SEND)->segment.ctl = ctl;
	c.j.stimulus.kind = EVENT_SENT;
	c.j.has_stimulus_segment = true;
	c.j.stimulus_segment = (struct segment){.ctl = ctl, .seq = seq, .ack = ack, .text_length = n};
	return &c.j.stimulus_segment;
}

static inline void assert_id(const char *wanted)
{
	char id[CAUSE_ID_MAX];
	cause_id(&c.j, id);
	assert_string_equal(id, wanted);
}

static inline void assert_traits(const char *traits)
{
	char id[CAUSE_ID_MAX], wanted[CAUSE_ID_MAX];
	cause_id(&c.j, id);
	snprintf(wanted, sizeof wanted, "/0/%s/v4", traits);
	const size_t n = strlen(id), behind = strlen(wanted);
	assert_true(n > behind);
	assert_string_equal(id + n - behind, wanted);
}

/* A connection of which nothing is to be said but what is said then. */
static inline struct tcb *plain(void)
{
	struct tcb *t = connection();
	t->snd_una = NXT;
	return t;
}

/* Its memory. */
static inline int judge_unmade(void **state)
{
	(void)state;
	text_free(&c.j.actual);
	return 0;
}

#endif
