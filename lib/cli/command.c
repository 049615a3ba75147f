/* The commands of `tcpspec`, and which of them the arguments mean. It does no work of its own. */
#include "lib/cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct command commands[] = {
    {"run", command_run, "[GLOB...] [-x GLOB] [--axes NAME] [--suite NAME] [-t TARGET] [--all] [--quick] [--profile P] [--strict] [--as-shipped]\n      [--seed N] [--json FILE] [--junit FILE] [--pcap FILE] [--shard I/N] [--resume FILE]\n      [--quiet] [--bisect] [--fault KIND[@GLOB]] [--predict] [--probe] [--patient] [-j N] [--shuffle]\n      [--iface IF --target-addr A[,A6] [--netns NAME|PID] [--tester-addr B[,B6]] [--target-mac M]\n       [--vlan N[:PCP]] [--i-own-this-target]] [--upper-tester SPEC [--port P]]", "play tests against a target, TAP on stdout"},
    {"list", command_list, "[--axes NAME] [GLOB...]", "the ids of tests and the sentence that each asks"},
    {"show", command_show, "[--axes NAME] ID...", "a test as a ladder"},
    {"explain", command_explain, "[--axes NAME] ID...", "its rule, its clause and what the model permits; or a requirement, its tests and their ladders"},
    {"matrix", command_matrix, "[GLOB...] [--from FILE] [options of run]", "the filled state x segment table, as Markdown"},
    {"requirements", command_requirements, "[GLOB...] [--from RESULT]... [-t TARGET [--all]] [--tests]", "the standard's requirements, the tests of each, and what they say of a target"},
    {"merge", command_merge, "RESULT... [--json FILE] [--junit FILE] [--quiet] [--bisect]", "join the records of all shards of a run, and report the whole"},
    {"diff", command_diff, "BEFORE AFTER [--markdown]", "what changed from one record to another"},
    {"compare", command_compare, "RESULT... [--all | --causes] [-g GLOB]... [-x GLOB]...", "several stacks beside each other, as one Markdown table"},
    {"model", command_model, "[--slack [--axes NAME] [--verbose]] [--edges] [--probes]", "how much the reference model permits; the state diagram; which probes tell two states apart"},
    {"judge", command_judge, "CAPTURE [--json RESULT] [--junit FILE] [-t TARGET] [--strict] [--quiet]", "judge a stored run again, without root, TAP on stdout"},
    {"ladder", command_ladder, "CAPTURE [--stream N | --tuple \"A.PORT <- B.PORT\"] [--target ADDR[.PORT]]", "a captured connection as a ladder, its first unlawful arrow marked"},
    {"fuzz", command_fuzz, "TARGET [--time 10m] [--runs N] [-j N] [--corpus DIR] [--report FILE]", "a campaign of a harness of `make fuzz`: what it has seen, and what it found"},
    {"replay", command_replay, "FINDING [-t TARGET]", "play a finding of the fuzzer again, as a ladder with the offending arrow marked"},
    {"minimise", command_minimise, "FINDING [-t TARGET]", "make a finding as small as it still shows the same, as FINDING.min"},
    {"promote", command_promote, "FINDING [NAME] [-t TARGET]", "write a finding as a ladder into suite/regressions, where it is a test"},
    {"lint", command_lint, "FILE...", "check ladders against the grammar and the model, known deviations and the catalogue against the suite"},
    {"doctor", command_doctor, "[-t TARGET] [--iface IF ...] [--upper-tester ...]", "what this machine can run, what works of a target, and how to mend the rest"},
    {"target", command_target, "new NAME [--so]", "a folder for a stack that is to be tested: its descriptor, commented, and a skeleton of who steers it"},
};
enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

void cli_complain(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fputs("tcpspec: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
}

static const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

int cli_usage(const char *command)
{
	const struct command *c = command_find(command);
	if (c)
		fprintf(stderr, "usage: tcpspec %s %s\n", c->name, c->arguments);
	return CODE_USAGE;
}

int cli_finish(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	cli_complain("standard output: %s, what was printed is incomplete; give it a place to go", strerror(errno ? errno : EIO));
	return code == CODE_OK ? CODE_UNUSABLE : code;
}

static void help_print(FILE *to)
{
	fputs("tcpspec puts a TCP in every state, sends it every segment, and proves what it did.\n\n", to);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(to, "  tcpspec %s %s\n      %s\n", commands[i].name, commands[i].arguments, commands[i].purpose);
	fputs("  tcpspec --version\n  tcpspec help\n\n"
	      "Exit codes: 0 all as expected; 1 a FAIL or a stale known deviation; 2 usage, nothing matched, a malformed ladder;\n"
	      "3 target or environment unusable, or anything INCONCLUSIVE (125 under --bisect). See tcpspec(1).\n",
	      to);
}

int cli_main(int argc, char **argv)
{
	/* A reader that goes away is an error to be told, not a death: the record in --json goes on. */
	signal(SIGPIPE, SIG_IGN);
	if (argc < 2) {
		help_print(stderr);
		return CODE_USAGE;
	}
	const char *name = argv[1];
	if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
		help_print(stdout);
		return cli_finish(CODE_OK);
	}
	if (strcmp(name, "--version") == 0) {
		printf("tcpspec %s\n", TCPSPEC_VERSION);
		return cli_finish(CODE_OK);
	}
	const struct command *c = command_find(name);
	if (!c) {
		cli_complain("there is no command \"%s\", `tcpspec help` lists them", name);
		return CODE_USAGE;
	}
	return c->run(argc - 1, argv + 1);
}
