/* The player's dates, without a wire: what it does when its time has passed unseen. */
#include "tests/run/scene.h"

#include "lib/run/stage.h"

static bool state_established(void *target, struct connection *c, struct state_answer *a, struct error *e)
{
	(void)target;
	(void)c;
	(void)e;
	*a = (struct state_answer){.has_tcb = true, .state = ESTABLISHED};
	return true;
}

static const struct target_operations operations = {.state = state_established};

/* A tester that was kept from the CPU for so long that the fence and the time for a delayed acknowledgment have passed together: what did not come did not come. */
static void a_wait_that_is_over_before_it_begins_is_a_wait(void **state)
{
	(void)state;
	static const char *const level[] = {"MUST", "SHOULD"};
	for (unsigned i = 0; i < 2; i++) {
		struct scene s;
		struct text ladder = {0};
		struct error e = {""};
		static struct stage stage;
		static struct player p;
		memset(&stage, 0, sizeof stage);
		memset(&p, 0, sizeof p);
		text_add(&ladder, "%s", LADDER("MUST", "ESTABLISHED"));
		text_add(&ladder, " 2.                --> <SEQ=100><ACK=300><CTL=ACK>       -->\n"
		                  "                   <-- <SEQ=300><ACK=100><CTL=ACK>       <-- (within 500 ms) (%s) ESTABLISHED\n",
		         level[i]);
		scene_of(&s, text_string(&ladder));
		stimulus(&s);
		stage.target.operations = &operations;
		stage.fence = FENCE_TIME;
		p.stage = &stage;
		p.play.script = s.script;
		p.judge = s.judge;
		p.trace = s.trace;
		p.cursor = s.cursor;
		p.group_end = s.next;
		p.phase = PHASE_FENCE;
		p.fence = FENCE_TIME;
		/* The scene's clock began long before the machine's. */
		struct date d = {.at = p.judge.stimulus_at + 80 * MS, .player = &p};
		assert_true(player_dated(&p, &d, &e));
		assert_int_equal(p.phase, PHASE_WAIT);
		assert_true(stage_due(&stage, stage_now(&stage), &d));
		assert_true(player_dated(&p, &d, &e));
		assert_int_equal(judge_verdict(&p.judge), i == 0 ? FAIL : NON_STRICT);
		assert_string_equal(p.judge.cause_class, "no reply");
		s.judge = p.judge;
		s.trace = p.trace;
		free(stage.calendar);
		scene_free(&s);
		text_free(&ladder);
	}
}

/* Kept from the CPU for half a second of `(0.5 s)`, the tester's ACK came behind the timeout, which it was to restart; nothing came in the 0.9 s behind it, and what asks for that passed. */
static void what_a_step_that_came_too_late_has_passed_is_played_again(void **state)
{
	(void)state;
	static const struct {
		const char *group;
		uint64_t late;
		bool again;
	} row[] = {
	    {" 2.                                                       (0.5 s)\n                                                          ESTABLISHED\n", 100 * MS, false},
	    {" 2.                                                       (0.5 s)\n                                                          ESTABLISHED\n", 100 * MS + 1, true}, /* half of RTO's least, 200 ms */
	    {" 2.                --> <SEQ=100><ACK=300><CTL=ACK>       --> ESTABLISHED\n", 100 * MS + 1, false},                                                                /* it waits for nothing */
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct scene s;
		struct text ladder = {0};
		struct result r = {0};
		static struct stage stage;
		static struct declaration declaration;
		static const struct run_options options;
		static struct player p;
		memset(&stage, 0, sizeof stage);
		memset(&p, 0, sizeof p);
		text_add(&ladder, "%s%s", LADDER("MUST", "ESTABLISHED"), row[i].group);
		scene_of(&s, text_string(&ladder));
		stimulus(&s);
		later(&s, 500 * MS);
		ends_in(&s, ESTABLISHED);
		quarantine(&s);
		assert_int_equal(scene_verdict(&s), PASS);
		declaration.model = s.model;
		stage.declaration = &declaration;
		stage.options = &options;
		stage.target.operations = &operations;
		p.stage = &stage;
		p.play.script = s.script;
		p.judge = s.judge;
		p.trace = s.trace;
		p.attempts = 1;
		p.late_us = row[i].late;
		assert_int_equal(player_again(&p), row[i].again);
		p.attempts = ATTEMPTS_MAX;
		assert_false(player_again(&p));
		player_result(&p, &r);
		assert_int_equal(r.verdict, row[i].again ? INCONCLUSIVE : PASS);
		result_free(&r);
		s.judge = p.judge;
		s.trace = p.trace;
		scene_free(&s);
		text_free(&ladder);
	}
}

/* One of them was played by chance, one play in a hundred: its connection was then opened and reset by the segments of the others. */
static void the_port_is_none_that_the_script_says(void **state)
{
	(void)state;
	static struct step step[64];
	const struct script s = {.step = step, .count = 64};
	for (uint16_t i = 0; i < 64; i++) {
		step[i].segment.said = SAY_SRC;
		step[i].segment.src_port = (uint16_t)(47064 - i);
	}
	assert_int_equal(player_port(&s, 47000), 47000);
	assert_int_equal(player_port(&s, 47001), 47065);
	assert_int_equal(player_port(&s, 47064), 47065);
	assert_int_equal(player_port(&s, 47065), 47065);
	step[0].segment.said = 0;
	assert_int_equal(player_port(&s, 47040), 47064);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_wait_that_is_over_before_it_begins_is_a_wait),
	    cmocka_unit_test(what_a_step_that_came_too_late_has_passed_is_played_again),
	    cmocka_unit_test(the_port_is_none_that_the_script_says),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("the player", tests, NULL, NULL);
}
