/* The judge on what ladders ask: marks, waits, levels, numbers and names, preconditions, calls and signals (doc/ladder.md). The model's part is in test_judge.c. */
#include "tests/run/scene.h"

#define B "                                                          "
#define SEND_10 " 2." B "(Send 10)\n                   <-- <SEQ=300><ACK=100><CTL=ACK><DATA=10> <-- ESTABLISHED\n"
#define TEXT_10 " 2.                --> <SEQ=100><ACK=300><CTL=ACK><DATA=10>  -->\n"
#define ITS_ACK(margin) " 3.                <-- <SEQ=300><ACK=110><CTL=ACK>  <-- " margin "\n"
#define OLD_SYN_SILENT " 2.                --> <SEQ=100><CTL=RST>  --> LISTEN\n"

/* ---- preconditions ---- */

static void a_state_that_was_not_reached_is_inconclusive(void **state)
{
	(void)state;
	struct scene s;
	scene_begin(&s, LADDER("MUST", "LISTEN") " 2.                --> <SEQ=100><CTL=SYN>  --> (by the model)\n", 'b');
	scene_open(&s);
	stimulus(&s);
	fence(&s);
	asked(&s, CLOSED, false);
	scene_is(&s, INCONCLUSIVE, "precondition");
}

static void a_failing_prelude_is_inconclusive(void **state)
{
	(void)state;
	struct scene s;
	scene_begin(&s, LADDER("MUST", "SYN-RECEIVED") " 2.                --> <SEQ=100><CTL=RST>  --> LISTEN\n", 'b');
	scene_open(&s);
	stimulus(&s);
	ends_in(&s, LISTEN);
	stimulus(&s);
	ends_in(&s, LISTEN);
	scene_is(&s, INCONCLUSIVE, "no reply");
}

/* ---- levels ---- */

/* The ACK comes after 300 ms, where 100 are asked for and the standard gives 500. */
static void late_for(const char *ladder, enum verdict want, const char *cause)
{
	struct scene s;
	scene_of(&s, ladder);
	stimulus(&s);
	fence(&s);
	assert_true(judge_awaits(&s.judge) > 0);
	s.now = judge_awaits(&s.judge);
	deadline(&s);
	asked(&s, ESTABLISHED, true);
	if (s.judge.status == JUDGE_GOING) {
		s.now = s.judge.stimulus_at + 300 * MS;
		says(&s, CTL_ACK, 1, 11);
		quarantine(&s);
	}
	scene_is(&s, want, cause);
}

static void the_level_says_what_an_unmet_expectation_means(void **state)
{
	(void)state;
	late_for(LADDER("MUST", "ESTABLISHED") TEXT_10 ITS_ACK("(within 100 ms) ESTABLISHED"), FAIL, "no reply");
	late_for(LADDER("SHOULD", "ESTABLISHED") TEXT_10 ITS_ACK("(within 100 ms) ESTABLISHED"), NON_STRICT, "not recommended");
	late_for(LADDER("MUST", "ESTABLISHED") TEXT_10 ITS_ACK("(within 100 ms) (SHOULD) ESTABLISHED"), NON_STRICT, "not recommended");
	late_for(LADDER("MAY", "ESTABLISHED") TEXT_10 ITS_ACK("(within 100 ms) ESTABLISHED"), INFORMATIONAL, "no reply");
}

static void a_level_excuses_no_broken_must(void **state)
{
	(void)state;
	const char *const ladders[] = {LADDER("SHOULD", "ESTABLISHED") TEXT_10 ITS_ACK("(within 100 ms) ESTABLISHED"),
	                               LADDER("MAY", "ESTABLISHED") TEXT_10 ITS_ACK("(within 100 ms) ESTABLISHED")};
	for (size_t i = 0; i < 2; i++) {
		struct scene s;
		scene_of(&s, ladders[i]);
		stimulus(&s);
		says(&s, RST_ACK, 1, 11);
		ends_in(&s, CLOSED);
		scene_is(&s, FAIL, "unexpected segment");
	}
}

/* ---- marks ---- */

static void within_waits_until_it_came(void **state)
{
	(void)state;
	struct scene s;
	scene_of(&s, LADDER("MUST", "ESTABLISHED") TEXT_10 ITS_ACK("(within 500 ms) ESTABLISHED"));
	stimulus(&s);
	fence(&s);
	assert_int_equal(judge_awaits(&s.judge), s.judge.stimulus_at + 500 * MS + s.model.constants.tick);
	later(&s, 400 * MS);
	says(&s, CTL_ACK, 1, 11);
	assert_int_equal(judge_awaits(&s.judge), 0);
	asked(&s, ESTABLISHED, true);
	quarantine(&s);
	scene_saw(&s, "<SEQ=SND.NXT><ACK=RCV.NXT+10><CTL=ACK> => ESTABLISHED");
	scene_is(&s, PASS, "");
}

static void may_lets_a_line_be_absent(void **state)
{
	(void)state;
	for (int present = 0; present < 2; present++) {
		struct scene s;
		scene_of(&s, LADDER("MUST", "ESTABLISHED") TEXT_10 ITS_ACK("(may) ESTABLISHED"));
		stimulus(&s);
		if (present)
			says(&s, CTL_ACK, 1, 11);
		ends_in(&s, ESTABLISHED);
		if (!present) {
			later(&s, 100 * MS);
			says(&s, CTL_ACK, 1, 11);
		}
		quarantine(&s);
		scene_is(&s, PASS, "");
	}
}

/* An RST in LISTEN is ignored (3.10.7.2, first check). */
static void silence_holds_for_its_duration(void **state)
{
	(void)state;
	for (int broken = 0; broken < 2; broken++) {
		struct scene s;
		scene_of(&s, LADDER("MUST", "LISTEN") OLD_SYN_SILENT B "    (silence 0.5 s)\n");
		stimulus(&s);
		fence(&s);
		assert_int_equal(judge_awaits(&s.judge), s.judge.stimulus_at + 500 * MS + s.model.constants.tick);
		if (broken) {
			later(&s, 300 * MS);
			says(&s, CTL_RST, 0, 0);
		}
		s.now = s.judge.stimulus_at + 510 * MS;
		deadline(&s);
		asked(&s, LISTEN, true);
		quarantine(&s);
		scene_is(&s, broken ? FAIL : PASS, broken ? "unexpected segment" : "");
	}
}

/* The ACK that may be delayed comes at once: lawful, and what (nothing) forbids. */
static void nothing_forbids_what_may_come_unasked(void **state)
{
	(void)state;
	static const struct {
		const char *says;
		bool acks;
		enum verdict want;
	} cases[] = {
	    {"(nothing)", false, PASS},
	    {"(nothing)", true, FAIL},
	    {"(nothing) (SHOULD)", true, NON_STRICT},
	    {"(silence)", true, PASS},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct scene s;
		char ladder[800];
		snprintf(ladder, sizeof ladder, "%s" B "    %s\n", LADDER("MUST", "ESTABLISHED") TEXT_10, cases[i].says);
		scene_of(&s, ladder);
		stimulus(&s);
		if (cases[i].acks)
			says(&s, CTL_ACK, 1, 11);
		ends_in(&s, ESTABLISHED);
		if (!cases[i].acks) {
			later(&s, 100 * MS);
			says(&s, CTL_ACK, 1, 11);
		}
		quarantine(&s);
		scene_is(&s, cases[i].want, cases[i].want == FAIL ? "unexpected segment" : cases[i].want == PASS ? ""
		                                                                                                 : "not recommended");
	}
}

static void nothing_behind_a_segment_forbids_another(void **state)
{
	(void)state;
	for (int twice = 0; twice < 2; twice++) {
		struct scene s;
		scene_of(&s, LADDER("MUST", "ESTABLISHED") SEND_10 " 3." B "(1 RTO)\n"
		                                                   "                   <-- <SEQ=300><ACK=100><CTL=ACK><DATA=10> <-- (again)\n" B "    (nothing)\n");
		stimulus(&s);
		says_text(&s, 1, 1, 10);
		ends_in(&s, ESTABLISHED);
		stimulus(&s);
		later(&s, 1000 * MS);
		says_text(&s, 1, 1, 10);
		if (twice) {
			later(&s, 2000 * MS);
			says_text(&s, 1, 1, 10);
		}
		fence(&s);
		quarantine(&s);
		scene_is(&s, twice ? FAIL : PASS, twice ? "unexpected segment" : "");
	}
}

/* `sent` after the text's departure. over: the wait ends without it. */
static void timeout_of(uint64_t sent, bool over, enum verdict want, const char *cause)
{
	struct scene s;
	scene_of(&s, LADDER("MUST", "ESTABLISHED") SEND_10 " 3." B "(1 RTO)\n"
	                                                   "                   <-- <SEQ=300><ACK=100><CTL=ACK><DATA=10> <-- (again)\n");
	stimulus(&s);
	const uint64_t departed = s.now;
	says_text(&s, 1, 1, 10);
	ends_in(&s, ESTABLISHED);
	stimulus(&s);
	if (over) {
		s.now = judge_awaits(&s.judge);
		deadline(&s);
	} else {
		s.now = departed + sent;
		says_text(&s, 1, 1, 10);
		assert_int_equal(judge_awaits(&s.judge), 0);
	}
	ends_in(&s, ESTABLISHED);
	quarantine(&s);
	scene_is(&s, want, cause);
}

static void again_waits_for_the_timeout(void **state)
{
	(void)state;
	timeout_of(200 * MS, false, PASS, "");
	timeout_of(300 * MS, false, PASS, "");
	timeout_of(100 * MS, false, FAIL, "unexpected segment");
	timeout_of(0, true, FAIL, "no reply");
}

/* FIN-WAIT-1, long after its timeout: the FIN again is no answer to a line that does not say (again). */
static void a_repetition_meets_no_line_without_again(void **state)
{
	(void)state;
	const char *const ladders[] = {
	    LADDER("MUST", "FIN-WAIT-1") " 2.                --> <SEQ=100><ACK=301-1><CTL=ACK> -->\n 3.                <-- <SEQ=301-1><ACK=100><CTL=FIN,ACK> <-- FIN-WAIT-1\n",
	    LADDER("MUST", "FIN-WAIT-1") " 2.                --> <SEQ=100><ACK=300><CTL=ACK> -->\n 3.                <-- <SEQ=300><ACK=100><CTL=FIN,ACK> <-- (again) FIN-WAIT-1\n"};
	for (size_t i = 0; i < 2; i++) {
		struct scene s;
		scene_of(&s, ladders[i]);
		later(&s, 250 * MS);
		stimulus(&s);
		says(&s, FIN_ACK, 1, 1);
		ends_in(&s, FIN_WAIT_1);
		quarantine(&s);
		scene_is(&s, i ? PASS : FAIL, i ? "" : "no reply");
	}
}

/* The same text twice by the user: the first copy's repetition looks like the second's line, and takes nothing from it. */
static void residue_that_looks_like_a_reply_leaves_the_line_open(void **state)
{
	(void)state;
	for (int replied = 0; replied < 2; replied++) {
		struct scene s;
		scene_begin(&s, LADDER("MUST", "ESTABLISHED") SEND_10 " 3." B "(Send 10)\n                   <-- <CTL=ACK><DATA=10> <-- ESTABLISHED\n", 'b');
		s.model.choices.nagle = false;
		scene_open(&s);
		prelude(&s);
		stimulus(&s);
		says_text(&s, 1, 1, 10);
		ends_in(&s, ESTABLISHED);
		later(&s, 250 * MS);
		stimulus(&s);
		says_text(&s, 1, 1, 10);
		if (replied)
			says_text(&s, 11, 1, 10);
		ends_in(&s, ESTABLISHED);
		quarantine(&s);
		scene_is(&s, replied ? PASS : FAIL, replied ? "" : "no reply");
	}
}

/* ---- text ---- */

static void text_may_come_in_pieces_where_it_says_so(void **state)
{
	(void)state;
	const struct {
		const char *ladder;
		uint32_t pieces[3];
		enum verdict verdict;
		const char *cause;
	} c[] = {
	    {LADDER("MUST", "ESTABLISHED") " 2." B "(Send 20)\n                   <-- <SEQ=300><ACK=100><CTL=ACK><DATA=20/> <-- ESTABLISHED\n", {20}, PASS, ""},
	    {LADDER("MUST", "ESTABLISHED") " 2." B "(Send 20)\n                   <-- <SEQ=300><ACK=100><CTL=ACK><DATA=20/> <-- ESTABLISHED\n", {8, 12}, PASS, ""},
	    {LADDER("MUST", "ESTABLISHED") " 2." B "(Send 20)\n                   <-- <SEQ=300><ACK=100><CTL=ACK><DATA=20/> <-- ESTABLISHED\n", {8, 11}, FAIL, "no reply"},
	    {LADDER("MUST", "ESTABLISHED") " 2." B "(Send 20)\n                   <-- <SEQ=300><ACK=100><CTL=ACK><DATA=20/> <-- ESTABLISHED\n", {12, 9}, FAIL, "unexpected segment"},
	    {LADDER("MUST", "ESTABLISHED") " 2." B "(Send 20)\n                   <-- <SEQ=300><ACK=100><CTL=ACK><DATA=20> <-- ESTABLISHED\n", {8, 12}, FAIL, "unexpected segment"},
	};
	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		struct scene s;
		uint32_t at = 1;
		scene_of(&s, c[i].ladder);
		stimulus(&s);
		for (unsigned k = 0; c[i].pieces[k]; at += c[i].pieces[k++])
			says_text(&s, at, 1, c[i].pieces[k]);
		ends_in(&s, ESTABLISHED);
		scene_is(&s, c[i].verdict, c[i].cause);
	}
}

static void other_octets_fail(void **state)
{
	(void)state;
	struct scene s;
	uint8_t octets[10];
	scene_of(&s, LADDER("MUST", "ESTABLISHED") SEND_10);
	stimulus(&s);
	stream_fill(octets, 0, 10);
	octets[9] ^= 1;
	struct segment g = said(&s, CTL_ACK, 1, 1);
	g.text = octets;
	g.text_length = 10;
	says_segment(&s, &g);
	ends_in(&s, ESTABLISHED);
	scene_is(&s, FAIL, "wrong octets");
}

/* doc/ladder.md, "Order of segments": the segment with the same SEQ and ACK satisfies the pure ACK before it. */
static void an_acknowledgment_merges_into_the_text_after_it(void **state)
{
	(void)state;
	const struct {
		bool ack, text;
		enum verdict verdict;
		const char *cause;
	} c[] = {{true, true, PASS, ""}, {false, true, PASS, ""}, {true, false, FAIL, "no reply"}, {false, false, FAIL, "no reply"}};
	for (size_t i = 0; i < 4; i++) {
		struct scene s;
		scene_of(&s, LADDER("MUST", "SYN-SENT") " 2." B "(Send 10) SYN-SENT\n"
		                                        " 3.                --> <SEQ=700><ACK=101><CTL=SYN,ACK> -->\n"
		                                        " 4.                <-- <SEQ=101><ACK=701><CTL=ACK> <--\n"
		                                        " 5.                <-- <SEQ=101><ACK=701><CTL=ACK><DATA=10> <-- ESTABLISHED\n");
		stimulus(&s);
		ends_in(&s, SYN_SENT);
		stimulus(&s);
		if (c[i].ack)
			says(&s, CTL_ACK, 1, 1);
		if (c[i].text)
			says_text(&s, 1, 1, 10);
		ends_in(&s, ESTABLISHED);
		scene_is(&s, c[i].verdict, c[i].cause);
	}
}

/* ---- numbers ---- */

/* Figure 11 for B: Z is chosen, X captured. */
static void names_stand_for_live_numbers(void **state)
{
	(void)state;
	for (uint32_t ack = 1; ack < 3; ack++) {
		struct scene s;
		scene_of(&s, LADDER("MUST", "LISTEN") " 2.                --> <SEQ=Z><CTL=SYN>  -->\n"
		                                      " 3.                <-- <SEQ=X><ACK=Z+1><CTL=SYN,ACK>  <-- SYN-RECEIVED\n"
		                                      " 4.                --> <SEQ=Z+1><CTL=RST>  --> LISTEN\n");
		stimulus(&s);
		says(&s, SYN_ACK, 0, ack);
		ends_in(&s, SYN_RECEIVED);
		if (ack == 1) {
			struct segment rst;
			stimulus(&s);
			assert_true(segment_parse(s.trace.event[s.trace.count - 1].packet, s.trace.event[s.trace.count - 1].length, &rst, NULL));
			assert_int_equal(rst.seq, s.isn + 1);
			ends_in(&s, LISTEN);
			quarantine(&s);
		}
		scene_is(&s, ack == 1 ? PASS : FAIL, ack == 1 ? "" : "unexpected segment");
	}
}

/* Figure 8 for B: 300 and 400 are two bindings, for LISTEN stands between; then 401 is the second one's. */
static void a_new_connection_has_a_new_number(void **state)
{
	(void)state;
	struct scene s;
	struct segment ack;
	scene_of(&s, LADDER("MUST", "LISTEN") " 2.                --> <SEQ=90><CTL=SYN>  -->\n"
	                                      " 3.                <-- <SEQ=300><ACK=91><CTL=SYN,ACK>  <-- SYN-RECEIVED\n"
	                                      " 4.                --> <SEQ=91><CTL=RST>  --> LISTEN\n"
	                                      " 5.                --> <SEQ=100><CTL=SYN>  -->\n"
	                                      " 6.                <-- <SEQ=400><ACK=101><CTL=SYN,ACK>  <-- SYN-RECEIVED\n"
	                                      " 7.                --> <SEQ=101><ACK=401><CTL=ACK>  --> ESTABLISHED\n");
	stimulus(&s);
	says(&s, SYN_ACK, 0, 1);
	ends_in(&s, SYN_RECEIVED);
	stimulus(&s);
	ends_in(&s, LISTEN);
	stimulus(&s);
	s.iss += 77777;
	says(&s, SYN_ACK, 0, 11);
	ends_in(&s, SYN_RECEIVED);
	stimulus(&s);
	assert_true(segment_parse(s.trace.event[s.trace.count - 1].packet, s.trace.event[s.trace.count - 1].length, &ack, NULL));
	assert_int_equal(ack.ack, s.iss + 1);
	assert_int_equal(ack.seq, s.isn + 11);
	ends_in(&s, ESTABLISHED);
	quarantine(&s);
	scene_is(&s, PASS, "");
}

/* Figure 7 for A, lines 2 to 5: the SYN,ACK of a simultaneous open repeats the SYN's number. */
static void a_syn_ack_repeats_its_syn(void **state)
{
	(void)state;
	for (uint32_t seq = 0; seq < 2; seq++) {
		struct scene s;
		scene_of(&s, LADDER("MUST", "SYN-SENT") " 2.                --> <SEQ=300><CTL=SYN>  -->\n"
		                                        " 3.                <-- <SEQ=100><ACK=301><CTL=SYN,ACK>  <-- SYN-RECEIVED\n");
		stimulus(&s);
		says(&s, SYN_ACK, seq, 1);
		ends_in(&s, SYN_RECEIVED);
		quarantine(&s);
		scene_is(&s, seq ? FAIL : PASS, seq ? "unexpected segment" : "");
	}
}

/* Both sides' numbers pass 2^32 inside the text. */
static void numbers_pass_the_end_of_their_space(void **state)
{
	(void)state;
	for (uint32_t before = 0; before < 12; before++) {
		struct scene s;
		const struct seqnum isn = {.kind = SEQ_FIGURE, .number = 100};
		scene_begin(&s, LADDER("MUST", "ESTABLISHED") SEND_10 " 3.                --> <SEQ=100><ACK=310><CTL=ACK><DATA=10> -->\n"
		                                                      " 4.                <-- <SEQ=310><ACK=110><CTL=ACK> <-- ESTABLISHED\n",
		            'b');
		s.iss = UINT32_C(0) - before;
		scene_open(&s);
		numbers_bind(&s.judge.numbers, SIDE_TESTER, &isn, UINT32_C(0) - before, false);
		prelude(&s);
		assert_int_equal(s.isn, UINT32_C(0) - before);
		stimulus(&s);
		says_text(&s, 1, 1, 10);
		ends_in(&s, ESTABLISHED);
		stimulus(&s);
		says(&s, CTL_ACK, 11, 11);
		ends_in(&s, ESTABLISHED);
		quarantine(&s);
		scene_saw(&s, "<SEQ=SND.NXT><ACK=RCV.NXT+10><CTL=ACK> => ESTABLISHED");
		scene_is(&s, PASS, "");
	}
}

/* ---- calls and signals ---- */

static void a_call_that_the_interface_cannot_say_is_inconclusive(void **state)
{
	(void)state;
	struct scene s;
	scene_of(&s, LADDER("MUST", "ESTABLISHED") SEND_10);
	called(&s, (struct call_answer){.result = CALL_FAILED, .text = "ENOBUFS"});
	scene_is(&s, INCONCLUSIVE, "call failed");
}

static void received_octets_are_the_streams(void **state)
{
	(void)state;
	for (int ok = 0; ok < 2; ok++) {
		struct scene s;
		scene_of(&s, LADDER("MUST", "ESTABLISHED") TEXT_10 " 3." B "(Receive 10) ESTABLISHED\n");
		stimulus(&s);
		says(&s, CTL_ACK, 1, 11);
		ends_in(&s, ESTABLISHED);
		called(&s, (struct call_answer){.result = CALL_OK, .octets = 10, .content_ok = ok});
		ends_in(&s, ESTABLISHED);
		quarantine(&s);
		assert_string_equal(text_string(&s.judge.actual), ok ? "=> ESTABLISHED" : "! => ESTABLISHED");
		scene_is(&s, ok ? PASS : FAIL, ok ? "" : "wrong octets");
	}
}

static void the_user_is_to_be_told(void **state)
{
	(void)state;
	for (int told = 0; told < 2; told++) {
		struct scene s;
		scene_of(&s, LADDER("MUST", "ESTABLISHED") " 2.                --> <SEQ=100><CTL=RST>  --> CLOSED (signal reset)\n");
		stimulus(&s);
		fence(&s);
		scene_event(&s, (struct event){.kind = EVENT_SIGNALS, .signals = told ? SIGNAL_RESET : 0});
		asked(&s, CLOSED, true);
		quarantine(&s);
		scene_is(&s, told ? PASS : FAIL, told ? "" : "no signal");
	}
}

/* The user is told what the standard has him told, and nothing else, whether a line asks for it or not. */
static void signals_are_judged_without_a_line(void **state)
{
	(void)state;
	static const struct {
		unsigned told;
		enum verdict want;
		const char *cause;
	} cases[] = {{SIGNAL_RESET, PASS, ""}, {SIGNAL_REFUSED, PASS, ""}, {0, FAIL, "no signal"}, {SIGNAL_RESET | SIGNAL_TIMEOUT, FAIL, "wrong signal"}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct scene s;
		scene_of(&s, LADDER("MUST", "ESTABLISHED") " 2.                --> <SEQ=100><CTL=RST>  --> CLOSED\n");
		stimulus(&s);
		fence(&s);
		scene_event(&s, (struct event){.kind = EVENT_SIGNALS, .signals = cases[i].told});
		asked(&s, CLOSED, true);
		quarantine(&s);
		scene_is(&s, cases[i].want, cases[i].cause);
	}
}

/* RECEIVE hands over what was acknowledged and is in order: fewer octets, none, or an error are no answer (3.10.3). */
static void receive_hands_over_what_is_on_hand(void **state)
{
	(void)state;
	static const struct call_answer answers[] = {
	    {.result = CALL_OK, .octets = 9, .content_ok = true},
	    {.result = CALL_PENDING, .content_ok = true},
	    {.result = CALL_FAILED, .signals = SIGNAL_RESET, .content_ok = true, .text = "ECONNRESET"},
	};
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		struct scene s;
		scene_of(&s, LADDER("MUST", "ESTABLISHED") TEXT_10 " 3." B "(Receive 10) ESTABLISHED\n");
		stimulus(&s);
		says(&s, CTL_ACK, 1, 11);
		ends_in(&s, ESTABLISHED);
		called(&s, answers[i]);
		assert_null(strchr(text_string(&s.judge.actual), '!')); /* not others, but too few */
		scene_is(&s, FAIL, "wrong octets");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_state_that_was_not_reached_is_inconclusive),
	    cmocka_unit_test(a_failing_prelude_is_inconclusive),
	    cmocka_unit_test(the_level_says_what_an_unmet_expectation_means),
	    cmocka_unit_test(a_level_excuses_no_broken_must),
	    cmocka_unit_test(within_waits_until_it_came),
	    cmocka_unit_test(may_lets_a_line_be_absent),
	    cmocka_unit_test(silence_holds_for_its_duration),
	    cmocka_unit_test(nothing_forbids_what_may_come_unasked),
	    cmocka_unit_test(nothing_behind_a_segment_forbids_another),
	    cmocka_unit_test(again_waits_for_the_timeout),
	    cmocka_unit_test(a_repetition_meets_no_line_without_again),
	    cmocka_unit_test(residue_that_looks_like_a_reply_leaves_the_line_open),
	    cmocka_unit_test(text_may_come_in_pieces_where_it_says_so),
	    cmocka_unit_test(other_octets_fail),
	    cmocka_unit_test(an_acknowledgment_merges_into_the_text_after_it),
	    cmocka_unit_test(names_stand_for_live_numbers),
	    cmocka_unit_test(a_new_connection_has_a_new_number),
	    cmocka_unit_test(a_syn_ack_repeats_its_syn),
	    cmocka_unit_test(numbers_pass_the_end_of_their_space),
	    cmocka_unit_test(a_call_that_the_interface_cannot_say_is_inconclusive),
	    cmocka_unit_test(received_octets_are_the_streams),
	    cmocka_unit_test(the_user_is_to_be_told),
	    cmocka_unit_test(signals_are_judged_without_a_line),
	    cmocka_unit_test(receive_hands_over_what_is_on_hand),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("the judge on ladders", tests, NULL, NULL);
}
