/* The one form in which a failure travels upwards: a sentence. It is not a verdict, and it never ends the process.
 *
 * A function that can fail takes `struct error *e` last and returns false (or NULL) with e->text filled in. The text says
 * where, what, while doing what, and what to do about it, in one line without a full stop or newline. */
#ifndef TCPSPEC_BASE_ERROR_H
#define TCPSPEC_BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>

enum { ERROR_TEXT_MAX = 1024 };

struct error {
	char text[ERROR_TEXT_MAX];
};

/* Fills in e (which may be NULL) and always returns false, so that `return error_set(e, ...)` reads well. */
bool error_set(struct error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts a prefix ("while doing X: ") before the text that e holds already. Always returns false. */
bool error_prefix(struct error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
