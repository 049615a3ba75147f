/* A cell as a script: the row's way is compiled once, then the id, the title and the SEND are made over from cell to cell. */
#include "suite/cells_set.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/script/ladder.h"

/* The timestamps of the way count up from the first; those of a stimulus that is not to carry the next one. */
#define TS_FIRST "100"
#define TS_LATER "200"
#define TS_EARLIER "1"

/* So that a comparison with RCV.NXT straddles the boundary: where SEG.SEQ is left of it, RCV.NXT is the boundary, else it is just below. */
static uint32_t point_isn(const struct point *p)
{
	const uint32_t boundary = p->isn == ISN_CLASS_WRAP_31 ? UINT32_C(1) << 31 : 0;
	return boundary - !point_is_left(p) - axes_row(p->row)->received;
}

/* The ladder of the row, with some segment: what is compiled is the way, and a group that the model judges. */
static void row_ladder(const struct point *p, struct text *t)
{
	size_t rows;
	const struct cell_row *r = &cell_rows(&rows)[p->row];
	text_add(t, "# %s\nid:     matrix/%s\nlevel:  MUST\nref:    RFC 9293 3.10.7\n", r->name, r->name);
	if (r->way[0])
		text_add(t, "given:  %s\n", r->way);
	if (p->isn != ISN_CLASS_RANDOM)
		text_add(t, "isn:    %" PRIu32 "\n", point_isn(p));
	if (p->ts != TS_CLASS_ABSENT)
		text_add(t, "options: NOP,NOP,TS:" TS_FIRST "/0\nneeds:  timestamps\n");
	text_add(t, "plays:  B\n\n");
	ladder_line(t, "", "TCP A", "", "", "", "TCP B");
	text_add(t, "\n");
	ladder_line(t, "1", "", "", "", "", state_name(r->state));
	ladder_line(t, "2", "", "-->", "<SEQ=Z><CTL=RST>", "-->", "(by the model)");
}

/* What the steps of the way depend on (way_same() of cells.c), and nothing else. */
static uint64_t point_way(const struct point *p)
{
	const uint64_t left = p->isn != ISN_CLASS_RANDOM && point_is_left(p);
	return 1 + (((uint64_t)p->row * ISN_CLASSES + p->isn) * 2 + (p->ts != TS_CLASS_ABSENT)) * 2 + left;
}

struct script *row_script(const struct point *p, struct error *e)
{
	struct text t = {0};
	row_ladder(p, &t);
	struct ladder *l = ladder_read("matrix", text_string(&t), e);
	struct script *s = l ? ladder_compile(l, 'b', e) : NULL;
	if (s) {
		s->side = 0; /* a cell has no side in its id */
		s->file[0] = '\0';
		s->way = point_way(p);
	}
	if (l)
		ladder_free(l);
	text_free(&t);
	return s;
}

/* Adds what fits. */
static char *words_put(char *at, const char *end, const char *words)
{
	const size_t n = strlen(words), room = (size_t)(end - at), fits = n < room ? n : room;
	memcpy(at, words, fits);
	at[fits] = '\0';
	return at + fits;
}

static char *ctl_put(char *at, const char *end, uint16_t ctl)
{
	static const struct {
		uint16_t bit;
		const char *word;
	} bits[] = {{CTL_SYN, "SYN,"}, {CTL_FIN, "FIN,"}, {CTL_RST, "RST,"}, {CTL_PSH, "PSH,"}, {CTL_URG, "URG,"}, {CTL_ACK, "ACK,"}, {CTL_ECE, "ECE,"}, {CTL_CWR, "CWR,"}, {CTL_AE, "AE,"}};
	char *begin = at;
	for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
		if (ctl & bits[i].bit)
			at = words_put(at, end, bits[i].word);
	if (at == begin)
		return words_put(at, end, "a segment without control bits");
	*--at = '\0';
	return at;
}

/* What a title says of each class; NULL of the plain ones. */
static const char *const seq_said[SEQ_CLASSES] = {
    [SEQ_CLASS_INSIDE] = "SEQ inside the window",
    [SEQ_CLASS_LAST] = "SEQ the window's last",
    [SEQ_CLASS_BEFORE] = "SEQ just before the window",
    [SEQ_CLASS_OLD] = "SEQ far below the window",
    [SEQ_CLASS_BEYOND] = "SEQ just beyond the window",
    [SEQ_CLASS_FAR] = "SEQ far beyond the window",
};
static const char *const ack_said[ACK_CLASSES] = {
    [ACK_CLASS_LOW] = "ACK too old",
    [ACK_CLASS_OLD] = "ACK below SND.UNA",
    [ACK_CLASS_UNA] = "ACK=SND.UNA",
    [ACK_CLASS_BETWEEN] = "ACK of a part",
    [ACK_CLASS_BEYOND] = "ACK beyond SND.NXT",
    [ACK_CLASS_FAR] = "ACK far beyond SND.NXT",
};
static const char *const text_said[TEXT_CLASSES] = {
    [TEXT_CLASS_ONE] = "one octet",
    [TEXT_CLASS_LEFT] = "text over its left edge",
    [TEXT_CLASS_RIGHT] = "text over its right edge",
};

static const char *const isn_said[ISN_CLASSES] = {NULL, "about 2^31", "about 2^32"};
static const char *const ts_said[TS_CLASSES] = {NULL, "new timestamp", "old timestamp"};

static void title_make(struct script *s, const struct cell_row *r, const struct point *p)
{
	const bool acceptable = p->ack == ACK_CLASS_UNA && !axes_row(p->row)->unacked;
	static const char rule[] = " as section 3.10.7 says"; /* left out where it has no room */
	const char *said[] = {seq_said[p->seq], acceptable ? NULL : ack_said[p->ack], text_said[p->text], isn_said[p->isn], ts_said[p->ts]};
	const char *end = s->title + sizeof s->title - 1, *before = " (";
	char *at = words_put(s->title, end, state_name(r->state));
	if (r->way[0])
		at = words_put(words_put(at, end, " by way of "), end, r->way);
	at = ctl_put(words_put(at, end, " answers "), end, p->ctl);
	for (size_t i = 0; i < sizeof said / sizeof *said; i++)
		if (said[i]) {
			at = words_put(words_put(at, end, before), end, said[i]);
			before = ", ";
		}
	if (before[0] == ',')
		at = words_put(at, end, ")");
	if (end - at >= (int)sizeof rule)
		words_put(at, end, rule);
}

/* What says nothing of options carries the next timestamp and the echo of the target's last, but for a reset, which has none, and a SYN, which has those of the header. */
static void timestamp_make(struct said_segment *q, const struct point *p)
{
	q->opt[0] = '\0';
	const bool later = p->ts == TS_CLASS_FRESH && p->ctl & (CTL_SYN | CTL_RST);
	if (!later && p->ts != TS_CLASS_OLD)
		return;
	q->said |= SAY_OPT;
	snprintf(q->opt, sizeof q->opt, "NOP,NOP,TS:%s/0", later ? TS_LATER : TS_EARLIER);
}

/* With URG, the urgent pointer is 1: a positive offset, as 3.1 wants it, which points behind the first octet, whether that is there yet or not. */
static void send_make(struct said_segment *q, const struct point *p)
{
	q->said = SAY_SEQ;
	q->ctl = p->ctl;
	q->ctl_care = CTL_ALL;
	point_seq(p, &q->seq);
	point_ack(p, &q->ack);
	q->data = point_octets(p);
	q->up = p->ctl & CTL_URG ? 1 : 0;
	if (p->ack != ACK_CLASS_NONE)
		q->said |= SAY_ACK;
	if (q->data)
		q->said |= SAY_DATA;
	if (q->up)
		q->said |= SAY_UP;
	timestamp_make(q, p);
}

const struct script *point_script(struct script *s, const struct point *p)
{
	size_t rows;
	point_id(p, 0, s->id);
	title_make(s, &cell_rows(&rows)[p->row], p);
	send_make(&s->step[s->prelude].segment, p);
	return s;
}
