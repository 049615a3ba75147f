/* fork(), sh, one socket pair for the lines and a pipe for what it complains of. */
#include "lib/target/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/net/wire.h"

enum { LINE_MAX_OCTETS = 1 << 19,
       ROOM = LINE_MAX_OCTETS + 65536,
       WORDS_ROOM = 240,
       COMPLAINT_PIPE = 1 << 20,
       PATIENCE_US = 100000,
       FAREWELL_MS = 1000 };

struct process {
	pid_t pid;
	enum process_loss loss;
	int pidfd, lines, complaints;
	char *command;
	char words[WORDS_ROOM]; /* the last line that it complained, as far as it goes */
	bool words_end;         /* that line is whole: the next octet begins another */
	size_t length, used;    /* of `in`: what was read, and how much of it was handed out */
	char in[ROOM];
};

/* ---- starting ---- */

/* "PATH=<directory of the running program>:<PATH>". */
static char *path_variable(void)
{
	char self[4096];
	const ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	const char *path = getenv("PATH");
	struct text out = {0};

	self[n > 0 ? n : 0] = '\0';
	char *slash = strrchr(self, '/');
	if (slash)
		*slash = '\0';
	text_add(&out, "PATH=%s%s%s", self, path ? ":" : "", path ? path : "");
	return out.at;
}

static bool names_the_same(const char *a, const char *b)
{
	const size_t n = strcspn(a, "=");
	return strncmp(a, b, n + 1) == 0;
}

/* Ours, with what is added in its place. The strings but the first are borrowed. */
static char **environment_make(const char *const *added)
{
	extern char **environ;
	size_t n = 0, own = 0, more = 0;

	while (environ && environ[own])
		own++;
	while (added[more])
		more++;
	char **all = memory_zeroed(own + more + 2, sizeof *all);
	all[n++] = path_variable();
	for (size_t i = 0; i < more; i++)
		memcpy(&all[n++], &added[i], sizeof *all);
	for (size_t i = 0; i < own; i++) {
		bool replaced = false;
		for (size_t k = 0; k <= more; k++)
			replaced |= names_the_same(all[k], environ[i]);
		if (!replaced)
			all[n++] = environ[i];
	}
	return all;
}

static char **arguments_make(const char *command, const char *const *arguments)
{
	const char *const first[] = {"sh", "-c", command, "sh"};
	size_t n = 0;

	while (arguments[n])
		n++;
	char **all = memory_zeroed(n + sizeof first / sizeof *first + 1, sizeof *all);
	memcpy(all, first, sizeof first);
	memcpy(all + sizeof first / sizeof *first, arguments, n * sizeof *arguments);
	return all;
}

/* In the child: nothing of ours goes along but these three. */
static _Noreturn void child_become(int lines, int complaints, char *const *arguments, char *const *environment)
{
	sigset_t none;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (dup2(lines, STDIN_FILENO) >= 0 && dup2(lines, STDOUT_FILENO) >= 0 && dup2(complaints, STDERR_FILENO) >= 0) {
		syscall(SYS_close_range, 3U, ~0U, 0U); /* Linux 5.9; before, what is not close-on-exec goes along */
		execve("/bin/sh", arguments, environment);
	}
	_exit(127);
}

struct process *process_start(const char *command, const char *const *environment, const char *const *arguments, struct error *e)
{
	int lines[2] = {-1, -1}, complaints[2] = {-1, -1};
	char **all = environment_make(environment), **words = arguments_make(command, arguments);
	const struct timeval patience = {.tv_usec = PATIENCE_US};
	struct process *p = memory_zeroed(1, sizeof *p);

	/* A socket, for writing to one whose reader has died is an error and no signal. */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, lines) != 0 || pipe2(complaints, O_CLOEXEC | O_NONBLOCK) != 0 || (p->pid = fork()) < 0) {
		error_set(e, "command `%s`: %s while starting it; raise the limits of open files (ulimit -n) and processes (ulimit -u)", command, strerror(errno));
		p->pid = -1;
	} else if (p->pid == 0) {
		fcntl(complaints[1], F_SETFL, 0); /* the pipe's other end waits for nobody: it is read when lines are */
		child_become(lines[1], complaints[1], words, all);
	}
	close(lines[1]);
	close(complaints[1]);
	free(all[0]);
	free(all);
	free(words);
	p->lines = lines[0];
	p->complaints = complaints[0];
	p->command = memory_string(command);
	p->pidfd = -1;
	if (p->pid < 0) {
		process_stop(p, "");
		return NULL;
	}
	fcntl(p->complaints, F_SETPIPE_SZ, COMPLAINT_PIPE);
	setsockopt(p->lines, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	setsockopt(p->lines, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	setpgid(p->pid, p->pid); /* whoever is first */
	p->pidfd = (int)syscall(SYS_pidfd_open, p->pid, 0U);
	return p;
}

/* ---- ending ---- */

/* Has it ended within so long? Then *status is how, and whatever it left running in its group is ended too. */
static bool process_ended(struct process *p, int within_ms, int *status)
{
	struct pollfd wait = {.fd = p->pidfd, .events = POLLIN};
	siginfo_t how = {.si_pid = 0};

	if (p->pid < 0)
		return true;
	poll(&wait, 1, within_ms);
	/* As long as it is not waited for its number is nobody else's. */
	if (waitid(P_PID, (id_t)p->pid, &how, WEXITED | WNOHANG | WNOWAIT) != 0 || how.si_pid != p->pid)
		return false;
	kill(-p->pid, SIGKILL);
	waitpid(p->pid, status, 0);
	p->pid = -1;
	return true;
}

void process_stop(struct process *p, const char *last)
{
	int status;

	if (!p)
		return;
	if (p->pid > 0) {
		const pid_t group = -p->pid;

		send(p->lines, last, strlen(last), MSG_NOSIGNAL | MSG_DONTWAIT);
		shutdown(p->lines, SHUT_WR);
		if (!process_ended(p, FAREWELL_MS, &status))
			kill(group, SIGKILL);
		if (p->pid > 0)
			waitpid(p->pid, &status, 0);
	}
	if (p->pidfd >= 0)
		close(p->pidfd);
	if (p->lines >= 0)
		close(p->lines);
	if (p->complaints >= 0)
		close(p->complaints);
	free(p->command);
	free(p);
}

/* ---- what it says ---- */

const char *process_command(const struct process *p)
{
	return p->command;
}

/* The last line of what it complained, whatever came before it. */
static void complaints_read(struct process *p)
{
	char octets[4096];
	ssize_t n;

	while ((n = read(p->complaints, octets, sizeof octets)) > 0)
		for (ssize_t i = 0; i < n; i++) {
			size_t length = strlen(p->words);
			if (p->words_end)
				length = 0;
			p->words_end = octets[i] == '\n';
			if (p->words_end || length == sizeof p->words - 1)
				continue;
			p->words[length] = octets[i];
			p->words[length + 1] = '\0';
		}
}

/* "; its last words: `...`". */
static const char *words_quoted(struct process *p, char to[WORDS_ROOM + 32])
{
	complaints_read(p);
	if (p->words[0])
		snprintf(to, WORDS_ROOM + 32, "; its last words: `%s`", p->words);
	else
		snprintf(to, WORDS_ROOM + 32, "; it said nothing on stderr");
	return to;
}

enum process_loss process_loss(const struct process *p)
{
	return p->loss;
}

static bool process_died(struct process *p, const char *doing, struct error *e)
{
	char words[WORDS_ROOM + 32];
	int status = 0;

	p->loss = PROCESS_ENDED;
	if (!process_ended(p, 100, &status))
		return error_set(e, "command `%.200s` has closed its stdout %s%s; run it by hand and type the lines of doc/exec.md", p->command, doing, words_quoted(p, words));
	return error_set(e, "command `%.200s` ended with %s %d %s%s; run it by hand and type the lines of doc/exec.md", p->command, WIFSIGNALED(status) ? "signal" : "code", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), doing,
	                 words_quoted(p, words));
}

bool process_lives(struct process *p, int within_ms, struct error *e)
{
	struct pollfd wait = {.fd = p->pidfd, .events = POLLIN};

	return poll(&wait, 1, within_ms) <= 0 || process_died(p, "before its stack was there", e);
}

static bool process_is_mute(struct process *p, const char *doing, uint64_t within_us, struct error *e)
{
	char words[WORDS_ROOM + 32];

	p->loss = PROCESS_MUTE;
	return error_set(e, "command `%.200s` said nothing for %llu s %s%s; each line must be answered by one line, and stdout be flushed behind it", p->command, (unsigned long long)(within_us / 1000000), doing, words_quoted(p, words));
}

/* The line that stands whole in `in`; NULL: there is none. */
static const char *line_take(struct process *p)
{
	char *at = p->in + p->used, *end = memchr(at, '\n', p->length - p->used);

	if (!end)
		return NULL;
	*end = '\0';
	if (end > at && end[-1] == '\r')
		end[-1] = '\0';
	p->used = (size_t)(end + 1 - p->in);
	return at;
}

/* Waits for octets of it. 1: some came, or may have; 0: the time is over; -1: it has closed its end. */
static int process_wait(struct process *p, uint64_t until)
{
	const ssize_t n = recv(p->lines, p->in + p->length, ROOM - p->length, 0);

	if (n > 0) {
		p->length += (size_t)n;
		return 1;
	}
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		return -1;
	complaints_read(p); /* so that it is never held up by them */
	return clock_now() < until;
}

const char *process_read(struct process *p, const char *asked, uint64_t within_us, struct error *e)
{
	const uint64_t until = clock_now() + within_us;
	char doing[120];
	const char *line;
	int more = 1;

	memmove(p->in, p->in + p->used, p->length - p->used);
	p->length -= p->used;
	p->used = 0;
	while (!(line = line_take(p)) && more > 0 && p->length < LINE_MAX_OCTETS)
		more = process_wait(p, until);
	if (line)
		return line;
	if (asked)
		snprintf(doing, sizeof doing, "when asked to `%.60s%s`", asked, strlen(asked) > 60 ? "..." : "");
	else
		snprintf(doing, sizeof doing, "before it was ready");
	if (more < 0)
		process_died(p, doing, e);
	else if (more == 0)
		process_is_mute(p, doing, within_us, e);
	else
		error_set(e, "command `%.200s` wrote a line of more than %d octets %s; give less at a time", p->command, LINE_MAX_OCTETS, doing);
	return NULL;
}

/* As far as it is taken within the time. What is not, reading tells of. */
static void line_send(struct process *p, const char *line, size_t n)
{
	const uint64_t until = clock_now() + PROCESS_ANSWER_US;

	while (n > 0 && clock_now() < until) {
		const ssize_t put = send(p->lines, line, n, MSG_NOSIGNAL);
		if (put < 0 && errno != EINTR && errno != EAGAIN)
			return;
		line += put > 0 ? put : 0;
		n -= put > 0 ? (size_t)put : 0;
	}
}

const char *process_ask(struct process *p, const char *line, size_t n, struct error *e)
{
	char asked[80];

	if (p->used < p->length) {
		const char *stray = line_take(p);
		error_set(e, "command `%.200s` wrote `%.80s` that nobody had asked for: one line is one answer; what is for people belongs on stderr", p->command, stray ? stray : "half a line");
		return NULL;
	}
	snprintf(asked, sizeof asked, "%.*s", (int)strcspn(line, "\n"), line);
	line_send(p, line, n);
	return process_read(p, asked, PROCESS_ANSWER_US, e);
}
