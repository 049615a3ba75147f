/* A play judged from what somebody else captured of it beside the run: its packets and its fences' echoes, and nothing of what the user did, was told or asked. Where the verdict would
 * be another one for some answer that the model permits, there is none. It reads no file. */
#ifndef TCPSPEC_RUN_OBSERVED_H
#define TCPSPEC_RUN_OBSERVED_H

#include "lib/run/judge.h"

enum observed_kind {
	OBSERVED_TO_TARGET,
	OBSERVED_FROM_TARGET,
	OBSERVED_ECHO, /* the answer to a fence of this play */
};

struct observed_packet {
	enum observed_kind kind;
	uint64_t at;           /* microseconds */
	const uint8_t *octets; /* an IP packet, borrowed */
	size_t length;
};

/* In the order in which they were captured. */
struct observed {
	const struct observed_packet *packet;
	size_t count;
	bool fenced_each; /* every group was fenced (lib/run/player.h); else only what is behind the prelude, and on the way what had not come (lib/run/sprint.h) */
	bool by_time;     /* the run's fence was `time`: no echoes */
};

/* What the run's own record says of this play beside its verdict, which is not looked at. */
struct observed_report {
	const char *cause_class, *cause; /* what decided */
	const char *state_after;         /* "TIME-WAIT": a part of the reaction that a known deviation pins */
};

/* Does the record say that what decided is no packet: a state, a signal, the answer of a call? */
bool report_is_unseen(const struct observed_report *r);

/* The judgement as a result record, before known deviations; INCONCLUSIVE with the class "state not in capture" where the packets do not decide. seed: the run's and the attempt. */
void observed_judge(const struct observed *o, const struct script *s, const struct model *m, const struct endpoint *at, uint64_t seed, const struct observed_report *told, struct result *r);

#endif
