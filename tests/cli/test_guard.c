/* The guard of stacks in our process: what is told of one that dies, and of one that does not return. Each in a child, whose end and words are read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cli/cli.h"
#include "lib/cli/guard.h"

/* Plays `as` in a child. Returns how it ended (waitpid), with what it said. */
static int child_plays(void (*as)(void), char *said, size_t room)
{
	const struct rlimit no_core = {0, 0};
	int ends[2], status;
	ssize_t n;
	size_t length = 0;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		setrlimit(RLIMIT_CORE, &no_core);
		dup2(ends[1], STDERR_FILENO);
		/* What had them before: a sanitizer would write a report of its own. */
		signal(SIGSEGV, SIG_DFL);
		signal(SIGABRT, SIG_DFL);
		as();
		_exit(0);
	}
	close(ends[1]);
	while ((n = read(ends[0], said + length, room - 1 - length)) > 0)
		length += (size_t)n;
	said[length] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static struct script script = {.id = "close/figure-12/a"};
static const struct play in_v4 = {.script = &script, .family = IPV4}, in_v6 = {.script = &script, .family = IPV6};

static void dies(void)
{
	guard_begin(" --seed 7 -t ./libtoy.so");
	guard_playing(&in_v4);
	guard_playing(&in_v6);
	raise(SIGSEGV);
}

/* A fault is no signal that was sent: its instruction is executed again. */
static void faults(void)
{
	static int *volatile nowhere;

	guard_begin("");
	guard_playing(&in_v4);
	*nowhere = 1;
}

static void aborts(void)
{
	guard_begin("");
	guard_playing(&in_v4);
	abort();
}

/* The guard's timer, sooner. */
static void hangs(void)
{
	const struct itimerval soon = {{0, 2000}, {0, 2000}};

	guard_begin("");
	guard_playing(&in_v4);
	setitimer(ITIMER_PROF, &soon, NULL);
	for (volatile unsigned i = 0;; i++)
		continue;
}

/* Each test is soon over: it is looked at a hundred times, and never twice at the same. */
static void works(void)
{
	guard_begin("");
	for (unsigned i = 0; i < 100; i++) {
		guard_playing(&in_v4);
		raise(SIGPROF);
	}
	guard_end();
	for (unsigned i = 0; i < 3; i++)
		raise(SIGWINCH); /* nobody's */
}

static void ended(void)
{
	guard_begin("");
	guard_playing(&in_v4);
	guard_end();
	raise(SIGSEGV);
}

static void test_dies(void **state)
{
	char said[1000];
	const int status = child_plays(dies, said, sizeof said);

	(void)state;
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	assert_string_equal(said, "\ntcpspec: the stack died of SIGSEGV in close/figure-12/a/v6: play it alone, `gdb --args tcpspec run --seed 7 -t ./libtoy.so close/figure-12/a/v6`\n");
}

static void test_faults(void **state)
{
	char said[1000];
	const int status = child_plays(faults, said, sizeof said);

	(void)state;
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	assert_string_equal(said, "\ntcpspec: the stack died of SIGSEGV in close/figure-12/a/v4: play it alone, `gdb --args tcpspec run close/figure-12/a/v4`\n");
}

static void test_aborts(void **state)
{
	char said[1000];
	const int status = child_plays(aborts, said, sizeof said);

	(void)state;
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	assert_non_null(strstr(said, "the stack died of SIGABRT in close/figure-12/a/v4: "));
}

static void test_hangs(void **state)
{
	char said[1000];
	const int status = child_plays(hangs, said, sizeof said);

	(void)state;
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == CODE_UNUSABLE);
	assert_non_null(strstr(said, "the stack has not returned for 10 s of CPU time in close/figure-12/a/v4: "));
}

static void test_works(void **state)
{
	char said[1000];

	(void)state;
	assert_int_equal(child_plays(works, said, sizeof said), 0);
	assert_string_equal(said, "");
}

static void test_ended(void **state)
{
	char said[1000];
	const int status = child_plays(ended, said, sizeof said);

	(void)state;
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	assert_string_equal(said, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_dies),
	    cmocka_unit_test(test_faults),
	    cmocka_unit_test(test_aborts),
	    cmocka_unit_test(test_hangs),
	    cmocka_unit_test(test_works),
	    cmocka_unit_test(test_ended),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("cli: the guard", tests, NULL, NULL);
}
