/* What stands for the declaration of a stack's library: the file beside it, or the profile's defaults. */
#include "lib/target/declaration_library.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/memory.h"

/* Where ".so" begins that ends the file's name, or stands before its version; NULL: there is none. */
static const char *library_suffix(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *at = NULL;

	for (const char *s = name; (s = strstr(s, ".so")) != NULL; s++)
		if (s > name && (s[3] == '\0' || s[3] == '.'))
			at = s;
	return at && strcmp(at + strspn(at + 3, "0123456789.") + 3, "") == 0 ? at : NULL;
}

bool declaration_is_library(const char *path)
{
	return library_suffix(path) != NULL;
}

struct declaration *declaration_of_library(const char *library, enum profile p)
{
	struct declaration *d = memory_zeroed(1, sizeof *d);
	const char *slash = strrchr(library, '/'), *name = slash ? slash + 1 : library;
	const char *end = library_suffix(library);

	if (strncmp(name, "lib", 3) == 0 && name + 3 < end)
		name += 3;
	d->model = model_default(p);
	snprintf(d->name, sizeof d->name, "%.*s", (int)(end - name), name);
	snprintf(d->file, sizeof d->file, "%s", library);
	snprintf(d->library, sizeof d->library, "%s", library);
	memcpy(d->kind, "stack", sizeof "stack");
	memcpy(d->fence, "call", sizeof "call");
	return d;
}

bool library_paths_find(const char *path, struct library_paths *l, struct error *e)
{
	const int n = snprintf(l->library, sizeof l->library, "%s%s", strchr(path, '/') ? "" : "./", path);

	if (n < 0 || (size_t)n >= sizeof l->library)
		return error_set(e, "%s: the path is longer than %zu octets: give a shorter one", path, sizeof l->library - 1);
	snprintf(l->declaration, sizeof l->declaration, "%.*s.ini", (int)(library_suffix(l->library) - l->library), l->library);
	return true;
}
