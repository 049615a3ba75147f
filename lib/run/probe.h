/* The state of one connection, inferred from what it answers to probes: which probe is the next, and which states the answers so far are consistent with. It sends
 * nothing and asks nobody; whether the state is the right one is not its question. */
#ifndef TCPSPEC_RUN_PROBE_H
#define TCPSPEC_RUN_PROBE_H

#include "lib/run/probe_table.h"

enum probe_advice {
	PROBE_SEND,   /* this one */
	PROBE_ENOUGH, /* one candidate is left, or none */
	PROBE_ALIKE,  /* candidates are left that this target answers alike for, though the standard would tell them apart; or of a connection that no control cell resembles */
	PROBE_TIMER   /* candidates are left that only a timer tells apart */
};

/* Zeros before the first probing_begin(); the memory is kept from one connection to the next, until probing_end(). */
struct probing {
	const struct model *model;
	const struct signatures *learned;
	const struct probe_plans *plans;
	struct hypotheses world[STATES]; /* what the connection may have become, by the state that it was in when probing began */
	struct hypotheses scratch;
	uint16_t permitted;  /* bit i: the model permits state i */
	uint16_t candidates; /* bit i: state i is one of those to tell apart */
	struct probe_numbers numbers;
	uint32_t any;
	uint16_t excluded; /* bit i: state i cannot be, whatever the target does */
	enum probe current;
	struct probe_plan plan; /* under way, */
	unsigned step;          /* and how much of it is sent */
	unsigned asked;         /* bit i: probe i was sent */
	unsigned sent;          /* how many */
};

/* among: the TCBs that the model permits now. before: one from before the stimulus, which the target may have kept; both may be in a state that is not reached, and all other
 * states are made up from them, so that the answers may also show one that nothing permits. learned (or NULL) and plans: of this target, kept by the caller.
 * fin: the stimulus was a FIN. ts_val, ts_ecr: for the probes, where timestamps are in force; any: a number of the tester's own. */
void probing_begin(struct probing *p, const struct model *m, const struct signatures *learned, const struct probe_plans *plans, const struct hypotheses *among, const struct tcb *before, bool fin, uint32_t ts_val, uint32_t ts_ecr, uint32_t any);
void probing_end(struct probing *p);

/* The target may also have become *t, or what another state would be with its numbers: what the model permits and the observations do not, say. */
void probing_suppose(struct probing *p, const struct tcb *t);

/* Reported state s is to be told from the candidates too. */
void probing_add(struct probing *p, enum state s);

/* The next probe, and its segment but for addresses and ports (text borrows `octet`). The first is always the old octet, which settles what is owed. */
enum probe_advice probe_next(struct probing *p, uint8_t octet[1], struct segment *s);
/* It was sent, as *s, at `at` (microseconds). */
void probe_sent(struct probing *p, const struct segment *s, uint64_t at);
/* A segment came from the connection. */
void probe_take(struct probing *p, const struct segment *s, uint64_t at);
/* The fence behind the probe was answered. */
void probe_fenced(struct probing *p);

/* Bit i: the answers so far are consistent with state i when probing began. Without a TCB the state is LISTEN where the port has a listener, else CLOSED. 0: with none. */
uint16_t probe_class(const struct probing *p);
/* "FIN-WAIT-1 or FIN-WAIT-2"; "no state" for 0. */
void probe_class_print(uint16_t class, struct text *out);

#endif
