/* Allocation that cannot fail: the process ends with a clear message, exit code 3, when memory is out. It is not an arena and counts nothing. */
#ifndef TCPSPEC_BASE_MEMORY_H
#define TCPSPEC_BASE_MEMORY_H

#include <stddef.h>

/* n objects of size octets each, all zero. Never NULL, also for n == 0. Give it back with free(). */
void *memory_zeroed(size_t n, size_t size);
/* As realloc() to n objects of size octets each; what is new is not zeroed. Never NULL. */
void *memory_resized(void *old, size_t n, size_t size);
/* A copy of s. */
char *memory_string(const char *s);
/* What the others do when n objects of size octets cannot be had. */
_Noreturn void memory_exhausted(size_t n, size_t size);

/* Reads a whole text file into one NUL-terminated block (*size without the NUL); NULL and e on failure. */
struct error;
char *memory_file(const char *path, size_t *size, struct error *e);

#endif
