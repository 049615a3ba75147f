/* How a play begins and how it is put away: its fault, its ports, its connection. Its course is none of it: lib/run/player.c. */
#include "lib/run/player.h"

#include "lib/run/service.h"

#include <stdio.h>
#include <string.h>

void player_init(struct player *p, struct stage *s, const struct play *play)
{
	memset(&p->judge, 0, sizeof p->judge);
	memset(&p->trace, 0, sizeof p->trace);
	player_reuse(p, s, play);
}

void player_reuse(struct player *p, struct stage *s, const struct play *play)
{
	memset(p, 0, offsetof(struct player, judge));
	p->held.count = 0;
	p->stage = s;
	p->play = *play;
	p->phase = PHASE_NEW;
	play_id(play, p->id);
	for (size_t i = 0; i < s->options->fault_count; i++) {
		const struct fault_request *f = &s->options->fault[i];
		if (fault_means(f, p->id))
			p->fault = f->kind;
	}
	p->fault_step = play->script->count - 1;
	if (p->fault == FAULT_LAST) {
		p->last = fault_for_last(play->script);
		p->fault = p->last.kind;
		p->fault_step = p->last.step;
		p->every = p->fault == FAULT_DROP;
	}
}

/* What the seed is joined with where numbers are chosen: the id; of a cell in memory its way, which it shares with others. */
static void player_named(const struct player *p, char name[ID_MAX])
{
	const struct script *s = p->play.script;
	if (p->stage->in_process && s->way)
		snprintf(name, ID_MAX, "way %llu/v%d", (unsigned long long)s->way, p->play.family == IPV4 ? 4 : 6);
	else
		memcpy(name, p->id, ID_MAX);
}

uint16_t player_port(const struct script *s, uint16_t from)
{
	for (size_t i = 0; i < s->count;)
		if (s->step[i].segment.said & SAY_SRC && s->step[i].segment.src_port == from) {
			from++;
			i = 0;
		} else {
			i++;
		}
	return from;
}

/* Where all come to the port that is served, each has a port of the tester's to itself. */
static void player_served(struct player *p)
{
	p->endpoint.tester_port = p->endpoint.target_port;
	if (service_is_opened(p->play.script))
		p->endpoint.target_port = p->stage->served;
}

/* Nobody steers the target: an exact reset ends what there is. */
static void player_reset(struct player *p)
{
	uint8_t packet[128];
	uint64_t at;
	struct error unheard;
	const struct tcb target = judge_target(&p->judge);
	if (target.irs_known)
		stage_send(p->stage, packet, alter_slip(&p->endpoint, &target, packet, sizeof packet), &at, &unheard);
}

bool player_start(struct player *p, struct error *e)
{
	char name[ID_MAX];
	struct stage *s = p->stage;
	const unsigned f = family_index(p->play.family);
	player_named(p, name);
	struct rng r = rng_named(s->options->seed, name);
	p->attempts++;
	p->late_us = 0;
	p->triggered_at = stage_now(s);
	p->where[0] = '\0';
	p->endpoint = (struct endpoint){.family = p->play.family, .target = s->link.target[f], .tester = s->link.tester[f], .target_port = stage_port(s)};
	p->endpoint.tester_port = player_port(p->play.script, (uint16_t)(32768 + rng_below(&r, 28000) + p->attempts));
	if (s->served)
		player_served(p);
	p->connection = s->target.operations->open(s->target.self, &p->endpoint, e);
	if (!p->connection)
		return error_prefix(e, "%s: ", p->id);
	s->by_port[stage_key(s, p->endpoint.target_port, p->endpoint.tester_port)] = p;
	judge_again(&p->judge, p->play.script, &s->declaration->model, &p->endpoint, s->options->seed + p->attempts);
	p->judge.untold = p->untold;
	if (s->in_process && p->play.script->way)
		p->judge.numbers.rng = r;
	p->cursor = p->group_end = 0;
	p->fault_done = p->replied = p->hopeless = p->by_same = p->same_open = false;
	p->held.count = 0;
	if (!stage_drops(s, &p->drops_before, e))
		return false;
	return player_step(p, e);
}

void player_stop(struct player *p)
{
	struct stage *s = p->stage;
	if (p->connection && s->served)
		player_reset(p);
	if (p->connection)
		s->target.operations->close(s->target.self, p->connection);
	p->connection = NULL;
	s->by_port[stage_key(s, p->endpoint.target_port, p->endpoint.tester_port)] = NULL;
	judge_end(&p->judge);
	trace_free(&p->trace);
	p->phase = PHASE_NEW;
	p->active = false;
	p->turn++;
}
