/* `tcpspec doctor`: what this machine can and cannot run, and how to mend it. It mends nothing. */
#include "lib/cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

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

/* A part that looks at a declaration, as above. */
static bool doctor_declared(const char *title, struct declaration *d, void (*examine)(struct declaration *d, struct text *out, bool *usable))
{
	struct text out = {0};
	bool usable = true;
	examine(d, &out, &usable);
	printf("%s\n%s", title, text_string(&out));
	text_free(&out);
	return usable;
}

/* What the linux target is declared to lack, held against this kernel. */
static void doctor_lacks(struct declaration *d, struct text *out, bool *usable)
{
	declaration_doctor(d, out, usable);
}

/* A stack in our process needs nothing of the machine. */
static bool doctor_target(struct declaration *d)
{
	if (strcmp(d->kind, "stack") == 0)
		return doctor_declared("\ntarget", d, in_process_doctor);
	/* Without a wire there is no target to look at. */
	if (strcmp(d->kind, "exec") == 0)
		return doctor_part("\nlive wire", net_doctor) && doctor_declared("\ntarget", d, exec_doctor);
	return doctor_part("\nlive wire", net_doctor) && doctor_part("\ntarget", target_doctor) && doctor_declared("\ndeclaration", d, doctor_lacks);
}

static const char *target_option(int argc, char **argv)
{
	static const struct option options[] = {{"target", required_argument, NULL, 't'}, {NULL, 0, NULL, 0}};
	const char *target = "linux";
	int option;
	optind = 1;
	while ((option = getopt_long(argc, argv, "t:", options, NULL)) != -1) {
		if (option != 't')
			return NULL;
		target = optarg;
	}
	return optind < argc ? NULL : target;
}

int command_doctor(int argc, char **argv)
{
	struct request r = {.target = target_option(argc, argv)};
	struct error e;
	if (!r.target)
		return cli_usage("doctor");
	const bool suite = doctor_suite();
	const int found = request_target(&r);
	if (found != CODE_OK)
		return cli_finish(found);
	struct declaration *d = declaration_read(r.target_file, PROFILE_RFC9293, false, &e);
	if (!d)
		printf("\ndeclaration\nno  %s\n", e.text);
	const bool usable = d && doctor_target(d) && suite;
	declaration_free(d);
	if (strcmp(r.target, "linux") == 0)
		printf("\n%s\n", usable ? "This machine can run the suite." : "This machine cannot run the whole suite: mend what is marked \"no\".");
	else
		printf("\n%s\n", usable ? "The suite can be run against this target." : "The suite cannot be run against this target: mend what is marked \"no\".");
	return cli_finish(usable ? CODE_OK : CODE_UNUSABLE);
}
