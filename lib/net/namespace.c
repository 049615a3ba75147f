/* Network namespaces by unshare() and setns(). Not the links in them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/net/namespace.h"
#include "lib/net/refusal.h"

static bool file_write(const char *path, const char *text, struct error *e)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	int number = errno;

	if (fd >= 0)
		close(fd);
	return done || error_set(e, "%s: cannot write \"%s\" (%s) while setting up the user namespace; run as root with CAP_SYS_ADMIN, or as an ordinary user", path, text, strerror(number));
}

static bool user_map(uid_t uid, gid_t gid, struct error *e)
{
	char uid_map[40], gid_map[40];

	snprintf(uid_map, sizeof uid_map, "0 %u 1", (unsigned)uid);
	snprintf(gid_map, sizeof gid_map, "0 %u 1", (unsigned)gid);
	/* An ordinary user may write gid_map only after giving up setgroups(). */
	return file_write("/proc/self/setgroups", "deny", e) && file_write("/proc/self/uid_map", uid_map, e) && file_write("/proc/self/gid_map", gid_map, e);
}

/* The caller becomes root in a user namespace that maps nobody else: enough for everything the link needs. */
static bool user_namespace_make(enum link_refusal *why, struct error *e)
{
	/* Asked before: inside, the unmapped user is nobody. */
	uid_t uid = geteuid();
	gid_t gid = getegid();
	struct error restricted;

	*why = LINK_OTHER;
	if (unshare(CLONE_NEWUSER) != 0) {
		*why = refusal_explain(errno, false, e);
		return false;
	}
	if (user_map(uid, gid, e))
		return true;
	/* Linux lets uid 0 be mapped only by one who held CAP_SETFCAP outside (user_namespaces(7)). */
	if (uid == 0)
		error_prefix(e, "root here has neither CAP_SYS_ADMIN, for a network namespace, nor CAP_SETFCAP (before Linux 5.12: CAP_SETUID), for a user namespace; mend: give it CAP_SYS_ADMIN, CAP_NET_ADMIN and CAP_NET_RAW in this user namespace (docker: --cap-add), or run as another user than uid 0: ");
	/* AppArmor's restriction grants the namespace and takes the capabilities, so that mapping is what fails. */
	if (refusal_explain(EPERM, true, &restricted) == LINK_NO_USERNS_APPARMOR) {
		*why = LINK_NO_USERNS_APPARMOR;
		error_set(e, "%s", restricted.text);
	}
	return false;
}

/* The kernel numbers the machine's own user namespace so, always (PROC_USER_INIT_INO). */
#define MACHINE_USER_NAMESPACE 0xEFFFFFFDU

bool namespace_is_rootless(void)
{
	struct stat s;

	return stat("/proc/self/ns/user", &s) == 0 && s.st_ino != MACHINE_USER_NAMESPACE;
}

int namespace_make(enum link_refusal *why, struct error *e)
{
	bool in_user_namespace = false;
	int number = geteuid() == 0 ? 0 : EPERM;

	if (number == 0 && unshare(CLONE_NEWNET) != 0)
		number = errno;
	if (number == EPERM) {
		/* Not root, or root without CAP_SYS_ADMIN: a user namespace gives us the right. */
		if (!user_namespace_make(why, e))
			return -1;
		in_user_namespace = true;
		number = unshare(CLONE_NEWNET) != 0 ? errno : 0;
	}
	if (number != 0) {
		*why = refusal_explain(number, in_user_namespace, e);
		return -1;
	}
	*why = LINK_OTHER;
	return namespace_here(e);
}

int namespace_here(struct error *e)
{
	int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		error_set(e, "/proc/thread-self/ns/net: cannot open (%s) while looking for the network namespace; mount /proc, or raise the limit of open files (ulimit -n)", strerror(errno));
	return fd;
}

bool namespace_enter(int ns, const char *name, struct error *e)
{
	if (setns(ns, CLONE_NEWNET) == 0)
		return true;
	return error_set(e, "setns: %s while entering the %s's network namespace; link_create() must have succeeded, and its link not be closed", strerror(errno), name);
}

bool namespace_leave(int home, bool done, struct error *e)
{
	bool back = namespace_enter(home, "caller", done ? e : NULL);

	close(home);
	return done && back;
}

#define NAMED_NAMESPACES "/run/netns"

/* "; there are: a, b" of the namespaces that have names. */
static void names_list(struct text *to)
{
	DIR *d = opendir(NAMED_NAMESPACES);
	unsigned n = 0;

	for (struct dirent *at; d != NULL && (at = readdir(d)) != NULL;)
		if (at->d_name[0] != '.')
			text_add(to, "%s%.60s", n++ ? ", " : "", at->d_name);
	if (d != NULL)
		closedir(d);
	if (n == 0)
		text_add(to, "none");
}

static int namespace_open(const char *who, struct error *e)
{
	const bool is_process = who[0] != '\0' && strspn(who, "0123456789") == strlen(who);
	struct text path = {0}, names = {0};
	int fd;

	if (strchr(who, '/') != NULL)
		text_add(&path, "%s", who);
	else
		text_add(&path, is_process ? "/proc/%s/ns/net" : NAMED_NAMESPACES "/%s", who);
	fd = open(text_string(&path), O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		const int number = errno;

		names_list(&names);
		error_set(e, "namespace %s: %s: %s; name a process by its number or a namespace of `ip netns` (there are: %.400s)", who, text_string(&path), strerror(number), text_string(&names));
	} else if (ioctl(fd, NS_GET_NSTYPE) != CLONE_NEWNET) {
		close(fd);
		fd = -1;
		error_set(e, "namespace %s: %s is no network namespace; name a process by its number or a namespace of `ip netns`", who, text_string(&path));
	}
	text_free(&path);
	text_free(&names);
	return fd;
}

int namespace_join(const char *who, struct error *e)
{
	int fd = namespace_open(who, e), owner;
	bool in;

	if (fd < 0)
		return -1;
	in = setns(fd, CLONE_NEWNET) == 0;
	if (!in && errno == EPERM && (owner = ioctl(fd, NS_GET_USERNS)) >= 0) {
		in = setns(owner, CLONE_NEWUSER) == 0 && setns(fd, CLONE_NEWNET) == 0;
		close(owner);
	}
	if (in)
		return fd;
	error_set(e, "namespace %s: %s while entering it; be root, or the user who made it", who, strerror(errno));
	close(fd);
	return -1;
}
