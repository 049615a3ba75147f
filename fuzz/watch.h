/* Between the tester and a stack in process: a table of operations that hands everything on, and looks at it. It knows what must hold of any TCP, from the packets and calls alone; the standard's alternatives are
 * the judge's. Octets that the stack hands out and AddressSanitizer has marked end the process, as reading them would where that is compiled in. It also tells the fuzzer which states were met by what (fuzz/feedback.h). One stack at a time. */
#ifndef TCPSPEC_FUZZ_WATCH_H
#define TCPSPEC_FUZZ_WATCH_H

#include "fuzz/rules.h"
#include "lib/target/stack.h"

/* The first rule that was broken since watch_begin(). */
struct broken {
	enum rule rule;
	enum state state;
	char words[160]; /* particulars */
};

enum { WATCHED_MAX = 2 };

/* The table to be played on in place of inner's; slot: below WATCHED_MAX, one for each stack that a process plays on. It is the one that is watched until watch_begin() says another. */
const struct tcpspec_stack_operations *watch_operations(const struct tcpspec_stack_operations *inner, unsigned slot);
/* An input begins on the stack of that slot: nothing is known of any connection. */
void watch_begin(unsigned slot);
/* The stack has found itself in disorder (fuzz/guard.h). */
void watch_disorder(const char *words);
/* That, whatever was broken before it; RULE_NONE: it has not. */
const struct broken *watch_disordered(void);
/* It has ended at that time: is every timer set that must be? What was broken first but disorder. */
const struct broken *watch_end(uint64_t now_us);
/* What was put out and told since watch_begin(), as a number: two plays of one input have the same. */
uint64_t watch_transcript(void);
/* The peer is gone: time goes on until the stack has given up what nobody acknowledges, at most for so long; what waits for a window, until it has probed it. */
const struct broken *watch_abandon(uint64_t now_us, uint64_t limit_us);

#endif
