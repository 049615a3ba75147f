/* What the lint's parts share: the play of a script in worlds (the TCBs that it leaves possible). A small judge without a wire: not the runner's. */
#ifndef TCPSPEC_SCRIPT_LINT_H
#define TCPSPEC_SCRIPT_LINT_H

#include "lib/script/ladder.h"
#include "lib/script/numbers.h"

enum { WORLDS_MAX = 64 };

/* One TCB that the target may have now, and what it has yet to send before its group ends. */
struct world {
	struct tcb tcb;
	struct emission pending[EMISSIONS_MAX];
	unsigned pending_count;
	bool has_due, due_should;
	uint32_t due;
	const char *clause;
};

struct worlds {
	struct world at[WORLDS_MAX];
	unsigned count;
};

/* Adds a copy unless there is one already. */
void worlds_add(struct worlds *s, const struct world *w);
void worlds_follow(struct worlds *to, const struct outcome *o);

struct lint_play {
	const struct script *s;
	const struct model *model;
	struct numbers numbers;
	struct worlds worlds, scratch;
	uint64_t now, group_from; /* microseconds */
	size_t first, end;        /* steps of the open group */
	bool opaque;              /* this group's stimulus is none that the model knows: nothing is checked in it */
	struct segment stimulus;  /* the last that was sent */
	size_t fault;             /* index of the step that the model does not permit; s->count: none */
	struct text *why;
};

/* Plays p->s from its beginning. True: the model permits all of it. Otherwise p->fault and *p->why say where and why not. */
bool lint_play_run(struct lint_play *p);
/* One EXPECT step: keeps the worlds in which the target may send it, now or as late as the step and its group allow. False: none. */
bool lint_expect(struct lint_play *p, const struct step *st);
/* Time passes, with owed acknowledgments sent in time, as residue. Worlds that cannot wait that long are dropped. */
void lint_time(struct lint_play *p, uint64_t until);
/* A step's duration; one RTO is what the model's constants say at the least for the state. */
uint64_t lint_duration(const struct lint_play *p, struct duration d);

#endif
