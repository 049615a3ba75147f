/* Reads a ladder's text: comments, headers, the names line, then rows. What a row means for a side is compile.c's. */
#include "lib/script/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/model/keys.h"
#include "lib/script/prelude.h"
#include "lib/wire/option.h"

struct reader {
	struct ladder *l;
	struct cursor c;
	const char *next; /* the line after the cursor's; NULL: none */
	bool comment;     /* the line is blank but for a comment */
	unsigned headers; /* bit i: header i was read */
	unsigned number;  /* the last line number */
	size_t room;
};

static bool octets_check(struct reader *r, const char *from, const char *to)
{
	for (const char *p = from; p < to; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f) {
			r->c.at = p;
			r->c.end = to;
			return error_set(r->c.e, "%s:%u:%u: expected no %s (columns are counted in single characters)", r->c.file, r->c.line, cursor_col(&r->c),
			                 *p == '\t' ? "tab" : *p == '\r' ? "carriage return"
			                                                 : "control character");
		}
	return true;
}

/* Where the comment begins: at the line's start, or behind two spaces. */
static const char *comment_find(const char *from, const char *to)
{
	for (const char *p = from; p < to; p++)
		if (*p == '#' && (p == from || (p - from >= 2 && p[-1] == ' ' && p[-2] == ' ')))
			return p;
	return to;
}

/* Sets the cursor on the next line, without its comment and trailing blanks. *more: there was one. */
static bool line_next(struct reader *r, bool *more)
{
	*more = r->next != NULL && *r->next != '\0';
	if (!*more)
		return true;
	const char *start = r->next, *end = strchr(start, '\n');
	r->next = end ? end + 1 : NULL;
	if (!end)
		end = start + strlen(start);
	r->c.line++;
	r->c.start = r->c.at = start;
	if (!octets_check(r, start, end))
		return false;
	const char *comment = comment_find(start, end);
	r->c.end = comment;
	while (r->c.end > start && r->c.end[-1] == ' ')
		r->c.end--;
	r->comment = r->c.end == start && comment < end;
	return true;
}

static bool line_empty(const struct reader *r)
{
	return r->c.end == r->c.start;
}

/* The first comment before the headers that says something is the title. */
static bool title_take(struct reader *r)
{
	const char *from = strchr(r->c.start, '#'), *to = r->next ? r->next - 1 : from + strlen(from);
	while (from < to && (*from == '#' || *from == ' '))
		from++;
	while (to > from && to[-1] == ' ')
		to--;
	if (from == to || r->l->title[0] || r->headers)
		return true;
	if ((size_t)(to - from) >= sizeof r->l->title)
		return error_set(r->c.e, "%s:%u:%u: expected a title of at most %zu octets", r->c.file, r->c.line, (unsigned)(from - r->c.start) + 1, sizeof r->l->title - 1);
	memcpy(r->l->title, from, (size_t)(to - from));
	return true;
}

static bool text_header(struct cursor *c, char *to, size_t room, const char *what)
{
	size_t n = (size_t)(c->end - c->at);
	if (n >= room)
		return cursor_expected(c, "%s of at most %zu characters", what, room - 1);
	memcpy(to, c->at, n);
	to[n] = '\0';
	c->at = c->end;
	return true;
}

static bool id_header(struct cursor *c, struct ladder *l)
{
	const char *from = c->at;
	while (c->at < c->end) {
		char a = *c->at, before = c->at > from ? c->at[-1] : '/';
		bool plain = (a >= 'a' && a <= 'z') || (a >= 'A' && a <= 'Z') || (a >= '0' && a <= '9') || strchr("-_.,=", a);
		if (!plain && (a != '/' || before == '/'))
			return cursor_expected(c, "a path as id (letters, digits, - _ . , = and single /)");
		c->at++;
	}
	if (c->at[-1] == '/')
		return cursor_expected(c, "a name after the last /");
	c->at = from;
	return text_header(c, l->id, sizeof l->id - strlen("/a/v4"), "an id");
}

static bool level_header(struct cursor *c, struct ladder *l)
{
	for (enum level v = LEVEL_MUST; v <= LEVEL_MAY; v++)
		if (cursor_word(c, level_name(v))) {
			l->level = v;
			return true;
		}
	return cursor_expected(c, "MUST, SHOULD or MAY");
}

static bool plays_header(struct cursor *c, struct ladder *l)
{
	while (c->at < c->end) {
		unsigned side = cursor_at(c, "B");
		if (!cursor_at(c, side ? "B" : "A") || l->plays[side])
			return cursor_expected(c, "A, B or both, each once");
		if (!cursor_word(c, side ? "B" : "A"))
			return cursor_expected(c, "A, B or both");
		l->plays[side] = true;
		cursor_skip(c);
	}
	return true;
}

static bool given_header(struct cursor *c, struct ladder *l)
{
	size_t count;
	const struct prelude *p = preludes(&count);
	size_t n = (size_t)(c->end - c->at);
	for (size_t i = 0; i < count; i++)
		if (p[i].way[0] && strlen(p[i].way) == n && memcmp(p[i].way, c->at, n) == 0)
			return text_header(c, l->given, sizeof l->given, "a way");
	return cursor_expected(c, "a way into the first state (active, simultaneous, closing, active-closing, unacked, unread, gap, shut, orphan)");
}

static bool options_header(struct cursor *c, struct ladder *l)
{
	const char *from = c->at;
	uint8_t octets[OPTIONS_MAX], length;
	struct error why;
	if (!options_read(c, false, l->options, sizeof l->options))
		return false;
	const char *behind = c->at;
	c->at = from;
	if (strcmp(l->options, "none") == 0 || !options_compile(l->options, octets, &length, &why))
		return cursor_expected(c, "options that can be sent");
	c->at = behind;
	return true;
}

static bool listener_header(struct cursor *c, struct ladder *l)
{
	l->listener_closed = cursor_word(c, "closed");
	return l->listener_closed || cursor_expected(c, "closed");
}

static bool profile_header(struct cursor *c, struct ladder *l)
{
	char word[32] = "";
	size_t n = (size_t)(c->end - c->at);
	if (n < sizeof word)
		memcpy(word, c->at, n);
	if (!profile_read(word, &l->profile))
		return cursor_expected(c, "a profile (rfc9293, rfc793, tc8)");
	l->has_profile = true;
	c->at = c->end;
	return true;
}

static bool needs_header(struct cursor *c, struct ladder *l)
{
	while (c->at < c->end) {
		unsigned need = 0, i = 0;
		const char *word;
		const char *from = c->at;
		while ((word = need_word(i, &need)) != NULL && !cursor_word(c, word))
			i++;
		bool again = word && l->needs & need;
		if (again)
			c->at = from;
		if (!word || again)
			return cursor_expected(c, "operations or capabilities, each once (active passive send receive close release abort forget urgent timestamps window-scale sack fastopen early-send small-buffer open-listening)");
		l->needs |= need;
		cursor_skip(c);
	}
	return true;
}

static bool with_header(struct cursor *c, struct ladder *l)
{
	struct model m = model_default(PROFILE_RFC9293);
	const char *from = c->at, *wrong;
	if (!text_header(c, l->with, sizeof l->with, "choices and constants"))
		return false;
	wrong = with_apply(l->with, &m);
	c->at = wrong ? from : c->at;
	return !wrong || cursor_expected(c, "%s", wrong);
}

static const char *const header_words[] = {"id", "level", "ref", "covers", "plays", "given", "options", "isn", "listener", "profile", "needs", "with"};
enum { HEADER_ID,
       HEADER_LEVEL,
       HEADER_REF,
       HEADER_COVERS,
       HEADER_PLAYS,
       HEADER_GIVEN,
       HEADER_OPTIONS,
       HEADER_ISN,
       HEADER_LISTENER,
       HEADER_PROFILE,
       HEADER_NEEDS,
       HEADER_WITH,
       HEADERS };

static bool header_value(struct cursor *c, struct ladder *l, unsigned header)
{
	switch (header) {
	case HEADER_ID:
		return id_header(c, l);
	case HEADER_LEVEL:
		return level_header(c, l);
	case HEADER_REF:
		return text_header(c, l->ref, sizeof l->ref, "a reference");
	case HEADER_COVERS:
		return text_header(c, l->covers, sizeof l->covers, "requirements");
	case HEADER_PLAYS:
		return plays_header(c, l);
	case HEADER_GIVEN:
		return given_header(c, l);
	case HEADER_OPTIONS:
		return options_header(c, l);
	case HEADER_ISN:
		l->has_isn = true;
		return cursor_number(c, UINT32_MAX, "a sequence number", &l->isn);
	case HEADER_LISTENER:
		return listener_header(c, l);
	case HEADER_PROFILE:
		return profile_header(c, l);
	case HEADER_WITH:
		return with_header(c, l);
	default:
		return needs_header(c, l);
	}
}

static bool header_read(struct reader *r)
{
	struct cursor *c = &r->c;
	unsigned header = 0;
	while (header < HEADERS && !(cursor_at(c, header_words[header]) && c->at + strlen(header_words[header]) < c->end && c->at[strlen(header_words[header])] == ':'))
		header++;
	if (header == HEADERS)
		return cursor_expected(c, "a header (id: level: ref: covers: plays: given: options: isn: listener: profile: needs: with:)");
	if (r->headers & 1u << header)
		return cursor_expected(c, "each header once");
	r->headers |= 1u << header;
	cursor_take(c, header_words[header]);
	cursor_take(c, ":");
	cursor_skip(c);
	if (c->at == c->end)
		return cursor_expected(c, "a value after '%s:'", header_words[header]);
	if (!header_value(c, r->l, header))
		return false;
	cursor_skip(c);
	return c->at == c->end || cursor_expected(c, "the line's end");
}

/* Everything above the names line; leaves the cursor on that. */
static bool headers_read(struct reader *r)
{
	bool more, blank = false;
	for (;;) {
		if (!line_next(r, &more))
			return false;
		if (!more)
			return error_set(r->c.e, "%s:%u:1: expected %s, not the file's end", r->c.file, r->c.line + 1, r->headers ? "the line '     TCP A      TCP B'" : "headers (id: level: plays:)");
		if (r->comment) {
			if (!title_take(r))
				return false;
		} else if (line_empty(r)) {
			blank = r->headers != 0;
		} else if (blank) {
			break;
		} else if (!header_read(r)) {
			return false;
		}
	}
	static const unsigned must[] = {HEADER_ID, HEADER_LEVEL, HEADER_PLAYS};
	for (unsigned i = 0; i < 3; i++)
		if (!(r->headers & 1u << must[i]))
			return error_set(r->c.e, "%s:%u:1: expected the header '%s:' above this line", r->c.file, r->c.line, header_words[must[i]]);
	return true;
}

static bool names_read(struct reader *r)
{
	struct cursor *c = &r->c;
	cursor_skip(c);
	unsigned a = cursor_col(c);
	if (a == 1 || !cursor_take(c, "TCP A"))
		return cursor_expected(c, "the line '     TCP A      TCP B'");
	const char *behind = c->at;
	cursor_skip(c);
	unsigned b = cursor_col(c);
	if (c->at == behind || !cursor_take(c, "TCP B"))
		return cursor_expected(c, "'TCP B' in its own column");
	r->l->split = (a + b) / 2;
	cursor_skip(c);
	return c->at == c->end || cursor_expected(c, "the line's end");
}

static bool token_take(struct cursor *c, enum token *t)
{
	*t = cursor_take(c, "-->") ? TO_RIGHT : cursor_take(c, "<--") ? TO_LEFT
	                                    : cursor_take(c, "...")   ? NOT_NOW
	                                                              : TOKEN_NONE;
	return *t != TOKEN_NONE;
}

static bool pair_check(struct cursor *c, struct row *row, unsigned col)
{
	enum token a = row->token[SIDE_A], b = row->token[SIDE_B];
	if (a != NOT_NOW && b != NOT_NOW && a != b) {
		c->at = c->start + col - 1;
		return cursor_expected(c, "'%s' or '...' (one segment has one direction)", a == TO_RIGHT ? "-->" : "<--");
	}
	if (a == NOT_NOW && b == NOT_NOW) {
		c->at = c->start + col - 1;
		return cursor_expected(c, "'-->' or '<--' (a segment that neither departs nor arrives is no event)");
	}
	return true;
}

static bool arrow_row_read(struct reader *r, struct row *row)
{
	struct cursor *c = &r->c;
	row->arrow = true;
	while (!token_take(c, &row->token[SIDE_A])) {
		if (!margin_item_read(c, row, SIDE_A))
			return false;
		cursor_skip(c);
	}
	cursor_skip(c);
	if (!segment_read(c, r->l, row))
		return false;
	unsigned col = cursor_col(c);
	if (!token_take(c, &row->token[SIDE_B]))
		return cursor_expected(c, "a field or an arrow (-->, <--, ...)");
	if (!pair_check(c, row, col))
		return false;
	for (cursor_skip(c); c->at < c->end; cursor_skip(c))
		if (!margin_item_read(c, row, SIDE_B))
			return false;
	return true;
}

static bool margin_row_read(struct reader *r, struct row *row)
{
	struct cursor *c = &r->c;
	if (c->at == c->end)
		return cursor_expected(c, "a state, an action or an arrow");
	for (; c->at < c->end; cursor_skip(c)) {
		const char *from = c->at;
		unsigned side = cursor_col(c) < r->l->split ? SIDE_A : SIDE_B;
		if (!margin_item_read(c, row, side))
			return false;
		if (side == SIDE_A && cursor_col(c) > r->l->split) {
			c->at = from;
			return cursor_expected(c, "this to end left of column %u, the middle between TCP A and TCP B", r->l->split);
		}
	}
	return true;
}

static bool has_arrow(const struct cursor *c)
{
	for (const char *p = c->at; p + 3 <= c->end; p++)
		if (memcmp(p, "-->", 3) == 0 || memcmp(p, "<--", 3) == 0 || memcmp(p, "...", 3) == 0)
			return true;
	return false;
}

static bool number_read(struct reader *r, struct row *row)
{
	struct cursor *c = &r->c;
	const char *from = c->at;
	row->number = r->number;
	if (c->at >= c->end || *c->at < '0' || *c->at > '9')
		return r->l->count > 0 || cursor_expected(c, "a line number ('1.')");
	if (!cursor_number(c, LINE_NUMBER_MAX, "a line number", &row->number))
		return false;
	if (!cursor_take(c, "."))
		return cursor_expected(c, "'.' after the line number");
	if (row->number < r->number) {
		c->at = from;
		return cursor_expected(c, "a line number of at least %u", r->number);
	}
	r->number = row->number;
	row->numbered = true;
	return true;
}

static bool row_read(struct reader *r)
{
	struct row row = {.line = r->c.line};
	cursor_skip(&r->c);
	if (!number_read(r, &row))
		return false;
	cursor_skip(&r->c);
	if (!(has_arrow(&r->c) ? arrow_row_read(r, &row) : margin_row_read(r, &row)))
		return false;
	struct ladder *l = r->l;
	if (l->count == r->room) {
		r->room = r->room ? r->room * 2 : 16;
		l->row = memory_resized(l->row, r->room, sizeof *l->row);
	}
	l->row[l->count++] = row;
	return true;
}

static bool rows_read(struct reader *r)
{
	bool more;
	for (;;) {
		if (!line_next(r, &more))
			return false;
		if (!more)
			break;
		if (!line_empty(r) && !row_read(r))
			return false;
	}
	return r->l->count > 0 || error_set(r->c.e, "%s:%u:1: expected a line ('1.  CLOSED ...'), not the file's end", r->c.file, r->c.line + 1);
}

/* A ladder that reads can be played: both sides are compiled once, so that its faults show here. */
static bool sides_check(const struct ladder *l, struct error *e)
{
	for (unsigned side = 0; side < SIDES; side++) {
		if (!l->plays[side])
			continue;
		struct script *s = ladder_compile(l, side ? 'b' : 'a', e);
		if (!s)
			return false;
		script_free(s);
	}
	return true;
}

struct ladder *ladder_read(const char *file, const char *text, struct error *e)
{
	struct reader r = {.l = memory_zeroed(1, sizeof *r.l), .next = text};
	snprintf(r.l->file, sizeof r.l->file, "%s", file);
	r.c = (struct cursor){.file = file, .e = e};
	if (headers_read(&r) && names_read(&r) && rows_read(&r) && ladder_check(r.l, e) && sides_check(r.l, e))
		return r.l;
	ladder_free(r.l);
	return NULL;
}

void ladder_free(struct ladder *l)
{
	if (!l)
		return;
	free(l->row);
	free(l);
}

const char *ladder_id(const struct ladder *l)
{
	return l->id;
}

bool ladder_plays(const struct ladder *l, char side)
{
	return side == 'a' ? l->plays[SIDE_A] : side == 'b' && l->plays[SIDE_B];
}
