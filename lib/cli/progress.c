/* Progress for people at a terminal, drawn by a small process of its own. It knows how many results there are, and nothing of them. */
#include "lib/cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 2000,
       REDRAW_MS = 500 };

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Counts what has come through the pipe, waiting for it until `due`. False: it was closed, which also happens when the run is killed. */
static bool progress_wait(int from, int64_t due, size_t *done)
{
	int64_t left = due - now_ms();
	struct pollfd p = {.fd = from, .events = POLLIN};
	if (poll(&p, 1, left > 0 ? (int)left : 0) <= 0)
		return true;
	char step[4096];
	ssize_t n = read(from, step, sizeof(step));
	if (n > 0)
		*done += (size_t)n;
	return n > 0;
}

static void progress_draw(int from, size_t total)
{
	size_t done = 0;
	bool drawn = false;
	int64_t due = now_ms() + PATIENCE_MS;
	while (progress_wait(from, due, &done)) {
		if (now_ms() < due)
			continue;
		fprintf(stderr, "\r%zu of %zu", done, total);
		drawn = true;
		due = now_ms() + REDRAW_MS;
	}
	if (drawn)
		fputs("\r\033[K", stderr);
}

void progress_start(struct progress *p, size_t total)
{
	int ends[2];
	*p = (struct progress){.pipe = -1, .process = -1};
	if (!isatty(STDERR_FILENO) || pipe2(ends, O_CLOEXEC) != 0)
		return;
	fflush(NULL); /* what is buffered must not be written twice */
	pid_t child = fork();
	if (child == 0) {
		close(ends[1]);
		progress_draw(ends[0], total);
		_exit(0);
	}
	close(ends[0]);
	if (child < 0) {
		close(ends[1]);
		return;
	}
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	*p = (struct progress){.pipe = ends[1], .process = child};
}

void progress_step(struct progress *p)
{
	/* A full pipe loses a step of the display and nothing else. */
	if (p->pipe >= 0 && write(p->pipe, ".", 1) < 0 && errno == EPIPE)
		progress_stop(p);
}

void progress_stop(struct progress *p)
{
	if (p->pipe < 0)
		return;
	close(p->pipe);
	while (waitpid(p->process, NULL, 0) < 0 && errno == EINTR)
		;
	*p = (struct progress){.pipe = -1, .process = -1};
}
