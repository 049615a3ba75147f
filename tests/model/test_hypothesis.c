/* Tests of sets of hypotheses: what is one and what are two. What a hypothesis becomes is tested with the events of the model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/model/hypothesis.h"

/* One pending ACK; `between` is what lies between the fields. */
static struct hypothesis hypothesis_with(int between, uint32_t ack)
{
	struct hypothesis h;

	memset(&h, 0, sizeof h);
	h.tcb = tcb_closed(false);
	memset(h.pending, between, sizeof h.pending);
	h.pending_count = 1;
	h.pending[0].ctl = h.pending[0].ctl_care = CTL_ACK;
	h.pending[0].binds_iss = h.pending[0].seq_after = h.pending[0].ack_any = h.pending[0].again = false;
	h.pending[0].seq = h.pending[0].text_max = 0;
	h.pending[0].ack = ack;
	return h;
}

static void what_lies_between_fields_parts_none(void **state)
{
	struct hypotheses set = {0};
	struct hypothesis h = hypothesis_with(0, 1);

	(void)state;
	hypotheses_add(&set, &h);
	h = hypothesis_with(0xff, 1);
	hypotheses_add(&set, &h);
	assert_int_equal(set.count, 1);
	h = hypothesis_with(0, 2);
	hypotheses_add(&set, &h);
	assert_int_equal(set.count, 2);
	hypotheses_free(&set);
}

static void one_that_keeps_a_should_stays(void **state)
{
	struct hypotheses set = {0};
	struct hypothesis h = hypothesis_with(0, 1);

	(void)state;
	h.strained = 1;
	hypotheses_add(&set, &h);
	h.strained = 0;
	hypotheses_add(&set, &h);
	assert_int_equal(set.count, 1);
	assert_int_equal(set.h[0].strained, 0);
	hypotheses_free(&set);
}

/* As many as there is room for, of which the n-th breaks n recommendations, and one more. */
static void what_breaks_fewest_shoulds_has_room(void **state)
{
	struct hypotheses set = {0};
	struct hypothesis h;
	uint64_t sum = 0;

	(void)state;
	for (unsigned n = 1; n <= HYPOTHESES_MAX; n++) {
		h = hypothesis_with(0, n);
		h.strained = n;
		hypotheses_add(&set, &h);
	}
	assert_false(set.overflow);
	h = hypothesis_with(0, 0);
	h.strained = HYPOTHESES_MAX;
	hypotheses_add(&set, &h);
	assert_true(set.overflow);
	for (unsigned i = 0; i < set.count; i++)
		sum += set.h[i].pending[0].ack;
	assert_int_equal(sum, HYPOTHESES_MAX * (HYPOTHESES_MAX + 1) / 2);
	h.strained = 3;
	hypotheses_add(&set, &h);
	assert_int_equal(set.count, HYPOTHESES_MAX);
	for (unsigned i = 0; i < set.count; i++)
		assert_int_not_equal(set.h[i].pending[0].ack, HYPOTHESES_MAX); /* the worst has gone */
	hypotheses_free(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_lies_between_fields_parts_none),
	    cmocka_unit_test(one_that_keeps_a_should_stays),
	    cmocka_unit_test(what_breaks_fewest_shoulds_has_room),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("hypothesis", tests, NULL, NULL);
}
