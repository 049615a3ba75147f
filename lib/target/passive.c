/* The operations of a target that has none: OPEN passive was done when it was started, and the rest is its own program's to do, or nobody's. */
#include "lib/target/passive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/model/service.h"
#include "lib/script/script.h"

struct passive {
	uint16_t port;
};

/* Nothing is held for a connection. */
static struct connection *passive_open(void *target, const struct endpoint *at, struct error *e)
{
	(void)at, (void)e;
	return target;
}

/* Nobody knows when it was made. */
static bool passive_call(void *target, struct connection *c, enum call call, uint32_t n, unsigned how, struct call_answer *a, struct error *e)
{
	(void)target, (void)c, (void)call, (void)n, (void)how, (void)e;
	*a = (struct call_answer){.result = CALL_OK, .content_ok = true};
	return true;
}

static void passive_close(void *target, struct connection *c)
{
	(void)target, (void)c;
}

static bool passive_share(void *target, const struct address *at, uint16_t port, struct error *e)
{
	(void)target, (void)at, (void)port, (void)e;
	return true;
}

static void passive_stop(void *target)
{
	free(target);
}

static const struct target_operations passive_operations = {
    .open = passive_open,
    .call = passive_call,
    .close = passive_close,
    .share = passive_share,
    .stop = passive_stop,
};

const char *declared_service_take(struct declaration *d, const char *key, const char *value)
{
	char *end;

	if (strcmp(key, "service") == 0)
		return service_read(value, &d->model.service) ? NULL : "a service is `echo` or `discard`";
	const unsigned long n = strtoul(value, &end, 10);
	if (value[0] < '0' || value[0] > '9' || *end || n < 1 || n > UINT16_MAX)
		return "a port is a number from 1 to 65535";
	d->port = (uint16_t)n;
	return NULL;
}

const char *declared_service_complete(const struct declaration *d)
{
	const bool is_none = strcmp(d->kind, "none") == 0;

	if (is_none && !d->model.service)
		return "nobody steers a target of kind none, so that a program must serve its port: add `service = echo` or `service = discard`";
	if (!is_none && (d->model.service || d->port))
		return "only a target of kind none has a service and its port: say `kind = none`, or leave them out";
	return is_none && (d->sysctl_count || d->given[0]) ? "nobody is there to give a target of kind none anything: leave out its sysctls and `given`" : NULL;
}

bool passive_is_meant(const char *spec)
{
	return strcmp(spec, "none") == 0 || strncmp(spec, "none:", 5) == 0;
}

bool passive_declare(struct declaration *d, const char *spec, struct error *e)
{
	if (spec[4] == ':' && !service_read(spec + 5, &d->model.service))
		return error_set(e, "--upper-tester %s: expected none, none:echo or none:discard: what serves the port", spec);
	if (d->model.service == SERVICE_NONE)
		d->model.service = SERVICE_ECHO;
	memcpy(d->kind, "none", sizeof "none");
	d->command[0] = '\0';
	d->given[0] = '\0'; /* there is nobody to give it anything */
	d->how_count = 0;
	/* In process calls are fences, and here there are none. */
	if (strcmp(d->fence, "call") == 0)
		memcpy(d->fence, "link", sizeof "link");
	return true;
}

void target_passive_start(struct target *t, struct declaration *d, uint16_t port)
{
	struct passive *p = memory_zeroed(1, sizeof *p);

	p->port = port ? port : d->port ? d->port
	                                : service_port(d->model.service);
	*t = (struct target){.operations = &passive_operations, .self = p, .declaration = d};
	/* CLOSE is its program's: which scripts that will do for is for lib/run to say. */
	t->needs_met = (NEED_OPEN_PASSIVE | NEED_CLOSE | NEED_TIMESTAMPS | NEED_WINDOW_SCALE | NEED_SACK) & ~d->lacks;
	snprintf(t->version, sizeof t->version, "%s port %u", service_name(d->model.service), p->port);
	text_add(&t->settings, "user=nobody steers it: a program serves port %u (%s)\n", p->port, service_name(d->model.service));
}

uint16_t target_passive_port(const struct target *t)
{
	return t->operations == &passive_operations ? ((const struct passive *)t->self)->port : 0;
}
