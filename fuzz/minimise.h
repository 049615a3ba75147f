/* Makes an input that was found as small as it still shows the same: moves left out one by one, then what a move says beside the plain. It looks for nothing new, as libFuzzer's -minimize_crash does: octets that mean something are no
 * smaller for being fewer. */
#ifndef TCPSPEC_FUZZ_MINIMISE_H
#define TCPSPEC_FUZZ_MINIMISE_H

#include "fuzz/input.h"

/* finds: which kind of finding an input has, 0: none. Each is played in a process of its own, so that one that ends it (a sanitizer's) can be told as well. False with e: nothing is found in the first place, or there is no process. */
bool input_minimise(struct input *in, uint64_t (*finds)(const struct input *in), struct error *e);

#endif
