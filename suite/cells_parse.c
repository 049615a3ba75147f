/* An id read back: the cell whose coordinates it spells, in whatever set it is. */
#include "suite/cells_set.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

/* A line of words, "syn, fin, ...", for messages. */
static bool word_unknown(const char *id, const char *axis, const char *found, const char *const *words, size_t count, struct error *e)
{
	struct text list = {0};
	for (size_t i = 0; i < count; i++)
		text_add(&list, "%s%s", i ? " " : "", words[i]);
	error_set(e, "%s: there is no %s \"%s\", expected one of %s", id, axis, found, text_string(&list));
	text_free(&list);
	return false;
}

/* Which of words[0..count) it is. */
static bool word_find(const char *id, const char *axis, const char *found, const char *const *words, size_t count, uint8_t *which, struct error *e)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i], found) == 0) {
			*which = (uint8_t)i;
			return true;
		}
	return word_unknown(id, axis, found, words, count, e);
}

static bool ctl_find(const char *id, const char *found, uint16_t *ctl, struct error *e)
{
	char word[48];
	for (*ctl = 0; *ctl <= CTL_ALL; ++*ctl) {
		ctl_word(*ctl, word);
		if (strcmp(word, found) == 0)
			return true;
	}
	return error_set(e, "%s: there are no control bits \"%s\", expected syn fin rst psh ack urg ece cwr ae in this order, joined by '-', or none", id, found);
}

/* "isn=wrap-32", "ts=old". */
static bool further_find(const char *id, char *at, struct point *p, struct error *e)
{
	const char *isn[ISN_CLASSES], *ts[TS_CLASSES];
	for (unsigned i = 0; i < ISN_CLASSES; i++)
		isn[i] = isn_class_word((enum isn_class)i);
	for (unsigned i = 0; i < TS_CLASSES; i++)
		ts[i] = ts_class_word((enum ts_class)i);
	for (char *one; (one = strsep(&at, ",")) != NULL;) {
		const bool is_isn = strncmp(one, "isn=", 4) == 0, is_ts = strncmp(one, "ts=", 3) == 0;
		if (!is_isn && !is_ts)
			return error_set(e, "%s: there is no axis \"%s\", expected isn=CLASS or ts=CLASS", id, one);
		if (is_isn && !word_find(id, "ISN placement", one + 4, isn, ISN_CLASSES, &p->isn, e))
			return false;
		if (is_ts && !word_find(id, "class of timestamps", one + 3, ts, TS_CLASSES, &p->ts, e))
			return false;
	}
	return true;
}

static bool coordinates_find(const char *id, char *const part[5], struct point *p, struct error *e)
{
	const char *seq[SEQ_CLASSES], *ack[ACK_CLASSES], *text[TEXT_CLASSES];
	size_t rows;
	const struct cell_row *row = cell_rows(&rows);
	for (unsigned i = 0; i < SEQ_CLASSES; i++)
		seq[i] = seq_class_word((enum seq_class)i);
	for (unsigned i = 0; i < ACK_CLASSES; i++)
		ack[i] = ack_class_word((enum ack_class)i);
	for (unsigned i = 0; i < TEXT_CLASSES; i++)
		text[i] = text_class_word((enum text_class)i);
	while (p->row < rows && strcmp(row[p->row].name, part[0]) != 0)
		p->row++;
	if (p->row == rows)
		return error_set(e, "%s: the matrix has no row \"%s\"", id, part[0]);
	return ctl_find(id, part[1], &p->ctl, e) && word_find(id, "class of SEQ", part[2], seq, SEQ_CLASSES, &p->seq, e) &&
	       word_find(id, "class of ACK", part[3], ack, ACK_CLASSES, &p->ack, e) && word_find(id, "class of text", part[4], text, TEXT_CLASSES, &p->text, e);
}

/* copy: the id's own, to be cut. */
static bool point_read(const char *id, char *copy, struct point *p, struct error *e)
{
	char *further = copy, *rest = strsep(&further, ","), *part[7];
	size_t parts = 0;
	for (char *one; parts < 7 && (one = strsep(&rest, "/")) != NULL;)
		part[parts++] = one;
	if (rest || parts < 6 || strcmp(part[0], "matrix") != 0)
		return error_set(e, "%s: expected matrix/ROW/CTL/SEQ/ACK/TEXT, and a family if one is meant", id);
	if (parts == 7 && strcmp(part[6], "v4") != 0 && strcmp(part[6], "v6") != 0)
		return error_set(e, "%s: there is no family \"%s\", expected v4 or v6", id, part[6]);
	if (parts == 7)
		p->family = part[6][1] == '4' ? IPV4 : IPV6;
	if (!coordinates_find(id, part + 1, p, e) || (further && !further_find(id, further, p, e)))
		return false;
	return point_feasible(p) || error_set(e, "%s: is no cell: a class that does not exist in that row, or that is there the same as another, or an ACK without its bit", id);
}

struct cells *cells_named(const char *id, struct error *e)
{
	struct point p = {0};
	char *copy = memory_string(id), canonical[ID_MAX];
	bool good = point_read(id, copy, &p, e);
	free(copy);
	if (good) {
		point_id(&p, p.family, canonical);
		good = strcmp(canonical, id) == 0 || error_set(e, "%s: is written %s", id, canonical);
	}
	if (!good)
		return NULL;
	struct cells *c = memory_zeroed(1, sizeof *c);
	c->count = p.family ? 1 : 2;
	c->listed = memory_zeroed(2, sizeof *c->listed);
	c->listed[0] = c->listed[1] = p;
	if (!p.family) {
		c->listed[0].family = IPV4;
		c->listed[1].family = IPV6;
	}
	if (cells_compile(c, e))
		return c;
	cells_free(c);
	return NULL;
}
