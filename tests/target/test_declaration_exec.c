/* Declarations of targets behind a program: the command and its settings, and what does not go with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/target/declaration.h"

static char file[] = "/tmp/tcpspec-exec-XXXXXX";

static int file_make(void **state)
{
	const int fd = mkstemp(file);
	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int file_remove(void **state)
{
	(void)state;
	return unlink(file);
}

static struct declaration *declaration_of(const char *text, struct error *e)
{
	FILE *f = fopen(file, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	return declaration_read(file, PROFILE_RFC9293, false, e);
}

static void a_command_and_settings(void **state)
{
	struct error e = {.text = ""};
	struct declaration *d = declaration_of("[target]\nname = x\nkind = exec\nfence = link\ncommand = exec ./steer --on \"$TCPSPEC_INTERFACE\" \"$@\" # a remark\n[stack]\nmsl = 1 s\nq = 2\n", &e);
	(void)state;
	if (!d)
		fail_msg("%s", e.text);
	assert_string_equal(d->kind, "exec");
	assert_string_equal(d->command, "exec ./steer --on \"$TCPSPEC_INTERFACE\" \"$@\"");
	assert_int_equal(d->stack_count, 2);
	assert_string_equal(d->stack[0].name, "msl");
	assert_string_equal(d->stack[0].value, "1 s");
	assert_false(declaration_is_virtual(d));
	declaration_free(d);
}

static void a_link_of_its_own(void **state)
{
	struct error e = {.text = ""};
	enum profile p = PROFILE_RFC9293;
	struct declaration *d = declaration_of("[target]\nname = x\nkind = exec\nfence = link\ncommand = c\nprofile = rfc793\nstart = exec ./run --it\nready = up\ninterface = tap0\naddress = 2001:db8::2, 10.0.0.2\ntester_address = 10.0.0.9\n[choices]\nrfc5961 = no\nrfc5961_ack = yes\n", &e);
	(void)state;
	if (!d)
		fail_msg("%s", e.text);
	const struct attach_request r = declared_link_request(&d->link);
	assert_string_equal(d->link.start, "exec ./run --it");
	assert_string_equal(d->link.ready, "up");
	assert_string_equal(r.interface, "tap0");
	assert_true(r.fresh && r.target[0].family == IPV4 && r.target[1].family == IPV6 && r.tester[0].octets[3] == 9 && !r.tester[1].family && !r.has_mac);
	assert_false(d->model.choices.rfc5961_rst || d->model.choices.rfc5961_syn);
	assert_true(d->model.choices.rfc5961_ack);
	declaration_profile(file, &p);
	assert_int_equal(p, PROFILE_RFC793);
	declaration_free(d);
}

static void what_does_not_go_together(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
	    {"[target]\nname = x\nkind = exec\nfence = link\ncommand = c\ninterface = tap0\n", "add `address = ...`"},
	    {"[target]\nname = x\nkind = exec\nfence = link\ncommand = c\naddress = 10.0.0.2\n", "add `interface = ...`"},
	    {"[target]\nname = x\nkind = exec\nfence = link\ncommand = c\ninterface = tap0\naddress = 10.0.0.2, 10.0.0.3\n", "two addresses of one family"},
	    {"[target]\nname = x\nkind = exec\nfence = link\ncommand = c\nready = up\n", "add that, or leave it out"},
	    {"[target]\nname = x\nkind = exec\nfence = link\ncommand = c\nmac = 01:00:00:00:00:02\n", "not of a group"},
	    {"[target]\nname = x\nkind = exec\nfence = link\ncommand = c\nprofile = rfc1\n", "expected rfc9293, rfc793 or tc8"},
	    {"[target]\nname = x\nkind = stack\nlibrary = l.so\nstart = c\n", "it has no start"},
	    {"[target]\nname = x\nkind = exec\nfence = link\n", "[target] does not say `command`"},
	    {"[target]\nname = x\nkind = exec\ncommand = y\n", "[target] does not say `fence`"},
	    {"[target]\nname = x\nkind = linux\nfence = link\ncommand = y\n", "kind = linux has no command: say `kind = exec`"},
	    {"[target]\nname = x\nkind = exec\nfence = link\ncommand = y\n[sysctl.measured]\nnet.x = 1\n", "kind = exec has no sysctls"},
	    {"[target]\nname = x\nkind = exec\nfence = link\ncommand = y\nlibrary = libz.so\n", "kind = exec has no library"},
	    {"[target]\nname = x\nkind = linux\nfence = link\n[stack]\na = 1\n", "kind = linux has no section [stack]"},
	    {"[target]\nname = x\nkind = exec\nfence = link\ncommand = y\ncommand = z\n", "`command` is said twice"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct error e = {.text = ""};
		assert_null(declaration_of(cases[i].text, &e));
		if (!strstr(e.text, cases[i].said))
			fail_msg("`%s` is not in: %s", cases[i].said, e.text);
	}
}

/* Nobody steers it: a program serves a port. */
static void a_service(void **state)
{
	static const struct {
		const char *lines, *wrong;
	} bad[] = {
	    {"kind = none\n", "add `service = echo`"},
	    {"kind = none\nservice = chargen\n", "a service is `echo` or `discard`"},
	    {"kind = none\nservice = echo\nport = 0\n", "a port is a number from 1 to 65535"},
	    {"kind = none\nservice = echo\nport = 7x\n", "a port is a number from 1 to 65535"},
	    {"kind = exec\ncommand = c\nservice = echo\n", "only a target of kind none has a service"},
	    {"kind = none\nservice = echo\n[capabilities]\ngiven = nagle\n", "nobody is there to give a target of kind none anything"},
	};
	struct error e = {.text = ""};
	struct text out = {0};
	struct declaration *d = declaration_of("[target]\nname = x\nfence = link\nkind = none\nservice = discard\nport = 4711\n", &e);
	(void)state;
	if (!d)
		fail_msg("%s", e.text);
	assert_int_equal(d->model.service, SERVICE_DISCARD);
	assert_int_equal(d->port, 4711);
	declaration_print(d, &out);
	assert_non_null(strstr(text_string(&out), " service=discard"));
	text_free(&out);
	declaration_free(d);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char text[256];
		snprintf(text, sizeof text, "[target]\nname = x\nfence = link\n%s", bad[i].lines);
		assert_null(declaration_of(text, &e));
		if (!strstr(e.text, bad[i].wrong))
			fail_msg("%s: %s, but %s was expected", bad[i].lines, e.text, bad[i].wrong);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_command_and_settings),
	    cmocka_unit_test(a_service),
	    cmocka_unit_test(a_link_of_its_own),
	    cmocka_unit_test(what_does_not_go_together),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("target/declaration of kind exec", tests, file_make, file_remove);
}
