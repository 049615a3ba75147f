/* SACK blocks in a ladder's numbers, made those of the wire. Not the other options, which are written as they stand in the header. */
#ifndef TCPSPEC_SCRIPT_SACK_H
#define TCPSPEC_SCRIPT_SACK_H

#include "lib/script/numbers.h"

/* A list of options of said_segment.opt's length, with every number at its longest. */
enum { OPTIONS_LIVE = 640 };

/* Copies the list `opt` to `live`, each edge of its SACK blocks as the number that it is on the wire; a `*` stays. side: whose numbers they are, the receiver's of the segment (RFC 2018 3).
 * n NULL: 0 in place of each, for the form alone. False: an edge has no value yet, or is none. */
bool options_live(const char *opt, const struct numbers *n, enum side side, const struct tcb *t, char live[OPTIONS_LIVE]);

#endif
