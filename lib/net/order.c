/* What could reorder frames on the way into the target: looked at, and for tests turned on. Not a proof: that is calibration. */
#include <stdio.h>
#include <string.h>

#include "lib/net/ethtool.h"
#include "lib/net/namespace.h"
#include "lib/net/netlink.h"
#include "lib/net/order.h"
#include "lib/net/sysfs.h"

/* Whether an end is up, from inside its namespace. */
static bool end_is_up(const char *name, unsigned index, struct error *e)
{
	struct netlink *n = netlink_open(e);
	struct netlink_interface i;
	bool known;

	if (n == NULL)
		return false;
	known = netlink_interface_read(n, index, &i, e);
	netlink_close(n);
	if (!known)
		return false;
	return i.up || error_set(e, "link: the interface %s is down; set both ends up again (ip link set dev %s up), or run again", name, name);
}

static bool target_is_ordered(const struct link *l, struct error *e)
{
	bool gro = false;

	if (!end_is_up(l->target_if, l->target_index, e) || !ethtool_gro_is_on(l->target_if, &gro, e))
		return false;
	return !gro || error_set(e, "link: generic receive offload is on at %s, which merges and holds frames; mend: ethtool -K %s gro off", l->target_if, l->target_if);
}

/* In the target's namespace, then in the tester's. */
static bool ends_are_ordered(const struct link *l, struct error *e)
{
	return link_enter_target(l, e) && target_is_ordered(l, e) && link_enter_tester(l, e) && end_is_up(l->tester_if, l->tester_index, e);
}

bool link_is_ordered(const struct link *l, struct error *e)
{
	struct sysfs_view v;
	int home;
	bool ordered;

	/* What happens to frames on somebody's link is his: calibration finds out what it does to their order. */
	if (l->attached)
		return end_is_up(l->tester_if, l->tester_index, e);
	home = namespace_here(e);
	ordered = home >= 0 && ends_are_ordered(l, e);

	if (home < 0)
		return false;
	ordered = namespace_leave(home, ordered, e);
	if (!ordered || !sysfs_look(l, &v, e))
		return false;
	if (v.steered)
		return error_set(e, "link: receive packet steering is on at %s (rps_cpus %s), which may let frames overtake each other; mend: write 0 to /sys/class/net/%s/queues/rx-*/rps_cpus and to net.core.rps_default_mask", l->target_if, v.rps_cpus, l->target_if);
	return !v.threaded || error_set(e, "link: NAPI is threaded at %s, which may let frames overtake each other; mend: write 0 to /sys/class/net/%s/threaded", l->target_if, l->target_if);
}

bool link_set_rps(const struct link *l, unsigned cpu_mask, struct error *e)
{
	struct sysfs_view v;

	if (!sysfs_steer(l, cpu_mask, &v, e))
		return false;
	if (v.number != 0)
		return error_set(e, "link: %s: %s while steering %s to CPUs %x; root is needed, and CPUs that exist", v.failed, strerror(v.number), l->target_if, cpu_mask);
	return v.steered == (cpu_mask != 0) || error_set(e, "link: rps_cpus of %s is %s after %x was written; the machine has no such CPU", l->target_if, v.rps_cpus, cpu_mask);
}

void link_summarize(struct link *l)
{
	const char *rooted = l->rootless ? "rootless" : "root";
	struct sysfs_view v = {0};
	bool gro = false;

	if (!sysfs_look(l, &v, NULL) || !v.mounted || v.number != 0)
		snprintf(v.rps_cpus, sizeof v.rps_cpus, "unknown");
	else if (!v.steered)
		snprintf(v.rps_cpus, sizeof v.rps_cpus, "0");
	ethtool_gro_is_on(l->target_if, &gro, NULL);
	snprintf(l->summary, sizeof l->summary, "veth, offloads off, rps %s, gro %d%s, %s", v.rps_cpus, gro, v.threaded ? ", threaded" : "", rooted);
}
