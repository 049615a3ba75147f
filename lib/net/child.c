/* fork(), a pipe, one answer. The child runs no exit handlers and flushes nothing of the parent's. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/net/child.h"

static _Noreturn void child_run(void (*work)(const void *job, void *answer), const void *job, void *answer, size_t size, int to)
{
	work(job, answer);
	/* Not above PIPE_BUF: one write is the whole answer. */
	_exit(write(to, answer, size) == (ssize_t)size ? 0 : 1);
}

bool child_ask(void (*work)(const void *job, void *answer), const void *job, void *answer, size_t size, struct error *e)
{
	int ends[2];
	pid_t child;
	ssize_t got;

	if (size > CHILD_ANSWER_MAX)
		return error_set(e, "child: an answer of %zu octets is too long for the pipe; at most %d fit", size, CHILD_ANSWER_MAX);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return error_set(e, "pipe: %s while starting a child; raise the limit of open files (ulimit -n)", strerror(errno));
	memset(answer, 0, size);
	child = fork();
	if (child == 0)
		child_run(work, job, answer, size, ends[1]);
	close(ends[1]);
	if (child < 0) {
		close(ends[0]);
		return error_set(e, "fork: %s while starting a child; raise the limit of processes (ulimit -u)", strerror(errno));
	}
	while ((got = read(ends[0], answer, size)) < 0 && errno == EINTR)
		;
	close(ends[0]);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	return got == (ssize_t)size || error_set(e, "child: died before it answered; run again");
}
