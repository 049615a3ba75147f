/* How a script is played hastily, then with care (fuzz/live.h), without a kernel: in its place is the reference stack, behind a wire that is made up, on a clock that goes on with each look at it. Link and calibration are left out. */
#include "tests/fuzz/made_up_live.h"

/* ---- plays ---- */

static void what_passes_is_played_once_and_fenced_at_its_end(void **state)
{
	(void)state;
	mistaken(0, 0);
	played();
	assert_int_equal(result.verdict, PASS);
	assert_counts(0, 0, 0, 0);
	assert_int_equal(told.moves, 5);
	assert_int_equal(told.ended, 1);
	assert_int_equal(told.asked, 0);
	script->count = 6; /* of which nothing may be delayed */
	script_played();
	assert_int_equal(live->counts.fences, 1);
	assert_int_equal(told.moves, 3);
}

static void a_failure_is_played_twice_with_care(void **state)
{
	(void)state;
	mistaken(0, ALWAYS);
	mistake.segment = 1;
	played();
	assert_int_equal(result.verdict, FAIL);
	assert_counts(2, 0, 0, 0);
	assert_int_equal(told.ended, 1);
	assert_int_equal(told.asked, 2);
	assert_string_equal(result.cause_class, "no reply");
	assert_non_null(strstr(text_string(&result.ladder), "<== no reply"));
	assert_string_equal(live_judge(live)->cause_class, "no reply");
}

static void what_is_known_is_asked_once(void **state)
{
	(void)state;
	mistaken(0, ALWAYS);
	mistake.segment = 1;
	told.known = true;
	played();
	told.known = false;
	assert_int_equal(result.verdict, KNOWN);
	assert_counts(1, 0, 0, 0);
	assert_int_equal(told.asked, 1);
	assert_string_equal(told.class, "no reply");
}

static void haste_is_taken_back(void **state)
{
	(void)state;
	mistaken(0, 1);
	mistake.segment = 1;
	played();
	assert_int_equal(result.verdict, PASS);
	assert_counts(1, 0, 0, 1);
	assert_int_equal(told.asked, 0);
}

/* Once it has failed with care as well it takes two to say that it was chance. */
static void one_careful_failure_is_none(void **state)
{
	(void)state;
	mistaken(0, 2);
	mistake.segment = 1;
	played();
	assert_int_equal(result.verdict, PASS);
	assert_counts(3, 0, 0, 1);
	assert_int_equal(live->counts.wavering, 1);
	mistaken(0, 1);
	mistake.segment = 1;
	played();
	assert_int_equal(live->counts.wavering, 0);
}

/* What a lost frame, a lost fence or a timer may have made says nothing: it is played again, and in the end is unsettled. */
static void a_doubtful_play_says_nothing(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		mistaken(0, ALWAYS);
		mistake.segment = i == 1 || i == 3 ? 0 : 1;
		mistake.frames = i == 0;
		mistake.silent = i == 1 || i == 3;
		mistake.stale = i == 3;
		mistake.slow_us = i == 2 ? LONG_US + 1 : 0;
		played();
		assert_int_equal(result.verdict, PASS);
		assert_counts(TRIES_MAX, TRIES_MAX, 1, 0);
		assert_int_equal(told.asked, 0);
	}
	mistaken(0, ALWAYS);
	mistake.slow_us = LONG_US + 1; /* what passes has time */
	played();
	assert_counts(0, 0, 0, 0);
}

/* Each play takes longer than what is left: there is no second. */
static void what_takes_too_long_is_left(void **state)
{
	(void)state;
	mistaken(0, ALWAYS);
	mistake.segment = 1;
	mistake.slow_us = SETTLE_US;
	played();
	assert_int_equal(result.verdict, PASS);
	assert_counts(1, 1, 1, 0);
}

/* What changes by itself was asked too early. */
static void a_state_is_asked_again(void **state)
{
	(void)state;
	mistaken(0, ALWAYS);
	mistake.early = true;
	played();
	assert_int_equal(result.verdict, PASS);
	assert_counts(TRIES_MAX, TRIES_MAX, 1, 0);
	mistaken(0, 1);
	mistake.early = true;
	played();
	assert_counts(1, 0, 0, 1);
}

/* And counts for nothing between those that agree. */
static void doubt_may_end(void **state)
{
	(void)state;
	mistaken(0, 3);
	mistake.segment = 1;
	mistake.frames = 1;
	played();
	assert_int_equal(result.verdict, PASS);
	assert_counts(3, 2, 0, 1);
}

/* Of each move what the target has sent. */
static void moves_are_told(void **state)
{
	(void)state;
	mistaken(0, 0);
	script->count = 0;
	calls(CALL_OPEN_PASSIVE);
	hears(CTL_SYN, 0);
	hears(CTL_ACK, 0);
	script_played();
	assert_int_equal(told.moves, 3);
	assert_int_equal(told.stimuli, 2);
	assert_int_equal(told.segments, 1);
	assert_int_equal(told.texts, 0);
	assert_int_equal(told.ctl, CTL_SYN | CTL_ACK);
	calls(CALL_SEND);
	script->step[6].n = 1072; /* two segments */
	script_played();
	assert_int_equal(told.stimuli, 2);
	assert_int_equal(told.segments, 3);
	assert_int_equal(told.texts, 1);
	hears(CTL_RST, 0);
	script_played();
	assert_int_equal(told.stimuli, 3);
	assert_int_equal(told.segments, 3);
}

/* What comes of earlier ends is no segment of this play. */
static void strays_are_counted(void **state)
{
	(void)state;
	mistaken(0, ALWAYS);
	mistake.stray = true;
	played();
	assert_int_equal(result.verdict, PASS);
	assert_counts(0, 0, 0, 0);
	assert_int_equal(live->counts.strays, w.segments);
	assert_true(w.segments >= 2);
}

/* A call that a socket cannot say is left out, and what comes behind it is played; where it is the last the play is fenced all the same. */
static void calls_that_cannot_be_said_are_left_out(void **state)
{
	(void)state;
	mistaken(0, 0);
	script->count = 0;
	calls(CALL_OPEN_PASSIVE);
	calls(CALL_CLOSE);
	hears(CTL_SYN, 0);
	calls(CALL_ABORT);
	hears(CTL_ACK, 0);
	script_played();
	assert_int_equal(result.verdict, PASS);
	assert_counts(0, 0, 0, 0);
	assert_int_equal(told.moves, 3);
	script->count = 8;
	script_played();
	assert_counts(0, 0, 0, 0);
	assert_int_equal(told.moves, 2);
	assert_int_equal(live->counts.fences, 1);
}

/* ---- several for one fence ---- */

/* An OPEN and the handshake. */
static void handshake_is_made(void)
{
	mistaken(0, 0);
	script->count = 0;
	calls(CALL_OPEN_PASSIVE);
	hears(CTL_SYN, 0);
	hears(CTL_ACK, 0);
	memset(&told, 0, sizeof told);
	memset(&live->counts, 0, sizeof live->counts);
	w.plays = 0;
}

static void proves(void)
{
	struct error e = {""};
	if (!live_prove(live, &e))
		fail_msg("%s", e.text);
	assert_int_equal(live->unproved_count, 0);
}

/* Of the connection of the i-th play that is not proved, from 0 on. */
static void says_late(unsigned i, uint16_t ctl)
{
	uint8_t packet[100];
	const struct segment s = {.src = live->at.target, .dst = live->at.tester, .src_port = live->at.target_port, .dst_port = live->unproved[i].tester_port, .ctl = ctl};
	frame_put(packet, segment_build(&s, packet, sizeof packet), 0);
}

static void several_passes_share_a_fence(void **state)
{
	(void)state;
	handshake_is_made();
	for (unsigned i = 1; i < LIVE_UNPROVED; i++) {
		script_played_on(LIVE_LATER);
		assert_int_equal(live->counts.fences, 0);
		assert_int_equal(live->unproved_count, i);
	}
	script_played_on(LIVE_LATER);
	assert_int_equal(live->counts.fences, 1);
	assert_int_equal(live->unproved_count, 0);
	script_played_on(LIVE_LATER);
	script_played_on(LIVE_NOW);
	assert_int_equal(live->counts.fences, 2);
	assert_int_equal(live->unproved_count, 0);
	script_played_on(LIVE_LATER);
	proves();
	proves(); /* nothing */
	assert_int_equal(live->counts.fences, 3);
	assert_int_equal(told.ended, LIVE_UNPROVED + 3);
	assert_int_equal(told.moves, 3 * (LIVE_UNPROVED + 3));
	assert_int_equal(told.disproved, 0);
}

/* What comes of it before the fence it had not said when it passed; but closing a connection may put out an RST. */
static void what_still_had_something_to_say_is_disproved(void **state)
{
	(void)state;
	handshake_is_made();
	for (unsigned i = 0; i < 3; i++)
		script_played_on(LIVE_LATER);
	says_late(1, CTL_ACK);
	says_late(1, CTL_ACK);
	script_played_on(LIVE_NOW);
	assert_int_equal(told.disproved, 1);
	assert_int_equal(told.disproved_last, 2);
	assert_int_equal(live->counts.disproved, 1);
	assert_int_equal(live->counts.strays, 2);
	script_played_on(LIVE_LATER);
	live->unproved[0].closed_at = UINT64_MAX / 2;
	says_late(0, CTL_RST);
	proves();
	assert_int_equal(told.disproved, 1);
	script_played_on(LIVE_LATER);
	says_late(0, CTL_RST); /* long behind it */
	proves();
	assert_int_equal(told.disproved, 2);
	script_played_on(LIVE_LATER);
	live->unproved[0].closed_at = UINT64_MAX / 2;
	says_late(0, CTL_SYN | CTL_ACK);
	proves();
	assert_int_equal(told.disproved, 3);
}

static void a_lost_fence_proves_nothing(void **state)
{
	(void)state;
	handshake_is_made();
	script_played_on(LIVE_LATER);
	script_played_on(LIVE_LATER);
	mistaken(0, ALWAYS);
	mistake.silent = true;
	proves();
	assert_int_equal(told.disproved, 2);
	assert_int_equal(told.disproved_last, 2);
}

/* A play that fails is fenced, and so are those before it. */
static void a_careful_play_proves_those_before_it(void **state)
{
	(void)state;
	handshake_is_made();
	script_played_on(LIVE_LATER);
	mistaken(1, ALWAYS);
	mistake.segment = 1;
	script_played_on(LIVE_LATER);
	assert_int_equal(result.verdict, FAIL);
	assert_int_equal(live->unproved_count, 0);
	assert_int_equal(told.disproved, 0);
}

/* It may come now or later, so that silence is no reason for a fence; the look at the end may draw it. */
static void an_acknowledgment_that_is_put_off_is_not_waited_for(void **state)
{
	(void)state;
	handshake_is_made();
	hears(CTL_ACK | CTL_PSH, 10);
	calls(CALL_RECEIVE);
	script_played_on(LIVE_LATER);
	assert_true(judge_tcb(&live->judge)->ack_owed);
	assert_int_equal(result.verdict, PASS);
	assert_int_equal(live->counts.fences, 0);
	assert_int_equal(live->counts.careful, 0);
	assert_int_equal(live->unproved_count, 1);
	proves();
	assert_int_equal(told.disproved, 0);
}

/* Behind a failure, and behind the look. */
static void what_a_look_draws_is_no_answer(void **state)
{
	struct segment ack = {.ctl = CTL_ACK}, fin = {.ctl = CTL_FIN | CTL_ACK}, text = {.ctl = CTL_ACK, .text_length = 1};
	(void)state;
	live->judge.status = JUDGE_FAILED;
	live->asked_at = 100;
	assert_true(is_drawn_by_a_look(live, 100, &ack));
	assert_false(is_drawn_by_a_look(live, 99, &ack));
	assert_false(is_drawn_by_a_look(live, 100, &fin));
	assert_false(is_drawn_by_a_look(live, 100, &text));
	live->judge.status = JUDGE_GOING;
	assert_false(is_drawn_by_a_look(live, 100, &ack));
	live->judge.status = JUDGE_FAILED;
	live->asked_at = 0;
	assert_false(is_drawn_by_a_look(live, 100, &ack));
}

/* ---- which calls, and which ends ---- */

static bool can_call(enum call call, struct tcb t, unsigned needs_met)
{
	static struct live l;
	struct hypothesis h = {.tcb = t};
	const struct step st = {.kind = STEP_CALL, .call = call};
	l.judge.now = (struct hypotheses){.h = &h, .count = 1};
	l.stage.target.needs_met = needs_met;
	return live_can_call(&l, &st);
}

static void a_socket_says_what_it_can(void **state)
{
	static const struct {
		struct tcb t;
		enum call call;
		unsigned needs_met;
		bool can;
	} cases[] = {
	    {{.state = CLOSED}, CALL_OPEN_PASSIVE, 0, true},
	    {{.state = CLOSED}, CALL_OPEN_ACTIVE, 0, true},
	    {{.state = CLOSED, .listener = true}, CALL_OPEN_PASSIVE, 0, false},
	    {{.state = CLOSED, .listener = true}, CALL_OPEN_ACTIVE, 0, false},
	    {{.state = CLOSED}, CALL_SEND, 0, false},
	    {{.state = CLOSED}, CALL_RECEIVE, 0, false},
	    {{.state = CLOSED, .irs_known = true}, CALL_RECEIVE, 0, true},
	    {{.state = CLOSED, .irs_known = true}, CALL_CLOSE, 0, false},
	    {{.state = LISTEN}, CALL_OPEN_PASSIVE, 0, false},
	    {{.state = LISTEN}, CALL_CLOSE, 0, false},
	    {{.state = LISTEN, .irs_known = true}, CALL_RECEIVE, 0, true},
	    {{.state = SYN_SENT}, CALL_SEND, 0, false},
	    {{.state = SYN_SENT}, CALL_SEND, NEED_EARLY_SEND, true},
	    {{.state = SYN_SENT}, CALL_CLOSE, 0, true},
	    {{.state = SYN_RECEIVED, .passive = true}, CALL_CLOSE, 0, false},
	    {{.state = SYN_RECEIVED, .passive = true}, CALL_SEND, NEED_EARLY_SEND, false},
	    {{.state = SYN_RECEIVED}, CALL_CLOSE, 0, true},
	    {{.state = ESTABLISHED, .passive = true}, CALL_SEND, 0, true},
	    {{.state = TIME_WAIT, .passive = true}, CALL_ABORT, 0, true},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (can_call(cases[i].call, cases[i].t, cases[i].needs_met) != cases[i].can)
			fail_msg("%s in %s, case %zu", call_name(cases[i].call), state_name(cases[i].t.state), i);
}

/* Each play has ends of its own: none is met again soon, and none is a port that is not for it. */
static void ends_are_not_met_again_soon(void **state)
{
	enum { PLAYS = 70000,
	       SOON = 50000 };
	static uint32_t met[PORTS];
	(void)state;
	for (uint32_t i = 1; i <= PLAYS; i++) {
		live_ends(live, IPV6);
		assert_int_equal(live->at.target.family, IPV6);
		assert_int_equal(live->at.tester.family, IPV6);
		assert_true(live->at.target_port >= PORT_FIRST);
		assert_true(live->at.tester_port >= PORT_FIRST);
		assert_true(met[live->at.target_port] == 0 || i - met[live->at.target_port] > SOON);
		met[live->at.target_port] = i;
	}
}

/* With care each has a port of its own; in haste those that begin with an OPEN, passive, share the lanes' listeners, and no 4-tuple is met again soon. */
static void lanes_are_for_haste(void **state)
{
	enum { PLAYS = 200000 };
	static bool met[LANES][PORTS];
	(void)state;
	script->count = 0;
	calls(CALL_OPEN_PASSIVE);
	hears(CTL_SYN, 0);
	live->script = script;
	live->manner = LIVE_HASTY;
	live_ends(live, IPV4);
	assert_true(live->at.target_port >= PORT_FIRST); /* there are none */
	live->shares = true;
	for (unsigned i = 0; i < PLAYS; i++) {
		live_ends(live, IPV4);
		assert_in_range(live->at.target_port, LANE_FIRST, LANE_FIRST + LANES - 1);
		assert_true(live->at.tester_port >= PORT_FIRST);
		assert_false(met[live->at.target_port - LANE_FIRST][live->at.tester_port]);
		met[live->at.target_port - LANE_FIRST][live->at.tester_port] = true;
	}
	live->manner = LIVE_CAREFUL;
	live_ends(live, IPV4);
	assert_true(live->at.target_port >= PORT_FIRST);
	live->manner = LIVE_HASTY;
	script->count = 0;
	hears(CTL_SYN, 0);
	calls(CALL_OPEN_PASSIVE);
	live_ends(live, IPV4);
	assert_true(live->at.target_port >= PORT_FIRST);
	live->shares = false;
}

/* On a lane the tester's port tells whose a segment is: of a play before, or of this one, where nobody has had it. */
static void ports_of_plays_before_are_known(void **state)
{
	(void)state;
	live_ends(live, IPV4);
	const uint16_t before = live->at.tester_port;
	live_ends(live, IPV4);
	assert_false(live_was_played(live, live->at.tester_port));
	assert_true(live_was_played(live, before));
	assert_false(live_was_played(live, 1));
	for (unsigned i = 1; i < STRAY_PLAYS; i++)
		live_ends(live, IPV4);
	assert_true(live_was_played(live, before));
	live_ends(live, IPV4);
	assert_false(live_was_played(live, before));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_passes_is_played_once_and_fenced_at_its_end),
	    cmocka_unit_test(a_failure_is_played_twice_with_care),
	    cmocka_unit_test(what_is_known_is_asked_once),
	    cmocka_unit_test(haste_is_taken_back),
	    cmocka_unit_test(one_careful_failure_is_none),
	    cmocka_unit_test(a_doubtful_play_says_nothing),
	    cmocka_unit_test(what_takes_too_long_is_left),
	    cmocka_unit_test(a_state_is_asked_again),
	    cmocka_unit_test(doubt_may_end),
	    cmocka_unit_test(moves_are_told),
	    cmocka_unit_test(strays_are_counted),
	    cmocka_unit_test(calls_that_cannot_be_said_are_left_out),
	    cmocka_unit_test(several_passes_share_a_fence),
	    cmocka_unit_test(what_still_had_something_to_say_is_disproved),
	    cmocka_unit_test(a_lost_fence_proves_nothing),
	    cmocka_unit_test(a_careful_play_proves_those_before_it),
	    cmocka_unit_test(an_acknowledgment_that_is_put_off_is_not_waited_for),
	    cmocka_unit_test(what_a_look_draws_is_no_answer),
	    cmocka_unit_test(a_socket_says_what_it_can),
	    cmocka_unit_test(ends_are_not_met_again_soon),
	    cmocka_unit_test(lanes_are_for_haste),
	    cmocka_unit_test(ports_of_plays_before_are_known),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const int failed = cmocka_run_group_tests_name("fuzz: live plays", tests, live_made, live_unmade);
	result_free(&result);
	return failed;
}
