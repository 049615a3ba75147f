/* What changed from one run to another: both headers, the counts, and the results by kind of change, so that thousands of changed cells read as a few lines.
 * It does not say which of the two is right. */
#ifndef TCPSPEC_REPORTS_DIFF_H
#define TCPSPEC_REPORTS_DIFF_H

#include <stdio.h>

#include "lib/run/result.h"
#include "reports/pool.h"

enum { DIFF_SIDES = 2,
       DIFF_AXES = 8 }; /* row, ctl, seq, ack, text, family, further axes; a ladder has test, side and family */

/* How often each class of an axis was met. */
struct diff_axis {
	struct diff_class {
		size_t word;
		unsigned times;
	} * at;
	size_t count;
};

/* All ids that changed in the same way. */
struct diff_group {
	size_t key;
	bool cells; /* or ladders */
	unsigned count;
	size_t example; /* the first of its ids, in the order of the alphabet */
	struct diff_axis axis[DIFF_AXES];
};

struct diff_entry {
	struct diff_said {
		bool there;
		enum verdict verdict;
		size_t actual, before, after; /* words */
	} said[DIFF_SIDES];
};

struct diff {
	struct diff_side {
		const char *name; /* of its file */
		struct run_header header;
		unsigned total, by_verdict[VERDICTS];
		struct text note; /* what is wrong with its record, or empty */
	} side[DIFF_SIDES];
	struct pool ids, words;
	struct diff_entry *entry; /* by the number of the id */
	size_t entries_room;
	struct diff_axis all[2][DIFF_AXES]; /* of ladders, of cells: what there is in both runs together */
	struct diff_group *group;
	size_t group_count;
	unsigned changed, only[DIFF_SIDES], same;
};

/* A result of one side (0 is the older one). False: the id was there already. */
bool diff_take(struct diff *d, unsigned side, const struct result *r);
/* Both sides are complete: compares. */
void diff_compare(struct diff *d);
/* Is any result another one, or missing in one of the two? What the headers say does not count. */
bool diff_is_some(const struct diff *d);
void diff_text(const struct diff *d, FILE *to);
void diff_markdown(const struct diff *d, FILE *to);
void diff_free(struct diff *d);

#endif
