/* What is true of a connection, of its script so far and of what it did last, in words. They say what lines of causes ask for, and no more. */
#include "fuzz/cause_traits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/wire/option.h"
#include "lib/wire/seq.h"

enum { KIND_AO = 29,
       SMALL_MSS = 48,
       TINY_WINDOW = 26, /* half of it has no room for timestamps and an octet */
       SMALL_BUFFER = 8192,
       WRAPS = 2000000000 /* an offset of so much comes from the other side */ };

static bool has_kind(const struct segment *s, uint8_t kind)
{
	const uint8_t *o = s->option_octets;
	const size_t n = s->options_length;
	for (size_t i = 0; i < n && o[i] != 0; i += o[i] == 1 ? 1 : o[i + 1]) {
		if (o[i] == kind)
			return true;
		if (o[i] != 1 && (i + 1 >= n || o[i + 1] < 2))
			return false;
	}
	return false;
}

/* As much as there is room for. (Nearly every other input of lwIP's has its id written.) */
void words_put(char *to, size_t room, const char *const *words, size_t n)
{
	const char *const end = to + room - 1;
	for (size_t i = 0; i < n; i++)
		for (const char *from = words[i]; *from && to < end; from++)
			*to++ = *from;
	*to = '\0';
}

static void trait(bool is, const char *word, char *to, size_t room)
{
	if (!is)
		return;
	const size_t n = strlen(to);
	const char *const parts[] = {"+", word};
	words_put(to + n, room - n, parts, sizeof parts / sizeof *parts);
}

/* What came before this move in the script, or with it. Options behind the data offset are text. */
static bool has_text_or_fin(const struct said_segment *s)
{
	return s->data || s->ctl & CTL_FIN || s->said & SAY_OFF;
}

static bool has_window(const struct said_segment *s)
{
	return s->said & SAY_WND;
}

static bool has_timestamps(const struct said_segment *s)
{
	return s->said & SAY_OPT && strstr(s->opt, "TS:");
}

static bool acknowledges_unsent(const struct said_segment *s)
{
	const bool own = s->ack.kind == SEQ_VARIABLE && s->ack.variable != VAR_RCV_NXT;
	return s->said & SAY_ACK && (!own || s->ack.offset > (s->ack.variable == VAR_ISS ? 1 : 0) || s->ack.offset < -WRAPS);
}

/* Text or a FIN without any timestamps: where they were agreed upon it may be dropped silently (RFC 7323 3.2). */
static bool is_stripped(const struct said_segment *s)
{
	return s->said & SAY_OPT && !strstr(s->opt, "TS:") && !(s->ctl & (CTL_SYN | CTL_RST)) && has_text_or_fin(s);
}

static bool is_syn_ack(const struct said_segment *s)
{
	return (s->ctl & (CTL_SYN | CTL_ACK | CTL_RST)) == (CTL_SYN | CTL_ACK);
}

/* A FIN at RCV.NXT, of a segment that begins before: behind the FIN that is another one. */
static bool is_second_fin(const struct said_segment *s)
{
	return s->ctl & CTL_FIN && s->said & SAY_SEQ && s->seq.kind == SEQ_VARIABLE && s->seq.variable == VAR_RCV_NXT && s->seq.offset < 0 && s->seq.offset + (int32_t)s->data >= 0;
}

/* Text or a FIN that the fifth check drops: without ACK, or with one that acknowledges what was not sent. */
static bool is_dropped(const struct said_segment *s)
{
	return !(s->ctl & (CTL_SYN | CTL_RST)) && has_text_or_fin(s) && (!(s->ctl & CTL_ACK) || acknowledges_unsent(s));
}

/* Text or a FIN ahead of its turn. */
static bool is_ahead(const struct said_segment *s)
{
	const bool own = s->seq.kind == SEQ_VARIABLE && (s->seq.variable == VAR_RCV_NXT || s->seq.variable == VAR_IRS || s->seq.variable == VAR_RCV_END);
	return s->said & SAY_SEQ && has_text_or_fin(s) && (!own || s->seq.variable == VAR_RCV_END || s->seq.offset > (s->seq.variable == VAR_IRS ? 1 : 0));
}

/* An option whose length may be wrong, or that the data offset may cut: the segment may have been discarded for it (RFC 9293 3.1, MUST-7). */
static bool has_odd_option(const struct said_segment *s)
{
	return s->said & SAY_OFF || (s->said & SAY_OPT && strstr(s->opt, ":L"));
}

/* Text that ends at RCV.NXT: it is not acceptable, so that its ACK field says nothing. */
static bool is_edged(const struct said_segment *s)
{
	return s->data && !(s->ctl & (CTL_SYN | CTL_RST)) && s->said & SAY_SEQ && s->seq.kind == SEQ_VARIABLE && s->seq.variable == VAR_RCV_NXT && s->seq.offset + (int64_t)s->data + !!(s->ctl & CTL_FIN) == 0;
}

/* Does it lie behind a FIN that came ahead of its turn? By what the script says of both, where that is of one variable. */
static bool is_behind_fin(const struct judge *j, const struct said_segment *s)
{
	for (size_t i = 0; s->said & SAY_SEQ && i < j->first; i++) {
		const struct said_segment *f = &j->script->step[i].segment;
		if (j->script->step[i].kind != STEP_SEND || !(f->ctl & CTL_FIN) || !is_ahead(f))
			continue;
		if (f->seq.variable != s->seq.variable || f->seq.offset + (int64_t)f->data <= s->seq.offset)
			return true;
	}
	return false;
}

/* FINs ahead of their turn, not all at one place. */
static bool has_fins(const struct judge *j)
{
	const struct said_segment *first = NULL;
	for (size_t i = 0; i < j->end; i++) {
		const struct said_segment *s = &j->script->step[i].segment;
		if (j->script->step[i].kind != STEP_SEND || !(s->ctl & CTL_FIN) || !is_ahead(s))
			continue;
		if (first && (first->seq.variable != s->seq.variable || first->seq.offset + (int64_t)first->data != s->seq.offset + (int64_t)s->data))
			return true;
		first = first ? first : s;
	}
	return false;
}

/* Text ahead of its turn in three pieces or more: one may lie within another, with a third beyond both. */
static bool has_pieces(const struct judge *j)
{
	unsigned pieces = 0;
	for (size_t i = 0; i < j->first; i++)
		pieces += j->script->step[i].kind == STEP_SEND && is_ahead(&j->script->step[i].segment);
	return pieces > 2;
}

static bool came(const struct judge *j, size_t upto, bool (*is)(const struct said_segment *s))
{
	for (size_t i = 0; i < upto; i++)
		if (j->script->step[i].kind == STEP_SEND && is(&j->script->step[i].segment))
			return true;
	return false;
}

/* The user may have taken text of which the window does not tell yet. */
static bool was_read(const struct judge *j)
{
	for (size_t i = 0; i < j->first; i++)
		if (j->script->step[i].kind == STEP_CALL && j->script->step[i].call == CALL_RECEIVE)
			return true;
	return false;
}

/* An option of another segment than the connection's first SYN. */
static bool says_again(const struct judge *j, const char *option)
{
	bool syn = false;
	for (size_t i = 0; i < j->end; i++) {
		const struct step *st = &j->script->step[i];
		if (st->kind != STEP_SEND)
			continue;
		if (st->segment.said & SAY_OPT && strstr(st->segment.opt, option) && (syn || !(st->segment.ctl & CTL_SYN)))
			return true;
		syn |= st->segment.ctl & CTL_SYN;
	}
	return false;
}

/* The player gives a segment without options of its own the next timestamp. */
static bool is_stamped(const struct said_segment *s)
{
	return !(s->said & (SAY_OPT | SAY_ICMP | SAY_RAW)) && !(s->ctl & CTL_RST);
}

/* Did the peer's timestamps go back? */
static bool went_back(const struct judge *j)
{
	uint32_t last = 0;
	bool any = false;
	for (size_t i = 0; i < j->first; i++) {
		const struct step *st = &j->script->step[i];
		if (st->kind != STEP_SEND)
			continue;
		last += any && is_stamped(&st->segment);
		if (!has_timestamps(&st->segment))
			continue;
		const uint32_t said = (uint32_t)strtoul(strstr(st->segment.opt, "TS:") + 3, NULL, 10);
		if (any && seq_lt(said, last))
			return true;
		last = said;
		any = true;
	}
	return false;
}

/* Does SYN-SENT take it? Not one whose checksum is wrong, nor a SYN,ACK that acknowledges anything but our SYN. */
static bool is_answer(const struct said_segment *s)
{
	const bool from_syn = s->ack.variable == VAR_ISS || s->ack.variable == VAR_SND_UNA;
	const bool ours = s->ack.kind == SEQ_VARIABLE && (from_syn ? s->ack.offset == 1 : s->ack.variable == VAR_SND_NXT && s->ack.offset == 0);
	return (s->ctl & (CTL_SYN | CTL_RST)) == CTL_SYN && !(s->said & (SAY_ICMP | SAY_RAW | SAY_CHK)) && (!(s->ctl & CTL_ACK) || !(s->said & SAY_ACK) || ours);
}

/* The SYN, or SYN,ACK, that an active OPEN was answered by, the last: an OPEN that nothing answers may have been refused. */
static const struct said_segment *answer(const struct judge *j)
{
	const struct said_segment *found = NULL;
	bool awaited = false;
	for (size_t i = 0; i < j->first; i++) {
		const struct step *st = &j->script->step[i];
		awaited |= st->kind == STEP_CALL && st->call == CALL_OPEN_ACTIVE;
		if (!awaited || st->kind != STEP_SEND || !is_answer(&st->segment))
			continue;
		found = &st->segment;
		awaited = false;
	}
	return found;
}

static bool was_loaded(const struct judge *j)
{
	bool waits = false; /* for what answers an OPEN; one that is refused is none, but which those are the script does not say */
	for (size_t i = 0; i < j->first; i++) {
		const struct step *st = &j->script->step[i];
		waits |= st->kind == STEP_CALL && st->call == CALL_OPEN_ACTIVE;
		if (!waits || st->kind != STEP_SEND || !is_answer(&st->segment))
			continue;
		if (st->segment.ctl & CTL_ACK && has_text_or_fin(&st->segment))
			return true;
		waits = has_odd_option(&st->segment); /* it may have been discarded for that */
	}
	return false;
}

/* Time went by between the last active OPEN and its answer: the SYN may have been repeated. */
static bool was_awaited(const struct judge *j)
{
	const struct said_segment *s = answer(j);
	bool waited = false;
	for (size_t i = 0; s && i < j->first && s != &j->script->step[i].segment; i++) {
		const struct step *st = &j->script->step[i];
		waited |= st->kind == STEP_WAIT;
		waited &= !(st->kind == STEP_CALL && st->call == CALL_OPEN_ACTIVE);
	}
	return s && waited;
}

static bool was_crossed(const struct judge *j)
{
	const struct said_segment *s = answer(j);
	return s && !(s->ctl & CTL_ACK);
}

/* Text ahead of its turn that reached beyond the window, by no more than the target may take for its own. */
static bool was_above(const struct judge *j, const struct tcb *t)
{
	const int64_t wnd = t->rcv_wnd;
	for (size_t i = 0; i < j->first; i++) {
		const struct said_segment *s = &j->script->step[i].segment;
		const int64_t from = s->seq.variable == VAR_RCV_END ? wnd : s->seq.variable == VAR_IRS ? -1
		                                                                                       : 0;
		const int64_t end = from + s->seq.offset + (int64_t)s->data;
		if (j->script->step[i].kind == STEP_SEND && is_ahead(s) && s->seq.kind == SEQ_VARIABLE && end > wnd && end < wnd + ABOVE)
			return true;
	}
	return false;
}

/* What the target sent last ends where the peer's window does, whichever of the ACKs ahead of their turn have counted. */
static bool is_filled(const struct judge *j, const struct tcb *t)
{
	const struct hypotheses *before = judge_before(j);
	bool filled = t->snd_wnd && j->shown_snd_nxt == t->snd_una + t->snd_wnd;
	for (unsigned i = 0; i < before->count; i++)
		filled |= before->h[i].tcb.snd_wnd && j->shown_snd_nxt == before->h[i].tcb.snd_una + before->h[i].tcb.snd_wnd;
	return j->has_shown && filled;
}

/* Its data offset is that of its options: it cuts none of them, which would be text, nor does it go beyond the segment. */
static bool keeps_offset(const struct tcb *t, const struct said_segment *s)
{
	enum { TS_OCTETS = 12 };
	const bool said = s->said & SAY_OPT && strcmp(s->opt, "none") != 0;
	uint8_t octets[OPTIONS_MAX], n = t->ts_on && !(s->said & SAY_OPT) ? TS_OCTETS : 0;
	struct error e;
	return !(s->said & SAY_OFF) || ((!said || options_compile(s->opt, octets, &n, &e)) && s->off == 5 + (n + 3) / 4);
}

static bool is_empty_ack(const struct tcb *t, const struct said_segment *s)
{
	return s->ctl & CTL_ACK && !(s->ctl & (CTL_SYN | CTL_RST | CTL_FIN)) && !s->data && keeps_offset(t, s);
}

static bool is_exact(const struct said_segment *s)
{
	return !(s->said & SAY_SEQ) || (s->seq.kind == SEQ_VARIABLE && s->seq.variable == VAR_RCV_NXT && s->seq.offset == 0);
}

/* The model may not have counted such an ACK as a duplicate: by its SEG.SEQ, its blocks, or timestamps that are missing. */
static bool is_uncounted(const struct said_segment *s)
{
	return !is_exact(s) || s->said & SAY_OPT;
}

/* Two duplicate ACKs or more may have counted before this move, and nothing has been sent again for them: for what is sent behind a time that has gone by the timer may have run out. Where a window was said the next one says another. */
static bool was_counted(const struct judge *j, const struct tcb *t)
{
	unsigned n = t->duplicate_acks;
	const bool scaled = t->snd_scale != 0 && (!t->passive || t->snd_una == t->iss); /* the first window behind a SYN is not the one that it said; an ACK of our SYN has told of it before */
	bool windows = false, waited = false, scales = scaled;
	for (size_t i = 0; i < j->first; i++) {
		const struct step *st = &j->script->step[i];
		waited |= st->kind == STEP_WAIT;
		if (st->kind != STEP_SEND)
			continue;
		windows |= has_window(&st->segment) || has_odd_option(&st->segment); /* what may have been text, for another header length, makes SEG.SEQ of the next another one */
		n += is_empty_ack(t, &st->segment) && (windows || scales || is_uncounted(&st->segment));
		scales &= !(st->segment.ctl & CTL_ACK) || !is_exact(&st->segment);
		scales |= scaled && st->segment.ctl & CTL_SYN; /* an ACK before it is of no connection */
	}
	const bool answered = t->recovering && t->duplicate_acks >= 3 && !t->early_data && !waited;
	return n >= 2 && !answered;
}

/* Behind a loss, an ACK came when time had gone by: what it acknowledges may have been sent again, and have been measured all the same. */
static bool was_remeasured(const struct judge *j)
{
	bool waited = false;
	for (size_t i = 0; i < j->first; i++) {
		const struct step *st = &j->script->step[i];
		waited |= st->kind == STEP_WAIT;
		if (waited && st->kind == STEP_SEND && st->segment.ctl & CTL_ACK)
			return true;
	}
	return false;
}

static bool acknowledges_all(const struct said_segment *s)
{
	return !(s->said & SAY_ACK) || (s->ack.kind == SEQ_VARIABLE && s->ack.variable == VAR_SND_NXT && s->ack.offset == 0);
}

/* A segment came whose window the target may have taken where the model did not, or the other way round. That of one that is next and acknowledges all is taken where SEG.SEQ is later than before, or if it is the larger one, which it is unless it was said. */
static bool was_disputed(const struct judge *j)
{
	bool later = true, over = false, moved = false; /* by what may have been text, for another header length */
	for (size_t i = 0; i < j->end; i++) {
		const struct said_segment *s = &j->script->step[i].segment;
		if (j->script->step[i].kind != STEP_SEND || s->said & (SAY_ICMP | SAY_RAW))
			continue;
		const bool plain = is_exact(s) && !moved && acknowledges_all(s) && (later || !has_window(s));
		if (s->ctl & CTL_ACK && !(s->ctl & (CTL_SYN | CTL_RST)) && !plain)
			return true;
		if (s->ctl & (CTL_SYN | CTL_RST) || !is_exact(s))
			continue;
		later = s->ctl & CTL_ACK && has_text_or_fin(s) && !over && !(s->said & SAY_CHK) && !has_odd_option(s);
		over |= s->ctl & CTL_FIN;
		moved |= has_odd_option(s);
	}
	return false;
}

/* Its window should not count, for it is not acceptable. */
static bool is_bar(const struct said_segment *s)
{
	return s->said & SAY_WND && (s->ctl & (CTL_ACK | CTL_SYN | CTL_RST)) == CTL_ACK && !is_exact(s);
}

static bool acknowledges_part(const struct said_segment *s)
{
	const enum seq_variable v = s->ack.variable;
	const int64_t n = s->ack.offset;
	return s->said & SAY_ACK && s->ack.kind == SEQ_VARIABLE && ((v == VAR_SND_NXT && n < 0) || (v == VAR_SND_UNA && n > 0) || (v == VAR_ISS && n > 1));
}

/* A segment came that acknowledges a part of what was sent, and need not count for it: it is not acceptable, has no timestamps where they were agreed upon, or options that are cut. */
static bool was_stray(const struct judge *j, const struct tcb *t)
{
	for (size_t i = 0; i < j->first; i++) {
		const struct said_segment *s = &j->script->step[i].segment;
		if (j->script->step[i].kind != STEP_SEND || (s->ctl & (CTL_ACK | CTL_SYN | CTL_RST)) != CTL_ACK || s->said & (SAY_ICMP | SAY_RAW | SAY_CHK))
			continue;
		if (acknowledges_part(s) && (!is_exact(s) || has_odd_option(s) || (t->ts_on && s->said & SAY_OPT && !has_timestamps(s))))
			return true;
	}
	return false;
}

/* It lies behind the window by less than what scaling has rounded that to (RFC 7323 2.3). */
static bool is_rounded(const struct tcb *t, const struct segment *s)
{
	const uint32_t past = s->seq - (t->rcv_nxt + t->rcv_wnd);
	return t->irs_known && t->ws_on && past > 0 && past < UINT32_C(1) << t->rcv_scale;
}

/* SND.UNA behind the move. */
static uint32_t una_behind(const struct tcb *t, const struct segment *s)
{
	const bool new_ack = s && (s->ctl & (CTL_SYN | CTL_RST | CTL_ACK)) == CTL_ACK && seq_lt(t->snd_una, s->ack) && seq_le(s->ack, t->snd_nxt);
	return new_ack ? s->ack : t->snd_una;
}

/* A segment of the reaction, of text or with a FIN. */
struct shown {
	uint32_t seq, length; /* octets of text */
	bool fin;
};

/* Reads the next one at or behind *at, a place in the reaction, which goes behind it. False: there is none whose number is relative to the send variables. */
static bool shown_next(const char **at, const struct tcb *t, struct shown *to)
{
	static const char una[] = "SND.UNA>", nxt[] = "SND.NXT";
	while ((*at = strstr(*at, "<SEQ=")) != NULL) {
		const char *seq = *at += strlen("<SEQ=");
		const size_t n = strcspn(seq, " ");
		const char *data = memmem(seq, n, "<DATA=", strlen("<DATA="));
		const bool is_una = strncmp(seq, una, strlen(una)) == 0;
		to->fin = memmem(seq, n, "<CTL=FIN", strlen("<CTL=FIN")) != NULL;
		if ((!data && !to->fin) || (!is_una && strncmp(seq, nxt, strlen(nxt)) != 0))
			continue;
		to->seq = is_una ? t->snd_una : t->snd_nxt + (uint32_t)strtol(seq + strlen(nxt), NULL, 10);
		to->length = data ? (uint32_t)strtoul(data + strlen("<DATA="), NULL, 10) : 0;
		return true;
	}
	return false;
}

/* One begins before SND.UNA, and goes on behind it: what is acknowledged in part, or was probed with, is sent again whole. */
static bool is_whole(const struct judge *j, const struct tcb *t, const struct segment *s)
{
	const uint32_t una = una_behind(t, s);
	const char *at = text_string(&j->actual);
	for (struct shown g; shown_next(&at, t, &g);)
		if (seq_lt(g.seq, una) && seq_lt(una, g.seq + g.length + g.fin))
			return true;
	return false;
}

/* The FIN of one stands right behind the window. */
static bool is_flush(const struct judge *j, const struct tcb *t, const struct segment *s)
{
	const uint32_t wnd = s && s->ctl & CTL_ACK ? (uint32_t)s->wnd << t->snd_scale : t->snd_wnd;
	const char *at = text_string(&j->actual);
	for (struct shown g; shown_next(&at, t, &g);)
		if (g.fin && g.seq + g.length == una_behind(t, s) + wnd)
			return true;
	return false;
}

void traits_put(const struct judge *j, const struct tcb *t, const struct segment *s, char *to, size_t room)
{
	to[0] = '\0';
	trait(t->released, "orphan", to, room);
	trait(t->reopened, "reopened", to, room);
	trait(t->state == SYN_RECEIVED && !t->passive, "simultaneous", to, room);
	trait(t->irs_known && t->rcv_wnd == 0, "shut", to, room);
	trait(t->unread != 0, "unread", to, room);
	const bool behind = s && t->irs_known && seq_le(t->rcv_nxt + t->rcv_wnd, s->seq);
	trait((behind || was_above(j, t)) && was_read(j), "read", to, room);
	trait(behind && !t->ws_on && says_again(j, "WS:"), "scaled", to, room);
	trait(t->irs_known && t->max_rcv_wnd && t->max_rcv_wnd < SMALL_BUFFER, "small", to, room);
	trait(t->held_count || t->held_fin, "gap", to, room);
	trait((t->held_count && t->held[t->held_count - 1].to == t->rcv_nxt + t->rcv_wnd) || was_above(j, t), "brim", to, room);
	trait(t->snd_una != t->snd_nxt, "unacked", to, room);
	trait(t->snd_nxt - t->snd_una > UINT16_MAX, "wide", to, room);
	trait(t->queued || t->fin_queued, "queued", to, room);
	trait(is_filled(j, t), "filled", to, room);
	trait(t->snd_wnd == 0 && t->iss_known, "closed", to, room);
	const bool shrunk = t->snd_wnd < t->max_snd_wnd || came(j, j->end, has_window);
	trait(shrunk, "shrunk", to, room);
	trait(was_loaded(j), "loaded", to, room);
	trait(t->state != SYN_RECEIVED && was_crossed(j) && !t->ws_on, "crossed", to, room);
	trait(t->held_count && !t->ws_on && was_above(j, t), "above", to, room);
	trait(t->ack_owed, "owed", to, room);
	trait(!t->ts_on && came(j, j->first, has_timestamps), "unasked", to, room);
	trait(s && s->options.has_ts && s->options.ts_ecr && s->options.ts_ecr != j->numbers.ts_ecr, "tsecr", to, room);
	trait(came(j, j->first, is_dropped), "dropped", to, room);
	trait(came(j, j->first, is_ahead), "ahead", to, room);
	trait(has_fins(j), "fins", to, room);
	trait(came(j, j->first, is_edged), "edged", to, room);
	trait(t->fin_received && came(j, j->first, is_second_fin), "refin", to, room);
	trait((t->passive || t->state == CLOSED || t->state == LISTEN) && came(j, j->first, is_syn_ack), "synack", to, room);
	trait(t->ts_on, "ts", to, room);
	trait(t->ts_on && (t->ts_recent == 0 || (s && s->options.has_ts && s->options.ts_val == 0)), "zero", to, room);
	trait(t->ts_on && came(j, j->first, is_stripped), "stripped", to, room);
	trait(t->ts_on && s && !s->options.has_ts, "nots", to, room);
	trait(t->ts_on && s && s->options.has_ts && seq_lt(s->options.ts_val, t->ts_recent), "paws", to, room);
	trait(t->irs_known && t->snd_mss < SMALL_MSS, "mss", to, room);
	trait(t->max_snd_wnd && t->max_snd_wnd < TINY_WINDOW, "tiny", to, room);
	trait(j->urgent_sent, "urgent", to, room);
	trait(t->urgent_out, "urging", to, room);
	trait(s && has_kind(s, KIND_AO), "ao", to, room);
	trait(s && t->irs_known && s->seq - t->rcv_nxt == HALF, "half", to, room);
	trait(s && t->irs_known && segment_length(s) && s->seq + segment_length(s) == t->rcv_nxt, "ends", to, room);
	trait(came(j, j->first, has_odd_option), "odd", to, room);
	trait(t->retransmissions != 0, "resent", to, room);
	trait(t->path_told, "pmtu", to, room);
	trait(t->ts_on && went_back(j), "back", to, room);
	trait(came(j, j->first, acknowledges_unsent), "feigned", to, room);
	trait(says_again(j, "MSS:"), "sized", to, room);
	trait(says_again(j, "SACKOK"), "sacked", to, room);
	trait(t->iss_known && t->snd_una == t->iss && t->state != SYN_SENT && t->state != SYN_RECEIVED, "early", to, room);
	trait(was_awaited(j), "awaited", to, room);
	trait(t->congested && t->snd_una != t->snd_nxt, "lost", to, room);
	trait(has_pieces(j), "pieces", to, room);
	trait(t->snd_una != t->snd_nxt && was_counted(j, t), "counted", to, room);
	trait(t->congested && t->snd_una != t->snd_nxt && was_remeasured(j), "remeasured", to, room);
	trait(is_whole(j, t, s), "whole", to, room);
	trait(shrunk && was_disputed(j), "disputed", to, room);
	trait(is_flush(j, t, s), "flush", to, room);
	trait(t->snd_una != t->snd_nxt && was_stray(j, t), "stray", to, room);
	trait(s && is_behind_fin(j, &j->script->step[j->stimulus.step].segment), "stop", to, room);
	trait(s && is_rounded(t, s), "rounded", to, room);
	trait(shrunk && came(j, j->first, is_bar), "barred", to, room);
}
