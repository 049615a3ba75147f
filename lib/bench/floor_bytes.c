/* The floor's frames, built once by lib/wire; afterwards only numbers and checksums are written into them. It sends nothing. */
#include <string.h>

#include "lib/bench/floor_parts.h"
#include "lib/wire/packet.h"

enum { PLACE_OF_CHECKSUM = 16,
       PLACE_OF_ICMP_CHECKSUM = 2,
       ETHERTYPE_IPV4_OCTETS = 0x0800,
       ETHERTYPE_IPV6_OCTETS = 0x86dd,
       IPV4_OCTETS = 20,
       IPV6_OCTETS = 40,
       OPTION_MSS = 2 };

static void write_16(uint8_t *at, uint16_t n)
{
	at[0] = (uint8_t)(n >> 8);
	at[1] = (uint8_t)n;
}

static void write_32(uint8_t *at, uint32_t n)
{
	write_16(at, (uint16_t)(n >> 16));
	write_16(at + 2, (uint16_t)n);
}

static uint16_t sum_fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)(sum + (sum >> 16));
}

void template_number(struct template *t, uint16_t port, uint32_t seq, uint32_t ack)
{
	uint8_t *tcp = t->octets + t->place;
	const uint32_t sum = t->sum + port + (seq >> 16) + (seq & 0xffff) + (ack >> 16) + (ack & 0xffff);

	write_16(tcp, port);
	write_32(tcp + 4, seq);
	write_32(tcp + 8, ack);
	write_16(tcp + PLACE_OF_CHECKSUM, (uint16_t)~sum_fold(sum));
}

void template_echo(struct template *t, uint32_t token)
{
	uint8_t *icmp = t->octets + t->place;

	write_32(icmp + 4, token);
	write_16(icmp + PLACE_OF_ICMP_CHECKSUM, (uint16_t)~sum_fold(t->sum + (token >> 16) + (token & 0xffff)));
}

/* The template around a packet whose numbers are all 0, so that its checksum is of the rest alone. */
static void template_start(struct template *t, const struct link *l, unsigned family, const uint8_t *tester_mac, size_t length, uint32_t checksum)
{
	ethernet_build(l->target_mac, tester_mac, family == 0 ? ETHERTYPE_IPV4_OCTETS : ETHERTYPE_IPV6_OCTETS, t->octets, ETHERNET_HEADER);
	t->length = (uint32_t)(ETHERNET_HEADER + length);
	t->place = ETHERNET_HEADER + (family == 0 ? IPV4_OCTETS : IPV6_OCTETS);
	t->sum = (uint16_t)~floor_read_16(t->octets + t->place + checksum);
}

static void segment_template(struct template *t, const struct link *l, unsigned family, const uint8_t *tester_mac, uint16_t ctl, bool text)
{
	static const uint8_t octet[1] = {0};
	static const uint8_t mss[] = {OPTION_MSS, 4, 0x05, 0xb4};
	struct segment s = {.src = l->tester[family], .dst = l->target[family], .dst_port = FLOOR_PORT, .ctl = ctl, .wnd = 65535, .dont_fragment = true};

	if (ctl == CTL_SYN) {
		memcpy(s.option_octets, mss, sizeof mss);
		s.options_length = sizeof mss;
	}
	if (text) {
		s.text = octet;
		s.text_length = sizeof octet;
	}
	template_start(t, l, family, tester_mac, segment_build(&s, t->octets + ETHERNET_HEADER, sizeof t->octets - ETHERNET_HEADER), PLACE_OF_CHECKSUM);
}

void floor_frames_build(const struct link *l, unsigned family, const uint8_t *tester_mac, struct template *frames)
{
	const struct icmp_echo echo = {.src = l->tester[family], .dst = l->target[family]};
	struct template *t = &frames[FRAME_ECHO];

	memset(frames, 0, FLOOR_FRAMES * sizeof *frames);
	segment_template(&frames[FRAME_SYN], l, family, tester_mac, CTL_SYN, false);
	segment_template(&frames[FRAME_ACK], l, family, tester_mac, CTL_ACK, false);
	segment_template(&frames[FRAME_STIMULUS], l, family, tester_mac, CTL_ACK, true);
	segment_template(&frames[FRAME_RESET], l, family, tester_mac, CTL_RST, false);
	template_start(t, l, family, tester_mac, icmp_echo_build(&echo, t->octets + ETHERNET_HEADER, sizeof t->octets - ETHERNET_HEADER), PLACE_OF_ICMP_CHECKSUM);
}
