/* What a campaign has seen, at its end: text on stdout, JSON in a file. It looks once more at the corpus for the edges of each source file, and at nothing else. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/cli/fuzz.h"

/* Edges of one source file. */
struct source {
	char *path;
	unsigned covered, all;
};
struct coverage {
	struct source *source;
	size_t count;
	size_t common; /* octets at the beginning of each path, up to its last common folder */
};

static void coverage_free(struct coverage *c)
{
	for (size_t i = 0; i < c->count; i++)
		free(c->source[i].path);
	free(c->source);
}

/* ---- the harness's own sums ---- */

static bool state_named(const json_t *o, const char *key, enum state *s)
{
	const char *word = json_string_value(json_object_get(o, key));
	return word && state_read(word, strlen(word), s);
}

static void numbers_add(json_t **to, json_t *from)
{
	const char *name;
	json_t *n;
	if (!*to && from)
		*to = json_object();
	json_object_foreach(from, name, n)
	{
		json_object_set_new(*to, name, json_integer(json_integer_value(json_object_get(*to, name)) + json_integer_value(n)));
	}
}

/* Returns how many inputs it was. once: of the corpus, whose transitions were counted but for those of a process that died. */
static unsigned long sums_add(struct fuzz *f, const char *report, bool once)
{
	json_error_t why;
	json_t *o = json_load_file(report, 0, &why), *t;
	size_t i;
	enum state a, b;
	json_array_foreach(json_object_get(o, "transitions"), i, t)
	{
		const unsigned long n = (unsigned long)json_integer_value(json_object_get(t, "count"));
		if (state_named(t, "from", &a) && state_named(t, "to", &b) && (!once || !f->became[a][b]))
			f->became[a][b] += n;
	}
	const unsigned long inputs = (unsigned long)json_integer_value(json_object_get(o, "inputs"));
	if (!once) {
		numbers_add(&f->sums, json_object_get(o, "sums"));
		numbers_add(&f->causes, json_object_get(o, "causes"));
	}
	json_decref(o);
	return inputs;
}

unsigned long fuzz_sums_add(struct fuzz *f, const char *report)
{
	return sums_add(f, report, false);
}

static unsigned transitions_seen(const struct fuzz *f)
{
	unsigned n = 0;
	for (enum state a = CLOSED; a < STATES; a++)
		for (enum state b = CLOSED; b < STATES; b++)
			n += a != b && f->became[a][b];
	return n;
}

static unsigned states_seen(const struct fuzz *f)
{
	unsigned n = 0;
	for (enum state s = CLOSED; s < STATES; s++) {
		unsigned long times = 0;
		for (enum state o = CLOSED; o < STATES; o++)
			times += f->became[s][o] + f->became[o][s];
		n += times != 0;
	}
	return n;
}

static bool in_figure(enum state a, enum state b)
{
	size_t count;
	const struct edge *edge = model_edges(&count);
	for (size_t i = 0; i < count; i++)
		if (edge[i].from == a && edge[i].to == b)
			return true;
	return false;
}

unsigned fuzz_figure_5(const struct fuzz *f, unsigned *seen)
{
	unsigned n = 0;
	*seen = 0;
	for (enum state a = CLOSED; a < STATES; a++)
		for (enum state b = CLOSED; b < STATES; b++)
			if (a != b && in_figure(a, b)) {
				n++;
				*seen += f->became[a][b] != 0;
			}
	return n;
}

/* ---- edges by file ---- */

static void source_add(struct coverage *c, const char *path, size_t n, unsigned covered, unsigned all)
{
	size_t i = 0;
	while (i < c->count && (strncmp(c->source[i].path, path, n) != 0 || c->source[i].path[n]))
		i++;
	if (i == c->count) {
		c->source = memory_resized(c->source, c->count + 1, sizeof *c->source);
		c->source[c->count++] = (struct source){.path = memory_zeroed(n + 1, 1)};
		memcpy(c->source[i].path, path, n);
	}
	c->source[i].covered += covered;
	c->source[i].all += all;
}

/* "COVERED_FUNC: hits: 11 edges: 5/35 ack_advance /src/targets/reference/acknowledgment.c:35" */
static void coverage_line(struct coverage *c, const char *line)
{
	unsigned covered, all;
	const char *edges = strstr(line, " edges: "), *path = strrchr(line, ' '), *colon = path ? strchr(path, ':') : NULL;
	if (!strstr(line, "COVERED_FUNC: ") || !edges || !colon || sscanf(edges, " edges: %u/%u", &covered, &all) != 2)
		return;
	char plain[CLI_PATH_MAX];
	size_t n = 0;
	for (path++; path < colon && n < sizeof plain - 1; path++)
		if (strncmp(path, "./", 2) != 0 || (n && plain[n - 1] != '/'))
			plain[n++] = *path;
		else
			path++;
	source_add(c, plain, n, covered, all);
}

static int source_compare(const void *a, const void *b)
{
	return strcmp(((const struct source *)a)->path, ((const struct source *)b)->path);
}

static void common_find(struct coverage *c)
{
	for (size_t n = 0; c->count; n++) {
		const char at = c->source[0].path[n];
		for (size_t i = 0; i < c->count; i++)
			if (!at || c->source[i].path[n] != at)
				return;
		if (at == '/')
			c->common = n + 1;
	}
}

/* The corpus once more: what it covers holds however the processes ended. */
static bool coverage_take(struct fuzz *f, struct coverage *c, struct error *e)
{
	char collect[CLI_PATH_MAX + 32], sums[CLI_PATH_MAX], report[CLI_PATH_MAX + 32];
	char *argv[] = {f->harness.program, "-runs=0", "-print_coverage=1", "-timeout=25", collect, report, f->corpus, NULL};
	struct text said = {0};
	int status;
	snprintf(sums, sizeof sums, "%.*s/.sums", CLI_PATH_MAX - 32, f->findings);
	snprintf(collect, sizeof collect, "--collect=%s", f->findings);
	snprintf(report, sizeof report, "--report=%s", sums);
	const bool good = harness_ask(argv, &said, &status, e);
	for (char *rest = NULL, *line = said.at ? strtok_r(said.at, "\n", &rest) : NULL; good && line; line = strtok_r(NULL, "\n", &rest))
		coverage_line(c, line);
	sums_add(f, sums, true);
	unlink(sums);
	text_free(&said);
	if (c->count)
		qsort(c->source, c->count, sizeof *c->source, source_compare);
	common_find(c);
	return good;
}

/* ---- text ---- */

static void number_short(char to[16], unsigned long n)
{
	if (n < 100000)
		snprintf(to, 16, "%lu", n);
	else
		snprintf(to, 16, n < 100000000 ? "%luk" : "%luM", n / (n < 100000000 ? 1000 : 1000000));
}

static void diagram_print(const struct fuzz *f)
{
	static const char *const heads[STATES] = {"CLOSED", "LISTEN", "SYN-S", "SYN-R", "ESTAB", "FIN-1", "FIN-2", "CLOSE-W", "CLOSING", "LAST-A", "TIME-W"};
	printf("%-14s", "from \\ to");
	for (enum state b = CLOSED; b < STATES; b++)
		printf("%8s", heads[b]);
	printf("\n");
	for (enum state a = CLOSED; a < STATES; a++) {
		printf("%-14s", state_name(a));
		for (enum state b = CLOSED; b < STATES; b++) {
			char n[16];
			number_short(n, f->became[a][b]);
			printf("%8s", f->became[a][b] ? n : a != b && in_figure(a, b) ? "never"
			                                                              : ".");
		}
		printf("\n");
	}
	printf("(never: RFC 9293 3.3.2, Figure 5, has it, and it was not seen.)\n");
}

static void coverage_print(const struct coverage *c)
{
	if (c->count == 0)
		printf("edges by file: unknown, the harness names none: is llvm-symbolizer there?\n");
	else
		printf("edges by file:\n");
	for (size_t i = 0; i < c->count; i++)
		printf("  %-40s %5u of %5u  %3.0f%%\n", c->source[i].path + c->common, c->source[i].covered, c->source[i].all, 100.0 * c->source[i].covered / (c->source[i].all ? c->source[i].all : 1));
}

static void findings_print(const struct fuzz *f)
{
	size_t old = 0;
	for (size_t i = 0; i < f->finding_count; i++)
		old += f->finding[i].old;
	printf("findings: %zu", f->finding_count - old);
	printf(old ? ", and %zu of before in %s\n" : "\n", old, f->findings);
	for (size_t i = 0; i < f->finding_count; i++)
		if (!f->finding[i].old)
			printf("  %s\n      %s%s%s\n", f->finding[i].head, f->finding[i].words, f->finding[i].words[0] ? "\n      " : "", f->finding[i].file);
}

static void causes_print(const struct fuzz *f)
{
	const char *reason;
	json_t *n;
	if (json_object_size(f->causes))
		printf("known deviations, %" JSON_INTEGER_FORMAT " times:\n", json_integer_value(json_object_get(f->sums, "known")));
	json_object_foreach(f->causes, reason, n)
	{
		printf("  %8" JSON_INTEGER_FORMAT "  %s\n", json_integer_value(n), reason);
	}
}

static void report_print(const struct fuzz *f, const struct coverage *c)
{
	unsigned seen;
	const unsigned of = fuzz_figure_5(f, &seen);
	const unsigned long inputs = fuzz_inputs(f);
	printf("%s: %lu inputs in %.1f s by %u %s, %.0f/s\n", f->harness.name, inputs, (double)f->took_us / 1e6, f->workers, f->workers == 1 ? "process" : "processes", f->took_us ? (double)inputs * 1e6 / (double)f->took_us : 0.0);
	printf("corpus: %u inputs in %s\n", f->corpus_inputs, f->corpus);
	printf("edges: %u of %u\n", f->edges, f->edges_all);
	if (states_seen(f)) {
		printf("states: %u of %d; transitions: %u pairs, of the %u in the standard's figure %u\n", states_seen(f), STATES, transitions_seen(f), of, seen);
		diagram_print(f);
	}
	coverage_print(c);
	causes_print(f);
	findings_print(f);
}

/* ---- JSON ---- */

static json_t *transitions_json(const struct fuzz *f)
{
	json_t *all = json_array();
	for (enum state a = CLOSED; a < STATES; a++)
		for (enum state b = CLOSED; b < STATES; b++)
			if (a != b && (f->became[a][b] || in_figure(a, b)))
				json_array_append_new(all, json_pack("{s:s,s:s,s:I,s:b}", "from", state_name(a), "to", state_name(b), "count", (json_int_t)f->became[a][b], "figure", in_figure(a, b)));
	return all;
}

static json_t *coverage_json(const struct coverage *c)
{
	json_t *all = json_array();
	for (size_t i = 0; i < c->count; i++)
		json_array_append_new(all, json_pack("{s:s,s:i,s:i}", "file", c->source[i].path + c->common, "covered", (int)c->source[i].covered, "edges", (int)c->source[i].all));
	return all;
}

/* What a harness says of a finding may hold any octets. */
static json_t *words_json(const char *words)
{
	json_t *s = json_string(words);
	return s ? s : json_string("?");
}

static json_t *findings_json(const struct fuzz *f)
{
	json_t *all = json_array();
	for (size_t i = 0; i < f->finding_count; i++) {
		const struct fuzz_finding *n = &f->finding[i];
		char rule[64];
		snprintf(rule, sizeof rule, "%.*s", (int)strcspn(n->head, " :"), n->head);
		json_array_append_new(all, json_pack("{s:o,s:o,s:o,s:o,s:b}", "rule", words_json(rule), "sentence", words_json(n->head), "words", words_json(n->words), "file", words_json(n->file), "before", n->old));
	}
	return all;
}

static bool report_json(const struct fuzz *f, const struct coverage *c, struct error *e)
{
	json_t *o = json_pack("{s:s,s:s,s:s,s:I,s:i,s:f,s:i,s:i,s:i,s:i,s:i,s:o,s:o,s:o}", "tcpspec", TCPSPEC_VERSION, "target", f->target, "harness", f->harness.name, "inputs", (json_int_t)fuzz_inputs(f), "processes", (int)f->workers, "seconds",
	                      (double)f->took_us / 1e6, "corpus", (int)f->corpus_inputs, "edges", (int)f->edges, "edges_all", (int)f->edges_all, "states", (int)states_seen(f), "states_all", (int)STATES, "transitions", transitions_json(f),
	                      "coverage", coverage_json(c), "findings", findings_json(f));
	if (o && f->sums)
		json_object_set(o, "sums", f->sums);
	if (o && f->causes)
		json_object_set(o, "causes", f->causes);
	const bool written = o && json_dump_file(o, f->report, JSON_INDENT(1)) == 0;
	json_decref(o);
	return written || error_set(e, "%s: %s, while writing the report; give --report another place", f->report, strerror(errno));
}

bool fuzz_report(struct fuzz *f, struct error *e)
{
	struct coverage c = {.count = 0};
	bool good = coverage_take(f, &c, e);
	if (good)
		report_print(f, &c);
	if (good && f->report)
		good = report_json(f, &c, e);
	coverage_free(&c);
	return good;
}
