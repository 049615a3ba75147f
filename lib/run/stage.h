/* What the plays of one run share: the wire, the target, the calendar of deadlines, and which play owns which port. */
#ifndef TCPSPEC_RUN_STAGE_H
#define TCPSPEC_RUN_STAGE_H

#include "lib/net/fence.h"
#include "lib/run/fault.h"
#include "lib/run/judge.h"
#include "lib/run/known.h"
#include "lib/run/run.h"
#include "lib/target/in_process.h"
#include "lib/target/target.h"

enum { PORT_FIRST = 2048,
       PORTS = 65536 };

struct player;

/* A deadline of a player; stale ones are recognised by the player. */
struct date {
	uint64_t at;
	struct player *player;
	unsigned turn;
};

struct stage {
	const struct run_options *options;
	struct link link;
	struct wire *wire;
	struct process *starter; /* what the descriptor's `start` names; NULL: nothing */
	struct target target;
	struct in_process *in_process; /* the target lies in our process: there is no wire, and the clock is its own */
	struct declaration *declaration;
	struct known known;
	enum fence_kind fence;
	bool is_prompt;                /* the target answers within the call that sends: what it does at once has come when that returns */
	struct player *by_port[PORTS]; /* by the target's ports; by the tester's where all have the one that is served */
	uint16_t served;               /* the port that a program serves and nobody steers; 0: each play has a port of its own */
	uint16_t port;                 /* the last one given out */
	uint32_t token;                /* the last echo's */
	unsigned fenced[FENCE_KINDS];  /* groups that each kind closed */
	struct date *calendar;         /* a heap, earliest first */
	size_t dates, dates_room;
	unsigned lost_in_a_row; /* fences without an answer since the last one that was answered */
	bool dead;              /* the target no longer answers anything */
};

/* The time by the clock that the events of this stage bear, microseconds. */
uint64_t stage_now(const struct stage *s);
/* Sends an IP packet to the target. *at: when. False with e when the wire is broken. */
bool stage_send(struct stage *s, const uint8_t *packet, size_t n, uint64_t *at, struct error *e);
/* The user call of a step. False with e when the target or the tester is broken. */
bool stage_call(struct stage *s, struct connection *c, const struct step *st, struct call_answer *a, struct error *e);
/* How many frames were lost before they were seen. */
bool stage_drops(struct stage *s, uint64_t *drops, struct error *e);

/* A new echo's token: its upper half is never 0. An echo request of nothing but zeros has an answer whose checksum reads as either of the two zeros (RFC 1071). */
uint32_t stage_token(struct stage *s);
/* The port of a segment from the target, or of a play's, by which by_port has its player. */
static inline uint16_t stage_key(const struct stage *s, uint16_t target_port, uint16_t tester_port)
{
	return s->served ? tester_port : target_port;
}
/* A port of the target that no play has used for as long as possible. */
uint16_t stage_port(struct stage *s);
void stage_remind(struct stage *s, struct player *p, uint64_t at, unsigned turn);
/* The earliest date; false when there is none. */
bool stage_next(const struct stage *s, uint64_t *at);
/* Takes the earliest date out if it is due. */
bool stage_due(struct stage *s, uint64_t now, struct date *d);

#endif
