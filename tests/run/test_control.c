/* Tests of the control cells: that each sends its probe, what is learned from its play, and what the judge makes of a probed class. */
#include "lib/run/control.h"
#include "tests/run/scene.h"

static const struct endpoint at = {.family = IPV4, .target = {IPV4, {192, 0, 2, 2}}, .tester = {IPV4, {192, 0, 2, 1}}, .target_port = 2049, .tester_port = 40000};

static int make(void **state)
{
	struct error e = {""};
	struct controls *c = memory_zeroed(1, sizeof *c);
	if (!controls_make(c, &e))
		fail_msg("%s", e.text);
	*state = c;
	return 0;
}

static int unmake(void **state)
{
	controls_free(*state);
	free(*state);
	return 0;
}

static const struct control *control_of(const struct controls *c, enum probe_row r, enum probe p)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->at[i].row == r && c->at[i].probe == p)
			return &c->at[i];
	fail_msg("no control cell %s/%s", probe_row_name(r), probe_name(p));
	return NULL;
}

/* The ladder's numbers are the probe's. */
static void each_cell_sends_its_probe(void **state)
{
	const struct controls *c = *state;
	for (size_t i = 0; i < c->count; i++) {
		const struct control *k = &c->at[i];
		const struct tcb t = probe_row_tcb(k->row);
		struct probe_numbers known = {.iss_known = false};
		struct numbers numbers = {.rng = rng_named(1, "test")};
		struct segment want, got;
		struct error e = {""};
		uint8_t octet[1], packet[256];
		probe_numbers_take(&known, &t);
		probe_segment(k->probe, &known, 70000, octet, &want);
		const size_t n = send_build(&k->script->step[k->script->count - 2], &numbers, &at, &t, packet, sizeof packet, &e);
		if (n == 0 || !segment_parse(packet, n, &got, &e))
			fail_msg("%s: %s", k->script->id, e.text);
		assert_int_equal(got.ctl, want.ctl);
		assert_int_equal(got.text_length, want.text_length);
		if (t.irs_known)
			assert_int_equal(got.seq, want.seq);
		if (t.iss_known)
			assert_int_equal(got.ack, want.ack);
	}
}

static void one_cell_stands_for_one_segment(void **state)
{
	(void)state;
	assert_int_equal(control_stands_for(ROW_CLOSED, PROBE_OLD_OCTET_NXT), PROBE_OLD_OCTET);
	assert_int_equal(control_stands_for(ROW_LISTEN, PROBE_ACK), PROBE_ACK_ISS);
	assert_int_equal(control_stands_for(ROW_FIN_WAIT_1, PROBE_OLD_OCTET_NXT), PROBE_OLD_OCTET_NXT);
	assert_int_equal(control_stands_for(ROW_TIME_WAIT, PROBE_ACK_BEYOND), PROBE_ACK_BEYOND);
}

/* ---- learning ---- */

static void scene_control(struct scene *s, const struct control *k)
{
	memset(s, 0, sizeof *s);
	s->script = script_copy(k->script);
	s->model = model_default(PROFILE_RFC9293);
	s->at = at;
	s->iss = 5000;
	s->now = 1000000;
	s->seed = 1;
	scene_open(s);
	prelude(s);
	stimulus(s);
}

static const struct signature *scene_learn(struct scene *s, struct signatures *to, const struct control *k)
{
	memset(to, 0, sizeof *to);
	control_learn(to, k, &s->judge, &s->trace);
	return &to->at[k->row][k->probe];
}

static void scene_drop(struct scene *s)
{
	judge_end(&s->judge);
	trace_free(&s->trace);
	result_free(&s->result);
	script_free(s->script);
}

static void a_contradiction_fails_and_is_learned(void **state)
{
	const struct control *k = control_of(*state, ROW_TIME_WAIT, PROBE_FIN_ALONE);
	struct signatures to;
	struct scene s;
	scene_control(&s, k);
	says(&s, CTL_ACK, 2, 2);
	ends_in(&s, TIME_WAIT);
	assert_int_equal(scene_verdict(&s), FAIL);
	const struct signature *g = scene_learn(&s, &to, k);
	assert_true(g->known && !g->unusable);
	assert_int_equal(g->kind, REPLY_ACK);
	assert_int_equal(g->seq, NUMBER_SND_NXT);
	assert_int_equal(g->ack, NUMBER_RCV_NXT);
	scene_drop(&s);
}

static void what_the_standard_says_passes_and_is_learned(void **state)
{
	const struct control *k = control_of(*state, ROW_ESTABLISHED, PROBE_OLD_OCTET);
	struct signatures to;
	struct scene s;
	scene_control(&s, k);
	says(&s, CTL_ACK, 1, 1);
	ends_in(&s, ESTABLISHED);
	assert_int_equal(scene_verdict(&s), PASS);
	assert_int_equal(scene_learn(&s, &to, k)->kind, REPLY_ACK);
	assert_int_equal(to.at[ROW_ESTABLISHED][PROBE_OLD_OCTET_NXT].kind, REPLY_ACK); /* the same segment there */
	assert_false(to.at[ROW_ESTABLISHED][PROBE_SYN].known);
	scene_drop(&s);
}

static void a_probe_that_moves_the_state_is_not_used(void **state)
{
	const struct control *k = control_of(*state, ROW_SYN_RECEIVED_SIMULTANEOUS, PROBE_ACK_ISS);
	struct signatures to;
	struct scene s;
	scene_control(&s, k);
	ends_in(&s, ESTABLISHED);
	assert_int_equal(scene_verdict(&s), FAIL);
	assert_true(scene_learn(&s, &to, k)->unusable);
	scene_drop(&s);
}

/* ---- the judge on the class ---- */

static void infers(struct scene *s, uint16_t class)
{
	static uint8_t packet[128];
	const struct segment probe = {.src = s->at.tester, .dst = s->at.target, .src_port = s->at.tester_port, .dst_port = s->at.target_port, .ctl = CTL_FIN, .text = packet};
	struct event ev = {.kind = EVENT_INFER, .packet = packet};
	ev.length = segment_build(&probe, packet, sizeof packet);
	scene_event(s, ev);
	says(s, CTL_RST, 7777, 0); /* whatever it is: the inference has read it */
	fence(s);
	scene_event(s, (struct event){.kind = EVENT_CLASS, .class = class});
}

static void scene_established(struct scene *s, const struct controls *c)
{
	scene_control(s, control_of(c, ROW_ESTABLISHED, PROBE_OLD_OCTET));
	says(s, CTL_ACK, 1, 1);
	fence(s);
}

static void a_reported_state_in_its_class_passes(void **state)
{
	struct scene s;
	scene_established(&s, *state);
	asked(&s, ESTABLISHED, true);
	infers(&s, 1u << ESTABLISHED | 1u << SYN_RECEIVED);
	assert_int_equal(scene_verdict(&s), PASS);
	assert_string_equal(s.result.state_by, "both");
	scene_drop(&s);
}

static void a_reported_state_outside_its_class_fails(void **state)
{
	struct scene s;
	scene_established(&s, *state);
	asked(&s, ESTABLISHED, true);
	infers(&s, 1u << CLOSING | 1u << TIME_WAIT);
	assert_int_equal(scene_verdict(&s), FAIL);
	assert_string_equal(s.result.cause, "reported state is not in the probed class: ESTABLISHED is reported, the probes show CLOSING or TIME-WAIT");
	assert_string_equal(text_string(&s.result.actual), "<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> => ESTABLISHED (probed: CLOSING or TIME-WAIT)");
	scene_drop(&s);
}

/* A target that cannot be asked. */
static void without_a_report_the_class_is_the_state(void **state)
{
	struct scene s;
	scene_established(&s, *state);
	infers(&s, 1u << ESTABLISHED);
	assert_int_equal(scene_verdict(&s), PASS);
	assert_string_equal(s.result.state_by, "probed");
	scene_drop(&s);
	scene_established(&s, *state);
	infers(&s, 1u << CLOSE_WAIT);
	assert_int_equal(scene_verdict(&s), FAIL);
	assert_string_equal(s.result.cause_class, "next state");
	scene_drop(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_cell_sends_its_probe),
	    cmocka_unit_test(one_cell_stands_for_one_segment),
	    cmocka_unit_test(a_contradiction_fails_and_is_learned),
	    cmocka_unit_test(what_the_standard_says_passes_and_is_learned),
	    cmocka_unit_test(a_probe_that_moves_the_state_is_not_used),
	    cmocka_unit_test(a_reported_state_in_its_class_passes),
	    cmocka_unit_test(a_reported_state_outside_its_class_fails),
	    cmocka_unit_test(without_a_report_the_class_is_the_state),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("control cells", tests, make, unmake);
}
