/* Tests of lib/base/table.h: rows, columns, and complaints that name the line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/table.h"

static const char *const names[] = {"requirement", "reason"};

static bool read_text(const char *text, struct table *t, struct error *e)
{
	char path[] = "/tmp/tcpspec-table-XXXXXX";
	const int file = mkstemp(path);
	assert_true(file >= 0);
	assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
	close(file);
	const bool ok = table_read(t, path, names, 2, e);
	unlink(path);
	return ok;
}

static void comments_and_blank_lines_are_no_rows(void **state)
{
	struct table t;
	struct error e;
	(void)state;
	assert_true(read_text("# a\tcomment\tof three\n\nMUST-1\tno eyes\n\n#\nMUST-2\t\n", &t, &e));
	assert_int_equal(t.rows, 2);
	assert_string_equal(table_at(&t, 0, 0), "MUST-1");
	assert_string_equal(table_at(&t, 0, 1), "no eyes");
	assert_int_equal(t.line[0], 3);
	assert_string_equal(table_at(&t, 1, 1), "");
	assert_int_equal(t.line[1], 6);
	table_free(&t);
}

static void an_empty_file_is_an_empty_table(void **state)
{
	struct table t;
	struct error e;
	(void)state;
	assert_true(read_text("", &t, &e));
	assert_int_equal(t.rows, 0);
	table_free(&t);
}

static void what_is_no_row_is_refused_with_its_line(void **state)
{
	static const char *const bad[] = {"MUST-1\ta\nMUST-2\n", "MUST-1\ta\nMUST-2\tb\tc\n", "MUST-1\ta\n\tb"};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct table t;
		struct error e;
		assert_false(read_text(bad[i], &t, &e));
		assert_non_null(strstr(e.text, ":2: holds "));
		assert_non_null(strstr(e.text, "requirement, reason"));
		assert_int_equal(t.rows, 0);
		table_free(&t);
	}
}

static void a_file_that_is_not_there_is_an_error(void **state)
{
	struct table t;
	struct error e = {.text = ""};
	(void)state;
	assert_false(table_read(&t, "/nonexistent/table.tsv", names, 2, &e));
	assert_string_not_equal(e.text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(comments_and_blank_lines_are_no_rows),
	    cmocka_unit_test(an_empty_file_is_an_empty_table),
	    cmocka_unit_test(what_is_no_row_is_refused_with_its_line),
	    cmocka_unit_test(a_file_that_is_not_there_is_an_error),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("base: table", tests, NULL, NULL);
}
