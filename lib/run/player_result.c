/* The end of a play: whether it is played again, and what is told of it. What it means was the judge's to say. */
#include "lib/run/player.h"

#include "lib/run/predict.h"
#include "lib/run/stored.h"

#include <string.h>

bool player_again(struct player *p)
{
	const bool unproved = p->by_same && (p->judge.status == JUDGE_FAILED || p->judge.status == JUDGE_UNREACHED);
	const bool doubtful = unproved || p->judge.status == JUDGE_VIOLATED || p->judge.status == JUDGE_UNREACHED;
	p->by_time |= unproved;
	return doubtful && !p->stage->in_process && !p->hopeless && p->attempts < ATTEMPTS_MAX && !p->stage->dead;
}

void player_where(struct player *p)
{
	struct text where = {0};
	if (p->where[0])
		return;
	endpoint_print(&p->endpoint, &where);
	string_put(p->where, sizeof p->where, text_string(&where));
	text_free(&where);
}

void player_result(struct player *p, struct result *r)
{
	memcpy(r->id, p->id, sizeof r->id);
	judge_result(&p->judge, r);
	r->attempts = p->attempts;
	string_put(r->family, sizeof r->family, p->play.family == IPV4 ? "v4" : "v6");
	player_where(p);
	memcpy(r->endpoint, p->where, sizeof r->endpoint);
	if (r->verdict != PASS && !p->untraced)
		ladder_of_trace(&p->trace, &p->judge, &r->ladder);
	if (p->stage->options->predict)
		predict_faults(&p->trace, p->play.script, &p->stage->declaration->model, &p->endpoint, p->stage->options->seed + p->attempts, p->id, &p->stage->known, &r->predicted);
}
