/* What figures 6, 7, 9 and 12 mean for each side, step by step, written down from the figures. Not how a step is played. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/memory.h"
#include "lib/script/ladder.h"

enum { MAY = 1,
       AGAIN = 2,
       BINDS = 4,
       WITHIN_500_MS = 8,
       TWO_MSL = 16,
       ONE_RTO = 32 };

/* A step as it must come out. Groups count from the ladder's first stimulus: its group is 1. */
struct want {
	enum step_kind kind;
	unsigned group, line;
	uint32_t seq;
	int64_t offset;
	int64_t ack; /* -1: not said */
	uint16_t ctl;
	uint32_t data;
	uint16_t states;
	enum call call;
	uint32_t n;
	unsigned flags;
};

#define IN(s) .states = 1u << (s)
#define SYN_ACK CTL_SYN | CTL_ACK
#define FIN_ACK CTL_FIN | CTL_ACK

static const struct want figure_6_a[] = {
    {STEP_CALL, 1, 11, .call = CALL_OPEN_ACTIVE, .ack = -1},
    {STEP_EXPECT, 1, 12, .seq = 100, .ack = -1, .ctl = CTL_SYN, .flags = BINDS},
    {STEP_STATE, 1, 12, IN(SYN_SENT), .ack = -1},
    {STEP_SEND, 2, 13, .seq = 300, .ack = 101, .ctl = SYN_ACK},
    {STEP_EXPECT, 2, 14, .seq = 101, .ack = 301, .ctl = CTL_ACK},
    {STEP_STATE, 2, 14, IN(ESTABLISHED), .ack = -1},
    {STEP_CALL, 3, 15, .call = CALL_SEND, .n = 10, .ack = -1},
    {STEP_EXPECT, 3, 16, .seq = 101, .ack = 301, .ctl = CTL_ACK, .data = 10},
    {STEP_STATE, 3, 16, IN(ESTABLISHED), .ack = -1},
};

static const struct want figure_6_b[] = {
    {STEP_SEND, 1, 12, .seq = 100, .ack = -1, .ctl = CTL_SYN},
    {STEP_EXPECT, 1, 13, .seq = 300, .ack = 101, .ctl = SYN_ACK, .flags = BINDS},
    {STEP_STATE, 1, 13, IN(SYN_RECEIVED), .ack = -1},
    {STEP_SEND, 2, 14, .seq = 101, .ack = 301, .ctl = CTL_ACK},
    {STEP_STATE, 2, 14, IN(ESTABLISHED), .ack = -1},
    {STEP_SEND, 3, 16, .seq = 101, .ack = 301, .ctl = CTL_ACK, .data = 10},
    {STEP_EXPECT, 3, 17, .seq = 301, .ack = 111, .ctl = CTL_ACK, .flags = MAY},
    {STEP_STATE, 3, 16, IN(ESTABLISHED), .ack = -1},
};

static const struct want figure_7_a[] = {
    {STEP_CALL, 1, 11, .call = CALL_OPEN_ACTIVE, .ack = -1},
    {STEP_EXPECT, 1, 12, .seq = 100, .ack = -1, .ctl = CTL_SYN, .flags = BINDS},
    {STEP_STATE, 1, 12, IN(SYN_SENT), .ack = -1},
    {STEP_SEND, 2, 14, .seq = 300, .ack = -1, .ctl = CTL_SYN},
    {STEP_EXPECT, 2, 16, .seq = 100, .ack = 301, .ctl = SYN_ACK},
    {STEP_STATE, 2, 16, IN(SYN_RECEIVED), .ack = -1},
    {STEP_SEND, 3, 17, .seq = 300, .ack = 101, .ctl = SYN_ACK},
    {STEP_EXPECT, 3, 18, .seq = 101, .ack = 301, .ctl = CTL_ACK, .flags = MAY},
    {STEP_STATE, 3, 17, .states = 1u << ESTABLISHED | 1u << SYN_RECEIVED, .ack = -1},
    {STEP_SEND, 4, 21, .seq = 301, .ack = 101, .ctl = CTL_ACK},
    {STEP_STATE, 4, 21, IN(ESTABLISHED), .ack = -1},
};

static const struct want figure_7_b[] = {
    {STEP_CALL, 1, 13, .call = CALL_OPEN_ACTIVE, .ack = -1},
    {STEP_EXPECT, 1, 14, .seq = 300, .ack = -1, .ctl = CTL_SYN, .flags = BINDS},
    {STEP_STATE, 1, 14, IN(SYN_SENT), .ack = -1},
    {STEP_SEND, 2, 15, .seq = 100, .ack = -1, .ctl = CTL_SYN},
    {STEP_EXPECT, 2, 17, .seq = 300, .ack = 101, .ctl = SYN_ACK},
    {STEP_STATE, 2, 17, IN(SYN_RECEIVED), .ack = -1},
    {STEP_SEND, 3, 19, .seq = 100, .ack = 301, .ctl = SYN_ACK},
    {STEP_EXPECT, 3, 20, .seq = 301, .ack = 101, .ctl = CTL_ACK, .flags = MAY},
    {STEP_STATE, 3, 19, .states = 1u << ESTABLISHED | 1u << SYN_RECEIVED, .ack = -1},
    {STEP_SEND, 4, 22, .seq = 101, .ack = 301, .ctl = CTL_ACK},
    {STEP_STATE, 4, 22, IN(ESTABLISHED), .ack = -1},
};

/* (Reboot) of a side that begins CLOSED is no step. */
static const struct want figure_9_a[] = {
    {STEP_CALL, 1, 13, .call = CALL_OPEN_ACTIVE, .ack = -1},
    {STEP_EXPECT, 1, 14, .seq = 100, .offset = -2000000000, .ack = -1, .ctl = CTL_SYN, .flags = BINDS},
    {STEP_STATE, 1, 14, IN(SYN_SENT), .ack = -1},
    {STEP_SEND, 2, 15, .seq = 300, .ack = 100, .ctl = CTL_ACK},
    {STEP_EXPECT, 2, 16, .seq = 100, .ack = -1, .ctl = CTL_RST},
    {STEP_STATE, 2, 16, IN(SYN_SENT), .ack = -1},
    {STEP_WAIT, 3, 17, .ack = -1, .flags = ONE_RTO},
    {STEP_EXPECT, 3, 18, .seq = 100, .offset = -2000000000, .ack = -1, .ctl = CTL_SYN, .flags = AGAIN},
    {STEP_STATE, 3, 18, IN(SYN_SENT), .ack = -1},
};

static const struct want figure_9_b[] = {
    {STEP_SEND, 1, 14, .seq = 100, .offset = -2000000000, .ack = -1, .ctl = CTL_SYN},
    {STEP_EXPECT, 1, 15, .seq = 300, .ack = 100, .ctl = CTL_ACK},
    {STEP_STATE, 1, 15, IN(ESTABLISHED), .ack = -1},
    {STEP_SEND, 2, 16, .seq = 100, .ack = -1, .ctl = CTL_RST},
    {STEP_STATE, 2, 16, IN(CLOSED), .ack = -1},
};

static const struct want figure_12_a[] = {
    {STEP_CALL, 1, 11, .call = CALL_CLOSE, .ack = -1},
    {STEP_EXPECT, 1, 12, .seq = 100, .ack = 300, .ctl = FIN_ACK},
    {STEP_STATE, 1, 12, IN(FIN_WAIT_1), .ack = -1},
    {STEP_SEND, 2, 13, .seq = 300, .ack = 101, .ctl = CTL_ACK},
    {STEP_STATE, 2, 13, IN(FIN_WAIT_2), .ack = -1},
    {STEP_SEND, 3, 15, .seq = 300, .ack = 101, .ctl = FIN_ACK},
    {STEP_EXPECT, 3, 16, .seq = 101, .ack = 301, .ctl = CTL_ACK},
    {STEP_STATE, 3, 16, IN(TIME_WAIT), .ack = -1},
    {STEP_WAIT, 4, 17, .ack = -1, .flags = TWO_MSL},
    {STEP_STATE, 4, 18, IN(CLOSED), .ack = -1},
};

static const struct want figure_12_b[] = {
    {STEP_SEND, 1, 12, .seq = 100, .ack = 300, .ctl = FIN_ACK},
    {STEP_EXPECT, 1, 13, .seq = 300, .ack = 101, .ctl = CTL_ACK, .flags = WITHIN_500_MS},
    {STEP_STATE, 1, 13, IN(CLOSE_WAIT), .ack = -1},
    {STEP_CALL, 2, 14, .call = CALL_CLOSE, .ack = -1},
    {STEP_EXPECT, 2, 15, .seq = 300, .ack = 101, .ctl = FIN_ACK},
    {STEP_STATE, 2, 15, IN(LAST_ACK), .ack = -1},
    {STEP_SEND, 3, 16, .seq = 101, .ack = 301, .ctl = CTL_ACK},
    {STEP_STATE, 3, 16, IN(CLOSED), .ack = -1},
};

static struct ladder *file_read(const char *path)
{
	struct error e = {""};
	size_t n;
	char *text = memory_file(path, &n, &e);
	struct ladder *l = text ? ladder_read(path, text, &e) : NULL;
	free(text);
	if (!l)
		fail_msg("%s", e.text);
	return l;
}

static void segment_check(const struct said_segment *s, const struct want *w, bool expect)
{
	assert_int_equal(s->said, SAY_SEQ | (w->ack >= 0 ? SAY_ACK : 0) | (w->data ? SAY_DATA : 0));
	assert_int_equal(s->seq.kind, SEQ_FIGURE);
	assert_int_equal(s->seq.number, w->seq);
	assert_int_equal(s->seq.offset, w->offset);
	if (w->ack >= 0)
		assert_int_equal(s->ack.number, w->ack);
	assert_int_equal(s->ctl, w->ctl);
	assert_int_equal(s->ctl_care, expect ? CTL_SYN | CTL_FIN | CTL_RST | CTL_ACK | CTL_URG : CTL_ALL);
	assert_int_equal(s->data, w->data);
}

static void time_check(const struct step *st, unsigned flags)
{
	assert_int_equal(st->has_within, flags & (WITHIN_500_MS | TWO_MSL | ONE_RTO) ? 1 : 0);
	if (!st->has_within)
		return;
	assert_true(st->within.number == (flags & WITHIN_500_MS ? 500 : flags & TWO_MSL ? 2
	                                                                                : 1));
	assert_int_equal(st->within.unit, flags & WITHIN_500_MS ? UNIT_MS : flags & TWO_MSL ? UNIT_MSL
	                                                                                    : UNIT_RTO);
}

static void step_check(const struct step *st, const struct want *w, unsigned first_group)
{
	assert_int_equal(st->kind, w->kind);
	assert_int_equal(st->group, first_group + w->group);
	assert_int_equal(st->line, w->line);
	assert_int_equal(st->level, LEVEL_MUST);
	assert_false(st->given);
	assert_int_equal(st->states, w->states);
	assert_int_equal(st->may, w->flags & MAY ? 1 : 0);
	assert_int_equal(st->again, w->flags & AGAIN ? 1 : 0);
	assert_int_equal(st->binds, w->flags & BINDS ? 1 : 0);
	time_check(st, w->flags);
	if (w->kind == STEP_CALL) {
		assert_int_equal(st->call, w->call);
		assert_int_equal(st->n, w->n);
	}
	if (w->kind == STEP_SEND || w->kind == STEP_EXPECT)
		segment_check(&st->segment, w, w->kind == STEP_EXPECT);
}

static void figure_check(const char *path, char side, enum state given, const struct want *want, size_t count)
{
	struct error e = {""};
	struct ladder *l = file_read(path);
	struct script *s = ladder_compile(l, side, &e);
	assert_non_null(s);
	assert_true(s->prelude > 0);
	const struct step *g = &s->step[s->prelude - 1];
	assert_int_equal(g->kind, STEP_STATE);
	assert_true(g->given);
	assert_int_equal(g->states, 1u << given);
	assert_int_equal(s->count - s->prelude, count);
	for (size_t i = 0; i < count; i++)
		step_check(&s->step[s->prelude + i], &want[i], g->group);
	script_free(s);
	ladder_free(l);
}

#define FIGURE(path, side, given, want) figure_check(path, side, given, want, sizeof want / sizeof *want)

static void figure_6_from_both_sides(void **state)
{
	(void)state;
	FIGURE("suite/handshake/figure-6.ladder", 'a', CLOSED, figure_6_a);
	FIGURE("suite/handshake/figure-6.ladder", 'b', LISTEN, figure_6_b);
}

static void figure_7_from_both_sides(void **state)
{
	(void)state;
	FIGURE("suite/handshake/figure-7.ladder", 'a', CLOSED, figure_7_a);
	FIGURE("suite/handshake/figure-7.ladder", 'b', CLOSED, figure_7_b);
}

static void figure_9_from_both_sides(void **state)
{
	(void)state;
	FIGURE("suite/half-open/figure-9.ladder", 'a', CLOSED, figure_9_a);
	FIGURE("suite/half-open/figure-9.ladder", 'b', ESTABLISHED, figure_9_b);
}

static void figure_12_from_both_sides(void **state)
{
	(void)state;
	FIGURE("suite/close/figure-12.ladder", 'a', ESTABLISHED, figure_12_a);
	FIGURE("suite/close/figure-12.ladder", 'b', ESTABLISHED, figure_12_b);
}

/* The header of figure 12, and what its preludes and calls need. */
static void a_script_says_what_it_is(void **state)
{
	(void)state;
	struct error e;
	struct ladder *l = file_read("suite/close/figure-12.ladder");
	struct script *s = ladder_compile(l, 'b', &e);
	assert_string_equal(ladder_id(l), "close/figure-12");
	assert_string_equal(s->id, "close/figure-12/b");
	assert_string_equal(s->title, "A closes first, then B: the normal close");
	assert_string_equal(s->ref, "RFC 9293 3.6, Figure 12");
	assert_string_equal(s->covers, "MUST-13, S3.6-FIG12, S3.10.6-ALL-1");
	assert_string_equal(s->file, "suite/close/figure-12.ladder");
	assert_int_equal(s->side, 'b');
	assert_int_equal(s->needs, NEED_CLOSE);
	script_free(s);
	ladder_free(l);
}

/* Figure 12 begins synchronized: A's first SEQ is 100, B's 300 (rule 4.1). */
static void the_first_numbers_are_bound_to_what_is_live(void **state)
{
	(void)state;
	struct error e;
	struct ladder *l = file_read("suite/close/figure-12.ladder");
	struct script *a = ladder_compile(l, 'a', &e), *b = ladder_compile(l, 'b', &e);
	assert_true(a->base_known[0] && a->base_known[1] && b->base_known[0] && b->base_known[1]);
	assert_int_equal(a->base[0], 100);
	assert_int_equal(a->base[1], 300);
	assert_int_equal(b->base[0], 300);
	assert_int_equal(b->base[1], 100);
	script_free(a);
	script_free(b);
	ladder_free(l);
}

static struct script *text_compile(const char *text, char side)
{
	struct error e = {""};
	struct ladder *l = ladder_read("t", text, &e);
	struct script *s = l ? ladder_compile(l, side, &e) : NULL;
	if (!s)
		fail_msg("%s", e.text);
	ladder_free(l);
	return s;
}

#define ONE_SIDE "id: t\nlevel: SHOULD\nplays: B\n"
#define NAMES "\n     TCP A                                                TCP B\n"
#define GIVEN(s) " 1.                                                       " s "\n"

/* Figure 8: B answers twice, with 300 and with 400: it went back to LISTEN between. */
static void a_syn_binds_anew_after_listen(void **state)
{
	(void)state;
	struct error e;
	struct ladder *l = file_read("suite/handshake/figure-8.ladder");
	struct script *s = ladder_compile(l, 'b', &e);
	unsigned bindings = 0;
	for (size_t i = s->prelude; i < s->count; i++) {
		bindings += s->step[i].binds;
		if (s->step[i].kind == STEP_SEND)
			assert_int_equal(s->step[i].duplicate, s->step[i].segment.seq.number == 90);
	}
	assert_int_equal(bindings, 2);
	assert_false(s->base_known[0] || s->base_known[1]);
	script_free(s);
	ladder_free(l);
}

/* A FIN that is sent again lies before SND.NXT: its end is what is live. The SYN,ACK of SYN-RECEIVED likewise. */
static void a_repeated_segment_ends_at_what_is_live(void **state)
{
	(void)state;
	struct script *s = text_compile(ONE_SIDE NAMES GIVEN("FIN-WAIT-1") " 2.                                                       (1 RTO)\n"
	                                                                   "     <-- <SEQ=300><ACK=100><CTL=FIN,ACK> <-- (again)\n",
	                                'b');
	assert_int_equal(s->base[0], 301);
	assert_int_equal(s->base[1], 100);
	script_free(s);
	s = text_compile(ONE_SIDE NAMES GIVEN("SYN-RECEIVED") " 2.  --> <SEQ=100><CTL=SYN> -->\n     <-- <SEQ=301><ACK=101><CTL=ACK> <--\n", 'b');
	assert_int_equal(s->base[0], 301);
	assert_int_equal(s->base[1], 101);
	script_free(s);
	s = text_compile(ONE_SIDE NAMES GIVEN("SYN-SENT") " 2.  --> <SEQ=100><ACK=301><CTL=SYN,ACK> -->\n", 'b');
	assert_true(s->base_known[0]);
	assert_int_equal(s->base[0], 301);
	assert_false(s->base_known[1]);
	script_free(s);
}

static void options_of_the_header_go_on_every_syn_of_the_tester(void **state)
{
	(void)state;
	struct script *s = text_compile(ONE_SIDE "options: MSS:1460,NOP\n" NAMES GIVEN("ESTABLISHED") " 2.  --> <SEQ=100><CTL=SYN> -->\n     --> <SEQ=100><CTL=ACK> -->\n", 'b');
	unsigned syns = 0;
	for (size_t i = 0; i < s->count; i++) {
		const struct step *st = &s->step[i];
		if (st->kind != STEP_SEND)
			continue;
		bool syn = st->segment.ctl & CTL_SYN;
		syns += syn;
		assert_string_equal(st->segment.opt, syn ? "MSS:1460,NOP" : "");
		assert_int_equal(st->segment.said & SAY_OPT ? 1 : 0, syn);
	}
	assert_int_equal(syns, 2); /* the prelude's and the ladder's own */
	script_free(s);
}

static void an_isn_stands_on_the_way(void **state)
{
	(void)state;
	struct script *s = text_compile(ONE_SIDE "isn: 4294967295\n" NAMES GIVEN("CLOSE-WAIT") " 2.  --> <SEQ=100><CTL=ACK> -->\n", 'b');
	/* CLOSE-WAIT: the SYN, the acknowledgment, the FIN; and the target acknowledges the SYN and the FIN. */
	static const uint32_t sent[] = {4294967295u, 0, 0}, acknowledged[] = {0, 1};
	unsigned sends = 0, expects = 0;
	for (size_t i = 0; i < s->prelude; i++) {
		const struct step *st = &s->step[i];
		const struct seqnum *mine = st->kind == STEP_SEND ? &st->segment.seq : &st->segment.ack;
		if (st->kind != STEP_SEND && st->kind != STEP_EXPECT)
			continue;
		assert_int_equal(mine->kind, SEQ_ABSOLUTE);
		assert_int_equal(mine->number, st->kind == STEP_SEND ? sent[sends++] : acknowledged[expects++]);
	}
	assert_int_equal(sends, 3);
	assert_int_equal(expects, 2);
	/* Behind it the figure's numbers are the ladder's own. */
	assert_int_equal(s->step[s->prelude].segment.seq.kind, SEQ_FIGURE);
	script_free(s);
}

static void a_small_buffer_is_a_need(void **state)
{
	(void)state;
	struct script *s = text_compile(ONE_SIDE "given: shut\n" NAMES GIVEN("ESTABLISHED") " 2.  --> <SEQ=100><CTL=ACK> -->\n", 'b');
	unsigned windows = 0;
	assert_int_equal(s->needs, NEED_OPEN_ACTIVE | NEED_SMALL_BUFFER);
	for (size_t i = 0; i < s->prelude; i++)
		windows += s->step[i].kind == STEP_SEND && s->step[i].segment.data == DATA_WINDOW;
	assert_int_equal(windows, 1);
	script_free(s);
	s = text_compile(ONE_SIDE "given: active\n" NAMES GIVEN("ESTABLISHED") " 2.  --> <SEQ=100><CTL=ACK> -->\n", 'b');
	assert_int_equal(s->needs, NEED_OPEN_ACTIVE);
	script_free(s);
}

/* What is set is a need of its own, and the value is told in the setting's form. */
static void a_setting_is_a_need(void **state)
{
	(void)state;
	struct script *s = text_compile(ONE_SIDE NAMES GIVEN("ESTABLISHED") " 2.                                                       (Set keepalive_idle 120 min) (Set nagle no) (Set ttl 7)\n"
	                                                                    " 3.                                                       (Set keepalive yes) (Set user_timeout 1.5 s)\n",
	                                'b');
	static const struct {
		enum user_setting setting;
		uint64_t value;
	} want[] = {{SET_KEEPALIVE_IDLE, UINT64_C(7200000000)}, {SET_NAGLE, 0}, {SET_TTL, 7}, {SET_KEEPALIVE, 1}, {SET_USER_TIMEOUT, 1500000}};
	assert_int_equal(s->count - s->prelude, sizeof want / sizeof *want);
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		const struct step *st = &s->step[s->prelude + i];
		assert_int_equal(st->kind, STEP_CALL);
		assert_int_equal(st->call, CALL_SET);
		assert_int_equal(st->setting, want[i].setting);
		assert_true(st->value == want[i].value);
		assert_true(s->needs & NEED_SET(want[i].setting));
	}
	assert_false(s->needs & (NEED_SET(SET_DSCP) | NEED_SET(SET_RETRIES)));
	script_free(s);
}

/* What only one family has is played over that one. */
static void families_follow_from_what_is_said(void **state)
{
	static const struct {
		const char *fields;
		bool v4, v6;
	} c[] = {
	    {"<SEQ=100><CTL=ACK><TTL=1><DSCP=1><ECN=CE><TO=multicast>", true, true},
	    {"<SEQ=100><CTL=ACK><IPOPT=0101>", true, false},
	    {"<SEQ=100><CTL=ACK><TO=broadcast>", true, false},
	    {"<SEQ=100><CTL=ACK><FROM=net-broadcast>", true, false},
	    {"<SEQ=100><CTL=ACK><FROM=reserved>", true, false},
	    {"<SEQ=100><CTL=ACK><FROM=zero>", true, true},
	    {"<SEQ=100><CTL=ACK><EXT=HOP>", false, true},
	    {"<ICMP=4/0><SEQ=SND.UNA><CTL=ACK>", true, false},
	    {"<ICMP=3/3><SEQ=SND.UNA><CTL=ACK>", true, true},
	};
	(void)state;
	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		char text[400];
		snprintf(text, sizeof text, ONE_SIDE NAMES GIVEN("ESTABLISHED") " 2.  --> %s -->\n", c[i].fields);
		struct script *s = text_compile(text, 'b');
		assert_int_equal(script_speaks(s, IPV4), c[i].v4);
		assert_int_equal(script_speaks(s, IPV6), c[i].v6);
		script_free(s);
	}
}

/* The bits that an EXPECT asserts: always five, the others only as written. */
static void control_bits_are_asserted_as_written(void **state)
{
	(void)state;
	struct script *s = text_compile(ONE_SIDE NAMES GIVEN("ESTABLISHED") " 2.                                                       (Send 5)\n"
	                                                                    "     <-- <CTL=?URG,ACK,PSH,!ECE><DATA=5/><WND=1000+> <--\n",
	                                'b');
	const struct step *st = &s->step[s->prelude + 1];
	assert_int_equal(st->kind, STEP_EXPECT);
	assert_int_equal(st->segment.ctl, CTL_ACK | CTL_PSH);
	assert_int_equal(st->segment.ctl_care, CTL_SYN | CTL_FIN | CTL_RST | CTL_ACK | CTL_PSH | CTL_ECE);
	assert_true(st->segment.data_split);
	assert_int_equal(st->segment.wnd_test, WND_AT_LEAST);
	assert_int_equal(st->segment.wnd, 1000);
	assert_int_equal(st->level, LEVEL_SHOULD);
	script_free(s);
}

/* Calls and times come before a line's segment, silence and signals after it. */
static void a_line_is_read_in_the_order_of_things(void **state)
{
	(void)state;
	struct script *s = text_compile(ONE_SIDE "needs: urgent\nlistener: closed\n" NAMES GIVEN("ESTABLISHED") " 2.  --> <CTL=RST><SEQ=RCV.NXT-1> --> CLOSED (0.5 s) (Receive 3) (silence) (signal reset) (MUST)\n"
	                                                                                                        "     (MAY)                                                (Abort) (by the model)\n",
	                                'b');
	static const enum step_kind want[] = {STEP_WAIT, STEP_CALL, STEP_SEND, STEP_SILENCE, STEP_SIGNAL, STEP_STATE, STEP_CALL, STEP_BY_MODEL};
	assert_int_equal(s->count - s->prelude, sizeof want / sizeof *want);
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		assert_int_equal(s->step[s->prelude + i].kind, want[i]);
		assert_int_equal(s->step[s->prelude + i].level, i < 6 ? LEVEL_MUST : LEVEL_MAY);
	}
	const struct seqnum *q = &s->step[s->prelude + 2].segment.seq;
	assert_int_equal(q->kind, SEQ_VARIABLE);
	assert_int_equal(q->variable, VAR_RCV_NXT);
	assert_int_equal(q->offset, -1);
	assert_int_equal(s->needs, NEED_URGENT | NEED_RECEIVE | NEED_ABORT);
	assert_true(s->listener_closed);
	script_free(s);
}

/* Lines that say the same ports stand for one set of them for each port; an OPEN may name other ends. */
static void lines_repeat_for_each_port(void **state)
{
	(void)state;
	struct script *s = text_compile(ONE_SIDE NAMES GIVEN("LISTEN") " 2.  --> <SEQ=100><CTL=SYN><SRC=9..11> -->\n"
	                                                               "     <-- <CTL=SYN,ACK><SRC=9..11> <--\n"
	                                                               " 3.  --> <SEQ=100><CTL=SYN><SRC=9> -->\n"
	                                                               "                                                          (ISNs unrelated)\n"
	                                                               " 4.                                                       (Open active to broadcast)\n",
	                                'b');
	const struct step *st = &s->step[s->prelude];
	assert_int_equal(s->count - s->prelude, 9);
	for (unsigned i = 0; i < 7; i++) {
		assert_int_equal(st[i].kind, i % 2 ? STEP_EXPECT : STEP_SEND);
		assert_int_equal(st[i].segment.src_port, i < 6 ? 9 + i / 2 : 9);
		assert_int_equal(st[i].segment.src_last, 0);
		assert_int_equal(st[i].group, st[0].group + i / 2);
	}
	assert_int_equal(st[7].kind, STEP_ISNS);
	assert_int_equal(st[7].isns, ISNS_UNRELATED);
	assert_int_equal(st[8].call, CALL_OPEN_ACTIVE);
	assert_int_equal(st[8].place, OPEN_TO_BROADCAST);
	script_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_repeat_for_each_port),
	    cmocka_unit_test(figure_6_from_both_sides),
	    cmocka_unit_test(figure_7_from_both_sides),
	    cmocka_unit_test(figure_9_from_both_sides),
	    cmocka_unit_test(figure_12_from_both_sides),
	    cmocka_unit_test(a_script_says_what_it_is),
	    cmocka_unit_test(the_first_numbers_are_bound_to_what_is_live),
	    cmocka_unit_test(a_syn_binds_anew_after_listen),
	    cmocka_unit_test(a_repeated_segment_ends_at_what_is_live),
	    cmocka_unit_test(options_of_the_header_go_on_every_syn_of_the_tester),
	    cmocka_unit_test(an_isn_stands_on_the_way),
	    cmocka_unit_test(a_small_buffer_is_a_need),
	    cmocka_unit_test(a_setting_is_a_need),
	    cmocka_unit_test(families_follow_from_what_is_said),
	    cmocka_unit_test(control_bits_are_asserted_as_written),
	    cmocka_unit_test(a_line_is_read_in_the_order_of_things),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compile", tests, NULL, NULL);
}
