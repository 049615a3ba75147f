/* Sorts segments by their pair of sockets, and begins a new connection where a SYN follows on the end of one. */
#include "lib/run/streams.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/wire/checksum.h"
#include "lib/wire/ip.h"

enum { DUPLICATE_US = 2000,   /* a copy of a packet comes this soon: it passed two places of the capture */
       DUPLICATE_LOOK = 64 }; /* packets back */

static bool is_end(const struct stream *s, const struct segment *g, bool *from_a)
{
	const bool a = g->src_port == s->a_port && g->dst_port == s->b_port && address_equal(&g->src, &s->a) && address_equal(&g->dst, &s->b);
	const bool b = g->src_port == s->b_port && g->dst_port == s->a_port && address_equal(&g->src, &s->b) && address_equal(&g->dst, &s->a);
	*from_a = a;
	return a || b;
}

static bool is_over(const struct stream *s)
{
	return s->reset || (s->fin[0] && s->fin[1]);
}

/* The connection of the segment, a new one where a SYN follows on the end of the last. */
static struct stream *stream_of(struct streams *all, const struct segment *g, bool *from_a)
{
	const bool syn = (g->ctl & (CTL_SYN | CTL_ACK | CTL_RST)) == CTL_SYN;
	for (size_t i = all->count; i-- > 0;)
		if (is_end(&all->stream[i], g, from_a)) {
			if (!syn || !is_over(&all->stream[i]))
				return &all->stream[i];
			break;
		}
	if (all->count == all->room) {
		all->room = all->room ? 2 * all->room : 16;
		all->stream = memory_resized(all->stream, all->room, sizeof *all->stream);
	}
	struct stream *s = &all->stream[all->count++];
	/* Seen first in mid-connection, or by its answer: a SYN,ACK comes from side B. */
	const bool answers = (g->ctl & (CTL_SYN | CTL_ACK)) == (CTL_SYN | CTL_ACK);
	*s = (struct stream){.a = answers ? g->dst : g->src, .b = answers ? g->src : g->dst, .a_port = answers ? g->dst_port : g->src_port, .b_port = answers ? g->src_port : g->dst_port, .from_start = syn};
	*from_a = !answers;
	return s;
}

/* The copy of a packet differs in its hop count alone. */
static bool is_copy(const struct stream_packet *p, const struct segment *g, uint64_t at)
{
	const struct segment *o = &p->segment;
	return at <= p->at + DUPLICATE_US && o->seq == g->seq && o->ack == g->ack && o->ctl == g->ctl && o->wnd == g->wnd && o->up == g->up && o->chk == g->chk && o->ip_id == g->ip_id &&
	       o->text_length == g->text_length && o->options_length == g->options_length && memcmp(o->option_octets, g->option_octets, g->options_length) == 0;
}

static bool is_duplicate(const struct stream *s, const struct segment *g, bool from_a, uint64_t at)
{
	for (size_t i = s->count; i-- > 0 && s->count - i <= DUPLICATE_LOOK;)
		if (s->packet[i].from_a == from_a && is_copy(&s->packet[i], g, at))
			return true;
	return false;
}

/* What a snapshot length cut off is told by the IP header: the text's octets, that is; their checksum cannot be verified. */
static void segment_mend(struct segment *g, size_t missing)
{
	if (!missing)
		return;
	g->text_length += (uint32_t)missing;
	g->bad &= (uint8_t) ~(BAD_LENGTH | BAD_TCP_CHECKSUM);
}

/* A checksum that was left to the network card: so far it is the sum over the pseudo-header alone. */
static bool is_unfinished(const struct segment *g)
{
	const uint64_t sum = checksum_add_pseudo(0, &g->src, &g->dst, IP_PROTOCOL_TCP, g->off * 4u + g->text_length);
	return (g->chk ^ checksum_end(sum)) == UINT16_MAX;
}

void streams_packet(struct streams *all, uint64_t at, const uint8_t *packet, size_t captured, size_t original)
{
	struct ip ip;
	struct segment g;
	bool from_a;
	if (!ip_parse(packet, captured, &ip, NULL) || ip.protocol != IP_PROTOCOL_TCP || ip.later_piece || !segment_parse_payload(&ip, &g, NULL))
		return;
	const size_t whole = ip.src.family == IPV4 ? ip.length : (size_t)ip.length + IPV6_HEADER;
	const size_t missing = captured < original && captured < whole ? whole - captured : 0;
	segment_mend(&g, missing);
	g.text = NULL;
	struct stream *s = stream_of(all, &g, &from_a);
	if (g.bad & BAD_TCP_CHECKSUM && is_unfinished(&g)) {
		g.bad &= (uint8_t)~BAD_TCP_CHECKSUM;
		s->offload[!from_a] = true;
	}
	if (is_duplicate(s, &g, from_a, at)) {
		s->duplicates++;
		return;
	}
	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 16;
		s->packet = memory_resized(s->packet, s->room, sizeof *s->packet);
	}
	s->packet[s->count++] = (struct stream_packet){.at = at, .from_a = from_a, .missing = missing, .segment = g};
	s->cut += missing > 0;
	s->reset |= (g.ctl & CTL_RST) != 0;
	s->fin[!from_a] |= (g.ctl & CTL_FIN) != 0;
}

void streams_free(struct streams *all)
{
	for (size_t i = 0; i < all->count; i++)
		free(all->stream[i].packet);
	free(all->stream);
	*all = (struct streams){0};
}
