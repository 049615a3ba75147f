/* The fence on the connection itself, as the judge sees it: when it proves silence, with which numbers it is sent, and what it leaves behind. It sends nothing. */
#ifndef TCPSPEC_RUN_SAME_H
#define TCPSPEC_RUN_SAME_H

#include "lib/net/fence.h"
#include "lib/run/judge.h"

/* The numbers of a `same` fence behind the current group's stimulus. False where it would not be sound, or would not pass without leaving traces, in one of the
 * hypotheses before or after the stimulus: no timestamps; a state that is not synchronized, or TIME-WAIT (somebody else may own the 4-tuple); no user any more;
 * something received that may still be unacknowledged (TS.Recent does not move then, RFC 7323 4.3); text outstanding or queued (T would be a duplicate ACK
 * that counts, RFC 5681 3.2; of a FIN alone, two are borne). */
bool same_numbers(const struct judge *j, struct fence_same *n);

/* The fence was answered: TS.Recent is ts_val now. */
void same_passed(struct judge *j, uint32_t ts_val);

#endif
