/* A library opened, and create() in an arena of malloc()'s. It knows no stack by name. */
#include "targets/live/library.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/target/stack_library.h"

enum { WHY_ROOM = 256 };

bool library_open(struct library *l, const char *path, struct error *e)
{
	memset(l, 0, sizeof *l);
	l->operations = stack_library_open(path, "--library", &l->handle, e);
	return l->operations != NULL;
}

bool library_create(struct library *l, const struct tcpspec_setup *setup, struct error *e)
{
	char why[WHY_ROOM] = "it does not say why";
	const size_t octets = l->operations->arena_octets(setup, why, sizeof why);
	if (octets == 0)
		return error_set(e, "%s: %s", l->operations->name, why);
	l->arena = memory_zeroed(1, octets);
	l->stack = l->operations->create(l->arena, octets, setup, why, sizeof why);
	return l->stack || error_set(e, "%s: %s", l->operations->name, why);
}

void library_close(struct library *l)
{
	if (l->stack && l->operations->destroy)
		l->operations->destroy(l->stack);
	free(l->arena);
	if (l->handle)
		dlclose(l->handle);
	memset(l, 0, sizeof *l);
}
