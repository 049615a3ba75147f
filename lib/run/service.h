/* Playing against a program that serves a port and that nobody steers: which scripts that will do for, and whether the program is there and does what it is said to do. It judges nothing. */
#ifndef TCPSPEC_RUN_SERVICE_H
#define TCPSPEC_RUN_SERVICE_H

#include "lib/run/stage.h"

/* May the script be played where the user of the connection is a program of its own? NULL, or why not. */
const char *service_refuses(const struct script *s, enum service service);

/* Does the script's connection come to the service? Else its port is to be one that nobody listens on. */
bool service_is_opened(const struct script *s);

/* One connection to the service, in that family: handshake, some text, the end. False with e in less than five seconds: what did not come, and what to try. */
bool service_walk(struct stage *s, uint16_t port, enum family f, struct error *e);

#endif
