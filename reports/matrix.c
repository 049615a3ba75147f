/* The filled state x segment table as Markdown: one cell a result of the base matrix. It judges none of them. */
#include "reports/reports.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "reports/slice.h"

static const char *const rows[] = {"closed", "listen", "syn-sent", "syn-received", "syn-received-simultaneous", "established", "fin-wait-1", "fin-wait-2", "close-wait", "closing", "last-ack", "time-wait"};
static const char *const columns[] = {"syn", "syn-ack", "syn-fin", "ack", "fin", "fin-ack", "rst", "rst-ack"};
enum { ROWS = sizeof(rows) / sizeof(rows[0]),
       COLUMNS = sizeof(columns) / sizeof(columns[0]) };

/* What stands in each cell, of one family; NULL: it was not played. */
struct table {
	const char *cell[ROWS][COLUMNS];
	unsigned count;
};

static int name_find(const char *name, const char *const *names, int count)
{
	for (int i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

/* False: it is no cell of this table, or its place is taken. */
static bool table_put(struct table *t, const struct slice *s, const struct slice_cell *c)
{
	const int row = name_find(pool_string(&s->word[SLICE_ROW], c->at[SLICE_ROW]), rows, ROWS);
	const int column = name_find(pool_string(&s->word[SLICE_CTL], c->at[SLICE_CTL]), columns, COLUMNS);
	if (row < 0 || column < 0 || t->cell[row][column])
		return false;
	t->cell[row][column] = pool_string(&s->shown, c->shown);
	t->count++;
	return true;
}

static bool table_same(const struct table *a, const struct table *b)
{
	for (int i = 0; i < ROWS; i++)
		for (int j = 0; j < COLUMNS; j++) {
			const char *one = a->cell[i][j], *other = b->cell[i][j];
			if (strcmp(one ? one : "", other ? other : "") != 0)
				return false;
		}
	return true;
}

static void upper_print(FILE *to, const char *name)
{
	for (; *name; name++)
		fputc(toupper((unsigned char)*name), to);
}

static void table_print(FILE *to, const struct table *t, const char *title)
{
	fprintf(to, "**%s**\n\n| state |", title);
	for (int j = 0; j < COLUMNS; j++) {
		fputc(' ', to);
		upper_print(to, columns[j]);
		fputs(" |", to);
	}
	fputs("\n|---|", to);
	for (int j = 0; j < COLUMNS; j++)
		fputs("---|", to);
	for (int i = 0; i < ROWS; i++) {
		fputs("\n| ", to);
		if (strcmp(rows[i], "syn-received-simultaneous") == 0)
			fputs("SYN-RECEIVED (simultaneous)", to);
		else
			upper_print(to, rows[i]);
		fputs(" |", to);
		for (int j = 0; j < COLUMNS; j++)
			fprintf(to, " %s |", t->cell[i][j] ? t->cell[i][j] : "");
	}
	fputs("\n\n", to);
}

static void tables_print(FILE *to, const struct table t[2])
{
	if (t[0].count && t[1].count && table_same(&t[0], &t[1])) {
		table_print(to, &t[0], "IPv4 and IPv6");
		return;
	}
	if (t[0].count || !t[1].count)
		table_print(to, &t[0], "IPv4");
	if (t[1].count)
		table_print(to, &t[1], "IPv6");
}

static void edges_print(FILE *to, uint64_t seen)
{
	size_t count;
	const struct edge *edge = model_edges(&count);
	unsigned n = 0;
	for (size_t i = 0; i < count && i < 64; i++)
		n += (unsigned)((seen >> i) & 1);
	fprintf(to, "Edges of the state diagram seen: %u of %zu", n, count);
	const char *lead = "; not seen: ";
	for (size_t i = 0; i < count && i < 64; i++) {
		if ((seen >> i) & 1)
			continue;
		fprintf(to, "%s%s → %s (%s)", lead, state_name(edge[i].from), state_name(edge[i].to), edge[i].event);
		lead = ", ";
	}
	fputs(".\n", to);
}

void slice_markdown(FILE *to, struct slice *s, uint64_t edges)
{
	struct table *t = memory_zeroed(2, sizeof(*t)); /* IPv4, IPv6 */
	bool base = true;
	for (size_t i = 0; i < s->count && base; i++)
		base = table_put(&t[s->cell[i].v6], s, &s->cell[i]);
	if (base)
		tables_print(to, t);
	else
		slice_cells_print(to, s);
	fputs("Each cell: the reply (`-` for none), `→` the next state where it changed, and the verdict: ✓ pass, ~ non-strict (a SHOULD is not kept), ✗ FAIL,\n"
	      "k known deviation, ? inconclusive, o unimplemented, i informational. An empty cell was not played.\n"
	      "CLOSED is \"no TCB for this connection\". An ACK of text or FIN that came as late as it may (500 ms) is shown like any other.\n\n",
	      to);
	edges_print(to, edges);
	free(t);
}

void matrix_markdown(FILE *to, const struct result *const *results, size_t count, const struct run_counts *c)
{
	struct slice s = {.count = 0};
	for (size_t i = 0; i < count; i++)
		slice_add(&s, results[i]);
	slice_markdown(to, &s, c->edges);
	slice_free(&s);
}
