/* Results of cells as coordinates and words. */
#include "reports/slice.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

const char *slice_glyph(enum verdict v)
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

void slice_reaction(const struct result *r, struct text *out)
{
	const char *next = next_state(r);
	reply_print(text_string(&r->actual), out);
	if (next)
		text_add(out, " → %s", next);
}

static void cell_print(const struct result *r, struct text *out)
{
	if (r->verdict != UNIMPLEMENTED && r->actual.length) {
		slice_reaction(r, out);
		text_add(out, " ");
	}
	text_add(out, "%s", slice_glyph(r->verdict));
}

void slice_word(struct slice *s, enum slice_axis axis, const char *word)
{
	pool_add(&s->word[axis], word);
}

/* Cuts "matrix/row/ctl/seq/ack/text/v4,further" into its parts. */
static bool id_cut(char *id, char *part[SLICE_AXES], bool *v6)
{
	char *rest = id, *further = strchr(id, ',');
	static char none[] = "";
	part[SLICE_FURTHER] = none;
	if (strncmp(id, "matrix/", strlen("matrix/")) != 0)
		return false;
	strsep(&rest, "/");
	for (unsigned axis = SLICE_ROW; axis <= SLICE_TEXT; axis++)
		if (!(part[axis] = strsep(&rest, "/")))
			return false;
	*v6 = rest && rest[0] == 'v' && rest[1] == '6';
	if (further)
		part[SLICE_FURTHER] = further;
	return rest != NULL;
}

void slice_add(struct slice *s, const struct result *r)
{
	char id[ID_MAX], *part[SLICE_AXES];
	struct slice_cell cell = {.verdict = (uint8_t)r->verdict};
	struct text shown = {0};
	memcpy(id, r->id, sizeof id);
	if (!id_cut(id, part, &cell.v6))
		return;
	for (unsigned axis = 0; axis < SLICE_AXES; axis++)
		cell.at[axis] = (uint16_t)pool_add(&s->word[axis], part[axis]);
	cell_print(r, &shown);
	cell.shown = (uint32_t)pool_add(&s->shown, text_string(&shown));
	text_free(&shown);
	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 256;
		s->cell = memory_resized(s->cell, s->room, sizeof *s->cell);
	}
	s->cell[s->count++] = cell;
}

void slice_free(struct slice *s)
{
	for (unsigned axis = 0; axis < SLICE_AXES; axis++)
		pool_free(&s->word[axis]);
	pool_free(&s->shown);
	free(s->cell);
	memset(s, 0, sizeof *s);
}
