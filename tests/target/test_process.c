/* Programs that are asked by lines: those that answer, and those that die, keep quiet, say too much or too early. The programs are shell scripts; what the lines mean is test_exec.c's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/net/wire.h"
#include "lib/target/process.h"

static const char *const nothing[] = {NULL};

static struct process *start(const char *command)
{
	struct error e = {.text = ""};
	struct process *p = process_start(command, nothing, nothing, &e);
	if (!p)
		fail_msg("%s", e.text);
	return p;
}

static void assert_asked(struct process *p, const char *line, const char *answer)
{
	struct error e = {.text = ""};
	const char *got = process_ask(p, line, strlen(line), &e);
	if (!got)
		fail_msg("%s", e.text);
	assert_string_equal(got, answer);
}

static void assert_fails(const char *got, const struct error *e, const char *part)
{
	assert_null(got);
	if (!strstr(e->text, part))
		fail_msg("`%s` is not in: %s", part, e->text);
}

static void lines_go_both_ways(void **state)
{
	struct process *p = start("while read -r line; do echo \"<$line>\"; done");
	(void)state;
	assert_asked(p, "one\n", "<one>");
	assert_asked(p, "two words\n", "<two words>");
	assert_asked(p, "\n", "<>");
	process_stop(p, "");
}

/* The environment has what was added, ours beside it, and our directory first in PATH. */
static void what_it_is_given(void **state)
{
	static const char *const environment[] = {"TCPSPEC_TEST=a b", "HOME=/nowhere", NULL}, *const arguments[] = {"--set", "x=1 2", NULL};
	struct error e = {.text = ""};
	struct process *p = process_start("read -r line; echo \"$TCPSPEC_TEST|$HOME|$#|$1|$2|$TCPSPEC_OURS|${PATH%%:*}\"; read -r line", environment, arguments, &e);
	char self[4096], want[5000];
	(void)state;
	assert_non_null(p);
	const ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	assert_true(n > 0);
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	snprintf(want, sizeof want, "a b|/nowhere|2|--set|x=1 2|ours|%s", self);
	assert_asked(p, "go\n", want);
	process_stop(p, "\n");
}

static void a_long_line(void **state)
{
	enum { OCTETS = 131072 };
	struct process *p = start("read -r line; echo ${#line}; read -r line; echo \"$line\"; read -r line");
	struct error e = {.text = ""};
	char *line = malloc(OCTETS + 2);
	(void)state;
	assert_non_null(line);
	memset(line, 'x', OCTETS);
	memcpy(line + OCTETS, "\n", 2);
	const char *got = process_ask(p, line, OCTETS + 1, &e);
	if (!got)
		fail_msg("%s", e.text);
	assert_string_equal(got, "131072");
	got = process_ask(p, line, OCTETS + 1, &e);
	assert_non_null(got);
	assert_int_equal(strlen(got), OCTETS);
	free(line);
	process_stop(p, "\n");
}

static void one_that_dies(void **state)
{
	struct process *p = start("read -r line; echo first >&2; echo the reason >&2; exit 7");
	struct error e = {.text = ""};
	(void)state;
	assert_fails(process_ask(p, "listen here\n", 12, &e), &e, "ended with code 7 when asked to `listen here`; its last words: `the reason`");
	assert_fails(process_ask(p, "again\n", 6, &e), &e, "`the reason`");
	process_stop(p, "quit\n");
	p = start("kill -9 $$");
	assert_fails(process_read(p, NULL, PROCESS_READY_US, &e), &e, "ended with signal 9 before it was ready; it said nothing on stderr");
	process_stop(p, "quit\n");
	p = start("nosuchprogram");
	assert_fails(process_read(p, NULL, PROCESS_READY_US, &e), &e, "ended with code 127 before it was ready; its last words: `");
	process_stop(p, "quit\n");
}

static void one_that_keeps_quiet(void **state)
{
	struct process *p = start("echo working >&2; exec sleep 60");
	struct error e = {.text = ""};
	const uint64_t began = clock_now();
	(void)state;
	assert_fails(process_read(p, "be there", 300000, &e), &e, "when asked to `be there`; its last words: `working`");
	assert_true(clock_now() - began >= 300000);
	process_stop(p, "quit\n");
}

/* The last line counts, also when it has no end, and when there was more than a pipe holds. */
static void one_that_complains_much(void **state)
{
	struct process *p = start("i=0; while [ $i -lt 20000 ]; do echo \"complaint number $i, at some length so that the pipe is filled several times over\"; i=$((i + 1)); done >&2; printf 'the last' >&2; read -r line; exit 1");
	struct error e = {.text = ""};
	(void)state;
	assert_fails(process_ask(p, "go on\n", 6, &e), &e, "its last words: `the last`");
	process_stop(p, "");
}

static void one_that_says_what_nobody_asked(void **state)
{
	struct process *p = start("read -r line; printf 'one\\ntwo\\n'; read -r line");
	struct error e = {.text = ""};
	(void)state;
	assert_asked(p, "a\n", "one");
	assert_fails(process_ask(p, "b\n", 2, &e), &e, "wrote `two` that nobody had asked for");
	process_stop(p, "\n");
}

static void one_that_does_not_want_to_end(void **state)
{
	struct process *p = start("trap '' TERM HUP INT; while :; do read -r line || :; done");
	const uint64_t began = clock_now();
	(void)state;
	process_stop(p, "quit\n");
	assert_true(clock_now() - began < 5000000);
}

/* What a program leaves running in the background goes with it. */
static void one_that_leaves_another(void **state)
{
	struct process *p = start("sleep 60 >/dev/null 2>&1 & echo $!; read -r line");
	struct error e = {.text = ""};
	const char *line = process_read(p, NULL, PROCESS_READY_US, &e);
	(void)state;
	assert_non_null(line);
	const pid_t left = (pid_t)strtol(line, NULL, 10);
	assert_true(left > 1);
	assert_int_equal(kill(left, 0), 0);
	process_stop(p, "quit\n");
	/* It is dead, or about to be buried by whoever took it over. */
	for (const uint64_t until = clock_now() + 2000000; clock_now() < until && kill(left, 0) == 0;) {
		char path[64], state_line[256] = "";
		snprintf(path, sizeof path, "/proc/%d/stat", (int)left);
		FILE *f = fopen(path, "r");
		if (!f || !fgets(state_line, sizeof state_line, f) || strstr(state_line, ") Z ")) {
			if (f)
				fclose(f);
			return;
		}
		fclose(f);
	}
	assert_int_equal(kill(left, 0), -1);
}

static int ours(void **state)
{
	(void)state;
	return setenv("TCPSPEC_OURS", "ours", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_go_both_ways),
	    cmocka_unit_test_setup(what_it_is_given, ours),
	    cmocka_unit_test(a_long_line),
	    cmocka_unit_test(one_that_dies),
	    cmocka_unit_test(one_that_keeps_quiet),
	    cmocka_unit_test(one_that_complains_much),
	    cmocka_unit_test(one_that_says_what_nobody_asked),
	    cmocka_unit_test(one_that_does_not_want_to_end),
	    cmocka_unit_test(one_that_leaves_another),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("target/process", tests, NULL, NULL);
}
