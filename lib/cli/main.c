/* The program `tcpspec`: its main() alone, so that tests can link everything else. */
#include "lib/cli/cli.h"

#include <fcntl.h>

/* The number of a standard stream that is closed would go to the first file that is opened: the report would be written into the record. /dev/null takes its place,
 * opened the wrong way round, so that the stream still fails. */
static void streams_hold(void)
{
	for (int stream = 0; stream <= 2; stream++)
		if (fcntl(stream, F_GETFD) < 0 && open("/dev/null", stream == 0 ? O_WRONLY : O_RDONLY) < 0)
			return;
}

int main(int argc, char **argv)
{
	streams_hold();
	return cli_main(argc, argv);
}
