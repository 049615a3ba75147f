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
	h.pending[0].binds_iss = h.pending[0].seq_after = h.pending[0].ack_any = h.pending[0].tells = h.pending[0].again = h.pending[0].again_fin = false;
	h.pending[0].seq = h.pending[0].text_max = h.pending[0].up = 0;
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

static struct hypothesis numbered(uint32_t rcv_nxt)
{
	struct hypothesis h = hypothesis_with(0, 1);
	h.tcb.rcv_nxt = rcv_nxt;
	return h;
}

static void add_numbered(struct hypotheses *set, uint32_t from, uint32_t to)
{
	for (uint32_t n = from; n < to; n++) {
		const struct hypothesis h = numbered(n);
		hypotheses_add(set, &h);
	}
}

/* Those that are there are found among few and among many, also when some have gone, from among the others or from the end, and others have come in their place. */
static void none_is_there_twice(void **state)
{
	struct hypotheses set = {0};

	(void)state;
	for (uint32_t n = 1; n <= HYPOTHESES_MAX; n *= 2) {
		hypotheses_clear(&set);
		add_numbered(&set, 0, n);
		assert_int_equal(set.count, n);
		add_numbered(&set, 0, n);
		assert_int_equal(set.count, n);
		for (uint32_t i = n / 2; i < n; i++)
			hypotheses_move(&set, i, i - n / 2);
		set.count = n - n / 2;
		add_numbered(&set, n / 2, n);
		assert_int_equal(set.count, n - n / 2);
		set.count = 1;
		add_numbered(&set, n, 2 * n - 1);
		add_numbered(&set, n, 2 * n - 1);
		assert_int_equal(set.count, n);
	}
	hypotheses_free(&set);
}

/* One that has the place of a worse one is found again. */
static void what_has_anothers_place_is_found(void **state)
{
	struct hypotheses set = {0};
	struct hypothesis h;

	(void)state;
	add_numbered(&set, 0, HYPOTHESES_MAX);
	set.h[1].strained = 9;
	set.h[2].strained = 8;
	h = numbered(HYPOTHESES_MAX);
	h.strained = 7;
	hypotheses_add(&set, &h);
	assert_int_equal(set.h[1].tcb.rcv_nxt, HYPOTHESES_MAX);
	h.strained = 0;
	hypotheses_add(&set, &h);
	assert_int_equal(set.h[1].strained, 0);
	assert_int_equal(set.h[2].tcb.rcv_nxt, 2); /* and nobody else's */
	hypotheses_free(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_lies_between_fields_parts_none),
	    cmocka_unit_test(one_that_keeps_a_should_stays),
	    cmocka_unit_test(what_breaks_fewest_shoulds_has_room),
	    cmocka_unit_test(none_is_there_twice),
	    cmocka_unit_test(what_has_anothers_place_is_found),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("hypothesis", tests, NULL, NULL);
}
