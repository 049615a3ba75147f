/* The planted faults' names. What each does to a reply is in alter.c. */
#include "lib/run/fault.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

static const char *const names[FAULT_KINDS] = {"none", "drop", "extra-segment", "extra-rst", "wrong-seq", "wrong-ack", "wrong-flags", "wrong-port", "bad-checksum", "delay-20ms", "delay-300ms", "wrong-state", "last", "rps", "busy", "stall", "deaf", "chatty", "mute"};

const char *fault_name(enum fault_kind k)
{
	return k < FAULT_KINDS ? names[k] : "?";
}

bool fault_is_of_run(enum fault_kind k)
{
	return k == FAULT_RPS || k == FAULT_BUSY || k == FAULT_MUTE;
}

bool fault_means(const struct fault_request *f, const char *id)
{
	return !fault_is_of_run(f->kind) && fnmatch(f->glob, id, FNM_EXTMATCH) == 0;
}

static bool fault_glob(struct fault_request *f, const char *said, const char *at, struct error *e)
{
	if (at && fault_is_of_run(f->kind))
		return error_set(e, "--fault %s: %s acts on the whole run, leave out %s", said, names[f->kind], at);
	if (at && strlen(at + 1) >= sizeof f->glob)
		return error_set(e, "--fault %s: the glob is longer than %zu octets, shorten it", said, sizeof f->glob - 1);
	snprintf(f->glob, sizeof f->glob, "%s", at ? at + 1 : fault_is_of_run(f->kind) ? ""
	                                                                               : "*");
	return true;
}

bool fault_read(const char *said, struct fault_request *f, struct error *e)
{
	const char *at = strchr(said, '@');
	const size_t n = at ? (size_t)(at - said) : strlen(said);
	for (unsigned k = 1; k < FAULT_KINDS; k++)
		if (strlen(names[k]) == n && memcmp(names[k], said, n) == 0) {
			f->kind = (enum fault_kind)k;
			return fault_glob(f, said, at, e);
		}
	char list[256] = "";
	for (unsigned k = 1; k < FAULT_KINDS; k++)
		snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", k > 1 ? ", " : "", names[k]);
	return error_set(e, "--fault %s: expected KIND[@GLOB], KIND one of %s", said, list);
}
