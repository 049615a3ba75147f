/* What the target says of itself, and what is inferred of it: states and the user's signals, against the hypotheses and the steps. No segment is read here. */
#include <stdio.h>
#include <string.h>

#include "lib/run/judge_parts.h"

static bool state_is(const struct state_answer *a, enum state s)
{
	if (a->has_tcb)
		return s == a->state;
	return s == CLOSED || (s == LISTEN && a->has_listener);
}

static bool states_hold(uint16_t states, const struct state_answer *a)
{
	for (unsigned s = 0; s < STATES; s++)
		if ((states >> s & 1) && state_is(a, (enum state)s))
			return true;
	return false;
}

static const char *answer_name(const struct state_answer *a)
{
	return state_name(answer_state(a));
}

bool judge_any_state_is(const struct hypotheses *s, const struct state_answer *a)
{
	for (unsigned i = 0; i < s->count; i++)
		if (state_is(a, s->h[i].tcb.state))
			return true;
	return false;
}

/* Asked a second time, after a FAIL for the next state: an answer that has changed by itself was given before the stimulus had been processed. */
static void judge_state_again(struct judge *j, const struct state_answer *a)
{
	const struct state_answer *first = &j->state_after;
	if (j->status != JUDGE_FAILED || (a->has_tcb == first->has_tcb && (!a->has_tcb || a->state == first->state)))
		return;
	j->status = JUDGE_GOING;
	judge_against(j, JUDGE_VIOLATED, "fence violated", j->clause, "fence violated: the state was %s behind the fence, and %s later", answer_name(first), answer_name(a));
}

void judge_state(struct judge *j, const struct event *e)
{
	if (j->asked) {
		judge_state_again(j, &e->state);
		return;
	}
	j->asked = j->answered = true;
	j->state_after = e->state;
	if (!j->untold) {
		text_put(&j->actual, j->actual.length ? " => " : "=> ");
		text_put(&j->actual, answer_name(&e->state));
	}
	if (j->status == JUDGE_FAILED)
		j->confirmed = j->silent && !judge_any_state_is(&j->missed, &e->state) && !judge_any_state_is(&j->now, &e->state);
	if (j->status != JUDGE_GOING)
		return;
	for (size_t i = j->first; i < j->end; i++) {
		const struct step *st = &j->script->step[i];
		if (st->kind == STEP_STATE && !states_hold(st->states, &e->state)) {
			char what[64];
			snprintf(what, sizeof what, "the target is in %s", answer_name(&e->state));
			if (st->given)
				judge_against(j, JUDGE_UNREACHED, "precondition", j->script->ref, "precondition not reached: %s", what);
			else
				judge_breach(j, st->level, "next state", st->line, what);
		}
	}
	const char *clause = j->now.count ? j->now.h[0].clause : NULL;
	unsigned kept = 0;
	for (unsigned i = 0; i < j->now.count; i++)
		if (state_is(&e->state, j->now.h[i].tcb.state))
			hypotheses_move(&j->now, i, kept++);
	if (kept == 0 && j->now.count)
		judge_against(j, JUDGE_FAILED, "next state", clause, "next state: the target is in %s", answer_name(&e->state));
	else
		j->now.count = kept;
}

/* The standard's names for the end of a connection are the interface's to choose (3.9.1): "reset" and "refused" are one, and where it has ended "unreachable" too. */
static unsigned signals_alike(const struct tcb *t, unsigned signals)
{
	const bool gone = t->state == CLOSED || t->state == LISTEN;
	const unsigned ended = SIGNAL_RESET | SIGNAL_REFUSED | (gone ? (unsigned)SIGNAL_UNREACHABLE : 0u);
	return signals & ended ? signals | ended : signals;
}

/* "Connection closing" answers a call, and urgent data is announced: neither can be asked for. Of a connection that is over nobody asks how much urgent text it had. */
enum { SIGNALS_UNASKED = SIGNAL_CLOSED | SIGNAL_URGENT };
static unsigned signals_free(const struct tcb *t)
{
	return SIGNAL_CLOSED | (t->state < ESTABLISHED ? (unsigned)SIGNAL_URGENT : 0u);
}

/* What this TCB's user must have been told, and was not. The end of the text is told behind it. */
static unsigned signals_missing(const struct tcb *t, unsigned told)
{
	return t->signals & ~(unsigned)SIGNALS_UNASKED & ~(t->unread ? (unsigned)SIGNAL_EOF : 0u) & ~signals_alike(t, told);
}

/* What the user was told against what this TCB tells him. */
static bool signals_fit(const struct tcb *t, unsigned told)
{
	return !(told & ~signals_alike(t, t->signals | t->may_signal | signals_free(t))) && !signals_missing(t, told);
}

/* "reset, eof"; "nothing" for none. */
static void signals_print(unsigned told, struct text *out)
{
	for (unsigned bit = 1; bit <= SIGNAL_TROUBLE; bit <<= 1)
		if (told & bit)
			text_add(out, "%s%s", out->length ? ", " : "", signal_name(bit));
	if (!told)
		text_add(out, "nothing");
}

/* What the user was told wrongly is part of the reaction: no known deviation of the wire excuses it. */
static void judge_told_wrong(struct judge *j, const char *class, const char *clause, unsigned told)
{
	struct text names = {0};
	signals_print(told, &names);
	text_add(&j->actual, "%s(told %s)", j->actual.length ? " " : "", text_string(&names));
	judge_against(j, JUDGE_FAILED, class, clause, "%s: the user was told %s", class, text_string(&names));
	text_free(&names);
}

static void judge_told(struct judge *j, unsigned told)
{
	unsigned kept = 0;
	const struct hypothesis *h = hypotheses_best(&j->now);
	const char *clause = h ? h->clause : NULL;
	const unsigned due = h ? signals_missing(&h->tcb, told) : 0;
	for (unsigned i = 0; i < j->now.count; i++)
		if (signals_fit(&j->now.h[i].tcb, told))
			hypotheses_move(&j->now, i, kept++);
	if (told & SIGNAL_URGENT && !j->urgent_sent)
		judge_told_wrong(j, "wrong signal", "RFC 9293 3.1, Urgent Pointer: only to be interpreted in segments with the URG control bit set", told);
	else if (kept == 0 && j->now.count)
		judge_told_wrong(j, due ? "no signal" : "wrong signal", clause, told);
	else
		j->now.count = kept;
}

/* Told of trouble for the first time: R1 should be three retransmissions at least (3.8.3, SHLD-10). */
static void judge_trouble(struct judge *j, unsigned told)
{
	enum { R1_LEAST = 3 };
	if (told & ~j->told & SIGNAL_TROUBLE) {
		const struct hypothesis *h = hypotheses_best(&j->now);
		const bool open = h && h->tcb.sent_at != 0;
		if (open && h->tcb.retransmissions < R1_LEAST)
			judge_breach(j, LEVEL_SHOULD, "wrong signal", j->script->step[j->first].line, "the user was told of trouble before the third retransmission (RFC 9293 3.8.3, SHLD-10)");
	}
	j->told = told;
}

void judge_signals(struct judge *j, const struct event *e)
{
	const struct hypothesis *h = hypotheses_best(&j->now);
	const unsigned told = h ? signals_alike(&h->tcb, e->signals) : e->signals;
	for (size_t i = j->first; i < j->end; i++) {
		const struct step *st = &j->script->step[i];
		if (st->kind != STEP_SIGNAL || (told & st->signal) == st->signal)
			continue;
		char what[64];
		snprintf(what, sizeof what, "the user was not told \"%s\"", signal_name(st->signal));
		judge_breach(j, st->level, "no signal", st->line, what);
	}
	judge_trouble(j, e->signals);
	if (j->status == JUDGE_GOING)
		judge_told(j, e->signals);
}

/* Replies to the probes of the state, and their fences. */
void judge_inferred(struct judge *j, const struct event *e)
{
	if (e->kind == EVENT_FENCE)
		j->fence_at = e->at;
	j->event_index++;
}
