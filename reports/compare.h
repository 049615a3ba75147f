/* Any number of runs beside each other, one table: a row for each cell or for each cause, a column for each stack. It does not say which of them is right. */
#ifndef TCPSPEC_REPORTS_COMPARE_H
#define TCPSPEC_REPORTS_COMPARE_H

#include <stdio.h>

#include "lib/run/result.h"
#include "reports/pool.h"

/* What one run says in one row. */
struct compare_said {
	bool there;
	uint8_t verdict;
	size_t word;    /* what is shown beside the glyph: the reaction, or why there is none */
	unsigned count; /* of a cause: results */
};

struct compare_run {
	const char *name; /* of its file; borrowed */
	struct run_header header;
	unsigned total, by_verdict[VERDICTS];
	struct text note; /* what is wrong with its record, or empty */
};

struct compare {
	struct compare_run *run;
	size_t runs;
	struct pool ids, causes, words;
	struct compare_said *id_said, *cause_said; /* [row * runs + run] */
	size_t id_rows, cause_rows;                /* that there is room for */
};

enum compare_rows { COMPARE_DIFFERING,
	            COMPARE_ALL,
	            COMPARE_CAUSES };

/* For so many runs, whose names and headers are filled in by the caller. */
void compare_begin(struct compare *c, size_t runs);
/* A result of run i. False: its id was there already. */
bool compare_take(struct compare *c, size_t i, const struct result *r);
/* The table as Markdown, with a line for each note and what the glyphs mean. Families that agree in every column share a row. Returns how many rows there are. */
size_t compare_markdown(const struct compare *c, enum compare_rows rows, FILE *to);
void compare_free(struct compare *c);

#endif
