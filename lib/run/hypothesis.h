/* The judge's memory: the set of TCBs that the observations so far allow. Not a verdict. */
#ifndef TCPSPEC_RUN_HYPOTHESIS_H
#define TCPSPEC_RUN_HYPOTHESIS_H

#include "lib/model/model.h"

enum { HYPOTHESES_MAX = 64 };

struct hypothesis {
	struct tcb tcb;
	struct emission pending[EMISSIONS_MAX]; /* what must still be captured before the fence */
	unsigned pending_count;
	bool has_due, due_should;
	uint32_t due;
	bool strained;      /* it broke a SHOULD on the way */
	enum level level;   /* of the last clause */
	const char *clause; /* of the last reaction */
	const char *strained_clause;
	enum unasked role; /* how the last segment was explained; UNASKED_FORBIDDEN: as a reply (`now`) */
	uint64_t edges;    /* of the state diagram, walked by this hypothesis */
};

struct hypotheses {
	struct hypothesis *h;
	unsigned count, room;
	bool overflow; /* more than HYPOTHESES_MAX: a defect of the model */
};

/* Adds a copy unless an equal one is there (then the one that keeps the SHOULDs stays). */
void hypotheses_add(struct hypotheses *s, const struct hypothesis *h);
void hypotheses_clear(struct hypotheses *s);
void hypotheses_free(struct hypotheses *s);
/* to becomes a copy of from. */
void hypotheses_copy(struct hypotheses *to, const struct hypotheses *from);
void hypotheses_swap(struct hypotheses *a, struct hypotheses *b);
/* The cheapest: one that keeps every SHOULD if there is one; NULL when empty. */
const struct hypothesis *hypotheses_best(const struct hypotheses *s);

/* from's successors under an outcome. */
void hypotheses_follow(struct hypotheses *to, const struct hypothesis *from, const struct outcome *o);

#endif
