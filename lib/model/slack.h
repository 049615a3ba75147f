/* The price of tolerance: how many reactions the model permits where one would do, and the table that argues for each plurality. It judges no target. */
#ifndef TCPSPEC_MODEL_SLACK_H
#define TCPSPEC_MODEL_SLACK_H

#include "lib/base/error.h"
#include "lib/model/model.h"

/* Counts, of a finite set of reactions, those that t permits when s arrives at `now`. The set: nothing, ACK, RST, RST-ACK, SYN-ACK, data, FIN; all but nothing with a
 * right or a wrong SEQ and, where the kind carries one, a right or a wrong ACK; each with each of the eleven next states.
 *
 * Right is what the outcome's first reaction of that kind says; a reaction of the same kind with another number counts as one with a wrong number. A new ISS is always right.
 * An ACK owed is the ACK sent now. A reaction of several segments counts as its last one, which says most. Residue counts for nothing; reactions that
 * break a SHOULD count, for they keep every MUST.
 *
 * list, when not NULL, gets a line for each: "<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> ESTABLISHED\tclause\n". At least 1. */
unsigned model_slack(const struct model *m, const struct tcb *t, const struct segment *s, uint64_t now, struct text *list);

/* One row of ambiguous.tsv: why cells that match `cell` permit more than one reaction. */
struct ambiguity {
	const char *cell;      /* a glob over "row/ctl/seq/ack/text", in which * crosses / */
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
