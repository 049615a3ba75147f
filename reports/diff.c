/* Two runs held against each other, id by id, and the ids that changed alike put together. It prints nothing. */
#include "reports/diff.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

bool diff_take(struct diff *d, unsigned side, const struct result *r)
{
	const size_t known = d->ids.count, id = pool_add(&d->ids, r->id);
	if (id == d->entries_room) {
		d->entries_room = 2 * d->entries_room + 1024;
		d->entry = memory_resized(d->entry, d->entries_room, sizeof *d->entry);
	}
	if (id == known)
		d->entry[id] = (struct diff_entry){.said[0].there = false};
	struct diff_said *s = &d->entry[id].said[side];
	if (s->there)
		return false;
	*s = (struct diff_said){true, r->verdict, pool_add(&d->words, text_string(&r->actual)), pool_add(&d->words, r->state_before), pool_add(&d->words, r->state_after)};
	d->side[side].total++;
	d->side[side].by_verdict[r->verdict]++;
	return true;
}

/* ---- the classes of an id ---- */

static void axis_count(struct diff_axis *a, size_t word)
{
	size_t i = 0;
	while (i < a->count && a->at[i].word != word)
		i++;
	if (i == a->count) {
		a->at = memory_resized(a->at, a->count + 1, sizeof *a->at);
		a->at[a->count++] = (struct diff_class){.word = word};
	}
	a->at[i].times++;
}

static bool is_cell(const char *id)
{
	return strncmp(id, "matrix/", 7) == 0;
}

/* matrix/<row>/<ctl>/<seq>/<ack>/<text>/<family>[,axis=class...], or <test>/<side>/<family>. */
static void axes_count(struct diff *d, struct diff_axis *axis, const char *id)
{
	char part[ID_MAX];
	const char *at = is_cell(id) ? id + 7 : id;
	for (size_t i = 0; *at && i < DIFF_AXES; i++) {
		size_t n = strcspn(at, is_cell(id) && i < 6 ? "/," : "");
		if (!is_cell(id) && i == 0) { /* a test's id has slashes: up to the last but one */
			const char *last = strrchr(id, '/');
			while (last && last > id && *--last != '/')
				;
			n = last && last > id ? (size_t)(last - id) : strlen(id);
		} else if (!is_cell(id)) {
			n = strcspn(at, "/");
		}
		snprintf(part, sizeof part, "%.*s", (int)n, at);
		axis_count(&axis[i], pool_add(&d->words, part));
		at += n;
		at += *at == '/' || *at == ',';
	}
}

/* ---- the kinds of change ---- */

/* A reaction without its numbers: control bits of each segment, what the user was told, and the state where it changed. */
static void shape_add(struct text *to, const char *actual, const char *before, const char *after)
{
	static const char field[] = "<CTL=";
	const char *end = strstr(actual, "=> "), *told = strstr(actual, "(told"), *lead = "";
	const size_t began = to->length;
	for (const char *at = actual; (at = strstr(at, field)) && (!end || at < end);) {
		at += strlen(field);
		text_add(to, "%s%.*s", lead, (int)strcspn(at, ">"), at);
		lead = " + ";
	}
	if (to->length == began)
		text_add(to, "%s", *actual ? "no reply" : "nothing observed");
	if (told)
		text_add(to, ", %.*s", (int)(strcspn(told, ")") - 1), told + 1);
	if (*after)
		text_add(to, strcmp(before, after) == 0 ? ", same state" : ", then %s", after);
}

static void key_add(const struct diff *d, const struct diff_entry *e, struct text *to)
{
	struct text shape[DIFF_SIDES] = {{0}, {0}};
	const struct diff_said *a = &e->said[0], *b = &e->said[1];
	for (unsigned i = 0; i < DIFF_SIDES; i++)
		shape_add(&shape[i], pool_string(&d->words, e->said[i].actual), pool_string(&d->words, e->said[i].before), pool_string(&d->words, e->said[i].after));
	text_add(to, "%s", verdict_name(a->verdict));
	if (a->verdict != b->verdict)
		text_add(to, " -> %s", verdict_name(b->verdict));
	text_add(to, ": %s", text_string(&shape[0]));
	if (strcmp(text_string(&shape[0]), text_string(&shape[1])) != 0)
		text_add(to, " -> %s", text_string(&shape[1]));
	else if (a->actual != b->actual)
		text_add(to, ", with other numbers");
	else if (a->before != b->before)
		text_add(to, ", from %s -> %s", pool_string(&d->words, a->before), pool_string(&d->words, b->before));
	text_free(&shape[0]);
	text_free(&shape[1]);
}

static struct diff_group *group_of(struct diff *d, const char *key, bool cells, size_t id)
{
	const size_t word = pool_add(&d->words, key);
	for (size_t i = 0; i < d->group_count; i++)
		if (d->group[i].key == word && d->group[i].cells == cells)
			return &d->group[i];
	d->group = memory_resized(d->group, d->group_count + 1, sizeof *d->group);
	d->group[d->group_count] = (struct diff_group){.key = word, .cells = cells, .example = id};
	return &d->group[d->group_count++];
}

static void group_add(struct diff *d, const char *key, size_t id)
{
	const bool cells = is_cell(pool_string(&d->ids, id));
	struct diff_group *g = group_of(d, key, cells, id);
	g->count++;
	if (strcmp(pool_string(&d->ids, id), pool_string(&d->ids, g->example)) < 0)
		g->example = id;
	axes_count(d, g->axis, pool_string(&d->ids, id));
}

static void entry_compare(struct diff *d, size_t id)
{
	const struct diff_entry *e = &d->entry[id];
	const struct diff_said *a = &e->said[0], *b = &e->said[1];
	struct text key = {0};
	axes_count(d, d->all[is_cell(pool_string(&d->ids, id))], pool_string(&d->ids, id));
	if (!a->there || !b->there) {
		const unsigned side = b->there;
		d->only[side]++;
		text_add(&key, "only in %s", d->side[side].name);
	} else if (a->verdict != b->verdict || a->actual != b->actual || a->before != b->before || a->after != b->after) {
		d->changed++;
		key_add(d, e, &key);
	}
	if (key.length)
		group_add(d, key.at, id);
	else
		d->same++;
	text_free(&key);
}

static int by_times(const void *a, const void *b, void *self)
{
	const struct diff_class *x = a, *y = b;
	const struct diff *d = self;
	return x->times != y->times ? (x->times < y->times) - (x->times > y->times) : strcmp(pool_string(&d->words, x->word), pool_string(&d->words, y->word));
}

/* The larger groups first; equals in the order of their first ids, which does not depend on the order of the runs. */
static int by_size(const void *a, const void *b, void *self)
{
	const struct diff_group *x = a, *y = b;
	const struct diff *d = self;
	if (x->count != y->count)
		return (x->count < y->count) - (x->count > y->count);
	return strcmp(pool_string(&d->ids, x->example), pool_string(&d->ids, y->example));
}

void diff_compare(struct diff *d)
{
	for (size_t i = 0; i < d->ids.count; i++)
		entry_compare(d, i);
	for (size_t i = 0; i < d->group_count; i++)
		for (size_t a = 0; a < DIFF_AXES; a++)
			if (d->group[i].axis[a].count)
				qsort_r(d->group[i].axis[a].at, d->group[i].axis[a].count, sizeof(struct diff_class), by_times, d);
	if (d->group_count)
		qsort_r(d->group, d->group_count, sizeof *d->group, by_size, d);
}

bool diff_is_some(const struct diff *d)
{
	return d->changed || d->only[0] || d->only[1];
}

static void axes_free(struct diff_axis axis[DIFF_AXES])
{
	for (size_t i = 0; i < DIFF_AXES; i++)
		free(axis[i].at);
}

void diff_free(struct diff *d)
{
	for (size_t i = 0; i < d->group_count; i++)
		axes_free(d->group[i].axis);
	for (unsigned i = 0; i < DIFF_SIDES; i++) {
		axes_free(d->all[i]);
		run_header_free(&d->side[i].header);
		text_free(&d->side[i].note);
	}
	free(d->group);
	free(d->entry);
	pool_free(&d->ids);
	pool_free(&d->words);
	*d = (struct diff){.group = NULL};
}
