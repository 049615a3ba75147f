/* The reports against their golden files, octet by octet; under TCPSPEC_GOLDEN=write it writes them instead (tests/golden.sh). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "lib/base/memory.h"
#include "tests/reports/fixture.h"

static void golden_check(const char *name, enum fixture_form form)
{
	char path[256];
	const char *source = getenv("TCPSPEC_SOURCE"), *mode = getenv("TCPSPEC_GOLDEN");
	snprintf(path, sizeof(path), "%s/tests/golden/%s", source ? source : ".", name);
	char *now = fixture_print(form);
	if (mode && strcmp(mode, "write") == 0) {
		FILE *to = fopen(path, "w");
		assert_non_null(to);
		assert_true(fputs(now, to) >= 0);
		assert_int_equal(fclose(to), 0);
	}
	struct error e;
	size_t size;
	char *golden = memory_file(path, &size, &e);
	if (!golden)
		fail_msg("%s", e.text);
	assert_string_equal(now, golden);
	free(golden);
	free(now);
}

static void tap(void **state)
{
	(void)state;
	golden_check("run.tap", FORM_TAP);
}

static void strict(void **state)
{
	(void)state;
	golden_check("strict.tap", FORM_STRICT);
}

static void quiet(void **state)
{
	(void)state;
	golden_check("quiet.txt", FORM_QUIET);
}

static void died(void **state)
{
	(void)state;
	golden_check("died.tap", FORM_DIED);
}

static void matrix(void **state)
{
	(void)state;
	golden_check("matrix.md", FORM_MATRIX);
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
