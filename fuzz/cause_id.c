/* The names of what was done to a connection, and of what it did. What else is true is fuzz/cause_traits.c's, which line of causes means them fuzz/causes.c's. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "fuzz/cause_traits.h"
#include "lib/wire/seq.h"

enum { STATE_ROOM = 512 }; /* of a reaction's, for the state and what comes late */

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
	if (s->ack - t->snd_una == HALF)
		return "low";
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
	char state[24], stimulus[48], traits[384]; /* all of them at once, tests/fuzz/test_causes.c */
	lower(state, state_name(t->state));
	stimulus_put(j, stimulus, sizeof stimulus);
	traits_put(j, t, s, traits, sizeof traits);
	const char *const parts[] = {"fuzz/", state, "/", stimulus, "/", s ? seq_word(t, s) : "-", "/", s ? ack_word(t, s) : "-", "/", s ? text_word(t, s) : "-", "/", traits[0] ? traits : "-", j->endpoint.family == IPV4 ? "/v4" : "/v6"};
	words_put(id, CAUSE_ID_MAX, parts, sizeof parts / sizeof *parts);
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
	const size_t head = arrow ? (size_t)(state - actual) : strlen(actual), most = room > 3 * STATE_ROOM ? room - 2 * STATE_ROOM - strlen(to) : head;
	const char *behind = !arrow ? "" : word ? state + n
	                                        : state;
	/* Of thousands of segments those in the middle are left out, not the one that is marked, what the user was told, nor the state. */
	const bool cut = head > most;
	const char *told = strstr(actual, "(told "), *mark = cut ? strstr(actual + most, "! <") : NULL;
	const size_t tail = arrow && told && told < state ? (size_t)(state - told) : arrow ? strlen("=> ")
	                                                                                   : 0;
	const size_t marked = mark && mark < actual + head - tail ? strcspn(mark + 2, " ") + 3 : 0;
	snprintf(to + strlen(to), room - strlen(to), "%.*s%s%.*s%.*s%s%s", (int)(cut ? most : head), actual, cut ? " " : "", (int)marked, mark ? mark : "", cut ? (int)tail : 0, actual + head - tail, word ? word : "", behind);
	if (h && strcmp(j->cause_class, "no signal") == 0)
		told_before_drop(to, room, h->tcb.signals | h->tcb.may_signal);
}
