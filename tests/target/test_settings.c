/* The sysctls of a declaration: set in the namespace and recorded as read back; absent ones are said, refused ones end the start. */
#include "tests/target/loopback.h"

#include <fcntl.h>

#include "lib/script/script.h"

static struct link here(void)
{
	struct link l = {.tester_ns = -1, .target_ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)};

	assert_true(l.target_ns >= 0);
	return l;
}

static void test_settings_are_recorded(void **state)
{
	struct setting s[] = {{"net.ipv4.tcp_rfc1337", "1"}, {"net.ipv4.no_such_sysctl", "7"}, {"net.ipv4.ip_local_port_range", "2000 3000"}};
	struct declaration d = {.file = "toy.ini", .kind = "linux", .sysctl = s, .sysctl_count = 3, .model = model_default(PROFILE_RFC9293)};
	struct link l = here();
	struct target t;
	struct error e = {""};
	char value[64];

	(void)state;
	if (!target_linux_start(&t, &l, &d, false, &e))
		fail_msg("%s", e.text);
	assert_string_equal(text_string(&t.settings), "net.ipv4.tcp_rfc1337=1\nnet.ipv4.no_such_sysctl absent\nnet.ipv4.ip_local_port_range=2000 3000\n");
	assert_true(link_sysctl_get(&l, "net.ipv4.tcp_rfc1337", value, sizeof value, &e));
	assert_string_equal(value, "1");
	assert_int_equal(strncmp(t.version, "Linux ", 6), 0);
	target_stop(&t);
	close(l.target_ns);
}

static void test_refused_setting(void **state)
{
	struct setting s = {"net.ipv4.tcp_congestion_control", "no-such-control"};
	struct declaration d = {.file = "toy.ini", .kind = "linux", .sysctl = &s, .sysctl_count = 1, .model = model_default(PROFILE_RFC9293)};
	struct link l = here();
	struct target t;
	struct error e = {""};

	(void)state;
	assert_false(target_linux_start(&t, &l, &d, false, &e));
	assert_non_null(strstr(e.text, "net.ipv4.tcp_congestion_control"));
	assert_non_null(strstr(e.text, "--as-shipped"));
	close(l.target_ns);
}

static void test_other_kind(void **state)
{
	struct declaration d = {.file = "toy.ini", .kind = "remote"};
	struct link l = {0};
	struct target t;
	struct error e = {""};

	(void)state;
	assert_false(target_linux_start(&t, &l, &d, false, &e));
	assert_non_null(strstr(e.text, "kind = linux"));
}

/* What the target serves, less what its declaration says that it lacks. */
static void test_needs(void **state)
{
	struct declaration d = {.file = "toy.ini", .kind = "linux", .lacks = NEED_SACK | NEED_FORGET, .model = model_default(PROFILE_RFC9293)};
	struct link l = {0};
	struct target t;
	struct error e = {""};

	(void)state;
	assert_true(target_linux_start(&t, &l, &d, true, &e));
	assert_int_equal(t.needs_met & (NEED_SACK | NEED_FORGET), 0);
	assert_int_equal(t.needs_met & (NEED_SEND | NEED_OPEN_ACTIVE), NEED_SEND | NEED_OPEN_ACTIVE);
	assert_string_equal(text_string(&t.settings), "");
	target_stop(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_settings_are_recorded),
	    cmocka_unit_test(test_refused_setting),
	    cmocka_unit_test(test_other_kind),
	    cmocka_unit_test(test_needs),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("target/settings", tests, namespace_enter, NULL);
}
