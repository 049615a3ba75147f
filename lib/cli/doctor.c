/* `tcpspec doctor`: what this machine can and cannot run, and how to mend it. It mends nothing. */
#include "lib/cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "lib/cli/doctor_walk.h"
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

static bool doctor_suite(struct suite *suite)
{
	char path[CLI_PATH_MAX];
	struct error e;
	printf("suite\n");
	if (!data_path(path, "suite", &e) || !suite_load(suite, path, &e)) {
		printf("no  %s\n", e.text);
		return false;
	}
	printf("%s  %s: %zu scripts, %u files that could not be used\n", suite->error_count ? "no" : "ok", path, suite->count, suite->error_count);
	return suite->error_count == 0 && suite->count > 0;
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

/* A target that is met on a link which is there, or which it makes, is met by the walk alone. */
static bool is_elsewhere(const struct request *r, const struct declaration *d)
{
	return r->run.attach || r->run.upper_tester || d->link.interface[0] || (strcmp(d->kind, "exec") != 0 && strcmp(d->kind, "stack") != 0);
}

static bool doctor_target(const struct request *r, struct declaration *d, const struct suite *suite)
{
	/* A stack in our process needs nothing of the machine. */
	if (strcmp(d->kind, "stack") == 0 && !is_elsewhere(r, d))
		return doctor_declared("\ntarget", d, in_process_doctor) && doctor_walk(r, d, suite);
	/* Without a wire there is no target to look at. */
	if (!doctor_part("\nlive wire", net_doctor))
		return false;
	if (strcmp(d->kind, "linux") == 0 && !r->run.attach)
		return doctor_part("\ntarget", target_doctor) && doctor_declared("\ndeclaration", d, doctor_lacks);
	return (is_elsewhere(r, d) || doctor_declared("\ntarget", d, exec_doctor)) && doctor_walk(r, d, suite);
}

int command_doctor(int argc, char **argv)
{
	struct request r;
	struct suite suite = {0};
	struct error e;
	if (!request_read(&r, argc, argv) || r.glob_count) {
		request_free(&r);
		return cli_usage("doctor");
	}
	const bool has_suite = doctor_suite(&suite);
	int code = request_target(&r);
	struct declaration *d = code == CODE_OK ? declaration_read(r.target_file, r.run.profile, false, &e) : NULL;
	if (code == CODE_OK && !d)
		printf("\ndeclaration\nno  %s\n", e.text);
	if (code == CODE_OK) {
		const bool usable = d && doctor_target(&r, d, &suite) && has_suite;
		const char *good = strcmp(r.target, "linux") == 0 ? "This machine can run the suite." : "The suite can be run against this target.";
		const char *bad = strcmp(r.target, "linux") == 0 ? "This machine cannot run the whole suite: mend what is marked \"no\"." : "The suite cannot be run against this target: mend what is marked \"no\".";
		printf("\n%s\n", usable ? good : bad);
		code = usable ? CODE_OK : CODE_UNUSABLE;
	}
	declaration_free(d);
	suite_free(&suite);
	request_free(&r);
	return cli_finish(code);
}
