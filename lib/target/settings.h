/* The sysctls that a declaration names, in the target's namespace of a link of our own. Which ones, the declaration says. */
#ifndef TCPSPEC_TARGET_SETTINGS_H
#define TCPSPEC_TARGET_SETTINGS_H

#include "lib/target/target.h"

/* Sets the declaration's sysctls; "name=value" a line as read back, or "name absent". */
bool settings_apply(const struct link *l, const struct declaration *d, struct text *settings, struct error *e);
/* Sets the sysctls that d is given for a ladder's `with:` (declaration_with), and writes them down in t->settings; one that the kernel lacks is told in t->unmet. */
bool settings_give(const struct link *l, const struct declaration *d, struct target *t, struct error *e);

#endif
