/* The harness of any library of lib/target/stack.h: --library=PATH, whose declaration lies beside it. What of it is instrumented is the library's affair; of one that is not, the states that it is seen in are all the
 * feedback there is. */
#include "fuzz/harness.h"
#include "lib/target/stack_library.h"

static struct core *core;

void harness_open(int argc, char **argv)
{
	struct error e;
	void *handle;
	const char *library = harness_option(argc, argv, "library");
	struct declaration *d = NULL;
	if (!library)
		error_set(&e, "fuzz_stack: expected --library=./libNAME.so, a stack of tcpspec/stack.h (doc/stack.md)");
	else
		d = declaration_read(library, PROFILE_RFC9293, false, &e);
	const struct tcpspec_stack_operations *o = d ? stack_library_open(d->library, library, &handle, &e) : NULL;
	core = o ? core_new(0, o, d, NULL, &e) : NULL;
	if (!core)
		harness_unusable(&e);
}

bool harness_play(const struct input *in, struct finding *f)
{
	return core_play(core, in, f);
}
