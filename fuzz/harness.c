/* One input from octets to verdict. */
#include "fuzz/harness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fuzz/bug.h"
#include "fuzz/feedback.h"
#include "fuzz/minimise.h"
#include "lib/script/ladder.h"

enum { KINDS_MAX = 1024,
       STATUS_IN = 256, /* inputs between two looks at the clock */
       STATUS_MS = 500,
       IDLE_BEHIND = 64 }; /* inputs, for libFuzzer wants some that have met something */

static enum ablation ablation;
static unsigned long findings;
static unsigned kinds;
static unsigned long inputs;
static bool shows;   /* --ladder: prints the input as a ladder, and does not play it */
static bool replays; /* --replay: the finding goes to standard output, and ends the process with 1 */
static bool tells;   /* --status: says twice a second how far it is */
static bool idle;    /* --play=no: after the first ones none is played, to measure what all else costs */
static volatile sig_atomic_t stopped;
static struct {
	enum rule rule;
	enum state state;
} death;                      /* --die */
static const char *minimised; /* --minimise=FILE: the input that is given, as small as it shows the same, goes there */
static const char *report;
static const char *collected; /* --collect=DIR: goes on behind a finding, and keeps the first input of each kind there */

enum ablation harness_ablation(void)
{
	return ablation;
}

static void usage(const char *wrong)
{
	fprintf(stderr, "%s: expected --ablation=none|no-state|bytes|random|no-phrases, --collect=DIR, --bench=DIR, --ladder, --replay, --minimise=FILE, --report=FILE, --status, --play=no, --die=RULE/STATE\n", wrong);
	exit(2);
}

static void ablation_read(const char *word)
{
	static const char *const words[] = {"none", "no-state", "bytes", "random", "no-phrases"};
	for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i], word) == 0) {
			ablation = (enum ablation)i;
			feedback_enable(ablation != ABLATION_NO_STATE);
			return;
		}
	usage(word);
}

const char *harness_option(int argc, char **argv, const char *name)
{
	const size_t n = strlen(name);
	for (int i = 1; i < argc; i++)
		if (strncmp(argv[i], "--", 2) == 0 && strncmp(argv[i] + 2, name, n) == 0 && argv[i][2 + n] == '=')
			return argv[i] + n + 3;
	return NULL;
}

void harness_unusable(const struct error *e)
{
	fprintf(stderr, "%s\n", e->text);
	exit(3);
}

/* For the test that each rule and state dies by a stack trace of its own: as a finding does, with the first input. */
static void death_read(const char *word)
{
	const char *slash = strchr(word, '/');
	if (!slash || !rule_read(word, (size_t)(slash - word), &death.rule) || !state_read(slash + 1, strlen(slash + 1), &death.state))
		usage(word);
}

__attribute__((weak)) size_t harness_offers(uint8_t *octets, size_t room)
{
	(void)octets;
	(void)room;
	return 0;
}

__attribute__((weak)) void harness_made(void)
{
}

__attribute__((weak)) void harness_sums(json_t *report_to, FILE *lines)
{
	(void)lines;
	if (report_to)
		json_object_set_new(report_to, "sums", json_pack("{s:I}", "crowded", (json_int_t)core_crowded()));
}

static void report_write(void)
{
	json_t *o = json_pack("{s:I,s:I,s:i,s:o}", "inputs", (json_int_t)inputs, "findings", (json_int_t)findings, "kinds", (int)kinds, "transitions", feedback_json());
	harness_sums(o, NULL);
	if (json_dump_file(o, report, JSON_COMPACT) != 0)
		perror(report);
	json_decref(o);
}

static void at_end(void)
{
	fprintf(stderr, "transitions: %u of %d pairs of states; findings: %lu of %u kinds\n", feedback_transitions(), STATES * (STATES - 1), findings, kinds);
	if (core_crowded())
		fprintf(stderr, "judge: %lu inputs with more hypotheses than room\n", core_crowded());
	harness_sums(NULL, stderr);
	if (report)
		report_write();
}

/* From the next input on: libFuzzer's own way out of a signal forgets what is to be reported. */
static void on_stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static void stop_calmly(void)
{
	const struct sigaction on = {.sa_handler = on_stop};
	sigaction(SIGINT, &on, NULL);
	sigaction(SIGTERM, &on, NULL);
}

static void status_tell(void)
{
	static int64_t last;
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	const int64_t now = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
	if (now - last < STATUS_MS)
		return;
	last = now;
	fprintf(stderr, "status: inputs %lu states %u transitions %u findings %lu\n", inputs, feedback_states(), feedback_transitions(), findings);
}

/* Between two inputs. */
static void look_up(void)
{
	if (stopped) {
		at_end();
		_exit(0);
	}
	if (tells && inputs % STATUS_IN == 0)
		status_tell();
	inputs++;
}

void harness_begin(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strncmp(argv[i], "--ablation=", 11) == 0)
			ablation_read(argv[i] + 11);
		else if (strcmp(argv[i], "--ladder") == 0)
			shows = true;
		else if (strcmp(argv[i], "--replay") == 0)
			replays = true;
		else if (strcmp(argv[i], "--status") == 0)
			tells = true;
		else if (strcmp(argv[i], "--play=no") == 0)
			idle = true;
		else if (strncmp(argv[i], "--minimise=", 11) == 0)
			minimised = argv[i] + 11;
		else if (strncmp(argv[i], "--collect=", 10) == 0)
			collected = argv[i] + 10;
		else if (strncmp(argv[i], "--bench=", 8) == 0)
			bug_bench(argv[i] + 8);
		else if (strncmp(argv[i], "--report=", 9) == 0)
			report = argv[i] + 9;
		else if (strncmp(argv[i], "--die=", 6) == 0)
			death_read(argv[i] + 6);
	harness_open(argc, argv);
	atexit(at_end);
	stop_calmly();
}

static void script_show(const struct input *in, FILE *to)
{
	struct script *s = input_script_new();
	struct text t = {0};
	if (input_script(in, ~0U, s))
		script_write(s, &t);
	fputs(text_string(&t), to);
	fflush(to);
	text_free(&t);
	script_free(s);
}

static void finding_tell(const struct input *in, const struct finding *f, FILE *to)
{
	fprintf(to, "FINDING %s in %s: %s\n%s\n", rule_name(f->rule), state_name(f->state), rule_words(f->rule), f->words);
	if (*f->cause)
		fprintf(to, "%s\n", f->cause);
	fprintf(to, "%s\n", text_string(&f->ladder));
	if (f->ladder.length == 0)
		script_show(in, to);
}

/* Which kind it is: findings of one kind are likely to have one cause. */
static uint64_t finding_kind(const struct finding *f)
{
	uint64_t h = (uint64_t)f->rule * STATES + (uint64_t)f->state + UINT64_C(14695981039346656037);
	for (const char *at = f->words; *at; at++)
		if (*at < '0' || *at > '9')
			h = (h ^ (uint8_t)*at) * UINT64_C(1099511628211);
	return h;
}

static void input_keep(const uint8_t *octets, size_t n, uint64_t kind)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/finding-%016llx", collected, (unsigned long long)kind);
	FILE *to = fopen(path, "wb");
	if (!to || fwrite(octets, 1, n, to) != n || fclose(to)) {
		perror(path);
		exit(2);
	}
	fprintf(stderr, "kept: %s\n\n", path);
}

/* The first of each kind is told and kept, the others are counted. */
static void finding_collect(const struct input *in, const struct finding *f, const uint8_t *octets, size_t n)
{
	static struct {
		uint64_t kind;
		unsigned long count;
	} seen[KINDS_MAX];
	const uint64_t kind = finding_kind(f);
	unsigned i = 0;
	while (i < KINDS_MAX - 1 && seen[i].count && seen[i].kind != kind)
		i++;
	seen[i].kind = kind;
	findings++;
	if (seen[i].count++)
		return;
	kinds++;
	finding_tell(in, f, stderr);
	input_keep(octets, n, kind);
}

/* To a number: 0 is none. */
static uint64_t input_finds(const struct input *in)
{
	struct finding f = {.rule = RULE_NONE};
	const uint64_t kind = harness_play(in, &f) ? finding_kind(&f) : 0;
	finding_free(&f);
	return kind;
}

static void input_minimised(struct input *in)
{
	uint8_t octets[INPUT_OCTETS_MAX];
	struct error e = {.text = ""};
	FILE *to = NULL;
	if (input_minimise(in, input_finds, &e)) {
		const size_t n = input_encode(in, octets, sizeof octets);
		to = fopen(minimised, "wb");
		if (!to || fwrite(octets, 1, n, to) != n || fclose(to))
			error_set(&e, "%s: cannot be written", minimised);
	}
	fprintf(stderr, *e.text ? "minimise: %s\n" : "minimise: done\n", e.text);
	_exit(*e.text ? 1 : 0);
}

/* What is done with an input instead of playing it: the end. */
static void input_show(struct input *in)
{
	if (minimised)
		input_minimised(in);
	script_show(in, stdout);
	fflush(stdout);
	_exit(0);
}

/* Does not come back. */
static void finding_end(const struct input *in, const struct finding *f)
{
	finding_tell(in, f, replays ? stdout : stderr); /* stderr: to where libFuzzer's words go */
	if (replays) {
		fflush(stdout);
		_exit(1);
	}
	at_end();
	rule_die(f->rule, f->state);
}

int harness_input(const uint8_t *octets, size_t n)
{
	static struct input in;
	static struct finding f;
	struct error e;
	look_up();
	if (death.rule != RULE_NONE)
		rule_die(death.rule, death.state);
	if (n <= 1) /* what libFuzzer begins with, nothing and a newline: what is there when nothing happens */
		in = (struct input){.count = 1, .move[0].kind = MOVE_WAIT};
	else if (!input_decode(octets, n, &in, &e)) {
		if (shows || replays || minimised)
			fprintf(stderr, "FINDING is none: %s\n", e.text);
		return -1;
	}
	if ((shows || minimised) && n > 1)
		input_show(&in);
	bug_input();
	if (idle && inputs > IDLE_BEHIND)
		return 0;
	if (!harness_play(&in, &f) || bug_finding(rule_name(f.rule), state_name(f.state), octets, n))
		return 0;
	if (!collected)
		finding_end(&in, &f);
	finding_collect(&in, &f, octets, n);
	return 0;
}
