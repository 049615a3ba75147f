/* What the two ways of `tcpspec judge` share: a run that tcpspec stored itself, and a run beside which somebody else captured. */
#ifndef TCPSPEC_CLI_JUDGE_H
#define TCPSPEC_CLI_JUDGE_H

#include "lib/cli/find.h"
#include "lib/cli/ids.h"
#include "lib/cli/output.h"
#include "lib/net/capture.h"
#include "lib/run/known.h"
#include "lib/run/plays.h"

struct judging {
	const char *path, *record, *target, *junit; /* arguments: the capture, --json, -t, --junit */
	bool quiet, strict;
	struct capture *capture;
	bool begun; /* the run's header is known: */
	struct run_header header;
	struct model model;
	struct finder finder;
	struct known known;
	struct plays *plays;
	struct id_set judged; /* what the file has twice (a run that died had not recorded it, and played it again) is judged once */
	struct output output;
	struct text rerun;
	struct run_counts counts;
};

/* Takes the header over, and begins the report. False with e when the run cannot be judged here. */
bool judging_begin(struct judging *g, const struct run_header *h, struct error *e);
/* Counts and reports. known: known deviations apply to it. */
void judging_result(struct judging *g, struct result *r, const struct script *s, bool known);
/* Ends the report. whole: nothing was damaged or missing, else e says what. Returns the exit code. */
int judging_end(struct judging *g, bool whole, const struct error *e);

/* Judges a foreign capture by the record of the run. Returns the exit code. */
int judging_beside(struct judging *g, struct error *e);

#endif
