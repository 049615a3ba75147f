/* The result record: one verdict with everything that a report needs. It is data; how it came about is the judge's, how it looks is a report's. */
#ifndef TCPSPEC_RUN_RESULT_H
#define TCPSPEC_RUN_RESULT_H

#include <jansson.h>

#include "lib/net/fence.h"
#include "lib/script/script.h"

enum verdict { PASS,
	       NON_STRICT,
	       FAIL,
	       INFORMATIONAL,
	       UNIMPLEMENTED,
	       INCONCLUSIVE,
	       KNOWN,
	       XPASS,
	       VERDICTS };
const char *verdict_name(enum verdict v); /* "NON-STRICT" */
bool verdict_read(const char *name, enum verdict *v);

struct result {
	char id[ID_MAX]; /* with family */
	enum verdict verdict;
	enum level level;
	char title[160]; /* the sentence that was asked */
	char ref[200];
	char clause[160];      /* of the expectation that decided */
	char cause[200];       /* why not a pass: "no reply", "unexpected segment", "late reply", "next state", "fence violated", ... then particulars */
	char cause_class[32];  /* the first words alone, for counting by cause */
	struct text permitted; /* one reaction a line, in ladder notation, relative to the target's variables */
	struct text actual;    /* the reaction as it happened, one line: "<SEQ=...>... => STATE" */
	char state_before[24], state_after[24];
	char state_by[12];     /* "reported", "probed", "both" */
	char endpoint[120];    /* the 4-tuple */
	char family[3];        /* "v4" */
	struct text ladder;    /* as it happened, the offending arrow marked with "  # <== ..." */
	struct text known;     /* the known deviation's reason, with clause and version first seen */
	struct text predicted; /* --predict: what the model says that each fault of the wire would make of this play, "drop FAIL no reply ..." a line */
	unsigned attempts;     /* how often it was played */
	bool untraced;         /* what decided stands in no event of the play's trace: frames were lost, or one came after its end */
	uint64_t edges;        /* bit i: model_edges()[i] was seen */
};

void result_free(struct result *r);

/* The environment header of a run, and its closing counts. */
struct run_header {
	char version[32], target[32], target_version[128], kernel[128], link[200], fence[240], profile[16];
	uint64_t seed;
	uint64_t round_trip_ns; /* median of the calibration */
	struct text choices;    /* declaration_print() */
	struct text settings;   /* sysctls, one "name=value" a line */
	struct text selection;  /* the globs, as written */
	bool as_shipped, strict;
};

struct run_counts {
	unsigned total;
	unsigned by_verdict[VERDICTS];
	uint64_t wait_limit_us; /* the real time that a selected script may wait for at the most */
	unsigned left_out;      /* scripts that wait longer */
	unsigned errors;        /* files that could not be read */
	uint64_t edges;         /* seen anywhere */
	uint64_t elapsed_us;
	uint64_t capture_drops;
	unsigned fenced[FENCE_KINDS]; /* groups closed by each kind of fence */
	bool complete;                /* every selected script has a verdict */
};

/* JSON lines of the record (design, "Records"): one object each, no newline at the end. Caller frees. */
char *run_header_json(const struct run_header *h);
char *result_json(const struct result *r, const struct script *s);
char *run_counts_json(const struct run_counts *c);
/* Reads a "result" line back. False with e when the line is not one. */
bool result_read(const char *line, struct result *r, struct error *e);

/* The exit code that these counts mean: 0, 1, 2 or 3 (design, "The judge"). strict: NON-STRICT counts as FAIL. bisect: 125 instead of 3. */
int run_exit_code(const struct run_counts *c, bool strict, bool bisect);

#endif
