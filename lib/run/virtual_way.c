/* Ways that are kept: where thousands of cells begin at one point, it is reached once, and each of them begins from a copy of everything. It judges nothing, and no verdict depends on it. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/run/virtual_parts.h"

static uint64_t way_key(const struct play *p)
{
	return p->script->way * FAMILIES + family_index(p->family);
}

static void way_free(struct way *w)
{
	in_process_snapshot_free(&w->stack);
	judge_end(&w->judge);
	trace_free(&w->trace);
	*w = (struct way){.key = 0};
}

void virtual_ways_free(struct virtual *v)
{
	for (size_t i = 0; i < WAYS_KEPT; i++)
		way_free(&v->way[i]);
	free(v->way);
}

/* Plays the way, and keeps where it ends. A judge that has something to say by then is not kept: what it says may point into this script. */
static bool way_make(struct virtual *v, struct way *w, const struct play *play, struct error *e)
{
	struct player p;
	player_init(&p, v->stage, play);
	p.keeps = true;
	const bool ok = virtual_whole(v, &p, e);
	w->reached = ok && p.phase == PHASE_REACHED && !p.judge.cause[0] && !p.judge.strained;
	if (w->reached) {
		in_process_snapshot(v->stage->in_process, &w->stack);
		judge_copy(&w->judge, &p.judge, play->script);
		w->trace = trace_copy(&p.trace);
		w->endpoint = p.endpoint;
		player_where(&p);
		memcpy(w->where, p.where, sizeof w->where);
		w->connection = p.connection;
		p.connection = NULL; /* it is in the snapshot */
	}
	player_stop(&p);
	return ok;
}

static struct way *way_find(struct virtual *v, const struct play *p, bool *broken, struct error *e)
{
	const uint64_t key = way_key(p);
	struct way *w = &v->way[key % WAYS_KEPT];
	if (w->key != key) {
		way_free(w);
		w->key = key;
		*broken = !way_make(v, w, p, e);
	}
	return w;
}

bool virtual_enter(struct virtual *v, const struct play *p, bool traced, bool *broken, struct error *e)
{
	struct player *c = &v->cell;
	if (!p->script->way || v->stage->options->whole || !in_process_can_restore(v->stage->in_process))
		return false;
	const struct way *w = way_find(v, p, broken, e);
	if (*broken || !w->reached)
		return false;
	player_reuse(c, v->stage, p);
	v->polls = 0;
	c->attempts = 1;
	c->endpoint = w->endpoint;
	c->connection = w->connection;
	memcpy(c->where, w->where, sizeof c->where);
	in_process_restore(v->stage->in_process, &w->stack);
	judge_copy(&c->judge, &w->judge, p->script);
	c->untraced = !traced;
	if (traced)
		trace_begin_with(&c->trace, &w->trace);
	return true;
}
