/* What `--fault` says: which kind, on which plays, and what acts on the run as a whole. What a fault does to a reply is test_alter.c's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/run/run.h"

static void a_fault_means_the_ids_of_its_glob(void **state)
{
	(void)state;
	struct fault_request f;
	struct error e;
	assert_true(fault_read("wrong-ack", &f, &e));
	assert_int_equal(f.kind, FAULT_WRONG_ACK);
	assert_true(fault_means(&f, "close/figure-12/a/v4"));
	assert_true(fault_read("drop@close/*/v6", &f, &e));
	assert_true(fault_means(&f, "close/figure-12/a/v6"));
	assert_false(fault_means(&f, "close/figure-12/a/v4"));
	assert_false(fault_read("drip@close/*", &f, &e));
	assert_non_null(strstr(e.text, "extra-segment"));
}

static void what_acts_on_the_run_has_no_glob_and_no_play(void **state)
{
	(void)state;
	static const char *const kinds[] = {"rps", "busy", "mute"};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct fault_request f;
		struct error e;
		char said[32];
		assert_true(fault_read(kinds[i], &f, &e));
		assert_true(fault_is_of_run(f.kind));
		assert_false(fault_means(&f, "close/figure-12/a/v4"));
		snprintf(said, sizeof said, "%s@*", kinds[i]);
		assert_false(fault_read(said, &f, &e));
	}
}

static void a_glob_is_never_cut(void **state)
{
	(void)state;
	struct fault_request f;
	struct error e;
	char said[2 * ID_MAX];
	memset(said, 'x', sizeof said - 1);
	said[sizeof said - 1] = '\0';
	memcpy(said, "drop@", 5);
	assert_false(fault_read(said, &f, &e));
	said[5 + ID_MAX - 1] = '\0';
	assert_true(fault_read(said, &f, &e));
	assert_string_equal(f.glob, said + 5);
}

static void the_order_of_faults_is_of_no_account(void **state)
{
	(void)state;
	struct fault_request f[2];
	const struct run_options o = {.fault = f, .fault_count = 2}, none = {.fault_count = 0};
	assert_true(fault_read("drop@close/*", &f[0], NULL));
	assert_true(fault_read("mute", &f[1], NULL));
	assert_true(run_has_fault(&o, FAULT_DROP));
	assert_true(run_has_fault(&o, FAULT_MUTE));
	assert_false(run_has_fault(&o, FAULT_RPS));
	assert_false(run_has_fault(&none, FAULT_MUTE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_fault_means_the_ids_of_its_glob),
	    cmocka_unit_test(what_acts_on_the_run_has_no_glob_and_no_play),
	    cmocka_unit_test(a_glob_is_never_cut),
	    cmocka_unit_test(the_order_of_faults_is_of_no_account),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("faults as asked for", tests, NULL, NULL);
}
