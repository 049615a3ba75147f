/* Sets the sysctls of a declaration in the target's namespace and writes down what they are afterwards. Which ones, the declaration says. */
#include "lib/target/linux.h"

#include <string.h>

/* The kernel separates the numbers of a pair by tabs; the record reads better, and compares, with blanks. */
static void blanks_plain(char *s)
{
	for (; *s; s++)
		if (*s == '\t')
			*s = ' ';
}

static bool setting_apply(const struct link *l, const struct declaration *d, const struct setting *s, struct text *settings, struct error *e)
{
	char value[sizeof s->value];

	if (!link_sysctl_get(l, s->name, value, sizeof value, NULL)) {
		text_add(settings, "%s absent\n", s->name);
		return true;
	}
	blanks_plain(value);
	/* Writing what is there already can only fail: some are read-only for a namespace. */
	if (strcmp(value, s->value) != 0 && !link_sysctl_set(l, s->name, s->value, e))
		return error_prefix(e, "%s: setting what [sysctl] names (--as-shipped leaves the sysctls alone): ", d->file);
	if (!link_sysctl_get(l, s->name, value, sizeof value, e))
		return false;
	blanks_plain(value);
	text_add(settings, "%s=%s\n", s->name, value);
	return true;
}

bool settings_apply(const struct link *l, const struct declaration *d, struct text *settings, struct error *e)
{
	for (size_t i = 0; i < d->sysctl_count; i++)
		if (!setting_apply(l, d, &d->sysctl[i], settings, e))
			return false;
	return true;
}
