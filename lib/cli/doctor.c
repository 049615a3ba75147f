/* `tcpspec doctor`: what this machine can and cannot run, and how to mend it. It mends nothing. */
#include "lib/cli/cli.h"

#include <getopt.h>
#include <stdio.h>

#include "lib/net/doctor.h"
#include "lib/target/declaration.h"
#include "lib/target/doctor.h"

/* One part of the examination. */
static bool doctor_part(const char *title, void (*examine)(struct text *out, bool *usable))
{
	struct text out = {0};
	bool usable = true;
	examine(&out, &usable);
	printf("%s\n%s", title, text_string(&out));
	text_free(&out);
	return usable;
}

static bool doctor_suite(void)
{
	char path[CLI_PATH_MAX];
	struct suite suite;
	struct error e;
	printf("suite\n");
	if (!data_path(path, "suite", &e) || !suite_load(&suite, path, &e)) {
		printf("no  %s\n", e.text);
		return false;
	}
	printf("%s  %s: %zu scripts, %u files that could not be used\n", suite.error_count ? "no" : "ok", path, suite.count, suite.error_count);
	bool usable = suite.error_count == 0 && suite.count > 0;
	suite_free(&suite);
	return usable;
}

/* What the linux target is declared to lack, held against this kernel. */
static void doctor_declaration(struct text *out, bool *usable)
{
	char path[CLI_PATH_MAX];
	struct error e;
	struct declaration *d = data_path(path, "targets/linux/target.ini", &e) ? declaration_read(path, PROFILE_RFC9293, false, &e) : NULL;
	*usable = d != NULL;
	if (d)
		declaration_doctor(d, out, usable);
	else
		text_add(out, "no  %s\n", e.text);
	declaration_free(d);
}

int command_doctor(int argc, char **argv)
{
	static const struct option none[] = {{NULL, 0, NULL, 0}};
	optind = 1;
	if (getopt_long(argc, argv, "", none, NULL) != -1 || optind < argc)
		return cli_usage("doctor");
	bool suite = doctor_suite();
	bool wire = doctor_part("\nlive wire", net_doctor);
	/* Without a wire there is no target to look at. */
	bool target = wire && doctor_part("\ntarget", target_doctor);
	bool declared = target && doctor_part("\ndeclaration", doctor_declaration);
	bool usable = suite && wire && target && declared;
	printf("\n%s\n", usable ? "This machine can run the suite." : "This machine cannot run the whole suite: mend what is marked \"no\".");
	return cli_finish(usable ? CODE_OK : CODE_UNUSABLE);
}
