/* A target that dies or hangs while it is played: who did it has FAILed, the target is started again, and the run goes on. Of many plays at a time it first finds out which one did it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/run/judge_parts.h"
#include "lib/run/run_parts.h"

enum { DEATHS_MAX = 8, /* scripts that it was lost over: then it is of no use */
       RESTARTS_MAX = 64,
       PARTS = 4 }; /* so many parts the suspects are played in, each as many at a time */

/* "target died", "target hung"; NULL: it is there, and what failed is something else. */
static const char *run_loss(const struct run *r)
{
	const struct target *t = &r->stage.target;
	return t->operations && t->operations->lost && r->deaths < DEATHS_MAX && r->restarts < RESTARTS_MAX ? t->operations->lost(t->self) : NULL;
}

/* What it did, without the command, which is long and the same for all. */
static const char *death_told(const char *why)
{
	static const char *const words[] = {"` ended with ", "` has closed ", "` said nothing "};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		const char *at = strstr(why, words[i]);
		if (at)
			return at + 2;
	}
	return why;
}

void result_of_death(struct result *res, const struct script *s, const char *class, const char *why)
{
	res->verdict = FAIL;
	res->untraced = true; /* a capture shows segments alone */
	string_put(res->cause_class, sizeof res->cause_class, class);
	snprintf(res->cause, sizeof res->cause, "%s: its program %.160s", class, death_told(why));
	string_put(res->clause, sizeof res->clause, s->ref);
	text_add(&res->ladder, "# %s: its program %.*s\n", class, (int)strcspn(death_told(why), ";"), death_told(why));
	text_add(&res->actual, "%s(%s)", res->actual.length ? " " : "", class);
}

/* ---- suspects ---- */

static void suspect_add(struct run *r, struct player *p, bool calm)
{
	r->suspect = memory_resized(r->suspect, r->suspects + 1, sizeof *r->suspect);
	r->suspect[r->suspects++] = (struct suspect){.play = p->play, .own = p->own, .calm = calm};
	p->own = NULL;
}

bool run_suspect(struct run *r, struct play *play, struct script **own)
{
	size_t at = 0;
	while (at < r->suspects && r->suspect[at].calm)
		at++;
	if (at == r->suspects && r->most && r->flying)
		return false; /* first all suspects are through */
	if (at == r->suspects)
		r->most = 0;
	if (r->suspects == 0)
		return false;
	at = at == r->suspects ? 0 : at;
	*play = r->suspect[at].play;
	*own = r->suspect[at].own;
	r->suspect[at] = r->suspect[--r->suspects];
	return true;
}

void run_suspects_free(struct run *r)
{
	for (size_t i = 0; i < r->suspects; i++)
		script_free(r->suspect[i].own);
	free(r->suspect);
	r->suspect = NULL;
	r->suspects = 0;
}

/* The plays that something was done for when it happened are suspected, those that waited are not; if none was, all. */
static void run_suspect_all(struct run *r, const char *why)
{
	size_t undecided = 0, busy = 0;
	for (size_t i = 0; i < r->flying; i++)
		busy += r->flight[i]->active;
	for (size_t i = 0; i < r->flying; i++) {
		struct player *p = r->flight[i];
		const bool calm = busy && !p->active;
		if (run_is_decided(p)) {
			run_cut_short(r, p, why);
		} else {
			undecided += !calm;
			suspect_add(r, p, calm);
		}
		run_retire(p);
	}
	r->flying = r->active = 0;
	r->most = undecided / PARTS ? undecided / PARTS : 1;
}

/* ---- starting again ---- */

/* A play that was alone when it happened has done it. */
static void run_convict(struct run *r, const char *class, const char *why)
{
	struct player *p = r->flight[0];
	struct result res = {0};
	player_result(p, &res);
	if (!res.ladder.length)
		ladder_of_trace(&p->trace, &p->judge, &res.ladder);
	result_of_death(&res, p->play.script, class, why);
	run_trace(r, p);
	run_deliver(r, &res, p->play.script);
	run_retire(p);
	r->flying = r->active = 0;
	r->deaths++;
}

static bool run_restart(struct run *r, struct error *e)
{
	r->stage.lost_in_a_row = 0;
	r->restarts++;
	return live_restart(&r->stage, e) || error_prefix(e, "started again after it was lost: ");
}

bool run_revive(struct run *r, struct error *e)
{
	const char *class = run_loss(r);
	const struct error why = *e;
	if (!class)
		return false;
	if (r->sprint)
		sprint_abandon(r->sprint, why.text);
	if (r->flying == 1 && !run_is_decided(r->flight[0]))
		run_convict(r, class, why.text);
	else
		run_suspect_all(r, why.text);
	return run_restart(r, e);
}

bool run_revive_quick(struct run *r, size_t i, const struct sprint_events *events, struct error *e)
{
	const char *class = run_loss(r);
	if (!class)
		return false;
	sprint_died(r->sprint, i, class, e->text);
	r->deaths++;
	struct sprint *fresh = run_restart(r, e) ? sprint_new(&r->stage, &r->quick_source, events, e) : NULL;
	if (!fresh)
		return false;
	sprint_free(r->sprint);
	r->sprint = fresh;
	return sprint_learn(r->sprint, e);
}
