/* What a declaration has, can be given, and looks like when it is given it: the `with:` of ladders. It reads no file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/model/keys.h"
#include "lib/model/service.h"
#include "lib/script/script.h"
#include "lib/target/given.h"

bool declaration_is_virtual(const struct declaration *d)
{
	return strcmp(d->kind, "stack") == 0;
}

void declaration_try(struct declaration *d)
{
	d->model.choices.timestamps |= (d->lacks & NEED_TIMESTAMPS) != 0;
	d->model.choices.window_scale |= (d->lacks & NEED_WINDOW_SCALE) != 0;
	d->model.choices.sack |= (d->lacks & NEED_SACK) != 0;
	d->lacks = 0;
}

bool declaration_is_kernel(const struct declaration *d)
{
	return strcmp(d->kind, "linux") == 0 || (strcmp(d->kind, "remote") == 0 && d->command[0]);
}

bool declaration_has(const struct declaration *d, const char *with)
{
	struct model m;

	memcpy(&m, &d->model, sizeof m); /* as octets: padding too */
	with_apply(with, &m);
	return memcmp(&m, &d->model, sizeof m) == 0;
}

/* Does it declare one of them so? */
static bool name_has(const struct declaration *d, const char *name, const char *value)
{
	char one[2 * KEY_OCTETS];

	snprintf(one, sizeof one, "%s=%s", name, value);
	return declaration_has(d, one);
}

static const struct given *name_how(const struct declaration *d, const char *name)
{
	for (size_t i = 0; i < d->how_count; i++)
		if (strcmp(d->how[i].name, name) == 0)
			return &d->how[i];
	return NULL;
}

/* Can one of them be given, beside the others that are in m? */
static bool name_gives(const struct declaration *d, const struct model *m, const char *name, char value[KEY_OCTETS])
{
	const struct given *how = name_how(d, name);
	char word[KEY_OCTETS + 2], to[64];

	if (name_has(d, name, value))
		return true;
	value_is_least(value);
	if (declaration_is_kernel(d))
		return how && given_value(how, m, value, to);
	snprintf(word, sizeof word, " %s ", name); /* "retries" is no part of "syn_retries" */
	return strstr(d->given, word) != NULL;
}

bool declaration_gives(const struct declaration *d, const char *with)
{
	char name[KEY_OCTETS], value[KEY_OCTETS];
	struct model m = d->model;
	const char *wrong;

	with_apply(with, &m);
	while (with_next(&with, name, value, &wrong))
		if (!name_gives(d, &m, name, value))
			return false;
	return true;
}

struct setting *setting_named(struct setting **list, size_t *count, const char *name)
{
	for (size_t i = 0; i < *count; i++)
		if (strcmp((*list)[i].name, name) == 0)
			return &(*list)[i];
	*list = memory_resized(*list, *count + 1, sizeof **list);
	memcpy((*list)[*count].name, name, strlen(name) + 1);
	return &(*list)[(*count)++];
}

static void *copied(const void *list, size_t count, size_t size)
{
	void *copy = memory_resized(NULL, count + 1, size);

	if (count)
		memcpy(copy, list, count * size);
	return copy;
}

/* What is to be set for it. */
static void name_give(struct declaration *d, const char *name, const char *value)
{
	const struct given *how = name_how(d, name);
	char to[64];

	if (!declaration_is_kernel(d))
		memcpy(setting_named(&d->stack, &d->stack_count, name)->value, value, strlen(value) + 1);
	else if (how && given_value(how, &d->model, value, to))
		memcpy((how->is_socket ? setting_named(&d->given_socket, &d->given_socket_count, how->where) : setting_named(&d->given_sysctl, &d->given_sysctl_count, how->where))->value, to, strlen(to) + 1);
}

struct declaration *declaration_with(const struct declaration *d, const char *with)
{
	struct declaration *copy = memory_zeroed(1, sizeof *copy);
	char name[KEY_OCTETS], value[KEY_OCTETS];
	const char *wrong;

	*copy = *d;
	copy->sysctl = copied(d->sysctl, d->sysctl_count, sizeof *copy->sysctl);
	copy->stack = copied(d->stack, d->stack_count, sizeof *copy->stack);
	copy->how = copied(d->how, d->how_count, sizeof *copy->how);
	copy->given_sysctl = copied(d->given_sysctl, d->given_sysctl_count, sizeof *copy->given_sysctl);
	copy->given_socket = copied(d->given_socket, d->given_socket_count, sizeof *copy->given_socket);
	with_apply(with, &copy->model);
	while (with_next(&with, name, value, &wrong)) {
		if (name_has(d, name, value))
			continue;
		value_is_least(value);
		name_give(copy, name, value);
	}
	return copy;
}

void declaration_print(const struct declaration *d, struct text *out)
{
	choices_print(&d->model.choices, out);
	text_add(out, " ");
	constants_print(&d->model.constants, out);
	if (d->model.service)
		text_add(out, " service=%s", service_name(d->model.service));
}
