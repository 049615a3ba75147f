/* The comparison of several runs as one Markdown table. It compares words, and judges none. */
#include "reports/compare.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "reports/slice.h"

/* One line of the table. */
struct row {
	char *name; /* the id without its family, where both agree */
	const struct compare_said *said;
	bool shown;
};

static void text_print(FILE *to, const char *s)
{
	for (; *s; s++) {
		if (strchr("|\\*_<>`", *s))
			fputc('\\', to);
		fputc((unsigned char)*s < 0x20 ? ' ' : *s, to);
	}
}

/* ---- columns ---- */

static bool same_column(const struct run_header *a, const struct run_header *b)
{
	return strcmp(a->target, b->target) == 0 && strcmp(a->target_version, b->target_version) == 0;
}

/* The stack with its version; of two alike, their files tell them apart. */
static void column_print(const struct compare *c, size_t i, FILE *to)
{
	const struct run_header *h = &c->run[i].header;
	bool twice = false;
	for (size_t k = 0; k < c->runs; k++)
		twice |= k != i && same_column(h, &c->run[k].header);
	text_print(to, h->target);
	if (h->target_version[0]) {
		fputs(": ", to);
		text_print(to, h->target_version);
	}
	if (twice) {
		fputs(" (", to);
		text_print(to, c->run[i].name);
		fputc(')', to);
	}
}

static void head_print(const struct compare *c, const char *title, FILE *to)
{
	fprintf(to, "| %s |", title);
	for (size_t i = 0; i < c->runs; i++) {
		fputc(' ', to);
		column_print(c, i, to);
		fputs(" |", to);
	}
	fputs("\n|---|", to);
	for (size_t i = 0; i < c->runs; i++)
		fputs("---|", to);
	fputc('\n', to);
}

/* The last line: how many results of each kind. */
static void foot_print(const struct compare *c, FILE *to)
{
	fputs("| all results |", to);
	for (size_t i = 0; i < c->runs; i++) {
		fprintf(to, " %u:", c->run[i].total);
		for (unsigned v = 0; v < VERDICTS; v++)
			if (c->run[i].by_verdict[v])
				fprintf(to, " %s %u", slice_glyph((enum verdict)v), c->run[i].by_verdict[v]);
		fputs(" |", to);
	}
	fputc('\n', to);
}

/* ---- rows ---- */

static bool said_same(const struct compare_said *a, const struct compare_said *b)
{
	return a->verdict == b->verdict && a->word == b->word && a->count == b->count;
}

/* Do the runs that have the row say different things in it? What a run did not play is no opinion. */
static bool row_differs(const struct compare *c, const struct compare_said *said)
{
	const struct compare_said *first = NULL;
	for (size_t i = 0; i < c->runs; i++) {
		if (!said[i].there)
			continue;
		if (first && !said_same(first, &said[i]))
			return true;
		first = &said[i];
	}
	return false;
}

static bool rows_same(const struct compare *c, const struct compare_said *a, const struct compare_said *b)
{
	for (size_t i = 0; i < c->runs; i++)
		if (a[i].there != b[i].there || (a[i].there && !said_same(&a[i], &b[i])))
			return false;
	return true;
}

/* Where the family stands in an id: "/v4" at its end, or before further axes (",isn=wrap-32"). NULL: nowhere. */
static char *family_at(char *id)
{
	char *end = strchrnul(id, ',');
	return end - id > 3 && strncmp(end - 3, "/v", 2) == 0 && (end[-1] == '4' || end[-1] == '6') ? end - 3 : NULL;
}

static int by_name(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	return strcmp(x->name, y->name);
}

/* The other family's row, which in the order of names need not be the next. */
static struct row *row_twin(struct row *row, size_t count, const struct row *of)
{
	char name[ID_MAX];
	string_put(name, sizeof name, of->name);
	char *family = family_at(name);
	if (!family || family[2] != '4')
		return NULL;
	family[2] = '6';
	return bsearch(&(struct row){.name = name}, row, count, sizeof *row, by_name);
}

/* Both families become one row where all columns agree on them. */
static void rows_join(const struct compare *c, struct row *row, size_t count)
{
	bool *joined = memory_zeroed(count + 1, sizeof *joined);
	for (size_t i = 0; i < count; i++) {
		struct row *twin = row_twin(row, count, &row[i]);
		if (!twin || !rows_same(c, row[i].said, twin->said))
			continue;
		twin->shown = false;
		joined[i] = true; /* its name changes once nobody looks for it any more */
	}
	for (size_t i = 0; i < count; i++) {
		char *family = joined[i] ? family_at(row[i].name) : NULL;
		if (family)
			memmove(family, family + 3, strlen(family + 3) + 1);
	}
	free(joined);
}

static void said_print(const struct compare *c, const struct compare_said *s, FILE *to)
{
	if (!s->there) {
		fputs(" · |", to);
		return;
	}
	fprintf(to, " %s ", slice_glyph((enum verdict)s->verdict));
	if (s->count)
		fprintf(to, "%u", s->count);
	else
		text_print(to, pool_string(&c->words, s->word));
	fputs(" |", to);
}

static void row_print(const struct compare *c, const struct row *r, FILE *to)
{
	fputs("| ", to);
	text_print(to, r->name);
	fputs(" |", to);
	for (size_t i = 0; i < c->runs; i++)
		said_print(c, &r->said[i], to);
	fputc('\n', to);
}

static size_t rows_print(const struct compare *c, enum compare_rows which, FILE *to)
{
	const struct pool *names = which == COMPARE_CAUSES ? &c->causes : &c->ids;
	const struct compare_said *said = which == COMPARE_CAUSES ? c->cause_said : c->id_said;
	struct row *row = memory_zeroed(names->count + 1, sizeof *row);
	size_t shown = 0;
	for (size_t i = 0; i < names->count; i++) {
		row[i] = (struct row){.name = memory_string(pool_string(names, i)), .said = said + i * c->runs};
		row[i].shown = which != COMPARE_DIFFERING || row_differs(c, row[i].said);
	}
	qsort(row, names->count, sizeof *row, by_name);
	if (which != COMPARE_CAUSES)
		rows_join(c, row, names->count);
	for (size_t i = 0; i < names->count; i++) {
		if (row[i].shown)
			row_print(c, &row[i], to);
		shown += row[i].shown;
		free(row[i].name);
	}
	free(row);
	return shown;
}

/* ---- what stands under the table ---- */

static void notes_print(const struct compare *c, FILE *to)
{
	for (size_t i = 0; i < c->runs; i++) {
		const struct run_header *h = &c->run[i].header, *first = &c->run[0].header;
		if (strcmp(h->profile, first->profile) != 0)
			fprintf(to, "Not judged alike: %s by the profile %s, %s by %s.\n", c->run[0].name, first->profile, c->run[i].name, h->profile);
		if (strcmp(h->version, first->version) != 0)
			fprintf(to, "Not judged alike: %s by tcpspec %s, %s by %s.\n", c->run[0].name, first->version, c->run[i].name, h->version);
		if (c->run[i].note.length)
			fprintf(to, "%s: %s.\n", c->run[i].name, text_string(&c->run[i].note));
	}
}

static void legend_print(const struct compare *c, enum compare_rows which, size_t shown, FILE *to)
{
	if (which == COMPARE_CAUSES)
		fprintf(to, "\n%zu causes; of each how many results have it, and `·` where none has.\n", shown);
	else if (which == COMPARE_DIFFERING)
		fprintf(to, "\n%zu rows, those in which the runs differ, of %zu results by their ids (`--all` shows the rest).\n", shown, c->ids.count);
	else
		fprintf(to, "\n%zu rows of %zu results by their ids.\n", shown, c->ids.count);
	if (which != COMPARE_CAUSES)
		fputs("A row without a family is of both. `→` is the next state where it changed, `·` was not played.\n", to);
	fputs("✓ pass, ~ non-strict (a SHOULD is not kept), ✗ FAIL, k known deviation, ? inconclusive, o unimplemented, i informational.\n", to);
	notes_print(c, to);
}

size_t compare_markdown(const struct compare *c, enum compare_rows rows, FILE *to)
{
	head_print(c, rows == COMPARE_CAUSES ? "cause" : "test", to);
	const size_t shown = rows_print(c, rows, to);
	foot_print(c, to);
	legend_print(c, rows, shown, to);
	return shown;
}
