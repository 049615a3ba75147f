/* What the lint's parts share: worlds (the TCBs that a script leaves possible) and the numbers chosen for them. A small judge without a wire: not the runner's. */
#ifndef TCPSPEC_SCRIPT_LINT_H
#define TCPSPEC_SCRIPT_LINT_H

#include "lib/script/ladder.h"

enum { WORLDS_MAX = 64,
       LINT_NAMES_MAX = 8 };

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

/* Sides of a script: whose numbers. */
enum { OF_TARGET,
       OF_TESTER };

struct lint_numbers {
	struct {
		bool bound;
		uint32_t offset, prior; /* live - figure, modulo 2^32 */
	} space[2];
	struct {
		char name[NAME_MAX_OCTETS];
		uint32_t live;
	} name[LINT_NAMES_MAX];
	unsigned names, chosen;
};

/* The live number of q. False when it has none yet. */
bool lint_number_known(const struct lint_numbers *n, unsigned side, const struct seqnum *q, const struct tcb *t, uint32_t *live);
/* The same; one that has none is given one. */
uint32_t lint_number(struct lint_numbers *n, unsigned side, const struct seqnum *q, const struct tcb *t, uint32_t unsaid);
/* q is live from now on, unless it is bound already and this is no new binding. */
void lint_number_bind(struct lint_numbers *n, unsigned side, const struct seqnum *q, uint32_t live, bool anew);

struct lint_play {
	const struct script *s;
	const struct model *model;
	struct lint_numbers numbers;
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
