/* A string that grows while it is written. It is not a template engine. */
#ifndef TCPSPEC_BASE_TEXT_H
#define TCPSPEC_BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdint.h>

struct text {
	char *at;      /* NUL-terminated; NULL while nothing was ever written */
	size_t length; /* octets, without the NUL */
	size_t room;
};

/* Appends. Out of memory ends the process: there is nothing sensible left to report with. */
void text_add(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same for a string as it stands, and for a number with its sign ("+1", "-4096"): a reaction is written thousands of times a second. */
void text_put(struct text *t, const char *string);
void text_put_signed(struct text *t, int64_t number);
void text_add_octets(struct text *t, const char *from, size_t n);
/* Room for n octets more, at the end: write them there, then tell how many with text_grown(). */
char *text_room(struct text *t, size_t n);
/* n octets were written behind the end, of those that text_room() gave. */
void text_grown(struct text *t, size_t n);
/* Appends n in decimal: many times faster than "%llu". */
void text_put_number(struct text *t, uint64_t n);
/* A string into an array, cut off where that ends: what snprintf("%s") does, at a twentieth of the cost. */
void string_put(char *to, size_t room, const char *from);
/* Back to the empty string, keeping the memory. */
void text_clear(struct text *t);
/* Gives the memory back; t is empty and usable again. */
void text_free(struct text *t);
/* The string so far, never NULL. */
const char *text_string(const struct text *t);

#endif
