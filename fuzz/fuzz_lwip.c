/* The harness of lwIP, which is linked in. What the judge says of it is no finding but with --judge=yes: its known deviations are pinned to the tests of the suite (targets/lwip/known.tsv), and an input is none of these. */
#include <string.h>

#include "fuzz/harness.h"

extern const char fuzz_declaration[];

static struct core *core;

void harness_open(int argc, char **argv)
{
	struct error e;
	struct declaration *d = declaration_read_text("targets/lwip/target.ini", fuzz_declaration, PROFILE_RFC9293, &e);
	const char *judge = harness_option(argc, argv, "judge");
	core = d ? core_new(tcpspec_stack_operations(), d, NULL, &e) : NULL;
	if (!core)
		harness_unusable(&e);
	core_judges(core, judge && strcmp(judge, "yes") == 0);
}

bool harness_play(const struct input *in, struct finding *f)
{
	return core_play(core, in, f);
}
