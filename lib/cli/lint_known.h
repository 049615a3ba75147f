/* Lists of known deviations held against the suite and the model. Nothing is played on a stack: whether a line is needed, a run tells. */
#ifndef TCPSPEC_CLI_LINT_KNOWN_H
#define TCPSPEC_CLI_LINT_KNOWN_H

#include <stdbool.h>

#include "lib/base/text.h"

/* Adds a sentence for each line of the list that means no test, and for each that means a cell in which the model permits its reaction: a '*' stands only for what
 * the reaction does not depend on. The model is that of target.ini beside the list, where there is one, else the standard's default. False, and complained: unreadable. */
bool known_lint(const char *path, struct text *findings, size_t *count);

#endif
