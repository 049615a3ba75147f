/* What this machine lets the live wire do, a line for each capability, with the mend where one is missing. It mends nothing itself. */
#ifndef TCPSPEC_NET_DOCTOR_H
#define TCPSPEC_NET_DOCTOR_H

#include "lib/base/text.h"

#include <stdbool.h>

/* Tries everything in children, so that the caller stays where it is. *usable: a live run can work here. Lines: "ok", "no" or "??" (unknown, not needed), what, how. */
void net_doctor(struct text *out, bool *usable);

#endif
