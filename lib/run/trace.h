/* Everything recorded of one play, in the order in which it was observed. The judge reads nothing else: a stored trace gives the verdict
 * that the live one gave. */
#ifndef TCPSPEC_RUN_TRACE_H
#define TCPSPEC_RUN_TRACE_H

#include "lib/script/script.h"
#include "lib/target/target.h"

enum event_kind {
	EVENT_SENT,     /* an arrival at the target: step, packet (an IP packet) */
	EVENT_CALLED,   /* a user call has returned: step, answer */
	EVENT_WAIT,     /* a WAIT step begins: step */
	EVENT_RECEIVED, /* captured from the target: packet */
	EVENT_FENCE,    /* the fence of the current group was answered */
	EVENT_DEADLINE, /* what the group waited for is over */
	EVENT_STATE,    /* the state was asked; this ends the group: state */
	EVENT_SIGNALS,  /* what the user was told so far: signals */
	EVENT_LOST,     /* the fence was not answered */
	EVENT_END,      /* the 4-tuple's quarantine is over */
	EVENT_INFER,    /* a probe of the state (lib/run/probe.h): packet. What is captured from here on is the inference's to read */
	EVENT_CLASS,    /* what the inference came to: class */
	EVENT_MET,      /* prelude: all that the group expects has come; it is closed without a fence, and silence behind it is not claimed */
	EVENT_PROBED,   /* the runner's own segment, judged by the model alone: packet. Behind the last step (script.count and on, one for each) a group of its own; on the way
	                 * into the state it draws, within its group, an acknowledgment that may be delayed */
};

struct event {
	enum event_kind kind;
	uint64_t at;     /* microseconds, clock_now()'s clock */
	uint64_t began;  /* CALLED: when the call was made */
	size_t step;     /* index into the script, of SENT, CALLED, WAIT */
	uint8_t *packet; /* the trace's */
	size_t length;
	const struct segment *segment; /* RECEIVED: the packet as it was read, while it is being judged for the first time; NULL in a trace */
	enum call call;                /* CALLED */
	struct call_answer answer;
	struct state_answer state;
	unsigned signals;
	uint16_t class; /* bit i: the probes are consistent with state i */
	bool has_ts;    /* FENCE: it stood on the connection itself, and moved TS.Recent to ts_val (lib/net/fence.h, struct fence_same) */
	uint32_t ts_val;
	bool by_call; /* FENCE: the target is in our process, and has returned: what comes behind it was sent behind it (FENCE_CALL) */
	bool by_time; /* FENCE: nothing was asked of the target, a time is over (FENCE_TIME) */
};

struct trace_block;

struct trace {
	struct event *event;
	size_t count, room;
	struct trace_block *packets; /* the octets of all packets; the block under way first */
};

/* Appends a copy of *e (its packet too) and returns the copy. */
struct event *trace_add(struct trace *t, const struct event *e);
void trace_free(struct trace *t);
/* Back to no events, keeping the memory. */
void trace_clear(struct trace *t);
/* Becomes the events of another one, whose packets stay its own: it must outlive this one, or its next clearing. */
void trace_begin_with(struct trace *t, const struct trace *first);
/* A deep copy, to be altered. */
struct trace trace_copy(const struct trace *t);

#endif
