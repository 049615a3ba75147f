/* Named sets of cells by number: which point of the axes the i-th cell is. A set that is a product of classes is counted, not listed. */
#include "suite/cells_set.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

/* In the order of the columns of the table that `tcpspec matrix` prints. */
static const uint16_t classic[] = {CTL_SYN, CTL_SYN | CTL_ACK, CTL_SYN | CTL_FIN, CTL_ACK, CTL_FIN, CTL_FIN | CTL_ACK, CTL_RST, CTL_RST | CTL_ACK};

/* All combinations of the six bits that have a meaning in 3.10.7. */
#define FOUR(b) (b), (b) | CTL_SYN, (b) | CTL_FIN, (b) | CTL_SYN | CTL_FIN
#define SIXTEEN(b) FOUR(b), FOUR((b) | CTL_RST), FOUR((b) | CTL_ACK), FOUR((b) | CTL_RST | CTL_ACK)
static const uint16_t every[CTLS_MAX] = {SIXTEEN(0), SIXTEEN(CTL_PSH), SIXTEEN(CTL_URG), SIXTEEN(CTL_PSH | CTL_URG)};

static const struct product {
	const char *name;
	bool every_row, every_class;
	const uint16_t *ctl;
	size_t ctls;
} products[] = {
    {"base", false, false, classic, sizeof classic / sizeof *classic},
    {"full", true, true, classic, sizeof classic / sizeof *classic},
    {"exhaustive", true, true, every, CTLS_MAX},
};

/* The class that stands for the others in the base set: an acceptable acknowledgment, which is SND.NXT where something is unacknowledged. */
static bool point_is_plain(const struct point *p)
{
	const struct row_axes *r = axes_row(p->row);
	const bool ack = p->ack == ACK_CLASS_NONE || p->ack == ACK_CLASS_ANY || p->ack == (r->unacked ? ACK_CLASS_NXT : ACK_CLASS_UNA);
	return ack && p->seq <= SEQ_CLASS_EXACT && p->text == TEXT_CLASS_NONE;
}

static void span_classes(struct row_span *s, bool every_class)
{
	for (uint8_t seq = 0; seq < SEQ_CLASSES; seq++)
		for (uint8_t text = 0; text < TEXT_CLASSES; text++) {
			const struct point p = {.row = (uint8_t)s->row, .seq = seq, .text = text};
			if (!point_feasible(&p) || !(every_class || point_is_plain(&p)))
				continue;
			s->arriving[s->arriving_count].seq = seq;
			s->arriving[s->arriving_count++].text = text;
		}
	for (uint8_t ack = 0; ack < ACK_CLASSES; ack++) {
		const struct point p = {.row = (uint8_t)s->row, .seq = s->arriving[0].seq, .ack = ack, .ctl = CTL_ACK};
		if (point_feasible(&p) && (every_class || point_is_plain(&p)))
			s->acks[s->ack_count++] = ack;
	}
}

static size_t span_width(const struct row_span *s, uint16_t ctl)
{
	return ctl & CTL_ACK ? s->arriving_count * s->ack_count : s->arriving_count;
}

static void cells_product(struct cells *c, const struct product *product)
{
	size_t rows;
	cell_rows(&rows);
	c->ctl = product->ctl;
	c->ctls = product->ctls;
	c->span = memory_zeroed(rows, sizeof *c->span);
	for (size_t r = 0; r < rows; r++) {
		if (!product->every_row && !axes_row(r)->base)
			continue;
		struct row_span *s = &c->span[c->spans++];
		size_t n = 0;
		s->row = r;
		s->first = c->count;
		span_classes(s, product->every_class);
		for (size_t k = 0; k < c->ctls; k++) {
			s->ctl_first[k] = n;
			n += span_width(s, c->ctl[k]);
		}
		s->count = 2 * n;
		c->count += s->count;
	}
}

const char *const *cells_sets(size_t *count)
{
	static const char *const names[] = {"base", "pairwise", "full", "exhaustive"};
	*count = sizeof names / sizeof *names;
	return names;
}

/* Do both begin with the same steps? */
static bool way_same(const struct point *a, const struct point *b)
{
	return a->isn == b->isn && (a->ts == TS_CLASS_ABSENT) == (b->ts == TS_CLASS_ABSENT) && (a->isn == ISN_CLASS_RANDOM || point_is_left(a) == point_is_left(b));
}

/* The row's script, with the point's way in front. */
static struct script *cells_row_script(struct cells *c, const struct point *p, struct error *e)
{
	struct cell_script *made = &c->made[p->row];
	if (made->script && way_same(&made->way, p))
		return made->script;
	script_free(made->script);
	made->script = row_script(p, e);
	made->way = *p;
	return made->script;
}

bool cells_compile(struct cells *c, struct error *e)
{
	size_t rows;
	const struct cell_row *row = cell_rows(&rows);
	c->made = memory_zeroed(rows, sizeof *c->made);
	for (size_t i = 0; i < (c->listed ? c->count : c->spans); i++) {
		const struct point p = c->listed ? c->listed[i] : (struct point){.row = (uint8_t)c->span[i].row};
		if (!cells_row_script(c, &p, e))
			return error_prefix(e, "row %s: ", row[p.row].name);
	}
	return true;
}

static bool cells_fill(struct cells *c, const char *set)
{
	for (size_t i = 0; i < sizeof products / sizeof *products; i++)
		if (strcmp(products[i].name, set) == 0) {
			cells_product(c, &products[i]);
			return true;
		}
	if (strcmp(set, "pairwise") == 0)
		c->listed = pairwise_points(&c->count);
	return c->listed != NULL;
}

struct cells *cells_new(const char *set, struct error *e)
{
	struct cells *c = memory_zeroed(1, sizeof *c);
	if (!cells_fill(c, set))
		error_set(e, "--axes %s: there is no such set, expected base, full, exhaustive or pairwise", set);
	else if (cells_compile(c, e))
		return c;
	cells_free(c);
	return NULL;
}

void cells_free(struct cells *c)
{
	size_t rows;
	cell_rows(&rows);
	if (!c)
		return;
	for (size_t r = 0; c->made && r < rows; r++)
		script_free(c->made[r].script);
	free(c->made);
	free(c->span);
	free(c->listed);
	free(c);
}

size_t cells_count(const struct cells *c)
{
	return c->count;
}

/* The last of firsts[0..n) that is not behind i. */
static size_t last_not_behind(const size_t *firsts, size_t n, size_t i)
{
	size_t low = 0;
	while (n > 1) {
		if (firsts[low + n / 2] <= i)
			low += n / 2;
		n -= n / 2;
	}
	return low;
}

static const struct row_span *span_of(const struct cells *c, size_t i)
{
	size_t low = 0;
	for (size_t n = c->spans; n > 1; n -= n / 2)
		if (c->span[low + n / 2].first <= i)
			low += n / 2;
	return &c->span[low];
}

void cells_point(const struct cells *c, size_t i, struct point *p)
{
	if (c->listed) {
		*p = c->listed[i];
		return;
	}
	const struct row_span *s = span_of(c, i);
	const size_t in_row = (i - s->first) / 2, k = last_not_behind(s->ctl_first, c->ctls, in_row);
	const size_t acks = c->ctl[k] & CTL_ACK ? s->ack_count : 1, in_ctl = in_row - s->ctl_first[k];
	*p = (struct point){.row = (uint8_t)s->row, .ctl = c->ctl[k], .family = (i - s->first) % 2 ? IPV6 : IPV4};
	p->seq = s->arriving[in_ctl / acks].seq;
	p->text = s->arriving[in_ctl / acks].text;
	p->ack = c->ctl[k] & CTL_ACK ? s->acks[in_ctl % acks] : ACK_CLASS_NONE;
}

static char *further_put(const struct point *p, char *at)
{
	*at = '\0';
	if (p->isn != ISN_CLASS_RANDOM)
		at = stpcpy(stpcpy(at, ",isn="), isn_class_word(p->isn));
	if (p->ts != TS_CLASS_ABSENT)
		at = stpcpy(stpcpy(at, ",ts="), ts_class_word(p->ts));
	return at;
}

/* At most 7 + 32 + 1 + 36 + 1 + 6 + 1 + 7 + 1 + 5 + 3 + 22 octets, which ID_MAX holds. */
char *point_id(const struct point *p, enum family f, char *to)
{
	size_t rows;
	char *at = stpcpy(stpcpy(to, "matrix/"), cell_rows(&rows)[p->row].name);
	*at++ = '/';
	at = ctl_word(p->ctl, at);
	*at++ = '/';
	at = stpcpy(at, seq_class_word(p->seq));
	*at++ = '/';
	at = stpcpy(at, ack_class_word(p->ack));
	*at++ = '/';
	at = stpcpy(at, text_class_word(p->text));
	if (f)
		at = stpcpy(at, f == IPV4 ? "/v4" : "/v6");
	return further_put(p, at);
}

void cells_id(const struct cells *c, size_t i, char id[ID_MAX])
{
	struct point p;
	cells_point(c, i, &p);
	point_id(&p, p.family, id);
}

void cells_coordinates(const struct cells *c, size_t i, struct cell_coordinates *k)
{
	struct point p;
	size_t rows;
	cells_point(c, i, &p);
	k->row = cell_rows(&rows)[p.row].name;
	ctl_word(p.ctl, k->ctl);
	k->seq = seq_class_word(p.seq);
	k->ack = ack_class_word(p.ack);
	k->text = text_class_word(p.text);
	k->family = p.family;
	further_put(&p, k->further);
}

const struct script *cells_script(struct cells *c, size_t i, enum family *f)
{
	struct error unheard;
	struct point p;
	cells_point(c, i, &p);
	*f = p.family;
	/* It was compiled once, so it is not NULL. */
	return point_script(cells_row_script(c, &p, &unheard), &p);
}
