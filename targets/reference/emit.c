/* Segments as they go out: header, options, text from the send queue, checksum, IP header. When something is sent is decided elsewhere. */
#include <string.h>

#include "lib/wire/checksum.h"
#include "lib/wire/ip.h"
#include "lib/wire/octets.h"
#include "lib/wire/option.h"
#include "targets/reference/reference.h"

enum { OPTION_MSS_OCTETS = 4,
       OPTION_SACK_HEADER = 4, /* two NOPs, kind and length */
       OPTION_SACK_OCTETS = 8, /* of a block */
       OFFSET_SHIFT = 12 };

/* A TCP header as it goes out, and where its text comes from. */
struct header {
	uint32_t seq, ack;
	uint16_t ctl, wnd, up;
	uint8_t options[OPTIONS_MAX];
	uint8_t options_length; /* a multiple of 4 */
};

static size_t ip_header(unsigned family)
{
	return family == 0 ? IPV4_HEADER : IPV6_HEADER;
}

uint8_t *upper_layer_at(struct tcpspec_stack *s, unsigned family)
{
	return (uint8_t *)s + s->scratch_at + ip_header(family);
}

static struct address address_of(const struct tcpspec_address *a)
{
	struct address to = {.family = a->family == 4 ? IPV4 : IPV6};

	memcpy(to.octets, a->octets, sizeof to.octets);
	return to;
}

void packet_send(struct tcpspec_stack *s, const struct tcpspec_ends *ends, const struct carriage *c, size_t n)
{
	struct ip ip = {
	    .src = address_of(&ends->local),
	    .dst = address_of(&ends->remote),
	    .protocol = c->protocol,
	    .ttl = c->ttl,
	    .tos = c->tos,
	    .dont_fragment = !c->cut,    /* path MTU discovery: RFC 9293 3.7.2 */
	    .id = ++s->m.identification, /* it means nothing where the packet may not be cut (RFC 6864 4.1) */
	};
	uint8_t *packet = (uint8_t *)s + s->scratch_at, options[ROUTE_OCTETS];
	size_t length = c->route ? route_write(c->route, ends->remote.octets, options) : 0;
	size_t octets;

	if (length)
		memcpy(ip.dst.octets, c->route->hop[0], sizeof c->route->hop[0]);
	octets = ip_build(&ip, n, packet, s->mtu);
	octets += octets ? n : 0;
	if (octets && length)
		octets = ip_options_insert(packet, octets, s->mtu, options, length);
	if (octets)
		s->output(s->to, packet, octets);
}

/* Header, options and checksum before n octets of text that stand already where they belong. */
static void header_send(struct tcpspec_stack *s, const struct tcpspec_ends *ends, const struct header *h, const struct carriage *c, uint32_t n)
{
	uint8_t *to = upper_layer_at(s, ends->local.family != 4);
	size_t header = HEADER_TCP + (size_t)h->options_length;
	struct address src = address_of(&ends->local), dst = address_of(&ends->remote);
	uint64_t sum;

	octets_put_u16(to, ends->local_port);
	octets_put_u16(to + 2, ends->remote_port);
	octets_put_u32(to + 4, h->seq);
	octets_put_u32(to + 8, h->ctl & CTL_ACK ? h->ack : 0);
	octets_put_u16(to + 12, (uint16_t)(header / 4 << OFFSET_SHIFT | h->ctl));
	octets_put_u16(to + 14, h->wnd);
	octets_put_u16(to + 16, 0);
	octets_put_u16(to + 18, h->up);
	memcpy(to + HEADER_TCP, h->options, h->options_length);
	sum = checksum_add_pseudo(0, &src, &dst, c->protocol, header + n);
	octets_put_u16(to + 16, checksum_end(checksum_add(sum, to, header + n)));
	packet_send(s, ends, c, header + n);
}

uint32_t timestamp_now(const struct tcpspec_stack *s, const struct tcb *t)
{
	return (uint32_t)(s->m.now / TICK_US) + t->ts_offset;
}

static void option_timestamps(struct header *h, uint32_t val, uint32_t ecr)
{
	h->options_length = options_timestamps(val, ecr, h->options);
}

/* RFC 2018 3, 4: as many blocks as fit behind the other options, the latest first. */
static void option_sack(struct tcpspec_stack *s, struct tcb *t, struct header *h)
{
	struct range blocks[SACK_BLOCKS_MAX];
	unsigned n = reassembly_sack(&t->held, &s->m.pool, blocks, ((unsigned)OPTIONS_MAX - OPTION_SACK_HEADER - h->options_length) / OPTION_SACK_OCTETS);
	uint8_t *at = h->options + h->options_length;

	if (n == 0)
		return;
	at[0] = at[1] = OPTION_NOP;
	at[2] = OPTION_SACK;
	at[3] = (uint8_t)(2 + n * OPTION_SACK_OCTETS);
	for (unsigned i = 0; i < n; i++) {
		octets_put_u32(at + OPTION_SACK_HEADER + i * OPTION_SACK_OCTETS, blocks[i].left);
		octets_put_u32(at + OPTION_SACK_HEADER + i * OPTION_SACK_OCTETS + 4, blocks[i].right);
	}
	h->options_length = (uint8_t)(h->options_length + OPTION_SACK_HEADER + n * OPTION_SACK_OCTETS);
}

/* What a SYN,ACK says was said by the SYN before it (RFC 7323 2.2, 3.2; RFC 2018 2). TS.Recent is 0 until then, as TSecr of a SYN is to be (3.2). */
uint8_t options_of_syn(struct tcpspec_stack *s, const struct tcb *t, uint8_t options[OPTIONS_MAX])
{
	uint8_t *at = options;

	at[0] = OPTION_MSS;
	at[1] = OPTION_MSS_OCTETS;
	octets_put_u16(at + 2, (uint16_t)(s->mtu - ip_header(t->family) - HEADER_TCP));
	at += OPTION_MSS_OCTETS;
	if (t->ts_ok) {
		uint8_t said[OPTIONS_MAX];

		memcpy(at, said, options_timestamps(timestamp_now(s, t), t->ts_recent, said));
		at += OPTIONS_TS;
	}
	if (t->sack_ok) {
		static const uint8_t permitted[] = {OPTION_NOP, OPTION_NOP, OPTION_SACKOK, 2};

		memcpy(at, permitted, sizeof permitted);
		at += sizeof permitted;
	}
	if (t->scale_ok) {
		const uint8_t scale[] = {OPTION_NOP, OPTION_WS, 3, t->rcv_scale};

		memcpy(at, scale, sizeof scale);
		at += sizeof scale;
	}
	if (s->set.user_timeout_option) {
		user_timeout_say(s, t, at);
		at += OPTION_UTO_OCTETS;
	}
	return fastopen_option(s, t, options, (uint8_t)(at - options));
}

/* RFC 5482 3: on the first segment without SYN, and whenever there is a new user timeout. */
static void option_user_timeout(const struct tcpspec_stack *s, struct tcb *t, struct header *h)
{
	user_timeout_say(s, t, h->options + h->options_length);
	h->options_length = (uint8_t)(h->options_length + OPTION_UTO_OCTETS);
	t->uto_due = false;
}

void segment_send(struct tcpspec_stack *s, struct tcb *t, uint32_t seq, uint16_t ctl, uint32_t offset, uint32_t n)
{
	struct tcpspec_ends ends = tcb_ends(s, t);
	struct header h = {.seq = seq, .ack = t->rcv_nxt, .ctl = ctl};
	struct carriage c = {.protocol = IP_PROTOCOL_TCP, .tos = (uint8_t)(t->dscp << 2), .ttl = t->ttl, .cut = t->cut, .route = &t->route};
	uint8_t *text;

	h.ctl |= ecn_of_segment(&t->ecn, ctl);
	/* RFC 3168 6.1.5, 6.1.6: not what is sent again, nor what probes a closed window. */
	if (n && seq == t->snd_nxt && t->snd_wnd)
		c.tos |= ecn_of_text(&t->ecn, &h.ctl);
	if (ctl & CTL_SYN)
		h.options_length = options_of_syn(s, t, h.options);
	else if (t->ts_ok)
		option_timestamps(&h, timestamp_now(s, t), ctl & CTL_ACK ? t->ts_recent : 0);
	if (t->uto_due && !(ctl & CTL_RST))
		option_user_timeout(s, t, &h);
	if (ctl & CTL_ACK) {
		/* What came with a SYN is held at RCV.NXT until ours is acknowledged: nothing is missing before it (RFC 2018 3). */
		if (t->sack_ok && t->syn_acked)
			option_sack(s, t, &h);
		t->last_ack_sent = t->rcv_nxt;
		t->ack_due = ACK_NONE;
		t->unacked = 0;
		t->timer[TIMER_ACK] = NEVER;
	}
	if (!(ctl & CTL_RST))
		h.wnd = window_offer(t, ctl & CTL_SYN);
	/* RFC 9293 3.8.5: from the segment's own number to the octet behind the urgent text (MUST-62). */
	if (t->urgent_out && seq_lt(seq, t->snd_up) && !(ctl & (CTL_SYN | CTL_RST))) {
		h.ctl |= CTL_URG;
		h.up = (uint16_t)(t->snd_up - seq > UINT16_MAX ? UINT16_MAX : t->snd_up - seq);
	}
	text = upper_layer_at(s, t->family) + HEADER_TCP + h.options_length;
	if (offset == GARBAGE)
		memset(text, 0, n);
	else if (n)
		octets_copy(&t->send, &s->m.pool, offset, text, n);
	header_send(s, &ends, &h, &c, n);
}

/* SND.NXT, as a segment without text bears it. What a probe carried beyond a zero window is not counted (3.8.6.1): SND.UNA is the only number that the peer's table 6 takes, and an ACK
 * that it does not take would be lost on it, so that what it sends stood still as well. */
static uint32_t next_number(const struct tcb *t)
{
	return t->probes ? t->snd_una : t->snd_nxt;
}

static void bare_send(struct tcpspec_stack *s, struct tcb *t, uint16_t ctl)
{
	segment_send(s, t, next_number(t), ctl, 0, 0);
}

void ack_send(struct tcpspec_stack *s, struct tcb *t)
{
	bare_send(s, t, CTL_ACK);
}

void challenge_send(struct tcpspec_stack *s, struct tcb *t)
{
	if (s->set.challenge_interval) {
		if (s->m.now - s->m.challenge_from >= s->set.challenge_interval) {
			s->m.challenge_from = s->m.now;
			s->m.challenges = 0;
		}
		if (s->m.challenges >= s->set.challenge_limit) {
			s->m.count.challenges_throttled++;
			return;
		}
		s->m.challenges++;
	}
	ack_send(s, t);
}

void syn_send(struct tcpspec_stack *s, struct tcb *t)
{
	bool first = t->state == TCPSPEC_SYN_SENT;
	/* RFC 7413 4.2.2: text goes with the first SYN alone. */
	uint32_t n = first && t->lost_syns == 0 ? t->syn_text : 0;

	segment_send(s, t, t->iss, (uint16_t)((first ? CTL_SYN : CTL_SYN | CTL_ACK) | ecn_of_syn(&t->ecn, !first, t->lost_syns)), 0, n);
}

void reset_send(struct tcpspec_stack *s, struct tcb *t)
{
	s->m.count.resets_sent++;
	bare_send(s, t, CTL_RST);
}

static struct tcpspec_address address_to(const struct address *a)
{
	struct tcpspec_address to = {.family = (uint8_t)a->family};

	memcpy(to.octets, a->octets, sizeof to.octets);
	return to;
}

struct tcpspec_ends ends_of_segment(const struct segment *g)
{
	return (struct tcpspec_ends){.local = address_to(&g->dst), .remote = address_to(&g->src), .local_port = g->dst_port, .remote_port = g->src_port};
}

void reset_reply(struct tcpspec_stack *s, const struct segment *g)
{
	struct tcpspec_ends ends = ends_of_segment(g);
	struct header h = {.seq = g->ack, .ctl = CTL_RST};
	struct carriage c = {.protocol = IP_PROTOCOL_TCP, .ttl = (uint8_t)s->set.ttl};

	if (!(g->ctl & CTL_ACK))
		h = (struct header){.seq = 0, .ack = g->seq + segment_length(g), .ctl = CTL_RST | CTL_ACK};
	/* RFC 7323 5.2. */
	if (g->options.has_ts && s->set.timestamps)
		option_timestamps(&h, 0, g->options.ts_val);
	s->m.count.resets_sent++;
	header_send(s, &ends, &h, &c, 0);
}
