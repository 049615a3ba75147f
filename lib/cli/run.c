/* `tcpspec run`: selects, plays, and prints TAP. It holds no opinion on the results. */
#include "lib/cli/cli.h"

#include "lib/target/declaration.h"

/* Selects and plays; the suite is loaded. */
static int run_selected(const struct request *r, const struct suite *suite)
{
	struct error e;
	struct declaration *d = declaration_read(r->run.target_file, r->run.profile, r->run.as_shipped, &e);
	if (!d) {
		cli_complain("%s", e.text);
		return r->bisect ? CODE_SKIP : CODE_UNUSABLE;
	}
	struct selection sel;
	int code = CODE_USAGE;
	if (selection_make(&sel, suite, r, &d->model.constants)) {
		struct session session = {.request = r, .selection = &sel, .tap = true};
		code = session_play(&session, suite->error_count);
		session_free(&session);
	}
	selection_free(&sel);
	declaration_free(d);
	return code;
}

int command_run(int argc, char **argv)
{
	struct request r;
	if (!request_read(&r, argc, argv) || r.from) {
		if (r.from)
			cli_complain("--from belongs to `tcpspec matrix`");
		request_free(&r);
		return cli_usage("run");
	}
	struct suite suite;
	struct error e;
	int code = CODE_UNUSABLE;
	if (data_suite(&suite, &e))
		code = run_selected(&r, &suite);
	else
		cli_complain("%s", e.text);
	suite_free(&suite);
	request_free(&r);
	return code;
}
