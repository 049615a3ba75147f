/* What each key of a target.ini says, in a sentence: for the descriptor that `tcpspec target new` writes, and for doc/targets.md, which a test holds against it. It reads none. */
#ifndef TCPSPEC_TARGET_KEYS_TOLD_H
#define TCPSPEC_TARGET_KEYS_TOLD_H

#include "lib/model/model.h"

struct key_told {
	const char *section; /* "target", "choices", "constants", "capabilities"; "lacks": a word of that key */
	const char *key;
	const char *what;
};

/* From 0 on; NULL behind the last. In the order of sections and keys in which they are to be read. */
const struct key_told *key_told_at(size_t i);
/* A section as a descriptor would say what holds without it: "# msl = 120s  # TIME-WAIT lasts 2 of these", a line each. */
void keys_print(const char *section, enum profile p, struct text *to);

#endif
