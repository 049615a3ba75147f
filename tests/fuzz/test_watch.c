/* Each rule of fuzz/watch.c, by made-up traffic: a stack that does one thing wrong, of which the rule tells, and beside it one that does the nearest right thing, of which none does. No TCP is played. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "fuzz/rules.c"
#include "fuzz/watch.c"

#include "tests/fuzz/made_up_stack.h"

/* ---- one for each rule ---- */

static void an_rst_draws_no_rst(void **state)
{
	(void)state;
	is_established();
	will_send(CTL_RST, ISS + 1, 0, "");
	hears(CTL_RST, IRS + 1, 0, "");
	assert_breaks(reset_answers_reset);

	is_established();
	will_send(CTL_RST, ISS + 1, 0, "");
	hears(CTL_SYN, IRS + 1, 0, "");
	assert_silent();
}

static void an_rst_draws_nothing_without_a_connection(void **state)
{
	(void)state;
	begins(TCPSPEC_LISTEN);
	will_send(CTL_ACK, ISS, IRS, "");
	hears(CTL_RST, IRS, 0, "");
	assert_breaks(reset_answered);

	begins(TCPSPEC_LISTEN);
	will_send(CTL_RST, ISS, 0, "");
	hears(CTL_ACK, IRS, ISS, "");
	assert_silent();
}

/* In the window and not at its edge it draws a challenge (RFC 5961 3.2). */
static void an_rst_outside_of_the_window_draws_nothing(void **state)
{
	(void)state;
	is_established();
	will_send(CTL_ACK, ISS + 1, IRS + 1, "");
	hears(CTL_RST, IRS + WND + 50, 0, "");
	assert_breaks(reset_answered);

	is_established();
	will_send(CTL_ACK, ISS + 1, IRS + 1, "");
	hears(CTL_RST, IRS + WND - 50, 0, "");
	assert_silent();
}

static void what_is_discarded_draws_nothing(void **state)
{
	struct segment s;
	(void)state;
	is_established();
	will_send(CTL_ACK, ISS + 1, IRS + 1, "");
	s = segment(true, CTL_ACK, IRS + 1, ISS + 1, "x");
	s.said = SAID_CHK;
	arrives(&s);
	assert_breaks(discarded_answered);

	is_established();
	s = segment(true, CTL_ACK, IRS + 1, ISS + 1, "x");
	s.said = SAID_CHK;
	arrives(&s);
	assert_silent();
}

static void what_was_not_sent_is_not_acknowledged(void **state)
{
	(void)state;
	is_established();
	will_send(CTL_ACK, ISS + 1, IRS + 5, "");
	hears(CTL_ACK, IRS + 1, ISS + 1, "abc");
	assert_breaks(acknowledges_unsent);

	is_established();
	will_send(CTL_ACK, ISS + 1, IRS + 4, "");
	hears(CTL_ACK, IRS + 1, ISS + 1, "abc");
	assert_silent();
}

static void a_gap_is_not_acknowledged_until_it_is_filled(void **state)
{
	(void)state;
	is_established();
	will_send(CTL_ACK, ISS + 1, IRS + 5, "");
	hears(CTL_ACK, IRS + 3, ISS + 1, "cd");
	assert_breaks(acknowledges_unsent);

	is_established();
	will_send(CTL_ACK, ISS + 1, IRS + 1, "");
	hears(CTL_ACK, IRS + 3, ISS + 1, "cd");
	will_send(CTL_ACK, ISS + 1, IRS + 5, "");
	hears(CTL_ACK, IRS + 1, ISS + 1, "ab");
	assert_silent();
}

static void an_acknowledgment_does_not_go_back(void **state)
{
	(void)state;
	is_established();
	will_send(CTL_ACK, ISS + 1, IRS + 4, "");
	hears(CTL_ACK, IRS + 1, ISS + 1, "abc");
	will_send(CTL_ACK, ISS + 1, IRS + 1, "");
	polled();
	assert_breaks(acknowledgment_goes_back);

	is_established();
	will_send(CTL_ACK, ISS + 1, IRS + 4, "");
	hears(CTL_ACK, IRS + 1, ISS + 1, "abc");
	will_send(CTL_ACK, ISS + 1, IRS + 4, "");
	polled();
	assert_silent();
}

/* With another ISS it is another connection, and counts anew. */
static void another_connection_counts_anew(void **state)
{
	(void)state;
	is_established();
	will_send(CTL_ACK, ISS + 1, IRS - 2999, "");
	hears(CTL_SYN, IRS - 3000, 0, "");
	assert_breaks(acknowledgment_goes_back);

	is_established();
	stack.wants = now + 1;
	will_send(CTL_SYN | CTL_ACK, ISS + 9999, IRS - 2999, "");
	hears(CTL_SYN, IRS - 3000, 0, "");
	assert_silent();
}

/* A SYN,ACK that is sent again, behind the FIN of a CLOSE in SYN-RECEIVED, is the same connection's, though it acknowledges text as well; the answer to another SYN is not, though its ISS is the same. */
static void a_syn_sent_again_counts_on(void **state)
{
	(void)state;
	for (int other = 0; other < 2; other++) {
		begins(TCPSPEC_LISTEN);
		will_send(CTL_SYN | CTL_ACK, ISS, IRS + 1, "");
		becomes(TCPSPEC_SYN_RECEIVED);
		hears(CTL_SYN, IRS, 0, "");
		becomes(TCPSPEC_FIN_WAIT_1);
		will_send(CTL_FIN | CTL_ACK, ISS + 1, IRS + 1, "");
		polled();
		will_send(CTL_SYN | CTL_ACK, ISS, IRS + 2, "");
		hears(other ? CTL_SYN : CTL_ACK, IRS + 1, ISS, other ? "" : "x");
		will_send(CTL_ACK, ISS + 2, IRS + 2, "");
		stack.wants = now + 1;
		polled();
		if (other)
			assert_breaks(skips_octets);
		else
			assert_silent();
	}
}

/* Nor is it another's where a SYN stood at the number of that text, and drew a challenge: either may be what it acknowledges. */
static void a_syn_sent_again_counts_on_over_text_where_a_syn_was(void **state)
{
	(void)state;
	begins(TCPSPEC_LISTEN);
	will_send(CTL_SYN | CTL_ACK, ISS, IRS + 1, "");
	becomes(TCPSPEC_SYN_RECEIVED);
	hears(CTL_SYN, IRS, 0, "");
	becomes(TCPSPEC_FIN_WAIT_1);
	will_send(CTL_FIN | CTL_ACK, ISS + 1, IRS + 1, "");
	polled();
	will_send(CTL_ACK, ISS + 2, IRS + 1, "");
	hears(CTL_SYN, IRS + 1, 0, "");
	hears(CTL_ACK, IRS + 1, ISS, "x");
	will_send(CTL_SYN | CTL_ACK, ISS, IRS + 2, "");
	polled();
	will_send(CTL_ACK, ISS + 2, IRS + 2, "");
	stack.wants = now + 1;
	polled();
	assert_silent();
}

static void no_octets_are_skipped(void **state)
{
	(void)state;
	is_established();
	will_send(CTL_ACK, ISS + 2, IRS + 1, "abc");
	polled();
	assert_breaks(skips_octets);

	is_established();
	will_send(CTL_ACK, ISS + 1, IRS + 1, "abc");
	will_send(CTL_ACK, ISS + 4, IRS + 1, "def");
	will_send(CTL_ACK, ISS + 2, IRS + 1, "bc");
	stack.wants = now + 1;
	polled();
	assert_silent();
}

static void nothing_is_sent_behind_a_fin(void **state)
{
	(void)state;
	is_established();
	becomes(TCPSPEC_FIN_WAIT_1);
	stack.wants = now + 1;
	will_send(CTL_FIN | CTL_ACK, ISS + 1, IRS + 1, "ab");
	will_send(CTL_ACK, ISS + 4, IRS + 1, "c");
	polled();
	assert_breaks(sends_behind_fin);

	is_established();
	becomes(TCPSPEC_FIN_WAIT_1);
	stack.wants = now + 1;
	will_send(CTL_FIN | CTL_ACK, ISS + 1, IRS + 1, "ab");
	will_send(CTL_ACK, ISS + 1, IRS + 1, "ab");
	will_send(CTL_FIN | CTL_ACK, ISS + 3, IRS + 1, "");
	will_send(CTL_ACK, ISS + 4, IRS + 1, "");
	polled();
	assert_silent();
}

static void a_second_fin_is_behind_the_first(void **state)
{
	(void)state;
	is_established();
	becomes(TCPSPEC_FIN_WAIT_1);
	stack.wants = now + 1;
	will_send(CTL_FIN | CTL_ACK, ISS + 1, IRS + 1, "");
	will_send(CTL_FIN | CTL_ACK, ISS + 2, IRS + 1, "");
	polled();
	assert_breaks(sends_behind_fin);
}

static void received(size_t octets)
{
	uint8_t text[64];
	ops->receive((struct tcpspec_stack *)&stack, 1, text, octets, now);
}

static void the_user_is_given_each_octet_once(void **state)
{
	(void)state;
	is_established();
	hears(CTL_ACK, IRS + 1, ISS + 1, "abc");
	received(3);
	received(1);
	assert_breaks(delivers_too_much);

	is_established();
	hears(CTL_ACK, IRS + 1, ISS + 1, "abc");
	hears(CTL_ACK, IRS + 1, ISS + 1, "abcd");
	received(3);
	received(1);
	assert_silent();
}

static void the_user_is_given_nothing_beyond_a_gap(void **state)
{
	(void)state;
	is_established();
	hears(CTL_ACK, IRS + 1, ISS + 1, "ab");
	hears(CTL_ACK, IRS + 4, ISS + 1, "de");
	received(3);
	assert_breaks(delivers_too_much);

	is_established();
	hears(CTL_ACK, IRS + 4, ISS + 1, "de");
	hears(CTL_ACK, IRS + 1, ISS + 1, "abc");
	received(5);
	assert_silent();
}

static void what_is_received_has_room(void **state)
{
	(void)state;
	is_established();
	hears(CTL_ACK, IRS + 1, ISS + 1, "abc");
	stack.writes = 4;
	received(3);
	assert_breaks(breaks_interface);

	is_established();
	hears(CTL_ACK, IRS + 1, ISS + 1, "abcd");
	stack.gives = 4;
	stack.writes = 3;
	received(3);
	assert_breaks(breaks_interface);

	is_established();
	hears(CTL_ACK, IRS + 1, ISS + 1, "abc");
	stack.gives = stack.writes = 3;
	received(3);
	assert_silent();
}

static void a_timer_lies_ahead(void **state)
{
	(void)state;
	is_established();
	stack.wants = now;
	polled();
	assert_breaks(timer_in_the_past);

	is_established();
	stack.wants = now + 1;
	polled();
	assert_silent();
}

static void timers_have_an_end(void **state)
{
	(void)state;
	is_established();
	stack.step_us = 1;
	for (unsigned i = 0; i <= POLLS_MAX; i++)
		polled();
	assert_breaks(timer_without_end);

	is_established();
	stack.step_us = 1;
	for (unsigned i = 0; i < POLLS_MAX; i++)
		polled();
	assert_silent();
}

static void text_that_waits_has_a_timer(void **state)
{
	(void)state;
	is_established();
	will_send(CTL_ACK, ISS + 1, IRS + 1, "abc");
	polled();
	assert_breaks(timer_missing);

	is_established();
	will_send(CTL_ACK, ISS + 1, IRS + 1, "abc");
	polled();
	stack.wants = now + 1;
	assert_silent();

	is_established();
	will_send(CTL_ACK, ISS + 1, IRS + 1, "abc");
	polled();
	hears(CTL_ACK, IRS + 1, ISS + 4, "");
	assert_silent();
}

/* What SEND has taken and a shut window keeps back is to be probed for. */
static void unsent_text_has_a_timer(void **state)
{
	static const uint8_t octets[] = "abc";
	(void)state;
	is_established();
	ops->send((struct tcpspec_stack *)&stack, 1, octets, 3, 0, now);
	assert_breaks(timer_missing);

	is_established();
	ops->send((struct tcpspec_stack *)&stack, 1, octets, 3, 0, now);
	stack.wants = now + 1;
	assert_silent();

	is_established();
	will_send(CTL_ACK, ISS + 1, IRS + 1, "abc");
	ops->send((struct tcpspec_stack *)&stack, 1, octets, 3, 0, now);
	hears(CTL_ACK, IRS + 1, ISS + 4, "");
	assert_silent();
}

static void a_state_that_waits_has_a_timer(void **state)
{
	static const unsigned waits[] = {TCPSPEC_SYN_SENT, TCPSPEC_SYN_RECEIVED, TCPSPEC_FIN_WAIT_1, TCPSPEC_CLOSING_STATE, TCPSPEC_LAST_ACK, TCPSPEC_TIME_WAIT};
	static const unsigned rests[] = {TCPSPEC_CLOSED, TCPSPEC_LISTEN, TCPSPEC_ESTABLISHED, TCPSPEC_FIN_WAIT_2, TCPSPEC_CLOSE_WAIT};
	(void)state;
	for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
		is_established();
		stack.state = waits[i];
		assert_breaks(timer_missing);
	}
	for (size_t i = 0; i < sizeof rests / sizeof *rests; i++) {
		is_established();
		stack.state = rests[i];
		assert_silent();
	}
}

/* A peer that is gone: the stack asks for its timer each second, sends what it was said to, and gives up when it was said to. */
static enum rule abandoned(unsigned state, bool sends, uint64_t ends_us)
{
	is_established();
	ops->send((struct tcpspec_stack *)&stack, 1, (const uint8_t *)"abc", 3, 0, now);
	stack.state = stack.next_state = state;
	stack.step_us = 1000000;
	stack.ends_us = ends_us;
	if (sends)
		will_send(CTL_ACK, ISS, IRS + 1, "");
	return watch_abandon(now, 100000000)->rule;
}

static void a_peer_that_is_gone_is_given_up(void **state)
{
	(void)state;
	assert_string_equal(rule_name(abandoned(TCPSPEC_LAST_ACK, true, 0)), rule_name(RULE_never_gives_up));
	assert_string_equal(rule_name(abandoned(TCPSPEC_LAST_ACK, true, now + 150000000)), rule_name(RULE_never_gives_up));
	assert_string_equal(rule_name(abandoned(TCPSPEC_TIME_WAIT, false, 0)), rule_name(RULE_never_gives_up));
	assert_int_equal(abandoned(TCPSPEC_LAST_ACK, true, now + 50000000), RULE_NONE);
}

static void what_waits_is_not_silent(void **state)
{
	(void)state;
	assert_string_equal(rule_name(abandoned(TCPSPEC_LAST_ACK, false, 0)), rule_name(RULE_stays_silent));
	assert_string_equal(rule_name(abandoned(TCPSPEC_ESTABLISHED, false, 0)), rule_name(RULE_stays_silent)); /* three octets, and not one has left */
	assert_string_equal(watch_abandon(now, 100000000)->words, "ESTABLISHED after 100 s of silence, with text that was not sent into an open window");
	assert_int_equal(abandoned(TCPSPEC_ESTABLISHED, true, 0), RULE_NONE);
	assert_int_equal(abandoned(TCPSPEC_FIN_WAIT_2, false, 0), RULE_NONE);
}

static void the_state_keeps_to_its_arena(void **state)
{
	(void)state;
	is_established();
	stack.octets = sizeof stack + 1;
	assert_breaks(memory_grows);

	is_established();
	stack.octets = sizeof stack;
	assert_silent();
}

/* The state that the finding is told in is that before the stimulus. */
static void the_first_rule_counts_with_its_state(void **state)
{
	(void)state;
	begins(TCPSPEC_LISTEN);
	will_send(CTL_ACK, ISS, IRS, "");
	becomes(TCPSPEC_SYN_RECEIVED);
	hears(CTL_RST, IRS, 0, "");
	stack.octets = sizeof stack + 1;
	assert_breaks(reset_answered);
	assert_int_equal(watch_end(now)->state, LISTEN);
}

/* It may be what a line of known deviations means, and so may what was broken before it: both are told. */
static void a_disorder_stands_beside_what_was_broken(void **state)
{
	(void)state;
	is_established();
	will_send(CTL_ACK, ISS + 1, IRS + 5, "");
	hears(CTL_ACK, IRS + 1, ISS + 1, "abc");
	assert_int_equal(watch_disordered()->rule, RULE_NONE);
	watch_disorder("an assertion, file.c:1");
	watch_disorder("another one");
	assert_breaks(acknowledges_unsent);
	assert_int_equal(watch_disordered()->rule, RULE_stack_disorder);
	assert_string_equal(watch_disordered()->words, "an assertion, file.c:1");

	is_established();
	assert_int_equal(watch_disordered()->rule, RULE_NONE);
}

/* A stack that is no more has no timer. */
static void a_stack_in_disorder_is_asked_nothing(void **state)
{
	(void)state;
	is_established();
	stack.state = TCPSPEC_LAST_ACK;
	watch_disorder("an assertion, file.c:1");
	assert_silent();
}

/* Of two plays that put out the same the transcript is one, and another octet makes another. */
static uint64_t transcript_of(const char *text)
{
	is_established();
	will_send(CTL_ACK, ISS + 1, IRS + 1, text);
	polled();
	return watch_transcript();
}

static void transcripts_tell_plays_apart(void **state)
{
	(void)state;
	assert_true(transcript_of("abc") == transcript_of("abc"));
	assert_false(transcript_of("abc") == transcript_of("abd"));
	assert_false(transcript_of("abc") == transcript_of("abcd"));
}

/* What the judge says (lib/run) is told apart as well. */
static void each_class_of_the_judge_has_its_rule(void **state)
{
	static const char *const classes[] = {"unexpected segment", "no reply", "next state", "late reply", "malformed segment", "wrong octets", "wrong signal", "no signal", "call failed"};
	const size_t n = sizeof classes / sizeof *classes;
	(void)state;
	for (size_t i = 0; i < n; i++) {
		assert_int_not_equal(rule_of_cause(classes[i]), RULE_judge_other);
		for (size_t k = 0; k < i; k++)
			assert_int_not_equal(rule_of_cause(classes[i]), rule_of_cause(classes[k]));
	}
	assert_int_equal(rule_of_cause("timestamps"), RULE_judge_other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_rst_draws_no_rst),
	    cmocka_unit_test(an_rst_draws_nothing_without_a_connection),
	    cmocka_unit_test(an_rst_outside_of_the_window_draws_nothing),
	    cmocka_unit_test(what_is_discarded_draws_nothing),
	    cmocka_unit_test(what_was_not_sent_is_not_acknowledged),
	    cmocka_unit_test(a_gap_is_not_acknowledged_until_it_is_filled),
	    cmocka_unit_test(an_acknowledgment_does_not_go_back),
	    cmocka_unit_test(another_connection_counts_anew),
	    cmocka_unit_test(a_syn_sent_again_counts_on),
	    cmocka_unit_test(a_syn_sent_again_counts_on_over_text_where_a_syn_was),
	    cmocka_unit_test(no_octets_are_skipped),
	    cmocka_unit_test(nothing_is_sent_behind_a_fin),
	    cmocka_unit_test(a_second_fin_is_behind_the_first),
	    cmocka_unit_test(the_user_is_given_each_octet_once),
	    cmocka_unit_test(the_user_is_given_nothing_beyond_a_gap),
	    cmocka_unit_test(what_is_received_has_room),
	    cmocka_unit_test(a_timer_lies_ahead),
	    cmocka_unit_test(timers_have_an_end),
	    cmocka_unit_test(text_that_waits_has_a_timer),
	    cmocka_unit_test(unsent_text_has_a_timer),
	    cmocka_unit_test(a_state_that_waits_has_a_timer),
	    cmocka_unit_test(a_peer_that_is_gone_is_given_up),
	    cmocka_unit_test(what_waits_is_not_silent),
	    cmocka_unit_test(the_state_keeps_to_its_arena),
	    cmocka_unit_test(the_first_rule_counts_with_its_state),
	    cmocka_unit_test(a_disorder_stands_beside_what_was_broken),
	    cmocka_unit_test(a_stack_in_disorder_is_asked_nothing),
	    cmocka_unit_test(transcripts_tell_plays_apart),
	    cmocka_unit_test(each_class_of_the_judge_has_its_rule),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("fuzz: watch", tests, NULL, NULL);
}
