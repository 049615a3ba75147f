/* Sets of hypotheses: the TCBs that the events so far allow, and what each has yet to send. Not a verdict: those who hold them say what an empty set means. */
#ifndef TCPSPEC_MODEL_HYPOTHESIS_H
#define TCPSPEC_MODEL_HYPOTHESIS_H

#include "lib/model/model.h"

enum { HYPOTHESES_MAX = 256 };

struct hypothesis {
	struct tcb tcb;
	struct emission pending[EMISSIONS_MAX]; /* what must still be captured before the fence */
	unsigned pending_count;
	bool has_due, due_should;
	uint32_t due;
	unsigned strained;  /* it broke so many SHOULDs on the way */
	enum level level;   /* of the last clause */
	const char *clause; /* of the last reaction */
	const char *strained_clause;
	enum unasked role; /* how the last segment was explained; UNASKED_FORBIDDEN: as a reply (`now`) */
	uint64_t edges;    /* of the state diagram (bit i: model_edges()[i]), walked by this hypothesis */
};

struct hypotheses {
	struct hypothesis *h;
	unsigned count, room;
	uint64_t *print; /* of the first `printed`, by which those that are the same are found */
	unsigned printed;
	bool overflow; /* there were more than HYPOTHESES_MAX, and some were left out: those first that broke most SHOULDs */
};

/* Adds a copy unless an equal one is there (then the one that keeps the SHOULDs stays). One that was changed where it is need not be found again, before hypotheses_clear(). */
void hypotheses_add(struct hypotheses *s, const struct hypothesis *h);
/* Is the same still to be captured of both? */
bool hypothesis_pends_same(const struct hypothesis *a, const struct hypothesis *b);
void hypotheses_clear(struct hypotheses *s);
void hypotheses_free(struct hypotheses *s);
/* The i-th goes where others were left out before it: one that stays where it is is not copied, for there is much of it. */
void hypotheses_move(struct hypotheses *s, unsigned i, unsigned to);
/* to becomes a copy of from. */
void hypotheses_copy(struct hypotheses *to, const struct hypotheses *from);
void hypotheses_swap(struct hypotheses *a, struct hypotheses *b);
/* The cheapest: one that keeps every SHOULD if there is one; NULL when empty. */
const struct hypothesis *hypotheses_best(const struct hypotheses *s);

/* Adds from's successor by a reaction, or its successors under an outcome. */
void hypotheses_react(struct hypotheses *to, const struct hypothesis *from, const struct reaction *r);
void hypotheses_follow(struct hypotheses *to, const struct hypothesis *from, const struct outcome *o);

/* Adds what `from` may have become when time has come to `at` (microseconds). Nothing: an obligation was missed, and *missed names its clause. */
void hypotheses_wait(struct hypotheses *to, const struct hypothesis *from, const struct model *m, uint64_t at, const char **missed);

/* Does time leave every one of them as it is, up to `at`? Nearly always: then there is no need to replace them. */
bool hypotheses_stay(const struct hypotheses *s, const struct model *m, uint64_t at);

/* Adds all ways in which `from` explains a segment that the target sent at `at`: as the reply that is pending, or unasked. */
void hypotheses_explain(struct hypotheses *to, const struct hypotheses *from, const struct model *m, const struct segment *s, uint64_t at);

/* What the clock permits without any event, as against what is sent for the first time. */
bool role_is_residue(enum unasked role);

/* Keeps the explanations that fit what is wanted of the last segment: expected (a repetition only with `again`), or else residue. False: none does, and all stay. */
bool hypotheses_keep_roles(struct hypotheses *s, bool expected, bool again);

/* No reply comes any more. Those stay that have sent all that was due at once; the others are added to missed (NULL: dropped). */
void hypotheses_close(struct hypotheses *s, struct hypotheses *missed);

#endif
