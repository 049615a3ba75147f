/* The peer: says segments, keeps those that it hears with their times, and lets time pass timer by timer. */
#include "tests/reference/peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/wire/option.h"

enum { WHY_ROOM = 200,
       PACKET_MAX = 65536 };

static void packet_kept(void *to, const uint8_t *packet, size_t n)
{
	struct peer *p = to;
	struct heard *h = &p->heard[p->put++ % HEARD_MAX];

	assert_true(n <= sizeof h->octets);
	assert_true(p->put - p->taken <= HEARD_MAX);
	memcpy(h->octets, packet, n);
	h->n = n;
	h->at = p->now;
	h->is_tcp = segment_parse(h->octets, n, &h->s, NULL);
	/* RFC 9293 3.1: whatever it sends is well-formed (MUST-2). */
	assert_true(!h->is_tcp || h->s.bad == 0);
}

static void address_write(struct address *a, struct tcpspec_address *t, unsigned family, uint8_t host)
{
	*t = family == 4 ? (struct tcpspec_address){.family = 4, .octets = {192, 0, 2, host}} : (struct tcpspec_address){.family = 6, .octets = {0x20, 0x01, 0x0d, 0xb8, [15] = host}};
	a->family = family == 4 ? IPV4 : IPV6;
	memcpy(a->octets, t->octets, sizeof a->octets);
}

void peer_ports(struct peer *p, uint16_t own_port, uint16_t port)
{
	p->own_port = p->ends.remote_port = own_port;
	p->port = p->ends.local_port = port;
}

void peer_open(struct peer *p, unsigned family, const char *const *setting)
{
	static const char *const none[] = {NULL};
	struct tcpspec_setup setup = {.size = sizeof setup, .mtu = PEER_MTU, .seed = 1, .now_us = S, .setting = setting != NULL ? setting : none, .output = packet_kept, .to = p};
	struct tcpspec_address other;
	struct address unused;
	char why[WHY_ROOM] = "";
	size_t octets;

	*p = (struct peer){.op = tcpspec_stack_operations(), .now = S, .family = family, .iss = 1000, .seq = 1000, .wnd = 65535, .ts_val = 5000};
	address_write(&p->own, &p->ends.remote, family, 1);
	address_write(&p->theirs, &p->ends.local, family, 2);
	address_write(&unused, &other, family == 4 ? 6 : 4, 2);
	setup.address[family == 6] = p->ends.local;
	setup.address[family == 4] = other;
	peer_ports(p, PEER_PORT, STACK_PORT);
	p->heard = memory_zeroed(HEARD_MAX, sizeof *p->heard);
	octets = p->op->arena_octets(&setup, why, sizeof why);
	p->arena = memory_zeroed(1, octets);
	if (octets != 0)
		p->stack = p->op->create(p->arena, octets, &setup, why, sizeof why);
	if (p->stack == NULL)
		fail_msg("the stack cannot be created: %s", why);
}

void peer_close(struct peer *p)
{
	if (p->op->destroy != NULL)
		p->op->destroy(p->stack);
	free(p->arena);
	free(p->heard);
}

void peer_listen(struct peer *p)
{
	p->listener = p->op->listen(p->stack, &p->ends.local, p->port, 0, p->now);
	assert_true(p->listener > 0);
}

void peer_say_octets(struct peer *p, const uint8_t *packet, size_t n)
{
	p->op->input(p->stack, packet, n, p->now);
}

void peer_say_segment(struct peer *p, struct segment *s)
{
	static uint8_t packet[PACKET_MAX];
	size_t n;

	if (s->src.family == 0)
		s->src = p->own;
	if (s->dst.family == 0)
		s->dst = p->theirs;
	if (s->src_port == 0)
		s->src_port = p->own_port;
	if (s->dst_port == 0)
		s->dst_port = p->port;
	n = segment_build(s, packet, sizeof packet);
	assert_true(n > 0);
	peer_say_octets(p, packet, n);
}

static void segment_say(struct peer *p, struct segment *s, uint32_t n)
{
	static uint8_t text[PACKET_MAX];

	assert_true(n < sizeof text);
	stream_fill(text, s->seq - p->iss - 1, n);
	s->text = text;
	s->text_length = n;
	s->wnd = p->wnd;
	peer_say_segment(p, s);
}

void peer_say(struct peer *p, uint16_t ctl, uint32_t seq, uint32_t ack, uint32_t n)
{
	struct segment s = {.ctl = ctl, .seq = seq, .ack = ack};

	if (p->ts)
		s.options_length = options_timestamps(p->ts_val, p->ts_ecr, s.option_octets);
	segment_say(p, &s, n);
}

void peer_say_options(struct peer *p, uint16_t ctl, uint32_t seq, uint32_t ack, uint32_t n, const char *options)
{
	struct segment s = {.ctl = ctl, .seq = seq, .ack = ack};

	assert_true(options_compile(options, s.option_octets, &s.options_length, NULL));
	segment_say(p, &s, n);
}

void peer_say_text(struct peer *p, uint32_t n)
{
	peer_say(p, CTL_ACK, p->seq, p->ack, n);
	p->seq += n;
}

void peer_say_ack(struct peer *p)
{
	peer_say(p, CTL_ACK, p->seq, p->ack, 0);
}

const struct heard *peer_hear(struct peer *p)
{
	const struct heard *h;

	if (p->taken == p->put)
		return NULL;
	h = &p->heard[p->taken++ % HEARD_MAX];
	if (h->is_tcp && h->s.options.has_ts)
		p->ts_ecr = h->s.options.ts_val;
	return h;
}

bool peer_wait(struct peer *p, uint64_t until)
{
	while (p->taken == p->put) {
		const uint64_t next = p->op->poll(p->stack, p->now);

		if (p->taken != p->put)
			break;
		/* stack.h: after now_us. */
		assert_true(next > p->now);
		p->now = next < until ? next : until;
		if (next > until)
			return false;
		p->op->poll(p->stack, p->now);
	}
	return true;
}

void peer_go(struct peer *p, uint64_t us)
{
	const uint64_t until = p->now + us;

	for (;;) {
		const uint64_t next = p->op->poll(p->stack, p->now);

		assert_true(next > p->now);
		if (next > until)
			break;
		p->now = next;
	}
	p->now = until;
}

static void segment_describe(const struct heard *h, const struct peer *p, struct text *t)
{
	if (h == NULL) {
		text_add(t, "nothing");
		return;
	}
	if (!h->is_tcp) {
		text_add(t, "a packet that is no TCP segment, %zu octets", h->n);
		return;
	}
	text_add(t, "<SEQ=ISS+%u><ACK=own ISS+%u><CTL=", h->s.seq - p->irs, h->s.ack - p->iss);
	ctl_print(h->s.ctl, t);
	text_add(t, "><WND=%u><DATA=%u> at %llu us", h->s.wnd, h->s.text_length, (unsigned long long)h->at);
}

const struct heard *peer_want(struct peer *p, uint16_t ctl, uint32_t seq, uint32_t ack, uint32_t n, const char *file, int line)
{
	const struct heard *h = peer_hear(p);
	struct text wanted = {0}, got = {0};

	if (h != NULL && h->is_tcp && h->at == p->now && (h->s.ctl & ~CTL_PSH) == (ctl & ~CTL_PSH) && h->s.seq == seq && (!(ctl & CTL_ACK) || h->s.ack == ack) && h->s.text_length == n &&
	    h->s.src_port == p->port && h->s.dst_port == p->own_port && address_equal(&h->s.src, &p->theirs) && address_equal(&h->s.dst, &p->own))
		return h;
	segment_describe(&(struct heard){.is_tcp = true, .at = p->now, .s = {.seq = seq, .ack = ack, .ctl = ctl, .text_length = n}}, p, &wanted);
	segment_describe(h, p, &got);
	print_error("wanted %s\nheard  %s\n", text_string(&wanted), text_string(&got));
	text_free(&wanted);
	text_free(&got);
	_fail(file, line);
	return h;
}

void peer_want_silence(struct peer *p, const char *file, int line)
{
	const struct heard *h = peer_hear(p);
	struct text got = {0};

	if (h == NULL)
		return;
	segment_describe(h, p, &got);
	print_error("wanted silence\nheard  %s\n", text_string(&got));
	text_free(&got);
	_fail(file, line);
}

void peer_accepted(struct peer *p, const char *options)
{
	const struct heard *h;

	if (p->listener == 0)
		peer_listen(p);
	p->seq = p->iss;
	peer_say_options(p, CTL_SYN, p->iss, 0, 0, options);
	h = peer_hear(p);
	assert_non_null(h);
	assert_true(h->is_tcp);
	assert_int_equal(h->s.ctl, CTL_SYN | CTL_ACK);
	p->irs = h->s.seq;
	p->ts = h->s.options.has_ts;
	p->seq = p->iss + 1;
	p->ack = p->irs + 1;
	peer_say_ack(p);
	want_silence(p);
	p->h = p->op->find(p->stack, &p->ends);
	assert_true(p->h > 0);
	want_state(p, TCPSPEC_ESTABLISHED);
}

void peer_connected(struct peer *p, const char *options)
{
	const struct heard *h;

	p->h = p->op->connect(p->stack, &p->ends, 0, p->now);
	assert_true(p->h > 0);
	h = peer_hear(p);
	assert_non_null(h);
	assert_int_equal(h->s.ctl, CTL_SYN);
	p->irs = h->s.seq;
	p->ack = p->irs + 1;
	peer_say_options(p, CTL_SYN | CTL_ACK, p->iss, p->ack, 0, options);
	p->seq = p->iss + 1;
	h = want(p, CTL_ACK, p->ack, p->seq, 0);
	p->ts = h->s.options.has_ts;
	want_state(p, TCPSPEC_ESTABLISHED);
}

unsigned peer_state(struct peer *p)
{
	return p->op->state(p->stack, &p->ends);
}

unsigned peer_told(struct peer *p)
{
	return p->op->told(p->stack, p->h);
}

int64_t peer_user_send(struct peer *p, uint32_t n, unsigned flags)
{
	uint8_t *text = memory_zeroed(n, 1);
	int64_t moved;

	memset(text, 'u', n);
	moved = p->op->send(p->stack, p->h, text, n, flags, p->now);
	free(text);
	return moved;
}

int64_t peer_user_receive(struct peer *p, uint32_t n)
{
	uint8_t *text = memory_zeroed(n, 1);
	const int64_t moved = p->op->receive(p->stack, p->h, text, n, p->now);

	free(text);
	return moved;
}
