/* Probes as segments, and what they draw: predicted by the model, or as a control cell has shown. Which of them to send is probe_plan.c's. */
#include "lib/run/probe_table.h"

#include <string.h>

#include "lib/wire/option.h"
#include "lib/wire/seq.h"

enum { SYN_AHEAD = 100000, /* beyond every window of a canonical connection */
       CTL_CARE = CTL_SYN | CTL_FIN | CTL_RST | CTL_ACK | CTL_URG };

const char *probe_name(enum probe p)
{
	static const char *const names[PROBES] = {
	    [PROBE_OLD_OCTET] = "old-octet",
	    [PROBE_OLD_OCTET_NXT] = "old-octet-nxt",
	    [PROBE_ACK_ISS] = "ack-iss",
	    [PROBE_ACK_BEYOND] = "ack-beyond",
	    [PROBE_FIN_ALONE] = "fin-alone",
	    [PROBE_SYN] = "syn",
	    [PROBE_ACK] = "ack",
	    [PROBE_FIN] = "fin",
	};
	return names[p];
}

bool probe_is_destructive(enum probe p)
{
	return p >= PROBE_SYN;
}

static const struct {
	const char *name;
	enum state state;
} rows[PROBE_ROWS] = {
    [ROW_CLOSED] = {"closed", CLOSED},
    [ROW_LISTEN] = {"listen", LISTEN},
    [ROW_SYN_SENT] = {"syn-sent", SYN_SENT},
    [ROW_SYN_RECEIVED] = {"syn-received", SYN_RECEIVED},
    [ROW_SYN_RECEIVED_SIMULTANEOUS] = {"syn-received-simultaneous", SYN_RECEIVED},
    [ROW_ESTABLISHED] = {"established", ESTABLISHED},
    [ROW_FIN_WAIT_1] = {"fin-wait-1", FIN_WAIT_1},
    [ROW_FIN_WAIT_2] = {"fin-wait-2", FIN_WAIT_2},
    [ROW_CLOSE_WAIT] = {"close-wait", CLOSE_WAIT},
    [ROW_CLOSING] = {"closing", CLOSING},
    [ROW_LAST_ACK] = {"last-ack", LAST_ACK},
    [ROW_TIME_WAIT] = {"time-wait", TIME_WAIT},
};

const char *probe_row_name(enum probe_row r)
{
	return rows[r].name;
}

enum state probe_row_state(enum probe_row r)
{
	return rows[r].state;
}

enum state tcb_seen_as(const struct tcb *t)
{
	return t->state == CLOSED && t->listener ? LISTEN : t->state;
}

enum probe_row probe_row_of(const struct tcb *t)
{
	const enum state s = tcb_seen_as(t);
	if (s == SYN_RECEIVED)
		return t->passive ? ROW_SYN_RECEIVED : ROW_SYN_RECEIVED_SIMULTANEOUS;
	return (enum probe_row)(s <= SYN_SENT ? s : s + 1);
}

struct tcb probe_row_tcb(enum probe_row r)
{
	enum { ISS = 300,
	       IRS = 100 };
	const bool listener = r != ROW_CLOSED && r != ROW_SYN_SENT && r != ROW_SYN_RECEIVED_SIMULTANEOUS;
	return tcb_in_state(rows[r].state, listener, listener, ISS, IRS);
}

/* ---- the segments ---- */

void probe_numbers_take(struct probe_numbers *n, const struct tcb *t)
{
	if (t->iss_known) {
		if (!n->iss_known || seq_lt(t->snd_una, n->snd_una))
			n->snd_una = t->snd_una;
		if (!n->iss_known || seq_lt(n->snd_nxt, t->snd_nxt))
			n->snd_nxt = t->snd_nxt;
		n->iss = t->iss;
		n->iss_known = true;
	}
	if (!t->irs_known)
		return;
	if (!n->irs_known || seq_lt(t->rcv_nxt, n->rcv_nxt))
		n->rcv_nxt = t->rcv_nxt;
	n->irs = t->irs;
	n->irs_known = true;
	n->wnd = (uint16_t)(t->snd_wnd >> t->snd_scale > UINT16_MAX ? UINT16_MAX : t->snd_wnd >> t->snd_scale);
	n->ts_on = t->ts_on;
}

/* Below the SYN where nothing behind it was received, and always where the ACK would change something: a TCP that takes the octet at RCV.NXT-1 for one that it may still look
 * at goes on to the ACK. */
static uint32_t old_octet(enum probe p, const struct probe_numbers *n, uint32_t rcv_nxt)
{
	const bool below = n->irs_known && (p == PROBE_OLD_OCTET_NXT || rcv_nxt == n->irs + 1);
	return below ? n->irs - 1 : rcv_nxt - 1;
}

void probe_segment(enum probe p, const struct probe_numbers *n, uint32_t any, uint8_t octet[1], struct segment *s)
{
	static const uint16_t ctl[PROBES] = {
	    [PROBE_OLD_OCTET] = CTL_ACK,
	    [PROBE_OLD_OCTET_NXT] = CTL_ACK,
	    [PROBE_ACK_ISS] = CTL_ACK,
	    [PROBE_ACK_BEYOND] = CTL_ACK,
	    [PROBE_FIN_ALONE] = CTL_FIN,
	    [PROBE_SYN] = CTL_SYN,
	    [PROBE_ACK] = CTL_ACK,
	    [PROBE_FIN] = CTL_FIN | CTL_ACK,
	};
	const bool old = p == PROBE_OLD_OCTET || p == PROBE_OLD_OCTET_NXT;
	const bool una = p == PROBE_OLD_OCTET || p == PROBE_FIN;
	const uint32_t rcv_nxt = n->irs_known ? n->rcv_nxt : any, snd_nxt = n->iss_known ? n->snd_nxt : any;
	s->ctl = ctl[p];
	s->seq = old ? old_octet(p, n, rcv_nxt) : p == PROBE_SYN ? rcv_nxt + SYN_AHEAD
	                                                         : rcv_nxt;
	s->ack = p == PROBE_ACK_BEYOND ? snd_nxt + 1 : p == PROBE_ACK_ISS && n->iss_known ? n->iss
	                                           : una && n->iss_known                  ? n->snd_una
	                                                                                  : snd_nxt;
	if (!(s->ctl & CTL_ACK))
		s->ack = 0;
	s->wnd = n->irs_known ? n->wnd : UINT16_MAX;
	s->text = octet;
	s->text_length = old;
	octet[0] = n->irs_known && seq_lt(n->irs, s->seq) ? stream_octet(s->seq - n->irs - 1) : 0;
	s->options_length = 0;
	s->options = (struct options){.has_ts = n->ts_on, .ts_val = n->ts_val, .ts_ecr = n->ts_ecr};
	if (n->ts_on)
		s->options_length = options_timestamps(n->ts_val, n->ts_ecr, s->option_octets);
}

/* ---- signatures ---- */

static enum reply_kind kind_of(const struct tcb *t, uint16_t ctl, uint32_t seq, bool binds_iss)
{
	switch (ctl & CTL_CARE) {
	case CTL_ACK:
		return REPLY_ACK;
	case CTL_RST:
		return REPLY_RST;
	case CTL_RST | CTL_ACK:
		return REPLY_RST_ACK;
	case CTL_SYN | CTL_ACK:
		return !binds_iss && t->iss_known && seq == t->iss ? REPLY_SYN_ACK : REPLY_SYN_ACK_NEW;
	default:
		return REPLY_OTHER;
	}
}

/* By what the standard derives it from in a segment of this kind: numbers that happen to be equal are told apart so. */
static enum reply_number seq_of(const struct tcb *t, const struct segment *probe, enum reply_kind k, uint32_t seq)
{
	const bool ack = (probe->ctl & CTL_ACK) != 0;
	if (k == REPLY_NOTHING || k == REPLY_SYN_ACK_NEW)
		return NUMBER_NONE;
	if (k == REPLY_SYN_ACK)
		return NUMBER_ISS;
	if (k == REPLY_RST && ack && seq == probe->ack)
		return NUMBER_SEG_ACK;
	if (k == REPLY_RST_ACK && seq == 0)
		return NUMBER_ZERO;
	if (t->iss_known && seq == t->snd_nxt)
		return NUMBER_SND_NXT;
	return ack && seq == probe->ack ? NUMBER_SEG_ACK : seq == 0 ? NUMBER_ZERO
	                                                            : NUMBER_OTHER;
}

static enum reply_number ack_of(const struct tcb *t, const struct segment *probe, enum reply_kind k, uint32_t ack)
{
	const uint32_t end = probe->seq + segment_length(probe);
	if (k == REPLY_NOTHING || k == REPLY_RST)
		return NUMBER_NONE;
	if (k != REPLY_ACK && ack == end)
		return NUMBER_SEG_END;
	if (t->irs_known && ack == t->rcv_nxt)
		return NUMBER_RCV_NXT;
	return ack == end ? NUMBER_SEG_END : NUMBER_OTHER;
}

static struct signature signature_make(const struct tcb *t, const struct segment *probe, uint16_t ctl, bool binds_iss, uint32_t seq, uint32_t ack)
{
	struct signature s = {.known = true, .kind = kind_of(t, ctl, seq, binds_iss)};
	s.seq = seq_of(t, probe, s.kind, seq);
	s.ack = ack_of(t, probe, s.kind, ack);
	return s;
}

struct signature signature_of(const struct tcb *t, const struct segment *probe, const struct segment *reply)
{
	if (!reply)
		return (struct signature){.known = true};
	struct signature s = signature_make(t, probe, reply->ctl, false, reply->seq, reply->ack);
	if (reply->text_length)
		s.kind = REPLY_OTHER;
	return s;
}

/* Of a reaction its last segment: what was owed before goes first. */
static struct signature signature_of_reaction(const struct tcb *t, const struct segment *probe, const struct reaction *r)
{
	if (r->now_count == 0)
		return (struct signature){.known = true};
	const struct emission *e = &r->now[r->now_count - 1];
	return signature_make(t, probe, e->ctl, e->binds_iss, e->seq, e->ack);
}

bool signature_equal(const struct signature *a, const struct signature *b)
{
	return a->kind == b->kind && a->seq == b->seq && a->ack == b->ack;
}

void signature_print(const struct signature *s, struct text *out)
{
	static const char *const kinds[] = {"-", "ACK", "RST", "RST,ACK", "SYN,ACK", "SYN,ACK", "other"};
	static const char *const numbers[] = {"", "SND.NXT", "SEG.ACK", "0", "ISS", "RCV.NXT", "SEG.SEQ+SEG.LEN", "?"};
	if (s->kind == REPLY_NOTHING) {
		text_add(out, "-");
		return;
	}
	text_add(out, "<SEQ=%s>", s->kind == REPLY_SYN_ACK_NEW ? "new ISS" : numbers[s->seq]);
	if (s->ack)
		text_add(out, "<ACK=%s>", numbers[s->ack]);
	text_add(out, "<CTL=%s>", kinds[s->kind]);
}

unsigned probe_predict(const struct model *m, const struct tcb *t, enum probe p, const struct segment *s, struct signature *to, unsigned max)
{
	struct outcome o;
	unsigned n = 0;
	(void)p;
	model_arrives(m, t, s, 1, &o);
	for (unsigned i = 0; i < o.count; i++) {
		const struct signature one = signature_of_reaction(t, s, &o.reaction[i]);
		unsigned at = 0;
		while (at < n && !signature_equal(&to[at], &one))
			at++;
		if (at == n && n < max)
			to[n++] = one;
	}
	return n;
}

/* ---- outcomes ---- */

static uint32_t number_value(enum reply_number n, const struct tcb *t, const struct segment *probe)
{
	switch (n) {
	case NUMBER_SND_NXT:
		return t->snd_nxt;
	case NUMBER_SEG_ACK:
		return probe->ack;
	case NUMBER_ISS:
		return t->iss;
	case NUMBER_RCV_NXT:
		return t->rcv_nxt;
	case NUMBER_SEG_END:
		return probe->seq + segment_length(probe);
	case NUMBER_NONE:
	case NUMBER_ZERO:
	case NUMBER_OTHER:
		break;
	}
	return 0;
}

/* Adds the learned reply, where no clause knows it. */
static void outcome_learned(const struct signature *s, const struct tcb *t, const struct segment *probe, struct outcome *out)
{
	static const uint16_t ctl[] = {[REPLY_ACK] = CTL_ACK, [REPLY_RST] = CTL_RST, [REPLY_RST_ACK] = CTL_RST | CTL_ACK, [REPLY_SYN_ACK] = CTL_SYN | CTL_ACK, [REPLY_SYN_ACK_NEW] = CTL_SYN | CTL_ACK};
	if (out->count == REACTIONS_MAX)
		return;
	struct reaction *r = &out->reaction[out->count++];
	memset(r, 0, offsetof(struct reaction, next));
	memcpy(&r->next, t, sizeof r->next);
	r->clause = "learned from the target's control cell";
	if (s->kind == REPLY_NOTHING || s->kind == REPLY_OTHER)
		return;
	struct emission *e = &r->now[r->now_count++];
	e->ctl = ctl[s->kind];
	e->ctl_care = CTL_CARE;
	e->binds_iss = s->kind == REPLY_SYN_ACK_NEW;
	e->seq = number_value(s->seq, t, probe);
	e->ack = number_value(s->ack, t, probe);
	e->ack_any = s->ack == NUMBER_NONE || s->ack == NUMBER_OTHER;
}

/* Does what a target chose once say what it will choose? Of a SYN's answer, yes: whether TIME-WAIT reopens (MAY-2) is built in. Elsewhere the choice hangs on more than the
 * row: on what was acknowledged so far (MAY-12), on a timer (a delayed ACK), on how much of a TCB there is in SYN-RECEIVED. */
static bool choice_is_of_the_row(enum probe p)
{
	return p == PROBE_SYN;
}

static bool outcome_has(const struct tcb *t, const struct segment *s, const struct outcome *o, const struct signature *known)
{
	for (unsigned i = 0; i < o->count; i++) {
		const struct signature one = signature_of_reaction(t, s, &o->reaction[i]);
		if (signature_equal(&one, known))
			return true;
	}
	return false;
}

/* What the model permits, as far as the target has not shown which of it it chooses, and what it does beside. */
void probe_outcome(const struct model *m, const struct signatures *learned, const struct tcb *t, enum probe p, const struct segment *s, uint64_t now, struct outcome *out)
{
	model_arrives(m, t, s, now, out);
	const struct signature *known = learned ? &learned->at[probe_row_of(t)][p] : NULL;
	if (t->state == TIME_WAIT && !t->listener)
		return; /* the control cells have one: nobody can open this port anew */
	if (!known || !known->known || known->unusable || known->kind == REPLY_OTHER)
		return;
	const bool lawful = outcome_has(t, s, out, known);
	if (!lawful && choice_is_of_the_row(p))
		out->count = 0;
	if (!lawful)
		outcome_learned(known, t, s, out);
	if (!lawful || !choice_is_of_the_row(p))
		return;
	unsigned kept = 0;
	for (unsigned i = 0; i < out->count; i++) {
		const struct signature one = signature_of_reaction(t, s, &out->reaction[i]);
		if (signature_equal(&one, known))
			out->reaction[kept++] = out->reaction[i];
	}
	out->count = kept;
}
