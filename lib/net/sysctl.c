/* Sysctls through /proc/sys, which shows the namespace of the thread that opens it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/net/namespace.h"
#include "lib/net/sysctl.h"

enum { PATH_ROOM = 200 };

/* Only names below net. can be reached: those belong to the namespace, the others to the machine. */
static bool path_of(const char *name, char path[PATH_ROOM], struct error *e)
{
	int n;

	if (strncmp(name, "net.", 4) != 0 || strstr(name, "..") != NULL || strchr(name, '/') != NULL)
		return error_set(e, "sysctl %s: not a name of the form net.x.y; only the namespace's own sysctls can be used", name);
	n = snprintf(path, PATH_ROOM, "/proc/sys/%s", name);
	if (n < 0 || n >= PATH_ROOM)
		return error_set(e, "sysctl %.40s...: the name is too long; check its spelling", name);
	for (char *p = path; *p != '\0'; p++)
		if (*p == '.')
			*p = '/';
	return true;
}

static const char *mend_of(int number)
{
	switch (number) {
	case ENOENT:
		return "this kernel has no such sysctl: leave it out";
	case EROFS:
		return "/proc/sys is mounted read-only, as in a container: start it with --privileged, or run outside it";
	case EINVAL:
		return "the kernel refuses the value: check its range";
	default:
		return "root, or root of the user namespace, may write it";
	}
}

bool sysctl_write(const char *name, const char *value, struct error *e)
{
	char path[PATH_ROOM];
	size_t n = strlen(value);
	ssize_t put;
	int fd, number;

	if (!path_of(name, path, e))
		return false;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	put = fd < 0 ? -1 : write(fd, value, n);
	number = errno;
	if (fd >= 0)
		close(fd);
	return put == (ssize_t)n || error_set(e, "sysctl %s: %s while writing \"%s\"; %s", name, strerror(number), value, mend_of(number));
}

bool sysctl_read(const char *name, char *value, size_t room, struct error *e)
{
	char path[PATH_ROOM];
	ssize_t got;
	int fd, number;

	if (!path_of(name, path, e))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	got = fd < 0 || room == 0 ? -1 : read(fd, value, room - 1);
	number = errno;
	if (fd >= 0)
		close(fd);
	if (got < 0)
		return error_set(e, "sysctl %s: %s while reading it; %s", name, strerror(number), mend_of(number));
	while (got > 0 && value[got - 1] == '\n')
		got--;
	value[got] = '\0';
	return true;
}

/* The target's namespace, wherever the thread is; it goes back afterwards. */
static bool target_visit(const struct link *l, int *home, struct error *e)
{
	*home = namespace_here(e);
	if (*home < 0)
		return false;
	if (namespace_enter(l->target_ns, "target", e))
		return true;
	close(*home);
	return false;
}

bool link_sysctl_set(const struct link *l, const char *name, const char *value, struct error *e)
{
	int home;

	return target_visit(l, &home, e) && namespace_leave(home, sysctl_write(name, value, e), e);
}

bool link_sysctl_get(const struct link *l, const char *name, char *value, size_t room, struct error *e)
{
	int home;

	return target_visit(l, &home, e) && namespace_leave(home, sysctl_read(name, value, room, e), e);
}
