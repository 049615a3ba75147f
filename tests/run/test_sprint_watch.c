/* Cells in quarantine, without a wire: what comes from their 4-tuples, from ports that nobody has, and with lost frames, and what becomes of their verdicts. */
#include "tests/run/scene.h"

#include "lib/run/judge_parts.h"
#include "lib/run/sprint_parts.h"
#include "lib/wire/packet.h"

/* A sprint that has decided one cell, and the results that it hands out. */
struct hall {
	struct sprint sprint;
	struct stage stage;
	struct run_options options;
	struct declaration declaration;
	struct play_source source;
	struct script script;
	size_t results;
	enum verdict verdict;
	char class[40], cause[200];
};

enum { TESTER_PORT = 40000,
       FENCE_AT = 1000000 };

static const struct script *hall_script(void *self, size_t i, enum family *f)
{
	struct hall *h = self;
	(void)i;
	*f = IPV4;
	return &h->script;
}

static void hall_result(void *self, struct result *r, const struct script *s)
{
	struct hall *h = self;
	(void)s;
	h->results++;
	h->verdict = r->verdict;
	snprintf(h->class, sizeof h->class, "%s", r->cause_class);
	snprintf(h->cause, sizeof h->cause, "%s", r->cause);
}

/* A connection that is played; the lane is the first. */
static void hall_open(struct hall *h)
{
	struct sprint *sp = &h->sprint;
	memset(h, 0, sizeof *h);
	snprintf(h->script.id, sizeof h->script.id, "a/test");
	h->declaration.model = model_default(PROFILE_RFC9293);
	h->stage.options = &h->options;
	h->stage.declaration = &h->declaration;
	h->stage.link.target[0] = scene_target;
	h->stage.link.tester[0] = scene_tester;
	h->source = (struct play_source){.count = 1, .script = hall_script, .self = h};
	sp->stage = &h->stage;
	sp->source = &h->source;
	sp->script = &h->script;
	sp->events = (struct sprint_events){.result = hall_result, .self = h};
	sp->attempt = 1;
	sp->at = lane_endpoint(sp, IPV4, 0, TESTER_PORT);
	snprintf(sp->id, sizeof sp->id, "a/test/v4");
	watch_open(&sp->watch);
	judge_begin(&sp->judge, &h->script, &h->declaration.model, &sp->at, 1);
	sp->judge.in_prelude = false;
	sp->judge.fence_at = FENCE_AT;
	sp->connection = (struct connection *)h; /* never looked into */
}

static void hall_close(struct hall *h)
{
	watch_free(&h->sprint.watch);
	judge_end(&h->sprint.judge);
	trace_free(&h->sprint.trace);
	for (unsigned i = 0; i < REACTIONS_KEPT; i++)
		free(h->sprint.reaction[i]);
}

/* The target sends a reset from the lane to a port of the tester's. */
static void hall_frame(struct hall *h, uint16_t to, uint64_t at)
{
	uint8_t octets[ETHERNET_HEADER + 128];
	const struct segment s = {.src = scene_target, .dst = scene_tester, .src_port = LANE_FIRST, .dst_port = to, .seq = 1, .ctl = CTL_RST};
	memset(octets, 0, sizeof octets);
	octets[12] = 8;
	const struct frame f = {.octets = octets, .length = ETHERNET_HEADER + segment_build(&s, octets + ETHERNET_HEADER, 128), .at = at};
	struct packet p;
	packet_parse(f.octets, f.length, &p);
	assert_int_equal(p.kind, PACKET_TCP);
	sprint_frame(&h->sprint, &f, &p);
}

static void hall_decide(struct hall *h)
{
	sprint_decided(&h->sprint, 0);
	h->sprint.connection = NULL;
	assert_int_equal(h->results, 0);
}

static void nothing_came_and_it_passes(void **state)
{
	(void)state;
	struct hall h;
	hall_open(&h);
	hall_decide(&h);
	hall_frame(&h, TESTER_PORT + 1, FENCE_AT + 10 * MS); /* nobody's, and nobody is played */
	sprint_abandon(&h.sprint, "the test ends");
	assert_int_equal(h.results, 1);
	assert_int_equal(h.verdict, PASS);
	hall_close(&h);
}

static void a_straggler_is_inconclusive(void **state)
{
	(void)state;
	struct hall h;
	hall_open(&h);
	hall_decide(&h);
	hall_frame(&h, TESTER_PORT, FENCE_AT + STRAGGLER_US - 1);
	sprint_abandon(&h.sprint, "the test ends");
	assert_int_equal(h.verdict, INCONCLUSIVE);
	assert_string_equal(h.class, "fence violated");
	hall_close(&h);
}

static void a_late_reply_fails(void **state)
{
	(void)state;
	struct hall h;
	hall_open(&h);
	hall_decide(&h);
	hall_frame(&h, TESTER_PORT, FENCE_AT + STRAGGLER_US);
	sprint_abandon(&h.sprint, "the test ends");
	assert_int_equal(h.verdict, FAIL);
	assert_string_equal(h.class, "late reply");
	hall_close(&h);
}

static void lost_frames_leave_no_verdict(void **state)
{
	(void)state;
	struct hall h;
	hall_open(&h);
	hall_decide(&h);
	watch_blind(&h.sprint.watch);
	sprint_abandon(&h.sprint, "the test ends");
	assert_int_equal(h.verdict, INCONCLUSIVE);
	assert_string_equal(h.class, "capture drop");
	hall_close(&h);
}

static void what_the_fence_did_not_settle_is_no_pass(void **state)
{
	(void)state;
	struct hall h;
	hall_open(&h);
	judge_against(&h.sprint.judge, JUDGE_VIOLATED, "fence lost", "", "fence lost");
	hall_decide(&h);
	sprint_abandon(&h.sprint, "the test ends");
	assert_int_equal(h.verdict, INCONCLUSIVE);
	hall_close(&h);
}

/* As the player's: from the played port, to a port of the tester's that is not the connection's. */
static void a_reply_to_another_port_fails(void **state)
{
	(void)state;
	struct hall h;
	hall_open(&h);
	hall_frame(&h, TESTER_PORT + 1, FENCE_AT);
	hall_decide(&h);
	sprint_abandon(&h.sprint, "the test ends");
	assert_int_equal(h.verdict, FAIL);
	assert_string_equal(h.class, "malformed segment");
	hall_close(&h);
}

/* A cell in quarantine answers for its own segments, also while the next is played. */
static void a_straggler_is_its_own_cells(void **state)
{
	(void)state;
	struct hall h;
	hall_open(&h);
	hall_decide(&h);
	h.sprint.at.tester_port++;
	h.sprint.connection = (struct connection *)&h;
	hall_frame(&h, TESTER_PORT, FENCE_AT + 500 * MS);
	assert_int_equal(h.sprint.judge.status, JUDGE_GOING);
	h.sprint.connection = NULL;
	sprint_abandon(&h.sprint, "the test ends");
	assert_int_equal(h.verdict, FAIL);
	assert_string_equal(h.class, "late reply");
	hall_close(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_came_and_it_passes),
	    cmocka_unit_test(a_straggler_is_inconclusive),
	    cmocka_unit_test(a_late_reply_fails),
	    cmocka_unit_test(lost_frames_leave_no_verdict),
	    cmocka_unit_test(what_the_fence_did_not_settle_is_no_pass),
	    cmocka_unit_test(a_reply_to_another_port_fails),
	    cmocka_unit_test(a_straggler_is_its_own_cells),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("cells in quarantine", tests, NULL, NULL);
}
