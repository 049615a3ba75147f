/* `tcpspec run --suite NAME`: the tests of somebody else's cases are played, and reported by the cases' ids. A case says what the gravest of its tests says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/cli/cli.h"
#include "lib/cli/output.h"
#include "suite/cases.h"

/* What was heard of one case. */
struct case_heard {
	bool asked;
	unsigned *tests; /* results of each of its globs */
	size_t globs;
	unsigned results;
	struct result gravest; /* results > 0: a copy */
};

struct cases_run {
	struct request *request;
	struct cases cases;
	struct case_heard *heard;
	struct output output; /* of the cases: TAP and JUnit */
	bool begun;
};

/* ---- results of tests ---- */

static const enum verdict gravity[] = {INFORMATIONAL, PASS, KNOWN, NON_STRICT, UNIMPLEMENTED, INCONCLUSIVE, XPASS, FAIL};

static unsigned verdict_gravity(enum verdict v)
{
	unsigned g = 0;
	while (gravity[g] != v)
		g++;
	return g;
}

static void text_take_copy(struct text *t)
{
	struct text copy = {0};
	text_add_octets(&copy, text_string(t), t->length);
	*t = copy;
}

static void result_copy(struct result *to, const struct result *from)
{
	result_free(to);
	*to = *from;
	text_take_copy(&to->permitted);
	text_take_copy(&to->actual);
	text_take_copy(&to->ladder);
	text_take_copy(&to->known);
	text_take_copy(&to->predicted);
	text_take_copy(&to->remark);
}

static void case_hears(struct case_heard *h, const struct test_case *k, const struct result *r)
{
	const char *at = k->tests, *from;
	bool meant = false;
	size_t n;
	for (size_t g = 0; (n = case_glob(&at, &from)); g++) {
		char glob[ID_MAX];
		string_put(glob, n + 1 < sizeof glob ? n + 1 : sizeof glob, from);
		if (!suite_matches(glob, r->id))
			continue;
		h->tests[g]++;
		meant = true;
	}
	if (!meant)
		return;
	if (!h->results++ || verdict_gravity(r->verdict) > verdict_gravity(h->gravest.verdict))
		result_copy(&h->gravest, r);
}

static void on_result(void *self, const struct result *r)
{
	struct cases_run *c = self;
	for (size_t i = 0; i < c->cases.count; i++)
		if (c->heard[i].asked)
			case_hears(&c->heard[i], &c->cases.at[i], r);
}

static void on_header(void *self, const struct run_header *told)
{
	struct cases_run *c = self;
	struct run_header h = *told;
	unsigned asked = 0;
	for (size_t i = 0; i < c->cases.count; i++)
		asked += c->heard[i].asked;
	snprintf(h.suite, sizeof h.suite, "%s: %s", c->cases.title, c->cases.words);
	output_header(&c->output, &h, asked);
	c->begun = true;
}

/* ---- results of cases ---- */

/* The first of its tests that was not played; false: all were. */
static bool case_lacks(const struct case_heard *h, const struct test_case *k, char test[ID_MAX])
{
	const char *at = k->tests, *from;
	size_t n;
	for (size_t g = 0; (n = case_glob(&at, &from)); g++)
		if (!h->tests[g]) {
			string_put(test, n + 1 < ID_MAX ? n + 1 : ID_MAX, from);
			return true;
		}
	return false;
}

static void case_skipped(struct result *r, const char *class, const char *why, const char *what)
{
	r->verdict = UNIMPLEMENTED;
	snprintf(r->cause, sizeof r->cause, "%s%.150s", why, what);
	string_put(r->cause_class, sizeof r->cause_class, class);
}

static void case_result(const struct case_heard *h, const struct test_case *k, struct result *r)
{
	char test[ID_MAX], cause[sizeof r->cause];
	if (h->results) {
		*r = h->gravest;
		if (r->verdict == PASS) /* of all its tests, not of this one */
			string_put(r->clause, sizeof r->clause, k->clause);
		snprintf(cause, sizeof cause, "%.100s%s%.90s", r->id, *r->cause ? ": " : "", r->cause);
		if (r->verdict != PASS && r->verdict != INFORMATIONAL)
			string_put(r->cause, sizeof r->cause, cause);
	} else {
		*r = (struct result){.level = LEVEL_MUST, .attempts = 1};
	}
	string_put(r->id, sizeof r->id, k->id);
	string_put(r->title, sizeof r->title, k->asks);
	string_put(r->ref, sizeof r->ref, k->clause);
	text_clear(&r->remark);
	text_put(&r->remark, k->remark);
	if (!h->globs)
		case_skipped(r, "not covered", "not covered: ", k->remark);
	else if (verdict_gravity(r->verdict) < verdict_gravity(UNIMPLEMENTED) && case_lacks(h, k, test))
		case_skipped(r, "not played", "a test was not played, --all may: ", test);
}

static void cases_report(struct cases_run *c, struct run_counts *counts)
{
	for (size_t i = 0; i < c->cases.count; i++) {
		struct result r;
		if (!c->heard[i].asked)
			continue;
		case_result(&c->heard[i], &c->cases.at[i], &r);
		counts->total++;
		counts->by_verdict[r.verdict]++;
		output_result(&c->output, &r, NULL, true);
		c->heard[i].gravest = r; /* it owns the texts now */
	}
}

/* Where passing the case and keeping the standard are two things, a user is to know, whatever the verdict. */
static void remarks_print(const struct cases_run *c)
{
	bool told = false;
	for (size_t i = 0; i < c->cases.count; i++) {
		const struct test_case *k = &c->cases.at[i];
		if (!c->heard[i].asked || !c->heard[i].globs || !*k->remark)
			continue;
		if (!told)
			printf("# where these cases and RFC 9293 disagree:\n");
		printf("#   %s (%s): %s\n", k->id, verdict_name(c->heard[i].gravest.verdict), k->remark);
		told = true;
	}
	printf("# %s: %s\n", c->cases.title, c->cases.words);
}

/* ---- the run ---- */

static bool cases_choose(struct cases_run *c)
{
	const struct request *r = c->request;
	bool all = true;
	for (size_t i = 0; i < c->cases.count; i++) {
		const char *at = c->cases.at[i].tests, *glob;
		c->heard[i].asked = r->glob_count == 0 || selection_means(c->cases.at[i].id, r->glob, r->glob_count);
		while (case_glob(&at, &glob))
			c->heard[i].globs++;
		c->heard[i].tests = memory_zeroed(c->heard[i].globs, sizeof *c->heard[i].tests);
	}
	for (size_t g = 0; g < r->glob_count; g++) {
		bool means = false;
		for (size_t i = 0; i < c->cases.count; i++)
			means = means || suite_matches(r->glob[g], c->cases.at[i].id);
		if (!means)
			cli_complain("no case of --suite %s matches \"%s\"", r->suite, r->glob[g]);
		all = all && means;
	}
	return all;
}

/* The globs of all tests of the cases that are asked for, each once. The caller frees them. */
static char **globs_of(const struct cases_run *c, size_t *count)
{
	char **glob = NULL;
	*count = 0;
	for (size_t i = 0; i < c->cases.count; i++) {
		const char *at = c->cases.at[i].tests, *from;
		size_t n;
		while (c->heard[i].asked && (n = case_glob(&at, &from))) {
			struct text one = {0};
			bool known = false;
			text_add_octets(&one, from, n);
			for (size_t g = 0; g < *count && !known; g++)
				known = strcmp(glob[g], text_string(&one)) == 0;
			if (!known) {
				glob = memory_resized(glob, *count + 1, sizeof *glob);
				glob[(*count)++] = memory_string(text_string(&one));
			}
			text_free(&one);
		}
	}
	return glob;
}

/* The counts of cases, with what else the run has counted. */
static int cases_end(struct cases_run *c, struct session *s, int code)
{
	const struct request *r = c->request;
	if (!c->begun) /* it was told why */
		return code;
	struct run_counts counts = {.elapsed_us = s->counts.elapsed_us, .edges = s->counts.edges, .capture_drops = s->counts.capture_drops, .left_out = s->counts.left_out, .wait_limit_us = s->counts.wait_limit_us};
	counts.complete = s->counts.complete;
	cases_report(c, &counts);
	output_end(&c->output, &counts, NULL, true);
	remarks_print(c);
	const int own = run_exit_code(&counts, r->run.strict, r->bisect);
	return own == CODE_OK && (s->broken || c->output.broken) ? CODE_UNUSABLE : own;
}

static int cases_session(struct cases_run *c, const struct suite *suite)
{
	struct request *r = c->request, asked = *r;
	struct session session = {.request = r, .begun = on_header, .heard = on_result, .heard_self = c};
	size_t globs;
	char **glob = globs_of(c, &globs);
	static const char other_family[] = "*/v6*"; /* the cases are of IPv4 */
	int code = CODE_OK;
	r->exclude = memory_resized(r->exclude, r->exclude_count + 1, sizeof *r->exclude);
	r->exclude[r->exclude_count++] = other_family;
	r->glob = glob;
	r->glob_count = globs;
	r->axes = "exhaustive";
	r->junit = NULL;
	c->output = (struct output){.tap = true, .report = {.to = stdout, .strict = r->run.strict, .quiet = r->quiet, .rerun = text_string(&r->rerun)}};
	if (!output_open_junit(&c->output, asked.junit)) {
		code = CODE_UNUSABLE;
	} else {
		code = globs ? session_play(&session, suite) : CODE_USAGE;
		code = cases_end(c, &session, code);
	}
	session_free(&session);
	for (size_t i = 0; i < globs; i++)
		free(glob[i]);
	free(glob);
	r->glob = asked.glob;
	r->glob_count = asked.glob_count;
	return code;
}

int cases_play(struct request *r, const struct suite *suite)
{
	struct cases_run c = {.request = r};
	struct error e;
	char directory[CLI_PATH_MAX];
	int code = CODE_USAGE;
	if (!data_directory(directory, &e) || !cases_load(&c.cases, directory, r->suite, &e)) {
		cli_complain("--suite: %s", e.text);
		return code;
	}
	c.heard = memory_zeroed(c.cases.count, sizeof *c.heard);
	if (cases_choose(&c))
		code = cases_session(&c, suite);
	for (size_t i = 0; i < c.cases.count; i++) {
		result_free(&c.heard[i].gravest);
		free(c.heard[i].tests);
	}
	free(c.heard);
	cases_free(&c.cases);
	return cli_finish(code);
}
