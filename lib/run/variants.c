/* A live target is given what a script is played with when it is started, so such scripts are parts of the run of their own: behind a program one after the other, on this kernel in namespaces of their own, side by
 * side (workers.c). In process they are not: see run.c. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/run/run_parts.h"

/* A run in parts: the plays of each, and whether any of them has failed. */
struct parts {
	const struct run_options *options;
	const struct run_events *events;
	struct run_counts *counts;
	struct play *play; /* those of the part at hand */
	bool failed;
};

bool variants_are_parts(const struct run_options *o, const struct declaration *d)
{
	return strcmp(d->kind, "exec") == 0 || (strcmp(d->kind, "remote") == 0 && !declaration_is_kernel(d)) || o->upper_tester || o->attach;
}

/* What the target is to be given for a script: nothing where it has it all, and where it cannot be given it. */
static const char *with_wanted(const struct declaration *d, const struct script *s)
{
	return declaration_has(d, s->with) || !declaration_gives(d, s->with) ? "" : s->with;
}

/* What a kernel remembers of a server's cookies is all its sockets': such a ladder has the namespaces for itself. */
static bool is_alone(const struct script *s)
{
	return (s->needs & NEED_FASTOPEN) != 0;
}

/* Do two scripts belong to one part? like: NULL for those of the target as it is. */
static bool part_is(const struct declaration *d, const struct script *like, const struct script *s)
{
	const char *wanted = with_wanted(d, s);
	if (!like || !wanted[0])
		return !like && !wanted[0];
	return strcmp(with_wanted(d, like), wanted) == 0 && (like == s || (!is_alone(like) && !is_alone(s)));
}

size_t variants_gather(const struct declaration *d, const struct script *like, const struct play *plays, size_t count, struct play *to)
{
	size_t n = 0;
	for (size_t i = 0; i < count; i++)
		if (part_is(d, like, plays[i].script))
			to[n++] = plays[i];
	return n;
}

size_t variants_list(const struct run_options *o, const struct declaration *d, const struct play *plays, size_t count, const struct script **part)
{
	size_t n = 0, k;
	for (size_t i = 0; i < count && declaration_is_kernel(d) && !o->upper_tester && !o->attach; i++) {
		for (k = 0; k < n && !part_is(d, part[k], plays[i].script);)
			k++;
		if (k == n && with_wanted(d, plays[i].script)[0])
			part[n++] = plays[i].script;
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
static bool part_is_known(const struct declaration *d, const struct play *plays, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (part_is(d, plays[i].script, plays[at].script))
			return true;
	return false;
}

/* The throttle of a program's stack may be the whole stack's: what one play uses up another one lacks. That of kind linux is each connection's. */
static bool with_is_shared_by_all(const struct declaration *d, const char *with)
{
	return !declaration_is_kernel(d) && strstr(with, "challenge_interval") != NULL;
}

/* The parts that begin with the i-th play. */
static void parts_from(struct parts *p, const struct declaration *d, const struct play *plays, size_t i, size_t count, struct error *e)
{
	const char *with = with_wanted(d, plays[i].script);
	if (!with[0])
		return;
	if (with_is_shared_by_all(d, with))
		part_play(p, with, variants_gather(d, plays[i].script, &plays[i], 1, p->play), NULL, e);
	else if (!part_is_known(d, plays, i))
		part_play(p, with, variants_gather(d, plays[i].script, plays, count, p->play), NULL, e);
}

bool variants_play(const struct run_options *o, const struct declaration *d, const struct play *plays, size_t count, const struct play_source *cells, const struct run_events *events, struct run_counts *counts, struct error *e)
{
	struct parts p = {.options = o, .events = events, .counts = counts, .play = memory_zeroed(count + 1, sizeof *p.play)};
	part_play(&p, "", variants_gather(d, NULL, plays, count, p.play), cells, e);
	const bool begun = counts->total > 0 || !p.failed;
	for (size_t i = 0; begun && i < count; i++)
		parts_from(&p, d, plays, i, count, e);
	free(p.play);
	return !p.failed;
}

bool variant_play(const struct run_options *o, const char *with, const struct play *plays, size_t count, const struct run_events *events, struct run_counts *counts, struct error *e)
{
	struct parts p = {.options = o, .events = events, .counts = counts, .play = (struct play *)(uintptr_t)plays};
	part_play(&p, with, count, NULL, e);
	return !p.failed;
}
