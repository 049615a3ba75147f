/* What the plays of fuzz/live.h are held against: a live one whose wire and clock are made up, scripts of a few moves, and what is told of them. */
#ifndef TCPSPEC_TESTS_FUZZ_MADE_UP_LIVE_H
#define TCPSPEC_TESTS_FUZZ_MADE_UP_LIVE_H

#include <stdio.h>
#include <stdlib.h>

#include "tests/fuzz/made_up_wire.h"

#include "fuzz/live.c"

enum { STEPS_MAX = 16 };

static struct {
	unsigned moves, ended, asked;
	unsigned stimuli, segments, texts; /* of all moves */
	uint16_t ctl;
	bool known; /* to is_known() */
	unsigned disproved;
	unsigned long disproved_last;
	char class[32];
} told;

/* ---- what is told ---- */

static void on_move(void *self, const struct live_move *m)
{
	(void)self;
	assert_non_null(m->before);
	assert_non_null(m->after);
	told.moves++;
	told.stimuli += m->stimulus != NULL;
	told.segments += m->segments;
	told.texts += m->text;
	told.ctl |= m->ctl;
}

static void on_ended(void *self, const struct target *t, struct connection *c)
{
	(void)self;
	assert_ptr_equal(t->operations, &w.outer);
	assert_non_null(c);
	told.ended++;
}

static bool on_known(void *self, const struct judge *j)
{
	(void)self;
	told.asked++;
	snprintf(told.class, sizeof told.class, "%s", j->cause_class);
	return told.known;
}

static void on_disproved(void *self, unsigned long play)
{
	(void)self;
	told.disproved++;
	told.disproved_last = play;
}

/* ---- what is played ---- */

static struct live *live;
static struct script *script;
static struct result result;

static char *file_text(const char *path)
{
	static char text[20000];
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	text[fread(text, 1, sizeof text - 1, f)] = '\0';
	fclose(f);
	return text;
}

static int live_made(void **state)
{
	struct error e = {""};
	(void)state;
	live = memory_zeroed(1, sizeof *live);
	live->options.seed = 1;
	live->events = (struct live_events){.move = on_move, .ended = on_ended, .is_known = on_known, .disproved = on_disproved};
	struct stage *s = &live->stage;
	s->options = &live->options;
	s->fence = FENCE_LINK;
	s->is_prompt = true;
	in_process_link(&s->link);
	s->declaration = declaration_read_text("target.ini", file_text("targets/reference/target.ini"), PROFILE_RFC9293, &e);
	if (!s->declaration || !target_in_process_begin(&s->target, &s->link, tcpspec_stack_operations(), s->declaration, 1, &e))
		fail_msg("%s", e.text);
	w.stack = target_in_process(&s->target);
	w.inner = s->target.operations;
	w.outer = *w.inner;
	w.outer.open = made_up_open;
	w.outer.state = made_up_state;
	s->target.operations = &w.outer;
	w.now = 1000000;
	script = memory_zeroed(1, sizeof *script);
	snprintf(script->id, sizeof script->id, "fuzz/input/b");
	script->side = 'b';
	script->step = memory_zeroed(STEPS_MAX, sizeof *script->step);
	return 0;
}

static int live_unmade(void **state)
{
	(void)state;
	script_free(script);
	live->stage.target.operations = w.inner;
	target_stop(&live->stage.target);
	judge_end(&live->judge);
	trace_free(&live->trace);
	declaration_free(live->stage.declaration);
	free(live->stage.calendar);
	free(live);
	return 0;
}

/* A move, which the model judges (as fuzz/input.h says it). */
static struct step *adds(enum step_kind kind)
{
	struct step *st = &script->step[script->count];
	assert_true(script->count + 2 <= STEPS_MAX);
	memset(st, 0, 2 * sizeof *st);
	st[0].kind = kind;
	st[1].kind = STEP_BY_MODEL;
	st[0].group = st[1].group = (unsigned)script->count / 2 + 1;
	script->count += 2;
	return st;
}

static void calls(enum call call)
{
	adds(STEP_CALL)->call = call;
}

static void hears(uint16_t ctl, uint32_t data)
{
	struct said_segment *q = &adds(STEP_SEND)->segment;
	q->ctl = ctl;
	q->ctl_care = CTL_ALL;
	q->data = data;
	q->said = data ? SAY_DATA : 0U;
}

/* An OPEN, the handshake, and text that is to be acknowledged: five moves. */
static void text_is_sent(void)
{
	script->count = 0;
	calls(CALL_OPEN_PASSIVE);
	hears(CTL_SYN, 0);
	hears(CTL_ACK, 0);
	hears(CTL_ACK | CTL_PSH, 1000);
	hears(CTL_ACK | CTL_PSH, 1000);
}

static void mistaken(unsigned from, unsigned to)
{
	memset(&mistake, 0, sizeof mistake);
	mistake.from = from;
	mistake.to = to;
}

static void script_played_on(enum live_proof p)
{
	struct error e = {""};
	result_free(&result);
	if (!live_play(live, script, IPV4, p, &result, &e))
		fail_msg("%s", e.text);
}

static void script_played(void)
{
	const bool known = told.known;
	memset(&told, 0, sizeof told);
	told.known = known;
	memset(&live->counts, 0, sizeof live->counts);
	w.plays = 0;
	script_played_on(LIVE_NOW);
}

static void played(void)
{
	text_is_sent();
	script_played();
}

#define assert_counts(CAREFUL, DOUBTFUL, UNSETTLED, TAKEN_BACK)        \
	do {                                                           \
		assert_int_equal(live->counts.hasty, 1);               \
		assert_int_equal(live->counts.careful, CAREFUL);       \
		assert_int_equal(live->counts.doubtful, DOUBTFUL);     \
		assert_int_equal(live->counts.unsettled, UNSETTLED);   \
		assert_int_equal(live->counts.taken_back, TAKEN_BACK); \
		assert_int_equal(w.plays, 1 + (CAREFUL));              \
	} while (0)

#endif
