/* The judge on hand-made traces: what is permitted now, later and never, and whose fault it is. Expectations: the design ("The judge") and RFC 9293.
 * The marks and numbers of ladders are in test_judge_ladder.c, stragglers in test_straggler.c. */
#include "tests/run/scene.h"

#include "lib/wire/option.h"

#define TO(segment) " 2.                --> " segment "  -->\n"
#define FROM(segment, margin) " 3.                <-- " segment "  <-- " margin "\n"
#define B "                                                          "

#define SYN_TO_LISTEN LADDER("MUST", "LISTEN") TO("<SEQ=100><CTL=SYN>") FROM("<SEQ=300><ACK=101><CTL=SYN,ACK>", "SYN-RECEIVED")
/* An octet that was acknowledged before draws an ACK at once (RFC 9293 3.10.7.4, first check). */
#define OLD_OCTET LADDER("MUST", "ESTABLISHED") TO("<SEQ=100-1><ACK=300><CTL=ACK><DATA=1>") FROM("<SEQ=300><ACK=100><CTL=ACK>", "ESTABLISHED")
#define OLD_OCTET_CELL(state) LADDER("MUST", state) " 2.                --> <SEQ=RCV.NXT-1><ACK=SND.NXT><CTL=ACK><DATA=1>  --> (by the model)\n"
#define TEXT_CELL LADDER("MUST", "ESTABLISHED") " 2.                --> <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK><DATA=10>  --> (by the model)\n"
#define FIN_CELL LADDER("MUST", "ESTABLISHED") " 2.                --> <SEQ=RCV.NXT><ACK=SND.NXT><CTL=FIN,ACK>  --> (by the model)\n"
#define EXACT_RST LADDER("MUST", "ESTABLISHED") " 2.                --> <SEQ=100><CTL=RST>  --> CLOSED\n"
#define SEND_10 LADDER("MUST", "ESTABLISHED") " 2." B "(Send 10)\n" FROM("<SEQ=300><ACK=100><CTL=ACK><DATA=10>", "ESTABLISHED")

static void fence_after(struct scene *s, uint64_t us)
{
	s->now = s->judge.stimulus_at + us;
	scene_event(s, (struct event){.kind = EVENT_FENCE});
}

/* ---- the reply ---- */

static void the_right_reply_passes(void **state)
{
	(void)state;
	struct scene s;
	scene_of(&s, SYN_TO_LISTEN);
	stimulus(&s);
	says(&s, SYN_ACK, 0, 1);
	ends_in(&s, SYN_RECEIVED);
	quarantine(&s);
	scene_saw(&s, "<SEQ=ISS><ACK=SEG.SEQ+1><CTL=SYN,ACK> => SYN-RECEIVED");
	assert_string_equal(s.result.state_before, "LISTEN");
	assert_string_equal(s.result.state_after, "SYN-RECEIVED");
	scene_is(&s, PASS, "");
}

static void silence_where_a_reply_is_due_fails(void **state)
{
	(void)state;
	struct scene s;
	scene_of(&s, SYN_TO_LISTEN);
	stimulus(&s);
	ends_in(&s, LISTEN);
	quarantine(&s);
	scene_saw(&s, "=> LISTEN");
	scene_is(&s, FAIL, "no reply");
}

static void a_second_syn_ack_at_once_fails(void **state)
{
	(void)state;
	struct scene s;
	scene_of(&s, SYN_TO_LISTEN);
	stimulus(&s);
	says(&s, SYN_ACK, 0, 1);
	says(&s, SYN_ACK, 0, 1);
	ends_in(&s, SYN_RECEIVED);
	scene_is(&s, FAIL, "unexpected segment");
}

/* Beside the right reply to the old octet. */
static void extra_segments_fail(void **state)
{
	(void)state;
	const uint16_t extra[] = {CTL_ACK, CTL_RST, RST_ACK, FIN_ACK};
	for (size_t i = 0; i < sizeof extra / sizeof *extra; i++) {
		struct scene s;
		scene_of(&s, OLD_OCTET);
		stimulus(&s);
		says(&s, CTL_ACK, 1, 1);
		says(&s, extra[i], 1, 1);
		ends_in(&s, ESTABLISHED);
		quarantine(&s);
		scene_is(&s, FAIL, "unexpected segment");
	}
}

static void a_wrong_field_fails(void **state)
{
	(void)state;
	const struct {
		uint16_t ctl;
		uint32_t seq, ack;
	} wrong[] = {{CTL_ACK, 2, 1}, {CTL_ACK, 0, 1}, {CTL_ACK, 1, 2}, {CTL_ACK, 1, 0}, {CTL_ACK | CTL_URG, 1, 1}, {FIN_ACK, 1, 1}, {CTL_RST, 1, 0}, {0, 1, 0}};
	const char *const ladders[] = {OLD_OCTET, OLD_OCTET_CELL("ESTABLISHED")};
	for (size_t i = 0; i < 2 * sizeof wrong / sizeof *wrong; i++) {
		struct scene s;
		scene_of(&s, ladders[i % 2]);
		stimulus(&s);
		says(&s, wrong[i / 2].ctl, wrong[i / 2].seq, wrong[i / 2].ack);
		ends_in(&s, ESTABLISHED);
		scene_is(&s, FAIL, "unexpected segment");
	}
}

/* PSH, ECE and CWR carry no claim (doc/ladder.md, Fields). */
static void bits_without_a_claim_are_free(void **state)
{
	(void)state;
	struct scene s;
	scene_of(&s, OLD_OCTET);
	stimulus(&s);
	says(&s, CTL_ACK | CTL_PSH | CTL_ECE, 1, 1);
	ends_in(&s, ESTABLISHED);
	quarantine(&s);
	scene_is(&s, PASS, "");
}

static void another_next_state_fails(void **state)
{
	(void)state;
	const char *const ladders[] = {OLD_OCTET, OLD_OCTET_CELL("ESTABLISHED")};
	for (size_t i = 0; i < 2; i++) {
		struct scene s;
		scene_of(&s, ladders[i]);
		stimulus(&s);
		says(&s, CTL_ACK, 1, 1);
		ends_in(&s, CLOSE_WAIT);
		scene_saw(&s, "<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> => CLOSE-WAIT");
		scene_is(&s, FAIL, "next state");
	}
}

static void a_corrupt_checksum_fails(void **state)
{
	(void)state;
	struct scene s;
	scene_of(&s, OLD_OCTET);
	stimulus(&s);
	struct segment g = said(&s, CTL_ACK, 1, 1);
	g.said = SAID_CHK;
	g.chk = 0xbeef;
	says_segment(&s, &g);
	ends_in(&s, ESTABLISHED);
	scene_is(&s, FAIL, "malformed segment");
}

/* RFC 9293 3.8.6, SHLD-14. */
static void a_shrunk_window_is_not_recommended(void **state)
{
	(void)state;
	for (uint16_t wnd = 65534; wnd >= 65534; wnd++) { /* 65534, then 65535 */
		struct scene s;
		scene_of(&s, OLD_OCTET);
		stimulus(&s);
		struct segment g = said(&s, CTL_ACK, 1, 1);
		g.wnd = wnd;
		says_segment(&s, &g);
		ends_in(&s, ESTABLISHED);
		quarantine(&s);
		if (wnd == 65534)
			scene_is(&s, NON_STRICT, "not recommended");
		else
			scene_is(&s, PASS, "");
	}
}

/* ---- behind the fence ---- */

static void an_unanswered_fence_is_inconclusive(void **state)
{
	(void)state;
	struct scene s;
	scene_of(&s, OLD_OCTET);
	stimulus(&s);
	scene_event(&s, (struct event){.kind = EVENT_LOST});
	scene_is(&s, INCONCLUSIVE, "fence lost");
}

/* Half of the shortest retransmission timer (200 ms) is 100 ms; it runs where something is outstanding. */
static void too_slow_a_play_is_inconclusive(void **state)
{
	(void)state;
	const struct {
		const char *ladder;
		uint64_t took;
		enum verdict verdict;
		const char *cause;
	} c[] = {{SEND_10, 100 * MS, PASS, ""}, {SEND_10, 100 * MS + 1, INCONCLUSIVE, "too slow"}, {OLD_OCTET, 150 * MS, PASS, ""}};
	for (size_t i = 0; i < 3; i++) {
		struct scene s;
		scene_of(&s, c[i].ladder);
		stimulus(&s);
		if (i < 2)
			says_text(&s, 1, 1, 10);
		else
			says(&s, CTL_ACK, 1, 1);
		fence_after(&s, c[i].took);
		asked(&s, ESTABLISHED, true);
		scene_is(&s, c[i].verdict, c[i].cause);
	}
}

/* No group of it is too slow, but all of them together: the timer of what the first has sent runs out in the third. Where it is acknowledged meanwhile no timer does. */
static void together_groups_outlast_the_timer(void **state)
{
	(void)state;
	static const char *const second[] = {"<SEQ=100><ACK=300><CTL=ACK>", "<SEQ=100><ACK=310><CTL=ACK>"};
	for (unsigned i = 0; i < 4; i++) {
		struct scene s;
		struct text ladder = {0};
		const uint64_t took = i < 2 ? 67 * MS : 66 * MS;
		text_add(&ladder, "%s", LADDER("MUST", "ESTABLISHED") " 2.                                                       (Send 10)\n"
		                                                      "                   <-- <SEQ=300><ACK=100><CTL=ACK><DATA=10> <-- ESTABLISHED\n");
		text_add(&ladder, " 3.                --> %s       --> ESTABLISHED\n 4.                --> %s       --> ESTABLISHED\n", second[i % 2], second[i % 2]);
		scene_of(&s, text_string(&ladder));
		for (unsigned group = 0; group < 3; group++) {
			stimulus(&s);
			if (group == 0)
				says_text(&s, 1, 1, 10);
			fence_after(&s, took);
			asked(&s, ESTABLISHED, true);
		}
		assert_int_equal(s.judge.outlasted, i == 0);
		scene_is(&s, PASS, "");
		text_free(&ladder);
	}
}

/* An acknowledgment that the cell does not permit may be one that a target in a wrong state delays: at half of the shortest such delay (40 ms) it is told by chance whether it comes before the fence. */
static void a_wrong_acknowledgment_by_a_timer_is_inconclusive(void **state)
{
	(void)state;
	const struct {
		uint16_t ctl;
		uint64_t after;
		enum verdict verdict;
		const char *cause;
	} c[] = {{CTL_ACK, 20 * MS, FAIL, "unexpected segment"}, {CTL_ACK, 20 * MS + 1, INCONCLUSIVE, "too slow"}, {FIN_ACK, 45 * MS, FAIL, "unexpected segment"}, {CTL_RST, 45 * MS, FAIL, "unexpected segment"}};
	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		struct scene s;
		scene_of(&s, OLD_OCTET);
		stimulus(&s);
		s.now = s.judge.stimulus_at + c[i].after;
		says(&s, c[i].ctl, 1, 2);
		ends_in(&s, CLOSE_WAIT);
		scene_is(&s, c[i].verdict, c[i].cause);
	}
}

/* Where a line waits for one, it does not matter on which side of the fence it comes. */
static void a_wrong_acknowledgment_that_may_be_delayed_fails(void **state)
{
	(void)state;
	struct scene s;
	scene_of(&s, LADDER("MUST", "ESTABLISHED") " 2.                --> <SEQ=100><ACK=300><CTL=ACK><DATA=10> -->\n"
	                                           "                   <-- <SEQ=300><ACK=110><CTL=ACK>       <-- (within 500 ms) ESTABLISHED\n");
	stimulus(&s);
	s.now = s.judge.stimulus_at + 45 * MS;
	says(&s, CTL_ACK, 1, 12);
	ends_in(&s, ESTABLISHED);
	scene_is(&s, FAIL, "unexpected segment");
}

/* A reset counts in SYN-SENT by what it acknowledges, and of a target that has left the model nobody but itself tells what it has sent. */
static void the_target_tells_what_a_reset_must_acknowledge(void **state)
{
	(void)state;
	struct scene s;
	scene_of(&s, LADDER("MUST", "CLOSED") " 2.                                                       (Open active)\n"
	                                      "                   <-- <SEQ=300><CTL=SYN>                <-- SYN-SENT\n");
	stimulus(&s);
	says(&s, CTL_SYN | CTL_FIN, 0, 0);
	assert_int_equal(s.judge.status, JUDGE_FAILED);
	assert_int_equal(judge_target(&s.judge).state, SYN_SENT);
	assert_int_equal(judge_target(&s.judge).snd_nxt, s.iss + 2);
	scene_free(&s);
}

/* ---- owed, and residue ---- */

/* The ACK of text may come up to 500 ms late (MUST-40), and once. */
static void owed(const char *ladder, uint64_t after, unsigned times, enum verdict want, const char *cause)
{
	struct scene s;
	const bool fin = strcmp(ladder, FIN_CELL) == 0;
	scene_of(&s, ladder);
	stimulus(&s);
	ends_in(&s, fin ? CLOSE_WAIT : ESTABLISHED);
	s.now = s.judge.stimulus_at + after;
	while (times-- > 0)
		says(&s, CTL_ACK, 1, fin ? 2 : 11);
	quarantine(&s);
	scene_is(&s, want, cause);
}

static void an_owed_acknowledgment_has_half_a_second(void **state)
{
	(void)state;
	struct scene s;
	scene_begin(&s, TEXT_CELL, 'b');
	const uint64_t tick = s.model.constants.tick;
	scene_open(&s);
	scene_free(&s);
	owed(TEXT_CELL, 300 * MS, 1, PASS, "");
	owed(TEXT_CELL, 500 * MS, 1, PASS, "");
	owed(TEXT_CELL, 500 * MS + tick + 1, 1, FAIL, "no reply");
	owed(TEXT_CELL, 300 * MS, 0, FAIL, "no reply");
	owed(FIN_CELL, 300 * MS, 1, PASS, "");
	owed(FIN_CELL, 300 * MS, 0, FAIL, "no reply");
}

static void an_owed_acknowledgment_comes_once(void **state)
{
	(void)state;
	owed(TEXT_CELL, 300 * MS, 2, FAIL, "unexpected segment");
}

static void a_partial_acknowledgment_is_not_owed(void **state)
{
	(void)state;
	struct scene s;
	scene_of(&s, TEXT_CELL);
	stimulus(&s);
	ends_in(&s, ESTABLISHED);
	later(&s, 300 * MS);
	says(&s, CTL_ACK, 1, 6);
	quarantine(&s);
	scene_is(&s, FAIL, "late reply");
}

static void repeated_text(uint64_t after, uint64_t again, enum verdict want, const char *cause)
{
	struct scene s;
	scene_of(&s, SEND_10);
	stimulus(&s);
	const uint64_t sent = s.now;
	says_text(&s, 1, 1, 10);
	ends_in(&s, ESTABLISHED);
	s.now = sent + after;
	says_text(&s, 1, 1, 10);
	if (again) {
		s.now = sent + again;
		says_text(&s, 1, 1, 10);
	}
	quarantine(&s);
	scene_is(&s, want, cause);
}

/* RFC 6298 2.4 and 5.5, with the default's minimum of 200 ms: 200, then 400 more. */
static void a_retransmission_waits_for_its_timeout(void **state)
{
	(void)state;
	repeated_text(200 * MS, 0, PASS, "");
	repeated_text(100 * MS, 0, FAIL, "late reply");
	repeated_text(20 * MS, 0, INCONCLUSIVE, "fence violated");
	repeated_text(200 * MS, 600 * MS, PASS, "");
	repeated_text(200 * MS, 400 * MS, FAIL, "late reply");
}

/* FIN-WAIT-1, its timer expired: the old octet needs an ACK of its own, whatever else is repeated. */
static void a_retransmission_is_no_reply(void **state)
{
	(void)state;
	for (int replied = 0; replied < 2; replied++) {
		struct scene s;
		scene_of(&s, OLD_OCTET_CELL("FIN-WAIT-1"));
		later(&s, 250 * MS);
		stimulus(&s);
		says(&s, FIN_ACK, 1, 1);
		if (replied)
			says(&s, CTL_ACK, 2, 1);
		ends_in(&s, FIN_WAIT_1);
		quarantine(&s);
		if (replied)
			scene_saw(&s, "<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> => FIN-WAIT-1");
		scene_is(&s, replied ? PASS : FAIL, replied ? "" : "no reply");
	}
}

/* The FIN was repeated as its acknowledgment was under way: at the timeout, not before, and not behind the fence. */
static void crossing(uint64_t waited, bool fenced, enum verdict want, const char *cause)
{
	struct scene s;
	scene_of(&s, LADDER("MUST", "FIN-WAIT-1") " 2.                --> <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK>  --> (by the model)\n");
	later(&s, waited);
	stimulus(&s);
	if (!fenced)
		says(&s, FIN_ACK, 1, 1);
	ends_in(&s, FIN_WAIT_2);
	later(&s, 60 * MS);
	if (fenced)
		says(&s, FIN_ACK, 1, 1);
	quarantine(&s);
	scene_is(&s, want, cause);
}

static void a_repetition_may_cross_the_stimulus(void **state)
{
	(void)state;
	crossing(250 * MS, false, PASS, "");
	crossing(50 * MS, false, FAIL, "unexpected segment");
	crossing(250 * MS, true, FAIL, "late reply");
}

/* ---- several lawful reactions ---- */

/* A SYN with text: the text may be left or taken (3.10.7.2, 3.10.7.3), and nothing between. */
static void any_lawful_reaction_passes_and_no_other(void **state)
{
	(void)state;
	const struct {
		uint32_t ack;
		enum verdict verdict;
		const char *cause;
	} c[] = {{1, PASS, ""}, {11, PASS, ""}, {6, FAIL, "unexpected segment"}};
	for (size_t i = 0; i < 3; i++) {
		struct scene s;
		scene_of(&s, LADDER("MUST", "LISTEN") " 2.                --> <SEQ=100><CTL=SYN><DATA=10>  --> (by the model)\n");
		stimulus(&s);
		says(&s, SYN_ACK, 0, c[i].ack);
		ends_in(&s, SYN_RECEIVED);
		quarantine(&s);
		scene_is(&s, c[i].verdict, c[i].cause);
	}
}

/* RFC 9293 3.10.7.4, seventh check; RFC 5681 4.2: text beyond a gap should draw a duplicate ACK at once. */
static void a_broken_should_of_the_model_is_non_strict(void **state)
{
	(void)state;
	for (int replied = 0; replied < 2; replied++) {
		struct scene s;
		scene_of(&s, LADDER("MUST", "ESTABLISHED") " 2.                --> <SEQ=RCV.NXT+10><ACK=SND.NXT><CTL=ACK><DATA=10>  --> (by the model)\n");
		stimulus(&s);
		if (replied)
			says(&s, CTL_ACK, 1, 1);
		ends_in(&s, ESTABLISHED);
		quarantine(&s);
		scene_is(&s, replied ? PASS : NON_STRICT, replied ? "" : "not recommended");
	}
}

/* ---- what shows in a record ---- */

static void neither_seed_nor_number_shows_in_a_reaction(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed < 20; seed++) {
		struct scene s;
		scene_begin(&s, OLD_OCTET_CELL("ESTABLISHED"), 'b');
		s.seed = seed;
		s.iss = UINT32_C(0xffffffff) - 3 * (uint32_t)seed + 9;
		scene_open(&s);
		prelude(&s);
		stimulus(&s);
		says(&s, CTL_ACK, 1, 1);
		ends_in(&s, ESTABLISHED);
		quarantine(&s);
		scene_saw(&s, "<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> => ESTABLISHED");
		scene_is(&s, PASS, "");
	}
}

/* Invariant 1: the stored trace, event by event, as a copy, and twice over. */
static void a_stored_trace_is_judged_as_the_live_one(void **state)
{
	(void)state;
	struct scene s;
	scene_of(&s, OLD_OCTET);
	stimulus(&s);
	says(&s, CTL_ACK, 2, 1);
	ends_in(&s, ESTABLISHED);
	struct trace copy = trace_copy(&s.trace);
	for (int i = 0; i < 2; i++) {
		struct judge j;
		struct result r = {0};
		judge_begin(&j, s.script, &s.model, &s.at, 7);
		judge_replay(&j, &copy);
		judge_result(&j, &r);
		assert_int_equal(r.verdict, FAIL);
		assert_string_equal(r.cause_class, "unexpected segment");
		assert_string_equal(text_string(&r.actual), "<SEQ=SND.NXT+1><ACK=RCV.NXT><CTL=ACK> => ESTABLISHED");
		assert_int_equal(copy.event[j.fault_event].kind, EVENT_RECEIVED);
		result_free(&r);
		judge_end(&j);
	}
	trace_free(&copy);
	scene_is(&s, FAIL, "unexpected segment");
}

/* The hypotheses may differ in TS.Recent: an echo is wrong where it is so under each of them. */
static void an_echo_is_wrong_under_every_hypothesis(void **state)
{
	(void)state;
	for (uint32_t echo = 10; echo <= 40; echo += 10) {
		struct scene s;
		struct error e;
		char option[32];
		scene_of(&s, LADDER("MUST", "ESTABLISHED") " 2.                --> <SEQ=50><ACK=300><CTL=ACK><OPT=NOP,NOP,TS:5/0>  --> (by the model)\n");
		struct hypothesis *h = &s.judge.now.h[0], other;
		assert_int_equal(s.judge.now.count, 1);
		h->tcb.ts_on = true;
		h->tcb.ts_recent = 10;
		other = *h;
		other.tcb.ts_recent = 30;
		hypotheses_add(&s.judge.now, &other);
		hypotheses_copy(&s.judge.before, &s.judge.now);
		stimulus(&s);
		struct segment g = said(&s, CTL_ACK, 1, 1);
		snprintf(option, sizeof option, "NOP,NOP,TS:1/%u", echo);
		assert_true(options_compile(option, g.option_octets, &g.options_length, &e));
		says_segment(&s, &g);
		assert_int_equal(s.judge.status, echo == 10 || echo == 30 ? JUDGE_GOING : JUDGE_FAILED);
		scene_free(&s);
	}
}

/* Of too many hypotheses those that do all that is recommended stay, and what none that is left explains is no failure. */
static void what_had_no_room_is_no_failure(void **state)
{
	(void)state;
	struct scene s;
	scene_of(&s, LADDER("MUST", "ESTABLISHED") " 2.                --> <SEQ=50><ACK=300><CTL=ACK>  --> (by the model)\n");
	struct hypothesis other = s.judge.now.h[0];
	other.strained = 1;
	for (unsigned i = 0; i < HYPOTHESES_MAX; i++) {
		other.tcb.ts_recent = 1000 + i;
		hypotheses_add(&s.judge.now, &other);
	}
	assert_true(s.judge.now.overflow);
	other.strained = 0;
	other.tcb.ts_recent = 999;
	hypotheses_add(&s.judge.now, &other);
	assert_int_equal(s.judge.now.count, HYPOTHESES_MAX);
	assert_int_equal(s.judge.now.h[HYPOTHESES_MAX - 1].tcb.ts_recent, 999);
	assert_false(s.judge.now.h[0].strained);
	hypotheses_copy(&s.judge.before, &s.judge.now);
	stimulus(&s);
	assert_int_equal(s.judge.status, JUDGE_GOING);
	says(&s, CTL_RST, 1, 1);
	assert_int_equal(s.judge.status, JUDGE_OVERFLOW);
	scene_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_right_reply_passes),
	    cmocka_unit_test(silence_where_a_reply_is_due_fails),
	    cmocka_unit_test(a_second_syn_ack_at_once_fails),
	    cmocka_unit_test(extra_segments_fail),
	    cmocka_unit_test(a_wrong_field_fails),
	    cmocka_unit_test(an_echo_is_wrong_under_every_hypothesis),
	    cmocka_unit_test(what_had_no_room_is_no_failure),
	    cmocka_unit_test(bits_without_a_claim_are_free),
	    cmocka_unit_test(another_next_state_fails),
	    cmocka_unit_test(a_corrupt_checksum_fails),
	    cmocka_unit_test(a_shrunk_window_is_not_recommended),
	    cmocka_unit_test(an_unanswered_fence_is_inconclusive),
	    cmocka_unit_test(too_slow_a_play_is_inconclusive),
	    cmocka_unit_test(together_groups_outlast_the_timer),
	    cmocka_unit_test(a_wrong_acknowledgment_by_a_timer_is_inconclusive),
	    cmocka_unit_test(a_wrong_acknowledgment_that_may_be_delayed_fails),
	    cmocka_unit_test(the_target_tells_what_a_reset_must_acknowledge),
	    cmocka_unit_test(an_owed_acknowledgment_has_half_a_second),
	    cmocka_unit_test(an_owed_acknowledgment_comes_once),
	    cmocka_unit_test(a_partial_acknowledgment_is_not_owed),
	    cmocka_unit_test(a_retransmission_waits_for_its_timeout),
	    cmocka_unit_test(a_retransmission_is_no_reply),
	    cmocka_unit_test(a_repetition_may_cross_the_stimulus),
	    cmocka_unit_test(any_lawful_reaction_passes_and_no_other),
	    cmocka_unit_test(a_broken_should_of_the_model_is_non_strict),
	    cmocka_unit_test(neither_seed_nor_number_shows_in_a_reaction),
	    cmocka_unit_test(a_stored_trace_is_judged_as_the_live_one),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("the judge", tests, NULL, NULL);
}
