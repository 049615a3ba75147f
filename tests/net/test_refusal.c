/* Tests of telling refusals apart: from evidence alone, and with each refusal really made in a child. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <linux/capability.h>
#include <unistd.h>

#include "lib/net/child.h"
#include "lib/net/refusal.h"
#include "lib/net/wire.h"
#include "tests/net/live.h"

enum { NOBODY = 65534,
       FILTERED = 2,
       UNFILTERED = 0,
       UNKNOWN = -1,
       SECOND_US = 1000000 };

static void unshare_that_worked(void **state)
{
	(void)state;
	assert_int_equal(link_refusal_of(0, false, "1", "0", "0", FILTERED), LINK_OK);
}

static void apparmor_for_users_only(void **state)
{
	(void)state;
	assert_int_equal(link_refusal_of(EPERM, false, "1", "96365", NULL, UNFILTERED), LINK_NO_USERNS_APPARMOR);
	/* A filter cannot be told from AppArmor by EPERM alone; EACCES is AppArmor's. */
	assert_int_equal(link_refusal_of(EACCES, false, "1", "96365", NULL, FILTERED), LINK_NO_USERNS_APPARMOR);
	assert_int_equal(link_refusal_of(EPERM, false, "1", "96365", NULL, FILTERED), LINK_NO_UNSHARE_SECCOMP);
	assert_int_equal(link_refusal_of(EPERM, true, "1", "96365", NULL, FILTERED), LINK_NO_UNSHARE_SECCOMP);
	assert_int_equal(link_refusal_of(EACCES, false, "0", "96365", NULL, UNFILTERED), LINK_OTHER);
}

static void sysctls_that_switch_off(void **state)
{
	(void)state;
	assert_int_equal(link_refusal_of(ENOSPC, false, NULL, "0", NULL, UNFILTERED), LINK_NO_USERNS_SYSCTL);
	assert_int_equal(link_refusal_of(EUSERS, false, NULL, "0", NULL, UNFILTERED), LINK_NO_USERNS_SYSCTL);
	assert_int_equal(link_refusal_of(EPERM, false, NULL, "96365", "0", UNFILTERED), LINK_NO_USERNS_SYSCTL);
	assert_int_equal(link_refusal_of(EPERM, false, "1", "96365", "0", UNFILTERED), LINK_NO_USERNS_SYSCTL);
	/* A count that is merely used up is another matter. */
	assert_int_equal(link_refusal_of(ENOSPC, false, NULL, "96365", "1", UNFILTERED), LINK_OTHER);
}

static void filters(void **state)
{
	(void)state;
	assert_int_equal(link_refusal_of(EPERM, true, NULL, "96365", NULL, FILTERED), LINK_NO_UNSHARE_SECCOMP);
	assert_int_equal(link_refusal_of(EPERM, false, NULL, "96365", "1", FILTERED), LINK_NO_UNSHARE_SECCOMP);
	assert_int_equal(link_refusal_of(ENOSYS, false, NULL, NULL, NULL, FILTERED), LINK_NO_UNSHARE_SECCOMP);
	assert_int_equal(link_refusal_of(EPERM, true, NULL, NULL, NULL, UNKNOWN), LINK_NO_UNSHARE_SECCOMP);
	/* The process says that it has no filter: then none is blamed. */
	assert_int_equal(link_refusal_of(EPERM, true, "0", "96365", "1", UNFILTERED), LINK_OTHER);
	assert_int_equal(link_refusal_of(EINVAL, false, "1", "0", "0", FILTERED), LINK_OTHER);
}

/* A refusal made real. */
struct scene {
	bool filtered; /* seccomp: unshare() gives `number` */
	int number;
	bool unmapped;  /* seccomp: a map cannot be written, as under AppArmor's restriction */
	bool apparmor;  /* kernel.apparmor_restrict_unprivileged_userns reads 1 */
	bool exhausted; /* user.max_user_namespaces reads 0, in a user namespace of its own, without capabilities */
	bool as_nobody;
	bool powerless; /* root by its number, without one capability */
};

struct outcome {
	bool staged, made;
	enum link_refusal why;
	uint64_t took_us;
	struct error error;
};

static bool file_put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return done;
}

static bool filter_install(struct sock_filter *code, size_t n)
{
	struct sock_fprog program = {.len = (unsigned short)n, .filter = code};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static bool unshare_filter(int number)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)number),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	return filter_install(code, sizeof code / sizeof code[0]);
}

/* A filter sees no paths; the map is the only thing written that is as long as this. */
static bool map_filter(void)
{
	char map[40];
	int length = snprintf(map, sizeof map, "0 %u 1", (unsigned)NOBODY);
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 0, 3),
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)length, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	return filter_install(code, sizeof code / sizeof code[0]);
}

static bool apparmor_stage(void)
{
	return unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("tmpfs", "/proc/sys/kernel", "tmpfs", 0, NULL) == 0 && file_put("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\n");
}

static bool capabilities_drop(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0}};

	return syscall(SYS_capset, &header, none) == 0;
}

static bool exhausted_stage(void)
{
	char map[40];

	snprintf(map, sizeof map, "0 %u 1", (unsigned)geteuid());
	return unshare(CLONE_NEWUSER) == 0 && file_put("/proc/self/setgroups", "deny") && file_put("/proc/self/uid_map", map) && file_put("/proc/self/gid_map", map) &&
	       file_put("/proc/sys/user/max_user_namespaces", "0") && capabilities_drop();
}

static bool nobody_become(void)
{
	/* A process that changed its user may not write its own maps unless it says that it has no secrets. */
	return setgid(NOBODY) == 0 && setuid(NOBODY) == 0 && prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0;
}

static void scene_play(const void *job, void *answer)
{
	const struct scene *s = job;
	struct outcome *o = answer;
	struct link l;
	uint64_t start;

	o->staged = (!s->apparmor || apparmor_stage()) && (!s->exhausted || exhausted_stage()) && (!s->as_nobody || geteuid() != 0 || nobody_become()) && (!s->powerless || capabilities_drop()) && (!s->filtered || unshare_filter(s->number)) &&
	            (!s->unmapped || map_filter());
	if (!o->staged)
		return;
	start = clock_now();
	o->made = link_create(&l, &o->why, &o->error);
	o->took_us = clock_now() - start;
}

static struct outcome scene_run(const struct scene *s)
{
	struct outcome o;
	struct error e = {""};

	if (!child_ask(scene_play, s, &o, sizeof o, &e))
		fail_msg("%s", e.text);
	if (!o.staged)
		fail_msg("the scene could not be staged: this machine refuses namespaces or seccomp already");
	assert_false(o.made);
	assert_true(o.took_us < SECOND_US);
	return o;
}

static void names(const struct outcome *o, const char *what, const char *mend)
{
	if (strstr(o->error.text, what) == NULL || strstr(o->error.text, mend) == NULL)
		fail_msg("\"%s\" names not both \"%s\" and \"%s\"", o->error.text, what, mend);
}

static void filter_met_by_root(void **state)
{
	struct outcome o = scene_run(&(struct scene){.filtered = true, .number = EPERM});

	(void)state;
	assert_int_equal(o.why, LINK_NO_UNSHARE_SECCOMP);
	names(&o, "seccomp", "--security-opt seccomp=unconfined");
}

static void filter_met_by_a_user(void **state)
{
	struct outcome o = scene_run(&(struct scene){.filtered = true, .number = EPERM, .as_nobody = true});

	(void)state;
	assert_int_equal(o.why, LINK_NO_UNSHARE_SECCOMP);
	names(&o, "seccomp", "--cap-add");
}

static void apparmor_met_by_a_user(void **state)
{
	struct outcome o = scene_run(&(struct scene){.apparmor = true, .filtered = true, .number = EACCES, .as_nobody = true});

	(void)state;
	assert_int_equal(o.why, LINK_NO_USERNS_APPARMOR);
	names(&o, "AppArmor", "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0");
}

static void apparmor_grants_it_without_rights(void **state)
{
	struct outcome o = scene_run(&(struct scene){.apparmor = true, .unmapped = true, .as_nobody = true});

	(void)state;
	assert_int_equal(o.why, LINK_NO_USERNS_APPARMOR);
	names(&o, "AppArmor", "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0");
}

static void namespaces_switched_off(void **state)
{
	struct outcome o = scene_run(&(struct scene){.exhausted = true});

	(void)state;
	assert_int_equal(o.why, LINK_NO_USERNS_SYSCTL);
	names(&o, "user.max_user_namespaces", "sysctl -w user.max_user_namespaces=");
}

/* Root by its number alone may have a user namespace, and may not map itself into it: what is missing is named. */
static void root_without_capabilities(void **state)
{
	struct outcome o = scene_run(&(struct scene){.powerless = true});

	(void)state;
	assert_int_equal(o.why, LINK_OTHER);
	names(&o, "CAP_SETFCAP", "give it CAP_SYS_ADMIN");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(unshare_that_worked),
	    cmocka_unit_test(apparmor_for_users_only),
	    cmocka_unit_test(sysctls_that_switch_off),
	    cmocka_unit_test(filters),
	    /* These are made real: they need namespaces to lose. */
	    cmocka_unit_test(filter_met_by_root),
	    cmocka_unit_test(filter_met_by_a_user),
	    cmocka_unit_test(namespaces_switched_off),
	    /* And these root, for a mount or to lose its rights. */
	    cmocka_unit_test(apparmor_met_by_a_user),
	    cmocka_unit_test(apparmor_grants_it_without_rights),
	    cmocka_unit_test(root_without_capabilities),
	};
	const size_t pure = 4, rooted = 3, all = sizeof tests / sizeof tests[0];

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return _cmocka_run_group_tests("net/refusal", tests, live_is_left_out() ? pure : geteuid() != 0 ? all - rooted
	                                                                                                : all,
	                               NULL, NULL);
}
