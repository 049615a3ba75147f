/* One file, many ladders: the header `for:` names variables and their values, and each line of values is a ladder of its own (doc/ladder.md, "Families"). It reads no ladder;
 * what it gives is text for ladder_read(). */
#ifndef TCPSPEC_SCRIPT_FAMILY_H
#define TCPSPEC_SCRIPT_FAMILY_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"
#include "lib/base/text.h"

enum { VARIABLES_MAX = 8 };

/* How many ladders the text holds: 1 when it has no `for:`. 0 with e (file:line:col) when that header cannot be understood. */
size_t family_count(const char *file, const char *text, struct error *e);

/* Appends ladder i, from 0, of them: every {name} is replaced by its value, and "/name=value" of the first variable is added to the id. Lines keep their numbers. False with e: a {name}
 * is no variable's. */
bool family_ladder(const char *file, const char *text, size_t i, struct text *out, struct error *e);

#endif
