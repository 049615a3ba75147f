/* The reports against their golden files. What must stand in them is told by the other tests; this one holds the look of the whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/golden.h"
#include "tests/reports/fixture.h"

static void report_check(const char *name, enum fixture_form form)
{
	char *now = fixture_print(form);
	golden_check(name, now);
	free(now);
}

static void tap(void **state)
{
	(void)state;
	report_check("run.tap", FORM_TAP);
}

static void strict(void **state)
{
	(void)state;
	report_check("strict.tap", FORM_STRICT);
}

static void quiet(void **state)
{
	(void)state;
	report_check("quiet.txt", FORM_QUIET);
}

static void died(void **state)
{
	(void)state;
	report_check("died.tap", FORM_DIED);
}

static void matrix(void **state)
{
	(void)state;
	report_check("matrix.md", FORM_MATRIX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tap),
	    cmocka_unit_test(strict),
	    cmocka_unit_test(quiet),
	    cmocka_unit_test(died),
	    cmocka_unit_test(matrix),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("reports: golden files", tests, NULL, NULL);
}
