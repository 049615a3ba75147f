/* The engine on a virtual clock, on a stack that is the model itself: what it plays, and what becomes of a reply that comes at the wrong time. */
#include "tests/run/scene.h"

#include "lib/run/virtual_parts.h"
#include "suite/cells.h"
#include "tests/run/model_stack.h"

/* Of the sets, every so many cells. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED 1
#endif
#ifdef SANITIZED
enum { STRIDE = 17 };
#else
enum { STRIDE = 1 };
#endif

/* A stage in memory, and the result of the last play. */
struct hall {
	struct stage stage;
	struct run_options options;
	struct declaration declaration;
	struct virtual *virtual;
	size_t results, drawn;
	uint64_t by_verdict[VERDICTS], told;
	enum verdict verdict, replayed;
	const struct script *script; /* the one that is played, for on_trace() */
	char by[12];
	char id[ID_MAX], class[40], cause[200], actual[2000], ladder[8000];
};

static uint64_t text_hash(uint64_t h, const char *s)
{
	for (; *s; s++)
		h = (h ^ (uint8_t)*s) * UINT64_C(1099511628211);
	return h;
}

static void hall_result(void *self, struct result *r, const struct script *s)
{
	struct hall *h = self;
	(void)s;
	h->results++;
	h->drawn += r->ladder.length > 0;
	h->by_verdict[r->verdict]++;
	h->verdict = r->verdict;

	snprintf(h->id, sizeof h->id, "%s", r->id);
	snprintf(h->by, sizeof h->by, "%s", r->state_by);
	snprintf(h->class, sizeof h->class, "%s", r->cause_class);
	snprintf(h->cause, sizeof h->cause, "%s", r->cause);
	snprintf(h->actual, sizeof h->actual, "%s", text_string(&r->actual));
	snprintf(h->ladder, sizeof h->ladder, "%s", text_string(&r->ladder));

	/* A sum, so that it does not depend on the order. */
	h->told += text_hash(text_hash(text_hash(UINT64_C(14695981039346656037), r->id), verdict_name(r->verdict)), text_string(&r->actual));
	result_free(r);
}

static void hall_open_with(struct hall *h, const struct tcpspec_stack_operations *operations, enum model_stack_fault fault, uint64_t seed)
{
	struct error e = {""};
	const struct sprint_events events = {.result = hall_result, .self = h};
	memset(h, 0, sizeof *h);
	h->options.seed = seed;
	h->declaration.model = model_default(PROFILE_RFC9293);
	model_stack_model = h->declaration.model;
	model_stack_fault = fault;
	h->stage.options = &h->options;
	h->stage.declaration = &h->declaration;
	h->stage.fence = FENCE_CALL;
	in_process_link(&h->stage.link);
	if (!target_in_process_begin(&h->stage.target, &h->stage.link, operations, &h->declaration, seed, &e))
		fail_msg("%s", e.text);
	h->stage.in_process = target_in_process(&h->stage.target);
	h->virtual = virtual_new(&h->stage, &events, &e);
	if (!h->virtual)
		fail_msg("%s", e.text);
}

static void hall_open(struct hall *h, enum model_stack_fault fault, uint64_t seed)
{
	hall_open_with(h, &model_stack, fault, seed);
}

static void hall_close(struct hall *h)
{
	virtual_free(h->virtual);
	target_stop(&h->stage.target);
	free(h->stage.calendar);
}

static void hall_play(struct hall *h, const struct script *s, enum family f)
{
	struct error e = {""};
	const struct play p = {.script = s, .family = f};
	if (!virtual_play(h->virtual, &p, &e))
		fail_msg("%s", e.text);
}

/* All cells of a set, from the last to the first or the other way round. */
static void hall_cells(struct hall *h, const char *set, bool backwards)
{
	struct error e = {""};
	enum family f;
	struct cells *c = cells_new(set, &e);
	if (!c)
		fail_msg("%s", e.text);
	const size_t n = cells_count(c);
	for (size_t i = 0; i < n; i += STRIDE) {
		const struct script *s = cells_script(c, backwards ? (n - 1) / STRIDE * STRIDE - i : i, &f);
		hall_play(h, s, f);
	}
	cells_free(c);
}

static void hall_all_pass(struct hall *h, const char *set)
{
	hall_cells(h, set, false);
	if (h->by_verdict[PASS] != h->results)
		fail_msg("%zu of %zu pass; the last: %s: %s", (size_t)h->by_verdict[PASS], h->results, h->id, h->cause);
}

static void every_cell_passes(void **state)
{
	struct hall h;
	(void)state;
	hall_open(&h, MODEL_STACK_SOUND, 1);
	hall_all_pass(&h, "full");
	hall_close(&h);
}

/* What is told of all cells of the full set, whatever their order. */
static uint64_t told_of_full(uint64_t seed, enum model_stack_fault fault, bool whole, bool backwards)
{
	struct hall h;
	hall_open(&h, fault, seed);
	h.options.whole = whole;
	hall_cells(&h, "full", backwards);
	hall_close(&h);
	return h.told;
}

static void a_way_that_is_kept_changes_nothing(void **state)
{
	(void)state;
	const uint64_t sound = told_of_full(1, MODEL_STACK_SOUND, false, false), late = told_of_full(1, MODEL_STACK_LATE_20MS, false, false);
	assert_int_equal(told_of_full(1, MODEL_STACK_SOUND, true, false), sound);
	assert_int_equal(told_of_full(1, MODEL_STACK_LATE_20MS, true, false), late);
	assert_int_not_equal(sound, late);
}

/* A stack that cannot be restored is created anew for every play. */
static void a_stack_without_snapshots_is_as_good(void **state)
{
	struct tcpspec_stack_operations bare = model_stack;
	struct hall h, kept;
	(void)state;
	bare.snapshot_octets = NULL;
	bare.snapshot = NULL;
	bare.restore = NULL;
	hall_open_with(&h, &bare, MODEL_STACK_LATE_20MS, 1);
	hall_cells(&h, "base", false);
	hall_open(&kept, MODEL_STACK_LATE_20MS, 1);
	hall_cells(&kept, "base", false);
	assert_true(h.by_verdict[FAIL] > 0);
	assert_int_equal(h.told, kept.told);
	hall_close(&h);
	hall_close(&kept);
}

/* Of the first FAILs among very many cells there is a ladder; all of them are told. */
static void not_all_are_drawn(void **state)
{
	struct hall h;
	(void)state;
	hall_open(&h, MODEL_STACK_SOUND, 1);
	h.options.fault = &(struct fault_request){.kind = FAULT_CHATTY, .glob = "*"};
	h.options.fault_count = 1;
	hall_cells(&h, "full", false);
	assert_int_equal(h.by_verdict[FAIL], h.results);
	assert_int_equal(h.drawn, h.results < DRAWN_MAX ? h.results : DRAWN_MAX);
	hall_close(&h);
}

/* A stack that says nothing of its states or to its users is judged by what it sends. */
static void a_stack_may_say_nothing(void **state)
{
	struct tcpspec_stack_operations mute = model_stack;
	struct hall h;
	(void)state;
	mute.state = NULL;
	mute.told = NULL;
	hall_open_with(&h, &mute, MODEL_STACK_SOUND, 1);
	hall_all_pass(&h, "base");
	assert_null(strstr(h.actual, "=>"));
	hall_close(&h);
}

static uint64_t poll_for_ever(struct tcpspec_stack *s, uint64_t now)
{
	model_stack_poll(s, now);
	return now + 1;
}

/* What always wants to be asked again would be asked for ever, where hours are to pass. */
static void a_stack_that_never_rests_is_told_so(void **state)
{
	struct tcpspec_stack_operations restless = model_stack;
	struct error e = {""};
	enum family f;
	struct hall h;
	(void)state;
	restless.poll = poll_for_ever;
	struct cells *c = cells_new("base", &e);
	const struct play p = {.script = cells_script(c, 0, &f), .family = IPV4};
	hall_open_with(&h, &restless, MODEL_STACK_SOUND, 1);
	h.virtual->polls_max = 10000;
	assert_false(virtual_play(h.virtual, &p, &e));
	assert_non_null(strstr(e.text, "always wants to be asked again"));
	hall_close(&h);
	cells_free(c);
}

static void neither_order_nor_seed_changes_anything(void **state)
{
	(void)state;
	const uint64_t told = told_of_full(1, MODEL_STACK_SOUND, false, false);
	assert_int_equal(told_of_full(1, MODEL_STACK_SOUND, false, true), told);
	assert_int_equal(told_of_full(77, MODEL_STACK_SOUND, false, false), told);
	assert_int_equal(told_of_full(1, MODEL_STACK_BABBLES, false, true), told_of_full(77, MODEL_STACK_BABBLES, false, false));
}

/* One cell, by its id. */
static void hall_cell(struct hall *h, const char *id)
{
	struct error e = {""};
	enum family f;
	struct cells *c = cells_named(id, &e);
	if (!c)
		fail_msg("%s", e.text);
	const struct script *s = cells_script(c, 0, &f);
	hall_play(h, s, f);
	cells_free(c);
}

static void cell_is(enum model_stack_fault fault, const char *id, enum verdict want, const char *class)
{
	struct hall h;
	hall_open(&h, fault, 1);
	hall_cell(&h, id);
	hall_close(&h);
	if (h.verdict != want || strcmp(h.class, class) != 0)
		fail_msg("%s: expected %s \"%s\", got %s \"%s\": %s; it saw %s", id, verdict_name(want), class, verdict_name(h.verdict), h.class, h.cause, h.actual);
}

/* Behind the call's return nothing is under way: no straggler takes a FAIL back. */
static void what_comes_late_was_sent_late(void **state)
{
	static const char old[] = "matrix/established/ack/before/una/1/v4", text[] = "matrix/established/ack/exact/una/1/v6";
	(void)state;
	cell_is(MODEL_STACK_SOUND, old, PASS, "");
	cell_is(MODEL_STACK_LATE_1US, old, FAIL, "late reply");
	cell_is(MODEL_STACK_LATE_20MS, old, FAIL, "late reply");
	cell_is(MODEL_STACK_LATE_300MS, old, FAIL, "late reply");
	cell_is(MODEL_STACK_BABBLES, old, FAIL, "late reply");
	/* The acknowledgment of text may be delayed, but not come twice. */
	cell_is(MODEL_STACK_LATE_1US, text, PASS, "");
	cell_is(MODEL_STACK_LATE_300MS, text, PASS, "");
	cell_is(MODEL_STACK_BABBLES, text, FAIL, "late reply");
}

static void a_timer_is_early_or_not(void **state)
{
	static const char id[] = "matrix/syn-sent/rst/any/-/0/v4";
	(void)state;
	cell_is(MODEL_STACK_SOUND, id, PASS, "");
	cell_is(MODEL_STACK_RETRIES, id, PASS, "");
	cell_is(MODEL_STACK_HURRIES, id, FAIL, "late reply");
}

/* A ladder of side A. */
static void ladder_is(enum model_stack_fault fault, const char *text, enum verdict want, const char *class)
{
	struct error e = {""};
	struct hall h;
	struct ladder *l = ladder_read("test", text, &e);
	struct script *s = l ? ladder_compile(l, 'b', &e) : NULL;
	if (!s)
		fail_msg("%s", e.text);
	hall_open(&h, fault, 1);
	hall_play(&h, s, IPV4);
	if (h.verdict != want || strcmp(h.class, class) != 0)
		fail_msg("expected %s \"%s\", got %s \"%s\": %s; it saw %s\n%s", verdict_name(want), class, verdict_name(h.verdict), h.class, h.cause, h.actual, h.ladder);
	hall_close(&h);
	script_free(s);
	ladder_free(l);
}

/* Four minutes each. */
static void minutes_pass(void **state)
{
	static const char two_msl[] = LADDER("MUST", "TIME-WAIT") " 2.                                                       (1.5 MSL)\n"
	                                                          "                                                          TIME-WAIT\n"
	                                                          " 3.                                                       (0.5 MSL)\n"
	                                                          "                                                          CLOSED\n";
	(void)state;
	ladder_is(MODEL_STACK_SOUND, two_msl, PASS, "");
	ladder_is(MODEL_STACK_HASTENS, two_msl, FAIL, "next state");
}

static void on_trace(void *self, const struct trace *t, const struct endpoint *at, uint64_t seed, const char *id, unsigned attempt)
{
	struct hall *h = self;
	struct judge j;
	struct result r = {0};
	(void)id, (void)attempt;
	judge_begin(&j, h->script, &h->declaration.model, at, seed + 5);
	judge_replay(&j, t);
	judge_result(&j, &r);
	h->replayed = r.verdict;
	judge_end(&j);
	result_free(&r);
}

/* The stored trace of a cell holds its way, and a judge that reads it says the same. */
static void a_trace_is_whole(void **state)
{
	struct error e = {""};
	enum family f;
	struct hall h;
	(void)state;
	struct cells *c = cells_new("base", &e);
	hall_open(&h, MODEL_STACK_LATE_20MS, 1);
	virtual_free(h.virtual);
	h.virtual = virtual_new(&h.stage, &(struct sprint_events){.result = hall_result, .trace = on_trace, .self = &h}, &e);
	for (size_t i = 0; i < cells_count(c); i++) {
		h.script = cells_script(c, i, &f);
		hall_play(&h, h.script, f);
		assert_int_equal(h.replayed, h.verdict);
	}
	assert_true(h.by_verdict[FAIL] > 0 && h.by_verdict[PASS] > 0);
	hall_close(&h);
	cells_free(c);
}

/* Where the model permits several states the probes must agree with the one that is told. */
static void states_are_probed(void **state)
{
	struct hall h;
	struct error e = {""};
	(void)state;
	hall_open(&h, MODEL_STACK_SOUND, 1);
	virtual_free(h.virtual);
	h.options.probe = PROBE_ALWAYS;
	h.virtual = virtual_new(&h.stage, &(struct sprint_events){.result = hall_result, .self = &h}, &e);
	assert_non_null(h.virtual);
	hall_all_pass(&h, "full");
	assert_string_equal(h.by, "both");
	hall_close(&h);
}

static void what_means_nothing_is_refused(void **state)
{
	struct error e = {""};
	struct fault_request stall = {.kind = FAULT_STALL}, drop = {.kind = FAULT_DROP};
	(void)state;
	assert_false(virtual_permits(&(struct run_options){.patient = true}, &e));
	assert_non_null(strstr(e.text, "--patient"));
	assert_false(virtual_permits(&(struct run_options){.fault = &stall, .fault_count = 1}, &e));
	assert_non_null(strstr(e.text, "--fault stall"));
	assert_true(virtual_permits(&(struct run_options){.fault = &drop, .fault_count = 1}, &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_cell_passes),
	    cmocka_unit_test(a_way_that_is_kept_changes_nothing),
	    cmocka_unit_test(a_stack_without_snapshots_is_as_good),
	    cmocka_unit_test(not_all_are_drawn),
	    cmocka_unit_test(a_stack_may_say_nothing),
	    cmocka_unit_test(a_stack_that_never_rests_is_told_so),
	    cmocka_unit_test(neither_order_nor_seed_changes_anything),
	    cmocka_unit_test(what_comes_late_was_sent_late),
	    cmocka_unit_test(a_timer_is_early_or_not),
	    cmocka_unit_test(minutes_pass),
	    cmocka_unit_test(a_trace_is_whole),
	    cmocka_unit_test(states_are_probed),
	    cmocka_unit_test(what_means_nothing_is_refused),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("virtual", tests, NULL, NULL);
}
