/* What a live run stands on: a link, made or found, the wire on its tester's end, and the target that its descriptor or an upper tester steers. It tries no fence. */
#include <string.h>

#include "lib/net/attach.h"
#include "lib/run/run_parts.h"
#include "lib/run/service.h"
#include "lib/target/exec.h"
#include "lib/target/passive.h"
#include "lib/target/stall.h"
#include "lib/target/starter.h"
#include "lib/target/testability.h"
#include "lib/target/testability_spec.h"

/* An agent that is there, wherever it came from. */
static bool live_agent(struct declaration *d, const char *spec, struct error *e)
{
	struct testability_spec at;
	if (!testability_spec_read(&at, spec, e))
		return error_prefix(e, "--upper-tester ");
	if (strlen(spec) >= sizeof d->upper_tester || (at.over == OVER_UNIX && !at.path[0]))
		return error_set(e, "--upper-tester %s: name a place of less than %zu octets, where an agent is", spec, sizeof d->upper_tester);
	memcpy(d->upper_tester, spec, strlen(spec) + 1);
	memcpy(d->kind, "remote", sizeof "remote");
	d->command[0] = '\0';
	if (strcmp(d->fence, "call") == 0)
		memcpy(d->fence, "link", sizeof "link");
	return true;
}

/* How the target is steered: the descriptor's way, unless the request names another. */
static bool live_kind(struct declaration *d, const struct run_options *o, struct error *e)
{
	if (!o->upper_tester)
		return true;
	if (testability_is_meant(o->upper_tester))
		return live_agent(d, o->upper_tester, e);
	if (passive_is_meant(o->upper_tester))
		return passive_declare(d, o->upper_tester, e);
	if (strncmp(o->upper_tester, "exec:", 5) != 0 || !o->upper_tester[5])
		return error_set(e, "--upper-tester %s: expected exec:COMMAND, a program that is steered by lines on its stdin and stdout, or testability:udp:ADDRESS:PORT, an agent", o->upper_tester);
	if (strlen(o->upper_tester + 5) >= sizeof d->command)
		return error_set(e, "--upper-tester: the command is longer than %zu octets; put it into a script", sizeof d->command - 1);
	memcpy(d->command, o->upper_tester + 5, strlen(o->upper_tester + 5) + 1);
	memcpy(d->kind, "exec", sizeof "exec");
	/* In process calls are fences, and here they are not. */
	if (strcmp(d->fence, "call") == 0)
		memcpy(d->fence, "link", sizeof "link");
	return true;
}

static bool live_permits(const struct declaration *d, const struct run_options *o, struct error *e)
{
	static const enum fault_kind of_linux[] = {FAULT_RPS, FAULT_BUSY, FAULT_STALL};
	const bool is_exec = strcmp(d->kind, "exec") == 0, is_remote = strcmp(d->kind, "remote") == 0;
	for (size_t i = 0; (is_exec || is_remote || o->attach) && i < sizeof of_linux / sizeof *of_linux; i++)
		if (run_has_fault(o, of_linux[i]))
			return error_set(e, "--fault %s: disturbs the Linux target on a link of our own; leave it out", fault_name(of_linux[i]));
	const bool is_none = strcmp(d->kind, "none") == 0;
	if (is_none && !o->attach && !d->link.interface[0])
		return error_set(e, "upper tester none: nobody starts the target, so that it must be there: name its link by --iface IF --target-addr A");
	if (is_remote && !o->attach && !d->link.interface[0] && !d->command[0])
		return error_set(e, "upper tester %s: an agent that is there has a link that is there: name it by --iface IF --target-addr A", d->upper_tester);
	if (!o->attach || is_exec || is_remote || is_none)
		return true;
	return error_set(e, "%s: kind = %s cannot be steered on a link that we did not make; say how by --upper-tester exec:COMMAND, or name a target of kind exec with -t", d->file, d->kind);
}

static bool target_start(struct stage *s, struct error *e)
{
	const struct run_options *o = s->options;
	/* The kernel's end of a veth pair receives within the sender's call. */
	const bool is_exec = strcmp(s->declaration->kind, "exec") == 0, is_none = strcmp(s->declaration->kind, "none") == 0;
	s->is_prompt = !is_exec && !is_none && !o->attach && !s->declaration->link.interface[0];
	if (is_none) {
		target_passive_start(&s->target, s->declaration, o->attach ? o->attach->port : 0);
		s->served = target_passive_port(&s->target);
		return true;
	}
	if (strcmp(s->declaration->kind, "remote") == 0)
		return target_testability_start(&s->target, &s->link, s->declaration, o->seed, e);
	if (is_exec)
		return target_exec_start(&s->target, &s->link, s->declaration, s->declaration->command, o->seed, e);
	return target_linux_start(&s->target, &s->link, s->declaration, o->as_shipped, e);
}

/* What is to be started beside the one who steers. */
static bool live_start(struct stage *s, struct error *e)
{
	return !s->declaration->link.start[0] || (s->starter = starter_start(&s->link, s->declaration, s->options->seed, e));
}

/* A service is tried before anything is made of it. */
bool live_walk(struct stage *s, struct error *e)
{
	for (unsigned f = 0; s->served && f < FAMILIES; f++)
		if (s->link.target[f].family && !service_walk(s, s->served, s->link.target[f].family, e))
			return false;
	return true;
}

/* On a link that is there: the program may be what makes its interface, so it comes first. */
static bool live_attach(struct stage *s, const struct attach_request *a, struct error *e)
{
	return link_join(&s->link, a, e) && live_start(s, e) && target_start(s, e) && (!a->fresh || starter_meets(s->starter, a->interface, e)) && link_attach(&s->link, a, e) && (s->wire = wire_open(&s->link, e)) && live_walk(s, e);
}

/* On a link of our own. */
static bool live_make(struct stage *s, bool bare, struct error *e)
{
	return (bare ? link_create_bare(&s->link, NULL, e) : link_create(&s->link, NULL, e)) && (s->wire = wire_open(&s->link, e)) && live_start(s, e) && target_start(s, e);
}

/* The link that is named, or that the target makes for itself; the run makes one for the others. */
static bool live_link(struct stage *s, bool bare, struct error *e)
{
	const struct attach_request own = declared_link_request(&s->declaration->link), *named = s->options->attach;
	return named || own.interface[0] ? live_attach(s, named ? named : &own, e) : live_make(s, bare, e);
}

bool live_restart(struct stage *s, struct error *e)
{
	const struct attach_request own = declared_link_request(&s->declaration->link), *named = s->options->attach, *a = named ? named : own.interface[0] ? &own
	                                                                                                                                                   : NULL;
	int cpu;
	target_stop(&s->target);
	process_stop(s->starter, "");
	s->starter = NULL;
	if (a && s->wire) { /* its interface may have gone with it */
		wire_close(s->wire);
		s->wire = NULL;
	}
	cpu_leave(); /* what is started is to run anywhere */
	const bool started = live_start(s, e) && target_start(s, e);
	cpu_pin(s->options->cpu, &cpu);
	if (!started || !a)
		return started;
	return (!a->fresh || starter_meets(s->starter, a->interface, e)) && link_attach(&s->link, a, e) && (s->wire = wire_open(&s->link, e)) && live_walk(s, e);
}

bool run_open_live(struct run *r, struct error *e)
{
	struct stage *s = &r->stage;
	const struct run_options *o = s->options;
	int cpu;
	cpu_prefer();
	if (!live_kind(s->declaration, o, e) || !live_permits(s->declaration, o, e))
		return false;
	const bool is_exec = strcmp(s->declaration->kind, "exec") == 0, is_remote = strcmp(s->declaration->kind, "remote") == 0;
	const bool pinned = !is_exec && cpu_pin(o->cpu, &cpu);
	/* What it starts is to run anywhere but where we do. */
	if (is_remote)
		cpu_leave();
	if (!live_link(s, is_exec, e))
		return false;
	if (is_remote && pinned)
		cpu_stay((unsigned)cpu);
	/* A program that was started before may run on all the CPUs that we could. */
	if (is_exec)
		cpu_pin(o->cpu, &cpu);
	return true;
}
