/* From globs to plays: which scripts in which families, and which cells, a request means. It plays none of them. */
#include "lib/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/model/keys.h"
#include "lib/run/control.h"
#include "suite/cells.h"

static const enum family families[] = {IPV4, IPV6};
enum { FAMILY_COUNT = 2,
       NEAREST = 3 };

bool selection_means(const char *id, char *const *glob, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (suite_matches(glob[i], id))
			return true;
	return false;
}

unsigned selection_families(const struct script *script, char *const *glob, size_t count)
{
	unsigned meant = 0;
	for (size_t f = 0; f < FAMILY_COUNT; f++) {
		char id[ID_MAX];
		play_id(&(struct play){script, families[f]}, id);
		if (script_speaks(script, families[f]) && (count == 0 || selection_means(id, glob, count)))
			meant |= 1u << f;
	}
	return meant;
}

bool script_is_cell(const struct script *script)
{
	return strncmp(script->id, "matrix/", strlen("matrix/")) == 0;
}

/* How many cells of the set the glob means; stops at the first when one is enough. */
static size_t glob_count_cells(const char *glob, const struct cells *c, bool one)
{
	size_t n = 0;
	char id[ID_MAX];
	for (size_t i = 0; i < cells_count(c) && !(one && n); i++) {
		cells_id(c, i, id);
		n += suite_matches(glob, id);
	}
	return n;
}

/* The smallest set in which the glob means cells, and how many. NULL: there is none. */
static const char *glob_set(const char *glob, size_t *n)
{
	size_t count;
	const char *const *set = cells_sets(&count);
	for (size_t i = 0; i < count; i++) {
		struct error e;
		struct cells *c = cells_new(set[i], &e);
		*n = c ? glob_count_cells(glob, c, false) : 0;
		cells_free(c);
		if (*n)
			return set[i];
	}
	return NULL;
}

void selection_unknown(const struct suite *s, const char *glob)
{
	const char *nearest[NEAREST], *set = NULL;
	size_t cells = 0;
	if (strncmp(glob, "matrix/", strlen("matrix/")) == 0)
		set = glob_set(glob, &cells);
	if (set) {
		cli_complain("no test matches \"%s\", but %zu cells of the set %s do: add --axes %s", glob, cells, set, set);
		return;
	}
	size_t n = suite_nearest(s, glob, nearest, NEAREST);
	struct text line = {0};
	for (size_t i = 0; i < n; i++)
		text_add(&line, "%s%s", i ? ", " : "; the nearest: ", nearest[i]);
	cli_complain("no test matches \"%s\"%s", glob, text_string(&line));
	text_free(&line);
}

/* A cell that is named by its whole id is found in whatever set it is. */
static bool named_add(struct cells_asked *asked, const char *glob)
{
	struct error unheard;
	struct cells *c = strncmp(glob, "matrix/", strlen("matrix/")) == 0 ? cells_named(glob, &unheard) : NULL;
	if (!c)
		return false;
	asked->named = memory_resized(asked->named, asked->named_count + 1, sizeof(*asked->named));
	asked->named[asked->named_count++] = c;
	return true;
}

bool cells_asked_glob(struct cells_asked *c, const struct suite *s, const char *glob, bool may_name)
{
	char *const one[] = {(char *)glob};
	for (size_t i = 0; i < s->count; i++)
		if (!script_is_cell(s->script[i]) && selection_families(s->script[i], one, 1))
			return true;
	return glob_count_cells(glob, c->set, true) > 0 || (may_name && named_add(c, glob));
}

void cells_asked_free(struct cells_asked *c)
{
	for (size_t i = 0; i < c->named_count; i++)
		cells_free(c->named[i]);
	free(c->named);
	cells_free(c->set);
	*c = (struct cells_asked){.set = NULL};
}

/* Every glob must mean something: a run that silently plays less than was asked is worse than none. */
static bool globs_known(struct selection *sel, const struct suite *s, char *const *glob, size_t count, bool may_name)
{
	bool all = true;
	for (size_t g = 0; g < count; g++) {
		const bool known = cells_asked_glob(&sel->cells, s, glob[g], may_name);
		if (!known)
			selection_unknown(s, glob[g]);
		all = all && known;
	}
	return all;
}

bool request_means(const struct request *r, const char *id)
{
	return (r->glob_count == 0 || selection_means(id, r->glob, r->glob_count)) && !selection_means(id, (char *const *)r->exclude, r->exclude_count);
}

/* Does a glob that stands for itself name it? */
static bool is_named(const struct request *r, const char *id)
{
	for (size_t i = 0; i < r->glob_count; i++)
		if (!strpbrk(r->glob[i], "*?[(\\") && selection_means(id, &r->glob[i], 1))
			return true;
	return false;
}

/* Control cells are for runs that probe, and for whoever names them. */
static bool is_wanted(const struct request *r, const struct script *script)
{
	return r->glob_count > 0 || r->run.probe != PROBE_NEVER || !control_is(script->id);
}

static size_t selection_total(const struct selection *sel)
{
	return sel->count + sel->pick_count;
}

/* Of play or cell i of all. */
static void selection_id(const struct selection *sel, size_t i, char id[ID_MAX])
{
	if (i < sel->count)
		play_id(&sel->play[i], id);
	else
		cells_id(sel->pick[i - sel->count].set, sel->pick[i - sel->count].i, id);
}

bool selection_takes(struct selection *sel, const struct request *r, const char *id)
{
	sel->whole++;
	sel->ids += id_hash(id);
	if (!shard_holds(r->shard, r->shards, id))
		return false;
	sel->planned++;
	const bool done = r->done && id_set_has(r->done, id);
	sel->done += done;
	return !done;
}

static bool selection_complain(const struct selection *sel, unsigned other_profile)
{
	/* A shard may be empty, and what is resumed may be done: that is not to match nothing. */
	if (sel->whole)
		return true;
	if (sel->left_out)
		cli_complain("every selected test waits longer than %g s of real time (%u of them), %s to play them", (double)sel->limit_us / 1e6, sel->left_out, sel->limit_us >= WAIT_ALL_US ? "name them, with --all," : "add --all");
	else if (other_profile)
		cli_complain("every selected test belongs to another profile, choose it with --profile");
	else
		cli_complain("nothing is left to run, the exclusions cover the whole selection");
	return false;
}

/* A fault that acts on nothing would be taken for a fault that nothing notices. The globs of faults are of whole ids: such are named. */
static bool fault_has_play(const struct selection *sel, const struct suite *s, const struct fault_request *f)
{
	const char *nearest = "*";
	char id[ID_MAX];
	for (size_t i = 0; i < selection_total(sel); i++) {
		selection_id(sel, i, id);
		if (fault_means(f, id))
			return true;
	}
	suite_nearest(s, f->glob, &nearest, 1);
	cli_complain("--fault %s@%s: no selected test has such an id, the nearest of all: %s/*", fault_name(f->kind), f->glob, nearest);
	return false;
}

/* Two faults of one play would hide each other. */
static bool faults_are_apart(const struct selection *sel, const struct run_options *o)
{
	char id[ID_MAX];
	for (size_t i = 0; o->fault_count > 1 && i < selection_total(sel); i++) {
		const struct fault_request *first = NULL;
		selection_id(sel, i, id);
		for (size_t f = 0; f < o->fault_count; f++) {
			if (!fault_means(&o->fault[f], id))
				continue;
			if (first) {
				cli_complain("--fault %s and --fault %s both act on %s, give each a glob of its own", fault_name(first->kind), fault_name(o->fault[f].kind), id);
				return false;
			}
			first = &o->fault[f];
		}
	}
	return true;
}

static bool selection_takes_faults(const struct selection *sel, const struct suite *s, const struct run_options *o)
{
	bool all = true;
	for (size_t f = 0; f < o->fault_count; f++)
		all = (fault_is_of_run(o->fault[f].kind) || fault_has_play(sel, s, &o->fault[f])) && all;
	return all && faults_are_apart(sel, o);
}

/* Ladders: what waits too long, or belongs to another profile, stays out. Returns how many the profile keeps out. */
static unsigned plays_select(struct selection *sel, const struct suite *s, const struct request *r, const struct constants *c)
{
	unsigned other_profile = 0;
	sel->play = memory_zeroed(s->count * FAMILY_COUNT, sizeof(*sel->play));
	for (size_t i = 0; i < s->count; i++) {
		const struct script *script = s->script[i];
		struct model m = {.constants = *c};
		with_apply(script->with, &m);
		bool slow = script_waits_us(script, &m.constants) > sel->limit_us;
		for (size_t f = 0; f < FAMILY_COUNT && !script_is_cell(script); f++) {
			struct play play = {script, families[f]};
			char id[ID_MAX];
			play_id(&play, id);
			if (!script_speaks(script, play.family) || !request_means(r, id) || !is_wanted(r, script))
				continue;
			if (script->has_profile && script->profile != r->run.profile)
				other_profile++;
			else if (slow && !(r->all && is_named(r, id)))
				sel->left_out++;
			else if (selection_takes(sel, r, id))
				sel->play[sel->count++] = play;
		}
	}
	return other_profile;
}

static void cells_select(struct selection *sel, struct cells *set, const struct request *r)
{
	char id[ID_MAX];
	sel->pick = memory_resized(sel->pick, sel->pick_count + cells_count(set), sizeof(*sel->pick));
	for (size_t i = 0; i < cells_count(set); i++) {
		cells_id(set, i, id);
		if (!request_means(r, id) || !selection_takes(sel, r, id))
			continue;
		sel->pick[sel->pick_count].set = set;
		sel->pick[sel->pick_count++].i = i;
	}
}

bool selection_make(struct selection *sel, const struct suite *s, const struct request *r, const struct declaration *d)
{
	struct error e;
	memset(sel, 0, sizeof(*sel));
	if (s->count == 0) {
		cli_complain("the suite is empty, set TCPSPEC_DATA to the directory that holds suite/");
		return false;
	}
	sel->cells.set = cells_new(r->axes, &e);
	if (!sel->cells.set) {
		cli_complain("%s", e.text);
		return false;
	}
	/* Both are told, even when the first has complained. */
	bool known = globs_known(sel, s, r->glob, r->glob_count, true);
	known = globs_known(sel, s, (char *const *)r->exclude, r->exclude_count, false) && known;
	if (!known)
		return false;
	sel->limit_us = declaration_is_virtual(d) ? UINT64_MAX : r->quick ? 0
	                                                     : r->all     ? WAIT_ALL_US
	                                                                  : WAIT_LIMIT_US;
	const unsigned other_profile = plays_select(sel, s, r, &d->model.constants);
	cells_select(sel, sel->cells.set, r);
	for (size_t i = 0; i < sel->cells.named_count; i++)
		cells_select(sel, sel->cells.named[i], r);
	return selection_complain(sel, other_profile) && selection_takes_faults(sel, s, &r->run);
}

static const struct script *source_script(void *self, size_t i, enum family *f)
{
	const struct selection *sel = self;
	return cells_script(sel->pick[i].set, sel->pick[i].i, f);
}

struct play_source selection_cells(struct selection *sel)
{
	return (struct play_source){.count = sel->pick_count, .script = source_script, .self = sel};
}

void selection_free(struct selection *sel)
{
	cells_asked_free(&sel->cells);
	free(sel->pick);
	free(sel->play);
	memset(sel, 0, sizeof(*sel));
}
