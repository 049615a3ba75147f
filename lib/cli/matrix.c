/* `tcpspec matrix`: the base matrix as a Markdown table, from a run made now or from a result file. It fills in no cell itself. */
#include "lib/cli/cli.h"

int command_matrix(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	cli_complain("matrix: not yet there");
	return CODE_UNUSABLE;
}
