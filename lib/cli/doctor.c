/* `tcpspec doctor`: what this machine can and cannot run, and how to mend it. It mends nothing. */
#include "lib/cli/cli.h"

int command_doctor(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	cli_complain("doctor: not yet there");
	return CODE_UNUSABLE;
}
