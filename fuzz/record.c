/* Numbers are said relative to what the packets show of the connection: the same input on another stack, or with other initial numbers, speaks to it as well. */
#include "fuzz/record.h"

#include <string.h>

#include "lib/wire/ip.h"
#include "lib/wire/octets.h"
#include "lib/wire/option.h"
#include "lib/wire/packet.h"
#include "lib/wire/seq.h"

enum { WINDOW_USUAL = 65535,
       PAUSE_US = 5000, /* what is shorter is the tester's own */
       WAITS_TOGETHER = 4,
       WRAP_NEAR = 1 << 20 };

static struct {
	struct tcpspec_stack_operations inner, outer;
	void (*output)(void *to, const uint8_t *packet, size_t octets);
	void *to;
	const struct constants *constants;
	struct input in;
	uint64_t last_us;
	bool timed; /* last_us is the time of something */
	bool has_ends;
	struct tcpspec_ends ends;
	/* Of the target. */
	bool begun; /* it has sent a SYN */
	uint32_t iss, snd_una, snd_nxt, ts_val;
	bool ts; /* it takes timestamps */
	uint8_t cookie[COOKIE_MAX], cookie_octets;
	/* Of the tester, as the target has acknowledged, or will. */
	bool met;
	uint32_t irs, rcv_nxt, edge, ts_sent;
	uint8_t shift;
	bool ts_offered;
} r;

static struct move *move_new(enum move_kind k)
{
	static struct move left;
	struct move *m = r.in.count < MOVES_MAX ? &r.in.move[r.in.count++] : &left;
	memset(m, 0, sizeof *m);
	m->kind = (uint8_t)k;
	return m;
}

/* ---- time ---- */

/* The longest that fits. */
static bool wait_best(uint64_t us, uint8_t *which, uint64_t *took)
{
	*took = 0;
	for (size_t i = 0; i < input_wait_count; i++) {
		if (input_waits[i].unit == UNIT_RTO)
			continue;
		const uint64_t t = duration_us(input_waits[i], r.constants, 0);
		if (t > *took && t <= us + us / 16) {
			*took = t;
			*which = (uint8_t)i;
		}
	}
	return *took != 0;
}

/* A stimulus comes now. */
static void time_note(uint64_t now_us)
{
	uint64_t left = r.timed && now_us > r.last_us ? now_us - r.last_us : 0, took;
	uint8_t which;
	r.last_us = now_us;
	r.timed = true;
	for (unsigned i = 0; i < WAITS_TOGETHER && left >= PAUSE_US && wait_best(left, &which, &took); i++) {
		move_new(MOVE_WAIT)->which = which;
		left -= took < left ? took : left;
	}
}

/* ---- numbers ---- */

static struct number relative(enum number_base b, uint32_t live, uint32_t base)
{
	return (struct number){.base = (uint8_t)b, .offset = (int32_t)(live - base)};
}

static bool is_near(uint32_t a, uint32_t b)
{
	return a - b <= 2 || b - a <= 2;
}

static struct number of_tester(uint32_t live)
{
	if (!r.met || live == r.rcv_nxt)
		return (struct number){.base = NUMBER_PLAIN};
	if (is_near(live, r.edge))
		return relative(NUMBER_RCV_END, live, r.edge);
	return is_near(live, r.irs) ? relative(NUMBER_IRS, live, r.irs) : relative(NUMBER_RCV_NXT, live, r.rcv_nxt);
}

static struct number of_target(uint32_t live)
{
	if (!r.begun)
		return (struct number){.base = NUMBER_ABSOLUTE, .offset = (int32_t)live};
	if (live == r.snd_nxt)
		return (struct number){.base = NUMBER_PLAIN};
	if (is_near(live, r.snd_una))
		return relative(NUMBER_SND_UNA, live, r.snd_una);
	return is_near(live, r.iss) ? relative(NUMBER_ISS, live, r.iss) : relative(NUMBER_SND_NXT, live, r.snd_nxt);
}

/* A first SYN whose numbers will wrap says so; others have whatever number. */
static struct number of_first(uint32_t live)
{
	const bool wraps = live + WRAP_NEAR < 2U * WRAP_NEAR || live - (UINT32_C(1) << 31) + WRAP_NEAR < 2U * WRAP_NEAR;
	return wraps ? (struct number){.base = NUMBER_ABSOLUTE, .offset = (int32_t)live} : (struct number){.base = NUMBER_PLAIN};
}

/* ---- options ---- */

static void piece_read(struct piece *p, const uint8_t *at, unsigned length)
{
	const uint8_t kind = at[0];
	if (kind == OPTION_MSS && length == 4)
		*p = (struct piece){.kind = PIECE_MSS, .value = octets_u16(at + 2)};
	else if (kind == OPTION_WS && length == 3)
		*p = (struct piece){.kind = PIECE_WS, .value = at[2]};
	else if (kind == OPTION_SACKOK && length == 2)
		*p = (struct piece){.kind = PIECE_SACKOK};
	else if (kind == OPTION_TS && length == 10)
		*p = (struct piece){.kind = PIECE_TS, .value = octets_u32(at + 2), .other = octets_u32(at + 6)};
	else if (kind == OPTION_UTO && length == 4)
		*p = (struct piece){.kind = PIECE_UTO, .value = octets_u16(at + 2)};
	else if (kind == OPTION_SACK && length >= 10)
		*p = (struct piece){.kind = PIECE_SACK, .edge = {of_target(octets_u32(at + 2)), of_target(octets_u32(at + 6))}};
	else if (kind == OPTION_TFO && (length == 2 || length >= 2 + COOKIE_MIN))
		*p = (struct piece){.kind = PIECE_COOKIE, .value = length == 2 ? 0 : length - 2U == r.cookie_octets && memcmp(at + 2, r.cookie, r.cookie_octets) == 0 ? 1
		                                                                                                                                                      : 2};
	else
		*p = (struct piece){.kind = PIECE_KIND, .value = (uint32_t)kind << 8 | at[1], .other = length < 2 ? 0 : length - 2 < 7 ? length - 2
		                                                                                                                       : 7};
}

static unsigned option_length(const uint8_t *at, unsigned left)
{
	if (*at <= OPTION_NOP)
		return 1;
	return left < 2 || at[1] < 2 || at[1] > left ? left : at[1];
}

static bool is_padding(const uint8_t *at, unsigned n)
{
	while (n > 0 && at[n - 1] == OPTION_EOL)
		n--;
	return n == 0;
}

static void pieces_read(struct move *m, const struct segment *s)
{
	const unsigned n = s->options_length;
	for (unsigned at = 0; at < n && m->pieces < PIECES_MAX;) {
		const uint8_t *o = s->option_octets + at;
		if (is_padding(o, n - at))
			return;
		const unsigned length = option_length(o, n - at);
		if (*o <= OPTION_NOP)
			m->piece[m->pieces++] = (struct piece){.kind = *o == OPTION_NOP ? PIECE_NOP : PIECE_EOL};
		else if (n - at >= 2)
			piece_read(&m->piece[m->pieces++], o, length);
		at += length;
	}
}

/* As they stand there by themselves: none, or once timestamps are in force those that come next. */
static bool options_are_usual(const struct segment *s)
{
	uint8_t usual[OPTIONS_MAX];
	if (!r.ts || s->ctl & CTL_RST)
		return s->options_length == 0;
	return s->options_length == options_timestamps(r.ts_sent + 1, r.ts_val, usual) && memcmp(s->option_octets, usual, s->options_length) == 0;
}

/* ---- segments ---- */

static struct tcpspec_address address_told(const struct address *a)
{
	struct tcpspec_address t = {.family = (uint8_t)a->family};
	memcpy(t.octets, a->octets, a->family == IPV4 ? 4 : 16);
	return t;
}

static bool is_ours(const struct segment *s, bool inbound)
{
	const struct tcpspec_address a = address_told(inbound ? &s->dst : &s->src), b = address_told(inbound ? &s->src : &s->dst);
	const uint16_t local = inbound ? s->dst_port : s->src_port, remote = inbound ? s->src_port : s->dst_port;
	if (!r.has_ends) {
		r.has_ends = true;
		r.ends = (struct tcpspec_ends){.local = a, .remote = b, .local_port = local, .remote_port = remote};
	}
	return local == r.ends.local_port && remote == r.ends.remote_port && memcmp(a.octets, r.ends.local.octets, 16) == 0 && memcmp(b.octets, r.ends.remote.octets, 16) == 0;
}

static void fields_read(struct move *m, const struct segment *s)
{
	m->wnd = s->wnd;
	m->up = s->up;
	m->data = (uint16_t)(s->text_length < TEXT_MAX ? s->text_length : TEXT_MAX);
	m->chk = 1;
	m->off = s->off;
	m->rsv = s->reserved;
	m->ecn = s->tos & 3;
	m->fields = (uint8_t)((s->wnd != WINDOW_USUAL ? MOVE_WND : 0) | (s->up ? MOVE_UP : 0) | (m->data ? MOVE_DATA : 0) | (s->bad & BAD_TCP_CHECKSUM ? MOVE_CHK : 0) | (s->bad & BAD_OFFSET ? MOVE_OFF : 0) |
	                      (m->rsv ? MOVE_RSV : 0) | (m->ecn ? MOVE_ECN : 0));
	if (options_are_usual(s))
		return;
	m->fields |= MOVE_OPTIONS;
	pieces_read(m, s);
}

/* What the target will have received, and what was acknowledged to it. */
static void tester_follows(const struct segment *s)
{
	if (s->bad & (BAD_TCP_CHECKSUM | BAD_OFFSET | BAD_LENGTH | BAD_FRAGMENT))
		return;
	if (s->ctl & CTL_SYN && !(s->ctl & CTL_RST) && !r.met) {
		r.met = true;
		r.irs = s->seq;
		r.rcv_nxt = s->seq + 1;
		r.edge = r.rcv_nxt;
		r.ts_offered = s->options.has_ts;
	} else if (r.met && s->seq == r.rcv_nxt && seq_lt(s->seq, r.edge)) {
		r.rcv_nxt += segment_length(s);
	}
	if (s->ctl & CTL_ACK && r.begun && seq_lt(r.snd_una, s->ack) && seq_le(s->ack, r.snd_nxt))
		r.snd_una = s->ack;
	if (s->options.has_ts && seq_lt(r.ts_sent, s->options.ts_val))
		r.ts_sent = s->options.ts_val;
}

static void segment_note(const struct segment *s)
{
	struct move *m = move_new(MOVE_SEGMENT);
	m->ctl = s->ctl;
	m->seq = !r.met && s->ctl & CTL_SYN ? of_first(s->seq) : of_tester(s->seq);
	if (s->ctl & CTL_ACK || s->ack)
		m->ack = of_target(s->ack);
	fields_read(m, s);
	tester_follows(s);
}

static void icmp_note(const struct icmp_error *i, enum family f)
{
	for (size_t k = 0; k < input_icmp_count; k++) {
		uint8_t type = input_icmps[k].type, code = input_icmps[k].code;
		if (!icmp_for_family(f, &type, &code) || type != i->type || code != i->code)
			continue;
		struct move *m = move_new(MOVE_ICMP);
		m->which = (uint8_t)k;
		m->value = i->mtu;
		return;
	}
}

/* An IP packet that holds no TCP: packet_parse() wants a frame about it. */
static void other_note(const uint8_t *packet, size_t n)
{
	uint8_t frame[ETHERNET_HEADER + 2048] = {0};
	const enum family f = n && packet[0] >> 4 == 6 ? IPV6 : IPV4;
	struct packet p;
	if (n > sizeof frame - ETHERNET_HEADER)
		return;
	octets_put_u16(frame + ETHERNET_HEADER - 2, f == IPV4 ? 0x0800 : 0x86dd);
	memcpy(frame + ETHERNET_HEADER, packet, n);
	packet_parse(frame, ETHERNET_HEADER + n, &p);
	if (p.kind == PACKET_ICMP_ERROR)
		icmp_note(&p.error, f);
}

static void record_input(struct tcpspec_stack *s, const uint8_t *packet, size_t octets, uint64_t now_us)
{
	struct segment in;
	const bool read = segment_parse(packet, octets, &in, NULL);
	if (!read || is_ours(&in, true))
		time_note(now_us);
	if (!read)
		other_note(packet, octets);
	else if (is_ours(&in, true))
		segment_note(&in);
	r.inner.input(s, packet, octets, now_us);
}

static void target_follows(const struct segment *s)
{
	const uint32_t end = s->seq + segment_length(s);
	if (s->ctl & CTL_SYN && (!r.begun || s->seq != r.iss)) {
		r.begun = true;
		r.iss = r.snd_una = s->seq;
		r.snd_nxt = end;
		r.shift = s->options.has_ws ? (s->options.ws < 14 ? s->options.ws : 14) : 0;
	}
	if (seq_lt(r.snd_nxt, end))
		r.snd_nxt = end;
	if (s->options.has_ts)
		r.ts_val = s->options.ts_val;
	r.ts |= r.ts_offered && s->options.has_ts;
	if (s->options.has_fastopen && s->options.cookie_octets) {
		r.cookie_octets = s->options.cookie_octets;
		memcpy(r.cookie, s->options.cookie, sizeof r.cookie);
	}
	if (!(s->ctl & CTL_ACK) || !r.met)
		return;
	if (seq_lt(r.rcv_nxt, s->ack))
		r.rcv_nxt = s->ack;
	r.edge = s->ack + (s->ctl & CTL_SYN ? s->wnd : (uint32_t)s->wnd << r.shift);
}

static void record_output(void *to, const uint8_t *packet, size_t octets)
{
	struct segment s;
	(void)to;
	if (segment_parse(packet, octets, &s, NULL) && is_ours(&s, false) && !(s.ctl & CTL_RST))
		target_follows(&s);
	r.output(r.to, packet, octets);
}

/* ---- calls ---- */

static bool call_fits(const struct input_call *c, enum call call, bool has_n, unsigned flags)
{
	return c->call == call && c->has_n == has_n && c->urgent == ((flags & TCPSPEC_SEND_URGENT) != 0) && c->push == ((flags & TCPSPEC_SEND_PUSH) != 0 && !c->urgent);
}

/* n: 0 where the call has none. */
static void call_note(enum call call, uint64_t n, unsigned flags)
{
	for (size_t i = 0; i < input_call_count; i++)
		if (call_fits(&input_calls[i], call, n != 0, flags)) {
			struct move *m = move_new(MOVE_CALL);
			m->which = (uint8_t)i;
			m->value = (uint16_t)(n < UINT16_MAX ? n : UINT16_MAX);
			return;
		}
}

static int64_t record_listen(struct tcpspec_stack *s, const struct tcpspec_address *local, uint16_t port, uint32_t receive_buffer, uint64_t now_us)
{
	time_note(now_us);
	call_note(CALL_OPEN_PASSIVE, 0, 0); /* a listener with a buffer of its own is nothing that a ladder can say */
	return r.inner.listen(s, local, port, receive_buffer, now_us);
}

static int64_t record_connect(struct tcpspec_stack *s, const struct tcpspec_ends *ends, uint32_t receive_buffer, uint64_t now_us)
{
	time_note(now_us);
	call_note(CALL_OPEN_ACTIVE, receive_buffer, 0);
	r.ends = *ends;
	r.has_ends = true;
	return r.inner.connect(s, ends, receive_buffer, now_us);
}

static int64_t record_send(struct tcpspec_stack *s, int64_t h, const uint8_t *octets, size_t n, unsigned flags, uint64_t now_us)
{
	time_note(now_us);
	call_note(CALL_SEND, n, flags);
	return r.inner.send(s, h, octets, n, flags, now_us);
}

static int64_t record_receive(struct tcpspec_stack *s, int64_t h, uint8_t *to, size_t room, uint64_t now_us)
{
	time_note(now_us);
	call_note(CALL_RECEIVE, room, 0);
	return r.inner.receive(s, h, to, room, now_us);
}

static int64_t record_close(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	time_note(now_us);
	call_note(CALL_CLOSE, 0, 0);
	return r.inner.close(s, h, now_us);
}

static int64_t record_release(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	time_note(now_us);
	call_note(CALL_RELEASE, 0, 0);
	return r.inner.release(s, h, now_us);
}

static int64_t record_abort(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	time_note(now_us);
	call_note(CALL_ABORT, 0, 0);
	return r.inner.abort(s, h, now_us);
}

static int64_t record_forget(struct tcpspec_stack *s, int64_t h)
{
	call_note(CALL_FORGET, 0, 0);
	return r.inner.forget(s, h);
}

static int64_t record_set(struct tcpspec_stack *s, int64_t h, const char *name, uint64_t value)
{
	for (size_t i = 0; i < input_call_count; i++)
		if (input_calls[i].call == CALL_SET && strcmp(user_setting_name(input_calls[i].setting), name) == 0) {
			struct move *m = move_new(MOVE_CALL);
			m->which = (uint8_t)i;
			m->value = (uint16_t)(user_setting_form(input_calls[i].setting) == FORM_TIME ? value / 1000000 : value);
		}
	return r.inner.set(s, h, name, value);
}

static struct tcpspec_stack *record_create(void *arena, size_t octets, const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	struct tcpspec_setup mine = *setup;
	r.output = setup->output;
	r.to = setup->to;
	mine.output = record_output;
	mine.to = NULL;
	return r.inner.create(arena, octets, &mine, why, why_octets);
}

const struct tcpspec_stack_operations *record_operations(const struct tcpspec_stack_operations *inner, const struct constants *c)
{
	memset(&r.inner, 0, sizeof r.inner);
	memcpy(&r.inner, inner, inner->size < sizeof r.inner ? inner->size : sizeof r.inner);
	r.constants = c;
	r.outer = r.inner;
	r.outer.size = sizeof r.outer;
	r.outer.create = record_create;
	r.outer.input = record_input;
	r.outer.listen = record_listen;
	r.outer.connect = r.inner.connect ? record_connect : NULL;
	r.outer.send = r.inner.send ? record_send : NULL;
	r.outer.receive = r.inner.receive ? record_receive : NULL;
	r.outer.close = r.inner.close ? record_close : NULL;
	r.outer.release = record_release;
	r.outer.abort = record_abort;
	r.outer.forget = r.inner.forget ? record_forget : NULL;
	r.outer.set = r.inner.set ? record_set : NULL;
	return &r.outer;
}

void record_begin(bool v6)
{
	memset(&r.in, 0, sizeof r.in);
	r.in.v6 = v6;
	r.timed = r.has_ends = r.begun = r.met = r.ts = r.ts_offered = false;
	r.cookie_octets = 0;
	r.ts_sent = r.ts_val = 0;
}

const struct input *record_end(void)
{
	return &r.in;
}
