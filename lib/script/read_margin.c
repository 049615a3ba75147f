/* Reads what stands in a margin: states, user calls, times and marks. It does not decide which column the margin belongs to. */
#include "lib/script/reader.h"

#include <string.h>

static bool states_read(struct cursor *c, struct margin *m)
{
	if (m->states)
		return cursor_expected(c, "no second state in this margin (alternatives are written A|B)");
	m->states_col = cursor_col(c);
	do {
		size_t n = 0;
		enum state s;
		while (c->at + n < c->end && strchr(" |()<>.", c->at[n]) == NULL)
			n++;
		if (!state_read(c->at, n, &s))
			return cursor_expected(c, "a state");
		if (m->states & 1u << s)
			return cursor_expected(c, "each state once");
		m->states |= (uint16_t)(1u << s);
		c->at += n;
	} while (cursor_take(c, "|"));
	return true;
}

static bool octets_read(struct cursor *c, struct action *a)
{
	if (!cursor_take(c, " "))
		return cursor_expected(c, "a number of octets");
	cursor_skip(c);
	const char *from = c->at;
	if (!cursor_number(c, UINT32_MAX, "a number of octets", &a->n))
		return false;
	if (a->n == 0) {
		c->at = from;
		return cursor_expected(c, "at least one octet");
	}
	return true;
}

static bool flag_read(struct cursor *c, uint64_t *value)
{
	*value = cursor_word(c, "yes");
	return *value || cursor_word(c, "no") || cursor_expected(c, "yes or no");
}

/* Of a time that no target's constants are in: it is told to the stack as it stands. */
static bool time_value_read(struct cursor *c, uint64_t *value)
{
	struct duration d;
	const char *from = c->at;
	if (!cursor_duration(c, &d))
		return false;
	*value = d.unit <= UNIT_MIN ? duration_us(d, NULL, 0) : 0;
	c->at = d.unit <= UNIT_MIN ? c->at : from;
	return d.unit <= UNIT_MIN || cursor_expected(c, "a time in us, ms, s or min");
}

/* " keepalive_idle 120 min" */
static bool setting_read(struct cursor *c, struct action *a)
{
	uint32_t n = 0;
	size_t length = 0;
	cursor_take(c, " ");
	cursor_skip(c);
	while (c->at + length < c->end && (c->at[length] == '_' || (c->at[length] >= 'a' && c->at[length] <= 'z')))
		length++;
	if (!user_setting_read(c->at, length, &a->setting))
		return cursor_expected(c, "a setting (nagle, keepalive, keepalive_idle, keepalive_interval, keepalive_count, user_timeout, retries, dscp, ttl, reports)");
	c->at += length;
	if (!cursor_take(c, " "))
		return cursor_expected(c, "a value for %s", user_setting_name(a->setting));
	cursor_skip(c);
	switch (user_setting_form(a->setting)) {
	case FORM_FLAG:
		return flag_read(c, &a->value);
	case FORM_TIME:
		return time_value_read(c, &a->value);
	case FORM_NUMBER:
		break;
	}
	bool good = cursor_number(c, UINT32_MAX, "a number", &n);
	a->value = n;
	return good;
}

/* " from any", " to broadcast"; " with 10", octets to be sent; or " 1000", the most octets of a receive buffer. */
static bool open_read(struct cursor *c, struct action *a)
{
	cursor_take(c, " ");
	cursor_skip(c);
	for (enum open_place p = OPEN_USUAL + 1; p < OPEN_PLACES; p++)
		if (cursor_word(c, open_place_words(p))) {
			a->place = p;
			return true;
		}
	a->push = cursor_take(c, "with ");
	if (c->at < c->end && (*c->at < '0' || *c->at > '9'))
		return cursor_expected(c, "a number of octets, with and their number, from any, from elsewhere, to any, to broadcast or to multicast");
	c->at--;
	return octets_read(c, a);
}

/* *known: the word was one of ours (whether or not the rest could be read). */
static bool call_read(struct cursor *c, struct action *a, bool *known)
{
	for (enum call k = 0; k < CALLS; k++) {
		if (!cursor_word(c, call_words(k)))
			continue;
		*known = true;
		a->kind = ACTION_CALL;
		a->call = k;
		if ((k == CALL_SEND || k == CALL_RECEIVE) && !octets_read(c, a))
			return false;
		if (k == CALL_OPEN_ACTIVE && cursor_at(c, " ") && !open_read(c, a))
			return false;
		if (k == CALL_SET && !setting_read(c, a))
			return false;
		if (k == CALL_SEND && cursor_at(c, " ")) {
			cursor_skip(c);
			a->push = cursor_word(c, "push");
			a->urgent = !a->push && cursor_word(c, "urgent");
		}
		return true;
	}
	return true;
}

static bool signal_word_read(struct cursor *c, struct action *a)
{
	a->kind = ACTION_SIGNAL;
	cursor_skip(c);
	size_t n = 0;
	while (c->at + n < c->end && c->at[n] >= 'a' && c->at[n] <= 'z')
		n++;
	if (!signal_read(c->at, n, &a->signal))
		return cursor_expected(c, "a signal (reset, refused, closed, timeout, eof, urgent, unreachable, trouble)");
	c->at += n;
	return true;
}

static bool action_read(struct cursor *c, struct action *a, bool *known)
{
	if (c->at < c->end && *c->at >= '0' && *c->at <= '9') {
		*known = true;
		a->kind = ACTION_WAIT;
		return cursor_duration(c, &a->time);
	}
	a->strict = cursor_word(c, "nothing");
	if (a->strict || cursor_word(c, "silence")) {
		*known = true;
		a->kind = ACTION_SILENCE;
		if (!cursor_take(c, " "))
			return true;
		a->has_time = true;
		cursor_skip(c);
		return cursor_duration(c, &a->time);
	}
	if (cursor_word(c, "by the model")) {
		*known = true;
		a->kind = ACTION_BY_MODEL;
		return true;
	}
	if (cursor_at(c, "ISNs")) {
		*known = true;
		a->kind = ACTION_ISNS;
		a->isns = cursor_word(c, "ISNs unrelated") ? ISNS_UNRELATED : ISNS_BY_CLOCK;
		return a->isns == ISNS_UNRELATED || cursor_word(c, "ISNs by the clock") || cursor_expected(c, "ISNs by the clock, or ISNs unrelated");
	}
	if (cursor_word(c, "stamps unrelated")) {
		*known = true;
		a->kind = ACTION_ISNS;
		a->isns = STAMPS_UNRELATED;
		return true;
	}
	if (cursor_word(c, "signal")) {
		*known = true;
		return signal_word_read(c, a);
	}
	return call_read(c, a, known);
}

static bool level_mark_read(struct cursor *c, struct row *r, bool *known)
{
	for (enum level v = LEVEL_MUST; v <= LEVEL_MAY; v++) {
		if (!cursor_at(c, level_name(v)))
			continue;
		if (r->has_level)
			return cursor_expected(c, "one level for the line");
		if (!cursor_word(c, level_name(v)))
			continue;
		*known = r->has_level = true;
		r->level = v;
		return true;
	}
	return true;
}

static bool mark_read(struct cursor *c, struct row *r, struct margin *m, bool *known)
{
	unsigned col = cursor_col(c);
	if (cursor_word(c, "duplicate")) {
		*known = r->duplicate = true;
		r->duplicate_col = col;
		return true;
	}
	if (!m->mark_col && (cursor_at(c, "may") || cursor_at(c, "again") || cursor_at(c, "within")))
		m->mark_col = col;
	if (cursor_word(c, "may")) {
		*known = m->may = true;
		return true;
	}
	if (cursor_word(c, "again")) {
		*known = m->again = true;
		return true;
	}
	if (cursor_word(c, "within")) {
		if (m->has_within)
			return cursor_expected(c, "one (within ...) in this margin");
		*known = m->has_within = true;
		if (!cursor_take(c, " "))
			return cursor_expected(c, "a time");
		cursor_skip(c);
		return cursor_duration(c, &m->within);
	}
	return level_mark_read(c, r, known);
}

static bool parenthesis_read(struct cursor *c, struct row *r, struct margin *m)
{
	bool known = false;
	cursor_take(c, "(");
	struct action a = {.col = cursor_col(c)};
	if (!mark_read(c, r, m, &known))
		return false;
	if (!known) {
		if (!action_read(c, &a, &known))
			return false;
		if (!known)
			return cursor_expected(c, "a call, a time or a mark (a comment is written '  # ...')");
		if (m->count == ACTIONS_MAX)
			return cursor_expected(c, "at most %d actions in a margin", ACTIONS_MAX);
		m->action[m->count++] = a;
	}
	if (!cursor_take(c, ")"))
		return cursor_expected(c, "')'");
	return true;
}

bool margin_item_read(struct cursor *c, struct row *r, unsigned side)
{
	struct margin *m = &r->margin[side];
	if (cursor_at(c, "("))
		return parenthesis_read(c, r, m);
	if (c->at < c->end && *c->at >= 'A' && *c->at <= 'Z')
		return states_read(c, m);
	return cursor_expected(c, r->arrow ? "a state, '(' or an arrow" : "a state or '('");
}
