/* The programs that fuzz: where they are, and how they are started. What they are is fuzz/'s. */
#include "lib/cli/fuzz.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static bool name_is_good(const char *name)
{
	size_t n = 0;
	while (isalnum((unsigned char)name[n]) || name[n] == '_' || name[n] == '-')
		n++;
	return n > 0 && !name[n] && n < 32;
}

/* "" where nothing is there. */
static void beside(char path[CLI_PATH_MAX], const char *folder, const char *inside, const char *name, const char *ending)
{
	const int n = snprintf(path, CLI_PATH_MAX, "%s%s%s%s", folder, inside, name, ending);
	if (n < 0 || n >= CLI_PATH_MAX || access(path, R_OK) != 0)
		path[0] = '\0';
}

static bool harness_in(struct harness *h, const char *folder)
{
	beside(h->program, folder, "/", h->name, "");
	if (!h->program[0] || access(h->program, X_OK) != 0)
		return false;
	beside(h->seeds, folder, "/seeds/", h->name, "");
	beside(h->dictionary, folder, "/dict/", h->name, ".dict");
	return true;
}

bool harness_find(struct harness *h, const char *target, struct error *e)
{
	char own[CLI_PATH_MAX - 8];
	const ssize_t n = readlink("/proc/self/exe", own, sizeof own - 1);
	if (!name_is_good(target))
		return error_set(e, "%.60s: expected the name of a harness, one of reference, lwip, linux, wire, ladder, agent", target);
	snprintf(h->name, sizeof h->name, "fuzz_%s", target);
	own[n > 0 ? n : 0] = '\0';
	char *slash = strrchr(own, '/');
	if (slash) {
		memcpy(slash, "/fuzz", sizeof "/fuzz");
		if (harness_in(h, own))
			return true;
	}
	if (harness_in(h, TCPSPEC_PREFIX "/lib/tcpspec"))
		return true;
	return error_set(e, "%s: no such harness in %s, nor in " TCPSPEC_PREFIX "/lib/tcpspec; `make fuzz` builds those of doc/fuzzing.md, with clang", h->name, own);
}

static _Noreturn void become(char *const argv[], int to, pid_t parent)
{
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(0);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (nothing >= 0)
		dup2(nothing, STDIN_FILENO);
	dup2(to, STDOUT_FILENO);
	dup2(to, STDERR_FILENO);
	execv(argv[0], argv);
	dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

int harness_start(char *const argv[], pid_t *pid, struct error *e)
{
	int ends[2];
	const pid_t self = getpid();
	fflush(NULL); /* what is buffered must not be written twice */
	if (pipe2(ends, O_CLOEXEC) != 0 || (*pid = fork()) < 0) {
		error_set(e, "%s: %s, while starting it; are there too many processes?", argv[0], strerror(errno));
		return -1;
	}
	if (*pid == 0)
		become(argv, ends[1], self);
	close(ends[1]);
	return ends[0];
}

bool harness_ask(char *const argv[], struct text *said, int *status, struct error *e)
{
	pid_t pid;
	ssize_t n;
	const int from = harness_start(argv, &pid, e);
	if (from < 0)
		return false;
	do {
		n = read(from, text_room(said, 65536), 65536);
		if (n > 0)
			text_grown(said, (size_t)n);
	} while (n > 0 || (n < 0 && errno == EINTR));
	close(from);
	while (waitpid(pid, status, 0) < 0)
		if (errno != EINTR)
			return error_set(e, "%s: %s, while waiting for its end", argv[0], strerror(errno));
	return true;
}
