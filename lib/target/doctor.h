/* What this machine offers to the linux target, and how to mend what it does not. It changes nothing and starts no target. */
#ifndef TCPSPEC_TARGET_DOCTOR_H
#define TCPSPEC_TARGET_DOCTOR_H

#include "lib/base/text.h"

#include <stdbool.h>

/* Appends a line for each capability: its name, what was found, what is lost without it, the mend. Tries them as a run would: in namespaces of a child, as an ordinary
 * user with a user namespace. *usable becomes false when the target cannot be run at all, and is left alone otherwise. */
void target_doctor(struct text *out, bool *usable);

#endif
