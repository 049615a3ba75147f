/* What stands at the end of a run, as comments: the counts, the known lines, what was left out. It repeats no test point. */
#include "reports/reports.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

/* How often each text was met, most often first (in order of appearance among equals). */
struct tally {
	struct tally_line {
		const char *text; /* borrowed */
		size_t length;
		unsigned times;
	} * line;
	size_t count;
};

static void tally_add(struct tally *t, const char *text, size_t length)
{
	size_t i = 0;
	while (i < t->count && (t->line[i].length != length || memcmp(t->line[i].text, text, length) != 0))
		i++;
	if (i == t->count) {
		t->line = memory_resized(t->line, t->count + 1, sizeof(*t->line));
		t->line[t->count++] = (struct tally_line){text, length, 0};
	}
	t->line[i].times++;
	for (; i > 0 && t->line[i - 1].times < t->line[i].times; i--) {
		struct tally_line swapped = t->line[i - 1];
		t->line[i - 1] = t->line[i];
		t->line[i] = swapped;
	}
}

static bool counts_as_fail(const struct report *r, const struct result *res)
{
	return res->verdict == FAIL || (r->strict && res->verdict == NON_STRICT);
}

static void causes_print(const struct report *r, const struct result *const *results, size_t count)
{
	struct tally causes = {0};
	for (size_t i = 0; i < count; i++)
		if (counts_as_fail(r, results[i])) {
			const char *cause = *results[i]->cause_class ? results[i]->cause_class : "no cause told";
			tally_add(&causes, cause, strlen(cause));
		}
	for (size_t i = 0; i < causes.count; i++)
		fprintf(r->to, "%s%.*s %u", i ? ", " : " (", (int)causes.line[i].length, causes.line[i].text, causes.line[i].times);
	if (causes.count)
		fputc(')', r->to);
	free(causes.line);
}

static void some_print(FILE *to, unsigned n, const char *what)
{
	if (n)
		fprintf(to, ", %u %s", n, what);
}

static const char *plural(unsigned n)
{
	return n == 1 ? "" : "s";
}

static void first_line_print(const struct report *r, const struct run_counts *c, const struct result *const *results, size_t count)
{
	const unsigned *v = c->by_verdict;
	unsigned fails = v[FAIL] + (r->strict ? v[NON_STRICT] : 0);
	fputs("# ", r->to);
	if (r->cells)
		fprintf(r->to, "%u cell%s", r->cells, plural(r->cells));
	if (r->ladders || !r->cells)
		fprintf(r->to, "%s%u ladder%s", r->cells ? " and " : "", r->ladders, plural(r->ladders));
	fprintf(r->to, ": %u passed", v[PASS]);
	some_print(r->to, r->strict ? 0 : v[NON_STRICT], "NON-STRICT");
	some_print(r->to, v[INFORMATIONAL], "INFORMATIONAL");
	fprintf(r->to, ", %u FAIL", fails);
	causes_print(r, results, count);
	some_print(r->to, v[XPASS], "XPASS");
	fprintf(r->to, ", %u known, %u UNIMPLEMENTED, %u INCONCLUSIVE of %u\n", v[KNOWN], v[UNIMPLEMENTED], v[INCONCLUSIVE], c->total);
}

/* Length of the reason alone: its clause and line stand at the test point, and several lines may share it. */
static size_t reason_length(const char *known)
{
	const char *tail = strrchr(known, '[');
	return tail && tail > known ? (size_t)(tail - known) - 1 : strlen(known);
}

static void known_print(const struct report *r, const struct result *const *results, size_t count)
{
	struct tally known = {0};
	for (size_t i = 0; i < count; i++)
		if (results[i]->verdict == KNOWN)
			tally_add(&known, text_string(&results[i]->known), reason_length(text_string(&results[i]->known)));
	for (size_t i = 0; i < known.count; i++)
		fprintf(r->to, "# known, %u time%s: %.*s\n", known.line[i].times, plural(known.line[i].times), (int)known.line[i].length, known.line[i].text);
	free(known.line);
}

static void edges_print(FILE *to, uint64_t seen)
{
	size_t edges;
	model_edges(&edges);
	unsigned n = 0;
	for (size_t i = 0; i < edges && i < 64; i++)
		n += (unsigned)((seen >> i) & 1);
	fprintf(to, "# edges of the state diagram seen: %u of %zu\n", n, edges);
}

static void left_out_print(FILE *to, const struct run_counts *c)
{
	const bool one = c->left_out == 1;
	fprintf(to, "# left out: %u that wait%s ", c->left_out, one ? "s" : "");
	if (c->wait_limit_us)
		fprintf(to, "longer than %g s of real time", (double)c->wait_limit_us / 1e6);
	else
		fputs("for real time to pass", to);
	fprintf(to, ", --all plays %s\n", one ? "it" : "them");
}

void tap_end(struct report *r, const struct run_counts *c, const struct result *const *results, size_t count)
{
	FILE *to = r->to;
	first_line_print(r, c, results, count);
	known_print(r, results, count);
	if (c->left_out)
		left_out_print(to, c);
	if (c->errors)
		fprintf(to, "# %u ladder file%s could not be used: see standard error\n", c->errors, plural(c->errors));
	if (!c->complete && c->total < r->planned)
		fprintf(to, "# the run ended early: %u of %u without a verdict\n", r->planned - c->total, r->planned);
	if (c->capture_drops)
		fprintf(to, "# frames lost before they were captured: %" PRIu64 "\n", c->capture_drops);
	edges_print(to, c->edges);
	fprintf(to, "# elapsed: %.3f s\n", (double)c->elapsed_us / 1e6);
}
