/* The arguments of `run` and `matrix`, read into a request. It opens nothing and plays nothing. */
#include "lib/cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/run/workers.h"
#include "lib/target/passive.h"
#include "lib/target/declaration.h"

enum { OPTION_ALL = 256,
       OPTION_QUICK,
       OPTION_PROFILE,
       OPTION_STRICT,
       OPTION_AS_SHIPPED,
       OPTION_SEED,
       OPTION_JSON,
       OPTION_QUIET,
       OPTION_BISECT,
       OPTION_FAULT,
       OPTION_FROM,
       OPTION_PREDICT,
       OPTION_PROBE,
       OPTION_PCAP,
       OPTION_SHARD,
       OPTION_RESUME,
       OPTION_JUNIT,
       OPTION_AXES,
       OPTION_PATIENT,
       OPTION_SHUFFLE,
       OPTION_SUITE };

static const struct option known_options[] = {
    {"exclude", required_argument, NULL, 'x'},
    {"target", required_argument, NULL, 't'},
    {"all", no_argument, NULL, OPTION_ALL},
    {"quick", no_argument, NULL, OPTION_QUICK},
    {"profile", required_argument, NULL, OPTION_PROFILE},
    {"strict", no_argument, NULL, OPTION_STRICT},
    {"as-shipped", no_argument, NULL, OPTION_AS_SHIPPED},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"json", required_argument, NULL, OPTION_JSON},
    {"quiet", no_argument, NULL, OPTION_QUIET},
    {"bisect", no_argument, NULL, OPTION_BISECT},
    {"fault", required_argument, NULL, OPTION_FAULT},
    {"from", required_argument, NULL, OPTION_FROM},
    {"predict", no_argument, NULL, OPTION_PREDICT},
    {"probe", no_argument, NULL, OPTION_PROBE},
    {"pcap", required_argument, NULL, OPTION_PCAP},
    {"shard", required_argument, NULL, OPTION_SHARD},
    {"resume", required_argument, NULL, OPTION_RESUME},
    {"junit", required_argument, NULL, OPTION_JUNIT},
    {"axes", required_argument, NULL, OPTION_AXES},
    {"jobs", required_argument, NULL, 'j'},
    {"patient", no_argument, NULL, OPTION_PATIENT},
    {"shuffle", no_argument, NULL, OPTION_SHUFFLE},
    {"suite", required_argument, NULL, OPTION_SUITE},
    ATTACH_OPTIONS,
    {NULL, 0, NULL, 0},
};

void shell_add(struct text *line, const char *word)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./=,:@%+";
	text_add(line, " ");
	if (*word && strspn(word, plain) == strlen(word)) {
		text_add(line, "%s", word);
		return;
	}
	text_add(line, "'");
	for (; *word; word++)
		text_add(line, *word == '\'' ? "'\\''" : "%c", *word);
	text_add(line, "'");
}

static bool seed_read(struct request *r, const char *said)
{
	char *end;
	errno = 0;
	unsigned long long n = strtoull(said, &end, 0);
	if (errno || end == said || *end || *said == '-') {
		cli_complain("--seed %s: expected a number from 0 to %llu", said, (unsigned long long)UINT64_MAX);
		return false;
	}
	r->run.seed = n;
	r->seeded = true;
	return true;
}

static bool fault_add(struct request *r, const char *said)
{
	struct error e;
	r->fault = memory_resized(r->fault, r->run.fault_count + 1, sizeof(*r->fault));
	if (!fault_read(said, &r->fault[r->run.fault_count], &e)) {
		cli_complain("%s", e.text);
		return false;
	}
	r->run.fault_count++;
	shell_add(&r->rerun, "--fault");
	shell_add(&r->rerun, said);
	return true;
}

static bool profile_set(struct request *r, const char *said)
{
	if (!profile_read(said, &r->run.profile)) {
		cli_complain("--profile %s: there is no such profile, expected %s, %s or %s", said, profile_name(PROFILE_RFC9293), profile_name(PROFILE_RFC793), profile_name(PROFILE_TC8));
		return false;
	}
	r->profiled = true;
	shell_add(&r->rerun, "--profile");
	shell_add(&r->rerun, said);
	return true;
}

static bool shard_set(struct request *r, const char *said)
{
	if (shard_read(said, &r->shard, &r->shards))
		return true;
	cli_complain("--shard %s: expected I/N, the number of this shard and how many there are, 1 <= I <= N", said);
	return false;
}

static void exclude_add(struct request *r, const char *glob)
{
	r->exclude = memory_resized(r->exclude, r->exclude_count + 1, sizeof(*r->exclude));
	r->exclude[r->exclude_count++] = glob;
}

static bool flag_set(struct request *r, bool *flag, const char *word)
{
	*flag = true;
	shell_add(&r->rerun, word);
	return true;
}

/* How many processes is no part of what is asked: the verdicts are the same. */
static bool jobs_set(struct request *r, const char *said)
{
	char *end;
	const unsigned long n = strtoul(said, &end, 10);
	if (said[0] >= '1' && said[0] <= '9' && !*end && n <= WORKERS_MAX) {
		r->run.workers = (unsigned)n;
		return true;
	}
	cli_complain("-j %s: expected how many processes share the run, 1 to %d", said, WORKERS_MAX);
	return false;
}

/* Options that are only kept: where things go, and what changes no verdict. */
static bool option_keep(struct request *r, int option, const char *value)
{
	switch (option) {
	case OPTION_JSON:
		r->json = value;
		return true;
	case OPTION_PCAP:
		r->pcap = value;
		return true;
	case OPTION_RESUME:
		r->resume = value;
		return true;
	case OPTION_JUNIT:
		r->junit = value;
		return true;
	case OPTION_FROM:
		r->from = value;
		return true;
	case OPTION_QUIET:
		r->quiet = true;
		return true;
	case OPTION_BISECT:
		r->bisect = true;
		return true;
	case OPTION_SHUFFLE:
		r->run.shuffle = true;
		return true;
	case OPTION_PREDICT:
		r->run.predict = true;
		return true;
	}
	return false; /* getopt_long has complained */
}

static bool option_take(struct request *r, int option, const char *value)
{
	if (option >= OPTION_ATTACH && option < OPTION_ATTACH_END)
		return request_attach_take(r, option, value);
	switch (option) {
	case 'j':
		return jobs_set(r, value);
	case OPTION_PATIENT:
		return flag_set(r, &r->run.patient, "--patient");
	case 'x':
		exclude_add(r, value);
		return true;
	case 't':
		r->target = value;
		shell_add(&r->rerun, "-t");
		shell_add(&r->rerun, value);
		return true;
	case OPTION_ALL:
		return flag_set(r, &r->all, "--all");
	case OPTION_QUICK:
		return flag_set(r, &r->quick, "--quick");
	case OPTION_STRICT:
		return flag_set(r, &r->run.strict, "--strict");
	case OPTION_AS_SHIPPED:
		return flag_set(r, &r->run.as_shipped, "--as-shipped");
	case OPTION_PROFILE:
		return profile_set(r, value);
	case OPTION_SEED:
		return seed_read(r, value);
	case OPTION_FAULT:
		return fault_add(r, value);
	case OPTION_PROBE:
		r->run.probe = PROBE_ALWAYS;
		shell_add(&r->rerun, "--probe");
		return true;
	case OPTION_AXES:
		r->axes = value;
		if (r->run.probe == PROBE_NEVER)
			r->run.probe = PROBE_NEEDED;
		shell_add(&r->rerun, "--axes");
		shell_add(&r->rerun, value);
		return true;
	case OPTION_SHARD:
		return shard_set(r, value);
	case OPTION_SUITE:
		r->suite = value;
		shell_add(&r->rerun, "--suite");
		shell_add(&r->rerun, value);
		return true;
	}
	return option_keep(r, option, value);
}

static void selection_say(struct request *r)
{
	for (size_t i = 0; i < r->glob_count; i++)
		shell_add(&r->selection, r->glob[i]);
	for (size_t i = 0; i < r->exclude_count; i++) {
		shell_add(&r->selection, "-x");
		shell_add(&r->selection, r->exclude[i]);
	}
	const char *said = text_string(&r->selection);
	r->run.selection = *said ? said + 1 : said;
}

static const char default_target[] = "linux";

bool request_read(struct request *r, int argc, char **argv)
{
	memset(r, 0, sizeof(*r));
	r->target = default_target;
	r->axes = "base";
	r->run.profile = PROFILE_RFC9293;
	r->shard = r->shards = 1;
	if (getrandom(&r->run.seed, sizeof(r->run.seed), 0) != (ssize_t)sizeof(r->run.seed))
		r->run.seed = 1;
	r->run.seed &= UINT32_MAX; /* short enough to be typed again */
	int option;
	optind = 1;
	while ((option = getopt_long(argc, argv, "x:t:j:", known_options, NULL)) != -1)
		if (!option_take(r, option, optarg))
			return false;
	r->glob = argv + optind;
	r->glob_count = (size_t)(argc - optind);
	r->run.fault = r->fault;
	selection_say(r);
	if (r->resume && r->json)
		cli_complain("--resume %s writes on in that file, leave out --json", r->resume);
	/* A list of cases is judged by the reading that bears its name, unless another one is asked for. */
	if (r->suite && !r->profiled && !profile_read(r->suite, &r->run.profile))
		r->run.profile = PROFILE_RFC9293;
	const bool parted = r->suite && r->shards > 1;
	if (parted)
		cli_complain("--suite %s: a case is of several tests, which no --shard may part", r->suite);
	const bool disturbed = r->run.probe == PROBE_ALWAYS && (r->run.patient || r->run.predict || r->run.fault_count);
	if (disturbed)
		cli_complain("--probe: cells are probed one after the other and undisturbed, leave out --patient, --predict and --fault, or --probe");
	if (r->target == default_target && r->run.upper_tester && passive_is_meant(r->run.upper_tester))
		r->target = "stranger";
	return !disturbed && !parted && (!r->resume || !r->json) && request_attach_agrees(r);
}

/* Of a folder its target.ini is meant. */
static void folder_enter(char path[CLI_PATH_MAX])
{
	static const char inside[] = "/target.ini";
	struct stat st;
	const size_t n = strlen(path);
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode) && n + sizeof inside <= CLI_PATH_MAX)
		memcpy(path + n, inside + (path[n - 1] == '/'), sizeof inside - (path[n - 1] == '/'));
}

int request_target(struct request *r)
{
	size_t n = strlen(r->target);
	bool is_file = r->target[0] == '.' || strchr(r->target, '/') || (n > 4 && strcmp(r->target + n - 4, ".ini") == 0) || declaration_is_library(r->target);
	char inside[CLI_PATH_MAX];
	int length = snprintf(inside, sizeof(inside), is_file ? "%s" : "targets/%s/target.ini", r->target);
	if (length < 0 || length >= CLI_PATH_MAX) {
		cli_complain("-t: the name is longer than %d octets, expected a target's name or file", CLI_PATH_MAX);
		return CODE_USAGE;
	}
	struct error e;
	if (is_file) {
		memcpy(r->target_file, inside, (size_t)length + 1);
		folder_enter(r->target_file);
	} else if (!data_path(r->target_file, inside, &e)) {
		cli_complain("%s", e.text);
		return CODE_UNUSABLE;
	}
	if (access(r->target_file, R_OK) != 0) {
		cli_complain("-t %s: %s: %s, expected the name of a directory in targets/, a target's file, or the shared library of a stack", r->target, r->target_file, strerror(errno));
		return CODE_USAGE;
	}
	r->run.target_file = r->target_file;
	if (!r->profiled && !r->suite)
		declaration_profile(r->target_file, &r->run.profile);
	return CODE_OK;
}

void request_free(struct request *r)
{
	free(r->fault);
	free(r->exclude);
	text_free(&r->selection);
	text_free(&r->rerun);
	memset(r, 0, sizeof(*r));
}
