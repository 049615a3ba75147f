/* The base matrix, generated: 12 rows x 8 segments, each cell a one-sided ladder whose reaction the model alone judges. */
#include <stdio.h>
#include <string.h>

#include "suite/suite.h"

/* A row: a state and the way into it. ack is the class of an acceptable acknowledgment there: SND.NXT where something is unacknowledged, SND.UNA where
 * nothing is (there the two are one, and are counted once). */
struct row {
	const char *name, *state, *way;
	const char *seq_class, *seq, *ack_class, *ack;
};

static const struct row rows[] = {
    {"closed", "CLOSED", "", "any", "<SEQ=Z>", "any", "<ACK=X>"},
    {"listen", "LISTEN", "", "any", "<SEQ=Z>", "any", "<ACK=X>"},
    {"syn-sent", "SYN-SENT", "", "any", "<SEQ=Z>", "nxt", "<ACK=SND.NXT>"},
    {"syn-received", "SYN-RECEIVED", "", "exact", "<SEQ=RCV.NXT>", "nxt", "<ACK=SND.NXT>"},
    {"syn-received-simultaneous", "SYN-RECEIVED", "simultaneous", "exact", "<SEQ=RCV.NXT>", "nxt", "<ACK=SND.NXT>"},
    {"established", "ESTABLISHED", "", "exact", "<SEQ=RCV.NXT>", "una", "<ACK=SND.UNA>"},
    {"fin-wait-1", "FIN-WAIT-1", "", "exact", "<SEQ=RCV.NXT>", "nxt", "<ACK=SND.NXT>"},
    {"fin-wait-2", "FIN-WAIT-2", "", "exact", "<SEQ=RCV.NXT>", "una", "<ACK=SND.UNA>"},
    {"close-wait", "CLOSE-WAIT", "", "exact", "<SEQ=RCV.NXT>", "una", "<ACK=SND.UNA>"},
    {"closing", "CLOSING", "", "exact", "<SEQ=RCV.NXT>", "nxt", "<ACK=SND.NXT>"},
    {"last-ack", "LAST-ACK", "", "exact", "<SEQ=RCV.NXT>", "nxt", "<ACK=SND.NXT>"},
    {"time-wait", "TIME-WAIT", "", "exact", "<SEQ=RCV.NXT>", "una", "<ACK=SND.UNA>"},
};

struct bits {
	const char *name, *ctl; /* coordinate and notation */
};

static const struct bits segments[] = {{"syn", "SYN"}, {"syn-ack", "SYN,ACK"}, {"syn-fin", "SYN,FIN"}, {"ack", "ACK"}, {"fin", "FIN"}, {"fin-ack", "FIN,ACK"}, {"rst", "RST"}, {"rst-ack", "RST,ACK"}};

static bool bits_ack(const struct bits *b)
{
	return strstr(b->ctl, "ACK") != NULL;
}

static void cell_text(const struct row *r, const struct bits *b, struct text *t)
{
	const bool ack = bits_ack(b);
	char stimulus[128], id[96];
	snprintf(stimulus, sizeof stimulus, "%s%s<CTL=%s>", r->seq, ack ? r->ack : "", b->ctl);
	snprintf(id, sizeof id, "matrix/%s/%s/%s/%s/0", r->name, b->name, r->seq_class, ack ? r->ack_class : "-");
	text_add(t, "# %s%s%s answers %s as section 3.10.7 says\n", r->state, r->way[0] ? " by way of " : "", r->way, b->ctl);
	text_add(t, "id:     %s\nlevel:  MUST\nref:    RFC 9293 3.10.7\n", id);
	if (r->way[0])
		text_add(t, "given:  %s\n", r->way);
	text_add(t, "plays:  B\n\n");
	ladder_line(t, "", "TCP A", "", "", "", "TCP B");
	text_add(t, "\n");
	ladder_line(t, "1", "", "", "", "", r->state);
	ladder_line(t, "2", "", "-->", stimulus, "-->", "(by the model)");
}

static bool cell_add(struct suite *s, const struct row *r, const struct bits *b, struct error *e)
{
	struct text t = {0};
	cell_text(r, b, &t);
	struct ladder *l = ladder_read("matrix", text_string(&t), e);
	struct script *script = l ? ladder_compile(l, 'b', e) : NULL;
	if (script) {
		char *side = strrchr(script->id, '/'); /* a cell has no side in its id */
		if (side && strcmp(side, "/b") == 0)
			*side = '\0';
		script->side = 0;
		script->file[0] = '\0';
		suite_add(s, script);
	}
	if (l)
		ladder_free(l);
	text_free(&t);
	return script != NULL;
}

bool matrix_add(struct suite *s, const char *set, struct error *e)
{
	if (strcmp(set, "base") != 0)
		return error_set(e, "--axes %s: expected base", set);
	for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++)
		for (size_t b = 0; b < sizeof segments / sizeof segments[0]; b++)
			if (!cell_add(s, &rows[r], &segments[b], e))
				return false;
	return true;
}
