/* Control cells are written as ladders, and go through the reader and the compiler like those of the matrix. */
#include "lib/run/control.h"

#include <stdio.h>
#include <string.h>

#include "lib/script/ladder.h"

/* The probe as a ladder says it, by what the row has variables for. */
static void probe_said(enum probe_row r, enum probe p, struct text *out)
{
	static const char *const acks[PROBES] = {
	    [PROBE_OLD_OCTET] = "SND.UNA",
	    [PROBE_OLD_OCTET_NXT] = "SND.NXT",
	    [PROBE_ACK_ISS] = "ISS",
	    [PROBE_ACK_BEYOND] = "SND.NXT+1",
	    [PROBE_ACK] = "SND.NXT",
	    [PROBE_FIN] = "SND.UNA",
	};
	static const char *const seqs[PROBES] = {
	    [PROBE_OLD_OCTET_NXT] = "IRS-1",
	    [PROBE_SYN] = "RCV.NXT+100000",
	};
	const bool no_iss = r == ROW_CLOSED || r == ROW_LISTEN, no_irs = no_iss || r == ROW_SYN_SENT;
	const char *seq = p == PROBE_OLD_OCTET ? probe_row_tcb(r).fin_received ? "RCV.NXT-1" : "IRS-1" : seqs[p] ? seqs[p]
	                                                                                                         : "RCV.NXT";
	text_add(out, "<SEQ=%s>", no_irs ? "Z" : seq);
	if (acks[p])
		text_add(out, "<ACK=%s>", no_iss ? "X" : acks[p]);
	text_add(out, "<CTL=%s>", acks[p] ? p == PROBE_FIN ? "FIN,ACK" : "ACK" : p == PROBE_SYN ? "SYN"
	                                                                                        : "FIN");
	if (p == PROBE_OLD_OCTET || p == PROBE_OLD_OCTET_NXT)
		text_add(out, "<DATA=1>");
}

enum probe control_stands_for(enum probe_row r, enum probe p)
{
	const struct tcb t = probe_row_tcb(r);
	struct probe_numbers n = {.iss_known = false};
	struct segment a, b;
	uint8_t octet[1];
	probe_numbers_take(&n, &t);
	probe_segment(p, &n, 70000, octet, &a);
	for (enum probe q = 0; q < p; q++) {
		probe_segment(q, &n, 70000, octet, &b);
		const bool ack = n.iss_known ? a.ack == b.ack : (a.ctl & CTL_ACK) == (b.ctl & CTL_ACK);
		if (a.ctl == b.ctl && a.seq == b.seq && ack && a.text_length == b.text_length)
			return q;
	}
	return p;
}

static void control_text(enum probe_row r, enum probe p, struct text *t)
{
	const char *state = state_name(probe_row_state(r));
	const bool simultaneous = r == ROW_SYN_RECEIVED_SIMULTANEOUS;
	struct text said = {0};
	probe_said(r, p, &said);
	text_add(t, "# %s%s answers the probe \"%s\" as section 3.10.7 says\n", state, simultaneous ? " by way of simultaneous" : "", probe_name(p));
	text_add(t, "id:     control/%s/%s\nlevel:  MUST\nref:    RFC 9293 3.10.7\n", probe_row_name(r), probe_name(p));
	if (simultaneous)
		text_add(t, "given:  simultaneous\n");
	text_add(t, "plays:  B\n\n");
	ladder_line(t, "", "TCP A", "", "", "", "TCP B");
	text_add(t, "\n");
	ladder_line(t, "1", "", "", "", "", state);
	ladder_line(t, "2", "", "-->", text_string(&said), "-->", "(by the model)");
	text_free(&said);
}

static bool control_make(struct control *c, enum probe_row r, enum probe p, struct error *e)
{
	struct text t = {0};
	control_text(r, p, &t);
	struct ladder *l = ladder_read("control", text_string(&t), e);
	c->row = r;
	c->probe = p;
	c->script = l ? ladder_compile(l, 'b', e) : NULL;
	if (c->script) {
		char *side = strrchr(c->script->id, '/'); /* a cell has no side in its id */
		if (side && strcmp(side, "/b") == 0)
			*side = '\0';
		c->script->side = 0;
		c->script->file[0] = '\0';
	}
	if (l)
		ladder_free(l);
	text_free(&t);
	return c->script != NULL;
}

bool control_is(const char *id)
{
	return strncmp(id, "control/", strlen("control/")) == 0;
}

bool controls_make(struct controls *c, struct error *e)
{
	c->count = 0;
	for (enum probe_row r = 0; r < PROBE_ROWS; r++)
		for (enum probe p = 0; p < PROBES; p++) {
			if (control_stands_for(r, p) != p)
				continue;
			if (!control_make(&c->at[c->count], r, p, e)) {
				controls_free(c);
				return false;
			}
			c->count++;
		}
	return true;
}

void controls_free(struct controls *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->at[i].script)
			script_free(c->at[i].script);
	c->count = 0;
}

/* The segments that came behind the probe. Returns how many; *last is the last one. */
static unsigned replies_of(const struct trace *t, struct segment *last)
{
	unsigned n = 0;
	for (size_t i = 0; i < t->count; i++) {
		const struct event *e = &t->event[i];
		if (e->kind == EVENT_SENT)
			n = 0;
		else if (e->kind == EVENT_RECEIVED && segment_parse(e->packet, e->length, last, NULL))
			n++;
	}
	return n;
}

/* May the row be followed by the state that was reported? */
static bool next_is_permitted(const struct judge *j, const struct tcb *before)
{
	const struct state_answer *a = &j->state_after;
	struct outcome o;
	model_arrives(j->model, before, &j->stimulus_segment, j->stimulus_at, &o);
	for (unsigned i = 0; i < o.count; i++) {
		const enum state s = tcb_seen_as(&o.reaction[i].next);
		if (a->has_tcb ? s == a->state : s == (a->has_listener ? LISTEN : CLOSED))
			return true;
	}
	return false;
}

void control_learn(struct signatures *to, const struct control *c, const struct judge *j, const struct trace *t)
{
	const struct hypothesis *before = hypotheses_best(judge_before(j));
	const bool decided = j->status == JUDGE_GOING || j->status == JUDGE_FAILED;
	struct segment reply;
	if (!decided || !before || !j->has_stimulus_segment)
		return;
	const unsigned n = replies_of(t, &reply);
	struct signature s = signature_of(&before->tcb, &j->stimulus_segment, n ? &reply : NULL);
	if (n > 1)
		s.kind = REPLY_OTHER;
	/* Where nobody tells the state, a reply is trusted only if no state changes by the probe. */
	s.unusable = j->answered ? !j->asked || !next_is_permitted(j, &before->tcb) : probe_is_destructive(c->probe);
	for (enum probe p = c->probe; p < PROBES; p++)
		if (control_stands_for(c->row, p) == c->probe)
			to->at[c->row][p] = s;
}
