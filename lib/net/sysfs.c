/* /sys of the target's namespace, mounted for a moment in a child. It leaves no mount behind. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "lib/net/child.h"
#include "lib/net/sysfs.h"

enum { QUEUES_MAX = 4096,
       PATH_ROOM = 128 };

struct job {
	const struct link *link;
	bool steer;
	unsigned cpu_mask;
};

static bool view_fail(struct sysfs_view *v, const char *what)
{
	v->number = errno;
	snprintf(v->failed, sizeof v->failed, "%s", what);
	return false;
}

/* sysfs shows the network namespace of the one who mounts it. */
static bool sysfs_mount(const struct job *j, struct sysfs_view *v)
{
	if (setns(j->link->target_ns, CLONE_NEWNET) != 0)
		return view_fail(v, "setns");
	if (unshare(CLONE_NEWNS) != 0)
		return view_fail(v, "unshare");
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		return view_fail(v, "making mounts private");
	if (mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0)
		return view_fail(v, "mounting sysfs");
	v->mounted = true;
	return true;
}

/* The file's first line; false with errno. */
static bool line_read(const char *path, char line[SYSFS_TEXT])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, line, SYSFS_TEXT - 1);
	int number = errno;

	if (fd >= 0)
		close(fd);
	errno = number;
	line[n < 0 ? 0 : n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return n >= 0;
}

static bool mask_write(const char *path, unsigned cpu_mask)
{
	char text[16];
	int n = snprintf(text, sizeof text, "%x", cpu_mask);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, text, (size_t)n) == n;
	int number = errno;

	if (fd >= 0)
		close(fd);
	errno = number;
	return done;
}

static bool mask_is_set(const char *mask)
{
	return mask[strspn(mask, "0,")] != '\0';
}

static bool queues_look(const struct job *j, struct sysfs_view *v)
{
	for (unsigned q = 0; q < QUEUES_MAX; q++) {
		char path[PATH_ROOM], line[SYSFS_TEXT];

		snprintf(path, sizeof path, "/sys/class/net/%s/queues/rx-%u/rps_cpus", j->link->target_if, q);
		if (access(path, F_OK) != 0 && q > 0)
			return true;
		if ((j->steer && !mask_write(path, j->cpu_mask)) || !line_read(path, line))
			return view_fail(v, "rps_cpus");
		v->queues = q + 1;
		if (q == 0 || (mask_is_set(line) && !v->steered))
			memcpy(v->rps_cpus, line, sizeof line);
		v->steered = v->steered || mask_is_set(line);
	}
	return true;
}

static void threaded_look(const struct job *j, struct sysfs_view *v)
{
	char path[PATH_ROOM], line[SYSFS_TEXT];

	/* Kernels before 5.12 have neither the file nor the thing. */
	snprintf(path, sizeof path, "/sys/class/net/%s/threaded", j->link->target_if);
	v->threaded = line_read(path, line) && mask_is_set(line);
}

static void job_run(const void *job, void *answer)
{
	struct sysfs_view *v = answer;

	if (sysfs_mount(job, v) && queues_look(job, v))
		threaded_look(job, v);
}

bool sysfs_look(const struct link *l, struct sysfs_view *v, struct error *e)
{
	return child_ask(job_run, &(struct job){.link = l}, v, sizeof *v, e);
}

bool sysfs_steer(const struct link *l, unsigned cpu_mask, struct sysfs_view *v, struct error *e)
{
	return child_ask(job_run, &(struct job){.link = l, .steer = true, .cpu_mask = cpu_mask}, v, sizeof *v, e);
}
