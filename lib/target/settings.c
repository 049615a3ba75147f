/* Sets the sysctls of a declaration in the target's namespace and writes down what they are afterwards. Which ones, the declaration says. */
#include "lib/target/settings.h"

#include <stdio.h>
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

/* What the declaration is given beyond: it is there, or the target has not been given it. */
static bool setting_give(const struct link *l, const struct setting *s, struct target *t, struct error *e)
{
	char value[sizeof s->value];

	if (!link_sysctl_get(l, s->name, value, sizeof value, NULL)) {
		snprintf(t->unmet, sizeof t->unmet, "this kernel has no %s, by which it would be given what this is played with", s->name);
		return true;
	}
	if (!link_sysctl_set(l, s->name, s->value, e))
		return false;
	text_add(&t->settings, "%s=%s\n", s->name, s->value);
	return true;
}

bool settings_give(const struct link *l, const struct declaration *d, struct target *t, struct error *e)
{
	for (size_t i = 0; i < d->given_sysctl_count; i++)
		if (!setting_give(l, &d->given_sysctl[i], t, e))
			return error_prefix(e, "%s: setting what [given] names: ", d->file);
	for (size_t i = 0; i < d->given_socket_count; i++)
		text_add(&t->settings, "%s=%s\n", d->given_socket[i].name, d->given_socket[i].value);
	return true;
}

bool settings_apply(const struct link *l, const struct declaration *d, struct text *settings, struct error *e)
{
	for (size_t i = 0; i < d->sysctl_count; i++)
		if (!setting_apply(l, d, &d->sysctl[i], settings, e))
			return false;
	return true;
}
