/* The planted faults' names. What each does to a reply is in alter.c. */
#include "lib/run/fault.h"

#include <stdio.h>
#include <string.h>

static const char *const names[FAULT_KINDS] = {"none", "drop", "extra-segment", "extra-rst", "wrong-seq", "wrong-ack", "wrong-flags", "delay-20ms", "delay-300ms", "wrong-state", "last", "rps", "busy", "stall", "mute"};

const char *fault_name(enum fault_kind k)
{
	return k < FAULT_KINDS ? names[k] : "?";
}

bool fault_read(const char *said, struct fault_request *f, struct error *e)
{
	const char *at = strchr(said, '@');
	const size_t n = at ? (size_t)(at - said) : strlen(said);
	for (unsigned k = 1; k < FAULT_KINDS; k++)
		if (strlen(names[k]) == n && memcmp(names[k], said, n) == 0) {
			f->kind = (enum fault_kind)k;
			snprintf(f->glob, sizeof f->glob, "%s", at ? at + 1 : "*");
			return true;
		}
	char list[256] = "";
	for (unsigned k = 1; k < FAULT_KINDS; k++)
		snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", k > 1 ? ", " : "", names[k]);
	return error_set(e, "--fault %s: expected KIND[@GLOB], KIND one of %s", said, list);
}
