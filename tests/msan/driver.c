/* Plays ladders and a set of cells on the reference stack, linked in, on the virtual clock: wire, script, model, judge and stack, and no library but libc, so that MemorySanitizer sees
 * every octet that is written. It is no runner: it reports counts, and the first results that are no pass.
 *
 * usage: driver TARGET-INI SET LADDER...   SET: a set of cells, "full"; LADDER: files
 * Exit: 0 all pass (or are informational, or what the stack declares to lack), 1 some do not, 3 it could not play. */
#include <stdio.h>
#include <stdlib.h>

#include "lib/run/virtual.h"
#include "suite/cells.h"
#include "suite/suite.h"

enum { SHOWN_MAX = 10 };

/* A stack, and what plays on it. */
struct table {
	struct stage stage;
	struct virtual *virtual;
};

struct driver {
	struct run_options options;
	struct declaration *declaration;
	struct table usual;
	unsigned long by_verdict[VERDICTS];
	unsigned shown;
	struct error error;
};

static void on_result(void *self, struct result *r, const struct script *s)
{
	struct driver *d = self;

	(void)s;
	d->by_verdict[r->verdict]++;
	if (r->verdict != PASS && r->verdict != INFORMATIONAL && r->verdict != UNIMPLEMENTED && d->shown++ < SHOWN_MAX)
		printf("# %s %s: %s\n# %s\n", verdict_name(r->verdict), r->id, r->cause, text_string(&r->actual));
	result_free(r);
}

/* The declaration is the table's from here on. */
static bool table_open(struct driver *d, struct table *t, struct declaration *declaration)
{
	const struct sprint_events events = {.result = on_result, .self = d};

	t->stage.options = &d->options;
	t->stage.declaration = declaration;
	t->stage.fence = FENCE_CALL;
	in_process_link(&t->stage.link);
	if (!target_in_process_begin(&t->stage.target, &t->stage.link, tcpspec_stack_operations(), declaration, d->options.seed, &d->error))
		return false;
	t->stage.in_process = target_in_process(&t->stage.target);
	t->virtual = virtual_new(&t->stage, &events, &d->error);
	return t->virtual != NULL;
}

static void table_close(struct table *t)
{
	virtual_free(t->virtual);
	target_stop(&t->stage.target);
	declaration_free(t->stage.declaration);
	free(t->stage.calendar);
}

/* On the usual stack, or on one of its own that is given what the script is played with. */
static bool script_play(struct driver *d, const struct script *s, enum family f)
{
	const struct play p = {.script = s, .family = f};
	struct table *t;
	bool ok;

	if (declaration_has(d->declaration, s->with))
		return virtual_play(d->usual.virtual, &p, &d->error);
	t = calloc(1, sizeof *t);
	ok = t && table_open(d, t, declaration_with(d->declaration, s->with)) && virtual_play(t->virtual, &p, &d->error);
	if (t)
		table_close(t);
	free(t);
	return ok;
}

static bool ladders_play(struct driver *d, char *const *files, int count)
{
	static const enum family families[] = {IPV4, IPV6};
	struct suite s = {0};
	bool ok;

	for (int i = 0; i < count; i++)
		suite_add_file(&s, files[i]);
	ok = s.error_count == 0 || error_set(&d->error, "%s", text_string(&s.errors));
	for (size_t i = 0; ok && i < s.count; i++)
		for (unsigned f = 0; ok && f < 2; f++)
			if ((!s.script[i]->has_profile || s.script[i]->profile == PROFILE_RFC9293) && script_speaks(s.script[i], families[f]))
				ok = script_play(d, s.script[i], families[f]);
	suite_free(&s);
	return ok;
}

static bool cells_play(struct driver *d, const char *set)
{
	struct cells *c = cells_new(set, &d->error);
	const size_t n = c != NULL ? cells_count(c) : 0;
	bool ok = c != NULL;

	for (size_t i = 0; ok && i < n; i++) {
		struct play p;

		p.script = cells_script(c, i, &p.family);
		ok = virtual_play(d->usual.virtual, &p, &d->error);
	}
	if (c != NULL)
		cells_free(c);
	return ok;
}

int main(int argc, char **argv)
{
	static struct driver d;
	unsigned long other = 0;
	bool ok;

	if (argc < 4) {
		fprintf(stderr, "usage: driver TARGET-INI SET LADDER...\n");
		return 3;
	}
	d.options.seed = 1;
	d.declaration = declaration_read(argv[1], PROFILE_RFC9293, false, &d.error);
	ok = d.declaration && table_open(&d, &d.usual, d.declaration);
	if (ok) {
		ok = ladders_play(&d, argv + 3, argc - 3) && cells_play(&d, argv[2]);
		table_close(&d.usual);
	}
	if (!ok) {
		fprintf(stderr, "driver: %s\n", d.error.text);
		return 3;
	}
	for (enum verdict v = 0; v < VERDICTS; v++)
		if (v != PASS && v != INFORMATIONAL && v != UNIMPLEMENTED)
			other += d.by_verdict[v];
	printf("1..1\n%sok 1 - the suite on the reference stack: %lu pass, %lu informational, %lu unimplemented, %lu others\n", other > 0 || d.by_verdict[PASS] == 0 ? "not " : "", d.by_verdict[PASS], d.by_verdict[INFORMATIONAL],
	       d.by_verdict[UNIMPLEMENTED], other);
	return other > 0 || d.by_verdict[PASS] == 0;
}
