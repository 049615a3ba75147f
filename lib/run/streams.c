/* Sorts segments by their pair of sockets, and looks at what they were together: captured twice, or one connection after the other. */
#include "lib/run/streams.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/wire/checksum.h"
#include "lib/wire/ip.h"

enum { DUPLICATE_US = 2000, /* a copy of a packet comes this soon: it passed two places of the capture */
       DUPLICATE_LOOK = 64, /* packets back */
       HAS_COPY = 1,
       COPY = 2 };

static bool is_end(const struct stream *s, const struct segment *g, bool *from_a)
{
	const bool a = g->src_port == s->a_port && g->dst_port == s->b_port && address_equal(&g->src, &s->a) && address_equal(&g->dst, &s->b);
	const bool b = g->src_port == s->b_port && g->dst_port == s->a_port && address_equal(&g->src, &s->b) && address_equal(&g->dst, &s->a);
	*from_a = a;
	return a || b;
}

static struct stream *stream_add(struct streams *all, const struct stream *s)
{
	if (all->count == all->room) {
		all->room = all->room ? 2 * all->room : 16;
		all->stream = memory_resized(all->stream, all->room, sizeof *all->stream);
	}
	all->stream[all->count] = *s;
	return &all->stream[all->count++];
}

static void packet_add(struct stream *s, const struct stream_packet *p)
{
	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 16;
		s->packet = memory_resized(s->packet, s->room, sizeof *s->packet);
	}
	s->packet[s->count++] = *p;
}

/* A connection as its first segment tells it. Seen first by its answer: a SYN,ACK comes from side B. */
static struct stream stream_begun(const struct segment *g)
{
	const bool answers = (g->ctl & (CTL_SYN | CTL_ACK)) == (CTL_SYN | CTL_ACK);
	return (struct stream){.a = answers ? g->dst : g->src, .b = answers ? g->src : g->dst, .a_port = answers ? g->dst_port : g->src_port, .b_port = answers ? g->src_port : g->dst_port, .from_start = (g->ctl & (CTL_SYN | CTL_ACK | CTL_RST)) == CTL_SYN};
}

static struct stream *stream_of(struct streams *all, const struct segment *g)
{
	bool from_a;
	for (size_t i = all->count; i-- > 0;)
		if (is_end(&all->stream[i], g, &from_a))
			return &all->stream[i];
	const struct stream s = stream_begun(g);
	return stream_add(all, &s);
}

/* ---- packets that were captured twice ---- */

/* The copy of a packet differs in its hop count alone. */
static bool is_copy(const struct stream_packet *a, const struct stream_packet *b)
{
	const struct segment *o = &a->segment, *g = &b->segment;
	return a->from_a == b->from_a && b->at <= a->at + DUPLICATE_US && o->seq == g->seq && o->ack == g->ack && o->ctl == g->ctl && o->wnd == g->wnd && o->up == g->up && o->chk == g->chk &&
	       o->ip_id == g->ip_id && o->text_length == g->text_length && o->options_length == g->options_length && memcmp(o->option_octets, g->option_octets, g->options_length) == 0;
}

/* The packet at place i is a copy of an earlier one that has no copy yet. */
static bool copy_mark(const struct stream *s, size_t i, uint8_t *is)
{
	for (size_t k = i; k-- > 0 && i - k <= DUPLICATE_LOOK;)
		if (!is[k] && is_copy(&s->packet[k], &s->packet[i])) {
			is[k] = HAS_COPY;
			is[i] = COPY;
			return true;
		}
	return false;
}

/* Where the capture saw (nearly) every packet at two places, the second is left out. A single repetition is the sender's own. */
static void copies_drop(struct stream *s)
{
	uint8_t *is = memory_zeroed(s->count, 1);
	size_t copies = 0, kept = 0;
	for (size_t i = 1; i < s->count; i++)
		copies += copy_mark(s, i, is);
	if (copies * 5 >= s->count * 2) {
		for (size_t i = 0; i < s->count; i++)
			if (is[i] != COPY)
				s->packet[kept++] = s->packet[i];
		s->duplicates = s->count - kept;
		s->count = kept;
	}
	free(is);
}

/* ---- one connection after the other ---- */

/* Is the SYN at place i of a connection that came to be? */
static bool is_answered(const struct stream *s, size_t i)
{
	const struct stream_packet *syn = &s->packet[i];
	for (size_t k = i + 1; k < s->count; k++)
		if (s->packet[k].from_a != syn->from_a)
			return (s->packet[k].segment.ctl & (CTL_SYN | CTL_ACK)) == (CTL_SYN | CTL_ACK) && s->packet[k].segment.ack == syn->segment.seq + 1;
	return false;
}

static void packet_count(struct stream *s, const struct stream_packet *p)
{
	s->cut += p->missing > 0;
	s->offload[!p->from_a] |= p->unfinished;
}

/* Begins a new connection where a SYN follows on the end of one, and is answered as a new one is. */
static void stream_split(struct streams *to, struct stream *from)
{
	bool reset = false, fin[2] = {false, false};
	struct stream *s = NULL;
	for (size_t i = 0; i < from->count; i++) {
		struct stream_packet p = from->packet[i];
		const struct segment *g = &p.segment;
		const bool syn = (g->ctl & (CTL_SYN | CTL_ACK | CTL_RST)) == CTL_SYN;
		if (!s || (syn && (reset || (fin[0] && fin[1])) && is_answered(from, i))) {
			const struct stream begun = stream_begun(g);
			s = stream_add(to, &begun);
			s->duplicates = from->duplicates;
			reset = fin[0] = fin[1] = false;
		}
		is_end(s, g, &p.from_a);
		reset |= (g->ctl & CTL_RST) != 0;
		fin[!p.from_a] |= (g->ctl & CTL_FIN) != 0;
		packet_count(s, &p);
		packet_add(s, &p);
	}
	free(from->packet);
}

void streams_finish(struct streams *all)
{
	struct streams apart = {0};
	for (size_t i = 0; i < all->count; i++) {
		copies_drop(&all->stream[i]);
		stream_split(&apart, &all->stream[i]);
	}
	free(all->stream);
	*all = apart;
}

/* ---- adding ---- */

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
	if (!ip_parse(packet, captured, &ip, NULL) || ip.protocol != IP_PROTOCOL_TCP || ip.later_piece || !segment_parse_payload(&ip, &g, NULL))
		return;
	const size_t whole = ip.src.family == IPV4 ? ip.length : (size_t)ip.length + IPV6_HEADER;
	const size_t missing = captured < original && captured < whole ? whole - captured : 0;
	segment_mend(&g, missing);
	g.text = g.packet = NULL; /* the octets are the caller's */
	struct stream_packet p = {.at = at, .missing = missing, .segment = g, .unfinished = g.bad & BAD_TCP_CHECKSUM && is_unfinished(&g)};
	if (p.unfinished)
		p.segment.bad &= (uint8_t)~BAD_TCP_CHECKSUM;
	struct stream *s = stream_of(all, &g);
	is_end(s, &g, &p.from_a);
	packet_add(s, &p);
}

void streams_free(struct streams *all)
{
	for (size_t i = 0; i < all->count; i++)
		free(all->stream[i].packet);
	free(all->stream);
	*all = (struct streams){0};
}
