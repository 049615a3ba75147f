/* The calendar hands dates out in order whatever the order in which they came; ports are not handed out twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/memory.h"
#include "lib/base/rng.h"
#include "lib/run/stage.h"

static void dates_come_in_order(void **state)
{
	(void)state;
	struct stage *s = memory_zeroed(1, sizeof *s);
	struct rng r = rng_seeded(7);
	struct date d;
	uint64_t last = 0, next;
	for (unsigned i = 0; i < 1000; i++)
		stage_remind(s, NULL, rng_below(&r, 500), i);
	for (unsigned i = 0; i < 1000; i++) {
		assert_true(stage_next(s, &next));
		assert_true(stage_due(s, UINT64_MAX, &d));
		assert_int_equal(d.at, next);
		assert_true(d.at >= last);
		last = d.at;
	}
	assert_false(stage_due(s, UINT64_MAX, &d));
	assert_false(stage_next(s, &next));
	free(s->calendar);
	free(s);
}

static void a_date_is_not_due_before_its_time(void **state)
{
	(void)state;
	struct stage *s = memory_zeroed(1, sizeof *s);
	struct date d;
	stage_remind(s, NULL, 100, 1);
	assert_false(stage_due(s, 99, &d));
	assert_true(stage_due(s, 100, &d));
	assert_int_equal(d.turn, 1);
	free(s->calendar);
	free(s);
}

static void ports_in_use_are_passed_over(void **state)
{
	(void)state;
	struct stage *s = memory_zeroed(1, sizeof *s);
	const uint16_t first = stage_port(s);
	assert_int_equal(first, PORT_FIRST);
	s->by_port[first + 1] = (struct player *)s;
	assert_int_equal(stage_port(s), first + 2);
	s->port = PORTS - 1;
	assert_int_equal(stage_port(s), PORT_FIRST); /* wraps, and never to the well-known ports */
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(dates_come_in_order), cmocka_unit_test(a_date_is_not_due_before_its_time), cmocka_unit_test(ports_in_use_are_passed_over)};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("the calendar and the ports", tests, NULL, NULL);
}
