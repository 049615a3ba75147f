/* The harness of the reference stack, which is linked in. */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/harness.h"

/* targets/reference/target.ini, as the Makefile has put it in. */
extern const char fuzz_declaration[];

static struct core *core;

void harness_open(int argc, char **argv)
{
	struct error e;
	(void)argc;
	(void)argv;
	core = core_new(tcpspec_stack_operations(), "targets/reference/target.ini", fuzz_declaration, "16", &e);
	if (core)
		return;
	fprintf(stderr, "fuzz_reference: %s\n", e.text);
	exit(3);
}

bool harness_play(const struct input *in, struct finding *f)
{
	return core_play(core, in, f);
}
