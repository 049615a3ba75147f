/* Sentences about failures: filling one in, and putting where it happened before it. It decides nothing and prints nothing. */
#include "lib/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool error_set(struct error *e, const char *format, ...)
{
	va_list list;

	if (!e)
		return false;
	va_start(list, format);
	vsnprintf(e->text, sizeof e->text, format, list);
	va_end(list);
	return false;
}

bool error_prefix(struct error *e, const char *format, ...)
{
	char before[ERROR_TEXT_MAX];
	size_t taken, kept;
	va_list list;

	if (!e)
		return false;
	va_start(list, format);
	vsnprintf(before, sizeof before, format, list);
	va_end(list);

	/* Where the two do not fit together, the end of the older text goes: the place is what a reader needs first. */
	taken = strlen(before);
	kept = strnlen(e->text, sizeof e->text - 1);
	if (kept > sizeof e->text - 1 - taken)
		kept = sizeof e->text - 1 - taken;
	memmove(e->text + taken, e->text, kept);
	memcpy(e->text, before, taken);
	e->text[taken + kept] = '\0';
	return false;
}
