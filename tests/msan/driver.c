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

struct driver {
	struct stage stage;
	struct run_options options;
	struct virtual *virtual;
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

static bool driver_open(struct driver *d, const char *ini)
{
	const struct sprint_events events = {.result = on_result, .self = d};
	struct declaration *declaration = declaration_read(ini, PROFILE_RFC9293, false, &d->error);

	if (declaration == NULL)
		return false;
	d->options.seed = 1;
	d->stage.options = &d->options;
	d->stage.declaration = declaration;
	d->stage.fence = FENCE_CALL;
	in_process_link(&d->stage.link);
	if (!target_in_process_begin(&d->stage.target, &d->stage.link, tcpspec_stack_operations(), declaration, d->options.seed, &d->error))
		return false;
	d->stage.in_process = target_in_process(&d->stage.target);
	d->virtual = virtual_new(&d->stage, &events, &d->error);
	return d->virtual != NULL;
}

static void driver_close(struct driver *d)
{
	virtual_free(d->virtual);
	target_stop(&d->stage.target);
	declaration_free(d->stage.declaration);
	free(d->stage.calendar);
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
			if (!s.script[i]->has_profile || s.script[i]->profile == PROFILE_RFC9293)
				ok = virtual_play(d->virtual, &(struct play){.script = s.script[i], .family = families[f]}, &d->error);
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
		ok = virtual_play(d->virtual, &p, &d->error);
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
	ok = driver_open(&d, argv[1]);
	if (ok) {
		ok = ladders_play(&d, argv + 3, argc - 3) && cells_play(&d, argv[2]);
		driver_close(&d);
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
