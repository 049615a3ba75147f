/* Tests of lib/base/error.h: what the sentence is and what becomes of one too long. Not of anybody's wording. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/base/error.h"

static void set_formats_and_is_false(void **state)
{
	struct error e;

	(void)state;
	assert_false(error_set(&e, "%s:%d: expected %s", "a.ladder", 3, "a tab"));
	assert_string_equal(e.text, "a.ladder:3: expected a tab");
	assert_false(error_set(NULL, "nobody listens"));
}

static void prefix_goes_before(void **state)
{
	struct error e;

	(void)state;
	error_set(&e, "no such file");
	assert_false(error_prefix(&e, "%s %d: ", "line", 7));
	assert_string_equal(e.text, "line 7: no such file");
	assert_false(error_prefix(&e, "%s", ""));
	assert_string_equal(e.text, "line 7: no such file");
	assert_false(error_prefix(NULL, "nobody listens"));
}

static void too_long_is_cut_and_ended(void **state)
{
	static char much[3 * ERROR_TEXT_MAX];
	struct error e;

	(void)state;
	memset(much, 'x', sizeof much - 1);
	error_set(&e, "%s", much);
	assert_int_equal(strlen(e.text), ERROR_TEXT_MAX - 1);
	error_prefix(&e, "here: ");
	assert_int_equal(strlen(e.text), ERROR_TEXT_MAX - 1);
	assert_memory_equal(e.text, "here: xxx", 9);
	error_set(&e, "small");
	error_prefix(&e, "%s", much);
	assert_int_equal(strlen(e.text), ERROR_TEXT_MAX - 1);
	assert_int_equal(e.text[ERROR_TEXT_MAX - 2], 'x');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(set_formats_and_is_false),
	    cmocka_unit_test(prefix_goes_before),
	    cmocka_unit_test(too_long_is_cut_and_ended),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
