/* A ladder's numbers and the live ones: two spaces (the target's, the tester's), names, variables (doc/ladder.md, "Numbers"). Not packets. */
#ifndef TCPSPEC_SCRIPT_NUMBERS_H
#define TCPSPEC_SCRIPT_NUMBERS_H

#include "lib/base/rng.h"
#include "lib/script/script.h"

enum side { SIDE_TARGET,
	    SIDE_TESTER };

enum { NAMES_MAX = 8 };

struct numbers {
	struct space {
		bool bound, has_prior;
		uint32_t offset, prior; /* live number - figure number, modulo 2^32 */
	} space[2];
	struct {
		char name[NAME_MAX_OCTETS];
		uint32_t live;
	} name[NAMES_MAX];
	unsigned names;
	bool ts_begun;                             /* the tester has sent a TSval (RFC 7323): */
	uint32_t ts_val, ts_ecr;                   /* the latest that it sent; the target's last one */
	uint8_t cookie_octets, cookie[COOKIE_MAX]; /* the last one that the target gave (RFC 7413) */
	struct rng rng;                            /* for numbers that nobody has chosen yet */
};

/* Starts the ladder proper: the prelude's bindings go, and each side whose base the script knows is bound to its live SND.NXT (the tester's is
 * what the target expects next, its RCV.NXT). */
void numbers_begin(struct numbers *n, const struct script *s, const struct tcb *t);

/* The live value of q on `side`. False when it has none yet; then *live stays as it was. t: the target's TCB, for variables. */
bool numbers_known(const struct numbers *n, enum side side, const struct seqnum *q, const struct tcb *t, uint32_t *live);

/* The same, chosen now (seeded) if it has none. unsaid: the value of an unsaid one. */
uint32_t numbers_resolve(struct numbers *n, enum side side, const struct seqnum *q, const struct tcb *t, uint32_t unsaid);

/* Would live satisfy q? A number without a binding is satisfied by any; anew: q is to be bound here, whatever it was. */
bool numbers_match(const struct numbers *n, enum side side, const struct seqnum *q, const struct tcb *t, uint32_t live, bool anew);

/* Binds q to live, after a match, unless it is bound and this is no new binding (anew). A new binding of a space keeps the one before it, for q->prior. */
void numbers_bind(struct numbers *n, enum side side, const struct seqnum *q, uint32_t live, bool anew);

/* "TFO:cookie" in the options of a SEND is the cookie that the target has given last (eight zeros before any), "TFO:forged" one that differs from it in a bit: to[room] is said with its octets. */
void numbers_cookie(const struct numbers *n, const char *said, char *to, size_t room);

/* A segment of either side was seen: its TSval is noted, if it has one, and the target's cookie. The tester's only ever counts up: an old duplicate does not turn it back. */
void numbers_timestamp(struct numbers *n, enum side side, const struct segment *s);

#endif
