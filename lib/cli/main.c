/* The program `tcpspec`: its main() alone, so that tests can link everything else. */
#include "lib/cli/cli.h"

int main(int argc, char **argv)
{
	return cli_main(argc, argv);
}
