/* Finds the library of a stack, loads it and looks whether it can be used. It creates no stack. */
#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/target/stack_library.h"

enum { NAME_OCTETS = 512 };

/* Everything that version 1 had from the beginning: what comes later stands behind it. */
static const size_t operations_least = offsetof(struct tcpspec_stack_operations, restore) + sizeof((struct tcpspec_stack_operations *)0)->restore;

/* The member that must be there and is not; NULL: none. */
static const char *operations_lacking(const struct tcpspec_stack_operations *o)
{
	return !o->name ? "name" : !o->arena_octets ? "arena_octets"
	                       : !o->create         ? "create"
	                       : !o->input          ? "input"
	                       : !o->poll           ? "poll"
	                       : !o->listen         ? "listen"
	                       : !o->find           ? "find"
	                       : !o->release        ? "release"
	                       : !o->abort          ? "abort"
	                                            : NULL;
}

bool stack_operations_check(const struct tcpspec_stack_operations *o, const char *file, struct error *e)
{
	const char *lacking;

	if (!o)
		return error_set(e, "%s: tcpspec_stack_operations() returned NULL: return the address of a static table", file);
	if (o->version != TCPSPEC_STACK_VERSION)
		return error_set(e, "%s: built for version %u of tcpspec/stack.h, this tcpspec speaks version %u: build it again with the header of this tcpspec (%s/include/tcpspec/stack.h)", file, (unsigned)o->version,
		                 TCPSPEC_STACK_VERSION, TCPSPEC_PREFIX);
	if (o->size < operations_least)
		return error_set(e, "%s: its table says that it has %u octets, and version %u has at least %zu: set .size = sizeof(struct tcpspec_stack_operations)", file, (unsigned)o->size, TCPSPEC_STACK_VERSION, operations_least);
	lacking = operations_lacking(o);
	if (lacking)
		return error_set(e, "%s: its table has no %s: only members that say so in tcpspec/stack.h may be NULL", file, lacking);
	if (!o->snapshot_octets != !o->snapshot || !o->snapshot != !o->restore)
		return error_set(e, "%s: its table has a part of snapshot_octets, snapshot and restore: give all three or none", file);
	return true;
}

/* The directory in which this program lies, with its slash. */
static bool program_directory(char *to, size_t room)
{
	const ssize_t n = readlink("/proc/self/exe", to, room - 1);
	char *slash;

	if (n <= 0)
		return false;
	to[n] = '\0';
	slash = strrchr(to, '/');
	if (slash)
		slash[1] = '\0';
	return slash != NULL;
}

/* A path stands as it is; a name is looked for beside this program, then where `make install` puts libraries. */
static bool library_find(const char *library, const char *of, char path[PATH_MAX], struct error *e)
{
	static const char installed[] = TCPSPEC_PREFIX "/lib/tcpspec/";
	char beside[PATH_MAX - NAME_OCTETS] = "";

	if (strchr(library, '/')) {
		snprintf(path, PATH_MAX, "%s", library);
		return access(path, F_OK) == 0 || error_set(e, "%s: there is no such file: build the library, or give the path at which it lies", path);
	}
	if (program_directory(beside, sizeof beside)) {
		snprintf(path, PATH_MAX, "%s%s", beside, library);
		if (access(path, F_OK) == 0)
			return true;
	}
	snprintf(path, PATH_MAX, "%s%s", installed, library);
	return access(path, F_OK) == 0 || error_set(e, "%s: %s is neither in %s nor in %s: build it (`make`), install it (`make install`), or write its path with a slash", of, library, beside, installed);
}

/* The loader maps what a header promises, and dies where the file ends sooner: a copy that was interrupted, a link under way. */
static bool library_is_whole(const char *path, struct error *e)
{
	ElfW(Ehdr) h;
	struct stat st;
	FILE *f = fopen(path, "rb");
	const bool read = f && fstat(fileno(f), &st) == 0 && fread(&h, sizeof h, 1, f) == 1;

	if (f)
		fclose(f);
	if (!read || memcmp(h.e_ident, ELFMAG, SELFMAG) != 0)
		return error_set(e, "%s: it is no shared library: build one with cc -shared -fPIC", path);
	if (h.e_shoff + (uint64_t)h.e_shentsize * h.e_shnum > (uint64_t)st.st_size)
		return error_set(e, "%s: the file is cut short: build or copy it again", path);
	return true;
}

const struct tcpspec_stack_operations *stack_library_open(const char *library, const char *of, void **handle, struct error *e)
{
	const struct tcpspec_stack_operations *(*exported)(void) = NULL;
	const struct tcpspec_stack_operations *o;
	char path[PATH_MAX];
	void *symbol;

	if (!library_find(library, of, path, e) || !library_is_whole(path, e))
		return NULL;
	*handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!*handle) {
		error_set(e, "%s: it cannot be loaded: %s; it must be made for this machine, with all that it needs linked in", path, dlerror());
		return NULL;
	}
	symbol = dlsym(*handle, "tcpspec_stack_operations");
	memcpy(&exported, &symbol, sizeof exported); /* ISO C knows no cast from an object's address to a function's */
	if (exported) {
		o = exported();
		if (stack_operations_check(o, path, e))
			return o;
	} else {
		error_set(e, "%s: it exports no tcpspec_stack_operations(): define it as tcpspec/stack.h declares it, visible (extern \"C\" in C++)", path);
	}
	dlclose(*handle);
	*handle = NULL;
	return NULL;
}
