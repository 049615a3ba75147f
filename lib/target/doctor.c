/* Tries, one after the other, what the linux target needs of the kernel, and says the mend. No verdict depends on it. */
#include "lib/target/doctor.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/target/diag.h"
#include "lib/target/stall.h"

/* A connection takes two descriptors; below this many a run of the base matrix has to wait for itself. */
enum { DESCRIPTORS_WANTED = 4096 };

static bool diag_works(struct error *e)
{
	struct diag d;

	if (!diag_open(&d, e))
		return false;
	diag_close(&d);
	return true;
}

static bool repair_works(struct error *e)
{
	const int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool works = fd >= 0 && setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof on) == 0;
	int number = errno;

	if (fd >= 0)
		close(fd);
	return works || error_set(e, "%s; CAP_NET_ADMIN in the namespace and CONFIG_CHECKPOINT_RESTORE are needed: run as root or with user namespaces", strerror(number));
}

static bool faults_work(struct error *e)
{
	int fd = faults_open(e);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

/* Tries it in a child that is where a run would be; what it says comes back through a pipe, and nothing when it works. */
static bool works_in_namespace(bool (*works)(struct error *), struct error *e)
{
	int ends[2], status = 1;
	ssize_t got;
	pid_t child;

	if (pipe(ends) < 0)
		return error_set(e, "no pipe: %s; raise the limit of open files (ulimit -n)", strerror(errno));
	child = fork();
	if (child == 0) {
		bool good = unshare(geteuid() == 0 ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET) == 0 || error_set(e, "no namespace to try it in: %s; see the link's line", strerror(errno));

		good = good && works(e);
		if (!good && write(ends[1], e->text, strlen(e->text)) < 0)
			_exit(2);
		_exit(good ? 0 : 1);
	}
	close(ends[1]);
	if (child > 0)
		while (waitpid(child, &status, 0) < 0 && errno == EINTR)
			;
	e->text[0] = '\0';
	got = read(ends[0], e->text, sizeof e->text - 1);
	close(ends[0]);
	e->text[got > 0 ? got : 0] = '\0';
	return child < 0 ? error_set(e, "no process to try it in: %s; check the limit of processes (ulimit -u)", strerror(errno)) : status == 0;
}

static void line_add(struct text *out, const char *verdict, const char *what, const char *how)
{
	text_add(out, "%s  %-18s %s\n", verdict, what, how);
}

/* lost: what a run goes without. */
static bool capability_tell(struct text *out, const char *what, const char *lost, bool (*works)(struct error *))
{
	struct error e = {""};
	bool good = works_in_namespace(works, &e);

	if (!good)
		error_prefix(&e, "%s: ", lost);
	line_add(out, good ? "ok" : "no", what, good ? "works" : e.text);
	return good;
}

static void descriptors_tell(struct text *out)
{
	struct rlimit limit;
	char how[200];
	bool enough;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0) {
		line_add(out, "??", "RLIMIT_NOFILE", strerror(errno));
		return;
	}
	enough = limit.rlim_max >= DESCRIPTORS_WANTED;
	if (enough)
		snprintf(how, sizeof how, "%llu open files", (unsigned long long)limit.rlim_max);
	else
		snprintf(how, sizeof how, "fewer connections in flight: %llu open files at most; as root `ulimit -n %d`, or a line in /etc/security/limits.conf", (unsigned long long)limit.rlim_max, DESCRIPTORS_WANTED);
	line_add(out, enough ? "ok" : "??", "RLIMIT_NOFILE", how);
}

void target_doctor(struct text *out, bool *usable)
{
	*usable = capability_tell(out, "INET_DIAG", "no state is reported, and the linux target does not start", diag_works);
	capability_tell(out, "TCP_REPAIR", "scripts that need `forget` are UNIMPLEMENTED", repair_works);
	capability_tell(out, "userfaultfd", "`--fault stall` cannot be planted", faults_work);
	descriptors_tell(out);
}
