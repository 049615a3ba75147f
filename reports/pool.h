/* Strings by number: each text is kept once. It forgets none. */
#ifndef TCPSPEC_REPORTS_POOL_H
#define TCPSPEC_REPORTS_POOL_H

#include <stddef.h>

struct pool {
	char *octets; /* all strings, each with its NUL */
	size_t length, room;
	size_t *at; /* where string i begins */
	size_t count, at_room;
	size_t *slot; /* number + 1; 0 is free */
	size_t slots;
};

/* The number of a string, from 0 on; a new one when it was not there. */
size_t pool_add(struct pool *p, const char *s);
/* Good until the next pool_add(). */
const char *pool_string(const struct pool *p, size_t i);
void pool_free(struct pool *p);

#endif
