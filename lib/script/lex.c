/* The cursor: literals, words, numbers and times of one line, and errors that name their place. It knows no segments and no states. */
#include "lib/script/reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FOUND_MAX = 24,
       WHAT_MAX = 400 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
}

unsigned cursor_col(const struct cursor *c)
{
	return (unsigned)(c->at - c->start) + 1;
}

/* What stands at the cursor, as far as it helps: a word, or one octet and what follows up to a blank. */
static void found_print(const struct cursor *c, char to[FOUND_MAX + 8])
{
	size_t n = 0;
	if (c->at >= c->end) {
		snprintf(to, FOUND_MAX + 8, "the line's end");
		return;
	}
	while (c->at + n < c->end && n < FOUND_MAX && c->at[n] != ' ')
		n++;
	if (n == 0)
		n = 1;
	snprintf(to, FOUND_MAX + 8, "'%.*s'", (int)n, c->at);
}

bool cursor_expected(const struct cursor *c, const char *format, ...)
{
	char what[WHAT_MAX], found[FOUND_MAX + 8];
	va_list va;
	va_start(va, format);
	vsnprintf(what, sizeof what, format, va);
	va_end(va);
	found_print(c, found);
	return error_set(c->e, "%s:%u:%u: expected %s, not %s", c->file, c->line, cursor_col(c), what, found);
}

bool ladder_expected(const struct ladder *l, unsigned line, unsigned col, struct error *e, const char *format, ...)
{
	char what[WHAT_MAX];
	va_list va;
	va_start(va, format);
	vsnprintf(what, sizeof what, format, va);
	va_end(va);
	return error_set(e, "%s:%u:%u: expected %s", l->file, line, col, what);
}

void cursor_skip(struct cursor *c)
{
	while (c->at < c->end && *c->at == ' ')
		c->at++;
}

bool cursor_at(const struct cursor *c, const char *literal)
{
	size_t n = strlen(literal);
	return (size_t)(c->end - c->at) >= n && memcmp(c->at, literal, n) == 0;
}

bool cursor_take(struct cursor *c, const char *literal)
{
	if (!cursor_at(c, literal))
		return false;
	c->at += strlen(literal);
	return true;
}

bool cursor_word(struct cursor *c, const char *literal)
{
	const char *behind = c->at + strlen(literal);
	if (!cursor_at(c, literal) || (behind < c->end && is_word(*behind)))
		return false;
	c->at = behind;
	return true;
}

bool cursor_number(struct cursor *c, uint32_t max, const char *what, uint32_t *n)
{
	const char *from = c->at;
	uint64_t value = 0;
	while (c->at < c->end && is_digit(*c->at) && value <= UINT32_MAX)
		value = value * 10 + (uint64_t)(*c->at++ - '0');
	if (c->at == from)
		return cursor_expected(c, "%s", what);
	if (value > max) {
		c->at = from;
		return cursor_expected(c, "%s of at most %u", what, (unsigned)max);
	}
	*n = (uint32_t)value;
	return true;
}

const char *unit_word(enum duration_unit u)
{
	switch (u) {
	case UNIT_US:
		return "us";
	case UNIT_MS:
		return "ms";
	case UNIT_S:
		return "s";
	case UNIT_MIN:
		return "min";
	case UNIT_MSL:
		return "MSL";
	case UNIT_RTO:
		return "RTO";
	}
	return "?";
}

/* Up to nine digits before the point and six behind it: what a double and the writer reproduce exactly. */
static bool decimal_read(struct cursor *c, double *number)
{
	const char *from = c->at;
	uint32_t whole = 0;
	if (!cursor_number(c, 999999999, "a time", &whole))
		return false;
	uint32_t part = 0;
	double scale = 1;
	if (cursor_take(c, ".")) {
		const char *digits = c->at;
		if (!cursor_number(c, 999999, "digits after the point", &part))
			return false;
		if (c->at - digits > 6) {
			c->at = digits;
			return cursor_expected(c, "at most six digits after the point");
		}
		for (const char *p = digits; p < c->at; p++)
			scale *= 10;
	}
	*number = (double)whole + (double)part / scale;
	if (whole == 0 && part == 0) {
		c->at = from;
		return cursor_expected(c, "a time longer than nothing");
	}
	return true;
}

bool cursor_duration(struct cursor *c, struct duration *d)
{
	if (!decimal_read(c, &d->number))
		return false;
	if (!cursor_take(c, " "))
		return cursor_expected(c, "a space and a unit (us, ms, s, min, MSL, RTO)");
	cursor_skip(c);
	for (enum duration_unit u = UNIT_US; u <= UNIT_RTO; u++)
		if (cursor_word(c, unit_word(u))) {
			d->unit = u;
			return true;
		}
	return cursor_expected(c, "a unit (us, ms, s, min, MSL, RTO)");
}
