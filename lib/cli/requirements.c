/* `tcpspec requirements`: every requirement of the catalogue, with the tests that cover it and what they say of a target, or the reason why there are none. What a test is worth, the mutants have shown. */
#include "lib/cli/requirements.h"

#include <fnmatch.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/cli/cli.h"
#include "suite/cells.h"

enum { SOURCES_MAX = 16,
       TESTS_SHOWN = 3 };

struct listing {
	struct suite suite;
	struct catalogue catalogue;
	const char *from[SOURCES_MAX];
	size_t from_count;
	const char *target; /* NULL: nothing is played */
	bool all, tests;
	char *const *glob;
	size_t glob_count;
	struct row_outcomes outcomes[SOURCES_MAX + 1];
	size_t sources;
};

static bool row_is_meant(const struct listing *l, const struct requirement *r)
{
	bool meant = l->glob_count == 0;
	for (size_t i = 0; i < l->glob_count; i++)
		meant = meant || fnmatch(l->glob[i], r->id, FNM_EXTMATCH) == 0;
	return meant;
}

static const char *cover_name(const struct cover *c)
{
	return c->script ? c->script->id : c->glob;
}

/* ---- what is printed ---- */

/* A line for each test of each row: what tests/mutants joins with the mutants' deaths. */
static void tests_print(const struct listing *l)
{
	for (size_t i = 0; i < l->catalogue.covers; i++) {
		const struct cover *c = &l->catalogue.cover[i];
		if (row_is_meant(l, &l->catalogue.row[c->row]))
			printf("%s\t%s\n", l->catalogue.row[c->row].id, cover_name(c));
	}
}

static bool cover_has_proof(const struct catalogue *c, const struct cover *cover)
{
	for (size_t i = 0; i < c->proofs; i++)
		if (c->proof[i].row == cover->row && cover_means(cover, c->proof[i].test))
			return true;
	return false;
}

/* Adds tests of a row, those that are proved or those that are not, until TESTS_SHOWN stand there. Returns how many do. */
static unsigned tests_add(const struct catalogue *c, size_t row, bool proved, unsigned shown, struct text *out)
{
	for (size_t i = 0; i < c->covers && shown < TESTS_SHOWN; i++)
		if (c->cover[i].row == row && cover_has_proof(c, &c->cover[i]) == proved)
			text_add(out, "%s%s", shown++ ? " " : "", cover_name(&c->cover[i]));
	return shown;
}

/* The first tests of a row, or why it has none. */
static void row_tests(const struct catalogue *c, size_t row, struct text *out)
{
	const struct requirement *r = &c->row[row];
	if (r->reason) {
		text_put(out, r->reason);
		return;
	}
	const unsigned shown = tests_add(c, row, false, tests_add(c, row, true, 0, out), out);
	if (r->covers > shown)
		text_add(out, " +%u", r->covers - shown);
}

static void row_print(const struct listing *l, size_t row)
{
	const struct requirement *r = &l->catalogue.row[row];
	struct text line = {0};
	text_add(&line, "%s\t%s\t", r->id, r->level);
	requirement_clause(r, &line);
	text_add(&line, "\t%s\t", requirement_status_name(requirement_status(r)));
	for (size_t i = 0; i < l->sources; i++) {
		row_outcome_print(&l->outcomes[i].row[row], &line);
		text_put(&line, "\t");
	}
	row_tests(&l->catalogue, row, &line);
	printf("%s\n", text_string(&line));
	text_free(&line);
}

static void summary_print(const struct listing *l)
{
	unsigned by_status[REQUIREMENT_STATUSES] = {0}, visible = 0;
	for (size_t i = 0; i < l->catalogue.count; i++) {
		const struct requirement *r = &l->catalogue.row[i];
		if (!row_is_meant(l, r))
			continue;
		by_status[requirement_status(r)]++;
		visible += requirement_is_visible(r);
	}
	printf("# %u requirements can be seen on the wire or through the calls: %u covered (%.1f %%; a mutant of the rule turns a test of it to FAIL), %u with tests that no mutant proves, %u without a test, %u not tested for a reason\n",
	       visible, by_status[COVERED], visible ? 100.0 * by_status[COVERED] / visible : 0.0, by_status[UNPROVED], by_status[UNTESTED], by_status[NOT_TESTED]);
	printf("# %u cannot be seen from outside\n", by_status[NOT_SEEN]);
}

static void listing_print(const struct listing *l)
{
	if (l->tests) {
		tests_print(l);
		return;
	}
	printf("# requirement\tlevel\tclause\tstatus\t");
	for (size_t i = 0; i < l->sources; i++)
		printf("%s\t", l->outcomes[i].target);
	printf("tests, or the reason why there are none\n");
	for (size_t i = 0; i < l->catalogue.count; i++)
		if (row_is_meant(l, &l->catalogue.row[i]))
			row_print(l, i);
	summary_print(l);
}

/* ---- verdicts ---- */

static void heard(void *self, const struct result *r)
{
	row_outcomes_add(self, r->id, r->verdict);
}

/* Of each cover the set that it is played in: timestamps and odd ISNs are axes of the covering array; the other globs mean cells of the product, of which the set full is enough unless they mean
 * none there. The caller frees it. */
static const char **covers_axes(const struct catalogue *c)
{
	struct error unheard;
	char id[ID_MAX];
	const char **axes = memory_zeroed(c->covers, sizeof *axes);
	struct cells *full = cells_new("full", &unheard);
	for (size_t i = 0; i < c->covers; i++)
		axes[i] = !c->cover[i].glob ? "full" : strchr(c->cover[i].glob, '=') ? "pairwise"
		                                                                     : "exhaustive";
	for (size_t k = 0; full && k < cells_count(full); k++) {
		cells_id(full, k, id);
		for (size_t i = 0; i < c->covers; i++)
			if (axes[i][0] == 'e' && suite_matches(c->cover[i].glob, id))
				axes[i] = "full";
	}
	cells_free(full);
	return axes;
}

/* The arguments of a `run` of every test that covers a row which is meant, and lies in this set. Returns how many tests. */
static unsigned played_arguments(const struct listing *l, const char *const *of, const char *axes, char **argument, int *count)
{
	const struct catalogue *c = &l->catalogue;
	const char *const fixed[] = {"requirements", "-t", l->target, "--axes", axes, "--all"};
	int n = 0;
	for (size_t i = 0; i < sizeof fixed / sizeof fixed[0] - !l->all; i++)
		argument[n++] = memory_string(fixed[i]);
	const int first = n;
	for (size_t i = 0; i < c->covers; i++) {
		const bool again = i && strcmp(cover_name(&c->cover[i]), cover_name(&c->cover[i - 1])) == 0;
		if (!again && row_is_meant(l, &c->row[c->cover[i].row]) && strcmp(of[i], axes) == 0)
			argument[n++] = memory_string(cover_name(&c->cover[i]));
	}
	*count = n;
	return (unsigned)(n - first);
}

static int set_play(struct listing *l, struct row_outcomes *o, const char *const *of, const char *axes)
{
	struct request r;
	struct session session = {.request = &r, .heard = heard, .heard_self = o};
	int count, code = CODE_OK;
	char **argument = memory_zeroed(l->catalogue.covers + 8, sizeof *argument);
	if (played_arguments(l, of, axes, argument, &count)) {
		code = request_read(&r, count, argument) ? session_play(&session, &l->suite) : CODE_USAGE;
		session_free(&session);
		request_free(&r);
	}
	for (int i = 0; i < count; i++)
		free(argument[i]);
	free(argument);
	return code;
}

/* Of two runs the code that says more: usage, then a FAIL, then what could not be observed. */
static int code_worse(int a, int b)
{
	static const int order[] = {CODE_USAGE, CODE_FAILED, CODE_UNUSABLE};
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return CODE_OK;
}

static int listing_play(struct listing *l)
{
	struct row_outcomes *o = &l->outcomes[l->sources];
	row_outcomes_begin(o, &l->catalogue, &l->suite);
	string_put(o->target, sizeof o->target, l->target);
	l->sources++;
	static const char *const sets[] = {"full", "exhaustive", "pairwise"};
	const char **of = covers_axes(&l->catalogue);
	int code = CODE_OK;
	for (size_t i = 0; i < sizeof sets / sizeof sets[0] && code != CODE_USAGE; i++)
		code = code_worse(code, set_play(l, o, of, sets[i]));
	free(of);
	return code;
}

static int listing_fill(struct listing *l)
{
	struct error e;
	for (size_t i = 0; i < l->from_count; i++) {
		struct row_outcomes *o = &l->outcomes[l->sources++];
		row_outcomes_begin(o, &l->catalogue, &l->suite);
		if (row_outcomes_read(o, l->from[i], &e))
			continue;
		cli_complain("%s", e.text);
		return CODE_USAGE;
	}
	return l->target ? listing_play(l) : CODE_OK;
}

/* ---- the command ---- */

static bool listing_read(struct listing *l, int argc, char **argv)
{
	static const struct option known[] = {{"from", required_argument, NULL, 'f'}, {"target", required_argument, NULL, 't'}, {"all", no_argument, NULL, 'a'}, {"tests", no_argument, NULL, 'l'}, {NULL, 0, NULL, 0}};
	int option;
	optind = 1;
	while ((option = getopt_long(argc, argv, "t:", known, NULL)) != -1) {
		if (option == 'f' && l->from_count < SOURCES_MAX)
			l->from[l->from_count++] = optarg;
		else if (option == 't')
			l->target = optarg;
		else if (option == 'a')
			l->all = true;
		else if (option == 'l')
			l->tests = true;
		else
			return false;
	}
	l->glob = argv + optind;
	l->glob_count = (size_t)(argc - optind);
	return true;
}

/* Every glob must mean something. */
static bool globs_mean(const struct listing *l)
{
	bool all = true;
	for (size_t g = 0; g < l->glob_count; g++) {
		bool meant = false;
		for (size_t i = 0; i < l->catalogue.count && !meant; i++)
			meant = fnmatch(l->glob[g], l->catalogue.row[i].id, FNM_EXTMATCH) == 0;
		if (!meant)
			cli_complain("no requirement matches \"%s\", `tcpspec requirements` lists them", l->glob[g]);
		all = all && meant;
	}
	return all;
}

int command_requirements(int argc, char **argv)
{
	struct listing l = {.target = NULL};
	struct error e;
	char directory[CLI_PATH_MAX];
	int code = CODE_UNUSABLE;
	if (!listing_read(&l, argc, argv))
		return cli_usage("requirements");
	if (!data_suite(&l.suite, &e) || !data_directory(directory, &e) || !catalogue_load(&l.catalogue, &l.suite, directory, &e)) {
		cli_complain("%s", e.text);
	} else if (!globs_mean(&l)) {
		code = CODE_USAGE;
	} else {
		code = listing_fill(&l);
		if (code != CODE_USAGE)
			listing_print(&l);
	}
	for (size_t i = 0; i < l.sources; i++)
		row_outcomes_free(&l.outcomes[i]);
	catalogue_free(&l.catalogue);
	suite_free(&l.suite);
	return cli_finish(code);
}
