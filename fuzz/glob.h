/* The globs of lines of causes, as fnmatch() has them with the ksh patterns (FNM_EXTMATCH), without memory of its own: hundreds of lines are held against every failure. It is no part of the suite's selection. */
#ifndef TCPSPEC_FUZZ_GLOB_H
#define TCPSPEC_FUZZ_GLOB_H

#include <stdbool.h>

/* Octets of a glob, or of a text: [at, end). How many they are is found once, not for each of the hundreds. */
struct piece {
	const char *at, *end;
};
struct piece piece_of(const char *string);

/* Does glob mean all of text? '?' is an octet, '*' any number of them, '[a-z]' and '[!a-z]' one of a set, '\' takes its meaning from what follows; "@(a|b)", "?(a|b)", "*(a|b)", "+(a|b)" and "!(a|b)": one, one or none, any number, at
 * least one of these, none of these. None of them minds slashes. */
bool glob_matches(struct piece glob, struct piece text);

#endif
