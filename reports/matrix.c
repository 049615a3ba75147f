/* The filled state x segment table as Markdown: one cell a result of the base matrix. It judges none of them. */
#include "reports/reports.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

static const char *const rows[] = {"closed", "listen", "syn-sent", "syn-received", "syn-received-simultaneous", "established", "fin-wait-1", "fin-wait-2", "close-wait", "closing", "last-ack", "time-wait"};
static const char *const columns[] = {"syn", "syn-ack", "syn-fin", "ack", "fin", "fin-ack", "rst", "rst-ack"};
enum { ROWS = sizeof(rows) / sizeof(rows[0]),
       COLUMNS = sizeof(columns) / sizeof(columns[0]) };

/* What stands in each cell, of one family; NULL: it was not played. */
struct table {
	const struct result *cell[ROWS][COLUMNS];
	unsigned count;
};

/* Which of names is the component at *at; *at moves behind it. -1: none. */
static int component_find(const char **at, const char *const *names, int count)
{
	size_t n = strcspn(*at, "/");
	for (int i = 0; i < count; i++) {
		if (strlen(names[i]) != n || strncmp(names[i], *at, n) != 0)
			continue;
		*at += n + ((*at)[n] == '/');
		return i;
	}
	return -1;
}

static void table_put(struct table *t, const struct result *r)
{
	const char *at = r->id + strlen("matrix/");
	int row = component_find(&at, rows, ROWS);
	int column = row < 0 ? -1 : component_find(&at, columns, COLUMNS);
	if (column < 0)
		return;
	t->count += t->cell[row][column] == NULL;
	t->cell[row][column] = r;
}

static const char *verdict_glyph(enum verdict v)
{
	switch (v) {
	case PASS:
		return "✓";
	case NON_STRICT:
		return "~";
	case FAIL:
	case XPASS:
		return "✗";
	case KNOWN:
		return "k";
	case INCONCLUSIVE:
		return "?";
	case UNIMPLEMENTED:
		return "o";
	case INFORMATIONAL:
		return "i";
	case VERDICTS:
		break;
	}
	return "?";
}

/* The control bits of each segment in a reaction, "SYN-ACK", joined by " + "; "-" for none. */
static void reply_print(const char *actual, struct text *out)
{
	static const char field[] = "<CTL=";
	const char *end = strstr(actual, "=> ");
	size_t before = out->length;
	for (const char *at = actual; (at = strstr(at, field)) && (!end || at < end);) {
		at += strlen(field);
		size_t n = strcspn(at, ">");
		text_add(out, "%s", out->length > before ? " + " : "");
		for (size_t i = 0; i < n; i++)
			text_add(out, "%c", at[i] == ',' ? '-' : at[i]);
	}
	if (out->length == before)
		text_add(out, "-");
}

/* The next state, NULL when it did not change. Without a TCB a 4-tuple falls back to its port's listener: that is LISTEN only where the standard returns to it,
 * from SYN-RECEIVED (3.10.7.4), and CLOSED everywhere else. */
static const char *next_state(const struct result *r)
{
	if (!*r->state_after || strcmp(r->state_before, r->state_after) == 0)
		return NULL;
	bool returns = strcmp(r->state_before, "SYN-RECEIVED") == 0 || strcmp(r->state_before, "CLOSED") == 0;
	return strcmp(r->state_after, "LISTEN") == 0 && !returns ? "CLOSED" : r->state_after;
}

static void cell_print(const struct result *r, struct text *out)
{
	if (!r)
		return;
	if (r->verdict != UNIMPLEMENTED && r->actual.length) {
		reply_print(text_string(&r->actual), out);
		const char *next = next_state(r);
		if (next)
			text_add(out, " → %s", next);
		text_add(out, " ");
	}
	text_add(out, "%s", verdict_glyph(r->verdict));
}

static bool cell_same(const struct result *a, const struct result *b)
{
	struct text one = {0}, other = {0};
	cell_print(a, &one);
	cell_print(b, &other);
	bool same = strcmp(text_string(&one), text_string(&other)) == 0;
	text_free(&one);
	text_free(&other);
	return same;
}

static bool table_same(const struct table *a, const struct table *b)
{
	for (int i = 0; i < ROWS; i++)
		for (int j = 0; j < COLUMNS; j++)
			if (!cell_same(a->cell[i][j], b->cell[i][j]))
				return false;
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
		for (int j = 0; j < COLUMNS; j++) {
			struct text cell = {0};
			cell_print(t->cell[i][j], &cell);
			fprintf(to, " %s |", text_string(&cell));
			text_free(&cell);
		}
	}
	fputs("\n\n", to);
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

void matrix_markdown(FILE *to, const struct result *const *results, size_t count, const struct run_counts *c)
{
	struct table *t = memory_zeroed(2, sizeof(*t)); /* IPv4, IPv6 */
	for (size_t i = 0; i < count; i++)
		if (strncmp(results[i]->id, "matrix/", 7) == 0)
			table_put(&t[strcmp(results[i]->family, "v6") == 0], results[i]);
	if (t[0].count && t[1].count && table_same(&t[0], &t[1])) {
		table_print(to, &t[0], "IPv4 and IPv6");
	} else {
		if (t[0].count || !t[1].count)
			table_print(to, &t[0], "IPv4");
		if (t[1].count)
			table_print(to, &t[1], "IPv6");
	}
	fputs("Each cell: the reply (`-` for none), `→` the next state where it changed, and the verdict: ✓ pass, ~ non-strict (a SHOULD is not kept), ✗ FAIL,\n"
	      "k known deviation, ? inconclusive, o unimplemented, i informational. An empty cell was not played.\n"
	      "CLOSED is \"no TCB for this connection\". An ACK of text or FIN that came as late as it may (500 ms) is shown like any other.\n\n",
	      to);
	edges_print(to, c->edges);
	free(t);
}
