/* What may be sent again before the timer expires: RFC 5681 3.2, RFC 6582, RFC 6675, RFC 8985; and behind a timeout. How much of it congestion control lets go is the ladders' to ask. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lib/model/model.h"

enum { NOW = 100000000,
       MS = 1000,
       MSS = 536,
       SENT = 10 }; /* segments */

static struct model model;

static struct segment made(uint32_t seq, uint32_t ack, uint32_t text)
{
	return (struct segment){.src = {.family = IPV4}, .seq = seq, .ack = ack, .ctl = CTL_ACK, .wnd = 65535, .off = 5, .text_length = text};
}

/* The n-th octet behind the SYN, 101, in whole segments. */
static uint32_t number(unsigned segment)
{
	return 101 + segment * MSS;
}

/* ESTABLISHED, ISS 100, IRS 300; ten segments are out. */
static struct tcb flying(bool sack)
{
	struct tcb t = tcb_in_state(ESTABLISHED, true, true, 100, 300);
	model = model_default(PROFILE_RFC9293);
	t.sack_on = t.sack_offered = sack;
	t.snd_mss = MSS;
	t.snd_nxt = number(SENT);
	t.sent_at = NOW;
	return t;
}

/* An ACK arrives, with a SACK block when right is not 0; numbers of segments. */
static void acknowledged(struct tcb *t, unsigned ack, unsigned left, unsigned right)
{
	struct segment s = made(301, number(ack), 0);
	struct outcome o;
	s.options.sack_blocks = right > 0;
	s.options.sack[0].left = number(left);
	s.options.sack[0].right = number(right);
	model_arrives(&model, t, &s, NOW + MS, &o);
	assert_int_equal(o.count, 1);
	*t = o.reaction[0].next;
}

/* May the target send this segment again now? It has done so, then. */
static bool again(struct tcb *t, unsigned segment)
{
	struct segment s = made(number(segment), 301, MSS);
	struct tcb next;
	const char *clause;
	if (model_emits(&model, t, &s, NOW + MS, &next, &clause) != UNASKED_RETRANSMISSION)
		return false;
	*t = next;
	return true;
}

static void a_partial_ack_sends_the_next_again(void **unused)
{
	struct tcb t = flying(false);
	(void)unused;
	for (unsigned i = 0; i < 3; i++)
		acknowledged(&t, 0, 0, 0);
	assert_true(again(&t, 0));
	assert_false(again(&t, 0));
	acknowledged(&t, 0, 0, 0);
	assert_false(again(&t, 0)); /* a fourth duplicate is none that counts */
	for (unsigned part = 3; part < 9; part += 3) {
		acknowledged(&t, part, 0, 0);
		assert_true(again(&t, part));
		assert_false(again(&t, part));
	}
	acknowledged(&t, SENT, 0, 0);
	assert_false(t.recovering);
}

static void an_ack_ends_what_duplicates_began(void **unused)
{
	struct tcb t = flying(false);
	(void)unused;
	acknowledged(&t, 0, 0, 0);
	acknowledged(&t, 0, 0, 0);
	acknowledged(&t, 1, 0, 0);
	assert_false(again(&t, 1));
	acknowledged(&t, 1, 0, 0);
	assert_false(again(&t, 1)); /* the first that repeats this number */
}

static void blocks_tell_of_a_loss_at_once(void **unused)
{
	struct tcb t = flying(true);
	(void)unused;
	acknowledged(&t, 0, 1, 3);
	assert_false(again(&t, 0)); /* two segments: not more than (DupThresh - 1) * SMSS */
	acknowledged(&t, 0, 1, 4);
	assert_true(again(&t, 0));
	assert_true(again(&t, 4)); /* what is lost is the sender's to find out */
}

/* RFC 6675 4: HighRxt, and rule (4) of NextSeg (); RFC 6298 5: else never "less than one RTO after the previous transmission of that segment". */
static void blocks_have_an_octet_sent_again_once(void **unused)
{
	struct tcb t = flying(true);
	(void)unused;
	acknowledged(&t, 0, 3, 6);
	assert_true(again(&t, 0));
	assert_false(again(&t, 0));
	assert_true(again(&t, 2)); /* in which order nobody says */
	assert_true(again(&t, 1));
	acknowledged(&t, 0, 3, 7);
	assert_false(again(&t, 1));
	assert_true(again(&t, SENT - 1));
	assert_true(again(&t, SENT - 1)); /* to the rescue */
	assert_false(again(&t, SENT - 1));
	acknowledged(&t, 1, 3, 7);
	assert_true(again(&t, 1)); /* RFC 6582 3.2, step 3: the first that is not acknowledged */
	assert_false(again(&t, 1));
	assert_false(again(&t, 2));
}

/* An ICMP error about the first segment. */
static void told(struct tcb *t, uint16_t mtu)
{
	struct outcome o;
	model_icmp(&model, t, IPV4, 3, 4, mtu, number(0), NOW + MS, &o);
	*t = o.reaction[0].next;
}

static void what_is_too_big_is_sent_again_once(void **unused)
{
	struct tcb t = flying(false);
	(void)unused;
	told(&t, 296);
	assert_true(again(&t, 0));
	assert_true(again(&t, 1));
	assert_false(again(&t, 0));
	acknowledged(&t, 0, 0, 0);
	assert_false(again(&t, 1));
	told(&t, 296);
	assert_true(again(&t, 1));
}

static void what_is_too_big_is_no_timeout_though_one_is_due(void **unused)
{
	struct tcb t = flying(false);
	(void)unused;
	told(&t, 296);
	t.sent_at = NOW - 10000 * MS;
	assert_true(again(&t, 0));
	assert_int_equal(t.retransmissions, 0);
	assert_false(again(&t, 0));
	t.sent_at = NOW - 10000 * MS;
	assert_true(again(&t, 0));
	assert_int_equal(t.retransmissions, 1); /* once for the error, the next by the clock */
}

/* RFC 6675 4: "more than (DupThresh - 1) * SMSS bytes"; 268 is the half of MSS, with headers 308. */
static void a_smaller_path_makes_less_a_loss(void **unused)
{
	static const struct {
		uint16_t mtu;
		bool lost;
	} cases[] = {{308, false}, {307, true}, {0, true}, {576, false}, {1500, false}};
	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct tcb t = flying(true);
		told(&t, cases[i].mtu);
		t.too_big = false;
		acknowledged(&t, 0, 1, 2);
		assert_int_equal(again(&t, 0), cases[i].lost);
	}
}

/* RFC 5681 2: SMSS is less the options. */
static void timestamps_make_less_a_loss(void **unused)
{
	struct tcb t = flying(true);
	struct segment s = made(301, number(0), 0);
	struct outcome o;
	(void)unused;
	t.ts_on = true;
	s.options = (struct options){.has_ts = true, .sack_blocks = 1};
	s.options.sack[0].left = number(1);
	s.options.sack[0].right = number(3) - 24;
	model_arrives(&model, &t, &s, NOW + MS, &o);
	assert_false(o.reaction[o.count - 1].next.recovering);
	s.options.sack[0].right++;
	model_arrives(&model, &t, &s, NOW + MS, &o);
	assert_true(o.reaction[o.count - 1].next.recovering);
}

static void a_duplicate_told_is_no_loss(void **unused)
{
	struct tcb t = flying(true);
	(void)unused;
	acknowledged(&t, 4, 0, 4);
	for (unsigned i = 0; i < 4; i++) {
		acknowledged(&t, 4, i, 4);
		assert_false(again(&t, 4));
	}
}

static void time_tells_of_a_loss_with_rack(void **unused)
{
	struct tcb t = flying(true);
	(void)unused;
	model.choices.rack = true;
	acknowledged(&t, 0, 5, 6);
	assert_true(again(&t, 0));
}

static void a_timeout_lets_all_be_sent_again(void **unused)
{
	struct tcb t = flying(false), next;
	const struct segment first = made(number(0), 301, MSS);
	const char *clause;
	(void)unused;
	assert_int_equal(model_emits(&model, &t, &first, NOW + 1000 * MS, &next, &clause), UNASKED_RETRANSMISSION);
	t = next;
	acknowledged(&t, 1, 0, 0);
	assert_true(again(&t, 1));
	assert_true(again(&t, 2)); /* cwnd is two by now */
	acknowledged(&t, SENT, 0, 0);
	assert_false(t.early_data);
}

/* The timer of the earliest, that is, and how often it has run out (RFC 6298 5.4, 5.5). */
static void what_is_sent_again_behind_the_front_leaves_the_timer_alone(void **unused)
{
	struct tcb t = flying(true), next;
	const struct segment front = made(number(0), 301, MSS), behind = made(number(4), 301, MSS);
	const char *clause;
	(void)unused;
	for (unsigned drawn = 0; drawn < 3; drawn++) {
		t = flying(drawn == 1);
		if (drawn == 1)
			acknowledged(&t, 0, 1, 4);
		if (drawn == 2)
			t.front_at = NOW;
		t.front_end = t.snd_nxt;
		assert_int_equal(model_emits(&model, &t, &behind, NOW + 1100 * MS, &next, &clause), UNASKED_RETRANSMISSION);
		assert_int_equal(next.sent_at, NOW);
		t = next;
		t.early_data = false;
		assert_int_equal(model_emits(&model, &t, &behind, NOW + 1200 * MS, &next, &clause), UNASKED_FORBIDDEN);
		assert_int_equal(model_emits(&model, &t, &front, NOW + 1200 * MS, &next, &clause), UNASKED_RETRANSMISSION);
		assert_int_equal(next.retransmissions, 1);
	}
}

/* RFC 6298 5: "less than one RTO after the previous transmission of that segment", not of another. */
static void what_was_just_sent_does_not_go_with_a_timer(void **unused)
{
	struct tcb t = flying(false), next;
	const struct segment fresh = made(number(SENT), 301, MSS), before = made(number(SENT - 1), 301, MSS);
	const char *clause;
	(void)unused;
	t.snd_wnd = 65535;
	t.queued = MSS;
	assert_int_equal(model_emits(&model, &t, &fresh, NOW + 900 * MS, &next, &clause), UNASKED_TEXT);
	t = next;
	assert_int_equal(model_emits(&model, &t, &fresh, NOW + 1050 * MS, &next, &clause), UNASKED_FORBIDDEN);
	assert_int_equal(model_emits(&model, &t, &before, NOW + 1050 * MS, &next, &clause), UNASKED_RETRANSMISSION);
	assert_int_equal(model_emits(&model, &t, &fresh, NOW + 1900 * MS, &next, &clause), UNASKED_RETRANSMISSION);
}

/* Ten octets from there on, beyond a gap: what they make of t where all that is recommended is done, and its answer. */
static struct emission held(struct tcb *t, uint32_t from)
{
	struct segment s = made(from, t->snd_nxt, 10);
	struct outcome o;
	unsigned at = 0;
	model_arrives(&model, t, &s, NOW + MS, &o);
	while (at < o.count && o.reaction[at].breaks_should)
		at++;
	assert_true(at < o.count && o.reaction[at].now_count == 1);
	*t = o.reaction[at].next;
	return o.reaction[at].now[0];
}

/* RFC 2018 4: "The first SACK block [...] MUST specify the contiguous block of data containing the segment which triggered this ACK"; 8: nothing but what is held. */
static void the_first_block_tells_of_what_came_last(void **unused)
{
	static const struct {
		uint32_t blocks, left, right, left2, right2;
		bool true_;
	} cases[] = {{0, 0, 0, 0, 0, true}, {1, 341, 351, 0, 0, true}, {2, 341, 351, 321, 331, true}, {2, 321, 331, 341, 351, false}, {1, 321, 331, 0, 0, false}, {1, 341, 352, 0, 0, false}, {2, 340, 351, 321, 331, false}, {2, 341, 346, 321, 331, false}};
	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct tcb t = tcb_in_state(ESTABLISHED, true, true, 100, 300), next;
		struct segment s;
		model = model_default(PROFILE_RFC9293);
		t.sack_on = t.sack_offered = true;
		held(&t, 321);
		const struct emission e = held(&t, 341);
		s = made(t.snd_nxt, 301, 0);
		s.options.sack_blocks = (uint8_t)cases[i].blocks;
		s.options.sack[0].left = cases[i].left;
		s.options.sack[0].right = cases[i].right;
		s.options.sack[1].left = cases[i].left2;
		s.options.sack[1].right = cases[i].right2;
		next = t;
		assert_int_equal(model_satisfies(&model, &e, &s, NOW + MS, &next), cases[i].true_);
	}
}

static void blocks_that_are_not_held_are_false(void **unused)
{
	struct tcb t = flying(true), next;
	struct segment s = made(number(SENT), 301, 0);
	const char *clause;
	(void)unused;
	t.sent_at = 0;
	t.snd_una = t.snd_nxt;
	t.ack_owed = true;
	t.owed_ack = 301;
	t.owed_by = NOW + 500 * MS;
	t.held_count = 1;
	t.held[0].from = 311;
	t.held[0].to = 321;
	s.options.sack_blocks = 2;
	t.newest_from = 331;
	t.newest_to = 341;
	s.options.sack[0].left = 331; /* the newest segment may be told of though it was discarded */
	s.options.sack[0].right = 341;
	s.options.sack[1].left = 311;
	s.options.sack[1].right = 321;
	assert_int_equal(model_emits(&model, &t, &s, NOW, &next, &clause), UNASKED_OWED);
	s.options.sack[1].right = 322;
	assert_int_equal(model_emits(&model, &t, &s, NOW, &next, &clause), UNASKED_FORBIDDEN);
	s.options.sack[1].right = 321;
	s.options.sack[0].right = 342;
	assert_int_equal(model_emits(&model, &t, &s, NOW, &next, &clause), UNASKED_FORBIDDEN);
}

/* With so many octets in flight CLOSE is called. */
static bool fin_is_due(struct tcb *t, uint32_t flight)
{
	struct outcome o;
	t->snd_nxt = t->snd_una + flight;
	model_call(&model, t, CALL_CLOSE, 0, NOW + MS, &o);
	return o.reaction[0].has_due && o.reaction[0].due == t->snd_nxt + 1;
}

static void nothing_new_is_due_behind_a_loss_but_when_all_is_acknowledged(void **unused)
{
	struct tcb t = flying(false);
	(void)unused;
	for (unsigned i = 0; i < 2; i++)
		acknowledged(&t, 0, 0, 0);
	acknowledged(&t, SENT, 0, 0);
	assert_true(fin_is_due(&t, 10)); /* two duplicates are no loss */
	t = flying(false);
	for (unsigned i = 0; i < 3; i++)
		acknowledged(&t, 0, 0, 0);
	acknowledged(&t, SENT, 0, 0);
	assert_false(t.recovering);
	assert_false(fin_is_due(&t, 10)); /* cwnd is as little as two segments, however small */
	assert_true(fin_is_due(&t, 0));
}

static void an_old_ack_tells_of_a_loss_by_its_blocks(void **unused)
{
	struct tcb t = flying(true);
	(void)unused;
	acknowledged(&t, 2, 0, 0);
	acknowledged(&t, 1, 3, 6);
	assert_true(again(&t, 2));
	t = flying(false);
	acknowledged(&t, 2, 0, 0);
	for (unsigned i = 0; i < 4; i++)
		acknowledged(&t, 1, 0, 0);
	assert_false(again(&t, 2)); /* it is no duplicate */
}

/* A segment that an ACK has drawn, with that ACK field. */
static enum unasked drawn(const struct tcb *t, unsigned segment, uint32_t ack, struct tcb *next)
{
	const struct segment s = made(number(segment), ack, MSS);
	const char *clause;
	return model_emits(&model, t, &s, NOW + MS, next, &clause);
}

static void what_an_ack_draws_may_leave_before_its_text_is_taken(void **unused)
{
	struct tcb t = flying(true), next;
	struct segment s = made(301, number(0), 10);
	struct outcome o;
	(void)unused;
	s.options.sack_blocks = 1;
	s.options.sack[0].left = number(1);
	s.options.sack[0].right = number(SENT);
	model_arrives(&model, &t, &s, NOW + MS, &o);
	t = o.reaction[0].next;
	assert_int_equal(t.rcv_nxt, 311);
	assert_int_equal(drawn(&t, 0, 301, &next), UNASKED_RETRANSMISSION);
	assert_int_equal(drawn(&t, 0, 300, &next), UNASKED_FORBIDDEN);
	assert_int_equal(drawn(&t, 0, 311, &next), UNASKED_RETRANSMISSION);
	assert_int_equal(drawn(&next, 0, 301, &next), UNASKED_FORBIDDEN); /* it has been taken */
	t = flying(true);
	s.text_length = 0;
	s.ctl |= CTL_FIN;
	model_arrives(&model, &t, &s, NOW + MS, &o);
	t = o.reaction[0].next;
	assert_int_equal(t.rcv_nxt, 302);
	assert_int_equal(drawn(&t, 0, 301, &next), UNASKED_RETRANSMISSION);
	assert_int_equal(drawn(&t, 0, 300, &next), UNASKED_FORBIDDEN);
}

/* The same with a SACK block of its own, [left, right), behind one that may tell of anything. */
static enum unasked drawn_with(const struct tcb *t, uint32_t ack, uint32_t left, uint32_t right)
{
	struct segment s = made(number(0), ack, MSS);
	struct tcb next;
	const char *clause;
	s.options.sack_blocks = 2;
	s.options.sack[0].left = 501;
	s.options.sack[0].right = 502;
	s.options.sack[1].left = left;
	s.options.sack[1].right = right;
	return model_emits(&model, t, &s, NOW + MS, &next, &clause);
}

/* [at, at+10) lies beyond a gap; then an arrival draws what was lost. */
static struct tcb held_at(uint32_t at, struct segment arrival)
{
	struct tcb t = flying(true);
	struct outcome o;
	t.held[0].from = at;
	t.held[0].to = at + 10;
	t.held_count = 1;
	t.newest_from = 501;
	t.newest_to = 502;
	arrival.options.sack_blocks = 1;
	arrival.options.sack[0].left = number(1);
	arrival.options.sack[0].right = number(SENT);
	model_arrives(&model, &t, &arrival, NOW + MS, &o);
	return o.reaction[0].next;
}

static void what_leaves_before_tells_of_what_was_held_by_then(void **unused)
{
	struct segment fin = made(301, number(0), 0);
	struct tcb t = held_at(311, made(301, number(0), 10));
	(void)unused;
	assert_int_equal(t.rcv_nxt, 321);
	assert_int_equal(drawn_with(&t, 301, 311, 321), UNASKED_RETRANSMISSION);
	assert_int_equal(drawn_with(&t, 301, 311, 322), UNASKED_FORBIDDEN); /* it never came */
	fin.ctl |= CTL_FIN;
	t = held_at(401, fin);
	assert_int_equal(t.rcv_nxt, 302);
	assert_int_equal(drawn_with(&t, 301, 401, 411), UNASKED_RETRANSMISSION);
	assert_int_equal(drawn_with(&t, 302, 401, 411), UNASKED_FORBIDDEN); /* the FIN has ended it */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_partial_ack_sends_the_next_again),
	    cmocka_unit_test(an_ack_ends_what_duplicates_began),
	    cmocka_unit_test(blocks_tell_of_a_loss_at_once),
	    cmocka_unit_test(blocks_have_an_octet_sent_again_once),
	    cmocka_unit_test(what_is_too_big_is_sent_again_once),
	    cmocka_unit_test(what_is_too_big_is_no_timeout_though_one_is_due),
	    cmocka_unit_test(a_smaller_path_makes_less_a_loss),
	    cmocka_unit_test(timestamps_make_less_a_loss),
	    cmocka_unit_test(a_duplicate_told_is_no_loss),
	    cmocka_unit_test(time_tells_of_a_loss_with_rack),
	    cmocka_unit_test(a_timeout_lets_all_be_sent_again),
	    cmocka_unit_test(what_is_sent_again_behind_the_front_leaves_the_timer_alone),
	    cmocka_unit_test(what_was_just_sent_does_not_go_with_a_timer),
	    cmocka_unit_test(the_first_block_tells_of_what_came_last),
	    cmocka_unit_test(blocks_that_are_not_held_are_false),
	    cmocka_unit_test(nothing_new_is_due_behind_a_loss_but_when_all_is_acknowledged),
	    cmocka_unit_test(an_old_ack_tells_of_a_loss_by_its_blocks),
	    cmocka_unit_test(what_an_ack_draws_may_leave_before_its_text_is_taken),
	    cmocka_unit_test(what_leaves_before_tells_of_what_was_held_by_then),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("what may be sent again before its time", tests, NULL, NULL);
}
