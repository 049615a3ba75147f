/* The doctor's walk through a target: what it takes to be tested, tried by playing a few tests in the order in which each needs the one before, with the mend where one fails. It judges no conformance. */
#ifndef TCPSPEC_CLI_DOCTOR_WALK_H
#define TCPSPEC_CLI_DOCTOR_WALK_H

#include "lib/cli/cli.h"
#include "lib/target/declaration.h"

/* Prints a line for each step: meeting the target, its fence, a closed port, the handshake, the calls; then one for each word of `lacks`, tried as if it had not been declared. False: the suite cannot be
 * run against it, or it is falsely declared to lack something. */
bool doctor_walk(const struct request *r, const struct declaration *d, const struct suite *suite);

#endif
