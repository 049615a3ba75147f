/* The doctor's lines on the target: one for each capability, tried without leaving the caller's namespace. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/stat.h>

#include "lib/script/script.h"
#include "lib/target/declaration.h"
#include "lib/target/doctor.h"

/* Wherever these tests can run at all, INET_DIAG is there. */
static void test_doctor(void **state)
{
	static const char *const names[] = {"INET_DIAG", "TCP_REPAIR", "userfaultfd", "RLIMIT_NOFILE"};
	struct text out = {0};
	bool usable = false;
	struct stat before, after;
	const char *at;

	(void)state;
	assert_int_equal(stat("/proc/self/ns/net", &before), 0);
	target_doctor(&out, &usable);
	assert_int_equal(stat("/proc/self/ns/net", &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	at = text_string(&out);
	assert_true(usable);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		size_t line = strcspn(at, "\n");
		const char *name = strstr(at, names[i]);

		if (!name || name > at + line)
			fail_msg("line %zu is not of %s: %s", i + 1, names[i], text_string(&out));
		at += line + (at[line] == '\n');
	}
	assert_string_equal(at, "");
	text_free(&out);
}

/* What sockets are there for, the kernel can: to declare that it lacks it is false. What it refuses may be declared (RFC 9293 3.10.2 lets SEND queue in SYN-SENT; Linux says EAGAIN). */
static void test_false_declaration(void **state)
{
	struct declaration d = {.file = "here.ini", .lacks = NEED_SEND | NEED_CLOSE | NEED_EARLY_SEND};
	struct text out = {0};
	bool usable = true;

	(void)state;
	declaration_doctor(&d, &out, &usable);
	assert_false(usable);
	assert_non_null(strstr(text_string(&out), "no  send "));
	assert_non_null(strstr(text_string(&out), "no  close "));
	assert_non_null(strstr(text_string(&out), "ok  early_send "));
	assert_null(strstr(text_string(&out), "receive"));
	text_clear(&out);
	d.lacks = NEED_EARLY_SEND;
	declaration_doctor(&d, &out, &usable);
	assert_true(usable);
	text_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_doctor),
	    cmocka_unit_test(test_false_declaration),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("target/doctor", tests, NULL, NULL);
}
