/* What holds of every TCP, seen from outside: a second opinion beside the judge's, which shares nothing with lib/model. It errs on the side of silence: what may be lawful under some reading is the judge's to say. */
#include "fuzz/watch.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fuzz/feedback.h"
#include "lib/wire/packet.h"
#include "lib/wire/seq.h"

enum { SPANS_MAX = 64,
       SYNS_MAX = 8,
       POLLS_MAX = 1000000,
       TEXT_ROOM = 65536, /* of one RECEIVE */
       MARGIN = 64,       /* octets behind what the stack may write */
       MARGIN_OCTET = 0xa5 };

/* Octets of the tester's, SYN and FIN counted. */
struct span {
	uint32_t from, to;
	bool syn;
};

/* A stack that is played on. */
struct watched {
	struct tcpspec_stack_operations inner, outer;
	void (*output)(void *to, const uint8_t *packet, size_t octets);
	void *to;
	struct tcpspec_stack *stack;
	size_t arena; /* octets that it asked for */
};

static struct {
	struct watched slot[WATCHED_MAX], *on;
	struct broken broken, disorder;
	uint64_t transcript;
	unsigned polls;
	uint64_t packets; /* that were put out */
	uint64_t next;    /* when it last said that it wants to be asked */
	/* The connection under test: the ends of the first segment or OPEN. */
	bool has_ends;
	struct tcpspec_ends ends;
	/* Of the target, since its last SYN. */
	bool begun, fin_sent, acked;
	bool reopened; /* by a SYN in TIME-WAIT, to which it may go back: whose numbers they are nobody knows then */
	uint32_t iss, snd_max, fin_seq;
	uint32_t taken;         /* octets that SEND has taken, of which some may not be sent yet */
	uint32_t una;           /* the most that the tester has acknowledged of it, whether that counted or not */
	uint32_t first_ack;     /* as it acknowledged first: IRS+1, or what came with the SYN as well */
	uint32_t rcv_nxt, edge; /* as it acknowledged and advertised last, the furthest; edge: without scaling a lower bound */
	uint8_t shift;          /* the largest that its window may be scaled by */
	/* Of the tester, since then. */
	struct span span[SPANS_MAX];
	unsigned spans;
	bool spans_full;
	uint32_t syn[SYNS_MAX]; /* numbers behind its SYNs: of which the connection came nobody knows */
	unsigned syns;
	uint32_t delivered; /* octets to the user */
	bool opened;        /* its window, as it said last */
	/* In the call under way. */
	unsigned outputs;
	unsigned classes; /* bit 1 << enum reaction_class */
	bool answers_reset;
	enum state known; /* as it was when last looked at */
} w;

static enum state state_now(void)
{
	static const enum state state_of[] = {CLOSED, LISTEN, SYN_SENT, SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT};
	const unsigned s = w.has_ends && w.on->inner.state ? w.on->inner.state(w.on->stack, &w.ends) : 0;
	return s < STATES ? state_of[s] : CLOSED;
}

static void breaks(enum rule r, enum state s, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void breaks(enum rule r, enum state s, const char *format, ...)
{
	struct broken *b = r == RULE_stack_disorder ? &w.disorder : &w.broken;
	va_list ap;
	if (b->rule != RULE_NONE)
		return;
	b->rule = r;
	b->state = s;
	va_start(ap, format);
	vsnprintf(b->words, sizeof b->words, format, ap);
	va_end(ap);
}

static void transcript_add(const void *octets, size_t n)
{
	const uint8_t *at = octets;
	uint64_t h = w.transcript ^ n, word;
	for (; n >= sizeof word; at += sizeof word, n -= sizeof word) {
		memcpy(&word, at, sizeof word);
		h = (h ^ word) * UINT64_C(1099511628211);
		h ^= h >> 32; /* the product's low bits know nothing of the word's high ones */
	}
	for (size_t i = 0; i < n; i++)
		h = (h ^ at[i]) * UINT64_C(1099511628211);
	w.transcript = h;
}

/* ---- whose segment it is ---- */

static struct tcpspec_address address_told(const struct address *a)
{
	struct tcpspec_address t = {.family = (uint8_t)a->family};
	memcpy(t.octets, a->octets, a->family == IPV4 ? 4 : 16);
	return t;
}

static struct tcpspec_ends ends_of(const struct segment *s, bool inbound)
{
	return inbound ? (struct tcpspec_ends){.local = address_told(&s->dst), .remote = address_told(&s->src), .local_port = s->dst_port, .remote_port = s->src_port}
	               : (struct tcpspec_ends){.local = address_told(&s->src), .remote = address_told(&s->dst), .local_port = s->src_port, .remote_port = s->dst_port};
}

static bool ends_equal(const struct tcpspec_ends *a, const struct tcpspec_ends *b)
{
	return a->local_port == b->local_port && a->remote_port == b->remote_port && a->local.family == b->local.family && memcmp(a->local.octets, b->local.octets, 16) == 0 && memcmp(a->remote.octets, b->remote.octets, 16) == 0;
}

static bool is_ours(const struct segment *s, bool inbound)
{
	const struct tcpspec_ends e = ends_of(s, inbound);
	if (!w.has_ends) {
		w.ends = e;
		w.has_ends = true;
	}
	return ends_equal(&e, &w.ends);
}

/* ---- the tester's octets ---- */

/* All of [from, to) was sent, in whatever order. */
static bool was_sent(uint32_t from, uint32_t to)
{
	if (w.spans_full)
		return true;
	for (bool any = true; from != to && any;) {
		any = false;
		for (unsigned i = 0; i < w.spans && from != to; i++)
			if (seq_le(w.span[i].from, from) && seq_lt(from, w.span[i].to)) {
				from = seq_lt(w.span[i].to, to) ? w.span[i].to : to;
				any = true;
			}
	}
	return from == to;
}

/* n octets behind one of its SYNs. */
static bool was_sent_behind_syn(uint32_t n)
{
	bool sent = w.syns == SYNS_MAX;
	for (unsigned i = 0; i < w.syns; i++)
		sent |= was_sent(w.syn[i], w.syn[i] + n);
	return sent;
}

/* What has that number was sent without a SYN, too. */
static bool was_text(uint32_t seq)
{
	for (unsigned i = 0; i < w.spans; i++)
		if (!w.span[i].syn && seq_le(w.span[i].from, seq) && seq_lt(seq, w.span[i].to))
			return true;
	return false;
}

/* Of a SYN with the ISS of before: it is the same one, sent again, if it acknowledges the SYN that it did, or text behind it as well. */
static bool acknowledges_another(const struct segment *s)
{
	if (!w.acked || !(s->ctl & CTL_ACK) || s->ack == w.first_ack || s->ack == w.rcv_nxt)
		return false;
	for (unsigned i = 0; i < w.syns; i++)
		if (w.syn[i] == s->ack && !was_text(s->ack - 1))
			return true;
	return seq_lt(s->ack, w.rcv_nxt) || !was_sent(w.rcv_nxt, s->ack);
}

static void span_note(const struct segment *s)
{
	const uint32_t n = segment_length(s);
	if (s->ctl & CTL_SYN && w.syns < SYNS_MAX)
		w.syn[w.syns++] = s->seq + 1;
	if (n == 0)
		return;
	if (w.spans == SPANS_MAX)
		w.spans_full = true;
	else
		w.span[w.spans++] = (struct span){s->seq, s->seq + n, (s->ctl & CTL_SYN) != 0};
}

/* ---- what it sends ---- */

static enum reaction_class class_of(const struct segment *s)
{
	return s->ctl & CTL_RST ? REACTION_RST : s->ctl & CTL_SYN ? REACTION_SYN
	                                     : s->ctl & CTL_FIN   ? REACTION_FIN
	                                     : s->text_length     ? REACTION_TEXT
	                                                          : REACTION_ACK;
}

/* A SYN with another ISS begins another connection. What the tester sent before may belong to that one too. */
static void begin_at(const struct segment *s)
{
	w.taken = w.begun ? 0 : w.taken; /* those of an OPEN that has not sent its SYN go on */
	w.reopened |= w.known == TIME_WAIT;
	w.begun = true;
	w.acked = w.fin_sent = false;
	w.iss = s->seq;
	w.snd_max = w.una = s->seq;
	w.delivered = 0;
	w.shift = s->options.has_ws ? (s->options.ws < 14 ? s->options.ws : 14) : 0;
}

static void look_at_acknowledgment(const struct segment *s)
{
	const uint32_t edge = s->ack + ((uint32_t)s->wnd << w.shift);
	if (w.acked && seq_lt(s->ack, w.rcv_nxt))
		breaks(RULE_acknowledgment_goes_back, state_now(), "SEG.ACK is %u less than it was", w.rcv_nxt - s->ack);
	if (w.acked && seq_lt(w.rcv_nxt, s->ack) && !was_sent(w.rcv_nxt, s->ack))
		breaks(RULE_acknowledges_unsent, state_now(), "SEG.ACK went %u ahead, over octets that were not sent", s->ack - w.rcv_nxt);
	if (!w.acked)
		w.first_ack = s->ack;
	if (!w.acked || seq_lt(w.edge, edge))
		w.edge = edge;
	if (!w.acked || seq_lt(w.rcv_nxt, s->ack))
		w.rcv_nxt = s->ack;
	w.acked = true;
}

static void look_at_sequence(const struct segment *s)
{
	const uint32_t end = s->seq + segment_length(s);
	if (seq_lt(w.snd_max, s->seq))
		breaks(RULE_skips_octets, state_now(), "SEG.SEQ is %u beyond what was sent", s->seq - w.snd_max);
	if (w.fin_sent && seq_lt(w.fin_seq + 1, end))
		breaks(RULE_sends_behind_fin, state_now(), "%u octets behind the FIN", end - w.fin_seq - 1);
	if (s->ctl & CTL_FIN && !w.fin_sent) {
		w.fin_sent = true;
		w.fin_seq = end - 1;
	}
	if (seq_lt(w.snd_max, end))
		w.snd_max = end;
}

static void look_at(const uint8_t *packet, size_t n)
{
	struct segment s;
	if (!segment_parse(packet, n, &s, NULL))
		return;
	w.outputs++;
	w.classes |= 1U << class_of(&s);
	if (!is_ours(&s, false))
		return;
	if (s.ctl & CTL_RST) {
		if (w.answers_reset)
			breaks(RULE_reset_answers_reset, state_now(), "SEG.SEQ=%u", s.seq);
		return;
	}
	if (s.ctl & CTL_SYN && (!w.begun || s.seq != w.iss || acknowledges_another(&s)))
		begin_at(&s);
	w.reopened |= s.bad & BAD_FRAGMENT; /* how far its text reaches a fragment does not say */
	if (!w.begun || w.reopened)
		return;
	look_at_sequence(&s);
	if (s.ctl & CTL_ACK)
		look_at_acknowledgment(&s);
}

/* What judges is compiled without sanitizers, so that nobody else looks whether the stack still has the octets that it puts out. FUZZ_ASAN: AddressSanitizer is linked in, but where the stack is the kernel. */
#ifdef FUZZ_ASAN
void *__asan_region_is_poisoned(void *from, size_t octets) __attribute__((weak));
void __asan_report_load_n(void *from, size_t octets) __attribute__((weak));

static void look_at_memory(const uint8_t *octets, size_t n)
{
	void *bad = __asan_region_is_poisoned && n ? __asan_region_is_poisoned((uint8_t *)(uintptr_t)octets, n) : NULL;
	if (bad)
		__asan_report_load_n(bad, 1);
}
#else
static void look_at_memory(const uint8_t *octets, size_t n)
{
	(void)octets;
	(void)n;
}
#endif

static void watch_output(void *to, const uint8_t *packet, size_t octets)
{
	(void)to;
	look_at_memory(packet, octets);
	w.packets++;
	transcript_add(packet, octets);
	look_at(packet, octets);
	w.on->output(w.on->to, packet, octets);
}

/* ---- what comes in ---- */

static void acknowledged_note(const struct segment *s)
{
	if (s->ctl & CTL_ACK)
		w.opened = s->wnd > 0;
	if (w.begun && s->ctl & CTL_ACK && seq_lt(w.una, s->ack) && seq_le(s->ack, w.snd_max))
		w.una = s->ack;
}

static enum place place_of(const struct segment *s)
{
	if (!w.acked || s->seq == w.rcv_nxt)
		return PLACE_EXACT;
	return seq_lt(s->seq, w.rcv_nxt) ? PLACE_BEFORE : seq_lt(s->seq, w.edge) ? PLACE_INSIDE
	                                                                         : PLACE_BEYOND;
}

static enum reaction_class reaction_of(void)
{
	if (w.outputs > 1)
		return REACTION_SEVERAL;
	for (unsigned c = 0; c < REACTION_CLASSES; c++)
		if (w.classes & 1U << c)
			return (enum reaction_class)c;
	return REACTION_SILENT;
}

/* Is it certain that an RST lies outside of the window? What was acknowledged is a lower bound of RCV.NXT, and the furthest edge that was shown one of the window's end: nothing is taken back. */
static bool is_outside(const struct segment *s)
{
	return w.acked && (seq_lt(s->seq, w.rcv_nxt) || seq_lt(w.edge + 1, s->seq));
}

static void look_at_answer(const struct segment *s, enum state before)
{
	const bool unsynchronized = before == CLOSED || before == LISTEN || before == SYN_SENT;
	if (s->bad & (BAD_TCP_CHECKSUM | BAD_OFFSET | BAD_LENGTH | BAD_IP_CHECKSUM) && w.outputs)
		breaks(RULE_discarded_answered, before, "%u segments", w.outputs);
	else if (s->ctl & CTL_RST && w.outputs && (unsynchronized || is_outside(s)))
		breaks(RULE_reset_answered, before, "%u segments", w.outputs);
}

/* What came of the user's calls since it was looked at last. */
static void call_note(enum state before)
{
	if (before != w.known)
		feedback_transition(w.known, before);
}

static void call_begins(void)
{
	w.outputs = w.classes = 0;
	w.answers_reset = false;
}

/* There is no TCB: what comes next is another connection's, and at the same moment it may have the same ISS. */
static void connection_begins(void)
{
	w.begun = w.acked = w.fin_sent = w.reopened = false;
	w.delivered = w.taken = 0;
}

static void watch_input(struct tcpspec_stack *s, const uint8_t *packet, size_t octets, uint64_t now_us)
{
	struct segment in;
	const bool read = segment_parse(packet, octets, &in, NULL), ours = read && is_ours(&in, true);
	const enum state before = ours ? state_now() : CLOSED;
	const enum place place = ours ? place_of(&in) : PLACE_EXACT;
	call_begins();
	if (ours && (before == CLOSED || before == LISTEN))
		connection_begins();
	if (ours)
		call_note(before);
	if (ours && !(in.bad & (BAD_TCP_CHECKSUM | BAD_OFFSET | BAD_LENGTH | BAD_FRAGMENT))) {
		span_note(&in);
		acknowledged_note(&in);
	}
	w.answers_reset = ours && in.ctl & CTL_RST;
	w.on->inner.input(s, packet, octets, now_us);
	if (!ours)
		return;
	look_at_answer(&in, before);
	feedback_segment(before, &in, place, reaction_of());
	w.known = state_now();
	feedback_transition(before, w.known);
	w.answers_reset = false;
}

static uint64_t watch_poll(struct tcpspec_stack *s, uint64_t now_us)
{
	const enum state before = state_now();
	call_note(before);
	call_begins();
	w.next = w.on->inner.poll(s, now_us);
	if (w.next <= now_us)
		breaks(RULE_timer_in_the_past, before, "%llu us ago", (unsigned long long)(now_us - w.next));
	if (++w.polls > POLLS_MAX)
		breaks(RULE_timer_without_end, before, "%u times", w.polls);
	w.known = state_now();
	feedback_transition(before, w.known);
	return w.next;
}

/* Into octets of its own, for what lies behind the tester's may be anything of his. */
static int64_t receive_with_margin(struct tcpspec_stack *s, int64_t h, uint8_t *to, size_t room, uint64_t now_us)
{
	static uint8_t text[TEXT_ROOM + MARGIN], margin[MARGIN];
	if (room > TEXT_ROOM)
		return w.on->inner.receive(s, h, to, room, now_us);
	memset(margin, MARGIN_OCTET, sizeof margin);
	memset(text + room, MARGIN_OCTET, MARGIN);
	const int64_t n = w.on->inner.receive(s, h, text, room, now_us);
	if (memcmp(text + room, margin, MARGIN) != 0)
		breaks(RULE_breaks_interface, state_now(), "receive() wrote behind the %zu octets that there was room for", room);
	if (n > 0 && (uint64_t)n <= room)
		memcpy(to, text, (size_t)n);
	return n;
}

static int64_t watch_receive(struct tcpspec_stack *s, int64_t h, uint8_t *to, size_t room, uint64_t now_us)
{
	call_begins();
	const int64_t n = receive_with_margin(s, h, to, room, now_us);
	if (n > 0 && (uint64_t)n > room) {
		breaks(RULE_breaks_interface, state_now(), "receive() gave %lld octets, and there was room for %zu", (long long)n, room);
	} else if (n > 0) {
		transcript_add(to, (size_t)n);
		w.delivered += (uint32_t)n;
		if (w.acked && !was_sent_behind_syn(w.delivered))
			breaks(RULE_delivers_too_much, state_now(), "%u octets", w.delivered);
	}
	return n;
}

static int64_t watch_send(struct tcpspec_stack *s, int64_t h, const uint8_t *octets, size_t n, unsigned flags, uint64_t now_us)
{
	call_begins();
	const int64_t taken = w.on->inner.send(s, h, octets, n, flags, now_us);
	w.taken += taken > 0 ? (uint32_t)taken : 0;
	return taken;
}

static unsigned watch_told(struct tcpspec_stack *s, int64_t h)
{
	const unsigned told = w.on->inner.told(s, h);
	transcript_add(&told, sizeof told);
	return told;
}

static int64_t watch_connect(struct tcpspec_stack *s, const struct tcpspec_ends *ends, uint32_t receive_buffer, uint64_t now_us)
{
	const enum state before = state_now();
	call_begins();
	if (before == CLOSED || before == LISTEN)
		connection_begins();
	return w.on->inner.connect(s, ends, receive_buffer, now_us);
}

static struct tcpspec_stack *watch_create(void *arena, size_t octets, const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	struct tcpspec_setup mine = *setup;
	w.on->output = setup->output;
	w.on->to = setup->to;
	mine.output = watch_output;
	mine.to = NULL;
	w.on->arena = octets;
	w.on->stack = w.on->inner.create(arena, octets, &mine, why, why_octets);
	return w.on->stack;
}

const struct tcpspec_stack_operations *watch_operations(const struct tcpspec_stack_operations *inner, unsigned slot)
{
	w.on = &w.slot[slot];
	memset(&w.on->inner, 0, sizeof w.on->inner);
	memcpy(&w.on->inner, inner, inner->size < sizeof w.on->inner ? inner->size : sizeof w.on->inner);
	w.on->outer = w.on->inner;
	w.on->outer.size = sizeof w.on->outer;
	w.on->outer.create = watch_create;
	w.on->outer.input = watch_input;
	w.on->outer.poll = watch_poll;
	if (w.on->inner.receive)
		w.on->outer.receive = watch_receive;
	if (w.on->inner.send)
		w.on->outer.send = watch_send;
	if (w.on->inner.connect)
		w.on->outer.connect = watch_connect;
	if (w.on->inner.told)
		w.on->outer.told = watch_told;
	return &w.on->outer;
}

void watch_disorder(const char *words)
{
	breaks(RULE_stack_disorder, w.known, "%s", words);
}

void watch_begin(unsigned slot)
{
	w.on = &w.slot[slot];
	w.broken = w.disorder = (struct broken){.rule = RULE_NONE};
	w.transcript = UINT64_C(14695981039346656037);
	w.polls = w.spans = w.syns = 0;
	w.packets = 0;
	w.has_ends = w.spans_full = false;
	connection_begins();
	w.next = 0;
	w.known = CLOSED;
}

/* ---- when the input is over ---- */

/* A timer runs in these whatever the user does: something of the target's is not acknowledged, or 2 MSL run. */
static bool must_end(enum state s)
{
	const bool text = (s == ESTABLISHED || s == CLOSE_WAIT) && w.begun && !w.reopened && seq_lt(w.una, w.snd_max);
	return text || s == SYN_SENT || s == SYN_RECEIVED || s == FIN_WAIT_1 || s == CLOSING || s == LAST_ACK || s == TIME_WAIT;
}

/* Text that was never sent waits for a window to open, and to be probed (RFC 9293 3.8.6.1), or for room in cwnd beside what is in flight: no segment need ever come by itself. */
static bool must_go_on(enum state s)
{
	const bool unsent = w.begun && !w.reopened && seq_lt(w.snd_max, w.iss + 1 + w.taken);
	return must_end(s) || (unsent && (s == ESTABLISHED || s == CLOSE_WAIT));
}

const struct broken *watch_end(uint64_t now_us)
{
	const enum state s = state_now();
	if (w.broken.rule != RULE_NONE || w.disorder.rule != RULE_NONE)
		return &w.broken;
	if (must_go_on(s) && w.on->inner.poll(w.on->stack, now_us) == UINT64_MAX)
		breaks(RULE_timer_missing, s, "poll() waits for nothing in %s", state_name(s));
	if (w.on->inner.snapshot_octets && w.on->inner.snapshot_octets(w.on->stack) > w.on->arena)
		breaks(RULE_memory_grows, s, "%zu octets of %zu", w.on->inner.snapshot_octets(w.on->stack), w.on->arena);
	return &w.broken;
}

const struct broken *watch_disordered(void)
{
	return &w.disorder;
}

uint64_t watch_transcript(void)
{
	return w.transcript;
}

/* Behind those of the silence: what waits, if it is no acknowledgment. */
static const char *unsent_words(enum state s)
{
	if (must_end(s))
		return "";
	return w.opened ? ", with text that was not sent into an open window" : ", with text that was not sent";
}

const struct broken *watch_abandon(uint64_t now_us, uint64_t limit_us)
{
	const uint64_t last = now_us + limit_us, before = w.packets;
	enum state s = state_now();
	w.polls = 0;
	while ((must_end(s) || (must_go_on(s) && w.packets == before)) && w.broken.rule == RULE_NONE) {
		const uint64_t next = watch_poll(w.on->stack, now_us);
		s = state_now();
		if (!must_go_on(s))
			break;
		if (next > last) {
			breaks(w.packets == before && s != TIME_WAIT ? RULE_stays_silent : RULE_never_gives_up, s, "%s after %llu s of silence%s", state_name(s), (unsigned long long)(limit_us / 1000000), unsent_words(s));
			break;
		}
		now_us = next;
	}
	return &w.broken;
}
