/* Plays inputs on a stack in this process, on a virtual clock, and says which rule the stack has broken: the judge of the suite after every step, the rules of fuzz/watch.h, and what only a second look shows. What runs behind main() is
 * the harness's. */
#ifndef TCPSPEC_FUZZ_CORE_H
#define TCPSPEC_FUZZ_CORE_H

#include "fuzz/causes.h"
#include "fuzz/input.h"
#include "fuzz/rules.h"
#include "lib/run/trace.h"
#include "lib/target/declaration.h"
#include "lib/target/stack.h"

struct core;

struct finding {
	enum rule rule;
	enum state state;   /* before the stimulus */
	char words[400];    /* particulars */
	char cause[1200];   /* the judge's: id and reaction as a line of causes would mean them, fuzz/causes.h */
	struct text ladder; /* as it happened, the offending arrow marked; "" where no arrow is */
};
void finding_free(struct finding *f);

/* d becomes the core's, on failure too. connections: the value of a setting of that name, or NULL: as many as a stack can have need not be there, and its state is copied for every input. slot: fuzz/watch.h's, 0 where there is one stack. NULL with e. */
struct core *core_new(unsigned slot, const struct tcpspec_stack_operations *operations, struct declaration *d, const char *connections, struct error *e);
/* Is what the judge says a finding? By default. Else the rules of fuzz/watch.h and the sanitizers alone are. */
void core_judges(struct core *c, bool judges);
/* What lines of causes mean is counted, and no finding: the input ends there. Where a rule is broken and the judge fails as well, each is to have its line, but behind a disorder the judge is not asked. They stay the caller's. */
void core_knows(struct core *c, struct causes *causes);
/* Only what needs no more than these is played: for two that are to play the same. */
void core_needs(struct core *c, unsigned needs);
void core_free(struct core *c);
/* What it can be asked for, NEED_*. */
unsigned core_needs_met(const struct core *c);
/* Plays it. True: a rule was broken, and f says which; f is made over. */
bool core_play(struct core *c, const struct input *in, struct finding *f);
/* Did the last play pass, as far as it is judged, and was nothing known of it? */
bool core_passed(const struct core *c);
/* The last play once more, all of it told at its end: the trace is good for the call. */
struct core_listener {
	void (*trace)(void *self, const struct trace *t, const struct script *s, const struct model *m, const struct endpoint *at, uint64_t seed);
	void *self;
};
void core_retell(struct core *c, const struct input *in, const struct core_listener *to);
/* What the last play put out, as a number. */
uint64_t core_transcript(const struct core *c);
/* So many inputs failed, of all cores, where there were more hypotheses than room: they prove nothing, and are no findings. */
unsigned long core_crowded(void);
/* So many inputs were played. */
uint64_t core_played(const struct core *c);

#endif
