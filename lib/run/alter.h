/* What a faulty wire makes of one reply: the same function alters live packets and stored traces, so that a prediction and its run share
 * the definition of the fault, and nothing else. */
#ifndef TCPSPEC_RUN_ALTER_H
#define TCPSPEC_RUN_ALTER_H

#include "lib/run/fault.h"
#include "lib/run/frame.h"
#include "lib/run/judge.h"

enum { ALTERED_MAX = 2,
       ALTERED_ROOM = 2048 };

struct altered {
	unsigned count; /* packets that arrive in place of the one */
	uint8_t packet[ALTERED_MAX][ALTERED_ROOM];
	size_t length[ALTERED_MAX];
	uint64_t delay_us; /* of all of them */
};

/* One captured reply (an IP packet) under a fault. */
void alter_reply(enum fault_kind k, const uint8_t *packet, size_t n, struct altered *a);

/* The segment that an extra-segment or extra-rst fault adds where the target was silent. t: the target's TCB. 0 for other kinds. */
size_t alter_silence(enum fault_kind k, const struct endpoint *at, const struct tcb *t, uint8_t *to, size_t room);

/* The exact RST that wrong-state slips to the target (RFC 9293 3.10.7.4, second check; 3.10.7.3 in SYN-SENT). */
size_t alter_slip(const struct endpoint *at, const struct tcb *t, uint8_t *to, size_t room);

/* What contradicts a script's last expectation that can be contradicted. Where no fault of a reply does, kind is FAULT_NONE and one of the others is set. */
struct last_fault {
	enum fault_kind kind;
	size_t step;  /* the expectation */
	bool swallow; /* the stimulus itself is lost */
	bool untold;  /* the user is told nothing behind it */
	bool still;   /* every SYN of the target's bears one number and one timestamp, from the first step on */
};

/* FAULT_LAST. */
struct last_fault fault_for_last(const struct script *s);

/* What `still` makes of a reply (an IP packet), in place; one that bears no SYN stays as it is. */
void alter_still(uint8_t *packet, size_t n);

/* A fault is of a reply. What a timer of the target's sends meanwhile is none, unless a repetition is what the judge's group expects. */
bool alter_spares(const struct judge *j, const uint8_t *packet, size_t n, uint64_t at);

#endif
