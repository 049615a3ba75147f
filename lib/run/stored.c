/* Events as words and back. Written without printf where every packet of a run passes; read with every word checked. */
#include "lib/run/stored.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- writing ---- */

static void put(struct text *out, const char *word)
{
	text_add_octets(out, word, strlen(word));
}

void endpoint_print(const struct endpoint *at, struct text *out)
{
	address_print(&at->target, out);
	put(out, ".");
	text_put_number(out, at->target_port);
	put(out, " <- ");
	address_print(&at->tester, out);
	put(out, ".");
	text_put_number(out, at->tester_port);
}

void stored_begin_print(const char *id, unsigned attempt, uint64_t seed, const struct endpoint *at, struct text *out)
{
	put(out, id);
	put(out, " attempt ");
	text_put_number(out, attempt);
	put(out, " seed ");
	text_put_number(out, seed);
	put(out, " tuple ");
	endpoint_print(at, out);
}

static const char *const result_words[] = {[CALL_OK] = "ok", [CALL_PENDING] = "pending", [CALL_FAILED] = "failed", [CALL_UNSEEN] = "unseen"};

/* "reset,eof"; "nothing" for none. */
static void put_signals(struct text *out, unsigned signals)
{
	const size_t from = out->length;
	for (unsigned bit = 1; bit && bit <= signals; bit <<= 1)
		if (signals & bit) {
			put(out, out->length > from ? "," : "");
			put(out, signal_name(bit));
		}
	if (!signals)
		put(out, "nothing");
}

/* "call receive: pending, 0 octets, told nothing, took 12 us, EAGAIN" */
static void put_called(struct text *out, const struct event *e)
{
	const struct call_answer *a = &e->answer;
	put(out, "call ");
	put(out, call_name(e->call));
	put(out, ": ");
	put(out, result_words[a->result]);
	put(out, ", ");
	text_put_number(out, a->octets);
	put(out, a->content_ok ? " octets, told " : " octets that are not the stream's, told ");
	put_signals(out, a->signals);
	put(out, ", took ");
	text_put_number(out, e->at - e->began);
	put(out, " us, ");
	put(out, a->text);
}

static void put_state(struct text *out, const struct state_answer *a)
{
	put(out, a->has_tcb ? "state " : a->has_listener ? "no TCB, a listener"
	                                                 : "no TCB");
	if (a->has_tcb)
		put(out, state_name(a->state));
}

bool event_has_packet(const struct event *e)
{
	return e->kind == EVENT_SENT || e->kind == EVENT_RECEIVED || e->kind == EVENT_PROBED || e->kind == EVENT_INFER;
}

void stored_event_print(const char *id, const struct event *e, struct text *out)
{
	put(out, id);
	put(out, " step ");
	text_put_number(out, e->step);
	put(out, event_has_packet(e) ? "" : ": ");
	switch (e->kind) {
	case EVENT_SENT:
	case EVENT_RECEIVED:
		break;
	case EVENT_PROBED:
		put(out, " probe");
		break;
	case EVENT_INFER:
		put(out, " probe of the state");
		break;
	case EVENT_CLASS:
		put(out, "probed ");
		text_put_number(out, e->class);
		break;
	case EVENT_MET:
		put(out, "met");
		break;
	case EVENT_CALLED:
		put_called(out, e);
		break;
	case EVENT_WAIT:
		put(out, "wait");
		break;
	case EVENT_FENCE:
		put(out, e->has_ts ? "fence on the connection, TSval " : e->by_call ? "fence by the call's return"
		                                                     : e->by_time   ? "fence by time"
		                                                                    : "fence");
		if (e->has_ts)
			text_put_number(out, e->ts_val);
		break;
	case EVENT_DEADLINE:
		put(out, "deadline");
		break;
	case EVENT_STATE:
		put_state(out, &e->state);
		break;
	case EVENT_SIGNALS:
		put(out, "told ");
		put_signals(out, e->signals);
		break;
	case EVENT_LOST:
		put(out, "fence lost");
		break;
	case EVENT_END:
		put(out, "quarantine over");
		break;
	}
}

void stored_over_print(const char *id, struct text *out)
{
	put(out, id);
	put(out, " over");
}

void stored_unjudged_print(const char *id, const struct result *r, struct text *out)
{
	text_add(out, "%s not judged %s (%s) %s", id, verdict_name(r->verdict), r->cause_class, r->cause);
}

/* ---- reading ---- */

/* A line that is read word by word. */
struct line {
	const char *at, *end;
};

/* Is `word` what comes next? Then it is behind us. */
static bool take(struct line *l, const char *word)
{
	const size_t n = strlen(word);
	if ((size_t)(l->end - l->at) < n || memcmp(l->at, word, n) != 0)
		return false;
	l->at += n;
	return true;
}

static bool take_number(struct line *l, uint64_t max, uint64_t *n)
{
	const char *from = l->at;
	*n = 0;
	for (; l->at < l->end && *l->at >= '0' && *l->at <= '9'; l->at++) {
		const unsigned digit = (unsigned)(*l->at - '0');
		if (*n > (max - digit) / 10)
			return false;
		*n = *n * 10 + digit;
	}
	return l->at > from;
}

/* Up to one of `stops` or the end, into to. */
static bool take_word(struct line *l, const char *stops, char *to, size_t room)
{
	size_t n = 0;
	for (; l->at + n < l->end && !strchr(stops, l->at[n]); n++)
		if (!l->at[n])
			return false;
	if (n >= room)
		return false;
	memcpy(to, l->at, n);
	to[n] = '\0';
	l->at += n;
	return true;
}

static bool over(const struct line *l)
{
	return l->at == l->end;
}

static bool take_signals(struct line *l, unsigned *signals)
{
	char word[16];
	*signals = 0;
	if (take(l, "nothing"))
		return true;
	do {
		unsigned one;
		if (!take_word(l, ", ", word, sizeof word) || !signal_read(word, strlen(word), &one))
			return false;
		*signals |= one;
	} while (l->at + 1 < l->end && l->at[0] == ',' && l->at[1] != ' ' && take(l, ","));
	return true;
}

static bool take_called(struct line *l, struct event *e)
{
	struct call_answer *a = &e->answer;
	char word[16];
	uint64_t n;
	if (!take_word(l, ":", word, sizeof word) || !take(l, ": "))
		return false;
	a->result = take(l, "ok") ? CALL_OK : take(l, "pending") ? CALL_PENDING
	                                  : take(l, "unseen")    ? CALL_UNSEEN
	                                                         : CALL_FAILED;
	if (a->result == CALL_FAILED && !take(l, "failed"))
		return false;
	if (!take(l, ", ") || !take_number(l, UINT32_MAX, &n) || !take(l, " octets"))
		return false;
	a->octets = (uint32_t)n;
	a->content_ok = !take(l, " that are not the stream's");
	if (!take(l, ", told ") || !take_signals(l, &a->signals) || !take(l, ", took ") || !take_number(l, UINT64_MAX, &e->began) || !take(l, " us, "))
		return false;
	return take_word(l, "", a->text, sizeof a->text);
}

static bool take_state(struct line *l, struct state_answer *a)
{
	a->has_tcb = true;
	const size_t n = (size_t)(l->end - l->at);
	if (!state_read(l->at, n, &a->state))
		return false;
	l->at = l->end;
	return true;
}

static bool take_event(struct line *l, struct event *e)
{
	uint64_t n;
	if (take(l, "call ")) {
		e->kind = EVENT_CALLED;
		return take_called(l, e);
	}
	if (take(l, "state ")) {
		e->kind = EVENT_STATE;
		return take_state(l, &e->state);
	}
	if (take(l, "probed ")) {
		e->kind = EVENT_CLASS;
		if (!take_number(l, UINT16_MAX, &n))
			return false;
		e->class = (uint16_t)n;
		return true;
	}
	if (take(l, "no TCB")) {
		e->kind = EVENT_STATE;
		e->state.has_listener = take(l, ", a listener");
		return true;
	}
	if (take(l, "told ")) {
		e->kind = EVENT_SIGNALS;
		return take_signals(l, &e->signals);
	}
	if (take(l, "fence on the connection, TSval ")) {
		e->kind = EVENT_FENCE;
		e->has_ts = take_number(l, UINT32_MAX, &n);
		e->ts_val = (uint32_t)n;
		return e->has_ts;
	}
	if (take(l, "fence by the call's return")) {
		e->kind = EVENT_FENCE;
		e->by_call = true;
		return true;
	}
	if (take(l, "fence by time")) {
		e->kind = EVENT_FENCE;
		e->by_time = true;
		return true;
	}
	e->kind = take(l, "fence lost") ? EVENT_LOST : take(l, "fence")         ? EVENT_FENCE
	                                           : take(l, "wait")            ? EVENT_WAIT
	                                           : take(l, "met")             ? EVENT_MET
	                                           : take(l, "deadline")        ? EVENT_DEADLINE
	                                           : take(l, "quarantine over") ? EVENT_END
	                                                                        : EVENT_SENT;
	return e->kind != EVENT_SENT;
}

static bool endpoint_half(struct line *l, const char *stop, struct address *a, uint16_t *port)
{
	char word[64];
	uint64_t n;
	char *dot;
	if (!take_word(l, stop, word, sizeof word) || !(dot = strrchr(word, '.')))
		return false;
	struct line digits = {dot + 1, dot + strlen(dot)};
	*dot = '\0';
	if (!take_number(&digits, UINT16_MAX, &n) || !over(&digits))
		return false;
	*port = (uint16_t)n;
	return address_read(word, a, NULL);
}

static bool take_endpoint(struct line *l, struct endpoint *at)
{
	if (!endpoint_half(l, " ", &at->target, &at->target_port) || !take(l, " <- ") || !endpoint_half(l, "", &at->tester, &at->tester_port))
		return false;
	at->family = at->target.family;
	return at->family == at->tester.family;
}

bool endpoint_read(const char *text, struct endpoint *at)
{
	struct line l = {text, text + strlen(text)};
	return take_endpoint(&l, at) && over(&l);
}

static bool take_begin(struct line *l, struct stored *s)
{
	uint64_t n;
	s->kind = STORED_BEGIN;
	if (!take_number(l, UINT32_MAX, &n) || !take(l, " seed ") || !take_number(l, UINT64_MAX, &s->seed) || !take(l, " tuple "))
		return false;
	s->attempt = (unsigned)n;
	return take_endpoint(l, &s->at);
}

static bool take_step(struct line *l, struct stored *s)
{
	uint64_t n;
	if (!take_number(l, SIZE_MAX, &n))
		return false;
	s->event.step = (size_t)n;
	s->event.kind = take(l, " probe of the state") ? EVENT_INFER : take(l, " probe") ? EVENT_PROBED
	                                                                                 : EVENT_SENT;
	s->kind = over(l) ? STORED_PACKET : STORED_EVENT;
	return over(l) || (take(l, ": ") && take_event(l, &s->event));
}

static bool take_unjudged(struct line *l, struct stored *s)
{
	char word[16];
	s->kind = STORED_UNJUDGED;
	return take_word(l, " ", word, sizeof word) && verdict_read(word, &s->verdict) && take(l, " (") && take_word(l, ")", s->class, sizeof s->class) && take(l, ") ") &&
	       take_word(l, "", s->cause, sizeof s->cause);
}

static bool take_record(struct line *l, struct stored *s)
{
	if (!take_word(l, " ", s->id, sizeof s->id) || !s->id[0])
		return false;
	if (take(l, " step "))
		return take_step(l, s);
	if (take(l, " attempt "))
		return take_begin(l, s);
	if (take(l, " not judged "))
		return take_unjudged(l, s);
	s->kind = STORED_OVER;
	return take(l, " over");
}

bool stored_read(const char *line, size_t n, struct stored *s, struct error *e)
{
	struct line l = {line, line + n};
	*s = (struct stored){0};
	if (take_record(&l, s) && over(&l))
		return true;
	return error_set(e, "\"%.*s\": no record of a stored run", (int)(n < 200 ? n : 200), line);
}
