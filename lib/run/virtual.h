/* Plays on a target in our process, on a virtual clock: one after the other, each from the stack as it was created to its verdict. Hours of timers take the time of the packets that
 * they make. It judges nothing: the events are those that the player and the sprint hand to the same judge. */
#ifndef TCPSPEC_RUN_VIRTUAL_H
#define TCPSPEC_RUN_VIRTUAL_H

#include "lib/run/sprint.h"

struct virtual;

/* NULL with e: what is to be learned before the first play could not be. A stage whose in_process is set. The events are of the run, as the sprint's; a result comes before virtual_play() returns. */
struct virtual *virtual_new(struct stage *s, const struct sprint_events *events, struct error *e);
void virtual_free(struct virtual *v);

/* Plays p to its end. False with e: the stack breaks its interface, or the tester is broken. */
bool virtual_play(struct virtual *v, const struct play *p, struct error *e);

/* The same, but for the verdict alone: nothing is kept of what was seen, no state is probed, and no event is told of. Whoever wants to hear more plays it again: it is the same. For those who play
 * a hundred thousand a second. */
bool virtual_judge(struct virtual *v, const struct play *p, enum verdict *verdict, struct error *e);

/* The same once more, to be looked at: the judge as it was at the play's end, until the next one. NULL with e. */
const struct judge *virtual_look(struct virtual *v, const struct play *p, struct error *e);

/* What was asked for that means nothing in memory: the sentence in e, and false. */
bool virtual_permits(const struct run_options *o, struct error *e);

#endif
