/* `tcpspec model`: how much the reference model permits, and the state diagram that it draws. It decides nothing. */
#include "lib/cli/cli.h"

int command_model(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	cli_complain("model: not yet there");
	return CODE_UNUSABLE;
}
