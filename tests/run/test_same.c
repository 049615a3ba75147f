/* Tests of where a fence on the connection itself may stand, and of what the judge knows behind it. Expectations are the design's table and RFC 7323 4.3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/run/same.h"

enum { ISS = 1000,
       IRS = 5000 };

static const struct model *default_model(void)
{
	static struct model m;
	m = model_default(PROFILE_RFC9293);
	return &m;
}

/* A judge whose only hypothesis, before and after the stimulus, is *t. */
static void judge_of(struct judge *j, const struct script *s, const struct tcb *t)
{
	const struct endpoint at = {.family = IPV4, .target_port = 2048, .tester_port = 40000};
	judge_begin(j, s, default_model(), &at, 1);
	j->now.h[0].tcb = j->before.h[0].tcb = *t;
}

static bool bears(const struct tcb *t)
{
	const struct script s = {.id = "test"};
	struct fence_same n;
	struct judge j;
	judge_of(&j, &s, t);
	const bool answer = same_numbers(&j, &n);
	judge_end(&j);
	return answer;
}

static struct tcb with_timestamps(enum state s)
{
	struct tcb t = tcb_in_state(s, true, true, ISS, IRS);
	t.ts_on = true;
	t.ts_recent = 10;
	return t;
}

static void synchronized_states_bear_it_but_time_wait(void **state)
{
	const unsigned want = 1u << ESTABLISHED | 1u << FIN_WAIT_1 | 1u << FIN_WAIT_2 | 1u << CLOSE_WAIT | 1u << CLOSING | 1u << LAST_ACK;
	(void)state;
	for (unsigned s = 0; s < STATES; s++) {
		const struct tcb t = with_timestamps((enum state)s);
		assert_int_equal(bears(&t), want >> s & 1);
	}
}

static void what_it_would_disturb_is_left_to_time(void **state)
{
	struct tcb t;
	(void)state;
	t = with_timestamps(ESTABLISHED);
	t.ts_on = false;
	assert_false(bears(&t));
	t = with_timestamps(ESTABLISHED);
	t.released = true;
	assert_false(bears(&t));
	t = with_timestamps(ESTABLISHED);
	t.ack_owed = true;
	assert_false(bears(&t));
	t = with_timestamps(ESTABLISHED);
	t.rcv_nxt += 10; /* received, not yet acknowledged: TS.Recent would stay */
	assert_false(bears(&t));
	t = with_timestamps(ESTABLISHED);
	t.queued = 1;
	assert_false(bears(&t));
	t = with_timestamps(ESTABLISHED);
	t.snd_nxt += 1; /* text, not a FIN */
	assert_false(bears(&t));
}

static void one_hypothesis_against_it_is_enough(void **state)
{
	const struct script s = {.id = "test"};
	const struct tcb t = with_timestamps(ESTABLISHED);
	struct hypothesis gone;
	struct fence_same n;
	struct judge j;
	(void)state;
	judge_of(&j, &s, &t);
	gone = j.now.h[0];
	gone.tcb = tcb_closed(true);
	hypotheses_add(&j.now, &gone);
	assert_false(same_numbers(&j, &n));
	judge_end(&j);
	/* The stimulus found another owner of the 4-tuple: LISTEN. */
	judge_of(&j, &s, &t);
	j.before.h[0] = gone;
	assert_false(same_numbers(&j, &n));
	judge_end(&j);
}

static void numbers_are_the_tcb_s(void **state)
{
	const struct script s = {.id = "test"};
	struct tcb t = with_timestamps(LAST_ACK);
	struct fence_same n;
	struct judge j;
	(void)state;
	t.snd_scale = 3;
	t.snd_wnd = 8 * 400;
	judge_of(&j, &s, &t);
	j.numbers.ts_val = 20;
	j.numbers.ts_ecr = 30;
	assert_true(same_numbers(&j, &n));
	assert_int_equal(n.rcv_nxt, IRS + 2); /* SYN and FIN */
	assert_int_equal(n.snd_una, ISS + 1); /* the target's FIN is outstanding */
	assert_int_equal(n.wnd, 400);
	assert_int_equal(n.ts_val, 21);
	assert_int_equal(n.ts_ecr, 30);
	assert_int_equal(n.src_port, 40000);
	assert_int_equal(n.dst_port, 2048);
	judge_end(&j);
}

/* The event alone says it: so does a stored trace. */
static void fence_event_moves_ts_recent(void **state)
{
	const struct step step = {.kind = STEP_WAIT};
	const struct script s = {.id = "test", .step = (struct step *)(uintptr_t)&step, .count = 1};
	const struct event wait = {.kind = EVENT_WAIT, .at = 1}, fence = {.kind = EVENT_FENCE, .at = 2, .has_ts = true, .ts_val = 21};
	struct tcb t = with_timestamps(FIN_WAIT_1);
	struct fence_same n;
	struct judge j;
	(void)state;
	t.ts_doubt = true;
	t.ts_other = 12;
	judge_of(&j, &s, &t);
	judge_group(&j, 0);
	judge_event(&j, &wait);
	judge_event(&j, &fence);
	assert_int_equal(judge_tcb(&j)->ts_recent, 21);
	assert_false(judge_tcb(&j)->ts_doubt);
	assert_int_equal(judge_tcb(&j)->duplicate_acks, 1);
	assert_true(same_numbers(&j, &n));
	assert_int_equal(n.ts_val, 22);
	judge_end(&j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(synchronized_states_bear_it_but_time_wait),
	    cmocka_unit_test(what_it_would_disturb_is_left_to_time),
	    cmocka_unit_test(one_hypothesis_against_it_is_enough),
	    cmocka_unit_test(numbers_are_the_tcb_s),
	    cmocka_unit_test(fence_event_moves_ts_recent),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("run/same", tests, NULL, NULL);
}
