/* Writes a ladder in its one canonical layout, that of the standard's figures. Comments but the title are not kept: no script holds them. */
#include "lib/script/reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Columns, from 1, of the standard's figures. */
enum { COLUMN_A = 6,
       COLUMN_TOKEN = 20,
       COLUMN_SEGMENT = 24,
       COLUMN_B = 59 };

/* Blanks up to the column; at least one behind something that was written. */
static void column_reach(struct text *out, size_t from, size_t column)
{
	if (out->length > from && text_string(out)[out->length - 1] != ' ')
		text_add(out, " ");
	while (out->length - from + 1 < column)
		text_add(out, " ");
}

static void end_trim(struct text *out, size_t from)
{
	while (out->length > from && out->at[out->length - 1] == ' ')
		out->at[--out->length] = '\0';
	text_add(out, "\n");
}

static void line_lay(struct text *out, size_t column_b, const char *number, const char *left_margin, const char *left_token, const char *segment, const char *right_token, const char *right_margin)
{
	size_t from = out->length;
	if (number[0])
		text_add(out, "%2s.", number);
	if (left_margin[0]) {
		column_reach(out, from, COLUMN_A);
		text_add(out, "%s", left_margin);
	}
	if (left_token[0] || segment[0]) {
		column_reach(out, from, COLUMN_TOKEN);
		text_add(out, "%s", left_token);
		column_reach(out, from, COLUMN_SEGMENT);
		text_add(out, "%s", segment);
	}
	if (right_token[0] || right_margin[0])
		column_reach(out, from, column_b);
	text_add(out, "%s%s%s", right_token, right_token[0] && right_margin[0] ? " " : "", right_margin);
	end_trim(out, from);
}

void ladder_line(struct text *out, const char *number, const char *left_margin, const char *left_token, const char *segment, const char *right_token, const char *right_margin)
{
	line_lay(out, COLUMN_B, number, left_margin, left_token, segment, right_token, right_margin);
}

static void item_space(struct text *t)
{
	if (t->length)
		text_add(t, " ");
}

static bool action_stimulates(const struct action *a)
{
	return a->kind == ACTION_CALL || a->kind == ACTION_WAIT;
}

/* Which of a margin's items a line takes. */
enum { STIMULI = 1,
       ASSERTS = 2,
       STATES_AND_MARKS = 4 };

static void margin_write(const struct margin *m, int parts, struct text *out)
{
	for (unsigned i = 0; i < m->count; i++)
		if (parts & (action_stimulates(&m->action[i]) ? STIMULI : ASSERTS)) {
			item_space(out);
			action_write(&m->action[i], out);
		}
	if (!(parts & STATES_AND_MARKS))
		return;
	if (m->may) {
		item_space(out);
		text_add(out, "(may)");
	}
	if (m->again) {
		item_space(out);
		text_add(out, "(again)");
	}
	if (m->has_within) {
		item_space(out);
		text_add(out, "(within ");
		duration_write(m->within, out);
		text_add(out, ")");
	}
	if (m->states) {
		item_space(out);
		states_write(m->states, out);
	}
}

/* Marks of the whole row stand in the margin of the side that is played, A's if both are. */
static void row_marks_write(const struct ladder *l, const struct row *r, bool duplicate, struct text margin[SIDES])
{
	struct text *t = &margin[l->plays[SIDE_A] ? SIDE_A : SIDE_B];
	if (duplicate) {
		item_space(t);
		text_add(t, "(duplicate)");
	}
	if (r->has_level) {
		item_space(t);
		text_add(t, "(%s)", level_name(r->level));
	}
}

static const char *token_text(enum token t)
{
	switch (t) {
	case TOKEN_NONE:
		return "";
	case TO_RIGHT:
		return "-->";
	case TO_LEFT:
		return "<--";
	case NOT_NOW:
		return "...";
	}
	return "";
}

/* One line of a row: its calls and times before an arrow have a line of their own. */
static void row_margins(const struct ladder *l, const struct row *r, int parts, struct text margin[SIDES])
{
	text_clear(&margin[SIDE_A]);
	text_clear(&margin[SIDE_B]);
	row_marks_write(l, r, r->duplicate && parts & STATES_AND_MARKS, margin);
	margin_write(&r->margin[SIDE_A], parts, &margin[SIDE_A]);
	margin_write(&r->margin[SIDE_B], parts, &margin[SIDE_B]);
}

static bool row_stimulates(const struct row *r)
{
	for (unsigned side = 0; side < SIDES; side++)
		for (unsigned i = 0; i < r->margin[side].count; i++)
			if (action_stimulates(&r->margin[side].action[i]))
				return true;
	return false;
}

/* Where TCP B begins: as in the figures, or as far right as the longest margin of A on a line without arrow demands (it may not cross the middle). */
static size_t column_b_find(const struct ladder *l)
{
	struct text margin[SIDES] = {{0}, {0}};
	size_t longest = 0;
	for (size_t i = 0; i < l->count; i++) {
		const struct row *r = &l->row[i];
		if (r->arrow && !row_stimulates(r))
			continue;
		row_margins(l, r, r->arrow ? STIMULI : STIMULI | ASSERTS | STATES_AND_MARKS, margin);
		if (margin[SIDE_A].length > longest)
			longest = margin[SIDE_A].length;
	}
	text_free(&margin[SIDE_A]);
	text_free(&margin[SIDE_B]);
	size_t split = COLUMN_A + longest, b = 2 * split - COLUMN_A;
	return b > COLUMN_B ? b : COLUMN_B;
}

static void row_write(const struct ladder *l, const struct row *r, size_t column_b, struct text *out)
{
	struct text margin[SIDES] = {{0}, {0}}, segment = {0};
	char number[16] = "";
	if (r->numbered)
		snprintf(number, sizeof number, "%u", r->number);
	if (r->arrow && row_stimulates(r)) {
		row_margins(l, r, STIMULI, margin);
		line_lay(out, column_b, number, text_string(&margin[SIDE_A]), "", "", "", text_string(&margin[SIDE_B]));
		number[0] = '\0';
	}
	row_margins(l, r, r->arrow ? ASSERTS | STATES_AND_MARKS : STIMULI | ASSERTS | STATES_AND_MARKS, margin);
	if (r->arrow) {
		segment_write(&r->segment, true, &segment);
		line_lay(out, COLUMN_B, number, text_string(&margin[SIDE_A]), token_text(r->token[SIDE_A]), text_string(&segment), token_text(r->token[SIDE_B]), text_string(&margin[SIDE_B]));
	} else {
		line_lay(out, column_b, number, text_string(&margin[SIDE_A]), "", "", "", text_string(&margin[SIDE_B]));
	}
	text_free(&margin[SIDE_A]);
	text_free(&margin[SIDE_B]);
	text_free(&segment);
}

static void header_write(struct text *out, const char *key, const char *value)
{
	char word[16];
	snprintf(word, sizeof word, "%s:", key);
	if (value[0])
		text_add(out, "%-7s %s\n", word, value);
}

static void headers_write(const struct ladder *l, struct text *out)
{
	char isn[16] = "";
	struct text needs = {0};
	unsigned need = 0;
	const char *word;
	for (unsigned i = 0; (word = need_word(i, &need)) != NULL; i++)
		if (l->needs & need) {
			item_space(&needs);
			text_add(&needs, "%s", word);
		}
	if (l->has_isn)
		snprintf(isn, sizeof isn, "%" PRIu32, l->isn);
	if (l->title[0])
		text_add(out, "# %s\n", l->title);
	header_write(out, "id", l->id);
	header_write(out, "level", level_name(l->level));
	header_write(out, "ref", l->ref);
	header_write(out, "covers", l->covers);
	header_write(out, "plays", !l->plays[SIDE_B] ? "A" : l->plays[SIDE_A] ? "A B"
	                                                                      : "B");
	header_write(out, "given", l->given);
	header_write(out, "options", l->options);
	header_write(out, "isn", isn);
	header_write(out, "listener", l->listener_closed ? "closed" : "");
	header_write(out, "profile", l->has_profile ? profile_name(l->profile) : "");
	header_write(out, "needs", text_string(&needs));
	header_write(out, "with", l->with);
	text_free(&needs);
}

void ladder_write(const struct ladder *l, struct text *out)
{
	size_t column_b = column_b_find(l);
	headers_write(l, out);
	text_add(out, "\n");
	line_lay(out, column_b, "", "TCP A", "", "", "", "TCP B");
	text_add(out, "\n");
	for (size_t i = 0; i < l->count; i++)
		row_write(l, &l->row[i], column_b, out);
}
