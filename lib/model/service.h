/* The program behind a port that nobody steers: what it may have done with a connection by itself, at whatever moment. It is a user of the TCP like any other; when it acts is not known. */
#ifndef TCPSPEC_MODEL_SERVICE_H
#define TCPSPEC_MODEL_SERVICE_H

#include "lib/model/hypothesis.h"

const char *service_name(enum service s); /* "echo"; "" for none */
/* False: it is no service's name. */
bool service_read(const char *name, enum service *s);
/* Where it is found if nobody says another port (RFC 862, RFC 863). */
uint16_t service_port(enum service s);

/* Adds what each may have become by the calls of its user, when the time is `at` (microseconds): RECEIVE of all that is there, SEND of the same by an echo, CLOSE at the end of the text. What such a call
 * has sent at once stands among the hypothesis's obligations, so that one who acted unseen is no explanation. */
void hypotheses_serve(struct hypotheses *s, const struct model *m, uint64_t at);

/* Is a call of one user still to come whose effect the wire shows: text to be sent back, an end to be answered by CLOSE? */
bool hypotheses_await_service(const struct hypotheses *s, const struct model *m);

#endif
