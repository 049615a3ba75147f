/* Names the test during which a stack in our own process died or did not return. It saves nothing: what is broken then is our process. */
#ifndef TCPSPEC_CLI_GUARD_H
#define TCPSPEC_CLI_GUARD_H

#include "lib/run/run.h"

/* From here on a fatal signal is told on stderr, with the test and how to play it again, before it takes its course; a test that has had 10 s of the CPU ends the process with CODE_UNUSABLE.
 * options: of that run, " --seed 7 -t ./libtoy.so"; kept. One at a time, and of the process that plays. */
void guard_begin(const char *options);
/* p is about to be played: good until the next one. */
void guard_playing(const struct play *p);
void guard_end(void);

#endif
