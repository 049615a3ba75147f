/* A sender's ranges of numbers (lib/model/ranges.h), which go round. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/model/ranges.h"

/* Numbers that go round between the second and the third. */
static uint32_t at(unsigned n)
{
	return UINT32_MAX - 2 + n;
}

static void add(struct ranges *r, unsigned left, unsigned right)
{
	ranges_add(r, at(left), at(right));
}

static void what_meets_becomes_one(void **unused)
{
	struct ranges r = {.count = 0};
	(void)unused;
	add(&r, 0, 2);
	add(&r, 4, 6);
	assert_int_equal(r.count, 2);
	add(&r, 2, 4);
	assert_int_equal(r.count, 1);
	assert_int_equal(r.at[0].left, at(0));
	assert_int_equal(r.at[0].right, at(6));
	assert_int_equal(r.at[1].right, 0);
}

static void what_is_cut_is_not_there(void **unused)
{
	struct ranges r = {.count = 0};
	(void)unused;
	add(&r, 0, 6);
	ranges_cut(&r, at(2), at(4));
	assert_int_equal(r.count, 2);
	assert_true(ranges_meet(&r, at(0), at(2)));
	assert_false(ranges_meet(&r, at(2), at(4)));
	assert_true(ranges_meet(&r, at(3), at(5)));
	ranges_cut(&r, at(8), at(9));
	assert_int_equal(r.count, 2);
	ranges_cut(&r, at(0), at(6));
	assert_int_equal(r.count, 0);
}

static void what_lies_before_is_forgotten(void **unused)
{
	struct ranges r = {.count = 0};
	(void)unused;
	add(&r, 0, 2);
	add(&r, 4, 6);
	ranges_advance(&r, at(5));
	assert_int_equal(r.count, 1);
	assert_int_equal(r.at[0].left, at(5));
	ranges_advance(&r, at(6));
	assert_int_equal(r.count, 0);
}

static void no_more_are_kept_than_there_is_room_for(void **unused)
{
	struct ranges r = {.count = 0};
	(void)unused;
	for (unsigned i = 0; i <= RANGES_MAX; i++)
		add(&r, 2 * i, 2 * i + 1);
	assert_int_equal(r.count, RANGES_MAX);
	assert_false(ranges_meet(&r, at(2 * RANGES_MAX), at(2 * RANGES_MAX + 1)));
}

static void the_end_of_what_is_open(void **unused)
{
	struct ranges r = {.count = 0};
	(void)unused;
	assert_int_equal(ranges_open_end(&r, at(6)), at(6));
	add(&r, 4, 6);
	assert_int_equal(ranges_open_end(&r, at(6)), at(4));
	assert_int_equal(ranges_open_end(&r, at(7)), at(7));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_meets_becomes_one),
	    cmocka_unit_test(what_is_cut_is_not_there),
	    cmocka_unit_test(what_lies_before_is_forgotten),
	    cmocka_unit_test(no_more_are_kept_than_there_is_room_for),
	    cmocka_unit_test(the_end_of_what_is_open),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("ranges of numbers", tests, NULL, NULL);
}
