/* The judge: reads a trace event by event against a script and the model, and says what it was. It sends nothing and asks nothing;
 * live and stored traces are judged by the same calls. */
#ifndef TCPSPEC_RUN_JUDGE_H
#define TCPSPEC_RUN_JUDGE_H

#include "lib/model/hypothesis.h"
#include "lib/run/result.h"
#include "lib/run/trace.h"
#include "lib/run/isns.h"
#include "lib/script/numbers.h"

/* A straggler up to this late shows that the fence was not sound; a later one is a late reply. */
enum { STRAGGLER_US = 50000,
       STRAGGLER_BY_TIME_US = 500000, /* where the fence was `time`: no answer shows that the target had its turn meanwhile */
       SERVICE_US = 1000000 };        /* for a program that serves a port to do what it does */
/* The shortest time for which stacks are known to delay an acknowledgment. One that is not permitted, and comes later than half of that, may be due to the timer of a state in which the
 * target should not be: whether it comes before the fence is chance, and the play is repeated. */
enum { ACK_TIMER_US = 40000 };

enum judge_status {
	JUDGE_GOING,
	JUDGE_FAILED,    /* no hypothesis is left, or an expectation was not met */
	JUDGE_VIOLATED,  /* the observation cannot be trusted (fence overtaken, lost, too slow): play again */
	JUDGE_UNREACHED, /* the precondition was not reached */
	JUDGE_OVERFLOW,  /* too many hypotheses: a defect of the model */
};

struct judge {
	/* These keep their memory from one play to the next; behind them everything begins anew. */
	struct hypotheses now, before, missed, scratch;
	struct hypotheses origin; /* probing: what `actual` is relative to, the script's last `before` */
	struct text actual;       /* the current group's reaction, relative to `before`; while probing, still the one of the script's last group */
	struct isns isns;
	const struct script *script;
	const struct model *model;
	struct model own; /* the model where the script is played with choices or constants of its own */
	struct endpoint endpoint;
	struct numbers numbers;
	enum judge_status status;
	size_t first, end; /* the current group's steps: [first, end) */
	size_t expect;     /* the next EXPECT step to be matched, or end */
	bool probing;      /* the group is a probe of the runner's: no step of the script is open */
	bool inferring;    /* the state is being probed: what is captured is not the judge's */
	uint16_t class;    /* what that came to; 0 with `probed`: no state fits */
	bool probed;
	bool owes;         /* probing: an acknowledgment was owed when the probe was sent */
	uint32_t text_got; /* octets of a <DATA=n/> so far */
	bool in_prelude, stimulated, fenced, ended;
	bool by_time;     /* the fence was `time` */
	bool exact;       /* the fences are the calls' own returns: nothing is under way, so that whatever comes late was sent late */
	bool asked;       /* the state, in this group */
	bool answered;    /* the state, in any: a target that cannot tell it is never asked */
	bool silent;      /* something that was due at once had not come by the fence: the verdict rests on its silence */
	bool confirmed;   /* it failed on silence, and the state is none that a reply would have led to: no straggler takes that back */
	bool outlasted;   /* the retransmission timer may have run out between groups, for what they took together */
	bool ack_doubted; /* it failed on an acknowledgment that a timer may have sent */
	bool crowded;     /* there were more hypotheses than room */
	bool odd_sent;    /* octets were sent to the target that are not the stream's, as behind a data offset that is not the header's */
	bool urgent_sent; /* a segment with the URG bit was sent to the target */
	bool owed_late;   /* an owed acknowledgment came behind the fence */
	bool strained;    /* a (SHOULD) expectation was not met */
	const char *strained_clause;
	struct event stimulus; /* of the current group; the packet is the trace's */
	bool has_stimulus_segment;
	struct segment stimulus_segment;
	bool arrived; /* the stimulus is a segment of the connection's, and `now` is what it has made of `before` */
	uint64_t stimulus_at, fence_at, deadline;
	unsigned event_index; /* events read so far */
	unsigned group_event; /* the stimulus's */
	unsigned fault_event; /* the event that decided against the target */
	char cause_class[32], cause[200];
	const char *clause; /* what was broken */
	bool untold;        /* nobody will ask for more than the verdict: `actual` stays empty */
	bool has_shown;
	uint32_t shown_rcv_nxt; /* the acknowledgment that the target sent last */
	uint32_t shown_snd_nxt; /* where the last segment that it sent ended */
	uint64_t longest_trip;  /* from a segment of the target's to the one that acknowledged it: what its RTO has been computed from */
	unsigned replies;       /* in the current group */
	struct stamps {
		bool begun;
		uint32_t first, last; /* TSval of the target: since its SYN, or the first that was seen */
		uint64_t first_at;
	} stamps;
	struct state_answer state_before, state_after;
	bool has_state_before;
	unsigned told; /* SIGNAL_* when last asked */
};

/* seed and id choose the tester's numbers. judge_again() is the same for a judge that has been used: it keeps its memory. */
void judge_again(struct judge *j, const struct script *s, const struct model *m, const struct endpoint *at, uint64_t seed);
void judge_begin(struct judge *j, const struct script *s, const struct model *m, const struct endpoint *at, uint64_t seed);
void judge_end(struct judge *j);
/* to, which has been begun, becomes what from is, but that it reads script s: as far as both have come the scripts are the same. */
void judge_copy(struct judge *to, const struct judge *from, const struct script *s);

/* The best guess at the target's TCB now: what variables and unsaid fields refer to. */
const struct tcb *judge_tcb(const struct judge *j);

/* The TCBs before the stimulus that the verdict is about: the script's last one. */
const struct hypotheses *judge_before(const struct judge *j);

/* The same, with RCV.NXT as the target itself has shown it where it has left the model, and in SYN-SENT, where a RST counts by its ACK, SND.NXT: what an exact RST must be exact for. */
struct tcb judge_target(const struct judge *j);

/* Is s a repetition that the clock permits to one of the TCBs before or after the stimulus? */
bool judge_repeats(const struct judge *j, const struct segment *s, uint64_t at);

/* Opens the group that begins at step `first`; must precede its stimulus. Returns the index behind its last step. From script.count on: a probe's group. */
size_t judge_group(struct judge *j, size_t first);

/* Takes in one event. index: its place in the trace, for the mark. */
void judge_event(struct judge *j, const struct event *e);

/* Has everything come that the group expects and the model has due at once? Then only a fence can say that there is no more. */
bool judge_is_met(const struct judge *j);

/* Does the group wait for an acknowledgment that may be delayed? */
bool judge_lingers(const struct judge *j);

/* Does every hypothesis owe an acknowledgment that it did not owe before the stimulus, or some of them? Only a probe, or time, shows whether it comes. */
bool judge_owes(const struct judge *j);

/* The time until which the current group must be watched after its fence; 0: nothing is awaited. */
uint64_t judge_awaits(const struct judge *j);

/* Is the program that serves the connection still to do something that will be seen? Not before the group's fence. */
bool judge_awaits_service(const struct judge *j);

/* The verdict alone. */
enum verdict judge_verdict(const struct judge *j);
/* What the model permits behind the current group's stimulus, a segment or a call, one reaction a line, with its clause; added to *to. Of a time that passes nothing. */
void judge_permitted(const struct judge *j, struct text *to);
/* The verdict and everything told with it. Cheap for a pass. */
void judge_result(const struct judge *j, struct result *r);

#endif
