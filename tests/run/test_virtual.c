/* The engine on a virtual clock, on a stack that is the model itself: what it plays, and what becomes of a reply that comes at the wrong time. */
#include "tests/run/scene.h"

#include "lib/run/virtual.h"
#include "suite/cells.h"
#include "tests/run/model_stack.h"

/* A stage in memory, and the result of the last play. */
struct hall {
	struct stage stage;
	struct run_options options;
	struct declaration declaration;
	struct virtual *virtual;
	size_t results, traces;
	uint64_t by_verdict[VERDICTS], told;
	enum verdict verdict;
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
	h->by_verdict[r->verdict]++;
	h->verdict = r->verdict;

	snprintf(h->id, sizeof h->id, "%s", r->id);
	snprintf(h->class, sizeof h->class, "%s", r->cause_class);
	snprintf(h->cause, sizeof h->cause, "%s", r->cause);
	snprintf(h->actual, sizeof h->actual, "%s", text_string(&r->actual));
	snprintf(h->ladder, sizeof h->ladder, "%s", text_string(&r->ladder));
	/* A sum, so that it does not depend on the order. */
	h->told += text_hash(text_hash(text_hash(UINT64_C(14695981039346656037), r->id), verdict_name(r->verdict)), text_string(&r->actual));
	result_free(r);
}

static void hall_open(struct hall *h, enum model_stack_fault fault, uint64_t seed)
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
	if (!target_in_process_begin(&h->stage.target, &h->stage.link, &model_stack, &h->declaration, seed, &e))
		fail_msg("%s", e.text);
	h->stage.in_process = target_in_process(&h->stage.target);
	h->virtual = virtual_new(&h->stage, &events);
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
	for (size_t i = 0; i < n; i++) {
		const struct script *s = cells_script(c, backwards ? n - 1 - i : i, &f);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_cell_passes),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("virtual", tests, NULL, NULL);
}
