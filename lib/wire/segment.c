/* A TCP segment's octets: building one from said fields and reading one back. It knows no states and does no I/O. */
#include "lib/wire/segment.h"

#include <string.h>

#include "lib/wire/checksum.h"
#include "lib/wire/ip.h"
#include "lib/wire/octets.h"

enum { TCP_HEADER = 20,    /* without options */
       TCP_OFFSET_MIN = 5, /* 32-bit words */
       STREAM_PERIOD = 251,
       STREAM_STEP = 131,
       STREAM_FIRST = 7 };

/* Writes header, options and padding; the checksum stays 0. */
static void header_write(const struct segment *s, size_t header, uint8_t *to)
{
	unsigned off = s->said & SAID_OFF ? s->off : (unsigned)(header / 4);

	octets_put_u16(to, s->src_port);
	octets_put_u16(to + 2, s->dst_port);
	octets_put_u32(to + 4, s->seq);
	octets_put_u32(to + 8, s->ack);
	octets_put_u16(to + 12, (uint16_t)((off & 0xf) << 12 | (s->reserved & 7u) << 9 | (s->ctl & (unsigned)CTL_ALL)));
	octets_put_u16(to + 14, s->wnd);
	octets_put_u16(to + 16, 0);
	octets_put_u16(to + 18, s->up);
	memcpy(to + TCP_HEADER, s->option_octets, s->options_length);
	memset(to + TCP_HEADER + s->options_length, 0, header - TCP_HEADER - s->options_length);
}

size_t segment_build(const struct segment *s, uint8_t *to, size_t room)
{
	size_t header = TCP_HEADER + ((size_t)s->options_length + 3) / 4 * 4;
	size_t length = header + s->text_length;
	struct ip ip = {
	    .src = s->src,
	    .dst = s->dst,
	    .protocol = IP_PROTOCOL_TCP,
	    .ttl = s->ttl,
	    .tos = s->tos,
	    .id = s->ip_id,
	    .length = s->ip_length,
	    .chk = s->ip_chk,
	    .dont_fragment = s->dont_fragment,
	    .said = s->said,
	};
	size_t before;
	uint8_t *tcp;
	uint16_t chk = s->chk;

	if (s->options_length > OPTIONS_MAX || s->text_length > IP_LENGTH_MAX)
		return 0;
	before = ip_build(&ip, length, to, room);
	if (!before)
		return 0;
	tcp = to + before;
	header_write(s, header, tcp);
	if (s->text_length)
		memcpy(tcp + header, s->text, s->text_length);
	/* Over the octets as they stand, whatever length the IP header was told to claim. */
	if (!(s->said & SAID_CHK))
		chk = checksum_end(checksum_add(checksum_add_pseudo(0, &s->src, &s->dst, IP_PROTOCOL_TCP, length), tcp, length));
	octets_put_u16(tcp + 16, chk);
	return before + length;
}

/* Options and text, by the data offset as far as it can be believed. */
static void body_read(const uint8_t *tcp, size_t n, struct segment *s)
{
	size_t header = (size_t)s->off * 4;

	if (s->off < TCP_OFFSET_MIN || header > n)
		s->bad |= BAD_OFFSET;
	if (header < TCP_HEADER)
		header = TCP_HEADER;
	if (header > n)
		header = n;
	s->options_length = (uint8_t)(header - TCP_HEADER);
	memcpy(s->option_octets, tcp + TCP_HEADER, s->options_length);
	if (!options_parse(s->option_octets, s->options_length, &s->options))
		s->bad |= BAD_OPTIONS;
	s->text = tcp + header;
	s->text_length = (uint32_t)(n - header);
}

static void header_read(const uint8_t *tcp, struct segment *s)
{
	unsigned word = octets_u16(tcp + 12);

	s->src_port = octets_u16(tcp);
	s->dst_port = octets_u16(tcp + 2);
	s->seq = octets_u32(tcp + 4);
	s->ack = octets_u32(tcp + 8);
	s->off = (uint8_t)(word >> 12);
	s->reserved = (uint8_t)(word >> 9 & 7);
	s->ctl = (uint16_t)(word & CTL_ALL);
	s->wnd = octets_u16(tcp + 14);
	s->chk = octets_u16(tcp + 16);
	s->up = octets_u16(tcp + 18);
	if (s->reserved)
		s->bad |= BAD_RESERVED;
}

bool segment_parse_payload(const struct ip *ip, struct segment *s, struct error *e)
{
	*s = (struct segment){
	    .src = ip->src,
	    .dst = ip->dst,
	    .ttl = ip->ttl,
	    .tos = ip->tos,
	    .ip_id = ip->id,
	    .ip_length = ip->length,
	    .ip_chk = ip->chk,
	    .dont_fragment = ip->dont_fragment,
	    .bad = ip->bad,
	    .packet = ip->packet,
	    .packet_octets = ip->packet_octets,
	};
	if (ip->later_piece) {
		s->text = ip->payload;
		s->text_length = (uint32_t)ip->payload_length;
		return true;
	}
	if (ip->payload_length < TCP_HEADER)
		return error_set(e, "TCP segment: %zu octets, while the header has at least %d; capture whole packets", ip->payload_length, TCP_HEADER);
	header_read(ip->payload, s);
	body_read(ip->payload, ip->payload_length, s);
	if (ip->piece)
		return true;
	if (ip->bad & BAD_LENGTH ||
	    checksum_end(checksum_add(checksum_add_pseudo(0, &s->src, &s->dst, IP_PROTOCOL_TCP, ip->payload_length), ip->payload, ip->payload_length)) != 0)
		s->bad |= BAD_TCP_CHECKSUM;
	return true;
}

bool segment_parse(const uint8_t *packet, size_t n, struct segment *s, struct error *e)
{
	struct ip ip;

	if (!ip_parse(packet, n, &ip, e))
		return false;
	if (ip.protocol != IP_PROTOCOL_TCP)
		return error_set(e, "IP packet: protocol %u, while looking for a TCP segment; expected %d", ip.protocol, IP_PROTOCOL_TCP);
	return segment_parse_payload(&ip, s, e);
}

uint32_t segment_length(const struct segment *s)
{
	return s->text_length + (s->ctl & CTL_SYN ? 1 : 0) + (s->ctl & CTL_FIN ? 1 : 0);
}

/* The stream from place 0 on, several periods of it, so that most texts are a piece of it. */
#define OCTET(i) ((i)*STREAM_STEP + STREAM_FIRST) % STREAM_PERIOD
#define OCTETS_4(i) OCTET(i), OCTET((i) + 1), OCTET((i) + 2), OCTET((i) + 3)
#define OCTETS_16(i) OCTETS_4(i), OCTETS_4((i) + 4), OCTETS_4((i) + 8), OCTETS_4((i) + 12)
#define OCTETS_64(i) OCTETS_16(i), OCTETS_16((i) + 16), OCTETS_16((i) + 32), OCTETS_16((i) + 48)
#define OCTETS_256(i) OCTETS_64(i), OCTETS_64((i) + 64), OCTETS_64((i) + 128), OCTETS_64((i) + 192)
static const uint8_t stream[] = {OCTETS_256(0), OCTETS_256(256), OCTETS_256(512), OCTETS_256(768)};

uint8_t stream_octet(uint32_t i)
{
	return stream[i % STREAM_PERIOD];
}

/* How many of the n > 0 octets from `from` on lie there together: the numbers begin again at 0, and not with a period. */
static uint32_t stream_piece(uint32_t from, uint32_t n)
{
	const uint32_t room = sizeof stream - from % STREAM_PERIOD, piece = n < room ? n : room;

	return piece - 1 > UINT32_MAX - from ? UINT32_MAX - from + 1 : piece;
}

void stream_fill(uint8_t *to, uint32_t from, uint32_t n)
{
	while (n) {
		const uint32_t piece = stream_piece(from, n);

		memcpy(to, stream + from % STREAM_PERIOD, piece);
		to += piece;
		from += piece;
		n -= piece;
	}
}

bool stream_holds(const uint8_t *octets, uint32_t from, uint32_t n)
{
	while (n) {
		const uint32_t piece = stream_piece(from, n);

		if (memcmp(octets, stream + from % STREAM_PERIOD, piece) != 0)
			return false;
		octets += piece;
		from += piece;
		n -= piece;
	}
	return true;
}

void ctl_print(uint16_t ctl, struct text *out)
{
	static const struct {
		uint16_t bit;
		const char *word;
	} names[] = {{CTL_SYN, "SYN"}, {CTL_FIN, "FIN"}, {CTL_RST, "RST"}, {CTL_PSH, "PSH"}, {CTL_ACK, "ACK"}, {CTL_URG, "URG"}, {CTL_ECE, "ECE"}, {CTL_CWR, "CWR"}, {CTL_AE, "AE"}};
	const char *between = "";

	if (!(ctl & CTL_ALL))
		text_put(out, "0");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!(ctl & names[i].bit))
			continue;
		text_put(out, between);
		text_put(out, names[i].word);
		between = ",";
	}
}
