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
	h.pending[0].binds_iss = h.pending[0].seq_after = h.pending[0].ack_any = false;
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
	h.strained = true;
	hypotheses_add(&set, &h);
	h.strained = false;
	hypotheses_add(&set, &h);
	assert_int_equal(set.count, 1);
	assert_false(set.h[0].strained);
	hypotheses_free(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_lies_between_fields_parts_none),
	    cmocka_unit_test(one_that_keeps_a_should_stays),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("hypothesis", tests, NULL, NULL);
}
