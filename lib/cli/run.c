/* `tcpspec run`: selects, plays, and prints TAP. It holds no opinion on the results. */
#include "lib/cli/cli.h"

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
	struct session session = {.request = &r, .tap = true};
	if (data_suite(&suite, &e))
		code = r.suite ? cases_play(&r, &suite) : session_play(&session, &suite);
	else
		cli_complain("%s", e.text);
	session_free(&session);
	suite_free(&suite);
	request_free(&r);
	return code;
}
