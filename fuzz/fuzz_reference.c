/* The harness of the reference stack, which is linked in. */
#include "fuzz/harness.h"

/* targets/reference/target.ini, as the Makefile has put it in. */
extern const char fuzz_declaration[];

static struct core *core;

void harness_open(int argc, char **argv)
{
	struct error e;
	struct declaration *d = declaration_read_text("targets/reference/target.ini", fuzz_declaration, PROFILE_RFC9293, &e);
	(void)argc;
	(void)argv;
	core = d ? core_new(0, tcpspec_stack_operations(), d, "16", &e) : NULL;
	if (!core)
		harness_unusable(&e);
}

bool harness_play(const struct input *in, struct finding *f)
{
	return core_play(core, in, f);
}
