/* Plays inputs on a stack in this process, on a virtual clock, and says which rule the stack has broken: the judge of the suite after every step, the rules of fuzz/watch.h, and what only a second look shows. What runs behind main() is
 * the harness's. */
#ifndef TCPSPEC_FUZZ_CORE_H
#define TCPSPEC_FUZZ_CORE_H

#include "fuzz/input.h"
#include "fuzz/rules.h"
#include "lib/target/stack.h"

struct core;

struct finding {
	enum rule rule;
	enum state state;   /* before the stimulus */
	char words[400];    /* particulars */
	struct text ladder; /* as it happened, the offending arrow marked; "" where no arrow is */
};
void finding_free(struct finding *f);

/* declaration: the text of its target.ini, of which name tells in errors; connections: as many as it can have are not needed, and its state is copied for every input: NULL or the value of a setting of that name. NULL with e. */
struct core *core_new(const struct tcpspec_stack_operations *operations, const char *name, const char *declaration, const char *connections, struct error *e);
void core_free(struct core *c);
/* What it can be asked for, NEED_*. */
unsigned core_needs_met(const struct core *c);
/* Plays it. True: a rule was broken, and f says which; f is made over. */
bool core_play(struct core *c, const struct input *in, struct finding *f);
/* What the last play put out, as a number. */
uint64_t core_transcript(const struct core *c);
/* So many inputs were played. */
uint64_t core_played(const struct core *c);

#endif
