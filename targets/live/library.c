/* dlopen(), the version, and create() in an arena of malloc()'s. It knows no stack by name. */
#include "targets/live/library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/memory.h"

enum { PATH_ROOM = 4096,
       WHY_ROOM = 256 };

/* "libx.so" beside the running program, or where `make install` puts libraries. */
static bool library_find(const char *name, char path[PATH_ROOM], struct error *e)
{
	static const char installed[] = TCPSPEC_PREFIX "/lib/tcpspec";
	char self[PATH_ROOM];
	const ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	self[n > 0 ? n : 0] = '\0';
	char *slash = strrchr(self, '/');
	if (slash)
		*slash = '\0';
	int length = snprintf(path, PATH_ROOM, "%s/%s", self, name);
	if (length > 0 && length < PATH_ROOM && access(path, F_OK) == 0)
		return true;
	length = snprintf(path, PATH_ROOM, "%s/%s", installed, name);
	return (length > 0 && length < PATH_ROOM && access(path, F_OK) == 0) || error_set(e, "%s: neither in %s nor in %s; build it, or name a library with its path (--library ./lib.so)", name, self, installed);
}

bool library_open(struct library *l, const char *path, struct error *e)
{
	const struct tcpspec_stack_operations *(*operations)(void);
	char found[PATH_ROOM];
	memset(l, 0, sizeof *l);
	if (!strchr(path, '/')) {
		if (!library_find(path, found, e))
			return false;
		path = found;
	}
	l->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!l->handle)
		return error_set(e, "%s while loading the stack; build it, or name another with --library", dlerror());
	void *symbol = dlsym(l->handle, "tcpspec_stack_operations");
	if (!symbol)
		return error_set(e, "%s: exports no tcpspec_stack_operations(); it must be written to tcpspec/stack.h", path);
	memcpy(&operations, &symbol, sizeof operations); /* what POSIX means by the cast that C forbids */
	l->operations = operations();
	if (!l->operations || l->operations->version != TCPSPEC_STACK_VERSION || l->operations->size < sizeof *l->operations)
		return error_set(e, "%s: speaks version %u of tcpspec/stack.h in %u octets, and this program version %u in %zu; compile it against this one", path, l->operations ? l->operations->version : 0, l->operations ? l->operations->size : 0, TCPSPEC_STACK_VERSION, sizeof *l->operations);
	return true;
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
