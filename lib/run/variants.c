/* A live target behind a program is given what a script is played with when it is started, so such scripts are parts of the run of their own. In process they are not: see run.c. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/run/run_parts.h"

/* A run in parts: the plays of each, and whether any of them has failed. */
struct parts {
	const struct run_options *options;
	const struct run_events *events;
	struct run_counts *counts;
	struct play *play;
	bool failed;
};

bool variants_are_parts(const struct run_options *o, const struct declaration *d)
{
	return strcmp(d->kind, "exec") == 0 || o->upper_tester;
}

/* Those of the plays that are a part's, behind each other; how many. Scripts that the target cannot be given what they want are left to the part without anything. */
static size_t part_gather(struct parts *p, const struct declaration *d, const char *with, const struct play *plays, size_t count)
{
	size_t n = 0;
	for (size_t i = 0; i < count; i++) {
		const char *wanted = declaration_gives(d, plays[i].script->with) ? plays[i].script->with : "";
		if (strcmp(wanted, with) == 0)
			p->play[n++] = plays[i];
	}
	return n;
}

/* Where one part was lost the next ones are: what would be started again has failed. */
static void part_abandon(struct parts *p, size_t count, const char *why)
{
	struct run *r = memory_zeroed(1, sizeof *r);
	r->events = p->events;
	r->counts = p->counts;
	for (size_t i = 0; i < count; i++)
		run_unplayed(r, &p->play[i], INCONCLUSIVE, "target lost", why);
	free(r);
}

static void part_play(struct parts *p, const char *with, size_t count, const struct play_source *cells, struct error *e)
{
	struct run_events events = *p->events;
	struct run_counts counts = {.total = 0};
	if (p->failed && with[0]) {
		part_abandon(p, count, e->text);
		return;
	}
	if (with[0])
		events.header = NULL; /* it was told */
	p->failed = !run_part(p->options, with, p->play, count, cells, &events, &counts, e);
	const bool unbegun = p->failed && counts.total == 0;
	counts_join(p->counts, &counts);
	if (unbegun && with[0])
		part_abandon(p, count, e->text);
}

/* Was it wanted by a play before this one? */
static bool with_is_known(const struct play *plays, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (strcmp(plays[i].script->with, plays[at].script->with) == 0)
			return true;
	return false;
}

/* The throttle is the whole stack's: what one play uses up another one lacks. */
static bool with_is_shared_by_all(const char *with)
{
	return strstr(with, "challenge_interval") != NULL;
}

/* The parts that begin with the i-th play. */
static void parts_from(struct parts *p, const struct declaration *d, const struct play *plays, size_t i, size_t count, struct error *e)
{
	const char *with = plays[i].script->with;
	if (!with[0] || !declaration_gives(d, with))
		return;
	if (with_is_shared_by_all(with))
		part_play(p, with, part_gather(p, d, with, &plays[i], 1), NULL, e);
	else if (!with_is_known(plays, i))
		part_play(p, with, part_gather(p, d, with, plays, count), NULL, e);
}

bool variants_play(const struct run_options *o, const struct declaration *d, const struct play *plays, size_t count, const struct play_source *cells, const struct run_events *events, struct run_counts *counts, struct error *e)
{
	struct parts p = {.options = o, .events = events, .counts = counts, .play = memory_zeroed(count + 1, sizeof *p.play)};
	part_play(&p, "", part_gather(&p, d, "", plays, count), cells, e);
	const bool begun = counts->total > 0 || !p.failed;
	for (size_t i = 0; begun && i < count; i++)
		parts_from(&p, d, plays, i, count, e);
	free(p.play);
	return !p.failed;
}
