/* Tests of the link: what it is made of, what it leaves alone, and what is left of it. Not of the traffic on it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/net/child.h"
#include "lib/net/doctor.h"
#include "lib/net/ethtool.h"
#include "lib/net/netlink.h"
#include "lib/net/sysctl.h"
#include "tests/net/live.h"

enum { NOBODY = 65534 };

static struct live live;

static int live_set_up(void **state)
{
	(void)state;
	live_open(&live);
	return 0;
}

static int live_tear_down(void **state)
{
	(void)state;
	live_close(&live);
	return 0;
}

static void feature_is_off(int fd, const char *interface, uint32_t command)
{
	struct ethtool_value v = {.cmd = command, .data = 1};
	struct ifreq request = {.ifr_data = (void *)&v};

	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", interface);
	assert_int_equal(ioctl(fd, SIOCETHTOOL, &request), 0);
	assert_int_equal(v.data, 0);
}

static void offloads_are_off_at_both_ends(void **state)
{
	static const uint32_t features[] = {ETHTOOL_GTXCSUM, ETHTOOL_GRXCSUM, ETHTOOL_GTSO, ETHTOOL_GGSO, ETHTOOL_GGRO};
	struct error e = {""};

	(void)state;
	for (unsigned end = 0; end < 2; end++) {
		int fd;

		assert_true(end == 0 ? link_enter_tester(&live.link, &e) : link_enter_target(&live.link, &e));
		fd = socket(AF_INET, SOCK_DGRAM, 0);
		for (size_t i = 0; i < sizeof features / sizeof *features; i++)
			feature_is_off(fd, end == 0 ? live.link.tester_if : live.link.target_if, features[i]);
		close(fd);
	}
}

/* The instrument itself: what is on by default is seen to be on. */
static void offload_that_is_on_is_turned_off(void **state)
{
	struct ethtool_value v = {.cmd = ETHTOOL_SGRO, .data = 1};
	struct ifreq request = {.ifr_data = (void *)&v};
	struct error e = {""};
	bool on = false;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	(void)state;
	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", live.link.target_if);
	assert_int_equal(ioctl(fd, SIOCETHTOOL, &request), 0);
	close(fd);
	assert_true(ethtool_gro_is_on(live.link.target_if, &on, &e));
	assert_true(on);
	assert_false(link_is_ordered(&live.link, &e));
	assert_non_null(strstr(e.text, "receive offload"));
	assert_true(ethtool_offloads_off(live.link.target_if, &e));
	assert_true(ethtool_gro_is_on(live.link.target_if, &on, &e));
	assert_false(on);
}

static void quiet_link_is_ordered(void **state)
{
	struct error e = {""};

	(void)state;
	if (!link_is_ordered(&live.link, &e))
		fail_msg("%s", e.text);
	assert_true(live_is_in_target(&live.link));
	assert_non_null(strstr(live.link.summary, "offloads off"));
	assert_non_null(strstr(live.link.summary, "gro 0"));
}

static void steering_is_seen(void **state)
{
	struct error e = {""};

	(void)state;
	if (!link_set_rps(&live.link, 1, &e)) {
		/* Rootless, the sysfs of the namespace may be out of reach: said, not failed. */
		assert_true(live.link.rootless);
		assert_non_null(strstr(e.text, "root is needed"));
		return;
	}
	assert_false(link_is_ordered(&live.link, &e));
	assert_non_null(strstr(e.text, "packet steering"));
	assert_non_null(strstr(e.text, "mend"));
	assert_true(link_set_rps(&live.link, 0, &e));
	assert_true(link_is_ordered(&live.link, &e));
	assert_true(live_is_in_target(&live.link));
}

static void down_link_is_named(void **state)
{
	const uint8_t packet[20] = {0x45};
	struct netlink *n;
	struct error e = {""};

	(void)state;
	n = netlink_open(&e);
	assert_non_null(n);
	assert_true(netlink_up(n, live.link.target_index, false, &e));
	assert_false(link_is_ordered(&live.link, &e));
	assert_non_null(strstr(e.text, live.link.target_if));
	assert_non_null(strstr(e.text, "up"));
	assert_false(wire_send(live.wire, packet, sizeof packet, NULL, &e));
	assert_non_null(strstr(e.text, live.link.tester_if));
	assert_non_null(strstr(e.text, "down"));
	assert_true(netlink_up(n, live.link.target_index, true, &e));
	assert_true(link_is_ordered(&live.link, &e));
	netlink_close(n);
}

static void down_link_is_heard(void **state)
{
	uint64_t end = clock_now() + LIVE_DEADLINE_US;
	struct netlink *n;
	struct error e = {""};
	struct frame f;
	int got = 0;

	(void)state;
	assert_true(link_enter_tester(&live.link, &e));
	n = netlink_open(&e);
	assert_true(link_enter_target(&live.link, &e));
	assert_true(netlink_up(n, live.link.tester_index, false, &e));
	while ((got = wire_receive(live.wire, &f, &e)) >= 0 && clock_now() < end)
		;
	assert_int_equal(got, -1);
	assert_non_null(strstr(e.text, live.link.tester_if));
	netlink_close(n);
}

static void sysctl_is_the_targets_alone(void **state)
{
	char before[32], inside[32], after[32];
	struct error e = {""};

	(void)state;
	assert_true(link_enter_tester(&live.link, &e));
	assert_true(sysctl_read("net.ipv4.tcp_sack", before, sizeof before, &e));
	assert_true(link_sysctl_set(&live.link, "net.ipv4.tcp_sack", strcmp(before, "0") == 0 ? "1" : "0", &e));
	/* Asked from the tester's namespace, answered from the target's. */
	assert_true(link_sysctl_get(&live.link, "net.ipv4.tcp_sack", inside, sizeof inside, &e));
	assert_string_not_equal(inside, before);
	assert_true(sysctl_read("net.ipv4.tcp_sack", after, sizeof after, &e));
	assert_string_equal(after, before);
	assert_true(link_enter_target(&live.link, &e));
}

static void sysctl_that_is_not_there(void **state)
{
	char value[8];
	struct error e = {""};

	(void)state;
	assert_false(link_sysctl_set(&live.link, "net.ipv4.no_such_thing", "1", &e));
	assert_non_null(strstr(e.text, "net.ipv4.no_such_thing"));
	assert_false(link_sysctl_get(&live.link, "net.ipv4.no_such_thing", value, sizeof value, &e));
	/* Only the namespace's own may be touched. */
	assert_false(link_sysctl_set(&live.link, "kernel.hostname", "x", &e));
	assert_false(link_sysctl_set(&live.link, "net...kernel.hostname", "x", &e));
}

/* What a run could leave behind: interfaces here, named namespaces. */
static void traces_list(struct text *out)
{
	struct if_nameindex *all = if_nameindex();
	DIR *named = opendir("/run/netns");
	struct dirent *d;

	for (struct if_nameindex *i = all; i != NULL && i->if_index != 0; i++)
		text_add(out, "%u %s\n", i->if_index, i->if_name);
	if_freenameindex(all);
	while (named != NULL && (d = readdir(named)) != NULL)
		text_add(out, "%s\n", d->d_name);
	if (named != NULL)
		closedir(named);
}

/* Whether some process but this one is in the namespace, or holds a descriptor of it. The caller holds one: the number of one that is gone would soon be another's. */
static bool namespace_is_held(ino_t number)
{
	char path[80], wanted[40], target[64];
	DIR *processes = opendir("/proc");
	struct dirent *p, *d;
	bool held = false;

	snprintf(wanted, sizeof wanted, "net:[%lu]", (unsigned long)number);
	while (!held && processes != NULL && (p = readdir(processes)) != NULL) {
		ssize_t n;
		DIR *descriptors;

		if (p->d_name[0] < '1' || p->d_name[0] > '9' || strtol(p->d_name, NULL, 10) == getpid())
			continue;
		snprintf(path, sizeof path, "/proc/%.12s/ns/net", p->d_name);
		n = readlink(path, target, sizeof target - 1);
		target[n < 0 ? 0 : n] = '\0';
		held = strcmp(target, wanted) == 0;
		snprintf(path, sizeof path, "/proc/%.12s/fd", p->d_name);
		descriptors = opendir(path);
		while (!held && descriptors != NULL && (d = readdir(descriptors)) != NULL) {
			n = readlinkat(dirfd(descriptors), d->d_name, target, sizeof target - 1);
			target[n < 0 ? 0 : n] = '\0';
			held = strcmp(target, wanted) == 0;
		}
		if (descriptors != NULL)
			closedir(descriptors);
	}
	if (processes != NULL)
		closedir(processes);
	return held;
}

struct made {
	int tester_ns, target_ns; /* descriptors of the child's */
	ino_t tester, target;
	struct error error;
};

static int hold(pid_t child, int descriptor)
{
	char path[80];
	int fd;

	snprintf(path, sizeof path, "/proc/%d/fd/%d", child, descriptor);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static _Noreturn void make_and_wait(int to, int until)
{
	struct made m = {0};
	struct stat s;
	struct live v;
	char c;

	if (link_create(&v.link, NULL, &m.error) && (v.wire = wire_open(&v.link, &m.error)) != NULL) {
		m.tester = fstat(v.link.tester_ns, &s) == 0 ? s.st_ino : 0;
		m.target = fstat(v.link.target_ns, &s) == 0 ? s.st_ino : 0;
		m.tester_ns = v.link.tester_ns;
		m.target_ns = v.link.target_ns;
	}
	if (write(to, &m, sizeof m) == (ssize_t)sizeof m && read(until, &c, 1) == 1)
		kill(getpid(), SIGKILL);
	_exit(1);
}

static void nothing_is_left_after_a_kill(void **state)
{
	struct text before = {0}, during = {0}, after = {0};
	int answer[2], go[2], held[2], status;
	struct made m;
	pid_t child;

	(void)state;
	traces_list(&before);
	assert_int_equal(pipe(answer) | pipe(go), 0);
	child = fork();
	if (child == 0)
		make_and_wait(answer[1], go[0]);
	assert_int_equal(read(answer[0], &m, sizeof m), sizeof m);
	if (m.target == 0)
		fail_msg("%s", m.error.text);
	held[0] = hold(child, m.tester_ns);
	held[1] = hold(child, m.target_ns);
	/* While it lives, it holds them: so the search would find them. And nothing shows here even then. */
	assert_true(namespace_is_held(m.target));
	assert_true(namespace_is_held(m.tester));
	traces_list(&during);
	assert_string_equal(text_string(&during), text_string(&before));
	assert_int_equal(write(go[1], "x", 1), 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_false(namespace_is_held(m.target));
	assert_false(namespace_is_held(m.tester));
	traces_list(&after);
	assert_string_equal(text_string(&after), text_string(&before));
	for (unsigned i = 0; i < 2; i++)
		close(answer[i]), close(go[i]), close(held[i]);
	text_free(&before), text_free(&during), text_free(&after);
}

static void user_play(const void *job, void *answer)
{
	struct made *m = answer;
	struct live v;

	(void)job;
	if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0 || prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0))
		return;
	if (!link_create(&v.link, NULL, &m->error) || (v.wire = wire_open(&v.link, &m->error)) == NULL)
		return;
	if (v.link.rootless && strstr(v.link.summary, "rootless") != NULL && link_sysctl_set(&v.link, "net.ipv4.tcp_sack", "0", &m->error) && link_is_ordered(&v.link, &m->error))
		m->target = 1;
}

static void ordinary_user_gets_one_too(void **state)
{
	struct made m;
	struct error e = {""};

	(void)state;
	assert_true(child_ask(user_play, NULL, &m, sizeof m, &e));
	if (m.target != 1)
		fail_msg("%s", m.error.text);
}

static void doctor_agrees(void **state)
{
	struct text told = {0};
	bool usable = false;

	(void)state;
	net_doctor(&told, &usable);
	if (!usable)
		fail_msg("%s", text_string(&told));
	assert_non_null(strstr(text_string(&told), "ok  veth"));
	assert_non_null(strstr(text_string(&told), "ok  AF_PACKET"));
	assert_null(strstr(text_string(&told), "\nno "));
	text_free(&told);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_is_left_after_a_kill),
	    cmocka_unit_test(ordinary_user_gets_one_too),
	    cmocka_unit_test(doctor_agrees),
	    cmocka_unit_test_setup_teardown(offloads_are_off_at_both_ends, live_set_up, live_tear_down),
	    cmocka_unit_test_setup_teardown(offload_that_is_on_is_turned_off, live_set_up, live_tear_down),
	    cmocka_unit_test_setup_teardown(quiet_link_is_ordered, live_set_up, live_tear_down),
	    cmocka_unit_test_setup_teardown(steering_is_seen, live_set_up, live_tear_down),
	    cmocka_unit_test_setup_teardown(down_link_is_named, live_set_up, live_tear_down),
	    cmocka_unit_test_setup_teardown(down_link_is_heard, live_set_up, live_tear_down),
	    cmocka_unit_test_setup_teardown(sysctl_is_the_targets_alone, live_set_up, live_tear_down),
	    cmocka_unit_test_setup_teardown(sysctl_that_is_not_there, live_set_up, live_tear_down),
	};

	if (live_is_left_out())
		return live_leave_out();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("net/link", tests, NULL, NULL);
}
