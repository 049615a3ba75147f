/* The harness of lwIP, which is linked in. What it does that targets/lwip/fuzz.tsv has a cause for is counted, and no finding; --known=no lets each be one, --judge=no leaves the judge out. */
#include <string.h>

#include "fuzz/guard.h"
#include "fuzz/harness.h"

/* targets/lwip/target.ini and fuzz.tsv, as the Makefile has put them in. */
extern const char fuzz_declaration[], fuzz_causes[];

static struct core *core;
static struct causes *causes;

static bool is_off(int argc, char **argv, const char *name)
{
	const char *said = harness_option(argc, argv, name);
	return said && strcmp(said, "no") == 0;
}

void harness_open(int argc, char **argv)
{
	struct error e;
	struct declaration *d = declaration_read_text("targets/lwip/target.ini", fuzz_declaration, PROFILE_RFC9293, &e);
	causes = causes_new("targets/lwip/fuzz.tsv", fuzz_causes, &e);
	core = d && causes ? core_new(0, guard_operations(tcpspec_stack_operations()), d, NULL, &e) : NULL;
	if (!core)
		harness_unusable(&e);
	core_judges(core, !is_off(argc, argv, "judge"));
	if (!is_off(argc, argv, "known"))
		core_knows(core, causes);
}

bool harness_play(const struct input *in, struct finding *f)
{
	return core_play(core, in, f);
}

void harness_sums(json_t *report, FILE *lines)
{
	if (report) {
		json_object_set_new(report, "sums", json_pack("{s:I,s:I}", "known", (json_int_t)causes_met(causes), "crowded", (json_int_t)core_crowded()));
		json_object_set_new(report, "causes", causes_json(causes));
	}
	if (lines)
		causes_print(causes, lines);
}
