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
	char state_before[24], state_after[64];
	char state_by[12];     /* "reported", "probed", "both" */
	char endpoint[120];    /* the 4-tuple */
	char family[3];        /* "v4" */
	struct text ladder;    /* as it happened, the offending arrow marked with "  # <== ..." */
	struct text remark;    /* of a case of somebody else's list: where it and RFC 9293 disagree */
	struct text known;     /* the known deviation's reason, with clause and version first seen */
	char known_at[64];     /* its line: "known.tsv:12"; "" where none tells of it */
	struct text predicted; /* --predict: what the model says that each fault of the wire would make of this play, "drop FAIL no reply ..." a line; before them "owes" where an acknowledgment may come before the fence or behind it */
	unsigned attempts;     /* how often it was played */
	bool untraced;         /* what decided stands in no event of the play's trace: frames were lost, or one came after its end */
	uint64_t edges;        /* bit i: model_edges()[i] was seen */
};

/* restart.c: the target was lost over it. class: "target died"; why: what it did. */
void result_of_death(struct result *r, const struct script *s, const char *class, const char *why);
void result_free(struct result *r);

/* What a run was asked to play. The results of two runs belong together, as shards or as one run that was resumed, only where all of it agrees. */
struct run_scope {
	struct text options;    /* the options in force, each with a space before it, seed, shard and selection left out */
	char axes[32];          /* the matrix's set, "" where none was named */
	unsigned shard, shards; /* 1 of 1 without --shard */
	unsigned planned;       /* results of this shard */
	unsigned whole;         /* of all shards */
	uint64_t ids;           /* sum of the hashes of the ids of all shards: two selections that are written alike may differ */
	char known[48];         /* known_print(): the known deviations that were applied */
};

/* The environment header of a run, and its closing counts. */
struct run_header {
	char suite[160]; /* whose cases are reported, and what that means; "": tests by their own ids */
	char version[32], target[32], target_version[128], kernel[128], link[200], fence[240], profile[16];
	uint64_t seed;
	uint64_t round_trip_ns; /* median of the calibration */
	struct text choices;    /* declaration_print() */
	struct text settings;   /* sysctls, one "name=value" a line */
	struct text selection;  /* the globs, as written */
	struct text merged;     /* of a joined record: what each of its shards ran with, a line each */
	struct run_scope scope; /* filled in by who asked for the run */
	bool as_shipped, strict;
};
void run_header_free(struct run_header *h);

/* How much one line of the known deviations excused. */
struct known_use {
	char at[64]; /* "known.tsv:12" */
	char glob[ID_MAX];
	char reason[400];
	unsigned met;     /* judged results that its glob means */
	unsigned excused; /* made KNOWN by it */
	unsigned told;    /* FAIL ("known, but changed") and XPASS that name it */
};
/* It means results that were judged, and neither excuses one nor is named by a verdict: XPASS of the line. */
bool known_use_is_stale(const struct known_use *u);

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
	unsigned not_in_capture;      /* a judged capture's: INCONCLUSIVE because no packet tells the state */
	bool complete;                /* every selected script has a verdict */
	bool may_be_empty;            /* one shard of several: without a test it is as expected */
	struct known_use *known;      /* lines whose glob means a result, in the order of their file */
	size_t known_count;
};
void run_counts_free(struct run_counts *c);

/* JSON lines of the record (design, "Records"): one object each, no newline at the end. Caller frees. */
char *run_header_json(const struct run_header *h);
char *result_json(const struct result *r, const struct script *s);
char *run_counts_json(const struct run_counts *c);
/* The line of a result, appended: some hundred nanoseconds for a pass. Octets that are no UTF-8 become U+FFFD. s: its script, or NULL: whether it is a cell. */
void result_json_add(const struct result *r, const struct script *s, struct text *out);
/* The line of a run that goes on: where, with which seed and fence. */
char *run_resumed_json(const struct run_header *h, unsigned at);

/* Reads lines back. False with e when the object is not one. The result's texts are the caller's to free, on failure too. */
bool run_header_read(const json_t *o, struct run_header *h, struct error *e);
/* The model that judged the run, as its `choices` declare it. */
bool run_header_model(const struct run_header *h, struct model *m, struct error *e);
bool result_take(const json_t *o, struct result *r, struct error *e);
bool run_counts_read(const json_t *o, struct run_counts *c, struct error *e);
/* Reads a "result" line. */
bool result_read(const char *line, struct result *r, struct error *e);

/* The exit code that these counts mean: 0, 1, 2 or 3 (design, "The judge"). strict: NON-STRICT counts as FAIL. bisect: 125 instead of 3. */
int run_exit_code(const struct run_counts *c, bool strict, bool bisect);

#endif
