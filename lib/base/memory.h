/* Allocation that cannot fail: the process ends with a clear message when memory is out. */
#ifndef TCPSPEC_BASE_MEMORY_H
#define TCPSPEC_BASE_MEMORY_H

#include <stddef.h>

void *memory_zeroed(size_t n, size_t size);
void *memory_resized(void *old, size_t n, size_t size);
char *memory_string(const char *s);

/* Reads a whole text file into one NUL-terminated block (*size without the NUL); NULL and e on failure. */
struct error;
char *memory_file(const char *path, size_t *size, struct error *e);

#endif
