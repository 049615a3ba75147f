/* The judge on the probed state: what was reported must be among what the probes show. How they show it is probe.c's. */
#include "lib/run/judge_parts.h"

#include "lib/run/probe.h"

static const char *const clause = "RFC 9293 3.10.7: each state answers by its own rules";

bool judge_is_reported(const struct judge *j)
{
	return j->asked || (j->probing && j->answered);
}

/* Without a report the probes alone say which hypotheses are left. */
static void judge_by_class(struct judge *j, const char *names)
{
	unsigned kept = 0;
	for (unsigned i = 0; i < j->now.count; i++)
		if (j->class >> tcb_seen_as(&j->now.h[i].tcb) & 1)
			j->now.h[kept++] = j->now.h[i];
	if (kept == 0 && j->now.count)
		judge_against(j, JUDGE_FAILED, "next state", j->now.h[0].clause, "next state: the probes show %s", names);
	else
		j->now.count = kept;
	text_add(&j->actual, "%s=> %s", j->actual.length ? " " : "", names);
}

/* A contradiction is part of the reaction: no known deviation of the wire excuses it. */
static void judge_contradicts(struct judge *j, const char *names)
{
	const char *said = state_name(answer_state(&j->state_after));
	text_add(&j->actual, " (probed: %s)", names);
	judge_against(j, JUDGE_FAILED, "reported state", clause, "reported state is not in the probed class: %s is reported, the probes show %.120s", said, names);
}

void judge_class(struct judge *j, const struct event *e)
{
	struct text names = {0};
	judge_serve(j, e->at);
	j->probed = true;
	j->class = e->class;
	probe_class_print(e->class, &names);
	if (!judge_is_reported(j))
		judge_by_class(j, text_string(&names));
	else if (!(e->class >> answer_state(&j->state_after) & 1))
		judge_contradicts(j, text_string(&names));
	text_free(&names);
}
