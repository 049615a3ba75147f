/* `tcpspec fuzz`: a campaign of one harness, in one or several processes on one corpus. It judges nothing: the harness does.
 *
 * The processes are started here, each with the corpus to read anew every second, as libFuzzer's -jobs does. Its -fork hides what they say until one dies, which is where findings and counts of states come from. */
#include "lib/cli/fuzz.h"

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/memory.h"

enum { LOOK_MS = 250,
       DRAW_US = 500000,
       GRACE_US = 10000000, /* for a process that was asked to stop */
       IDLE_DEATHS_MAX = 3,
       TIME_DEFAULT_S = 600,
       ARGUMENTS_MAX = 16 };

static uint64_t now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* ---- arguments ---- */

/* "90", "90s", "10m", "2h". */
static bool time_read(const char *said, uint64_t *us)
{
	char *end;
	errno = 0;
	const unsigned long n = strtoul(said, &end, 10);
	const uint64_t unit = strcmp(end, "h") == 0 ? 3600 : strcmp(end, "m") == 0        ? 60
	                                                 : !*end || strcmp(end, "s") == 0 ? 1
	                                                                                  : 0;
	*us = n * unit * 1000000;
	return errno == 0 && *said >= '0' && *said <= '9' && n > 0 && unit && n < 1000000;
}

static bool count_read(const char *said, unsigned long max, unsigned long *n)
{
	char *end;
	errno = 0;
	*n = strtoul(said, &end, 10);
	return errno == 0 && *said >= '0' && *said <= '9' && !*end && *n > 0 && *n <= max;
}

static bool option_take(struct fuzz *f, int option, const char *said)
{
	unsigned long n;
	switch (option) {
	case 't':
		if (time_read(said, &f->time_us))
			return true;
		cli_complain("fuzz --time %s: expected how long, as 90s, 10m or 2h", said);
		return false;
	case 'j':
		if (count_read(said, FUZZ_WORKERS_MAX, &n)) {
			f->workers = (unsigned)n;
			return true;
		}
		cli_complain("fuzz -j %s: expected how many processes, 1 to %d", said, FUZZ_WORKERS_MAX);
		return false;
	case 'n':
		if (count_read(said, UINT32_MAX, &f->runs))
			return true;
		cli_complain("fuzz --runs %s: expected how many inputs, 1 to %u", said, UINT32_MAX);
		return false;
	case 'c':
		if (*said && snprintf(f->corpus, sizeof f->corpus, "%s", said) < CLI_PATH_MAX - 64)
			return true;
		cli_complain("fuzz --corpus: expected a folder, with a path below %d octets", CLI_PATH_MAX - 64);
		return false;
	case 'r':
		f->report = said;
		return true;
	}
	return false;
}

static bool wish_read(struct fuzz *f, int argc, char **argv)
{
	static const struct option options[] = {{"time", required_argument, NULL, 't'}, {"runs", required_argument, NULL, 'n'}, {"corpus", required_argument, NULL, 'c'}, {"report", required_argument, NULL, 'r'}, {NULL, 0, NULL, 0}};
	int option;
	optind = 1;
	while ((option = getopt_long(argc, argv, "j:", options, NULL)) != -1)
		if (!option_take(f, option, optarg))
			return false;
	if (optind + 1 != argc) {
		cli_complain("fuzz: expected one target, as `tcpspec fuzz reference`");
		return false;
	}
	f->target = argv[optind];
	return true;
}

/* ---- folders ---- */

static bool folder_make(const char *path, struct error *e)
{
	struct stat st;
	if (mkdir(path, 0777) == 0 || (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
		return true;
	return error_set(e, "%s: %s, while making a folder there; name another one with --corpus", path, errno == EEXIST ? "it is a file" : strerror(errno));
}

/* `replay` and its like read there whose findings they are. */
static bool target_note(const struct fuzz *f, struct error *e)
{
	char path[CLI_PATH_MAX];
	if (snprintf(path, sizeof path, "%s/target", f->findings) >= (int)sizeof path)
		return error_set(e, "%s: the path is too long", f->findings);
	FILE *to = fopen(path, "w");
	const bool written = to && fprintf(to, "%s\n", f->target) > 0;
	return (to && fclose(to) == 0 && written) || error_set(e, "%s: %s, while writing it", path, strerror(errno));
}

static bool folders_make(struct fuzz *f, struct error *e)
{
	if (!f->corpus[0])
		snprintf(f->corpus, sizeof f->corpus, "corpus-%.60s", f->target);
	for (size_t n = strlen(f->corpus); n > 1 && f->corpus[n - 1] == '/'; n--)
		f->corpus[n - 1] = '\0';
	if (snprintf(f->findings, sizeof f->findings, "%s.findings", f->corpus) >= (int)sizeof f->findings)
		return error_set(e, "%s: the path is too long", f->corpus);
	return folder_make(f->corpus, e) && folder_make(f->findings, e) && target_note(f, e);
}

/* ---- processes ---- */

static bool worker_start(struct fuzz *f, struct fuzz_worker *w, struct error *e)
{
	char prefix[CLI_PATH_MAX + 32], collect[CLI_PATH_MAX + 32], report[CLI_PATH_MAX + 32], dictionary[CLI_PATH_MAX + 32], runs[32];
	char *argv[ARGUMENTS_MAX] = {f->harness.program, prefix, collect, report, "--status", "-timeout=25", "-report_slow_units=26", "-rss_limit_mb=2560", "-print_final_stats=0"}; /* what is slow, on a machine that is, is no finding */
	unsigned n = 9;
	snprintf(w->report, sizeof w->report, "%.*s/.sums-%u", CLI_PATH_MAX - 32, f->findings, w->number);
	snprintf(prefix, sizeof prefix, "-artifact_prefix=%s/", f->findings);
	snprintf(collect, sizeof collect, "--collect=%s", f->findings);
	snprintf(report, sizeof report, "--report=%s", w->report);
	if (f->runs) {
		snprintf(runs, sizeof runs, "-runs=%lu", f->runs);
		argv[n++] = runs;
	}
	if (f->harness.dictionary[0]) {
		snprintf(dictionary, sizeof dictionary, "-dict=%s", f->harness.dictionary);
		argv[n++] = dictionary;
	}
	argv[n++] = f->corpus;
	if (f->harness.seeds[0])
		argv[n++] = f->harness.seeds;
	unlink(w->report);
	w->begun = w->brought = w->counts = false;
	w->summary[0] = '\0'; /* which may have come behind the finding that it is of */
	w->from = harness_start(argv, &w->pid, e);
	return w->from >= 0;
}

/* A process has ended: with what it was asked for, or of an input. Then another one takes its place, unless that brings nothing any more. */
static bool worker_end(struct fuzz *f, struct fuzz_worker *w, struct error *e)
{
	int status;
	close(w->from);
	while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
		;
	w->pid = 0;
	w->from = -1;
	const unsigned long inputs = fuzz_sums_add(f, w->report);
	f->inputs_ended += inputs > w->inputs ? inputs : w->inputs;
	w->inputs = 0;
	unlink(w->report);
	if (f->stopped || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
		return true;
	w->idle_deaths = w->brought || w->begun ? 0 : w->idle_deaths + 1;
	if (w->idle_deaths < IDLE_DEATHS_MAX)
		return worker_start(f, w, e);
	f->gave_up = true;
	if (f->finding_count)
		return error_set(e, "%s dies of an input of %s or of its seeds each time before it has read them all: mend what was found, or move that input away", f->harness.program, f->corpus);
	return error_set(e, "%s ends each time before it has read its corpus, with \"%s\": run it by hand, with %s", f->harness.program, text_string(&w->last), f->corpus);
}

static void workers_signal(struct fuzz *f, int signal)
{
	for (unsigned i = 0; i < f->workers; i++)
		if (f->worker[i].pid)
			kill(f->worker[i].pid, signal);
}

static unsigned workers_running(const struct fuzz *f)
{
	unsigned n = 0;
	for (unsigned i = 0; i < f->workers; i++)
		n += f->worker[i].pid != 0;
	return n;
}

static bool worker_hear(struct fuzz *f, struct fuzz_worker *w, struct error *e)
{
	char octets[65536];
	const ssize_t n = read(w->from, octets, sizeof octets);
	if (n > 0)
		fuzz_worker_read(f, w, octets, (size_t)n);
	return n > 0 || (n < 0 && errno == EINTR) || worker_end(f, w, e);
}

/* ---- the campaign ---- */

static void draw(struct fuzz *f, uint64_t began, uint64_t *due)
{
	const uint64_t now = now_us();
	const unsigned long inputs = fuzz_inputs(f);
	unsigned seen, fresh = 0;
	const unsigned of = fuzz_figure_5(f, &seen);
	if (now < *due || !isatty(STDERR_FILENO))
		return;
	*due = now + DRAW_US;
	for (size_t i = 0; i < f->finding_count; i++)
		fresh += !f->finding[i].old;
	fprintf(stderr, "\r\033[K%llu s: %lu inputs, %.0f/s; edges %u of %u; states %u of %d, transitions %u (the standard's figure has %u); findings %u", (unsigned long long)((now - began) / 1000000), inputs,
	        now > began ? (double)inputs * 1e6 / (double)(now - began) : 0.0, f->edges, f->edges_all, f->states, STATES, f->transitions, of, fresh);
	f->drawn = true;
}

/* Waits for what any process says, or for ^C. */
static bool hear(struct fuzz *f, int signals, bool *interrupted, struct error *e)
{
	struct pollfd p[FUZZ_WORKERS_MAX + 1] = {{.fd = signals, .events = POLLIN}};
	struct fuzz_worker *of[FUZZ_WORKERS_MAX + 1];
	struct signalfd_siginfo s;
	nfds_t n = 1;
	for (unsigned i = 0; i < f->workers; i++)
		if (f->worker[i].pid) {
			of[n] = &f->worker[i];
			p[n++] = (struct pollfd){.fd = f->worker[i].from, .events = POLLIN};
		}
	if (poll(p, n, LOOK_MS) <= 0)
		return true;
	*interrupted = p[0].revents && read(signals, &s, sizeof s) == sizeof s;
	for (nfds_t i = 1; i < n; i++)
		if (p[i].revents && !worker_hear(f, of[i], e))
			return false;
	return true;
}

/* Asks all to stop, and again with force. */
static void stop(struct fuzz *f, uint64_t *limit)
{
	const bool again = f->stopped;
	f->stopped = true;
	*limit = now_us() + GRACE_US;
	workers_signal(f, again ? SIGKILL : SIGTERM);
}

static bool campaign_play(struct fuzz *f, int signals, struct error *e)
{
	const uint64_t began = now_us();
	uint64_t limit = began + f->time_us, due = began;
	bool good = true;
	for (unsigned i = 0; i < f->workers && good; i++)
		good = worker_start(f, &f->worker[i], e);
	while (workers_running(f)) {
		bool interrupted = false;
		struct error another;
		good &= hear(f, signals, &interrupted, good ? e : &another);
		if (interrupted || now_us() >= limit || (!good && !f->stopped))
			stop(f, &limit);
		draw(f, began, &due);
	}
	if (f->drawn)
		fputs("\r\033[K", stderr);
	f->took_us = now_us() - began;
	return good;
}

static bool campaign_begin(struct fuzz *f, struct error *e)
{
	if (!harness_find(&f->harness, f->target, e) || !folders_make(f, e))
		return false;
	f->worker = memory_zeroed(f->workers, sizeof *f->worker);
	for (unsigned i = 0; i < f->workers; i++)
		f->worker[i].number = i;
	fuzz_findings_old(f);
	return true;
}

static void campaign_free(struct fuzz *f)
{
	for (unsigned i = 0; f->worker && i < f->workers; i++) {
		text_free(&f->worker[i].line);
		text_free(&f->worker[i].telling);
		text_free(&f->worker[i].last);
	}
	json_decref(f->sums);
	json_decref(f->causes);
	free(f->worker);
	free(f->finding);
}

/* ^C is read, not taken: the processes are in groups of their own, and stop when they are asked to. */
static int signals_open(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* What it found comes first: it may be what the campaign ended of. */
static int campaign_code(const struct fuzz *f, bool whole)
{
	for (size_t i = 0; i < f->finding_count; i++)
		if (!f->finding[i].old)
			return CODE_FAILED;
	return whole ? CODE_OK : CODE_UNUSABLE;
}

int command_fuzz(int argc, char **argv)
{
	struct fuzz f = {.workers = 1, .time_us = TIME_DEFAULT_S * UINT64_C(1000000)};
	struct error e;
	int code = CODE_UNUSABLE;
	if (!wish_read(&f, argc, argv))
		return cli_usage("fuzz");
	if (!campaign_begin(&f, &e)) {
		cli_complain("fuzz: %s", e.text);
		code = f.harness.program[0] ? CODE_UNUSABLE : CODE_USAGE;
	} else {
		const int signals = signals_open();
		const bool played = campaign_play(&f, signals, &e);
		if (!played)
			cli_complain("fuzz: %s", e.text);
		const bool reported = fuzz_report(&f, &e);
		if (!reported)
			cli_complain("fuzz: %s", e.text);
		code = reported ? campaign_code(&f, played) : CODE_UNUSABLE;
		close(signals);
	}
	campaign_free(&f);
	return cli_finish(code);
}
