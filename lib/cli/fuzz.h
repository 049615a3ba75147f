/* What `fuzz`, `replay`, `minimise` and `promote` share: where a harness is, what a campaign of several processes has seen. It includes nothing of fuzz/: harnesses are programs, and speak by their output. */
#ifndef TCPSPEC_CLI_FUZZ_H
#define TCPSPEC_CLI_FUZZ_H

#include <stdio.h>
#include <sys/types.h>

#include "lib/cli/cli.h"
#include "lib/model/model.h"

enum { FUZZ_WORKERS_MAX = 256,
       FUZZ_WORDS_MAX = 400 };

/* A harness of `make fuzz`, and what lies beside it; "" where there is none of it. */
struct harness {
	char name[64]; /* "fuzz_reference" */
	char program[CLI_PATH_MAX], seeds[CLI_PATH_MAX], dictionary[CLI_PATH_MAX];
};
/* target: "reference". False with e, which says what to do. */
bool harness_find(struct harness *h, const char *target, struct error *e);

/* A program with its standard output and error in one pipe, in a process group of its own, so that ^C reaches it by us alone; it ends when we do. argv ends with NULL. Returns its end of the pipe, or -1 with e. */
int harness_start(char *const argv[], pid_t *pid, struct error *e);
/* The same, whole: what it said, and how it ended, as waitpid() tells. */
bool harness_ask(char *const argv[], struct text *said, int *status, struct error *e);

/* One kind of finding: the file of its first input, and what was said of it. */
struct fuzz_finding {
	char file[CLI_PATH_MAX];
	char head[FUZZ_WORDS_MAX];  /* "judge_no_reply in ESTABLISHED: what ..." or a sanitizer's summary */
	char words[FUZZ_WORDS_MAX]; /* particulars; "" */
	unsigned long times;        /* that a process has come to tell of it */
	bool old;                   /* it was there when the campaign began */
};

struct fuzz_worker {
	pid_t pid; /* 0: not running */
	int from;
	unsigned number;
	char report[CLI_PATH_MAX]; /* where the harness writes its sums */
	struct text line, telling; /* what is not a line yet; what it tells of a finding */
	struct text last;          /* its latest line that meant nothing to us */
	char head[FUZZ_WORDS_MAX], words[FUZZ_WORDS_MAX], summary[FUZZ_WORDS_MAX];
	unsigned told;        /* lines of the finding */
	unsigned long inputs; /* of this process */
	unsigned idle_deaths; /* that brought nothing, one after the other */
	bool counts;          /* by lines of its own ("status:") */
	bool begun;           /* the corpus is read */
	bool brought;         /* this process has brought a finding that is new */
};

/* A campaign. */
struct fuzz {
	struct harness harness;
	const char *target, *report;
	uint64_t time_us;
	unsigned long runs; /* inputs of each process; 0: as many as there is time for */
	unsigned workers;
	char corpus[CLI_PATH_MAX], findings[CLI_PATH_MAX];
	struct fuzz_worker *worker;
	struct fuzz_finding *finding;
	size_t finding_count;
	/* Seen so far. */
	unsigned long inputs_ended; /* of processes that have ended */
	unsigned edges, edges_all, states, transitions, corpus_inputs;
	unsigned long became[STATES][STATES];
	struct json_t *sums, *causes; /* what else its harnesses count, by name; how often they met known deviations, by cause. NULL: nothing */
	uint64_t took_us;
	bool stopped, drawn, gave_up;
};

/* fuzz_lines.c: what a harness says, as it says it. */
void fuzz_worker_read(struct fuzz *f, struct fuzz_worker *w, const char *octets, size_t n);
/* Findings that lie there from a former campaign. */
void fuzz_findings_old(struct fuzz *f);
unsigned long fuzz_inputs(const struct fuzz *f);

/* fuzz_report.c */
/* Adds the sums of one process, from the file that it wrote; returns its inputs, 0 where there is none. */
unsigned long fuzz_sums_add(struct fuzz *f, const char *report);
/* Takes the corpus once more for the edges in each source file, prints all, and writes f->report where it was asked for. False with e. */
bool fuzz_report(struct fuzz *f, struct error *e);
/* How many transitions the standard's diagram has (RFC 9293 3.3.2, Figure 5), as pairs of states, and how many of them were seen. */
unsigned fuzz_figure_5(const struct fuzz *f, unsigned *seen);

#endif
