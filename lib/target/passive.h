/* A target that nobody steers: what is behind a port serves it, and connections are opened and ended by the tester's segments alone. It makes no call and knows no state. */
#ifndef TCPSPEC_TARGET_PASSIVE_H
#define TCPSPEC_TARGET_PASSIVE_H

#include "lib/target/target.h"

/* "none", "none:echo", "none:discard". */
bool passive_is_meant(const char *spec);
/* Makes d one of kind none, with the service that the spec names; else its own, else an echo. False with e: there is no such service. */
bool passive_declare(struct declaration *d, const char *spec, struct error *e);

/* A line of a declaration: `service = echo`, `port = 7`. NULL, or what would be right. */
const char *declared_service_take(struct declaration *d, const char *key, const char *value);
/* Do the kind and the service go together? NULL, or what is wrong and what to do. */
const char *declared_service_complete(const struct declaration *d);

/* Keeps d. port: of its service; 0: what d says, else the usual one. */
void target_passive_start(struct target *t, struct declaration *d, uint16_t port);
/* The port, where t is such a target; else 0. */
uint16_t target_passive_port(const struct target *t);

#endif
