/* What this machine offers to a target, and how to mend what it does not. It changes nothing and plays nothing. */
#ifndef TCPSPEC_TARGET_DOCTOR_H
#define TCPSPEC_TARGET_DOCTOR_H

#include "lib/base/text.h"

#include <stdbool.h>

struct declaration;

/* Appends a line for each capability: "ok", "no" or "??" (fewer than wanted), its name, what is lost without it and the mend. Tries them as a run would: in namespaces of a
 * child, as an ordinary user with a user namespace. *usable: the target can be run. */
void target_doctor(struct text *out, bool *usable);

/* Appends a line for each capability that d, of kind linux, declares to lack: "ok" where trying it fails, "no" where the declaration is false, with d's sysctls in force in a
 * child's namespace; a single "??" where that cannot be had. *usable: none is false. */
void declaration_doctor(const struct declaration *d, struct text *out, bool *usable);

/* The same for d of kind stack: "ok" or "no" for its library, which is loaded and its stack created, "??" for each member of its table that is not there and what is lost without it. */
void in_process_doctor(struct declaration *d, struct text *out, bool *usable);

/* The same for d of kind exec: its program is started on a link of its own, in a child, and an echo request is sent in each family. */
void exec_doctor(struct declaration *d, struct text *out, bool *usable);

#endif
