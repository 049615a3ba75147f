/* What comes behind the fence, and what is asked there twice: when it takes a verdict back, and when it is one. Expectations: the design ("The judge"). What the model owes later is in test_judge.c. */
#include "tests/run/scene.h"

#define TO(segment) " 2.                --> " segment "  -->\n"
#define FROM(segment, margin) " 3.                <-- " segment "  <-- " margin "\n"
#define SYN_TO_LISTEN LADDER("MUST", "LISTEN") TO("<SEQ=100><CTL=SYN>") FROM("<SEQ=300><ACK=101><CTL=SYN,ACK>", "SYN-RECEIVED")
/* An octet that was acknowledged before draws an ACK at once (RFC 9293 3.10.7.4, first check). */
#define OLD_OCTET LADDER("MUST", "ESTABLISHED") TO("<SEQ=100-1><ACK=300><CTL=ACK><DATA=1>") FROM("<SEQ=300><ACK=100><CTL=ACK>", "ESTABLISHED")
#define EXACT_RST LADDER("MUST", "ESTABLISHED") " 2.                --> <SEQ=100><CTL=RST>  --> CLOSED\n"

/* The missed reply, or one too many, `late` behind the fence's answer. */
static void straggler(uint64_t late, bool replied, enum verdict want, const char *cause)
{
	struct scene s;
	scene_of(&s, OLD_OCTET);
	stimulus(&s);
	if (replied)
		says(&s, CTL_ACK, 1, 1);
	ends_in(&s, ESTABLISHED);
	s.now = s.judge.fence_at + late;
	says(&s, CTL_ACK, 1, 1);
	quarantine(&s);
	scene_is(&s, want, cause);
}

static void fifty_milliseconds_divide_a_violated_fence_from_a_late_reply(void **state)
{
	(void)state;
	straggler(50 * MS - 1, false, INCONCLUSIVE, "fence violated");
	straggler(50 * MS, false, FAIL, "late reply");
	straggler(50 * MS - 1, true, INCONCLUSIVE, "fence violated");
	straggler(50 * MS, true, FAIL, "late reply");
	straggler(1000 * MS, true, FAIL, "late reply");
}

/* The reply to a SYN in LISTEN, 30 ms behind the fence's answer: where the state is still that before it, the SYN had not been processed; a state that neither has to do with shows that it was, and
 * that what comes then is no reply to it. */
static void a_state_takes_a_stragglers_word_away_when_it_is_neither_the_old_nor_the_next(void **state)
{
	(void)state;
	const struct {
		enum state after;
		enum verdict want;
		const char *cause;
	} row[] = {{LISTEN, INCONCLUSIVE, "fence violated"}, {SYN_RECEIVED, INCONCLUSIVE, "fence violated"}, {ESTABLISHED, FAIL, "no reply"}};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct scene s;
		scene_of(&s, SYN_TO_LISTEN);
		stimulus(&s);
		ends_in(&s, row[i].after);
		s.now = s.judge.fence_at + 30 * MS;
		says(&s, SYN_ACK, 0, 1);
		quarantine(&s);
		scene_is(&s, row[i].want, row[i].cause);
	}
}

/* Where a time stood for the fence, no answer shows that the target had its turn: a starved one is not a late one, up to half a second. */
static void a_reply_behind_a_time_is_no_late_reply(void **state)
{
	(void)state;
	const struct {
		uint64_t late;
		enum verdict want;
		const char *cause;
	} row[] = {{114 * MS, INCONCLUSIVE, "fence violated"}, {500 * MS - 1, INCONCLUSIVE, "fence violated"}, {500 * MS, FAIL, "late reply"}};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct scene s;
		scene_of(&s, OLD_OCTET);
		stimulus(&s);
		s.now = s.judge.stimulus_at + 80 * MS;
		scene_event(&s, (struct event){.kind = EVENT_FENCE, .by_time = true});
		asked(&s, ESTABLISHED, false);
		s.now = s.judge.fence_at + row[i].late;
		says(&s, CTL_ACK, 1, 1);
		quarantine(&s);
		scene_is(&s, row[i].want, row[i].cause);
	}
}

static void a_state_that_changes_by_itself_violates_the_fence(void **state)
{
	(void)state;
	struct scene s;
	scene_of(&s, EXACT_RST);
	stimulus(&s);
	ends_in(&s, ESTABLISHED);
	later(&s, 40 * MS);
	asked(&s, CLOSED, true);
	scene_is(&s, INCONCLUSIVE, "fence violated");
}

static void a_state_that_stays_wrong_fails(void **state)
{
	(void)state;
	struct scene s;
	scene_of(&s, EXACT_RST);
	stimulus(&s);
	ends_in(&s, ESTABLISHED);
	later(&s, 40 * MS);
	asked(&s, ESTABLISHED, true);
	scene_is(&s, FAIL, "next state");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fifty_milliseconds_divide_a_violated_fence_from_a_late_reply),
	    cmocka_unit_test(a_state_takes_a_stragglers_word_away_when_it_is_neither_the_old_nor_the_next),
	    cmocka_unit_test(a_reply_behind_a_time_is_no_late_reply),
	    cmocka_unit_test(a_state_that_changes_by_itself_violates_the_fence),
	    cmocka_unit_test(a_state_that_stays_wrong_fails),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("stragglers", tests, NULL, NULL);
}
