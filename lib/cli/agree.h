/* Do two records belong to one run? It compares what their first lines say, and no results. */
#ifndef TCPSPEC_CLI_AGREE_H
#define TCPSPEC_CLI_AGREE_H

#include "lib/run/result.h"

/* What is compared. What differs from machine to machine and decides no verdict is not: seed, link, fence, round trip. */
enum agree_extent {
	AGREE_ASKED, /* what was asked for, and of which declaration: all that is known before a run */
	AGREE_WHOLE, /* also the target as it was met: its version, the kernel, the settings */
};
/* shard: must it be the same shard of the run? False with e: which of their lines differs, and how. */
bool headers_agree(const struct run_header *a, const char *a_name, const struct run_header *b, const char *b_name, enum agree_extent extent, bool shard, struct error *e);

#endif
