/* From globs to plays: which scripts in which families a request means. It plays none of them. */
#include "lib/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

static const enum family families[] = {IPV4, IPV6};
enum { FAMILY_COUNT = 2,
       NEAREST = 3 };

void selection_unknown(const struct suite *s, const char *glob)
{
	const char *nearest[NEAREST];
	size_t n = suite_nearest(s, glob, nearest, NEAREST);
	struct text line = {0};
	for (size_t i = 0; i < n; i++)
		text_add(&line, "%s%s", i ? ", " : "; the nearest: ", nearest[i]);
	cli_complain("no test matches \"%s\"%s", glob, text_string(&line));
	text_free(&line);
}

static bool any_matches(char *const *glob, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (suite_matches(glob[i], id))
			return true;
	return false;
}

bool selection_means(const char *glob, const struct script *script)
{
	for (size_t f = 0; f < FAMILY_COUNT; f++) {
		char id[ID_MAX];
		play_id(&(struct play){script, families[f]}, id);
		if (suite_matches(glob, id))
			return true;
	}
	return false;
}

/* Every glob must mean something: a run that silently plays less than was asked is worse than none. */
static bool globs_known(const struct suite *s, char *const *glob, size_t count)
{
	bool all = true;
	for (size_t g = 0; g < count; g++) {
		bool known = false;
		for (size_t i = 0; i < s->count && !known; i++)
			known = selection_means(glob[g], s->script[i]);
		if (!known)
			selection_unknown(s, glob[g]);
		all = all && known;
	}
	return all;
}

static bool is_meant(const struct request *r, const char *id)
{
	if (r->glob_count && !any_matches(r->glob, r->glob_count, id))
		return false;
	return !any_matches((char *const *)r->exclude, r->exclude_count, id);
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
		cli_complain("every selected test waits longer than %g s of real time (%u of them), add --all to play them", (double)sel->limit_us / 1e6, sel->left_out);
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
	for (size_t i = 0; i < sel->count; i++) {
		play_id(&sel->play[i], id);
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
	for (size_t i = 0; i < sel->count; i++) {
		const struct fault_request *first = NULL;
		play_id(&sel->play[i], id);
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

bool selection_make(struct selection *sel, const struct suite *s, const struct request *r, const struct constants *c)
{
	memset(sel, 0, sizeof(*sel));
	if (s->count == 0) {
		cli_complain("the suite is empty, set TCPSPEC_DATA to the directory that holds suite/");
		return false;
	}
	/* Both are told, even when the first has complained. */
	bool known = globs_known(s, r->glob, r->glob_count);
	known = globs_known(s, (char *const *)r->exclude, r->exclude_count) && known;
	if (!known)
		return false;
	unsigned other_profile = 0;
	sel->limit_us = r->all ? UINT64_MAX : r->quick ? 0
	                                               : WAIT_LIMIT_US;
	sel->play = memory_zeroed(s->count * FAMILY_COUNT, sizeof(*sel->play));
	for (size_t i = 0; i < s->count; i++) {
		const struct script *script = s->script[i];
		bool slow = script_waits_us(script, c) > sel->limit_us;
		for (size_t f = 0; f < FAMILY_COUNT; f++) {
			struct play play = {script, families[f]};
			char id[ID_MAX];
			play_id(&play, id);
			if (!is_meant(r, id))
				continue;
			if (script->has_profile && script->profile != r->run.profile)
				other_profile++;
			else if (slow)
				sel->left_out++;
			else if (selection_takes(sel, r, id))
				sel->play[sel->count++] = play;
		}
	}
	return selection_complain(sel, other_profile) && selection_takes_faults(sel, s, &r->run);
}

void selection_free(struct selection *sel)
{
	free(sel->play);
	memset(sel, 0, sizeof(*sel));
}
