/* One input from octets to verdict. */
#include "fuzz/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/bug.h"
#include "fuzz/feedback.h"
#include "lib/script/ladder.h"

enum { KINDS_MAX = 1024 };

static enum ablation ablation;
static unsigned long findings;
static unsigned kinds;
static bool shows; /* --ladder: prints each input as a ladder */
static const char *report;
static const char *collected; /* --collect=DIR: goes on behind a finding, and keeps the first input of each kind there */

enum ablation harness_ablation(void)
{
	return ablation;
}

static void usage(const char *wrong)
{
	fprintf(stderr, "%s: expected --ablation=none|no-state|bytes|random, --collect=DIR, --bench=DIR, --ladder, --report=FILE, --die=RULE/STATE\n", wrong);
	exit(2);
}

static void ablation_read(const char *word)
{
	static const char *const words[] = {"none", "no-state", "bytes", "random"};
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

/* For the test that each rule and state dies by a stack trace of its own. */
static void die_as_asked(const char *word)
{
	const char *slash = strchr(word, '/');
	enum rule r;
	enum state s;
	if (!slash || !rule_read(word, (size_t)(slash - word), &r) || !state_read(slash + 1, strlen(slash + 1), &s))
		usage(word);
	else
		rule_die(r, s);
}

static void report_write(void)
{
	FILE *to = fopen(report, "w");
	if (!to) {
		perror(report);
		return;
	}
	fprintf(to, "{");
	feedback_json(to);
	fprintf(to, "}\n");
	fclose(to);
}

static void at_end(void)
{
	fprintf(stderr, "transitions: %u of %d pairs of states; findings: %lu of %u kinds\n", feedback_transitions(), STATES * (STATES - 1), findings, kinds);
	if (report)
		report_write();
}

void harness_begin(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strncmp(argv[i], "--ablation=", 11) == 0)
			ablation_read(argv[i] + 11);
		else if (strcmp(argv[i], "--ladder") == 0)
			shows = true;
		else if (strncmp(argv[i], "--collect=", 10) == 0)
			collected = argv[i] + 10;
		else if (strncmp(argv[i], "--bench=", 8) == 0)
			bug_bench(argv[i] + 8);
		else if (strncmp(argv[i], "--report=", 9) == 0)
			report = argv[i] + 9;
		else if (strncmp(argv[i], "--die=", 6) == 0)
			die_as_asked(argv[i] + 6);
	harness_open(argc, argv);
	atexit(at_end);
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

static void finding_tell(const struct input *in, const struct finding *f)
{
	fprintf(stderr, "FINDING %s in %s: %s\n%s\n", rule_name(f->rule), state_name(f->state), rule_words(f->rule), f->words);
	fprintf(stderr, "%s\n", text_string(&f->ladder));
	if (f->ladder.length == 0)
		script_show(in, stderr);
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
	finding_tell(in, f);
	input_keep(octets, n, kind);
}

int harness_input(const uint8_t *octets, size_t n)
{
	static struct input in;
	static struct finding f;
	struct error e;
	if (n <= 1) /* what libFuzzer begins with, nothing and a newline: what is there when nothing happens */
		in = (struct input){.count = 1, .move[0].kind = MOVE_WAIT};
	else if (!input_decode(octets, n, &in, &e)) {
		if (shows)
			fprintf(stderr, "%s\n", e.text);
		return -1;
	}
	if (shows)
		script_show(&in, stdout);
	bug_input();
	if (!harness_play(&in, &f) || bug_finding(rule_name(f.rule), octets, n))
		return 0;
	if (collected) {
		finding_collect(&in, &f, octets, n);
		return 0;
	}
	finding_tell(&in, &f); /* to where libFuzzer's words go */
	at_end();
	rule_die(f.rule, f.state);
}
