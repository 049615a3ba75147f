/* Where well-formed UTF-8 stands in octets of unknown origin. It converts nothing, and knows no characters. */
#ifndef TCPSPEC_BASE_UTF8_H
#define TCPSPEC_BASE_UTF8_H

#include <stddef.h>

/* Octets of the UTF-8 sequence of two to four octets at s, of which n may be read; 0 when there is none (plain ASCII, half a sequence, an overlong form, a surrogate). */
size_t utf8_sequence(const char *s, size_t n);

#endif
