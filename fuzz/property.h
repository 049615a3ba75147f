/* A property that every input has: where it does not hold the process dies in a function of the property's name. No sanitizer's business, and no protocol's: the stacks' rules are not here. */
#ifndef TCPSPEC_FUZZ_PROPERTY_H
#define TCPSPEC_FUZZ_PROPERTY_H

#include <stdio.h>
#include <stdlib.h>

/* Defines name(holds): its own frame on the stack, so that findings are told apart by where they died. */
#define PROPERTY(name, sentence)                                                  \
	static __attribute__((noinline, cold, noreturn)) void name##_broken(void) \
	{                                                                         \
		fprintf(stderr, "FINDING " #name "\n%s\n", sentence);             \
		abort();                                                          \
	}                                                                         \
	static inline void name(int holds)                                        \
	{                                                                         \
		if (!holds)                                                       \
			name##_broken();                                          \
	}

#endif
