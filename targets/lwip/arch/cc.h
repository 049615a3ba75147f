/* What lwIP asks of the compiler and the machine (its doc/sys_arch.txt). No option of lwIP is here: those are in lwipopts.h. */
#ifndef TCPSPEC_LWIP_CC_H
#define TCPSPEC_LWIP_CC_H

#include <stdio.h>
#include <stdlib.h>

#define LWIP_PLATFORM_DIAG(x) \
	do {                  \
		printf x;     \
	} while (0)
/* A stack that finds itself in disorder is dead: the run says so, with the ladder that did it. A program that means to go on names a function of its own, which does not come back. */
#ifdef TCPSPEC_LWIP_DISORDER
_Noreturn void TCPSPEC_LWIP_DISORDER(const char *what, const char *file, int line);
#define LWIP_PLATFORM_ASSERT(x) TCPSPEC_LWIP_DISORDER((x), __FILE__, __LINE__)
#else
#define LWIP_PLATFORM_ASSERT(x)                                                \
	do {                                                                   \
		fprintf(stderr, "lwIP: %s, %s:%d\n", (x), __FILE__, __LINE__); \
		abort();                                                       \
	} while (0)
#endif

/* glue.c has it: from the seed of the run. */
unsigned tcpspec_lwip_random(void);
#define LWIP_RAND() tcpspec_lwip_random()

#endif
