/* Most test programs as one, for `make check`: runs the main() of that whose source is named. It is no runner: what is run and what came of it prove(1) says. */
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	static const struct {
		const char *source;
		int (*run)(void);
	} programs[] = {MAINS};

	for (size_t i = 0; argc == 2 && i < sizeof programs / sizeof *programs; i++)
		if (strcmp(programs[i].source, argv[1]) == 0)
			return programs[i].run();
	fprintf(stderr, "usage: joined SOURCE, as tests/wire/test_seq.c\n");
	return 2;
}
