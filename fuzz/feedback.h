/* What the fuzzer is told beside edges of code: which segment met which state, with which reaction, and which state became which. Counters for libFuzzer, and sums for the campaign's report. It judges nothing. */
#ifndef TCPSPEC_FUZZ_FEEDBACK_H
#define TCPSPEC_FUZZ_FEEDBACK_H

#include <jansson.h>
#include <stdio.h>

#include "lib/model/model.h"

/* What came of a stimulus. */
enum reaction_class { REACTION_SILENT,
	              REACTION_ACK,
	              REACTION_RST,
	              REACTION_SYN,
	              REACTION_FIN,
	              REACTION_TEXT,
	              REACTION_SEVERAL,
	              REACTION_CLASSES };

/* Where a segment's SEQ lies as the packets show it. */
enum place { PLACE_EXACT,
	     PLACE_INSIDE,
	     PLACE_BEFORE,
	     PLACE_BEYOND,
	     PLACES };

/* Whether states count: false under --ablation=no-state. */
void feedback_enable(bool states);
void feedback_segment(enum state before, const struct segment *s, enum place p, enum reaction_class r);
/* by: anything, a segment, a call, time. */
void feedback_transition(enum state from, enum state to);

/* How many pairs of states were seen, and the table, as text or as JSON's member. */
unsigned feedback_transitions(void);
/* How many states were seen. */
unsigned feedback_states(void);
void feedback_print(FILE *to);
/* An array of {from, to, count}, the caller's. */
json_t *feedback_json(void);

#endif
