/* Tells apart what forbids namespaces on this machine. Not a search for ways around it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/net/refusal.h"

#define USERNS_MAX "/proc/sys/user/max_user_namespaces"
#define USERNS_CLONE "/proc/sys/kernel/unprivileged_userns_clone"
#define USERNS_APPARMOR "/proc/sys/kernel/apparmor_restrict_unprivileged_userns"

enum { SECCOMP_FILTERED = 2 };

static bool is_number(const char *text, long number)
{
	return text != NULL && *text != '\0' && strtol(text, NULL, 10) == number;
}

enum link_refusal link_refusal_of(int unshare_errno, bool is_root, const char *apparmor, const char *max_userns, const char *clone, int seccomp_mode)
{
	bool switched_off = is_number(max_userns, 0) || is_number(clone, 0);
	bool restricted = !is_root && is_number(apparmor, 1);

	switch (unshare_errno) {
	case 0:
		return LINK_OK;
	case ENOSPC: /* the count is exhausted, or is 0 */
	case EUSERS:
		return switched_off ? LINK_NO_USERNS_SYSCTL : LINK_OTHER;
	case EACCES: /* what a security module answers; a filter and a missing capability say EPERM */
		return restricted ? LINK_NO_USERNS_APPARMOR : LINK_OTHER;
	case ENOSYS: /* the kernel always has the call: newer container profiles answer this */
		return LINK_NO_UNSHARE_SECCOMP;
	case EPERM:
		if (switched_off && (!is_root || seccomp_mode == 0))
			return LINK_NO_USERNS_SYSCTL;
		if (seccomp_mode == SECCOMP_FILTERED)
			return LINK_NO_UNSHARE_SECCOMP;
		if (restricted)
			return LINK_NO_USERNS_APPARMOR;
		return seccomp_mode == 0 ? LINK_OTHER : LINK_NO_UNSHARE_SECCOMP;
	default:
		return LINK_OTHER;
	}
}

/* The file's first line in `room` octets, or NULL. */
static const char *line_read(const char *path, char *to, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, to, room - 1);

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return NULL;
	to[n] = '\0';
	to[strcspn(to, "\n")] = '\0';
	return to;
}

static int seccomp_mode_read(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[256];
	int mode = -1;

	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, "Seccomp:", 8) == 0)
			mode = (int)strtol(line + 8, NULL, 10);
	if (f != NULL)
		fclose(f);
	return mode;
}

static void explain_other(int number, struct error *e)
{
	const char *mend = "run as root, or see `tcpspec doctor`";

	if (number == ENOSPC || number == EUSERS)
		mend = "raise user.max_net_namespaces and user.max_user_namespaces (sysctl -w user.max_net_namespaces=10000)";
	else if (number == EINVAL)
		mend = "no other thread may run when the link is made, and the kernel needs CONFIG_NET_NS and CONFIG_USER_NS";
	else if (number == EPERM)
		mend = "no filter and no sysctl forbids it: run outside the chroot, or as root with CAP_SYS_ADMIN (docker: --cap-add SYS_ADMIN --cap-add NET_ADMIN)";
	else if (number == EACCES)
		mend = "a security module (SELinux, AppArmor) forbids it: run as root, or allow user namespaces in its policy";
	error_set(e, "unshare: %s while making a network namespace; %s", strerror(number), mend);
}

enum link_refusal refusal_explain(int unshare_errno, bool in_user_namespace, struct error *e)
{
	char apparmor[32], max[32], clone[32];
	const char *apparmor_text = line_read(USERNS_APPARMOR, apparmor, sizeof apparmor);
	const char *max_text = line_read(USERNS_MAX, max, sizeof max);
	const char *clone_text = line_read(USERNS_CLONE, clone, sizeof clone);
	/* Inside a fresh user namespace we are root by name only. */
	bool is_root = geteuid() == 0 && !in_user_namespace;
	enum link_refusal r = link_refusal_of(unshare_errno, is_root, apparmor_text, max_text, clone_text, seccomp_mode_read());

	if (in_user_namespace && is_number(apparmor_text, 1) && (unshare_errno == EPERM || unshare_errno == EACCES))
		r = LINK_NO_USERNS_APPARMOR;
	switch (r) {
	case LINK_NO_USERNS_APPARMOR:
		error_set(e, "unshare: %s: AppArmor restricts user namespaces (kernel.apparmor_restrict_unprivileged_userns=1); mend: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or run as root", strerror(unshare_errno));
		break;
	case LINK_NO_USERNS_SYSCTL:
		error_set(e, "unshare: %s: user namespaces are switched off (%s=0); mend: sysctl -w %s, or run as root", strerror(unshare_errno),
		          is_number(clone_text, 0) ? "kernel.unprivileged_userns_clone" : "user.max_user_namespaces",
		          is_number(clone_text, 0) ? "kernel.unprivileged_userns_clone=1" : "user.max_user_namespaces=10000");
		break;
	case LINK_NO_UNSHARE_SECCOMP:
		error_set(e, "unshare: %s: a seccomp filter forbids unshare(), as containers' profiles do; mend: start the container with --security-opt seccomp=unconfined --cap-add SYS_ADMIN --cap-add NET_ADMIN --cap-add NET_RAW, or run outside it", strerror(unshare_errno));
		break;
	case LINK_OK:
	case LINK_NO_VETH:
	case LINK_OTHER:
		explain_other(unshare_errno, e);
		break;
	}
	return r;
}
