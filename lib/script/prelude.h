/* The standard ways into each state, as ladder text. They are checked when played like any other ladder. */
#ifndef TCPSPEC_SCRIPT_PRELUDE_H
#define TCPSPEC_SCRIPT_PRELUDE_H

#include "lib/script/script.h"

struct prelude {
	enum state state;
	const char *way;  /* "" = the standard one; "active", "simultaneous", ... as `given:` names it */
	const char *text; /* ladder text, target in column B; its last line's state is `state` */
};
const struct prelude *preludes(size_t *count);
/* NULL when there is none for that state and way. */
const struct prelude *prelude_find(enum state s, const char *way);

/* Appends the way's steps and the given STATE to an empty script, and sets s->prelude; s->options go on the tester's SYNs. For generators: ladder_compile does it itself.
 * False with e when there is no such way. CLOSED has no steps but the given STATE. */
bool prelude_add(struct script *s, enum state st, const char *way, struct error *e);

#endif
