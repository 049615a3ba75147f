/* Said segment -> packet, captured segment -> match. Bytes are built by lib/wire alone. */
#include "lib/run/frame.h"

#include <stdio.h>
#include <string.h>

#include "lib/run/dress.h"
#include "lib/script/sack.h"
#include "lib/wire/ip.h"
#include "lib/wire/option.h"
#include "lib/wire/packet.h"

static void segment_fill(struct segment *s, const struct said_segment *q, uint32_t rcv_wnd)
{
	s->ctl = q->ctl;
	s->wnd = q->said & SAY_WND ? q->wnd : 65535;
	s->up = q->said & SAY_UP ? q->up : 0;
	if (q->said & SAY_OFF) {
		s->off = q->off;
		s->said |= SAID_OFF;
	}
	if (q->said & SAY_RSV)
		s->reserved = q->rsv;
	if (q->said & SAY_SRC)
		s->src_port = q->src_port;
	s->text_length = !(q->said & SAY_DATA) ? 0 : q->data != DATA_WINDOW ? q->data
	                                         : rcv_wnd < SEGMENT_OCTETS ? rcv_wnd
	                                                                    : SEGMENT_OCTETS;
}

/* An ICMP error quotes the first octets of a segment that the target sent: the said numbers are that segment's. */
static size_t icmp_build(const struct said_segment *q, const struct segment *quoted, const struct endpoint *at, uint8_t *to, size_t room)
{
	uint8_t inner[4096];
	struct icmp_error m = {.src = at->tester, .dst = at->target, .type = q->icmp_type, .code = q->icmp_code, .mtu = said_mtu(q)};
	if (q->said & SAY_FROM)
		m.src = role_address(q->ip.from, at);
	if (!icmp_for_family(at->family, &m.type, &m.code))
		return 0;
	m.quoted = inner;
	m.quoted_length = dress_packet(q, at, inner, segment_build(quoted, inner, sizeof inner), sizeof inner);
	return m.quoted_length ? icmp_error_build(&m, to, room) : 0;
}

static unsigned nibble(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* RAW: these octets stand where the TCP header and text would. */
static size_t raw_build(const char *raw, const struct address *src, const struct address *dst, uint8_t *to, size_t room)
{
	const size_t n = strlen(raw) / 2;
	const struct ip ip = {.src = *src, .dst = *dst, .protocol = IP_PROTOCOL_TCP};
	const size_t header = ip_build(&ip, n, to, room);
	for (size_t i = 0; header && i < n; i++)
		to[header + i] = (uint8_t)(nibble(raw[2 * i]) << 4 | nibble(raw[2 * i + 1]));
	return header ? header + n : 0;
}

/* Of a segment whose checksum is said, for it to be wrong: by chance the said one may be right, and then an octet of window less makes it wrong. */
static size_t wrong_build(struct segment *s, const struct said_segment *q, uint8_t *to, size_t room)
{
	struct segment right;
	size_t length = segment_build(s, to, room);
	if (length == 0 || !segment_parse(to, length, &right, NULL))
		return 0;
	s->chk = q->chk_flips ? right.chk ^ q->chk : q->chk;
	s->said |= SAID_CHK;
	length = segment_build(s, to, room);
	if (length && !(q->said & SAY_WND) && segment_parse(to, length, &right, NULL) && !(right.bad & BAD_TCP_CHECKSUM)) {
		s->wnd--;
		length = segment_build(s, to, room);
	}
	return length;
}

/* The said options, with what is known at the play alone in their places. */
static bool options_build(const struct said_segment *q, struct numbers *n, const struct tcb *t, unsigned line, struct segment *s, struct error *e)
{
	char options[sizeof q->opt + 2 * COOKIE_MAX], live[OPTIONS_LIVE];
	numbers_cookie(n, q->opt, options, sizeof options);
	if (!options_live(options, n, SIDE_TARGET, t, live))
		return error_set(e, "line %u: <OPT=%s>: a number that has no value yet", line, q->opt);
	return options_compile(live, s->option_octets, &s->options_length, e);
}

size_t send_build(const struct step *st, struct numbers *n, const struct endpoint *at, const struct tcb *t, uint8_t *to, size_t room, struct error *e)
{
	const struct said_segment *q = &st->segment;
	const bool icmp = q->said & SAY_ICMP;
	static const uint8_t nothing[1];
	uint8_t text[4096];
	struct segment s = {.src = at->tester, .dst = at->target, .src_port = at->tester_port, .dst_port = at->target_port, .text = nothing};
	segment_fill(&s, q, t->rcv_wnd);
	if (s.text_length > sizeof text)
		return error_set(e, "line %u: DATA=%u in a segment to be sent, at most %zu octets", st->line, s.text_length, sizeof text);
	const uint32_t unsaid = t->irs_known ? t->rcv_nxt : rng_u32(&n->rng);
	s.seq = numbers_resolve(n, icmp ? SIDE_TARGET : SIDE_TESTER, &q->seq, t, icmp ? t->snd_una : unsaid);
	s.ack = numbers_resolve(n, icmp ? SIDE_TESTER : SIDE_TARGET, &q->ack, t, (q->ctl & CTL_ACK) && !icmp ? t->snd_nxt : 0);
	const uint32_t irs = t->irs_known ? t->irs : s.seq;
	stream_fill(text, s.seq + ((q->ctl & CTL_SYN) != 0) - irs - 1, s.text_length);
	if (s.text_length)
		s.text = text;
	if (q->opt[0] && strcmp(q->opt, "none") != 0 && !options_build(q, n, t, st->line, &s, e))
		return 0;
	if (t->ts_on && !(q->said & SAY_OPT) && !icmp && !(q->ctl & CTL_RST)) /* RFC 7323 3.2: in every segment but a reset */
		s.options_length = options_timestamps(n->ts_val + 1, n->ts_ecr, s.option_octets);
	if (icmp) {
		s.src = at->target;
		s.dst = at->tester;
		s.dst_port = s.src_port; /* the tester's, or <SRC> */
		s.src_port = at->target_port;
		return icmp_build(q, &s, at, to, room);
	}
	if (q->said & SAY_FROM)
		s.src = role_address(q->ip.from, at);
	if (q->said & SAY_TO)
		s.dst = role_address(q->ip.to, at);
	const size_t plain = q->said & SAY_RAW ? raw_build(q->raw, &s.src, &s.dst, to, room) : q->said & SAY_CHK ? wrong_build(&s, q, to, room)
	                                                                                                         : segment_build(&s, to, room);
	const size_t length = dress_packet(q, at, to, plain, room);
	if (length == 0)
		error_set(e, "line %u: the segment does not fit into %zu octets", st->line, room);
	return length;
}

static bool window_matches(const struct said_segment *q, uint16_t wnd)
{
	switch (q->wnd_test) {
	case WND_EQUAL:
		return wnd == q->wnd;
	case WND_AT_LEAST:
		return wnd >= q->wnd;
	case WND_AT_MOST:
		return wnd <= q->wnd;
	}
	return false;
}

/* Is the option [want, want+n) among the segment's? open: one of its kind that begins so, and goes on. */
static bool option_present(const struct segment *s, const uint8_t *want, size_t n, bool open)
{
	for (size_t i = 0; i < s->options_length;) {
		const uint8_t *at = s->option_octets + i;
		const size_t length = at[0] < 2 || i + 1 >= s->options_length ? 1 : at[1];
		if (length == n && i + n <= s->options_length && memcmp(at, want, n) == 0)
			return true;
		if (open && length > n && i + length <= s->options_length && at[0] == want[0] && memcmp(at + 2, want + 2, n - 2) == 0)
			return true;
		i += length ? length : 1;
	}
	return false;
}

/* An option named without a value ("MSS"): is one of that kind there? */
static bool option_named(const char *said, size_t n, const struct segment *s)
{
	size_t count;
	const struct option_kind *k = option_kinds(&count);
	for (size_t i = 0; i < count; i++)
		if (k[i].word && strlen(k[i].word) == n && memcmp(k[i].word, said, n) == 0)
			for (size_t at = 0; at < s->options_length; at += s->option_octets[at] < 2 ? 1 : at + 1 < s->options_length && s->option_octets[at + 1] ? s->option_octets[at + 1]
			                                                                                                                                        : OPTIONS_MAX)
				if (s->option_octets[at] == k[i].kind)
					return true;
	return false;
}

/* One option of the list, as it was written. */
static bool option_match(const char *said, size_t n, const struct segment *s)
{
	char one[96];
	uint8_t want[OPTIONS_MAX], length = 0;
	if (said[0] == '!')
		return !option_named(said + 1, n - 1, s);
	if (n == 10 && memcmp(said, "TFO:cookie", n) == 0)
		return s->options.has_fastopen && s->options.cookie_octets;
	if (!memchr(said, ':', n) && n < sizeof one && option_named(said, n, s))
		return true;
	const bool open = n > 2 && memcmp(said + n - 2, "/*", 2) == 0; /* more blocks of SACK behind these */
	snprintf(one, sizeof one, "%.*s", (int)(open ? n - 2 : n), said);
	return options_compile(one, want, &length, NULL) && length > 0 && option_present(s, want, length, open);
}

static bool options_match(const char *said, const struct segment *s)
{
	if (strcmp(said, "none") == 0) {
		for (size_t i = 0; i < s->options_length; i++)
			if (s->option_octets[i] > 1)
				return false;
		return true;
	}
	for (const char *at = said; *at; at += at[strcspn(at, ",")] ? strcspn(at, ",") + 1 : strcspn(at, ","))
		if (!option_match(at, strcspn(at, ","), s))
			return false;
	return true;
}

bool text_is_stream(const struct segment *s, uint32_t iss)
{
	return stream_holds(s->text, s->seq + ((s->ctl & CTL_SYN) != 0) - iss - 1, s->text_length);
}

/* Does so much text fit what is said of it, after what came before? */
static bool text_matches(const struct said_segment *q, size_t n, uint32_t before)
{
	const uint32_t want = q->said & SAY_DATA ? q->data : 0;
	if (q->data_split)
		return n > 0 && before + n <= want;
	return q->data_most ? n <= want : n == want;
}

bool expect_matches(const struct step *st, const struct numbers *n, const struct tcb *t, const struct segment *s, uint32_t text_from)
{
	const struct said_segment *q = &st->segment;
	if ((s->ctl & q->ctl_care) != (q->ctl & q->ctl_care))
		return false;
	if (!text_matches(q, s->text_length, text_from))
		return false;
	if (text_from == 0 && !numbers_match(n, SIDE_TARGET, &q->seq, t, s->seq, st->binds))
		return false;
	if ((s->ctl & CTL_ACK) && !numbers_match(n, SIDE_TESTER, &q->ack, t, s->ack, false))
		return false;
	if ((q->said & SAY_WND) && !window_matches(q, s->wnd))
		return false;
	if (((q->said & SAY_CHK) && s->chk != q->chk) || ((q->said & SAY_SRC) && s->dst_port != q->src_port))
		return false;
	if (((q->said & SAY_UP) && s->up != q->up) || ((q->said & SAY_OFF) && s->off != q->off) || ((q->said & SAY_RSV) && s->reserved != q->rsv))
		return false;
	char live[OPTIONS_LIVE];
	if (q->said & SAY_OPT && !(options_live(q->opt, n, SIDE_TESTER, t, live) && options_match(live, s)))
		return false;
	return dress_matches(q, s);
}
