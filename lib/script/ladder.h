/* Ladders: the standard's two-column figures as text <-> scripts. Grammar and semantics: doc/ladder.md. It plays nothing. */
#ifndef TCPSPEC_SCRIPT_LADDER_H
#define TCPSPEC_SCRIPT_LADDER_H

#include "lib/script/script.h"

struct ladder;

/* Reads one ladder. file names it in errors ("file:line:col: expected ..."). NULL and e on failure. */
struct ladder *ladder_read(const char *file, const char *text, struct error *e);
void ladder_free(struct ladder *l);

const char *ladder_id(const struct ladder *l);
bool ladder_plays(const struct ladder *l, char side); /* 'a', 'b' */

/* Compiles the side's column, prelude in front. NULL and e (file:line:col) when the ladder cannot be played from there. */
struct script *ladder_compile(const struct ladder *l, char side, struct error *e);

/* Canonical text: reading it gives the same scripts for both sides, and writing that gives the same text. */
void ladder_write(const struct ladder *l, struct text *out);

/* A script of any author as a ladder (prelude left out, one side): the other column stays empty, both arrow tokens equal. */
void script_write(const struct script *s, struct text *out);

/* One step as one line of a ladder, for diagnostics and traces. */
void step_write(const struct step *st, char side, struct text *out);

/* A ladder line from parts: how every ladder-shaped text of the tool is laid out (columns as in the standard's figures). Empty strings for what is absent;
 * token is "-->", "<--" or "...". */
void ladder_line(struct text *out, const char *number, const char *left_margin, const char *left_token, const char *segment, const char *right_token, const char *right_margin);

/* Lint: what the script's author must mend. Each finding is one line "file:line: ..." appended to out. Returns their number.
 * - an expectation that the model (default choices, every lawful choice tried) does not permit;
 * - a script that asserts nothing; two different states in one group; an arrival that never departed and is not marked (duplicate). */
size_t script_lint(const struct script *s, struct text *out);

#endif
