/* A run as it is stored beside its packets: what an event is in words, and what opens and closes a play. Text alone: which file holds it is not known here.
 *
 * Each record is one line that begins with the test's id (with family):
 *   ID attempt 1 seed 4711 tuple 10.0.0.2.2048 <- 10.0.0.1.33333    a play begins
 *   ID step 9                                                       the comment of a packet
 *   ID step 9 probe                                                 the same of a segment of the runner's own
 *   ID step 9 probe of the state                                    the same of one that the state is inferred from
 *   ID step 9: probed 32                                            what that came to, bit i for state i
 *   ID step 9: state ESTABLISHED                                    what is no packet
 *   ID over                                                         nothing more of it follows
 *   ID not judged INCONCLUSIVE (capture drop) why                   what the run knew and no event tells, before `over` */
#ifndef TCPSPEC_RUN_STORED_H
#define TCPSPEC_RUN_STORED_H

#include "lib/run/result.h"
#include "lib/run/trace.h"

/* Each appends one line, without a newline. */
void stored_begin_print(const char *id, unsigned attempt, uint64_t seed, const struct endpoint *at, struct text *out);
/* s: the script that was played, for the names of its calls. */
void stored_event_print(const char *id, const struct event *e, struct text *out);
bool event_has_packet(const struct event *e);
void stored_over_print(const char *id, struct text *out);
void stored_unjudged_print(const char *id, const struct result *r, struct text *out);

enum stored_kind {
	STORED_BEGIN,
	STORED_PACKET, /* event.step, and event.kind PROBED, INFER or else SENT: the packet and its direction are the capture's */
	STORED_EVENT,
	STORED_OVER,
	STORED_UNJUDGED,
};

struct stored {
	enum stored_kind kind;
	char id[ID_MAX];
	unsigned attempt; /* BEGIN */
	uint64_t seed;
	struct endpoint at;
	struct event event;   /* EVENT; its time is the caller's to set (`began` relative to it: microseconds that the call took) */
	enum verdict verdict; /* UNJUDGED */
	char class[32], cause[200];
};

/* Reads line[0..n). False with e when it is none of these. */
bool stored_read(const char *line, size_t n, struct stored *s, struct error *e);

/* "10.0.0.2.2048 <- 10.0.0.1.33333", as in a result's tuple. */
void endpoint_print(const struct endpoint *at, struct text *out);
bool endpoint_read(const char *text, struct endpoint *at);

#endif
