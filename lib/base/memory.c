/* Allocation that ends the process when memory is out, and whole files read into memory. It keeps no account of what it gave. */
#include "lib/base/memory.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"

enum { EXIT_UNUSABLE = 3, /* the environment cannot be used */
       FILE_ROOM_FIRST = 4096 };

_Noreturn void memory_exhausted(size_t n, size_t size)
{
	fprintf(stderr, "tcpspec: out of memory, while asking for %zu times %zu octets; raise the memory limit or run less at once\n", n, size);
	exit(EXIT_UNUSABLE);
}

void *memory_zeroed(size_t n, size_t size)
{
	void *at = calloc(n ? n : 1, size ? size : 1);

	if (!at)
		memory_exhausted(n, size);
	return at;
}

void *memory_resized(void *old, size_t n, size_t size)
{
	void *at;

	if (size && n > SIZE_MAX / size)
		memory_exhausted(n, size);
	at = realloc(old, n && size ? n * size : 1);
	if (!at)
		memory_exhausted(n, size);
	return at;
}

char *memory_string(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(memory_zeroed(n, 1), s, n);
}

char *memory_file(const char *path, size_t *size, struct error *e)
{
	FILE *f = fopen(path, "rb");
	size_t room = FILE_ROOM_FIRST, n = 0;
	char *at = NULL;
	int wrong;

	if (!f) {
		error_set(e, "%s: %s, while opening the file; check the path and its permissions", path, strerror(errno));
		return NULL;
	}
	/* Not by the size that stat() tells: pipes and /proc have none. */
	for (;;) {
		at = memory_resized(at, room, 1);
		n += fread(at + n, 1, room - 1 - n, f);
		if (n < room - 1)
			break;
		room *= 2;
	}
	wrong = ferror(f) ? errno : 0;
	fclose(f);
	if (wrong) {
		error_set(e, "%s: %s, while reading the file; check that it is a regular file", path, strerror(wrong));
		free(at);
		return NULL;
	}
	at[n] = '\0';
	if (size)
		*size = n;
	return at;
}
