/* A string that grows: octets are added at its end. It interprets nothing but printf formats. */
#include "lib/base/text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

enum { TEXT_ROOM_FIRST = 64 };

/* Doubling keeps a long text linear in its length. */
static void text_grow(struct text *t, size_t n)
{
	size_t room = t->room ? t->room : TEXT_ROOM_FIRST;

	while (room - t->length <= n) {
		if (room > SIZE_MAX / 2)
			memory_exhausted(room, 2);
		room *= 2;
	}
	t->at = memory_resized(t->at, room, 1);
	t->room = room;
	t->at[t->length] = '\0';
}

/* Makes room for n octets more and the NUL. */
static inline void text_reserve(struct text *t, size_t n)
{
	if (!t->at || t->room - t->length <= n)
		text_grow(t, n);
}

void text_add(struct text *t, const char *format, ...)
{
	va_list list;
	int n;

	text_reserve(t, 0);
	va_start(list, format);
	n = vsnprintf(t->at + t->length, t->room - t->length, format, list);
	va_end(list);
	if (n < 0) { /* a wide character that cannot be converted; none of our formats has one */
		t->at[t->length] = '\0';
		return;
	}
	if ((size_t)n >= t->room - t->length) {
		text_reserve(t, (size_t)n);
		va_start(list, format);
		vsnprintf(t->at + t->length, t->room - t->length, format, list);
		va_end(list);
	}
	t->length += (size_t)n;
}

void text_add_octets(struct text *t, const char *from, size_t n)
{
	text_reserve(t, n);
	if (n) /* `from` may be NULL then */
		memcpy(t->at + t->length, from, n);
	t->length += n;
	t->at[t->length] = '\0';
}

void text_put(struct text *t, const char *string)
{
	text_add_octets(t, string, strlen(string));
}

void text_put_signed(struct text *t, int64_t number)
{
	char digits[24];
	size_t at = sizeof digits;
	uint64_t rest = number < 0 ? UINT64_C(0) - (uint64_t)number : (uint64_t)number;

	do
		digits[--at] = (char)('0' + rest % 10);
	while (rest /= 10);
	digits[--at] = number < 0 ? '-' : '+';
	text_add_octets(t, digits + at, sizeof digits - at);
}

char *text_room(struct text *t, size_t n)
{
	text_reserve(t, n);
	return t->at + t->length;
}

void text_grown(struct text *t, size_t n)
{
	t->length += n;
	t->at[t->length] = '\0';
}

void text_put_number(struct text *t, uint64_t n)
{
	char digits[20];
	size_t at = sizeof digits;

	do
		digits[--at] = (char)('0' + n % 10);
	while (n /= 10);
	text_add_octets(t, digits + at, sizeof digits - at);
}

void string_put(char *to, size_t room, const char *from)
{
	const size_t length = strlen(from), n = length < room ? length : room - 1;
	memcpy(to, from, n);
	to[n] = '\0';
}

void text_clear(struct text *t)
{
	t->length = 0;
	if (t->at)
		t->at[0] = '\0';
}

void text_free(struct text *t)
{
	free(t->at);
	*t = (struct text){0};
}

const char *text_string(const struct text *t)
{
	return t->at ? t->at : "";
}
