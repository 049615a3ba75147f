/* The harness of the running Linux kernel, in a namespace of its own. */
#include <stdlib.h>
#include <string.h>
#include <stdio.h>

#include "fuzz/harness.h"
#include "fuzz/live.h"

/* targets/linux/target.ini, as the Makefile has put it in. */
extern const char fuzz_declaration[];

static struct live *live;
static struct script *script;

void harness_open(int argc, char **argv)
{
	struct error e;
	struct declaration *d = declaration_read_text("targets/linux/target.ini", fuzz_declaration, PROFILE_RFC9293, &e);
	const struct live_events events = {.self = NULL};
	(void)argc;
	(void)argv;
	script = input_script_new();
	live = d ? live_new(d, &events, &e) : NULL;
	if (!live)
		harness_unusable(&e);
}

static void input_hurry(const struct input *in, struct input *to)
{
	to->v6 = in->v6;
	to->count = 0;
	for (unsigned i = 0; i < in->count; i++)
		if (in->move[i].kind != MOVE_WAIT)
			to->move[to->count++] = in->move[i];
}

bool harness_play(const struct input *in, struct finding *f)
{
	static struct input hurried;
	struct result r;
	struct error e;
	enum state s = CLOSED;
	input_hurry(in, &hurried);
	f->rule = RULE_NONE;
	text_clear(&f->ladder);
	if (!input_script(&hurried, live_needs_met(live), script))
		return false;
	if (!live_play(live, script, in->v6 ? IPV6 : IPV4, &r, &e))
		harness_unusable(&e);
	if (r.verdict != FAIL && r.verdict != INCONCLUSIVE) {
		result_free(&r);
		return false;
	}
	state_read(r.state_before, strlen(r.state_before), &s);
	f->rule = r.verdict == FAIL ? rule_of_cause(r.cause_class) : RULE_judge_inconclusive;
	f->state = s;
	snprintf(f->words, sizeof f->words, "%s [%s]", r.cause, r.clause);
	text_put(&f->ladder, text_string(&r.ladder));
	result_free(&r);
	return true;
}
