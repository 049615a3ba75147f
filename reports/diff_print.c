/* The difference of two runs as text and as Markdown. It compares nothing but the words of the two headers. */
#include "reports/diff.h"

#include <inttypes.h>
#include <string.h>

#include "reports/reports.h"

enum { CLASSES_SHOWN = 5,
       NAME_COLUMN = 15 };

struct printer {
	const struct diff *d;
	FILE *to;
	bool markdown;
	bool header_differs;
};

/* ---- what the headers say ---- */

static void value_print(const struct printer *p, const char *s, size_t n)
{
	if (n == 0)
		fputs("(none)", p->to);
	for (size_t i = 0; i < n; i++) {
		if (p->markdown && strchr("|\\*_<", s[i]))
			fputc('\\', p->to);
		fputc((unsigned char)s[i] < 0x20 ? ' ' : s[i], p->to);
	}
}

static void pair_print(struct printer *p, const char *name, size_t name_length, const char *a, size_t a_length, const char *b, size_t b_length)
{
	if (a_length == b_length && memcmp(a, b, a_length) == 0)
		return;
	if (p->markdown && !p->header_differs)
		fputs("| | before | after |\n|---|---|---|\n", p->to);
	p->header_differs = true;
	if (p->markdown)
		fprintf(p->to, "| %.*s | ", (int)name_length, name);
	else
		fprintf(p->to, "%-*.*s ", NAME_COLUMN, (int)name_length, name);
	value_print(p, a, a_length);
	fputs(p->markdown ? " | " : " -> ", p->to);
	value_print(p, b, b_length);
	fputs(p->markdown ? " |\n" : "\n", p->to);
}

static void words_print(struct printer *p, const char *name, const char *a, const char *b)
{
	a += *a == ' '; /* a line of arguments begins with one */
	b += *b == ' ';
	pair_print(p, name, strlen(name), a, strlen(a), b, strlen(b));
}

/* The item "name=value" (or "name value") of a list that has this name; NULL: none. */
static const char *item_find(const char *list, const char *separator, const char *name, size_t n)
{
	while (*list) {
		const size_t length = strcspn(list, separator);
		if (length > n && strncmp(list, name, n) == 0 && (list[n] == '=' || list[n] == ' '))
			return list;
		list += length + (list[length] != '\0');
	}
	return NULL;
}

/* Two lists of "name=value", item by item. swapped: only what the first has and the second has not, the other way round. */
static void items_print(struct printer *p, const char *a, const char *b, const char *separator, bool swapped)
{
	while (*a) {
		const size_t length = strcspn(a, separator), n = strcspn(a, "= ");
		const char *other = n < length ? item_find(b, separator, a, n) : a + length;
		const size_t value = length > n ? length - n - 1 : 0, others = other && other != a + length ? strcspn(other, separator) - n - 1 : 0;
		if (other && other != a + length && !swapped)
			pair_print(p, a, n, a + n + 1, value, other + n + 1, others);
		if (!other && swapped)
			pair_print(p, a, n, "", 0, a + n + 1, value);
		else if (!other)
			pair_print(p, a, n, a + n + 1, value, "", 0);
		a += length + (a[length] != '\0');
	}
}

static void lists_print(struct printer *p, const struct text *a, const struct text *b, const char *separator)
{
	items_print(p, text_string(a), text_string(b), separator, false);
	items_print(p, text_string(b), text_string(a), separator, true);
}

static void headers_print(struct printer *p)
{
	const struct run_header *a = &p->d->side[0].header, *b = &p->d->side[1].header;
	words_print(p, "tcpspec", a->version, b->version);
	words_print(p, "target", a->target, b->target);
	words_print(p, "target version", a->target_version, b->target_version);
	words_print(p, "kernel", a->kernel, b->kernel);
	words_print(p, "profile", a->profile, b->profile);
	words_print(p, "link", a->link, b->link);
	words_print(p, "fence", a->fence, b->fence);
	words_print(p, "selection", text_string(&a->selection), text_string(&b->selection));
	words_print(p, "axes", a->scope.axes, b->scope.axes);
	words_print(p, "options", text_string(&a->scope.options), text_string(&b->scope.options));
	words_print(p, "known", a->scope.known, b->scope.known);
	lists_print(p, &a->choices, &b->choices, " ");
	lists_print(p, &a->settings, &b->settings, "\n");
	if (!p->header_differs)
		fputs("Both were run with the same versions, choices and settings.\n", p->to);
}

/* ---- counts ---- */

static void count_print(const struct printer *p, const char *name, unsigned a, unsigned b)
{
	if (a || b)
		fprintf(p->to, p->markdown ? "| %s | %u | %u | %+lld |\n" : "%-15s %9u %9u %+9lld\n", name, a, b, (long long)b - (long long)a);
}

static void counts_print(const struct printer *p)
{
	const struct diff_side *a = &p->d->side[0], *b = &p->d->side[1];
	if (p->markdown)
		fputs("\n| | before | after | |\n|---|--:|--:|--:|\n", p->to);
	else
		fprintf(p->to, "\n%-15s %9s %9s\n", "", "before", "after");
	count_print(p, "results", a->total, b->total);
	for (unsigned v = 0; v < VERDICTS; v++)
		count_print(p, verdict_name((enum verdict)v), a->by_verdict[v], b->by_verdict[v]);
	fputc('\n', p->to);
	thousands_print(p->to, p->d->changed);
	fputs(" changed, ", p->to);
	thousands_print(p->to, p->d->same);
	fputs(" the same", p->to);
	for (unsigned i = 0; i < DIFF_SIDES; i++)
		if (p->d->only[i]) {
			fputs(", ", p->to);
			thousands_print(p->to, p->d->only[i]);
			fprintf(p->to, " only %s", i ? "after" : "before");
		}
	fputs(".\n", p->to);
}

/* ---- groups ---- */

static void axis_print(const struct printer *p, const char *name, const struct diff_axis *a, const struct diff_axis *all, bool times, const char *lead)
{
	fprintf(p->to, "%s%s ", lead, name);
	if (a->count == all->count && all->count > 1) {
		fprintf(p->to, "any of %zu", all->count);
		return;
	}
	const size_t shown = a->count > CLASSES_SHOWN + 1 ? CLASSES_SHOWN : a->count;
	for (size_t i = 0; i < shown; i++) {
		fprintf(p->to, "%s%s", i ? ", " : "", pool_string(&p->d->words, a->at[i].word));
		if (times && a->count > 1)
			fprintf(p->to, " (%u)", a->at[i].times);
	}
	if (shown < a->count)
		fprintf(p->to, " and %zu more of %zu", a->count - shown, all->count);
}

static void axes_print(const struct printer *p, const struct diff_group *g)
{
	static const char *const names[2][DIFF_AXES] = {{"test", "side", "family", "", "", "", "", ""}, {"row", "ctl", "seq", "ack", "text", "family", "with", ""}};
	const char *lead = "";
	for (size_t i = 0; i < DIFF_AXES; i++) {
		if (!g->axis[i].count)
			continue;
		axis_print(p, names[g->cells][i], &g->axis[i], &p->d->all[g->cells][i], i == 0, lead);
		lead = "; ";
	}
}

static const char *plural(unsigned n)
{
	return n == 1 ? "" : "s";
}

static void said_print(const struct printer *p, const struct diff_said *s, const char *indent)
{
	const char *actual = pool_string(&p->d->words, s->actual);
	if (p->markdown)
		fprintf(p->to, "%s`%s`: %s\n", indent, *actual ? actual : "(nothing observed)", verdict_name(s->verdict));
	else
		fprintf(p->to, "%s%s  [%s]\n", indent, *actual ? actual : "(nothing observed)", verdict_name(s->verdict));
}

static void group_print(const struct printer *p, const struct diff_group *g)
{
	const struct diff_entry *e = &p->d->entry[g->example];
	const char *indent = p->markdown ? "  - " : "    ";
	fputs(p->markdown ? "\n- **" : "\n", p->to);
	thousands_print(p->to, g->count);
	fprintf(p->to, " %s%s%s, %s\n", g->cells ? "cell" : "ladder", plural(g->count), p->markdown ? "**" : "", pool_string(&p->d->words, g->key));
	fputs(indent, p->to);
	axes_print(p, g);
	fprintf(p->to, "\n%s%s%s%s%s\n", indent, g->count > 1 ? "such as " : "", p->markdown ? "`" : "", pool_string(&p->d->ids, g->example), p->markdown ? "`" : "");
	for (unsigned i = 0; i < DIFF_SIDES; i++)
		if (e->said[i].there)
			said_print(p, &e->said[i], p->markdown ? (i ? "    - after: " : "    - before: ") : (i ? "        after:  " : "        before: "));
}

static void diff_print(struct printer *p)
{
	const struct diff *d = p->d;
	fprintf(p->to, p->markdown ? "# What changed from `%s` to `%s`\n\n" : "before: %s\nafter:  %s\n", d->side[0].name, d->side[1].name);
	for (unsigned i = 0; i < DIFF_SIDES; i++)
		if (d->side[i].note.length)
			fprintf(p->to, "%s: %s\n%s", d->side[i].name, text_string(&d->side[i].note), p->markdown ? "\n" : "");
	headers_print(p);
	counts_print(p);
	for (size_t i = 0; i < d->group_count; i++)
		group_print(p, &d->group[i]);
}

void diff_text(const struct diff *d, FILE *to)
{
	diff_print(&(struct printer){.d = d, .to = to});
}

void diff_markdown(const struct diff *d, FILE *to)
{
	diff_print(&(struct printer){.d = d, .to = to, .markdown = true});
}
