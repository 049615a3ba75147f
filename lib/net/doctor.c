/* Tries the live wire and says what works. Linux's own parts of the target (socket state, userfaultfd) are looked at elsewhere. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/net/child.h"
#include "lib/net/doctor.h"
#include "lib/net/refusal.h"
#include "lib/net/sysfs.h"
#include "lib/net/wire.h"

enum { NOBODY = 65534,
       ECHO_DEADLINE_US = 500000,
       ECHO_ROOM = 128 };

struct attempt {
	bool works;
	struct error error;
};

/* All that the live wire takes, tried in the order in which a run needs it. */
struct trial {
	enum link_refusal why;
	bool link, ordered, wire, echo[FAMILIES], rootless;
	struct error error;
	struct sysfs_view order;
};

/* As the ordinary user that somebody else will be. */
static void user_namespace_try(const void *job, void *answer)
{
	struct attempt *a = answer;

	(void)job;
	if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)) {
		error_set(&a->error, "setuid: %s while becoming an ordinary user to try it; root of a user namespace cannot tell", strerror(errno));
		return;
	}
	a->works = unshare(CLONE_NEWUSER) == 0;
	if (!a->works)
		refusal_explain(errno, false, &a->error);
}

static bool echo_try(struct wire *w, const struct link *l, unsigned family, struct error *e)
{
	const struct icmp_echo question = {.src = l->tester[family], .dst = l->target[family], .id = 1, .seq = 1};
	uint8_t octets[ECHO_ROOM];
	uint64_t end = clock_now() + ECHO_DEADLINE_US;
	struct packet p;
	struct frame f;
	int got;

	if (!wire_send(w, octets, icmp_echo_build(&question, octets, sizeof octets), NULL, e))
		return false;
	while ((got = wire_receive(w, &f, e)) >= 0 && clock_now() < end) {
		if (got == 0)
			continue;
		packet_parse(f.octets, f.length, &p);
		if (p.kind == PACKET_ICMP_ECHO_REPLY)
			return true;
	}
	return got < 0 ? false : error_set(e, "echo: no answer over IPv%u in %d ms; look for a packet filter (nft list ruleset) and for net.ipv4.icmp_echo_ignore_all", family == 0 ? 4U : 6U, ECHO_DEADLINE_US / 1000);
}

static void live_try(const void *job, void *answer)
{
	struct trial *t = answer;
	struct wire *w;
	struct link l;

	(void)job;
	t->link = link_create(&l, &t->why, &t->error);
	if (!t->link)
		return;
	t->rootless = l.rootless;
	t->ordered = sysfs_look(&l, &t->order, NULL) && t->order.mounted && t->order.number == 0;
	w = wire_open(&l, &t->error);
	t->wire = w != NULL;
	for (unsigned f = 0; t->wire && f < FAMILIES; f++) {
		t->echo[f] = echo_try(w, &l, f, &t->error);
		if (!t->echo[f])
			return;
	}
}

static void line_add(struct text *out, const char *verdict, const char *what, const char *how)
{
	text_add(out, "%s  %-18s %s\n", verdict, what, how);
}

static void namespaces_tell(const struct trial *t, const struct attempt *user, struct text *out)
{
	/* A refusal for want of veth comes after the namespaces. */
	bool made = t->link || t->why == LINK_NO_VETH;

	line_add(out, user->works ? "ok" : geteuid() == 0 ? "??"
	                                                  : "no",
	         "user namespaces", user->works ? "an ordinary user may make one" : user->error.text);
	line_add(out, made ? "ok" : "no", "network namespaces", !made ? t->error.text : t->rootless ? "rootless, inside a user namespace"
	                                                                                            : "as root");
	if (made)
		line_add(out, t->link ? "ok" : "no", "veth", t->link ? "a pair, offloads off and verified" : t->error.text);
	else
		line_add(out, "??", "veth", "not tried: it takes the namespaces");
}

static void order_tell(const struct trial *t, struct text *out)
{
	char how[200];

	if (!t->link) {
		line_add(out, "??", "rps", "not tried: it takes the link");
	} else if (!t->ordered) {
		snprintf(how, sizeof how, "unknown (%s: %s); calibration decides; run as root, outside a container, to see it", t->order.failed, strerror(t->order.number));
		line_add(out, "??", "rps", how);
	} else if (t->order.steered || t->order.threaded) {
		snprintf(how, sizeof how, "rps_cpus %s, threaded NAPI %s: the link fence will be refused; mend: sysctl -w net.core.rps_default_mask=0", t->order.rps_cpus, t->order.threaded ? "on" : "off");
		line_add(out, "??", "rps", how);
	} else {
		line_add(out, "ok", "rps", "off, NAPI not threaded");
	}
}

static void wire_tell(const struct trial *t, struct text *out)
{
	bool answered = t->echo[0] && t->echo[1];

	line_add(out, t->wire ? "ok" : t->link ? "no"
	                                       : "??",
	         "AF_PACKET", t->wire ? "libnet sends, libpcap captures" : t->link ? t->error.text
	                                                                           : "not tried: it takes the link");
	line_add(out, answered ? "ok" : t->wire ? "no"
	                                        : "??",
	         "echo", answered ? "answered over IPv4 and IPv6" : t->wire ? t->error.text
	                                                                    : "not tried: it takes the wire");
}

static void cpus_tell(struct text *out)
{
	cpu_set_t allowed;
	char how[100];
	int n = sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed) : 0;

	snprintf(how, sizeof how, "%d may be used; the tester stays on one", n);
	line_add(out, n > 0 ? "ok" : "??", "CPUs", n > 0 ? how : "unknown: sched_getaffinity() is refused; the tester will not be pinned");
}

void net_doctor(struct text *out, bool *usable)
{
	struct attempt user;
	struct trial t;
	struct error e;

	if (!child_ask(user_namespace_try, NULL, &user, sizeof user, &e))
		user = (struct attempt){.error = e};
	if (!child_ask(live_try, NULL, &t, sizeof t, &e))
		t = (struct trial){.why = LINK_OTHER, .error = e};
	namespaces_tell(&t, &user, out);
	wire_tell(&t, out);
	order_tell(&t, out);
	cpus_tell(out);
	*usable = t.echo[0] && t.echo[1];
}
