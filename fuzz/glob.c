/* Globs with groups, by going back. */
#include "fuzz/glob.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static bool is_special(char c)
{
	return c == '*' || c == '?' || c == '[' || c == '\\' || c == '@' || c == '+' || c == '!';
}

/* Behind the ']' of a set, or NULL: it is none. The first of its octets may be ']'. */
static const char *set_end(struct piece g)
{
	const char *at = g.at + 1;
	at += at < g.end && (*at == '!' || *at == '^');
	for (const char *first = at; at < g.end; at++) {
		if (*at == ']' && at > first)
			return at + 1;
		at += *at == '\\' && at + 1 < g.end;
	}
	return NULL;
}

/* [at, end) is what stands between the brackets. */
static bool set_has(const char *at, const char *end, char c)
{
	const bool none = *at == '!' || *at == '^';
	bool has = false;
	for (at += none; at < end; at++) {
		at += *at == '\\' && at + 1 < end;
		const char from = *at;
		if (at + 2 < end && at[1] == '-')
			at += 2 + (at[2] == '\\' && at + 3 < end);
		has |= (uint8_t)from <= (uint8_t)c && (uint8_t)c <= (uint8_t)*at;
	}
	return has != none;
}

/* The ')' of the group in which `at` stands, or where alternatives are asked for the end of the one that begins there. NULL: it is not closed. */
static const char *group_next(const char *at, const char *end, bool alternatives)
{
	for (size_t depth = 0; at < end; at++) {
		const char *behind = *at == '[' ? set_end((struct piece){at, end}) : NULL;
		if (behind)
			at = behind - 1;
		else if (depth == 0 && (*at == ')' || (alternatives && *at == '|')))
			return at;
		else if (is_special(*at) && *at != '[' && at + 1 < end && at[1] == '(')
			depth++, at++;
		else if (*at == ')')
			depth--;
	}
	return NULL;
}

static bool is_plain(struct piece glob)
{
	while (glob.at < glob.end && !is_special(*glob.at))
		glob.at++;
	return glob.at == glob.end;
}

/* Is the whole of text one of the alternatives in [at, close]? */
static bool any_matches(const char *at, const char *close, struct piece text)
{
	for (const char *end;; at = end + 1) {
		end = group_next(at, close + 1, true);
		if (glob_matches((struct piece){at, end}, text))
			return true;
		if (end == close)
			return false;
	}
}

/* Can what this piece of a glob means begin with what text begins with? */
static bool may_begin(struct piece glob, struct piece text)
{
	if (glob.at == glob.end)
		return text.at == text.end;
	return is_special(*glob.at) || (text.at < text.end && *glob.at == *text.at);
}

/* A group of one or more: each next one, and behind the last the rest. */
static bool several_match(const char *at, const char *close, struct piece rest, struct piece text)
{
	for (const char *to = text.at; to <= text.end; to++) {
		const struct piece first = {text.at, to}, behind = {to, text.end};
		if (!any_matches(at, close, first))
			continue;
		if (glob_matches(rest, behind) || (to > text.at && several_match(at, close, rest, behind)))
			return true;
	}
	return false;
}

/* One alternative, and behind it the rest. */
static bool one_matches(struct piece one, struct piece rest, struct piece text)
{
	const size_t n = (size_t)(one.end - one.at);
	if (is_plain(one))
		return n <= (size_t)(text.end - text.at) && memcmp(one.at, text.at, n) == 0 && glob_matches(rest, (struct piece){text.at + n, text.end});
	for (const char *to = text.at; to <= text.end; to++) {
		const struct piece first = {text.at, to}, behind = {to, text.end};
		if (may_begin(rest, behind) && glob_matches(one, first) && glob_matches(rest, behind))
			return true;
	}
	return false;
}

static bool any_of_them_matches(const char *at, const char *close, struct piece rest, struct piece text)
{
	for (const char *end;; at = end + 1) {
		end = group_next(at, close + 1, true);
		if (one_matches((struct piece){at, end}, rest, text))
			return true;
		if (end == close)
			return false;
	}
}

static bool none_of_them_matches(const char *at, const char *close, struct piece rest, struct piece text)
{
	for (const char *to = text.at; to <= text.end; to++) {
		const struct piece first = {text.at, to}, behind = {to, text.end};
		if (may_begin(rest, behind) && !any_matches(at, close, first) && glob_matches(rest, behind))
			return true;
	}
	return false;
}

static bool group_matches(char kind, const char *at, const char *close, struct piece rest, struct piece text)
{
	if ((kind == '?' || kind == '*') && glob_matches(rest, text))
		return true;
	if (kind == '*' || kind == '+')
		return several_match(at, close, rest, text);
	return kind == '!' ? none_of_them_matches(at, close, rest, text) : any_of_them_matches(at, close, rest, text);
}

static bool star_matches(struct piece rest, struct piece text)
{
	for (; text.at <= text.end; text.at++)
		if (may_begin(rest, text) && glob_matches(rest, text))
			return true;
	return false;
}

/* Takes one octet of each, which glob begins with. False: they differ. */
static bool octet_matches(struct piece *glob, struct piece *text)
{
	if (text->at == text->end)
		return false;
	const char c = *text->at++, g = *glob->at;
	const char *behind = g == '[' ? set_end(*glob) : NULL;
	if (behind) {
		const bool has = set_has(glob->at + 1, behind - 1, c);
		glob->at = behind;
		return has;
	}
	glob->at += g == '\\' && glob->at + 1 < glob->end;
	return g == '?' ? *glob->at++ == '?' : *glob->at++ == c;
}

bool glob_matches(struct piece glob, struct piece text)
{
	while (glob.at < glob.end) {
		const bool opens = is_special(*glob.at) && *glob.at != '[' && *glob.at != '\\' && glob.at + 1 < glob.end && glob.at[1] == '(';
		const char *close = opens ? group_next(glob.at + 2, glob.end, false) : NULL;
		if (close)
			return group_matches(*glob.at, glob.at + 2, close, (struct piece){close + 1, glob.end}, text);
		if (*glob.at == '*')
			return star_matches((struct piece){glob.at + 1, glob.end}, text);
		if (!octet_matches(&glob, &text))
			return false;
	}
	return text.at == text.end;
}

struct piece piece_of(const char *string)
{
	return (struct piece){string, string + strlen(string)};
}
