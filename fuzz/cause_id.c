/* The names of what was done to a connection, and of what it did. Which line of causes means them is fuzz/causes.c's. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "fuzz/causes.h"
#include "lib/wire/seq.h"

enum { KIND_AO = 29,
       SMALL_MSS = 48,
       TINY_WINDOW = 26, /* half of it has no room for timestamps and an octet */
       SMALL_BUFFER = 8192,
       WRAPS = 2000000000, /* an offset of so much comes from the other side */
       ABOVE = 4096,       /* octets by which a window may be larger than 65535 */
       STATE_ROOM = 512 /* of a reaction's, for the state and what comes late */ };

static const uint32_t HALF = UINT32_C(1) << 31; /* of the space: neither before nor behind */

static const char *seq_word(const struct tcb *t, const struct segment *s)
{
	const uint32_t edge = t->rcv_nxt + t->rcv_wnd;
	if (!t->irs_known)
		return "any";
	if (s->seq == t->rcv_nxt)
		return "exact";
	if (seq_lt(s->seq, t->rcv_nxt))
		return s->seq + 1 == t->rcv_nxt ? "before" : "old";
	if (s->seq - t->rcv_nxt == HALF)
		return "far";
	return seq_lt(s->seq + 1, edge) ? "inside" : s->seq + 1 == edge                                    ? "last"
	                                         : s->seq == edge                                          ? "beyond"
	                                         : seq_lt(s->seq, edge + ABOVE) && t->rcv_wnd && !t->ws_on ? "above"
	                                                                                                   : "far";
}

static const char *ack_word(const struct tcb *t, const struct segment *s)
{
	if (!(s->ctl & CTL_ACK))
		return "-";
	if (!t->iss_known)
		return "any";
	if (seq_lt(s->ack, t->snd_una))
		return seq_lt(s->ack, t->snd_una - t->max_snd_wnd) ? "low" : "old";
	if (s->ack == t->snd_una)
		return "una";
	return seq_lt(s->ack, t->snd_nxt) ? "between" : s->ack == t->snd_nxt ? "nxt"
	                                                                     : "beyond";
}

/* SYN and FIN are counted. */
static const char *text_word(const struct tcb *t, const struct segment *s)
{
	const uint32_t end = s->seq + segment_length(s), edge = t->rcv_nxt + t->rcv_wnd;
	if (segment_length(s) == 0)
		return "0";
	if (t->irs_known && seq_lt(s->seq, t->rcv_nxt) && seq_lt(t->rcv_nxt, end))
		return seq_lt(edge, end) ? "across" : "left";
	if (t->irs_known && seq_lt(s->seq, edge) && seq_lt(edge, end))
		return "right";
	return s->text_length ? "text" : "1";
}

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
static void parts_put(char *to, size_t room, const char *const *parts, size_t n)
{
	const char *const end = to + room - 1;
	for (size_t i = 0; i < n; i++)
		for (const char *from = parts[i]; *from && to < end; from++)
			*to++ = *from;
	*to = '\0';
}

static void trait(bool is, const char *word, char *to, size_t room)
{
	if (!is)
		return;
	const size_t n = strlen(to);
	const char *const parts[] = {"+", word};
	parts_put(to + n, room - n, parts, sizeof parts / sizeof *parts);
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

static void traits_put(const struct judge *j, const struct tcb *t, const struct segment *s, char *to, size_t room)
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
	trait(t->snd_wnd < t->max_snd_wnd || came(j, j->end, has_window), "shrunk", to, room);
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
}

/* In the order of the matrix. */
static void bits_put(uint16_t ctl, char *to, size_t room)
{
	static const struct {
		uint16_t bit;
		const char *word;
	} words[] = {{CTL_SYN, "syn"}, {CTL_FIN, "fin"}, {CTL_RST, "rst"}, {CTL_PSH, "psh"}, {CTL_ACK, "ack"}, {CTL_URG, "urg"}, {CTL_ECE, "ece"}, {CTL_CWR, "cwr"}};
	to[0] = '\0';
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		const size_t n = strlen(to);
		if (ctl & words[i].bit)
			snprintf(to + n, room - n, "%s%s", n ? "-" : "", words[i].word);
	}
	if (!to[0])
		snprintf(to, room, "none");
}

static void stimulus_put(const struct judge *j, char *to, size_t room)
{
	const struct step *st = &j->script->step[j->stimulus.step];
	if (j->stimulus.kind == EVENT_CALLED) {
		snprintf(to, room, "call-%s", call_name(st->call));
		return;
	}
	if (st->kind == STEP_WAIT) {
		snprintf(to, room, "wait");
		return;
	}
	if (st->segment.said & SAY_ICMP) {
		snprintf(to, room, "icmp-%u-%u", st->segment.icmp_type, st->segment.icmp_code);
		return;
	}
	if (st->segment.said & SAY_RAW || !j->has_stimulus_segment) {
		snprintf(to, room, "raw");
		return;
	}
	bits_put(j->stimulus_segment.ctl, to, room);
}

static void lower(char *to, const char *from)
{
	for (; *from; from++)
		*to++ = (char)tolower((unsigned char)*from);
	*to = '\0';
}

void cause_id(const struct judge *j, char id[CAUSE_ID_MAX])
{
	const struct hypothesis *h = hypotheses_best(judge_before(j));
	const struct tcb *t = h ? &h->tcb : judge_tcb(j);
	const struct segment *s = j->has_stimulus_segment && j->stimulus.kind == EVENT_SENT ? &j->stimulus_segment : NULL;
	char state[24], stimulus[48], traits[320]; /* all of them at once, tests/fuzz/test_causes.c */
	lower(state, state_name(t->state));
	stimulus_put(j, stimulus, sizeof stimulus);
	traits_put(j, t, s, traits, sizeof traits);
	const char *const parts[] = {"fuzz/", state, "/", stimulus, "/", s ? seq_word(t, s) : "-", "/", s ? ack_word(t, s) : "-", "/", s ? text_word(t, s) : "-", "/", traits[0] ? traits : "-", j->endpoint.family == IPV4 ? "/v4" : "/v6"};
	parts_put(id, CAUSE_ID_MAX, parts, sizeof parts / sizeof *parts);
}

/* Beside a signal that is missing: "(told eof)" becomes "(told nothing)" where the user had been told so before, of this connection or of the one before it. */
static void told_before_drop(char *to, size_t room, unsigned before)
{
	char *list = strstr(to, "(told "), behind[STATE_ROOM], words[STATE_ROOM] = "";
	const char *end = list ? strchr(list, ')') : NULL;
	if (!end)
		return;
	snprintf(behind, sizeof behind, "%s", end);
	for (unsigned bit = 1; bit <= SIGNAL_TROUBLE; bit <<= 1) {
		const char *said = strstr(list, signal_name(bit));
		const size_t n = strlen(words);
		if (said && said < end && !(before & bit))
			snprintf(words + n, sizeof words - n, "%s%s", n ? ", " : "", signal_name(bit));
	}
	list += strlen("(told ");
	snprintf(list, room - (size_t)(list - to), "%s%s", words[0] ? words : "nothing", behind);
}

void cause_reaction(const struct judge *j, char *to, size_t room)
{
	const struct hypothesis *h = hypotheses_best(judge_before(j));
	const char *actual = text_string(&j->actual), *arrow = strstr(actual, "=> "), *state = arrow ? arrow + 3 : actual;
	const char *before = h ? state_name(h->tcb.state) : "";
	const size_t n = strcspn(state, " ");
	const char *word = NULL, *fault = strcmp(j->cause_class, "malformed segment") == 0 ? j->clause : NULL; /* one class has many faults */
	if (arrow && n == strlen(before) && memcmp(state, before, n) == 0)
		word = "kept";
	else if (arrow && n == strlen("CLOSED") && (memcmp(state, "CLOSED", n) == 0 || memcmp(state, "LISTEN", n) == 0))
		word = "gone";
	snprintf(to, room, "%s%s%s: ", j->cause_class, fault ? ": " : "", fault ? fault : "");
	const size_t head = arrow ? (size_t)(state - actual) : strlen(actual), most = room > 2 * STATE_ROOM ? room - STATE_ROOM - strlen(to) : head;
	const char *behind = !arrow ? "" : word ? state + n
	                                        : state;
	/* Of thousands of segments those in the middle are left out, not what the user was told, nor the state. */
	const char *told = strstr(actual, "(told ");
	const size_t tail = arrow && told && told < state ? (size_t)(state - told) : arrow ? strlen("=> ")
	                                                                                   : 0;
	const bool cut = head > most;
	snprintf(to + strlen(to), room - strlen(to), "%.*s%s%.*s%s%s", (int)(cut ? most : head), actual, cut ? " " : "", cut ? (int)tail : 0, actual + head - tail, word ? word : "", behind);
	if (h && strcmp(j->cause_class, "no signal") == 0)
		told_before_drop(to, room, h->tcb.signals | h->tcb.may_signal);
}
