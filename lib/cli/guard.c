/* A handler of fatal signals has no context but the program's: what it needs stands in the variables of this file, set before it can be called. */
#include "lib/cli/guard.h"

#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "lib/cli/cli.h"

/* A test takes microseconds; one that has had so much of the CPU will not end. Of the CPU: a debugger may hold it for as long as one likes. */
enum { HANG_S = 10,
       STACK_OCTETS = 1 << 16 };

static const struct {
	int number;
	const char *name;
} fatal[] = {{SIGSEGV, "SIGSEGV"}, {SIGBUS, "SIGBUS"}, {SIGFPE, "SIGFPE"}, {SIGILL, "SIGILL"}, {SIGABRT, "SIGABRT"}};

enum { FATAL = sizeof fatal / sizeof *fatal };

static struct sigaction before[FATAL];
static const struct play *volatile playing;
static volatile size_t played, played_at_last_look;
static const char *options = "";
static bool has_timer;
static char stack[STACK_OCTETS]; /* one that has run out is not one to handle that on */

/* A sanitizer's report says nothing of tests. It is there only where the program is built with one. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void say(const char *s)
{
	const ssize_t n = write(STDERR_FILENO, s, strlen(s));

	(void)n;
}

/* By nothing but what a signal's handler may call. */
static void tell(const char *what, const char *how)
{
	const struct play *p = playing;
	const char *family = p && p->family == IPV6 ? "/v6" : "/v4";

	if (!p)
		return;
	say("\ntcpspec: the stack ");
	say(what);
	say(how);
	say(" in ");
	say(p->script->id);
	say(family);
	say(": play it alone, `gdb --args tcpspec run");
	say(options);
	say(" ");
	say(p->script->id);
	say(family);
	say("`\n");
}

/* It comes again, to whoever had it before: the instruction is executed again; what was only sent is sent again. */
static void died(int number, siginfo_t *info, void *context)
{
	(void)context;
	for (size_t i = 0; i < FATAL; i++)
		if (fatal[i].number == number) {
			sigaction(number, &before[i], NULL);
			tell("died of ", fatal[i].name);
		}
	if (info->si_code <= 0)
		raise(number);
}

static void reported(void)
{
	tell("was stopped by a sanitizer", "");
}

static void looked(int number)
{
	(void)number;
	if (played != played_at_last_look) {
		played_at_last_look = played;
		return;
	}
	tell("has not returned for 10 s of CPU time", "");
	_exit(CODE_UNUSABLE);
}

void guard_begin(const char *said)
{
	const stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
	const struct sigaction act = {.sa_sigaction = died, .sa_flags = SA_ONSTACK | SA_SIGINFO};

	options = said;
	playing = NULL;
	sigaltstack(&other, NULL);
	for (size_t i = 0; i < FATAL; i++)
		sigaction(fatal[i].number, &act, &before[i]);
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(reported);
}

/* A timer belongs to the process that set it: a worker sets its own. */
static void timer_set(int seconds)
{
	const struct itimerval every = {.it_interval.tv_sec = seconds, .it_value.tv_sec = seconds};
	const struct sigaction act = {.sa_handler = looked, .sa_flags = SA_RESTART};

	if (seconds)
		sigaction(SIGPROF, &act, NULL);
	setitimer(ITIMER_PROF, &every, NULL);
	has_timer = seconds != 0;
}

void guard_playing(const struct play *p)
{
	playing = p;
	played++;
	if (!has_timer)
		timer_set(HANG_S);
}

void guard_end(void)
{
	const stack_t none = {.ss_flags = SS_DISABLE};

	if (has_timer)
		timer_set(0);
	playing = NULL;
	for (size_t i = 0; i < FATAL; i++)
		sigaction(fatal[i].number, &before[i], NULL);
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(NULL);
	sigaltstack(&none, NULL);
}
