/* The price of tolerance: how many reactions the model permits where one would do, and the table that argues for each plurality. It judges no target. */
#ifndef TCPSPEC_MODEL_SLACK_H
#define TCPSPEC_MODEL_SLACK_H

#include "lib/base/error.h"
#include "lib/model/model.h"

/* The finite set: nothing, ACK, RST, RST-ACK, SYN-ACK, data, FIN; each with a SEQ and an ACK where the kind has one, and each of the eleven next states. */
enum reaction_kind { REACTION_NOTHING,
	             REACTION_ACK,
	             REACTION_RST,
	             REACTION_RST_ACK,
	             REACTION_SYN_ACK,
	             REACTION_DATA,
	             REACTION_FIN,
	             REACTION_KINDS };

/* What is seen of one reaction. */
struct sight {
	enum reaction_kind kind;
	bool new_iss; /* any SEQ, or any after seq: the target chooses */
	bool owes;    /* an ACK is owed beside it: by NOTHING never, for there the ACK owed is the sight */
	uint32_t seq, ack;
	enum state next;
	const char *clause;
	const struct emission *emission; /* NULL: of what is owed */
	bool strained;                   /* it breaks a SHOULD */
};
/* Each of several emissions can be seen as ACK or data, or as RST or RST-ACK. */
enum { SIGHTS_MAX = 2 * REACTIONS_MAX };

/* The sights of an outcome, each once (a SHOULD kept stands for one broken). An ACK owed is the ACK sent now. A reaction of several segments is seen as its last one, which says
 * most. Residue is none; reactions that break a SHOULD are some, for they keep every MUST. t: the TCB before. Returns their number. */
unsigned outcome_sights(const struct outcome *o, const struct tcb *t, struct sight to[SIGHTS_MAX]);

/* Counts, of the finite set with a right or a wrong SEQ and a right or a wrong ACK, the reactions that t permits when s arrives at `now`. Right is what the outcome's
 * first reaction of that kind says; a reaction of the same kind with another number counts as one with a wrong number. A new ISS is always right.
 *
 * list, when not NULL, gets a line for each: "<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> ESTABLISHED\tclause\n". At least 1. */
unsigned model_slack(const struct model *m, const struct tcb *t, const struct segment *s, uint64_t now, struct text *list);

/* One row of ambiguous.tsv: why cells that match `cell` permit more than one reaction. */
struct ambiguity {
	const char *cell;      /* an extended glob (fnmatch(3), FNM_EXTMATCH) over "row/ctl/seq/ack/text", in which * crosses / */
	const char *clauses;   /* the clauses that pull apart */
	const char *reactions; /* what each of them leads to */
	const char *argument;  /* why every one is defensible */
	unsigned line;
};

struct ambiguous {
	struct ambiguity *row;
	size_t count;
	char *text; /* the rows point into it */
};

/* Reads the table: four columns parted by tabs; empty lines and lines that begin with # are skipped. False with e: file, line, and what is wrong. */
bool ambiguous_read(struct ambiguous *a, const char *path, struct error *e);
void ambiguous_free(struct ambiguous *a);
/* The first row whose glob means the cell, or NULL. cell: "syn-received/syn/exact/-/0". */
const struct ambiguity *ambiguous_find(const struct ambiguous *a, const char *cell);

#endif
