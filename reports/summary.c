/* What stands at the end of a run, as comments: the counts, the known lines, what was left out. It repeats no test point. */
#include "reports/reports.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

static void tally_add(struct tally *t, const char *text)
{
	size_t i = 0;
	while (i < t->count && strcmp(t->line[i].text, text) != 0)
		i++;
	if (i == t->count) {
		t->line = memory_resized(t->line, t->count + 1, sizeof(*t->line));
		t->line[t->count++] = (struct tally_line){.times = 0};
		snprintf(t->line[i].text, sizeof(t->line[i].text), "%s", text);
	}
	t->line[i].times++;
}

static bool is_cell(const char *id)
{
	return strncmp(id, "matrix/", 7) == 0 || strncmp(id, "control/", 8) == 0;
}

void report_count(struct report *r, const struct result *res)
{
	if (!strchr(res->id, '/'))
		r->cases++;
	else if (is_cell(res->id))
		r->cells++;
	else
		r->ladders++;
	if (res->verdict == FAIL || (r->strict && res->verdict == NON_STRICT))
		tally_add(&r->causes, *res->cause_class ? res->cause_class : "no cause told");
}

void report_free(struct report *r)
{
	free(r->causes.line);
	r->causes = (struct tally){0};
}

/* Most often first; by name among equals, so that it does not depend on the order of the run. */
static int by_times(const void *a, const void *b)
{
	const struct tally_line *x = a, *y = b;
	return x->times != y->times ? (x->times < y->times ? 1 : -1) : strcmp(x->text, y->text);
}

static void causes_print(struct report *r)
{
	struct tally *t = &r->causes;
	if (t->count)
		qsort(t->line, t->count, sizeof(*t->line), by_times);
	for (size_t i = 0; i < t->count; i++)
		fprintf(r->to, "%s%s %u", i ? ", " : " (", t->line[i].text, t->line[i].times);
	if (t->count)
		fputc(')', r->to);
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

static void first_line_print(struct report *r, const struct run_counts *c)
{
	const unsigned *v = c->by_verdict;
	unsigned fails = v[FAIL] + (r->strict ? v[NON_STRICT] : 0);
	fputs("# ", r->to);
	if (r->cells)
		fprintf(r->to, "%u cell%s", r->cells, plural(r->cells));
	if (r->cases)
		fprintf(r->to, "%u case%s", r->cases, plural(r->cases));
	if (r->ladders || (!r->cells && !r->cases))
		fprintf(r->to, "%s%u ladder%s", r->cells ? " and " : "", r->ladders, plural(r->ladders));
	fprintf(r->to, ": %u passed", v[PASS]);
	some_print(r->to, r->strict ? 0 : v[NON_STRICT], "NON-STRICT");
	some_print(r->to, v[INFORMATIONAL], "INFORMATIONAL");
	fprintf(r->to, ", %u FAIL", fails);
	causes_print(r);
	some_print(r->to, v[XPASS], "XPASS");
	fprintf(r->to, ", %u known, %u UNIMPLEMENTED, %u INCONCLUSIVE of %u\n", v[KNOWN], v[UNIMPLEMENTED], v[INCONCLUSIVE], c->total);
}

void thousands_print(FILE *to, unsigned n)
{
	if (n >= 1000) {
		thousands_print(to, n / 1000);
		fprintf(to, ",%03u", n % 1000);
	} else {
		fprintf(to, "%u", n);
	}
}

static const char *known_unit(const struct known_use *u)
{
	const bool cells = is_cell(u->glob);
	return u->excused == 1 ? cells ? "cell" : "ladder" : cells ? "cells"
	                                                           : "ladders";
}

static void share_print(FILE *to, unsigned n, unsigned total)
{
	const double share = total ? 100.0 * n / total : 0.0;
	if (n && share < 0.1)
		fputs("under 0.1 %", to);
	else
		fprintf(to, "%.1f %%", share);
}

/* What each known line excuses, and how much of the whole that is. Lines that excuse nothing are told only when they are stale. */
static void known_print(FILE *to, const struct run_counts *c)
{
	const char *told = NULL;
	for (size_t i = 0; i < c->known_count; i++) {
		const struct known_use *u = &c->known[i];
		if (!u->excused)
			continue;
		fprintf(to, "# %s: ", u->at);
		thousands_print(to, u->excused);
		fprintf(to, " %s, ", known_unit(u));
		share_print(to, u->excused, c->total);
		fprintf(to, ": %s\n", told && strcmp(told, u->reason) == 0 ? "the same cause" : u->reason);
		told = u->reason;
	}
	for (size_t i = 0; i < c->known_count; i++)
		if (known_use_is_stale(&c->known[i]))
			fprintf(to, "# XPASS %s: %s means %u of the results, and excuses none of them: mend or delete the line\n", c->known[i].at, c->known[i].glob, c->known[i].met);
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
	/* Under --all the limit is minutes. */
	fprintf(to, ", --all plays %s%s\n", one ? "it" : "them", c->wait_limit_us < 60000000 ? "" : " by name");
}

void tap_end(struct report *r, const struct run_counts *c)
{
	FILE *to = r->to;
	first_line_print(r, c);
	known_print(to, c);
	if (c->left_out)
		left_out_print(to, c);
	if (c->errors)
		fprintf(to, "# %u ladder file%s could not be used: see standard error\n", c->errors, plural(c->errors));
	if (!c->complete && c->total < r->planned)
		fprintf(to, "# the run ended early: %u of %u without a verdict\n", r->planned - c->total, r->planned);
	if (c->capture_drops)
		fprintf(to, "# frames lost before they were captured: %" PRIu64 "\n", c->capture_drops);
	if (c->not_in_capture)
		fprintf(to, "# state not in capture: %u of %u\n", c->not_in_capture, c->total);
	edges_print(to, c->edges);
	fprintf(to, "# elapsed: %.3f s\n", (double)c->elapsed_us / 1e6);
}
