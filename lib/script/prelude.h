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

#endif
