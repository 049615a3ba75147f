/* What the lint's parts share: the play of a script in worlds (hypotheses: the TCBs that it leaves possible). A small judge without a wire: not the runner's. */
#ifndef TCPSPEC_SCRIPT_LINT_H
#define TCPSPEC_SCRIPT_LINT_H

#include "lib/model/hypothesis.h"
#include "lib/script/ladder.h"
#include "lib/script/numbers.h"

struct lint_play {
	const struct script *s;
	const struct model *model;
	struct numbers numbers;
	struct hypotheses worlds, scratch;
	uint64_t now, group_from; /* microseconds */
	size_t first, end;        /* steps of the open group */
	bool opaque;              /* this group's stimulus is none that the model knows: nothing is checked in it */
	struct segment stimulus;  /* the last that was sent */
	size_t fault;             /* index of the step that the model does not permit; s->count: none */
	struct text *why;
};

/* Plays p->s from its beginning; lint_play_end() must follow. True: the model permits all of it. Otherwise p->fault and *p->why say where and why not. */
bool lint_play_run(struct lint_play *p);
/* Plays the prelude alone, and begins the ladder: p->worlds are those that its first stimulus meets, at p->now. lint_play_end() must follow here too. */
bool lint_play_way(struct lint_play *p);
void lint_play_end(struct lint_play *p);
/* The segment that a SEND step would put on the wire now. Numbers that nobody has chosen yet are chosen, and stay. */
void lint_send(struct lint_play *p, const struct said_segment *said, struct segment *s);
/* One EXPECT step: keeps the worlds in which the target may send it, now or as late as the step and its group allow. False: none. */
bool lint_expect(struct lint_play *p, const struct step *st);
/* A segment with what is said of it, save its control bits and numbers; wnd where no window is said. */
void lint_segment(const struct said_segment *said, uint32_t octets, uint16_t wnd, struct segment *s);
/* Puts the said options into s, the edges of SACK blocks in live numbers of that side; n NULL: as 0. */
void lint_options(const char *said, const struct numbers *n, enum side side, const struct tcb *t, struct segment *s);
/* Time passes, with owed acknowledgments sent in time, as residue. Worlds that cannot wait that long are dropped. False: none can; p->scratch has those that were. */
bool lint_time(struct lint_play *p, uint64_t until);
/* The model that a script is held against: its profile's, with the standard's default choices. */
struct model lint_model(const struct script *s);
/* A step's duration; one RTO is what the model's constants say at the least for the state. */
uint64_t lint_duration(const struct lint_play *p, struct duration d);

#endif
