/* Lint: what the author of a script must mend before anyone plays it. The model is asked; no stack is. */
#include "lib/script/lint.h"

#include <string.h>

#include "lib/model/keys.h"

/* Choices that a lawful stack may make the other way. A script may rest on one or two of them, not on a stack that nobody can name. */
static void choice_toggle(struct choices *c, unsigned which)
{
	bool *const table[] = {&c->rfc5961_rst, &c->rfc5961_syn, &c->rfc5961_ack, &c->time_wait_reuse, &c->rfc1337, &c->syn_early_retry, &c->early_retransmit, &c->rack, &c->half_duplex_close, &c->delayed_ack, &c->fastopen};
	*table[which] = !*table[which];
}
enum { TOGGLES = 10 };

static bool script_asserts(const struct script *s)
{
	for (size_t i = s->prelude; i < s->count; i++) {
		enum step_kind k = s->step[i].kind;
		if ((k == STEP_EXPECT && !s->step[i].may) || k == STEP_STATE || k == STEP_SILENCE || k == STEP_SIGNAL || k == STEP_ISNS || k == STEP_BY_MODEL)
			return true;
	}
	return false;
}

static unsigned first_line(const struct script *s)
{
	return s->count ? s->step[0].line : 1;
}

static void place_write(const struct script *s, unsigned line, struct text *out)
{
	text_add(out, "%s:%u: ", s->file[0] ? s->file : s->id, line);
}

struct model lint_model(const struct script *s)
{
	struct model m = model_default(s->has_profile ? s->profile : PROFILE_RFC9293);
	/* As scripts are played: Nagle off, and the target's segments carry no options of their own, but for what the script needs. */
	m.choices.nagle = false;
	m.choices.timestamps = s->needs & NEED_TIMESTAMPS;
	m.choices.window_scale = s->needs & NEED_WINDOW_SCALE;
	m.choices.sack = s->needs & NEED_SACK;
	with_apply(s->with, &m);
	return m;
}

/* Plays once with these two choices toggled (the same twice: none). Keeps the account of the play that came furthest. */
static bool play_toggled(const struct script *s, unsigned a, unsigned b, size_t *furthest, struct text *why)
{
	struct model m = lint_model(s);
	if (a != b) {
		choice_toggle(&m.choices, a);
		if (b < TOGGLES)
			choice_toggle(&m.choices, b);
	}
	struct text said = {0};
	struct lint_play p = {.s = s, .model = &m, .why = &said};
	bool good = lint_play_run(&p);
	if (!good && (!why->length || p.fault > *furthest)) {
		*furthest = p.fault;
		text_clear(why);
		text_add(why, "%s", text_string(&said));
	}
	text_free(&said);
	lint_play_end(&p);
	return good;
}

static bool script_permitted(const struct script *s, size_t *furthest, struct text *why)
{
	if (play_toggled(s, TOGGLES, TOGGLES, furthest, why))
		return true;
	for (unsigned a = 0; a < TOGGLES; a++)
		if (play_toggled(s, a, TOGGLES, furthest, why))
			return true;
	for (unsigned a = 0; a < TOGGLES; a++)
		for (unsigned b = a + 1; b < TOGGLES; b++)
			if (play_toggled(s, a, b, furthest, why))
				return true;
	return false;
}

size_t script_lint(const struct script *s, struct text *out)
{
	size_t findings = 0, furthest = 0;
	struct text why = {0};
	if (!script_asserts(s)) {
		place_write(s, first_line(s), out);
		text_add(out, "%s: asserts nothing: expect a segment, a state, a signal or silence\n", s->id);
		findings++;
	}
	if (!script_permitted(s, &furthest, &why)) {
		place_write(s, s->step[furthest].line, out);
		text_add(out, "%s: %s%s\n", s->id, furthest < s->prelude ? "the way to its first state " : "", text_string(&why));
		findings++;
	}
	text_free(&why);
	return findings;
}
