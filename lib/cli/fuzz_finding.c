/* `tcpspec replay`, `minimise` and `promote`: one finding of the fuzzer, shown again, made small, made a ladder of the suite. They play nothing: the harness that found it does. */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/cli/fuzz.h"

enum { TITLE_MAX = 160 };

/* What was asked for. */
struct asked {
	const char *file, *name;
	char target[64];
	struct harness harness;
};

/* The folder of findings has a file that says whose they are. */
static bool target_near(struct asked *a, struct error *e)
{
	char path[CLI_PATH_MAX];
	size_t size;
	const char *slash = strrchr(a->file, '/');
	const int n = slash ? (int)(slash - a->file) + 1 : 0;
	if (snprintf(path, sizeof path, "%.*starget", n, a->file) >= (int)sizeof path)
		return error_set(e, "%s: the path is too long", a->file);
	char *said = memory_file(path, &size, NULL);
	snprintf(a->target, sizeof a->target, "%.*s", said ? (int)strcspn(said, "\n") : 0, said ? said : "");
	free(said);
	return a->target[0] || error_set(e, "%s: no %s says which harness found it, name it with -t, as -t reference", a->file, path);
}

static bool asked_read(struct asked *a, int argc, char **argv, int most)
{
	static const struct option none[] = {{NULL, 0, NULL, 0}};
	int option;
	optind = 1;
	while ((option = getopt_long(argc, argv, "t:", none, NULL)) != -1) {
		if (option != 't')
			return false;
		snprintf(a->target, sizeof a->target, "%s", optarg);
	}
	if (optind == argc || argc - optind > most) {
		cli_complain("%s: expected one finding, a file of `tcpspec fuzz`", argv[0]);
		return false;
	}
	a->file = argv[optind];
	a->name = optind + 1 < argc ? argv[optind + 1] : NULL;
	return true;
}

/* CODE_OK, or that of what has been told. */
static int asked_find(struct asked *a, const char *command)
{
	struct error e;
	if (access(a->file, R_OK) != 0)
		error_set(&e, "%s: %s, expected a finding of `tcpspec fuzz`", a->file, strerror(errno));
	else if ((a->target[0] || target_near(a, &e)) && harness_find(&a->harness, a->target, &e))
		return CODE_OK;
	cli_complain("%s: %s", command, e.text);
	return CODE_USAGE;
}

/* Runs the harness on the file, with one argument of ours. False: told. */
static bool ask(struct asked *a, const char *command, char *argument, struct text *said, int *status)
{
	char *argv[] = {a->harness.program, argument, "-timeout=25", "-rss_limit_mb=2560", (char *)a->file, NULL};
	struct error e;
	if (harness_ask(argv, said, status, &e))
		return true;
	cli_complain("%s: %s", command, e.text);
	return false;
}

/* Where what was said tells of a finding; NULL: it does not. */
static const char *finding_in(const char *said)
{
	static const char *const marks[] = {"FINDING ", "ERROR: AddressSanitizer", "runtime error: ", "ERROR: libFuzzer"};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		const char *at = strstr(said, marks[i]);
		while (at && at > said && at[-1] != '\n')
			at--;
		if (at)
			return at;
	}
	return NULL;
}

int command_replay(int argc, char **argv)
{
	struct asked a = {.file = NULL};
	struct text said = {0};
	int status = 0, code;
	if (!asked_read(&a, argc, argv, 1))
		return cli_usage("replay");
	code = asked_find(&a, "replay");
	if (code != CODE_OK)
		return code;
	if (!ask(&a, "replay", "--replay", &said, &status)) {
		code = CODE_UNUSABLE;
	} else if (finding_in(text_string(&said))) {
		fputs(finding_in(text_string(&said)), stdout);
		code = strstr(text_string(&said), "FINDING is none") ? CODE_USAGE : CODE_FAILED;
	} else if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		printf("%s: nothing is found in it by this %s\n", a.file, a.harness.name);
	} else {
		cli_complain("replay: %s ends without a finding, with:\n%s", a.harness.program, text_string(&said));
		code = CODE_UNUSABLE;
	}
	text_free(&said);
	return cli_finish(code);
}

/* ---- minimise ---- */

/* By libFuzzer's own hand: of harnesses whose inputs are octets. */
static bool minimise_octets(struct asked *a, const char *to, struct text *said, int *status, struct error *e)
{
	char exact[CLI_PATH_MAX + 32];
	char *argv[] = {a->harness.program, "-minimize_crash=1", "-runs=100000", "-max_total_time=120", exact, (char *)a->file, NULL};
	snprintf(exact, sizeof exact, "-exact_artifact_path=%s", to);
	text_clear(said);
	return harness_ask(argv, said, status, e);
}

static long long octets_of(const char *file)
{
	struct stat st;
	return stat(file, &st) == 0 ? (long long)st.st_size : -1;
}

static int minimise(struct asked *a, const char *to, struct text *said)
{
	char argument[CLI_PATH_MAX + 32];
	struct error e = {.text = ""};
	int status;
	snprintf(argument, sizeof argument, "--minimise=%s", to);
	unlink(to);
	if (!ask(a, "minimise", argument, said, &status))
		return CODE_UNUSABLE;
	const char *why = strstr(text_string(said), "minimise: ");
	if (octets_of(to) < 0 && !why && !minimise_octets(a, to, said, &status, &e)) {
		cli_complain("minimise: %s", e.text);
		return CODE_UNUSABLE;
	}
	if (octets_of(to) < 0) {
		cli_complain(why ? "%s: %.*s" : "minimise %s: it does not get smaller, or nothing is found in it; see `tcpspec replay`", a->file, why ? (int)strcspn(why, "\n") : 0, why);
		return CODE_UNUSABLE;
	}
	printf("%s: %lld octets, of %lld\ntcpspec replay -t %s %s\n", to, octets_of(to), octets_of(a->file), a->target, to);
	return CODE_OK;
}

int command_minimise(int argc, char **argv)
{
	struct asked a = {.file = NULL};
	struct text said = {0};
	char to[CLI_PATH_MAX];
	if (!asked_read(&a, argc, argv, 1))
		return cli_usage("minimise");
	int code = asked_find(&a, "minimise");
	if (code == CODE_OK && snprintf(to, sizeof to, "%s.min", a.file) >= (int)sizeof to) {
		cli_complain("minimise: %s: the path is too long", a.file);
		code = CODE_USAGE;
	}
	if (code == CODE_OK)
		code = minimise(&a, to, &said);
	text_free(&said);
	return cli_finish(code);
}

/* ---- promote ---- */

static bool name_is_good(const char *name)
{
	size_t n = 0;
	while (islower((unsigned char)name[n]) || isdigit((unsigned char)name[n]) || name[n] == '-')
		n++;
	return n > 0 && !name[n] && n <= 60;
}

/* A sentence of its first line, "judge_no_reply in ESTABLISHED: what the standard wants sent does not come", and the clause of the particulars' end, "[RFC 9293 3.9.1: ...]". */
struct header {
	char title[TITLE_MAX], ref[64], name[64];
};

static void header_make(struct header *h, const char *finding)
{
	const char *colon = finding ? strstr(finding, ": ") : NULL, *clause = finding ? strstr(finding, "[RFC ") : NULL;
	const int words = finding ? (int)strcspn(finding, ":\n") : 0;
	snprintf(h->title, sizeof h->title, "Nothing but what the standard permits is done where the fuzzer found %.*s", words > 8 ? words - 8 : 0, words > 8 ? finding + 8 : "");
	snprintf(h->ref, sizeof h->ref, "%.*s", clause ? (int)strcspn(clause + 1, ":]\n") : 13, clause ? clause + 1 : "RFC 9293 3.10");
	if (colon && !h->name[0])
		for (int i = 8, n = 0; i < words && n < (int)sizeof h->name - 1; i++)
			h->name[n++] = isalnum((unsigned char)finding[i]) ? (char)tolower((unsigned char)finding[i]) : '-';
}

/* The harness's ladder with a header of its own. */
static void ladder_put(const char *ladder, const struct header *h, FILE *to)
{
	fprintf(to, "# %s\nid:     regressions/%s\n", h->title, h->name);
	for (const char *line = ladder; *line; line += strcspn(line, "\n") + (line[strcspn(line, "\n")] == '\n')) {
		const int n = (int)strcspn(line, "\n");
		if (strncmp(line, "ref:", 4) == 0)
			fprintf(to, "ref:    %s\n", h->ref);
		else if (line[0] != '#' && strncmp(line, "id:", 3) != 0)
			fprintf(to, "%.*s\n", n, line);
	}
}

static bool ladder_write_new(const char *ladder, const struct header *h, struct error *e)
{
	char folder[CLI_PATH_MAX], path[CLI_PATH_MAX + 80];
	if (!data_path(folder, "suite/regressions", e))
		return false;
	if (mkdir(folder, 0777) != 0 && errno != EEXIST)
		return error_set(e, "%s: %s, while making the folder", folder, strerror(errno));
	snprintf(path, sizeof path, "%s/%s.ladder", folder, h->name);
	FILE *to = fopen(path, "wx");
	if (!to)
		return error_set(e, "%s: %s, while writing it%s", path, strerror(errno), errno == EEXIST ? "; give another NAME" : "");
	ladder_put(ladder, h, to);
	if (fclose(to) != 0)
		return error_set(e, "%s: %s, while writing it", path, strerror(errno));
	printf("%s\ntcpspec lint %s\ntcpspec run -t reference regressions/%s\n", path, path, h->name);
	return true;
}

static int promote(struct asked *a, struct text *ladder, struct text *said)
{
	struct header h = {.name = ""};
	struct error e = {.text = ""};
	int status;
	if (!ask(a, "promote", "--ladder", ladder, &status) || !ask(a, "promote", "--replay", said, &status))
		return CODE_UNUSABLE;
	const char *from = strstr(text_string(ladder), "# "), *finding = finding_in(text_string(said));
	const char *head = from ? strstr(from, "\nid: ") : NULL;
	if (a->name)
		snprintf(h.name, sizeof h.name, "%s", a->name);
	header_make(&h, finding && strncmp(finding, "FINDING ", 8) == 0 ? finding : NULL);
	if (!head)
		error_set(&e, "%s: %s writes no ladder of it: its inputs are octets, and belong into fuzz/regressions/%s", a->file, a->harness.name, a->harness.name);
	else if (!h.name[0])
		error_set(&e, "%s: nothing is found in it any more that would give it a name, say one: `tcpspec promote %s NAME`", a->file, a->file);
	else if (ladder_write_new(from, &h, &e))
		return CODE_OK;
	cli_complain("promote: %s", e.text);
	return CODE_USAGE;
}

int command_promote(int argc, char **argv)
{
	struct asked a = {.file = NULL};
	struct text ladder = {0}, said = {0};
	if (!asked_read(&a, argc, argv, 2))
		return cli_usage("promote");
	if (a.name && !name_is_good(a.name)) {
		cli_complain("promote: %s: a ladder's name has at most 60 small letters, digits and -", a.name);
		return CODE_USAGE;
	}
	int code = asked_find(&a, "promote");
	if (code == CODE_OK)
		code = promote(&a, &ladder, &said);
	text_free(&ladder);
	text_free(&said);
	return cli_finish(code);
}
